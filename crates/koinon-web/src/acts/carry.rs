//! Carrying entries by hand: a file to take along for neighbours, and one that somebody brought.
//!
//! A file that is brought needs no trust, so whoever records entries here may take one in. What is taken along is
//! everything that the federation may see, so that is for those who keep the computer. Neither is held in memory.

use std::io::{self, Read, Write};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart, Query, Request, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use axum::routing::get;
use koinon_authority::{Action, Resource};
use koinon_books::Book;
use koinon_core::{CommunityCode, NodeId};
use koinon_node::carry::{BundleError, SUFFIX};
use koinon_node::{CarryError, CarryOrder, Unpacked};
use maud::{Markup, html};
use tokio::sync::mpsc;

use super::fields::Fields;
use super::{Answer, Trouble, mend};
use crate::app::App;
use crate::components::{Tone, card, facts, link_button, notice};
use crate::forms::{TOKEN_FIELD, Weight, seal, submit, tick};
use crate::i18n::Speak as _;
use crate::layout::Page;
use crate::problem::{Kind, Problem};
use crate::t;
use crate::ui::Ui;
use crate::visit::{Stop, Visit, check_token};

/// How large a file may be that is brought on a page; larger ones by `koinon bundle import`.
const BYTES_MAX: usize = 2 << 30;
/// Pieces that wait between the line and the disk.
const PIECES_AHEAD: usize = 4;
/// How large a piece of a file that is taken along is.
const PIECE_BYTES: usize = 64 * 1024;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/carry", get(show).post(bring))
        .layer(DefaultBodyLimit::max(BYTES_MAX))
        .route("/carry/file", get(file))
}

/// What the visitor may do here.
#[derive(Debug, Clone, Copy)]
struct May {
    take_along: bool,
    bring: bool,
}

fn may(visit: &Visit, book: &Book) -> Result<May, Stop> {
    visit.actor()?;
    let whole = Resource::community(visit.own(book)?);
    let take_along = visit.may(book, Action::ManageNode, &whole);
    let bring = may_bring(visit, book, &whole);
    if !take_along && !bring {
        visit.permit(book, Action::RecordEntry, &whole)?;
    }
    Ok(May { take_along, bring })
}

/// Who records entries anywhere in the community may bring others'.
fn may_bring(visit: &Visit, book: &Book, whole: &Resource) -> bool {
    let anywhere =
        |own: CommunityCode| !super::count::own_stores(visit, book, &own, Action::RecordEntry).is_empty();
    visit.may(book, Action::RecordEntry, whole) || book.own().cloned().is_some_and(anywhere)
}

/// Every other community whose computer is admitted, by name; of several computers the last.
fn neighbours(book: &Book) -> Vec<(CommunityCode, NodeId, String)> {
    let named = |code: &CommunityCode| {
        book.region().community(code).map_or(code.as_str(), |known| known.name.as_str()).to_owned()
    };
    let others = book.admitted().iter().filter(|(_, code)| Some(*code) != book.own());
    let by_code: std::collections::BTreeMap<_, _> =
        others.map(|(node, code)| (code.clone(), *node)).collect();
    let mut all: Vec<_> =
        by_code.into_iter().map(|(code, node)| (code.clone(), node, named(&code))).collect();
    all.sort_by(|a, b| a.2.cmp(&b.2));
    all
}

async fn show(State(app): State<App>, visit: Visit) -> Answer {
    Ok(page(&app, &visit, &Trouble::none())?.into_response())
}

fn page<'a>(app: &App, visit: &'a Visit, trouble: &Trouble) -> Result<Page<'a>, Stop> {
    let ui = &visit.ui;
    app.node.read(|book| {
        let may = may(visit, book)?;
        let body = html! {
            div.stack {
                (trouble.show(ui))
                @if may.bring { (card(&t!(ui, "carry-bring"), &bring_form(ui))) }
                @if may.take_along { (card(&t!(ui, "carry-along"), &along_form(ui, &neighbours(book)))) }
                @else { p.muted { (t!(ui, "carry-along-keepers")) } }
            }
        };
        Ok(Page::new(ui, t!(ui, "carry-title"))
            .crumb("/touch", t!(ui, "nav-touch"))
            .lead(t!(ui, "carry-lead"))
            .narrow()
            .body(body))
    })
}

fn bring_form(ui: &Ui) -> Markup {
    html! {
        form.form method="post" action="/carry" enctype="multipart/form-data" {
            (seal(ui))
            div.field {
                label for="file" { (t!(ui, "carry-file")) }
                span.hint id="file-hint" { (t!(ui, "carry-file-hint")) }
                input id="file" name="file" type="file" required aria-describedby="file-hint" accept=".koinon";
            }
            div.actions { (submit(&t!(ui, "carry-bring-go"), Weight::Primary)) }
        }
    }
}

fn along_form(ui: &Ui, neighbours: &[(CommunityCode, NodeId, String)]) -> Markup {
    html! {
        form.form method="get" action="/carry/file" {
            div.field {
                label for="for" { (t!(ui, "carry-for")) }
                select id="for" name="for" {
                    option value="" { (t!(ui, "carry-for-all")) }
                    @for (code, _, name) in neighbours { option value=(code.as_str()) { (name) } }
                }
            }
            (tick("all", &t!(ui, "carry-everything"), false))
            p.hint { (t!(ui, "carry-letter")) }
            div.actions { (submit(&t!(ui, "carry-along-go"), Weight::Secondary)) }
        }
    }
}

/// Hands pieces from the thread that makes them to the line that sends them.
struct Pieces(mpsc::Sender<io::Result<Bytes>>);

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sent = self.0.blocking_send(Ok(Bytes::copy_from_slice(bytes)));
        sent.map(|()| bytes.len()).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

async fn file(State(app): State<App>, visit: Visit, Query(query): Query<Vec<(String, String)>>) -> Answer {
    let fields = Fields::new(query);
    let whom = fields.text("for").to_owned();
    let to = app.node.read(|book| {
        visit.permit(book, Action::ManageNode, &Resource::community(visit.own(book)?))?;
        if whom.is_empty() {
            return Ok(Vec::new());
        }
        let found = neighbours(book).into_iter().find(|(code, ..)| code.as_str() == whom);
        let unknown = || {
            Problem::new(Kind::NotFound).detail(t!(
                visit.ui,
                "carry-nobody",
                found = super::fields::short(&whom)
            ))
        };
        Ok::<_, Stop>(vec![found.ok_or_else(unknown)?.1])
    })?;
    if app.node.suspended().iter().any(|said| said.is_ours && to.contains(&said.node)) {
        return Err(Problem::new(Kind::Conflict).detail(t!(visit.ui, "carry-suspended")).into());
    }
    let order = CarryOrder { to, all: fields.has("all") };
    let day = visit.ui.now.day(&visit.ui.zone);
    let whom = if whom.is_empty() { "all".to_owned() } else { whom };
    let name = format!("koinon-for-{whom}-{day}.{SUFFIX}");
    let (sender, pieces) = mpsc::channel(PIECES_AHEAD);
    let node = app.node.clone();
    tokio::task::spawn_blocking(move || {
        let mut out = io::BufWriter::with_capacity(PIECE_BYTES, Pieces(sender.clone()));
        if let Err(error) = node.carry_to(&order, &mut out) {
            tracing::warn!(%error, "a bundle could not be written");
            // A file that breaks off is seen to do so by whoever takes it in, and by the browser.
            let _ = sender.blocking_send(Err(io::Error::other(error)));
        }
    });
    let stream = futures_util::stream::unfold(pieces, |mut pieces| async move {
        pieces.recv().await.map(|piece| (piece, pieces))
    });
    let headers = [
        (CONTENT_TYPE, "application/octet-stream".to_owned()),
        // It is packed already.
        (CONTENT_ENCODING, "identity".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, Body::from_stream(stream)).into_response())
}

/// Reads what comes over the line, piece by piece; `Err` is a line that broke off.
struct Coming {
    pieces: mpsc::Receiver<Result<Bytes, ()>>,
    rest: Bytes,
}

impl Read for Coming {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            match self.pieces.blocking_recv() {
                Some(Ok(piece)) => self.rest = piece,
                Some(Err(())) => return Err(io::ErrorKind::ConnectionAborted.into()),
                None => return Ok(0),
            }
        }
        let count = into.len().min(self.rest.len());
        let taken = self.rest.split_to(count);
        into.iter_mut().zip(taken).for_each(|(to, from)| *to = from);
        Ok(count)
    }
}

async fn bring(State(app): State<App>, visit: Visit, request: Request) -> Answer {
    let ui = &visit.ui;
    if !app.node.read(|book| may(&visit, book))?.bring {
        return Err(Problem::new(Kind::Forbidden).into());
    }
    let parts = Multipart::from_request(request, &app).await;
    let mut parts = parts.map_err(|_| Problem::new(Kind::BadRequest))?;
    let broke_off = || Problem::new(Kind::BadRequest).detail(t!(ui, "carry-broke-off"));
    let (mut sealed, mut found) = (false, None);
    while let Some(mut part) = parts.next_field().await.map_err(|_| broke_off())? {
        match part.name().unwrap_or("") {
            TOKEN_FIELD => {
                check_token(&visit, &part.text().await.unwrap_or_default())?;
                sealed = true;
            }
            // Nothing is taken in before the form has shown whose it is.
            "file" if sealed && found.is_none() => {
                let (sender, pieces) = mpsc::channel(PIECES_AHEAD);
                let node = app.node.clone();
                let taking =
                    tokio::task::spawn_blocking(move || node.unpack(Coming { pieces, rest: Bytes::new() }));
                loop {
                    let piece = match part.chunk().await {
                        Ok(Some(piece)) => Ok(piece),
                        Ok(None) => break,
                        Err(_) => Err(()),
                    };
                    let is_over = piece.is_err();
                    // Whoever takes it in may have seen enough.
                    if sender.send(piece).await.is_err() || is_over {
                        break;
                    }
                }
                drop(sender);
                found = Some(taking.await.map_err(|_| Problem::new(Kind::Internal))?);
                // What is left of a file that is none is not waited for.
                if matches!(found, Some(Err(_))) {
                    break;
                }
            }
            _ => {}
        }
    }
    if !sealed {
        check_token(&visit, "")?;
    }
    match found {
        Some(Ok(found)) => Ok(app.node.read(|book| brought(ui, book, &found).into_response())),
        Some(Err(error)) => wrong(&app, &visit, &error),
        None => wrong(&app, &visit, &CarryError::Bundle(BundleError::Empty)),
    }
}

/// What is wrong with a file that was brought.
fn wrong(app: &App, visit: &Visit, error: &CarryError) -> Answer {
    let ui = &visit.ui;
    let words = match error {
        CarryError::Bundle(BundleError::Empty) => t!(ui, "carry-empty"),
        CarryError::Bundle(BundleError::NoBundle) => t!(ui, "carry-no-bundle"),
        CarryError::OtherNetwork { .. } => t!(ui, "carry-other-federation"),
        CarryError::Submit(fault) => return Err(super::cannot(ui, fault).into()),
        CarryError::Store(_) => return Err(Problem::new(Kind::Internal).into()),
        CarryError::Bundle(BundleError::Io(_)) | CarryError::Io(_) | CarryError::File { .. } => {
            t!(ui, "carry-broke-off")
        }
        CarryError::Suspended(_) => t!(ui, "carry-suspended"),
    };
    Ok(mend(page(app, visit, &Trouble::faults(vec![("file".to_owned(), words)]))?))
}

/// What came of a file that was brought.
fn brought<'a>(ui: &'a Ui, book: &Book, found: &Unpacked) -> Page<'a> {
    let region = book.region();
    let name = |node: NodeId| match book.community_of(node) {
        Some(code) => region.community(code).map_or(code.as_str(), |known| known.name.as_str()).to_owned(),
        None => node.short(),
    };
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let mut troubles = Vec::new();
    if found.end.is_none() {
        troubles.push(t!(ui, "carry-breaks-off"));
    } else if found.damaged_bytes > 0 {
        troubles.push(t!(ui, "carry-damaged", n = number(found.damaged_bytes)));
    }
    if found.waiting > 0 {
        troubles.push(t!(ui, "carry-waiting", n = number(found.waiting)));
    }
    if found.strangers > 0 {
        troubles.push(t!(ui, "carry-strangers", n = number(found.strangers)));
    }
    if found.closed > 0 {
        troubles.push(t!(ui, "carry-closed", n = number(found.closed)));
    }
    if found.newer > 0 {
        troubles.push(t!(ui, "carry-newer"));
    }
    let mut rows = Vec::new();
    if let Some(manifest) = &found.manifest {
        let made = t!(
            ui,
            "carry-made-at",
            date = ui.date(manifest.made.day(&ui.zone)),
            time = ui.time(manifest.made)
        );
        rows.push((t!(ui, "carry-from"), html! { (name(manifest.by)) }));
        rows.push((t!(ui, "carry-made"), html! { (made) }));
        let to: Vec<String> = manifest.to.iter().map(|node| name(*node)).collect();
        let to = if to.is_empty() { t!(ui, "carry-for-all") } else { ui.lang().list(&to) };
        rows.push((t!(ui, "carry-for"), html! { (to) }));
    }
    let of: Vec<String> = found.facts.keys().map(|node| name(*node)).collect();
    rows.push((t!(ui, "carry-of"), html! { (ui.lang().list(&of)) }));
    if found.end.as_ref().is_some_and(|end| end.more) {
        rows.push((t!(ui, "carry-part"), html! { (t!(ui, "carry-more")) }));
    }
    let body = html! {
        div.stack {
            @if !troubles.is_empty() {
                (notice(ui, Tone::Watch, &html! { ul { @for trouble in &troubles { li { (trouble) } } } }))
            }
            @if !found.refused.is_empty() {
                (notice(ui, Tone::Bad, &html! {
                    strong { (t!(ui, "carry-refused")) }
                    ul lang="en" dir="ltr" { @for why in &found.refused { li { (why) } } }
                }))
            }
            (facts(&rows))
            div.row {
                (link_button("/", &t!(ui, "carry-look"), true))
                (link_button("/carry", &t!(ui, "carry-next"), false))
            }
        }
    };
    Page::new(ui, t!(ui, "carry-done", n = number(found.new)))
        .crumb("/touch", t!(ui, "nav-touch"))
        .crumb("/carry", t!(ui, "carry-title"))
        .narrow()
        .body(body)
}
