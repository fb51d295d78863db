//! Care and work that one community does for another.

use std::path::Path;

use anyhow::Context as _;
use koinon_aid::service::{Act, Kind, ServiceAsked, ServiceOffered};
use koinon_aid::{Command, Reason};
use koinon_books::BookCommand;
use koinon_core::{CommunityCode, EntryId, ServiceCode, TeamName, Urgency};
use koinon_node::Node;

use super::agreed::{Two, both, community, two};
use super::between::opened;
use crate::acts::{act_id, day};
use crate::stage::{Props, Stage, memory_dir};

const THEIR_ASK: EntryId = EntryId([1; 16]);
const OUR_ASK: EntryId = EntryId([2; 16]);

fn command(node: &Node, what: Act) -> BookCommand {
    let what = koinon_aid::Act::Service(what);
    BookCommand::Aid(Command { act: act_id(), occurred: node.clock().now(), confirmed: true, what })
}

fn offer(node: &Node, per_day: u32) -> anyhow::Result<BookCommand> {
    let offered = ServiceOffered {
        provider: TeamName::new("hospital")?,
        place: community(node)?.place(),
        kind: Kind::Care,
        services: vec![ServiceCode::new("surgery")?],
        per_day,
        closed: false,
    };
    Ok(command(node, Act::Offer(offered)))
}

fn ask(node: &Node, ask: EntryId) -> anyhow::Result<BookCommand> {
    let asked = ServiceAsked {
        ask,
        place: community(node)?.place(),
        kind: Kind::Care,
        service: ServiceCode::new("surgery")?,
        count: 4,
        each: 1,
        urgency: Urgency::MustHave,
        by: day("2026-03-20")?,
    };
    Ok(command(node, Act::Ask(asked)))
}

fn promise(node: &Node, asker: CommunityCode, ask: EntryId) -> anyhow::Result<BookCommand> {
    let provider = TeamName::new("hospital")?;
    Ok(command(node, Act::Promise { provider, asker, ask, count: 2, days: Vec::new(), suggestion: None }))
}

/// The other community asks for surgery, and promised some to the one under test, twice.
pub(super) fn asked(root: &Path) -> anyhow::Result<Props> {
    let beside = memory_dir()?;
    let two: Two = two(root, beside.path(), &both()?, 0)?;
    two.they(offer(&two.other, 2)?)?;
    two.they(ask(&two.other, THEIR_ASK)?)?;
    two.we(ask(&two.own, OUR_ASK)?)?;
    two.to_them()?;
    for _ in 0..2 {
        two.they(promise(&two.other, community(&two.own)?, OUR_ASK)?)?;
    }
    two.ready()
}

/// What is done for others is said and changed, promises are made, taken back, taken, declined and done, a request is closed.
pub(super) fn serve(stage: &Stage) -> anyhow::Result<()> {
    let node = opened(stage)?;
    let theirs: Vec<(CommunityCode, EntryId)> = node.read(|book| {
        let today = node.clock().now().day(&book.zone());
        let all = book.aid().services().bookings(today);
        all.map(|(home, id, ..)| (home.clone(), id)).collect()
    });
    let [(home, first), (_, second)] = theirs.as_slice() else { anyhow::bail!("{} promises", theirs.len()) };
    stage.act(&node, offer(&node, 5)?)?;
    stage.act(&node, command(&node, Act::Take { home: home.clone(), promise: *first }))?;
    let decline = Act::Decline { home: home.clone(), promise: *second, reason: Reason::Enough };
    stage.act(&node, command(&node, decline))?;
    let given = promise(&node, home.clone(), THEIR_ASK)?;
    let (back, done) = (given.act(), promise(&node, home.clone(), THEIR_ASK)?);
    stage.act(&node, given)?;
    stage.act(&node, command(&node, Act::Withdraw { promise: back, reason: Reason::NotAble }))?;
    let id = done.act();
    stage.act(&node, done)?;
    stage.act(&node, command(&node, Act::Done { promise: id, count: 2 }))?;
    let own = community(&node)?;
    node.read(|book| book.aid().services().ask(&own, OUR_ASK).map(|_| ())).context("our request")?;
    stage.act(&node, ask(&node, EntryId([3; 16]))?)?;
    stage.act(&node, command(&node, Act::CloseAsk { ask: OUR_ASK, reason: Reason::Done }))?;
    stage.pull_plug(node);
    Ok(())
}
