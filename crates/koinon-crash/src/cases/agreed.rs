//! What needs others: transfers, grants, agreements, and what follows from their end.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use koinon_authority::{Actor, Caps, Granted, RevokeReason, Revoked, Role, Scope};
use koinon_books::BookCommand;
use koinon_core::{CommunityCode, GrantId, NeedId, NodeId, PersonId, Timestamp, TransferId};
use koinon_instruments::Agreement;
use koinon_ledger::command::{FoundLine, Wished};
use koinon_ledger::fact::{Method, Served, Urgency, Vehicle};
use koinon_ledger::{Act, Reason};
use koinon_node::{Founding, Node, OsEntropy};

use crate::acts::{
    acquaint, act_id, bundle, day, done, founding, goods, ledger, note, person, props_of, quantity, region,
    shut_down, take_in, take_in_marked,
};
use crate::stage::{Found, Props, Said, Stage, clock_at, memory_dir, start};

/// What stands in the entries that are to be let go.
const MARK: &str = "ZQXJ-7F3A-LAPSED";
/// The agreement that ends holds for so many days.
const DAYS: i32 = 5;
/// So long after the stories begin their month is nearly over; people are served then.
const LATE_MS: i64 = 20 * 86_400_000;
/// So much later it is over, and its sums may be published; nothing is folded yet.
const LATER_MS: i64 = 5 * 86_400_000;
/// What was shared may be kept for so many days more; all of it within one step of folding.
const KEPT_DAYS: i32 = 2;

/// Two communities: one's node is the one under test.
pub(super) struct Two {
    pub(super) own: Node,
    pub(super) other: Node,
    pub(super) props: Props,
    pub(super) them: Actor,
}

pub(super) fn two(root: &Path, beside: &Path, of: &[Founding; 2], index: usize) -> anyhow::Result<Two> {
    let mut made = Vec::new();
    for (number, founding) in of.iter().enumerate() {
        let dir = if number == index { root.join("data") } else { beside.join("data") };
        let one = Node::init(&dir, founding, &clock_at(start()))?;
        let props = props_of(&one);
        let node = Node::open_with(props.options(&dir), props.clock())?;
        made.push((node, props));
    }
    let (other, theirs) = if index == 0 { made.pop() } else { Some(made.remove(0)) }.context("two nodes")?;
    let (own, props) = made.pop().context("two nodes")?;
    acquaint(&own, &other)?;
    let them = Actor::Person(theirs.steward.context("a steward")?);
    Ok(Two { own, other, props, them })
}

pub(super) fn both() -> anyhow::Result<[Founding; 2]> {
    Ok([founding(Some(0))?, founding(Some(1))?])
}

pub(super) fn community(node: &Node) -> anyhow::Result<CommunityCode> {
    node.read(|book| book.own().cloned()).context("a community")
}

/// A need of the second community, stated and heard of by the first.
fn state_need(two: &Two, taker: (&Node, &Actor), giver: &Node) -> anyhow::Result<NeedId> {
    let (item, stores) = goods(taker.0)?;
    let need = NeedId::make(start(), &mut OsEntropy);
    let what = Act::StateNeed {
        need,
        item: item.code.clone(),
        store: stores.first().context("a store")?.code.clone(),
        quantity: quantity(&item, 40)?,
        urgency: Urgency::Needed,
        by: day("2026-03-20")?,
        every_days: None,
        people: None,
    };
    done(taker.0.submit_blocking(taker.1.clone(), ledger(taker.0, what)))?;
    ensure!(two.own.id() != two.other.id());
    giver.unpack(bundle(taker.0, giver)?.as_slice())?;
    Ok(need)
}

pub(super) fn commit(
    giver: &Node,
    taker: &CommunityCode,
    transfer: TransferId,
    need: Option<NeedId>,
) -> anyhow::Result<BookCommand> {
    let (item, stores) = goods(giver)?;
    let leaves = day("2026-03-11")?;
    let lines =
        vec![Wished { item: item.code.clone(), lot: None, quantity: quantity(&item, 40)?, requested: None }];
    let what = Act::Commit {
        transfer,
        from: stores.first().context("a store")?.place.clone(),
        to: taker.place(),
        lines,
        route: Vec::new(),
        leaves,
        arrives: leaves,
        need,
        suggestion: None,
        return_by: None,
        standing: None,
    };
    Ok(ledger(giver, what))
}

pub(super) fn load(node: &Node, transfer: TransferId) -> BookCommand {
    ledger(node, Act::Load { transfer, lines: Vec::new(), vehicle: Vehicle::Truck, paper: None })
}

pub(super) fn giving_before(root: &Path) -> anyhow::Result<Props> {
    let beside = memory_dir()?;
    let two = two(root, beside.path(), &both()?, 0)?;
    let us = Actor::Person(two.props.steward.context("a steward")?);
    done(two.own.submit_blocking(us.clone(), take_in(&two.own, 5_000)?))?;
    let need = state_need(&two, (&two.other, &two.them), &two.own)?;
    let transfer = TransferId::make(start(), &mut OsEntropy);
    let taker = community(&two.other)?;
    done(two.own.submit_blocking(us, commit(&two.own, &taker, transfer, Some(need))?))?;
    two.other.unpack(bundle(&two.own, &two.other)?.as_slice())?;
    let accept = Act::Accept { giver: community(&two.own)?, transfer, less: Vec::new() };
    done(two.other.submit_blocking(two.them.clone(), ledger(&two.other, accept)))?;
    let Two { own, other, mut props, .. } = two;
    props.bundles.push(bundle(&other, &own)?);
    shut_down(own);
    shut_down(other);
    Ok(props)
}

/// A transfer that the other accepted is loaded, unloaded and loaded again; another is promised and withdrawn.
pub(super) fn giving(stage: &Stage) -> anyhow::Result<()> {
    let node = stage.open()?;
    let own = community(&node)?;
    for bundle in &stage.props.bundles {
        node.unpack(bundle.as_slice())?;
    }
    stage.all_is_held()?;
    let (taker, first) = node.read(|book| {
        let (_, id, known) = book.ledger().transfers().next().context("a transfer")?;
        anyhow::Ok((known.commitment(&own).context("a promise")?.what.taker.clone(), id))
    })?;
    let second = TransferId::make(start(), &mut OsEntropy);
    let loading = load(&node, first);
    let shipment = loading.act();
    stage.act(&node, loading)?;
    stage.act(&node, ledger(&node, Act::Unload { transfer: first, shipment }))?;
    stage.act(&node, load(&node, first))?;
    stage.act(&node, commit(&node, &taker, second, None)?)?;
    stage.act(&node, ledger(&node, Act::Withdraw { transfer: second, reason: Reason::NotNeeded }))?;
    stage.close(node);
    Ok(())
}

/// The other community has loaded what this one needs, and promised more.
pub(super) fn taking_before(root: &Path) -> anyhow::Result<Props> {
    let beside = memory_dir()?;
    let two = two(root, beside.path(), &both()?, 1)?;
    let us = Actor::Person(two.props.steward.context("a steward")?);
    done(two.other.submit_blocking(two.them.clone(), take_in(&two.other, 5_000)?))?;
    let need = state_need(&two, (&two.own, &us), &two.other)?;
    let transfer = TransferId::make(start(), &mut OsEntropy);
    let taker = community(&two.own)?;
    let promise = commit(&two.other, &taker, transfer, Some(need))?;
    done(two.other.submit_blocking(two.them.clone(), promise))?;
    two.own.unpack(bundle(&two.other, &two.own)?.as_slice())?;
    let accept = Act::Accept { giver: community(&two.other)?, transfer, less: Vec::new() };
    done(two.own.submit_blocking(us, ledger(&two.own, accept)))?;
    two.other.unpack(bundle(&two.own, &two.other)?.as_slice())?;
    done(two.other.submit_blocking(two.them.clone(), load(&two.other, transfer)))?;
    let second = commit(&two.other, &taker, TransferId::make(start(), &mut OsEntropy), None)?;
    done(two.other.submit_blocking(two.them.clone(), second))?;
    let Two { own, other, mut props, .. } = two;
    props.bundles.push(bundle(&other, &own)?);
    shut_down(own);
    shut_down(other);
    Ok(props)
}

/// A transfer is accepted; another is received, after which a policy closes the need that it met.
pub(super) fn taking(stage: &Stage) -> anyhow::Result<()> {
    let node = stage.open()?;
    for bundle in &stage.props.bundles {
        node.unpack(bundle.as_slice())?;
    }
    stage.all_is_held()?;
    // A closing counts when it comes after what it closes.
    stage.clock.advance(60_000);
    let (giver, transfer, shipment, lines) = node.read(|book| {
        let mut loaded = book.ledger().transfers().filter_map(|(giver, id, known)| {
            let (shipment, load) = known.shipments().next()?;
            Some((giver.clone(), id, shipment, load.load(giver)?.what.lines.clone()))
        });
        loaded.next().context("a load")
    })?;
    let promised = node.read(|book| {
        let mut all = book.ledger().transfers().map(|(_, id, _)| id);
        all.find(|id| *id != transfer).context("another transfer")
    })?;
    let accept = Act::Accept { giver: giver.clone(), transfer: promised, less: Vec::new() };
    stage.act(&node, ledger(&node, accept))?;
    let store = goods(&node)?.1.first().context("a store")?.code.clone();
    let found = lines.iter().map(|line| {
        let none = koinon_core::Quantity::new(0, line.quantity.dimension())?;
        Ok(FoundLine {
            line: line.line,
            accepted: line.quantity,
            rejected: none,
            missing: none,
            excess: none,
            reason: None,
        })
    });
    let lines = found.collect::<anyhow::Result<_>>()?;
    stage.act(&node, ledger(&node, Act::Receive { giver, transfer, shipment, store, lines }))?;
    let own = community(&node)?;
    // What follows by policy was written before the next command is.
    stage.act(&node, note("received"))?;
    let closed = node.read(|book| {
        let mut own = book.ledger().needs().filter(|(of, ..)| **of == own);
        own.all(|(.., need)| need.closed().is_some())
    });
    ensure!(closed, "the policy closes the need");
    stage.close(node);
    Ok(())
}

pub(super) fn grant(
    node: &Node,
    by: &Stage,
    subject: PersonId,
    role: Role,
    name: Option<&str>,
) -> anyhow::Result<BookCommand> {
    let now = node.clock().now();
    let granted = Granted {
        grant: GrantId::make(now, &mut OsEntropy),
        subject,
        role,
        scope: Scope::Community(community(node)?),
        caps: if role == Role::Facilitator { Caps::none() } else { Caps::default() },
        not_before: now,
        expires: now.plus_days(30),
        by: by.props.steward,
        decision: None,
    };
    Ok(BookCommand::Grant { act: act_id(), granted, name: name.map(Into::into) })
}

pub(super) fn people(stage: &Stage) -> anyhow::Result<()> {
    let node = stage.open()?;
    let (first, second) = (person(), person());
    stage.act(&node, BookCommand::Name { act: act_id(), person: first, name: "Bo of the mill".into() })?;
    stage.act(&node, note("the key hangs behind the door"))?;
    let given = grant(&node, stage, first, Role::Coordinator, Some("Bo"))?;
    let BookCommand::Grant { granted, .. } = &given else { anyhow::bail!("a grant") };
    let revoked = Revoked {
        grant: granted.grant,
        community: community(&node)?,
        by: stage.props.steward.context("a steward")?,
        reason: RevokeReason::Finished,
    };
    stage.act(&node, given)?;
    stage.act(&node, grant(&node, stage, second, Role::Steward, None)?)?;
    stage.act(&node, BookCommand::Revoke { act: act_id(), revoked })?;
    let recovery = BookCommand::AgreeRecovery {
        act: act_id(),
        person: first,
        asked_by: stage.props.steward.context("a steward")?,
    };
    stage.act_as(&node, &Actor::Person(second), recovery)?;
    stage.act(&node, BookCommand::Name { act: act_id(), person: first, name: "Bo of the oven".into() })?;
    // A name that was recorded can be read, until its person is erased; then nobody can read it.
    let can_read = move |found: &Found<'_>| {
        let (name, is_erased) =
            found.node.read(|book| (found.node.personal().name(book, first), book.is_erased(first)));
        ensure!(is_erased || name.is_some(), "it opens for nobody");
        Ok(())
    };
    stage.promise(Said::Look("a name", Arc::new(can_read)));
    stage.act(&node, BookCommand::Erase { act: act_id(), person: first })?;
    node.keep_erasures()?;
    let is_gone = move |found: &Found<'_>| {
        let name = found.node.read(|book| found.node.personal().name(book, first));
        ensure!(name.is_none(), "it still opens");
        Ok(())
    };
    stage.promise(Said::Look("an erasure", Arc::new(is_gone)));
    stage.act(&node, take_in(&node, 2)?)?;
    stage.pull_plug(node);
    Ok(())
}

pub(super) fn texts(stage: &Stage) -> anyhow::Result<()> {
    let node = stage.open()?;
    let second = person();
    stage.act(&node, grant(&node, stage, second, Role::Facilitator, None)?)?;
    let region = region()?;
    let other = region.communities.get(1).context("a second community")?.code.clone();
    stage.act(&node, BookCommand::Admit { act: act_id(), node: NodeId([7; 32]), community: other })?;
    let text = format!("# measured anew\n{}", region.to_toml());
    stage.act(&node, BookCommand::AdoptRegion { act: act_id(), text })?;
    let today = stage.props.now.day(&region.zone());
    let text = Agreement::draft_of(&region, today.plus(1));
    let digest = Agreement::digest_of(&text);
    stage.act(&node, BookCommand::ProposeAgreement { act: act_id(), text })?;
    let sign = BookCommand::SignAgreement { act: act_id(), text: digest };
    stage.act_as(&node, &Actor::Person(second), sign)?;
    stage.act(&node, BookCommand::EndAgreement { act: act_id(), text: digest })?;
    stage.pull_plug(node);
    Ok(())
}

pub(super) fn served_before(root: &Path) -> anyhow::Result<Props> {
    let props = crate::acts::settled(root, &founding(Some(0))?)?;
    Ok(Props { now: start().plus_millis(LATE_MS + LATER_MS), ..props })
}

/// Goods are handed out to people; when the month is over, its sums are published, once.
pub(super) fn served(stage: &Stage) -> anyhow::Result<()> {
    stage.clock.set(start().plus_millis(LATE_MS));
    let node = stage.open()?;
    let (item, stores) = goods(&node)?;
    for amount in [3, 5] {
        let hand_out = Act::Use {
            store: stores.first().context("a store")?.code.clone(),
            item: item.code.clone(),
            quantity: quantity(&item, amount)?,
            reason: Reason::HandedOut,
            served: Some(Served { people: 40, households: 12 }),
            method: Method::Counted,
        };
        stage.act(&node, ledger(&node, hand_out))?;
    }
    stage.clock.set(stage.props.now);
    for _ in 0..2 {
        node.keep_agreements()?;
        stage.all_is_held()?;
    }
    stage.pull_plug(node);
    Ok(())
}

pub(super) fn unshared(root: &Path) -> anyhow::Result<Props> {
    crate::acts::settled(root, &Founding { agreement: None, ..founding(Some(0))? })
}

/// What is short is said, because stock is not shared.
pub(super) fn feed(stage: &Stage) -> anyhow::Result<()> {
    let node = stage.open()?;
    node.keep_agreements()?;
    ensure!(node.read(|book| book.ledger().needs().count()) > 0, "something is short");
    stage.all_is_held()?;
    stage.act(&node, take_in(&node, 1_000_000)?)?;
    node.keep_agreements()?;
    stage.all_is_held()?;
    stage.close(node);
    Ok(())
}

/// Both, with agreements that end soon.
pub(super) fn both_for_days() -> anyhow::Result<[Founding; 2]> {
    let short = |founding: Founding| {
        let text = founding.agreement.clone().context("an agreement")?;
        let long = text.lines().find(|line| line.starts_with("until = ")).context("its end")?;
        let end = start().day(&jiff::tz::TimeZone::UTC).plus(DAYS).to_date();
        let text = text
            .replace(long, &format!("until = {end}"))
            .replace("retention_days = 90", &format!("retention_days = {KEPT_DAYS}"));
        anyhow::Ok(Founding { agreement: Some(text), ..founding })
    };
    let [a, b] = both()?;
    Ok([short(a)?, short(b)?])
}

/// When what was shared by such agreements is no longer kept.
pub(super) fn when_gone() -> Timestamp {
    start().plus_days(i64::from(DAYS + KEPT_DAYS + 1))
}

pub(super) fn lapsing(root: &Path) -> anyhow::Result<Props> {
    let beside = memory_dir()?;
    let two = two(root, beside.path(), &both_for_days()?, 0)?;
    let Two { own, other, props, them } = two;
    // Each must have signed before the other's stock is open to it.
    own.unpack(bundle(&other, &own)?.as_slice())?;
    other.unpack(bundle(&own, &other)?.as_slice())?;
    for amount in 1..=3 {
        done(other.submit_blocking(them.clone(), take_in_marked(&other, amount, Some(MARK))?))?;
    }
    let bundles = vec![bundle(&other, &own)?];
    shut_down(own);
    shut_down(other);
    Ok(Props { now: when_gone(), bundles, ..props })
}

/// What was shared is let go on its day, in every byte: of the file, and of the log of changes that brought it.
pub(super) fn let_go(stage: &Stage) -> anyhow::Result<()> {
    stage.clock.set(start());
    let node = stage.open()?;
    for bundle in &stage.props.bundles {
        node.unpack(bundle.as_slice())?;
    }
    let own = community(&node)?;
    let seen = node.read(|book| book.ledger().lots().filter(|(of, ..)| **of != own).count());
    ensure!(seen == 3, "{seen} batches were shared");
    stage.clock.set(stage.props.now);
    node.keep_agreements()?;
    stage.promise(Said::Gone(MARK.as_bytes().to_vec()));
    stage.all_is_held()?;
    stage.act(&node, take_in(&node, 5)?)?;
    stage.pull_plug(node);
    Ok(())
}
