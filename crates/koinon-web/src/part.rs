//! A long list in parts: which of its lines a page shows, and the ways to the others.

use std::ops::Range;

use maud::{Markup, html};

use crate::components::link_button;
use crate::t;
use crate::ui::Ui;

/// The lines of a long list that a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    from: usize,
    to: usize,
    of: usize,
    at_most: usize,
}

impl Part {
    /// The part that begins at a line, as an address asks for it; the first part where there is no such line.
    pub fn asked(from: Option<&str>, of: usize, at_most: usize) -> Self {
        Self::new(from.and_then(|text| text.parse().ok()).unwrap_or(0), of, at_most)
    }

    /// The part that begins at a line, counted from 0; the first part where there is no such line.
    pub fn new(from: usize, of: usize, at_most: usize) -> Self {
        let from = if from < of { from } else { 0 };
        Self { from, to: from.saturating_add(at_most.max(1)).min(of), of, at_most: at_most.max(1) }
    }

    /// The lines shown, counted from 0.
    pub fn range(&self) -> Range<usize> {
        self.from..self.to
    }

    /// Which lines are shown, with ways to those before and after; nothing where all are shown. `href` gives the
    /// address of the part from a line on.
    pub fn ways(&self, ui: &Ui, href: &dyn Fn(usize) -> String) -> Markup {
        if self.from == 0 && self.to == self.of {
            return html! {};
        }
        let number = |n: usize| ui.number(i64::try_from(n).unwrap_or(i64::MAX));
        html! {
            nav.row aria-label=(t!(ui, "part-lines")) {
                span.small.muted {
                    (t!(ui, "part-shown", first = number(self.from + 1), last = number(self.to), of = number(self.of)))
                }
                @if self.from > 0 {
                    (link_button(&href(self.from.saturating_sub(self.at_most)), &t!(ui, "part-before"), false))
                }
                @if self.to < self.of { (link_button(&href(self.to), &t!(ui, "part-after"), false)) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_in_one_part_and_odd_addresses_show_the_first() {
        for (of, at_most) in [(0, 100), (1, 100), (100, 100), (101, 100), (250, 100), (5, 0)] {
            let mut seen = Vec::new();
            let mut from = Some(0);
            while let Some(at) = from {
                let part = Part::new(at, of, at_most);
                seen.extend(part.range());
                from = (part.to < of).then_some(part.to);
            }
            assert_eq!(seen, (0..of).collect::<Vec<_>>(), "{of} by {at_most}");
        }
        for odd in [None, Some(""), Some("-1"), Some("999"), Some("18446744073709551616"), Some("x")] {
            assert_eq!(Part::asked(odd, 250, 100).range(), 0..100, "{odd:?}");
        }
    }
}
