//! What `koinon preposition` shows: one view, printed as columns or as JSON.

use koinon_core::{ItemCode, PlaceCode};
use koinon_match::preposition::{Balance, Outcome, PrepositionPlan};
use serde::Serialize;

use crate::out::{Align, Out, grouped};

/// The whole plan. People and hours are means over the disasters, each as likely as its weight says; what is exact stands beside them.
#[derive(Debug, Serialize)]
pub(super) struct PrepositionView {
    disasters: usize,
    /// The sum of their weights.
    weights: i128,
    /// How many parts make a person, in all figures that count parts.
    person_parts: i64,
    /// The digest of the region's roads and the tables.
    inputs: String,
    /// The check number: equal inputs give an equal one everywhere.
    digest: String,
    /// The effort now over the effort then, for all items, in thousandths; none where they do not compare.
    balance_thousandths: Option<i64>,
    /// No placing covers more people than this, in a mean disaster.
    people_at_most: i64,
    /// What no placing can bring the effort of this plan down by, in millionths of it.
    gap_millionths: i64,
    /// Whether that is said of a plan in which every place may hold stock, while few may.
    few_places: bool,
    items: Vec<ItemView>,
    places: Vec<PlaceView>,
    placed: Vec<PlacedView>,
    moves: Vec<MoveView>,
    #[serde(skip)]
    people: [i64; 2],
    #[serde(skip)]
    hours: [i64; 2],
}

#[derive(Debug, Serialize)]
struct ItemView {
    item: ItemCode,
    pieces: i64,
    /// Pieces to be bought.
    added: i64,
    now: OutcomeView,
    then: OutcomeView,
    /// The effort now over the effort then, in thousandths.
    balance_thousandths: Option<i64>,
    /// Why there is no such figure.
    balance: &'static str,
}

#[derive(Debug, Serialize)]
struct OutcomeView {
    /// People covered in a mean disaster.
    people: i64,
    /// Hours until a person who is covered has it, in tenths, in the mean.
    hours_tenths: i64,
    /// Parts of persons over all disasters, by weight.
    parts: i128,
    /// Parts times minutes on the road over all disasters, by weight.
    part_minutes: i128,
}

#[derive(Debug, Serialize)]
struct PlaceView {
    place: PlaceCode,
    holds_now: bool,
    open: bool,
    pieces_now: i64,
    pieces_then: i64,
}

#[derive(Debug, Serialize)]
struct PlacedView {
    item: ItemCode,
    place: PlaceCode,
    now: i64,
    then: i64,
}

#[derive(Debug, Serialize)]
struct MoveView {
    item: ItemCode,
    /// None where the pieces are bought.
    from: Option<PlaceCode>,
    to: PlaceCode,
    pieces: i64,
    /// People covered more in a mean disaster.
    people_more: i64,
    /// Hours of waiting of all people together that it saves in a mean disaster; below zero where more people are covered for it.
    person_hours_less: i64,
    parts_more: i128,
    part_minutes_less: i128,
}

/// Rounds a ratio to the nearest whole number.
fn ratio(top: i128, below: i128) -> i64 {
    if below <= 0 {
        return 0;
    }
    i64::try_from((2 * top + below).div_euclid(2 * below)).unwrap_or(i64::MAX)
}

/// Makes the view.
pub(super) fn preposition(plan: &PrepositionPlan, disasters: usize, few_places: bool) -> PrepositionView {
    let mean = plan.weights.max(1) * i128::from(plan.person);
    let outcome = |one: Outcome| OutcomeView {
        people: ratio(one.parts, mean),
        hours_tenths: ratio(one.part_minutes, one.parts * 6),
        parts: one.parts,
        part_minutes: one.part_minutes,
    };
    let all = |of: fn(&koinon_match::preposition::ItemPlan) -> Outcome| {
        plan.items.iter().map(of).fold(Outcome::default(), |sum, one| Outcome {
            parts: sum.parts + one.parts,
            part_minutes: sum.part_minutes + one.part_minutes,
        })
    };
    let (now, then) = (all(|item| item.now), all(|item| item.best));
    let compares = plan.items.iter().all(|item| matches!(item.balance, Balance::Thousandths(_)));
    let thousandths = |balance: Balance| match balance {
        Balance::Thousandths(thousandths) => Some(thousandths),
        _ => None,
    };
    let least: i128 = plan.bounds.iter().map(|bound| bound.part_minutes).sum();
    let most: i128 = plan.bounds.iter().map(|bound| bound.parts).sum();
    let items = plan.items.iter().map(|item| ItemView {
        item: item.item.clone(),
        pieces: item.units,
        added: item.added,
        now: outcome(item.now),
        then: outcome(item.best),
        balance_thousandths: thousandths(item.balance),
        balance: match item.balance {
            Balance::Thousandths(_) => "effort now over effort then",
            Balance::OtherPeople => "other people are covered",
            Balance::OtherStock => "there is more stock then",
            Balance::NoEffort => "nothing is on the road then",
        },
    });
    let pieces = |place: &PlaceCode, of: fn(&koinon_match::preposition::Placed) -> i64| {
        plan.placed.iter().filter(|one| one.site == *place).map(of).fold(0, i64::saturating_add)
    };
    let places = plan.sites.iter().map(|site| PlaceView {
        place: site.site.clone(),
        holds_now: site.holds_now,
        open: site.opens,
        pieces_now: pieces(&site.site, |one| one.now),
        pieces_then: pieces(&site.site, |one| one.best),
    });
    let placed = plan.placed.iter().map(|one| PlacedView {
        item: one.item.clone(),
        place: one.site.clone(),
        now: one.now,
        then: one.best,
    });
    let moves = plan.moves.iter().map(|one| {
        let parts_more = one.after.parts - one.before.parts;
        let part_minutes_less = one.before.part_minutes - one.after.part_minutes;
        MoveView {
            item: one.item.clone(),
            from: one.from.clone(),
            to: one.to.clone(),
            pieces: one.units,
            people_more: ratio(parts_more, mean),
            person_hours_less: ratio(part_minutes_less, mean * 60),
            parts_more,
            part_minutes_less,
        }
    });
    PrepositionView {
        disasters,
        weights: plan.weights,
        person_parts: plan.person,
        inputs: plan.inputs.to_string(),
        digest: plan.digest.to_string(),
        balance_thousandths: compares.then(|| thousandths(Balance::of(now, then, 0))).flatten(),
        people_at_most: ratio(most, mean),
        gap_millionths: ratio((then.part_minutes - least) * 1_000_000, then.part_minutes),
        few_places,
        items: items.collect(),
        places: places.collect(),
        placed: placed.collect(),
        moves: moves.collect(),
        people: [now, then].map(|one| ratio(one.parts, mean)),
        hours: [now, then].map(|one| ratio(one.part_minutes, mean * 60)),
    }
}

fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

/// Tenths of hours.
fn hours(tenths: i64) -> String {
    format!("{}.{} h", tenths / 10, tenths % 10)
}

/// Thousandths as a number with two decimals.
fn decimal(thousandths: i64) -> String {
    let hundredths = (thousandths + 5) / 10;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// Prints the plan in columns.
pub(super) fn print(view: &PrepositionView, out: &mut Out) -> anyhow::Result<()> {
    use Align::{Left, Right};
    if view.is_empty() {
        return Ok(());
    }
    let head = ["item", "pieces", "people now", "people then", "hours now", "hours then", "balance"];
    let mut rows = vec![row(head)];
    for item in &view.items {
        let cells = [item.pieces + item.added, item.now.people, item.then.people].map(grouped);
        let [pieces, now, then] = &cells;
        let balance = item.balance_thousandths.map_or_else(|| "-".to_owned(), decimal);
        let waits = [item.now.hours_tenths, item.then.hours_tenths].map(hours);
        rows.push(row([item.item.as_str(), pieces, now, then, &waits[0], &waits[1], &balance]));
    }
    out.table(&[Left, Right, Right, Right, Right, Right, Right], &rows)?;
    out.line("")?;
    let mut rows = vec![row(["place", "pieces now", "pieces then", ""])];
    for place in view.places.iter().filter(|place| place.holds_now || place.open) {
        let [now, then] = &[place.pieces_now, place.pieces_then].map(grouped);
        let note = match (place.holds_now, place.open) {
            (false, true) => "opens",
            (true, false) => "not needed",
            _ => "",
        };
        rows.push(row([place.place.as_str(), now, then, note]));
    }
    out.table(&[Left, Right, Right, Left], &rows)?;
    if view.moves.is_empty() {
        return Ok(());
    }
    out.line("")?;
    let mut rows = vec![row(["move", "from", "to", "pieces", "people more", "hours less, all together"])];
    for one in &view.moves {
        let cells = [one.pieces, one.people_more].map(grouped);
        let hours = signed(one.person_hours_less);
        let from = one.from.as_ref().map_or("(bought)", |from| from.as_str());
        rows.push(row([one.item.as_str(), from, one.to.as_str(), &cells[0], &cells[1], &hours]));
    }
    out.table(&[Left, Left, Left, Right, Right, Right], &rows)?;
    Ok(())
}

fn signed(number: i64) -> String {
    if number < 0 { format!("-{}", grouped(number.saturating_neg())) } else { grouped(number) }
}

impl PrepositionView {
    /// Whether nothing is placed.
    pub(super) fn is_empty(&self) -> bool {
        self.placed.is_empty()
    }

    /// One sentence about the plan.
    pub(super) fn summary(&self) -> String {
        if self.is_empty() {
            return "There is nothing to place.".to_owned();
        }
        let short: String = self.digest.chars().take(8).collect();
        let [people, then] = self.people.map(grouped);
        let [hours, later] = self.hours.map(grouped);
        let balance = self.balance_thousandths.map_or_else(String::new, |balance| {
            format!("; the balance is {} (1.00 is best)", decimal(balance))
        });
        let which = if self.few_places { "even with every place open, " } else { "" };
        let gap = format!("{}.{:02} %", self.gap_millionths / 10_000, self.gap_millionths / 100 % 100);
        format!(
            "In the mean of {} disasters, items reach {people} people now and {then} then, each counted for every item, in {hours} \
             and {later} hours of all people together{balance}. Checked: {which}no placing covers more than {} or takes less by more than {gap}; check number {short}",
            self.disasters,
            grouped(self.people_at_most),
        )
    }
}
