//! Care and work for others on the pages of a real node: offered, asked for, suggested, promised, taken, done.

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

/// Writes a hospital down that takes two newcomers a day.
async fn hospital(house: &House, browser: &mut Browser) {
    browser.get("/services/offer").await;
    let own = house.own.to_string();
    let fields = [
        ("provider", "Hospital"),
        ("place", own.as_str()),
        ("kind", "care"),
        ("services", "Surgery, births, surgery"),
        ("per-day", "2"),
    ];
    assert_eq!(browser.send("/services/offer", &fields).await, 303, "{}", browser.html);
    assert_eq!(browser.location(), "/services?done=yes");
}

/// Asks for surgery at the hub that this community keeps.
async fn ask(house: &House, browser: &mut Browser, count: &str, by: &str) -> u16 {
    let hub = house.region.hubs[0].code.to_string();
    browser.get("/services/ask").await;
    let fields = [
        ("kind", "care"),
        ("service", "surgery"),
        ("place", hub.as_str()),
        ("count", count),
        ("urgency", "must-have"),
        ("by", by),
    ];
    browser.send("/services/ask", &fields).await
}

async fn view(browser: &mut Browser) -> Value {
    assert_eq!(browser.get("/api/v1/services").await, 200);
    serde_json::from_str(&browser.html).unwrap()
}

#[tokio::test]
async fn care_goes_from_a_suggestion_to_done_with_one_button_each() {
    let house = House::found();
    let mut steward = house.signed_in().await;
    assert_eq!(steward.get("/services").await, 200);
    assert!(steward.html.contains("Nobody asks for care or parts now"), "{}", steward.html);
    hospital(&house, &mut steward).await;
    assert_eq!(ask(&house, &mut steward, "5", "2026-03-02").await, 303, "{}", steward.html);
    assert!(house.plans.refresh_services(), "there is a plan");
    assert!(!house.plans.refresh_services(), "and nothing has changed since");
    steward.get("/services").await;
    assert!(steward.html.contains("1 request still waits for a promise"), "{}", steward.html);
    let told = view(&mut steward).await;
    let request = &told["requests"][0];
    assert_eq!((request["wanted"].as_u64(), request["suggestions"][0]["count"].as_u64()), (Some(5), Some(4)));
    assert_eq!(request["stays_open"], json!({ "count": 1, "why": "full" }));
    assert_eq!(told["providers"][0]["services"], json!(["surgery", "births"]), "each once");

    steward.get("/services").await;
    assert!(steward.html.contains("full until that day"), "{}", steward.html);
    assert!(steward.html.contains("Worked out <time"), "an age is no text: {}", steward.html);
    let form = steward.nth_form("/services/promise", 0);
    assert_eq!(steward.send("/services/promise", &[]).await, 303, "{}", steward.html);
    // The same button pressed in another tab finds the days taken.
    let again: Vec<(String, String)> = form
        .into_iter()
        .map(|(name, value)| {
            let other = "018f7c1e-0000-7000-8000-000000000009".to_owned();
            if name == "act" { (name, other) } else { (name, value) }
        })
        .collect();
    assert_eq!(steward.post_raw("/services/promise", &again).await, 409, "{}", steward.html);
    assert!(steward.html.contains("are left"), "{}", steward.html);
    let told = view(&mut steward).await;
    assert_eq!(told["providers"][0]["free"][0]["amount"], 0);
    assert_eq!(told["requests"][0]["promised"], 4);
    steward.get("/services").await;
    assert_eq!(steward.send("/services/take", &[]).await, 303, "{}", steward.html);
    steward.get("/services").await;
    let page = steward.html.split_once("/services/promise/").unwrap().1.split('"').next().unwrap().to_owned();
    assert_eq!(steward.get(&format!("/services/promise/{page}")).await, 200);
    for words in ["Tell the other house who comes yourselves", "No, thank you", "Take the promise back"] {
        assert!(steward.html.contains(words), "{words}: {}", steward.html);
    }
    assert_eq!(steward.send("/services/done", &[("count", "9")]).await, 409, "{}", steward.html);
    assert!(steward.html.contains("Write 4 at most"), "{}", steward.html);
    steward.get(&format!("/services/promise/{page}")).await;
    assert_eq!(steward.send("/services/done", &[("count", "3")]).await, 303, "{}", steward.html);
    let told = view(&mut steward).await;
    let request = &told["requests"][0];
    let numbers = ["promised", "done", "wanted"].map(|name| request[name].as_u64().unwrap());
    assert_eq!(numbers, [0, 3, 2]);
    assert_eq!(request["promises"][0]["stage"], "done");
}

#[tokio::test]
async fn each_fault_of_a_form_stands_beside_its_field_and_what_looks_wrong_is_asked() {
    let house = House::found();
    let mut steward = house.signed_in().await;
    steward.get("/services/offer").await;
    let bad = [("provider", "Ñandú!!"), ("services", ""), ("per-day", "many"), ("kind", "care")];
    assert_eq!(steward.send("/services/offer", &bad).await, 422);
    assert!(steward.html.contains("no word that can be used here"), "{}", steward.html);
    assert!(steward.html.contains("value=\"many\""), "what was typed stays");
    steward.get("/services/ask").await;
    let bad = [("kind", "making"), ("service", "seal"), ("count", ""), ("each", ""), ("by", "soon")];
    assert_eq!(steward.send("/services/ask", &bad).await, 422);
    for words in ["Write a number.", "how many minutes of machines each piece takes"] {
        assert!(steward.html.contains(words), "{words}: {}", steward.html);
    }
    // A word that nobody does may be a slip of the finger.
    assert_eq!(ask(&house, &mut steward, "2", "2026-03-04").await, 409, "{}", steward.html);
    assert!(steward.html.contains("Nobody is known here who does surgery"), "{}", steward.html);
    hospital(&house, &mut steward).await;
    // Another house of the same word does not take the first one's place unasked.
    steward.get("/services/offer").await;
    let own = house.own.to_string();
    let other = [
        ("provider", "hospital"),
        ("place", own.as_str()),
        ("kind", "making"),
        ("services", "seal"),
        ("per-day", "9"),
    ];
    assert_eq!(steward.send("/services/offer", &other).await, 422);
    assert!(steward.html.contains("There is one of this word already"), "{}", steward.html);
    assert_eq!(ask(&house, &mut steward, "0", "2027-03-04").await, 422);
    for words in ["The last day that helps must be", "Write a number from 1 to"] {
        assert!(steward.html.contains(words), "{words}: {}", steward.html);
    }
    assert_eq!(ask(&house, &mut steward, "2", "2026-03-04").await, 303, "{}", steward.html);
    let told = view(&mut steward).await;
    let id = told["requests"][0]["ask"].as_str().unwrap().to_owned();
    steward.get(&format!("/services/ask?ask={id}")).await;
    assert!(steward.html.contains("value=\"surgery\""));
    assert_eq!(steward.send("/services/ask", &[("count", "3")]).await, 303, "{}", steward.html);
    let told = view(&mut steward).await;
    assert_eq!(
        (told["requests"].as_array().unwrap().len(), told["requests"][0]["count"].as_u64()),
        (1, Some(3))
    );
    steward.get(&format!("/services/ask?ask={id}")).await;
    assert_eq!(
        steward.send("/services/ask/close", &[("reason", "not-needed")]).await,
        303,
        "{}",
        steward.html
    );
    assert_eq!(view(&mut steward).await["requests"], json!([]));
    steward.get("/services/offer?provider=hospital").await;
    assert_eq!(steward.send("/services/offer/close", &[]).await, 303, "{}", steward.html);
    assert_eq!(view(&mut steward).await["providers"], json!([]));
}

#[tokio::test]
async fn a_guest_sees_nothing_of_it_and_every_language_has_plain_words() {
    let house = House::found();
    let mut steward = house.signed_in().await;
    hospital(&house, &mut steward).await;
    ask(&house, &mut steward, "5", "2026-03-02").await;
    house.plans.refresh_services();
    steward.get("/services").await;
    steward.send("/services/promise", &[]).await;
    steward.get("/services").await;
    let page = steward.html.split_once("/services/promise/").unwrap().1.split('"').next().unwrap().to_owned();
    house.plans.refresh_services();
    let mut nobody = house.browser();
    assert_eq!(nobody.get("/services").await, 200);
    assert!(!nobody.html.contains("surgery") && !nobody.html.contains("ospital of"), "{}", nobody.html);
    assert_eq!(view(&mut nobody).await, json!({ "requests": [], "providers": [], "made": null }));
    for path in ["/services/offer", "/services/ask"] {
        assert_eq!(nobody.get(path).await, 303, "{path}");
    }
    for lang in Lang::ALL {
        steward.language(lang.code());
        let one = format!("/services/promise/{page}");
        for path in ["/services", "/services/offer?provider=hospital", "/services/ask", one.as_str()] {
            assert_eq!(steward.get(path).await, 200, "{path}");
            assert_eq!(forbidden_in(lang, &steward.html), Vec::<String>::new(), "{lang} {path}");
        }
    }
}

#[tokio::test]
async fn a_program_offers_asks_promises_and_every_fault_is_named() {
    let house = House::found();
    let mut steward = house.signed_in().await;
    let own = house.own.to_string();
    let act = |n: u8| format!("018f7c1e-0000-7000-8000-0000000000{n:02}");
    let send = async |steward: &mut Browser, n: u8, what: Value| {
        let body = json!({ "act": act(n), "what": what });
        steward.post_json("/api/v1/commands", &body.to_string()).await
    };
    let bad = json!({
        "kind": "ask-service", "ask": "x", "place": own, "service_kind": "repair", "service": "SEAL", "count": 1,
        "urgency": "very", "by": "soon",
    });
    assert_eq!(send(&mut steward, 1, bad).await, 422);
    for field in ["what.ask", "what.service_kind", "what.service", "what.urgency", "what.by"] {
        assert!(steward.html.contains(field), "{field}: {}", steward.html);
    }
    let what = json!({
        "kind": "offer-service", "provider": "lathe", "place": own, "service_kind": "making", "services": ["seal"],
        "per_day": 100,
    });
    assert_eq!(send(&mut steward, 2, what).await, 200, "{}", steward.html);
    let ask = json!({
        "kind": "ask-service", "ask": act(3), "place": own, "service_kind": "making", "service": "seal", "count": 3,
        "urgency": "needed", "by": "2026-03-03",
    });
    assert_eq!(send(&mut steward, 3, ask.clone()).await, 422, "a piece takes minutes");
    let mut ask = ask;
    ask["each"] = json!(60);
    assert_eq!(send(&mut steward, 3, ask).await, 200, "{}", steward.html);
    let promise =
        json!({ "kind": "promise-service", "provider": "lathe", "asker": own, "ask": act(3), "count": 3 });
    assert_eq!(send(&mut steward, 4, promise.clone()).await, 200, "{}", steward.html);
    assert_eq!(send(&mut steward, 4, promise).await, 200);
    assert!(steward.html.contains("\"repeated\":true"), "{}", steward.html);
    let told = view(&mut steward).await;
    let days = &told["requests"][0]["promises"][0]["days"];
    assert_eq!(
        *days,
        json!([{ "day": "2026-03-01", "amount": 100 }, { "day": "2026-03-02", "amount": 80 }]),
        "the first days that are free"
    );
    let done = json!({ "kind": "service-done", "promise": act(4), "count": 3 });
    assert_eq!(send(&mut steward, 5, done).await, 200, "{}", steward.html);
    assert!(steward.html.contains("Nobody has said yes"), "it is asked: {}", steward.html);
    let declined = json!({ "kind": "decline-service", "home": own, "promise": act(4), "reason": "too-late" });
    assert_eq!(send(&mut steward, 6, declined).await, 200, "{}", steward.html);
    assert_eq!(view(&mut steward).await["requests"][0]["promises"][0]["reason"], "too-late");
    let taken = |n| json!({ "kind": "take-service", "home": own, "promise": act(n) });
    assert_eq!(send(&mut steward, 7, taken(4)).await, 422, "a no has set the days free: {}", steward.html);
    let again =
        json!({ "kind": "promise-service", "provider": "lathe", "asker": own, "ask": act(3), "count": 3 });
    assert_eq!(send(&mut steward, 8, again).await, 200, "{}", steward.html);
    assert_eq!(send(&mut steward, 10, taken(8)).await, 200, "{}", steward.html);
    let other = json!({
        "kind": "ask-service", "ask": act(3), "place": own, "service_kind": "care", "service": "surgery", "count": 1,
        "urgency": "needed", "by": "2026-03-03",
    });
    assert_eq!(send(&mut steward, 11, other).await, 422, "{}", steward.html);
    assert!(steward.html.contains("Something is promised to this request"), "{}", steward.html);
    let back = json!({ "kind": "withdraw-service", "promise": act(8), "reason": "not-able" });
    assert_eq!(send(&mut steward, 12, back).await, 200, "{}", steward.html);
    let closed = json!({ "kind": "close-service", "ask": act(3), "reason": "not-needed" });
    assert_eq!(send(&mut steward, 9, closed).await, 200, "{}", steward.html);
    assert_eq!(view(&mut steward).await["requests"], json!([]));
}
