//! How far a transfer has come: one counter per step, each measured against the largest.

use crate::canvas::{Anchor, Canvas, Turn};
use crate::geometry::at;
use crate::scale::amount;
use crate::text::{PHONE_SIZE, count, fit, title, width};
use crate::{Caption, Chart, Table};

/// Draws counters such as requested, committed, reserved, in transit and fulfilled, from top to bottom.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Steps {
    /// Name and description.
    pub caption: Caption,
    /// Table headers: step, how much.
    pub headings: [String; 2],
    /// Steps in their order.
    pub steps: Vec<Step>,
}

/// Holds one counter.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Step {
    /// Name of the step.
    pub label: String,
    /// How much has come this far; negative and non-finite values count as nothing.
    pub value: f64,
    /// How much, in words.
    pub text: String,
}

const WIDTH: f64 = 480.0;
const ROW: f64 = 32.0;
const BAR: f64 = 14.0;

impl Chart for Steps {
    fn svg(&self) -> String {
        let most = self.steps.iter().map(|step| amount(step.value)).fold(0.0, f64::max);
        let widest = |texts: &mut dyn Iterator<Item = &str>, share: f64| {
            (texts.map(|text| width(text, PHONE_SIZE)).fold(0.0, f64::max) + 10.0).min(WIDTH * share)
        };
        let name_room = widest(&mut self.steps.iter().map(|step| step.label.as_str()), 0.4);
        let text_room = widest(&mut self.steps.iter().map(|step| step.text.as_str()), 0.28);
        let (left, right) = (28.0 + name_room, WIDTH - text_room);
        let height = count(self.steps.len()) * ROW + 4.0;
        let mut canvas = Canvas::new(&self.caption, "kc-steps", (WIDTH, height), Turn::WithText, false);
        let first = ROW / 2.0 + 2.0;
        if self.steps.len() > 1 {
            canvas.line("kc-thread", at(10.0, first), at(10.0, height - first), "");
        }
        let mut middle = first;
        for step in &self.steps {
            let share = if most > 0.0 { amount(step.value) / most } else { 0.0 };
            let state = match share {
                whole if whole >= 0.999 => "kc-whole",
                part if part > 0.0 => "kc-part",
                _ => "kc-none",
            };
            canvas.group(&format!("kc-step {state}"), &title(&[&step.label, &step.text]));
            canvas.circle("kc-stop", at(10.0, middle), 6.0, "");
            if state == "kc-part" {
                canvas.circle("kc-stop-part", at(10.0, middle), 2.6, "");
            }
            canvas.text(
                "kc-text kc-row-name",
                at(26.0, middle),
                Anchor::Start,
                &fit(&step.label, PHONE_SIZE, name_room),
            );
            canvas.rect("kc-track", at(left, middle - BAR / 2.0), (right - left, BAR), 3.0, "");
            if share > 0.0 {
                canvas.rect(
                    "kc-fill",
                    at(left, middle - BAR / 2.0),
                    (((right - left) * share).max(2.0), BAR),
                    3.0,
                    "",
                );
            }
            canvas.text(
                "kc-text kc-value",
                at(WIDTH - 2.0, middle),
                Anchor::End,
                &fit(&step.text, PHONE_SIZE, text_room),
            );
            canvas.close();
            middle += ROW;
        }
        canvas.finish()
    }

    fn table(&self) -> Table {
        let rows = self.steps.iter().map(|step| vec![step.label.clone(), step.text.clone()]).collect();
        Table { headers: self.headings.to_vec(), rows }
    }
}
