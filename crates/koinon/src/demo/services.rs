//! The hospitals, the workshop and the requests with which the demo begins, so that their page is not empty for a newcomer.

use koinon_aid::service::{Act, Kind, ServiceAsked, ServiceOffered};
use koinon_core::{CommunityCode, EntryId, Region, ServiceCode, TeamName, Timestamp, Urgency};

/// Which communities have a hospital, a workshop, or ask for something; the last ones where there are fewer.
const HOSPITALS: [usize; 2] = [0, 3];
const WORKSHOP: usize = 1;
const SICK: [usize; 2] = [4, 2];
const BROKEN: usize = 5;
/// Days from the beginning until what is asked for helps no more.
const AHEAD_DAYS: i32 = 9;

/// What a community writes of care and work for others before the first day.
pub(super) fn at_the_beginning(region: &Region, community: &CommunityCode, now: Timestamp) -> Vec<Act> {
    let last = region.communities.len().saturating_sub(1);
    let is = |at: usize| region.communities.get(at.min(last)).is_some_and(|one| one.code == *community);
    let by = now.day(&region.zone()).plus(AHEAD_DAYS);
    let ask = |(kind, service): (Kind, &str), (count, each): (u32, u32), urgency| {
        let id = format!("{community} {service}");
        Some(Act::Ask(ServiceAsked {
            ask: EntryId::derived("koinon/demo/ask/1", id.as_bytes()),
            place: community.place(),
            kind,
            service: ServiceCode::new(service).ok()?,
            count,
            each,
            urgency,
            by,
        }))
    };
    let mut acts = Vec::new();
    if HOSPITALS.into_iter().any(is) {
        acts.extend(offer(community, "hospital", Kind::Care, &["surgery", "births", "dialysis"], 2));
    }
    if is(WORKSHOP) {
        acts.extend(offer(community, "workshop", Kind::Making, &["pump-seal", "bearing"], 360));
    }
    if is(SICK[0]) {
        acts.extend(ask((Kind::Care, "surgery"), (24, 1), Urgency::MustHave));
    }
    if is(SICK[1]) {
        acts.extend(ask((Kind::Care, "births"), (9, 1), Urgency::MustHave));
    }
    if is(BROKEN) {
        acts.extend(ask((Kind::Making, "pump-seal"), (30, 25), Urgency::Needed));
    }
    acts
}

fn offer(community: &CommunityCode, name: &str, kind: Kind, services: &[&str], per_day: u32) -> Option<Act> {
    Some(Act::Offer(ServiceOffered {
        provider: TeamName::new(name).ok()?,
        place: community.place(),
        kind,
        services: services.iter().filter_map(|word| ServiceCode::new(word).ok()).collect(),
        per_day,
        closed: false,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use koinon_core::region::generate::{Layout, new_region};

    #[test]
    fn a_newcomer_finds_hospitals_a_workshop_and_requests_whatever_the_region() {
        for communities in [1, 2, 4, 10] {
            let region = new_region(communities, 1_000, Layout::Ring, 1).unwrap();
            let now = Timestamp::from_millis(1_772_000_000_000);
            let all = region.communities.iter().flat_map(|c| at_the_beginning(&region, &c.code, now));
            let (mut houses, mut requests) = (0, 0);
            for act in all {
                match act {
                    Act::Offer(offered) => {
                        offered.check().unwrap();
                        houses += 1;
                    }
                    Act::Ask(asked) => {
                        asked.check().unwrap();
                        requests += 1;
                    }
                    other => panic!("{other:?}"),
                }
            }
            assert!(houses >= 2 && requests == 3, "{communities}: {houses} {requests}");
        }
    }
}
