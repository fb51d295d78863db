//! Putting an entry right or taking it back, and holding a batch that may not be used.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::IntoResponse as _;
use axum::routing::get;
use koinon_authority::Action;
use koinon_books::Book;
use koinon_core::region::Item;
use koinon_core::{CommunityCode, EntryId, LotId};
use koinon_ledger::lot::{CardLine, Does, Lot, Standing};
use koinon_ledger::{Act, Reason};
use maud::{Markup, html};

use super::count::own_store;
use super::entry::reason_field;
use super::fields::{Fields, Reader};
use super::{Answer, Faults, Said, Trouble, amount_field, batch_words, form_with, mend, say};
use crate::app::App;
use crate::components::{card, facts};
use crate::forms::{Weight, choice, submit};
use crate::layout::{Page, Section};
use crate::pages::stock::read_again;
use crate::problem::{Kind, Problem};
use crate::t;
use crate::ui::Ui;
use crate::visit::{Posted, Stop, Visit, see_other};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/lot/{community}/{lot}/correct/{entry}", get(correct_form).post(correct))
        .route("/lot/{community}/{lot}/hold", get(hold_form).post(hold))
}

/// One entry of one batch of this community.
struct Target<'a> {
    own: CommunityCode,
    id: LotId,
    lot: &'a Lot,
    item: &'a Item,
    card: CardLine<'a>,
}

/// The path of an entry: community, batch, entry.
type EntryPath = Path<(String, String, String)>;

fn target<'a>(
    visit: &Visit,
    (book, whole): (&'a Book, Option<&'a Lot>),
    Path((community, lot, entry)): &EntryPath,
) -> Result<Target<'a>, Stop> {
    let none = || Stop::from(Problem::new(Kind::NotFound));
    let (own, id, known, item) = own_lot(visit, (book, whole), (community, lot), Action::Correct)?;
    let entry: EntryId = entry.parse().map_err(|_| none())?;
    let card = known.card().find(|card| card.line.entry == entry).ok_or_else(none)?;
    Ok(Target { own, id, lot: known, item, card })
}

/// The batch with the lines that were folded out of memory, some of which may be wrong.
async fn whole(app: &App, visit: &Visit, Path((community, lot, _)): &EntryPath) -> Result<Option<Lot>, Stop> {
    visit.actor()?;
    let (own, id) = app.node.read(|book| own_id(visit, book, community, lot))?;
    Ok(read_again(app, &own, id).await?)
}

fn own_id(visit: &Visit, book: &Book, community: &str, lot: &str) -> Result<(CommunityCode, LotId), Stop> {
    let own = visit.own(book)?;
    if own.as_str() != community {
        return Err(Problem::new(Kind::Forbidden).detail(t!(visit.ui, "correct-not-ours")).into());
    }
    let id = lot.parse().map_err(|_| Stop::from(Problem::new(Kind::NotFound)))?;
    Ok((own, id))
}

fn own_lot<'a>(
    visit: &Visit,
    (book, whole): (&'a Book, Option<&'a Lot>),
    (community, lot): (&str, &str),
    action: Action,
) -> Result<(CommunityCode, LotId, &'a Lot, &'a Item), Stop> {
    let none = || Stop::from(Problem::new(Kind::NotFound));
    let (own, id) = own_id(visit, book, community, lot)?;
    let known = whole.or_else(|| book.ledger().lot(&own, id)).ok_or_else(none)?;
    let opened = known.opened().ok_or_else(none)?;
    own_store(visit, book, opened.store.as_str(), action)?;
    let item = book.region().item(&opened.item).ok_or_else(none)?;
    Ok((own, id, known, item))
}

async fn correct_form(State(app): State<App>, visit: Visit, path: EntryPath) -> Answer {
    let whole = whole(&app, &visit, &path).await?;
    app.node.read(|book| {
        let target = target(&visit, (book, whole.as_ref()), &path)?;
        Ok(correct_page(&visit.ui, book, &target, &Fields::default(), &Trouble::none()).into_response())
    })
}

fn correct_page<'a>(
    ui: &'a Ui,
    book: &Book,
    target: &Target<'_>,
    fields: &Fields,
    trouble: &Trouble,
) -> Page<'a> {
    let Target { own, id, lot, item, card } = target;
    let was = match card.line.does {
        Does::Change(amount) => amount.saturating_abs(),
        Does::Seen(seen) => seen,
    };
    let kind = match card.line.does {
        Does::Seen(_) => t!(ui, "correct-a-count"),
        Does::Change(_) => say::reason(ui, card.line.reason),
    };
    let mut rows = vec![
        (t!(ui, "enter-item"), html! { (say::item_name(ui, book, item)) }),
        (t!(ui, "correct-entry"), html! { (kind) ", " (say::amount(ui, i128::from(was), item.dimension)) }),
        (t!(ui, "correct-when"), html! { (crate::components::age(ui, card.at.occurred)) }),
        (t!(ui, "how-found"), html! { (say::method(ui, card.line.method)) }),
    ];
    if let Some(opened) = lot.opened() {
        rows.insert(1, (t!(ui, "batch"), html! { (batch_words(ui, *id, opened)) }));
    }
    if card.standing != Standing::Plain {
        rows.push((t!(ui, "correct-before"), html! { (t!(ui, "correct-was-changed")) }));
    }
    let reasons = [Reason::EntryError, Reason::FiguresDoubted, Reason::NotKnownYet];
    let body = html! {
        (choice(&t!(ui, "correct-how"), "way", if fields.has("way") { fields.text("way") } else { "amount" }, &[
            (String::from("amount"), html! { (t!(ui, "correct-amount")) }),
            (String::from("back"), html! { (t!(ui, "correct-take-back")) }),
        ]))
        (amount_field(ui, "quantity", &t!(ui, "correct-right-amount"), item, fields.text("quantity-unit"))
            .hint(t!(ui, "correct-right-hint"))
            .value(fields.text("quantity"))
            .error(trouble.of("quantity"))
            .optional()
            .show(ui))
        (reason_field(ui, &reasons, fields, trouble).show(ui))
        div.actions { (submit(&t!(ui, "correct-save"), Weight::Primary)) }
    };
    let action = super::correct_href(own, *id, card.line.entry);
    Page::new(ui, t!(ui, "correct-title"))
        .section(Section::Stock)
        .crumb(format!("/lot/{own}/{id}"), say::item_name(ui, book, item))
        .lead(t!(ui, "correct-lead"))
        .narrow()
        .body(html! { div.stack { (card_of(ui, &rows)) (form_with(ui, &action, trouble, &body)) } })
}

fn card_of(ui: &Ui, rows: &[(String, Markup)]) -> Markup {
    card(&t!(ui, "correct-entry"), &facts(rows))
}

async fn correct(State(app): State<App>, path: EntryPath, posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    let whole = whole(&app, visit, &path).await?;
    let show = |trouble: &Trouble| -> Answer {
        app.node.read(|book| {
            let target = target(visit, (book, whole.as_ref()), &path)?;
            Ok(mend(correct_page(&visit.ui, book, &target, fields, trouble)))
        })
    };
    let read = app.node.read(|book| -> Result<Result<Act, Faults>, Stop> {
        let target = target(visit, (book, whole.as_ref()), &path)?;
        let mut reader = Reader::new(&visit.ui, fields);
        let back = fields.text("way") == "back";
        let quantity = if back { None } else { reader.quantity("quantity", target.item) };
        let reasons = [Reason::EntryError, Reason::FiguresDoubted, Reason::NotKnownYet];
        let reason = reader.reason("reason", &reasons);
        let (lot, entry) = (target.id, target.card.line.entry);
        Ok(reader.done(reason).map(|reason| Act::Correct { lot, target: entry, quantity, reason }))
    })?;
    let act = match read {
        Ok(act) => act,
        Err(faults) => return show(&Trouble::faults(faults)),
    };
    match super::hand_over_act(&app, &posted, act, None).await? {
        Said::Done => {
            let Path((community, lot, _)) = &path;
            Ok(see_other(&format!("/lot/{community}/{lot}?done=corrected")))
        }
        Said::Ask(questions) => Ok(super::ask(&posted, &questions, Section::Stock)),
        Said::No(words) => show(&Trouble::refused(words)),
    }
}

/// Why a batch may be held or called back.
pub(super) const HOLD_REASONS: [Reason; 6] = [
    Reason::Quarantine,
    Reason::Recall,
    Reason::ColdChain,
    Reason::Damaged,
    Reason::FiguresDoubted,
    Reason::NotKnownYet,
];

async fn hold_form(
    State(app): State<App>,
    visit: Visit,
    Path((community, lot)): Path<(String, String)>,
) -> Answer {
    visit.actor()?;
    app.node.read(|book| {
        Ok(hold_page(&visit, book, &community, &lot, &Fields::default(), &Trouble::none())?.into_response())
    })
}

fn hold_page<'a>(
    visit: &'a Visit,
    book: &Book,
    community: &str,
    lot: &str,
    fields: &Fields,
    trouble: &Trouble,
) -> Result<Page<'a>, Stop> {
    let ui = &visit.ui;
    let (own, id, known, item) = own_lot(visit, (book, None), (community, lot), Action::HoldRecall)?;
    let held = known.held();
    let body = html! {
        input type="hidden" name="held" value=(if held.is_some() { "no" } else { "yes" });
        (reason_field(ui, &HOLD_REASONS, fields, trouble).show(ui))
        div.actions {
            (submit(&if held.is_some() { t!(ui, "hold-release") } else { t!(ui, "hold-save") }, Weight::Primary))
        }
    };
    let lead = match held {
        Some(reason) => t!(ui, "hold-now", reason = say::reason(ui, reason)),
        None => t!(ui, "hold-lead"),
    };
    let name = say::item_name(ui, book, item);
    let batch = known.opened().map(|opened| batch_words(ui, id, opened)).unwrap_or_default();
    Ok(Page::new(ui, t!(ui, "hold-title", item = name.as_str()))
        .section(Section::Stock)
        .crumb(format!("/lot/{own}/{id}"), name)
        .lead(lead)
        .narrow()
        .body(html! { div.stack { p { (batch) } (form_with(ui, &format!("/lot/{own}/{id}/hold"), trouble, &body)) } }))
}

async fn hold(
    State(app): State<App>,
    Path((community, lot)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    visit.actor()?;
    let show = |trouble: &Trouble| -> Answer {
        app.node.read(|book| Ok(mend(hold_page(visit, book, &community, &lot, fields, trouble)?)))
    };
    let id = app.node.read(|book| {
        own_lot(visit, (book, None), (&community, &lot), Action::HoldRecall).map(|found| found.1)
    })?;
    let mut reader = Reader::new(&visit.ui, fields);
    let reason = reader.reason("reason", &HOLD_REASONS);
    let reason = match reader.done(reason) {
        Ok(reason) => reason,
        Err(faults) => return show(&Trouble::faults(faults)),
    };
    let act = Act::Hold { lot: id, held: fields.text("held") != "no", reason };
    match super::hand_over_act(&app, &posted, act, None).await? {
        Said::Done => Ok(see_other(&format!("/lot/{community}/{lot}?done=held"))),
        Said::Ask(questions) => Ok(super::ask(&posted, &questions, Section::Stock)),
        Said::No(words) => show(&Trouble::refused(words)),
    }
}
