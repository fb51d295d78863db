//! The CVRPLIB format for capacitated vehicle routing (`.vrp`) read, and its form of a solution written.
//!
//! A file has lines `KEY : VALUE`, and sections of numbers: coordinates or a matrix, demands, the depot. Read are `EUC_2D` (rounded to
//! the nearest whole number, as the library asks), `CEIL_2D` and `EXPLICIT`; `DISTANCE`, `SERVICE_TIME` and `VEHICLES` are kept as
//! limits. Some sets of the library are compared with unrounded legs; [`Precision::ByName`] reads them in thousandths. All
//! arithmetic is on integers: coordinates are read to nine decimals. The reader collects every fault with its line, and takes bytes:
//! opening files is the caller's business. Source: the TSPLIB 95 report (Reinelt) and the files of vrp.galgos.inf.puc-rio.br.

mod decimal;
mod fault;
mod legs;
mod reader;

use super::plan::Plan;
use super::problem::Problem;
use crate::faults;
use reader::Reader;
use std::fmt::Write as _;

pub use fault::{Fault, FaultKind, Faults};

/// In what unit legs are measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// Thousandths where the name says that the file is of a set compared unrounded (CMT, Golden, Li, tai), else whole numbers.
    #[default]
    ByName,
    /// Whole numbers.
    Whole,
    /// Thousandths, in which `EUC_2D` is all but unrounded.
    Thousandths,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Its name.
    pub name: String,
    /// The problem; stops have the numbers that solutions use, from 1 on in the file's order without the depot.
    pub problem: Problem,
    /// Units of the problem to one of the file: 1 or 1,000.
    pub scale: i64,
}

/// Reads a problem, in the precision its name asks for.
pub fn read(bytes: &[u8]) -> Result<Instance, Faults> {
    read_as(bytes, Precision::default())
}

/// Reads a problem in a given precision.
pub fn read_as(bytes: &[u8], precision: Precision) -> Result<Instance, Faults> {
    let mut reader = Reader::default();
    let mut faults = Vec::new();
    let mut line = 0;
    for raw in bytes.split(|&byte| byte == b'\n') {
        line += 1;
        match std::str::from_utf8(raw)
            .map_err(|_| FaultKind::NotText)
            .and_then(|text| reader.line(text.trim()))
        {
            Ok(()) if reader.ended => break,
            Ok(()) => {}
            Err(_) if faults.len() >= faults::MOST => return Err(Faults { faults, complete: false }),
            Err(kind) => faults.push(Fault { line, kind }),
        }
    }
    let whole = |kinds: Vec<FaultKind>| Faults {
        faults: kinds.into_iter().map(|kind| Fault { line: line + 1, kind }).collect(),
        complete: true,
    };
    if !faults.is_empty() {
        return Err(Faults { faults, complete: true });
    }
    reader.finish(precision).map_err(whole)
}

impl Instance {
    /// A cost in the file's unit, with three decimals where it is read in thousandths.
    pub fn in_file_units(&self, cost: i64) -> String {
        if self.scale == 1 {
            cost.to_string()
        } else {
            format!("{}.{:03}", cost / self.scale, cost % self.scale)
        }
    }

    /// Writes a plan in the library's form: `Route #1: 5 3 2`, then `Cost 27591`.
    pub fn solution(&self, plan: &Plan) -> String {
        let mut text = String::new();
        for (trip, number) in plan.trips.iter().zip(1..) {
            // Writing to a String cannot fail, so the results carry nothing.
            let _ = write!(text, "Route #{number}:");
            for id in trip {
                let _ = write!(text, " {id}");
            }
            text.push('\n');
        }
        let _ = writeln!(text, "Cost {}", self.in_file_units(plan.cost));
        text
    }
}
