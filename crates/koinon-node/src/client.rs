//! Asking a neighbour: one address, no redirects, bounded answers.

use crate::error::NodeError;
use crate::peers::PeerConfig;

/// Refuses addresses that would carry the exchange in the clear over a network.
pub(crate) fn check_address(config: &PeerConfig) -> Result<(), NodeError> {
    let Some(url) = &config.url else { return Ok(()) };
    let refuse = |reason| Err(NodeError::Address { url: url.clone(), reason });
    let (rest, secure) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (rest, true),
        (_, Some(rest)) => (rest, false),
        _ => return refuse("it must begin with https:// or, on this machine, http://"),
    };
    if rest.is_empty() || rest.contains(['/', '?', '#', '@', ' ']) {
        return refuse("write only host and port, such as https://dunes.internal:7443");
    }
    let loopback = ["127.0.0.1", "localhost", "[::1]"]
        .iter()
        .any(|host| rest.strip_prefix(host).is_some_and(|port| port.is_empty() || port.starts_with(':')));
    if !secure && !loopback {
        return refuse("plain http is for this machine only; use https");
    }
    Ok(())
}
