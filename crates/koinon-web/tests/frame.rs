//! What every page keeps: the words for everyone, no inline script or style, and sealed forms.

#![allow(clippy::indexing_slicing, reason = "a test stops at the first surprise")]

use jiff::tz::TimeZone;
use koinon_core::Timestamp;
use koinon_web::components::{Column, Status, Table, Tile, Tone, age, empty, notice, status, steps};
use koinon_web::forms::{Field, Input, Weight, post_button, post_form, queued_form, submit};
use koinon_web::i18n::Lang;
use koinon_web::icons::Icon;
use koinon_web::layout::{Page, Section};
use koinon_web::live::{Topic, filter_form, region};
use koinon_web::ui::{Chrome, Demo, FormToken, Prefs, Theme, Ui};
use koinon_web::words::forbidden_in;
use maud::{Markup, html};

fn ui(lang: Lang) -> Ui {
    let prefs = Prefs { lang, theme: Theme::Dark };
    let seal = (FormToken::new("secret-of-the-session"), [3; 16]);
    let demo = Demo { day: 3, personas: vec![("guest".into(), "x".into())], persona: "guest".into() };
    let chrome = Chrome { demo: Some(demo), ..Chrome::default() };
    Ui::new(prefs, "/stock?q=\"<b>", Timestamp::default(), TimeZone::UTC, seal).with_chrome(chrome)
}

fn body(ui: &Ui) -> Markup {
    html! {
        (notice(ui, Tone::Bad, &html! { "x" }))
        (Tile::new("x", "1").link("/stock"))
        @for one in [Status::Enough, Status::Watch, Status::Short, Status::Unheard] { (status(ui, one)) }
        (age(ui, ui.now))
        (steps(ui, &[("x".into(), koinon_web::components::StepState::Now)]))
        (Table::new("x", [Column::head("x"), Column::number("<x>")]).row([html! { "x" }, html! { "1" }]))
        (post_form(ui, "/x", &html! { (Field::new("x", "x").optional().show(ui)) (submit("x", Weight::Primary)) }))
        (queued_form(ui, "/x", &html! { (Field::new("y", "x").input(Input::Decimal).show_with_pad(ui)) }))
        (post_button(ui, "/x", "x", Weight::Danger, &[("hidden", "\"<value>")]))
        (region("x-part", "/x", &[Topic::Stock, Topic::Needs], &empty(Icon::Stock, "x", &html! {})))
        (filter_form("/x", "x-part", &html! {}))
    }
}

fn page(lang: Lang) -> String {
    let ui = ui(lang);
    let page = Page::new(&ui, "x").section(Section::Stock).crumb("/", "x").live(&[Topic::Stock]);
    page.body(body(&ui)).render().into_string()
}

#[test]
fn the_frame_keeps_to_the_words_for_everyone() {
    for lang in Lang::ALL {
        assert_eq!(forbidden_in(lang, &page(lang)), Vec::<&str>::new(), "{lang}");
    }
}

#[test]
fn nothing_on_a_page_needs_a_weaker_policy() {
    let page = page(Lang::Ar);
    for inline in [" style=", "<style", " onclick=", " onchange=", "javascript:", "http://", "https://"] {
        assert!(!page.contains(inline), "{inline}");
    }
    assert_eq!(page.matches("<script").count(), page.matches("<script src=\"/assets/").count());
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"ar\" dir=\"rtl\" data-theme=\"dark\">"));
}

#[test]
fn every_form_that_changes_something_is_sealed_with_an_id_of_its_own() {
    let page = page(Lang::En);
    let mut acts = Vec::new();
    for form in page.split("<form").skip(1).map(|rest| rest.split("</form>").next().unwrap_or_default()) {
        // Language and theme change nothing but the reader's own cookies.
        if form.contains("method=\"post\"") && !form.contains("action=\"/settings\"") {
            let (_, act) = form.split_once("name=\"act\" value=\"").unwrap_or_default();
            acts.push(act[..32].to_owned());
            assert!(form.contains("name=\"token\" value=\"secret-of-the-session\""), "{form}");
        }
    }
    assert_eq!(acts.len(), 4);
    acts.sort();
    acts.dedup();
    assert_eq!(acts.len(), 4, "no two forms share an act");
}

#[test]
fn what_people_typed_is_never_markup() {
    let page = page(Lang::En);
    assert!(!page.contains("<b>") && !page.contains("<value>") && !page.contains("<x>"));
}
