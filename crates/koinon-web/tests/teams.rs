//! Teams and missions on the pages of a real node: written down, asked for, suggested, promised, taken, away, home again.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod browser;

use browser::{Browser, House};
use koinon_web::i18n::Lang;
use koinon_web::words::forbidden_in;
use serde_json::{Value, json};

/// Writes a team of this community down.
async fn team(browser: &mut Browser, name: &str, who: &str, people: &str) {
    browser.get("/teams/team").await;
    let fields =
        [("team", name), ("skill-1", who), ("people-1", people), ("willing", "yes"), ("notice", "30")];
    let place =
        [("place", browser.fields_of("/teams/team").iter().find(|(n, _)| n == "place").unwrap().1.clone())];
    let all: Vec<(&str, &str)> =
        fields.into_iter().chain(place.iter().map(|(n, v)| (*n, v.as_str()))).collect();
    assert_eq!(browser.send("/teams/team", &all).await, 303, "{}", browser.html);
    assert_eq!(browser.location(), "/teams?done=yes");
}

/// Asks for nurses at the hub that this community keeps, this afternoon; gives the hub's code.
async fn mission(house: &House, browser: &mut Browser, code: &str) -> String {
    let hub = house.region.hubs[0].code.to_string();
    browser.get("/teams/mission").await;
    let fields = [
        ("mission", code),
        ("place", hub.as_str()),
        ("day", "2026-03-01"),
        ("start", "15:00"),
        ("end", "19:00"),
    ];
    let asks = [("skill-1", "nurse"), ("people-1", "2"), ("urgency", "must-have")];
    let all: Vec<(&str, &str)> = fields.into_iter().chain(asks).collect();
    assert_eq!(browser.send("/teams/mission", &all).await, 303, "{}", browser.html);
    hub
}

async fn view(browser: &mut Browser) -> Value {
    assert_eq!(browser.get("/api/v1/teams").await, 200);
    serde_json::from_str(&browser.html).unwrap()
}

#[tokio::test]
async fn a_team_goes_from_a_suggestion_to_home_again_with_one_button_each() {
    let house = House::found();
    let mut steward = house.signed_in().await;
    assert_eq!(steward.get("/teams").await, 200);
    assert!(steward.html.contains("Nobody asks for people now"), "{}", steward.html);
    team(&mut steward, "Nurse 1", "nurse", "2").await;
    team(&mut steward, "nurse-2", "Nurse + driver", "2").await;
    mission(&house, &mut steward, "Flood 2").await;
    assert!(house.plans.refresh_teams(), "there is a plan");
    assert!(!house.plans.refresh_teams(), "and nothing has changed since");
    steward.get("/teams").await;
    assert!(steward.html.contains("0 of 2 people asked for are promised"), "{}", steward.html);
    assert_eq!(
        steward.html.matches("Promise this team").count(),
        1,
        "one of the two stays: {}",
        steward.html
    );
    let told = view(&mut steward).await;
    let suggested = &told["missions"][0]["suggestions"][0];
    assert_eq!(told["missions"][0]["mission"], "flood-2");
    assert_eq!(told["missions"][0]["suggestions"].as_array().unwrap().len(), 1);
    let suggested = suggested["team"].as_str().unwrap().to_owned();

    steward.get("/teams").await;
    assert_eq!(steward.send("/teams/promise", &[]).await, 303, "{}", steward.html);
    steward.get("/teams").await;
    assert!(steward.html.contains("2 of 2 people asked for are promised"), "{}", steward.html);
    assert_eq!(steward.send("/teams/take", &[]).await, 303, "{}", steward.html);
    steward.get("/teams").await;
    let left = [("day", "2026-03-01"), ("time", "13.45")];
    let page = steward.html.split_once("/teams/promise/").unwrap().1.split('"').next().unwrap().to_owned();
    assert_eq!(steward.get(&format!("/teams/promise/{page}")).await, 200);
    assert!(steward.html.contains("No, thank you") && steward.html.contains("Take the promise back"));
    assert_eq!(steward.send("/teams/left", &[("time", "25:00")]).await, 422, "there is no such time");
    steward.get(&format!("/teams/promise/{page}")).await;
    // It is nine o'clock: what is still to come is asked about, and written down when it is confirmed.
    assert_eq!(steward.send("/teams/left", &left).await, 409, "{}", steward.html);
    assert!(steward.html.contains("still to come"), "{}", steward.html);
    let confirmed = steward.nth_form("/teams/left", 0);
    assert!(confirmed.iter().any(|(name, value)| name == "confirmed" && value == "yes"));
    assert_eq!(steward.post_raw("/teams/left", &confirmed).await, 303, "{}", steward.html);
    assert_eq!(view(&mut steward).await["missions"][0]["promises"][0]["stage"], "away");
    steward.get(&format!("/teams/promise/{page}")).await;
    let early = [("day", "2026-03-01"), ("time", "10:00")];
    assert_eq!(steward.send("/teams/back", &early).await, 409);
    assert!(steward.html.contains("Write a later time"), "{}", steward.html);
    steward.get(&format!("/teams/promise/{page}")).await;
    steward.send("/teams/back", &[("day", "2026-03-01"), ("time", "20:15")]).await;
    let confirmed = steward.nth_form("/teams/back", 0);
    assert_eq!(steward.post_raw("/teams/back", &confirmed).await, 303, "{}", steward.html);
    let told = view(&mut steward).await;
    let promise = &told["missions"][0]["promises"][0];
    assert_eq!(
        (promise["stage"].as_str(), promise["team"].as_str()),
        (Some("back"), Some(suggested.as_str()))
    );
    // What asked for people asks again, and who was there rests: the other one would leave nobody at home but them.
    assert_eq!(told["missions"][0]["asks"][0]["promised"], 0);
    house.plans.refresh_teams();
    steward.get("/teams").await;
    assert!(!steward.html.contains("could go instead"), "{}", steward.html);
}

#[tokio::test]
async fn each_fault_of_a_form_stands_beside_its_field_and_each_refusal_says_what_helps() {
    let house = House::found();
    let mut steward = house.signed_in().await;
    steward.get("/teams/team").await;
    let bad = [("team", "Ñandú!!"), ("skill-1", ""), ("people-2", "3"), ("until", "soon"), ("way", "-2")];
    assert_eq!(steward.send("/teams/team", &bad).await, 422);
    for words in ["Say which skill these people have", "soon", "Say at least one skill"] {
        assert!(steward.html.contains(words), "{words}: {}", steward.html);
    }
    assert!(steward.html.contains("value=\"-2\""), "what was typed stays");
    steward.get("/teams/mission").await;
    let bad = [("mission", "x"), ("start", "late"), ("end", ""), ("skill-1", "nurse"), ("days", "40")];
    assert_eq!(steward.send("/teams/mission", &bad).await, 422);
    for words in ["no time of day", "Say at what time", "40"] {
        assert!(steward.html.contains(words), "{words}: {}", steward.html);
    }
    team(&mut steward, "nurse-1", "nurse", "2").await;
    mission(&house, &mut steward, "flood").await;
    house.plans.refresh_teams();
    steward.get("/teams").await;
    assert!(!steward.html.contains("Promise this team"), "the only nurses stay at home");
    assert!(steward.html.contains("is what its community keeps at home"), "{}", steward.html);
    let promise =
        json!({ "kind": "promise-team", "team": "nurse-1", "asker": house.own.as_str(), "mission": "flood" });
    let body = json!({ "act": "018f7c1e-0000-7000-8000-000000000001", "what": promise });
    assert_eq!(steward.post_json("/api/v1/commands", &body.to_string()).await, 422, "{}", steward.html);
    assert!(steward.html.contains("Only 0 nurse would stay"), "{}", steward.html);
    steward.get("/teams/crew").await;
    let place = house.own.to_string();
    let fields = [("place", place.as_str()), ("skill", "nurse"), ("keep", "0")];
    assert_eq!(steward.send("/teams/crew", &fields).await, 303, "{}", steward.html);
    assert_eq!(steward.post_json("/api/v1/commands", &body.to_string()).await, 200, "{}", steward.html);
    // A team that does not go any more takes nothing back by itself: that is asked.
    steward.get("/teams/team?team=nurse-1").await;
    assert!(steward.html.contains("value=\"nurse-1\""));
    assert_eq!(steward.send("/teams/team/close", &[]).await, 409, "{}", steward.html);
    assert!(steward.html.contains("is promised to flood"), "{}", steward.html);
    steward.get("/teams/mission?mission=flood").await;
    assert_eq!(steward.send("/teams/mission/close", &[("reason", "done")]).await, 303, "{}", steward.html);
    assert_eq!(view(&mut steward).await["missions"], json!([]));
}

#[tokio::test]
async fn a_guest_sees_no_team_and_every_language_has_plain_words() {
    let house = House::found();
    let mut steward = house.signed_in().await;
    team(&mut steward, "nurse-1", "nurse", "2").await;
    team(&mut steward, "nurse-2", "nurse", "2").await;
    mission(&house, &mut steward, "flood").await;
    house.plans.refresh_teams();
    let mut nobody = house.browser();
    assert_eq!(nobody.get("/teams").await, 200);
    assert!(!nobody.html.contains("nurse") && !nobody.html.contains("flood"), "{}", nobody.html);
    assert_eq!(
        view(&mut nobody).await,
        json!({ "missions": [], "teams": [], "crews": [], "made": null, "proven": null })
    );
    for path in ["/teams/team", "/teams/mission", "/teams/crew"] {
        assert_eq!(nobody.get(path).await, 303, "{path}");
    }
    for lang in Lang::ALL {
        steward.language(lang.code());
        for path in ["/teams", "/teams/team?team=nurse-1", "/teams/mission?mission=flood", "/teams/crew"] {
            assert_eq!(steward.get(path).await, 200, "{path}");
            assert_eq!(forbidden_in(lang, &steward.html), Vec::<String>::new(), "{lang} {path}");
        }
    }
}

#[tokio::test]
async fn a_program_states_asks_and_answers_and_every_fault_is_named() {
    let house = House::found();
    let mut steward = house.signed_in().await;
    let own = house.own.to_string();
    let act = |n: u8| format!("018f7c1e-0000-7000-8000-0000000000{n:02}");
    let send = async |steward: &mut Browser, n: u8, what: Value| {
        let body = json!({ "act": act(n), "what": what });
        steward.post_json("/api/v1/commands", &body.to_string()).await
    };
    let bad = json!({
        "kind": "ask-mission", "mission": "Flood!", "place": own, "urgency": "very", "start": "now",
        "end": "2026-03-01T12:00:00Z", "asks": [{ "skill": "NURSE", "people": 1 }],
    });
    assert_eq!(send(&mut steward, 1, bad).await, 422);
    for field in ["what.mission", "what.urgency", "what.start", "what.asks.0.skill"] {
        assert!(steward.html.contains(field), "{field}: {}", steward.html);
    }
    for (n, team) in [(2, "a"), (3, "b")] {
        let what = json!({
            "kind": "state-team", "team": team, "place": own, "willing": true,
            "components": [{ "skills": ["nurse"], "people": 1 }],
        });
        assert_eq!(send(&mut steward, n, what).await, 200, "{}", steward.html);
    }
    let what = json!({
        "kind": "ask-mission", "mission": "flood", "place": own, "urgency": "needed", "start": "2026-03-01T15:00:00Z",
        "end": "2026-03-01T18:00:00Z", "asks": [{ "skill": "nurse", "people": 1 }],
    });
    assert_eq!(send(&mut steward, 4, what).await, 200, "{}", steward.html);
    let promise = json!({ "kind": "promise-team", "team": "a", "asker": own, "mission": "flood" });
    assert_eq!(send(&mut steward, 5, promise.clone()).await, 200, "{}", steward.html);
    assert_eq!(send(&mut steward, 5, promise).await, 200);
    assert!(steward.html.contains("\"repeated\":true"), "{}", steward.html);
    let left = json!({ "kind": "team-left", "promise": act(5) });
    assert_eq!(send(&mut steward, 6, left).await, 200, "{}", steward.html);
    assert!(steward.html.contains("Nobody has said yes"), "it is asked: {}", steward.html);
    let taken = json!({ "kind": "take-team", "home": own, "promise": act(5) });
    assert_eq!(send(&mut steward, 7, taken).await, 200, "{}", steward.html);
    assert_eq!(view(&mut steward).await["teams"][0]["stage"], "taken");
    let back = json!({ "kind": "withdraw-team", "promise": act(5), "reason": "not-able" });
    assert_eq!(send(&mut steward, 8, back).await, 200, "{}", steward.html);
    assert_eq!(view(&mut steward).await["missions"][0]["promises"][0]["stage"], "withdrawn");
}
