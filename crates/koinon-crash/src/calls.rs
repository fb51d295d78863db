//! The calls by which a program changes a disk, seen on their way to the kernel.
//!
//! The functions here bear the names of the C library's, and stand before them in every program that links this crate: the
//! linker takes the first it finds. So Rust's standard library and SQLite's own unix VFS both come by here, with nothing
//! changed in either, nor in koinon. Each call goes on to the kernel unless the disk under test says that it fails.
//! Files outside a disk under test pass through untouched. A call that is missing here shows at once: [`crate::Disk::compare`]
//! holds what was seen against the real files, byte by byte.
//!
//! Only changing calls are seen. Reading is left alone, and so is the memory that WAL readers share (`-shm`): after a power
//! cut SQLite makes it anew.
#![allow(unsafe_code, reason = "functions of the C ABI, pointers from C, and the kernel's own calls")]
#![allow(unreachable_pub, reason = "the linker reaches them by name")]

use std::ffi::{CStr, OsStr};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use libc::{c_char, c_int, c_long, c_void, mode_t, off_t, size_t, ssize_t, stat64};

use crate::disk::{self, Asked, Errno, Handle};

/// Makes sure that the linker takes the functions of this module.
pub(crate) fn stand_before() {
    let sync: extern "C" fn(c_int) -> c_int = fsync;
    let forget: unsafe extern "C" fn(*const c_char) -> c_int = unlink;
    std::hint::black_box((sync, forget));
}

fn errno() -> Errno {
    // SAFETY: the C library gives a valid pointer to this thread's errno.
    Errno(unsafe { *libc::__errno_location() })
}

fn fail(errno: Errno) -> c_long {
    // SAFETY: as above.
    unsafe { *libc::__errno_location() = errno.0 };
    -1
}

fn answer(done: Result<c_long, Errno>) -> c_long {
    done.unwrap_or_else(fail)
}

fn to_int(number: c_long) -> c_int {
    c_int::try_from(number).unwrap_or(-1)
}

/// The kernel's answer.
fn said(number: c_long) -> Result<c_long, Errno> {
    if number < 0 { Err(errno()) } else { Ok(number) }
}

/// # Safety
/// `path` points to a C string, or is null.
unsafe fn path_of<'p>(path: *const c_char) -> Option<&'p Path> {
    if path.is_null() {
        return None;
    }
    // SAFETY: the caller's word.
    let bytes = unsafe { CStr::from_ptr(path) }.to_bytes();
    Some(Path::new(OsStr::from_bytes(bytes)))
}

/// Which file a descriptor stands for.
fn handle_of(fd: c_int) -> Option<Handle> {
    let mut found = std::mem::MaybeUninit::<stat64>::zeroed();
    // SAFETY: `found` is a valid place for the answer, and is whole when the call succeeds; zeros are a valid value.
    let found = unsafe {
        if libc::fstat64(fd, found.as_mut_ptr()) != 0 {
            return None;
        }
        found.assume_init()
    };
    Some(Handle { device: found.st_dev, inode: found.st_ino })
}

/// # Safety
/// As open(2).
unsafe fn opened(path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    let mut real = || {
        // SAFETY: the caller's word.
        said(unsafe {
            libc::syscall(libc::SYS_openat, libc::AT_FDCWD, path, flags | libc::O_LARGEFILE, mode)
        })
    };
    let changes = flags & (libc::O_CREAT | libc::O_TRUNC) != 0;
    // SAFETY: the caller's word.
    let named = if changes { unsafe { path_of(path) } } else { None };
    let Some((disk, name)) = named.and_then(disk::by_path) else { return to_int(answer(real())) };
    let inode = |fd: c_long| handle_of(to_int(fd)).map(|handle| handle.inode);
    let asked = Asked::Open { name, truncates: flags & libc::O_TRUNC != 0, inode: &inode };
    to_int(answer(disk.change(asked, &mut real)))
}

/// open(2).
///
/// # Safety
/// As open(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn open(path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    // SAFETY: the caller's word.
    unsafe { opened(path, flags, mode) }
}

/// open(2) for large files.
///
/// # Safety
/// As open(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn open64(path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    // SAFETY: the caller's word.
    unsafe { opened(path, flags, mode) }
}

/// write(2).
///
/// # Safety
/// As write(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn write(fd: c_int, bytes: *const c_void, length: size_t) -> ssize_t {
    let real = |length: size_t| {
        // SAFETY: the caller's word; never more than it offers.
        said(unsafe { libc::syscall(libc::SYS_write, fd, bytes, length) })
    };
    let Some((disk, node)) = handle_of(fd).and_then(disk::by_handle) else {
        return isize::try_from(answer(real(length))).unwrap_or(-1);
    };
    // SAFETY: the caller's word; the slice lives no longer than this call.
    let data = unsafe { std::slice::from_raw_parts(bytes.cast::<u8>(), length) };
    // SAFETY: asks for the descriptor's flags only.
    let appends = unsafe { libc::fcntl(fd, libc::F_GETFL) } & libc::O_APPEND != 0;
    // What is appended goes to the end, wherever the descriptor stands.
    let whence = if appends { libc::SEEK_END } else { libc::SEEK_CUR };
    // SAFETY: moves the descriptor at most to where the write itself would.
    let at = unsafe { libc::lseek(fd, 0, whence) };
    let at = u64::try_from(at).unwrap_or(0);
    let written = disk.write(node, at, data, &mut |length| real(length));
    isize::try_from(answer(written)).unwrap_or(-1)
}

/// # Safety
/// As pwrite(2).
unsafe fn written_at(fd: c_int, bytes: *const c_void, length: size_t, at: off_t) -> ssize_t {
    let real = |length: size_t| {
        // SAFETY: the caller's word; never more than it offers.
        said(unsafe { libc::syscall(libc::SYS_pwrite64, fd, bytes, length, at) })
    };
    let Some((disk, node)) = handle_of(fd).and_then(disk::by_handle) else {
        return isize::try_from(answer(real(length))).unwrap_or(-1);
    };
    // SAFETY: the caller's word; the slice lives no longer than this call.
    let data = unsafe { std::slice::from_raw_parts(bytes.cast::<u8>(), length) };
    let written = disk.write(node, u64::try_from(at).unwrap_or(0), data, &mut |length| real(length));
    isize::try_from(answer(written)).unwrap_or(-1)
}

/// pwrite(2).
///
/// # Safety
/// As pwrite(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pwrite(fd: c_int, bytes: *const c_void, length: size_t, at: off_t) -> ssize_t {
    // SAFETY: the caller's word.
    unsafe { written_at(fd, bytes, length, at) }
}

/// pwrite(2) for large files.
///
/// # Safety
/// As pwrite(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pwrite64(fd: c_int, bytes: *const c_void, length: size_t, at: off_t) -> ssize_t {
    // SAFETY: the caller's word.
    unsafe { written_at(fd, bytes, length, at) }
}

fn by_descriptor(
    fd: c_int,
    asked: impl FnOnce(usize) -> Asked<'static>,
    number: c_long,
    rest: c_long,
) -> c_int {
    // SAFETY: a call on a descriptor, with at most one more number.
    let mut real = || said(unsafe { libc::syscall(number, fd, rest) });
    let done = match handle_of(fd).and_then(disk::by_handle) {
        Some((disk, node)) => disk.change(asked(node), &mut real),
        None => real(),
    };
    to_int(answer(done))
}

/// ftruncate(2).
#[unsafe(no_mangle)]
pub extern "C" fn ftruncate(fd: c_int, length: off_t) -> c_int {
    let size = u64::try_from(length).unwrap_or(0);
    by_descriptor(fd, |node| Asked::Truncate { node, length: size }, libc::SYS_ftruncate, length)
}

/// ftruncate(2) for large files.
#[unsafe(no_mangle)]
pub extern "C" fn ftruncate64(fd: c_int, length: off_t) -> c_int {
    ftruncate(fd, length)
}

/// fsync(2).
#[unsafe(no_mangle)]
pub extern "C" fn fsync(fd: c_int) -> c_int {
    by_descriptor(fd, |node| Asked::Sync { node }, libc::SYS_fsync, 0)
}

/// fdatasync(2).
#[unsafe(no_mangle)]
pub extern "C" fn fdatasync(fd: c_int) -> c_int {
    by_descriptor(fd, |node| Asked::Sync { node }, libc::SYS_fdatasync, 0)
}

/// # Safety
/// `path` points to a C string; `real` makes the call.
unsafe fn by_name(
    path: *const c_char,
    asked: impl FnOnce(disk::Name) -> Asked<'static>,
    real: &mut dyn FnMut() -> Result<c_long, Errno>,
) -> c_int {
    // SAFETY: the caller's word.
    let named = unsafe { path_of(path) }.and_then(disk::by_path);
    let done = match named {
        Some((disk, name)) => disk.change(asked(name), real),
        None => real(),
    };
    to_int(answer(done))
}

/// unlink(2).
///
/// # Safety
/// As unlink(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unlink(path: *const c_char) -> c_int {
    // SAFETY: the caller's word.
    unsafe { unlinkat(libc::AT_FDCWD, path, 0) }
}

/// rmdir(2).
///
/// # Safety
/// As rmdir(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rmdir(path: *const c_char) -> c_int {
    // SAFETY: the caller's word.
    unsafe { unlinkat(libc::AT_FDCWD, path, libc::AT_REMOVEDIR) }
}

/// unlinkat(2).
///
/// # Safety
/// As unlinkat(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unlinkat(folder: c_int, path: *const c_char, flags: c_int) -> c_int {
    // SAFETY: the caller's word.
    let mut real = || said(unsafe { libc::syscall(libc::SYS_unlinkat, folder, path, flags) });
    if folder == libc::AT_FDCWD {
        // SAFETY: the caller's word.
        return unsafe { by_name(path, |name| Asked::Unlink { name }, &mut real) };
    }
    // SAFETY: the caller's word.
    let name = unsafe { path_of(path) }.map(|path| path.as_os_str().to_owned());
    let done = match handle_of(folder).and_then(disk::by_handle).zip(name) {
        Some(((disk, folder), name)) => {
            disk.change(Asked::Unlink { name: disk::Name { folder, name } }, &mut real)
        }
        None => real(),
    };
    to_int(answer(done))
}

/// rename(2).
///
/// # Safety
/// As rename(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rename(from: *const c_char, to: *const c_char) -> c_int {
    let folder = libc::AT_FDCWD;
    // SAFETY: the caller's word.
    let mut real = || said(unsafe { libc::syscall(libc::SYS_renameat2, folder, from, folder, to, 0) });
    // SAFETY: the caller's word.
    let there = unsafe { path_of(to) }.and_then(disk::by_path);
    match there {
        // SAFETY: the caller's word.
        Some((_, to)) => unsafe { by_name(from, |from| Asked::Rename { from, to }, &mut real) },
        None => to_int(answer(real())),
    }
}

/// mkdir(2).
///
/// # Safety
/// As mkdir(2).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mkdir(path: *const c_char, mode: mode_t) -> c_int {
    // SAFETY: the caller's word.
    let mut real = || said(unsafe { libc::syscall(libc::SYS_mkdirat, libc::AT_FDCWD, path, mode) });
    // SAFETY: the caller's word.
    let named = unsafe { path_of(path) }.and_then(disk::by_path);
    let Some((disk, name)) = named else { return to_int(answer(real())) };
    let path = disk.path_of(&name);
    let inode =
        |_: c_long| std::fs::metadata(&path).ok().map(|meta| std::os::unix::fs::MetadataExt::ino(&meta));
    to_int(answer(disk.change(Asked::Folder { name, inode: &inode }, &mut real)))
}
