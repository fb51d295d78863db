//! What two communities say to each other about goods: answers to promises, what becomes of a load, joint loads, and what
//! they give each other regularly.

use std::path::Path;

use anyhow::{Context as _, ensure};
use koinon_authority::{Actor, Role};
use koinon_books::BookCommand;
use koinon_core::{EntryId, Quantity, StandingId, TransferId};
use koinon_ledger::command::{FoundLine, Wished};
use koinon_ledger::fact::{Occurrence, OnTheWay};
use koinon_ledger::transfer::Status;
use koinon_ledger::{Act, Reason};
use koinon_node::Node;

use super::agreed::{Two, both, commit, community, grant, load, two};
use crate::acts::{bundle, day, done, goods, ledger, person, quantity, shut_down, take_in};
use crate::stage::{Props, Stage, memory_dir};

const FIRST: TransferId = TransferId([1; 16]);
const SECOND: TransferId = TransferId([2; 16]);
const THIRD: TransferId = TransferId([3; 16]);
const FOURTH: TransferId = TransferId([4; 16]);

const REGULAR: StandingId = StandingId([5; 16]);
const OTHER_REGULAR: StandingId = StandingId([6; 16]);

impl Two {
    /// The other community does something.
    pub(super) fn they(&self, command: BookCommand) -> anyhow::Result<()> {
        done(self.other.submit_blocking(self.them.clone(), command))
    }

    /// The community under test does something, before the play.
    pub(super) fn we(&self, command: BookCommand) -> anyhow::Result<()> {
        let us = Actor::Person(self.props.steward.context("a steward")?);
        done(self.own.submit_blocking(us, command))
    }

    /// What the community under test wrote is carried to the other.
    pub(super) fn to_them(&self) -> anyhow::Result<()> {
        self.other.unpack(bundle(&self.own, &self.other)?.as_slice())?;
        Ok(())
    }

    /// What the other wrote is carried to the community under test.
    pub(super) fn to_us(&self) -> anyhow::Result<()> {
        self.own.unpack(bundle(&self.other, &self.own)?.as_slice())?;
        Ok(())
    }

    /// Both end; what the other wrote since lies in a bundle, for the play.
    pub(super) fn ready(self) -> anyhow::Result<Props> {
        let Self { own, other, mut props, .. } = self;
        props.bundles.push(bundle(&other, &own)?);
        shut_down(own);
        shut_down(other);
        Ok(props)
    }
}

/// Opens the node, and takes in what the other wrote.
pub(super) fn opened(stage: &Stage) -> anyhow::Result<Node> {
    let node = stage.open()?;
    for bundle in &stage.props.bundles {
        let found = node.unpack(bundle.as_slice())?;
        ensure!(found.refused.is_empty(), "{:?}", found.refused);
    }
    stage.all_is_held()?;
    Ok(node)
}

/// The other community promised four loads, and loaded one of them.
pub(super) fn promised_to(root: &Path) -> anyhow::Result<Props> {
    let beside = memory_dir()?;
    let two = two(root, beside.path(), &both()?, 1)?;
    two.they(take_in(&two.other, 5_000)?)?;
    let taker = community(&two.own)?;
    for transfer in [FIRST, SECOND, THIRD, FOURTH] {
        two.they(commit(&two.other, &taker, transfer, None)?)?;
    }
    two.to_us()?;
    two.we(ledger(&two.own, Act::Accept { giver: community(&two.other)?, transfer: FOURTH, less: vec![] }))?;
    two.to_them()?;
    two.they(load(&two.other, FOURTH))?;
    two.ready()
}

/// Every answer that a taker can give, and news of a load that is on its way.
pub(super) fn answer(stage: &Stage) -> anyhow::Result<()> {
    let node = opened(stage)?;
    let (item, _) = goods(&node)?;
    let giver = node.read(|book| {
        let mut all = book.ledger().transfers();
        all.find(|(_, id, _)| *id == FOURTH).map(|(giver, ..)| giver.clone()).context("a load")
    })?;
    let shipment = shipment_of(&node, FOURTH)?;
    let objection =
        ledger(&node, Act::Object { giver: giver.clone(), transfer: THIRD, reason: Reason::FiguresDoubted });
    let settle = Act::Settle { giver: giver.clone(), transfer: THIRD, objection: objection.act() };
    let wants = vec![(item.code.clone(), quantity(&item, 25)?)];
    let counter = Act::Counter {
        giver: giver.clone(),
        transfer: FIRST,
        wants,
        not_before: Some(day("2026-03-12")?),
        reason: Reason::NoRoom,
    };
    stage.act(&node, ledger(&node, counter))?;
    stage.act(&node, ledger(&node, refusal(&giver)))?;
    stage.act(&node, objection)?;
    stage.act(&node, ledger(&node, settle))?;
    let less = vec![(0, quantity(&item, 30)?)];
    stage.act(&node, ledger(&node, Act::Accept { giver: giver.clone(), transfer: THIRD, less }))?;
    for what in [OnTheWay::Delayed(day("2026-03-14")?), OnTheWay::BrokenDown] {
        stage.act(
            &node,
            ledger(&node, Act::News { giver: giver.clone(), transfer: FOURTH, shipment, what }),
        )?;
    }
    stage.close(node);
    Ok(())
}

fn refusal(giver: &koinon_core::CommunityCode) -> Act {
    Act::Refuse { giver: giver.clone(), transfer: SECOND, reason: Reason::NoRoom }
}

fn shipment_of(node: &Node, transfer: TransferId) -> anyhow::Result<EntryId> {
    node.read(|book| {
        let mut all = book.ledger().transfers().filter(|(_, id, _)| *id == transfer);
        let (.., known) = all.next().context("a transfer")?;
        known.shipments().next().map(|(id, _)| id).context("a load")
    })
}

/// The other community took in what was loaded, but for what it sent back and did not find; it said what it would rather
/// have of another promise, and yes to two more.
pub(super) fn answered(root: &Path) -> anyhow::Result<Props> {
    let beside = memory_dir()?;
    let two = two(root, beside.path(), &both()?, 0)?;
    two.we(take_in(&two.own, 90_000_000)?)?;
    let (giver, taker) = (community(&two.own)?, community(&two.other)?);
    for transfer in [FIRST, SECOND, THIRD, FOURTH] {
        two.we(commit(&two.own, &taker, transfer, None)?)?;
    }
    two.to_them()?;
    for transfer in [FIRST, THIRD, FOURTH] {
        two.they(ledger(&two.other, Act::Accept { giver: giver.clone(), transfer, less: vec![] }))?;
    }
    let (item, stores) = goods(&two.other)?;
    let wants = vec![(item.code.clone(), quantity(&item, 20)?)];
    let counter = Act::Counter {
        giver: giver.clone(),
        transfer: SECOND,
        wants,
        not_before: None,
        reason: Reason::NoRoom,
    };
    two.they(ledger(&two.other, counter))?;
    two.to_us()?;
    two.we(load(&two.own, FIRST))?;
    two.to_them()?;
    let amount = |amount| quantity(&item, amount);
    let line = FoundLine {
        line: 0,
        accepted: amount(25)?,
        rejected: amount(10)?,
        missing: amount(5)?,
        excess: amount(0)?,
        reason: Some(Reason::Damaged),
    };
    let receive = Act::Receive {
        giver,
        transfer: FIRST,
        shipment: shipment_of(&two.other, FIRST)?,
        store: stores.first().context("a store")?.code.clone(),
        lines: vec![line],
    };
    two.they(ledger(&two.other, receive))?;
    two.ready()
}

/// What was sent back is in stock again, what is missing is lost, a promise is written anew after an answer, a large one
/// has its second person, and two loads leave together.
pub(super) fn settle(stage: &Stage) -> anyhow::Result<()> {
    let node = opened(stage)?;
    let giver = community(&node)?;
    let (item, _) = goods(&node)?;
    let taker = node.read(|book| {
        let known = book.ledger().transfer(&giver, FIRST).context("a transfer")?;
        anyhow::Ok(known.commitment(&giver).context("a promise")?.what.taker.clone())
    })?;
    let shipment = shipment_of(&node, FIRST)?;
    let back = vec![(0, quantity(&item, 10)?)];
    stage.act(&node, ledger(&node, Act::Return { transfer: FIRST, shipment, lines: back }))?;
    let lost = Act::SettleLoss {
        giver: giver.clone(),
        transfer: FIRST,
        shipment,
        line: 0,
        lost: quantity(&item, 5)?,
        reason: Reason::Lost,
    };
    stage.act(&node, ledger(&node, lost))?;
    stage.act(&node, promise_of(&node, &taker, SECOND, 20)?)?;
    let second = person();
    stage.act(&node, grant(&node, stage, second, Role::Coordinator, None)?)?;
    let large = TransferId([7; 16]);
    stage.act(&node, promise_of(&node, &taker, large, 6_000_000)?)?;
    let approve = ledger(&node, Act::Approve { transfer: large });
    stage.act_as(&node, &Actor::Person(second), approve)?;
    let joint = Act::Join { joint: EntryId([8; 16]), transfers: vec![THIRD, FOURTH] };
    stage.act(&node, ledger(&node, joint))?;
    stage.act(&node, load(&node, THIRD))?;
    stage.act(&node, load(&node, FOURTH))?;
    let stands = |transfer| {
        node.read(|book| book.ledger().transfer(&giver, transfer).map(|known| known.status(&giver)))
    };
    // What came back is set aside again.
    ensure!(stands(FIRST) == Some(Status::Agreed), "{:?}", stands(FIRST));
    ensure!(stands(large) == Some(Status::NeedsAnswer), "{:?}", stands(large));
    ensure!(stands(FOURTH) == Some(Status::UnderWay), "{:?}", stands(FOURTH));
    stage.pull_plug(node);
    Ok(())
}

/// A promise of so much of the first item.
fn promise_of(
    node: &Node,
    taker: &koinon_core::CommunityCode,
    transfer: TransferId,
    amount: i64,
) -> anyhow::Result<BookCommand> {
    let (item, _) = goods(node)?;
    let lines = vec![Wished {
        item: item.code.clone(),
        lot: None,
        quantity: quantity(&item, amount)?,
        requested: None,
    }];
    changed(commit(node, taker, transfer, None)?, |what| {
        if let Act::Commit { lines: to, .. } = what {
            *to = lines;
        }
    })
}

fn changed(command: BookCommand, change: impl FnOnce(&mut Act)) -> anyhow::Result<BookCommand> {
    let BookCommand::Ledger(mut command) = command else { anyhow::bail!("a command of the ledger") };
    change(&mut command.what);
    Ok(BookCommand::Ledger(command))
}

/// What goes every day from the other community to the one under test, or the other way.
fn regular(node: &Node, standing: StandingId, gives: bool, with: &Node) -> anyhow::Result<BookCommand> {
    let (item, _) = goods(node)?;
    let (own, other) = (community(node)?.place(), community(with)?.place());
    propose(
        node,
        standing,
        community(with)?,
        (if gives { (own, other) } else { (other, own) }, quantity(&item, 40)?),
    )
}

fn propose(
    node: &Node,
    standing: StandingId,
    with: koinon_core::CommunityCode,
    ((from, to), amount): ((koinon_core::PlaceCode, koinon_core::PlaceCode), Quantity),
) -> anyhow::Result<BookCommand> {
    let (item, _) = goods(node)?;
    let what = Act::ProposeStanding {
        standing,
        with,
        lines: vec![(from, to, item.code, amount)],
        first: day("2026-03-10")?,
        every_days: 1,
        until: day("2026-04-10")?,
    };
    Ok(ledger(node, what))
}

/// The other community proposed what it would give regularly, said yes to what the one under test proposed, and promised
/// what falls due by it.
pub(super) fn regular_before(root: &Path) -> anyhow::Result<Props> {
    let beside = memory_dir()?;
    let two = two(root, beside.path(), &both()?, 1)?;
    two.they(take_in(&two.other, 5_000)?)?;
    two.we(regular(&two.own, REGULAR, false, &two.other)?)?;
    two.to_them()?;
    let (proposer, giver) = (community(&two.own)?, community(&two.other)?);
    let answers = text_of(&two.other, &proposer, REGULAR)?;
    let yes = Act::AnswerStanding {
        proposer: proposer.clone(),
        standing: REGULAR,
        answers,
        yes: true,
        reason: None,
    };
    two.they(ledger(&two.other, yes))?;
    let due = Occurrence { proposer: proposer.clone(), standing: REGULAR, line: 0, day: day("2026-03-10")? };
    let promise = changed(commit(&two.other, &proposer, FIRST, None)?, |what| {
        if let Act::Commit { standing, leaves, .. } = what {
            *standing = Some(due.clone());
            *leaves = due.day;
        }
    })?;
    two.they(promise)?;
    two.they(regular(&two.other, OTHER_REGULAR, true, &two.own)?)?;
    ensure!(giver != proposer);
    two.ready()
}

fn text_of(
    node: &Node,
    proposer: &koinon_core::CommunityCode,
    standing: StandingId,
) -> anyhow::Result<koinon_core::Digest> {
    node.read(|book| {
        let known = book.ledger().standing_of(proposer, standing).context("a proposal")?;
        Ok(known.proposal().context("a text")?.digest())
    })
}

/// What falls due is said yes to by a policy; another proposal is answered; what was agreed is changed, and ended.
pub(super) fn regularly(stage: &Stage) -> anyhow::Result<()> {
    let node = opened(stage)?;
    let own = community(&node)?;
    let (other, status) = node.read(|book| {
        let mut all = book.ledger().transfers();
        let (giver, _, known) = all.find(|(_, id, _)| *id == FIRST).context("a promise")?;
        anyhow::Ok((giver.clone(), known.status(giver)))
    })?;
    ensure!(matches!(status, Status::NeedsAnswer | Status::Agreed), "{status:?}");
    node.answer_standing()?;
    stage.all_is_held()?;
    let status = node.read(|book| book.ledger().transfer(&other, FIRST).map(|known| known.status(&other)));
    ensure!(status == Some(Status::Agreed), "the policy says yes: {status:?}");
    let answers = text_of(&node, &other, OTHER_REGULAR)?;
    for yes in [true, false] {
        let reason = (!yes).then_some(Reason::NotNeeded);
        let (proposer, standing) = (other.clone(), OTHER_REGULAR);
        stage.act(&node, ledger(&node, Act::AnswerStanding { proposer, standing, answers, yes, reason }))?;
    }
    let (item, _) = goods(&node)?;
    let way = (other.place(), own.place());
    stage.act(&node, propose(&node, REGULAR, other, (way, quantity(&item, 60)?))?)?;
    stage.act(&node, ledger(&node, Act::EndStanding { standing: REGULAR, reason: Reason::NotNeeded }))?;
    stage.pull_plug(node);
    Ok(())
}
