//! The exact text that digests of placing are taken of: one record a line, fields apart by tabs, in canonical order.

use std::fmt::Write;

use koinon_core::Digest;

use super::plan::{Outcome, PrepositionPlan, Prices};
use super::problem::Preposition;

fn or_dash(number: Option<i64>) -> String {
    number.map_or_else(|| "-".to_owned(), |number| number.to_string())
}

/// The text of a sorted problem.
pub(super) fn problem(p: &Preposition) -> String {
    let mut page = String::new();
    // Writing to a text cannot fail.
    let most = p.open_at_most.map_or_else(|| "-".to_owned(), |most| most.to_string());
    let _ = writeln!(page, "rules\t{most}\t{}", p.moves_at_most);
    for x in &p.sites {
        let _ = writeln!(page, "site\t{}\t{}\t{:?}", x.place, or_dash(x.room_ml), x.opens);
    }
    for x in &p.items {
        let _ = writeln!(page, "item\t{}\t{}\t{}\t{}", x.code, x.people, x.units, x.ml_per_1000);
    }
    for x in &p.holdings {
        let most = or_dash(x.at_most);
        let _ = writeln!(page, "holding\t{}\t{}\t{}\t{}\t{most}", x.site, x.item, x.units, x.at_least);
    }
    for x in &p.added {
        let _ = writeln!(page, "added\t{}\t{}", x.item, x.units);
    }
    for x in &p.scenarios {
        let _ = writeln!(page, "scenario\t{:?}\t{}", x.id, x.weight);
        for one in &x.affected {
            let _ = writeln!(page, "affected\t{}\t{}", one.place, one.people);
        }
    }
    for x in &p.ways {
        let _ = writeln!(page, "way\t{}\t{}\t{}", x.depot, x.place, x.minutes);
    }
    page
}

fn outcome(o: Outcome) -> String {
    format!("{}\t{}", o.parts, o.part_minutes)
}

fn prices(page: &mut String, p: &Prices) {
    let _ = writeln!(page, "prices\t{}\t{}\t{:?}", p.part, p.minute, p.room);
    for sites in p.sites.iter().flatten() {
        let _ = writeln!(page, "{sites:?}");
    }
}

/// The digest of a whole plan, its proof included.
pub(super) fn plan_digest(plan: &PrepositionPlan) -> Digest {
    let mut page = format!("{}\t{}\t{}\n", plan.inputs, plan.person, plan.weights);
    for x in &plan.items {
        let _ = write!(page, "item\t{}\t{}\t{}\t", x.item, x.units, x.added);
        let _ = writeln!(page, "{}\t{}\t{:?}", outcome(x.now), outcome(x.best), x.balance);
    }
    for x in &plan.sites {
        let _ = writeln!(page, "site\t{}\t{}\t{}", x.site, x.holds_now, x.opens);
    }
    for x in &plan.placed {
        let _ = writeln!(page, "placed\t{}\t{}\t{}\t{}", x.item, x.site, x.now, x.best);
    }
    for x in &plan.moves {
        let from = x.from.as_ref().map_or("-", |from| from.as_str());
        let _ = write!(page, "move\t{}\t{from}\t{}\t{}\t", x.item, x.to, x.units);
        let _ = writeln!(page, "{}\t{}", outcome(x.before), outcome(x.after));
    }
    for x in &plan.bounds {
        let items: Vec<_> = x.items.iter().map(koinon_core::ItemCode::as_str).collect();
        let _ = writeln!(page, "bound\t{}\t{}\t{}", items.join(","), x.parts, x.part_minutes);
        prices(&mut page, &x.for_people);
        prices(&mut page, &x.for_effort);
    }
    Digest::of("koinon/preposition-plan/1", page.as_bytes())
}
