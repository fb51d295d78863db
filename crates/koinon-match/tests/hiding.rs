//! What somebody can gain by saying less than it has or more than it needs, and what nobody can.
//!
//! Each law is tried on random towns of one item: a plan by true figures beside the plan after one place has lied.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

mod support;

use koinon_core::{ItemCode, PlaceCode};
use koinon_ledger::fact::Urgency;
use koinon_match::Problem;
use koinon_match::what_if::{Change, Effect, alone, what_if};
use proptest::prelude::*;

use support::Town;

const PLACES: [&str; 5] = ["aa", "bb", "cc", "dd", "ee"];

/// Stock, daily use and days kept of each place; a need at two of them; capacities of the roads of a ring.
type Draw = (Vec<(i64, i64, i64)>, Vec<(usize, i64, bool)>, Vec<i64>);

fn draws() -> impl Strategy<Value = Draw> {
    // Plenty in some towns, and in most places of others less than they keep.
    let stock = prop_oneof![0..4_000_i64, 0..300_i64, 0..300_i64];
    let place = (stock, 1..60_i64, 1..20_i64);
    let need = (0..PLACES.len(), 1..900_i64, any::<bool>());
    let road = prop_oneof![Just(1_000_i64), 0..3_i64];
    (
        proptest::collection::vec(place, PLACES.len()),
        proptest::collection::vec(need, 0..4),
        proptest::collection::vec(road, PLACES.len()),
    )
}

/// Givers are told apart in so many bands of cover; what lies above is given without a second thought, and who of equals gives
/// it is no gain and no loss.
const BANDS: i64 = 12;

/// What fairness may leave to a place beside the law: cover is filled day by day, and givers whose cover differs by less than
/// the agreed slack count as equal. So much of its own use, and a unit of rounding.
fn slack(draw: &Draw, at: usize, slack_days: u32) -> i64 {
    draw.0[at].1 * (i64::from(slack_days.max(1)) + 1) + 1
}

/// What a place truly has after a plan, as far as anybody counts it.
fn worth(draw: &Draw, at: usize, slack_days: u32, effects: &[Effect]) -> i64 {
    let (stock, a_day, days) = draw.0[at];
    let counted = a_day * days.max(BANDS * i64::from(slack_days.max(1)));
    (stock + net(effects, &PLACES[at].parse().unwrap())).min(counted)
}

/// The same where one place states no need. Which of two needs of equal urgency gets the last of something is settled by ways and by
/// givers, so a small change anywhere may settle it otherwise: no law of hiding holds there.
fn asking_nothing((places, mut needs, roads): Draw, at: usize) -> Draw {
    needs.retain(|(place, ..)| *place != at);
    (places, needs, roads)
}

fn town((places, needs, roads): &Draw, slack_days: u32) -> Problem {
    let mut town = Town::new(&PLACES).item("rice");
    town.0.rules.equity_slack_days = slack_days;
    for (code, (stock, a_day, days)) in PLACES.iter().zip(places) {
        town = town.has(code, "rice", *stock).uses(code, "rice", *a_day, *days);
    }
    for (at, amount, lives) in needs {
        let urgency = if *lives { Urgency::MustHave } else { Urgency::Needed };
        town = town.needs(PLACES[*at], "rice", *amount, urgency, 5);
    }
    for (at, kg) in roads.iter().enumerate() {
        town = town.road_of(PLACES[at], PLACES[(at + 1) % PLACES.len()], 60, *kg, false);
    }
    alone(&town.0, None, &rice()).unwrap()
}

fn rice() -> ItemCode {
    "rice".parse().unwrap()
}

fn of(effects: &[Effect], place: &PlaceCode) -> Effect {
    effects.iter().find(|effect| effect.place == *place).unwrap().clone()
}

/// What arrives less what leaves.
fn net(effects: &[Effect], place: &PlaceCode) -> i64 {
    let effect = of(effects, place);
    effect.comes - effect.goes
}

/// Base units that lives depend on and that stay open, everywhere together: who of those in equal need gets the last of it is nobody's
/// gain.
fn lives_open(effects: &[Effect]) -> i64 {
    effects.iter().map(|effect| effect.open.0).sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    /// Hiding stock brings at most what was hidden: nobody ends with more than that above what honesty would have left it.
    #[test]
    fn hiding_brings_no_more_than_what_was_hidden(draw in draws(), at in 0..PLACES.len(), per_mille in 1..1_000_i64, slack_days in 0..9_u32) {
        let draw = asking_nothing(draw, at);
        let problem = town(&draw, slack_days);
        let liar: PlaceCode = PLACES[at].parse().unwrap();
        let hidden = draw.0[at].0 * per_mille / 1_000;
        let honest = what_if(&problem, &[]).unwrap();
        let lied = what_if(&problem, &[Change::Counted { place: liar.clone(), by: -hidden }]).unwrap();
        let gain = worth(&draw, at, slack_days, &lied) - worth(&draw, at, slack_days, &honest);
        let slack = slack(&draw, at, slack_days);
        prop_assert!(gain <= hidden + slack, "{hidden} hidden, {gain} gained, slack {slack}");
        let lost = lives_open(&lied) - lives_open(&honest);
        prop_assert!(lost <= hidden, "{hidden} hidden, {lost} missing where lives depend on it");
    }

    /// Who asks for more of what is only needed takes nothing from what lives depend on, anywhere.
    #[test]
    fn asking_for_more_takes_nothing_from_lives(draw in draws(), at in 0..PLACES.len(), per_mille in 1_000..9_000_u32) {
        let (places, needs, roads) = draw;
        let needs: Vec<_> = needs.into_iter().map(|(place, amount, lives)| (place, amount, lives && place != at)).collect();
        let problem = town(&(places, needs, roads), 0);
        let liar: PlaceCode = PLACES[at].parse().unwrap();
        let honest = what_if(&problem, &[]).unwrap();
        let lied = what_if(&problem, &[Change::Asks { place: liar.clone(), per_mille }]).unwrap();
        prop_assert_eq!(lives_open(&lied), lives_open(&honest));
    }

    /// Who counts more people than it has keeps more of its own, and gains no more than what it says it keeps.
    #[test]
    fn more_people_than_there_are_bring_no_more_than_what_they_would_keep(
        draw in draws(), at in 0..PLACES.len(), per_mille in 1_001..4_000_u32, slack_days in 0..9_u32,
    ) {
        let draw = asking_nothing(draw, at);
        let problem = town(&draw, slack_days);
        let liar: PlaceCode = PLACES[at].parse().unwrap();
        let honest = what_if(&problem, &[]).unwrap();
        let lied = what_if(&problem, &[Change::Uses { place: liar.clone(), per_mille }]).unwrap();
        let (_, a_day, days) = draw.0[at];
        let more = a_day * (days + BANDS * i64::from(slack_days.max(1))) * i64::from(per_mille - 1_000) / 1_000;
        let gain = worth(&draw, at, slack_days, &lied) - worth(&draw, at, slack_days, &honest);
        let slack = slack(&draw, at, slack_days) * 4;
        prop_assert!(gain <= more + slack, "{more} more kept, {gain} gained, slack {slack}");
        let lost = lives_open(&lied) - lives_open(&honest);
        prop_assert!(lost <= more, "{more} more kept, {lost} missing where lives depend on it");
    }

    /// Who says it has more than it has loses by it: less comes, or more is taken.
    #[test]
    fn boasting_brings_nothing(draw in draws(), at in 0..PLACES.len(), more in 1..2_000_i64, slack_days in 0..9_u32) {
        let draw = asking_nothing(draw, at);
        let problem = town(&draw, slack_days);
        let liar: PlaceCode = PLACES[at].parse().unwrap();
        let honest = what_if(&problem, &[]).unwrap();
        let lied = what_if(&problem, &[Change::Counted { place: liar.clone(), by: more }]).unwrap();
        let gain = worth(&draw, at, slack_days, &lied) - worth(&draw, at, slack_days, &honest);
        let slack = slack(&draw, at, slack_days);
        prop_assert!(gain <= slack, "{gain} gained, slack {slack}");
    }
}
