//! What the certificates say of themselves: until when they hold, and for which names.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;

use koinon_core::Timestamp;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;

use super::{TlsError, TlsFiles, TlsNames};
use crate::keys::io;

/// One certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// From when it holds.
    pub begins: Timestamp,
    /// Until when it holds.
    pub ends: Timestamp,
    /// For which names; none of an authority.
    pub names: TlsNames,
    /// For which names it may vouch; none of a node's certificate.
    pub(super) bounds: Bounds,
}

/// A node's certificate and its authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificates {
    /// The community's authority.
    pub authority: Certificate,
    /// The node's own.
    pub certificate: Certificate,
}

/// The names for which an authority may vouch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Bounds {
    hosts: Vec<String>,
    /// Network and mask.
    addresses: Vec<(IpAddr, IpAddr)>,
}

impl Certificate {
    /// Whole days until it ends, negative when it has ended.
    pub fn days_left(&self, now: Timestamp) -> i64 {
        (self.ends.as_millis() - now.as_millis()).div_euclid(Timestamp::DAY_MS)
    }
}

/// Reads the certificates of a data directory.
///
/// # Errors
/// [`TlsError::NotOne`] names the file that is damaged.
pub fn look(dir: &Path) -> Result<Certificates, TlsError> {
    let files = TlsFiles::of(dir);
    Ok(Certificates { authority: read(&files.ca)?, certificate: read(&files.cert)? })
}

fn read(path: &Path) -> Result<Certificate, TlsError> {
    let text = std::fs::read(path).map_err(io(path))?;
    let not_one = || TlsError::NotOne(path.to_owned());
    let (_, pem) = x509_parser::pem::parse_x509_pem(&text).map_err(|_| not_one())?;
    of(&pem.parse_x509().map_err(|_| not_one())?).ok_or_else(not_one)
}

fn of(parsed: &X509Certificate<'_>) -> Option<Certificate> {
    let instant = |seconds: i64| Timestamp::from_millis(seconds.saturating_mul(1_000));
    let mut names = TlsNames::default();
    if let Some(said) = parsed.subject_alternative_name().ok()? {
        for name in &said.value.general_names {
            match name {
                GeneralName::DNSName(host) => names.hosts.push((*host).to_owned()),
                GeneralName::IPAddress(bytes) => names.addresses.extend(address(bytes)),
                _ => {}
            }
        }
    }
    let mut bounds = Bounds::default();
    let said = parsed.name_constraints().ok()?.and_then(|said| said.value.permitted_subtrees.as_ref());
    for subtree in said.into_iter().flatten() {
        match &subtree.base {
            GeneralName::DNSName(host) => bounds.hosts.push((*host).to_owned()),
            GeneralName::IPAddress(bytes) => {
                let (network, mask) = bytes.split_at_checked(bytes.len() / 2)?;
                bounds.addresses.extend(address(network).zip(address(mask)));
            }
            _ => {}
        }
    }
    let validity = parsed.validity();
    Some(Certificate {
        begins: instant(validity.not_before.timestamp()),
        ends: instant(validity.not_after.timestamp()),
        names,
        bounds,
    })
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let four = <[u8; 4]>::try_from(bytes).map(|four| IpAddr::V4(Ipv4Addr::from(four)));
    four.or_else(|_| <[u8; 16]>::try_from(bytes).map(|all| IpAddr::V6(Ipv6Addr::from(all)))).ok()
}

impl Bounds {
    /// Refuses a name for which browsers would not believe the authority.
    pub(super) fn check(&self, names: &TlsNames) -> Result<(), TlsError> {
        let outside = |name: String| Err(TlsError::OutOfBounds(name));
        for host in &names.hosts {
            let plain = host.to_lowercase();
            let within = self.hosts.iter().any(|bound| {
                plain.strip_suffix(bound.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            });
            if !within {
                return outside(host.clone());
            }
        }
        for named in &names.addresses {
            if !self.addresses.iter().any(|bound| holds(*bound, *named)) {
                return outside(named.to_string());
            }
        }
        Ok(())
    }
}

fn holds((network, mask): (IpAddr, IpAddr), named: IpAddr) -> bool {
    match (network, mask, named) {
        (IpAddr::V4(network), IpAddr::V4(mask), IpAddr::V4(named)) => named & mask == network & mask,
        (IpAddr::V6(network), IpAddr::V6(mask), IpAddr::V6(named)) => named & mask == network & mask,
        _ => false,
    }
}
