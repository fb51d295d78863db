//! Finds room for labels, so that none covers a mark or another label.
//!
//! Each label is tried at two font sizes: that of a narrow phone, where text is larger in the picture's own units, and that of a
//! wide screen. One that fits only the wide screen is hidden on phones by the style sheet; one that fits neither is left out,
//! and its words remain in the mark's title and in the table.

use crate::canvas::Anchor;
use crate::geometry::{Bounds, Point, at};
use crate::text::{PHONE_SIZE, WIDE_SIZE, count, width};

/// Holds one place that a label could take; a lower cost is a better place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot {
    pub(crate) at: Point,
    pub(crate) anchor: Anchor,
    pub(crate) cost: f64,
}

/// Says on which screens a label is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Show {
    Always,
    WideOnly,
}

impl Show {
    /// Adds the class that hides a label on phones.
    pub(crate) fn class(self, base: &str) -> String {
        match self {
            Self::Always => base.into(),
            Self::WideOnly => format!("{base} kc-wide-only"),
        }
    }
}

/// Remembers what is on the plane already.
#[derive(Debug)]
pub(crate) struct Crowd {
    frame: Bounds,
    marks: Vec<Bounds>,
    lines: Vec<Point>,
    wide: Vec<Bounds>,
    phone: Vec<Bounds>,
}

/// Room kept free at each end of a label.
const APART: f64 = 3.0;
/// The most sampled points of lines that may lie under a label of an arrow.
const MOST_UNDER: usize = 2;
/// Cost of each sampled point of a line under a label.
const LINE_COST: f64 = 0.8;

impl Crowd {
    /// Begins with an empty frame.
    pub(crate) fn new(frame: Bounds) -> Self {
        Self { frame, marks: Vec::new(), lines: Vec::new(), wide: Vec::new(), phone: Vec::new() }
    }

    /// Adds a mark that no label may cover.
    pub(crate) fn mark(&mut self, bounds: Bounds) {
        self.marks.push(bounds);
    }

    /// Adds a line that labels would rather not cover.
    pub(crate) fn line(&mut self, samples: impl IntoIterator<Item = Point>) {
        self.lines.extend(samples);
    }

    /// Takes the best spot for a text, or none if every spot is covered even on a wide screen.
    ///
    /// The spot returned carries its whole cost, lines crossed included.
    pub(crate) fn place(&mut self, content: &str, spots: &[Spot]) -> Option<(Spot, Show)> {
        let phone = self.best(content, spots, Show::Always);
        let (spot, show) = match phone {
            Some(spot) => (spot, Show::Always),
            None => (self.best(content, spots, Show::WideOnly)?, Show::WideOnly),
        };
        self.wide.push(label_box(content, spot, WIDE_SIZE));
        if show == Show::Always {
            self.phone.push(label_box(content, spot, PHONE_SIZE));
        }
        Some((spot, show))
    }

    /// Takes the best spot for a text that wide screens alone show; none where lines would run through it.
    pub(crate) fn place_wide(&mut self, content: &str, spots: &[Spot]) -> Option<Spot> {
        let under = |spot: &&Spot| {
            let area = label_box(content, **spot, WIDE_SIZE);
            self.lines.iter().filter(|point| area.contains(**point)).count() <= MOST_UNDER
        };
        let open: Vec<Spot> = spots.iter().filter(under).copied().collect();
        let spot = self.best(content, &open, Show::WideOnly)?;
        self.wide.push(label_box(content, spot, WIDE_SIZE));
        Some(spot)
    }

    /// Takes the best spot for a text that matters more than the marks below it; it still covers no other label.
    pub(crate) fn press(&mut self, content: &str, spots: &[Spot]) -> Option<(Spot, Show)> {
        let marks = std::mem::take(&mut self.marks);
        let found = self.place(content, spots);
        self.marks = marks;
        found
    }

    fn best(&self, content: &str, spots: &[Spot], show: Show) -> Option<Spot> {
        spots
            .iter()
            .filter_map(|spot| self.cost(content, *spot, show).map(|cost| Spot { cost, ..*spot }))
            .min_by(|one, other| one.cost.total_cmp(&other.cost))
    }

    fn cost(&self, content: &str, spot: Spot, show: Show) -> Option<f64> {
        let wide = label_box(content, spot, WIDE_SIZE);
        let outer = if show == Show::Always { label_box(content, spot, PHONE_SIZE) } else { wide };
        let covered = !self.frame.holds(&outer)
            || self.marks.iter().any(|mark| mark.overlaps(&outer))
            || self.wide.iter().any(|label| label.overlaps(&wide))
            || (show == Show::Always && self.phone.iter().any(|label| label.overlaps(&outer)));
        (!covered).then(|| {
            let under =
                |area: &Bounds| count(self.lines.iter().filter(|point| area.contains(**point)).count());
            // What only the larger text of a phone would cover weighs a quarter.
            spot.cost + (under(&wide) * 0.75 + under(&outer) * 0.25) * LINE_COST
        })
    }
}

/// Finds the room that a label takes.
fn label_box(content: &str, spot: Spot, size: f64) -> Bounds {
    let length = width(content, size) + 2.0 * APART;
    let half_height = size * 0.62;
    let left = match spot.anchor {
        Anchor::Start => spot.at.x - APART,
        Anchor::Middle => spot.at.x - length / 2.0,
        Anchor::End => spot.at.x + APART - length,
    };
    Bounds { left, top: spot.at.y - half_height, right: left + length, bottom: spot.at.y + half_height }
}

/// Keeps those marks of an axis that do not touch, in their order: which to show, and on which screens.
///
/// `ticks` are centres and texts, left to right. `edges` are the ends of the room.
pub(crate) fn along_axis(ticks: &[(f64, &str)], edges: (f64, f64)) -> Vec<Option<Show>> {
    let (mut wide_end, mut phone_end) = (f64::NEG_INFINITY, f64::NEG_INFINITY);
    let gap = 6.0;
    ticks
        .iter()
        .map(|(centre, label)| {
            let half = |size: f64| width(label, size) / 2.0;
            let fits = |size: f64, end: f64| {
                centre - half(size) >= end + gap
                    && centre - half(size) >= edges.0 - gap
                    && centre + half(size) <= edges.1 + gap
            };
            if !fits(WIDE_SIZE, wide_end) {
                return None;
            }
            wide_end = centre + half(WIDE_SIZE);
            if fits(PHONE_SIZE, phone_end) {
                phone_end = centre + half(PHONE_SIZE);
                Some(Show::Always)
            } else {
                Some(Show::WideOnly)
            }
        })
        .collect()
}

/// Lists the eight spots around a round mark; those that point along `outward` cost least.
pub(crate) fn around(centre: Point, radius: f64, outward: f64) -> Vec<Spot> {
    let above = radius + PHONE_SIZE * 0.62 + 3.0;
    let beside = radius + 5.0;
    let (slant_x, slant_y) = (radius * 0.72 + 2.0, radius * 0.72 + PHONE_SIZE * 0.45);
    let offsets = [
        (0.0, -above, Anchor::Middle),
        (0.0, above, Anchor::Middle),
        (beside, 0.0, Anchor::Start),
        (-beside, 0.0, Anchor::End),
        (slant_x, -slant_y, Anchor::Start),
        (slant_x, slant_y, Anchor::Start),
        (-slant_x, -slant_y, Anchor::End),
        (-slant_x, slant_y, Anchor::End),
    ];
    offsets
        .into_iter()
        .map(|(dx, dy, anchor): (f64, f64, Anchor)| Spot {
            at: at(centre.x + dx, centre.y + dy),
            anchor,
            cost: 3.0 * (1.0 - (dy.atan2(dx) - outward).cos())
                + if anchor == Anchor::Middle { 0.0 } else { 0.8 },
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crowd() -> Crowd {
        Crowd::new(Bounds { left: 0.0, top: 0.0, right: 300.0, bottom: 300.0 })
    }

    #[test]
    fn labels_give_way_and_then_give_up() {
        let mut crowd = crowd();
        let spot = Spot { at: at(150.0, 150.0), anchor: Anchor::Middle, cost: 0.0 };
        assert_eq!(crowd.place("Heath", &[spot]).map(|(_, show)| show), Some(Show::Always));
        // 20 units lower two lines touch at the phone's size only.
        let near = Spot { at: at(150.0, 170.0), ..spot };
        assert_eq!(crowd.place("Dunes", &[near]).map(|(_, show)| show), Some(Show::WideOnly));
        assert!(crowd.place("Cedar", &[spot]).is_none());
    }

    #[test]
    fn a_label_turns_outward() {
        let spots = around(at(150.0, 150.0), 14.0, -std::f64::consts::FRAC_PI_2);
        let (spot, _) = crowd().place("Fenholt", &spots).unwrap();
        assert!(spot.at.y < 150.0 && spot.anchor == Anchor::Middle);
    }

    #[test]
    fn axis_marks_never_touch() {
        let ticks: Vec<(f64, &str)> = (0..40u32).map(|n| (f64::from(n) * 12.0, "March")).collect();
        let shown = along_axis(&ticks, (0.0, 480.0));
        let mut end = f64::NEG_INFINITY;
        for ((centre, label), show) in ticks.iter().zip(&shown) {
            if show.is_some() {
                let half = width(label, WIDE_SIZE) / 2.0;
                assert!(centre - half > end);
                end = centre + half;
            }
        }
        assert!(shown.iter().flatten().count() > 3);
    }
}
