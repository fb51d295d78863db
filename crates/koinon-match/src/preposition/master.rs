//! The master problem of the search: which placement looks best to all slopes found so far.
//!
//! A small linear programme by columns, solved by the revised primal simplex method on a dense inverse (Dantzig and Wolfe 1960). It counts
//! in floating point, the same on every machine as it only adds, multiplies, divides and compares; what it says steers the search and
//! is rounded to whole numbers and worked out anew before it counts. Indices are checked once, when a column comes in.
#![allow(
    clippy::indexing_slicing,
    reason = "rows of a column are checked when it is added; all else has the length of the rows"
)]

/// Pivots between two inversions from nothing.
const REFRESH: usize = 100;
/// What counts as nothing.
const NOTHING: f64 = 1e-9;

/// A linear programme: least cost, every column 0 or more, every row equal to its right side.
#[derive(Debug)]
pub(super) struct Master {
    rows: usize,
    columns: Vec<Column>,
    /// The column of each row.
    basis: Vec<usize>,
    is_basic: Vec<bool>,
    /// The inverse, row by row.
    inverse: Vec<f64>,
    right: Vec<f64>,
    /// How much there is of the column of each row.
    amount: Vec<f64>,
    since: usize,
}

#[derive(Debug)]
struct Column {
    cost: f64,
    entries: Vec<(usize, f64)>,
}

impl Master {
    /// A programme without columns.
    pub(super) fn new(right: Vec<f64>) -> Self {
        let rows = right.len();
        Self {
            rows,
            columns: Vec::new(),
            basis: Vec::new(),
            is_basic: Vec::new(),
            inverse: Vec::new(),
            right,
            amount: Vec::new(),
            since: 0,
        }
    }

    /// Adds a column and says its number; entries for rows that there are not are left out.
    pub(super) fn add(&mut self, cost: f64, mut entries: Vec<(usize, f64)>) -> usize {
        entries.retain(|(row, value)| *row < self.rows && *value != 0.0);
        self.columns.push(Column { cost, entries });
        self.is_basic.push(false);
        self.columns.len() - 1
    }

    /// Begins with a basis, one column for each row; says whether it can be one.
    pub(super) fn start(&mut self, basis: Vec<usize>) -> bool {
        if basis.len() != self.rows || basis.iter().any(|&column| column >= self.columns.len()) {
            return false;
        }
        self.is_basic.fill(false);
        for &column in &basis {
            self.is_basic[column] = true;
        }
        self.basis = basis;
        self.invert()
    }

    /// How much there is of each column.
    pub(super) fn amounts(&self) -> Vec<f64> {
        let mut amounts = vec![0.0; self.columns.len()];
        for (&column, &amount) in self.basis.iter().zip(&self.amount) {
            amounts[column] = amount.max(0.0);
        }
        amounts
    }

    /// The price of each row.
    pub(super) fn prices(&self) -> Vec<f64> {
        let mut prices = vec![0.0; self.rows];
        for (row, &column) in self.basis.iter().enumerate() {
            let cost = self.columns[column].cost;
            if cost != 0.0 {
                let line = &self.inverse[row * self.rows..(row + 1) * self.rows];
                prices.iter_mut().zip(line).for_each(|(price, value)| *price += cost * value);
            }
        }
        prices
    }

    /// Pivots until nothing is cheaper, or as often as it may; says whether the programme has an end.
    pub(super) fn solve(&mut self, pivots: usize) -> bool {
        for _ in 0..pivots {
            let prices = self.prices();
            let mut best = (-NOTHING, None);
            for (index, column) in self.columns.iter().enumerate().filter(|(index, _)| !self.is_basic[*index])
            {
                let paid: f64 = column.entries.iter().map(|&(row, value)| prices[row] * value).sum();
                if column.cost - paid < best.0 {
                    best = (column.cost - paid, Some(index));
                }
            }
            let Some(entering) = best.1 else { return true };
            let direction = self.times(entering);
            let Some(row) = self.leaving(&direction) else { return false };
            self.pivot(row, entering, &direction);
            if self.since >= REFRESH && !self.invert() {
                return true;
            }
        }
        true
    }

    /// The inverse times a column.
    fn times(&self, column: usize) -> Vec<f64> {
        let entries = &self.columns[column].entries;
        let line = |row: usize| -> f64 {
            entries.iter().map(|&(at, value)| self.inverse[row * self.rows + at] * value).sum()
        };
        (0..self.rows).map(line).collect()
    }

    /// The row whose column runs out first; of equals the one with the largest pivot.
    fn leaving(&self, direction: &[f64]) -> Option<usize> {
        let mut found: Option<(f64, f64, usize)> = None;
        for (row, (&step, &amount)) in direction.iter().zip(&self.amount).enumerate() {
            if step > NOTHING {
                let reach = amount.max(0.0) / step;
                let better = found.is_none_or(|(least, pivot, _)| {
                    reach < least - NOTHING || (reach < least + NOTHING && step > pivot)
                });
                if better {
                    found = Some((reach, step, row));
                }
            }
        }
        found.map(|(.., row)| row)
    }

    fn pivot(&mut self, row: usize, entering: usize, direction: &[f64]) {
        let (rows, pivot) = (self.rows, direction[row]);
        let own: Vec<f64> =
            self.inverse[row * rows..(row + 1) * rows].iter().map(|value| value / pivot).collect();
        let reach = self.amount[row].max(0.0) / pivot;
        for (other, &step) in direction.iter().enumerate() {
            let line = &mut self.inverse[other * rows..(other + 1) * rows];
            if other == row {
                line.copy_from_slice(&own);
            } else if step != 0.0 {
                line.iter_mut().zip(&own).for_each(|(value, own)| *value -= step * own);
                self.amount[other] -= step * reach;
            }
        }
        self.amount[row] = reach;
        self.is_basic[self.basis[row]] = false;
        self.is_basic[entering] = true;
        self.basis[row] = entering;
        self.since += 1;
    }

    /// Inverts the basis from nothing (Gauss and Jordan, the largest pivot of each column); keeps the old inverse where that fails.
    fn invert(&mut self) -> bool {
        let rows = self.rows;
        let mut matrix = vec![0.0; rows * rows];
        let mut inverse = vec![0.0; rows * rows];
        for (at, &column) in self.basis.iter().enumerate() {
            inverse[at * rows + at] = 1.0;
            for &(row, value) in &self.columns[column].entries {
                matrix[row * rows + at] = value;
            }
        }
        for at in 0..rows {
            let size = |row: usize| matrix[row * rows + at].abs();
            let largest = (at..rows).fold(at, |best, row| if size(row) > size(best) { row } else { best });
            if size(largest) < NOTHING {
                return false;
            }
            for column in 0..rows {
                matrix.swap(at * rows + column, largest * rows + column);
                inverse.swap(at * rows + column, largest * rows + column);
            }
            let pivot = matrix[at * rows + at];
            let own_matrix: Vec<f64> =
                matrix[at * rows..(at + 1) * rows].iter().map(|value| value / pivot).collect();
            let own_inverse: Vec<f64> =
                inverse[at * rows..(at + 1) * rows].iter().map(|value| value / pivot).collect();
            for row in 0..rows {
                let step = matrix[row * rows + at];
                let (line, lined) =
                    (&mut matrix[row * rows..(row + 1) * rows], &mut inverse[row * rows..(row + 1) * rows]);
                if row == at {
                    line.copy_from_slice(&own_matrix);
                    lined.copy_from_slice(&own_inverse);
                } else if step != 0.0 {
                    line.iter_mut().zip(&own_matrix).for_each(|(value, own)| *value -= step * own);
                    lined.iter_mut().zip(&own_inverse).for_each(|(value, own)| *value -= step * own);
                }
            }
        }
        let line = |row: usize| -> f64 {
            inverse[row * rows..(row + 1) * rows]
                .iter()
                .zip(&self.right)
                .map(|(value, right)| value * right)
                .sum()
        };
        self.amount = (0..rows).map(line).collect();
        self.inverse = inverse;
        self.since = 0;
        true
    }
}

/// A whole number as the search counts.
#[allow(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "it steers the search and is never published"
)]
pub(super) fn float(number: i128) -> f64 {
    number as f64
}

/// A number of the search rounded down, within what counts.
#[allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "the conversion saturates, and what it steers is checked"
)]
pub(super) fn floor(number: f64) -> i64 {
    number.floor() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_cost_is_found_and_a_programme_without_end_is_seen() {
        // Least 2a + 3b + c with a + b = 4 and b + c = 3: all of b that fits.
        let mut master = Master::new(vec![4.0, 3.0]);
        let a = master.add(2.0, vec![(0, 1.0)]);
        let b = master.add(2.5, vec![(0, 1.0), (1, 1.0)]);
        let c = master.add(1.0, vec![(1, 1.0), (9, 1.0)]);
        assert!(master.start(vec![a, c]) && master.solve(10));
        let amounts = master.amounts();
        assert!((amounts[a] - 1.0).abs() + (amounts[b] - 3.0).abs() + amounts[c].abs() < 1e-9, "{amounts:?}");
        assert!((master.prices().iter().zip([4.0, 3.0]).map(|(p, r)| p * r).sum::<f64>() - 9.5).abs() < 1e-9);
        master.add(-1.0, vec![(0, -1.0)]);
        master.add(-5.0, vec![(0, -1.0), (1, -1.0)]);
        assert!(!master.solve(10));
        assert!(!master.start(vec![a, a]));
    }
}
