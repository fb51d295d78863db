//! How the community's computer does: its work, its neighbours, its room, its clock, the age of its copies, and the ways
//! to people and devices.
//!
//! Everybody may know whether it is well; names, addresses and causes are for those who keep the computer. Nothing can be
//! changed here: what takes more than a look is done at the console.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use koinon_authority::{Action, Resource};
use koinon_core::Timestamp;
use koinon_log::Stream;
use koinon_node::tls::{WARN_CA_DAYS, WARN_DAYS};
use koinon_node::{JobState, Node, OwnLog, PeerState, Phase, Storage};
use maud::{Markup, html};

use super::{count_of, dash};
use crate::app::App;
use crate::components::{Column, Table, Tile, Tone, age, card, chip, facts, link_button, notice, tiles};
use crate::layout::Page;
use crate::t;
use crate::ui::Ui;
use crate::visit::Visit;

/// Bytes of a MiB.
const MIB: u64 = 1 << 20;
/// Below so many free MiB the operator is asked to make room.
const DISK_LOW_MIB: u64 = 1_024;
/// A neighbour's clock may differ by so much.
const CLOCK_MS: u64 = 60_000;
/// A backup older than this many days is called old.
const BACKUP_DAYS: i64 = 7;

/// What is known of the computer.
#[derive(Debug, Clone)]
pub struct OperatorView {
    /// The node's id.
    pub node: String,
    /// The community's name; `None` on a safety copy.
    pub community: Option<String>,
    /// Civil time.
    pub now: Timestamp,
    /// Why nothing is written any more.
    pub stopped: Option<String>,
    /// How many neighbours are still to be asked before stock may be promised.
    pub waiting_for: Option<usize>,
    /// Entries that this computer could not place or that contradict others.
    pub doubts: usize,
    /// Why no suggestions could be made.
    pub plan_trouble: Option<String>,
    /// When the newest suggestions were made.
    pub planned: Option<Timestamp>,
    /// Days until the certificate and its authority end; `None` without one.
    pub certificate: Option<(i64, i64)>,
    /// Room and copies.
    pub storage: Storage,
    /// What it does by itself.
    pub jobs: Vec<JobState>,
    /// Its neighbours, each with the name that people read.
    pub peers: Vec<(String, PeerState)>,
    /// Its own logs, and who else holds them.
    pub own_logs: Vec<OwnLog>,
    /// Whose logs were continued in two ways, by the name that people read; whether that node has a new key since.
    pub forked: Vec<(String, bool)>,
    /// Who was given a new key by stewards, and from when on it is taken as good here.
    pub waiting_keys: Vec<(String, Timestamp)>,
    /// What is to be said of a first view that was wrong.
    pub first_view: Option<String>,
    /// Whether the reader may read causes and addresses.
    pub may_look: bool,
    /// Whether the reader may go to people and devices.
    pub may_people: bool,
}

impl OperatorView {
    /// Reads a node for a visitor.
    fn of(app: &App, visit: &Visit) -> Self {
        let node: &Node = &app.node;
        let peers = node.peers();
        // A store that cannot be read stops the node's writing, and that is told above all else.
        let own_logs = node.own_logs().unwrap_or_default();
        let forks = node.forked_logs().unwrap_or_default();
        let keys = node.waiting_keys().unwrap_or_default();
        let (community, doubts, may_look, may_people, (peers, forked, waiting_keys)) = node.read(|book| {
            let region = book.region();
            let named = |code: &koinon_core::CommunityCode| {
                region.community(code).map_or(code.as_str(), |known| known.name.as_str()).to_owned()
            };
            let may = |action| {
                book.own().is_some_and(|own| visit.may(book, action, &Resource::community(own.clone())))
            };
            // A safety copy has no people of its own; in a demo its visitors are all invented.
            let is_demo_copy = book.own().is_none() && app.demo.is_some() && visit.visitor.actor.is_some();
            let short = |node: koinon_core::NodeId| node.to_string().chars().take(8).collect::<String>();
            let of_node = |node| book.community_of(node).map_or_else(|| short(node), &named);
            let peers = peers.into_iter().map(|peer| {
                let name = peer.config.community.as_ref().map(named);
                let copy = || t!(visit.ui, "operator-a-safety-copy", mark = short(peer.config.node));
                (name.unwrap_or_else(copy), peer)
            });
            let forked = forks.iter().map(|fork| (of_node(fork.node), fork.replaced)).collect();
            let waiting = keys.iter().map(|key| (of_node(key.node), key.good_from)).collect();
            (
                book.own().map(named),
                book.doubts().len(),
                is_demo_copy || may(Action::ManageNode),
                may(Action::ReadPeople),
                (peers.collect(), forked, waiting),
            )
        });
        Self {
            node: node.id().to_string(),
            community,
            now: visit.ui.now,
            stopped: node.poisoned(),
            waiting_for: node.heads_may_be_old(),
            doubts,
            plan_trouble: app.plans.trouble(),
            planned: app.plans.newest().map(|planned| planned.made),
            certificate: node.certificates().map(|both| {
                let now = node.certificate_time();
                (both.certificate.days_left(now), both.authority.days_left(now))
            }),
            storage: node.storage(),
            jobs: node.jobs(),
            peers,
            own_logs,
            forked,
            waiting_keys,
            first_view: crate::first_view::alarm(app, &visit.ui),
            may_look,
            may_people,
        }
    }

    /// The entries that nobody else is known to hold.
    fn held_here_only(&self) -> u64 {
        self.own_logs.iter().map(OwnLog::held_here_only).sum()
    }

    fn free_mib(&self) -> Option<u64> {
        self.storage.disk.map(|(free, _)| free / MIB)
    }
}

/// What the operator should look at, each with what to do; empty when all is well.
fn troubles(ui: &Ui, view: &OperatorView) -> Vec<String> {
    let mut found = Vec::new();
    if view.stopped.is_some() {
        found.push(t!(ui, "operator-stopped"));
    }
    found.extend(view.first_view.clone());
    let forked = view.forked.iter().filter(|(_, replaced)| !replaced);
    found.extend(forked.map(|(name, _)| t!(ui, "operator-forked", name = name.as_str())));
    found.extend(view.waiting_keys.iter().map(|(name, from)| {
        let day = ui.date(from.day(&ui.zone));
        t!(ui, "operator-new-key", name = name.as_str(), date = day, time = ui.time(*from))
    }));
    if let Some(mib) = view.free_mib().filter(|mib| *mib < DISK_LOW_MIB) {
        found.push(t!(ui, "operator-disk-low", n = mib));
    }
    if let Some(waiting) = view.waiting_for {
        found.push(t!(ui, "operator-waiting", n = count_of(waiting)));
    }
    if let Some((own, authority)) = view.certificate {
        if authority < WARN_CA_DAYS {
            found.push(t!(ui, "operator-authority-ends", n = authority.max(0)));
        }
        if own < WARN_DAYS && own < authority {
            found.push(t!(ui, "operator-certificate-ends", n = own.max(0)));
        }
    }
    let ahead = view.peers.iter().filter(|(_, peer)| peer.clock_ahead_ms.unsigned_abs() > CLOCK_MS);
    found.extend(ahead.map(|(name, peer)| {
        t!(ui, "operator-clock-differs", name = name.as_str(), n = peer.clock_ahead_ms / 1_000)
    }));
    let failing = view.jobs.iter().filter(|job| job.phase == Phase::Failing);
    found.extend(failing.map(|job| t!(ui, "operator-job-fails", job = job_words(ui, &job.name))));
    if view.plan_trouble.is_some() {
        found.push(t!(ui, "operator-no-plan"));
    }
    if view.doubts > 0 {
        found.push(t!(ui, "operator-doubts", n = count_of(view.doubts)));
    }
    if view.community.is_some() {
        match view.storage.backup {
            None => found.push(t!(ui, "operator-no-backup")),
            Some(at) if at.plus_days(BACKUP_DAYS) < view.now => found.push(t!(ui, "operator-old-backup")),
            Some(_) => {}
        }
    }
    found
}

/// The page.
pub fn page<'a>(ui: &'a Ui, view: &OperatorView) -> Page<'a> {
    let troubles = troubles(ui, view);
    let headline = if view.stopped.is_some() {
        t!(ui, "operator-bad")
    } else if troubles.is_empty() {
        t!(ui, "operator-well")
    } else {
        t!(ui, "operator-look", n = count_of(troubles.len()))
    };
    let body = html! {
        div.stack {
            (tiles(figures(ui, view)))
            @if view.may_look {
                @if !troubles.is_empty() {
                    (notice(ui, Tone::Watch, &html! { ul { @for trouble in &troubles { li { (trouble) } } } }))
                }
                (ways(ui, view))
                (card(&t!(ui, "operator-jobs"), &jobs(ui, view)))
                (card(&t!(ui, "operator-neighbours"), &neighbours(ui, view)))
                (card(&t!(ui, "operator-kept-by"), &kept_by(ui, view)))
                (card(&t!(ui, "operator-computer"), &computer(ui, view)))
            } @else {
                (notice(ui, Tone::Info, &html! {
                    (t!(ui, "operator-for-keepers"))
                    @if ui.chrome.person.is_none() && view.community.is_some() {
                        " " a href="/sign-in?back=/operator" { (t!(ui, "sign-in")) }
                    }
                }))
                (ways(ui, view))
            }
            (card(&t!(ui, "operator-console"), &html! {
                p { (t!(ui, "operator-console-lead")) }
                ul.plain {
                    @for command in ["koinon doctor", "koinon check", "koinon backup", "koinon peer", "koinon certificate"] {
                        li { code dir="ltr" { (command) } }
                    }
                }
            }))
        }
    };
    Page::new(ui, t!(ui, "nav-operator")).headline(headline).lead(t!(ui, "operator-lead")).body(body)
}

pub(super) fn bytes(ui: &Ui, bytes: u64) -> String {
    let mib = i64::try_from(bytes / MIB).unwrap_or(i64::MAX);
    match mib {
        0 => t!(ui, "operator-kib", n = i64::try_from(bytes.div_ceil(1_024)).unwrap_or(i64::MAX)),
        1..10_240 => t!(ui, "operator-mib", n = mib),
        _ => t!(ui, "operator-gib", n = mib / 1_024),
    }
}

fn figures(ui: &Ui, view: &OperatorView) -> Vec<Tile> {
    let ago =
        |at: Option<Timestamp>| at.map_or_else(|| html! { (t!(ui, "operator-none-yet")) }, |at| age(ui, at));
    let heard = view.peers.iter().filter(|(_, peer)| peer.last_error.is_none() && peer.last_heard.is_some());
    let disk = match view.storage.disk {
        Some((free, whole)) => Tile::new(t!(ui, "operator-disk"), bytes(ui, free))
            .note(html! { (t!(ui, "operator-of", whole = bytes(ui, whole))) }),
        None => Tile::new(t!(ui, "operator-disk"), t!(ui, "nothing-known")),
    };
    vec![
        Tile::new(t!(ui, "operator-store"), bytes(ui, view.storage.store_bytes))
            .note(html! { (t!(ui, "operator-snapshot")) " " (ago(view.storage.snapshot)) }),
        disk,
        Tile::new(
            t!(ui, "operator-neighbours"),
            t!(ui, "part-of", part = count_of(heard.count()), all = count_of(view.peers.len())),
        )
        .note(html! { (t!(ui, "operator-answer")) })
        .link("/touch"),
        Tile::new(t!(ui, "operator-backup"), String::new()).note(ago(view.storage.backup)),
    ]
}

/// The ways to people and devices.
fn ways(ui: &Ui, view: &OperatorView) -> Markup {
    html! {
        @if view.may_people {
            div.actions {
                (link_button("/operator/people", &t!(ui, "people-title"), true))
                (link_button("/operator/people#devices", &t!(ui, "device-title"), false))
                (link_button("/checks", &t!(ui, "nav-checks"), false))
                (link_button("/carry", &t!(ui, "carry-title"), false))
            }
        }
    }
}

fn phase(ui: &Ui, phase: Phase) -> Markup {
    match phase {
        Phase::Waiting => html! { span.status.status-enough { (t!(ui, "operator-waits")) } },
        Phase::Working => chip(&t!(ui, "operator-works")),
        Phase::Failing => html! { span.status.status-short { (t!(ui, "operator-fails")) } },
    }
}

/// What the system or another computer said, in its own words.
fn cause(error: Option<&String>) -> Markup {
    html! { @if let Some(error) = error { div.small lang="en" dir="ltr" { (error) } } }
}

/// What a job does, in words; its name where this page knows none.
fn job_words(ui: &Ui, name: &str) -> String {
    match name {
        "plan" => t!(ui, "job-plan"),
        "certificate" => t!(ui, "job-certificate"),
        "database" => t!(ui, "job-database"),
        "disk" => t!(ui, "job-disk"),
        "erasure" => t!(ui, "job-erasure"),
        "exchange" => t!(ui, "job-exchange-all"),
        "first view" => t!(ui, "job-first-view"),
        "fold" => t!(ui, "job-fold"),
        "scrub" => t!(ui, "job-scrub"),
        "sharing" => t!(ui, "job-sharing"),
        "snapshot" => t!(ui, "job-snapshot"),
        "writing" => t!(ui, "job-writing"),
        _ => match (name.strip_prefix("exchange "), name.strip_prefix("keep for ")) {
            (Some(whom), _) => t!(ui, "job-exchange", whom = whom),
            (None, Some(whom)) => t!(ui, "job-keep", whom = whom),
            (None, None) => name.to_owned(),
        },
    }
}

/// A part of the record, in words.
fn part_words(ui: &Ui, stream: Stream) -> String {
    match stream {
        Stream::Control => t!(ui, "stream-control"),
        Stream::Federation => t!(ui, "stream-federation"),
        Stream::Sealed => t!(ui, "stream-sealed"),
        Stream::Local => t!(ui, "stream-local"),
        Stream::Aggregates => t!(ui, "stream-aggregates"),
        Stream::Stock => t!(ui, "stream-stock"),
    }
}

/// What it does, and the word for it on the console.
fn job_cell(ui: &Ui, name: &str) -> Markup {
    html! { (job_words(ui, name)) div.small.muted dir="ltr" { code { (name) } } }
}

fn jobs(ui: &Ui, view: &OperatorView) -> Markup {
    let columns = [
        Column::head(t!(ui, "operator-job")),
        Column::text(t!(ui, "operator-state")),
        Column::text(t!(ui, "operator-last-done")),
    ];
    let plan = [
        job_cell(ui, "plan"),
        html! {
            (phase(ui, if view.plan_trouble.is_some() { Phase::Failing } else { Phase::Waiting }))
            (cause(view.plan_trouble.as_ref()))
        },
        view.planned.map_or_else(|| dash(ui), |at| age(ui, at)),
    ];
    let rows = view.jobs.iter().map(|job| {
        [
            job_cell(ui, &job.name),
            html! { (phase(ui, job.phase)) (cause(job.last_error.as_ref())) },
            job.last_success.map_or_else(|| dash(ui), |at| age(ui, at)),
        ]
    });
    html! { (Table::new(t!(ui, "operator-jobs"), columns).row(plan).rows(rows)) }
}

fn neighbours(ui: &Ui, view: &OperatorView) -> Markup {
    if view.peers.is_empty() {
        return html! { p.muted { (t!(ui, "operator-no-neighbours")) } };
    }
    let columns = [
        Column::head(t!(ui, "operator-neighbour")),
        Column::text(t!(ui, "touch-heard")),
        Column::text(t!(ui, "operator-asked-us")),
        Column::number(t!(ui, "operator-behind")),
        Column::number(t!(ui, "operator-clock")),
        Column::number(t!(ui, "operator-share")),
        Column::text(t!(ui, "operator-address")),
    ];
    let rows = view.peers.iter().map(|(name, peer)| {
        let at = |at: Option<Timestamp>| at.map_or_else(|| dash(ui), |at| age(ui, at));
        [
            html! { (name) },
            html! { (at(peer.last_heard)) (cause(peer.last_error.as_ref())) },
            at(peer.last_asked_us),
            html! { (ui.number(i64::try_from(peer.lag).unwrap_or(i64::MAX))) },
            html! { (t!(ui, "operator-seconds", n = peer.clock_ahead_ms / 1_000)) },
            share(ui, peer.share_left),
            html! {
                @if let Some(url) = &peer.config.url { code dir="ltr" { (url) } }
                @else { (t!(ui, "operator-asks-us-only")) }
            },
        ]
    });
    html! { (Table::new(t!(ui, "operator-neighbours"), columns).rows(rows)) }
}

/// How much of its share a neighbour has left; one that used it up waits.
fn share(ui: &Ui, (left, whole): (u64, u64)) -> Markup {
    let part = left.saturating_mul(100).checked_div(whole).unwrap_or(0);
    html! {
        (t!(ui, "operator-percent", n = i64::try_from(part).unwrap_or(0)))
        @if part == 0 { " " (chip(&t!(ui, "operator-share-used"))) }
    }
}

/// How well the own record is kept: what would be lost with this computer.
fn kept_by(ui: &Ui, view: &OperatorView) -> Markup {
    let columns = [
        Column::head(t!(ui, "operator-part")),
        Column::number(t!(ui, "operator-entries")),
        Column::number(t!(ui, "operator-whole-at")),
        Column::number(t!(ui, "operator-here-only")),
    ];
    let number = |n: u64| html! { (ui.number(i64::try_from(n).unwrap_or(i64::MAX))) };
    let rows = view.own_logs.iter().map(|log| {
        [
            html! { (part_words(ui, log.stream)) " " code dir="ltr" { (log.log.to_string().chars().take(8).collect::<String>()) } },
            number(log.facts),
            html! { (t!(ui, "operator-neighbours-n", n = count_of(log.held_whole_by()))) },
            number(log.held_here_only()),
        ]
    });
    html! {
        @if view.own_logs.is_empty() {
            p.muted { (t!(ui, "operator-writes-nothing")) }
        } @else {
            p { @match view.held_here_only() {
                0 => (t!(ui, "operator-all-held")),
                n => (t!(ui, "operator-held-here", n = i64::try_from(n).unwrap_or(i64::MAX))),
            } }
            (Table::new(t!(ui, "operator-kept-by"), columns).rows(rows))
        }
        @for (name, replaced) in &view.forked {
            @if *replaced { p.muted { (t!(ui, "operator-forked-mended", name = name.as_str())) } }
        }
    }
}

fn computer(ui: &Ui, view: &OperatorView) -> Markup {
    let community = view.community.clone().unwrap_or_else(|| t!(ui, "operator-safety-copy"));
    let mut rows = vec![
        (t!(ui, "operator-version"), html! { span dir="ltr" { (env!("CARGO_PKG_VERSION")) } }),
        (t!(ui, "operator-speaks-for"), html! { (community) }),
        (t!(ui, "operator-mark"), html! { span.code dir="ltr" { (view.node) } }),
        (t!(ui, "operator-time"), html! { (ui.date(view.now.day(&ui.zone))) ", " (ui.time(view.now)) }),
    ];
    if let Some((own, _)) = view.certificate {
        rows.push((t!(ui, "operator-certificate"), html! { (t!(ui, "operator-days", n = own.max(0))) }));
    }
    if let Some(cause) = &view.stopped {
        rows.push((t!(ui, "operator-stopped-by"), html! { span lang="en" dir="ltr" { (cause) } }));
    }
    facts(&rows)
}

/// The operator's page.
pub fn router() -> Router<App> {
    Router::new().route("/operator", get(show))
}

async fn show(State(app): State<App>, visit: Visit) -> Response {
    page(&visit.ui, &OperatorView::of(&app, &visit)).into_response()
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use koinon_core::LogId;

    use super::*;
    use crate::i18n::Lang;
    use crate::ui::FormToken;
    use crate::ui::{Prefs, Theme};

    fn view() -> OperatorView {
        OperatorView {
            node: "00".repeat(32),
            community: Some("Heath".to_owned()),
            now: Timestamp::from_millis(1_772_000_000_000),
            stopped: None,
            waiting_for: None,
            doubts: 0,
            plan_trouble: None,
            planned: None,
            certificate: None,
            storage: Storage {
                store_bytes: 1 << 20,
                disk: Some((1 << 40, 1 << 41)),
                snapshot: None,
                backup: Some(Timestamp::from_millis(1_772_000_000_000)),
            },
            jobs: Vec::new(),
            peers: Vec::new(),
            own_logs: Vec::new(),
            forked: Vec::new(),
            waiting_keys: Vec::new(),
            first_view: None,
            may_look: true,
            may_people: false,
        }
    }

    fn shown(lang: Lang, view: &OperatorView) -> String {
        let seal = (FormToken::new("t"), [0; 16]);
        let prefs = Prefs { lang, theme: Theme::Auto };
        let ui = Ui::new(prefs, "/operator", view.now, TimeZone::UTC, seal);
        page(&ui, view).render().into_string()
    }

    #[test]
    fn a_record_continued_twice_and_a_key_that_waits_are_told_above_all() {
        let well = shown(Lang::En, &view());
        assert!(well.contains("is well"), "{well}");
        let forked = |replaced| OperatorView { forked: vec![("Dunes".to_owned(), replaced)], ..view() };
        let told = shown(Lang::En, &forked(false));
        assert!(
            told.contains("1 thing to look at") && told.contains("Dunes continued its record in two ways.")
        );
        let mended = shown(Lang::En, &forked(true));
        assert!(mended.contains("is well") && mended.contains("it has a new key since"));
        let good_from = Timestamp::from_millis(1_772_100_000_000);
        let waiting = OperatorView { waiting_keys: vec![("Dunes".to_owned(), good_from)], ..view() };
        let told = shown(Lang::En, &waiting);
        assert!(told.contains("gave the computer of Dunes a new key") && told.contains("26 February 2026"));
        for lang in Lang::ALL {
            assert!(shown(lang, &waiting).contains("Dunes"));
        }
    }

    #[test]
    fn what_would_be_lost_with_this_computer_is_said_in_a_sentence() {
        let node = |n| koinon_core::NodeId([n; 32]);
        let log = |facts, held_by: &[(u8, u64)]| OwnLog {
            log: LogId([1; 16]),
            stream: Stream::Federation,
            facts,
            held_by: held_by.iter().map(|(of, height)| (node(*of), *height)).collect(),
        };
        let told = |log| shown(Lang::En, &OperatorView { own_logs: vec![log], ..view() });
        assert!(told(log(10, &[(2, 10), (3, 4)])).contains("nothing is lost with this computer"));
        assert!(told(log(10, &[(2, 9)])).contains("One entry is held here only"));
        assert!(told(log(10, &[])).contains("10 entries are held here only"));
    }
}
