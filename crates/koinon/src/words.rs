//! Words of a region file in arguments and tables of commands: what is not known is answered with what was meant.

use koinon_core::{Day, Item};
use koinon_table::{Fault, Flaw, Flaws, Marks, Names, Row, Table};

use crate::failure::Complaint;

/// What an argument names.
pub(crate) fn named<T: Clone>(names: &Names<T>, text: &str) -> anyhow::Result<T> {
    names.named(text, true).map_err(|fault| {
        let told = fault.to_string();
        let (found, remedy) = told.split_once("; ").unwrap_or((&told, "look into the region file"));
        Complaint::usage(found, remedy).into()
    })
}

/// Makes something of every row of a table; a row of which something is wrong is left out, and all that is wrong is named.
pub(crate) fn each<T>(
    table: &Table,
    mut make: impl FnMut(&mut Cells<'_>) -> Option<T>,
) -> Result<Vec<T>, Vec<Flaw>> {
    let mut flaws = Flaws::default();
    let mut made = Vec::with_capacity(table.rows().len());
    for row in table.rows() {
        made.extend(make(&mut Cells { table, row, flaws: &mut flaws }));
    }
    let flaws = flaws.finish();
    if flaws.is_empty() { Ok(made) } else { Err(flaws) }
}

/// Reads the cells of one row and keeps what is wrong with them.
pub(crate) struct Cells<'a> {
    pub(crate) table: &'a Table,
    pub(crate) row: Row<'a>,
    pub(crate) flaws: &'a mut Flaws,
}

impl<'a> Cells<'a> {
    /// The text of a cell.
    pub(crate) fn text(&self, column: &str) -> &'a str {
        self.table.cell(&self.row, column)
    }

    /// What a cell names.
    pub(crate) fn named<T: Clone>(&mut self, names: &Names<T>, column: &'static str) -> Option<T> {
        let named = names.named(self.text(column), !self.flaws.is_full());
        self.keep(column, named)
    }

    /// The day in a cell, where there is one.
    pub(crate) fn day(&mut self, column: &'static str) -> Option<Day> {
        let day = koinon_table::day(self.text(column));
        self.keep(column, day).flatten()
    }

    /// The amount of the row in base units, not below zero.
    pub(crate) fn amount(&mut self, item: &Item, marks: Marks) -> Option<i64> {
        let read = koinon_table::amount(self.text("amount"), self.text("unit"), item, marks);
        self.keep("amount", read).map(koinon_core::Quantity::amount)
    }

    /// Says what is wrong with a cell in words of this kind of table.
    pub(crate) fn said(&mut self, column: &'static str, found: impl Into<String>, remedy: &str) {
        self.flaws.said(self.row.line, column, found, remedy);
    }

    /// The value that was read, or what is wrong with it.
    pub(crate) fn keep<T>(&mut self, column: &'static str, read: Result<T, Fault>) -> Option<T> {
        read.map_err(|fault| self.flaws.cell(self.row.line, column, fault)).ok()
    }
}
