//! Reads the fields of a command one by one and keeps every fault, so that all of them are named at once.

use koinon_core::{Day, Dimension, ItemCode, LotId, PlaceCode, Quantity};
use koinon_ledger::Reason;
use koinon_ledger::command::{FoundLine, Wished};
use koinon_ledger::fact::{Method, Occurrence, PrintedMark, RouteClosed, RouteReason, Vehicle, Wish};

use crate::acts::fields::short;

use super::words::{
    AmountBody, FoundBody, LineBody, OccurrenceBody, PartBody, RouteClosedBody, StandingLineBody, WantBody,
    WishedBody,
};

/// The most lines of one command.
const LINES_MAX: usize = 500;

/// An optional value that was read: absent is fine.
pub(super) type Perhaps<T> = Option<T>;

/// Collects faults while a document is read, so that all of them are named at once.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) faults: Vec<(String, String)>,
}

impl Reader {
    pub(super) fn keep<T, E: std::fmt::Display>(&mut self, place: &str, result: Result<T, E>) -> Option<T> {
        result.map_err(|fault| self.faults.push((place.to_owned(), fault.to_string()))).ok()
    }

    pub(super) fn text<T: std::str::FromStr<Err: std::fmt::Display>>(
        &mut self,
        place: &str,
        text: &str,
    ) -> Option<T> {
        self.keep(place, text.parse::<T>())
    }

    /// An optional text: absent is fine and read as nothing; wrong is a fault.
    pub(super) fn maybe<T: std::str::FromStr<Err: std::fmt::Display>>(
        &mut self,
        place: &str,
        text: Option<&String>,
    ) -> Option<Perhaps<T>> {
        match text {
            None => Some(None),
            Some(text) => self.text(place, text).map(Some),
        }
    }

    pub(super) fn mark(&mut self, place: &str, text: Option<&String>) -> Option<Perhaps<PrintedMark>> {
        match text {
            None => Some(None),
            Some(text) => self.keep(place, PrintedMark::new(text)).map(Some),
        }
    }

    pub(super) fn day(&mut self, place: &str, text: &str) -> Option<Day> {
        let no_day = || format!("'{}' is no day; write it as 2026-03-01", short(text));
        self.keep(place, Day::parse(text).ok_or_else(no_day))
    }

    pub(super) fn maybe_day(&mut self, place: &str, text: Option<&String>) -> Option<Perhaps<Day>> {
        match text {
            None => Some(None),
            Some(text) => self.day(place, text).map(Some),
        }
    }

    pub(super) fn amount(&mut self, place: &str, body: &AmountBody) -> Option<Quantity> {
        let known = Dimension::ALL.into_iter().find(|dimension| dimension.base_unit() == body.unit);
        let units: Vec<&str> = Dimension::ALL.iter().map(|dimension| dimension.base_unit()).collect();
        let dimension = self.keep(
            &format!("{place}.unit"),
            known.ok_or_else(|| {
                format!("'{}' is no base unit; use one of: {}", short(&body.unit), units.join(", "))
            }),
        )?;
        self.keep(&format!("{place}.amount"), Quantity::new(body.amount, dimension))
    }

    pub(super) fn choice<T: Copy>(&mut self, place: &str, text: &str, choices: &[(&str, T)]) -> Option<T> {
        let found = choices.iter().find(|(word, _)| *word == text).map(|(_, choice)| *choice);
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        self.keep(
            place,
            found.ok_or_else(|| format!("'{}' is not known; use one of: {}", short(text), words.join(", "))),
        )
    }

    pub(super) fn reason(&mut self, place: &str, code: &str) -> Option<Reason> {
        self.keep(place, Reason::by_code(code).ok_or_else(|| format!("'{}' is no reason code", short(code))))
    }

    pub(super) fn method(&mut self, text: Option<&String>) -> Option<Method> {
        let choices: Vec<_> = Method::ALL.iter().map(|method| (method.code(), *method)).collect();
        text.map_or(Some(Method::Counted), |text| self.choice("what.method", text, &choices))
    }

    pub(super) fn wish(&mut self, place: &str, text: &str) -> Option<Wish> {
        let choices: Vec<_> = Wish::ALL.iter().map(|wish| (wish.code(), *wish)).collect();
        self.choice(place, text, &choices)
    }

    pub(super) fn vehicle(&mut self, text: &str) -> Option<Vehicle> {
        let choices: Vec<_> = Vehicle::ALL.iter().map(|vehicle| (vehicle.code(), *vehicle)).collect();
        self.choice("what.vehicle", text, &choices)
    }

    pub(super) fn route_closed(&mut self, body: &RouteClosedBody) -> Option<RouteClosed> {
        let choices = RouteReason::ALL.map(|reason| (reason.code(), reason));
        let reason = self.choice("what.closed.reason", &body.reason, &choices);
        let from = self.day("what.closed.from", &body.from);
        let until = self.maybe_day("what.closed.until", body.until.as_ref());
        Some(RouteClosed { reason: reason?, from: from?, until: until? })
    }

    pub(super) fn lines(&mut self, lines: &[LineBody]) -> Option<Vec<(u16, Quantity)>> {
        self.few(lines.len())?;
        let read: Vec<_> = lines
            .iter()
            .enumerate()
            .map(|(n, line)| {
                Some((line.line, self.amount(&format!("what.lines[{n}].quantity"), &line.quantity)?))
            })
            .collect();
        read.into_iter().collect()
    }

    pub(super) fn parts(&mut self, parts: &[PartBody]) -> Option<Vec<(LotId, Quantity)>> {
        self.few(parts.len())?;
        let mut read = Vec::new();
        for (n, part) in parts.iter().enumerate() {
            let lot = self.text(&format!("what.from[{n}].lot"), &part.lot);
            let quantity = self.amount(&format!("what.from[{n}].quantity"), &part.quantity);
            read.push(lot.zip(quantity));
        }
        read.into_iter().collect()
    }

    pub(super) fn few(&mut self, count: usize) -> Option<()> {
        let few = count <= LINES_MAX;
        self.keep("what.lines", if few { Ok(()) } else { Err(format!("at most {LINES_MAX} lines fit")) })
    }

    pub(super) fn found(&mut self, lines: &[FoundBody]) -> Option<Vec<FoundLine>> {
        self.few(lines.len())?;
        let mut read = Vec::new();
        for (n, line) in lines.iter().enumerate() {
            let place = |field: &str| format!("what.lines[{n}].{field}");
            let accepted = self.amount(&place("accepted"), &line.accepted);
            let mut part = |field: &str, body: Option<&AmountBody>| match body {
                Some(body) => self.amount(&place(field), body),
                None => accepted.map(|accepted| Quantity::zero(accepted.dimension())),
            };
            let (rejected, missing) =
                (part("rejected", line.rejected.as_ref()), part("missing", line.missing.as_ref()));
            let excess = part("excess", line.excess.as_ref());
            let reason = match &line.reason {
                None => Some(None),
                Some(code) => self.reason(&place("reason"), code).map(Some),
            };
            read.push((|| {
                let (accepted, rejected, missing) = (accepted?, rejected?, missing?);
                Some(FoundLine {
                    line: line.line,
                    accepted,
                    rejected,
                    missing,
                    excess: excess?,
                    reason: reason?,
                })
            })());
        }
        read.into_iter().collect()
    }

    pub(super) fn wants(&mut self, lines: &[WantBody]) -> Option<Vec<(ItemCode, Quantity)>> {
        self.few(lines.len())?;
        let mut read = Vec::new();
        for (n, line) in lines.iter().enumerate() {
            let item = self.text(&format!("what.wants[{n}].item"), &line.item);
            let quantity = self.amount(&format!("what.wants[{n}].quantity"), &line.quantity);
            read.push(item.zip(quantity));
        }
        read.into_iter().collect()
    }

    pub(super) fn standing_lines(
        &mut self,
        lines: &[StandingLineBody],
    ) -> Option<Vec<(PlaceCode, PlaceCode, ItemCode, Quantity)>> {
        self.few(lines.len())?;
        let mut read = Vec::new();
        for (n, line) in lines.iter().enumerate() {
            let from = self.text(&format!("what.lines[{n}].from"), &line.from);
            let to = self.text(&format!("what.lines[{n}].to"), &line.to);
            let item = self.text(&format!("what.lines[{n}].item"), &line.item);
            let quantity = self.amount(&format!("what.lines[{n}].quantity"), &line.quantity);
            read.push((|| Some((from?, to?, item?, quantity?)))());
        }
        read.into_iter().collect()
    }

    pub(super) fn occurrence(&mut self, body: &OccurrenceBody) -> Option<Occurrence> {
        let proposer = self.text("what.standing.proposer", &body.proposer);
        let standing = self.text("what.standing.standing", &body.standing);
        let day = self.day("what.standing.day", &body.day);
        Some(Occurrence { proposer: proposer?, standing: standing?, line: body.line, day: day? })
    }

    pub(super) fn wished(&mut self, lines: &[WishedBody]) -> Option<Vec<Wished>> {
        self.few(lines.len())?;
        let mut read = Vec::new();
        for (n, line) in lines.iter().enumerate() {
            let place = |field: &str| format!("what.lines[{n}].{field}");
            let item = self.text(&place("item"), &line.item);
            let lot = self.maybe(&place("lot"), line.lot.as_ref());
            let quantity = self.amount(&place("quantity"), &line.quantity);
            let requested = match &line.requested {
                None => Some(None),
                Some(body) => self.amount(&place("requested"), body).map(Some),
            };
            read.push((|| {
                Some(Wished { item: item?, lot: lot?, quantity: quantity?, requested: requested? })
            })());
        }
        read.into_iter().collect()
    }
}
