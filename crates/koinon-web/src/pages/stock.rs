//! What stands where: the list, one item everywhere, and the card of one batch.

use koinon_authority::Viewer;
use koinon_books::Fact;
use koinon_core::region::Group;
use koinon_ledger::Reason;
use koinon_ledger::fact::Method;
use koinon_ledger::lot::Lot;
use koinon_ledger::{Key, LedgerFact};
use maud::{Markup, html};

use super::{OneUnit, ago, amount_or_dash, count_of, date, days, days_or_dash, item_link, standing};
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use koinon_core::{CommunityCode, ItemCode, LotId};

use crate::acts::say;
use crate::app::App;
use crate::components::{Column, Table, Tile, Tone, card, card_with, chip, empty, facts, notice, tiles};
use crate::exports::{Format, Sheet, split, value};
use crate::icons::Icon;
use crate::layout::{Page, Section};
use crate::live::{self, Topic};
use crate::part::Part;
use crate::problem::{Kind, Problem};
use crate::t;
use crate::ui::Ui;
use crate::views::{
    Amount, Entry, ItemView, Lines, LotCard, LotRow, Named, Standing, StockFilter, StockRow, StockView,
};
use crate::visit::Visit;

/// How many rows the list shows at once.
const ROWS_SHOWN: usize = 150;
/// Batches of one thing on one page.
const BATCHES_SHOWN: usize = 200;
/// Lines of a stock card on one page.
const LINES_SHOWN: usize = 100;

/// What the list is asked for, as it stands in the address.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// A place's code, or `all`.
    pub place: String,
    /// A group's word; empty for all.
    pub group: String,
    /// Only what is short or to be watched.
    pub short: bool,
    /// Letters of a name.
    pub q: String,
}

impl Asked {
    /// The same as the query of an address.
    pub fn query(&self) -> String {
        let mut parts = vec![format!("place={}", crate::visit::percent(&self.place))];
        if !self.group.is_empty() {
            parts.push(format!("group={}", crate::visit::percent(&self.group)));
        }
        if self.short {
            parts.push("short=1".to_owned());
        }
        if !self.q.is_empty() {
            parts.push(format!("q={}", crate::visit::percent(&self.q)));
        }
        parts.join("&")
    }

    /// The filter; an unknown place finds nothing, an unknown group is no filter.
    pub fn filter(&self) -> StockFilter {
        let place = if self.place == "all" { None } else { koinon_core::PlaceCode::new(&self.place).ok() };
        StockFilter {
            place,
            group: Group::ALL.into_iter().find(|group| group.word() == self.group),
            short: self.short,
            words: self.q.clone(),
        }
    }
}

/// The list of stock. `places` are all that can be chosen.
pub fn page<'a>(ui: &'a Ui, view: &StockView, asked: &Asked, places: &[Named]) -> Page<'a> {
    let place = places.iter().find(|named| named.code == asked.place);
    let title = place
        .map_or_else(|| t!(ui, "stock-everywhere"), |named| t!(ui, "stock-at", place = named.name.as_str()));
    let found = html! { div #found { (found(ui, view, asked, place.is_none())) } };
    Page::new(ui, t!(ui, "nav-stock"))
        .section(Section::Stock)
        .headline(title)
        .lead(t!(ui, "stock-lead", shown = count_of(view.rows.len()), of = count_of(view.of)))
        .live(&[Topic::Stock])
        .body(html! {
            div.stack {
                (filters(ui, asked, places))
                (live::region("stock-list", &format!("/stock?{}", asked.query()), &[Topic::Stock], &found))
            }
        })
}

fn filters(ui: &Ui, asked: &Asked, places: &[Named]) -> Markup {
    live::filter_form(
        "/stock",
        "found",
        &html! {
            div.field.filter {
                label for="place" { (t!(ui, "col-place")) }
                select #place name="place" {
                    option value="all" selected[asked.place == "all"] { (t!(ui, "stock-all-places")) }
                    @for named in places {
                        option value=(named.code) selected[named.code == asked.place] { (named.name) }
                    }
                }
            }
            div.field.filter {
                label for="group" { (t!(ui, "stock-kind")) }
                select #group name="group" {
                    option value="" { (t!(ui, "stock-all-kinds")) }
                    @for group in Group::ALL {
                        option value=(group.word()) selected[group.word() == asked.group] { (say::group(ui, group)) }
                    }
                }
            }
            div.field.filter {
                label for="q" { (t!(ui, "stock-search")) }
                input #q type="search" name="q" value=(asked.q) autocomplete="off";
            }
            label.choice { input type="checkbox" name="short" value="1" checked[asked.short]; (t!(ui, "stock-only-short")) }
            button.button.no-script { (t!(ui, "stock-show")) }
        },
    )
}

fn found(ui: &Ui, view: &StockView, asked: &Asked, everywhere: bool) -> Markup {
    if view.rows.is_empty() {
        return empty(Icon::Stock, &t!(ui, "stock-nothing"), &html! {});
    }
    let hidden = view.rows.len().saturating_sub(ROWS_SHOWN);
    html! {
        section.card {
            (list(ui, view.rows.iter().take(ROWS_SHOWN), everywhere))
            @if hidden > 0 { p.muted { (t!(ui, "stock-more", n = count_of(hidden))) } }
            (super::guest_note(ui))
            (super::take_away(ui, "/stock", &asked.query()))
        }
    }
}

/// Rows of stock as a table; the place is a column where there are several.
fn list<'a>(ui: &Ui, rows: impl Iterator<Item = &'a StockRow>, everywhere: bool) -> Table {
    let rows: Vec<&StockRow> = rows.collect();
    let full = rows.iter().any(|row| row.amount.is_some());
    let mut columns = vec![Column::head(t!(ui, "col-what"))];
    if everywhere {
        columns.push(Column::text(t!(ui, "col-place")));
    }
    columns.push(Column::text(t!(ui, "col-stands")).bare());
    if full {
        columns.push(Column::number(t!(ui, "col-lasts")));
        columns.push(Column::number(t!(ui, "col-keep")).more());
        columns.push(Column::number(t!(ui, "col-on-hand")));
        columns.push(Column::number(t!(ui, "col-free")).more());
        columns.push(Column::text(t!(ui, "col-as-of")).more());
    }
    Table::new(t!(ui, "nav-stock"), columns).folded(t!(ui, "table-all")).rows(rows.into_iter().map(|row| {
        let mut cells = vec![item_link(&row.item)];
        if everywhere {
            cells.push(html! { (row.place.name) });
        }
        cells.push(row_standing(ui, row));
        if full {
            let unit = OneUnit::about(ui, [row.amount, row.spare, row.floor]);
            cells.push(days_or_dash(ui, row.days));
            cells.push(kept(ui, row, &unit));
            cells.push(unit.cell(row.amount));
            cells.push(unit.cell(row.spare));
            cells.push(html! {
                (ago(ui, row.as_of.as_deref()))
                @if let Some(method) = row.method.and_then(Method::by_code) { span.small.muted { ", " (say::method(ui, method)) } }
            });
        }
        cells
    }))
}

/// How an item stands at a place. Of what nobody needs by the day, there is no more to say than that it is there.
fn row_standing(ui: &Ui, row: &StockRow) -> Markup {
    if row.standing == Standing::Unknown && row.amount.is_some() && row.floor_days.is_none() {
        chip(&t!(ui, "stock-no-need"))
    } else {
        standing(ui, row.standing)
    }
}

/// What a place keeps before it gives: how many days, and how much that is.
fn kept(ui: &Ui, row: &StockRow, unit: &OneUnit<'_>) -> Markup {
    html! {
        (days_or_dash(ui, row.floor_days))
        @if let Some(floor) = row.floor { div.small.muted { (unit.text(floor)) } }
    }
}

/// One item everywhere.
pub fn item_page<'a>(ui: &'a Ui, view: &ItemView, batches_from: usize) -> Page<'a> {
    let part = Part::new(batches_from, view.batches.len(), BATCHES_SHOWN);
    let url = format!("/stock/{}", view.item.code);
    let full = view.rows.iter().any(|row| row.amount.is_some());
    let body = html! {
        div.stack {
            (card(&t!(ui, "item-by-place"), &html! { (by_place(ui, &view.rows, full)) }))
            @if !view.batches.is_empty() {
                (card(&t!(ui, "item-batches"), &html! {
                    (batches(ui, view.batches.get(part.range()).unwrap_or(&[])))
                    (part.ways(ui, &|from| batches_href(view, from)))
                }))
            }
            @if full {
                (card(&t!(ui, "item-how-known"), &sources(ui, view)))
            }
            @if !view.substitutes.is_empty() {
                (card(&t!(ui, "item-instead"), &html! {
                    p { @for (n, other) in view.substitutes.iter().enumerate() { @if n > 0 { ", " } (item_link(other)) } }
                }))
            }
            (super::guest_note(ui))
            (super::take_away(ui, &url, ""))
        }
    };
    Page::new(ui, view.item.name.clone())
        .section(Section::Stock)
        .crumb("/stock", t!(ui, "nav-stock"))
        .live(&[Topic::Stock])
        .body(live::region("item", &url, &[Topic::Stock], &body))
}

fn by_place(ui: &Ui, rows: &[StockRow], full: bool) -> Table {
    let mut columns = vec![Column::head(t!(ui, "col-place")), Column::text(t!(ui, "col-stands")).bare()];
    if full {
        columns.push(Column::number(t!(ui, "col-lasts")));
        columns.push(Column::number(t!(ui, "col-keep")).more());
        columns.push(Column::number(t!(ui, "col-on-hand")));
        columns.push(Column::number(t!(ui, "col-set-aside")).more());
        columns.push(Column::number(t!(ui, "col-free")).more());
        columns.push(Column::number(t!(ui, "col-coming")).more());
    }
    let unit = OneUnit::about(
        ui,
        rows.iter().flat_map(|row| [row.amount, row.reserved, row.spare, row.incoming, row.floor]),
    );
    Table::new(t!(ui, "item-by-place"), columns).folded(t!(ui, "table-all")).rows(rows.iter().map(|row| {
        let mut cells = vec![
            html! { a href={ "/stock?place=" (row.place.code) } { (row.place.name) } },
            row_standing(ui, row),
        ];
        if full {
            cells.push(days_or_dash(ui, row.days));
            cells.push(kept(ui, row, &unit));
            cells.push(unit.cell(row.amount));
            cells.push(unit.cell(row.reserved));
            cells.push(unit.cell(row.spare));
            cells.push(unit.cell(row.incoming));
        }
        cells
    }))
}

/// Where the figures come from.
fn sources(ui: &Ui, view: &ItemView) -> Markup {
    let columns = [
        Column::head(t!(ui, "col-place")),
        Column::number(t!(ui, "item-used-per-day")),
        Column::text(t!(ui, "item-known-from")),
        Column::text(t!(ui, "item-last-count")),
        Column::number(t!(ui, "item-at-risk")),
    ];
    let unit = OneUnit::exact(ui, view.rows.iter().flat_map(|row| [row.used_per_day, row.at_risk]));
    let rows = view.rows.iter().filter(|row| row.amount.is_some()).map(|row| {
        [
            html! { (row.place.name) },
            unit.cell(row.used_per_day),
            html! {
                @if let Some(count) = row.observed_days {
                    (t!(ui, "item-observed", days = days(ui, i64::from(count))))
                } @else { (t!(ui, "item-from-list")) }
            },
            html! {
                (ago(ui, row.counted.as_deref()))
                @if let Some(method) = row.method.and_then(Method::by_code) { span.small.muted { ", " (say::method(ui, method)) } }
            },
            row.at_risk.map_or_else(|| super::dash(ui), |amount| unit.some(amount)),
        ]
    });
    html! {
        (Table::new(t!(ui, "item-how-known"), columns).rows(rows))
        @if !view.source.is_empty() { p.small.muted { (t!(ui, "item-source")) " " span lang="en" dir="ltr" { (view.source) } } }
    }
}

/// The page of a batch.
pub fn lot_href(row: &LotRow) -> String {
    format!("/lot/{}/{}", row.community.code, row.id)
}

fn batch_name(ui: &Ui, row: &LotRow) -> String {
    match &row.batch {
        Some(batch) => t!(ui, "lot-batch", batch = batch.as_str()),
        None => t!(ui, "lot-without-number"),
    }
}

/// The page of a thing from a batch on.
fn batches_href(view: &ItemView, from: usize) -> String {
    let here = format!("/stock/{}", view.item.code);
    if from == 0 { here } else { format!("{here}?from={from}") }
}

fn batches(ui: &Ui, rows: &[LotRow]) -> Table {
    let columns = [
        Column::head(t!(ui, "item-batch")),
        Column::text(t!(ui, "col-store")),
        Column::text(t!(ui, "col-good-until")),
        Column::number(t!(ui, "col-on-hand")),
        Column::number(t!(ui, "col-set-aside")),
        Column::text(t!(ui, "col-as-of")),
    ];
    let unit = OneUnit::exact(ui, rows.iter().flat_map(|row| [Some(row.amount), Some(row.reserved)]));
    Table::new(t!(ui, "item-batches"), columns).rows(rows.iter().map(|row| {
        [
            html! { a href=(lot_href(row)) { (batch_name(ui, row)) } },
            html! { (row.store.name) },
            date(ui, row.expires.as_deref()),
            html! { (unit.cell(Some(row.amount))) (held(ui, row)) },
            unit.cell(Some(row.reserved)),
            ago(ui, row.as_of.as_deref()),
        ]
    }))
}

fn held(ui: &Ui, row: &LotRow) -> Markup {
    html! {
        @if let Some(reason) = row.held.and_then(Reason::by_code) {
            " " span.status.status-short { (t!(ui, "lot-held")) ": " (say::reason(ui, reason)) }
        }
    }
}

/// The card of one batch. `viewer` decides only whether links to put an entry right are shown.
pub fn lot_page<'a>(ui: &'a Ui, view: &LotCard, viewer: &Viewer, who: &Writers) -> Page<'a> {
    let row = &view.row;
    let mut head = vec![
        (t!(ui, "col-store"), html! { (row.store.name) ", " (row.community.name) }),
        (t!(ui, "col-good-until"), date(ui, row.expires.as_deref())),
        (t!(ui, "col-set-aside"), amount_or_dash(ui, Some(row.reserved))),
    ];
    if let Some((giver, lot)) = &view.from {
        head.push((
            t!(ui, "lot-came-from"),
            html! { a href={ "/lot/" (giver.code) "/" (lot) } { (giver.name) } },
        ));
    }
    if let Some(owner) = &view.owner {
        head.push((t!(ui, "lot-owner"), html! { (owner.name) }));
    }
    let may_correct = view.is_ours && viewer.is_member();
    let part = Part::new(view.newer, view.of, LINES_SHOWN);
    let body = html! {
        div.stack {
            @if view.was_negative { (notice(ui, Tone::Watch, &html! { (t!(ui, "lot-was-negative")) })) }
            @if view.opened_twice { (notice(ui, Tone::Watch, &html! { (t!(ui, "lot-opened-twice")) })) }
            (tiles([
                Tile::new(t!(ui, "lot-now"), ui.quantity(row.amount.0)).note(ago(ui, row.as_of.as_deref())),
            ]))
            (held(ui, row))
            (card(&t!(ui, "lot-about"), &facts(&head)))
            (card_with(&t!(ui, "lot-card"), &html! { span.small.muted { (t!(ui, "lot-newest-first")) } }, &html! {
                (card_table(ui, view, may_correct, who))
                (part.ways(ui, &|from| lines_href(row, from)))
                (super::take_away(ui, &lot_href(row), ""))
            }))
        }
    };
    let url = lines_href(row, view.newer);
    Page::new(ui, t!(ui, "lot-title", item = row.item.name.as_str()))
        .section(Section::Stock)
        .headline(format!("{} · {}", row.item.name, batch_name(ui, row)))
        .crumb("/stock", t!(ui, "nav-stock"))
        .crumb(format!("/stock/{}", row.item.code), row.item.name.clone())
        .live(&[Topic::Stock])
        .body(live::region("lot", &url, &[Topic::Stock], &body))
}

/// The page of a batch from a line on.
fn lines_href(row: &LotRow, from: usize) -> String {
    if from == 0 { lot_href(row) } else { format!("{}?from={from}", lot_href(row)) }
}

fn why(ui: &Ui, entry: &Entry) -> String {
    if entry.reason == "count" {
        return t!(ui, "lot-count");
    }
    Reason::by_code(entry.reason).map_or_else(|| entry.reason.to_owned(), |reason| say::reason(ui, reason))
}

fn signed(unit: &OneUnit<'_>, amount: Amount) -> Markup {
    let plus = if amount.0.is_negative() || amount.0.is_zero() { "" } else { "+" };
    html! { span.number { (plus) (unit.text(amount)) } }
}

fn card_table(ui: &Ui, view: &LotCard, may_correct: bool, who: &Writers) -> Table {
    let mut columns = vec![
        Column::head(t!(ui, "lot-entry")),
        Column::text(t!(ui, "col-when")),
        Column::number(t!(ui, "lot-change")),
        Column::number(t!(ui, "lot-after")),
        Column::text(t!(ui, "lot-how")),
    ];
    if may_correct {
        columns.push(Column::act(t!(ui, "lot-put-right")));
    }
    let amounts = view.entries.iter().flat_map(|entry| [Some(entry.change), Some(entry.balance), entry.seen]);
    let unit = OneUnit::exact(ui, amounts);
    Table::new(t!(ui, "lot-card"), columns).rows(view.entries.iter().map(|entry| {
        let mut cells = vec![
            html! {
                (why(ui, entry))
                @match entry.standing {
                    "corrected" => { " " span.status.status-watch { (t!(ui, "lot-corrected")) } },
                    "taken-back" => { " " span.status.status-unheard { (t!(ui, "lot-taken-back")) } },
                    "repeated" => { " " span.status.status-unheard { (t!(ui, "lot-repeated")) } },
                    _ => {},
                }
                @if let Some(seen) = entry.seen { div.small.muted { (t!(ui, "lot-seen")) " " (unit.text(seen)) } }
                @if let Some((people, households)) = entry.served {
                    div.small.muted {
                        @if people > 0 { (t!(ui, "lot-served-people", n = i64::from(people))) }
                        @if people > 0 && households > 0 { ", " }
                        @if households > 0 { (t!(ui, "lot-served-households", n = i64::from(households))) }
                    }
                }
            },
            html! {
                (ago(ui, Some(&entry.at)))
                @if entry.is_late { div.small.muted { (t!(ui, "lot-late")) " " (ago(ui, Some(&entry.recorded))) } }
            },
            signed(&unit, entry.change),
            unit.cell(Some(entry.balance)),
            html! {
                @if let Some(method) = Method::by_code(entry.method) { (say::method(ui, method)) }
                @if let Some(name) = who.get(&entry.id) { div.small.muted { (name) } }
            },
        ];
        if may_correct {
            let can = !entry.of_transfer && entry.standing != "repeated" && entry.standing != "taken-back";
            cells.push(html! {
                @if can {
                    a.button.button-quiet href={ (lot_href(&view.row)) "/correct/" (entry.id) } {
                        (t!(ui, "lot-put-right")) span.hidden { ": " (why(ui, entry)) }
                    }
                } @else { (super::dash(ui)) }
            });
        }
        cells
    }))
}

/// The list, one item, one batch, and their tables to take away.
pub fn router() -> Router<App> {
    Router::new()
        .route("/stock", get(show))
        .route("/stock/{item}", get(show_item))
        .route("/lot/{community}/{lot}", get(show_lot))
        .merge(crate::exports::routes("/stock", take))
}

/// What an address asks for, the reader's own place where it names none.
fn asked(app: &App, visit: &Visit, get: impl Fn(&str) -> String) -> Asked {
    let mut asked =
        Asked { place: get("place"), group: get("group"), short: get("short") == "1", q: get("q") };
    if asked.place.is_empty() {
        let home = visit.visitor.viewer.communities().iter().next().cloned();
        let home = home.or_else(|| app.node.read(|book| book.own().cloned()));
        asked.place = home.map_or_else(|| "all".to_owned(), |code| code.to_string());
    }
    asked
}

async fn show(
    State(app): State<App>,
    visit: Visit,
    Query(query): Query<std::collections::BTreeMap<String, String>>,
) -> Response {
    let asked = asked(&app, &visit, |name| query.get(name).cloned().unwrap_or_default());
    let (view, places) = super::look(&app, &visit, |lens| {
        let places: Vec<Named> = lens
            .region()
            .places()
            .filter(|place| lens.region().exists(place, lens.today()))
            .map(|place| lens.place(&place))
            .collect();
        (lens.stock(&asked.filter()), places)
    });
    page(&visit.ui, &view, &asked, &places).into_response()
}

fn take(app: &App, visit: &Visit, query: &str, format: Format) -> Response {
    let asked = asked(app, visit, |name| value(query, name));
    let view = super::look(app, visit, |lens| lens.stock(&asked.filter()));
    Sheet::of("stock", &view.rows).answer(format)
}

async fn show_item(
    State(app): State<App>,
    visit: Visit,
    Path(item): Path<String>,
    Query(query): Query<std::collections::BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    let none = || Problem::new(Kind::NotFound);
    let (code, format) = split(&item);
    let code = ItemCode::new(code).map_err(|_| none())?;
    let view = super::look(&app, &visit, |lens| lens.item_view(&code)).ok_or_else(none)?;
    let from = query.get("from").and_then(|from| from.parse().ok()).unwrap_or(0);
    Ok(match format {
        Some(format) => Sheet::of(code.as_str(), &view.rows).answer(format),
        None => item_page(&visit.ui, &view, from).into_response(),
    })
}

/// One batch with all its lines, where memory does not hold them; `None` where it does, or there is no such batch.
///
/// # Errors
/// A [`Problem`] where the store cannot be read.
pub(crate) async fn read_again(
    app: &App,
    community: &CommunityCode,
    id: LotId,
) -> Result<Option<Lot>, Problem> {
    let in_memory =
        app.node.read(|book| book.ledger().lot(community, id).is_some_and(|lot| !lot.is_folded()));
    if in_memory {
        return Ok(None);
    }
    let (node, community) = (app.node.clone(), community.clone());
    let read = tokio::task::spawn_blocking(move || node.whole_lot(&community, id)).await;
    let read =
        read.map_err(|fault| fault.to_string()).and_then(|read| read.map_err(|fault| fault.to_string()));
    read.map_err(|fault| {
        tracing::error!(fault, "the lines of a batch could not be read");
        Problem::new(Kind::Internal)
    })
}

/// The card of one batch with lines that were folded out of memory read again from the logs; `None` where there is no such
/// batch, or it is not to be seen.
///
/// # Errors
/// A [`Problem`] where the store cannot be read.
pub async fn card_of(
    app: &App,
    visit: &Visit,
    community: &CommunityCode,
    id: LotId,
    lines: Lines,
) -> Result<Option<LotCard>, Problem> {
    let whole = read_again(app, community, id).await?;
    Ok(super::look(app, visit, |lens| {
        let lot = whole.as_ref().or_else(|| lens.book.ledger().lot(community, id))?;
        lens.lot_card(community, (id, lot), lines)
    }))
}

/// What people are called who wrote entries, by entry.
pub type Writers = std::collections::BTreeMap<String, String>;

/// Who wrote each entry of an own batch.
fn writers(app: &App, ui: &Ui, community: &CommunityCode, lot: LotId) -> Result<Writers, Problem> {
    let history = app.node.history(&Key::Lot(community.clone(), lot));
    let history = history.map_err(|_| Problem::new(Kind::Internal))?;
    Ok(app.node.read(|book| {
        let written = history.iter().filter_map(|entry| {
            let id = match &entry.fact {
                Fact::Ledger(LedgerFact::Counted(counted)) => counted.entry,
                Fact::Ledger(LedgerFact::Entered(entered)) => entered.entry,
                _ => entry.stamp.act,
            };
            Some((id.to_string(), say::person(ui, (&app.node, book), entry.stamp.actor?)))
        });
        written.collect()
    }))
}

async fn show_lot(
    State(app): State<App>,
    visit: Visit,
    Path((community, lot)): Path<(String, String)>,
    Query(query): Query<std::collections::BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    let none = || Problem::new(Kind::NotFound);
    let (lot, format) = split(&lot);
    let community = CommunityCode::new(&community).map_err(|_| none())?;
    let lot = lot.parse().map_err(|_| none())?;
    let from = query.get("from").and_then(|from| from.parse().ok()).unwrap_or(0);
    let lines = if format.is_some() { Lines::ALL } else { Lines { from, most: LINES_SHOWN } };
    let view = card_of(&app, &visit, &community, lot, lines).await?.ok_or_else(none)?;
    if let Some(format) = format {
        return Ok(Sheet::of("stock-card", &view.entries).answer(format));
    }
    let is_ours = view.is_ours && visit.visitor.viewer.is_member();
    let who = if is_ours { writers(&app, &visit.ui, &community, lot)? } else { Writers::new() };
    Ok(lot_page(&visit.ui, &view, &visit.visitor.viewer, &who).into_response())
}
