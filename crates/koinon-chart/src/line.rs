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

impl Series {
    /// Lists unbroken runs of readings in the order of time.
    fn runs(&self) -> Vec<Vec<&Reading>> {
        let mut readings: Vec<&Reading> = self.readings.iter().filter(|r| r.at.is_finite()).collect();
        readings.sort_by(|one, other| one.at.total_cmp(&other.at));
        let runs = readings.split(|r| !r.value.is_finite());
        runs.filter(|run| !run.is_empty()).map(<[&Reading]>::to_vec).collect()
    }
}

/// Holds a forecast: a middle line within an inner and an outer band.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fan {
    /// What is forecast.
    pub label: String,
    /// Readings; drawn in the order of time.
    pub readings: Vec<FanReading>,
}

impl Fan {
    /// Lists the readings in the order of time.
    fn sorted(&self) -> Vec<&FanReading> {
        let mut readings: Vec<&FanReading> = self.readings.iter().filter(|r| r.at.is_finite()).collect();
        readings.sort_by(|one, other| one.at.total_cmp(&other.at));
        readings
    }
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

/// Room of a line's sample in the legend.
const KEY: f64 = 34.0;

/// Holds one entry of the legend, placed.
struct Key {
    group: String,
    mark: &'static str,
    label: String,
    at: Point,
}

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
        let mut crowd = self.crowd(&axes);
        let named = self.threshold_spot(&mut crowd, &axes);
        let (keys, bottom) = self.legend(named.is_some());
        let mut canvas = Canvas::new(&self.caption, "kc-line", (WIDTH, bottom), Turn::WithText, false);
        self.draw_axes(&mut canvas, &axes);
        self.draw_fan(&mut canvas, &axes);
        self.draw_threshold(&mut canvas, &axes, named);
        self.draw_series(&mut canvas, &axes);
        self.draw_today(&mut canvas, &axes);
        for key in keys {
            canvas.group(&key.group, "");
            canvas.line(key.mark, key.at, key.at.shift(KEY - 6.0, 0.0), "");
            canvas.text("kc-text kc-tick", key.at.shift(KEY, 0.0), Anchor::Start, &key.label);
            canvas.close();
        }
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

    /// Collects what a label must not cover.
    fn crowd(&self, axes: &Axes) -> Crowd {
        let mut crowd = Crowd::new(Bounds { left: axes.left, top: 2.0, right: RIGHT, bottom: BOTTOM });
        for series in &self.series {
            for run in series.runs() {
                let points: Vec<Point> = run.iter().filter_map(|r| axes.point(r.at, r.value)).collect();
                crowd.line(trace(&points));
            }
        }
        if let Some(fan) = &self.fan {
            let middle: Vec<Point> = fan.sorted().iter().filter_map(|r| axes.point(r.at, r.middle)).collect();
            crowd.line(trace(&middle));
        }
        if let Some(x) =
            self.today.as_ref().and_then(|today| clean(today.at)).map(|moment| axes.x.place(moment))
        {
            for aside in [-5.0, 0.0, 5.0] {
                crowd.line(samples(at(x + aside, TOP), at(x + aside, BOTTOM)));
            }
        }
        crowd
    }

    /// Lays out the legend below the axis: several series by name, and the agreed line if no room was found beside it.
    ///
    /// Returns the entries and the height of the whole picture.
    fn legend(&self, threshold_named: bool) -> (Vec<Key>, f64) {
        let mut entries: Vec<(String, &'static str, &str)> = Vec::new();
        if self.series.len() > 1 {
            let each = self.series.iter().enumerate();
            entries.extend(each.map(|(nth, s)| (series_class(nth), "kc-curve", s.label.as_str())));
            entries.extend(self.fan.iter().map(|fan| ("kc-key".into(), "kc-forecast", fan.label.as_str())));
        }
        if !threshold_named {
            entries
                .extend(self.threshold.iter().map(|t| ("kc-key".into(), "kc-threshold", t.label.as_str())));
        }
        let (mut x, mut y) = (0.0, HEIGHT + 13.0);
        let mut keys = Vec::new();
        for (group, mark, label) in entries.into_iter().filter(|(_, _, label)| !label.is_empty()) {
            let label = fit(label, PHONE_SIZE, WIDTH - KEY);
            let room = KEY + width(&label, PHONE_SIZE);
            if x > 0.0 && x + room > WIDTH {
                (x, y) = (0.0, y + 24.0);
            }
            keys.push(Key { group, mark, label, at: at(x, y) });
            x += room + 14.0;
        }
        let bottom = if keys.is_empty() { HEIGHT } else { y + 14.0 };
        (keys, bottom)
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

    fn draw_fan(&self, canvas: &mut Canvas, axes: &Axes) {
        let Some(fan) = &self.fan else { return };
        let readings = fan.sorted();
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

    fn draw_series(&self, canvas: &mut Canvas, axes: &Axes) {
        for (nth, series) in self.series.iter().enumerate() {
            canvas.group(&series_class(nth), &series.label);
            for run in series.runs() {
                let points: Vec<Point> = run.iter().filter_map(|r| axes.point(r.at, r.value)).collect();
                match points.as_slice() {
                    [only] => canvas.circle("kc-point", *only, 3.0, ""),
                    _ => canvas.path("kc-curve", &Path::through(points), ""),
                }
            }
            if series.readings.len() <= MOST_MARKS {
                for reading in &series.readings {
                    if let Some(point) = axes.point(reading.at, reading.value) {
                        canvas.circle("kc-hit", point, 6.0, &title(&[&reading.when, &reading.text]));
                    }
                }
            }
            canvas.close();
        }
    }

    fn draw_threshold(&self, canvas: &mut Canvas, axes: &Axes, named: Option<(Spot, Show)>) {
        let Some(threshold) = &self.threshold else { return };
        if let Some(y) = clean(threshold.value).map(|value| axes.y.place(value)) {
            canvas.line("kc-threshold", at(axes.left, y), at(RIGHT, y), &threshold.label);
        }
        if let Some((spot, show)) = named {
            let class = show.class("kc-text kc-threshold-name kc-halo");
            canvas.text(&class, spot.at, spot.anchor, &threshold.label);
        }
    }

    /// Finds room for the agreed line's name beside the line, where its words cover no course; else the legend names it.
    fn threshold_spot(&self, crowd: &mut Crowd, axes: &Axes) -> Option<(Spot, Show)> {
        let threshold = self.threshold.as_ref()?;
        let y = axes.y.place(clean(threshold.value)?);
        let half = width(&threshold.label, PHONE_SIZE) / 2.0;
        let (from, to) = (axes.left + half + 2.0, RIGHT - half - 2.0);
        let spots: Vec<Spot> = (0..=10u32)
            .map(|nth| f64::from(nth) / 10.0)
            .flat_map(|back| [(back, -13.0, 0.0), (back, 14.0, 0.2)])
            .map(|(back, lift, cost): (f64, f64, f64)| Spot {
                at: at(to + (from - to) * back, y + lift),
                anchor: Anchor::Middle,
                cost: cost + back * 0.1,
            })
            .collect();
        let (spot, show) = crowd.place(&threshold.label, &spots)?;
        (spot.cost < 1.5 && show == Show::Always).then_some((spot, show))
    }

    fn draw_today(&self, canvas: &mut Canvas, axes: &Axes) {
        let Some(today) = &self.today else { return };
        let Some(x) = clean(today.at).map(|moment| axes.x.place(moment)) else { return };
        canvas.line("kc-today", at(x, TOP - 8.0), at(x, BOTTOM), &today.label);
        let half = width(&today.label, PHONE_SIZE) / 2.0;
        let middle = x.clamp((axes.left + half).min(WIDTH / 2.0), (RIGHT - half).max(WIDTH / 2.0));
        canvas.text("kc-text kc-today-name kc-halo", at(middle, TOP - 18.0), Anchor::Middle, &today.label);
    }
}

/// Names the class of the nth series.
fn series_class(nth: usize) -> String {
    format!("kc-series kc-series-{}", nth % 4)
}

/// Samples a broken line, so that labels can keep off it.
fn trace(points: &[Point]) -> Vec<Point> {
    points.iter().zip(points.iter().skip(1)).flat_map(|(from, to)| samples(*from, *to)).collect()
}
