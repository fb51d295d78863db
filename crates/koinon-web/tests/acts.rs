//! People act through pages of a real node in a directory of its own: sign in, count, enter, ask, promise, load, receive,
//! correct. Everything here is a plain form, as a browser without script would send it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod browser;

use browser::{Browser, House};
use koinon_authority::Actor;
use koinon_books::BookCommand;
use koinon_core::{Dimension, EntryId, ItemCode, Quantity};
use koinon_ledger::command::Which;
use koinon_ledger::fact::{Method, PrintedMark};
use koinon_ledger::transfer::Status;
use koinon_ledger::{Act, Command};
use koinon_web::i18n::Lang;
use koinon_web::words::forbidden_in;

/// Every page of this room that is reached by its address alone.
const PAGES: [&str; 17] = [
    "/sign-in",
    "/setup",
    "/me",
    "/operator/people",
    "/count",
    "/count/import",
    "/enter/in",
    "/enter/out",
    "/enter/lost",
    "/enter/make",
    "/enter/move",
    "/enter/in?item=wheat&store=STORE",
    "/recall",
    "/needs",
    "/needs/state?item=wheat",
    "/offers/make?item=wheat",
    "/count/STORE/wheat?new=yes",
];

#[tokio::test]
async fn the_first_steward_begins_with_the_printed_code_and_signs_in_again() {
    let house = House::found();
    let mut browser = house.browser();
    assert_eq!(browser.get("/count").await, 303, "nobody counts");
    assert!(browser.location().starts_with("/sign-in?back=/count"), "{}", browser.location());

    browser.get("/setup").await;
    let short = [("code", house.code.as_str()), ("name", "mara"), ("new-password", "short")];
    assert_eq!(browser.send("/setup", &short).await, 422);
    assert!(browser.html.contains("Too short"));
    let good = [("code", house.code.as_str()), ("name", "mara"), ("new-password", browser::PASSWORD)];
    assert_eq!(browser.send("/setup", &good).await, 303);
    assert_eq!(browser.get("/me").await, 200);
    assert!(browser.html.contains("steward for"), "{}", browser.html);

    let mut other = house.browser();
    other.get("/sign-in?back=%2Fcount").await;
    assert_eq!(other.send("/sign-in", &[("name", "mara"), ("password", "not this one at all")]).await, 422);
    assert!(other.html.contains("The name or the password is not right"));
    assert_eq!(other.send("/sign-in", &[("name", "Mara"), ("password", browser::PASSWORD)]).await, 303);
    assert_eq!(other.location(), "/count");
    other.get("/me").await;
    assert_eq!(other.html.matches("action=\"/me/end\"").count(), 2, "both devices are listed");

    assert_eq!(browser.get("/me").await, 200);
    assert_eq!(browser.send("/sign-out", &[]).await, 303);
    assert_eq!(browser.get("/me").await, 303);
    assert_eq!(other.get("/me").await, 200, "the other device stays signed in");
}

#[tokio::test]
async fn who_keeps_the_computer_finds_its_page_people_and_devices() {
    let house = House::found();
    let mut nobody = house.browser();
    assert_eq!(nobody.get("/operator").await, 200, "the footer of each page leads there");
    assert!(
        nobody.html.contains("href=\"/sign-in?back=/operator\"") && !nobody.html.contains("/operator/people")
    );
    let mut steward = house.signed_in().await;
    steward.get("/me").await;
    assert!(steward.html.contains("href=\"/operator/people\""), "{}", steward.html);
    for lang in Lang::ALL {
        steward.language(lang.code());
        assert_eq!(steward.get("/operator").await, 200);
        for part in [
            "href=\"/operator/people\"",
            "href=\"/operator/people#devices\"",
            "koinon backup",
            env!("CARGO_PKG_VERSION"),
        ] {
            assert!(steward.html.contains(part), "{lang}: {part}");
        }
    }
}

#[tokio::test]
async fn many_wrong_tries_have_to_wait() {
    let house = House::found();
    let mut browser = house.browser();
    browser.get("/sign-in").await;
    let mut last = 0;
    for _ in 0..12 {
        last = browser.send("/sign-in", &[("name", "nobody"), ("password", "some wrong password")]).await;
        if last == 429 {
            break;
        }
    }
    assert_eq!(last, 429);
    assert!(browser.html.contains("Too many tries. Wait "), "{}", browser.html);
}

#[tokio::test]
async fn a_form_of_another_browser_or_without_a_token_is_refused() {
    let house = House::found();
    let (mut one, mut other) = (house.signed_in().await, house.browser());
    one.get(&house.path("/count/STORE/wheat?new=yes")).await;
    let stolen = one.fields_of(&house.path("/count/STORE/wheat"));
    other.get("/sign-in").await;
    assert_eq!(other.post_raw(&house.path("/count/STORE/wheat"), &stolen).await, 403);
    let bare: Vec<_> = stolen.iter().filter(|(name, _)| name != "token").cloned().collect();
    assert_eq!(one.post_raw(&house.path("/count/STORE/wheat"), &bare).await, 403);
    assert!(one.html.contains("This form is from an older page"));
}

#[tokio::test]
async fn a_count_is_written_once_asked_about_when_unusual_and_taken_back() {
    let house = House::found();
    let mut browser = house.signed_in().await;
    let action = house.path("/count/STORE/wheat");
    browser.get(&format!("{action}?new=yes")).await;
    let first = browser.fields_of(&action);
    let mut first: Vec<_> =
        first.into_iter().filter(|(name, _)| name != "seen" && name != "seen-unit").collect();
    first.extend([("seen".to_owned(), "3.1".to_owned()), ("seen-unit".to_owned(), "t".to_owned())]);
    assert_eq!(browser.post_raw(&action, &first).await, 303);
    assert_eq!(browser.post_raw(&action, &first).await, 303, "a double tap is done once");
    assert_eq!(house.stock("wheat"), 3_100_000);
    let went = browser.location();
    browser.get(&went).await;
    assert!(browser.html.contains("Written down: Wheat, 3.1"), "{}", browser.html);

    browser.get(&action).await;
    assert_eq!(browser.send(&action, &[("seen", "312"), ("seen-unit", "t")]).await, 409);
    assert!(browser.html.contains("Really 312\u{a0}t? Last time it was 3.1\u{a0}t."), "{}", browser.html);
    assert_eq!(house.stock("wheat"), 3_100_000, "nothing is written before the answer");
    let no = browser.nth_form(&action, 1);
    assert_eq!(browser.post_raw(&action, &no).await, 422);
    assert!(browser.html.contains("value=\"312\""), "the form keeps what was typed");
    assert_eq!(browser.send(&action, &[("seen", "312"), ("seen-unit", "t")]).await, 409);
    let yes = browser.nth_form(&action, 0);
    assert_eq!(browser.post_raw(&action, &yes).await, 303);
    assert_eq!(house.stock("wheat"), 312_000_000, "a question never blocks");

    let went = browser.location();
    browser.get(&went).await;
    let (_, rest) = browser.html.split_once("href=\"/lot/").unwrap();
    let correct = format!("/lot/{}", rest.split('"').next().unwrap());
    assert_eq!(browser.get(&correct).await, 200);
    assert_eq!(browser.send(&correct, &[("way", "amount"), ("quantity", ""), ("reason", "")]).await, 422);
    assert_eq!(browser.html.matches("class=\"error\"").count(), 2, "every fault at once");
    assert_eq!(
        browser.send(&correct, &[("way", "back"), ("quantity", ""), ("reason", "entry-error")]).await,
        303
    );
    assert_eq!(house.stock("wheat"), 3_100_000);
}

#[tokio::test]
async fn a_scanner_finds_a_batch_or_fills_in_what_it_knows() {
    let house = House::found();
    let mut browser = house.signed_in().await;
    let action = house.path("/count/STORE/wheat");
    browser.get(&format!("{action}?new=yes")).await;
    let told =
        [("seen", "2"), ("seen-unit", "t"), ("batch", "W-07"), ("expires", "2027-03-31"), ("method", "told")];
    assert_eq!(browser.send(&action, &told).await, 303);
    let scan = house.path("/count/STORE?scan=");
    assert_eq!(browser.get(&format!("{scan}(01)09506000134352(10)W-07(37)40")).await, 303);
    assert!(browser.location().contains("&seen=40"), "{}", browser.location());
    assert_eq!(browser.get(&format!("{scan}(10)X-9(17)270131")).await, 200);
    assert!(browser.html.contains("value=\"2027-01-31\"") && browser.html.contains("value=\"X-9\""));
    assert_eq!(browser.get(&format!("{scan}nonsense")).await, 200);
    assert!(browser.html.contains("This code could not be read"));
}

#[tokio::test]
async fn stock_comes_in_goes_out_is_lost_made_and_moved() {
    let house = House::found();
    let mut browser = house.signed_in().await;
    let take_in = house.path("/enter/in?item=wheat&store=STORE");
    browser.get(&take_in).await;
    assert_eq!(browser.send("/enter/in", &[("quantity", "0"), ("reason", "")]).await, 422);
    assert_eq!(browser.html.matches("class=\"error\"").count(), 2);
    let wheat = [("quantity", "10"), ("quantity-unit", "t"), ("reason", "harvested"), ("batch", "H1")];
    assert_eq!(browser.send("/enter/in", &wheat).await, 303);
    assert_eq!(house.stock("wheat"), 10_000_000);

    browser.get(&house.path("/enter/out?item=wheat&store=STORE")).await;
    let out = [("quantity", "500"), ("quantity-unit", "kg"), ("reason", "handed-out"), ("households", "60")];
    assert_eq!(browser.send("/enter/out", &out).await, 303);
    browser.get(&house.path("/enter/lost?item=wheat&store=STORE")).await;
    assert_eq!(
        browser
            .send("/enter/lost", &[("quantity", "100"), ("quantity-unit", "kg"), ("reason", "pests")])
            .await,
        303
    );
    assert_eq!(house.stock("wheat"), 9_400_000);

    browser.get(&house.path("/enter/make?item=wheat-flour&store=STORE")).await;
    let part = browser.field_named("from-").unwrap();
    let part_unit = format!("{part}-unit");
    let made = [("quantity", "900"), (part.as_str(), "700"), (part_unit.as_str(), "kg")];
    assert_eq!(browser.send("/enter/make", &made).await, 303, "{}", browser.html);
    assert_eq!((house.stock("wheat"), house.stock("wheat-flour") > 0), (8_700_000, true));

    browser.get(&house.path("/enter/lost?item=wheat&store=STORE")).await;
    assert_eq!(
        browser.send("/enter/lost", &[("quantity", "9"), ("quantity-unit", "t"), ("reason", "stolen")]).await,
        409
    );
    assert!(browser.html.contains("knows of 8.7"), "{}", browser.html);
}

#[tokio::test]
async fn a_sheet_is_taken_whole_or_not_at_all() {
    let house = House::found();
    let mut browser = house.signed_in().await;
    let enter = house.path("/count/sheet/STORE/enter");
    browser.get(&enter).await;
    let faulty = [
        ("item-0", "wheat"),
        ("amount-0", "3 t"),
        ("item-1", "rice"),
        ("amount-1", "many"),
        ("amount-2", "5 kg"),
    ];
    assert_eq!(browser.send(&enter, &faulty).await, 422);
    assert_eq!(browser.html.matches("class=\"error\"").count(), 2, "{}", browser.html);
    assert!(browser.html.contains("value=\"3 t\""), "the form keeps what was typed");
    assert_eq!(house.stock("wheat"), 0);
    let mended = [
        ("item-1", "rice"),
        ("amount-1", "12 bag"),
        ("item-2", "salt"),
        ("amount-2", "5 kg"),
        ("day", "2026-02-20"),
    ];
    assert_eq!(browser.send(&enter, &mended).await, 303, "{}", browser.html);
    assert_eq!((house.stock("wheat"), house.stock("rice")), (3_000_000, 300_000));
    browser.get(&house.path("/count/sheet/STORE")).await;
    assert!(
        browser.html.contains("<svg viewBox=") && !browser.html.contains("3\u{a0}t"),
        "a sheet says no amount"
    );
}

#[tokio::test]
async fn a_file_is_looked_at_first_and_written_once() {
    let house = House::found();
    let mut browser = house.signed_in().await;
    browser.get("/count/import").await;
    let file = format!("item;amount;store\nwheat;3,1 t;{0}\nrice;zwölf;{0}\nunknown;1;{0}\n", house.store);
    assert_eq!(browser.upload("/count/import", file.as_bytes()).await, 303, "{}", browser.html);
    let preview = browser.location();
    assert_eq!(browser.get(&preview).await, 200);
    assert!(browser.html.contains("Write down 1 row<"), "{}", browser.html);
    assert_eq!(house.stock("wheat"), 0, "looking writes nothing");
    assert_eq!(browser.get(&format!("{preview}/bad")).await, 200);
    assert!(browser.html.contains("unknown;") || browser.html.contains("unknown,1"), "{}", browser.html);
    browser.get(&preview).await;
    let confirm = browser.fields_of(&preview);
    assert_eq!(browser.post_raw(&preview, &confirm).await, 200);
    assert_eq!(browser.post_raw(&preview, &confirm).await, 200);
    assert_eq!(house.stock("wheat"), 3_100_000);
    let mut stranger = house.browser();
    assert_eq!(stranger.get(&preview).await, 303, "a file is its sender's alone");
    assert_eq!(browser.get("/count/import").await, 200);
    assert_eq!(browser.upload("/count/import", b"").await, 422);
}

#[tokio::test]
async fn needs_and_offers_are_stated_renewed_and_closed() {
    let house = House::found();
    let mut browser = house.signed_in().await;
    browser.get("/needs/state?item=wheat").await;
    let slip = [("quantity", "900000000"), ("quantity-unit", "t"), ("urgency", "must-have")];
    browser.send("/needs/state", &slip).await;
    assert!(browser.html.contains("That is what the whole community needs in"), "{}", browser.html);
    browser.get("/needs/state?item=wheat").await;
    let need = [("quantity", "3"), ("quantity-unit", "t"), ("urgency", "must-have"), ("every", "30")];
    assert_eq!(browser.send("/needs/state", &need).await, 303, "{}", browser.html);
    browser.get("/needs").await;
    assert!(browser.html.contains("again every 30 days"), "{}", browser.html);
    browser.get("/needs/state?item=wheat").await;
    assert!(browser.html.contains("We have asked for this already"));
    let close = browser_link(
        &{
            browser.get("/needs").await;
            browser.html.clone()
        },
        "/needs/",
        "/close",
    );
    browser.get(&close).await;
    assert_eq!(browser.send(&close, &[("reason", "not-needed")]).await, 303);
    browser.get("/needs").await;
    assert!(browser.html.contains("Nobody has asked for anything."));

    browser.get("/offers/make?item=rice").await;
    let offer = [("quantity", "12"), ("quantity-unit", "bag"), ("take", "yes")];
    browser.send("/offers/make", &offer).await;
    assert!(browser.html.contains("The stock book knows of 0"), "{}", browser.html);
    let sure = [("quantity", "12"), ("quantity-unit", "bag"), ("take", "yes"), ("confirmed", "yes")];
    assert_eq!(browser.send("/offers/make", &sure).await, 303, "{}", browser.html);
    browser.get("/needs").await;
    assert!(browser.html.contains("please take it"));
    let close = browser_link(&browser.html, "/offers/", "/close");
    browser.get(&close).await;
    assert_eq!(browser.send(&close, &[("reason", "needed-here")]).await, 303);
}

fn browser_link(html: &str, start: &str, end: &str) -> String {
    let links = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    links.filter(|link| link.starts_with(start) && link.ends_with(end)).map(str::to_owned).next().unwrap()
}

#[tokio::test]
async fn a_transfer_goes_from_promise_to_the_last_sack_by_two_people() {
    let house = House::found();
    let mut mara = house.signed_in().await;
    let mut noor = house.second_steward(&mut mara).await;
    let page = house.promise("wheat", 42_000_000).await;
    assert_eq!(mara.get(&page).await, 200, "{}", mara.html);
    assert!(mara.html.contains("42\u{a0}t of Wheat from"), "{}", mara.html);
    assert!(mara.html.contains("You began this transfer. Ask somebody else"), "two people decide");
    noor.get(&page).await;
    let approve = noor.act_form(&page, "approve");
    assert_eq!(noor.post_raw(&page, &approve).await, 303, "{}", noor.html);

    noor.get(&page).await;
    let refuse = noor.act_form(&page, "refuse");
    assert_eq!(noor.post_raw(&page, &refuse).await, 422, "a reason is needed");
    assert!(noor.html.contains("Say why."));
    noor.get(&page).await;
    let object = noor.act_with(&page, "object", &[("reason", "others-first")]);
    assert_eq!(noor.post_raw(&page, &object).await, 303);
    noor.get(&page).await;
    assert!(noor.html.contains("Halted:"));
    assert!(noor.html.contains("The next best"), "{}", noor.html);
    assert!(noor.html.contains("Nobody else could send it now."), "only this community has any");
    let settle = noor.act_form(&page, "settle");
    assert_eq!(noor.post_raw(&page, &settle).await, 303);
    noor.get(&page).await;
    let accept = noor.act_with(&page, "accept", &[("less-0", "40"), ("less-0-unit", "t")]);
    assert_eq!(noor.post_raw(&page, &accept).await, 303, "{}", noor.html);
    assert_eq!(house.transfer_status(&page), Status::Agreed);

    mara.get(&page).await;
    let load = mara.act_with(
        &page,
        "load",
        &[("vehicle", "truck"), ("paper", "WB-7"), ("part-0", "30"), ("part-0-unit", "t")],
    );
    assert_eq!(mara.post_raw(&page, &load).await, 303, "{}", mara.html);
    assert_eq!(house.transfer_status(&page), Status::UnderWay);
    mara.get(&page).await;
    assert!(mara.html.contains("You loaded it yourself"), "the other hand confirms");
    let news = mara.nth_act(&page, "news", 0);
    assert_eq!(mara.post_raw(&page, &news).await, 303);
    mara.get(&page).await;
    assert!(mara.html.contains("The vehicle broke down."));
    assert_eq!(mara.get(&format!("{page}/waybill")).await, 200);
    assert!(mara.html.contains("WB-7") && mara.html.contains("Given by"));

    noor.get(&page).await;
    let short = noor.act_with(&page, "arrive", &[("ok-0", "29"), ("gone-0", "0.9"), ("why-0", "")]);
    assert_eq!(noor.post_raw(&page, &short).await, 422);
    assert!(noor.html.contains("make 29.9\u{a0}t, but 30\u{a0}t was loaded"), "{}", noor.html);
    assert!(
        noor.html.contains("Not known yet' is an answer")
            || noor.html.contains("Not known yet&#39; is an answer")
            || noor.html.contains("is an answer")
    );
    noor.get(&page).await;
    let found = [("ok-0", "28.9750"), ("no-0", "1"), ("gone-0", "0.025"), ("why-0", "not-known-yet")];
    let arrive = noor.act_with(&page, "arrive", &found);
    assert_eq!(noor.post_raw(&page, &arrive).await, 303, "{}", noor.html);
    assert_eq!(house.transfer_status(&page), Status::Unsettled);

    mara.get(&page).await;
    let back = mara.act_with(&page, "return", &[("back-0", "1"), ("back-0-unit", "t")]);
    assert_eq!(mara.post_raw(&page, &back).await, 303, "{}", mara.html);
    mara.get(&page).await;
    let lost = mara.act_with(&page, "lost", &[("lost-0", "25"), ("lost-0-unit", "kg"), ("reason", "lost")]);
    assert_eq!(mara.post_raw(&page, &lost).await, 303, "{}", mara.html);
    mara.get(&page).await;
    let withdraw = mara.act_with(&page, "withdraw", &[("reason", "no-transport")]);
    assert_eq!(mara.post_raw(&page, &withdraw).await, 303, "{}", mara.html);
    assert_eq!(house.transfer_status(&page), Status::Done);
    mara.get(&page).await;
    assert!(mara.html.contains("Done, to the last piece."), "{}", mara.html);

    let mut stranger = house.browser();
    assert_eq!(stranger.get(&page).await, 303, "nobody sees a transfer without signing in");
}

#[tokio::test]
async fn a_held_batch_and_a_recall_are_found_everywhere() {
    let house = House::found();
    let mut browser = house.signed_in().await;
    browser.get(&house.path("/enter/in?item=wheat&store=STORE")).await;
    let wheat = [("quantity", "10"), ("quantity-unit", "t"), ("reason", "harvested"), ("batch", "H1")];
    browser.send("/enter/in", &wheat).await;
    let lot = house.lot("wheat");
    let hold = format!("/lot/{}/{lot}/hold", house.own);
    browser.get(&hold).await;
    assert_eq!(browser.send(&hold, &[("reason", "quarantine")]).await, 303);
    browser.get(&hold).await;
    assert!(browser.html.contains("It is held: waiting for a test."));
    browser.get("/recall").await;
    let recall = [("item", "wheat"), ("batch", "H1"), ("reason", "recall"), ("stands", "yes")];
    assert_eq!(browser.send("/recall", &recall).await, 303, "{}", browser.html);
    let went = browser.location();
    browser.get(&went).await;
    assert!(
        browser.html.contains("Lift the recall") && browser.html.contains("10\u{a0}t"),
        "{}",
        browser.html
    );
}

#[tokio::test]
async fn a_task_is_given_for_a_time_and_taken_back() {
    let house = House::found();
    let mut mara = house.signed_in().await;
    let mut noor = house.second_steward(&mut mara).await;
    assert_eq!(noor.get("/operator/people").await, 200);
    mara.get("/operator/people").await;
    let long = [("name", "Ivo"), ("role", "coordinator"), ("until", "2029-01-01")];
    assert_eq!(mara.send("/operator/people", &long).await, 422);
    assert!(mara.html.contains("at most 120 days"), "{}", mara.html);
    let grant = browser_link(&noor.html, "/operator/people/", "");
    noor.get(&grant).await;
    assert!(noor.html.contains("Take the task back"));
    assert_eq!(mara.get("/operator/people").await, 200);
    let grants: Vec<String> = mara
        .html
        .split("href=\"")
        .filter_map(|rest| rest.split('"').next())
        .filter(|link| link.starts_with("/operator/people/"))
        .map(str::to_owned)
        .collect();
    assert_eq!(grants.len(), 2);
    for grant in grants {
        noor.get(&grant).await;
        if noor.html.contains("<h1>Noor</h1>") {
            mara.get(&grant).await;
            assert_eq!(
                mara.send("/operator/people/revoke", &[("reason", "finished")]).await,
                303,
                "{}",
                mara.html
            );
        }
    }
    assert_eq!(noor.get("/me").await, 303, "the session ends with the task");
    assert_eq!(mara.get("/me").await, 200);
}

#[tokio::test]
async fn pages_keep_to_the_words_for_everyone_in_each_language() {
    let house = House::found();
    let mut browser = house.signed_in().await;
    browser.get(&house.path("/enter/in?item=wheat&store=STORE")).await;
    browser
        .send(
            "/enter/in",
            &[("quantity", "100"), ("quantity-unit", "t"), ("reason", "harvested"), ("batch", "H1")],
        )
        .await;
    let transfer = house.promise("wheat", 42_000_000).await;
    let extra = [
        transfer.clone(),
        format!("{transfer}/waybill"),
        house.path("/count/STORE"),
        house.path("/labels/STORE"),
    ];
    for lang in Lang::ALL {
        browser.language(lang.code());
        for page in PAGES.iter().map(|page| house.path(page)).chain(extra.clone()) {
            assert_eq!(browser.get(&page).await, 200, "{page}");
            assert_eq!(forbidden_in(lang, &browser.html), Vec::<&str>::new(), "{lang} {page}");
            for inline in [" style=", "<style", " onclick="] {
                assert!(!browser.html.contains(inline), "{page}: {inline}");
            }
            let ids: Vec<&str> =
                browser.html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
            let mut sorted = ids.clone();
            sorted.sort_unstable();
            sorted.dedup();
            assert_eq!(sorted.len(), ids.len(), "{page}: an id stands twice");
        }
    }
}

#[tokio::test]
async fn a_route_is_closed_kept_closed_and_opened_again_and_a_strange_one_is_not_ours() {
    let house = House::found();
    let mut browser = house.signed_in().await;
    let ends = |corridor: &koinon_core::region::Corridor| koinon_ledger::route::ends(&house.region, corridor);
    let ours = house.region.corridors.iter().find(|corridor| ends(corridor).contains(&house.own)).unwrap();
    let strange =
        house.region.corridors.iter().find(|corridor| !ends(corridor).contains(&house.own)).unwrap();
    let path = format!("/routes/{}", ours.code);
    let closed = |day: &str| {
        let day = koinon_core::Day::parse(day).unwrap();
        house.node.read(|book| book.closed_route(&ours.code, day).and_then(|said| said.closed))
    };
    assert_eq!(browser.get(&path).await, 200);
    assert!(browser.html.contains("value=\"2026-03-01\""), "closed from today unless said otherwise");
    assert_eq!(browser.send(&path, &[("from", "2026-03-01")]).await, 422, "a reason is needed");
    let backward = [("reason", "flood"), ("from", "2026-03-05"), ("until", "2026-03-02")];
    assert_eq!(browser.send(&path, &backward).await, 422);
    let good = [("reason", "flood"), ("from", "2026-03-01"), ("until", "2026-03-04")];
    browser.get(&path).await;
    assert_eq!(browser.send(&path, &good).await, 303, "{}", browser.html);
    assert_eq!(browser.location(), "/routes?done=yes");
    assert!(closed("2026-03-04").is_some() && closed("2026-03-05").is_none());
    browser.get(&path).await;
    assert!(browser.html.contains("It is open again"), "{}", browser.html);
    let longer = [("reason", "repair"), ("from", "2026-03-01"), ("until", "")];
    let longer = browser.act_with(&path, "close", &longer);
    assert_eq!(browser.post_raw(&path, &longer).await, 303, "{}", browser.html);
    assert_eq!(closed("2026-04-01").map(|closed| closed.reason.code()), Some("repair"));
    browser.get(&path).await;
    let open = browser.act_form(&path, "open");
    assert_eq!(browser.post_raw(&path, &open).await, 303, "{}", browser.html);
    assert!(closed("2026-03-01").is_none());
    assert_eq!(browser.get(&format!("/routes/{}", strange.code)).await, 403);
    assert_eq!(browser.get("/routes/nowhere").await, 404);
    assert_eq!(house.browser().get(&path).await, 303, "nobody closes a route");
    for lang in Lang::ALL {
        browser.language(lang.code());
        browser.get(&path).await;
        assert_eq!(forbidden_in(lang, &browser.html), Vec::<&str>::new(), "{lang}");
    }
}

#[tokio::test]
async fn odd_addresses_and_bodies_get_an_answer() {
    let house = House::found();
    let mut browser = house.signed_in().await;
    for path in [
        "/count/nowhere",
        "/count/../x",
        "/enter/steal",
        "/transfer/x/y",
        "/transfer/heath/00000000000000000000000000000000",
        "/lot/x/y/correct/z",
        "/suggestion/zz/send",
        "/count/import/zz",
        "/labels/%F0%9F%8C%BE",
        "/needs/zz/close",
        "/operator/people/zz",
    ] {
        let status = browser.get(path).await;
        assert!((400..500).contains(&status), "{path}: {status}");
    }
    browser.get(&house.path("/count/STORE/wheat?new=yes")).await;
    let token = browser.fields_of(&house.path("/count/STORE/wheat"));
    for action in
        ["/count/STORE/wheat", "/enter/in", "/needs/state", "/offers/make", "/recall", "/operator/people"]
    {
        let action = house.path(action);
        let kept: Vec<_> =
            token.iter().filter(|(name, _)| name == "token" || name == "act").cloned().collect();
        let status = browser.post_raw(&action, &kept).await;
        assert!((400..500).contains(&status), "{action}: {status}");
    }
}

#[allow(dead_code, reason = "keeps the helper's type in view of the tests")]
fn is_a_browser(_: &Browser) {}

#[tokio::test]
async fn a_store_with_many_batches_is_shown_in_parts() {
    let house = House::found();
    let mut browser = house.signed_in().await;
    let now = house.node.clock().now();
    let count = |number: u32| {
        let act = EntryId::derived("many batches", &number.to_be_bytes());
        let which =
            Which::New { batch: Some(PrintedMark::new(&format!("M{number}")).unwrap()), expires: None };
        let (store, item) = (house.store.clone(), ItemCode::new("wheat").unwrap());
        let seen = Quantity::new(1_000, Dimension::Mass).unwrap();
        let what = Act::Count { store, item, which, seen, method: Method::Counted, witness: None };
        (
            Actor::Person(house.steward),
            BookCommand::Ledger(Command { act, occurred: now, confirmed: true, what }),
        )
    };
    let done = house.node.submit_all((0..130).map(count).collect()).await;
    assert!(done.iter().all(Result::is_ok), "{done:?}");
    let store = house.store.clone();
    let pages = [
        (format!("/count/{store}"), format!("/count/{store}/wheat?mark=")),
        (format!("/count/sheet/{store}"), "<th scope=\"row\">".to_owned()),
        (format!("/count/sheet/{store}/enter"), "<div class=\"pick\">".to_owned()),
        (format!("/labels/{store}"), "class=\"label\"".to_owned()),
    ];
    for (page, line) in pages {
        let mut shown = Vec::new();
        for from in ["", "?from=100"] {
            browser.get(&format!("{page}{from}")).await;
            shown.push(browser.html.matches(&line).count());
        }
        assert_eq!(shown, [100, 30], "{page}: {line}\n{}", browser.html);
    }
}
