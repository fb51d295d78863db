//! Teams, missions and promises.

use koinon_aid::AidFact;
use koinon_aid::fact::SkillCount;
use koinon_core::SkillCode;
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
    }
}
