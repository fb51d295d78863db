//! Bars in a list, one per community or store, with the floor that each should stay above.
//!
//! Names stand above their bars, so that a long name in any language has the whole width of a phone.

use crate::canvas::{Anchor, Canvas, Turn, any_link};
use crate::geometry::at;
use crate::map::draw_mark;
use crate::scale::{Scale, amount};
use crate::text::{PHONE_SIZE, fit, title, width};
use crate::{Caption, Chart, Status, Table};

/// Draws one bar per row, whole or stacked from segments, on one common scale.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bars {
    /// Name and description.
    pub caption: Caption,
    /// Table headers: who, what, how much.
    pub headings: [String; 3],
    /// Rows from top to bottom.
    pub rows: Vec<BarRow>,
    /// Name of the floor mark, shown below the bars when any row has a floor; may be empty.
    pub floor_label: String,
}

/// Holds one row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BarRow {
    /// Name of the row.
    pub label: String,
    /// The whole in words, shown at the end of the row.
    pub text: String,
    /// How the row stands; drawn as a mark, and as the colour of [`Shade::Status`].
    pub status: Option<Status>,
    /// Parts from the start of the bar; negative and non-finite values count as nothing.
    pub segments: Vec<Segment>,
    /// Value that the bar should reach.
    pub floor: Option<f64>,
    /// Page of the row, a path on this site; other addresses are not linked.
    pub href: Option<String>,
}

/// Holds one part of a bar.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Segment {
    /// What it is.
    pub label: String,
    /// How much, in the measure that all rows share.
    pub value: f64,
    /// How much, in words.
    pub text: String,
    /// How it is drawn.
    pub shade: Shade,
}

/// Says how a part of a bar is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Shade {
    /// In the colour of the row's status.
    #[default]
    Status,
    /// In the main colour.
    Main,
    /// In the second colour.
    Second,
    /// Held back or promised: pale with a rim.
    Pale,
}

impl Shade {
    fn class(self) -> &'static str {
        match self {
            Self::Status => "kc-segment",
            Self::Main => "kc-segment kc-main",
            Self::Second => "kc-segment kc-second",
            Self::Pale => "kc-segment kc-pale",
        }
    }
}

const WIDTH: f64 = 480.0;
const MARGIN: f64 = 4.0;
const ROW: f64 = 46.0;
const BAR: f64 = 13.0;

impl Chart for Bars {
    fn svg(&self) -> String {
        let most = self
            .rows
            .iter()
            .map(|row| {
                row.segments
                    .iter()
                    .map(|part| amount(part.value))
                    .sum::<f64>()
                    .max(amount(row.floor.unwrap_or(0.0)))
            })
            .fold(0.0, f64::max);
        let scale = Scale::new(0.0, most, MARGIN, WIDTH - MARGIN);
        let has_floor =
            !self.floor_label.is_empty() && self.rows.iter().any(|row| row.floor.is_some_and(f64::is_finite));
        let height = crate::text::count(self.rows.len()) * ROW + if has_floor { 30.0 } else { 4.0 };
        let linked = any_link(self.rows.iter().map(|row| row.href.as_deref()));
        let mut canvas = Canvas::new(&self.caption, "kc-bars", (WIDTH, height), Turn::WithText, linked);
        let mut top = 0.0;
        for row in &self.rows {
            self.draw_row(&mut canvas, row, top, scale);
            top += ROW;
        }
        if has_floor {
            canvas.line("kc-floor", at(MARGIN + 4.0, top + 6.0), at(MARGIN + 4.0, top + 22.0), "");
            let label = fit(&self.floor_label, PHONE_SIZE, WIDTH - 24.0);
            canvas.text("kc-text kc-tick", at(MARGIN + 14.0, top + 14.0), Anchor::Start, &label);
        }
        canvas.finish()
    }

    fn table(&self) -> Table {
        let rows = self
            .rows
            .iter()
            .flat_map(|row| {
                let whole = vec![row.label.clone(), String::new(), row.text.clone()];
                let parts = row
                    .segments
                    .iter()
                    .map(|part| vec![row.label.clone(), part.label.clone(), part.text.clone()]);
                // A bar of one part says the same as its row.
                let parts = parts.skip(usize::from(row.segments.len() == 1));
                std::iter::once(whole).chain(parts)
            })
            .collect();
        Table { headers: self.headings.to_vec(), rows }
    }
}

impl Bars {
    fn draw_row(&self, canvas: &mut Canvas, row: &BarRow, top: f64, scale: Scale) {
        let class = row.status.map_or("kc-plain", Status::class);
        canvas.link(&format!("kc-row {class}"), row.href.as_deref(), &title(&[&row.label, &row.text]));
        let line = top + 13.0;
        let mut start = MARGIN;
        if let Some(status) = row.status {
            let centre = at(start + 8.0, line);
            canvas.circle("kc-node kc-small", centre, 8.0, "");
            draw_mark(canvas, status, centre, 9.0);
            start += 23.0;
        }
        let value_room = width(&row.text, PHONE_SIZE).min(WIDTH * 0.5);
        canvas.text(
            "kc-text kc-name",
            at(start, line),
            Anchor::Start,
            &fit(&row.label, PHONE_SIZE, WIDTH - start - value_room - 12.0),
        );
        canvas.text(
            "kc-text kc-value",
            at(WIDTH - MARGIN, line),
            Anchor::End,
            &fit(&row.text, PHONE_SIZE, WIDTH * 0.5),
        );
        let bar = top + 25.0;
        canvas.rect("kc-track", at(MARGIN, bar), (WIDTH - 2.0 * MARGIN, BAR), 3.0, "");
        let mut sum = 0.0;
        for part in &row.segments {
            let from = scale.place(sum);
            sum += amount(part.value);
            let length = scale.place(sum) - from;
            if length > 0.0 {
                canvas.rect(
                    part.shade.class(),
                    at(from, bar),
                    (length, BAR),
                    3.0,
                    &title(&[&part.label, &part.text]),
                );
            }
        }
        if let Some(floor) = row.floor.filter(|floor| floor.is_finite()) {
            let x = scale.place(floor);
            canvas.line("kc-floor-ground", at(x, bar - 3.0), at(x, bar + BAR + 3.0), "");
            canvas.line("kc-floor", at(x, bar - 4.0), at(x, bar + BAR + 4.0), &self.floor_label);
        }
        canvas.close();
    }
}
