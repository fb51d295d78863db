//! A value over time: what was measured, what may come, and the line that it should stay above.

use crate::canvas::{Anchor, Canvas, Path, Turn};
use crate::geometry::{Bounds, Point, at, samples};
use crate::labels::{Crowd, Show, Spot, along_axis};
use crate::scale::{Scale, clean, nice_ticks, range};
use crate::text::{PHONE_SIZE, fit, number, title, width};
use crate::{Caption, Chart, Reading, Table, Tick};

/// Draws readings over time, with an optional forecast, an agreed line and today's mark.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LineChart {
    /// Name and description.
    pub caption: Caption,
    /// Table headers: what, when, how much.
    pub headings: [String; 3],
    /// Measured series; the first is the main one. Each has its own class and dash, in turns of four.
    pub series: Vec<Series>,
    /// What may come.
    pub fan: Option<Fan>,
    /// A line to stay above, or below.
    pub threshold: Option<Threshold>,
    /// Where measured time ends.
    pub today: Option<Tick>,
    /// Marks of the time axis; those without room are left out.
    pub x_ticks: Vec<Tick>,
    /// Marks of the value axis, localised; empty gives round numbers in plain digits (see [`nice_ticks`]).
    pub y_ticks: Vec<Tick>,
}

/// Holds one measured series.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Series {
    /// What is measured.
    pub label: String,
    /// Readings; drawn in the order of time. One whose value is not finite leaves a gap.
    pub readings: Vec<Reading>,
}

/// Holds a forecast: a middle line within an inner and an outer band.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fan {
    /// What is forecast.
    pub label: String,
    /// Readings; drawn in the order of time.
    pub readings: Vec<FanReading>,
}

/// Holds a forecast for one moment; low to high is the outer band.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FanReading {
    /// Position in time.
    pub at: f64,
    /// Lower end of the outer band.
    pub low: f64,
    /// Lower end of the inner band.
    pub inner_low: f64,
    /// Middle.
    pub middle: f64,
    /// Upper end of the inner band.
    pub inner_high: f64,
    /// Upper end of the outer band.
    pub high: f64,
    /// The time in words.
    pub when: String,
    /// The forecast in words.
    pub text: String,
}

/// Holds a line to stay above, or below.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Threshold {
    /// Height of the line.
    pub value: f64,
    /// Its name.
    pub label: String,
}

const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 250.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = HEIGHT - 30.0;
const RIGHT: f64 = WIDTH - 14.0;
/// Series with more readings get no mark of their own per reading.
const MOST_MARKS: usize = 64;

/// Holds the two axes and the words of the upright one.
struct Axes {
    x: Scale,
    y: Scale,
    left: f64,
    y_ticks: Vec<Tick>,
}

impl Axes {
    fn point(&self, moment: f64, value: f64) -> Option<Point> {
        Some(at(self.x.place(clean(moment)?), self.y.place(clean(value)?)))
    }
}

impl Chart for LineChart {
    fn svg(&self) -> String {
        let axes = self.axes();
        let mut canvas = Canvas::new(&self.caption, "kc-line", (WIDTH, HEIGHT), Turn::WithText, false);
        let mut crowd = Crowd::new(Bounds { left: axes.left, top: 2.0, right: RIGHT, bottom: BOTTOM });
        self.draw_axes(&mut canvas, &axes);
        self.draw_fan(&mut canvas, &mut crowd, &axes);
        self.draw_threshold(&mut canvas, &axes);
        self.draw_series(&mut canvas, &mut crowd, &axes);
        self.draw_today(&mut canvas, &mut crowd, &axes);
        self.name_threshold(&mut canvas, &mut crowd, &axes);
        canvas.finish()
    }

    fn table(&self) -> Table {
        let measured = self
            .series
            .iter()
            .flat_map(|s| s.readings.iter().map(|r| vec![s.label.clone(), r.when.clone(), r.text.clone()]));
        let forecast = self
            .fan
            .iter()
            .flat_map(|f| f.readings.iter().map(|r| vec![f.label.clone(), r.when.clone(), r.text.clone()]));
        Table { headers: self.headings.to_vec(), rows: measured.chain(forecast).collect() }
    }
}

impl LineChart {
    fn axes(&self) -> Axes {
        let fan = || self.fan.iter().flat_map(|fan| &fan.readings);
        let measured = || self.series.iter().flat_map(|series| &series.readings);
        let moments =
            measured().map(|r| r.at).chain(fan().map(|r| r.at)).chain(self.today.iter().map(|t| t.at));
        let (first, last) = range(moments).unwrap_or_default();
        let values = measured()
            .map(|r| r.value)
            .chain(fan().flat_map(|r| [r.low, r.inner_low, r.middle, r.inner_high, r.high]))
            .chain(self.threshold.iter().map(|t| t.value))
            .chain(self.y_ticks.iter().map(|t| t.at))
            .chain([0.0]);
        let (least, most) = range(values).unwrap_or_default();
        let mut y_ticks = self.y_ticks.clone();
        if y_ticks.is_empty() {
            y_ticks =
                nice_ticks(least, most, 4).into_iter().map(|tick| Tick::new(tick, number(tick))).collect();
        }
        let (low, high) = range(y_ticks.iter().map(|t| t.at).chain([least, most])).unwrap_or_default();
        let widest =
            y_ticks.iter().map(|tick| width(&tick.label, PHONE_SIZE)).fold(16.0, f64::max).min(WIDTH * 0.3);
        let left = widest + 10.0;
        Axes { x: Scale::new(first, last, left, RIGHT), y: Scale::new(low, high, BOTTOM, TOP), left, y_ticks }
    }

    fn draw_axes(&self, canvas: &mut Canvas, axes: &Axes) {
        canvas.group("kc-axis", "");
        let mut last = f64::INFINITY;
        for tick in &axes.y_ticks {
            let Some(value) = clean(tick.at) else { continue };
            let y = axes.y.place(value);
            if (last - y).abs() < PHONE_SIZE {
                continue;
            }
            last = y;
            let class = if value.abs() < 1e-9 { "kc-grid kc-zero" } else { "kc-grid" };
            canvas.line(class, at(axes.left, y), at(RIGHT, y), "");
            let label = fit(&tick.label, PHONE_SIZE, axes.left - 8.0);
            canvas.text("kc-text kc-tick", at(axes.left - 8.0, y), Anchor::End, &label);
        }
        let ticks: Vec<(f64, &str)> = self
            .x_ticks
            .iter()
            .filter_map(|tick| clean(tick.at).map(|moment| (moment, tick.label.as_str())))
            .filter(|(moment, _)| axes.x.covers(*moment))
            .map(|(moment, label)| (axes.x.place(moment), label))
            .collect();
        for ((x, label), show) in ticks.iter().zip(along_axis(&ticks, (0.0, WIDTH))) {
            if let Some(show) = show {
                canvas.text(&show.class("kc-text kc-tick"), at(*x, BOTTOM + 16.0), Anchor::Middle, label);
            }
        }
        canvas.close();
    }

    fn draw_fan(&self, canvas: &mut Canvas, crowd: &mut Crowd, axes: &Axes) {
        let Some(fan) = &self.fan else { return };
        let mut readings: Vec<&FanReading> = fan.readings.iter().filter(|r| r.at.is_finite()).collect();
        readings.sort_by(|one, other| one.at.total_cmp(&other.at));
        let band = |low: fn(&FanReading) -> f64, high: fn(&FanReading) -> f64| {
            let (lower, upper): (Vec<Point>, Vec<Point>) = readings
                .iter()
                .filter_map(|r| Some((axes.point(r.at, low(r))?, axes.point(r.at, high(r))?)))
                .unzip();
            Path::through(lower.into_iter().chain(upper.into_iter().rev())).close()
        };
        canvas.group("kc-fan", &fan.label);
        canvas.path("kc-band", &band(|r| r.low, |r| r.high), "");
        canvas.path("kc-band kc-inner", &band(|r| r.inner_low, |r| r.inner_high), "");
        let middle: Vec<Point> = readings.iter().filter_map(|r| axes.point(r.at, r.middle)).collect();
        crowd.line(trace(&middle));
        canvas.path("kc-forecast", &Path::through(middle.iter().copied()), "");
        if readings.len() <= MOST_MARKS {
            for reading in &readings {
                if let Some(point) = axes.point(reading.at, reading.middle) {
                    canvas.circle("kc-hit", point, 6.0, &title(&[&reading.when, &reading.text]));
                }
            }
        }
        canvas.close();
    }

    fn draw_series(&self, canvas: &mut Canvas, crowd: &mut Crowd, axes: &Axes) {
        for (nth, series) in self.series.iter().enumerate() {
            let mut readings: Vec<&Reading> = series.readings.iter().filter(|r| r.at.is_finite()).collect();
            readings.sort_by(|one, other| one.at.total_cmp(&other.at));
            canvas.group(&format!("kc-series kc-series-{}", nth % 4), &series.label);
            for run in readings.split(|r| !r.value.is_finite()) {
                let points: Vec<Point> = run.iter().filter_map(|r| axes.point(r.at, r.value)).collect();
                crowd.line(trace(&points));
                match points.as_slice() {
                    [only] => canvas.circle("kc-point", *only, 3.0, ""),
                    _ => canvas.path("kc-curve", &Path::through(points), ""),
                }
            }
            if readings.len() <= MOST_MARKS {
                for reading in &readings {
                    if let Some(point) = axes.point(reading.at, reading.value) {
                        canvas.circle("kc-hit", point, 6.0, &title(&[&reading.when, &reading.text]));
                    }
                }
            }
            canvas.close();
        }
    }

    fn draw_threshold(&self, canvas: &mut Canvas, axes: &Axes) {
        let Some(threshold) = &self.threshold else { return };
        if let Some(y) = clean(threshold.value).map(|value| axes.y.place(value)) {
            canvas.line("kc-threshold", at(axes.left, y), at(RIGHT, y), &threshold.label);
        }
    }

    /// Names the agreed line where its words cover least.
    fn name_threshold(&self, canvas: &mut Canvas, crowd: &mut Crowd, axes: &Axes) {
        let Some(threshold) = &self.threshold else { return };
        let Some(y) = clean(threshold.value).map(|value| axes.y.place(value)) else { return };
        let spot = |x: f64, anchor: Anchor, lift: f64, cost: f64| Spot { at: at(x, y + lift), anchor, cost };
        let spots = [
            spot(RIGHT - 2.0, Anchor::End, -12.0, 0.0),
            spot(axes.left + 4.0, Anchor::Start, -12.0, 0.2),
            spot(RIGHT - 2.0, Anchor::End, 13.0, 0.6),
            spot(axes.left + 4.0, Anchor::Start, 13.0, 0.8),
        ];
        let label = fit(&threshold.label, PHONE_SIZE, RIGHT - axes.left - 8.0);
        let (found, show) = crowd.place(&label, &spots).unwrap_or((spots[0], Show::WideOnly));
        canvas.text(&show.class("kc-text kc-threshold-name kc-halo"), found.at, found.anchor, &label);
    }

    fn draw_today(&self, canvas: &mut Canvas, crowd: &mut Crowd, axes: &Axes) {
        let Some(today) = &self.today else { return };
        let Some(x) = clean(today.at).map(|moment| axes.x.place(moment)) else { return };
        canvas.line("kc-today", at(x, TOP - 8.0), at(x, BOTTOM), &today.label);
        crowd.mark(Bounds { left: x - 2.0, top: TOP - 8.0, right: x + 2.0, bottom: BOTTOM });
        let half = width(&today.label, PHONE_SIZE) / 2.0;
        let middle = x.clamp((axes.left + half).min(WIDTH / 2.0), (RIGHT - half).max(WIDTH / 2.0));
        canvas.text("kc-text kc-today-name kc-halo", at(middle, TOP - 18.0), Anchor::Middle, &today.label);
    }
}

/// Samples a broken line, so that labels can keep off it.
fn trace(points: &[Point]) -> Vec<Point> {
    points.iter().zip(points.iter().skip(1)).flat_map(|(from, to)| samples(*from, *to)).collect()
}
