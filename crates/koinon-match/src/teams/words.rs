//! The exact text that digests are taken of: one record a line, fields apart by tabs, in canonical order.
//!
//! Nobody reads it; it must only differ where the content differs, and stay as it is from version to version.

use std::fmt::Write;

use koinon_core::Digest;

use super::plan::{Plan, Price};
use super::problem::{Problem, SkillCount};
use crate::problem::Moment;

fn at(moment: Moment) -> String {
    format!("{}:{}", moment.day.0, moment.minute)
}

fn counts(list: &[SkillCount]) -> String {
    list.iter().map(|one| format!("{}={}", one.skill, one.people)).collect::<Vec<_>>().join(",")
}

/// The text of a sorted problem.
pub(super) fn problem(p: &Problem) -> String {
    let mut text = String::new();
    let r = &p.rules;
    // Writing to a text cannot fail.
    let _ = writeln!(
        text,
        "rules\t{}\t{}\t{}\t{}\t{}",
        at(p.now),
        r.rest_minutes,
        r.duty_minutes_max,
        r.rotation_minutes_max,
        r.keep
    );
    for t in &p.teams {
        let w = &t.word;
        let day = |day: Option<koinon_core::Day>| day.map_or_else(|| "-".to_owned(), |day| day.0.to_string());
        let _ = writeln!(
            text,
            "team\t{}\t{}\t{}\t{}\t{:?}\t{}\t{}\t{}",
            t.code,
            w.willing,
            day(w.first),
            day(w.last),
            w.way_minutes_max,
            t.notice_minutes,
            t.self_sufficient_hours,
            t.past_duty_minutes
        );
        if let Some(duty) = t.last_duty {
            let _ =
                writeln!(text, "duty\t{}\t{}", duty.from.map_or_else(|| "-".to_owned(), at), at(duty.until));
        }
        for c in &t.components {
            let skills: Vec<&str> = c.skills.iter().map(koinon_core::SkillCode::as_str).collect();
            let _ = writeln!(text, "component\t{}\t{}", skills.join("+"), c.people);
        }
    }
    for m in &p.missions {
        let _ = writeln!(
            text,
            "mission\t{}\t{}\t{:?}\t{}\t{}\t{}\t{}\t{}",
            m.code,
            m.place,
            m.urgency,
            at(m.start),
            at(m.end),
            m.days,
            m.self_sufficient_hours,
            counts(&m.asks)
        );
    }
    for w in &p.ways {
        let _ = writeln!(text, "way\t{}\t{}\t{}", w.depot, w.place, w.minutes);
    }
    for f in &p.floors {
        let _ = writeln!(text, "floor\t{}\t{}\t{}", f.place, f.skill, f.keep);
    }
    text
}

/// The digest of a whole plan.
pub(super) fn plan_digest(plan: &Plan) -> Digest {
    let mut text = format!("{}\n", plan.inputs);
    for d in &plan.deployments {
        let _ = writeln!(
            text,
            "go\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
            d.mission,
            d.team,
            counts(&d.serves),
            at(d.leaves),
            at(d.returns),
            d.way_minutes,
            d.duty_minutes
        );
        if let Some((team, extra)) = &d.next_best {
            let _ = writeln!(text, "next\t{team}\t{extra}");
        }
    }
    for o in &plan.open {
        let _ = writeln!(text, "open\t{}\t{}\t{}", o.mission, o.skill, o.people);
        for r in &o.reasons {
            let _ = writeln!(text, "why\t{}\t{}", r.team, r.bar.word());
            for mission in r.bar.missions() {
                let _ = writeln!(text, "with\t{mission}");
            }
        }
    }
    for (word, figure) in [("lives", &plan.lives), ("all", &plan.all)] {
        let _ = writeln!(text, "{word}\t{}\t{}\t{}", figure.asked, figure.covered, figure.bound);
        for Price { mission, skill, price } in &figure.prices {
            let _ = writeln!(text, "price\t{mission}\t{skill}\t{price}");
        }
    }
    let _ = writeln!(text, "proof\t{}", plan.proof.word());
    Digest::of("koinon/teams-plan/1", text.as_bytes())
}
