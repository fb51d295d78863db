//! The exact text that digests of rounds are taken of: one record a line, fields apart by tabs, in canonical order.

use std::fmt::Write;

use koinon_core::Digest;

use super::plan::RoundPlan;
use super::problem::Rounds;
use crate::problem::Moment;

fn at(moment: Moment) -> String {
    format!("{}:{}", moment.day.0, moment.minute)
}

/// The text of a sorted problem.
pub(super) fn problem(p: &Rounds) -> String {
    let mut page = String::new();
    // Writing to a text cannot fail.
    let _ = writeln!(page, "rules\t{}\t{}\t{}", at(p.now), p.handling_minutes, p.duty_minutes);
    for x in &p.loads {
        let urgency = x.urgency.map_or_else(|| "-".to_owned(), |urgency| format!("{urgency:?}"));
        let _ = write!(page, "load\t{}\t{}\t{}\t{}\t{}\t", x.code, x.from, x.to, x.item, x.amount);
        let _ =
            write!(page, "{}\t{}\t{}\t{}\t{}\t", x.grams, x.millilitres, x.micropallets, x.cold, x.hazard);
        let _ = writeln!(page, "{urgency}\t{}\t{}", at(x.ready), at(x.due));
    }
    for x in &p.vehicles {
        let pallets = x.pallets.map_or_else(|| "-".to_owned(), |pallets| pallets.to_string());
        let out = x.out_until.map_or_else(|| "-".to_owned(), at);
        let _ = write!(page, "vehicle\t{}\t{}\t{}\t{}\t{pallets}\t", x.code, x.home, x.kg, x.litre);
        let _ = writeln!(page, "{}\t{}\t{out}", x.cold, x.hazard);
    }
    for x in &p.shifts {
        let _ = writeln!(page, "shift\t{}\t{}\t{}\t{}", x.place, at(x.starts), at(x.ends), x.drivers);
    }
    for x in &p.ways {
        let _ = writeln!(page, "way\t{}\t{}\t{}", x.from, x.to, x.minutes);
    }
    page
}

/// The digest of a whole plan.
pub(super) fn plan_digest(plan: &RoundPlan) -> Digest {
    let mut page = format!("{}\n", plan.inputs);
    for t in &plan.tours {
        let shift = format!("{}\t{}", at(t.shift.0), at(t.shift.1));
        let _ = write!(page, "tour\t{}\t{}\t{shift}\t{}\t", t.vehicle, t.home, t.driver);
        let _ = writeln!(page, "{}\t{}\t{}", at(t.leaves), at(t.back), t.minutes);
        for s in &t.stops {
            let codes = |loads: &[koinon_core::LoadCode]| {
                loads.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
            };
            let _ = write!(page, "stop\t{}\t{}\t{}\t", s.place, at(s.arrives), at(s.leaves));
            let _ = writeln!(page, "{}\t{}", codes(&s.off), codes(&s.on));
        }
    }
    for left in &plan.left {
        let _ = writeln!(page, "left\t{}\t{:?}", left.load, left.why);
    }
    let bound = plan.bound;
    let _ = write!(page, "bound\t{}\t{}\t{:?}\t", bound.life, bound.loads, bound.minutes);
    let _ = writeln!(page, "{}\t{}", plan.minutes, plan.proven);
    Digest::of("koinon/rounds-plan/1", page.as_bytes())
}
