//! The exact text that digests are taken of: one record a line, fields apart by tabs, in canonical order.

use std::fmt::Write;

use super::{Plan, Problem};

/// The text of a sorted problem. Writing to a text cannot fail.
pub(super) fn problem(p: &Problem) -> String {
    let mut text = format!("days\t{}\t{}\n", p.today.0, p.days);
    for r in &p.requests {
        let _ = writeln!(
            text,
            "request\t{}\t{}\t{}\t{:?}\t{}\t{}\t{}",
            r.id, r.place, r.service, r.urgency, r.count, r.each, r.by.0
        );
    }
    for one in &p.providers {
        let services: Vec<&str> = one.services.iter().map(koinon_core::ServiceCode::as_str).collect();
        let _ = writeln!(text, "provider\t{}\t{}\t{}", one.code, services.join(","), one.per_day);
        for (day, amount) in &one.taken {
            let _ = writeln!(text, "taken\t{}\t{amount}", day.0);
        }
    }
    for way in &p.ways {
        let _ = writeln!(text, "way\t{}\t{}\t{}", way.depot, way.place, way.minutes);
    }
    text
}

/// The text of a plan.
pub(super) fn plan(p: &Plan) -> String {
    let mut text = format!("{}\t{}\t{}\n", p.inputs, p.cost, p.bound);
    for b in &p.bookings {
        let days: Vec<String> = b.days.iter().map(|(day, used)| format!("{}={used}", day.0)).collect();
        let _ = writeln!(
            text,
            "booking\t{}\t{}\t{}\t{}\t{}",
            b.request,
            b.provider,
            b.count,
            b.minutes,
            days.join(",")
        );
    }
    for o in &p.open {
        let _ = writeln!(text, "open\t{}\t{}\t{}", o.request, o.count, o.why.word());
    }
    let prices: Vec<String> = p.prices.iter().map(ToString::to_string).collect();
    let _ = writeln!(text, "prices\t{}", prices.join(","));
    text
}
