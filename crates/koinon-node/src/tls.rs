//! The community's own certificate authority, which can vouch for names of the community's network and nothing else.
//!
//! Its name constraints are critical: `.internal`, `localhost`, the node's own names, and private addresses. Installing it
//! on a phone lets nobody read that phone's bank. Browsers and neighbours are given `ca.pem`; the fingerprint is compared
//! in person.

use std::fs::DirBuilder;
use std::net::IpAddr;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use koinon_core::{Clock, Digest};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, NameConstraints, SanType,
};

use crate::clock::SystemClock;
use crate::keys::{KeysError, io, sync_dir, write_secret};

/// The folder of the certificates inside the data directory.
pub const TLS_DIR: &str = "tls";
/// A leaf certificate holds for so many days, as browsers allow.
const LEAF_DAYS: i64 = 397;
/// The authority holds for so many days.
const CA_DAYS: i64 = 3_650;
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
pub(crate) fn found(dir: &Path, title: &str, names: &TlsNames) -> Result<TlsFiles, TlsError> {
    let folder = dir.join(TLS_DIR);
    DirBuilder::new().mode(0o700).create(&folder).map_err(io(&folder))?;
    let ca_key = KeyPair::generate()?;
    let ca_params = authority(title, names)?;
    let ca = ca_params.self_signed(&ca_key)?;
    let files = TlsFiles::of(dir);
    write_secret(&folder.join("ca.key"), ca_key.serialize_pem().as_bytes())?;
    write_secret(&files.ca, ca.pem().as_bytes())?;
    let issuer = Issuer::new(ca_params, ca_key);
    write_leaf(&files, names, &issuer)?;
    sync_dir(&folder)?;
    Ok(files)
}

/// Makes a new certificate for a node from its authority, as once a year or when its names change. Names outside the
/// authority's bounds are refused by browsers. `title` is the community's code, or `mirror`, as when it was founded.
pub fn renew(dir: &Path, title: &str, names: &TlsNames) -> Result<TlsFiles, TlsError> {
    let files = TlsFiles::of(dir);
    let read = |path: &Path| std::fs::read_to_string(path).map_err(io(path));
    let key = KeyPair::from_pem(&read(&dir.join(TLS_DIR).join("ca.key"))?)?;
    let issuer = Issuer::new(authority(title, names)?, key);
    for path in [&files.cert, &files.key] {
        std::fs::remove_file(path).map_err(io(path))?;
    }
    write_leaf(&files, names, &issuer)?;
    Ok(files)
}

/// A PEM file's fingerprint in groups, to compare by voice.
pub fn fingerprint(pem: &str) -> String {
    let digest = Digest::of("koinon/ca/1", pem.trim().as_bytes()).to_string();
    let letters: Vec<char> = digest.chars().take(32).collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

fn authority(title: &str, names: &TlsNames) -> Result<CertificateParams, TlsError> {
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
    hold(&mut params, CA_DAYS);
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

fn write_leaf(files: &TlsFiles, names: &TlsNames, issuer: &Issuer<'_, KeyPair>) -> Result<(), TlsError> {
    let mut hosts = names.hosts.clone();
    hosts.push("localhost".to_owned());
    let mut params = CertificateParams::new(hosts)?;
    let addresses = names.addresses.iter().copied().chain([IpAddr::from([127, 0, 0, 1])]);
    params.subject_alt_names.extend(addresses.map(SanType::IpAddress));
    let title = names.hosts.first().map_or("localhost", String::as_str);
    params.distinguished_name.push(DnType::CommonName, title);
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    hold(&mut params, LEAF_DAYS);
    let key = KeyPair::generate()?;
    let cert = params.signed_by(&key, issuer)?;
    write_secret(&files.cert, cert.pem().as_bytes())?;
    write_secret(&files.key, key.serialize_pem().as_bytes())?;
    Ok(())
}

/// Sets from when to when a certificate holds, by the machine's clock: browsers know no other.
fn hold(params: &mut CertificateParams, days: i64) {
    let today = SystemClock::new().now();
    let date = |days: i64| {
        let date = today.plus_days(days).day(&jiff::tz::TimeZone::UTC).to_date();
        let part = |number: i8| u8::try_from(number).unwrap_or(1);
        rcgen::date_time_ymd(i32::from(date.year()), part(date.month()), part(date.day()))
    };
    params.not_before = date(-EARLY_DAYS);
    params.not_after = date(days - EARLY_DAYS);
}
