//! Who was heard when, and how old each community's figures are.

use koinon_core::{CommunityCode, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Lens, Named, rfc3339};

/// One community.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TouchRow {
    /// Which.
    pub community: Named,
    /// When its record was last heard.
    pub heard: Option<String>,
    /// Whether that is recent enough to go by.
    pub in_touch: bool,
    /// Whether it is the community of this computer.
    pub is_here: bool,
    /// When the oldest of its figures last changed; empty for guests.
    pub oldest_figure: Option<String>,
    /// When anything of it was last counted; empty for guests.
    pub last_count: Option<String>,
    /// Whether it goes by the same region file as this computer.
    pub same_region: Option<bool>,
}

/// Everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TouchView {
    /// How many were heard lately.
    pub in_touch: usize,
    /// Of how many.
    pub of: usize,
    /// After how many days a silence counts.
    pub stale_after_days: u32,
    /// The communities, the longest silent first.
    pub rows: Vec<TouchRow>,
}

impl Lens<'_> {
    /// Who was heard when.
    pub fn touch(&self) -> TouchView {
        let adopted: std::collections::BTreeMap<&CommunityCode, _> = self.book.adopted().collect();
        let ours = self.region().digest();
        let mut rows: Vec<(Option<Timestamp>, TouchRow)> = Vec::new();
        for community in self.region().communities_on(self.today()) {
            let code = &community.code;
            let heard = self.heard.get(code).copied();
            let figures = self.figures.places.get(&code.place()).filter(|_| self.sees_amounts());
            let seen = |place: &super::PlaceFigures| {
                let items = place.items(self.is_home(code)).filter(|(item, _)| {
                    let known = self.region().item(item);
                    known.is_some_and(|item| self.sight_of(item, code) > koinon_authority::Sight::Nothing)
                });
                items.map(|(_, figure)| (figure.as_of, figure.counted)).collect::<Vec<_>>()
            };
            let seen = figures.map(seen).unwrap_or_default();
            let row = TouchRow {
                community: self.community(code),
                heard: rfc3339(heard),
                in_touch: self.is_in_touch(code),
                is_here: self.book.own() == Some(code),
                oldest_figure: rfc3339(seen.iter().filter_map(|(as_of, _)| *as_of).min()),
                last_count: rfc3339(
                    seen.iter().filter_map(|(_, counted)| counted.map(|count| count.at)).max(),
                ),
                same_region: adopted.get(code).map(|content| *content == ours),
            };
            rows.push((heard, row));
        }
        rows.sort_by(|(a, one), (b, other)| {
            a.cmp(b).then_with(|| one.community.code.cmp(&other.community.code))
        });
        let rows: Vec<TouchRow> = rows.into_iter().map(|(_, row)| row).collect();
        TouchView {
            in_touch: rows.iter().filter(|row| row.in_touch).count(),
            of: rows.len(),
            stale_after_days: self.region().agreements.stale_after_days,
            rows,
        }
    }
}
