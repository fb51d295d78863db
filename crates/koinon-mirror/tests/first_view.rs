//! First views in a database: shown in the reports before the entries come, over lines that are cut anywhere, through restarts;
//! compared with the entries, found out where they lie, and handed on.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    missing_docs,
    reason = "tests may fail loudly"
)]

mod common;
mod copies;
#[path = "../../koinon-node/tests/common/mod.rs"]
mod homes;

use common::is_here;
use copies::{
    BATCHES, NEEDS, STATE, STOCK, again, by_line, code, compared, counted, database, dies_in_it, listed,
    report, serve, some_history, state_need, submit, three,
};
use homes::Home;
use homes::first::{all, check, forged, invent, made, no_history, offer_instead};
use homes::served::{Served, settle};
use koinon_core::Quantity;
use koinon_ledger::fact::Method;
use koinon_ledger::{Act, Reason};
use koinon_log::first_view::PIECE_BYTES;
use koinon_log::packing::pack;
use koinon_node::{Checked, Differs, FirstViewState};
use tokio::task::block_in_place;

#[tokio::test(flavor = "multi_thread")]
async fn reports_answer_before_the_first_entry_and_from_the_entries_once_they_say_the_same() {
    if !is_here() {
        return;
    }
    let server = database().await;
    // One log is longer than what comes of it at a time.
    let (a, b, copy) = three(3_600, &server).await;
    let (of_a, of_b) = (code(&a), code(&b));

    // The line dies a few KB into the view; a start later it goes on at the byte where it stood.
    let proxy = by_line(&copy, &a, dies_in_it()).await;
    let error = copy.node.pull_once(a.node.id()).await.unwrap_err();
    assert!(error.to_string().contains("fetching a first view: the line broke 3 times"), "{error}");
    let coming = copy.node.first_view();
    let Some(FirstViewState::Coming { bytes, of, .. }) = coming else { panic!("{coming:?}") };
    assert!(usize::try_from(bytes).unwrap() == 3 * PIECE_BYTES / 2 && bytes < of);
    drop(proxy);
    let copy = again(copy, Some(&server)).await;
    assert_eq!(copy.node.first_view(), coming);
    let (law, brought) = counted(&a.node);
    let proxy = by_line(&copy, &a, law).await;
    copy.node.pull_once(a.node.id()).await.unwrap_err();
    assert_eq!(u64::try_from(*brought.lock().unwrap()).unwrap(), of - bytes);

    // Not one entry of stock has come, and reports say how things stand, by whose word and as of when.
    assert_eq!(report(&server, "SELECT count(*) FROM koinon.heads WHERE stream <> 'control'"), ["0"]);
    let stock = [format!("{of_a} 6481800 g 3600"), format!("{of_b} 820 g 40")];
    assert_eq!(report(&server, STOCK), stock);
    let made_at = "2026-03-10 08:00:00+00";
    let batches = [format!("{of_a} {of_a} {made_at} 3600"), format!("{of_b} {of_a} {made_at} 40")];
    assert_eq!(report(&server, BATCHES), batches);
    assert_eq!(report(&server, NEEDS), [format!("{of_a} 700 t f {of_a}")]);
    assert_eq!(report(&server, STATE), [format!("{of_a} shown - t")]);

    // What is newer comes next: it stands beside the view and counts as later.
    a.node.submit(a.actor(), homes::take_in(&a.node, 10_000)).await.unwrap();
    state_need(&a, [1; 16], 900).await;
    copy.node.pull_once(a.node.id()).await.unwrap_err();
    let newer = [format!("{of_a} 6491800 g 3601"), format!("{of_b} 820 g 40")];
    assert_eq!(report(&server, STOCK), newer);
    let needs = [format!("{of_a} 700 f f {of_a}"), format!("{of_a} 900 t f {of_a}")];
    assert_eq!(report(&server, NEEDS), needs);

    // A start in the middle shows the view again, and what is newer once somebody was asked.
    drop(proxy);
    let copy = again(copy, Some(&server)).await;
    assert!(matches!(copy.node.first_view(), Some(FirstViewState::Shown { .. })));
    assert_eq!(report(&server, NEEDS), needs);
    let proxy = by_line(&copy, &a, no_history(&a.node)).await;
    copy.node.pull_once(a.node.id()).await.unwrap_err();
    assert_eq!((report(&server, STOCK), report(&server, NEEDS)), (newer.to_vec(), needs.to_vec()));

    // What has come of history is not how things stand: the first entries do not show beside the view.
    *proxy.law.lock().unwrap() = some_history(&a.node);
    // How much of a broken answer comes through depends on how busy the machine is.
    for _ in 0..10 {
        copy.node.pull_once(a.node.id()).await.unwrap_err();
        if report(&server, "SELECT entries_here > 200 FROM koinon.first_views") == ["t"] {
            break;
        }
    }
    let some = "SELECT entries_here > 200 AND entries_here < entries - 200 FROM koinon.first_views";
    assert_eq!(report(&server, some), ["t"]);
    let come = "SELECT (SELECT count(*) FROM koinon.entries) > 50, (SELECT count(*) FROM koinon.facts) > 200";
    assert_eq!(report(&server, come), ["t t"], "what has come is listed");
    let needs = [format!("{of_a} 700 f f {of_a}"), format!("{of_a} 900 t f -")];
    assert_eq!((report(&server, STOCK), report(&server, NEEDS)), (newer.to_vec(), needs.to_vec()));
    let batches = [format!("{of_a} {of_a} {made_at} 3601"), format!("{of_b} {of_a} {made_at} 40")];
    assert_eq!(report(&server, BATCHES), batches);

    // The entries come, say the same, and stand in their place.
    *proxy.law.lock().unwrap() = all();
    let pulled = copy.node.pull_once(a.node.id()).await.unwrap();
    assert!(pulled.whole && pulled.lag == 0 && pulled.facts > 3_000, "{pulled:?}");
    block_in_place(|| check(&copy.node));
    assert_eq!(report(&server, STATE), [format!("{of_a} right t t")]);
    let told = compared(&server);
    assert!(told.len() == 1 && told[0].is_right() && told[0].by == a.node.id(), "{told:?}");
    assert_eq!(report(&server, STOCK), Vec::<String>::new());
    assert_eq!(report(&server, BATCHES), [format!("{of_a} - - 3601"), format!("{of_b} - - 40")]);
    let needs = [format!("{of_a} 700 f f -"), format!("{of_a} 900 t f -")];
    assert_eq!(report(&server, NEEDS), needs);
    for table in ["first_view", "first_log", "first_row", "first_stock"] {
        assert_eq!(report(&server, &format!("SELECT count(*) FROM mirror.{table}")), ["0"], "{table}");
    }
    // Nothing is to be gained from another one.
    copy.node.pull_once(a.node.id()).await.unwrap();
    assert_eq!(copy.node.first_view(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_that_is_not_what_the_entries_say_is_found_and_told() {
    if !is_here() {
        return;
    }
    let server = database().await;
    let (a, b, copy) = three(300, &server).await;
    let of_a = code(&a);
    let first = by_line(&copy, &a, all()).await;
    copy.node.pull_once(a.node.id()).await.unwrap();
    block_in_place(|| check(&copy.node));
    drop(first);
    let honest = made(&a).0;
    let lie = forged(&a, |book, _| invent(book, &a, 5_000_000));
    offer_instead(&a, honest.facts, lie.len(), &pack(&lie).unwrap());
    let a = again(a, None).await;

    let another = database().await;
    let copy = serve(Home::new(3, None), Some(&another)).await;
    listed(&copy, &[&a, &b]);
    let proxy = by_line(&copy, &a, no_history(&a.node)).await;
    copy.node.pull_once(a.node.id()).await.unwrap_err();
    let lied = "SELECT first_view_by, amount FROM koinon.first_view_stock WHERE amount > 1000000";
    assert_eq!(report(&another, lied), [format!("{of_a} 5000000")], "it is believed for a while");
    *proxy.law.lock().unwrap() = all();
    copy.node.pull_once(a.node.id()).await.unwrap();
    // The node's own keeping thread may have been quicker.
    let checked = block_in_place(|| copy.node.check_first_view()).unwrap();
    assert!(matches!(checked, None | Some(Checked::Differs(_))), "{checked:?}");
    let Some(FirstViewState::Differs(differs)) = copy.node.first_view() else { panic!("not found out") };
    let Differs { by, theirs, ours, .. } = differs;
    assert_eq!(by, a.node.id());
    assert!(ours.is_some_and(|ours| ours != theirs));
    assert_eq!(report(&another, lied), Vec::<String>::new());
    assert_eq!(report(&another, BATCHES).len(), 2, "the entries count");
    assert_eq!(report(&another, STATE), [format!("{of_a} wrong f t")]);

    // It is told until somebody has looked into it, through every start, and what it was stays known.
    drop(proxy);
    let copy = again(copy, Some(&another)).await;
    assert_eq!(copy.node.first_view(), Some(FirstViewState::Differs(differs)));
    let told = compared(&another);
    assert!(!told[0].is_right() && (told[0].theirs, told[0].ours) == (theirs, ours), "{told:?}");
    assert_eq!(told[0].settled, None);
    assert!(block_in_place(|| copy.node.settle_first_view()).unwrap());
    assert_eq!(copy.node.first_view(), None);
    assert!(compared(&another)[0].settled.is_some());
    assert_eq!(report(&another, STATE), [format!("{of_a} wrong f f")]);
}

/// Some of what was recorded long ago is used up, and papers from then turn up.
async fn years_pass(a: &Served, b: &Served, copy: &Served) {
    let lots = |from: usize| {
        a.node.read(|book| {
            let own = book.own().unwrap().clone();
            let lots = book.ledger().lots().filter(|(of, ..)| **of == own);
            let mut lots: Vec<_> = lots.map(|(_, id, lot)| (id, lot.balance())).collect();
            lots.sort_unstable();
            lots.split_off(from)
        })
    };
    let all_lots = lots(0);
    let take_out = |(lot, amount): (koinon_core::LotId, i64)| Act::TakeOut {
        lot,
        quantity: Quantity::new(amount, koinon_core::Dimension::Mass).unwrap(),
        reason: Reason::HandedOut,
        served: None,
        paper: None,
        method: Method::Counted,
    };
    let later = |days| {
        let at = homes::start().plus_days(days);
        [a, b, copy].iter().for_each(|one| one.home.clock.set(at));
        at
    };
    for (days, some) in [(2, 0..30), (60, 30..40)] {
        let at = later(days);
        for (lot, balance) in &all_lots[some] {
            submit(a, at, take_out((*lot, i64::try_from(*balance).unwrap()))).await;
        }
    }
    later(90);
    for (lot, _) in &all_lots[20..60] {
        submit(a, homes::start().plus_days(1), take_out((*lot, 1))).await;
    }
    settle(&[a, b]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_in_a_database_hands_a_view_on_that_a_copy_in_a_file_finds_right() {
    if !is_here() {
        return;
    }
    let server = database().await;
    let (a, b, copy) = three(200, &server).await;
    years_pass(&a, &b, &copy).await;
    let _line = by_line(&copy, &a, all()).await;
    copy.node.pull_once(a.node.id()).await.unwrap();
    block_in_place(|| check(&copy.node));
    assert!(
        compared(&server)[0].is_right(),
        "late papers reach behind what is folded away, in the database too"
    );
    // Who fills itself from the database is shown what the database comes to.
    let reader = serve(Home::new(3, None), None).await;
    reader.home.clock.set(homes::start().plus_days(90));
    listed(&reader, &[&a, &b, &copy]);
    let proxy = by_line(&reader, &copy, no_history(&copy.node)).await;
    reader.node.pull_once(copy.node.id()).await.unwrap_err();
    let Some(FirstViewState::Shown { by, .. }) = reader.node.first_view() else {
        panic!("{:?} {:?}", reader.node.first_view(), reader.node.first_views_refused())
    };
    assert_eq!(by, copy.node.id());
    assert_eq!(
        homes::on_hand(&reader.node, &a.community().unwrap()),
        homes::on_hand(&a.node, &a.community().unwrap())
    );
    *proxy.law.lock().unwrap() = all();
    reader.node.pull_once(copy.node.id()).await.unwrap();
    block_in_place(|| check(&reader.node));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_is_in_the_reports_whole_or_not_at_all_and_gets_there_by_itself() {
    if !is_here() {
        return;
    }
    let server = database().await;
    let (a, _b, copy) = three(300, &server).await;
    let no_room = "CREATE FUNCTION mirror.no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
        CREATE TRIGGER no_room BEFORE INSERT ON mirror.first_stock EXECUTE FUNCTION mirror.no_room()";
    report(&server, no_room);
    let line = by_line(&copy, &a, no_history(&a.node)).await;
    copy.node.pull_once(a.node.id()).await.unwrap_err();
    assert!(
        matches!(copy.node.first_view(), Some(FirstViewState::Shown { .. })),
        "it is there and not in the reports"
    );
    let nothing = "SELECT (SELECT count(*) FROM mirror.first_row), (SELECT count(*) FROM mirror.first_view)";
    assert_eq!(report(&server, nothing), ["0 0"]);
    assert_eq!(report(&server, BATCHES), Vec::<String>::new());
    let error = copy.node.pull_once(a.node.id()).await.unwrap_err().to_string();
    assert!(error.contains("showing a first view") && error.contains("make room on the disk"), "{error}");

    // The process ends there; the next one has room.
    drop(line);
    report(&server, "DROP TRIGGER no_room ON mirror.first_stock");
    let copy = again(copy, Some(&server)).await;
    let line = by_line(&copy, &a, no_history(&a.node)).await;
    copy.node.pull_once(a.node.id()).await.unwrap_err();
    assert_eq!(report(&server, BATCHES).len(), 2);

    // What a crash left there of a view that the computer no longer shows goes at the next exchange.
    let home = copy.home.path();
    let copy = {
        let Served { home, node, task, .. } = copy;
        task.abort();
        drop(task.await);
        node.shutdown().await;
        std::fs::remove_file(home.path().join("first-view/shown")).unwrap();
        serve(home, Some(&server)).await
    };
    assert_eq!((copy.home.path(), report(&server, BATCHES).len()), (home, 2));
    *line.law.lock().unwrap() =
        Box::new(|asked, size| if asked.path.ends_with("first-view") { 0 } else { size });
    copy.node.pull_once(a.node.id()).await.unwrap_err();
    assert_eq!(report(&server, BATCHES), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_no_longer_be_kept_goes_from_the_reports() {
    if !is_here() {
        return;
    }
    let server = database().await;
    let (a, _b, copy) = three(300, &server).await;
    let _line = by_line(&copy, &a, no_history(&a.node)).await;
    copy.node.pull_once(a.node.id()).await.unwrap_err();
    assert_eq!(report(&server, STOCK).len(), 2);
    copy.home.clock.set(homes::start().plus_days(600));
    block_in_place(|| copy.node.keep_agreements().unwrap());
    assert_eq!(copy.node.first_view(), None);
    assert_eq!(report(&server, "SELECT count(*) FROM mirror.first_row"), ["0"]);
    assert_eq!(report(&server, STATE), Vec::<String>::new());
}
