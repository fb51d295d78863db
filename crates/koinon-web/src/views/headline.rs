//! The one sentence over the region, chosen so that it is true whatever is known: who is short and who helps, else what
//! is not known, and only then that everyone has enough. It refuses to say "everyone" while anything is unknown.

use serde::Serialize;
use utoipa::ToSchema;

use super::{CommunityRow, Named, Standing};

/// The one true sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Headline {
    /// A community has less food or water than all keep, and a neighbour can help.
    CanHelp {
        /// Who has less.
        place: Named,
        /// `food` or `water`.
        group: &'static str,
        /// For how many days it lasts; empty for guests.
        days: Option<i64>,
        /// Who can help.
        helper: Named,
    },
    /// A community has less, and help is agreed.
    HelpAgreed {
        /// Who has less.
        place: Named,
        /// `food` or `water`.
        group: &'static str,
        /// For how many days it lasts; empty for guests.
        days: Option<i64>,
        /// Who helps.
        helper: Named,
    },
    /// A community has less, and nobody was found who can help.
    Alone {
        /// Who has less.
        place: Named,
        /// `food` or `water`.
        group: &'static str,
        /// For how many days it lasts; empty for guests.
        days: Option<i64>,
    },
    /// One thing is not enough somewhere, and food and water are nowhere known to be short.
    OneThing {
        /// Who has too little.
        place: Named,
        /// Of what.
        item: Named,
        /// For how many days it lasts; empty for guests.
        days: Option<i64>,
        /// Whether it is known that everyone has enough food and water.
        else_enough: bool,
    },
    /// No count of anybody is known here.
    NothingCounted,
    /// Counts are known, but everybody's are too old to go by.
    NobodyHeard,
    /// Things are counted, but nobody's food or water.
    NoFoodCounted {
        /// How many communities that were heard have counted something.
        counted: usize,
        /// Of how many.
        of: usize,
    },
    /// Nobody who was heard is short, but of some too little is known.
    Unclear {
        /// Of how many communities food or water is not known, silent ones among them.
        unknown: usize,
        /// Of how many.
        of: usize,
    },
    /// Everyone who was heard has enough, but some were not heard.
    Silent {
        /// Who was heard longest ago.
        place: Named,
        /// How many were not heard lately.
        count: usize,
    },
    /// Everyone has enough.
    Everyone {
        /// The fewest days of food that anyone has; empty for guests.
        days: Option<i64>,
    },
    /// No region is in force yet.
    NoRegion,
}

/// The worst-off community of those that were heard and have too little food, else too little water: which, of what
/// (`food` or `water`), and for how many days.
pub(super) fn low(rows: &[CommunityRow]) -> Option<(&CommunityRow, &'static str, Option<i64>)> {
    let of = |row: &CommunityRow, group| match group {
        "food" => (row.food, row.food_days),
        _ => (row.water, row.water_days),
    };
    ["food", "water"].into_iter().find_map(|group| {
        let too_little = |row: &&CommunityRow| matches!(of(row, group).0, Standing::Short | Standing::Watch);
        let worst = rows.iter().filter(|row| row.in_touch).filter(too_little).min_by_key(|row| {
            let (standing, days) = of(row, group);
            (days.is_none(), days, standing, row.community.code.clone())
        });
        worst.map(|row| (row, group, of(row, group).1))
    })
}

/// The sentence where nobody who was heard has too little food or water.
pub(super) fn where_none_is_low(rows: &[CommunityRow]) -> Headline {
    if rows.is_empty() {
        return Headline::NoRegion;
    }
    let heard = || rows.iter().filter(|row| row.in_touch);
    let is_clear =
        |row: &CommunityRow| row.in_touch && row.food == Standing::Enough && row.water == Standing::Enough;
    let unknown = rows.iter().filter(|row| !is_clear(row)).count();
    let lacks = heard().filter_map(|row| Some((row, row.worst.as_ref()?)));
    let short = lacks.filter(|(_, worst)| worst.standing == Standing::Short);
    if let Some((row, worst)) = short.min_by_key(|(row, worst)| (worst.days, row.community.code.clone())) {
        let (place, item) = (row.community.clone(), worst.item.clone());
        return Headline::OneThing { place, item, days: worst.days, else_enough: unknown == 0 };
    }
    if !rows.iter().any(|row| row.is_counted) {
        return Headline::NothingCounted;
    }
    if heard().next().is_none() {
        return Headline::NobodyHeard;
    }
    if heard().all(|row| row.food == Standing::Unknown && row.water == Standing::Unknown) {
        let counted = heard().filter(|row| row.is_counted).count();
        return Headline::NoFoodCounted { counted, of: rows.len() };
    }
    if heard().any(|row| !is_clear(row)) {
        return Headline::Unclear { unknown, of: rows.len() };
    }
    let silent = || rows.iter().filter(|row| !row.in_touch);
    match silent().min_by_key(|row| row.heard.clone()) {
        Some(first) => Headline::Silent { place: first.community.clone(), count: silent().count() },
        None => Headline::Everyone { days: rows.iter().filter_map(|row| row.food_days).min() },
    }
}

#[cfg(test)]
mod tests {
    use super::super::Worst;
    use super::*;
    use Standing::{Enough, Short, Unknown, Watch};

    /// What is known of one community: heard?, anything counted?, food, water, days of food, something else short?
    type Known = (bool, bool, Standing, Standing, Option<i64>, bool);

    fn row(index: usize, (in_touch, is_counted, food, water, food_days, lacks): Known) -> CommunityRow {
        let name = ["Alder", "Brook", "Crane"][index];
        let named = |name: &str| Named { code: name.to_lowercase(), name: name.to_owned() };
        CommunityRow {
            shares: true,
            community: named(name),
            standing: if in_touch { food.min(water) } else { Unknown },
            food,
            water,
            food_days,
            water_days: None,
            worst: lacks.then(|| Worst {
                item: named("Insulin"),
                standing: Short,
                days: Some(1),
                floor_days: None,
            }),
            in_touch,
            is_counted,
            heard: in_touch.then(String::new),
            lon_micro: 0,
            lat_micro: 0,
        }
    }

    const FINE: Known = (true, true, Enough, Enough, Some(40), false);
    const NEW: Known = (true, false, Unknown, Unknown, None, false);
    const NEVER: Known = (false, false, Unknown, Unknown, None, false);
    const GONE: Known = (false, true, Enough, Enough, Some(40), false);
    const DEPOT: Known = (true, true, Unknown, Unknown, None, false);
    const NO_WATER: Known = (true, true, Enough, Unknown, Some(40), false);
    const SICK: Known = (true, true, Enough, Enough, Some(40), true);
    const HUNGRY: Known = (true, true, Short, Enough, Some(3), false);
    const HUNGRY_ONCE: Known = (false, true, Short, Enough, Some(3), false);

    fn said(known: &[Known]) -> String {
        let rows: Vec<CommunityRow> =
            known.iter().enumerate().map(|(index, known)| row(index, *known)).collect();
        match low(&rows) {
            Some((row, group, days)) => format!("low {} {group} {days:?}", row.community.code),
            None => match where_none_is_low(&rows) {
                Headline::Silent { place, count } => format!("silent {} {count}", place.code),
                Headline::OneThing { place, else_enough, .. } => {
                    format!("thing {} {else_enough}", place.code)
                }
                other => format!("{other:?}"),
            },
        }
    }

    #[test]
    fn the_sentence_is_true_in_every_state() {
        let cases: [(&[Known], &str); 18] = [
            (&[], "NoRegion"),
            (&[NEW], "NothingCounted"),
            (&[NEW, NEVER, NEVER], "NothingCounted"),
            (&[NEVER, NEVER], "NothingCounted"),
            (&[DEPOT, DEPOT, NEW], "NoFoodCounted { counted: 2, of: 3 }"),
            (&[DEPOT, NEVER], "NoFoodCounted { counted: 1, of: 2 }"),
            (&[NEW, GONE], "NoFoodCounted { counted: 0, of: 2 }"),
            (&[GONE, GONE], "NobodyHeard"),
            (&[GONE, NEVER], "NobodyHeard"),
            (&[NO_WATER, FINE], "Unclear { unknown: 1, of: 2 }"),
            (&[FINE, NEW, NEVER], "Unclear { unknown: 2, of: 3 }"),
            (&[FINE, NEVER], "silent brook 1"),
            (&[FINE, GONE, NEVER], "silent brook 2"),
            (&[FINE, FINE, FINE], "Everyone { days: Some(40) }"),
            (&[FINE, SICK], "thing brook true"),
            (&[NEW, SICK, NEVER], "thing brook false"),
            (&[FINE, HUNGRY, NEVER], "low brook food Some(3)"),
            (&[FINE, HUNGRY_ONCE], "silent brook 1"),
        ];
        for (known, expected) in cases {
            assert_eq!(said(known), expected, "{known:?}");
        }
    }

    #[test]
    fn everyone_is_said_of_nobody_unknown() {
        let all = [FINE, NEW, NEVER, GONE, DEPOT, NO_WATER, SICK, HUNGRY, HUNGRY_ONCE];
        for a in all {
            for b in all {
                for c in all {
                    let rows = [row(0, a), row(1, b), row(2, c)];
                    if low(&rows).is_some() {
                        continue;
                    }
                    let clear = |row: &CommunityRow| {
                        row.in_touch && row.food == Enough && row.water == Enough && row.worst.is_none()
                    };
                    let heard_clear = rows.iter().filter(|row| row.in_touch).all(clear);
                    match where_none_is_low(&rows) {
                        Headline::Everyone { .. } => assert!(rows.iter().all(clear), "{a:?} {b:?} {c:?}"),
                        Headline::Silent { place, .. } => {
                            let one = rows.iter().find(|row| row.community == place).unwrap();
                            assert!(heard_clear && !one.in_touch, "{a:?} {b:?} {c:?}");
                            assert!(rows.iter().any(|row| row.in_touch), "{a:?} {b:?} {c:?}");
                        }
                        Headline::NothingCounted => assert!(rows.iter().all(|row| !row.is_counted)),
                        Headline::Unclear { unknown, .. } => assert!(unknown > 0 && unknown <= 3),
                        Headline::OneThing { else_enough: true, .. } => {
                            assert!(rows.iter().all(|row| row.in_touch && row.water == Enough));
                        }
                        _ => {}
                    }
                    assert!(!matches!(a.2, Watch));
                }
            }
        }
    }
}
