//! First views over real HTTP: shown before the entries come, over lines that are cut anywhere, through restarts, and found
//! out where they lie.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests may fail loudly")]

mod common;

use common::first::{all, check, forged, invent, made, made_file, no_history, offer_instead, plain};
use common::proxy::{Asked, Law, Proxy, line};
use common::served::{Served, serve_node, settle};
use common::{Home, founding, on_hand, take_in};
use koinon_books::first_view::FirstView;
use koinon_core::{CommunityCode, LogId};
use koinon_log::first_view::PIECE_BYTES;
use koinon_log::packing::pack;
use koinon_node::{Checked, FirstViewState, Founding, Node, PeerConfig, SubmitError};

/// A view is worth its making from so many entries on.
const FROM: u64 = 200;

fn open(home: &Home) -> Node {
    let mut options = home.options();
    options.first_view_from = FROM;
    Node::open_with(options, home.clock.clone()).unwrap()
}

async fn serve(home: Home) -> Served {
    let node = open(&home);
    serve_node(home, node).await
}

/// Stops a node in good order and starts it again, at another address.
async fn again(served: Served) -> Served {
    let Served { home, node, task, .. } = served;
    task.abort();
    let _ = task.await;
    node.shutdown().await;
    let mut tries = 0;
    let node = loop {
        let mut options = home.options();
        options.first_view_from = FROM;
        match Node::open_with(options, home.clock.clone()) {
            Ok(node) => break node,
            Err(error) if tries > 1_000 => panic!("{error}"),
            Err(_) => tries += 1,
        }
        tokio::task::yield_now().await;
        std::thread::park_timeout(std::time::Duration::from_millis(10));
    };
    serve_node(home, node).await
}

/// Batches come in, two entries each.
async fn fill(served: &Served, batches: i64) {
    let commands = (1..=batches).map(|amount| (served.actor(), take_in(&served.node, amount))).collect();
    assert!(served.node.submit_all(commands).await.iter().all(Result::is_ok));
}

/// Two communities that share everything, with an older record at the first; and a safety copy that knows both.
async fn three(batches: i64) -> (Served, Served, Served) {
    let a = serve(Home::new(3, Some(0))).await;
    let b = serve(Home::new(3, Some(1))).await;
    let copy = serve(Home::new(3, None)).await;
    a.node.add_peer(b.config()).unwrap();
    b.node.add_peer(a.config()).unwrap();
    fill(&b, 40).await;
    fill(&a, batches).await;
    settle(&[&a, &b]).await;
    listed(&copy, &[&a, &b]);
    (a, b, copy)
}

/// Lists neighbours without their addresses at a reader, and the reader at them.
fn listed(reader: &Served, neighbours: &[&Served]) {
    for neighbour in neighbours {
        reader.node.add_peer(PeerConfig { url: None, ..neighbour.config() }).unwrap();
        neighbour.node.add_peer(PeerConfig { url: None, ..reader.config() }).unwrap();
    }
}

/// The reader reaches a neighbour by a line with a law.
async fn by_line(reader: &Served, neighbour: &Served, law: Law) -> Proxy {
    let proxy = line(&neighbour.url, law).await;
    reader.node.add_peer(PeerConfig { url: Some(proxy.url.clone()), ..neighbour.config() }).unwrap();
    proxy
}

fn shown(node: &Node) -> Option<(u64, u64)> {
    match node.first_view() {
        Some(FirstViewState::Shown { checked, of, .. }) => Some((checked, of)),
        _ => None,
    }
}

fn of(served: &Served) -> CommunityCode {
    served.community().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_shows_a_view_at_once_and_what_is_newer_and_then_its_own_entries() {
    let (a, b, copy) = three(300).await;
    let proxy = by_line(&copy, &a, no_history(&a.node)).await;
    let error = copy.node.pull_once(a.node.id()).await.unwrap_err();
    assert!(error.to_string().contains("asking for facts"), "{error}");
    let Some(FirstViewState::Shown { by, at, checked, of: entries, .. }) = copy.node.first_view() else {
        panic!("{:?}", copy.node.first_view())
    };
    assert_eq!((by, at), (a.node.id(), a.node.clock().now()));
    assert!(entries > 680 && checked < 60, "{checked} of {entries}");
    let digest = |served: &Served| served.node.read(|book| book.ledger().digest());
    let own = copy.node.read_own(|book| book.ledger().lots().count());
    assert_eq!(own, 0, "the own book holds nothing of it");
    assert_eq!(on_hand(&copy.node, &of(&a)), 300 * 301 / 2);
    assert_eq!(on_hand(&copy.node, &of(&b)), 40 * 41 / 2, "what the neighbour heard of a third is in it");

    // What is newer than the view comes before what is older, and the view stays as it was made.
    a.node.submit(a.actor(), take_in(&a.node, 10_000)).await.unwrap();
    copy.node.pull_once(a.node.id()).await.unwrap_err();
    assert_eq!(on_hand(&copy.node, &of(&a)), 300 * 301 / 2 + 10_000);
    assert_eq!(shown(&copy.node), Some((checked, entries)));
    assert_eq!(copy.node.read_own(|book| book.ledger().lots().count()), 0);

    // A start in the middle shows it again, and the newest once somebody was asked.
    drop(proxy);
    let copy = again(copy).await;
    assert_eq!(shown(&copy.node), Some((checked, entries)));
    assert_eq!(on_hand(&copy.node, &of(&a)), 300 * 301 / 2);
    let proxy = by_line(&copy, &a, no_history(&a.node)).await;
    copy.node.pull_once(a.node.id()).await.unwrap_err();
    assert_eq!(on_hand(&copy.node, &of(&a)), 300 * 301 / 2 + 10_000);

    *proxy.law.lock().unwrap() = all();
    let report = copy.node.pull_once(a.node.id()).await.unwrap();
    assert!(report.whole && report.lag == 0 && report.facts > 600, "{report:?}");
    check(&copy.node);
    assert_eq!(digest(&copy), digest(&a));
    assert_eq!(digest(&copy), copy.node.read_own(|book| book.ledger().digest()));
    assert!(copy.node.check().unwrap().is_sound());
    assert!(!copy.home.path().join("first-view/shown").exists());
    // Nothing is to be gained from another one.
    copy.node.pull_once(a.node.id()).await.unwrap();
    assert_eq!(copy.node.first_view(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_is_cut_anywhere_brings_every_byte_once() {
    let (a, _b, copy) = three(2_000).await;
    // At the ends of pieces, around them, within them, and with nothing at all.
    let cuts =
        [1, 0, PIECE_BYTES - 1, 7, 20_011, 0, 0, PIECE_BYTES - 20_018, 5_003, 0, PIECE_BYTES, 999, 13_001];
    let mut next = cuts.into_iter().cycle();
    let brought = std::sync::Arc::new(std::sync::Mutex::new((0_usize, 0_usize)));
    let count = brought.clone();
    let mut history = no_history(&a.node);
    let law: Law = Box::new(move |asked, size| {
        if !asked.path.ends_with("first-view") {
            return history(asked, size);
        }
        let cut = next.next().unwrap().min(size);
        let mut count = count.lock().unwrap();
        *count = (count.0 + cut, count.1 + 1);
        cut
    });
    let _proxy = by_line(&copy, &a, law).await;
    copy.node.pull_once(a.node.id()).await.unwrap_err();
    let (_, entries) = shown(&copy.node).unwrap();
    assert!(entries > 4_000);
    assert_eq!(on_hand(&copy.node, &of(&a)), 2_000 * 2_001 / 2);
    let (bytes, requests) = *brought.lock().unwrap();
    let (offer, packed) = made(&a);
    assert!(offer.pieces.len() > 3 && requests > 8, "{requests} requests");
    // What a portion held beyond the last byte read may come twice, no more.
    assert_eq!(bytes, packed.len(), "in {requests} requests");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_in_the_middle_of_the_bytes_goes_on_where_it_was() {
    let (a, b, copy) = three(1_500).await;
    let law = || -> Law {
        Box::new(
            |asked: &Asked, size| {
                if asked.path.ends_with("first-view") { size.min(3 * PIECE_BYTES / 2) } else { size }
            },
        )
    };
    // One portion comes, then the line is dead.
    let mut left = 1;
    let dead: Law = Box::new(move |asked, size| {
        if !asked.path.ends_with("first-view") {
            return size;
        }
        left -= 1;
        if left >= 0 { size.min(3 * PIECE_BYTES / 2) } else { 0 }
    });
    let proxy = by_line(&copy, &a, dead).await;
    let error = copy.node.pull_once(a.node.id()).await.unwrap_err();
    assert!(error.to_string().contains("fetching a first view: the line broke 3 times"), "{error}");
    let coming = copy.node.first_view();
    let Some(FirstViewState::Coming { by, bytes, of: size }) = coming else { panic!("{coming:?}") };
    assert!(by == a.node.id() && usize::try_from(bytes).unwrap() == 3 * PIECE_BYTES / 2 && bytes < size);

    drop(proxy);
    let copy = again(copy).await;
    assert_eq!(copy.node.first_view(), coming);
    // Another neighbour's other content does not take its place at once: all it gives for now are control logs.
    fill(&b, 1).await;
    let _other = by_line(&copy, &b, all()).await;
    let report = copy.node.pull_once(b.node.id()).await.unwrap();
    assert!(!report.whole && copy.node.first_view() == coming, "{report:?}");
    assert_eq!(copy.node.read_own(|book| book.ledger().lots().count()), 0);

    let (bytes_left, mut history) = (size - bytes, no_history(&a.node));
    let brought = std::sync::Arc::new(std::sync::Mutex::new(0));
    let (count, mut cut) = (brought.clone(), law());
    let law: Law = Box::new(move |asked, size| {
        if !asked.path.ends_with("first-view") {
            return history(asked, size);
        }
        let size = cut(asked, size);
        *count.lock().unwrap() += size;
        size
    });
    let proxy = by_line(&copy, &a, law).await;
    copy.node.pull_once(a.node.id()).await.unwrap_err();
    assert!(shown(&copy.node).is_some());
    assert_eq!(u64::try_from(*brought.lock().unwrap()).unwrap(), bytes_left);
    *proxy.law.lock().unwrap() = all();
    copy.node.pull_once(a.node.id()).await.unwrap();
    check(&copy.node);
}

/// Another safety copy that knows the same two.
async fn another(neighbours: &[&Served]) -> Served {
    let copy = serve(Home::new(3, None)).await;
    listed(&copy, neighbours);
    copy
}

#[tokio::test(flavor = "multi_thread")]
async fn a_neighbour_that_lies_is_found_out_by_the_entries_and_named() {
    let (a, b, copy) = three(300).await;
    let first = by_line(&copy, &a, all()).await;
    copy.node.pull_once(a.node.id()).await.unwrap();
    check(&copy.node);
    drop(first);
    let honest = made(&a).0;
    let lie = forged(&a, |book, _| invent(book, &a, 5_000_000));
    offer_instead(&a, honest.facts, lie.len(), &pack(&lie).unwrap());
    let a = again(a).await;

    let copy = another(&[&a, &b]).await;
    let proxy = by_line(&copy, &a, no_history(&a.node)).await;
    copy.node.pull_once(a.node.id()).await.unwrap_err();
    assert!(shown(&copy.node).is_some(), "{:?}", copy.node.first_views_refused());
    assert_eq!(on_hand(&copy.node, &of(&a)), 300 * 301 / 2 + 5_000_000, "it is believed for a while");
    *proxy.law.lock().unwrap() = all();
    copy.node.pull_once(a.node.id()).await.unwrap();
    let checked = copy.node.check_first_view().unwrap();
    assert!(matches!(checked, None | Some(Checked::Differs(_))), "{checked:?}");
    let Some(FirstViewState::Differs(differs)) = copy.node.first_view() else { panic!("not found out") };
    assert_eq!((differs.by, differs.at), (a.node.id(), a.node.clock().now()));
    assert!(differs.ours.is_some_and(|ours| ours != differs.theirs));
    assert_eq!(on_hand(&copy.node, &of(&a)), 300 * 301 / 2, "the own entries count");

    // It is told until somebody has looked into it, through every start.
    drop(proxy);
    let copy = again(copy).await;
    assert_eq!(copy.node.first_view(), Some(FirstViewState::Differs(differs)));
    assert!(copy.node.settle_first_view().unwrap() && !copy.node.settle_first_view().unwrap());
    let copy = again(copy).await;
    assert_eq!(copy.node.first_view(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_that_a_view_claims_and_that_never_come_are_told_too() {
    let (a, b, copy) = three(300).await;
    let first = by_line(&copy, &a, all()).await;
    copy.node.pull_once(a.node.id()).await.unwrap();
    drop(first);
    let (offer, _) = made(&a);
    let (view, book) = FirstView::read(&plain(&a), a.node.network(), offer.facts).unwrap();
    let admitted = view.cover.admitted.clone();
    let mut logs: Vec<_> = view.cover.logs().iter().map(have).collect();
    logs.iter_mut().find(|log| log.height > 300).unwrap().height += 50;
    let cover = koinon_books::first_view::Cover::new(admitted, &logs);
    let lie = FirstView::new(a.node.network(), cover, view.folds, &book).encode();
    offer_instead(&a, offer.facts + 50, lie.len(), &pack(&lie).unwrap());
    let a = again(a).await;
    let copy = another(&[&a, &b]).await;
    let _proxy = by_line(&copy, &a, all()).await;
    copy.node.pull_once(a.node.id()).await.unwrap();
    let Some(FirstViewState::Differs(differs)) = copy.node.first_view() else {
        panic!("{:?}", copy.node.first_view())
    };
    assert_eq!((differs.by, differs.ours), (a.node.id(), None));
    assert_eq!(on_hand(&copy.node, &of(&a)), 300 * 301 / 2);
}

fn have(log: &koinon_books::first_view::Covered) -> koinon_log::exchange::HaveLog {
    let name = log.name().unwrap();
    koinon_log::exchange::HaveLog {
        log: name.id(),
        node: name.node,
        stream: name.stream.shared().unwrap(),
        incarnation: name.incarnation,
        height: log.height,
        head: log.head,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_right_is_not_shown_and_keeps_nothing_away() {
    let (a, b, copy) = three(300).await;
    let first = by_line(&copy, &a, all()).await;
    copy.node.pull_once(a.node.id()).await.unwrap();
    drop(first);
    let (offer, good) = made(&a);
    let (facts, plain) = (offer.facts, plain(&a));
    let bomb = pack(&vec![0; 100 << 20]).unwrap();
    assert!(bomb.len() < 20_000, "100 MiB of nothing in {} bytes", bomb.len());
    let named = forged(&a, |book, view| {
        let node = *view.cover.admitted.keys().next().unwrap();
        let named = koinon_books::PersonNamed { person: koinon_core::PersonId([1; 16]), name: "Ana".into() };
        let stamp =
            koinon_books::Stamp { recorded: common::start(), actor: None, grant: None, act: common::act() };
        let fact = koinon_core::FactId([9; 32]);
        let origin = koinon_books::Origin { node, log: LogId([8; 16]), seq: 0, fact };
        book.evolve(&origin, &stamp, &koinon_books::Fact::PersonNamed(named), &mut |_, _| Vec::new());
    });
    let mut other_network = plain.clone();
    let at = plain.windows(16).position(|window| window == a.node.network().0).unwrap();
    other_network[at] ^= 1;
    let lies: [(&str, u64, usize, Vec<u8>); 6] = [
        ("does not unpack", facts, 1_000, bomb),
        ("does not unpack", facts, plain.len() - 1, good.clone()),
        ("cannot be read", facts, 500, pack(&vec![7; 500]).unwrap()),
        ("never leave a computer", facts, named.len(), pack(&named).unwrap()),
        ("another federation", facts, other_network.len(), pack(&other_network).unwrap()),
        ("1000 were offered", 1_000, plain.len(), good.clone()),
    ];
    let mut a = a;
    for (why, facts, stated, packed) in lies {
        offer_instead(&a, facts, stated, &packed);
        a = again(a).await;
        let copy = another(&[&a, &b]).await;
        let _proxy = by_line(&copy, &a, all()).await;
        let report = copy.node.pull_once(a.node.id()).await.unwrap();
        assert!(report.whole && report.lag == 0, "{report:?}");
        let refused = copy.node.first_views_refused();
        assert!(refused.get(&a.node.id()).is_some_and(|told| told.contains(why)), "{why}: {refused:?}");
        assert_eq!(copy.node.first_view(), None);
        assert_eq!(on_hand(&copy.node, &of(&a)), 300 * 301 / 2, "the entries came all the same");
        copy.task.abort();
    }
}

/// Three communities, of which the second lets no safety copy hold its stock.
async fn with_closed_stock() -> (Served, Served, Served) {
    let open_text = founding(3, Some(1));
    let text = open_text.agreement.clone().unwrap();
    let closed = text.replace("safety_copies = true", "safety_copies = false");
    assert_ne!(text, closed);
    let a = serve(Home::new(3, Some(0))).await;
    let b = serve(Home::found(&Founding { agreement: Some(closed), ..open_text })).await;
    let c = serve(Home::new(3, Some(2))).await;
    for (one, other) in [(&a, &b), (&b, &a)] {
        one.node.add_peer(other.config()).unwrap();
    }
    fill(&a, 200).await;
    fill(&b, 100).await;
    settle(&[&a, &b]).await;
    listed(&c, &[&a, &b]);
    (a, b, c)
}

#[tokio::test(flavor = "multi_thread")]
async fn stock_that_its_reader_may_not_see_is_in_no_byte_of_a_view() {
    let (a, b, c) = with_closed_stock().await;
    let copy = another(&[&a, &b]).await;
    let of_b: Vec<[u8; 16]> = b.node.read(|book| {
        book.ledger().lots().filter(|(code, ..)| **code == of(&b)).map(|(_, id, _)| id.0).collect()
    });
    assert_eq!(of_b.len(), 100);
    assert!(on_hand(&a.node, &of(&b)) > 0, "the maker itself may see it");
    let hits = |bytes: &[u8]| {
        let found = |id: &&[u8; 16]| bytes.windows(16).any(|window| window == id.as_slice());
        of_b.iter().filter(found).count()
    };
    let _proxy = by_line(&copy, &a, no_history(&a.node)).await;
    copy.node.pull_once(a.node.id()).await.unwrap_err();
    assert!(shown(&copy.node).is_some(), "{:?}", copy.node.first_views_refused());
    assert_eq!(hits(&plain(&a)), 0);
    assert_eq!(on_hand(&copy.node, &of(&b)), 0);
    assert_eq!(on_hand(&copy.node, &of(&a)), 200 * 201 / 2);

    // A community with whom it is shared has it in its own view: the search can find it.
    let closed_file = made_file(&a);
    std::fs::remove_file(closed_file).unwrap();
    let proxy = by_line(&c, &a, no_history(&a.node)).await;
    c.node.pull_once(a.node.id()).await.unwrap_err();
    assert!(shown(&c.node).is_some(), "{:?}", c.node.first_views_refused());
    assert_eq!(hits(&plain(&a)), 100);
    assert_eq!(on_hand(&c.node, &of(&b)), 100 * 101 / 2);
    drop(proxy);

    // Who hands the one to the other is found out before anything is shown.
    let open_file = std::fs::read(made_file(&a)).unwrap();
    std::fs::remove_file(made_file(&a)).unwrap();
    let a = again(a).await;
    let copy = another(&[&a, &b, &c]).await;
    let proxy = by_line(&copy, &a, no_history(&a.node)).await;
    copy.node.pull_once(a.node.id()).await.unwrap_err();
    drop(proxy);
    std::fs::write(made_file(&a), open_file).unwrap();
    let a = again(a).await;
    let copy = another(&[&a, &b, &c]).await;
    let _proxy = by_line(&copy, &a, all()).await;
    copy.node.pull_once(a.node.id()).await.unwrap();
    let refused = copy.node.first_views_refused();
    let told = refused.get(&a.node.id()).unwrap_or_else(|| panic!("{:?}", copy.node.first_view()));
    assert!(told.contains("may not read"), "{told}");
    assert_eq!(copy.node.first_view(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_no_longer_be_kept_goes_from_what_is_shown_and_what_is_made() {
    let (a, _b, copy) = three(300).await;
    let _proxy = by_line(&copy, &a, no_history(&a.node)).await;
    copy.node.pull_once(a.node.id()).await.unwrap_err();
    assert!(shown(&copy.node).is_some() && on_hand(&copy.node, &of(&a)) > 0);
    let far = common::start().plus_days(600);
    copy.home.clock.set(far);
    a.home.clock.set(far);
    copy.node.keep_agreements().unwrap();
    assert_eq!(copy.node.first_view(), None);
    assert!(!copy.home.path().join("first-view/shown").exists());
    assert_eq!(on_hand(&copy.node, &of(&a)), 0);
    a.node.keep_agreements().unwrap();
    let left = std::fs::read_dir(a.home.path().join("first-view")).unwrap().count();
    assert_eq!(left, 0, "what was made of b's stock goes with it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replaced_computer_enters_nothing_before_its_own_entries_are_back() {
    let a = serve(Home::new(3, Some(0))).await;
    let b = serve(Home::new(3, Some(1))).await;
    a.node.add_peer(b.config()).unwrap();
    b.node.add_peer(a.config()).unwrap();
    let file = b.home.dir.path().join("early.age");
    b.node.backup(&file, "five grey herons wade slowly").unwrap();
    fill(&b, 300).await;
    settle(&[&a, &b]).await;
    // The computer is lost; an old backup is all there is.
    let Served { mut home, node, task, .. } = b;
    let (own, id) = (node.read(|book| book.own().unwrap().clone()), node.id());
    task.abort();
    let _ = task.await;
    node.shutdown().await;
    let to = home.dir.path().join("replaced/data");
    std::fs::create_dir_all(to.parent().unwrap()).unwrap();
    Node::restore(&file, &to, "five grey herons wade slowly").unwrap();
    std::fs::remove_dir_all(home.path()).unwrap();
    std::fs::rename(&to, home.path()).unwrap();
    home.setup_code.clear();
    let b = serve(home).await;
    assert_eq!(b.node.id(), id);
    listed(&b, &[&a]);
    let proxy = by_line(&b, &a, no_history(&a.node)).await;
    b.node.pull_once(a.node.id()).await.unwrap_err();
    assert!(shown(&b.node).is_some(), "{:?}", b.node.first_views_refused());
    assert_eq!(on_hand(&b.node, &own), 300 * 301 / 2, "its people see at once what they have");
    let refused = b.node.submit(b.actor(), take_in(&b.node, 1)).await.unwrap_err();
    assert!(matches!(refused, SubmitError::OwnEntriesToCome { missing: 600 }), "{refused}");
    *proxy.law.lock().unwrap() = all();
    b.node.pull_once(a.node.id()).await.unwrap();
    check(&b.node);
    b.node.submit(b.actor(), take_in(&b.node, 1)).await.unwrap();
    assert_eq!(on_hand(&b.node, &own), 300 * 301 / 2 + 1);
    assert!(b.node.check().unwrap().is_sound());
}
