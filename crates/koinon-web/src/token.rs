//! The token by which the person who runs a node acts through the API from the same machine.
//!
//! It is made anew whenever the node is served and lies in a file that only the node's user can read. It counts only under
//! `/api/`, and only from a loopback address; from anywhere else it is nobody's. Who shows it acts as one person of the
//! node's own community: the one whom the header `koinon-as` names, else the only steward. The book authorizes that
//! person like anybody.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use koinon_authority::Role;
use koinon_books::Book;
use koinon_core::{Digest, PersonId, Timestamp};
use koinon_node::Node;

use crate::problem::{Kind, Problem};

/// The header that says as whom.
pub const AS_HEADER: &str = "koinon-as";

/// The token; whoever serves the API puts it among the request's extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoopbackToken(Digest);

/// Why no one person is meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoPerson {
    /// The node writes for no community.
    #[error("this node writes for no community")]
    NoCommunity,
    /// Nobody is called so.
    #[error("nobody here is called '{0}'")]
    Nobody(String),
    /// The community has no steward.
    #[error("this community has no steward")]
    NoSteward,
    /// Several could be meant: names with ids.
    #[error("more than one person could be meant")]
    Several(Vec<String>),
}

impl NoPerson {
    /// What the one who asks can do.
    pub fn remedy(&self) -> String {
        match self {
            Self::NoCommunity => {
                "ask the computer of a community; this one keeps a safety copy only".to_owned()
            }
            Self::Nobody(_) | Self::NoSteward => "say --as with a name or an id".to_owned(),
            Self::Several(names) => format!("say --as: {}", names.join(", ")),
        }
    }
}

impl LoopbackToken {
    /// Takes the token's text; only its digest is kept, so that comparing takes no time that tells of it.
    pub fn new(token: &str) -> Self {
        Self(Digest::of("koinon console token 1", token.as_bytes()))
    }

    /// Whether a request shows the token from the same machine; a wrong one is an error, none is no.
    ///
    /// # Errors
    /// [`Kind::Unauthorized`] for a token that is not this one.
    pub fn is_shown(parts: &Parts) -> Result<bool, Problem> {
        let Some(token) = parts.extensions.get::<Self>() else { return Ok(false) };
        let shown =
            parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        let Some(shown) = shown.filter(|_| parts.uri.path().starts_with("/api/")) else { return Ok(false) };
        let from = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let is_near = from.is_some_and(|ConnectInfo(from)| from.ip().to_canonical().is_loopback());
        if is_near && Self::new(shown) == *token {
            return Ok(true);
        }
        Err(Problem::new(Kind::Unauthorized)
            .detail("This token is not the running node's, or does not come from the same machine."))
    }
}

/// The person whom a name or an id means, else the only steward of the node's own community.
///
/// # Errors
/// [`NoPerson`] where it is not exactly one.
pub fn person(
    (node, book): (&Node, &Book),
    named: Option<&str>,
    now: Timestamp,
) -> Result<PersonId, NoPerson> {
    let own = book.own().ok_or(NoPerson::NoCommunity)?;
    let name = |person: PersonId| node.personal().name(book, person).unwrap_or_else(|| person.short());
    let mut known: Vec<PersonId> = match named {
        None => book.grants().stewards(own, now).map(|held| held.granted.subject).collect(),
        Some(named) => book
            .grants()
            .all()
            .filter(|held| held.granted.role != Role::Meter)
            .map(|held| held.granted.subject)
            .filter(|person| name(*person) == named || person.to_string() == named)
            .collect(),
    };
    known.sort();
    known.dedup();
    match (known.as_slice(), named) {
        ([only], _) => Ok(*only),
        ([], Some(named)) => Err(NoPerson::Nobody(named.to_owned())),
        ([], None) => Err(NoPerson::NoSteward),
        (several, _) => {
            Err(NoPerson::Several(several.iter().map(|one| format!("{} ({one})", name(*one))).collect()))
        }
    }
}
