//! Legs between nodes, from coordinates or from a list of weights.

use super::decimal::NANO;

/// How the weights of a matrix are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// Every entry, row after row.
    Full,
    /// Row after row what is left of the diagonal.
    Lower { diagonal: bool },
    /// Row after row what is right of the diagonal.
    Upper { diagonal: bool },
}

impl Format {
    /// The format of that name; weights are symmetric where half is given, so columns of one half are rows of the other.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "FULL_MATRIX" => Self::Full,
            "LOWER_ROW" | "UPPER_COL" => Self::Lower { diagonal: false },
            "LOWER_DIAG_ROW" | "UPPER_DIAG_COL" => Self::Lower { diagonal: true },
            "UPPER_ROW" | "LOWER_COL" => Self::Upper { diagonal: false },
            "UPPER_DIAG_ROW" | "LOWER_DIAG_COL" => Self::Upper { diagonal: true },
            _ => return None,
        })
    }

    /// Number of weights for so many nodes.
    pub(super) fn entries(self, nodes: usize) -> usize {
        match self {
            Self::Full => nodes * nodes,
            Self::Lower { diagonal } | Self::Upper { diagonal } => {
                nodes * nodes.saturating_sub(1) / 2 + if diagonal { nodes } else { 0 }
            }
        }
    }

    /// Where the weight between two different nodes stands.
    fn position(self, from: usize, to: usize, nodes: usize) -> usize {
        let (low, high) = (from.min(to), from.max(to));
        match self {
            Self::Full => from * nodes + to,
            Self::Lower { diagonal: false } => high * (high - 1) / 2 + low,
            Self::Lower { diagonal: true } => high * (high + 1) / 2 + low,
            Self::Upper { diagonal: false } => low * (2 * nodes - low - 1) / 2 + high - low - 1,
            Self::Upper { diagonal: true } => low * (2 * nodes - low + 1) / 2 + high - low,
        }
    }
}

/// The matrix over nodes in the given order, from weights of the format.
pub(super) fn explicit(
    weights: &[i64],
    format: Format,
    nodes: usize,
    order: &[usize],
    scale: i64,
) -> Vec<Vec<i64>> {
    let leg = |from: usize, to: usize| {
        if from == to {
            return 0;
        }
        // A weight too large to scale is refused as a leg that is too long.
        weights.get(format.position(from, to, nodes)).map_or(0, |weight| weight.saturating_mul(scale))
    };
    order.iter().map(|&from| order.iter().map(|&to| leg(from, to)).collect()).collect()
}

/// The matrix of straight lines between nodes in the given order, rounded to the nearest unit or up.
pub(super) fn straight(coordinates: &[(i128, i128)], order: &[usize], scale: i64, up: bool) -> Vec<Vec<i64>> {
    let points: Vec<(i128, i128)> = order.iter().filter_map(|&node| coordinates.get(node).copied()).collect();
    // Billionths of the file's unit to one of ours.
    let unit = (NANO / i128::from(scale)).unsigned_abs();
    let mut rows: Vec<Vec<i64>> = Vec::with_capacity(points.len());
    for (at, from) in points.iter().enumerate() {
        let mut row = Vec::with_capacity(points.len());
        for (other, to) in points.iter().enumerate() {
            // The other way was measured with an earlier row.
            let known = rows.get(other).and_then(|row: &Vec<i64>| row.get(at)).copied();
            row.push(known.unwrap_or_else(|| line(from.0.abs_diff(to.0), from.1.abs_diff(to.1), unit, up)));
        }
        rows.push(row);
    }
    rows
}

/// Length of a line in units; what cannot be told is too long for any problem.
fn line(across: u128, along: u128, unit: u128, up: bool) -> i64 {
    let squares =
        across.checked_mul(across).zip(along.checked_mul(along)).and_then(|(a, b)| a.checked_add(b));
    let Some(squares) = squares else { return i64::MAX - 1 };
    let root = squares.isqrt();
    // Both are exact: whole units can be taken from the whole root as from the true one.
    let length = if up {
        root / unit + u128::from(root % unit != 0 || root * root != squares)
    } else {
        (root + unit / 2) / unit
    };
    i64::try_from(length).unwrap_or(i64::MAX - 1)
}

#[cfg(test)]
mod tests {
    use super::{Format, NANO, explicit, line, straight};

    #[test]
    fn lines_round_as_the_library_says() {
        let nano = NANO.unsigned_abs();
        assert_eq!(line(3 * nano, 4 * nano, nano, false), 5);
        assert_eq!((line(nano, nano, nano, false), line(nano, nano, nano, true)), (1, 2));
        assert_eq!(line(nano, nano, nano / 1_000, false), 1_414);
        assert_eq!((line(nano * 5 / 2, 0, nano, false), line(nano * 5 / 2, 0, nano, true)), (3, 3));
        assert_eq!((line(2 * nano, 0, nano, true), line(0, 0, nano, true)), (2, 0));
        assert_eq!(line(u128::MAX / 2, 1, nano, false), i64::MAX - 1);
        let rows = straight(&[(0, 0), (NANO, 0), (0, 2 * NANO)], &[2, 0, 1], 1, false);
        assert_eq!(rows, [[0, 2, 2], [2, 0, 1], [2, 1, 0]]);
    }

    #[test]
    fn every_format_gives_the_same_matrix() {
        let full = [0, 1, 2, 3, 1, 0, 4, 5, 2, 4, 0, 6, 3, 5, 6, 0];
        let lists: [(&str, &[i64]); 7] = [
            ("FULL_MATRIX", &full),
            ("LOWER_ROW", &[1, 2, 4, 3, 5, 6]),
            ("UPPER_COL", &[1, 2, 4, 3, 5, 6]),
            ("UPPER_ROW", &[1, 2, 3, 4, 5, 6]),
            ("LOWER_COL", &[1, 2, 3, 4, 5, 6]),
            ("LOWER_DIAG_ROW", &[0, 1, 0, 2, 4, 0, 3, 5, 6, 0]),
            ("UPPER_DIAG_ROW", &[0, 1, 2, 3, 0, 4, 5, 0, 6, 0]),
        ];
        for (name, list) in lists {
            let format = Format::named(name).unwrap();
            assert_eq!(format.entries(4), list.len(), "{name}");
            let rows = explicit(list, format, 4, &[0, 1, 2, 3], 1);
            assert_eq!(rows.concat(), full, "{name}");
        }
        assert_eq!(Format::named("LOWER"), None);
        let turned = explicit(&full, Format::Full, 4, &[3, 0, 1, 2], 10);
        assert_eq!(turned[0], [0, 30, 50, 60]);
    }
}
