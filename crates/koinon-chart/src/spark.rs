//! A value's recent course, small enough to stand under a headline number.

use crate::canvas::{Canvas, Path, Turn};
use crate::geometry::{Point, at};
use crate::scale::{Scale, clean, range};
use crate::{Caption, Chart, Reading, Table, Threshold};

/// Draws one series without axes; its last reading is marked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sparkline {
    /// Name and description.
    pub caption: Caption,
    /// Table headers: when, how much.
    pub headings: [String; 2],
    /// Readings; drawn in the order of time. One whose value is not finite leaves a gap.
    pub readings: Vec<Reading>,
    /// A line to stay above.
    pub floor: Option<Threshold>,
}

const SIZE: (f64, f64) = (180.0, 36.0);
const MARGIN: f64 = 5.0;

impl Chart for Sparkline {
    fn svg(&self) -> String {
        let mut canvas = Canvas::new(&self.caption, "kc-spark", SIZE, Turn::WithText, false);
        let mut readings: Vec<&Reading> = self.readings.iter().filter(|r| r.at.is_finite()).collect();
        readings.sort_by(|one, other| one.at.total_cmp(&other.at));
        let (first, last) = range(readings.iter().map(|r| r.at)).unwrap_or_default();
        let values = readings.iter().map(|r| r.value).chain(self.floor.iter().map(|floor| floor.value));
        let (mut low, mut high) = range(values).unwrap_or_default();
        if high - low < 1e-9 {
            // A steady value runs along the middle.
            (low, high) = (low - 1.0, high + 1.0);
        }
        let x = Scale::new(first, last, MARGIN, SIZE.0 - MARGIN);
        let y = Scale::new(low, high, SIZE.1 - MARGIN, MARGIN);
        let point =
            |r: &Reading| -> Option<Point> { Some(at(x.place(clean(r.at)?), y.place(clean(r.value)?))) };
        if let Some(floor) = self.floor.as_ref().filter(|floor| floor.value.is_finite()) {
            let height = y.place(floor.value);
            canvas.line("kc-threshold", at(MARGIN, height), at(SIZE.0 - MARGIN, height), &floor.label);
        }
        for run in readings.split(|r| !r.value.is_finite()) {
            canvas.path("kc-curve", &Path::through(run.iter().filter_map(|r| point(r))), "");
        }
        if let Some(reading) = readings.iter().rev().find(|r| r.value.is_finite())
            && let Some(end) = point(reading)
        {
            canvas.circle("kc-point", end, 2.6, &crate::text::title(&[&reading.when, &reading.text]));
        }
        canvas.finish()
    }

    fn table(&self) -> Table {
        let rows = self.readings.iter().map(|r| vec![r.when.clone(), r.text.clone()]).collect();
        Table { headers: self.headings.to_vec(), rows }
    }
}
