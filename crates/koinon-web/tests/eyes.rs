//! Who sees what: the reading pages, exports and views of a federation that has lived, through every pair of eyes.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test stops at the first surprise"
)]

mod fixture;

use std::sync::LazyLock;

use fixture::{Lived, code, lived, viewer, viewers};
use koinon_authority::{Role, Viewer, Visibility};
use koinon_books::{AgreementEnded, Fact, Origin, Stamp};
use koinon_core::{CommunityCode, EntryId, FactId, LogId, Timestamp};
use koinon_web::exports::{Sheet, Tabular};
use koinon_web::i18n::Lang;
use koinon_web::pages::{adds_up, community, region, stock, touch, transfers_board, why};
use koinon_web::ui::{FormToken, Prefs, Theme, Ui};

use koinon_web::views::{Figures, Lens, Lines, SharingNotice, Stage, StockFilter};
use koinon_web::words::{forbidden_in, visible_text};
use maud::html;
use serde_json::Value;

static HEATH: LazyLock<Lived> = LazyLock::new(|| lived("heath", 9));

fn ui(lang: Lang, now: Timestamp) -> Ui {
    let prefs = Prefs { lang, theme: Theme::Auto };
    Ui::new(prefs, "/", now, HEATH.book.zone(), (FormToken::new("t"), [1; 16]))
}

/// Every reading page for one pair of eyes, by name.
fn pages(lang: Lang, who: &Viewer) -> Vec<(String, String)> {
    let world = &*HEATH;
    let ui = ui(lang, world.now);
    let lens = world.lens(who, lang.code());
    let mut all = Vec::new();
    let mut add =
        |name: String, page: koinon_web::layout::Page<'_>| all.push((name, page.render().into_string()));
    add("region".into(), region::page(&ui, &lens.region_view(world.around(&lens)), Some(world.now)));
    for place in ["heath", "dunes", "juniper"] {
        add(format!("community {place}"), community::page(&ui, &lens.community_view(&code(place)).unwrap()));
        let asked = stock::Asked { place: place.into(), ..stock::Asked::default() };
        add(format!("stock {place}"), stock::page(&ui, &lens.stock(&asked.filter()), &asked, &[]));
        let view = lens.adds_up(Some(&code(place)));
        add(format!("checks {place}"), adds_up::page(&ui, &view, Some(place), &[]));
    }
    for item in &world.book.region().items {
        if let Some(view) = lens.item_view(&item.code) {
            add(format!("item {}", item.code), stock::item_page(&ui, &view, 0));
        }
    }
    for row in lens.lots(None).iter().step_by(40) {
        let community = CommunityCode::new(&row.community.code).unwrap();
        let id = row.id.parse().unwrap();
        let lot = world.book.ledger().lot(&community, id).unwrap();
        let card = lens.lot_card(&community, (id, lot), Lines::ALL).unwrap();
        add(format!("lot {}", row.id), stock::lot_page(&ui, &card, who, &stock::Writers::new()));
    }
    add("touch".into(), touch::page(&ui, &lens.touch()));
    add("transfers".into(), transfers_board::page(&ui, &lens.transfers()));
    let lines: Vec<_> = world.plan.suggestions.iter().filter_map(|one| lens.suggestion(one)).collect();
    add(
        "suggestions".into(),
        why::list(
            &ui,
            (&lines, &lens.unmet(&world.plan)),
            &why::Asked::default(),
            Some(world.now),
            (None, &[]),
        ),
    );
    for line in &lines {
        let view = lens.suggestion_view(&world.plan, &line.id).unwrap();
        add(format!("suggestion {}", line.id), why::page(&ui, &view, world.now, &html! {}));
    }
    all
}

/// Every view for one pair of eyes as JSON.
fn views(lens: &Lens<'_>) -> Vec<(&'static str, Value)> {
    let world = &*HEATH;
    let json = |value: serde_json::Result<Value>| value.unwrap();
    let communities = ["heath", "dunes"].map(|place| lens.community_view(&code(place)));
    let items: Vec<_> = world.book.region().items.iter().map(|item| lens.item_view(&item.code)).collect();
    let suggestions: Vec<_> = world
        .plan
        .suggestions
        .iter()
        .map(|one| lens.suggestion_view(&world.plan, &one.id.to_string()))
        .collect();
    vec![
        ("region", json(serde_json::to_value(lens.region_view(world.around(lens))))),
        ("communities", json(serde_json::to_value(communities))),
        ("stock", json(serde_json::to_value(lens.stock(&StockFilter::default())))),
        ("items", json(serde_json::to_value(items))),
        ("lots", json(serde_json::to_value(lens.lots(None)))),
        ("transfers", json(serde_json::to_value(lens.transfers()))),
        ("suggestions", json(serde_json::to_value(suggestions))),
        ("unmet", json(serde_json::to_value(lens.unmet(&world.plan)))),
        ("needs", json(serde_json::to_value(lens.needs()))),
        ("offers", json(serde_json::to_value(lens.offers()))),
        ("touch", json(serde_json::to_value(lens.touch()))),
        ("checks", json(serde_json::to_value(lens.adds_up(None)))),
    ]
}

/// Where a document holds an object with a field.
fn find<'a>(value: &'a Value, field: &str, path: &str, found: &mut Vec<(String, &'a Value)>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                let here = format!("{path}.{key}");
                if key == field && !inner.is_null() {
                    found.push((here.clone(), inner));
                }
                find(inner, field, &here, found);
            }
        }
        Value::Array(list) => list.iter().for_each(|inner| find(inner, field, path, found)),
        _ => {}
    }
}

#[test]
fn the_federation_that_is_looked_at_has_something_to_hide() {
    let ledger = HEATH.book.ledger();
    let hidden = HEATH.book.region().items.iter().filter(|item| item.seen_by() == Visibility::Concerned);
    assert!(hidden.count() >= 3);
    assert!(
        ledger.transfers().count() > 5 && ledger.needs().count() > 0 && !HEATH.plan.suggestions.is_empty()
    );
}

#[test]
fn a_guest_finds_no_amount_day_count_or_batch_anywhere() {
    for (name, who) in viewers().into_iter().filter(|(_, who)| !who.is_member()) {
        let lens = HEATH.lens(&who, "en");
        for (view, document) in views(&lens) {
            for field in [
                "amount",
                "days",
                "food_days",
                "water_days",
                "by",
                "leaves",
                "arrives",
                "until",
                "batches",
                "people",
            ] {
                let mut found = Vec::new();
                find(&document, field, view, &mut found);
                // How many people live in a community is in the region file, which everybody may read.
                found.retain(|(path, value)| {
                    !(path.ends_with(".people") && path.starts_with("communities"))
                        && **value != Value::Array(Vec::new())
                });
                assert!(found.is_empty(), "{name}: {found:?}");
            }
        }
        assert!(lens.lots(None).is_empty());
        for (page, html) in pages(Lang::En, &who) {
            let text = visible_text(&html);
            for unit in ["\u{a0}t ", "\u{a0}kg", "\u{a0}g ", "\u{a0}l ", " pieces", "m³", " days of"] {
                assert!(!text.contains(unit), "{name}: '{unit}' on {page}");
            }
            let ages = text.replace(" days ago", "");
            let counted =
                ages.match_indices(" days").any(|(at, _)| ages[..at].ends_with(|c: char| c.is_ascii_digit()));
            assert!(!counted || page == "touch", "{name}: a number of days on {page}");
        }
    }
}

#[test]
fn what_is_for_those_concerned_does_not_exist_for_others() {
    let hidden: Vec<&str> = HEATH
        .book
        .region()
        .items
        .iter()
        .filter(|item| item.seen_by() == Visibility::Concerned)
        .map(|item| item.name.as_str())
        .collect();
    let (guest, dunes) = (Viewer::nobody(), viewer(Role::Steward, "dunes"));
    for (page, html) in pages(Lang::En, &guest) {
        // Names stand in nothing but pages of things that are seen.
        let text = visible_text(&html);
        for name in &hidden {
            assert!(!text.contains(name), "guest: {name} on {page}");
        }
    }
    // A steward of Dunes sees the hidden things of Dunes and of nobody else.
    let lens = HEATH.lens(&dunes, "en");
    let others = lens.stock(&StockFilter::default());
    for row in others.rows.iter().filter(|row| hidden.contains(&row.item.name.as_str())) {
        assert_eq!(row.place.code, "dunes", "{row:?}");
    }
    assert!(others.rows.iter().any(|row| hidden.contains(&row.item.name.as_str())));
    for row in lens.lots(None) {
        let concerned = hidden.contains(&row.item.name.as_str());
        assert!(!concerned || row.community.code == "dunes", "{row:?}");
    }
}

#[test]
fn what_is_no_longer_shared_is_on_no_page_and_every_need_still_is() {
    let (mut book, now) = (HEATH.book.clone(), HEATH.now);
    let text = book.agreements()[0].digest;
    let origin =
        Origin { node: book.own_node().unwrap(), log: LogId([9; 16]), seq: 0, fact: FactId([9; 32]) };
    let stamp = Stamp { recorded: now, actor: None, grant: None, act: EntryId([9; 16]) };
    let ended = Fact::AgreementEnded(AgreementEnded { text });
    book.evolve(&origin, &stamp, &ended, &mut |_, _| Vec::new());
    let figures = Figures::of(&book, now);
    let mara = viewer(Role::Steward, "heath");
    let heard = &HEATH.heard;
    let lens = Lens { book: &book, figures: &figures, viewer: &mara, now, language: "en", heard };
    assert!(lens.lots(None).iter().all(|row| row.community.code == "heath"));
    assert!(!lens.lots(None).is_empty());
    let before = HEATH.lens(&mara, "en");
    assert!(!before.needs().is_empty() || !before.offers().is_empty());
    assert_eq!((lens.needs(), lens.offers()), (before.needs(), before.offers()));
    for community in lens.region().communities.iter().map(|community| &community.code) {
        let (view, was) =
            (lens.community_view(community).unwrap(), before.community_view(community).unwrap());
        assert_eq!(view.row.shares, community.as_str() == "heath");
        assert_eq!((view.needs, view.offers), (was.needs, was.offers), "{community}");
    }
    assert!(matches!(lens.sharing().notice, Some(SharingNotice::Lapsed { .. })));
}

#[test]
fn what_moves_is_seen_by_sender_and_receiver_only() {
    let moving = |lens: &Lens<'_>| {
        let view = lens.transfers();
        view.open.into_iter().chain(view.over).filter(|line| !line.is_ours).collect::<Vec<_>>()
    };
    for (name, who) in viewers() {
        for line in moving(&HEATH.lens(&who, "en")) {
            assert!(!matches!(line.stage, Stage::UnderWay | Stage::Unsettled), "{name}: {line:?}");
            assert!(line.leaves.is_none() && line.arrives.is_none(), "{name}: {line:?}");
            for part in line.lines {
                let shown = part
                    .counts
                    .is_some_and(|counts| counts.in_transit.is_some() || counts.reserved.is_some());
                assert!(!shown, "{name}: {part:?}");
            }
        }
    }
    let ours = HEATH.lens(&viewer(Role::Coordinator, "heath"), "en").transfers();
    assert!(ours.open.iter().chain(&ours.over).any(|line| line.is_ours && line.leaves.is_some()));
}

#[test]
fn exports_hold_what_the_page_holds_and_no_formula() {
    for (name, who) in viewers() {
        let lens = HEATH.lens(&who, "en");
        let rows = lens.stock(&StockFilter::default()).rows;
        let sheet = Sheet::of("stock", &rows);
        let text = String::from_utf8(sheet.csv().unwrap()).unwrap();
        assert_eq!(text.lines().count(), rows.len() + 1, "{name}");
        let amounts =
            rows.iter().flat_map(Tabular::rows).filter(|row| row[6] != koinon_web::exports::Cell::Empty);
        assert_eq!(amounts.count() > 0, who.is_member(), "{name}");
        assert!(sheet.xlsx().unwrap().starts_with(b"PK"), "{name}");
    }
}

#[test]
fn every_page_keeps_to_the_words_for_everyone_in_each_language() {
    for lang in Lang::ALL {
        for who in [viewer(Role::Steward, "heath"), Viewer::nobody()] {
            for (page, html) in pages(lang, &who) {
                assert_eq!(forbidden_in(lang, &html), Vec::<&str>::new(), "{lang}: {page}");
                assert!(
                    !html.contains(" style=") && !html.contains("{$") && !html.contains("{ $"),
                    "{lang}: {page}"
                );
            }
        }
    }
}

/// The words of a page without its marks, and without what says that it is in English.
fn words_of(html: &str) -> Vec<String> {
    let mut own = String::new();
    for (index, part) in html.split("<span lang=\"en\"").enumerate() {
        own.push_str(if index == 0 { part } else { part.split_once("</span>").map_or("", |(_, rest)| rest) });
    }
    let text = visible_text(&own);
    // A printed batch number, which holds digits, is said as it is printed.
    let plain = text.split_whitespace().filter(|part| !part.contains(|c: char| c.is_ascii_digit()));
    let words = plain.flat_map(|part| part.split(|c: char| !c.is_alphabetic()));
    words.filter(|word| word.chars().count() >= 4).map(str::to_lowercase).collect()
}

#[test]
fn pages_in_another_language_hold_no_english() {
    use std::collections::BTreeSet;
    let catalogue = |lang: Lang| {
        let mut words: BTreeSet<String> = BTreeSet::new();
        for (_, text) in koinon_web::i18n::files_of(lang) {
            for line in text.lines().filter(|line| !line.starts_with('#')) {
                let said = line.split_once('=').map_or(line, |(_, said)| said);
                let said: String =
                    said.split('{').map(|part| part.split_once('}').map_or(part, |(_, s)| s)).collect();
                words.extend(said.split(|c: char| !c.is_alphabetic()).map(str::to_lowercase));
            }
        }
        words
    };
    let region = HEATH.book.region();
    let mut names: BTreeSet<String> = ["koinon", "json"].map(str::to_owned).into();
    let places = region.communities.iter().map(|one| one.name.as_str());
    let stores = region.stores.iter().map(|store| store.name.as_str());
    for name in places.chain(stores).chain([region.name.as_str()]) {
        names.extend(name.split(|c: char| !c.is_alphabetic()).map(str::to_lowercase));
    }
    let mut english: BTreeSet<String> = catalogue(Lang::En);
    for item in &region.items {
        english.extend(item.name.split(|c: char| !c.is_alphabetic()).map(str::to_lowercase));
    }
    assert!(english.contains("harvested") && english.contains("wheat"));
    let who = viewer(Role::Steward, "heath");
    for lang in [Lang::Es, Lang::Ar] {
        let mut known = catalogue(lang);
        for item in &region.items {
            let name = item.name_in(lang.code(), None);
            known.extend(name.split(|c: char| !c.is_alphabetic()).map(str::to_lowercase));
        }
        let mut found: BTreeSet<(String, String)> = BTreeSet::new();
        for (page, html) in pages(lang, &who) {
            for word in words_of(&html) {
                if english.contains(&word) && !known.contains(&word) && !names.contains(&word) {
                    found.insert((word, page.clone()));
                }
            }
        }
        assert!(found.is_empty(), "{lang}: {found:?}");
    }
}

#[test]
fn what_is_free_to_give_leaves_what_is_kept() {
    let who = viewer(Role::Steward, "heath");
    let rows = HEATH.lens(&who, "en").stock(&StockFilter::default()).rows;
    let mut above = 0;
    for row in rows.iter().filter(|row| row.spare.is_some()) {
        let base = |amount: Option<koinon_web::views::Amount>| amount.map_or(0, |amount| amount.0.amount());
        let most = (base(row.available) - base(row.floor)).max(0);
        assert!((0..=most).contains(&base(row.spare)), "{row:?}");
        above += usize::from(base(row.spare) > 0 && base(row.floor) > 0);
    }
    assert!(above > 20, "{above}");
    let watched =
        |row: &&koinon_web::views::StockRow| row.days.zip(row.floor_days).is_some_and(|(d, f)| d < f);
    for row in rows.iter().filter(watched) {
        assert!(
            row.spare.is_some_and(|spare| spare.0.is_zero()),
            "below what it keeps, nothing is free: {row:?}"
        );
    }
}

#[test]
fn everything_adds_up_and_says_so() {
    let who = viewer(Role::Steward, "heath");
    let view = HEATH.lens(&who, "en").adds_up(None);
    assert!(view.adds_up && view.wrong == 0 && view.checked > 500, "{} of {}", view.wrong, view.checked);
    assert!(view.rows.iter().all(|row| row.difference.0.is_zero()));
    assert!(!view.roads.is_empty());
}

#[test]
fn a_silent_community_is_said_to_be_silent() {
    let who = viewer(Role::Steward, "heath");
    let mut heard = HEATH.heard.clone();
    heard.insert(code("brook"), HEATH.now.plus_days(-9));
    heard.remove(&code("glade"));
    let lens = Lens { heard: &heard, ..HEATH.lens(&who, "en") };
    let view = lens.touch();
    assert_eq!((view.in_touch, view.of), (8, 10));
    assert_eq!(view.rows[0].community.code, "glade");
    let region = lens.region_view(HEATH.around(&lens));
    for row in
        region.communities.iter().filter(|row| ["brook", "glade"].contains(&row.community.code.as_str()))
    {
        assert_eq!(row.standing, koinon_web::views::Standing::Unknown);
    }
    assert_eq!(region.in_touch, 8);
}

#[test]
fn the_description_of_the_api_is_the_committed_one() {
    let now = koinon_web::api::document().to_pretty_json().unwrap() + "\n";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    if std::env::var_os("KOINON_BLESS").is_some() {
        std::fs::write(path, &now).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == now,
        "the API changed; look at the difference after KOINON_BLESS=1 cargo test -p koinon-web --test eyes"
    );
}

#[test]
fn what_if_shows_amounts_to_those_who_may_see_them_and_changed_places_first() {
    use koinon_core::{ItemCode, PlaceCode};
    use koinon_match::what_if::{Change, alone, what_if as ask};
    use koinon_web::pages::what_if;

    let world = &*HEATH;
    let question = |item: &ItemCode| alone(&world.book.problem(world.now), Some(&world.plan), item).unwrap();
    let one = world.plan.suggestions.first().unwrap();
    let (item, at): (ItemCode, PlaceCode) = (one.item.clone(), one.to.clone());
    let question = question(&item);
    let now = ask(&question, &[]).unwrap();
    let then = ask(&question, &[Change::Counted { place: at.clone(), by: 1_000_000_000 }]).unwrap();
    assert_ne!(now, then, "a place that has plenty gets no more");
    let known = world.book.region().item(&item).unwrap();
    for (name, who) in viewers() {
        let lens = world.lens(&who, "en");
        let view = lens.what_if(known, &at, (&now, &then));
        if !who.is_member() {
            assert_eq!(view, None, "{name}");
            continue;
        }
        let Some(view) = view else { continue };
        assert_eq!(view.lines.first().unwrap().place.code, at.to_string(), "{name}");
        let changed: Vec<bool> = view.lines.iter().skip(1).map(|line| line.now != line.then).collect();
        assert!(changed.is_sorted_by(|a, b| a >= b), "{name}: {changed:?}");
        for lang in [Lang::En, Lang::Es, Lang::Ar] {
            let html =
                what_if::page(&ui(lang, world.now), &view, &what_if::Asked::default()).render().into_string();
            assert_eq!(forbidden_in(lang, &html), Vec::<&str>::new(), "{name}");
        }
    }
}

#[test]
fn what_a_plan_hangs_on_is_shown_to_those_who_may_see_the_figures_in_each_language() {
    use koinon_match::sensitivity::sensitivity;
    use koinon_match::what_if::alone;
    use koinon_web::pages::sensitivity as leans;

    let world = &*HEATH;
    let problem = world.book.problem(world.now);
    let items: std::collections::BTreeSet<_> = world.plan.suggestions.iter().map(|one| &one.item).collect();
    let found = items.into_iter().map(|item| {
        let question = alone(&problem, Some(&world.plan), item).unwrap();
        (world.book.region().item(item).unwrap(), sensitivity(&question, 100).unwrap())
    });
    let (item, found) = found.max_by_key(|(_, found)| found.leanings.len()).unwrap();
    assert!(found.leanings.len() > 1, "nothing hangs on anything: {found:?}");
    let mut shown = 0;
    for (name, who) in viewers() {
        let lens = world.lens(&who, "en");
        let view = lens.leanings(item, &found);
        if !who.is_member() {
            assert_eq!(view, None, "{name}");
            continue;
        }
        let Some(view) = view else { continue };
        shown += view.lines.len();
        assert_eq!(view.lines.len() + view.hidden, found.leanings.len() + found.untried, "{name}");
        for lang in [Lang::En, Lang::Es, Lang::Ar] {
            let html = leans::page(&ui(lang, world.now), &view, true).render().into_string();
            assert_eq!(forbidden_in(lang, &html), Vec::<&str>::new(), "{name}");
            assert!(
                view.lines.is_empty() || html.contains("/counts/ask") || html.contains("/count"),
                "{name}"
            );
            assert!(!html.contains("leans-"), "{name}: a word is missing");
        }
    }
    assert!(shown > 0);
}
