//! Acts by a browser without script that pass from hand to hand: the shared phone and its PIN, a suggestion that is sent,
//! a load that never left or goes elsewhere.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "a test may fail loudly"
)]

mod browser;

use browser::{Browser, House, PASSWORD};
use koinon_core::{ItemCode, Quantity};
use koinon_ledger::fact::Method;
use koinon_ledger::transfer::Status;
use koinon_ledger::{Act, Reason};

/// The store's phone, registered by the steward who is then signed out of it; and the steward's own device.
async fn shared_phone(house: &House) -> (Browser, Browser) {
    let mut own = house.signed_in().await;
    let mut phone = house.browser();
    phone.get("/sign-in?back=%2Foperator%2Fpeople").await;
    assert_eq!(
        phone.send("/sign-in", &[("name", "mara"), ("password", PASSWORD), ("shared", "yes")]).await,
        303
    );
    phone.get("/operator/people").await;
    assert_eq!(
        phone.send("/operator/people/device", &[("label", "Store phone")]).await,
        303,
        "{}",
        phone.html
    );
    phone.get("/me").await;
    assert_eq!(phone.send("/sign-out", &[]).await, 303);
    own.get("/me").await;
    (phone, own)
}

#[tokio::test]
async fn a_pin_signs_in_on_the_registered_phone_only_and_ends_with_its_registration() {
    let house = House::found();
    let (mut phone, mut own) = shared_phone(&house).await;
    phone.get("/sign-in").await;
    assert!(!phone.html.contains("/sign-in/pin"), "nobody has a PIN yet");
    for bad in ["1234", "77", "12a4"] {
        own.get("/me").await;
        assert_eq!(own.send("/me/pin", &[("pin", bad)]).await, 422, "{bad}");
    }
    assert_eq!(own.send("/me/pin", &[("pin", "٢٥٨٠")]).await, 303, "Arabic digits are digits");

    phone.get("/sign-in").await;
    assert_eq!(phone.send("/sign-in/pin", &[("pin", "2581")]).await, 422);
    assert!(phone.html.contains("not right"), "{}", phone.html);
    phone.get("/sign-in").await;
    assert_eq!(phone.send("/sign-in/pin", &[("pin", "2580")]).await, 303, "{}", phone.html);
    assert_eq!(phone.get("/count").await, 200);
    phone.get("/me").await;
    assert!(phone.html.contains("Store phone · shared"), "{}", phone.html);

    let mut stranger = house.browser();
    stranger.get("/sign-in").await;
    assert!(!stranger.html.contains("/sign-in/pin"), "another device is not asked for a PIN");
    let mut guess = stranger.fields_of("/sign-in");
    guess.push(("person".into(), house.steward.to_string()));
    guess.push(("pin".into(), "2580".into()));
    assert_eq!(stranger.post_raw("/sign-in/pin", &guess).await, 422);
    assert!(stranger.html.contains("not registered"), "{}", stranger.html);

    own.get("/operator/people").await;
    assert_eq!(own.send("/operator/people/device/remove", &[]).await, 303);
    phone.get("/me").await;
    phone.send("/sign-out", &[]).await;
    phone.get("/sign-in").await;
    assert!(!phone.html.contains("/sign-in/pin"), "the phone is not registered any more");
}

#[tokio::test]
async fn on_a_real_computer_nobody_is_somebody_by_choosing() {
    let house = House::found();
    let mut browser = house.browser();
    browser.cookie("koinon_persona", "heath-steward-1");
    assert_eq!(browser.get("/count").await, 303, "the demo's cookie means nothing");
    browser.get("/sign-in").await;
    let mut sealed = browser.fields_of("/sign-in");
    sealed.push(("persona".into(), "heath-steward-1".into()));
    assert_eq!(browser.post_raw("/demo/persona", &sealed).await, 404);
}

/// The steward, and a plan in which this community can spare something for the hub that it keeps.
async fn with_a_suggestion(house: &House) -> (Browser, String) {
    let mara = house.signed_in().await;
    let item = ItemCode::new("wheat").unwrap();
    let tonnes = |n: i64| Quantity::new(n * 1_000_000, house.region.item(&item).unwrap().dimension).unwrap();
    house
        .submit(Act::TakeIn {
            store: house.store.clone(),
            item: item.clone(),
            batch: None,
            expires: None,
            quantity: tonnes(5_000),
            reason: Reason::Harvested,
            paper: None,
            method: Method::Counted,
        })
        .await;
    let mut asker = mara;
    asker.get("/needs/state?item=wheat").await;
    let at_hub = house.region.stores_of(&house.region.hubs[0].code).next().unwrap().code.as_str();
    let need = [("quantity", "12"), ("quantity-unit", "t"), ("urgency", "must-have"), ("store", at_hub)];
    assert_eq!(asker.send("/needs/state", &need).await, 303, "{}", asker.html);
    assert!(house.plans.refresh());
    let planned = house.plans.newest().unwrap();
    let ours = |s: &&koinon_match::Suggestion| {
        house.region.keeper_of(&s.from).as_ref() == Some(&house.own) && s.item == item
    };
    let suggestion = planned.plan.suggestions.iter().find(ours);
    let suggestion = suggestion.unwrap_or_else(|| panic!("{:?}", planned.plan));
    (asker, format!("/suggestion/{}/send", suggestion.id))
}

#[tokio::test]
async fn a_suggestion_is_sent_whole_or_less_and_becomes_one_promise() {
    let house = House::found();
    let (mut mara, path) = with_a_suggestion(&house).await;
    let mut nobody = house.browser();
    assert_eq!(nobody.get(&path).await, 303, "signing in comes first");
    assert_eq!(mara.get(&path).await, 200, "{}", mara.html);
    assert!(mara.html.contains("Wheat"), "{}", mara.html);
    // Not now: the item is set aside, no plan takes it, and it can be taken back.
    let ours = |plan: &koinon_match::Plan| {
        plan.suggestions.iter().any(|s| format!("/suggestion/{}/send", s.id) == path)
    };
    assert_eq!(mara.send("/giving/pause", &[("days", "7")]).await, 303, "{}", mara.html);
    assert_eq!(mara.location(), "/suggestions");
    assert!(house.plans.refresh());
    assert!(!ours(&house.plans.newest().unwrap().plan));
    assert_eq!(mara.get("/suggestions").await, 200);
    assert!(
        mara.html.contains("gives no Wheat until") && mara.html.contains("set it aside until"),
        "{}",
        mara.html
    );
    assert_eq!(nobody.get("/suggestions").await, 200);
    assert!(!nobody.html.contains("/giving/resume"));
    assert_eq!(mara.send("/giving/resume", &[]).await, 303, "{}", mara.html);
    assert!(house.plans.refresh());
    let (mut mara, path) = (mara, {
        let planned = house.plans.newest().unwrap();
        let ours =
            |s: &&koinon_match::Suggestion| house.region.keeper_of(&s.from).as_ref() == Some(&house.own);
        format!("/suggestion/{}/send", planned.plan.suggestions.iter().find(ours).unwrap().id)
    });
    for (amount, words) in [("0", "above zero"), ("many", "type how much")] {
        mara.get(&path).await;
        let less = [("share", "less"), ("quantity", amount), ("quantity-unit", "t")];
        assert_eq!(mara.send(&path, &less).await, 422, "{amount}");
        assert!(mara.html.to_lowercase().contains(words), "{words}: {}", mara.html);
    }
    mara.get(&path).await;
    let mut less = mara.fields_of(&path);
    less.retain(|(name, _)| !matches!(name.as_str(), "quantity" | "quantity-unit"));
    less.extend(
        [("share", "less"), ("quantity", "5"), ("quantity-unit", "t")]
            .map(|(a, b)| (a.to_owned(), b.to_owned())),
    );
    let mut status = mara.post_raw(&path, &less).await;
    if status == 409 {
        less.push(("confirmed".into(), "yes".into()));
        status = mara.post_raw(&path, &less).await;
    }
    assert_eq!(status, 303, "{}", mara.html);
    let page = mara.location();
    assert!(page.starts_with(&format!("/transfer/{}/", house.own)), "{page}");
    less.push(("confirmed".into(), "yes".into()));
    assert_eq!(mara.post_raw(&path, &less).await, 303, "a second tap");
    assert_eq!(mara.location(), page, "one promise");
    mara.get(page.split('?').next().unwrap()).await;
    assert!(mara.html.contains("5\u{a0}t of Wheat"), "{}", mara.html);
    assert_eq!(house.node.read(|book| book.ledger().transfers().count()), 1);
}

#[tokio::test]
async fn a_load_goes_elsewhere_or_never_left() {
    let house = House::found();
    let mut mara = house.signed_in().await;
    let mut noor = house.second_steward(&mut mara).await;
    let page = house.promise("wheat", 42_000_000).await;
    for act in ["approve", "accept"] {
        noor.get(&page).await;
        let form = noor.act_form(&page, act);
        assert_eq!(noor.post_raw(&page, &form).await, 303, "{}", noor.html);
    }
    mara.get(&page).await;
    let load = mara.act_with(&page, "load", &[("vehicle", "truck"), ("part-0", "10"), ("part-0-unit", "t")]);
    assert_eq!(mara.post_raw(&page, &load).await, 303, "{}", mara.html);
    let before = house.stock("wheat");

    // Written by mistake: it never left, and the stock is back.
    mara.get(&page).await;
    let unload = mara.act_form(&page, "unload");
    assert_eq!(mara.post_raw(&page, &unload).await, 303, "{}", mara.html);
    assert_eq!(mara.post_raw(&page, &unload).await, 303, "a second tap");
    assert_eq!(house.stock("wheat"), before + 10_000_000);
    mara.get(&page).await;
    assert!(mara.html.contains("it never left"), "{}", mara.html);

    let load = mara.act_with(&page, "load", &[("vehicle", "truck"), ("part-0", "42"), ("part-0-unit", "t")]);
    assert_eq!(mara.post_raw(&page, &load).await, 303, "{}", mara.html);
    mara.get(&page).await;
    let news = |browser: &Browser, what: &str| {
        let all = (0..4).map(|at| browser.nth_act(&page, "news", at));
        all.into_iter().find(|form| form.iter().any(|(name, value)| name == "what" && value == what)).unwrap()
    };
    let mut nowhere = news(&mara, "diverted");
    nowhere.retain(|(name, _)| name != "place");
    assert_eq!(mara.post_raw(&page, &nowhere).await, 422, "a place is needed");
    mara.get(&page).await;
    let mut elsewhere = news(&mara, "diverted");
    let other =
        house.region.communities.iter().map(|c| c.code.clone()).find(|code| *code != house.own).unwrap();
    elsewhere.retain(|(name, _)| name != "place");
    elsewhere.push(("place".into(), other.to_string()));
    assert_eq!(mara.post_raw(&page, &elsewhere).await, 303, "{}", mara.html);
    mara.get(&page).await;
    let name = &house.region.communities.iter().find(|c| c.code == other).unwrap().name;
    let (_, history) = mara.html.split_once("never left").unwrap();
    assert!(history.contains(name.as_str()), "the history says where it goes now: {}", mara.html);
    assert_eq!(house.transfer_status(&page), Status::UnderWay);
}

#[tokio::test]
async fn a_figure_in_doubt_is_asked_to_be_counted_and_a_count_beside_a_visitor_answers_it() {
    let house = House::found();
    let (mut mara, _) = with_a_suggestion(&house).await;
    let mut nobody = house.browser();
    assert_eq!(nobody.get("/suggestions/figures?item=wheat").await, 200);
    assert!(!nobody.html.contains("/counts/ask"), "a guest sees no figures and asks for none");
    assert_eq!(mara.get("/suggestions/figures?item=moon-dust").await, 404);
    assert_eq!(mara.get("/suggestions/figures?item=wheat").await, 200, "{}", mara.html);
    assert!(mara.html.contains("Hub 1 asks for 12") && mara.html.contains("Hub 1 gets 1.2"), "{}", mara.html);
    // Others ask this community; the page where people count says so until somebody has counted.
    let place = house.own.place();
    let until = Some(koinon_core::Day::parse("2026-03-08").unwrap());
    let wheat = ItemCode::new("wheat").unwrap();
    house.submit(Act::AskCount { place, item: wheat.clone(), until }).await;
    assert_eq!(mara.get("/count").await, 200);
    assert!(mara.html.contains("asks you to count Wheat again"), "{}", mara.html);
    let path = format!("/count/{}/wheat", house.store);
    assert_eq!(mara.get(&path).await, 200);
    let seen = [("seen", "4990"), ("seen-unit", "t"), ("visitor", "yes")];
    assert_eq!(mara.send(&path, &seen).await, 303, "{}", mara.html);
    let witnessed = house.node.read(|book| {
        let counts = book.ledger().lots_of(&house.own, &wheat).filter_map(|(_, lot)| lot.last_count());
        counts.max().is_some_and(|count| count.witnessed)
    });
    assert!(witnessed, "the visitor is kept");
    mara.get("/count").await;
    assert!(!mara.html.contains("asks you to count"), "{}", mara.html);
}

#[tokio::test]
async fn who_would_rather_have_something_else_is_promised_that_and_it_is_agreed() {
    let house = House::found();
    let mut mara = house.signed_in().await;
    let mut noor = house.second_steward(&mut mara).await;
    let page = house.promise("wheat", 4_000_000).await;
    noor.get(&page).await;
    assert!(noor.html.contains("something else, less, or later"), "{}", noor.html);
    // Nothing else than promised, nothing at all, an unknown thing and a unit that does not fit are said, and nothing is written.
    for (fields, words) in [
        (vec![("reason", "no-room")], "just what is promised"),
        (vec![("reason", "no-room"), ("rather-0", "0")], "at least one thing"),
        (vec![("reason", "no-room"), ("rather-0", "many")], "type how much"),
        (
            vec![
                ("reason", "no-room"),
                ("other", "wheat"),
                ("other-quantity", "3"),
                ("other-quantity-unit", "l"),
            ],
            "kg",
        ),
        (vec![("reason", "no-room"), ("other-quantity", "3"), ("other-quantity-unit", "l")], "choose"),
        (vec![("rather-0", "1"), ("rather-0-unit", "t")], "reason"),
    ] {
        let form = noor.act_with(&page, "counter", &fields);
        assert_eq!(noor.post_raw(&page, &form).await, 422, "{fields:?}");
        assert!(noor.html.to_lowercase().contains(words), "{words}: {}", noor.html);
        assert_eq!(house.transfer_status(&page), Status::NeedsAnswer);
        noor.get(&page).await;
    }
    let less =
        [("reason", "no-room"), ("rather-0", "1.5"), ("rather-0-unit", "t"), ("not-before", "2026-03-09")];
    let form = noor.act_with(&page, "counter", &less);
    assert_eq!(noor.post_raw(&page, &form).await, 303, "{}", noor.html);
    assert_eq!(noor.post_raw(&page, &form).await, 303, "a second tap");
    assert_eq!(house.transfer_status(&page), Status::Countered);

    mara.get(&page).await;
    assert!(mara.html.contains("would rather have 1.5\u{a0}t of Wheat, not before"), "{}", mara.html);
    let read_then = mara.act_form(&page, "meet");
    // Meanwhile they say something else: the button answers what was read, and nothing later.
    noor.get(&page).await;
    let form =
        noor.act_with(&page, "counter", &[("reason", "no-room"), ("rather-0", "2"), ("rather-0-unit", "t")]);
    assert_eq!(noor.post_raw(&page, &form).await, 303, "{}", noor.html);
    assert_eq!(mara.post_raw(&page, &read_then).await, 422);
    assert!(mara.html.contains("something else since"), "{}", mara.html);
    mara.get(&page).await;
    let meet = mara.act_form(&page, "meet");
    assert_eq!(mara.post_raw(&page, &meet).await, 303, "{}", mara.html);
    assert_eq!(house.transfer_status(&page), Status::Agreed, "they have said so already");
    mara.get(&page).await;
    assert!(mara.html.contains("2\u{a0}t of Wheat"), "{}", mara.html);
}

#[tokio::test]
async fn who_has_enough_is_not_filled_up_until_the_day_and_what_it_asks_for_comes_all_the_same() {
    let house = House::found();
    let mut mara = house.signed_in().await;
    let mut noor = house.second_steward(&mut mara).await;
    let page = house.promise("wheat", 4_000_000).await;
    noor.get(&page).await;
    let no = noor.act_with(&page, "refuse", &[("reason", "no-room")]);
    assert_eq!(noor.post_raw(&page, &no).await, 303, "{}", noor.html);
    noor.get(&page).await;
    assert!(noor.html.contains("No more Wheat for a while?"), "{}", noor.html);
    assert_eq!(noor.send("/taking/pause", &[("days", "30")]).await, 303, "{}", noor.html);
    noor.get("/suggestions").await;
    assert!(noor.html.contains("wants no more Wheat until"), "{}", noor.html);
    assert_eq!(noor.send("/taking/resume", &[]).await, 303, "{}", noor.html);
    noor.get("/suggestions").await;
    assert!(!noor.html.contains("wants no more Wheat"), "{}", noor.html);
}
