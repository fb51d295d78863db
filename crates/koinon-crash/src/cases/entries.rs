//! Founding, and what people enter.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use koinon_core::{NeedId, OfferId};
use koinon_ledger::command::Which;
use koinon_ledger::fact::{Method, PrintedMark, Urgency, Wish};
use koinon_ledger::route::{RouteClosed, RouteReason};
use koinon_ledger::{Act, Reason};
use koinon_node::{Founding, Node, NodeError, OsEntropy};

use crate::acts::{self, CODES, day, done, founding, goods, ledger, quantity, sign_in_count, take_in};
use crate::stage::{Found, Props, Stage, clock_at, start};

pub(super) fn nothing(root: &Path) -> anyhow::Result<Props> {
    ensure!(!root.join("data").exists(), "there is a node");
    Ok(Props { now: start(), ..Props::default() })
}

pub(super) fn settled(root: &Path) -> anyhow::Result<Props> {
    acts::settled(root, &founding(Some(0))?)
}

pub(super) fn found_community(stage: &Stage) -> anyhow::Result<()> {
    found(stage, &founding(Some(0))?)
}

pub(super) fn found_copy(stage: &Stage) -> anyhow::Result<()> {
    found(stage, &founding(None)?)
}

/// A founding whose codes were never shown must leave no node: nobody could sign in, or bring its key back.
fn found(stage: &Stage, founding: &Founding) -> anyhow::Result<()> {
    let is_community = founding.community.is_some();
    let is_whole = move |found: &Found<'_>| {
        let grants = found.node.read(|book| book.grants().all().count());
        ensure!(grants == usize::from(is_community), "{grants} grants");
        let codes = sign_in_count(found.root, CODES)?;
        ensure!(codes == i64::from(is_community), "{codes} codes");
        koinon_node::tls::look(&found.root.join("data")).context("certificates")?;
        Ok(())
    };
    let plan = founding.clone();
    let again = move |root: &Path| match Node::init(&root.join("data"), &plan, &clock_at(start())) {
        Ok(_) | Err(NodeError::Unfinished(_)) => Ok(()),
        Err(error) => Err(error.into()),
    };
    stage.to_be_born(Arc::new(is_whole), Arc::new(again));
    Node::init(&stage.dir(), founding, &clock_at(start()))?;
    stage.is_born();
    Ok(())
}

/// Every act about stock at home, each in its own commit.
pub(super) fn stock(stage: &Stage) -> anyhow::Result<()> {
    let node = stage.open()?;
    let (item, stores) = goods(&node)?;
    let store = stores.first().context("a store")?.code.clone();
    let other = stores.last().context("a store")?.code.clone();
    let mark = PrintedMark::new("L-1")?;
    let amount = |amount| quantity(&item, amount);
    let (method, item_code) = (Method::Counted, item.code.clone());
    let which = Which::New { batch: Some(mark.clone()), expires: None };
    let count = ledger(
        &node,
        Act::Count {
            store: store.clone(),
            item: item_code.clone(),
            which,
            seen: amount(500)?,
            method,
            witness: None,
        },
    );
    stage.act(&node, count)?;
    let came = take_in(&node, 900)?;
    let came_act = came.act();
    stage.act(&node, came)?;
    let lot = node.read(|book| {
        let own = book.own().context("a community")?;
        let mut lots = book.ledger().lots_of(own, &item_code);
        let found = lots.find(|(_, lot)| lot.line(came_act).is_some());
        found.map(|(id, _)| id).context("a batch")
    })?;
    let served = None;
    let all = [
        Act::Use {
            store: store.clone(),
            item: item_code.clone(),
            quantity: amount(11)?,
            reason: Reason::Consumed,
            served,
            method,
        },
        Act::TakeOut { lot, quantity: amount(5)?, reason: Reason::HandedOut, served, paper: None, method },
        Act::Correct { lot, target: came_act, quantity: Some(amount(890)?), reason: Reason::FiguresDoubted },
        Act::Make {
            store: store.clone(),
            item: item_code.clone(),
            batch: None,
            expires: None,
            quantity: amount(3)?,
            from: vec![(lot, amount(4)?)],
        },
        Act::Move { lot, to: other, quantity: amount(6)? },
        Act::Count {
            store,
            item: item_code.clone(),
            which: Which::Lot(lot),
            seen: amount(870)?,
            method,
            witness: None,
        },
        Act::Hold { lot, held: true, reason: Reason::FiguresDoubted },
        Act::Recall { item: item_code, batch: mark, stands: true, reason: Reason::FiguresDoubted },
    ];
    for what in all {
        stage.act(&node, ledger(&node, what))?;
    }
    // In good order, so that the log of changes goes into the file, and once more.
    stage.close(node);
    let node = stage.open()?;
    stage.act(&node, take_in(&node, 12)?)?;
    stage.pull_plug(node);
    Ok(())
}

pub(super) fn wants(stage: &Stage) -> anyhow::Result<()> {
    let node = stage.open()?;
    let (item, stores) = goods(&node)?;
    let store = stores.first().context("a store")?.code.clone();
    let need = NeedId::make(start(), &mut OsEntropy);
    let offer = OfferId::make(start(), &mut OsEntropy);
    let (from, by) = (day("2026-03-11")?, day("2026-03-20")?);
    let place = stores.first().context("a store")?.place.clone();
    let corridor = node.read(|book| {
        let mut all = book.region().corridors.iter();
        all.find(|one| one.from == place || one.to == place).map(|one| one.code.clone()).context("a route")
    })?;
    let amount = |amount| quantity(&item, amount);
    let code = item.code.clone();
    let closed = RouteClosed { reason: RouteReason::Flood, from, until: Some(by) };
    let all = [
        Act::StateNeed {
            need,
            item: code.clone(),
            store: store.clone(),
            quantity: amount(100)?,
            urgency: Urgency::MustHave,
            by,
            every_days: None,
            people: Some(9),
        },
        Act::MakeOffer {
            offer,
            item: code.clone(),
            store,
            quantity: amount(50)?,
            from,
            until: by,
            take_please: false,
            return_by: None,
        },
        Act::StateRoute { corridor, closed: Some(closed) },
        Act::PauseGiving { place: place.clone(), item: code.clone(), until: Some(by) },
        Act::StateWish { item: code.clone(), wish: Wish::More },
        Act::PauseTaking { place: place.clone(), item: code.clone(), until: Some(by) },
        Act::AskCount { place, item: code, until: Some(by) },
        Act::CloseOffer { offer, reason: Reason::NotNeeded },
        Act::CloseNeed { need, reason: Reason::NotNeeded },
    ];
    for what in all {
        stage.act(&node, ledger(&node, what))?;
    }
    stage.pull_plug(node);
    Ok(())
}

/// Many commands that share commits, among them one that is sent twice.
pub(super) fn together(stage: &Stage) -> anyhow::Result<()> {
    let node = stage.open()?;
    let who = stage.steward()?;
    for group in [60, 25] {
        let mut commands = Vec::new();
        for amount in 1..=group {
            commands.push((who.clone(), take_in(&node, amount)?));
        }
        stage.act_together(&node, commands)?;
    }
    stage.close(node);
    Ok(())
}

/// So many entries that SQLite empties its log of changes while they are made, and begins it anew.
pub(super) fn many(stage: &Stage) -> anyhow::Result<()> {
    let node = stage.open()?;
    let who = stage.steward()?;
    for _ in 0..9 {
        let mut commands = Vec::new();
        for amount in 1..=700 {
            commands.push((who.clone(), take_in(&node, amount)?));
        }
        stage.act_together(&node, commands)?;
    }
    for amount in 1..=4 {
        stage.act(&node, take_in(&node, amount)?)?;
    }
    done(node.submit_blocking(who, acts::note("the last")))?;
    stage.pull_plug(node);
    Ok(())
}
