//! The map of the region: who stands where, the ways between, what moves and what could.

use koinon_chart::{
    Caption, Corridor, Place, PlaceKind, Plane, RegionMap, Transfer, TransferState, TravelMode,
};
use maud::{Markup, html};

use super::{label, plot, row_word};
use crate::components::chart;
use crate::i18n::Speak as _;
use crate::pages::{count_of, days, in_sentence};
use crate::t;
use crate::ui::Ui;
use crate::views::{CommunityRow, RegionView, Stage};

/// How many pairs of places the map joins by arrows; the table under it has every transfer.
const ARROWS_SHOWN: usize = 5;
/// How many suggestions the map and its table tell of.
const MAP_SUGGESTIONS: usize = 12;

/// The map with its table, and what of it is only in the table or in neither.
pub(super) fn picture(ui: &Ui, map: &RegionMap) -> Markup {
    let left_out = map.routes_left_out();
    html! {
        (chart(ui, map))
        @if left_out > 0 { p.small.muted { (t!(ui, "region-routes-left-out", n = count_of(left_out))) } }
        @if !map.unseen.is_empty() {
            p.small.muted { (t!(ui, "region-arrows-left-out", n = count_of(map.unseen.len()))) }
        }
    }
}

/// The map of the region.
pub(super) fn map(ui: &Ui, view: &RegionView) -> RegionMap {
    let community = |row: &CommunityRow| Place {
        id: row.community.code.clone(),
        label: row.community.name.clone(),
        kind: PlaceKind::Community,
        status: row.standing.status(),
        status_text: row_word(ui, row),
        note: note(ui, row),
        x: degrees(row.lon_micro),
        y: degrees(row.lat_micro),
        href: Some(format!("/community/{}", row.community.code)),
    };
    let mut ring: Vec<&CommunityRow> = view.communities.iter().collect();
    ring.sort_by(|a, b| a.community.code.cmp(&b.community.code));
    let hubs = view.hubs.iter().map(|(hub, lon, lat)| Place {
        id: hub.code.clone(),
        label: hub.name.clone(),
        kind: PlaceKind::Hub,
        status: koinon_chart::Status::Enough,
        status_text: t!(ui, "region-hub"),
        x: degrees(*lon),
        y: degrees(*lat),
        ..Place::default()
    });
    let corridors = view.corridors.iter().filter(|row| row.mode != "fibre").map(|row| Corridor {
        from: row.from.code.clone(),
        to: row.to.code.clone(),
        mode: mode(row.mode),
        mode_text: mode_name(ui, row.mode),
        capacity: plot(row.capacity_kg / 1_000),
        note: if row.closed {
            crate::pages::routes::closed_note(ui, row)
        } else {
            t!(ui, "region-route-note", km = i64::from(row.km), minutes = i64::from(row.minutes))
        },
        closed: row.closed,
    });
    let suggested = view.suggestions.iter().take(MAP_SUGGESTIONS).map(|line| Transfer {
        from: line.from.code.clone(),
        to: line.to.code.clone(),
        label: label(ui, &in_sentence(&line.item.name), line.amount),
        state: TransferState::Proposed,
        state_text: t!(ui, "region-suggested"),
    });
    let moving = view.transfers.iter().filter_map(|line| {
        let first = line.lines.first()?;
        Some(Transfer {
            from: line.from.code.clone(),
            to: line.to.code.clone(),
            label: label(ui, &in_sentence(&first.item.name), first.counts.map(|counts| counts.committed)),
            state: if line.stage == Stage::UnderWay {
                TransferState::UnderWay
            } else {
                TransferState::Proposed
            },
            state_text: crate::pages::transfers_board::stage_word(ui, line.stage),
        })
    });
    let mut all: Vec<Transfer> = moving.chain(suggested).collect();
    // What moves comes first, then what is agreed, then what is most urgent.
    all.sort_by_key(|transfer| transfer.state == TransferState::Proposed);
    let mut pairs: Vec<(String, String)> = Vec::new();
    for transfer in &all {
        let pair = (transfer.from.clone(), transfer.to.clone());
        if pairs.len() < ARROWS_SHOWN && !pairs.contains(&pair) {
            pairs.push(pair);
        }
    }
    let (transfers, unseen) =
        all.into_iter().partition(|transfer| pairs.contains(&(transfer.from.clone(), transfer.to.clone())));
    let desc = t!(ui, "region-map-desc", n = count_of(view.communities.len()));
    RegionMap {
        caption: Caption::new(t!(ui, "region-map"), desc).rtl(ui.lang().is_rtl()),
        headings: [t!(ui, "region-col-what"), t!(ui, "region-col-stands"), t!(ui, "region-col-more")],
        plane: Plane::LonLat,
        places: ring.into_iter().map(community).chain(hubs).collect(),
        corridors: corridors.collect(),
        transfers,
        unseen,
    }
}

fn degrees(micro: i32) -> f64 {
    f64::from(micro) / 1_000_000.0
}

fn note(ui: &Ui, row: &CommunityRow) -> String {
    match (row.food_days, row.water_days) {
        (Some(food), Some(water)) => {
            t!(ui, "region-map-note", food = days(ui, food), water = days(ui, water))
        }
        (Some(food), None) => t!(ui, "region-map-note-food", food = days(ui, food)),
        _ => String::new(),
    }
}

fn mode(word: &str) -> TravelMode {
    match word {
        "rail" => TravelMode::Rail,
        "shuttle" => TravelMode::Shuttle,
        "water" => TravelMode::Water,
        "wire" => TravelMode::Wire,
        "pipe" => TravelMode::Pipe,
        "fibre" => TravelMode::Fibre,
        _ => TravelMode::Road,
    }
}

/// The name of a means of travel.
pub fn mode_name(ui: &Ui, word: &str) -> String {
    match word {
        "rail" => t!(ui, "mode-rail"),
        "shuttle" => t!(ui, "mode-shuttle"),
        "water" => t!(ui, "mode-water"),
        "wire" => t!(ui, "mode-wire"),
        "pipe" => t!(ui, "mode-pipe"),
        "fibre" => t!(ui, "mode-fibre"),
        _ => t!(ui, "mode-road"),
    }
}
