//! What the visitor's community wishes for more, or less, among the things that it asks for.

use std::collections::BTreeSet;

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use koinon_authority::{Action, Resource};
use koinon_books::Book;
use koinon_core::ItemCode;
use koinon_core::region::Item;
use koinon_ledger::Act;
use koinon_ledger::fact::{Urgency, Wish};
use maud::{Markup, html};

use super::fields::Reader;
use super::{Answer, say};
use crate::app::App;
use crate::components::card;
use crate::forms::{Field, Weight, post_form, submit};
use crate::layout::Section;
use crate::problem::{Kind, Problem};
use crate::t;
use crate::ui::Ui;
use crate::visit::{Posted, Visit};

pub(super) fn router() -> Router<App> {
    Router::new().route("/needs/wish", post(state))
}

/// The things that the visitor's community asks for, each with how much it is wished for; nothing where it asks for fewer than two,
/// since a wish is relative, or where the visitor may not say so.
pub(super) fn card_of(visit: &Visit, book: &Book) -> Option<Markup> {
    let ui = &visit.ui;
    let own = book.own()?;
    if !visit.may(book, Action::StateNeed, &Resource::community(own.clone())) {
        return None;
    }
    let today = ui.now.day(&ui.zone);
    let of_ours = book.ledger().needs().filter(|(community, ..)| *community == own);
    let open = of_ours.filter_map(|(_, _, need)| need.open_on(today));
    let asked: BTreeSet<ItemCode> =
        open.filter(|need| need.urgency != Urgency::MustHave).map(|need| need.item).collect();
    let items: Vec<&Item> = asked.iter().filter_map(|code| book.region().item(code)).collect();
    (items.len() > 1).then(|| {
        card(
            &t!(ui, "wish-title"),
            &html! {
                p.muted { (t!(ui, "wish-lead")) }
                ul.plain-list {
                    @for item in items { li { (form(ui, book, item, book.ledger().wishes().of(own, &item.code))) } }
                }
            },
        )
    })
}

fn word(ui: &Ui, wish: Wish) -> String {
    match wish {
        Wish::Less => t!(ui, "wish-less"),
        Wish::Same => t!(ui, "wish-same"),
        Wish::More => t!(ui, "wish-more"),
    }
}

fn form(ui: &Ui, book: &Book, item: &Item, wish: Wish) -> Markup {
    let choices = Wish::ALL.iter().rev().map(|wish| (wish.code().to_owned(), word(ui, *wish))).collect();
    let fields = html! {
        input type="hidden" name="item" value=(item.code);
        (Field::new("wish", say::item_name(ui, book, item)).choices(choices).value(wish.code()).within(item.code.as_str()).show(ui))
        div.actions { (submit(&t!(ui, "wish-save"), Weight::Secondary)) }
    };
    post_form(ui, "/needs/wish", &fields)
}

async fn state(State(app): State<App>, posted: Posted) -> Answer {
    let visit = &posted.visit;
    visit.actor()?;
    let item = ItemCode::new(posted.fields.text("item")).map_err(|_| Problem::new(Kind::NotFound))?;
    app.node.read(|book| {
        let own = visit.own(book)?;
        visit.permit(book, Action::StateNeed, &Resource::community(own)).map(drop)
    })?;
    let wish = Reader::new(&visit.ui, &posted.fields).known("wish", Wish::by_code).unwrap_or_default();
    super::press(&app, &posted, Act::StateWish { item, wish }, Section::Needs, "/needs").await
}
