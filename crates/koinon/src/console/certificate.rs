//! The node's certificate: until when it holds, for whom, and what is said when its end is near.

use koinon_node::Node;
use koinon_node::tls::{Certificates, TlsFiles, TlsNames, WARN_CA_DAYS, WARN_DAYS, fingerprint};

use super::views::CertificateView;
use super::{Refusal, RenewAsk};

/// The certificate as it is.
pub(super) fn show(node: &Node) -> Result<CertificateView, Refusal> {
    let hint = "restore the folder tls from a backup, or make a node with `koinon init`";
    node.certificates().map(|both| view(node, &both)).ok_or_else(|| {
        let job = node.jobs().into_iter().find(|job| job.name == "certificate");
        let cause = job.and_then(|job| job.last_error);
        Refusal::new(&cause.unwrap_or_else(|| "this node has no certificate".to_owned()), hint)
    })
}

/// Renews it.
pub(super) async fn renew(node: &Node, ask: RenewAsk) -> Result<CertificateView, Refusal> {
    let renewing = node.clone();
    let made = tokio::task::spawn_blocking(move || {
        let names = TlsNames { hosts: ask.hosts, addresses: ask.addresses };
        renewing.renew_certificate(&names, ask.new_authority)
    });
    let made = made.await.map_err(|error| Refusal::new(&error, ""))?;
    made.map(|both| view(node, &both)).map_err(|error| Refusal::new(&error, ""))
}

fn view(node: &Node, both: &Certificates) -> CertificateView {
    let now = node.certificate_time();
    let names = &both.certificate.names;
    // Whoever could read the certificate a moment ago can read its authority.
    let ca = std::fs::read_to_string(TlsFiles::of(node.dir()).ca).unwrap_or_default();
    CertificateView {
        names: names.hosts.iter().cloned().chain(names.addresses.iter().map(ToString::to_string)).collect(),
        ends: both.certificate.ends.to_rfc3339(),
        days_left: both.certificate.days_left(now),
        authority_ends: both.authority.ends.to_rfc3339(),
        authority_days_left: both.authority.days_left(now),
        authority_fingerprint: fingerprint(&ca),
    }
}

/// What is said when an end is near or past, with what to do.
pub(crate) fn words(node: &Node) -> Vec<String> {
    let Some(both) = node.certificates() else { return Vec::new() };
    let now = node.certificate_time();
    let (own, authority) = (both.certificate.days_left(now), both.authority.days_left(now));
    let when = |days: i64| if days < 0 { "has ended".to_owned() } else { format!("ends in {days} days") };
    let mut words = Vec::new();
    if authority < WARN_CA_DAYS {
        words.push(format!(
            "the community's certificate authority {}: choose a day, then found a new one with `koinon certificate renew --new-authority`, trust it on each device, and give each neighbour a new card",
            when(authority)
        ));
    }
    if own < WARN_DAYS && own < authority {
        words.push(format!(
            "the certificate of this node {}, and it did not renew itself; run `koinon certificate renew` and see what it says",
            when(own)
        ));
    }
    words
}
