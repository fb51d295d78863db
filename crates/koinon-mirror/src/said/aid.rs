//! Teams, missions and promises; care and work for others.

use koinon_aid::AidFact;
use koinon_aid::fact::SkillCount;
use koinon_aid::service::Kind;
use koinon_books::served::told;
use koinon_core::{ServiceCode, SkillCode};
use serde_json::{Value, json};

use super::{day, time};

fn counts(list: &[SkillCount]) -> Vec<Value> {
    list.iter().map(|one| json!({ "skill": one.skill.as_str(), "people": one.people })).collect()
}

/// What a fact of teams and missions says.
pub(super) fn say(fact: &AidFact) -> Value {
    match fact {
        AidFact::TeamStated(f) => {
            let components: Vec<Value> = f
                .components
                .iter()
                .map(|one| {
                    let skills: Vec<&str> = one.skills.iter().map(SkillCode::as_str).collect();
                    json!({ "skills": skills, "people": one.people })
                })
                .collect();
            json!({
                "team": f.team.as_str(), "place": f.home.as_str(), "components": components,
                "willing": f.word.willing, "from": f.word.first.and_then(day), "until": f.word.last.and_then(day),
                "way_minutes_max": f.word.way_minutes_max, "notice_minutes": f.notice_minutes,
                "self_sufficient_hours": f.self_sufficient_hours, "closed": f.closed,
            })
        }
        AidFact::CrewKept(f) => {
            json!({ "place": f.place.as_str(), "skill": f.skill.as_str(), "keep": f.keep })
        }
        AidFact::MissionAsked(f) => json!({
            "mission": f.mission.as_str(), "place": f.place.as_str(), "urgency": f.urgency.code(),
            "start": time(f.start), "end": time(f.end), "days": f.days, "asks": counts(&f.asks),
            "self_sufficient_hours": f.self_sufficient_hours,
        }),
        AidFact::MissionClosed(f) => json!({ "mission": f.mission.as_str(), "reason": f.reason.code() }),
        AidFact::TeamPromised(f) => json!({
            "promise": f.promise.to_string(), "team": f.team.as_str(), "asker": f.asker.as_str(),
            "mission": f.mission.as_str(), "place": f.place.as_str(), "serves": counts(&f.serves),
            "leaves": time(f.leaves), "start": time(f.start), "end": time(f.end), "days": f.days,
            "home_again": time(f.home_again),
        }),
        AidFact::TeamTaken(f) => json!({ "promise": f.promise.to_string(), "home": f.home.as_str() }),
        AidFact::TeamDeclined(f) => json!({
            "promise": f.promise.to_string(), "home": f.home.as_str(), "reason": f.reason.code(),
        }),
        AidFact::TeamWithdrawn(f) => json!({ "promise": f.promise.to_string(), "reason": f.reason.code() }),
        AidFact::TeamLeft(f) => json!({ "promise": f.promise.to_string(), "at": time(f.at) }),
        AidFact::TeamBack(f) => json!({ "promise": f.promise.to_string(), "at": time(f.at) }),
        AidFact::ServiceOffered(f) => {
            let services: Vec<&str> = f.services.iter().map(ServiceCode::as_str).collect();
            json!({
                "provider": f.provider.as_str(), "place": f.place.as_str(), "kind": f.kind.code(), "services": services,
                "per_day": f.per_day, "closed": f.closed,
            })
        }
        AidFact::ServiceAsked(f) => json!({
            "ask": f.ask.to_string(), "place": f.place.as_str(), "kind": f.kind.code(), "service": f.service.as_str(),
            "count": counted(f.kind, f.count), "each": f.each, "urgency": f.urgency.code(), "by": day(f.by),
        }),
        AidFact::ServiceAskClosed(f) => json!({ "ask": f.ask.to_string(), "reason": f.reason.code() }),
        AidFact::ServicePromised(f) => json!({
            "promise": f.promise.to_string(), "provider": f.provider.as_str(), "asker": f.asker.as_str(),
            "ask": f.ask.to_string(), "kind": f.kind.code(), "service": f.service.as_str(),
            "count": counted(f.kind, f.count), "each": f.each,
            "first": f.span().and_then(|(first, _)| day(first)), "last": f.span().and_then(|(_, last)| day(last)),
        }),
        AidFact::ServiceTaken(f) => json!({ "promise": f.promise.to_string(), "home": f.home.as_str() }),
        AidFact::ServiceDeclined(f) => json!({
            "promise": f.promise.to_string(), "home": f.home.as_str(), "reason": f.reason.code(),
        }),
        AidFact::ServiceWithdrawn(f) => {
            json!({ "promise": f.promise.to_string(), "reason": f.reason.code() })
        }
        AidFact::ServiceDone(f) => json!({
            "promise": f.promise.to_string(), "kind": f.kind.code(), "count": counted(f.kind, f.count), "on": day(f.on),
        }),
    }
}

/// A count as reports may tell it: pieces as they are, people as every sum about people, see [`told`].
fn counted(kind: Kind, count: u32) -> Option<u32> {
    match kind {
        Kind::Making => Some(count),
        Kind::Care => told(count.into()),
    }
}
