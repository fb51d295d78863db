//! The encryption of the line to the server: whom it must prove to be, and how an address says so.
//!
//! A certificate is always checked, up to an authority and for the name of the host. A line that is encrypted towards anybody, or
//! only where the server happens to offer it, is not to be had.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::address::AddressError;

/// How the address of a database says whether the line is encrypted.
const MODE: &str = "sslmode";
/// How it names the authorities.
const ROOTS: &str = "sslrootcert";
/// The word for the machine's own authorities, as PostgreSQL has it.
const SYSTEM: &str = "system";

/// Whose word for a server's certificate is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Roots {
    /// The authorities that this machine trusts.
    System,
    /// The authorities in a file of PEM certificates, and no other.
    File(PathBuf),
}

/// What an address says of encryption.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Whether it is wanted; nothing where the address does not say.
    pub(crate) encrypted: Option<bool>,
    /// Whose word for the certificate is taken, where the address says.
    pub(crate) roots: Option<Roots>,
}

/// Takes what an address says of encryption out of it; gives the rest.
pub(crate) fn asked(text: &str) -> Result<(String, Asked), AddressError> {
    // A question mark before the host belongs to a password.
    let host = text.find('@').unwrap_or(0);
    let Some((at, _)) = text.match_indices('?').find(|(at, _)| *at > host) else {
        return Ok((text.to_owned(), Asked::default()));
    };
    let (place, options) = text.split_at(at);
    let mut asked = Asked::default();
    let mut others = Vec::new();
    for option in options.trim_start_matches('?').split('&') {
        match option.split_once('=') {
            Some((MODE, "disable")) => asked.encrypted = Some(false),
            Some((MODE, "require" | "verify-full")) => asked.encrypted = Some(true),
            Some((MODE, weak)) => return Err(AddressError::Mode(weak.to_owned())),
            Some((ROOTS, SYSTEM)) => asked.roots = Some(Roots::System),
            Some((ROOTS, path)) => {
                let path = percent_decode_str(path).decode_utf8();
                let path =
                    path.map_err(|_| AddressError::NotOne(format!("the path of {ROOTS} is no text")))?;
                asked.roots = Some(Roots::File(PathBuf::from(path.as_ref())));
            }
            _ => others.push(option),
        }
    }
    if asked.encrypted == Some(false) && asked.roots.is_some() {
        return Err(AddressError::NotOne(format!("{MODE}=disable and {ROOTS} exclude each other")));
    }
    let rest = if others.is_empty() { place.to_owned() } else { format!("{place}?{}", others.join("&")) };
    Ok((rest, asked))
}

/// Why the authorities that are to vouch for a server are not known.
#[derive(Debug, thiserror::Error)]
pub enum RootsError {
    /// Their file cannot be read.
    #[error(
        "the authorities in {} ({ROOTS}) cannot be read: {cause}; name a file of PEM certificates that this user may read",
        path.display()
    )]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        cause: String,
    },
    /// This machine trusts nobody.
    #[error(
        "this machine has no list of authorities ({0}); install ca-certificates, or name the file of the server's authority with \
         {ROOTS}="
    )]
    System(String),
    /// The encryption cannot be set up.
    #[error("the encryption cannot be set up: {0}")]
    Setting(#[from] rustls::Error),
}

impl Roots {
    /// What makes encrypted lines to servers for which these authorities vouch.
    pub(crate) fn connector(&self) -> Result<MakeRustlsConnect, RootsError> {
        let mut store = RootCertStore::empty();
        match self {
            Self::System => {
                let found = rustls_native_certs::load_native_certs();
                let (taken, _) = store.add_parsable_certificates(found.certs);
                if taken == 0 {
                    let why =
                        found.errors.first().map_or_else(|| "it is empty".to_owned(), ToString::to_string);
                    return Err(RootsError::System(why));
                }
            }
            Self::File(path) => {
                let named = |cause: String| RootsError::File { path: path.clone(), cause };
                let read = CertificateDer::pem_file_iter(path).map_err(|error| named(error.to_string()))?;
                for certificate in read {
                    let certificate = certificate.map_err(|error| named(error.to_string()))?;
                    store.add(certificate).map_err(|error| named(error.to_string()))?;
                }
                if store.is_empty() {
                    return Err(named("it holds no certificate".to_owned()));
                }
            }
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(store)
            .with_no_client_auth();
        Ok(MakeRustlsConnect::new(config))
    }
}

/// What to do about a line that could not be encrypted; nothing where an error is about something else.
pub(crate) fn remedy(error: &postgres::Error) -> Option<&'static str> {
    // The library names the step in words only.
    if !error.to_string().starts_with("error performing TLS handshake") {
        return None;
    }
    let cause = std::error::Error::source(error)?;
    let told = cause.downcast_ref::<io::Error>().and_then(|cause| cause.get_ref());
    let told = told.and_then(|told| told.downcast_ref::<rustls::Error>());
    Some(match told {
        Some(rustls::Error::InvalidCertificate(_)) => {
            "its certificate is not vouched for, has ended, or does not name this host: name the file of the server's authority with \
             sslrootcert=, and the host as the certificate does"
        }
        Some(_) => "let it speak TLS 1.2 or newer; the log of the database server says more",
        None => {
            "it answers in the clear only: give it a certificate and set ssl = on, or, inside a private tunnel such as WireGuard, add \
             ?sslmode=disable to say that the tunnel encrypts"
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_address_says_of_encryption_is_taken_out_of_it() {
        let file = |path: &str| Some(Roots::File(PathBuf::from(path)));
        let cases = [
            ("postgres://m@h/k", "postgres://m@h/k", None, None),
            ("postgres://m@h/k?sslmode=disable", "postgres://m@h/k", Some(false), None),
            ("postgres://m:a?b@h/k?sslmode=require", "postgres://m:a?b@h/k", Some(true), None),
            (
                "postgres://m@h/k?connect_timeout=3&sslmode=verify-full&sslrootcert=%2Fetc%2Fa%20b.pem",
                "postgres://m@h/k?connect_timeout=3",
                Some(true),
                file("/etc/a b.pem"),
            ),
            ("postgres://m@h/k?sslrootcert=/etc/ca.pem", "postgres://m@h/k", None, file("/etc/ca.pem")),
            ("postgres://m@h/k?sslrootcert=system", "postgres://m@h/k", None, Some(Roots::System)),
        ];
        for (text, rest, encrypted, roots) in cases {
            assert_eq!(asked(text).unwrap(), (rest.to_owned(), Asked { encrypted, roots }), "{text}");
        }
    }

    #[test]
    fn a_file_that_vouches_for_nobody_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        let told = |path: &PathBuf| Roots::File(path.clone()).connector().map(drop).unwrap_err().to_string();
        assert!(told(&path).contains("ca.pem"), "{}", told(&path));
        std::fs::write(&path, "not a certificate").unwrap();
        assert!(told(&path).contains("holds no certificate"), "{}", told(&path));
    }
}
