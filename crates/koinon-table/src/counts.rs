//! Counts from a table: which rows can be written down, and everything that is wrong with the others.

use std::collections::BTreeMap;

use koinon_core::region::Region;
use koinon_core::unit::DecimalMark;
use koinon_core::{Day, ItemCode, Quantity, StoreCode};
use koinon_ledger::fact::PrintedMark;

use crate::flaw::{Fault, Flaw};
use crate::numbers::Marks;
use crate::sheet::Sheet;
use crate::table::{Column, Table};
use crate::words::{Names, amount, day, printed_mark};

/// The most rows to mend that are kept.
const BAD_MAX: usize = 100_000;
/// For so many rows what could have been meant is looked for.
const HINTS_MAX: usize = 1_000;

/// Columns of counts, with the headings that people give them.
const COLUMNS: [Column; 6] = [
    Column {
        name: "item",
        also: &["what", "article", "product", "artículo", "articulo", "producto", "الصنف", "صنف", "المادة"],
        required: true,
    },
    Column {
        name: "amount",
        also: &["quantity", "qty", "count", "counted", "cantidad", "menge", "الكمية", "كمية"],
        required: true,
    },
    Column { name: "unit", also: &["unidad", "einheit", "الوحدة", "وحدة"], required: false },
    Column {
        name: "store",
        also: &["where", "place", "warehouse", "almacén", "almacen", "lugar", "المخزن", "مخزن"],
        required: false,
    },
    Column { name: "batch", also: &["lot", "lote", "charge", "الدفعة", "دفعة"], required: false },
    Column {
        name: "good_until",
        also: &["expires", "expiry", "best_before", "use_by", "caduca", "caducidad", "الصلاحية", "صالح_حتى"],
        required: false,
    },
];

/// A row that can be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountRow {
    /// Its line in the file.
    pub line: u64,
    /// The store.
    pub store: StoreCode,
    /// The item.
    pub item: ItemCode,
    /// What was seen.
    pub seen: Quantity,
    /// The printed batch number.
    pub batch: Option<PrintedMark>,
    /// The last good day.
    pub expires: Option<Day>,
}

/// A row with faults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    /// Its line in the file.
    pub line: u64,
    /// Everything that is wrong with it.
    pub flaws: Vec<Flaw>,
}

/// What a table of counts holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// The table as it stood.
    pub table: Table,
    /// Rows that can be written down.
    pub good: Vec<CountRow>,
    /// Rows to mend, in the order of the file.
    pub bad: Vec<BadRow>,
}

impl Counts {
    /// Every flaw of every row, in the order of the file.
    pub fn flaws(&self) -> impl Iterator<Item = &Flaw> {
        self.bad.iter().flat_map(|row| &row.flaws)
    }

    /// The rows to mend as a file, see [`Table::to_mend`].
    pub fn to_mend(&self, heads: [&str; 2], words: &dyn Fn(&Flaw) -> String) -> String {
        let flaws: Vec<Flaw> = self.flaws().cloned().collect();
        self.table.to_mend(&flaws, heads, words)
    }
}

/// Reads the rows of a sheet as counts in some stores; a table without a store column counts in the only one. `decimal`
/// says which mark separates decimals; without it, that is seen in the column.
///
/// # Errors
/// Flaws that make the whole table useless: a column is missing, or too many rows are to be mended.
pub fn read_counts(
    sheet: Sheet,
    region: &Region,
    stores: &[StoreCode],
    decimal: Option<DecimalMark>,
) -> Result<Counts, Vec<Flaw>> {
    let columns = COLUMNS.map(|column| Column {
        required: column.required || (column.name == "store" && stores.len() != 1),
        ..column
    });
    let table = Table::of(sheet, &columns)?;
    let reading = Reading {
        table: &table,
        stores,
        store_names: Names::stores(region, stores),
        item_names: Names::items(region),
        marks: Marks::of(&table, "amount", decimal),
    };
    let misshapen = table.misshapen();
    let (mut good, mut bad) = (Vec::with_capacity(table.rows().len()), Vec::new());
    let mut seen: BTreeMap<(StoreCode, ItemCode, Option<PrintedMark>, Option<Day>), u64> = BTreeMap::new();
    for row in table.rows() {
        let of_row = |column, fault| vec![Flaw { line: Some(row.line), column, fault }];
        let read = match misshapen.get(&row.line) {
            Some(fault) => Err(of_row("", (*fault).clone())),
            None => reading.row(&row, bad.len() < HINTS_MAX),
        };
        let read = read.and_then(|row| {
            let key = (row.store.clone(), row.item.clone(), row.batch.clone(), row.expires);
            if let Some(earlier) = seen.get(&key) {
                return Err(of_row("", Fault::Twice(*earlier)));
            }
            seen.insert(key, row.line);
            Ok(row)
        });
        match read {
            Ok(row) => good.push(row),
            Err(_) if bad.len() == BAD_MAX => {
                return Err(vec![Flaw { line: None, column: "", fault: Fault::TooManyBad(BAD_MAX) }]);
            }
            Err(flaws) => bad.push(BadRow { line: row.line, flaws }),
        }
    }
    Ok(Counts { table, good, bad })
}

/// What rows are read against.
struct Reading<'a> {
    table: &'a Table,
    stores: &'a [StoreCode],
    store_names: Names<StoreCode>,
    item_names: Names<&'a koinon_core::Item>,
    marks: Marks,
}

impl Reading<'_> {
    fn row(&self, row: &crate::sheet::Row<'_>, hint: bool) -> Result<CountRow, Vec<Flaw>> {
        let mut flaws = Vec::new();
        let text = |name: &str| self.table.cell(row, name);
        let mut keep = |column, fault| flaws.push(Flaw { line: Some(row.line), column, fault });
        let store = match (text("store"), self.stores) {
            ("", [only]) => Some(only.clone()),
            (named, _) => self.store_names.named(named, hint).map_err(|fault| keep("store", fault)).ok(),
        };
        let item = self.item_names.named(text("item"), hint).map_err(|fault| keep("item", fault)).ok();
        let seen = item.and_then(|item| {
            amount(text("amount"), text("unit"), item, self.marks).map_err(|fault| keep("amount", fault)).ok()
        });
        let batch = printed_mark(text("batch")).map_err(|fault| keep("batch", fault)).ok();
        let expires = day(text("good_until")).map_err(|fault| keep("good_until", fault)).ok();
        match (store, item, seen, batch, expires) {
            (Some(store), Some(item), Some(seen), Some(batch), Some(expires)) => {
                Ok(CountRow { line: row.line, store, item: item.code.clone(), seen, batch, expires })
            }
            _ => Err(flaws),
        }
    }
}
