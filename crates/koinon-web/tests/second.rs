//! The second step of signing in, and a new code by two stewards, as a browser without script goes through them.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "a test may fail loudly"
)]

mod browser;

use browser::{Browser, House, PASSWORD};
use hmac::{Hmac, Mac as _};
use koinon_core::Clock as _;

/// What an app shows for a secret, some half minutes from now.
fn app_code(secret: &str, ahead: i64) -> String {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let values = secret.chars().map(|letter| alphabet.find(letter).unwrap());
    let bits: Vec<u8> =
        values.flat_map(|value| (0..5).rev().map(move |bit| u8::from(value >> bit & 1 == 1))).collect();
    let bytes: Vec<u8> =
        bits.chunks_exact(8).map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | bit)).collect();
    let counter = koinon_node::SystemClock::new().now().as_millis() / 30_000 + ahead;
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(&bytes).unwrap();
    mac.update(&counter.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let at = usize::from(hash[19] & 15);
    let value = u32::from_be_bytes(hash[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", value % 1_000_000)
}

fn between<'h>(html: &'h str, start: &str, end: &str) -> &'h str {
    html.split_once(start).unwrap().1.split_once(end).unwrap().0
}

/// Sets the second step up on the person's page; gives the secret and the recovery codes.
async fn set_up(browser: &mut Browser) -> (String, Vec<String>) {
    browser.get("/me").await;
    assert_eq!(browser.send("/me/second", &[("second-password", "not this one at all")]).await, 422);
    assert!(browser.html.contains("This is not your password."), "{}", browser.html);
    browser.get("/me").await;
    assert_eq!(browser.send("/me/second", &[("second-password", PASSWORD)]).await, 200, "{}", browser.html);
    let secret = between(&browser.html, "?secret=", "&").to_owned();
    assert_eq!(browser.send("/me/second/confirm", &[("second", "12345")]).await, 422);
    assert!(browser.html.contains(&secret), "the same secret is shown until it is confirmed");
    let code = app_code(&secret, -1);
    assert_eq!(browser.send("/me/second/confirm", &[("second", &code)]).await, 200, "{}", browser.html);
    let codes = browser.html.split("<li><span class=\"code\">").skip(1);
    let codes: Vec<String> = codes.map(|rest| rest.split('<').next().unwrap().to_owned()).collect();
    assert_eq!(codes.len(), 8, "{}", browser.html);
    (secret, codes)
}

#[tokio::test]
async fn a_person_sets_up_a_second_step_signs_in_with_it_and_takes_it_away() {
    let house = House::found();
    let mut mara = house.signed_in().await;
    let (secret, codes) = set_up(&mut mara).await;
    mara.get("/me").await;
    assert!(!mara.html.contains(&secret), "a secret is shown once");
    assert!(mara.html.contains("Recovery codes left: 8"), "{}", mara.html);

    let mut phone = house.browser();
    phone.get("/sign-in?back=%2Fcount").await;
    assert_eq!(phone.send("/sign-in", &[("name", "mara"), ("password", PASSWORD)]).await, 200);
    assert_eq!(phone.html.matches("action=\"/sign-in/second\"").count(), 1, "{}", phone.html);
    assert_eq!(phone.send("/sign-in/second", &[("second", "000 00")]).await, 422);
    assert!(phone.html.contains("This code is not right"), "{}", phone.html);
    let good = app_code(&secret, 0);
    let mut twice = phone.fields_of("/sign-in/second");
    assert_eq!(phone.send("/sign-in/second", &[("second", &good)]).await, 303, "{}", phone.html);
    assert_eq!(phone.location(), "/count");
    assert_eq!(phone.get("/count").await, 200);
    twice.retain(|(name, _)| name != "second");
    twice.push(("second".into(), good));
    let mut thief = house.browser();
    thief.get("/sign-in").await;
    let token = thief.fields_of("/sign-in").into_iter().find(|(name, _)| name == "token").unwrap();
    twice.retain(|(name, _)| name != "token");
    twice.push(token);
    assert_eq!(thief.post_raw("/sign-in/second", &twice).await, 303);
    assert!(
        thief.location().starts_with("/sign-in?back="),
        "half a sign-in is used up: {}",
        thief.location()
    );
    assert_eq!(thief.get("/me").await, 303);

    let mut lost = house.browser();
    lost.get("/sign-in").await;
    assert_eq!(lost.send("/sign-in", &[("name", "mara"), ("password", PASSWORD)]).await, 200);
    assert_eq!(
        lost.send("/sign-in/second", &[("second", &codes[0].to_lowercase())]).await,
        303,
        "{}",
        lost.html
    );
    lost.get("/me").await;
    assert!(lost.html.contains("Recovery codes left: 7"), "{}", lost.html);
    assert_eq!(lost.send("/me/second/remove", &[("second-password", PASSWORD)]).await, 303);
    let mut plain = house.browser();
    plain.get("/sign-in").await;
    assert_eq!(plain.send("/sign-in", &[("name", "mara"), ("password", PASSWORD)]).await, 303);
}

/// The page of somebody's task, as the list of people links it.
async fn page_of(browser: &mut Browser, name: &str) -> String {
    browser.get("/operator/people").await;
    let row = browser
        .html
        .split("<tr")
        .find(|row| row.contains(&format!(">{name}<")) && row.contains("/operator/people/"));
    let row = row.unwrap_or_else(|| panic!("{name} is not in {}", browser.html));
    format!("/operator/people/{}", between(row, "href=\"/operator/people/", "\""))
}

#[tokio::test]
async fn two_stewards_give_a_forgetful_person_a_new_code_and_one_alone_does_not() {
    let house = House::found();
    let mut mara = house.signed_in().await;
    let mut noor = house.second_steward(&mut mara).await;
    let mut sami = house.invited(&mut mara, "Sami", "sami").await;
    let page = page_of(&mut mara, "Sami").await;
    mara.get(&page).await;
    assert!(mara.html.contains("two stewards give a new code together"), "{}", mara.html);
    assert_eq!(mara.send("/operator/people/code", &[]).await, 303, "{}", mara.html);
    mara.get(&page).await;
    assert!(mara.html.contains("Another steward must agree") && !mara.html.contains("/code/agree"));
    // By hand, without the button.
    let mut alone = mara.fields_of("/operator/people/code/stop");
    assert_eq!(mara.post_raw("/operator/people/code/agree", &alone).await, 403);
    sami.get("/count").await;
    assert!(sami.html.contains("Something was done with your sign-in."), "{}", sami.html);
    sami.get("/me").await;
    assert!(sami.html.contains("Mara asked for a new code for you"), "{}", sami.html);

    // The person stops it; then it was right after all.
    assert_eq!(sami.send("/me/told/refuse", &[]).await, 303);
    assert_eq!(noor.get(&page).await, 200);
    assert!(!noor.html.contains("/code/agree"), "nothing is left to agree to");
    mara.get(&page).await;
    assert_eq!(mara.send("/operator/people/code", &[]).await, 303);
    noor.get("/operator/people").await;
    assert!(noor.html.contains("a new code was asked for"));
    noor.get(&page).await;
    assert!(noor.html.contains("Mara asked on"), "{}", noor.html);
    assert_eq!(noor.send("/operator/people/code/agree", &[]).await, 200, "{}", noor.html);
    let code = between(&noor.html, "/setup?code=", "<").to_owned();
    sami.get("/me").await;
    assert!(sami.html.contains("Mara and Noor gave out a new code for you"), "{}", sami.html);

    let mut anew = house.browser();
    anew.get(&format!("/setup?code={code}")).await;
    assert_eq!(anew.send("/setup", &[("name", "sami"), ("new-password", "sami from alder 2026")]).await, 422);
    assert!(anew.html.contains("Easily guessed"), "names of people and places are: {}", anew.html);
    anew.get(&format!("/setup?code={code}")).await;
    assert_eq!(
        anew.send("/setup", &[("name", "sami"), ("new-password", "seven lamps under moss")]).await,
        303
    );
    assert_eq!(sami.get("/me").await, 303, "other devices are signed out");
    alone.retain(|(name, _)| name == "grant");
    // A coordinator may do none of it.
    anew.get("/me").await;
    let seal = anew.fields_of("/sign-out");
    let forged: Vec<_> = seal.into_iter().chain(alone).collect();
    for path in ["/operator/people/code", "/operator/people/code/agree", "/operator/people/code/stop"] {
        assert_eq!(anew.post_raw(path, &forged).await, 403, "{path}");
    }
}
