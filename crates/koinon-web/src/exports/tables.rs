//! The columns of each table that can be taken away, one view at a time.

use super::{Cell, Tabular};
use crate::views::services::{ProviderView, ServiceRequestView};
use crate::views::sharing::{LeavingRow, ServedRow};
use crate::views::teams::{MissionView, TeamView};
use crate::views::{
    AddsUpRow, Amount, CommunityRow, CopyRow, CorridorRow, Entry, LotRow, Named, NeedRow, OfferRow,
    OnTheRoad, StockRow, SuggestionLine, TouchRow, TransferLine, UnmetLine,
};

/// The unit of the first amount that is shown.
fn unit(amounts: &[Option<Amount>]) -> Cell {
    amounts.iter().flatten().next().map(|amount| amount.0.dimension().base_unit()).into()
}

fn named(named: &Named) -> [Cell; 2] {
    [named.code.as_str().into(), named.name.as_str().into()]
}

macro_rules! cells {
    ($($part:expr),* $(,)?) => {{
        let mut cells: Vec<Cell> = Vec::new();
        $(cells.extend($part);)*
        cells
    }};
}

impl Tabular for ServedRow {
    const HEAD: &'static [&'static str] =
        &["community", "community_name", "month", "people", "households", "published"];

    fn rows(&self) -> Vec<Vec<Cell>> {
        vec![cells![
            named(&self.community),
            [
                self.month.as_str().into(),
                self.people.map(i64::from).into(),
                self.households.map(i64::from).into(),
                self.published.into(),
            ],
        ]]
    }
}

impl Tabular for LeavingRow {
    const HEAD: &'static [&'static str] =
        &["recorded", "kind", "part", "id", "readers", "waiting", "content"];

    fn rows(&self) -> Vec<Vec<Cell>> {
        let readers: Vec<&str> = self.readers.iter().map(|reader| reader.code.as_str()).collect();
        vec![vec![
            self.recorded.as_str().into(),
            self.kind.as_str().into(),
            self.part.into(),
            self.id.as_str().into(),
            readers.join(" ").into(),
            self.waiting.into(),
            self.content.as_str().into(),
        ]]
    }
}

impl Tabular for StockRow {
    const HEAD: &'static [&'static str] = &[
        "item",
        "item_name",
        "group",
        "place",
        "place_name",
        "standing",
        "on_hand",
        "free",
        "set_aside",
        "coming",
        "keeps",
        "used_per_day",
        "past_date",
        "unit",
        "lasts_days",
        "keeps_days",
        "observed_days",
        "next_date",
        "batches",
        "as_of",
        "counted",
        "method",
    ];

    fn rows(&self) -> Vec<Vec<Cell>> {
        vec![cells![
            named(&self.item),
            [self.group.into()],
            named(&self.place),
            [
                self.standing.word().into(),
                self.amount.into(),
                self.spare.into(),
                self.reserved.into(),
                self.incoming.into(),
                self.floor.into(),
                self.used_per_day.into(),
                self.at_risk.into(),
                unit(&[self.amount]),
                self.days.into(),
                self.floor_days.into(),
                self.observed_days.map(i64::from).into(),
                self.next_date.clone().into(),
                self.batches.and_then(|count| i64::try_from(count).ok()).into(),
                self.as_of.clone().into(),
                self.counted.clone().into(),
                self.method.into(),
            ],
        ]]
    }
}

impl Tabular for LotRow {
    const HEAD: &'static [&'static str] = &[
        "batch_id",
        "community",
        "community_name",
        "item",
        "item_name",
        "store",
        "store_name",
        "batch",
        "good_until",
        "on_hand",
        "set_aside",
        "unit",
        "held",
        "as_of",
    ];

    fn rows(&self) -> Vec<Vec<Cell>> {
        vec![cells![
            [self.id.as_str().into()],
            named(&self.community),
            named(&self.item),
            named(&self.store),
            [
                self.batch.clone().into(),
                self.expires.clone().into(),
                self.amount.into(),
                self.reserved.into(),
                unit(&[Some(self.amount)]),
                self.held.into(),
                self.as_of.clone().into(),
            ],
        ]]
    }
}

impl Tabular for Entry {
    const HEAD: &'static [&'static str] = &[
        "entry",
        "at",
        "recorded",
        "late",
        "reason",
        "seen",
        "change",
        "balance",
        "unit",
        "method",
        "standing",
        "people",
        "households",
    ];

    fn rows(&self) -> Vec<Vec<Cell>> {
        vec![cells![[
            self.id.as_str().into(),
            self.at.as_str().into(),
            self.recorded.as_str().into(),
            self.is_late.into(),
            self.reason.into(),
            self.seen.into(),
            self.change.into(),
            self.balance.into(),
            unit(&[Some(self.balance)]),
            self.method.into(),
            self.standing.into(),
            self.served.map(|(people, _)| i64::from(people)).into(),
            self.served.map(|(_, households)| i64::from(households)).into(),
        ]]]
    }
}

impl Tabular for AddsUpRow {
    const HEAD: &'static [&'static str] = &[
        "community",
        "community_name",
        "item",
        "item_name",
        "produced",
        "came_in",
        "used",
        "lost",
        "went_out",
        "sent",
        "arrived",
        "found_by_counts",
        "sum",
        "stock",
        "difference",
        "unit",
    ];

    fn rows(&self) -> Vec<Vec<Cell>> {
        vec![cells![
            named(&self.community),
            named(&self.item),
            [
                self.produced.into(),
                self.came_in.into(),
                self.used.into(),
                self.lost.into(),
                self.went_out.into(),
                self.sent.into(),
                self.arrived.into(),
                self.found_by_counts.into(),
                self.sum.into(),
                self.stock.into(),
                self.difference.into(),
                unit(&[Some(self.stock)]),
            ],
        ]]
    }
}

impl Tabular for CopyRow {
    const HEAD: &'static [&'static str] =
        &["community", "community_name", "mark", "entries_kept_here", "exchanged", "keeps_of_ours"];

    fn rows(&self) -> Vec<Vec<Cell>> {
        let name = |named: &Named| named.name.clone();
        vec![cells![[
            self.community.as_ref().map(|named| named.code.clone()).into(),
            self.community.as_ref().map(name).into(),
            self.mark.clone().into(),
            whole(self.kept_here),
            self.heard.clone().into(),
            self.keeps_of_ours.map_or(Cell::Empty, whole),
        ]]]
    }
}

impl Tabular for TouchRow {
    const HEAD: &'static [&'static str] = &[
        "community",
        "community_name",
        "heard",
        "in_touch",
        "here",
        "oldest_figure",
        "last_count",
        "same_region",
    ];

    fn rows(&self) -> Vec<Vec<Cell>> {
        vec![cells![
            named(&self.community),
            [
                self.heard.clone().into(),
                self.in_touch.into(),
                self.is_here.into(),
                self.oldest_figure.clone().into(),
                self.last_count.clone().into(),
                self.same_region.into(),
            ],
        ]]
    }
}

impl Tabular for ProviderView {
    const HEAD: &'static [&'static str] =
        &["provider", "services", "per_day", "kind", "free_week", "community", "community_name", "recorded"];

    fn rows(&self) -> Vec<Vec<Cell>> {
        let free: i64 = self.free.iter().map(|day| day.amount).sum();
        vec![cells![
            [
                format!("{}/{}", self.place.code, self.provider).into(),
                self.services.join(", ").into(),
                i64::from(self.per_day).into(),
                self.kind.into(),
                free.into(),
            ],
            named(&self.community),
            [self.recorded.as_str().into()],
        ]]
    }
}

impl Tabular for ServiceRequestView {
    const HEAD: &'static [&'static str] = &[
        "request",
        "place",
        "place_name",
        "kind",
        "service",
        "count",
        "each",
        "urgency",
        "by",
        "promised",
        "done",
        "wanted",
        "asker",
        "asker_name",
    ];

    fn rows(&self) -> Vec<Vec<Cell>> {
        vec![cells![
            [self.ask.as_str().into()],
            named(&self.place),
            [
                self.kind.into(),
                self.service.as_str().into(),
                i64::from(self.count).into(),
                i64::from(self.each).into(),
                self.urgency.into(),
                self.by.as_str().into(),
                i64::from(self.promised).into(),
                i64::from(self.done).into(),
                i64::from(self.wanted).into(),
            ],
            named(&self.asker),
        ]]
    }
}

/// The columns are those that `koinon deploy teams` reads.
impl Tabular for TeamView {
    const HEAD: &'static [&'static str] = &[
        "team",
        "skills",
        "willing",
        "from",
        "until",
        "max_minutes",
        "notice_minutes",
        "self_sufficient_hours",
        "duty_hours",
        "community",
        "community_name",
        "stage",
        "recorded",
    ];

    fn rows(&self) -> Vec<Vec<Cell>> {
        let skills: Vec<String> =
            self.components.iter().map(|one| format!("{} {}", one.skills.join("+"), one.people)).collect();
        let hours = format!("{}:{:02}", self.duty_minutes / 60, self.duty_minutes % 60);
        vec![cells![
            [
                format!("{}/{}", self.home.code, self.team).into(),
                skills.join(", ").into(),
                self.willing.into(),
                self.from.clone().into(),
                self.until.clone().into(),
                self.way_minutes_max.map(i64::from).into(),
                i64::from(self.notice_minutes).into(),
                i64::from(self.self_sufficient_hours).into(),
                hours.into(),
            ],
            named(&self.community),
            [self.stage.into(), self.recorded.as_str().into()],
        ]]
    }
}

impl Tabular for MissionView {
    const HEAD: &'static [&'static str] = &[
        "asker",
        "asker_name",
        "mission",
        "place",
        "place_name",
        "urgency",
        "start",
        "end",
        "days",
        "self_sufficient_hours",
        "skill",
        "people",
        "promised",
    ];

    fn rows(&self) -> Vec<Vec<Cell>> {
        let ask = |ask: &crate::views::teams::AskView| {
            cells![
                named(&self.asker),
                [self.mission.as_str().into()],
                named(&self.place),
                [
                    self.urgency.into(),
                    self.start.as_str().into(),
                    self.end.as_str().into(),
                    i64::from(self.days).into(),
                    i64::from(self.self_sufficient_hours).into(),
                    ask.skill.as_str().into(),
                    i64::from(ask.people).into(),
                    i64::from(ask.promised).into(),
                ],
            ]
        };
        self.asks.iter().map(ask).collect()
    }
}

impl Tabular for TransferLine {
    const HEAD: &'static [&'static str] = &[
        "giver",
        "transfer",
        "from",
        "from_name",
        "to",
        "to_name",
        "stage",
        "line",
        "item",
        "item_name",
        "requested",
        "committed",
        "reserved",
        "in_transit",
        "fulfilled",
        "lost",
        "unit",
        "leaves",
        "arrives",
        "changed",
    ];

    fn rows(&self) -> Vec<Vec<Cell>> {
        let rows = self.lines.iter().map(|line| {
            let counts = line.counts;
            cells![
                [self.giver.code.as_str().into(), self.id.as_str().into()],
                named(&self.from),
                named(&self.to),
                [self.stage.word().into(), i64::from(line.line).into()],
                named(&line.item),
                [
                    counts.map(|counts| counts.requested).into(),
                    counts.map(|counts| counts.committed).into(),
                    counts.and_then(|counts| counts.reserved).into(),
                    counts.and_then(|counts| counts.in_transit).into(),
                    counts.map(|counts| counts.fulfilled).into(),
                    counts.and_then(|counts| counts.lost).into(),
                    unit(&[counts.map(|counts| counts.requested)]),
                    self.leaves.clone().into(),
                    self.arrives.clone().into(),
                    self.changed.clone().into(),
                ],
            ]
        });
        rows.collect()
    }
}

impl Tabular for SuggestionLine {
    const HEAD: &'static [&'static str] = &[
        "suggestion",
        "item",
        "item_name",
        "from",
        "from_name",
        "to",
        "to_name",
        "amount",
        "unit",
        "serves",
        "taker_days_before",
        "taker_days_after",
        "giver_days_before",
        "giver_days_after",
        "giver_keeps_days",
    ];

    fn rows(&self) -> Vec<Vec<Cell>> {
        vec![cells![
            [self.id.as_str().into()],
            named(&self.item),
            named(&self.from),
            named(&self.to),
            [
                self.amount.into(),
                unit(&[self.amount]),
                self.serves.into(),
                self.taker_days_before.into(),
                self.taker_days_after.into(),
                self.giver_days_before.into(),
                self.giver_days_after.into(),
                self.giver_keeps_days.into(),
            ],
        ]]
    }
}

impl Tabular for NeedRow {
    const HEAD: &'static [&'static str] = &[
        "need",
        "community",
        "community_name",
        "item",
        "item_name",
        "urgency",
        "amount",
        "unit",
        "by",
        "every_days",
        "people",
    ];

    fn rows(&self) -> Vec<Vec<Cell>> {
        vec![cells![
            [self.id.as_str().into()],
            named(&self.community),
            named(&self.item),
            [
                self.urgency.into(),
                self.amount.into(),
                unit(&[self.amount]),
                self.by.clone().into(),
                self.every_days.map(i64::from).into(),
                self.people.map(i64::from).into(),
            ],
        ]]
    }
}

impl Tabular for OfferRow {
    const HEAD: &'static [&'static str] = &[
        "offer",
        "community",
        "community_name",
        "item",
        "item_name",
        "amount",
        "unit",
        "until",
        "take_please",
        "return_by",
    ];

    fn rows(&self) -> Vec<Vec<Cell>> {
        vec![cells![
            [self.id.as_str().into()],
            named(&self.community),
            named(&self.item),
            [
                self.amount.into(),
                unit(&[self.amount]),
                self.until.clone().into(),
                self.take_please.into(),
                self.return_by.clone().into(),
            ],
        ]]
    }
}

impl Tabular for CommunityRow {
    const HEAD: &'static [&'static str] = &[
        "community",
        "community_name",
        "standing",
        "food",
        "water",
        "food_days",
        "water_days",
        "worst_item",
        "worst_days",
        "heard",
    ];

    fn rows(&self) -> Vec<Vec<Cell>> {
        vec![cells![
            named(&self.community),
            [
                self.standing.word().into(),
                self.food.word().into(),
                self.water.word().into(),
                self.food_days.into(),
                self.water_days.into(),
                self.worst.as_ref().map(|worst| worst.item.code.as_str()).into(),
                self.worst.as_ref().and_then(|worst| worst.days).into(),
                self.heard.clone().into(),
            ],
        ]]
    }
}

impl Tabular for UnmetLine {
    const HEAD: &'static [&'static str] =
        &["place", "place_name", "item", "item_name", "open", "unit", "serves", "why"];

    fn rows(&self) -> Vec<Vec<Cell>> {
        vec![cells![
            named(&self.place),
            named(&self.item),
            [self.amount.into(), unit(&[self.amount]), self.serves.into(), self.why.into()],
        ]]
    }
}

impl Tabular for CorridorRow {
    const HEAD: &'static [&'static str] = &[
        "route",
        "from",
        "from_name",
        "to",
        "to_name",
        "mode",
        "km",
        "minutes",
        "kg_a_day",
        "closed",
        "reason",
        "since",
        "until",
        "says",
        "said",
    ];

    fn rows(&self) -> Vec<Vec<Cell>> {
        let by = self.closed_by.as_ref();
        vec![cells![
            [self.code.as_str().into()],
            named(&self.from),
            named(&self.to),
            [
                self.mode.into(),
                i64::from(self.km).into(),
                i64::from(self.minutes).into(),
                self.capacity_kg.into(),
                self.closed.into(),
                by.map(|closed| closed.reason).into(),
                by.map(|closed| closed.from.as_str()).into(),
                by.and_then(|closed| closed.until.as_deref()).into(),
                by.map(|closed| closed.by.code.as_str()).into(),
                by.map(|closed| closed.said.as_str()).into(),
            ],
        ]]
    }
}

impl Tabular for OnTheRoad {
    const HEAD: &'static [&'static str] =
        &["item", "item_name", "sent", "arrived", "came_back", "lost", "on_the_way", "difference", "unit"];

    fn rows(&self) -> Vec<Vec<Cell>> {
        vec![cells![
            named(&self.item),
            [
                self.sent.into(),
                self.arrived.into(),
                self.came_back.into(),
                self.lost.into(),
                self.on_the_way.into(),
                self.difference.into(),
                unit(&[Some(self.sent)]),
            ],
        ]]
    }
}

/// A number of entries.
fn whole(n: u64) -> Cell {
    Cell::Whole(i64::try_from(n).unwrap_or(i64::MAX))
}
