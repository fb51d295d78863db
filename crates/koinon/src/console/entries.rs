//! Entries made from the console: counts, needs, offers, the adoption of a region file.

use std::collections::{HashMap, HashSet};

use koinon_authority::Actor;
use koinon_books::{Book, BookCommand};
use koinon_core::{Day, EntryId, ItemCode, LotId, NeedId, OfferId, Quantity, StoreCode, Timestamp};
use koinon_ledger::Question;
use koinon_ledger::command::{Act, Command, Which};
use koinon_ledger::fact::{Method, PrintedMark, Urgency};
use koinon_node::{Node, SubmitError, Submitted};

use super::views::{CountedView, EnteredView, OpenRow};
use super::{COUNT_ROWS_MAX, CountAsk, CountRow, Refusal, WantAsk, actor, own, submit};

/// The words of urgency.
const URGENCY: [(&str, Urgency); 3] =
    [("must-have", Urgency::MustHave), ("needed", Urgency::Needed), ("useful", Urgency::Useful)];

/// The own community's batches, by store and item.
type Batches<'a> = HashMap<(&'a StoreCode, &'a ItemCode), Standing<'a>>;

/// What is printed on a batch: its number and date.
type Named<'a> = (Option<&'a str>, Option<Day>);

/// What stands in one store of one item.
#[derive(Default)]
struct Standing<'a> {
    /// Those that a row may speak of, by printed number and date; whether each holds something.
    batches: HashMap<Named<'a>, Vec<(LotId, bool)>>,
    /// How many batches there are.
    count: usize,
    /// One of them.
    one: Option<LotId>,
}

/// Records counts; the rows of one import share as few durable commits as possible.
pub(super) async fn count(node: &Node, ask: CountAsk) -> Result<CountedView, Refusal> {
    if ask.rows.len() > COUNT_ROWS_MAX {
        let found = format!("{} rows in one ask", ask.rows.len());
        return Err(Refusal::new(&found, &format!("send at most {COUNT_ROWS_MAX} at a time")));
    }
    let now = node.clock().now();
    let mut view = CountedView { recorded: 0, repeated: 0, open: Vec::new() };
    let mut lines = Vec::with_capacity(ask.rows.len());
    let mut commands = Vec::with_capacity(ask.rows.len());
    node.read(|book| {
        let (who, batches, zone) =
            (actor((node, book), ask.who.as_deref(), now)?, batches(book, &ask.rows)?, book.zone());
        // A count of an earlier day stands at that day's noon.
        let occurred = match ask.day.filter(|day| *day != now.day(&zone)) {
            Some(day) => day.start(&zone).plus_millis(Timestamp::DAY_MS / 2),
            None => now,
        };
        for row in &ask.rows {
            match command(book, &ask, row, &batches, occurred) {
                Ok(command) => {
                    lines.push(row.line);
                    commands.push((who.clone(), BookCommand::Ledger(command)));
                }
                Err(why) => view.open.push(OpenRow { line: row.line, why, question: false }),
            }
        }
        Ok::<(), Refusal>(())
    })?;
    for (line, answer) in lines.into_iter().zip(node.submit_all(commands).await) {
        match answer {
            // The id follows from the table and the line: a line that was recorded may by now name a batch that it made.
            Ok(Submitted::Done { repeated: true, .. }) | Err(SubmitError::OtherContent { .. }) => {
                view.repeated += 1;
            }
            Ok(Submitted::Done { .. }) => view.recorded += 1,
            Ok(Submitted::Ask(questions)) => {
                view.open.push(OpenRow { line, why: told(&questions).join("; "), question: true });
            }
            Ok(Submitted::AskOfTeams(questions)) => {
                let why: Vec<String> = questions.iter().map(ToString::to_string).collect();
                view.open.push(OpenRow { line, why: why.join("; "), question: true });
            }
            Err(error) => view.open.push(OpenRow { line, why: error.to_string(), question: false }),
        }
    }
    view.open.sort_by_key(|row| row.line);
    Ok(view)
}

/// The own community's batches, so that a counted row finds the one it speaks of.
fn batches<'a>(book: &'a Book, rows: &'a [CountRow]) -> Result<Batches<'a>, Refusal> {
    let own = own(book)?;
    let asked: HashSet<Named<'_>> = rows.iter().map(|row| (row.batch.as_deref(), row.good_until)).collect();
    let mut batches = Batches::new();
    for (community, id, lot) in book.ledger().lots() {
        let Some(opened) = lot.opened().filter(|_| *community == own) else { continue };
        let standing = batches.entry((&opened.store, &opened.item)).or_default();
        standing.count += 1;
        standing.one = Some(id);
        let named = (opened.batch.as_ref().map(PrintedMark::as_str), opened.expires);
        if asked.contains(&named) {
            standing.batches.entry(named).or_default().push((id, lot.balance() != 0));
        }
    }
    Ok(batches)
}

fn command(
    book: &Book,
    ask: &CountAsk,
    row: &CountRow,
    batches: &Batches<'_>,
    occurred: Timestamp,
) -> Result<Command, String> {
    let batch = row.batch.as_deref().map(PrintedMark::new).transpose().map_err(|bad| bad.to_string())?;
    let seen = quantity(book, &row.item, row.amount)?;
    let standing = batches.get(&(&row.store, &row.item));
    let named = (row.batch.as_deref(), row.good_until);
    let like = standing.and_then(|standing| standing.batches.get(&named)).map_or(&[][..], Vec::as_slice);
    // Of several alike, the one that still holds something.
    let full: Vec<&(LotId, bool)> = like.iter().filter(|(_, holds)| *holds).collect();
    let like = if let [one] = full[..] { std::slice::from_ref(one) } else { like };
    let only = standing.filter(|standing| standing.count == 1).and_then(|standing| standing.one);
    let is_unnamed = batch.is_none() && row.good_until.is_none();
    let which = match (like, only, standing) {
        ([(lot, _)], ..) => Which::Lot(*lot),
        ([_, _, ..], ..) => {
            return Err(format!(
                "{} batches there have this number and date; count them on the page",
                like.len()
            ));
        }
        ([], Some(lot), _) if is_unnamed => Which::Lot(lot),
        ([], None, Some(standing)) if is_unnamed => {
            return Err(format!(
                "{} batches of {} stand there; name batch or good_until",
                standing.count, row.item
            ));
        }
        ([], ..) => Which::New { batch, expires: row.good_until },
    };
    let table = format!("{}\n{:?}", ask.table, ask.day);
    let line = u32::try_from(row.line).unwrap_or(u32::MAX);
    let act = EntryId::derived_row("koinon count import 2", table.as_bytes(), line);
    let (store, item) = (row.store.clone(), row.item.clone());
    let what = Act::Count { store, item, which, seen, method: Method::Counted, witness: None };
    Ok(Command { act, occurred, confirmed: ask.sure, what })
}

fn quantity(book: &Book, item: &ItemCode, amount: i64) -> Result<Quantity, String> {
    let dimension = book.region().item(item).map(|item| item.dimension);
    let dimension = dimension.ok_or_else(|| format!("'{item}' is not in the region file"))?;
    Quantity::new(amount, dimension).map_err(|error| error.to_string())
}

/// States a need.
pub(super) async fn need(node: &Node, ask: WantAsk) -> Result<EnteredView, Refusal> {
    let urgency = URGENCY.iter().find(|(word, _)| *word == ask.urgency).map(|(_, urgency)| *urgency);
    let Some(urgency) = urgency else {
        let found = format!("'{}' is no urgency", ask.urgency);
        return Err(Refusal::new(&found, "say must-have, needed or useful"));
    };
    want(node, ask, |ask, quantity, act, _| Act::StateNeed {
        need: NeedId::derived("koinon console need 1", &act.0),
        item: ask.item,
        store: ask.store,
        quantity,
        urgency,
        by: ask.by,
        every_days: None,
        people: None,
    })
    .await
}

/// Makes an offer.
pub(super) async fn offer(node: &Node, ask: WantAsk) -> Result<EnteredView, Refusal> {
    want(node, ask, |ask, quantity, act, today| Act::MakeOffer {
        offer: OfferId::derived("koinon console offer 1", &act.0),
        item: ask.item,
        store: ask.store,
        quantity,
        from: today,
        until: ask.by,
        take_please: false,
        return_by: None,
    })
    .await
}

async fn want(
    node: &Node,
    ask: WantAsk,
    make: impl FnOnce(WantAsk, Quantity, EntryId, Day) -> Act,
) -> Result<EnteredView, Refusal> {
    let now = node.clock().now();
    let quantity =
        node.read(|book| quantity(book, &ask.item, ask.amount)).map_err(|why| Refusal::new(&why, ""))?;
    let act: EntryId = ask.act.parse().map_err(|error| Refusal::new(&error, "leave it out"))?;
    let who = node.read(|book| actor((node, book), ask.who.as_deref(), now))?;
    let (confirmed, today) = (ask.sure, node.read(|book| now.day(&book.zone())));
    let what = make(ask, quantity, act, today);
    enter(node, who, BookCommand::Ledger(Command { act, occurred: now, confirmed, what })).await
}

/// Goes by a region file from now on.
pub(super) async fn adopt(node: &Node, text: String, who: Option<&str>) -> Result<EnteredView, Refusal> {
    let now = node.clock().now();
    let who = node.read(|book| actor((node, book), who, now))?;
    // The same file adopted twice in a row is one act only while it stands.
    let act = super::new_act(now);
    enter(node, who, BookCommand::AdoptRegion { act, text }).await
}

/// Records one command and says what came of it.
pub(super) async fn enter(node: &Node, who: Actor, command: BookCommand) -> Result<EnteredView, Refusal> {
    Ok(match submit(node, who, command).await? {
        Submitted::Done { facts, repeated } => EnteredView {
            recorded: true,
            repeated,
            facts: facts.iter().map(ToString::to_string).collect(),
            questions: Vec::new(),
        },
        Submitted::Ask(questions) => {
            EnteredView { recorded: false, repeated: false, facts: Vec::new(), questions: told(&questions) }
        }
        Submitted::AskOfTeams(questions) => EnteredView {
            recorded: false,
            repeated: false,
            facts: Vec::new(),
            questions: questions.iter().map(ToString::to_string).collect(),
        },
    })
}

/// Questions in words.
fn told(questions: &[Question]) -> Vec<String> {
    let one = |question: &Question| match question {
        Question::Unusual { entered, last } => format!("really {entered}? last time {last}"),
        Question::BelowZero { on_hand, taken } => format!("really {taken}? the book knows of {on_hand}"),
        Question::BelowFloor { remains, floor } => format!("{remains} would remain, {floor} are kept here"),
        Question::PastDate { expires } => format!("really? it was good until {expires}"),
        Question::LikeLastTime { quantity, recorded } => {
            format!("again {quantity}? the same was entered at {}", recorded.to_rfc3339())
        }
        Question::AlreadyThere { on_hand } => {
            format!("a batch with this number and date holds {on_hand} already; is this another one?")
        }
        Question::LongNeed { entered, days } => {
            format!("really {entered}? that is what the whole community uses in {days} days")
        }
        Question::LongStock { entered, days } => {
            format!("really {entered}? that is what the whole community uses in {} years", days / 365)
        }
        Question::FarDay { day } => format!("really {day}? that is years ahead"),
        Question::FollowedAlready { promised } => {
            format!("somebody followed this suggestion already, with {promised}; one more?")
        }
        Question::ArrivedAlready { accepted, occurred } => {
            format!(
                "what arrived was written down before, with {accepted}, for {}; replace it?",
                occurred.to_rfc3339()
            )
        }
        Question::MoreThanHeld { offered, on_hand } => {
            format!("really {offered}? the book knows of {on_hand}")
        }
        Question::InFuture { occurred } => {
            format!("really on {}? that is in the future", occurred.to_rfc3339())
        }
    };
    questions.iter().map(one).collect()
}
