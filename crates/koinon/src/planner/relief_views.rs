//! What `koinon match --disasters` shows, printed as columns or as JSON.

use std::collections::BTreeMap;

use koinon_core::{ItemCode, PlaceCode};
use koinon_match::relief::ReliefPlan;
use serde::Serialize;

use super::relief::Disaster;
use crate::out::{Align, Out, grouped};

/// One disaster in full.
#[derive(Debug, Serialize)]
pub(super) struct ReliefView {
    disaster: String,
    day: String,
    kind: String,
    people: i64,
    /// People covered with every item.
    people_with_all: i64,
    /// People covered with at least one item.
    people_with_any: i64,
    /// Minutes until the last arrival.
    last_minute: i64,
    /// The digest of the inputs.
    inputs: String,
    sendings: Vec<SendingView>,
    items: Vec<ItemView>,
    places: Vec<PlaceView>,
}

#[derive(Debug, Serialize)]
struct SendingView {
    item: ItemCode,
    from: PlaceCode,
    to: PlaceCode,
    pieces: i64,
    minutes: i64,
}

#[derive(Debug, Serialize)]
struct ItemView {
    item: ItemCode,
    /// People covered with it.
    people: i64,
    /// People whom no depot can cover with it.
    uncovered: i64,
    pieces: i64,
    /// Pieces that nobody has, or nobody can bring.
    lacking: i64,
    last_minute: i64,
}

#[derive(Debug, Serialize)]
struct PlaceView {
    place: PlaceCode,
    people: i64,
    with_any: i64,
    with_all: i64,
    /// Minutes until the first arrival; none when nothing comes.
    first_minute: Option<i64>,
}

/// Every disaster in one line, and totals.
#[derive(Debug, Serialize)]
pub(super) struct AllView {
    disasters: Vec<LineView>,
    /// Person for person over all disasters; somebody hit twice counts twice.
    total: TotalView,
}

#[derive(Debug, Serialize)]
struct LineView {
    disaster: String,
    day: String,
    kind: String,
    places: usize,
    people: i64,
    people_with_any: i64,
    people_with_all: i64,
    pieces: i64,
    last_minute: i64,
}

#[derive(Debug, Serialize)]
struct TotalView {
    disasters: usize,
    people: i64,
    people_with_any: i64,
    people_with_all: i64,
    pieces: i64,
    items: Vec<ItemTotalView>,
}

/// One item over all disasters.
#[derive(Debug, Serialize)]
struct ItemTotalView {
    item: ItemCode,
    people: i64,
    uncovered: i64,
    pieces: i64,
}

/// Makes the view of one disaster.
pub(super) fn one(disaster: &Disaster, plan: &ReliefPlan) -> ReliefView {
    let mut sendings: Vec<_> = plan.sendings.iter().collect();
    sendings.sort_by_key(|s| (&s.item, s.minutes, &s.depot, &s.place));
    ReliefView {
        disaster: disaster.id.clone(),
        day: disaster.day.to_string(),
        kind: disaster.kind.clone(),
        people: disaster.people(),
        people_with_all: plan.people_with_all(),
        people_with_any: plan.people_with_any(),
        last_minute: plan.last_minute(),
        inputs: plan.inputs.to_string(),
        sendings: sendings
            .into_iter()
            .map(|s| SendingView {
                item: s.item.clone(),
                from: s.depot.clone(),
                to: s.place.clone(),
                pieces: s.units,
                minutes: s.minutes,
            })
            .collect(),
        items: plan
            .items
            .iter()
            .map(|total| ItemView {
                item: total.item.clone(),
                people: total.people,
                uncovered: total.uncovered,
                pieces: total.units,
                lacking: total.lacking,
                last_minute: total.last_minute,
            })
            .collect(),
        places: plan
            .places
            .iter()
            .map(|total| PlaceView {
                place: total.place.clone(),
                people: total.people,
                with_any: total.with_any,
                with_all: total.with_all,
                first_minute: total.first_minute,
            })
            .collect(),
    }
}

/// Makes the view of all disasters.
pub(super) fn all(disasters: &[Disaster], plans: &[ReliefPlan]) -> AllView {
    let lines: Vec<LineView> = disasters
        .iter()
        .zip(plans)
        .map(|(disaster, plan)| LineView {
            disaster: disaster.id.clone(),
            day: disaster.day.to_string(),
            kind: disaster.kind.clone(),
            places: disaster.affected.len(),
            people: disaster.people(),
            people_with_any: plan.people_with_any(),
            people_with_all: plan.people_with_all(),
            pieces: plan.items.iter().map(|item| item.units).fold(0, i64::saturating_add),
            last_minute: plan.last_minute(),
        })
        .collect();
    let sum = |of: fn(&LineView) -> i64| lines.iter().map(of).fold(0, i64::saturating_add);
    let total = TotalView {
        disasters: lines.len(),
        people: sum(|line| line.people),
        people_with_any: sum(|line| line.people_with_any),
        people_with_all: sum(|line| line.people_with_all),
        pieces: sum(|line| line.pieces),
        items: item_totals(plans),
    };
    AllView { disasters: lines, total }
}

/// Adds each item up over all disasters.
fn item_totals(plans: &[ReliefPlan]) -> Vec<ItemTotalView> {
    let mut totals: BTreeMap<&ItemCode, [i64; 3]> = BTreeMap::new();
    for item in plans.iter().flat_map(|plan| &plan.items) {
        let sums = totals.entry(&item.item).or_default();
        for (sum, more) in sums.iter_mut().zip([item.people, item.uncovered, item.units]) {
            *sum = sum.saturating_add(more);
        }
    }
    totals
        .into_iter()
        .map(|(item, [people, uncovered, pieces])| ItemTotalView {
            item: item.clone(),
            people,
            uncovered,
            pieces,
        })
        .collect()
}

/// Minutes as hours with one decimal, rounded up.
fn hours(minutes: i64) -> String {
    let tenths = (minutes + 5).div_euclid(6);
    format!("{}.{} h", tenths / 10, tenths % 10)
}

fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

/// Prints one disaster in columns.
pub(super) fn print_one(view: &ReliefView, out: &mut Out) -> anyhow::Result<()> {
    use Align::{Left, Right};
    let mut rows = vec![row(["item", "from", "to", "pieces", "arrives after"])];
    for s in &view.sendings {
        let after = hours(s.minutes);
        rows.push(row([s.item.as_str(), s.from.as_str(), s.to.as_str(), &grouped(s.pieces), &after]));
    }
    out.table(&[Left, Left, Left, Right, Right], &rows)?;
    out.line("")?;
    let mut rows = vec![row(["item", "people covered", "not covered", "pieces sent", "pieces lacking"])];
    for i in &view.items {
        let cells = [i.people, i.uncovered, i.pieces, i.lacking].map(grouped);
        let [people, uncovered, pieces, lacking] = &cells;
        rows.push(row([i.item.as_str(), people, uncovered, pieces, lacking]));
    }
    out.table(&[Left, Right, Right, Right, Right], &rows)?;
    out.line("")?;
    let mut rows = vec![row(["place", "people", "with something", "with everything", "first after"])];
    for p in &view.places {
        let first = p.first_minute.map_or_else(|| "-".to_owned(), hours);
        let cells = [p.people, p.with_any, p.with_all].map(grouped);
        let [people, any, all] = &cells;
        rows.push(row([p.place.as_str(), people, any, all, &first]));
    }
    out.table(&[Left, Right, Right, Right, Right], &rows)?;
    Ok(())
}

/// One sentence about one disaster.
pub(super) fn summary(view: &ReliefView) -> String {
    let short: String = view.inputs.chars().take(8).collect();
    format!(
        "{} of {}: something for {} of {} people, everything for {}; the last load arrives after {}; check number \
         {short}",
        view.kind,
        view.day,
        grouped(view.people_with_any),
        grouped(view.people),
        grouped(view.people_with_all),
        hours(view.last_minute),
    )
}

/// Prints all disasters in columns.
pub(super) fn print_all(view: &AllView, out: &mut Out) -> anyhow::Result<()> {
    use Align::{Left, Right};
    let head = [
        "disaster",
        "day",
        "kind",
        "places",
        "people",
        "with something",
        "with everything",
        "pieces",
        "last",
    ];
    let mut rows = vec![row(head)];
    for line in &view.disasters {
        let cells = [line.people, line.people_with_any, line.people_with_all, line.pieces].map(grouped);
        let [people, any, all, pieces] = &cells;
        let (places, last) = (line.places.to_string(), hours(line.last_minute));
        rows.push(row([&line.disaster, &line.day, &line.kind, &places, people, any, all, pieces, &last]));
    }
    let total = &view.total;
    let cells = [total.people, total.people_with_any, total.people_with_all, total.pieces].map(grouped);
    let [people, any, all, pieces] = &cells;
    let count = format!("all {}", total.disasters);
    rows.push(row([&count, "", "", "", people, any, all, pieces, ""]));
    out.table(&[Left, Left, Left, Right, Right, Right, Right, Right, Right], &rows)?;
    out.line("")?;
    let mut rows = vec![row(["item", "people covered", "not covered", "pieces sent"])];
    for item in &total.items {
        let cells = [item.people, item.uncovered, item.pieces].map(grouped);
        let [people, uncovered, pieces] = &cells;
        rows.push(row([item.item.as_str(), people, uncovered, pieces]));
    }
    out.table(&[Left, Right, Right, Right], &rows)?;
    Ok(())
}
