//! The node looks after its own certificate: renewed well before its end, by itself or by command, and taken up by what
//! serves without a restart.
//!
//! Certificates go by the machine's real time, since browsers know no other, also where civil time is simulated.

use std::sync::PoisonError;
use std::time::Duration;

use koinon_core::{CommunityCode, Timestamp};
use tokio::sync::watch;

use crate::error::NodeError;
use crate::node::Node;
use crate::tls::{self, Certificates, RENEW_DAYS, TlsError, TlsNames};

/// The job that looks after it.
const JOB: &str = "certificate";
/// How often it looks.
pub(crate) const EVERY: Duration = Duration::from_hours(1);

/// The certificate.
impl Node {
    /// The node's certificate and its authority; nothing where they cannot be read, as after files were lost.
    pub fn certificates(&self) -> Option<Certificates> {
        self.inner.shared.certificates.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Says each time that the certificate was renewed.
    pub fn certificate_changes(&self) -> watch::Receiver<u64> {
        self.inner.shared.certificate_version.subscribe()
    }

    /// The time by which certificates hold.
    pub fn certificate_time(&self) -> Timestamp {
        self.inner.shared.options.sign_in_clock.0.now()
    }

    /// Renews the certificate from the community's authority, with more names; or founds a new authority too, which every
    /// device and every neighbour must then be told of.
    pub fn renew_certificate(&self, more: &TlsNames, new_authority: bool) -> Result<Certificates, NodeError> {
        let (dir, now) = (self.dir(), self.certificate_time());
        let made = if new_authority {
            let title =
                self.read_own(|book| book.own().map_or("mirror".to_owned(), CommunityCode::to_string));
            tls::found_anew(dir, &title, more, now)
        } else {
            tls::renew(dir, more, now)
        }?;
        let shared = &self.inner.shared;
        *shared.certificates.write().unwrap_or_else(PoisonError::into_inner) = Some(made.clone());
        shared.certificate_version.send_modify(|version| *version += 1);
        shared.jobs.done(JOB, shared.clock.now());
        Ok(made)
    }

    /// Renews the certificate when it is time, as the keeper does every hour.
    pub(crate) fn keep_certificate(&self) {
        let shared = &self.inner.shared;
        let kept = match tls::look(self.dir()) {
            Ok(both) => {
                let due = is_due(&both, self.certificate_time());
                *shared.certificates.write().unwrap_or_else(PoisonError::into_inner) = Some(both);
                if due { self.renew_certificate(&TlsNames::default(), false).map(|_| ()) } else { Ok(()) }
            }
            // A node that never speaks TLS may do without.
            Err(TlsError::Files(_)) if !tls::TlsFiles::of(self.dir()).ca.exists() => Ok(()),
            Err(error) => Err(error.into()),
        };
        match kept {
            Ok(()) => shared.jobs.done(JOB, shared.clock.now()),
            Err(error) => {
                shared.jobs.failed(JOB, error.to_string());
            }
        }
    }
}

/// Whether a certificate is to be renewed: near its end, unless it ends with its authority anyway; or made while the clock
/// was ahead.
fn is_due(both: &Certificates, now: Timestamp) -> bool {
    let near = both.certificate.days_left(now) < RENEW_DAYS;
    let longer = both.certificate.ends < both.authority.ends || both.authority.ends <= now;
    (near && longer) || now < both.certificate.begins
}
