//! The exact text that digests are taken of: one record a line, fields apart by tabs, in canonical order.

use std::fmt::Write;

use super::{Plan, Problem};

/// Numbers, apart by commas.
fn list(numbers: &[i64]) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// A number or none.
fn most(number: Option<i64>) -> String {
    number.map_or_else(|| "-".to_owned(), |number| number.to_string())
}

/// The text of a sorted problem. Writing to a text cannot fail.
pub(super) fn problem(p: &Problem) -> String {
    let mut text = format!("steps\t{}\t{}\t{}\t{}\n", p.start.day.0, p.start.minute, p.step_minutes, p.steps);
    for one in &p.places {
        let [lives, needed, useful] = &one.demand;
        let lists = [&one.inflow, lives, needed, useful].map(|numbers| list(numbers)).join("\t");
        let _ = writeln!(text, "place\t{}\t{lists}", one.code);
        if let Some(s) = &one.store {
            let numbers =
                list(&[s.capacity, s.level, s.floor, s.loss_ppm, s.charge_loss_ppm, s.discharge_loss_ppm]);
            let _ = writeln!(text, "store\t{numbers}\t{}\t{}", most(s.charge_max), most(s.discharge_max));
        }
    }
    for line in &p.lines {
        let out: Vec<String> = line.out.iter().map(|(from, until)| format!("{from}-{until}")).collect();
        let _ = writeln!(
            text,
            "line\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
            line.code,
            line.from,
            line.to,
            line.both_ways,
            line.capacity,
            line.loss_ppm,
            out.join(",")
        );
    }
    text
}

/// The text of a plan.
pub(super) fn plan(p: &Plan) -> String {
    let mut text = format!("{}\t{}\n", p.inputs, p.complete);
    for f in &p.flows {
        let _ = writeln!(text, "flow\t{}\t{}\t{}\t{}\t{}", f.step, f.line, f.forward, f.sent, f.received);
    }
    for c in &p.courses {
        let [lives, needed, useful] = &c.met;
        let lists = [lives, needed, useful, &c.level, &c.charge, &c.discharge, &c.spill];
        let _ = writeln!(text, "place\t{}\t{}", c.place, lists.map(|numbers| list(numbers)).join("\t"));
    }
    for g in &p.goals {
        let _ = writeln!(
            text,
            "goal\t{}\t{}\t{}\t{}\t{}",
            g.value,
            g.bound,
            list(&g.factors),
            g.scale,
            list(&g.prices)
        );
    }
    text
}
