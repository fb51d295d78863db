//! Every step of a plan as two tables: `lines.csv` and `places.csv`, for sheets and other programs. Amounts are whole base units.

use std::fmt::Write;
use std::path::Path;

use koinon_match::balance::{Plan, Problem};

use super::Kind;
use crate::files;
use crate::planner::views::moment;

/// Writes both tables into a directory.
pub(super) fn write(directory: &Path, kind: Kind, problem: &Problem, plan: &Plan) -> anyhow::Result<()> {
    let unit = kind.dimension.base_unit();
    // Writing to a text cannot fail.
    let mut lines = format!("time,line,from,to,sent_{unit},received_{unit}\n");
    for flow in &plan.flows {
        let Some(line) = problem.lines.iter().find(|line| line.code == flow.line) else { continue };
        let (from, to) = if flow.forward { (&line.from, &line.to) } else { (&line.to, &line.from) };
        let time = moment(problem.begins(flow.step));
        let _ = writeln!(lines, "{time},{},{from},{to},{},{}", flow.line, flow.sent, flow.received);
    }
    let columns = [
        "inflow",
        "must_have",
        "must_have_met",
        "needed",
        "needed_met",
        "useful",
        "useful_met",
        "level_before",
        "put_in",
        "taken_out",
        "spilt",
    ];
    let mut places = format!("time,place,{}\n", columns.map(|column| format!("{column}_{unit}")).join(","));
    for (at, step) in (0..problem.steps).zip(0_usize..) {
        for (place, course) in problem.places.iter().zip(&plan.courses) {
            let [lives, needed, useful] = &place.demand;
            let [lives_met, needed_met, useful_met] = &course.met;
            let lists = [
                &place.inflow,
                lives,
                lives_met,
                needed,
                needed_met,
                useful,
                useful_met,
                &course.level,
                &course.charge,
                &course.discharge,
                &course.spill,
            ];
            let numbers = lists.map(|list| list.get(step).map_or_else(String::new, ToString::to_string));
            let _ = writeln!(places, "{},{},{}", moment(problem.begins(at)), place.code, numbers.join(","));
        }
    }
    files::write(&directory.join("lines.csv"), &lines, true)?;
    files::write(&directory.join("places.csv"), &places, true)
}
