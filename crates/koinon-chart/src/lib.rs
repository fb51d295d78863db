//! Charts and maps: data in, SVG text out.
//!
//! Every chart is a plain value: fill it, call [`Chart::svg`] for the picture and [`Chart::table`] for the same facts as
//! rows, so that a page can put a table beside every picture. The picture needs no script, no font file and no
//! other asset; the same text serves a page, a print-out and a document.
//!
//! What this room refuses to do:
//! - It holds no language. Every word, date and number that a reader sees comes in as text, already localised. Only
//!   the value axis of [`LineChart`] falls back to plain digits when no ticks are given.
//! - It holds no colour. Marks carry classes with the prefix `kc-`; [`STYLE`] dresses them in the page's custom properties.
//! - It never fails. A value that is not a number leaves a gap, an unknown name leaves its mark out of the picture
//!   (never out of the table), and no number that is not finite ever reaches the text.
//! - It keeps no exact quantities: plots are the one place where a rounded float is good enough.
//!
//! ```
//! use koinon_chart::{Caption, Chart, Reading, Sparkline};
//!
//! let chart = Sparkline {
//!     caption: Caption::new("Food reserve", "Days of food at Heath over one week."),
//!     headings: ["Day".into(), "Reserve".into()],
//!     readings: vec![Reading::new(0.0, 61.0, "Monday", "61 days"), Reading::new(1.0, 60.0, "Tuesday", "60 days")],
//!     floor: None,
//! };
//! assert!(chart.svg().starts_with("<svg "));
//! assert_eq!(chart.table().rows.len(), 2);
//! ```

mod bars;
mod canvas;
pub mod contrast;
mod gantt;
mod geometry;
mod labels;
mod line;
mod map;
mod route;
mod sankey;
mod scale;
mod spark;
mod steps;
mod style;
mod text;

pub use bars::{BarRow, Bars, Segment, Shade};
pub use gantt::{Gantt, Phase, PhaseState};
pub use line::{Fan, FanReading, LineChart, Series, Threshold};
pub use map::{Corridor, Place, PlaceKind, Plane, RegionMap, Status, Transfer, TransferState, TravelMode};
pub use sankey::{Flow, Sankey};
pub use scale::nice_ticks;
pub use spark::Sparkline;
pub use steps::{Step, Steps};
pub use style::STYLE;

/// Draws one set of facts twice: as a picture and as a table.
pub trait Chart {
    /// Draws the picture as one complete `<svg>` element.
    ///
    /// The text is well-formed XML, self-contained, free of `id` attributes (so that any number of charts can share a page)
    /// and the same, byte for byte, for the same input.
    fn svg(&self) -> String;

    /// Lists the same facts as rows, for a reader who cannot see the picture or wants the figures.
    fn table(&self) -> Table;
}

/// Names a chart for everyone, and says which way its text runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Caption {
    /// Short name, read out first.
    pub title: String,
    /// One or two sentences that say what the picture shows.
    pub desc: String,
    /// Whether the reader's language runs from right to left; axes and labels are then mirrored, maps are not.
    pub rtl: bool,
}

impl Caption {
    /// Names a chart in a language that runs from left to right.
    pub fn new(title: impl Into<String>, desc: impl Into<String>) -> Self {
        Self { title: title.into(), desc: desc.into(), rtl: false }
    }

    /// Says whether the reader's language runs from right to left.
    pub fn rtl(mut self, rtl: bool) -> Self {
        self.rtl = rtl;
        self
    }
}

/// Holds a chart's facts as rows of text.
///
/// Every row has as many cells as there are headers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// Column names, as the caller gave them.
    pub headers: Vec<String>,
    /// Rows in the order in which the caller gave the facts.
    pub rows: Vec<Vec<String>>,
}

/// Marks one place on an axis with a word.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tick {
    /// Position on the axis, in the axis' own measure.
    pub at: f64,
    /// Text at the mark, localised.
    pub label: String,
}

impl Tick {
    /// Marks `at` with a word.
    pub fn new(at: f64, label: impl Into<String>) -> Self {
        Self { at, label: label.into() }
    }
}

/// Holds one measured value and the words for it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// Position in time, in any measure that grows with time (days, say).
    pub at: f64,
    /// Value; one that is not finite leaves a gap.
    pub value: f64,
    /// The time in words, localised.
    pub when: String,
    /// The value in words, localised, with its unit.
    pub text: String,
}

impl Reading {
    /// Joins a value with the words for it.
    pub fn new(at: f64, value: f64, when: impl Into<String>, text: impl Into<String>) -> Self {
        Self { at, value, when: when.into(), text: text.into() }
    }
}
