//! "Now with your own numbers": lines for two stores, typed or pasted, and a first suggestion, without a region file.
//!
//! Nothing is kept: the answer is made from the form and shown once.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use koinon_core::region::{Item as Entry, Region, StorageClass, Tier};
use koinon_core::unit::{DecimalMark, UnitError, parse_decimal, parse_quantity};
use koinon_core::{CorridorCode, Day, Dimension, Group, ItemCode, PlaceCode, Quantity};
use koinon_ledger::demand::Rate;
use koinon_match::{
    Cargo, Departure, Item, Keep, LotRef, Moment, Place, Problem as Question, Rules, Stock, Suggestion, Use,
    plan,
};
use maud::{Markup, html};

use super::panel::demo_of;
use crate::acts::fields::Fields;
use crate::acts::say;
use crate::app::App;
use crate::components::{Tone, card, decision, link_button, notice, stack};
use crate::forms::{Field, Input, Weight, faults, post_form, submit};
use crate::i18n::{Lang, Speak as _};
use crate::layout::Page;
use crate::problem::Problem;
use crate::t;
use crate::ui::Ui;
use crate::visit::{Posted, Visit};

/// The most lines that are read.
const LINES_MAX: usize = 200;
/// Days ahead that are planned.
const HORIZON_DAYS: u32 = 7;
/// Days that each store keeps before it gives, in this first look.
const KEEP_DAYS: i64 = 14;
/// Days up to which a store is filled.
const TARGET_DAYS: i64 = 30;
/// The minutes between the two stores, in this first look.
const MINUTES: u16 = 60;

const EXAMPLE: &str = "rice; 1200 kg; 90 kg\nlentils; 80 kg; 400 kg\noil; 300 l; 20 l\nsalt; 60 kg; 55 kg\nmilk; 400 l; 30 l\nflour; 900 kg; 150 kg\nsoap; 500 piece; 40 piece\nwater; 20000 l; 3000 l\npotatoes; 2 t; 250 kg\nblankets; 120 piece; 15 piece; 2";

/// The route.
pub fn router() -> Router<App> {
    Router::new().route("/own", get(show)).route("/own", post(answer))
}

/// A line that could be read.
struct Line {
    item: Item,
    name: String,
    here: Quantity,
    there: Quantity,
    /// What both use per day together, when it was typed.
    typed: Option<Quantity>,
    entry: Option<Entry>,
}

async fn show(State(app): State<App>, visit: Visit) -> Result<Response, Problem> {
    demo_of(&app, &visit.ui)?;
    let form = form(&visit.ui, &Fields::new(vec![("lines".into(), EXAMPLE.into())]));
    let intro = html! { p { (t!(visit.ui, "own-lead")) } };
    Ok(page(&visit.ui, &stack(&[intro, form])))
}

fn page(ui: &Ui, body: &Markup) -> Response {
    Page::new(ui, t!(ui, "own-title")).narrow().body(body.clone()).into_response()
}

fn form(ui: &Ui, fields: &Fields) -> Markup {
    let value =
        |name: &str, other: String| if fields.has(name) { fields.text(name).to_owned() } else { other };
    let text =
        |name: &str, label: String, other: String| Field::new(name, label).value(value(name, other)).show(ui);
    let count = |name: &str, label: String, other: &str| {
        Field::new(name, label).input(Input::Decimal).value(value(name, other.to_owned())).show(ui)
    };
    let body = html! {
        (text("name-a", t!(ui, "own-name-a"), t!(ui, "own-here")))
        (count("people-a", t!(ui, "own-people-a"), "300"))
        (text("name-b", t!(ui, "own-name-b"), t!(ui, "own-there")))
        (count("people-b", t!(ui, "own-people-b"), "300"))
        (Field::new("lines", t!(ui, "own-lines")).input(Input::Lines).value(fields.text("lines")).hint(t!(ui, "own-hint")).show(ui))
        (submit(&t!(ui, "own-act"), Weight::Primary))
    };
    post_form(ui, "/own", &body)
}

async fn answer(State(app): State<App>, posted: Posted) -> Result<Response, Problem> {
    let ui = &posted.visit.ui;
    demo_of(&app, ui)?;
    let fields = &posted.fields;
    let mark = if ui.lang() == Lang::Es { DecimalMark::Comma } else { DecimalMark::Point };
    let region = app.node.read(|book| book.region().clone());
    let mut wrong: Vec<(String, String)> = Vec::new();
    let mut people = |name: &str| {
        if let Ok((n @ 1..=1_000_000, 0)) = parse_decimal(fields.text(name), mark) {
            i64::try_from(n).unwrap_or(1)
        } else {
            wrong.push((name.to_owned(), t!(ui, "own-people-wrong")));
            1
        }
    };
    let people = [people("people-a"), people("people-b")];
    let mut lines = Vec::new();
    if fields.text("lines").trim().is_empty() {
        wrong.push(("lines".to_owned(), t!(ui, "own-empty")));
    }
    let typed = fields.text("lines").lines().map(str::trim).filter(|line| !line.is_empty());
    for (number, text) in (1i64..).zip(typed.take(LINES_MAX)) {
        if number == 1 && is_heading(text) {
            continue;
        }
        match read(ui, &region, text, number, mark) {
            Ok(line) => lines.push(line),
            Err(why) => {
                let why = why.trim_end_matches('.');
                wrong
                    .push(("lines".to_owned(), t!(ui, "own-line-wrong", n = number, line = text, why = why)));
            }
        }
    }
    let today = ui.now.day(&ui.zone);
    let names = [fields.text("name-a").to_owned(), fields.text("name-b").to_owned()];
    let found = match question(&lines, people, today).map(|question| plan(&question)) {
        Some(Ok(found)) => found.suggestions,
        Some(Err(fault)) => {
            tracing::debug!(%fault, "a first look cannot be planned");
            wrong.push(("lines".to_owned(), t!(ui, "own-no-plan")));
            Vec::new()
        }
        None => Vec::new(),
    };
    let told: Vec<Markup> = found.iter().filter_map(|s| sentence(ui, s, &lines, &names)).collect();
    let result = if lines.is_empty() {
        html! {}
    } else if told.is_empty() {
        notice(ui, Tone::Info, &html! { (t!(ui, "own-nothing")) })
    } else {
        stack(&told)
    };
    let unread = if wrong.is_empty() {
        html! {}
    } else {
        faults(ui, &t!(ui, "own-wrong"), &wrong)
    };
    let body = stack(&[
        unread,
        result,
        card(&t!(ui, "own-again"), &form(ui, fields)),
        link_button("/", &t!(ui, "story-to-region"), false),
    ]);
    Ok(page(ui, &body))
}

fn sentence(ui: &Ui, suggestion: &Suggestion, lines: &[Line], names: &[String; 2]) -> Option<Markup> {
    let line = lines.iter().find(|line| line.item.code == suggestion.item)?;
    let amount =
        Quantity::new(round(suggestion.amount, line.here.dimension()), line.here.dimension()).ok()?;
    let name = |place: &PlaceCode| if place.as_str() == "a" { names[0].clone() } else { names[1].clone() };
    let words = t!(
        ui,
        "own-suggestion",
        amount = ui.quantity(amount),
        item = line.name.clone(),
        giver = name(&suggestion.from),
        taker = name(&suggestion.to),
        before = suggestion.taker.days_before.unwrap_or(0),
        after = suggestion.taker.days_after.unwrap_or(0),
        keeps = suggestion.giver.days_after.unwrap_or(0)
    );
    Some(decision(&words, &html! {}, &html! {}))
}

/// Whole kilograms and litres, where there are at least ten: nobody sends 139.999 of them.
fn round(amount: i64, dimension: Dimension) -> i64 {
    let whole = 1_000;
    match dimension {
        Dimension::Mass | Dimension::Volume if amount >= 10 * whole => (amount + whole / 2) / whole * whole,
        _ => amount,
    }
}

/// The parts of a line: by semicolons or tabs, or else by commas.
fn parts_of(text: &str) -> Vec<&str> {
    let by = |marks: &[char]| text.split(marks).map(str::trim).collect::<Vec<_>>();
    if text.contains([';', '\t']) { by(&[';', '\t']) } else { by(&[',']) }
}

/// Whether a line has words where amounts belong, as the first of a table may.
fn is_heading(text: &str) -> bool {
    let parts = parts_of(text);
    parts.len() >= 3 && parts.iter().skip(1).all(|part| !part.is_empty() && !part.contains(char::is_numeric))
}

/// Reads `what; here; there` with an optional fourth part, what both use per day.
fn read(ui: &Ui, region: &Region, text: &str, number: i64, mark: DecimalMark) -> Result<Line, String> {
    let parts = parts_of(text);
    let [name, here, there, rest @ ..] = parts.as_slice() else {
        return Err(t!(ui, "own-line-parts"));
    };
    // Somebody who counts oil in litres is taken at their word, though the catalogue weighs it.
    let entry = find(region, name).filter(|entry| guess(here).is_none_or(|typed| typed == entry.dimension));
    let (dimension, unit) = match &entry {
        Some(entry) => (entry.dimension, entry.unit.clone()),
        None => (guess(here).unwrap_or(Dimension::Count), String::new()),
    };
    let unit = if unit.is_empty() { dimension.base_unit().to_owned() } else { unit };
    let packs = entry.as_ref().map_or(&[][..], |entry| &entry.packs);
    let amount = |text: &str| {
        let other = if mark == DecimalMark::Point { DecimalMark::Comma } else { DecimalMark::Point };
        parse_quantity(text, dimension, packs, &unit, mark)
            .or_else(|fault| match fault {
                // `0,5` and `1.000,5` make sense in one way only.
                UnitError::BadNumber(_) => {
                    parse_quantity(text, dimension, packs, &unit, other).map_err(|_| fault)
                }
                _ => Err(fault),
            })
            .map_err(|fault| say::unit_fault(ui, &fault))
            .and_then(|q| if q.is_negative() { Err(t!(ui, "refusal-negative")) } else { Ok(q) })
    };
    let typed = rest.first().filter(|text| !text.is_empty()).map(|text| amount(text)).transpose()?;
    let fallback = ItemCode::new(&format!("line-{number}"));
    let code = match &entry {
        Some(entry) => entry.code.clone(),
        None => fallback.map_err(|_| t!(ui, "own-line-parts"))?,
    };
    let item = Item {
        code,
        tier: entry.as_ref().map_or(Tier::Needed, |entry| entry.tier),
        group: entry.as_ref().map_or(Group::Tool, |entry| entry.group),
        // Room on vehicles plays no part here; the engine wants some mass.
        mass_g_per_1000: 1,
        volume_ml_per_1000: 0,
        micropallets_per_1000: 0,
        cold: false,
        hazard: false,
        cargo: Cargo::Goods,
        storage: StorageClass::Ambient,
        packs: Vec::new(),
    };
    Ok(Line { item, name: (*name).to_owned(), here: amount(here)?, there: amount(there)?, typed, entry })
}

/// Finds a catalogue item by what people call it, in any language.
fn find(region: &Region, words: &str) -> Option<Entry> {
    let wanted = words.to_lowercase();
    let exact = |entry: &&Entry| {
        entry.code.as_str() == wanted
            || entry.name.to_lowercase() == wanted
            || entry.names.values().any(|name| name.to_lowercase() == wanted)
    };
    let near = |entry: &&Entry| {
        let mut names =
            std::iter::once(&entry.name).chain(entry.names.values()).map(|name| name.to_lowercase());
        wanted.chars().count() >= 3 && names.any(|name| name.contains(&wanted))
    };
    region.items.iter().find(exact).or_else(|| region.items.iter().find(near)).cloned()
}

fn guess(amount: &str) -> Option<Dimension> {
    let unit: String = amount.chars().skip_while(|c| !c.is_alphabetic()).collect();
    koinon_core::unit::Unit::find(unit.trim()).map(|unit| unit.dimension)
}

fn question(lines: &[Line], people: [i64; 2], today: Day) -> Option<Question> {
    let places = [PlaceCode::new("a").ok()?, PlaceCode::new("b").ok()?];
    let corridor = CorridorCode::new("a-b").ok()?;
    let mut question = Question {
        today,
        horizon_days: HORIZON_DAYS,
        rules: Rules { whole_packs: false, ..Rules::default() },
        ..Question::default()
    };
    for (place, people) in places.iter().zip(people) {
        question.places.push(Place { code: place.clone(), people });
    }
    let all = people[0] + people[1];
    let mut row = 0u32;
    for line in lines {
        if question.items.iter().any(|item| item.code == line.item.code) {
            continue;
        }
        question.items.push(line.item.clone());
        for ((place, people), amount) in places.iter().zip(people).zip([line.here, line.there]) {
            let rate = rate(line, people, all);
            let days = |days: i64| i64::try_from(rate.over(days)).unwrap_or(i64::MAX / 4);
            question.uses.push(Use {
                place: place.clone(),
                item: line.item.code.clone(),
                rate,
                source: None,
                keep: Keep { floor: days(KEEP_DAYS), target: days(TARGET_DAYS) },
            });
            if amount.amount() > 0 {
                question.stock.push(Stock {
                    place: place.clone(),
                    item: line.item.code.clone(),
                    last_good: None,
                    lot: LotRef::Row(row),
                    amount: amount.amount(),
                });
                row += 1;
            }
        }
    }
    for day in 0..i32::try_from(HORIZON_DAYS).unwrap_or(0) {
        for (from, to) in [(0, 1), (1, 0)] {
            question.departures.push(Departure {
                corridor: corridor.clone(),
                from: places.get(from)?.clone(),
                to: places.get(to)?.clone(),
                leaves: Moment { day: today.plus(day), minute: 9 * 60 },
                arrives: Moment { day: today.plus(day), minute: 9 * 60 + MINUTES },
                kg: 1_000_000,
                litre: 1_000_000,
                pallets: None,
                cold: true,
                hazard: true,
                cargo: Cargo::Goods,
                loss_per_mille: 0,
            });
        }
    }
    Some(question)
}

/// How fast one store's people use an item: as typed, by the catalogue, or as if all of it lasted thirty days.
fn rate(line: &Line, people: i64, all: i64) -> Rate {
    let (people, all) = (i128::from(people), i128::from(all.max(1)));
    if let Some(typed) = line.typed {
        return Rate { amount: i128::from(typed.amount()) * people * 1_000 / all, days: 1_000 };
    }
    if let Some(need) = line.entry.as_ref().and_then(|entry| entry.need.as_ref()) {
        return Rate { amount: i128::from(need.per_1000_person_days) * people, days: 1_000 };
    }
    let both = i128::from(line.here.amount()) + i128::from(line.there.amount());
    Rate { amount: both * people * 1_000 / (30 * all), days: 1_000 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{FormToken, Prefs};
    use koinon_core::region::generate::{Layout, new_region};

    fn ui(lang: Lang) -> Ui {
        let prefs = Prefs { lang, ..Prefs::default() };
        let now = koinon_core::Timestamp::default();
        Ui::new(prefs, "/own", now, jiff::tz::TimeZone::UTC, (FormToken::new("t"), [0; 16]))
    }

    #[test]
    fn the_example_leads_to_suggestions_and_every_line_is_read() {
        let region = new_region(2, 500, Layout::Ring, 1).unwrap();
        let ui = ui(Lang::En);
        let read_line = |(number, text)| read(&ui, &region, text, number, DecimalMark::Point).unwrap();
        let lines: Vec<Line> = (1i64..).zip(EXAMPLE.lines()).map(read_line).collect();
        assert_eq!(lines.len(), 10);
        let question = question(&lines, [300, 300], Day(20_000)).unwrap();
        let found = plan(&question).unwrap();
        assert!(found.suggestions.len() >= 3, "{:?}", found.unmet);
        let blankets = lines.iter().find(|line| line.name == "blankets").unwrap();
        assert_eq!(rate(blankets, 300, 600), Rate { amount: 1_000, days: 1_000 });
    }

    #[test]
    fn what_can_be_read_in_one_way_only_is_read() {
        let region = new_region(2, 500, Layout::Ring, 1).unwrap();
        let ui = ui(Lang::En);
        let both = |text| {
            let line = read(&ui, &region, text, 1, DecimalMark::Point).unwrap();
            (line.here.amount(), line.there.amount())
        };
        assert_eq!(both("rice,600 kg,40 kg"), (600_000, 40_000));
        assert_eq!(both("rice; 1.000,5 kg; 0,5 kg"), (1_000_500, 500));
        assert_eq!(both("milk; 5 m³; 1 l"), (5_000_000, 1_000));
        assert!(is_heading("what; here; there") && !is_heading("rice; 3 kg; there") && !is_heading("rice"));
        assert_eq!((round(139_999, Dimension::Volume), round(9_400, Dimension::Mass)), (140_000, 9_400));
        assert_eq!(round(12_345, Dimension::Count), 12_345);
    }

    #[test]
    fn a_line_that_cannot_be_read_says_why() {
        let region = new_region(2, 500, Layout::Ring, 1).unwrap();
        for text in ["rice", "rice; ; 3 kg", "rice; x; 3 kg", "rice; 3 kg; -3 kg", "rice; 3 kg; 4 l"] {
            let why =
                Lang::ALL.map(|lang| read(&ui(lang), &region, text, 1, DecimalMark::Point).err().unwrap());
            assert!(why[0] != why[1] && why[0] != why[2] && why[1] != why[2], "{text}: {why:?}");
        }
    }
}
