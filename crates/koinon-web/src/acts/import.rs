//! Counts from a file in two steps: look at every row and its faults, then write the sound ones.
//!
//! Between the steps the rows wait in memory, a few files at most, each for its sender alone and for half an hour. Confirming
//! twice writes once: the ids of the lines follow from the file's own.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::multipart::Field as Part;
use axum::extract::{DefaultBodyLimit, Extension, FromRequest as _, Multipart, Path, Request, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use koinon_authority::{Action, Resource};
use koinon_books::Book;
use koinon_core::unit::DecimalMark;
use koinon_core::{EntryId, PersonId, StoreCode};
use koinon_ledger::Act;
use koinon_ledger::command::Which;
use koinon_ledger::fact::Method;
use koinon_table::{CountRow, Counts, Fault, Flaw, Limits, Row, Sheet, read_counts};
use maud::{Markup, html};

use super::count::own_stores;
use super::fields::short;
use super::sheet::{commands, weigh, write_all};
use super::{Answer, Trouble, mend, say};
use crate::app::App;
use crate::components::{Column, Table, Tile, Tone, card, link_button, notice, tiles};
use crate::forms::{Weight, post_form, seal, submit};
use crate::i18n::Speak as _;
use crate::layout::{Page, Section};
use crate::problem::{Kind, Problem};
use crate::t;
use crate::ui::Ui;
use crate::visit::{Posted, Stop, Visit, check_token, see_other};

/// How large a file may be.
const LIMITS: Limits = Limits::PAGE;
/// How many files may wait at once.
const WAITING_MAX: usize = 8;
/// How long one may wait.
const WAIT: Duration = Duration::from_mins(30);
/// Rows shown on the page; the rest is in the file of bad rows, and in the numbers.
const SHOWN: usize = 200;
/// Lines that the book is asked about at once.
const WEIGHED_AT_ONCE: usize = 1_000;
/// Lines handed to the node at once; well below what it lets wait.
const CHUNK: usize = 5_000;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/count/import", get(form).post(look))
        .layer(DefaultBodyLimit::max(LIMITS.bytes + 64 * 1024))
        .route("/count/import/{id}", get(preview).post(confirm))
        .route("/count/import/{id}/bad", get(bad_rows))
        .layer(Extension(Arc::new(Waiting::default())))
}

/// Files that were looked at and wait for a yes.
#[derive(Default)]
struct Waiting(Mutex<BTreeMap<EntryId, Kept>>);

#[derive(Clone)]
struct Kept {
    person: Option<PersonId>,
    since: Duration,
    counts: Arc<Counts>,
}

impl Waiting {
    fn files(&self) -> MutexGuard<'_, BTreeMap<EntryId, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, id: EntryId, kept: Kept) {
        let mut files = self.files();
        files.retain(|_, other| kept.since.saturating_sub(other.since) < WAIT);
        if files.len() >= WAITING_MAX
            && let Some(oldest) = files.iter().min_by_key(|(_, kept)| kept.since).map(|(id, _)| *id)
        {
            files.remove(&oldest);
        }
        files.insert(id, kept);
    }

    /// The counts of a file of this visitor.
    ///
    /// # Errors
    /// [`Stop`] where there is none, or no more.
    fn find(&self, visit: &Visit, id: &str) -> Result<(EntryId, Arc<Counts>), Stop> {
        let person = visit.actor()?.subject();
        let id: EntryId = id.parse().map_err(|_| Problem::new(Kind::NotFound))?;
        let kept =
            self.files().get(&id).filter(|kept| kept.person == person).map(|kept| Arc::clone(&kept.counts));
        let gone = || Problem::new(Kind::NotFound).detail(t!(visit.ui, "import-gone"));
        Ok((id, kept.ok_or_else(gone)?))
    }
}

/// The stores for which a file may count.
fn stores(visit: &Visit, book: &Book) -> Result<Vec<StoreCode>, Stop> {
    let own = visit.own(book)?;
    let stores = own_stores(visit, book, &own, Action::Count);
    if stores.is_empty() {
        visit.permit(book, Action::Count, &Resource::community(own))?;
    }
    Ok(stores.into_iter().map(|store| store.code.clone()).collect())
}

async fn form(State(app): State<App>, visit: Visit) -> Answer {
    visit.actor()?;
    let stores = app.node.read(|book| stores(&visit, book))?;
    Ok(form_page(&visit.ui, &stores, None).into_response())
}

fn form_page<'a>(ui: &'a Ui, stores: &[StoreCode], fault: Option<String>) -> Page<'a> {
    let store = stores.first().map_or("heath-barn", StoreCode::as_str);
    let trouble = fault.map_or_else(Trouble::none, |words| Trouble::faults(vec![("file".to_owned(), words)]));
    Page::new(ui, t!(ui, "import-title"))
        .section(Section::Count)
        .crumb("/count", t!(ui, "count-title"))
        .lead(t!(ui, "import-lead"))
        .narrow()
        .body(html! {
            div.stack {
                (trouble.show(ui))
                form.form method="post" action="/count/import" enctype="multipart/form-data" {
                    (seal(ui))
                    div.field {
                        label for="file" { (t!(ui, "import-file")) }
                        span.hint id="file-hint" { (t!(ui, "import-hint", size = LIMITS.bytes >> 20, rows = LIMITS.rows)) }
                        input id="file" name="file" type="file" required aria-describedby="file-hint"
                            accept=".csv,.tsv,.txt,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
                    }
                    div.field {
                        label for="decimal" { (t!(ui, "import-decimal")) }
                        select id="decimal" name="decimal" {
                            option value="" { (t!(ui, "import-decimal-seen")) }
                            option value="point" { (t!(ui, "import-decimal-point")) }
                            option value="comma" { (t!(ui, "import-decimal-comma")) }
                        }
                    }
                    div.actions { (submit(&t!(ui, "import-look"), Weight::Primary)) }
                }
                (card(&t!(ui, "import-columns-title"), &html! {
                    p { (t!(ui, "import-columns")) }
                    div.table-shell tabindex="0" role="region" aria-label=(t!(ui, "import-example")) {
                        pre.code dir="ltr" { "item;amount;unit;store;batch;expires\nwheat;3,1;t;" (store) ";W-07;2027-03-31\nrice;120;kg;" (store) ";;" }
                    }
                }))
            }
        })
}

fn file_words(ui: &Ui, flaws: &[Flaw]) -> String {
    let missing: Vec<String> = flaws
        .iter()
        .filter(|flaw| matches!(flaw.fault, Fault::NoColumn(_)))
        .map(|flaw| column_name(ui, flaw.column))
        .collect();
    if !missing.is_empty() {
        return t!(ui, "import-no-column", names = ui.lang().list(&missing));
    }
    match flaws.first().map(|flaw| &flaw.fault) {
        None | Some(Fault::Empty) => t!(ui, "import-empty"),
        Some(Fault::TooLarge(size) | Fault::Unpacks(size)) => t!(ui, "import-too-large", size = *size),
        Some(Fault::TooManyRows(rows) | Fault::TooManyBad(rows)) => t!(ui, "import-too-many", rows = *rows),
        Some(Fault::TooManyColumns(most)) => t!(ui, "import-too-wide", columns = *most),
        Some(Fault::TooManyCells(_)) => t!(ui, "import-too-full"),
        Some(Fault::ColumnTwice(_)) => {
            let column = flaws.first().map_or("", |flaw| flaw.column);
            t!(ui, "import-column-twice", name = column_name(ui, column))
        }
        Some(_) => t!(ui, "import-no-table"),
    }
}

fn column_name(ui: &Ui, name: &str) -> String {
    match name {
        "item" => t!(ui, "enter-item"),
        "store" => t!(ui, "enter-store"),
        "unit" => t!(ui, "import-unit"),
        "batch" => t!(ui, "batch"),
        "good_until" => t!(ui, "col-good-until"),
        _ => t!(ui, "enter-amount"),
    }
}

/// A fault of a row; the table names its column beside it.
fn row_words(ui: &Ui, flaw: &Flaw) -> String {
    let words = match &flaw.fault {
        Fault::Nothing(_) => t!(ui, "import-nothing"),
        Fault::Unknown { found, .. } if flaw.column == "store" => {
            t!(ui, "import-bad-store", found = short(found))
        }
        Fault::Unknown { found, like: None, .. } => t!(ui, "import-bad-item", found = short(found)),
        Fault::Unknown { found, like: Some(like), .. } => {
            t!(ui, "import-like-item", found = short(found), like = like.clone())
        }
        Fault::Amount { fault, .. } => say::unit_fault(ui, fault),
        Fault::TwoReadings(found) => t!(ui, "import-two-readings", found = short(found)),
        Fault::Negative(_) => t!(ui, "refusal-negative"),
        Fault::Batch(found) => t!(ui, "field-bad-mark", found = short(found)),
        Fault::Day(found) => t!(ui, "field-bad-day", found = short(found)),
        Fault::Twice(line) => t!(ui, "import-twice", line = *line),
        Fault::LongCell(most) => t!(ui, "import-long-cell", most = *most),
        Fault::ManyCells { cells, heads } => t!(ui, "import-many-cells", cells = *cells, heads = *heads),
        Fault::OpenQuote => t!(ui, "import-open-quote"),
        Fault::TooManyColumns(most) => t!(ui, "import-too-wide", columns = *most),
        // The others are never faults of a row.
        other => other.to_string(),
    };
    if flaw.column.is_empty() { words } else { format!("{}: {words}", column_name(ui, flaw.column)) }
}

/// Takes the file in, reads all of it and shows what it would write.
async fn look(
    State(app): State<App>,
    Extension(waiting): Extension<Arc<Waiting>>,
    visit: Visit,
    request: Request,
) -> Answer {
    let person = visit.actor()?.subject();
    let too_large =
        || Problem::new(Kind::TooLarge).detail(t!(visit.ui, "import-too-large", size = LIMITS.bytes >> 20));
    let parts = Multipart::from_request(request, &app).await;
    let mut parts = parts.map_err(|_| Problem::new(Kind::BadRequest))?;
    let (mut id, mut sealed, mut file, mut decimal) = (None, false, None, None);
    while let Some(part) = parts.next_field().await.map_err(|_| too_large())? {
        let name = part.name().unwrap_or("").to_owned();
        match name.as_str() {
            crate::forms::ACT_FIELD => id = text_of(part).await.and_then(|text| text.parse::<EntryId>().ok()),
            crate::forms::TOKEN_FIELD => {
                check_token(&visit, &text_of(part).await.unwrap_or_default())?;
                sealed = true;
            }
            "decimal" => {
                decimal = match text_of(part).await.as_deref() {
                    Some("point") => Some(DecimalMark::Point),
                    Some("comma") => Some(DecimalMark::Comma),
                    _ => None,
                };
            }
            // Nothing large is read before the form has shown whose it is.
            "file" if sealed => file = Some(part.bytes().await.map_err(|_| too_large())?),
            _ => {}
        }
    }
    if !sealed {
        check_token(&visit, "")?;
    }
    let id = id.ok_or_else(|| Problem::new(Kind::BadRequest).detail(t!(visit.ui, "acts-stale-form")))?;
    let file = file.unwrap_or_default();
    let (region, stores) =
        app.node.read(|book| Ok::<_, Stop>((Arc::clone(book.region()), stores(&visit, book)?)))?;
    let known = stores.clone();
    let read = tokio::task::spawn_blocking(move || {
        let sheet = Sheet::read(&file, &LIMITS).map_err(|fault| vec![Flaw::whole(fault)])?;
        read_counts(sheet, &region, &stores, decimal)
    })
    .await;
    match read.map_err(|_| Problem::new(Kind::Internal))? {
        Ok(counts) => {
            let since = app.node.clock().monotonic();
            waiting.keep(id, Kept { person, since, counts: Arc::new(counts) });
            Ok(see_other(&format!("/count/import/{id}")))
        }
        Err(flaws) => Ok(mend(form_page(&visit.ui, &known, Some(file_words(&visit.ui, &flaws))))),
    }
}

async fn text_of(part: Part<'_>) -> Option<String> {
    part.text().await.ok().filter(|text| text.len() <= 200)
}

/// The rows of a file as the book takes them: a batch that it knows is counted, any other is new.
fn acts(book: &Book, rows: &[CountRow]) -> Vec<Act> {
    let Some(own) = book.own() else { return Vec::new() };
    let mut known = BTreeMap::new();
    for (community, id, lot) in book.ledger().lots() {
        if community == own
            && let Some(opened) = lot.opened()
        {
            // Of several alike, the one that still holds something.
            let rank = (lot.balance() != 0, std::cmp::Reverse(id));
            let best =
                known.entry((&opened.store, &opened.item, &opened.batch, opened.expires)).or_insert(rank);
            *best = (*best).max(rank);
        }
    }
    rows.iter()
        .map(|row| {
            let which = match known.get(&(&row.store, &row.item, &row.batch, row.expires)) {
                Some((_, std::cmp::Reverse(id))) => Which::Lot(*id),
                None => Which::New { batch: row.batch.clone(), expires: row.expires },
            };
            let (store, item) = (row.store.clone(), row.item.clone());
            Act::Count { store, item, which, seen: row.seen, method: Method::Counted, witness: None }
        })
        .collect()
}

async fn preview(
    State(app): State<App>,
    Extension(waiting): Extension<Arc<Waiting>>,
    visit: Visit,
    Path(id): Path<String>,
) -> Answer {
    let (id, counts) = waiting.find(&visit, &id)?;
    let who = visit.actor()?.clone();
    app.node.read(|book| stores(&visit, book))?;
    let shown = tokio::task::spawn_blocking(move || {
        let ui = &visit.ui;
        let commands = commands(id, ui.now, app.node.read(|book| acts(book, &counts.good)));
        let (mut refused, mut questions) = (Vec::new(), Vec::new());
        // A long file leaves the book to others between its parts.
        for (part, rows) in commands.chunks(WEIGHED_AT_ONCE).zip(counts.good.chunks(WEIGHED_AT_ONCE)) {
            app.node.read(|book| {
                let label = |at: usize| {
                    let row = rows.get(at);
                    let line = row.map_or(0, |row| row.line);
                    let item = row.map(|row| say::item(ui, book, &row.item));
                    (line.to_string(), t!(ui, "import-line", line = line, item = item.unwrap_or_default()))
                };
                let (more_refused, more_questions) = weigh(ui, book, &who, part, &label);
                refused.extend(more_refused);
                questions.extend(more_questions);
            });
        }
        app.node.read(|book| preview_page(ui, book, id, &counts, &refused, &questions).into_response())
    });
    shown.await.map_err(|_| Problem::new(Kind::Internal).into())
}

fn preview_page<'a>(
    ui: &'a Ui,
    book: &Book,
    id: EntryId,
    counts: &Counts,
    refused: &[(String, String)],
    questions: &[String],
) -> Page<'a> {
    let number = |n: usize| ui.number(i64::try_from(n).unwrap_or(i64::MAX));
    let sound = counts.good.len().saturating_sub(refused.len());
    let mut page = Page::new(ui, t!(ui, "import-preview"))
        .section(Section::Count)
        .crumb("/count", t!(ui, "count-title"))
        .crumb("/count/import", t!(ui, "import-title"))
        .lead(t!(ui, "import-preview-lead"));
    if !questions.is_empty() {
        page = page.notice(notice(
            ui,
            Tone::Watch,
            &html! {
                strong { (t!(ui, "import-questions")) }
                ul { @for question in questions.iter().take(SHOWN) { li { (question) } } }
            },
        ));
    }
    let form = post_form(
        ui,
        &format!("/count/import/{id}"),
        &html! {
            div.actions { (submit(&t!(ui, "import-confirm", n = sound), Weight::Primary)) a.button href="/count/import" { (t!(ui, "import-other-file")) } }
        },
    );
    page.body(html! {
        div.stack {
            (tiles([
                Tile::new(t!(ui, "import-sound"), number(sound)),
                Tile::new(t!(ui, "import-bad"), number(counts.bad.len() + refused.len())),
            ]))
            @if sound > 0 { (form) }
            @if !counts.bad.is_empty() || !refused.is_empty() {
                (card(&t!(ui, "import-bad-title"), &html! {
                    p { (t!(ui, "import-bad-lead")) }
                    @if !counts.bad.is_empty() { div.row { (link_button(&format!("/count/import/{id}/bad"), &t!(ui, "import-bad-file"), false)) } }
                    (bad_table(ui, counts, refused))
                }))
            }
            (card(&t!(ui, "import-sound-title"), &sound_table(ui, book, &counts.good)))
        }
    })
}

fn bad_table(ui: &Ui, counts: &Counts, refused: &[(String, String)]) -> Markup {
    let columns = [
        Column::head(t!(ui, "import-line-head")),
        Column::text(t!(ui, "import-row")),
        Column::text(t!(ui, "import-fault")),
    ];
    let rows = counts.bad.iter().take(SHOWN).map(|row| {
        let words: Vec<String> = row.flaws.iter().map(|flaw| row_words(ui, flaw)).collect();
        let cells: Vec<&str> = counts.table.sheet().on_line(row.line).iter().flat_map(Row::cells).collect();
        [
            html! { (row.line) },
            html! { span dir="auto" { (short(&cells.join(" · "))) } },
            html! { @for fault in &words { div { (fault) } } },
        ]
    });
    let others =
        refused.iter().take(SHOWN).map(|(line, words)| [html! { (line) }, html! {}, html! { (words) }]);
    html! { (Table::new(t!(ui, "import-bad-title"), columns).rows(rows).rows(others)) }
}

fn sound_table(ui: &Ui, book: &Book, rows: &[CountRow]) -> Markup {
    let columns = [
        Column::head(t!(ui, "enter-item")),
        Column::number(t!(ui, "count-seen")),
        Column::text(t!(ui, "enter-store")),
        Column::text(t!(ui, "batch")),
    ];
    let cells = rows.iter().take(SHOWN).map(|row| {
        [
            html! { (say::item(ui, book, &row.item)) },
            html! { (ui.quantity(row.seen)) },
            html! { (say::store(book, &row.store)) },
            html! { @if let Some(mark) = &row.batch { (mark) " · " } (say::best_before(ui, row.expires)) },
        ]
    });
    html! {
        (Table::new(t!(ui, "import-sound-title"), columns).rows(cells))
        @if rows.len() > SHOWN { p.muted { (t!(ui, "import-and-more", n = rows.len() - SHOWN)) } }
    }
}

async fn confirm(
    State(app): State<App>,
    Extension(waiting): Extension<Arc<Waiting>>,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let visit = &posted.visit;
    let ui = &visit.ui;
    let who = visit.actor()?.clone();
    let (id, counts) = waiting.find(visit, &id)?;
    let commands = app.node.read(|book| {
        stores(visit, book)?;
        Ok::<_, Stop>(commands(id, ui.now, acts(book, &counts.good)))
    })?;
    let all = commands.len();
    let refused = write_all(&app, ui, &who, commands, (CHUNK, true)).await?;
    let written = all - refused.len();
    let body = html! {
        div.stack {
            @if !refused.is_empty() {
                (notice(ui, Tone::Watch, &html! {
                    strong { (t!(ui, "import-left-out", n = refused.len())) }
                    ul { @for (at, words) in refused.iter().take(SHOWN) {
                        li { @if let Some(row) = counts.good.get(*at) { (t!(ui, "import-line", line = row.line, item = say_item(&app, ui, row))) ": " } (words) }
                    } }
                }))
            }
            @if !counts.bad.is_empty() { div.row { (link_button(&format!("/count/import/{id}/bad"), &t!(ui, "import-bad-file"), false)) } }
            div.row { (link_button("/count", &t!(ui, "count-title"), true)) }
        }
    };
    Ok(Page::new(ui, t!(ui, "import-done", n = written))
        .section(Section::Count)
        .narrow()
        .body(body)
        .into_response())
}

fn say_item(app: &App, ui: &Ui, row: &CountRow) -> String {
    app.node.read(|book| say::item(ui, book, &row.item))
}

async fn bad_rows(
    Extension(waiting): Extension<Arc<Waiting>>,
    visit: Visit,
    Path(id): Path<String>,
) -> Answer {
    let (_, counts) = waiting.find(&visit, &id)?;
    let ui = &visit.ui;
    let (line, fault) = (t!(ui, "import-line-head"), t!(ui, "import-fault"));
    let text = counts.to_mend([&line, &fault], &|flaw| row_words(ui, flaw));
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"rows-to-mend.csv\""),
    ];
    let response: Response = (headers, text).into_response();
    Ok(response)
}
