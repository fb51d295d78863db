//! From values to positions: cleaning, ranges, and round numbers on an axis.

/// Largest magnitude that a picture tells apart; larger values are drawn here.
const LARGEST: f64 = 1e12;
/// Narrowest span of an axis, so that tick labels of two decimals differ.
const NARROWEST: f64 = 0.05;

/// Keeps a finite value, within the drawable range; anything else is `None`.
pub(crate) fn clean(value: f64) -> Option<f64> {
    value.is_finite().then(|| value.clamp(-LARGEST, LARGEST))
}

/// Keeps a finite value that is not negative; anything else counts as nothing.
pub(crate) fn amount(value: f64) -> f64 {
    clean(value).unwrap_or(0.0).max(0.0)
}

/// Maps a range of values to a range of positions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    low: f64,
    span: f64,
    start: f64,
    length: f64,
}

impl Scale {
    /// Maps `low..=high` to `start..=end`; a range without width is widened.
    pub(crate) fn new(low: f64, high: f64, start: f64, end: f64) -> Self {
        let (low, high) = widened(low, high);
        Self { low, span: high - low, start, length: end - start }
    }

    /// Finds the position of a value; values outside the range stop at its ends.
    pub(crate) fn place(&self, value: f64) -> f64 {
        self.start + self.length * ((value - self.low) / self.span).clamp(0.0, 1.0)
    }

    /// Tells whether a value lies in the range.
    pub(crate) fn covers(&self, value: f64) -> bool {
        (self.low..=self.low + self.span).contains(&value)
    }
}

/// Finds the least and greatest of the finite values.
pub(crate) fn range(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    values.into_iter().filter_map(clean).fold(None, |seen, value| {
        Some(seen.map_or((value, value), |(low, high): (f64, f64)| (low.min(value), high.max(value))))
    })
}

fn widened(low: f64, high: f64) -> (f64, f64) {
    let low = clean(low).unwrap_or(0.0);
    let high = clean(high).unwrap_or(0.0).max(low);
    let least = NARROWEST.max(low.abs().max(high.abs()) * 1e-9);
    if high - low < least { (low, low + least.max(1.0)) } else { (low, high) }
}

/// Finds round numbers that cover a range: steps of 1, 2 or 5 times a power of ten.
///
/// The first tick lies at or below `low`, the last at or above `high`; about `wanted` ticks (clamped to 2..=10), at
/// most twice as many. Use it to write localised labels for [`crate::LineChart::y_ticks`].
pub fn nice_ticks(low: f64, high: f64, wanted: u32) -> Vec<f64> {
    let (low, high) = widened(low.min(high), high.max(low));
    let rough = (high - low) / f64::from(wanted.clamp(2, 10));
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0]
        .map(|times| times * power)
        .into_iter()
        .find(|step| *step >= rough * 0.999)
        .unwrap_or(power * 10.0);
    let first = (low / step + 1e-9).floor();
    let mut ticks = Vec::new();
    for nth in 0..=24u32 {
        let tick = (first + f64::from(nth)) * step;
        ticks.push(if tick.abs() < step * 1e-6 { 0.0 } else { tick });
        if tick >= high - step * 1e-6 {
            break;
        }
    }
    ticks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::number;

    #[test]
    fn ticks_are_round() {
        let cases: [(f64, f64, &str); 8] = [
            (0.0, 43.0, "0 10 20 30 40 50"),
            (0.0, 50.0, "0 10 20 30 40 50"),
            (0.0, 9.0, "0 2 4 6 8 10"),
            (-3.0, 4.0, "-4 -2 0 2 4"),
            (0.0, 1.0, "0 0.2 0.4 0.6 0.8 1"),
            (7.0, 7.0, "7 7.2 7.4 7.6 7.8 8"),
            (0.0, 120.0, "0 50 100 150"),
            (f64::NAN, f64::INFINITY, "0 0.2 0.4 0.6 0.8 1"),
        ];
        for (low, high, want) in cases {
            let got: Vec<String> = nice_ticks(low, high, 5).into_iter().map(number).collect();
            assert_eq!(got.join(" "), want, "{low}..{high}");
        }
    }

    #[test]
    fn a_scale_stops_at_its_ends() {
        let scale = Scale::new(0.0, 10.0, 100.0, 200.0);
        let cases = [(5.0, 150.0), (-1e300, 100.0), (1e300, 200.0)];
        for (value, want) in cases {
            assert!((scale.place(value) - want).abs() < 1e-9, "{value}");
        }
    }
}
