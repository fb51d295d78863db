//! What a program enters through the interface stands in the book, and what it gets wrong is named.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "a test stops at the first surprise"
)]

use koinon_core::region::Corridor;
use koinon_core::{Day, EntryId};
use koinon_ledger::route::ends;
use serde_json::{Value, json};

mod browser;

use browser::{Browser, House};

const TODAY: &str = "2026-03-01";

/// Sends a command; gives the status.
async fn command(steward: &mut Browser, act: u8, what: Value) -> u16 {
    let body = json!({ "act": EntryId([act; 16]).to_string(), "what": what });
    steward.post_json("/api/v1/commands", &body.to_string()).await
}

/// The first route of which the house is an end, or is none.
fn route(house: &House, ours: bool) -> &Corridor {
    let is_ours = |corridor: &&Corridor| ends(&house.region, corridor).contains(&house.own) == ours;
    house.region.corridors.iter().find(is_ours).unwrap()
}

#[tokio::test]
async fn a_program_closes_a_route_and_opens_it_again() {
    let house = House::found();
    let mut steward = house.signed_in_everywhere().await;
    let (ours, strange) = (route(&house, true), route(&house, false));
    let said = |corridor: &str, reason: &str, until: &str| {
        let closed = json!({ "reason": reason, "from": TODAY, "until": until });
        json!({ "kind": "state-route", "corridor": corridor, "closed": closed })
    };
    let is_closed =
        |day: &str| house.node.read(|book| book.closed_route(&ours.code, Day::parse(day).unwrap()).is_some());
    let ours = ours.code.as_str();
    for (act, what, names) in [
        (1, said(ours, "flood", "2020-01-01"), "1 January 2020"),
        (2, said(ours, "whim", "2026-03-04"), "whim"),
        (3, said(strange.code.as_str(), "flood", "2026-03-04"), "route"),
        (4, said("nowhere", "flood", "2026-03-04"), "nowhere"),
    ] {
        let status = command(&mut steward, act, what).await;
        assert!((400..500).contains(&status), "{names}: {status}");
        assert!(steward.html.contains(names), "{names}: {}", steward.html);
        assert!(!is_closed(TODAY), "{names}");
    }
    assert_eq!(command(&mut steward, 5, said(ours, "flood", "2026-03-04")).await, 200, "{}", steward.html);
    assert!(is_closed("2026-03-04") && !is_closed("2026-03-05"));
    let open = json!({ "kind": "state-route", "corridor": ours });
    assert_eq!(command(&mut steward, 6, open).await, 200, "{}", steward.html);
    assert!(!is_closed(TODAY));
}

#[tokio::test]
async fn a_program_sets_giving_aside_for_a_season_at_most_and_takes_it_back() {
    let house = House::found();
    let mut steward = house.signed_in_everywhere().await;
    let said = |place: &str, item: &str, until: Option<&str>| json!({ "kind": "pause-giving", "place": place, "item": item, "until": until });
    let is_paused = |day: &str| {
        let day = Day::parse(day).unwrap();
        house.node.read(|book| book.ledger().pauses().on(book.region(), day).next().is_some())
    };
    let own = house.own.as_str();
    let other = house.region.communities.iter().find(|one| one.code != house.own).unwrap();
    for (act, what, names) in [
        (1, said(own, "moon-dust", Some("2026-03-08")), "moon-dust"),
        (2, said(other.code.as_str(), "wheat", Some("2026-03-08")), other.name.as_str()),
        (3, said(own, "wheat", Some("2030-01-01")), "1 June 2026"),
        (4, said(own, "wheat", Some("soon")), "soon"),
    ] {
        let status = command(&mut steward, act, what).await;
        assert!((400..500).contains(&status), "{names}: {status}");
        assert!(steward.html.contains(names), "{names}: {}", steward.html);
        assert!(!is_paused(TODAY), "{names}");
    }
    assert_eq!(
        command(&mut steward, 5, said(own, "wheat", Some("2026-03-08"))).await,
        200,
        "{}",
        steward.html
    );
    assert!(is_paused("2026-03-08") && !is_paused("2026-03-09"));
    assert_eq!(command(&mut steward, 6, said(own, "wheat", None)).await, 200, "{}", steward.html);
    assert!(!is_paused(TODAY));
}

#[tokio::test]
async fn a_program_asks_for_a_count_for_a_month_at_most_and_asks_no_more() {
    let house = House::found();
    let mut steward = house.signed_in_everywhere().await;
    let said = |place: &str, item: &str, until: Option<&str>| json!({ "kind": "ask-count", "place": place, "item": item, "until": until });
    let is_asked = |day: &str| {
        let day = Day::parse(day).unwrap();
        house.node.read(|book| book.ledger().counts_asked(book.region(), day).next().is_some())
    };
    let other = house.region.communities.iter().find(|one| one.code != house.own).unwrap().code.as_str();
    for (act, what, names) in [
        (1, said(other, "moon-dust", Some("2026-03-08")), "moon-dust"),
        (2, said("nowhere", "wheat", Some("2026-03-08")), "nowhere"),
        (3, said(other, "wheat", Some("2030-01-01")), "1 April 2026"),
        (4, said(other, "wheat", Some("soon")), "soon"),
    ] {
        let status = command(&mut steward, act, what).await;
        assert!((400..500).contains(&status), "{names}: {status}");
        assert!(steward.html.contains(names), "{names}: {}", steward.html);
        assert!(!is_asked(TODAY), "{names}");
    }
    assert_eq!(
        command(&mut steward, 5, said(other, "wheat", Some("2026-03-08"))).await,
        200,
        "{}",
        steward.html
    );
    assert!(is_asked("2026-03-08") && !is_asked("2026-03-09"));
    assert_eq!(command(&mut steward, 6, said(other, "wheat", None)).await, 200, "{}", steward.html);
    assert!(!is_asked(TODAY));
}

#[tokio::test]
async fn a_program_says_that_a_place_has_enough_and_takes_it_back() {
    let house = House::found();
    let mut steward = house.signed_in_everywhere().await;
    let said = |place: &str, until: Option<&str>| json!({ "kind": "pause-taking", "place": place, "item": "wheat", "until": until });
    let is_paused = || {
        let day = Day::parse(TODAY).unwrap();
        house.node.read(|book| book.ledger().takings().on(book.region(), day).next().is_some())
    };
    let other = house.region.communities.iter().find(|one| one.code != house.own).unwrap();
    let status = command(&mut steward, 1, said(other.code.as_str(), Some("2026-03-08"))).await;
    assert!((400..500).contains(&status) && !is_paused(), "{}", steward.html);
    let own = house.own.as_str();
    assert_eq!(command(&mut steward, 2, said(own, Some("2026-03-08"))).await, 200, "{}", steward.html);
    assert!(is_paused());
    assert_eq!(command(&mut steward, 3, said(own, None)).await, 200, "{}", steward.html);
    assert!(!is_paused());
}

#[tokio::test]
async fn a_program_makes_a_counter_offer_and_every_fault_of_it_is_named() {
    let house = House::found();
    let mut steward = house.signed_in_everywhere().await;
    let page = house.promise("wheat", 4_000_000).await;
    let transfer = page.split('/').nth(3).unwrap().split('?').next().unwrap().to_owned();
    let said = |item: &str, amount: i64, unit: &str, day: &str| {
        let wants = json!([{ "item": item, "quantity": { "amount": amount, "unit": unit } }]);
        json!({ "kind": "counter", "giver": house.own.as_str(), "transfer": transfer, "wants": wants, "not_before": day, "reason": "no-room" })
    };
    for (act, what, names) in [
        (1, said("moon-dust", 1, "g", "2026-03-08"), "moon-dust"),
        (2, said("wheat", 1, "furlong", "2026-03-08"), "what.wants[0].quantity"),
        (3, said("wheat", 1, "ml", "2026-03-08"), "wheat"),
        (4, said("wheat", 1, "g", "soon"), "what.not_before"),
        (5, said("wheat", 1, "g", "2020-01-01"), "2020"),
    ] {
        let status = command(&mut steward, act, what).await;
        assert!((400..500).contains(&status), "{names}: {status}");
        assert!(steward.html.to_lowercase().contains(names), "{names}: {}", steward.html);
    }
    assert_eq!(
        command(&mut steward, 6, said("wheat", 900_000, "g", "2026-03-08")).await,
        200,
        "{}",
        steward.html
    );
    assert_eq!(house.transfer_status(&page), koinon_ledger::transfer::Status::Countered);
}

#[tokio::test]
async fn a_program_says_what_matters_more_and_a_page_shows_it() {
    let house = House::found();
    let mut steward = house.signed_in_everywhere().await;
    let said = |item: &str, wish: &str| json!({ "kind": "state-wish", "item": item, "wish": wish });
    for (act, what, names) in
        [(1, said("moon-dust", "more"), "moon-dust"), (2, said("wheat", "most"), "what.wish")]
    {
        let status = command(&mut steward, act, what).await;
        assert!((400..500).contains(&status), "{names}: {status}");
        assert!(steward.html.contains(names), "{names}: {}", steward.html);
    }
    assert_eq!(command(&mut steward, 3, said("wheat", "more")).await, 200, "{}", steward.html);
    // A wish is relative: with one need, and with one that lives depend on, there is nothing to choose.
    for (item, urgency, shown) in
        [("wheat", "needed", false), ("potatoes", "must-have", false), ("potatoes", "needed", true)]
    {
        steward.get(&format!("/needs/state?item={item}")).await;
        let need = [("quantity", "12"), ("quantity-unit", "t"), ("urgency", urgency)];
        assert_eq!(steward.send("/needs/state", &need).await, 303, "{}", steward.html);
        steward.get("/needs").await;
        assert_eq!(steward.html.contains("What matters more to us"), shown, "{item} {urgency}");
    }
    let form = steward.fields_of("/needs/wish");
    assert!(
        form.contains(&("item".into(), "potatoes".into())) && form.contains(&("wish".into(), "same".into())),
        "{form:?}"
    );
    assert_eq!(steward.send("/needs/wish", &[("wish", "less")]).await, 303, "{}", steward.html);
    let wishes = house.node.read(|book| {
        ["wheat", "potatoes"].map(|item| book.ledger().wishes().of(&house.own, &item.parse().unwrap()))
    });
    assert_eq!(wishes, [koinon_ledger::fact::Wish::More, koinon_ledger::fact::Wish::Less]);
    let mut nobody = house.browser();
    nobody.get("/needs").await;
    assert!(!nobody.html.contains("What matters more to us"));
}

#[tokio::test]
async fn a_program_proposes_answers_and_ends_what_is_given_regularly() {
    let house = House::found();
    let mut steward = house.signed_in_everywhere().await;
    let own = house.own.to_string();
    let other = house.node.read(|book| {
        let mut others = book.region().communities.iter().filter(|one| one.code != house.own);
        others.next().unwrap().code.to_string()
    });
    let standing = "0193d6d0-0000-7000-8000-000000000001";
    let line = |from: &str, to: &str, item: &str| json!({ "from": from, "to": to, "item": item, "quantity": { "amount": 200_000, "unit": "g" } });
    let propose = |lines: Value, every: u16, until: &str| {
        json!({ "kind": "propose-standing", "standing": standing, "with": other, "lines": lines,
            "first": "2026-03-02", "every_days": every, "until": until })
    };
    let good = || json!([line(&own, &other, "wheat"), line(&other, &own, "potatoes")]);
    for (act, what, names) in [
        (1, propose(json!([]), 7, "2026-06-01"), "Nothing is chosen"),
        (2, propose(json!([line(&own, &own, "wheat")]), 7, "2026-06-01"), "does not lead between"),
        (3, propose(json!([line(&own, &other, "moon-dust")]), 7, "2026-06-01"), "moon-dust"),
        (4, propose(good(), 0, "2026-06-01"), "every 1 to 92"),
        (5, propose(good(), 7, "2026-02-01"), "is before"),
        (6, propose(good(), 7, "2031-01-01"), "at the latest"),
        (
            10,
            propose(json!([line(&own, &other, "wheat"), line(&own, &other, "wheat")]), 7, "2026-06-01"),
            "named twice",
        ),
    ] {
        let status = command(&mut steward, act, what).await;
        assert!((400..500).contains(&status), "{names}: {status}");
        assert!(steward.html.contains(names), "{names}: {}", steward.html);
    }
    assert_eq!(command(&mut steward, 7, propose(good(), 7, "2026-06-01")).await, 200, "{}", steward.html);
    steward.get("/api/v1/standing").await;
    let rows: Value = serde_json::from_str(&steward.html).unwrap();
    assert_eq!((&rows[0]["state"], &rows[0]["we_proposed"]), (&json!("proposed"), &json!(true)), "{rows}");
    steward.get("/standing").await;
    assert!(steward.html.contains("has not answered yet"), "{}", steward.html);
    let text = rows[0]["text"]["text"].as_str().unwrap();
    let answer = json!({ "kind": "answer-standing", "proposer": own, "standing": standing, "text": text, "yes": true });
    assert!((400..500).contains(&command(&mut steward, 8, answer).await), "only the other side answers");
    let end = json!({ "kind": "end-standing", "standing": standing, "reason": "not-needed" });
    assert_eq!(command(&mut steward, 9, end).await, 200, "{}", steward.html);
    steward.get("/standing").await;
    assert!(steward.html.contains("status-unheard"), "{}", steward.html);
    let mut nobody = house.browser();
    nobody.get("/standing/propose").await;
    assert!(!nobody.html.contains("standing-send"));
}
