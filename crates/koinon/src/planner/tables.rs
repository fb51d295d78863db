//! The planner's tables: what is in stock, and what was asked for.
//!
//! Every row that cannot be used is named, with all that is wrong with it.

use koinon_core::unit::DecimalMark;
use koinon_core::{Day, ItemCode, PlaceCode, Region};
use koinon_ledger::fact::Urgency;
use koinon_match::{LotRef, Need, NeedRef, Stock};

use crate::tables::{Column, Flaw, Flaws, Row, Table, quoted};
use crate::words::{Names, amount, day};

const PLACE: Column =
    Column { name: "place", also: &["store", "community", "depot", "where"], required: true };
const ITEM: Column = Column { name: "item", also: &["article", "product", "what"], required: true };
const AMOUNT: Column =
    Column { name: "amount", also: &["quantity", "qty", "cantidad", "menge"], required: true };
const UNIT: Column = Column { name: "unit", also: &["unidad", "einheit"], required: false };

/// The columns of a stock table.
pub(super) const STOCK: [Column; 5] = [
    PLACE,
    ITEM,
    AMOUNT,
    UNIT,
    Column {
        name: "good_until",
        also: &["expires", "expiry", "best_before", "use_by", "last_good"],
        required: false,
    },
];

/// The columns of a table of needs.
pub(super) const NEEDS: [Column; 6] = [
    PLACE,
    ITEM,
    AMOUNT,
    UNIT,
    Column { name: "urgency", also: &["tier", "priority"], required: false },
    Column { name: "by", also: &["until", "day", "date"], required: false },
];

/// The words of urgency.
const URGENCY: [(&str, Urgency); 3] =
    [("must-have", Urgency::MustHave), ("needed", Urgency::Needed), ("useful", Urgency::Useful)];

/// What tables are read against.
pub(super) struct Reading<'a> {
    /// The region.
    pub(super) region: &'a Region,
    /// The decimal mark, where it is said.
    pub(super) decimal: Option<DecimalMark>,
    /// The last day of the plan, by which needs without a day are to be met.
    pub(super) last: Day,
}

impl Reading<'_> {
    /// Reads what is in stock.
    pub(super) fn stock(&self, table: &Table) -> Result<Vec<Stock>, Vec<Flaw>> {
        self.rows(
            table,
            |row, flaws| day(table, row, "good_until", flaws),
            |row, place, item, amount, last_good| {
                let lot = LotRef::Row(u32::try_from(row.line).unwrap_or(u32::MAX));
                Stock { place, item, amount, last_good, lot }
            },
        )
    }

    /// Reads what was asked for.
    pub(super) fn needs(&self, table: &Table) -> Result<Vec<Need>, Vec<Flaw>> {
        self.rows(
            table,
            |row, flaws| {
                let urgency = urgency(row, table.cell(row, "urgency"), flaws);
                (urgency, day(table, row, "by", flaws).unwrap_or(self.last))
            },
            |row, place, item, amount, (urgency, by)| {
                let id = NeedRef::Row(u32::try_from(row.line).unwrap_or(u32::MAX));
                Need { place, item, amount, urgency, by, id }
            },
        )
    }

    /// Reads every row: its further cells by `rest`, place, item and amount here, and `make` puts them together.
    fn rows<R, T>(
        &self,
        table: &Table,
        rest: impl Fn(&Row, &mut Flaws) -> R,
        make: impl Fn(&Row, PlaceCode, ItemCode, i64, R) -> T,
    ) -> Result<Vec<T>, Vec<Flaw>> {
        let mut flaws = Flaws::default();
        let mark = self.decimal.unwrap_or_else(|| table.decimal_mark("amount", &mut flaws));
        let (places, items) = (Names::places(self.region), Names::items(self.region));
        let mut made = Vec::with_capacity(table.rows.len());
        for row in &table.rows {
            let rest = rest(row, &mut flaws);
            let place = places.of(table, row, "place", &mut flaws);
            let item = items.of(table, row, "item", &mut flaws);
            let amount = item.and_then(|item| amount(table, row, item, mark, &mut flaws));
            if let (Some(place), Some(item), Some(amount)) = (place, item, amount) {
                made.push(make(row, place, item.code.clone(), amount, rest));
            }
        }
        let flaws = flaws.finish();
        if flaws.is_empty() { Ok(made) } else { Err(flaws) }
    }
}

/// How urgent a need is; needed where nothing is written.
fn urgency(row: &Row, text: &str, flaws: &mut Flaws) -> Urgency {
    let word = text.to_lowercase().replace([' ', '_'], "-");
    let known = URGENCY.iter().find(|(known, _)| *known == word).map(|(_, urgency)| *urgency);
    if known.is_none() && !word.is_empty() {
        let found = format!("{} is no urgency", quoted(text));
        flaws.cell(row, "urgency", found, "write must-have, needed or useful");
    }
    known.unwrap_or(Urgency::Needed)
}
