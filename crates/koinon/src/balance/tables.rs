//! The tables of `koinon balance`. Every row that cannot be used is named, with all that is wrong with it.

use std::collections::BTreeSet;

use koinon_core::unit::{DecimalMark, parse_decimal, parse_quantity};
use koinon_core::{CorridorCode, PlaceCode, Region};
use koinon_match::Moment;
use koinon_match::balance::{Line, PPM, Place, Store};
use koinon_table::{Column, Fault, Flaw, Marks, Names, Table, quoted};

use super::Kind;
use crate::planner::verify;
use crate::words::{Cells, each};

const fn must(name: &'static str, also: &'static [&'static str]) -> Column {
    Column { name, also, required: true }
}

const fn may(name: &'static str, also: &'static [&'static str]) -> Column {
    Column { name, also, required: false }
}

const PLACE: Column = must("place", &["community", "grid", "reservoir", "where"]);
const UNIT: Column = may("unit", &["unidad", "einheit"]);

/// The columns of a table of places.
pub(super) const PLACES: [Column; 10] = [
    PLACE,
    may("store", &["capacity", "holds"]),
    may("level", &["now", "in_store", "stored"]),
    may("keep", &["floor", "kept"]),
    may("loss_per_day", &["evaporation", "self_discharge"]),
    may("charge_per_hour", &["charge", "put_in_per_hour"]),
    may("discharge_per_hour", &["discharge", "take_out_per_hour"]),
    may("charge_loss", &["put_in_loss"]),
    may("discharge_loss", &["take_out_loss"]),
    UNIT,
];

/// The columns of a table of lines.
pub(super) const LINES: [Column; 10] = [
    must("line", &["wire", "pipe", "corridor"]),
    must("from", &["start"]),
    must("to", &["end"]),
    may("per_hour", &["capacity_per_hour"]),
    may("per_day", &["capacity_per_day"]),
    may("loss", &["loss_percent"]),
    may("both_ways", &["two_ways"]),
    may("out_from", &["closed_from"]),
    may("out_until", &["closed_until"]),
    UNIT,
];

/// The columns of a table of what comes in and is used.
pub(super) const FLOWS: [Column; 8] = [
    PLACE,
    must("from", &["start", "time"]),
    must("until", &["end"]),
    may("inflow", &["production", "comes_in", "produced"]),
    may("must_have", &["lives", "vital"]),
    may("needed", &["need", "demand"]),
    may("useful", &[]),
    UNIT,
];

/// Amounts of a row of the flows, in the order of their columns: what comes in, then demand by urgency.
const AMOUNTS: [&str; 4] = ["inflow", "must_have", "needed", "useful"];
/// Minutes of an hour and of a day.
const HOUR: i64 = 60;
const DAY: i64 = 1_440;

/// What tables are read against.
pub(super) struct Reading<'a> {
    pub(super) region: &'a Region,
    pub(super) kind: Kind,
    pub(super) decimal: Option<DecimalMark>,
}

/// What comes in at a place and is used there in a stretch of time.
#[derive(Debug)]
pub(super) struct FlowRow {
    place: PlaceCode,
    from: Moment,
    until: Moment,
    amounts: [i64; 4],
}

/// The steps of a plan.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    pub(super) start: Moment,
    minutes: i64,
    pub(super) steps: u32,
}

impl Clock {
    /// From a moment, or from the earliest row, until the last row ends; `None` where no row is later.
    pub(super) fn new(rows: &[FlowRow], start: Option<Moment>, step_minutes: u32) -> Option<Self> {
        let start = start.or_else(|| rows.iter().map(|row| row.from).min())?;
        let last = rows.iter().map(|row| row.until.minutes_from(start.day)).max()?;
        let minutes = i64::from(step_minutes);
        let length = last - start.minutes_from(start.day);
        let steps =
            u32::try_from((length + minutes - 1).div_euclid(minutes)).ok().filter(|steps| *steps > 0)?;
        Some(Self { start, minutes, steps })
    }

    /// Minutes from the start.
    fn minute(&self, moment: Moment) -> i64 {
        moment.minutes_from(self.start.day) - i64::from(self.start.minute)
    }

    /// What flows in a step where so much does in so many minutes.
    fn per_step(&self, amount: i64, minutes: i64) -> i64 {
        i64::try_from(i128::from(amount) * i128::from(self.minutes) / i128::from(minutes)).unwrap_or(i64::MAX)
    }

    /// A place as its table says it, with rates of a step in place of those of an hour and a day, and nothing flowing yet.
    fn place(&self, read: &Place) -> Place {
        let blank = || vec![0; usize::try_from(self.steps).unwrap_or(0)];
        let store = read.store.map(|store| Store {
            loss_ppm: self.per_step(store.loss_ppm, DAY),
            charge_max: store.charge_max.map(|amount| self.per_step(amount, HOUR)),
            discharge_max: store.discharge_max.map(|amount| self.per_step(amount, HOUR)),
            ..store
        });
        Place { code: read.code.clone(), inflow: blank(), demand: [blank(), blank(), blank()], store }
    }

    /// The places with what the rows say in each step, evenly over the time of each row.
    pub(super) fn places(&self, read: &[Place], rows: &[FlowRow]) -> Vec<Place> {
        let mut places: Vec<Place> = read.iter().map(|place| self.place(place)).collect();
        for row in rows {
            let Some(place) = places.iter_mut().find(|place| place.code == row.place) else { continue };
            let [lives, needed, useful] = &mut place.demand;
            let (from, until) = (self.minute(row.from), self.minute(row.until));
            for (amount, list) in row.amounts.into_iter().zip([&mut place.inflow, lives, needed, useful]) {
                // What has flowed up to a minute of the row, rounded down: the parts add up to the whole.
                let upto = |minute: i64| {
                    let passed = i128::from(minute.clamp(from, until) - from);
                    i64::try_from(i128::from(amount) * passed / i128::from(until - from)).unwrap_or(0)
                };
                for (slot, begins) in list.iter_mut().zip((0..).map(|step| step * self.minutes)) {
                    *slot += upto(begins + self.minutes) - upto(begins);
                }
            }
        }
        places
    }
}

impl Reading<'_> {
    /// An amount in a cell in base units; none where nothing is written, and an error where it was said what is wrong.
    fn amount(&self, cells: &mut Cells<'_>, column: &'static str) -> Result<Option<i64>, ()> {
        let text = cells.text(column);
        if text.is_empty() {
            return Ok(None);
        }
        let marks = Marks::of(cells.table, column, self.decimal);
        let unit = cells.text("unit");
        let whole = format!("{text} {unit}");
        let read = match marks.mark(text) {
            None => Err(Fault::TwoReadings(text.to_owned())),
            Some(mark) => {
                match parse_quantity(whole.trim(), self.kind.dimension, &[], self.kind.unit, mark) {
                    Ok(amount) if amount.is_negative() => Err(Fault::Negative(whole.trim().to_owned())),
                    Ok(amount) => Ok(amount.amount()),
                    Err(fault) => Err(Fault::Amount { fault, example: format!("12 {}", self.kind.unit) }),
                }
            }
        };
        cells.keep(column, read).map(Some).ok_or(())
    }

    /// A loss in per cent, as parts per million; none where nothing is written.
    fn loss(&self, cells: &mut Cells<'_>, column: &'static str) -> Option<i64> {
        let text = cells.text(column);
        if text.is_empty() {
            return Some(0);
        }
        let number = text.trim_end_matches('%').trim();
        let mark = Marks::of(cells.table, column, self.decimal).mark(number).unwrap_or_default();
        let parts = parse_decimal(number, mark).ok().and_then(|(value, scale)| {
            let (top, bottom) = (value.checked_mul(i128::from(PPM / 100))?, 10_i128.checked_pow(scale)?);
            i64::try_from(top / bottom).ok().filter(|_| top % bottom == 0)
        });
        let parts = parts.filter(|parts| (0..=koinon_match::balance::LOSS_MAX).contains(parts));
        if parts.is_none() {
            let found = format!("{} is no such loss", quoted(text));
            cells.said(column, found, "write per cent from 0 to 90, such as 2.5");
        }
        parts
    }

    /// Reads places with their stores: what these take in and give is told for an hour, what they lose by themselves for a day.
    pub(super) fn places(&self, table: &Table) -> Result<Vec<Place>, Vec<Flaw>> {
        let names = Names::places(self.region);
        let mut seen = BTreeSet::new();
        each(table, |cells| {
            let code = cells.named(&names, "place");
            let store = self.store(cells);
            let code = code?;
            if !seen.insert(code.clone()) {
                cells.said("place", format!("{code} is listed twice"), "keep one row");
                return None;
            }
            Some(Place { code, inflow: Vec::new(), demand: Default::default(), store: store.ok()? })
        })
    }

    /// The store of a row, if it has one; an error where it was said what is wrong with it.
    fn store(&self, cells: &mut Cells<'_>) -> Result<Option<Store>, ()> {
        let [capacity, level, floor, charge, discharge] =
            ["store", "level", "keep", "charge_per_hour", "discharge_per_hour"]
                .map(|column| self.amount(cells, column));
        let [loss_ppm, charge_loss_ppm, discharge_loss_ppm] =
            ["loss_per_day", "charge_loss", "discharge_loss"].map(|column| self.loss(cells, column));
        let (capacity, level, floor) = (capacity?, level?.unwrap_or(0), floor?.unwrap_or(0));
        let (charge, discharge) = (charge?, discharge?);
        let Some(capacity) = capacity else {
            if level > 0 || floor > 0 {
                cells.said(
                    "store",
                    "nothing is written, but something is in it or kept",
                    "write what the store holds",
                );
                return Err(());
            }
            return Ok(None);
        };
        for (column, amount, what) in [("level", level, "is in the store"), ("keep", floor, "is kept")] {
            if amount > capacity {
                cells.said(
                    column,
                    format!("more {what} than it holds"),
                    "write at most what stands under store",
                );
                return Err(());
            }
        }
        Ok(Some(Store {
            capacity,
            level,
            floor,
            loss_ppm: loss_ppm.ok_or(())?,
            charge_max: charge,
            discharge_max: discharge,
            charge_loss_ppm: charge_loss_ppm.ok_or(())?,
            discharge_loss_ppm: discharge_loss_ppm.ok_or(())?,
        }))
    }

    /// Reads lines between places of the plan.
    pub(super) fn lines(
        &self,
        table: &Table,
        clock: &Clock,
        places: &[Place],
    ) -> Result<Vec<Line>, Vec<Flaw>> {
        let names = Names::places(self.region);
        let mut seen = BTreeSet::new();
        each(table, |cells| {
            let text = cells.text("line");
            let code = CorridorCode::new(&text.to_lowercase().replace([' ', '_'], "-"));
            if let Err(error) = &code {
                cells.said("line", error.to_string(), "write a short word like wire-2");
            }
            let ends = ["from", "to"].map(|column| listed(cells, &names, column, places));
            let (hour, day) = (self.amount(cells, "per_hour"), self.amount(cells, "per_day"));
            let capacity = match (hour.ok()?, day.ok()?) {
                (Some(amount), None) => Some(clock.per_step(amount, HOUR)),
                (None, Some(amount)) => Some(clock.per_step(amount, DAY)),
                _ => {
                    cells.said(
                        "per_hour",
                        "per_hour and per_day are both written, or neither",
                        "write one of them",
                    );
                    None
                }
            };
            let loss_ppm = self.loss(cells, "loss");
            let both_ways = both_ways(cells);
            let out = out(cells, clock);
            let (code, [from, to]) = (code.ok()?, ends);
            let (from, to) = (from?, to?);
            if from == to || !seen.insert(code.clone()) {
                let found = if from == to {
                    "it ends where it starts".to_owned()
                } else {
                    format!("{code} is listed twice")
                };
                cells.said("line", found, "give each line a word of its own, and two places");
                return None;
            }
            let (both_ways, capacity, loss_ppm, out) = (both_ways?, capacity?, loss_ppm?, out?);
            Some(Line { code, from, to, both_ways, capacity, loss_ppm, out })
        })
    }

    /// Reads what comes in and is used at places of the plan.
    pub(super) fn flows(&self, table: &Table, places: &[Place]) -> Result<Vec<FlowRow>, Vec<Flaw>> {
        let names = Names::places(self.region);
        each(table, |cells| {
            let place = listed(cells, &names, "place", places);
            let ends = ["from", "until"].map(|column| moment(cells, column));
            let amounts = AMOUNTS.map(|column| self.amount(cells, column).map(|amount| amount.unwrap_or(0)));
            let [from, until] = ends;
            let (place, from, until) = (place?, from?, until?);
            if from >= until {
                cells.said("until", "it ends before it begins", "write a later moment than under from");
                return None;
            }
            let [inflow, lives, needed, useful] = amounts;
            let amounts = [inflow.ok()?, lives.ok()?, needed.ok()?, useful.ok()?];
            Some(FlowRow { place, from, until, amounts })
        })
    }
}

/// A place that a cell names and that the table of places lists.
fn listed(
    cells: &mut Cells<'_>,
    names: &Names<PlaceCode>,
    column: &'static str,
    places: &[Place],
) -> Option<PlaceCode> {
    let place = cells.named(names, column)?;
    if places.iter().any(|one| one.code == place) {
        return Some(place);
    }
    cells.said(
        column,
        format!("{place} is not in the table of places"),
        "list it there, with or without a store",
    );
    None
}

/// Whether a line carries both ways; it does where nothing is written.
fn both_ways(cells: &mut Cells<'_>) -> Option<bool> {
    let text = cells.text("both_ways").to_lowercase();
    match text.as_str() {
        "" | "yes" | "true" | "1" => Some(true),
        "no" | "false" | "0" => Some(false),
        _ => {
            cells.said("both_ways", format!("{} is neither", quoted(&text)), "write yes or no");
            None
        }
    }
}

/// Steps in which a line is out of service, even for a part of a step.
fn out(cells: &mut Cells<'_>, clock: &Clock) -> Option<Vec<(u32, u32)>> {
    if cells.text("out_from").is_empty() && cells.text("out_until").is_empty() {
        return Some(Vec::new());
    }
    let from = if cells.text("out_from").is_empty() { clock.start } else { moment(cells, "out_from")? };
    let last = i64::from(clock.steps) * clock.minutes;
    let until =
        if cells.text("out_until").is_empty() { last } else { clock.minute(moment(cells, "out_until")?) };
    let step = |minute: i64| u32::try_from(minute.clamp(0, last) / clock.minutes).unwrap_or(0);
    let (first, after) = (step(clock.minute(from)), step(until + clock.minutes - 1));
    Some(if first < after { vec![(first, after)] } else { Vec::new() })
}

/// A moment that must be there; a day alone is its first minute.
fn moment(cells: &mut Cells<'_>, column: &'static str) -> Option<Moment> {
    let text = cells.text(column);
    let found = verify::moment(&text.replace('T', " ")).or_else(|| verify::moment(&format!("{text} 00:00")));
    if found.is_none() {
        let what = if text.is_empty() {
            "nothing is written".to_owned()
        } else {
            format!("{} is no moment", quoted(text))
        };
        cells.said(column, what, "write it like 2026-03-31 06:30, or a day alone");
    }
    found
}
