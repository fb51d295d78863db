//! The teams and the one mission with which the demo begins, so that their page is not empty for a newcomer.

use koinon_aid::Act;
use koinon_aid::fact::{Component, MissionAsked, SkillCount, TeamStated, Word};
use koinon_core::{CommunityCode, MissionCode, Region, SkillCode, TeamName, Timestamp, Urgency};

/// How many communities have teams, from the first.
const HOMES: usize = 4;
/// Days from the beginning until the mission's first day.
const AHEAD_DAYS: i32 = 6;
/// On how many days the mission asks for people.
const DAYS: u16 = 5;
/// Minutes of the day at which its work begins and ends.
const WORK: (u16, u16) = (9 * 60, 15 * 60);

/// What a community writes of teams and missions before the first day.
pub(super) fn at_the_beginning(region: &Region, community: &CommunityCode, now: Timestamp) -> Vec<Act> {
    let Some(at) = region.communities.iter().position(|known| known.code == *community) else {
        return Vec::new();
    };
    let mut acts: Vec<Act> = Vec::new();
    if at < HOMES {
        acts.extend(team(community, "nurse-1", &[(&["nurse"], 2)], Some(180)));
        acts.extend(team(community, "nurse-2", &[(&["nurse"], 2), (&["nurse", "driver"], 1)], None));
        acts.extend(team(community, "driver-1", &[(&["driver"], 2)], Some(240)));
    }
    if at == 1 {
        acts.extend(team(community, "carpenter-1", &[(&["carpenter"], 1)], Some(120)));
    }
    let asker = HOMES.min(region.communities.len().saturating_sub(1));
    if at == asker {
        acts.extend(mission(region, community, now));
    }
    acts
}

fn team(community: &CommunityCode, name: &str, who: &[(&[&str], u32)], way: Option<u32>) -> Option<Act> {
    let skill = |word: &&str| SkillCode::new(word).ok();
    let component = |(skills, people): &(&[&str], u32)| Component {
        skills: skills.iter().filter_map(skill).collect(),
        people: *people,
    };
    Some(Act::StateTeam(TeamStated {
        team: TeamName::new(name).ok()?,
        home: community.place(),
        components: who.iter().map(component).collect(),
        word: Word { willing: true, first: None, last: None, way_minutes_max: way },
        notice_minutes: 60,
        self_sufficient_hours: 24,
        closed: false,
    }))
}

fn mission(region: &Region, community: &CommunityCode, now: Timestamp) -> Option<Act> {
    let zone = region.zone();
    let day = now.day(&zone).plus(AHEAD_DAYS);
    let ask = |skill: &str, people| Some(SkillCount { skill: SkillCode::new(skill).ok()?, people });
    Some(Act::AskMission(MissionAsked {
        mission: MissionCode::new("flood-1").ok()?,
        place: community.place(),
        urgency: Urgency::MustHave,
        start: day.at_minute(WORK.0, &zone),
        end: day.at_minute(WORK.1, &zone),
        days: DAYS,
        asks: [ask("nurse", 10), ask("driver", 2), ask("carpenter", 1)].into_iter().flatten().collect(),
        self_sufficient_hours: 0,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use koinon_core::region::generate::{Layout, new_region};

    #[test]
    fn a_newcomer_finds_teams_and_a_mission_whatever_the_region() {
        for communities in [1, 2, 4, 10] {
            let region = new_region(communities, 1_000, Layout::Ring, 1).unwrap();
            let now = Timestamp::from_millis(1_772_000_000_000);
            let all = region.communities.iter().flat_map(|c| at_the_beginning(&region, &c.code, now));
            let (mut teams, mut missions) = (0, 0);
            for act in all {
                match act {
                    Act::StateTeam(team) => {
                        team.check().unwrap();
                        teams += 1;
                    }
                    Act::AskMission(mission) => {
                        mission.check().unwrap();
                        missions += 1;
                    }
                    other => panic!("{other:?}"),
                }
            }
            assert!(teams >= 3 && missions == 1, "{communities}: {teams} {missions}");
        }
    }
}
