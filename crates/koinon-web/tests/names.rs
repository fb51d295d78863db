//! Names by a browser without script: locked with a passphrase, opened after a start, and erased.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "a test may fail loudly"
)]

mod browser;

use browser::{House, PASSWORD};
use koinon_core::PersonId;

const PASSPHRASE: &str = "five words of no song";

/// The link of a person's row in the list of people.
async fn link_of(browser: &mut browser::Browser, who: &str) -> String {
    browser.get("/operator/people").await;
    let row = browser.html.split("<tr").find(|row| row.contains(who) && row.contains("/operator/people/"));
    let row = row.unwrap_or_else(|| panic!("{who} is not in {}", browser.html));
    let (_, rest) = row.split_once("href=\"/operator/people/").unwrap();
    format!("/operator/people/{}", rest.split('"').next().unwrap())
}

fn person_of(house: &House, link: &str) -> PersonId {
    let grant = link.rsplit('/').next().unwrap().parse().unwrap();
    house.node.read(|book| book.grants().get(&house.own, grant).unwrap().granted.subject)
}

#[tokio::test]
async fn names_are_locked_opened_and_unlocked_and_work_goes_on_without_them() {
    let house = House::found();
    let mut mara = house.signed_in().await;
    let mut sami = house.invited(&mut mara, "Sami Canary", "sami").await;
    assert_eq!(sami.get("/operator/people").await, 403, "who keeps the computer locks");

    mara.get("/operator/people").await;
    let lock = "/operator/people/names/lock";
    let differs = [("passphrase", PASSPHRASE), ("again-passphrase", "five words of a song")];
    assert_eq!(mara.send(lock, &differs).await, 422);
    assert!(mara.html.contains("The two are not the same"), "{}", mara.html);
    assert_eq!(mara.send(lock, &[("passphrase", "short"), ("again-passphrase", "short")]).await, 422);
    assert!(mara.html.contains("has 5 characters"), "{}", mara.html);
    let twice = [("passphrase", PASSPHRASE), ("again-passphrase", PASSPHRASE)];
    assert_eq!(mara.send(lock, &twice).await, 303, "{}", mara.html);
    mara.get("/operator/people").await;
    assert!(mara.html.contains("Sami Canary") && mara.html.contains("/operator/people/names/unlock"));

    drop((mara, sami));
    let house = house.asleep(0).await;
    let mut mara = house.browser();
    mara.get("/sign-in").await;
    let fields = [("name", "mara"), ("password", PASSWORD)];
    assert_eq!(mara.send("/sign-in", &fields).await, 303, "signing in needs no names");
    mara.get("/operator/people").await;
    assert!(!mara.html.contains("Sami Canary") && mara.html.contains("are locked since"), "{}", mara.html);
    let invite = [("name", "Noor"), ("role", "coordinator"), ("until", "2026-05-31")];
    assert_eq!(mara.send("/operator/people", &invite).await, 422, "a name cannot be kept now");
    assert!(mara.html.contains("are locked since"), "{}", mara.html);
    mara.get("/operator/people").await;
    let open = "/operator/people/names/open";
    assert_eq!(mara.send(open, &[("passphrase", "five words of a song")]).await, 422);
    assert!(mara.html.contains("does not open the names"), "{}", mara.html);
    assert_eq!(mara.send(open, &[("passphrase", PASSPHRASE)]).await, 303, "{}", mara.html);
    mara.get("/operator/people").await;
    assert!(mara.html.contains("Sami Canary"));
    let unlock = "/operator/people/names/unlock";
    assert_eq!(mara.send(unlock, &[("passphrase", PASSPHRASE)]).await, 303, "{}", mara.html);
    mara.get("/operator/people").await;
    assert!(mara.html.contains("/operator/people/names/lock"));
}

#[tokio::test]
async fn somebody_is_erased_after_their_tasks_and_by_their_mark_only() {
    let house = House::found();
    let mut mara = house.signed_in().await;
    let mut sami = house.invited(&mut mara, "Sami Canary", "sami").await;
    let link = link_of(&mut mara, "Sami Canary").await;
    let mark = person_of(&house, &link).short();
    mara.get(&link).await;
    assert!(mara.html.contains("still has a task"), "{}", mara.html);
    assert_eq!(mara.send("/operator/people/revoke", &[("reason", "asked")]).await, 303, "{}", mara.html);
    let link = link_of(&mut mara, "Sami Canary").await;
    mara.get(&link).await;
    assert!(!mara.html.contains("/operator/people/revoke"), "there is nothing left to take back");
    let erase = "/operator/people/erase";
    assert_eq!(mara.send(erase, &[("sure", "yes")]).await, 422);
    assert!(mara.html.contains("just as it stands") && mara.html.contains("Sami Canary"), "{}", mara.html);
    assert_eq!(mara.send(erase, &[("sure", &mark)]).await, 303, "{}", mara.html);
    let back = mara.location();
    mara.get(&back).await;
    assert!(mara.html.contains("was erased") && !mara.html.contains("Sami Canary"), "{}", mara.html);
    house.node.keep_erasures().unwrap();
    mara.get("/operator/people").await;
    assert!(!mara.html.contains("Sami Canary") && mara.html.contains("All communities have answered"));
    assert_ne!(sami.get("/me").await, 200, "the sign-in is gone");
}
