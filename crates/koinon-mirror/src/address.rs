//! Where the database is: the address as given, and as it may be shown.
//!
//! A password never stands in a text that is made here. Lines to other machines are encrypted, and the server proves who it is,
//! unless the address says that they need no encryption of their own, as inside a private tunnel.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use postgres::Config;
use postgres::config::{Host, SslMode, TargetSessionAttrs};

use crate::tls::{self, Roots};

/// How long a server may take to answer a call, and a dead line to be noticed.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why an address is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It is no address of a database.
    #[error(
        "this is not the address of a PostgreSQL database ({0}); write it as postgres://USER@HOST:PORT/DATABASE"
    )]
    NotOne(String),
    /// It names no database or no user.
    #[error("the address names no {0}; write it as postgres://USER@HOST:PORT/DATABASE")]
    Without(&'static str),
    /// It would take a line that anybody can listen to or answer on.
    #[error(
        "sslmode={0} would take a line in the clear, or from anybody; write sslmode=verify-full, or, inside a private tunnel \
         such as WireGuard, sslmode=disable to say that the tunnel encrypts"
    )]
    Mode(String),
    /// It asks for encryption of what is no line.
    #[error(
        "{0} is a Unix socket, which carries no encryption and needs none; leave sslmode and sslrootcert out"
    )]
    Socket(String),
}

/// Whether a commit must have reached a standby.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standbys {
    /// The server must name synchronous standbys; without them nothing is taken in.
    #[default]
    Required,
    /// One disk is enough: what it loses, neighbours send again.
    NotAsked,
}

/// The address of a database.
#[derive(Clone)]
pub struct Address {
    pub(crate) config: Config,
    shown: String,
    /// Who must vouch for the server; nothing for a line in the clear.
    pub(crate) roots: Option<Roots>,
    pub(crate) standbys: Standbys,
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({}, {:?})", self.shown, self.standbys)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.shown)
    }
}

impl Address {
    /// Reads an address such as `postgres://mirror@one.internal,two.internal/koinon?sslrootcert=/etc/koinon/region-ca.pem`. Of
    /// several hosts the one that takes writes is used.
    ///
    /// Lines to other machines are encrypted unless it says `sslmode=disable`, lines on this one if it says
    /// `sslmode=verify-full` or `require`. A server's certificate is checked either way, against the machine's authorities or those in the
    /// file of `sslrootcert`.
    pub fn parse(text: &str, standbys: Standbys) -> Result<Self, AddressError> {
        let not_one = |why: &str| AddressError::NotOne(why.to_owned());
        if !["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme)) {
            return Err(not_one("it does not begin with postgres://"));
        }
        // The cause may quote a part of the address, and with it a password.
        let (rest, asked) = tls::asked(text)?;
        let mut config = Config::from_str(&rest).map_err(|_| not_one("it cannot be read"))?;
        let database = config.get_dbname().ok_or(AddressError::Without("database"))?.to_owned();
        let user = config.get_user().ok_or(AddressError::Without("user"))?.to_owned();
        let hosts: Vec<String> = config.get_hosts().iter().map(shown).collect();
        if hosts.is_empty() {
            return Err(AddressError::Without("host"));
        }
        let is_far = config.get_hosts().iter().any(|host| !is_here(host));
        let encrypted = asked.encrypted.unwrap_or(is_far || asked.roots.is_some());
        let socket = config.get_hosts().iter().find(|host| matches!(host, Host::Unix(_)));
        if let Some(socket) = socket.filter(|_| encrypted) {
            return Err(AddressError::Socket(shown(socket)));
        }
        let roots = encrypted.then(|| asked.roots.unwrap_or(Roots::System));
        config.ssl_mode(if encrypted { SslMode::Require } else { SslMode::Disable });
        let ports = config.get_ports().to_vec();
        let port = |at: usize| ports.get(at).or(ports.first()).copied().unwrap_or(5432);
        let places: Vec<String> =
            hosts.iter().enumerate().map(|(at, host)| format!("{host}:{}", port(at))).collect();
        let shown = format!("{database} on {} as {user}", places.join(", "));
        if hosts.len() > 1 {
            config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        }
        config.application_name("koinon mirror");
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(PATIENCE);
        }
        config.keepalives_idle(PATIENCE).keepalives_interval(PATIENCE).keepalives_retries(3);
        config.tcp_user_timeout(PATIENCE.saturating_mul(3));
        Ok(Self { config, shown, roots, standbys })
    }
}

fn shown(host: &Host) -> String {
    match host {
        Host::Tcp(name) => name.clone(),
        Host::Unix(path) => path.display().to_string(),
    }
}

fn is_here(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        Host::Unix(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Address, AddressError> {
        Address::parse(text, Standbys::Required)
    }

    #[test]
    fn no_text_holds_the_password() {
        let address = parse("postgres://mirror:s3cret@127.0.0.1:5433/koinon").unwrap();
        assert_eq!(address.to_string(), "koinon on 127.0.0.1:5433 as mirror");
        assert!(!format!("{address:?}").contains("s3cret"));
        let bad = parse("postgres://mirror:s3cret@127.0.0.1:port/koinon").unwrap_err();
        assert!(!bad.to_string().contains("s3cret"), "{bad}");
    }

    #[test]
    fn several_hosts_are_shown_with_their_ports() {
        let address = parse("postgres://m@localhost:1,localhost:2/k").unwrap();
        assert_eq!(address.to_string(), "k on localhost:1, localhost:2 as m");
        let socket = parse("postgres://m@%2Fvar%2Frun%2Fpostgresql/k").unwrap();
        assert_eq!(socket.to_string(), "k on /var/run/postgresql:5432 as m");
    }

    #[test]
    fn a_line_in_the_clear_to_another_machine_has_to_be_wanted() {
        let of = |text: &str| {
            let address = parse(text).unwrap();
            assert_eq!(address.config.get_ssl_mode() == SslMode::Require, address.roots.is_some(), "{text}");
            address.roots
        };
        let file = Some(Roots::File("/ca.pem".into()));
        assert_eq!(of("postgres://m@10.0.0.1/k"), Some(Roots::System));
        assert_eq!(of("postgres://m@127.0.0.1,10.0.0.1/k"), Some(Roots::System), "every host is looked at");
        assert_eq!(of("postgres://m@10.0.0.1/k?sslrootcert=/ca.pem"), file);
        assert_eq!(of("postgres://m@10.0.0.1/k?sslmode=disable"), None);
        assert_eq!(of("postgres://m@localhost/k"), None);
        assert_eq!(of("postgres://m@localhost/k?sslmode=verify-full"), Some(Roots::System));
        assert_eq!(of("postgres://m@localhost/k?sslmode=require&sslrootcert=/ca.pem"), file);
        for weak in ["prefer", "allow", "verify-ca", ""] {
            let told = parse(&format!("postgres://m@10.0.0.1/k?sslmode={weak}")).unwrap_err();
            assert_eq!(told, AddressError::Mode(weak.to_owned()));
        }
        let socket = parse("postgres://m@%2Frun%2Fpostgresql,10.0.0.1/k").unwrap_err();
        assert_eq!(socket, AddressError::Socket("/run/postgresql".to_owned()));
        assert!(parse("postgres://m@10.0.0.1/k?sslmode=disable&sslrootcert=/ca.pem").is_err());
    }

    #[test]
    fn what_is_missing_is_named() {
        for (text, word) in [
            ("mysql://m@localhost/k", "postgres://"),
            ("postgres://localhost/k", "user"),
            ("postgres://m@localhost", "database"),
        ] {
            let told = parse(text).unwrap_err().to_string();
            assert!(told.contains(word), "{text}: {told}");
        }
    }
}
