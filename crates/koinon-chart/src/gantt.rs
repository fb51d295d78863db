//! A plan's phases along a time axis.

use crate::canvas::{Anchor, Canvas, Turn};
use crate::geometry::at;
use crate::labels::along_axis;
use crate::scale::{Scale, clean, range};
use crate::text::{PHONE_SIZE, count, fit, title, width};
use crate::{Caption, Chart, Table, Tick};

/// Draws one bar per phase from its start to its end.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Gantt {
    /// Name and description.
    pub caption: Caption,
    /// Table headers: what, when, how it stands.
    pub headings: [String; 3],
    /// Phases from top to bottom.
    pub phases: Vec<Phase>,
    /// Where time stands.
    pub today: Option<Tick>,
    /// Marks of the time axis; those without room are left out.
    pub ticks: Vec<Tick>,
}

/// Holds one phase.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Phase {
    /// Its name.
    pub label: String,
    /// When it begins; a phase without finite ends is left to the table.
    pub start: f64,
    /// When it ends.
    pub end: f64,
    /// How it stands.
    pub state: PhaseState,
    /// The time in words.
    pub when: String,
    /// The state in words.
    pub state_text: String,
}

/// Says how a phase stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PhaseState {
    /// Finished.
    Done,
    /// Under way.
    Now,
    /// Yet to come.
    #[default]
    Later,
}

impl PhaseState {
    fn class(self) -> &'static str {
        match self {
            Self::Done => "kc-phase kc-done",
            Self::Now => "kc-phase kc-now",
            Self::Later => "kc-phase kc-later",
        }
    }
}

const WIDTH: f64 = 480.0;
const ROW: f64 = 31.0;
const BAR: f64 = 18.0;
const RIGHT: f64 = WIDTH - 18.0;
const TOP: f64 = 26.0;

impl Chart for Gantt {
    fn svg(&self) -> String {
        let moments = self.phases.iter().flat_map(|phase| [phase.start, phase.end]);
        let moments = moments.chain(self.ticks.iter().map(|t| t.at)).chain(self.today.iter().map(|t| t.at));
        let (first, last) = range(moments).unwrap_or_default();
        let widest = self.phases.iter().map(|phase| width(&phase.label, PHONE_SIZE)).fold(0.0, f64::max);
        let left = (widest + 12.0).min(WIDTH * 0.38);
        let x = Scale::new(first, last, left, RIGHT);
        let bottom = TOP + count(self.phases.len()) * ROW;
        let mut canvas =
            Canvas::new(&self.caption, "kc-gantt", (WIDTH, bottom + 30.0), Turn::WithText, false);
        let ticks: Vec<(f64, &str)> = self
            .ticks
            .iter()
            .filter_map(|tick| clean(tick.at).map(|t| (x.place(t), tick.label.as_str())))
            .collect();
        canvas.group("kc-axis", "");
        for ((centre, label), show) in ticks.iter().zip(along_axis(&ticks, (left - 20.0, WIDTH))) {
            canvas.line("kc-grid", at(*centre, TOP), at(*centre, bottom), "");
            if let Some(show) = show {
                canvas.text(
                    &show.class("kc-text kc-tick"),
                    at(*centre, bottom + 15.0),
                    Anchor::Middle,
                    label,
                );
            }
        }
        canvas.close();
        let mut middle = TOP + ROW / 2.0;
        for phase in &self.phases {
            let name = fit(&phase.label, PHONE_SIZE, left - 8.0);
            canvas.text("kc-text kc-row-name", at(0.0, middle), Anchor::Start, &name);
            if let (Some(start), Some(end)) = (clean(phase.start), clean(phase.end)) {
                let (from, to) = (x.place(start.min(end)), x.place(end.max(start)));
                let said = title(&[&phase.label, &phase.when, &phase.state_text]);
                canvas.rect(
                    phase.state.class(),
                    at(from, middle - BAR / 2.0),
                    ((to - from).max(3.0), BAR),
                    3.5,
                    &said,
                );
            }
            middle += ROW;
        }
        if let Some((today, moment)) = self.today.as_ref().and_then(|today| Some((today, clean(today.at)?))) {
            let now = x.place(moment);
            canvas.line("kc-today", at(now, TOP - 6.0), at(now, bottom), &today.label);
            let half = width(&today.label, PHONE_SIZE) / 2.0;
            let middle = now.clamp(half.min(WIDTH / 2.0), (WIDTH - half).max(WIDTH / 2.0));
            canvas.text("kc-text kc-today-name", at(middle, TOP - 15.0), Anchor::Middle, &today.label);
        }
        canvas.finish()
    }

    fn table(&self) -> Table {
        let rows =
            self.phases.iter().map(|p| vec![p.label.clone(), p.when.clone(), p.state_text.clone()]).collect();
        Table { headers: self.headings.to_vec(), rows }
    }
}
