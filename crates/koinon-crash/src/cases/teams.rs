//! People who go where they are asked for.

use std::path::Path;

use anyhow::Context as _;
use koinon_aid::fact::{Component, MissionAsked, SkillCount, TeamStated, Word};
use koinon_aid::{Act, Command, Reason};
use koinon_books::BookCommand;
use koinon_core::{CommunityCode, EntryId, MissionCode, SkillCode, TeamName, Urgency};
use koinon_node::Node;

use super::agreed::{Two, both, community, two};
use super::between::opened;
use crate::acts::act_id;
use crate::stage::{Props, Stage, memory_dir, start};

const HOUR_MS: i64 = 3_600_000;

/// The mission of the other community, for which the one under test has teams; and the one that it asks for itself.
const THEIRS: &str = "flood";
const OURS: &str = "storm";

fn aid(node: &Node, what: Act) -> BookCommand {
    BookCommand::Aid(Command { act: act_id(), occurred: node.clock().now(), confirmed: true, what })
}

fn nurse() -> anyhow::Result<SkillCode> {
    Ok(SkillCode::new("nurse")?)
}

fn team(node: &Node, name: &str) -> anyhow::Result<BookCommand> {
    let stated = TeamStated {
        team: TeamName::new(name)?,
        home: community(node)?.place(),
        components: vec![Component { skills: vec![nurse()?], people: 2 }],
        word: Word { willing: true, first: None, last: None, way_minutes_max: None },
        notice_minutes: 0,
        self_sufficient_hours: 0,
        closed: false,
    };
    Ok(aid(node, Act::StateTeam(stated)))
}

fn mission(node: &Node, code: &str) -> anyhow::Result<BookCommand> {
    let asked = MissionAsked {
        mission: MissionCode::new(code)?,
        place: community(node)?.place(),
        urgency: Urgency::MustHave,
        start: start().plus_millis(24 * HOUR_MS),
        end: start().plus_millis(28 * HOUR_MS),
        days: 1,
        asks: vec![SkillCount { skill: nurse()?, people: 4 }],
        self_sufficient_hours: 0,
    };
    Ok(aid(node, Act::AskMission(asked)))
}

fn promise(node: &Node, name: &str, asker: CommunityCode, code: &str) -> anyhow::Result<BookCommand> {
    let (team, mission) = (TeamName::new(name)?, MissionCode::new(code)?);
    Ok(aid(node, Act::Promise { team, asker, mission, suggestion: None }))
}

fn no_crew(node: &Node) -> anyhow::Result<BookCommand> {
    Ok(aid(node, Act::KeepCrew { place: community(node)?.place(), skill: nurse()?, keep: Some(0) }))
}

/// The other community asks for people, and has said yes to a team of the one under test; to a mission of that one it has
/// promised two teams.
pub(super) fn asked(root: &Path) -> anyhow::Result<Props> {
    let beside = memory_dir()?;
    let two: Two = two(root, beside.path(), &both()?, 0)?;
    two.they(mission(&two.other, THEIRS)?)?;
    two.to_us()?;
    for name in ["a", "b"] {
        two.we(team(&two.own, name)?)?;
        two.they(team(&two.other, name)?)?;
    }
    two.we(no_crew(&two.own)?)?;
    two.they(no_crew(&two.other)?)?;
    let (own, other) = (community(&two.own)?, community(&two.other)?);
    let promised = promise(&two.own, "a", other, THEIRS)?;
    let id = promised.act();
    two.we(promised)?;
    two.we(mission(&two.own, OURS)?)?;
    two.to_them()?;
    two.they(aid(&two.other, Act::Take { home: own.clone(), promise: id }))?;
    for name in ["a", "b"] {
        two.they(promise(&two.other, name, own.clone(), OURS)?)?;
    }
    two.ready()
}

/// A team leaves and comes back; another is promised and taken back; teams of others are taken, and not; words are changed.
pub(super) fn go(stage: &Stage) -> anyhow::Result<()> {
    let node = opened(stage)?;
    let own = community(&node)?;
    let (other, given, taken): (CommunityCode, EntryId, Vec<EntryId>) = node.read(|book| {
        let all: Vec<_> = book.aid().promises(node.clock().now()).collect();
        let ours = all.iter().find(|(home, ..)| **home == own).context("a promise")?;
        let theirs = all.iter().filter(|(home, ..)| **home != own);
        let other = theirs.clone().next().map(|(home, ..)| (*home).clone()).context("a promise of theirs")?;
        anyhow::Ok((other, ours.1, theirs.map(|(_, id, ..)| *id).collect()))
    })?;
    let [first, second] = taken.as_slice() else { anyhow::bail!("{} promises", taken.len()) };
    stage.act(&node, aid(&node, Act::Take { home: other.clone(), promise: *first }))?;
    let decline = Act::Decline { home: other.clone(), promise: *second, reason: Reason::Enough };
    stage.act(&node, aid(&node, decline))?;
    stage.act(&node, team(&node, "c")?)?;
    let promised = promise(&node, "b", other, THEIRS)?;
    let id = promised.act();
    stage.act(&node, promised)?;
    stage.act(&node, aid(&node, Act::Withdraw { promise: id, reason: Reason::NeededHere }))?;
    stage.act(&node, aid(&node, Act::Leave { promise: given }))?;
    stage.clock.advance(HOUR_MS);
    stage.act(&node, aid(&node, Act::ComeBack { promise: given }))?;
    let keep = Act::KeepCrew { place: own.place(), skill: nurse()?, keep: Some(3) };
    stage.act(&node, aid(&node, keep))?;
    stage.act(&node, mission(&node, "fire")?)?;
    let close = Act::CloseMission { mission: MissionCode::new("fire")?, reason: Reason::NotNeeded };
    stage.act(&node, aid(&node, close))?;
    stage.pull_plug(node);
    Ok(())
}
