//! Who of a team does what on a mission: each person one thing, as many as are still asked for.

use crate::fact::{Component, SkillCount};

/// What people of a team can do of what is asked for, by skill, as many as can: a skill that stands earlier is served first, where that
/// takes nothing from the whole.
///
/// Adding one more person to a skill is possible just where, for every set of skills, enough people have one of them (Hall); of such
/// sets of served places the greedy choice is a largest one (Rado).
pub fn serves(components: &[Component], asks: &[SkillCount]) -> Vec<SkillCount> {
    let masks: Vec<(u32, u64)> = components
        .iter()
        .map(|component| {
            let able = asks.iter().zip(0..32_u32).filter(|(ask, _)| component.skills.contains(&ask.skill));
            (able.fold(0, |mask, (_, at)| mask | (1 << at)), u64::from(component.people))
        })
        .collect();
    let sets = 1..(1_u32 << asks.len().min(crate::fact::SKILLS_MAX));
    // How many more people each set of skills can be served with.
    let mut room: Vec<(u32, u64)> = sets
        .map(|set| (set, masks.iter().filter(|(mask, _)| mask & set != 0).map(|(_, people)| people).sum()))
        .collect();
    let mut serves = Vec::new();
    for (ask, at) in asks.iter().zip(0..32_u32) {
        let with = |set: u32| set & (1 << at) != 0;
        let spare = room.iter().filter(|(set, _)| with(*set)).map(|(_, left)| *left).min().unwrap_or(0);
        let people = spare.min(u64::from(ask.people));
        room.iter_mut().filter(|(set, _)| with(*set)).for_each(|(_, left)| *left -= people);
        if let Some(people) = u32::try_from(people).ok().filter(|people| *people > 0) {
            serves.push(SkillCount { skill: ask.skill.clone(), people });
        }
    }
    serves
}
