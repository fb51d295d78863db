//! The count sheet: an A4 page to carry into a store without a phone, and its later entry, many lines at once.
//!
//! The sheet says what to count and not how much should be there. Its entry is taken whole or not at all: every line's
//! fault is named, and nothing that was typed is lost.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse as _;
use axum::routing::get;
use koinon_authority::{Action, Actor};
use koinon_books::{Book, BookCommand, Decided};
use koinon_core::region::{Item, Store};
use koinon_core::{Day, EntryId, LotId, Timestamp};
use koinon_ledger::command::Which;
use koinon_ledger::fact::Method;
use koinon_ledger::{Act, Command};
use koinon_node::{SubmitError, Submitted};
use maud::{Markup, html};

use super::count::{LINES_SHOWN, batches, item_choices, known_item, own_store};
use super::fields::{Fields, Reader};
use super::{Answer, Faults, Trouble, batch_words, form_with, mend, picture, say, units_of};
use crate::app::App;
use crate::components::{print_button, qr};
use crate::forms::{Field, Input, Weight, submit};
use crate::layout::{Page, Section};
use crate::part::Part;
use crate::t;
use crate::ui::Ui;
use crate::visit::{Posted, Stop, Visit, percent, see_other};

/// Empty lines at the end of a sheet, for what nobody expected.
const BLANKS: usize = 6;
/// The most lines of one entry.
const LINES_MAX: usize = 400;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/count/sheet/{store}", get(paper))
        .route("/count/sheet/{store}/enter", get(form).post(write))
}

async fn paper(
    State(app): State<App>,
    visit: Visit,
    Path(store): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Answer {
    visit.actor()?;
    app.node.read(|book| {
        let ui = &visit.ui;
        let own = visit.own(book)?;
        let store = own_store(&visit, book, &store, Action::Count)?;
        let lots = batches(book, &own, &store.code, ui.now);
        let part = Part::asked(query.get("from").map(String::as_str), lots.len(), LINES_SHOWN);
        let lots = lots.get(part.range()).unwrap_or_default();
        let enter = format!("/count/sheet/{}/enter?from={}", store.code, part.range().start);
        let body = html! {
            div.stack {
                div.actions { (print_button(ui)) a.button href=(enter) { (t!(ui, "sheet-enter")) } }
                article.waybill {
                    div.waybill-head {
                        div.stack.stack-tight {
                            h2 { (store.name) }
                            p { (t!(ui, "sheet-how")) }
                            p.blanks { (t!(ui, "sheet-day")) span.blank { "\u{a0}" } (t!(ui, "sheet-who")) span.blank { "\u{a0}" } }
                        }
                        (qr(&t!(ui, "sheet-code"), &format!("{}{enter}", visit.base)))
                    }
                    (lines_on_paper(ui, book, lots))
                }
                (part.ways(ui, &|from| format!("/count/sheet/{}?from={from}", store.code)))
            }
        };
        Ok(Page::new(ui, t!(ui, "sheet-title"))
            .section(Section::Count)
            .crumb("/count", t!(ui, "count-title"))
            .crumb(format!("/count/{}", store.code), store.name.clone())
            .body(body)
            .into_response())
    })
}

fn lines_on_paper(ui: &Ui, book: &Book, lots: &[(&Item, LotId, &koinon_ledger::lot::Lot)]) -> Markup {
    let blank = html! { span.blank { "\u{a0}" } };
    html! {
        div.table-shell tabindex="0" role="region" aria-label=(t!(ui, "sheet-title")) {
            table.sheet {
                caption.hidden { (t!(ui, "sheet-title")) }
                thead { tr {
                    th scope="col" { span.hidden { (t!(ui, "sheet-done")) } }
                    th scope="col" { (t!(ui, "enter-item")) }
                    th scope="col" { (t!(ui, "batch")) }
                    th scope="col" { (t!(ui, "count-seen")) }
                    th scope="col" { (t!(ui, "sheet-unit")) }
                } }
                tbody {
                    @for (item, id, lot) in lots {
                        tr {
                            td { span.box aria-hidden="true" {} }
                            th scope="row" { (say::item_name(ui, book, item)) }
                            td { @if let Some(opened) = lot.opened() { (batch_words(ui, *id, opened)) } }
                            td { (blank) }
                            td { (say::unit(ui, &item.unit)) }
                        }
                    }
                    @for _ in 0..BLANKS {
                        tr { td { span.box aria-hidden="true" {} } td { (blank) } td { (blank) } td { (blank) } td { (blank) } }
                    }
                }
            }
        }
    }
}

async fn form(
    State(app): State<App>,
    visit: Visit,
    Path(store): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
) -> Answer {
    visit.actor()?;
    let fields = Fields::new(query);
    app.node.read(|book| {
        let store = own_store(&visit, book, &store, Action::Count)?;
        Ok(page(&visit, book, store, &fields, &Trouble::none())?.into_response())
    })
}

fn page<'a>(
    visit: &'a Visit,
    book: &Book,
    store: &Store,
    fields: &Fields,
    trouble: &Trouble,
) -> Result<Page<'a>, Stop> {
    let ui = &visit.ui;
    let own = visit.own(book)?;
    let lots = batches(book, &own, &store.code, ui.now);
    let part = Part::asked(Some(fields.text("from")), lots.len(), LINES_SHOWN);
    let lots = lots.get(part.range()).unwrap_or_default();
    let mut things = vec![(String::new(), "–".to_owned())];
    things.extend(item_choices(ui, book));
    let body = html! {
        input type="hidden" name="from" value=(part.range().start);
        (Field::new("day", t!(ui, "sheet-day")).input(Input::Date).value(fields.text("day")).error(trouble.of("day")).optional().show(ui))
        ul.picks.sheet-lines {
            @for (item, id, lot) in lots { li { (line(ui, book, item, *id, lot, fields, trouble)) } }
        }
        (part.ways(ui, &|from| format!("/count/sheet/{}/enter?from={from}", store.code)))
        h2 { (t!(ui, "sheet-more")) }
        @for at in 0..BLANKS {
            (new_line(ui, &things, at, fields, trouble))
        }
        div.actions { (submit(&t!(ui, "sheet-save"), Weight::Primary)) }
    };
    Ok(Page::new(ui, t!(ui, "sheet-enter"))
        .section(Section::Count)
        .crumb("/count", t!(ui, "count-title"))
        .crumb(format!("/count/{}", store.code), store.name.clone())
        .lead(t!(ui, "sheet-enter-lead"))
        .narrow()
        .body(form_with(ui, &format!("/count/sheet/{}/enter", store.code), trouble, &body)))
}

fn line(
    ui: &Ui,
    book: &Book,
    item: &Item,
    id: LotId,
    lot: &koinon_ledger::lot::Lot,
    fields: &Fields,
    trouble: &Trouble,
) -> Markup {
    let name = format!("seen-{id}");
    let batch = lot.opened().map(|opened| batch_words(ui, id, opened)).unwrap_or_default();
    html! {
        div.pick {
            (picture(item.group))
            (Field::new(&name, format!("{} · {batch}", say::item_name(ui, book, item)))
                .input(Input::Decimal)
                .units(units_of(ui, item, fields.text(&format!("{name}-unit"))))
                .value(fields.text(&name))
                .error(trouble.of(&name))
                .optional()
                .show(ui))
        }
    }
}

fn new_line(ui: &Ui, things: &[(String, String)], at: usize, fields: &Fields, trouble: &Trouble) -> Markup {
    let field = |name: &str, label: String| {
        let name = format!("{name}-{at}");
        Field::new(&name, label).value(fields.text(&name)).error(trouble.of(&name)).optional()
    };
    html! {
        fieldset.card {
            legend { (t!(ui, "sheet-new-line", n = at + 1)) }
            (field("item", t!(ui, "enter-item")).choices(things.to_vec()).show(ui))
            (field("amount", t!(ui, "count-seen")).hint(t!(ui, "sheet-amount-hint")).show(ui))
            (field("batch", t!(ui, "enter-batch")).show(ui))
            (field("expires", t!(ui, "enter-expires")).input(Input::Date).show(ui))
        }
    }
}

/// One line of a sheet: the field that it came from, and what it says.
struct CountLine {
    field: String,
    name: String,
    act: Act,
}

fn read(
    ui: &Ui,
    book: &Book,
    own: &koinon_core::CommunityCode,
    store: &Store,
    fields: &Fields,
) -> Result<(Vec<CountLine>, Option<Day>), Faults> {
    let mut reader = Reader::new(ui, fields);
    let mut lines = Vec::new();
    let day = reader.day("day");
    for rest in fields.after("seen-").into_iter().filter(|rest| !rest.ends_with("-unit")).take(LINES_MAX) {
        let field = format!("seen-{rest}");
        let lot = rest.parse::<LotId>().ok();
        let opened = lot.and_then(|lot| book.ledger().lot(own, lot)?.opened());
        let item = opened.and_then(|opened| book.region().item(&opened.item));
        if let (Some(lot), Some(item)) = (lot, item)
            && let Some(seen) = reader.quantity_if_any(&field, item)
        {
            lines.push(count_line(ui, book, store, item, (field, Which::Lot(lot), seen)));
        }
    }
    for at in 0..BLANKS {
        let (item_field, amount) = (format!("item-{at}"), format!("amount-{at}"));
        if !fields.has(&item_field) {
            if fields.has(&amount) {
                reader.fault(&item_field, t!(ui, "sheet-item-missing"));
            }
            continue;
        }
        let Ok(item) = known_item(book, fields.text(&item_field)) else { continue };
        let (batch, expires) = (reader.mark(&format!("batch-{at}")), reader.day(&format!("expires-{at}")));
        if let Some(seen) = reader.quantity(&amount, item) {
            lines.push(count_line(ui, book, store, item, (amount, Which::New { batch, expires }, seen)));
        }
    }
    if lines.is_empty() {
        reader.fault("day", t!(ui, "sheet-nothing"));
    }
    reader.done(Some((lines, day)))
}

fn count_line(
    ui: &Ui,
    book: &Book,
    store: &Store,
    item: &Item,
    (field, which, seen): (String, Which, koinon_core::Quantity),
) -> CountLine {
    let act = Act::Count {
        store: store.code.clone(),
        item: item.code.clone(),
        which,
        seen,
        method: Method::Paper,
        witness: None,
    };
    CountLine { field, name: say::item_name(ui, book, item), act }
}

/// The commands of many lines under one act: each line has an id of its own that follows from the act's.
pub(super) fn commands(
    act: EntryId,
    occurred: Timestamp,
    acts: impl IntoIterator<Item = Act>,
) -> Vec<Command> {
    (0u32..)
        .zip(acts)
        .map(|(at, what)| Command {
            act: EntryId::derived_row("koinon-web lines", &act.0, at),
            occurred,
            confirmed: true,
            what,
        })
        .collect()
}

/// What the book would say to each of many commands, before any is written: refusals by field, and questions. `label`
/// gives the field and the name of a command's line.
pub(super) fn weigh(
    ui: &Ui,
    book: &Book,
    who: &Actor,
    commands: &[Command],
    label: &dyn Fn(usize) -> (String, String),
) -> (Faults, Vec<String>) {
    let (mut faults, mut questions) = (Vec::new(), Vec::new());
    for (at, command) in commands.iter().enumerate() {
        let unconfirmed = BookCommand::Ledger(Command { confirmed: false, ..command.clone() });
        match book.decide(&unconfirmed, who, ui.now) {
            // Lines of a sheet are of stock; nothing is asked of teams.
            Ok(Decided::Facts(_) | Decided::AskOfTeams(_)) => {}
            Ok(Decided::Ask(asked)) => {
                let (_, name) = label(at);
                questions
                    .extend(asked.iter().map(|question| format!("{name}: {}", say::question(ui, question))));
            }
            Err(refused) => {
                let (field, name) = label(at);
                faults.push((field, format!("{name}: {}", say::refused(ui, book, &refused))));
            }
        }
    }
    (faults, questions)
}

/// Writes many lines, so many at once. A line that the book refuses after all is named; the others are written. Where
/// `rows_stand`, nobody can have changed a line since it was first written: that it names by now the batch that it made is
/// no other content.
///
/// # Errors
/// [`Stop`] where nothing can be written.
pub(super) async fn write_all(
    app: &App,
    ui: &Ui,
    who: &Actor,
    commands: Vec<Command>,
    (chunk, rows_stand): (usize, bool),
) -> Result<Vec<(usize, String)>, Stop> {
    let mut refused = Vec::new();
    let mut done = 0;
    for part in commands.chunks(chunk.max(1)) {
        let batch = part.iter().map(|command| (who.clone(), BookCommand::Ledger(command.clone()))).collect();
        for answer in app.node.submit_all(batch).await {
            match answer {
                Ok(Submitted::Done { .. }) => {}
                Err(SubmitError::OtherContent { .. }) if rows_stand => {}
                Err(fault @ SubmitError::OtherContent { .. }) => {
                    refused.push((done, super::cannot_write(ui, &fault)));
                }
                Ok(Submitted::Ask(_) | Submitted::AskOfTeams(_)) => {
                    refused.push((done, t!(ui, "acts-not-written")));
                }
                Err(SubmitError::Refused(why)) => {
                    refused.push((done, app.node.read(|book| say::refused(ui, book, &why))));
                }
                Err(fault) => return Err(super::cannot(ui, &fault).into()),
            }
            done += 1;
        }
    }
    Ok(refused)
}

async fn write(State(app): State<App>, Path(store): Path<String>, posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    let who = visit.actor()?.clone();
    let ui = &visit.ui;
    let show = |trouble: &Trouble| -> Answer {
        app.node.read(|book| {
            let store = own_store(visit, book, &store, Action::Count)?;
            Ok(mend(page(visit, book, store, fields, trouble)?))
        })
    };
    if fields.text("again") == "yes" {
        return show(&Trouble::none());
    }
    let act = posted.act()?;
    let read = app.node.read(|book| -> Result<_, Stop> {
        let own = visit.own(book)?;
        let store = own_store(visit, book, &store, Action::Count)?;
        Ok(read(ui, book, &own, store, fields).and_then(|(lines, day)| {
            let (labels, acts): (Vec<_>, Vec<_>) =
                lines.into_iter().map(|line| ((line.field, line.name), line.act)).unzip();
            let commands = commands(act, posted.occurred(day), acts);
            let label = |at: usize| labels.get(at).cloned().unwrap_or_default();
            let (faults, questions) = weigh(ui, book, &who, &commands, &label);
            if faults.is_empty() { Ok((commands, questions)) } else { Err(faults) }
        }))
    })?;
    let (commands, questions) = match read {
        Ok(read) => read,
        Err(faults) => return show(&Trouble::faults(faults)),
    };
    if !questions.is_empty() && !posted.confirmed() {
        return Ok(super::ask_words(&posted, "", &questions, Section::Count));
    }
    let count = commands.len();
    let refused = write_all(&app, ui, &who, commands, (LINES_MAX, false)).await?;
    if let Some((_, words)) = refused.first() {
        return show(&Trouble::refused(words.clone()));
    }
    Ok(see_other(&format!("/count/{}?lines={count}", percent(&store))))
}
