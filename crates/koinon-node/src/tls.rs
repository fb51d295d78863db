//! The community's own certificate authority, which can vouch for names of the community's network and nothing else.
//!
//! Its name constraints are critical: `.internal`, `localhost`, the node's own names, and private addresses. Installing it
//! on a phone lets nobody read that phone's bank. Browsers and neighbours are given `ca.pem`; the fingerprint is compared
//! in person. The node's own certificate lasts a year and is renewed by the node itself, see [`renew`]; its key stays,
//! so that certificate and key fit each other at every moment.

use std::fs::DirBuilder;
use std::net::IpAddr;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use koinon_core::{Digest, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, NameConstraints, SanType, SerialNumber,
};

use crate::entropy::draw;
use crate::keys::{KeysError, io, sync_dir, write_secret};

mod read;

pub use read::{Certificate, Certificates, look};

/// The folder of the certificates inside the data directory.
pub const TLS_DIR: &str = "tls";
/// A leaf certificate holds for so many days, as browsers allow.
const LEAF_DAYS: i64 = 397;
/// The authority holds for so many days.
const CA_DAYS: i64 = 3_650;
/// The node renews its certificate when fewer days than this are left.
pub const RENEW_DAYS: i64 = 60;
/// With fewer days than this left, renewing has failed for a month, and people are told.
pub const WARN_DAYS: i64 = 30;
/// People are told so many days before the authority itself ends: each device must trust the next one by hand.
pub const WARN_CA_DAYS: i64 = 365;
/// Certificates begin so long before now, for devices whose clock is slow.
const EARLY_DAYS: i64 = 2;

/// Why certificates cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A name is not one that a certificate can carry.
    #[error("the certificate cannot be made: {0}; check the names and addresses")]
    Certificate(#[from] rcgen::Error),
    /// A file could not be read or written.
    #[error(transparent)]
    Files(#[from] KeysError),
    /// A file holds no certificate.
    #[error("{} is no certificate; restore it from a backup", .0.display())]
    NotOne(PathBuf),
    /// The authority vouches for no such name.
    #[error(
        "the community's authority vouches for its own names and private addresses only, not for '{0}'; use a name under .internal, or found a new authority with --new-authority"
    )]
    OutOfBounds(String),
    /// The authority has ended.
    #[error(
        "the community's authority has ended; found a new one: koinon certificate renew --new-authority, then trust it on each device and give neighbours a new card"
    )]
    AuthorityEnded,
}

/// The names by which a node is reached.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TlsNames {
    /// Host names, such as `dunes.internal`. `localhost` is always added.
    pub hosts: Vec<String>,
    /// Addresses on the local network. The loopback address is always added.
    pub addresses: Vec<IpAddr>,
}

/// Where the certificates are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The authority's certificate, for browsers and neighbours.
    pub ca: PathBuf,
    /// The node's certificate.
    pub cert: PathBuf,
    /// The node's key.
    pub key: PathBuf,
}

impl TlsFiles {
    /// The files of a data directory, whether they exist or not.
    pub fn of(dir: &Path) -> Self {
        let folder = dir.join(TLS_DIR);
        Self { ca: folder.join("ca.pem"), cert: folder.join("cert.pem"), key: folder.join("key.pem") }
    }
}

/// Makes authority and certificate in a data directory that has none.
pub(crate) fn found(dir: &Path, title: &str, names: &TlsNames, now: Timestamp) -> Result<TlsFiles, TlsError> {
    found_in(&dir.join(TLS_DIR), title, names, now)?;
    Ok(TlsFiles::of(dir))
}

fn found_in(folder: &Path, title: &str, names: &TlsNames, now: Timestamp) -> Result<(), TlsError> {
    DirBuilder::new().mode(0o700).create(folder).map_err(io(folder))?;
    let ca_key = KeyPair::generate()?;
    let ca_params = authority(title, names, now)?;
    let ca = ca_params.self_signed(&ca_key)?;
    write_secret(&folder.join("ca.key"), ca_key.serialize_pem().as_bytes())?;
    write_secret(&folder.join("ca.pem"), ca.pem().as_bytes())?;
    let key = KeyPair::generate()?;
    write_secret(&folder.join("key.pem"), key.serialize_pem().as_bytes())?;
    let leaf = leaf(names, &key, &Issuer::new(ca_params, ca_key), (now, ca_end(now)))?;
    write_secret(&folder.join("cert.pem"), leaf.as_bytes())?;
    Ok(sync_dir(folder)?)
}

/// Makes a new certificate from the authority that is there, for the names of the old one and more; what serves may take
/// it up at once.
///
/// # Errors
/// [`TlsError::OutOfBounds`] for a name that browsers would not believe, [`TlsError::AuthorityEnded`] at its end.
pub fn renew(dir: &Path, more: &TlsNames, now: Timestamp) -> Result<Certificates, TlsError> {
    let files = TlsFiles::of(dir);
    let known = look(dir)?;
    if known.authority.ends <= now {
        return Err(TlsError::AuthorityEnded);
    }
    let names = known.certificate.names.with(more);
    known.authority.bounds.check(more)?;
    let text = |path: &Path| std::fs::read_to_string(path).map_err(io(path));
    let ca_key = KeyPair::from_pem(&text(&dir.join(TLS_DIR).join("ca.key"))?)?;
    let issuer = Issuer::from_ca_cert_pem(&text(&files.ca)?, ca_key)?;
    let key = KeyPair::from_pem(&text(&files.key)?)?;
    let made = leaf(&names, &key, &issuer, (now, known.authority.ends))?;
    // By another name first: whoever reads sees the old certificate or the new one, whole.
    let fresh = dir.join(TLS_DIR).join("cert.pem.new");
    forget(&fresh)?;
    write_secret(&fresh, made.as_bytes())?;
    std::fs::rename(&fresh, &files.cert).map_err(io(&files.cert))?;
    sync_dir(&dir.join(TLS_DIR))?;
    look(dir)
}

/// Founds a new authority in place of the old one, which every device and every neighbour must be told of. `title` is the
/// community's code, or `mirror`.
pub fn found_anew(
    dir: &Path,
    title: &str,
    more: &TlsNames,
    now: Timestamp,
) -> Result<Certificates, TlsError> {
    let names = look(dir)?.certificate.names.with(more);
    let (fresh, kept, old) = (dir.join("tls.new"), dir.join(TLS_DIR), dir.join("tls.old"));
    for left in [&fresh, &old] {
        if left.exists() {
            std::fs::remove_dir_all(left).map_err(io(left))?;
        }
    }
    found_in(&fresh, title, &names, now)?;
    // The new one has its name for good before the old one loses its own.
    sync_dir(dir)?;
    std::fs::rename(&kept, &old).map_err(io(&kept))?;
    std::fs::rename(&fresh, &kept).map_err(io(&kept))?;
    sync_dir(dir)?;
    std::fs::remove_dir_all(&old).map_err(io(&old))?;
    look(dir)
}

/// Ends what a power cut left half done: the new authority was whole before the old one was put aside.
pub(crate) fn settle(dir: &Path) -> Result<(), TlsError> {
    let (fresh, kept) = (dir.join("tls.new"), dir.join(TLS_DIR));
    if !kept.exists() && fresh.exists() {
        std::fs::rename(&fresh, &kept).map_err(io(&kept))?;
        sync_dir(dir)?;
    }
    Ok(())
}

fn forget(path: &Path) -> Result<(), TlsError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(io(path)(error).into()),
        _ => Ok(()),
    }
}

impl TlsNames {
    /// These names and more, each once.
    fn with(&self, more: &Self) -> Self {
        let mut all = self.clone();
        all.hosts.extend(more.hosts.iter().filter(|host| !self.hosts.contains(host)).cloned());
        all.addresses.extend(more.addresses.iter().filter(|address| !self.addresses.contains(address)));
        all
    }
}

/// A PEM file's fingerprint in groups, to compare by voice.
pub fn fingerprint(pem: &str) -> String {
    let digest = Digest::of("koinon/ca/1", pem.trim().as_bytes()).to_string();
    let letters: Vec<char> = digest.chars().take(32).collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

fn authority(title: &str, names: &TlsNames, now: Timestamp) -> Result<CertificateParams, TlsError> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, format!("koinon {title}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let hosts = ["internal", "localhost"].into_iter().map(str::to_owned).chain(names.hosts.iter().cloned());
    let mut permitted: Vec<GeneralSubtree> = hosts.map(GeneralSubtree::DnsName).collect();
    permitted.extend(private_ranges().map(GeneralSubtree::IpAddress));
    let outside = names.addresses.iter().map(|address| {
        let bits = if address.is_ipv4() { 32 } else { 128 };
        GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(*address, bits))
    });
    permitted.extend(outside);
    params.name_constraints =
        Some(NameConstraints { permitted_subtrees: permitted, excluded_subtrees: Vec::new() });
    hold(&mut params, now, ca_end(now));
    Ok(params)
}

/// Addresses that are routed on local networks only: RFC 1918, 3927, 4193, 4291 and loopback.
fn private_ranges() -> impl Iterator<Item = CidrSubnet> {
    let four: [([u8; 4], u8); 5] = [
        ([10, 0, 0, 0], 8),
        ([172, 16, 0, 0], 12),
        ([192, 168, 0, 0], 16),
        ([169, 254, 0, 0], 16),
        ([127, 0, 0, 0], 8),
    ];
    let six: [(u128, u8); 3] = [(0xfc00 << 112, 7), (0xfe80 << 112, 10), (1, 128)];
    let four = four.into_iter().map(|(address, bits)| CidrSubnet::from_v4_prefix(address, bits));
    four.chain(six.into_iter().map(|(address, bits)| CidrSubnet::from_v6_prefix(address.to_be_bytes(), bits)))
}

/// A certificate for a node's key in PEM, from now on, and never longer than its authority.
fn leaf(
    names: &TlsNames,
    key: &KeyPair,
    issuer: &Issuer<'_, KeyPair>,
    (now, authority_ends): (Timestamp, Timestamp),
) -> Result<String, TlsError> {
    let local =
        TlsNames { hosts: vec!["localhost".to_owned()], addresses: vec![IpAddr::from([127, 0, 0, 1])] };
    let title = names.hosts.first().map_or("localhost", String::as_str).to_owned();
    let all = names.with(&local);
    let mut params = CertificateParams::new(all.hosts)?;
    params.subject_alt_names.extend(all.addresses.into_iter().map(SanType::IpAddress));
    params.distinguished_name.push(DnType::CommonName, title);
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    // The key stays, so the number must not be drawn from it: browsers refuse two certificates with one number.
    let mut serial = draw::<16>();
    serial[0] = serial[0] & 0x7f | 0x40;
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    hold(&mut params, now, now.plus_days(LEAF_DAYS - EARLY_DAYS).min(authority_ends));
    Ok(params.signed_by(key, issuer)?.pem())
}

/// When an authority ends that is founded now.
fn ca_end(now: Timestamp) -> Timestamp {
    now.plus_days(CA_DAYS - EARLY_DAYS)
}

/// Sets from when to when a certificate holds, in whole days.
fn hold(params: &mut CertificateParams, now: Timestamp, ends: Timestamp) {
    let date = |at: Timestamp| {
        let date = at.day(&jiff::tz::TimeZone::UTC).to_date();
        let part = |number: i8| u8::try_from(number).unwrap_or(1);
        rcgen::date_time_ymd(i32::from(date.year()), part(date.month()), part(date.day()))
    };
    params.not_before = date(now.plus_days(-EARLY_DAYS));
    params.not_after = date(ends);
}

#[cfg(test)]
mod tests;
