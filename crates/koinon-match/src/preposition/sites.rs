//! Which sites to open when not all may be: the least used close one after the other, then open and closed ones are exchanged.
//!
//! Which sites are best is a hard problem (it holds the p-median problem), so this is a search; what it is worth is said against the placement in
//! which every site may be open, of which the bound is proven.

use std::num::NonZeroUsize;

use super::case::{Case, at};
use super::effort::Aim;
use super::engine::{Group, place};
use super::plan::Outcome;
use super::problem::PrepositionError;

/// The most exchanges that are tried.
const TRIES: usize = 60;

/// Over all items.
fn outcome(groups: &[Group]) -> Outcome {
    groups.iter().fold(Outcome::default(), |sum, group| sum.plus(group.found.outcome()))
}

/// Parts of persons that the stock at each site serves.
fn uses(case: &Case, groups: &[Group]) -> Vec<i128> {
    let mut uses = vec![0_i128; case.sites];
    for group in groups {
        let goods = group.goods.iter().filter_map(|at| case.goods.get(*at));
        for (good, stand) in goods.zip(&group.found.stand) {
            let total = i128::from(good.total.max(1));
            // In shares of the item, so that no item outweighs the others by its number alone.
            uses.iter_mut()
                .zip(stand)
                .for_each(|(used, units)| *used += i128::from(*units) * 1_000_000 / total);
        }
    }
    uses
}

/// The best placement found with so many sites open; `None` where the placement without that limit keeps it.
pub(super) fn few(
    case: &Case,
    most: Option<usize>,
    free: &[Group],
    rounds: usize,
    threads: NonZeroUsize,
) -> Result<Option<Vec<Group>>, PrepositionError> {
    let Some(most) = most else { return Ok(None) };
    let holds = |groups: &[Group], site: usize| {
        groups.iter().flat_map(|group| &group.found.stand).any(|stand| at(stand, site) > 0)
    };
    let is_must = |site: usize| case.must.get(site).copied().unwrap_or(false);
    let opens = |groups: &[Group], site: usize| is_must(site) || holds(groups, site);
    if (0..case.sites).filter(|&site| opens(free, site)).count() <= most {
        return Ok(None);
    }
    let mut groups = free.to_vec();
    let mut closed = loop {
        // Whatever is not used closes with the least used one.
        let mut open: Vec<usize> = (0..case.sites).filter(|&site| opens(&groups, site)).collect();
        let closed: Vec<bool> = (0..case.sites).map(|site| !open.contains(&site)).collect();
        if open.len() <= most {
            break closed;
        }
        let uses = uses(case, &groups);
        open.retain(|&site| !is_must(site));
        open.sort_by_key(|&site| (uses.get(site).copied().unwrap_or(0), site));
        let mut next = None;
        for site in open {
            let trial = with(&closed, site, true);
            match place(case, &trial, Some(&groups), rounds, threads) {
                Ok(found) => {
                    next = Some(found);
                    break;
                }
                // Without this one there is no room: the next one closes.
                Err(PrepositionError::Room) => {}
                Err(error) => return Err(error),
            }
        }
        groups = next.ok_or(PrepositionError::Room)?;
    };
    exchange(case, &mut groups, &mut closed, most, rounds, threads);
    Ok(Some(groups))
}

fn with(closed: &[bool], site: usize, shut: bool) -> Vec<bool> {
    closed.iter().enumerate().map(|(at, closed)| if at == site { shut } else { *closed }).collect()
}

/// Exchanges an open site for a closed one while that is better.
fn exchange(
    case: &Case,
    groups: &mut Vec<Group>,
    closed: &mut Vec<bool>,
    most: usize,
    rounds: usize,
    threads: NonZeroUsize,
) {
    let mut left = TRIES.min(rounds.saturating_mul(2));
    let aim = Aim { part: case.worth, minute: 1 };
    let mut better = true;
    while std::mem::take(&mut better) {
        let is = |list: &[bool], site: usize| list.get(site).copied().unwrap_or(false);
        let opening: Vec<usize> =
            (0..case.sites).filter(|&site| is(closed, site) && !is(&case.closed, site)).collect();
        for site in opening {
            if left == 0 {
                return;
            }
            left -= 1;
            // One more than may be, and of those the one closes that is missed least.
            let wide = with(closed, site, false);
            let Ok(found) = place(case, &wide, Some(groups), rounds, threads) else { continue };
            let uses = uses(case, &found);
            let used = |site: usize| uses.get(site).copied().unwrap_or(0);
            let open = |site: &usize| !is(&wide, *site) && !is(&case.must, *site);
            let shut: Vec<usize> = (0..case.sites).filter(open).collect();
            let over = (0..case.sites).filter(|&at| !is(&wide, at)).count() > most;
            let least = shut.into_iter().min_by_key(|&at| (used(at), at));
            let trial = if over { least.map(|least| with(&wide, least, true)) } else { Some(wide.clone()) };
            let Some(trial) = trial.filter(|trial| trial != closed) else { continue };
            let Ok(found) = place(case, &trial, Some(groups), rounds, threads) else { continue };
            let (new, old) = (outcome(&found), outcome(groups));
            if aim.value(new.parts, new.part_minutes) > aim.value(old.parts, old.part_minutes) {
                (*groups, *closed) = (found, trial);
                better = true;
            }
        }
    }
}
