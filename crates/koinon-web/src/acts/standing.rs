//! What two communities give each other regularly: proposing it, answering, and ending it.
#![allow(
    clippy::redundant_closure_for_method_calls,
    reason = "a path to a method is not general enough over the lifetime of what is looked at"
)]

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use koinon_authority::{Action, Resource};
use koinon_books::Book;
use koinon_core::{CommunityCode, Digest, Dimension, ItemCode, PlaceCode, Quantity, StandingId};
use koinon_ledger::fact::StandingProposed;
use koinon_ledger::standing::EVERY_DAYS_MAX;
use koinon_ledger::{Act, Reason};
use maud::{Markup, html};

use super::count::item_choices;
use super::entry::reason_field;
use super::fields::{Fields, Reader};
use super::{Answer, Faults, Said, Trouble, form_with, mend, say};
use crate::app::App;
use crate::components::{card_with, empty, link_button, more, stack};
use crate::forms::{Field, Input, Weight, post_button, post_form, submit};
use crate::icons::Icon;
use crate::layout::{Page, Section};
use crate::live::Topic;
use crate::pages::{amount_or_dash, date, look};
use crate::problem::{Kind, Problem};
use crate::t;
use crate::ui::Ui;
use crate::views::{StandingRow, StandingState, StandingText};
use crate::visit::{Posted, Stop, Visit, see_other};

/// How many things the form asks for each way; a program may name more.
const ROWS: usize = 3;
/// How long an agreement runs that is filled in as usual, in days.
const USUAL_DAYS: i32 = 182;
const NO: [Reason; 4] = [Reason::NotNeeded, Reason::NoRoom, Reason::NeededHere, Reason::OthersFirst];

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/standing", get(list))
        .route("/standing/propose", get(form).post(propose))
        .route("/standing/{proposer}/{id}/answer", post(answer))
        .route("/standing/{id}/end", post(end))
}

/// The whole of a community, for which two of its people speak.
fn whole(own: &CommunityCode) -> Resource {
    Resource::community(own.clone())
}

/// How many agreements wait for the word of the visitor's community, and the way to them.
pub(super) fn link(visit: &Visit, book: &Book) -> Markup {
    let ui = &visit.ui;
    let waiting = book.own().map_or(0, |own| {
        book.ledger()
            .standing()
            .filter(|(_, _, known)| {
                known.proposal().is_some_and(|text| text.with == *own && known.answer_to(text).is_none())
            })
            .count()
    });
    let label =
        if waiting > 0 { t!(ui, "standing-link-waits", n = waiting) } else { t!(ui, "standing-title") };
    link_button("/standing", &label, false)
}

async fn list(State(app): State<App>, visit: Visit, Query(query): Query<Vec<(String, String)>>) -> Answer {
    let (ui, fields) = (&visit.ui, Fields::new(query));
    let rows = look(&app, &visit, |lens| lens.standing());
    let may = app
        .node
        .read(|book| book.own().is_some_and(|own| visit.may(book, Action::AgreeStanding, &whole(own))));
    let cards: Vec<Markup> = rows.iter().map(|row| card(ui, row, may)).collect();
    let body = html! {
        div.stack {
            @if may { div.row { (link_button("/standing/propose", &t!(ui, "standing-propose"), true)) } }
            (crate::live::region("standing", "/standing", &[Topic::Needs, Topic::Region], &html! {
                @if cards.is_empty() { (empty(Icon::Transfers, &t!(ui, "standing-none"), &html! {})) } @else { (stack(&cards)) }
            }))
        }
    };
    let mut page = Page::new(ui, t!(ui, "standing-title"))
        .section(Section::Needs)
        .crumb("/needs", t!(ui, "needs-title"))
        .lead(t!(ui, "standing-lead"))
        .live(&[Topic::Needs, Topic::Region]);
    if fields.has("done") {
        page = page.notice(super::done_notice(ui, &t!(ui, "acts-done"), None));
    }
    Ok(page.body(body).into_response())
}

/// One agreement: what goes each way, when, and what may be done about it.
fn card(ui: &Ui, row: &StandingRow, may: bool) -> Markup {
    let (class, word) = match row.state {
        StandingState::Proposed => {
            ("status status-watch", t!(ui, "standing-waits", who = row.with.name.as_str()))
        }
        StandingState::Agreed => ("status status-enough", t!(ui, "standing-agreed")),
        StandingState::Declined => {
            ("status status-short", t!(ui, "standing-declined", who = row.with.name.as_str()))
        }
        StandingState::Over => ("status status-unheard", t!(ui, "standing-over")),
    };
    let heading =
        t!(ui, "standing-between", one = row.proposer.name.as_str(), other = row.with.name.as_str());
    let is_open = row.state != StandingState::Over;
    let asked = row.newer.as_ref().or((row.state == StandingState::Proposed).then_some(&row.text));
    card_with(
        &heading,
        &html! { span class=(class) { (word) } },
        &html! {
            div.stack {
                (text(ui, &row.text, row.state == StandingState::Agreed))
                @if let Some(newer) = &row.newer {
                    p { strong { (t!(ui, "standing-newer", who = row.proposer.name.as_str(), other = row.with.name.as_str())) } }
                    (text(ui, newer, false))
                }
                @if may && row.with_us {
                    @if let Some(asked) = asked { (answer_buttons(ui, row, asked)) }
                    @else if row.state == StandingState::Agreed { (no_form(ui, row, &row.text, &t!(ui, "standing-end"))) }
                }
                @if may && row.we_proposed && is_open { (own_actions(ui, row)) }
            }
        },
    )
}

/// What goes each way, and when; the next day where it is agreed.
fn text(ui: &Ui, text: &StandingText, runs: bool) -> Markup {
    html! {
        ul.plain-list {
            @for line in &text.lines {
                li {
                    (line.from.name) " → " (line.to.name) ": "
                    strong { (amount_or_dash(ui, line.amount)) " " (crate::pages::in_sentence(&line.item.name)) }
                }
            }
        }
        p.muted {
            (t!(ui, "standing-every", n = i64::from(text.every_days))) ", "
            (date(ui, Some(&text.first))) " – " (date(ui, Some(&text.until))) ". "
            @if let Some(next) = text.next.as_ref().filter(|_| runs) { (t!(ui, "standing-next")) " " (date(ui, Some(next))) "." }
        }
    }
}

fn answer_path(row: &StandingRow) -> String {
    format!("/standing/{}/{}/answer", row.proposer.code, row.id)
}

fn answer_buttons(ui: &Ui, row: &StandingRow, asked: &StandingText) -> Markup {
    let hidden = [("answer", "yes"), ("text", asked.text.as_str())];
    html! {
        p.muted { (t!(ui, "standing-yes-means")) }
        div.actions { (post_button(ui, &answer_path(row), &t!(ui, "standing-yes"), Weight::Primary, &hidden)) }
        (no_form(ui, row, asked, &t!(ui, "standing-no")))
    }
}

/// A no with its reason, folded away so that it is not pressed by mistake.
fn no_form(ui: &Ui, row: &StandingRow, asked: &StandingText, label: &str) -> Markup {
    let fields = html! {
        input type="hidden" name="answer" value="no";
        input type="hidden" name="text" value=(asked.text);
        (reason_field(ui, &NO, &Fields::default(), &Trouble::none()).within(row.id.as_str()).show(ui))
        div.actions { (submit(label, Weight::Secondary)) }
    };
    more(label, &post_form(ui, &answer_path(row), &fields))
}

fn own_actions(ui: &Ui, row: &StandingRow) -> Markup {
    let fields = html! {
        (reason_field(ui, &NO, &Fields::default(), &Trouble::none()).within(row.id.as_str()).show(ui))
        div.actions { (submit(&t!(ui, "standing-end"), Weight::Secondary)) }
    };
    html! {
        div.row { (link_button(&format!("/standing/propose?standing={}", row.id), &t!(ui, "standing-change"), false)) }
        (more(&t!(ui, "standing-end"), &post_form(ui, &format!("/standing/{}/end", row.id), &fields)))
    }
}

/// The names of one row of the form.
fn names(way: &str, row: usize) -> [String; 2] {
    [format!("{way}-{row}-item"), format!("{way}-{row}")]
}

async fn form(State(app): State<App>, visit: Visit, Query(query): Query<Vec<(String, String)>>) -> Answer {
    visit.actor()?;
    app.node.read(|book| {
        let own = visit.own(book)?;
        let mut pairs = query;
        let wanted = Fields::new(pairs.clone()).text("standing").parse::<StandingId>().ok();
        if let Some(known) = wanted.and_then(|id| book.ledger().standing_of(&own, id)?.proposal()) {
            fill_from(&mut pairs, &own, known);
        }
        Ok(page(&visit, book, &Fields::new(pairs), &Trouble::none())?.into_response())
    })
}

/// Fills the form with a text that is to be changed.
fn fill_from(pairs: &mut Vec<(String, String)>, own: &CommunityCode, known: &StandingProposed) {
    let mut say = |name: String, value: String| pairs.push((name, value));
    say("with".into(), known.with.to_string());
    say("first".into(), known.first.to_string());
    say("until".into(), known.until.to_string());
    say("every".into(), known.every_days.to_string());
    let mut rows = [0, 0];
    for line in &known.lines {
        let gives = line.from == own.place();
        let (way, row) = if gives { ("give", &mut rows[0]) } else { ("take", &mut rows[1]) };
        let [item, amount] = names(way, *row);
        let (digits, unit) = line.quantity.in_typing_unit();
        say(item, line.item.to_string());
        say(amount, format!("{digits} {unit}"));
        *row += 1;
    }
}

fn page<'a>(visit: &'a Visit, book: &Book, fields: &Fields, trouble: &Trouble) -> Result<Page<'a>, Stop> {
    let ui = &visit.ui;
    let own = visit.own(book)?;
    visit.permit(book, Action::AgreeStanding, &whole(&own))?;
    let today = ui.now.day(&ui.zone);
    let or = |name: &str, usual: String| if fields.has(name) { fields.text(name).to_owned() } else { usual };
    let others = book.region().communities_on(today).filter(|other| other.code != own);
    let others: Vec<(String, String)> =
        others.map(|other| (other.code.to_string(), say::community(book, &other.code))).collect();
    let mut items = vec![(String::new(), t!(ui, "choose"))];
    items.extend(item_choices(ui, book));
    let way = |way: &str, legend: String| {
        html! {
            fieldset {
                legend { (legend) }
                @for row in 0..ROWS {
                    @let [item, amount] = names(way, row);
                    (Field::new(item.as_str(), t!(ui, "enter-item")).choices(items.clone()).value(fields.text(&item))
                        .error(trouble.of(&item)).may_be_empty().show(ui))
                    @let field = Field::new(amount.as_str(), t!(ui, "standing-amount")).value(fields.text(&amount)).error(trouble.of(&amount)).may_be_empty();
                    @if row == 0 { (field.hint(t!(ui, "standing-amount-hint")).show(ui)) } @else { (field.show(ui)) }
                }
            }
        }
    };
    let date = |name: &str, label: String, usual: String| {
        Field::new(name, label).input(Input::Date).value(or(name, usual)).error(trouble.of(name))
    };
    let body = html! {
        @if fields.has("standing") { input type="hidden" name="standing" value=(fields.text("standing")); }
        (Field::new("with", t!(ui, "standing-with")).choices(others).value(fields.text("with")).error(trouble.of("with")).show(ui))
        (way("give", t!(ui, "standing-we-give")))
        (way("take", t!(ui, "standing-they-give")))
        (Field::new("every", t!(ui, "standing-rhythm")).input(Input::Decimal).unit(t!(ui, "unit-days")).value(or("every", "7".to_owned()))
            .error(trouble.of("every")).show(ui))
        (date("first", t!(ui, "standing-first"), today.plus(7).to_string()).show(ui))
        (date("until", t!(ui, "standing-until"), today.plus(USUAL_DAYS).to_string()).hint(t!(ui, "standing-until-hint")).show(ui))
        div.actions { (submit(&t!(ui, "standing-send"), Weight::Primary)) }
    };
    Ok(Page::new(ui, t!(ui, "standing-propose"))
        .section(Section::Needs)
        .crumb("/needs", t!(ui, "needs-title"))
        .crumb("/standing", t!(ui, "standing-title"))
        .lead(t!(ui, "standing-propose-lead"))
        .narrow()
        .body(form_with(ui, "/standing/propose", trouble, &body)))
}

/// What goes from one place to another each time.
type Line = (PlaceCode, PlaceCode, ItemCode, Quantity);

/// The rows of the form that are filled in; a row with only one of its two fields is a fault.
fn lines(
    reader: &mut Reader<'_>,
    book: &Book,
    ui: &Ui,
    (own, with): (&CommunityCode, &CommunityCode),
) -> Vec<Line> {
    let (mut lines, mut any) = (Vec::new(), false);
    for (way, from, to) in [("give", own, with), ("take", with, own)] {
        for row in 0..ROWS {
            let [item, amount] = names(way, row);
            any |= !reader.text(&item).is_empty() || !reader.text(&amount).is_empty();
            match (reader.text(&item), reader.text(&amount)) {
                ("", "") => {}
                ("", _) => reader.fault(&item, t!(ui, "standing-which-item")),
                (code, _) => {
                    let known = ItemCode::new(code).ok().and_then(|code| book.region().item(&code));
                    let Some(known) = known else {
                        reader.fault(&item, t!(ui, "standing-which-item"));
                        continue;
                    };
                    // Nobody is to find tonnes where kilograms were meant.
                    let says_unit = reader.text(&amount).chars().any(char::is_alphabetic);
                    if known.dimension != Dimension::Count && !says_unit {
                        reader.fault(&amount, t!(ui, "standing-amount-hint"));
                        continue;
                    }
                    let Some(quantity) = reader.quantity(&amount, known) else { continue };
                    if quantity.is_zero() || quantity.is_negative() {
                        reader.fault(&amount, t!(ui, "refusal-not-positive"));
                    }
                    lines.push((from.place(), to.place(), known.code.clone(), quantity));
                }
            }
        }
    }
    if !any {
        reader.fault("give-0-item", t!(ui, "refusal-nothing"));
    }
    lines
}

async fn propose(State(app): State<App>, posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    visit.actor()?;
    let show =
        |trouble: &Trouble| -> Answer { app.node.read(|book| Ok(mend(page(visit, book, fields, trouble)?))) };
    if fields.text("again") == "yes" {
        return show(&Trouble::none());
    }
    let act_id = posted.act()?;
    let read = app.node.read(|book| -> Result<Result<Act, Faults>, Stop> {
        let own = visit.own(book)?;
        visit.permit(book, Action::AgreeStanding, &whole(&own))?;
        let mut reader = Reader::new(&visit.ui, fields);
        let with = reader.known("with", |code| CommunityCode::new(code).ok());
        let given = with.as_ref().map(|with| lines(&mut reader, book, &visit.ui, (&own, with)));
        let (first, until) = (reader.day_needed("first"), reader.day_needed("until"));
        let every =
            reader.number("every", u32::from(EVERY_DAYS_MAX)).and_then(|days| u16::try_from(days).ok());
        if every.is_none_or(|days| days == 0) {
            reader.fault("every", t!(visit.ui, "refusal-bad-rhythm", most = EVERY_DAYS_MAX));
        }
        // The same form sent twice names the same agreement.
        let standing = match fields.text("standing") {
            "" => StandingId::derived("koinon-web standing", &act_id.0),
            named => named
                .parse()
                .ok()
                .filter(|id| book.ledger().standing_of(&own, *id).is_some())
                .ok_or_else(|| Problem::new(Kind::NotFound))?,
        };
        let all = with.zip(given).zip(first.zip(until)).zip(every);
        let act = all.map(|(((with, lines), (first, until)), every_days)| Act::ProposeStanding {
            standing,
            with,
            lines,
            first,
            every_days,
            until,
        });
        Ok(reader.done(act))
    })?;
    let act = match read {
        Ok(act) => act,
        Err(faults) => return show(&Trouble::faults(faults)),
    };
    match super::hand_over_act(&app, &posted, act, None).await? {
        Said::Done => Ok(see_other("/standing?done=yes")),
        Said::Ask(questions) => Ok(super::ask(&posted, &questions, Section::Needs)),
        Said::No(words) => show(&Trouble::refused(words)),
    }
}

/// The reason of a no or an end, which must be given.
fn reason(posted: &Posted) -> Result<Reason, Stop> {
    let ui = &posted.visit.ui;
    let mut reader = Reader::new(ui, &posted.fields);
    let reason = reader.reason("reason", &NO);
    let faulty = || Problem::new(Kind::Unprocessable).detail(t!(ui, "field-reason-missing"));
    reader.done(reason).map_err(|_| faulty().into())
}

async fn answer(
    State(app): State<App>,
    Path((proposer, id)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    posted.visit.actor()?;
    let missing = || Stop::from(Problem::new(Kind::NotFound));
    let proposer = CommunityCode::new(&proposer).map_err(|_| missing())?;
    let standing = id.parse::<StandingId>().map_err(|_| missing())?;
    let answers = posted.fields.text("text").parse::<Digest>().map_err(|_| missing())?;
    let yes = posted.fields.text("answer") == "yes";
    let reason = if yes { None } else { Some(reason(&posted)?) };
    let act = Act::AnswerStanding { proposer, standing, answers, yes, reason };
    super::press(&app, &posted, act, Section::Needs, "/standing?done=yes").await
}

async fn end(State(app): State<App>, Path(id): Path<String>, posted: Posted) -> Answer {
    posted.visit.actor()?;
    let standing = id.parse::<StandingId>().map_err(|_| Stop::from(Problem::new(Kind::NotFound)))?;
    let act = Act::EndStanding { standing, reason: reason(&posted)? };
    super::press(&app, &posted, act, Section::Needs, "/standing?done=yes").await
}
