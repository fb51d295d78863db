//! Agreements between running nodes: what lapsed is served to nobody, by nobody, in no way; what is short is said all the
//! same; what was kept is let go on time; and what was agreed anew comes whole.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests may fail loudly")]

mod common;

use common::served::{Served, serve, settle};
use common::{Home, act, founding, on_hand, start, take_in, wheat};
use koinon_authority::{Actor, Caps, Granted, Role, Scope};
use koinon_books::BookCommand;
use koinon_core::{Day, GrantId, PersonId, Quantity, Timestamp};
use koinon_instruments::{Agreement, Dataset};
use koinon_ledger::fact::{Method, PrintedMark};
use koinon_ledger::{Act, Command, Reason};
use koinon_node::CarryOrder;

const MARK: &str = "ZQXJ-7F3A-LAPSED";
/// The agreement holds for so many days, and what was shared may be kept for ten more.
const DAYS: i32 = 30;

fn three() -> Vec<Home> {
    let homes = (0..3).map(|index| {
        let founding = founding(3, Some(index));
        let today = start().day(&jiff::tz::TimeZone::UTC);
        let text = founding.agreement.clone().unwrap();
        let long = text.lines().find(|line| line.starts_with("until = ")).unwrap();
        let text = text.replace(long, &format!("until = {}", today.plus(DAYS).to_date()));
        let text = text.replace("retention_days = 90", "retention_days = 10");
        Home::found(&koinon_node::Founding { agreement: Some(text), ..founding })
    });
    homes.collect()
}

fn go_to(all: &[&Served], day: i32) {
    let now = start().plus_days(i64::from(day));
    all.iter().for_each(|served| served.home.clock.set(now));
}

fn keep(all: &[&Served]) {
    all.iter().for_each(|served| served.node.keep_agreements().unwrap());
}

fn holds(served: &Served, words: &str) -> bool {
    let files = std::fs::read_dir(served.home.path()).unwrap();
    let files = files.map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let mut found = files.map(|path| std::fs::read(path).unwrap());
    found.any(|bytes| bytes.windows(words.len()).any(|window| window == words.as_bytes()))
}

async fn bring_in(served: &Served, amount: i64) {
    let (item, store) = wheat(&served.node);
    let what = Act::TakeIn {
        store: store.code,
        item: item.code,
        batch: Some(PrintedMark::new(MARK).unwrap()),
        expires: None,
        quantity: Quantity::new(amount, item.dimension).unwrap(),
        reason: Reason::Harvested,
        paper: None,
        method: Method::Estimated,
    };
    let command = Command { act: act(), occurred: served.node.clock().now(), confirmed: true, what };
    served.node.submit(served.actor(), BookCommand::Ledger(command)).await.unwrap();
}

/// Two people of a community sign a text.
async fn agree(served: &Served, text: &str) {
    let now = served.node.clock().now();
    let own = served.community().unwrap();
    let second = PersonId::derived("second signer", own.as_str().as_bytes());
    let granted = Granted {
        grant: GrantId::derived("second signer", own.as_str().as_bytes()),
        subject: second,
        role: Role::Facilitator,
        scope: Scope::Community(own),
        caps: Caps::none(),
        not_before: now,
        expires: now.plus_days(90),
        by: served.home.steward,
        decision: None,
    };
    let grant = BookCommand::Grant { act: act(), granted, name: None };
    served.node.submit(served.actor(), grant).await.unwrap();
    let propose = BookCommand::ProposeAgreement { act: act(), text: text.to_owned() };
    served.node.submit(served.actor(), propose).await.unwrap();
    let sign = BookCommand::SignAgreement { act: act(), text: Agreement::digest_of(text) };
    served.node.submit(Actor::Person(second), sign).await.unwrap();
}

/// What the engine of a node is asked to bring to another community by needs that it sees.
fn asked(served: &Served, of: &Served, now: Timestamp) -> i64 {
    let place = of.community().unwrap().place();
    let problem = served.node.read(|book| book.problem(now));
    problem.needs.iter().filter(|need| need.place == place).map(|need| need.amount).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agreement_that_ends_closes_every_way_and_lets_every_need_through() {
    let mut served = Vec::new();
    for home in three() {
        served.push(serve(home).await);
    }
    let [a, b, c] = &served[..] else { panic!() };
    let all = [a, b, c];
    // c never meets a: it hears of a by b only.
    a.node.add_peer(b.config()).unwrap();
    b.node.add_peer(a.config()).unwrap();
    b.node.add_peer(c.config()).unwrap();
    c.node.add_peer(b.config()).unwrap();
    a.admit(c);
    c.admit(a);
    bring_in(a, 700).await;
    settle(&all).await;
    let of_a = a.community().unwrap();
    assert_eq!((on_hand(&b.node, &of_a), on_hand(&c.node, &of_a)), (700, 700), "by relay too");
    keep(&all);
    assert!(a.node.read(|book| book.ledger().needs().count()) == 0, "all see it: nothing is stated");

    // The last day is over. What comes in now leaves by no way, and what is short is said.
    go_to(&all, DAYS + 1);
    keep(&all);
    bring_in(a, 41).await;
    settle(&all).await;
    assert_eq!((on_hand(&b.node, &of_a), on_hand(&c.node, &of_a)), (700, 700), "nothing new came");
    let order = CarryOrder { to: vec![c.node.id()], all: true };
    let mut stick = Vec::new();
    a.node.carry_to(&order, &mut stick).unwrap();
    let brought = c.node.unpack(stick.as_slice()).unwrap();
    assert!(brought.refused.is_empty() && brought.closed == 0, "a keeps to it: {brought:?}");
    assert_eq!(on_hand(&c.node, &of_a), 700);
    let now = start().plus_days(i64::from(DAYS + 1));
    let (at_b, at_c) = (asked(b, a, now), asked(c, a, now));
    assert!(at_b > 0 && at_b == at_c, "{at_b} and {at_c}");
    assert!(b.node.read(|book| book.hidden(now).contains(&of_a)));

    // A stick that was filled before the end brings nothing after it.
    let (before, later) = (start(), start().plus_days(i64::from(DAYS + 1)));
    a.home.clock.set(before);
    let mut old = Vec::new();
    a.node.carry_to(&order, &mut old).unwrap();
    a.home.clock.set(later);
    let brought = c.node.unpack(old.as_slice()).unwrap();
    assert!(brought.closed > 0, "{brought:?}");
    assert_eq!(on_hand(&c.node, &of_a), 700);

    // What was kept is let go on its day, in every byte, and its writer hears of it.
    go_to(&all, DAYS + 10);
    keep(&all);
    assert!(holds(b, MARK) && on_hand(&b.node, &of_a) == 700, "not a day too early");
    go_to(&all, DAYS + 11);
    keep(&[b]);
    assert!(!holds(b, MARK), "it stands in no file");
    assert_eq!(on_hand(&b.node, &of_a), 0);
    assert!(b.node.check().unwrap().is_sound());
    keep(&all);
    settle(&all).await;
    let told = a.node.read(|book| book.purges().len());
    assert_eq!(told, 6, "each of three let the other two go");
    let stock = a.node.own_logs().unwrap();
    let stock = stock.iter().find(|log| log.stream == koinon_log::Stream::Stock).unwrap();
    assert!(stock.held_by.is_empty(), "nobody is said to hold what was let go: {stock:?}");

    // Agreed anew, everything comes, the days between included, and nothing is counted twice.
    let today = later.plus_days(10).day(&jiff::tz::TimeZone::UTC);
    let text = a.node.read(|book| Agreement::draft_of(book.region(), Day(today.0)));
    agree(a, &text).await;
    settle(&all).await;
    assert_eq!((on_hand(&b.node, &of_a), on_hand(&c.node, &of_a)), (741, 741));
    let now = later.plus_days(10);
    assert_eq!(asked(b, a, now), 0, "its shortfalls are seen, and no longer taken from what it states");
    agree(b, &text).await;
    agree(c, &text).await;
    keep(&all);
    settle(&all).await;
    assert!(all.iter().all(|served| served.node.check().unwrap().is_sound()));
    let open = a.node.read(|book| {
        let today = now.day(&book.zone());
        book.ledger().needs().filter(|(_, _, need)| need.open_on(today).is_some()).count()
    });
    assert_eq!(open, 0, "what was stated is taken back");
    assert!(a.node.read(|book| book.shared_until(Dataset::Stock, now)).is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_agreement_nothing_stands_in_a_neighbours_files() {
    let found = |index| {
        let founding = founding(2, Some(index));
        Home::found(&koinon_node::Founding { agreement: None, ..founding })
    };
    let (a, b) = (serve(found(0)).await, serve(found(1)).await);
    a.node.add_peer(b.config()).unwrap();
    b.node.add_peer(a.config()).unwrap();
    bring_in(&a, 700).await;
    a.node.submit(a.actor(), take_in(&a.node, 3)).await.unwrap();
    keep(&[&a, &b]);
    settle(&[&a, &b]).await;
    assert!(holds(&a, MARK) && !holds(&b, MARK));
    assert!(asked(&b, &a, start()) > 0, "what it is short of is known");
    let leaving = a.node.leaving(1_000).unwrap();
    let stock = leaving.iter().filter(|one| one.kept.log.stream == koinon_log::Stream::Stock);
    assert!(stock.clone().count() >= 4 && stock.clone().all(|one| one.readers.is_empty()), "{leaving:?}");
    assert!(leaving.iter().any(|one| one.readers == [b.node.id()]));
}
