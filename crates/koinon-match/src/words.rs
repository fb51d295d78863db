//! The exact text that digests are taken of: one record a line, fields apart by tabs, in canonical order.
//!
//! Nobody reads it; it must only differ where the content differs, and stay as it is from version to version.

use std::fmt::Write;

use koinon_core::{Day, Digest};
use koinon_ledger::demand::RateSource;
use koinon_ledger::fact::Occurrence;

use crate::plan::{Plan, Suggestion, Why};
use crate::problem::{ClosedRoute, EVEN_WISH, LotRef, Moment, NeedRef, Problem};

/// Collects lines; writing to a text cannot fail.
#[derive(Default)]
struct Page(String);

impl Page {
    fn line(&mut self, fields: std::fmt::Arguments<'_>) {
        let _ = self.0.write_fmt(fields);
        self.0.push('\n');
    }
}

fn day(day: Option<Day>) -> String {
    day.map_or_else(|| "-".to_owned(), |day| day.0.to_string())
}

fn lot(lot: &LotRef) -> String {
    match lot {
        LotRef::Book(community, id) => format!("{community}/{id}"),
        LotRef::Row(row) => row.to_string(),
    }
}

fn need(need: &NeedRef) -> String {
    match need {
        NeedRef::Book(community, id) => format!("{community}/{id}"),
        NeedRef::Row(row) => row.to_string(),
        NeedRef::Due(one) => occurrence(one),
    }
}

fn occurrence(one: &Occurrence) -> String {
    format!("due {}/{}/{}/{}", one.proposer, one.standing, one.line, one.day.0)
}

fn closed(route: &ClosedRoute) -> String {
    format!("{}\t{}\t{}\t{}", route.corridor, route.from.0, day(route.until), route.reason.code())
}

fn at(moment: Moment) -> String {
    format!("{}:{}", moment.day.0, moment.minute)
}

/// A last field for pallets; nothing where none are counted, so that texts from before there were pallets stay as they are.
fn pallets(pallets: Option<i64>) -> String {
    pallets.map_or_else(String::new, |pallets| format!("\tpallets {pallets}"))
}

/// The wish for a need, where it is not that of all alike.
fn wish(per_mille: u32) -> String {
    if per_mille == EVEN_WISH { String::new() } else { format!("\twish {per_mille}") }
}

/// The text of a sorted problem.
pub(crate) fn problem(p: &Problem) -> String {
    let mut page = Page::default();
    let r = &p.rules;
    page.line(format_args!("when\t{}\t{}\t{}", p.today.0, p.minute, p.horizon_days));
    page.line(format_args!(
        "rules\t{}\t{}\t{}\t{}",
        r.equity_slack_days, r.whole_packs, r.useful_days_min, r.handling_minutes
    ));
    for x in &p.places {
        page.line(format_args!("place\t{}\t{}", x.code, x.people));
    }
    for x in &p.items {
        page.line(format_args!(
            "item\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{:?}\t{:?}\t{:?}{}",
            x.code,
            x.tier.rank(),
            x.group.word(),
            x.mass_g_per_1000,
            x.volume_ml_per_1000,
            x.cold,
            x.hazard,
            x.cargo,
            x.storage,
            x.packs,
            pallets(Some(x.micropallets_per_1000).filter(|pallets| *pallets != 0))
        ));
    }
    for x in &p.stock {
        page.line(format_args!(
            "stock\t{}\t{}\t{}\t{}\t{}",
            x.place,
            x.item,
            day(x.last_good),
            lot(&x.lot),
            x.amount
        ));
    }
    for x in &p.uses {
        let source = match x.source {
            None => "typed".to_owned(),
            Some(RateSource::Catalogue) => "catalogue".to_owned(),
            Some(RateSource::Observed { days, without_stock }) => format!("{days}/{without_stock}"),
        };
        page.line(format_args!(
            "use\t{}\t{}\t{}\t{}\t{source}\t{}\t{}",
            x.place, x.item, x.rate.amount, x.rate.days, x.keep.floor, x.keep.target
        ));
    }
    for x in &p.needs {
        page.line(format_args!(
            "need\t{}\t{}\t{}\t{:?}\t{}\t{}{}",
            x.place,
            x.item,
            x.amount,
            x.urgency,
            x.by.0,
            need(&x.id),
            wish(x.wish_per_mille)
        ));
    }
    for x in &p.offers {
        page.line(format_args!("offer\t{}\t{}\t{}\t{}", x.place, x.item, x.amount, x.take_please));
    }
    for x in &p.due {
        let which = occurrence(&x.occurrence);
        page.line(format_args!("{which}\t{}\t{}\t{}\t{}\t{}", x.from, x.to, x.item, x.amount, x.by.0));
    }
    for x in &p.arriving {
        page.line(format_args!("arriving\t{}\t{}\t{}\t{}", x.place, x.item, x.day.0, x.amount));
    }
    for x in &p.departures {
        page.line(format_args!(
            "departure\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{:?}\t{}{}",
            x.corridor,
            x.from,
            x.to,
            at(x.leaves),
            at(x.arrives),
            x.kg,
            x.litre,
            x.cold,
            x.hazard,
            x.cargo,
            x.loss_per_mille,
            pallets(x.pallets)
        ));
    }
    for x in &p.closures {
        page.line(format_args!("closed\t{}\t{:?}\t{}", x.place, x.storage, x.day.0));
    }
    for x in &p.closed_routes {
        page.line(format_args!("closed-route\t{}", closed(x)));
    }
    for x in &p.pauses {
        page.line(format_args!("paused\t{}\t{}\t{}", x.place, x.item, x.until.0));
    }
    for x in &p.rooms {
        page.line(format_args!("room\t{}\t{:?}\t{:?}\t{:?}", x.place, x.storage, x.kg, x.litre));
    }
    page.0
}

/// The id of a suggestion: what it says, and the inputs it was made from.
pub(crate) fn suggestion_id(s: &Suggestion, inputs: Digest) -> Digest {
    let mut page = Page::default();
    page.line(format_args!("{inputs}\t{}\t{}\t{}\t{}", s.from, s.to, s.item, s.amount));
    for load in &s.loads {
        for leg in &load.legs {
            page.line(format_args!(
                "leg\t{}\t{}\t{}\t{}\t{}",
                leg.corridor,
                leg.from,
                leg.to,
                at(leg.leaves),
                at(leg.arrives)
            ));
        }
        for (id, amount) in &load.lots {
            page.line(format_args!("lot\t{}\t{amount}", lot(id)));
        }
    }
    for (id, amount) in &s.needs {
        page.line(format_args!("need\t{}\t{amount}", need(id)));
    }
    Digest::of("koinon/suggestion/1", page.0.as_bytes())
}

/// The digest of a whole plan.
pub(crate) fn plan_digest(plan: &Plan) -> Digest {
    let mut page = Page::default();
    page.line(format_args!("{}\t{}\t{}", plan.inputs, plan.first_day.0, plan.last_day.0));
    for s in &plan.agreed {
        page.line(format_args!("agreed\t{}", s.id));
    }
    for s in &plan.suggestions {
        page.line(format_args!("suggestion\t{}", s.id));
    }
    for u in &plan.unmet {
        let which = u.need.as_ref().map_or_else(|| "-".to_owned(), need);
        let why = match &u.why {
            Why::CapacityFull(legs) => {
                let legs: Vec<String> =
                    legs.iter().map(|l| format!("{}@{}", l.corridor, at(l.leaves))).collect();
                format!("full {}", legs.join(","))
            }
            Why::Paused(pauses) => {
                let pauses: Vec<String> =
                    pauses.iter().map(|p| format!("{}@{}", p.place, p.until.0)).collect();
                format!("paused {}", pauses.join(","))
            }
            Why::RouteClosed(routes) => {
                format!("route {}", routes.iter().map(closed).collect::<Vec<_>>().join(","))
            }
            other => format!("{other:?}"),
        };
        page.line(format_args!("unmet\t{}\t{}\t{}\t{which}\t{why}", u.place, u.item, u.amount));
    }
    page.line(format_args!("gap\t{}\t{}", plan.gap.plan, plan.gap.bound));
    Digest::of("koinon/plan/1", page.0.as_bytes())
}
