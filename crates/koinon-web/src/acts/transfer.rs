//! One transfer: where it stands in one sentence, whose turn it is, what is on it, what happened, and every act that the
//! visitor may do now.
//!
//! What the page shows follows from the set of entries heard; the forms are in `transfer_forms`. Those who have no
//! part in a transfer see neither vehicle nor days nor what is on the road.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse as _;
use axum::routing::get;
use koinon_authority::{Sight, sight};
use koinon_books::{Book, Fact};
use koinon_core::{CommunityCode, Dimension, EntryId, PersonId, TransferId};
use koinon_ledger::fact::{Committed, OnTheWay};
use koinon_ledger::transfer::{Reply, Shipment, Status, Transfer};
use koinon_ledger::{Key, LedgerFact, Reason};
use koinon_node::Node;
use koinon_node::replay::Entry;
use maud::{Markup, html};

use super::fields::Fields;
use super::next_best::{self, NextBest};
use super::{Answer, Said, Trouble, mend, say, transfer_forms, transfer_read};
use crate::app::App;
use crate::components::{
    Column, StepState, Table, Tone, age, card, card_with, chip, columns_wide, facts, link_button, notice,
    steps, timeline,
};
use crate::i18n::Speak as _;
use crate::layout::{Page, Section};
use crate::live::{Topic, region};
use crate::problem::{Kind, Problem};
use crate::t;
use crate::ui::Ui;
use crate::visit::{Posted, Stop, Visit, see_other};

pub(super) fn router() -> Router<App> {
    Router::new().route("/transfer/{giver}/{id}", get(show).post(write))
}

/// A transfer as one visitor meets it.
pub(super) struct Met<'a> {
    pub(super) book: &'a Book,
    pub(super) visit: &'a Visit,
    pub(super) giver: CommunityCode,
    pub(super) id: TransferId,
    pub(super) transfer: &'a Transfer,
    pub(super) what: &'a Committed,
    pub(super) status: Status,
    /// Whether one of the visitor's communities gives, takes or carries.
    pub(super) is_ours: bool,
}

/// Finds a transfer that the visitor may see.
///
/// # Errors
/// [`Stop`] where there is none for these eyes.
pub(super) fn meet<'a>(visit: &'a Visit, book: &'a Book, giver: &str, id: &str) -> Result<Met<'a>, Stop> {
    let none = || Stop::from(Problem::new(Kind::NotFound));
    let giver = CommunityCode::new(giver).map_err(|_| none())?;
    let id: TransferId = id.parse().map_err(|_| none())?;
    let transfer = book.ledger().transfer(&giver, id).ok_or_else(none)?;
    let commitment = transfer.commitment(&giver).ok_or_else(|| {
        Stop::from(Problem::new(Kind::NotFound).detail(t!(
            visit.ui,
            "transfer-now-unheard",
            giver = say::community(book, &giver)
        )))
    })?;
    let what = &commitment.what;
    let viewer = &visit.visitor.viewer;
    let headed = transfer.shipments().map(|(_, load)| load.heading(what).1);
    let is_ours = viewer.is_member()
        && [&giver, &what.taker]
            .into_iter()
            .chain(headed)
            .any(|community| viewer.communities().contains(community));
    let seen = what
        .lines
        .iter()
        .filter_map(|line| book.region().item(&line.item))
        .map(|item| sight(viewer, item.seen_by(), &giver, is_ours));
    if seen.max() != Some(Sight::Amount) {
        visit.actor()?;
        return Err(none());
    }
    let status = transfer.status(&giver);
    Ok(Met { book, visit, giver, id, transfer, what, status, is_ours })
}

impl Met<'_> {
    /// The address of the page.
    pub(super) fn href(&self) -> String {
        format!("/transfer/{}/{}", self.giver, self.id)
    }

    /// The community whose book this computer writes, if it has a part in the transfer.
    pub(super) fn own(&self) -> Option<&CommunityCode> {
        self.book.own()
    }

    /// Whether this computer speaks for the giver.
    pub(super) fn gives(&self) -> bool {
        self.own() == Some(&self.giver)
    }

    /// Whether this computer speaks for the taker.
    pub(super) fn takes(&self) -> bool {
        self.own() == Some(&self.what.taker)
    }

    /// "42 t of wheat from Heath to Dunes".
    pub(super) fn headline(&self) -> String {
        let ui = &self.visit.ui;
        let (from, to) = (say::place(self.book, &self.what.from), say::place(self.book, &self.what.to));
        let mut items: Vec<_> = self.what.lines.iter().map(|line| &line.item).collect();
        items.dedup();
        match items.as_slice() {
            [only] => {
                let dimension = self.dimension(only);
                let sum: i128 = self.what.lines.iter().map(|line| i128::from(line.quantity.amount())).sum();
                let amount = say::amount(ui, sum, dimension);
                t!(
                    ui,
                    "transfer-headline",
                    amount = amount,
                    item = say::item(ui, self.book, only),
                    from = from,
                    to = to
                )
            }
            many => t!(ui, "transfer-headline-many", n = many.len(), from = from, to = to),
        }
    }

    pub(super) fn dimension(&self, item: &koinon_core::ItemCode) -> Dimension {
        self.book.region().item(item).map_or(Dimension::Mass, |item| item.dimension)
    }

    /// Where it stands, and whose turn it is.
    pub(super) fn sentence(&self) -> String {
        let ui = &self.visit.ui;
        let giver = say::place(self.book, &self.what.from);
        let taker = say::place(self.book, &self.what.to);
        let status = match self.status {
            Status::UnderWay | Status::Unsettled if !self.is_ours => Status::Agreed,
            other => other,
        };
        match status {
            Status::Unheard => t!(ui, "transfer-now-unheard", giver = giver),
            Status::NeedsSecond => t!(ui, "transfer-now-needs-second", giver = giver),
            Status::NeedsAnswer => t!(ui, "transfer-now-needs-answer", taker = taker),
            Status::Countered => t!(ui, "transfer-now-countered", giver = giver, taker = taker),
            Status::Halted => t!(ui, "transfer-now-halted", place = self.objectors()),
            Status::Agreed if !self.is_ours => t!(ui, "transfer-now-agreed-afar"),
            Status::Agreed => t!(ui, "transfer-now-agreed", giver = giver),
            Status::UnderWay => t!(ui, "transfer-now-under-way", taker = taker),
            Status::Unsettled => t!(ui, "transfer-now-unsettled", giver = giver, taker = taker),
            Status::Done => t!(ui, "transfer-now-done"),
            Status::Refused => t!(ui, "transfer-now-refused", taker = taker, reason = self.refusal()),
            Status::Withdrawn => t!(ui, "transfer-now-withdrawn", giver = giver, reason = self.withdrawal()),
        }
    }

    fn objectors(&self) -> String {
        let mut places: Vec<String> = self
            .transfer
            .objections()
            .filter(|(_, objection)| !objection.is_settled())
            .filter_map(|(_, objection)| Some(say::community(self.book, &objection.raised()?.community)))
            .collect();
        places.sort();
        places.dedup();
        self.visit.ui.lang().list(&places)
    }

    fn refusal(&self) -> String {
        match self.transfer.reply(&self.giver) {
            Reply::No(refused) => say::reason(&self.visit.ui, refused.reason),
            _ => String::new(),
        }
    }

    fn withdrawal(&self) -> String {
        self.transfer
            .withdrawal(&self.giver)
            .map(|by| say::reason(&self.visit.ui, by.what))
            .unwrap_or_default()
    }

    /// Loads that are still stated, oldest first.
    pub(super) fn loads(&self) -> Vec<(EntryId, &Shipment)> {
        let mut loads: Vec<_> =
            self.transfer.shipments().filter(|(_, load)| load.load(&self.giver).is_some()).collect();
        loads.sort_by_key(|(id, load)| (load.load(&self.giver).map(|by| by.what.occurred), *id));
        loads
    }

    /// The name of somebody at home; a mark for anybody else.
    fn person(&self, node: &Node, actor: Option<PersonId>) -> Option<String> {
        actor.map(|person| node.personal().name(self.book, person).unwrap_or_else(|| person.short()))
    }
}

async fn show(
    State(app): State<App>,
    visit: Visit,
    Path((giver, id)): Path<(String, String)>,
    Query(query): Query<Vec<(String, String)>>,
) -> Answer {
    let fields = Fields::new(query);
    let aside = Aside::of(&app, &visit, &giver, &id);
    app.node.read(|book| {
        let met = meet(&visit, book, &giver, &id)?;
        Ok(page(&met, &aside, &fields, &Trouble::none()).into_response())
    })
}

/// The entries about a transfer, oldest first. A store that cannot be read gives none; the page says what it can.
fn history(app: &App, giver: &str, id: &str) -> Vec<Entry> {
    let key = CommunityCode::new(giver).ok().zip(id.parse().ok()).map(|(giver, id)| Key::Transfer(giver, id));
    let mut entries = key.and_then(|key| app.node.history(&key).ok()).unwrap_or_default();
    entries.sort_by_key(|entry| (entry.stamp.recorded, entry.place));
    entries
}

/// What stands beside the transfer itself.
struct Aside {
    /// Who reads names.
    node: Node,
    history: Vec<Entry>,
    next_best: Option<NextBest>,
}

impl Aside {
    fn of(app: &App, visit: &Visit, giver: &str, id: &str) -> Self {
        Self {
            node: app.node.clone(),
            history: history(app, giver, id),
            next_best: next_best::find(app, visit, giver, id),
        }
    }
}

fn page<'a>(met: &Met<'a>, aside: &Aside, fields: &Fields, trouble: &Trouble) -> Page<'a> {
    let ui = &met.visit.ui;
    let mut page = Page::new(ui, met.headline())
        .section(Section::Transfers)
        .crumb("/transfers", t!(ui, "transfers-title"))
        .lead(met.sentence())
        .live(&[Topic::Transfers]);
    if fields.has("done") {
        page = page.notice(super::done_notice(ui, &t!(ui, "acts-done"), None));
    }
    for oddity in met.transfer.oddities(&met.giver).into_iter().filter(|_| met.is_ours) {
        page = page.notice(notice(ui, Tone::Watch, &html! { (say::oddity(ui, oddity)) }));
    }
    let href = met.href();
    page.body(html! {
        div.stack {
            (trouble.show(ui))
            (region("transfer-steps", &href, &[Topic::Transfers], &journey(met)))
            (columns_wide(
                &html! {
                    (transfer_forms::forms(met, fields, trouble))
                    (region("transfer-lines", &href, &[Topic::Transfers], &lines_card(met)))
                    (transfer_forms::others(met, fields, trouble))
                },
                &html! {
                    @if let Some(next) = aside.next_best.as_ref().filter(|_| met.is_ours) { (next_best::show(ui, next)) }
                    @if met.is_ours { (region("transfer-joint", &href, &[Topic::Transfers], &super::transfer_joint::show(met))) }
                    (head_card(met))
                    (region("transfer-history", &href, &[Topic::Transfers], &history_card(met, aside)))
                },
            ))
        }
    })
}

fn journey(met: &Met<'_>) -> Markup {
    let ui = &met.visit.ui;
    let status = if met.is_ours { met.status } else { Status::Agreed.min(met.status) };
    // How many steps are behind: promised, answered, loaded, arrived.
    let (behind, stopped) = match status {
        Status::Unheard => (0, false),
        Status::NeedsSecond | Status::NeedsAnswer | Status::Countered => (1, false),
        Status::Halted | Status::Refused | Status::Withdrawn => (1, true),
        Status::Agreed => (2, false),
        Status::UnderWay => (3, false),
        Status::Unsettled => (4, false),
        Status::Done => (5, false),
    };
    let names = [
        t!(ui, "step-promised"),
        t!(ui, "step-agreed"),
        t!(ui, "step-loaded"),
        t!(ui, "step-arrived"),
        t!(ui, "step-settled"),
    ];
    let states: Vec<(String, StepState)> = names
        .into_iter()
        .enumerate()
        .map(|(at, name)| {
            let state = match (at.cmp(&behind), stopped) {
                (std::cmp::Ordering::Less, _) => StepState::Done,
                (std::cmp::Ordering::Equal, true) => StepState::Halted,
                (std::cmp::Ordering::Equal, false) => StepState::Now,
                (std::cmp::Ordering::Greater, _) => StepState::Ahead,
            };
            (name, state)
        })
        .collect();
    steps(ui, &states)
}

fn head_card(met: &Met<'_>) -> Markup {
    let ui = &met.visit.ui;
    let mut rows = vec![
        (t!(ui, "transfer-from"), html! { (say::place(met.book, &met.what.from)) }),
        (t!(ui, "transfer-to"), html! { (say::place(met.book, &met.what.to)) }),
    ];
    if met.is_ours {
        rows.push((t!(ui, "transfer-leaves"), html! { (ui.date(met.what.leaves)) }));
        rows.push((t!(ui, "transfer-arrives"), html! { (ui.date(met.what.arrives)) }));
        if let Some(day) = met.what.return_by {
            rows.push((t!(ui, "transfer-back-by"), html! { (ui.date(day)) }));
        }
    }
    if let Some(due) = &met.what.standing {
        rows.push((t!(ui, "transfer-standing"), html! { a href="/standing" { (ui.date(due.day)) } }));
    }
    if let Some(suggestion) = met.what.suggestion {
        rows.push((t!(ui, "transfer-suggested"), html! { span.code { (suggestion.short()) } }));
    }
    rows.push((t!(ui, "transfer-mark"), html! { span.code { (met.id.short()) } }));
    let paper = html! {
        @if met.is_ours { (link_button(&format!("{}/waybill", met.href()), &t!(ui, "waybill-title"), false)) }
    };
    card(&t!(ui, "transfer-head"), &html! { (facts(&rows)) div.row { (paper) } })
}

fn lines_card(met: &Met<'_>) -> Markup {
    let ui = &met.visit.ui;
    let mut columns = vec![
        Column::head(t!(ui, "enter-item")),
        Column::number(t!(ui, "counter-asked")),
        Column::number(t!(ui, "counter-promised")),
    ];
    if met.is_ours {
        columns.extend([
            Column::number(t!(ui, "counter-aside")),
            Column::number(t!(ui, "counter-on-the-way")),
            Column::number(t!(ui, "counter-arrived")),
            Column::number(t!(ui, "counter-gone")),
        ]);
    }
    let mut table = Table::new(t!(ui, "transfer-lines"), columns);
    for line in &met.what.lines {
        let Some(item) = met.book.region().item(&line.item) else { continue };
        if sight(&met.visit.visitor.viewer, item.seen_by(), &met.giver, met.is_ours) != Sight::Amount {
            continue;
        }
        let counts = met.transfer.counters(&met.giver, line);
        let show = |amount: i128| html! { @if amount == 0 { "–" } @else { (say::amount(ui, amount, item.dimension)) } };
        let mut cells = vec![
            html! {
                (say::item_name(ui, met.book, item))
                @if met.is_ours && let Some(opened) = met.book.ledger().lot(&met.giver, line.lot).and_then(|lot| lot.opened()) {
                    br; small.muted { (super::batch_words(ui, line.lot, opened)) }
                }
            },
            show(counts.requested),
            show(counts.committed),
        ];
        if met.is_ours {
            cells.extend([
                show(counts.reserved),
                show(counts.in_transit),
                html! {
                    (show(counts.fulfilled))
                    @if counts.excess != 0 { br; small.muted { (t!(ui, "counter-excess", amount = say::amount(ui, counts.excess, item.dimension))) } }
                },
                html! {
                    (show(counts.lost))
                    @if counts.rejected != 0 { br; small.muted { (t!(ui, "counter-rejected", amount = say::amount(ui, counts.rejected, item.dimension))) } }
                    @if counts.missing != 0 { br; small.muted { (t!(ui, "counter-missing", amount = say::amount(ui, counts.missing, item.dimension))) } }
                },
            ]);
        }
        table = table.row(cells);
    }
    card_with(
        &t!(ui, "transfer-lines"),
        &chip(&say::status(ui, if met.is_ours { met.status } else { Status::Agreed.min(met.status) })),
        &html! { (table) },
    )
}

fn history_card(met: &Met<'_>, aside: &Aside) -> Markup {
    let ui = &met.visit.ui;
    let mut rows: Vec<(Markup, Markup)> = Vec::new();
    for entry in aside.history.iter().rev() {
        let Some(community) = met.book.community_of(entry.origin.node) else { continue };
        let Fact::Ledger(fact) = &entry.fact else { continue };
        let Some(words) = happened(met, fact, &say::community(met.book, community)) else { continue };
        let home = met.own() == Some(community) && met.is_ours;
        let who = if home { met.person(&aside.node, entry.stamp.actor) } else { None };
        rows.push((
            html! { (age(ui, entry.stamp.recorded)) },
            html! { (words) @if let Some(who) = who { " " small.muted { (who) } } },
        ));
    }
    card(&t!(ui, "transfer-history"), &timeline(&rows))
}

/// What an entry says, in a sentence; nothing for what a stranger to the transfer may not know.
fn happened(met: &Met<'_>, fact: &LedgerFact, who: &str) -> Option<String> {
    let ui = &met.visit.ui;
    let on_the_road = matches!(
        fact,
        LedgerFact::Dispatched(_)
            | LedgerFact::TransitNoted(_)
            | LedgerFact::Received(_)
            | LedgerFact::Returned(_)
            | LedgerFact::LossSettled(_)
    );
    if on_the_road && !met.is_ours {
        return None;
    }
    let why = |reason: Reason| say::reason(ui, reason);
    Some(match fact {
        LedgerFact::Committed(f) => {
            let things: Vec<String> = f
                .lines
                .iter()
                .map(|line| {
                    t!(
                        ui,
                        "amount-of",
                        amount = ui.quantity(line.quantity),
                        item = say::item(ui, met.book, &line.item)
                    )
                })
                .collect();
            t!(ui, "history-promised", who = who, what = ui.lang().list(&things))
        }
        LedgerFact::Approved(_) => t!(ui, "history-approved", who = who),
        LedgerFact::Accepted(f) if f.less.is_empty() => t!(ui, "history-accepted", who = who),
        LedgerFact::Accepted(_) => t!(ui, "history-accepted-less", who = who),
        LedgerFact::Refused(f) => t!(ui, "history-refused", who = who, reason = why(f.reason)),
        LedgerFact::CounterOffered(f) => super::transfer_counter::words_of(met, who, f),
        LedgerFact::Objected(f) => t!(ui, "history-objected", who = who, reason = why(f.reason)),
        LedgerFact::ObjectionSettled(_) => t!(ui, "history-settled", who = who),
        LedgerFact::Withdrawn(f) => t!(ui, "history-withdrawn", who = who, reason = why(f.reason)),
        LedgerFact::Dispatched(f) if f.lines.is_empty() => t!(ui, "history-unloaded", who = who),
        LedgerFact::Dispatched(f) => {
            t!(ui, "history-loaded", who = who, vehicle = say::vehicle(ui, f.vehicle))
        }
        LedgerFact::TransitNoted(f) => match &f.what {
            OnTheWay::BrokenDown => t!(ui, "history-broken-down"),
            OnTheWay::Resumed(vehicle) => t!(ui, "history-resumed", vehicle = say::vehicle(ui, *vehicle)),
            OnTheWay::Diverted(place, _) => t!(ui, "history-diverted", place = say::place(met.book, place)),
            OnTheWay::Delayed(day) => t!(ui, "history-delayed", day = ui.date(*day)),
        },
        LedgerFact::Received(_) => t!(ui, "history-received", who = who),
        LedgerFact::Returned(_) => t!(ui, "history-returned", who = who),
        LedgerFact::LossSettled(f) => {
            t!(ui, "history-lost", who = who, amount = ui.quantity(f.lost), reason = why(f.reason))
        }
        _ => return None,
    })
}

async fn write(State(app): State<App>, Path((giver, id)): Path<(String, String)>, posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    visit.actor()?;
    let show = |trouble: &Trouble| -> Answer {
        let aside = Aside::of(&app, visit, &giver, &id);
        app.node.read(|book| Ok(mend(page(&meet(visit, book, &giver, &id)?, &aside, fields, trouble))))
    };
    if fields.text("again") == "yes" {
        return show(&Trouble::none());
    }
    let read =
        app.node.read(|book| Ok::<_, Stop>(transfer_read::read(&meet(visit, book, &giver, &id)?, fields)))?;
    let act = match read {
        Ok(act) => act,
        Err(faults) => return show(&Trouble::faults(faults)),
    };
    match super::hand_over_act(&app, &posted, act, None).await? {
        Said::Done => Ok(see_other(&format!("/transfer/{giver}/{id}?done=yes"))),
        Said::Ask(questions) => Ok(super::ask(&posted, &questions, Section::Transfers)),
        Said::No(words) => show(&Trouble::refused(words)),
    }
}

/// What a line of a load was found to hold, for the arrival form: the load's amount and the line's item.
pub(super) fn ui_of<'a>(met: &Met<'a>) -> &'a Ui {
    &met.visit.ui
}
