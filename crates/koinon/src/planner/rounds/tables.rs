//! The tables of rounds: vehicles, shifts, loads, minutes between places. Every row that cannot be used is named.

use koinon_core::region::TimeOfDay;
use koinon_core::unit::DecimalMark;
use koinon_core::{Day, LoadCode, PlaceCode, Region, VehicleCode};
use koinon_ledger::fact::Urgency;
use koinon_match::Moment;
use koinon_match::rounds::{Asked, Load, Shift, Vehicle, WayOf, load_of};
use koinon_table::{Column, Flaw, Marks, Names, Table, quoted};

use super::super::tables::{AMOUNT, ITEM, UNIT, URGENCY};
use crate::words::{Cells, each};

const fn column(name: &'static str, also: &'static [&'static str], required: bool) -> Column {
    Column { name, also, required }
}

const FROM: Column = column("from", &["origin", "starts", "begin"], true);
const TO: Column = column("to", &["destination", "ends", "until"], true);

/// The columns of a table of vehicles.
pub(super) const VEHICLES: [Column; 8] = [
    column("vehicle", &["code", "name", "id"], true),
    column("home", &["place", "depot", "where"], true),
    column("kg", &["payload", "capacity_kg"], true),
    column("litres", &["l", "liters", "capacity_l"], true),
    column("pallets", &["capacity_pallets"], false),
    column("cold_box", &["cold", "cooled", "refrigerated"], false),
    column("hazard", &["dangerous_goods", "adr"], false),
    column("out_until", &["out_of_service_until", "back_on"], false),
];

/// The columns of a table of shifts.
pub(super) const SHIFTS: [Column; 5] = [
    column("place", &["home", "where", "community"], true),
    column("day", &["date"], false),
    FROM,
    TO,
    column("drivers", &["people", "count", "how_many"], true),
];

/// The columns of a table of loads.
pub(super) const LOADS: [Column; 9] = [
    column("load", &["code", "id"], false),
    FROM,
    TO,
    ITEM,
    AMOUNT,
    UNIT,
    column("urgency", &["tier", "priority"], false),
    column("ready", &["ready_on", "not_before"], false),
    column("due", &["by", "due_on", "not_after"], false),
];

/// The columns of a table of minutes between places.
pub(super) const MINUTES: [Column; 3] = [FROM, TO, column("minutes", &["min", "time"], true)];

/// What tables are read against.
pub(super) struct Reading<'a> {
    pub(super) region: &'a Region,
    pub(super) decimal: Option<DecimalMark>,
    /// When loads are ready that name no day.
    pub(super) now: Moment,
    /// The day on which loads are due that name none.
    pub(super) last: Day,
}

/// One driver for each vehicle of a place from six to six every day.
pub(super) fn everyday(vehicles: &[Vehicle], first: Day, last: Day) -> Vec<Shift> {
    let mut homes: Vec<&PlaceCode> = vehicles.iter().map(|vehicle| &vehicle.home).collect();
    homes.sort();
    let days = (first.0..=last.0).map(Day);
    let shift = |day: Day, home: &[&PlaceCode]| {
        let drivers = u32::try_from(home.len()).unwrap_or(u32::MAX).min(1_000);
        let at = |hour: u16| Moment { day, minute: hour * 60 };
        home.first().map(|place| Shift { place: (*place).clone(), starts: at(6), ends: at(18), drivers })
    };
    days.flat_map(|day| homes.chunk_by(|a, b| a == b).filter_map(move |home| shift(day, home))).collect()
}

impl Reading<'_> {
    /// Reads vehicles.
    pub(super) fn vehicles(&self, table: &Table) -> Result<Vec<Vehicle>, Vec<Flaw>> {
        let places = Names::places(self.region);
        each(table, |cells| {
            let code = code(cells, "vehicle", VehicleCode::new);
            let home = cells.named(&places, "home");
            let (kg, litre) = (number(cells, "kg", true), number(cells, "litres", true));
            let pallets = number(cells, "pallets", false);
            let (cold, hazard) = (yes(cells, "cold_box"), yes(cells, "hazard"));
            let out_until = moment(cells, "out_until", 0);
            Some(Vehicle {
                code: code?,
                home: home?,
                kg: kg?,
                litre: litre?,
                pallets,
                cold,
                hazard,
                out_until,
            })
        })
    }

    /// Reads shifts until a last day; one without a day is one on every day.
    pub(super) fn shifts(&self, table: &Table, last: Day) -> Result<Vec<Shift>, Vec<Flaw>> {
        let places = Names::places(self.region);
        let shifts = each(table, |cells| {
            let place = cells.named(&places, "place");
            let day = cells.day("day");
            let (from, to) = (time(cells, "from"), time(cells, "to"));
            let drivers = number(cells, "drivers", true).and_then(|n| u32::try_from(n).ok());
            let (place, from, to, drivers) = (place?, from?, to?, drivers?);
            let days = day.map_or_else(|| self.now.day.0..=last.0, |day| day.0..=day.0);
            let shift = |day: Day| {
                // What ends before it starts ends on the day after.
                let over = i32::from(to <= from);
                let (starts, ends) =
                    (Moment { day, minute: from }, Moment { day: day.plus(over), minute: to });
                Shift { place: place.clone(), starts, ends, drivers }
            };
            Some(days.map(Day).map(shift).collect::<Vec<_>>())
        });
        Ok(shifts?.into_iter().flatten().collect())
    }

    /// Reads loads.
    pub(super) fn loads(&self, table: &Table) -> Result<Vec<Load>, Vec<Flaw>> {
        let (places, items) = (Names::places(self.region), Names::items(self.region));
        let marks = Marks::of(table, "amount", self.decimal);
        let goods = super::super::goods(self.region);
        each(table, |cells| {
            let line = format!("line-{}", cells.row.line);
            let given = !cells.text("load").is_empty();
            let code = if given { code(cells, "load", LoadCode::new) } else { LoadCode::new(&line).ok() };
            let (from, to) = (cells.named(&places, "from"), cells.named(&places, "to"));
            let item = cells.named(&items, "item");
            let amount = item.and_then(|item| cells.amount(item, marks));
            let urgency = urgency(cells);
            let ready = moment(cells, "ready", 0).unwrap_or(self.now);
            let due = moment(cells, "due", 1_439).unwrap_or(Moment { day: self.last, minute: 1_439 });
            let (item, amount) = (item?, amount?);
            if from.is_some() && from == to {
                cells.said(
                    "to",
                    format!("{} is where it comes from", quoted(cells.text("to"))),
                    "name another place",
                );
                return None;
            }
            if amount == 0 {
                cells.said("amount", "nothing is to be brought", "leave the row out, or write how much");
                return None;
            }
            let asked = Asked { code: code?, from: from?, to: to?, amount, urgency, ready, due };
            let load =
                goods.iter().find(|known| known.code == item.code).and_then(|item| load_of(item, asked));
            if load.is_none() {
                cells.said(
                    "item",
                    format!("{} is nothing that a vehicle carries", item.code),
                    "leave it out",
                );
            }
            load
        })
    }

    /// Reads minutes between places; a way that stands in one direction only is as long in the other.
    pub(super) fn minutes(&self, table: &Table) -> Result<Vec<WayOf>, Vec<Flaw>> {
        let places = Names::places(self.region);
        let mut ways = each(table, |cells| {
            let (from, to) = (cells.named(&places, "from"), cells.named(&places, "to"));
            let minutes = number(cells, "minutes", true);
            Some(WayOf { from: from?, to: to?, minutes: minutes? })
        })?;
        let known: std::collections::BTreeSet<_> =
            ways.iter().map(|w| (w.from.clone(), w.to.clone())).collect();
        let back = ways.iter().filter(|way| !known.contains(&(way.to.clone(), way.from.clone())));
        let back = back.map(|way| WayOf { from: way.to.clone(), to: way.from.clone(), minutes: way.minutes });
        let back: Vec<WayOf> = back.collect();
        ways.extend(back);
        Ok(ways)
    }
}

fn code<T>(
    cells: &mut Cells<'_>,
    column: &'static str,
    make: impl Fn(&str) -> Result<T, koinon_core::id::IdError>,
) -> Option<T> {
    let text = cells.text(column).trim();
    let word = koinon_core::id::code_from_words(text).unwrap_or_default();
    let made = make(&word).ok();
    if made.is_none() {
        cells.said(
            column,
            format!("{} is no code", quoted(text)),
            "write letters and digits, for example lorry-2",
        );
    }
    made
}

/// A whole number, not below zero.
fn number(cells: &mut Cells<'_>, column: &'static str, required: bool) -> Option<i64> {
    let text = cells.text(column).trim();
    if text.is_empty() && !required {
        return None;
    }
    let digits = koinon_core::unit::latin_digits(text);
    let found = digits.parse().ok().filter(|number| (0..=1_000_000_000).contains(number));
    if found.is_none() {
        let remedy = "write a whole number without a unit or signs between, for example 1200";
        cells.said(column, format!("{} is no number", quoted(text)), remedy);
    }
    found
}

fn yes(cells: &mut Cells<'_>, column: &'static str) -> bool {
    let text = cells.text(column).trim();
    match text.to_lowercase().as_str() {
        "yes" | "y" | "x" | "true" | "1" => true,
        "" | "no" | "n" | "-" | "false" | "0" => false,
        _ => {
            cells.said(column, format!("{} is neither yes nor no", quoted(text)), "write yes or no");
            false
        }
    }
}

fn time(cells: &mut Cells<'_>, column: &'static str) -> Option<u16> {
    let text = cells.text(column).trim();
    let found = TimeOfDay::parse(text).map(TimeOfDay::minutes);
    if found.is_none() {
        cells.said(column, format!("{} is no time of day", quoted(text)), "write it like 07:30");
    }
    found
}

/// A day, or a day and a time; a day alone is its first or last minute.
fn moment(cells: &mut Cells<'_>, column: &'static str, minute: u16) -> Option<Moment> {
    let text = cells.text(column).trim();
    if let Some((day, time)) = text.split_once([' ', 'T'])
        && let (Some(day), Some(time)) = (Day::parse(day), TimeOfDay::parse(time))
    {
        return Some(Moment { day, minute: time.minutes() });
    }
    cells.day(column).map(|day| Moment { day, minute })
}

fn urgency(cells: &mut Cells<'_>) -> Option<Urgency> {
    let text = cells.text("urgency");
    let word = text.to_lowercase().replace([' ', '_'], "-");
    let known = URGENCY.iter().find(|(known, _)| *known == word).map(|(_, urgency)| *urgency);
    if known.is_none() && !word.is_empty() {
        cells.said("urgency", format!("{} is no urgency", quoted(text)), "write must-have, needed or useful");
    }
    known
}
