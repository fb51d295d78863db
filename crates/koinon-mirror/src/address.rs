//! Where the database is: the address as given, and as it may be shown.
//!
//! A password never stands in a text that is made here. Lines to other machines are refused unless the address says that
//! they need no encryption of their own, as inside a private tunnel.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use postgres::Config;
use postgres::config::{Host, SslMode, TargetSessionAttrs};

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
    /// It leads over a network in the clear.
    #[error(
        "the line to {0} would not be encrypted; name a Unix socket or this machine, or, inside a private tunnel such as \
         WireGuard, add ?sslmode=disable to say that the tunnel encrypts"
    )]
    InTheClear(String),
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
    /// Reads an address such as `postgres://mirror@10.0.0.1,10.0.0.2/koinon?sslmode=disable`. Of several hosts the one
    /// that takes writes is used.
    pub fn parse(text: &str, standbys: Standbys) -> Result<Self, AddressError> {
        let not_one = |why: &str| AddressError::NotOne(why.to_owned());
        if !["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme)) {
            return Err(not_one("it does not begin with postgres://"));
        }
        // The cause may quote a part of the address, and with it a password.
        let mut config = Config::from_str(text).map_err(|_| not_one("it cannot be read"))?;
        let database = config.get_dbname().ok_or(AddressError::Without("database"))?.to_owned();
        let user = config.get_user().ok_or(AddressError::Without("user"))?.to_owned();
        let hosts: Vec<String> = config.get_hosts().iter().map(shown).collect();
        if hosts.is_empty() {
            return Err(AddressError::Without("host"));
        }
        let far = config.get_hosts().iter().find(|host| !is_here(host));
        if let Some(far) = far
            && config.get_ssl_mode() != SslMode::Disable
        {
            return Err(AddressError::InTheClear(shown(far)));
        }
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
        Ok(Self { config, shown, standbys })
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
    fn a_line_in_the_clear_has_to_be_wanted() {
        let clear = parse("postgres://m@10.0.0.1/k").unwrap_err();
        assert_eq!(clear, AddressError::InTheClear("10.0.0.1".to_owned()));
        assert!(parse("postgres://m@10.0.0.1/k?sslmode=disable").is_ok());
        assert!(parse("postgres://m@127.0.0.1,10.0.0.1/k").is_err(), "every host is looked at");
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
