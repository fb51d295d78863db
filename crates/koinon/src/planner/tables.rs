//! The planner's tables: what is in stock, and what was asked for.
//!
//! Every row that cannot be used is named, with all that is wrong with it.

use koinon_core::unit::DecimalMark;
use koinon_core::{Day, ItemCode, PlaceCode, Region};
use koinon_ledger::fact::Urgency;
use koinon_match::{EVEN_WISH, LotRef, Need, NeedRef, Stock};

use koinon_table::{Column, Flaw, Flaws, Marks, Names, Row, Table, quoted};

use crate::words::Cells;

const PLACE: Column =
    Column { name: "place", also: &["store", "community", "depot", "where"], required: true };
pub(super) const ITEM: Column =
    Column { name: "item", also: &["article", "product", "what"], required: true };
pub(super) const AMOUNT: Column =
    Column { name: "amount", also: &["quantity", "qty", "cantidad", "menge"], required: true };
pub(super) const UNIT: Column = Column { name: "unit", also: &["unidad", "einheit"], required: false };

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
pub(super) const URGENCY: [(&str, Urgency); 3] =
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
            |cells| cells.day("good_until"),
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
            |cells| (urgency(cells), cells.day("by").unwrap_or(self.last)),
            |row, place, item, amount, (urgency, by)| {
                let id = NeedRef::Row(u32::try_from(row.line).unwrap_or(u32::MAX));
                Need { place, item, amount, urgency, by, id, wish_per_mille: EVEN_WISH }
            },
        )
    }

    /// Reads every row: its further cells by `rest`, place, item and amount here, and `make` puts them together.
    fn rows<R, T>(
        &self,
        table: &Table,
        rest: impl Fn(&mut Cells<'_>) -> R,
        make: impl Fn(&Row<'_>, PlaceCode, ItemCode, i64, R) -> T,
    ) -> Result<Vec<T>, Vec<Flaw>> {
        let mut flaws = Flaws::default();
        let marks = Marks::of(table, "amount", self.decimal);
        let (places, items) = (Names::places(self.region), Names::items(self.region));
        let mut made = Vec::with_capacity(table.rows().len());
        for row in table.rows() {
            let mut cells = Cells { table, row, flaws: &mut flaws };
            let rest = rest(&mut cells);
            let place = cells.named(&places, "place");
            let item = cells.named(&items, "item");
            let amount = item.and_then(|item| cells.amount(item, marks));
            if let (Some(place), Some(item), Some(amount)) = (place, item, amount) {
                made.push(make(&row, place, item.code.clone(), amount, rest));
            }
        }
        let flaws = flaws.finish();
        if flaws.is_empty() { Ok(made) } else { Err(flaws) }
    }
}

/// How urgent a need is; needed where nothing is written.
pub(crate) fn urgency(cells: &mut Cells<'_>) -> Urgency {
    let text = cells.text("urgency");
    let word = text.to_lowercase().replace([' ', '_'], "-");
    let known = URGENCY.iter().find(|(known, _)| *known == word).map(|(_, urgency)| *urgency);
    if known.is_none() && !word.is_empty() {
        let found = format!("{} is no urgency", quoted(text));
        cells.said("urgency", found, "write must-have, needed or useful");
    }
    known.unwrap_or(Urgency::Needed)
}
