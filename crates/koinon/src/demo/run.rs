//! The demo's course: days pass, people act, neighbours exchange until nothing is new, and the visitor steers.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use koinon_books::{BookCommand, Fact, encode};
use koinon_core::{Clock as _, CommunityCode, CorridorCode, Day, Digest, EntryId};
use koinon_ledger::fact::{RouteClosed, RouteReason};
use koinon_ledger::route::ends;
use koinon_ledger::{Act, Command};
use koinon_node::{OsEntropy, Submitted};
use koinon_sim::suggest::engine_once;
use koinon_sim::{CROP_DAYS, HandsOff, Part, Planned, Scenario, Today, World, day_digest};
use koinon_web::app::{Demo, DemoControl, DemoState, Persona, Story};
use koinon_web::door::Names;
use koinon_web::live::Topic;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::DemoArgs;
use super::founding::{self, Seat};
use super::madagascar;
use super::region::{self, Chosen};
use super::servers::{self, Door, Server};
use crate::listen::Gate;

/// The world stands still after so many days.
const DAYS_MAX: i64 = 120;
/// The world stands still when nobody has looked for so long.
const UNSEEN: Duration = Duration::from_mins(5);
/// Rounds of exchange in which news reaches everybody who can be reached, at the most.
const ROUNDS_MAX: usize = 12;
/// The entries among which a day's own are found: what all communities write in a day, and more.
const DAY_ENTRIES_MAX: usize = 8_000;
/// The hour at which the opening of the books is recorded.
const OPENING_MS: i64 = 6 * 3_600_000;
/// The hour at which a day's exchange is over and people look at their pages.
const EVENING_MS: i64 = 20 * 3_600_000;

/// Runs the demo until Ctrl-C or the end of the process.
pub(crate) async fn run(args: &DemoArgs) -> anyhow::Result<()> {
    let chosen = region::choose(&args.world)?;
    let count =
        u16::try_from(chosen.region.communities.len() + 1).context("too many communities for one demo")?;
    let listeners = servers::ports(args.listen, args.phone, count).await?;
    let (world, past) = if args.world == "madagascar" {
        let opening = madagascar::opening(&chosen.region)?;
        (World::with_opening(&chosen.region, opening, args.seed), Some(Arc::new(madagascar::past()?)))
    } else {
        (World::new(&chosen.region, args.seed), None)
    };
    let data = Data::choose(args)?;
    let zone = chosen.region.zone();
    let begin = chosen.start.start(&zone).plus_millis(OPENING_MS);
    let seats = founding::seats(&data.dir, &chosen, &world, args.listen, begin).await?;

    let shown = if args.phone { servers::local_address()? } else { args.listen.ip() };
    let (control, orders) = mpsc::channel(64);
    let first_state = DemoState {
        day: chosen.start,
        day_number: 1,
        running: !args.paused,
        seconds_per_day: args.seconds_per_day,
        unplugged: Vec::new(),
        failed: Vec::new(),
        digest: None,
    };
    let (state, watching) = watch::channel(first_state);
    let demo = Demo {
        personas: Arc::new(personas(&seats, &chosen, &world)),
        places: Arc::new(places(&seats, shown)),
        nodes: Arc::new(seats.iter().filter_map(|s| Some((s.community.clone()?, s.node.clone()))).collect()),
        story: world.story().map(|story| Story {
            giver: story.long.clone(),
            taker: story.short.clone(),
            item: story.item.clone(),
        }),
        past,
        state: watching,
        control,
    };
    let (stop, stopping) = watch::channel(false);
    let (open, opened) = watch::channel(false);
    let names = Names::new(args.names.iter().map(String::as_str));
    let door = Door { gate: Gate::default(), names };
    let servers: Vec<Server> = seats
        .iter()
        .zip(listeners)
        .map(|(seat, listener)| {
            servers::start(seat, listener, demo.clone(), opened.clone(), stopping.clone(), &door)
        })
        .collect::<anyhow::Result<_>>()?;
    let mut course = Course {
        chosen,
        world,
        seats,
        state,
        hubs: servers.iter().map(|server| server.hub.clone()).collect(),
        hands_off: HandsOff::default(),
        seen: Instant::now(),
    };
    course.begin().await?;
    let _ = open.send(true);
    announce(&course, shown, args.phone);
    tokio::select! {
        ended = course.go_on(orders) => ended?,
        signal = stop_signal() => signal?,
    }
    tracing::info!("closing");
    let _ = stop.send(true);
    servers::join(servers).await?;
    for seat in course.seats {
        seat.node.shutdown().await;
    }
    data.clean();
    Ok(())
}

async fn stop_signal() -> anyhow::Result<()> {
    let mut term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        ended = tokio::signal::ctrl_c() => ended.context("cannot listen for Ctrl-C"),
        _ = term.recv() => Ok(()),
    }
}

/// Where the demo's data are.
struct Data {
    dir: PathBuf,
    keep: bool,
}

impl Data {
    fn choose(args: &DemoArgs) -> anyhow::Result<Self> {
        let (dir, keep) = match &args.data {
            Some(dir) => (dir.clone(), true),
            None => (std::env::temp_dir().join(format!("koinon-demo-{}", founding::fresh().short())), false),
        };
        std::fs::create_dir_all(&dir).with_context(|| {
            format!("cannot make the data directory {}; choose another with --data", dir.display())
        })?;
        // A node's own directory: the demo would put its communities beside real entries.
        if keep && dir.join("koinon.db").exists() {
            return Err(anyhow!(
                "{} holds a node of its own; name an empty directory with --data",
                dir.display()
            ));
        }
        if keep {
            same_world(&dir, &format!("{}\n{}\n", args.world, args.seed))?;
        }
        Ok(Self { dir, keep })
    }

    fn clean(&self) {
        if !self.keep {
            // What cannot be removed is left to the system's own clean-up of temporary files.
            let _ = std::fs::remove_dir_all(&self.dir);
        }
    }
}

/// Sees that a kept demo goes on in the world and with the seed with which it was made, and notes both for a new one.
fn same_world(dir: &Path, wanted: &str) -> anyhow::Result<()> {
    const NOTE: &str = "world";
    let note = dir.join(NOTE);
    match std::fs::read_to_string(&note) {
        Ok(made) if made == wanted => Ok(()),
        Ok(made) => {
            let mut lines = made.lines();
            let (world, seed) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
            Err(anyhow!(
                "{} was made with seed {seed} of the world '{world}'; say --world {world} --seed {seed}, or choose another --data",
                dir.display()
            ))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            std::fs::write(&note, wanted).with_context(|| format!("{} cannot be written", note.display()))
        }
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", note.display())),
    }
}

#[expect(clippy::print_stdout, reason = "the address is the demo's answer")]
fn announce(course: &Course, shown: IpAddr, phone: bool) {
    let address = |seat: &Seat| format!("http://{}/", SocketAddr::new(shown, seat.address.port()));
    println!("koinon demo: {} communities", course.seats.len().saturating_sub(1));
    println!();
    if let Some(first) = course.seats.first().map(address) {
        println!("  open  {first}");
        println!();
        if phone && let Ok(code) = fast_qr::QRBuilder::new(first).build() {
            println!("{}", code.to_str());
            println!("  Everybody on this network can open it. It holds made-up data only.");
            println!();
        }
    }
    for seat in course.seats.iter().skip(1) {
        println!("  {:<12} {}", seat.name, address(seat));
    }
    println!();
    println!("Ctrl-C ends it.");
}

fn personas(seats: &[Seat], chosen: &Chosen, world: &World) -> Vec<Persona> {
    let mut personas = Vec::new();
    for seat in seats {
        let Some(community) = &seat.community else { continue };
        let known = chosen.region.community(community).is_some();
        for member in world.cast(community).into_iter().filter(|_| known) {
            let Some(person) = seat.cast.get(&member.part) else { continue };
            if member.part == Part::Meter {
                continue;
            }
            personas.push(Persona {
                code: format!("{community}-{}", part_code(member.part)),
                community: community.clone(),
                role: format!("role-{}", member.role.code()),
                name: member.name,
                person: *person,
            });
        }
    }
    personas
}

fn part_code(part: Part) -> &'static str {
    match part {
        Part::StewardA => "steward-1",
        Part::StewardB => "steward-2",
        Part::Facilitator => "facilitator",
        Part::Coordinator => "coordinator",
        Part::Meter => "meter",
    }
}

fn places(seats: &[Seat], shown: IpAddr) -> Vec<(CommunityCode, String, String)> {
    let own = seats.iter().filter_map(|seat| Some((seat.community.clone()?, seat)));
    let address = |seat: &Seat| format!("http://{}/", SocketAddr::new(shown, seat.address.port()));
    own.map(|(code, seat)| (code, seat.name.clone(), address(seat))).collect()
}

/// The demo while it runs.
struct Course {
    chosen: Chosen,
    world: World,
    seats: Vec<Seat>,
    state: watch::Sender<DemoState>,
    hubs: Vec<koinon_web::live::Hub>,
    hands_off: HandsOff,
    seen: Instant,
}

impl Course {
    /// Plays the first day, or finds the day on which a kept demo stopped.
    async fn begin(&mut self) -> anyhow::Result<()> {
        if let Some(story) = self.world.story() {
            // The visitor decides this one; nobody else sends it.
            self.hands_off.ways.insert((story.long.place(), story.item.clone()));
            self.hands_off.ways.insert((story.short.place(), story.item.clone()));
        }
        let zone = self.chosen.region.zone();
        let last = self.seats.iter().map(|seat| seat.clock.now()).max().unwrap_or_default();
        let resumed = last.day(&zone);
        let empty =
            self.seats.iter().all(|seat| seat.node.read(|book| book.ledger().lots().next().is_none()));
        if empty {
            self.play(self.chosen.start).await?;
        } else {
            self.exchange().await;
        }
        self.show(if empty { self.chosen.start } else { resumed });
        Ok(())
    }

    /// Lets days pass and follows the visitor's orders until the channel closes.
    async fn go_on(&mut self, mut orders: mpsc::Receiver<DemoControl>) -> anyhow::Result<()> {
        let mut next = self.next_day();
        loop {
            tokio::select! {
                order = orders.recv() => match order {
                    None => return Ok(()),
                    Some(order) => {
                        let stepped = self.follow(order).await?;
                        if stepped {
                            next = self.next_day();
                        }
                    }
                },
                () = sleep_until(next), if self.is_running() => {
                    self.pass_a_day().await?;
                    next = self.next_day();
                }
            }
        }
    }

    fn next_day(&self) -> Instant {
        Instant::now() + Duration::from_secs(u64::from(self.state.borrow().seconds_per_day))
    }

    fn is_running(&self) -> bool {
        let state = self.state.borrow();
        state.running && state.day_number < DAYS_MAX && self.seen.elapsed() < UNSEEN
    }

    /// Follows one order; says whether the wait for the next day begins anew.
    async fn follow(&mut self, order: DemoControl) -> anyhow::Result<bool> {
        let today = self.state.borrow().day;
        let happens = match order {
            DemoControl::Seen => {
                let slept = self.seen.elapsed() >= UNSEEN;
                self.seen = Instant::now();
                return Ok(slept);
            }
            DemoControl::Run(run) => {
                self.state.send_modify(|state| state.running = run);
                None
            }
            DemoControl::Speed(seconds) => {
                self.state.send_modify(|state| state.seconds_per_day = seconds.clamp(1, 3_600));
                None
            }
            DemoControl::Step => {
                self.pass_a_day().await?;
                None
            }
            DemoControl::Exchange(done) => {
                self.exchange().await;
                // Whoever asked may have left.
                let _ = done.send(());
                None
            }
            DemoControl::Leave(transfer) => {
                self.hands_off.transfers.insert(transfer);
                return Ok(false);
            }
            DemoControl::FailCrop(community) => {
                Some(Scenario::FailCrop { community, item: None, percent: 60 })
            }
            DemoControl::Flood(corridor) => {
                self.close_route(corridor).await;
                None
            }
            DemoControl::Open(corridor) => {
                self.open_route(&corridor).await;
                None
            }
            DemoControl::Unplug(community) => Some(Scenario::PullPlug { community }),
            DemoControl::PlugIn(community) => Some(Scenario::PlugIn { community }),
        };
        if let Some(scenario) = happens {
            self.world.happen(today, scenario);
            self.plug(today);
            self.exchange().await;
        }
        let day = self.state.borrow().day;
        self.show(day);
        Ok(true)
    }

    /// The community at the first end of a route says that it is under water, as its coordinator would, and the
    /// neighbours hear of it.
    async fn close_route(&self, corridor: CorridorCode) {
        let ends = self.ends_of(&corridor);
        let Some(seat) = ends.first() else { return };
        let from = self.state.borrow().day;
        let flood = RouteClosed { reason: RouteReason::Flood, from, until: None };
        self.state_route(seat, corridor, Some(flood)).await;
        self.exchange().await;
    }

    /// Every end that calls a route closed says that it is open again.
    async fn open_route(&self, corridor: &CorridorCode) {
        let today = self.state.borrow().day;
        for seat in self.ends_of(corridor) {
            let says_closed = seat.node.read(|book| {
                let known = book.region().corridor(corridor);
                let said = known.map(|known| book.ledger().routes().closed_from(book.region(), known, today));
                said.is_some_and(|said| said.iter().any(|word| Some(word.by) == seat.community.as_ref()))
            });
            if says_closed {
                self.state_route(seat, corridor.clone(), None).await;
            }
        }
        self.exchange().await;
    }

    /// The seats of the communities that may speak for a route.
    fn ends_of(&self, corridor: &CorridorCode) -> Vec<&Seat> {
        let region = &self.chosen.region;
        let ends = region.corridor(corridor).map(|known| ends(region, known)).unwrap_or_default();
        let seat =
            |code: &CommunityCode| self.seats.iter().find(|seat| seat.community.as_ref() == Some(code));
        ends.iter().filter_map(seat).collect()
    }

    async fn state_route(&self, seat: &Seat, corridor: CorridorCode, closed: Option<RouteClosed>) {
        let Some(who) = seat.actor(Part::Coordinator) else { return };
        let now = seat.clock.now();
        let act = EntryId::make(now, &mut OsEntropy);
        let what = Act::StateRoute { corridor, closed };
        let command = Command { act, occurred: now, confirmed: true, what };
        if let Err(error) = seat.node.submit(who, BookCommand::Ledger(command)).await {
            tracing::warn!(%error, community = seat.name, "the route could not be stated");
        }
    }

    async fn pass_a_day(&mut self) -> anyhow::Result<()> {
        let (day, number) = {
            let state = self.state.borrow();
            (state.day.plus(1), state.day_number + 1)
        };
        if number > DAYS_MAX {
            return Ok(());
        }
        self.plug(day);
        self.play(day).await?;
        self.show(day);
        Ok(())
    }

    /// One simulated day: everybody plays on what their own node knows, then all exchange until nothing is new.
    async fn play(&mut self, day: Day) -> anyhow::Result<()> {
        let plans = tokio::task::block_in_place(|| self.plans(day));
        let mut tasks = Vec::new();
        for (seat, planned) in plans {
            tasks.push(tokio::spawn(async move { act(&seat, planned).await }));
        }
        for task in tasks {
            task.await.context("a community's day broke off")??;
        }
        let zone = self.chosen.region.zone();
        let evening = day.start(&zone).plus_millis(EVENING_MS);
        for seat in &self.seats {
            seat.clock.set(seat.clock.now().max(evening));
        }
        self.exchange().await;
        let digest = tokio::task::block_in_place(|| self.digest(day))?;
        self.state.send_modify(|state| state.digest = Some(digest));
        Ok(())
    }

    /// The digest of what each community wrote on a day, founding and visitors' acts included; without names, each of which is
    /// sealed under a key drawn for it.
    fn digest(&self, day: Day) -> anyhow::Result<Digest> {
        let zone = self.chosen.region.zone();
        let mut bodies = Vec::new();
        for seat in &self.seats {
            let Some(community) = &seat.community else { continue };
            let own = seat.node.id();
            let entries = seat.node.recent(DAY_ENTRIES_MAX)?;
            let today = entries
                .iter()
                .filter(|entry| entry.origin.node == own && entry.stamp.recorded.day(&zone) == day)
                .filter(|entry| !matches!(entry.fact, Fact::NameSealed(_) | Fact::NoteSealed(_)));
            bodies.extend(today.map(|entry| (community, encode(&entry.stamp, &entry.fact))));
        }
        Ok(day_digest(
            bodies.iter().map(|(community, body)| (*community, body.kind.number, body.body.as_slice())),
        ))
    }

    /// What everybody means to do today, each on what their own node knows.
    fn plans(&self, day: Day) -> Vec<(Seat, Vec<Planned>)> {
        let suggest = engine_once();
        let seats = self.seats.iter().filter_map(|seat| Some((seat.clone(), seat.community.clone()?)));
        seats
            .map(|(seat, community)| {
                let planned = seat.node.read(|book| {
                    let suggestions = suggest(book, day);
                    let today = Today {
                        day,
                        community: &community,
                        book,
                        suggestions: &suggestions,
                        hands_off: &self.hands_off,
                    };
                    self.world.play_day(&today, &mut OsEntropy)
                });
                (seat, planned)
            })
            .collect()
    }

    /// Exchanges among all nodes that have a line until a whole round brings nothing new.
    async fn exchange(&self) {
        for _ in 0..ROUNDS_MAX {
            let mut tasks = Vec::new();
            for seat in self.seats.iter().filter(|seat| seat.line.load(Ordering::SeqCst)).cloned() {
                tasks.push(tokio::spawn(async move { seat.node.pull_all().await.facts }));
            }
            let mut news = 0;
            for task in tasks {
                news += task.await.unwrap_or(0);
            }
            if news == 0 {
                break;
            }
        }
    }

    /// Pulls and puts back plugs as the world has it.
    fn plug(&self, day: Day) {
        for seat in &self.seats {
            if let Some(community) = &seat.community {
                seat.line.store(!self.world.is_cut(community, day), Ordering::SeqCst);
            }
        }
    }

    /// Tells every open page.
    fn show(&self, day: Day) {
        let unplugged: Vec<CommunityCode> = self
            .seats
            .iter()
            .filter(|seat| !seat.line.load(Ordering::SeqCst))
            .filter_map(|seat| seat.community.clone())
            .collect();
        let failed: BTreeSet<CommunityCode> = self
            .world
            .happened()
            .iter()
            .filter(|(on, _)| day.since(*on) < CROP_DAYS)
            .filter_map(|(_, scenario)| match scenario {
                Scenario::FailCrop { community, .. } => Some(community.clone()),
                _ => None,
            })
            .collect();
        let first = self.chosen.start;
        self.state.send_modify(|state| {
            state.day = day;
            state.day_number = i64::from(day.since(first)) + 1;
            state.unplugged = unplugged;
            state.failed = failed.into_iter().collect();
        });
        for hub in &self.hubs {
            Topic::ALL.into_iter().for_each(|topic| hub.changed(topic));
        }
    }
}

/// Sends a day's commands in their order, each decided at its own time; those of one instant share a commit.
async fn act(seat: &Seat, planned: Vec<Planned>) -> anyhow::Result<()> {
    let mut rest = planned.into_iter().peekable();
    while let Some(first) = rest.next() {
        let at = first.at;
        let mut together = vec![first];
        while let Some(next) = rest.next_if(|next| next.at == at) {
            together.push(next);
        }
        seat.clock.set(seat.clock.now().max(at));
        let commands: Vec<_> = together
            .into_iter()
            .filter_map(|planned| Some((seat.actor(planned.who)?, planned.command)))
            .collect();
        for answer in seat.node.submit_all(commands).await {
            match answer {
                Ok(Submitted::Done { .. }) => {}
                Ok(Submitted::Ask(questions)) => {
                    tracing::debug!(?questions, community = seat.name, "not confirmed");
                }
                Ok(Submitted::AskOfTeams(questions)) => {
                    tracing::debug!(?questions, community = seat.name, "not confirmed");
                }
                // What the book refuses, people leave: the plan was made in the morning, and the day went otherwise.
                Err(koinon_node::SubmitError::Refused(refused)) => {
                    tracing::debug!(%refused, community = seat.name, "refused");
                }
                Err(error) => return Err(error).with_context(|| format!("{} cannot write", seat.name)),
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_demo_says_with_which_seed_it_was_made() {
        let dir = tempfile::tempdir().unwrap();
        same_world(dir.path(), "ring\n1\n").unwrap();
        same_world(dir.path(), "ring\n1\n").unwrap();
        for other in ["ring\n5\n", "madagascar\n1\n"] {
            let told = same_world(dir.path(), other).unwrap_err().to_string();
            assert!(
                told.contains("made with seed 1 of the world 'ring'") && told.contains("--seed 1"),
                "{told}"
            );
        }
    }
}
