//! Files that a command reads and writes: bounded, and never overwritten unasked.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;

use koinon_core::Region;
use koinon_core::region::FILE_BYTES_MAX;
use koinon_instruments::Agreement;
use koinon_table::Limits;

use crate::failure::{Complaint, Explain};

/// Reads a file of at most `most` bytes; `-` is standard input.
pub(crate) fn read(path: &Path, most: usize) -> anyhow::Result<Vec<u8>> {
    let cannot = || format!("{} cannot be read", path.display());
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes).explain(cannot, "")?;
    } else {
        let file = File::open(path).explain(cannot, "check the path, and that you may read the file")?;
        file.take(limit).read_to_end(&mut bytes).explain(cannot, "name a file, not a directory")?;
    }
    if bytes.len() > most {
        let found = format!("{} is larger than {most} bytes", path.display());
        return Err(Complaint::new(found, "split it, or check that it is the right file").into());
    }
    Ok(bytes)
}

/// Reads a table.
pub(crate) fn table(path: &Path) -> anyhow::Result<Vec<u8>> {
    read(path, Limits::COMMAND.bytes)
}

/// Reads the text of a region file.
pub(crate) fn region_text(path: &Path) -> anyhow::Result<String> {
    let bytes = read(path, FILE_BYTES_MAX)?;
    String::from_utf8(bytes).explain(
        || format!("{} is not text in UTF-8", path.display()),
        "save it as UTF-8, or check that it is the region file",
    )
}

/// Reads a region file that can be used, with its text; says every fault of one that cannot.
pub(crate) fn region(path: &Path) -> anyhow::Result<(Region, String)> {
    let text = region_text(path)?;
    let region = Region::parse(&text).map_err(|faults| {
        let errors: Vec<String> =
            faults.iter().filter(|fault| fault.is_error()).map(|fault| format!("  {fault}")).collect();
        let message = format!("{} cannot be used:\n{}", path.display(), errors.join("\n"));
        let hint = format!("mend these lines; `koinon region check {}` looks again", path.display());
        Complaint::new(message, hint)
    })?;
    Ok((region, text))
}

/// Reads the text of a sharing agreement that can be used; says every fault of one that cannot.
pub(crate) fn agreement(path: &Path) -> anyhow::Result<String> {
    let bytes = read(path, koinon_instruments::agreement::FILE_BYTES_MAX)?;
    let text = String::from_utf8(bytes)
        .explain(|| format!("{} is not text in UTF-8", path.display()), "save it as UTF-8")?;
    Agreement::parse(&text).map_err(|faults| {
        let errors: Vec<String> = faults.iter().map(|fault| format!("  {fault}")).collect();
        let message = format!("{} cannot be used:\n{}", path.display(), errors.join("\n"));
        Complaint::new(message, "mend these lines; `koinon agreement draft` writes one that can be used")
    })?;
    Ok(text)
}

/// Writes a file, whole or not at all; an existing one only when `replace` says so.
pub(crate) fn write(path: &Path, bytes: &(impl AsRef<[u8]> + ?Sized), replace: bool) -> anyhow::Result<()> {
    let cannot = || format!("{} cannot be written", path.display());
    if !replace {
        let opened = OpenOptions::new().write(true).create_new(true).open(path);
        let hint = "choose another name, or say --force to replace it";
        let mut file = opened.explain(cannot, hint)?;
        return file.write_all(bytes.as_ref()).and_then(|()| file.sync_all()).explain(cannot, "");
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = path.with_file_name(name);
    let written = File::create(&beside)
        .and_then(|mut file| file.write_all(bytes.as_ref()).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&beside, path));
    written.explain(cannot, "check that the directory exists and that you may write there")
}
