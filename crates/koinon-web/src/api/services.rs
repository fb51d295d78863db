//! From the words of a command about care and work for others to the book's own act.

use koinon_aid::service::{Act, DayUse, Kind, ServiceAsked, ServiceOffered};
use koinon_core::Urgency;

use super::reader::Reader;
use super::teams::reason;
use super::words::{Ask, DayAmountBody};

impl Ask {
    /// The book's own act, or nothing where the reader has noted a fault.
    pub(super) fn read_of_services(&self, r: &mut Reader) -> Option<Act> {
        match self {
            Self::OfferService { provider, place, service_kind: of, services, per_day, closed } => {
                let (provider, place) = (r.text("what.provider", provider), r.text("what.place", place));
                let kind = kind(r, of);
                let at = |at: usize| format!("what.services.{at}");
                let services: Vec<_> =
                    services.iter().enumerate().filter_map(|(n, word)| r.text(&at(n), word)).collect();
                Some(Act::Offer(ServiceOffered {
                    provider: provider?,
                    place: place?,
                    kind: kind?,
                    services,
                    per_day: *per_day,
                    closed: *closed,
                }))
            }
            Self::AskService { .. } => ask(self, r),
            Self::CloseService { ask, reason: why } => {
                let (ask, reason) = (r.text("what.ask", ask), reason(r, why));
                Some(Act::CloseAsk { ask: ask?, reason: reason? })
            }
            Self::PromiseService { provider, asker, ask, count, days: uses, suggestion } => {
                let (provider, asker) = (r.text("what.provider", provider), r.text("what.asker", asker));
                let (ask, days) = (r.text("what.ask", ask), days(r, uses));
                let suggestion = r.maybe("what.suggestion", suggestion.as_ref());
                Some(Act::Promise {
                    provider: provider?,
                    asker: asker?,
                    ask: ask?,
                    count: *count,
                    days,
                    suggestion: suggestion?,
                })
            }
            Self::TakeService { home, promise } => {
                let (home, promise) = (r.text("what.home", home), r.text("what.promise", promise));
                Some(Act::Take { home: home?, promise: promise? })
            }
            Self::DeclineService { home, promise, reason: why } => {
                let (home, promise) = (r.text("what.home", home), r.text("what.promise", promise));
                let reason = reason(r, why);
                Some(Act::Decline { home: home?, promise: promise?, reason: reason? })
            }
            Self::WithdrawService { promise, reason: why } => {
                let (promise, reason) = (r.text("what.promise", promise), reason(r, why));
                Some(Act::Withdraw { promise: promise?, reason: reason? })
            }
            Self::ServiceDone { promise, count } => {
                Some(Act::Done { promise: r.text("what.promise", promise)?, count: *count })
            }
            _ => None,
        }
    }
}

fn kind(r: &mut Reader, code: &str) -> Option<Kind> {
    r.choice("what.service_kind", code, &Kind::ALL.map(|kind| (kind.code(), kind)))
}

fn ask(ask: &Ask, r: &mut Reader) -> Option<Act> {
    let Ask::AskService { ask, place, service_kind: of, service, count, each, urgency, by } = ask else {
        return None;
    };
    let (ask, place) = (r.text("what.ask", ask), r.text("what.place", place));
    let (kind, service) = (kind(r, of), r.text("what.service", service));
    let choices = Urgency::ALL.map(|urgency| (urgency.code(), urgency));
    let urgency = r.choice("what.urgency", urgency, &choices);
    let by = r.day("what.by", by);
    let each = match (kind, each) {
        (Some(Kind::Making), None) => {
            r.keep::<u32, _>("what.each", Err("say how many minutes of machines a piece takes"))
        }
        (_, each) => Some(each.unwrap_or(1)),
    };
    Some(Act::Ask(ServiceAsked {
        ask: ask?,
        place: place?,
        kind: kind?,
        service: service?,
        count: *count,
        each: each?,
        urgency: urgency?,
        by: by?,
    }))
}

fn days(r: &mut Reader, uses: &[DayAmountBody]) -> Vec<DayUse> {
    let mut read = Vec::new();
    for (at, one) in uses.iter().enumerate() {
        let day = r.day(&format!("what.days.{at}.day"), &one.day);
        read.extend(day.map(|day| DayUse { day, amount: one.amount }));
    }
    read
}
