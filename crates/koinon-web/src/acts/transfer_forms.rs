//! The acts of one transfer as forms; [`super::transfer_read`] reads them. Only what the visitor may do now is shown; the
//! node decides again whether it may be done.

use koinon_authority::{Action, Resource};
use koinon_core::region::Item;
use koinon_core::{CommunityCode, EntryId, Quantity};
use koinon_ledger::Reason;
use koinon_ledger::fact::{CommitLine, LoadLine, ReceiptLine, Vehicle};
use koinon_ledger::transfer::{Reply, Shipment, Status};
use maud::{Markup, html};

use super::entry::reason_field;
use super::fields::Fields;
use super::transfer::{Met, ui_of};
use super::{Trouble, amount_field, pause, say, transfer_counter};
use crate::components::{age, card};
use crate::forms::{Field, Input, Weight, post_form, submit};
use crate::t;
use crate::ui::Ui;

pub(super) const NO: [Reason; 7] = [
    Reason::NotNeeded,
    Reason::NoRoom,
    Reason::ShortDated,
    Reason::WrongItem,
    Reason::OthersFirst,
    Reason::FiguresDoubted,
    Reason::NotKnownYet,
];
pub(super) const OBJECTION: [Reason; 6] = [
    Reason::OthersFirst,
    Reason::NeededHere,
    Reason::FiguresDoubted,
    Reason::Recall,
    Reason::RouteClosed,
    Reason::NotKnownYet,
];
pub(super) const WITHDRAWAL: [Reason; 7] = [
    Reason::NeededHere,
    Reason::NoTransport,
    Reason::RouteClosed,
    Reason::Spoiled,
    Reason::Recall,
    Reason::EntryError,
    Reason::NotKnownYet,
];
pub(super) const FOUND: [Reason; 10] = [
    Reason::NotKnownYet,
    Reason::Damaged,
    Reason::Spoiled,
    Reason::Expired,
    Reason::ColdChain,
    Reason::WrongItem,
    Reason::ShortDated,
    Reason::Stolen,
    Reason::Lost,
    Reason::NoRoom,
];
pub(super) const GONE: [Reason; 6] =
    [Reason::Lost, Reason::Stolen, Reason::Damaged, Reason::Spoiled, Reason::EntryError, Reason::ColdChain];

/// The forms that bring the transfer on: agree, answer, load, write the arrival down, settle.
pub(super) fn forms(met: &Met<'_>, fields: &Fields, trouble: &Trouble) -> Markup {
    let Some(own) = met.own() else { return html! {} };
    let shown = Shown { met, own, fields, trouble };
    html! {
        @if met.gives() && met.status == Status::NeedsSecond && shown.may(Action::ApproveCommit) { (shown.approve()) }
        @if shown.may_answer() && shown.is_open() { (shown.accept()) }
        @if met.gives() && met.status == Status::Countered && shown.may(Action::Commit) { (shown.meet()) }
        @if met.takes() && met.status == Status::Refused && shown.may(Action::Refuse) { (shown.no_more()) }
        @if met.gives() && shown.may(Action::Dispatch) && loadable(met) { (shown.load()) }
        @for (id, load) in met.loads() { (shown.next_of_load(id, load)) }
        @if shown.may(Action::SettleObjection) { (shown.settle()) }
    }
}

/// Whatever else can be done, folded away in one card.
pub(super) fn others(met: &Met<'_>, fields: &Fields, trouble: &Trouble) -> Markup {
    let Some(own) = met.own() else { return html! {} };
    let shown = Shown { met, own, fields, trouble };
    let open = !matches!(met.status, Status::Done | Status::Refused | Status::Withdrawn);
    let body = html! {
        @if shown.may_answer() {
            @if !shown.is_open() { (shown.answer_anew()) }
            (shown.rather())
            (shown.refuse())
        }
        @for (id, load) in met.loads() { (shown.rest_of_load(id, load)) }
        @if is_before_loading(met) && shown.may(Action::Object) { (shown.object()) }
        @if met.gives() && open && shown.may(Action::Withdraw) { (shown.withdraw()) }
    };
    if body.0.is_empty() { body } else { card(&t!(ui_of(met), "transfer-other"), &body) }
}

fn is_before_loading(met: &Met<'_>) -> bool {
    matches!(
        met.status,
        Status::NeedsSecond | Status::NeedsAnswer | Status::Countered | Status::Halted | Status::Agreed
    )
}

fn loadable(met: &Met<'_>) -> bool {
    let open = matches!(met.status, Status::Agreed | Status::UnderWay | Status::Unsettled);
    open && met.transfer.totals(&met.giver).reserved > 0
}

struct Shown<'a, 'b> {
    met: &'b Met<'a>,
    own: &'b CommunityCode,
    fields: &'b Fields,
    trouble: &'b Trouble,
}

impl Shown<'_, '_> {
    fn ui(&self) -> &Ui {
        ui_of(self.met)
    }

    fn may(&self, action: Action) -> bool {
        let place = if self.met.gives() { self.met.what.from.clone() } else { self.own.place() };
        self.met.visit.may(self.met.book, action, &Resource::community(self.own.clone()).at_place(place))
    }

    fn may_answer(&self) -> bool {
        self.met.takes() && is_before_loading(self.met) && self.may(Action::Accept)
    }

    /// Whether nothing is said yet of the promise as it stands.
    fn is_open(&self) -> bool {
        self.met.transfer.reply(&self.met.giver) == Reply::None
    }

    /// What was typed, if this very form came back; several forms of a page share the names of fields.
    fn typed(&self, key: &str) -> (Fields, Trouble) {
        let same = self.fields.text("do") == key.split('.').next().unwrap_or_default()
            && (!key.contains('.') || key.ends_with(self.fields.text("load")));
        if same {
            let trouble = Trouble { faults: self.trouble.faults.clone(), refused: None };
            (self.fields.clone(), trouble)
        } else {
            (Fields::default(), Trouble::none())
        }
    }

    fn form(&self, act: &str, load: Option<EntryId>, body: &Markup) -> Markup {
        post_form(
            self.ui(),
            &self.met.href(),
            &html! {
                input type="hidden" name="do" value=(act);
                @if let Some(load) = load { input type="hidden" name="load" value=(load); }
                (body)
            },
        )
    }

    fn approve(&self) -> Markup {
        let ui = self.ui();
        let mine = self.met.transfer.commitment(&self.met.giver).is_some_and(|by| {
            by.actor.is_some()
                && by.actor
                    == self.met.visit.visitor.actor.as_ref().and_then(koinon_authority::Actor::subject)
        });
        if mine {
            return card(&t!(ui, "approve-title"), &html! { p { (t!(ui, "approve-not-you")) } });
        }
        let body = html! { p { (t!(ui, "approve-lead")) } div.actions { (submit(&t!(ui, "approve-yes"), Weight::Primary)) } };
        card(&t!(ui, "approve-title"), &self.form("approve", None, &body))
    }

    fn accept(&self) -> Markup {
        card(&t!(self.ui(), "accept-title"), &self.answer_form())
    }

    fn answer_anew(&self) -> Markup {
        html! { details { summary { (t!(self.ui(), "answer-change")) } (self.answer_form()) } }
    }

    fn answer_form(&self) -> Markup {
        let ui = self.ui();
        let (fields, trouble) = self.typed("accept");
        let rows = self.met.what.lines.iter().filter_map(|line| Some((line, self.item(line)?)));
        let body = html! {
            div.actions { (submit(&t!(ui, "accept-all"), Weight::Primary)) }
            details open[!trouble.is_none()] {
                summary { (t!(ui, "accept-less")) }
                div.stack {
                    p.muted { (t!(ui, "accept-less-hint")) }
                    @for (line, item) in rows {
                        (line_field(ui, &fields, &trouble, "less", line.line, &t!(ui, "accept-line", item = say::item_name(ui, self.met.book, item), amount = ui.quantity(line.quantity)), item))
                    }
                    div.actions { (submit(&t!(ui, "accept-less-save"), Weight::Secondary)) }
                }
            }
        };
        self.form("accept", None, &body)
    }

    fn rather(&self) -> Markup {
        let ui = self.ui();
        let (fields, trouble) = self.typed("counter");
        let form = self.form("counter", None, &transfer_counter::fields_of(self.met, &fields, &trouble));
        html! { details open[!trouble.is_none()] { summary { (t!(ui, "rather-title")) } div.stack { (form) } } }
    }

    fn meet(&self) -> Markup {
        let Reply::Rather(rather) = self.met.transfer.reply(&self.met.giver) else { return html! {} };
        let taker = say::place(self.met.book, &self.met.what.to);
        let form = self.form("meet", None, &transfer_counter::answer_fields(self.met, rather));
        card(&t!(self.ui(), "rather-meet-title", taker = taker), &form)
    }

    /// After a no: whether nothing more of it is to be sent for a while.
    fn no_more(&self) -> Markup {
        let ui = self.ui();
        let mut items: Vec<&Item> = self.met.what.lines.iter().filter_map(|line| self.item(line)).collect();
        items.dedup_by_key(|item| &item.code);
        html! {
            @for item in items {
                (card(&t!(ui, "enough-title", item = say::item_name(ui, self.met.book, item)), &pause::enough_form(ui, &self.met.what.to, &item.code)))
            }
        }
    }

    fn with_reason(&self, act: &str, title: &str, lead: &str, button: &str, reasons: &[Reason]) -> Markup {
        let (fields, trouble) = self.typed(act);
        let body = html! {
            p.muted { (lead) }
            (reason_field(self.ui(), reasons, &fields, &trouble).within(act).show(self.ui()))
            div.actions { (submit(button, Weight::Danger)) }
        };
        let form = self.form(act, None, &body);
        html! { details open[!trouble.is_none()] { summary { (title) } (form) } }
    }

    fn refuse(&self) -> Markup {
        let ui = self.ui();
        self.with_reason(
            "refuse",
            &t!(ui, "refuse-title"),
            &t!(ui, "refuse-lead"),
            &t!(ui, "refuse-save"),
            &NO,
        )
    }

    fn object(&self) -> Markup {
        let ui = self.ui();
        self.with_reason(
            "object",
            &t!(ui, "object-title"),
            &t!(ui, "object-lead"),
            &t!(ui, "object-save"),
            &OBJECTION,
        )
    }

    fn withdraw(&self) -> Markup {
        let ui = self.ui();
        self.with_reason(
            "withdraw",
            &t!(ui, "withdraw-title"),
            &t!(ui, "withdraw-lead"),
            &t!(ui, "withdraw-save"),
            &WITHDRAWAL,
        )
    }

    fn settle(&self) -> Markup {
        let ui = self.ui();
        let open = self.met.transfer.objections().filter(|(_, objection)| {
            !objection.is_settled() && objection.raised().is_some_and(|by| by.community == *self.own)
        });
        html! {
            @for (id, objection) in open {
                @let reason = objection.raised().map(|by| say::reason(ui, by.what)).unwrap_or_default();
                (card(&t!(ui, "settle-title"), &self.form("settle", Some(id), &html! {
                    p { (t!(ui, "settle-lead", reason = reason)) }
                    div.actions { (submit(&t!(ui, "settle-save"), Weight::Primary)) }
                })))
            }
        }
    }

    fn item(&self, line: &CommitLine) -> Option<&Item> {
        self.met.book.region().item(&line.item)
    }

    fn load(&self) -> Markup {
        let ui = self.ui();
        let (fields, trouble) = self.typed("load");
        let rows = self.met.what.lines.iter().filter_map(|line| {
            let reserved = self.met.transfer.counters(&self.met.giver, line).reserved;
            (reserved > 0).then_some((line, self.item(line)?, reserved))
        });
        let body = html! {
            (vehicle_field(ui, "load", &fields))
            (Field::new("paper", t!(ui, "load-paper")).value(fields.text("paper")).error(trouble.of("paper")).optional().show(ui))
            div.actions { (submit(&t!(ui, "load-all"), Weight::Primary)) }
            details open[!trouble.is_none()] {
                summary { (t!(ui, "load-part")) }
                div.stack {
                    p.muted { (t!(ui, "load-part-hint")) }
                    @for (line, item, reserved) in rows {
                        @let label = t!(ui, "load-line", item = say::item_name(ui, self.met.book, item), amount = say::amount(ui, reserved, item.dimension));
                        (line_field(ui, &fields, &trouble, "part", line.line, &label, item))
                    }
                    div.actions { (submit(&t!(ui, "load-part-save"), Weight::Secondary)) }
                }
            }
        };
        card(&t!(ui, "load-title"), &self.form("load", None, &body))
    }

    /// What comes next for one load: its arrival, what was refused and comes back, what is missing.
    fn next_of_load(&self, id: EntryId, load: &Shipment) -> Markup {
        let (ui, met) = (self.ui(), self.met);
        let (_, keeper) = load.heading(met.what);
        let here = self.own == keeper;
        if !self.may(Action::ConfirmReceipt) {
            return html! {};
        }
        html! {
            @if here && load.receipt(keeper).is_none() {
                (card(&t!(ui, "arrive-title", load = self.name_of(id, load)), &html! {
                    @if self.is_same_hand(load) { p { (t!(ui, "refusal-same-hand")) } } @else { (self.arrival(id, load)) }
                }))
            }
            @if met.gives() { (self.bring_back(id, load, keeper)) }
            @if met.gives() || here { (self.losses(id, load, keeper)) }
        }
    }

    /// News of one load, that it never left, and its arrival put right.
    fn rest_of_load(&self, id: EntryId, load: &Shipment) -> Markup {
        let (ui, met) = (self.ui(), self.met);
        let Some(left) = load.load(&met.giver) else { return html! {} };
        let (_, keeper) = load.heading(met.what);
        let arrived = load.receipt(keeper).is_some();
        let name = self.name_of(id, load);
        let unload = html! {
            p.muted { (t!(ui, "unload-lead")) }
            div.actions { (submit(&t!(ui, "unload-save"), Weight::Danger)) }
        };
        html! {
            @if (met.gives() || met.takes()) && !arrived && self.may(Action::Divert) {
                details { summary { (t!(ui, "news-title", load = name.as_str())) " " (age(ui, left.what.occurred)) } (self.news(id)) }
            }
            @if met.gives() && !arrived && self.may(Action::Dispatch) {
                details { summary { (t!(ui, "unload-title", load = name.as_str())) } (self.form("unload", Some(id), &unload)) }
            }
            @if self.own == keeper && arrived && self.may(Action::ConfirmReceipt) && !self.is_same_hand(load) {
                details { summary { (t!(ui, "arrive-again", load = name.as_str())) } (self.arrival(id, load)) }
            }
        }
    }

    fn name_of(&self, id: EntryId, load: &Shipment) -> String {
        let vehicle = load.load(&self.met.giver).map(|left| say::vehicle(self.ui(), left.what.vehicle));
        t!(self.ui(), "load-name", vehicle = vehicle.unwrap_or_default(), mark = id.short())
    }

    /// Whether the visitor loaded it, and so may not confirm its arrival.
    fn is_same_hand(&self, load: &Shipment) -> bool {
        let visitor = self.met.visit.visitor.actor.as_ref().and_then(koinon_authority::Actor::subject);
        load.load(&self.met.giver).is_some_and(|left| left.actor.is_some() && left.actor == visitor)
    }

    fn arrival(&self, id: EntryId, load: &Shipment) -> Markup {
        let (ui, met) = (self.ui(), self.met);
        let (fields, trouble) = self.typed(&format!("arrive.{id}"));
        let (heading, keeper) = load.heading(met.what);
        let before = load.receipt(keeper);
        let stores: Vec<(String, String)> = met
            .book
            .region()
            .stores_of(heading)
            .map(|store| (store.code.to_string(), store.name.clone()))
            .collect();
        let body = html! {
            (Field::new("store", t!(ui, "arrive-store")).choices(stores).value(fields.text("store")).within(id.short()).show(ui))
            @for loaded in load.load(&met.giver).map_or(&[][..], |by| &by.what.lines) {
                @if let Some((line, item)) = self.line_of(loaded) {
                    @let known = before.and_then(|by| by.what.lines.iter().find(|l| l.line == loaded.line));
                    (arrival_line(ui, (&fields, &trouble), id, (loaded, known), item, &t!(ui, "arrive-line", item = say::item(ui, met.book, &line.item), amount = ui.quantity(loaded.quantity))))
                }
            }
            div.actions { (submit(&t!(ui, "arrive-save"), Weight::Primary)) }
        };
        self.form("arrive", Some(id), &body)
    }

    fn line_of(&self, loaded: &LoadLine) -> Option<(&CommitLine, &Item)> {
        let line = self.met.what.lines.iter().find(|line| line.line == loaded.line)?;
        Some((line, self.item(line)?))
    }

    fn news(&self, id: EntryId) -> Markup {
        let ui = self.ui();
        let places: Vec<(String, String)> = self
            .met
            .book
            .region()
            .places()
            .filter(|place| *place != self.met.what.from)
            .map(|place| (place.to_string(), say::place(self.met.book, &place)))
            .collect();
        let mark = id.short();
        html! {
            div.stack {
                (self.form("news", Some(id), &html! {
                    input type="hidden" name="what" value="broken";
                    div.actions { (submit(&t!(ui, "news-broken"), Weight::Secondary)) }
                }))
                (self.form("news", Some(id), &html! {
                    input type="hidden" name="what" value="resumed";
                    (vehicle_field(ui, &mark, self.fields))
                    div.actions { (submit(&t!(ui, "news-resumed"), Weight::Secondary)) }
                }))
                (self.form("news", Some(id), &html! {
                    input type="hidden" name="what" value="late";
                    (Field::new("until", t!(ui, "news-late-until")).input(Input::Date).error(self.trouble.of("until")).within(mark.as_str()).show(ui))
                    div.actions { (submit(&t!(ui, "news-late"), Weight::Secondary)) }
                }))
                (self.form("news", Some(id), &html! {
                    input type="hidden" name="what" value="diverted";
                    (Field::new("place", t!(ui, "news-to")).choices(places).within(mark.as_str()).show(ui))
                    div.actions { (submit(&t!(ui, "news-diverted"), Weight::Secondary)) }
                }))
            }
        }
    }

    fn bring_back(&self, id: EntryId, load: &Shipment, keeper: &CommunityCode) -> Markup {
        let (ui, met) = (self.ui(), self.met);
        let (fields, trouble) = self.typed(&format!("return.{id}"));
        let rejected: Vec<(&LoadLine, &Item, Quantity)> = load
            .load(&met.giver)
            .map_or(&[][..], |by| &by.what.lines)
            .iter()
            .filter_map(|loaded| {
                let found = load.receipt(keeper)?.what.lines.iter().find(|line| line.line == loaded.line)?;
                let back = load
                    .back(&met.giver)
                    .and_then(|by| by.what.lines.iter().find(|line| line.line == loaded.line));
                let open = found.rejected.amount() - back.map_or(0, |line| line.quantity.amount());
                (open > 0).then_some((loaded, self.line_of(loaded)?.1, found.rejected))
            })
            .collect();
        if rejected.is_empty() {
            return html! {};
        }
        card(&t!(ui, "return-title"), &self.form("return", Some(id), &html! {
            @for (loaded, item, amount) in &rejected {
                (line_field(ui, &fields, &trouble, "back", loaded.line, &t!(ui, "return-line", item = say::item_name(ui, met.book, item), amount = ui.quantity(*amount)), item))
            }
            div.actions { (submit(&t!(ui, "return-save"), Weight::Primary)) }
        }))
    }

    fn lost_field(
        &self,
        fields: &Fields,
        trouble: &Trouble,
        line: u16,
        item: &Item,
        missing: Quantity,
    ) -> Markup {
        let ui = self.ui();
        let name = format!("lost-{line}");
        let (digits, unit) = missing.in_typing_unit();
        let unit = if fields.has(&name) { fields.text(&format!("{name}-unit")) } else { unit };
        let value = if fields.has(&name) { fields.text(&name) } else { digits.as_str() };
        let field = amount_field(ui, &name, &t!(ui, "lost-how-much"), item, unit);
        field.value(value).error(trouble.of(&name)).show(ui)
    }

    fn losses(&self, id: EntryId, load: &Shipment, keeper: &CommunityCode) -> Markup {
        let (ui, met) = (self.ui(), self.met);
        let open = load.load(&met.giver).map_or(&[][..], |by| &by.what.lines).iter().filter_map(|loaded| {
            let found = load.receipt(keeper)?.what.lines.iter().find(|line| line.line == loaded.line)?;
            let lost = load.loss(&met.giver, keeper, loaded.line).map_or(0, |(lost, _)| lost);
            (i128::from(found.missing.amount()) > lost).then_some((
                loaded.line,
                self.line_of(loaded)?.1,
                found.missing,
            ))
        });
        html! {
            @for (line, item, missing) in open {
                @let key = format!("lost.{id}");
                @let (fields, trouble) = self.typed(&key);
                (card(&t!(ui, "lost-title"), &self.form("lost", Some(id), &html! {
                    p { (t!(ui, "lost-lead", item = say::item_name(ui, met.book, item), amount = ui.quantity(missing))) }
                    input type="hidden" name="line" value=(line);
                    (self.lost_field(&fields, &trouble, line, item, missing))
                    (reason_field(ui, &GONE, &fields, &trouble).within(format!("lost-{line}")).show(ui))
                    div.actions { (submit(&t!(ui, "lost-save"), Weight::Primary)) }
                })))
            }
        }
    }
}

fn vehicle_field(ui: &Ui, mark: &str, fields: &Fields) -> Markup {
    let choices =
        Vehicle::ALL.iter().map(|vehicle| (vehicle.code().to_owned(), say::vehicle(ui, *vehicle))).collect();
    Field::new("vehicle", t!(ui, "load-vehicle"))
        .choices(choices)
        .value(fields.text("vehicle"))
        .within(mark)
        .show(ui)
}

/// The field for the amount of one line; it may stay empty.
pub(super) fn line_field(
    ui: &Ui,
    fields: &Fields,
    trouble: &Trouble,
    name: &str,
    line: u16,
    label: &str,
    item: &Item,
) -> Markup {
    let name = format!("{name}-{line}");
    amount_field(ui, &name, label, item, fields.text(&format!("{name}-unit")))
        .value(fields.text(&name))
        .error(trouble.of(&name))
        .may_be_empty()
        .show(ui)
}

fn arrival_line(
    ui: &Ui,
    (fields, trouble): (&Fields, &Trouble),
    load: EntryId,
    (loaded, before): (&LoadLine, Option<&ReceiptLine>),
    item: &Item,
    title: &str,
) -> Markup {
    let line = loaded.line;
    let (digits, unit) = loaded.quantity.in_typing_unit();
    let unit_name = format!("in-{line}");
    let chosen = if fields.has(&unit_name) { fields.text(&unit_name).to_owned() } else { unit.to_owned() };
    let value = |name: &str, known: Option<Quantity>| {
        let key = format!("{name}-{line}");
        if fields.has("do") {
            return fields.text(&key).to_owned();
        }
        let known = known.filter(|known| !known.is_zero()).map(Quantity::in_typing_unit);
        match (name, known) {
            (_, Some((digits, known_unit))) if known_unit == unit => digits,
            ("ok", _) if before.is_none() => digits.clone(),
            _ => String::new(),
        }
    };
    let mark = load.short();
    let field = |name: &str, label: String, known: Option<Quantity>| {
        let key = format!("{name}-{line}");
        Field::new(&key, label)
            .input(Input::Decimal)
            .value(value(name, known))
            .error(trouble.of(&key))
            .may_be_empty()
            .within(mark.as_str())
            .show(ui)
    };
    let mut reasons = vec![(String::new(), t!(ui, "arrive-no-reason"))];
    reasons.extend(FOUND.iter().map(|reason| (reason.code().to_owned(), say::reason(ui, *reason))));
    let why = format!("why-{line}");
    let units = super::units_of(ui, item, &chosen);
    html! {
        fieldset.arrival data-adds-up=(digits) {
            legend { (title) }
            (Field::new(&unit_name, t!(ui, "arrive-unit")).choices(units).value(chosen).within(mark.as_str()).show(ui))
            div.pair {
                (field("ok", t!(ui, "arrive-ok"), before.map(|b| b.accepted)))
                (field("no", t!(ui, "arrive-rejected"), before.map(|b| b.rejected)))
                (field("gone", t!(ui, "arrive-missing"), before.map(|b| b.missing)))
                (field("plus", t!(ui, "arrive-more"), before.map(|b| b.excess)))
            }
            (Field::new(&why, t!(ui, "arrive-why")).choices(reasons).value(fields.text(&why)).error(trouble.of(&why)).may_be_empty().within(mark.as_str()).show(ui))
            p.sum role="status" hidden data-sum-good=(t!(ui, "arrive-adds-up")) data-sum-bad=(t!(ui, "arrive-adds-not")) {}
        }
    }
}
