//! How the node does: its region, a whole check, and what an operator wants to know.

use std::collections::BTreeSet;

use koinon_authority::Role;
use koinon_books::Book;
use koinon_core::PersonId;
use koinon_node::{JobState, Node, Phase};

use super::Refusal;
use super::views::{CheckView, DoctorView, JobView, LogView, PersonView, RegionView, ResetView};

/// The most people who are named in a hint.
const PEOPLE_SHOWN_MAX: usize = 30;
/// A backup older than this many days is called old.
const BACKUP_DAYS: i64 = 7;

/// The region as the book knows it.
pub(super) fn region(book: &Book) -> RegionView {
    RegionView { own: book.own().map(ToString::to_string), toml: book.region().to_toml() }
}

/// Verifies every log, rebuilds the book, compares.
pub(super) async fn check(node: &Node) -> Result<CheckView, Refusal> {
    let checked = node.clone();
    let report = tokio::task::spawn_blocking(move || checked.check()).await;
    let report = report.map_err(|error| Refusal::new(&error, ""))?;
    let hint = "keep the files as they are, and restore a backup into another directory";
    let report = report.map_err(|error| Refusal::new(&error, hint))?;
    Ok(CheckView {
        sound: report.is_sound(),
        facts: report.facts,
        logs: report
            .logs
            .iter()
            .map(|log| LogView { log: log.name.id().to_string(), facts: log.facts, fault: log.fault.clone() })
            .collect(),
        file_fault: report.file_fault,
        rebuild_fault: report.rebuild_fault,
        book_equal: report.book_equal,
        snapshot_equal: report.snapshot_equal,
        unknown: report.unknown,
        malformed: report.malformed,
        notes: report.notes.iter().map(ToString::to_string).collect(),
        forks: report.forks.iter().map(|name| name.id().to_string()).collect(),
    })
}

/// Everything about the node that tells whether it is well.
pub(super) async fn doctor(node: &Node) -> DoctorView {
    let looking = node.clone();
    let looked = tokio::task::spawn_blocking(move || looking.file_fault()).await;
    let file_fault = looked.unwrap_or_else(|error| Some(error.to_string()));
    let now = node.clock().now();
    let backup = node.storage().backup;
    let people = people(node).unwrap_or_default();
    let (community, doubts) = node.read(|book| (book.own().map(ToString::to_string), book.doubts().len()));
    DoctorView {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        node: node.id().to_string(),
        community,
        data: node.dir().display().to_string(),
        now: node.clock().now().to_rfc3339(),
        disk_free_mib: free_mib(node.dir()),
        writing_stopped: node.poisoned(),
        writes_refused: node.disk_is_low().map(|low| low.to_string()),
        clock_behind_hours: node.clock_behind().map(|(behind, _)| behind.as_secs() / 3_600),
        newest_entry: node.clock_behind().map(|(_, newest)| newest.to_rfc3339()),
        damage: node.damage(),
        file_fault,
        backup: backup.map(koinon_core::Timestamp::to_rfc3339),
        backup_is_old: backup.is_none_or(|at| at.plus_days(BACKUP_DAYS) < now),
        nobody_signs_in: !people.is_empty() && people.iter().all(|one| one.sign_in_name.is_none()),
        certificate: super::certificate_words(node),
        agreement: node.read(|book| super::sharing::notice(book, now)),
        in_other_hands: in_other_hands(node),
        kept: super::kept::troubles(node),
        names: match (node.personal().needs_passphrase(), node.personal().is_open()) {
            (false, _) => "unlocked",
            (true, true) => "open",
            (true, false) => "closed",
        }
        .to_owned(),
        waiting_for: node.heads_may_be_old(),
        doubts,
        first_view: super::peers::first_view(node),
        first_views_refused: super::peers::first_views_refused(node),
        peers: node.peers().iter().map(|peer| super::peers::view(node, peer)).collect(),
        jobs: node.jobs().iter().map(job).collect(),
    }
}

/// Whose computers are said to be in other hands, and what to do about each.
fn in_other_hands(node: &Node) -> Vec<String> {
    let words = |said: koinon_node::Suspended| {
        let by = said.by.iter().map(|(by, _)| by.to_string()).collect::<Vec<_>>().join(", ");
        let name = said.community.as_ref().map_or_else(|| said.node.short(), ToString::to_string);
        if said.node == node.id() {
            return format!(
                "by the word of {by} this computer is in other hands, and is given nothing there; call them, and replace its key with `koinon key recover`"
            );
        }
        let ours = if said.is_ours {
            "nothing is exchanged with it; `koinon peer resume` takes that back"
        } else {
            "call its community; if it is so, `koinon peer suspend` stops the exchange with it"
        };
        format!("the computer of {name} is said to be in other hands, by {by}; {ours}")
    };
    node.suspended().into_iter().map(words).collect()
}

fn free_mib(directory: &std::path::Path) -> Option<u64> {
    let space = rustix::fs::statvfs(directory).ok()?;
    Some(space.f_bavail.saturating_mul(space.f_frsize) >> 20)
}

fn job(job: &JobState) -> JobView {
    let state = match job.phase {
        Phase::Waiting => "waiting",
        Phase::Working => "working",
        Phase::Failing => "failing",
    };
    JobView {
        name: job.name.clone(),
        state: state.to_owned(),
        last_success: job.last_success.map(koinon_core::Timestamp::to_rfc3339),
        last_error: job.last_error.clone(),
    }
}

/// What is said where the clock is behind the newest entry.
pub(crate) fn clock_words(node: &Node) -> Option<String> {
    let (behind, newest) = node.clock_behind()?;
    let hours = behind.as_secs() / 3_600;
    let by = if hours < 48 { format!("{hours} hours") } else { format!("{} days", hours / 24) };
    Some(format!(
        "this computer's clock is likely wrong: it says {}, {by} before the newest entry, of {}; set the clock",
        node.clock().now().to_rfc3339(),
        newest.to_rfc3339()
    ))
}

/// Everybody who has or had a task here, by name.
pub(super) fn people(node: &Node) -> Result<Vec<PersonView>, Refusal> {
    let known: BTreeSet<(String, PersonId)> = node.read(|book| {
        let held = book.grants().all().filter(|held| held.granted.role != Role::Meter);
        // Where names are locked, a mark stands for each.
        let own = held.filter(|held| book.name(held.granted.subject).is_some());
        own.map(|held| held.granted.subject)
            .map(|person| (node.personal().name(book, person).unwrap_or_else(|| person.short()), person))
            .collect()
    });
    let view = |(name, person): (String, PersonId)| {
        let sign_in_name = node.accounts().login_of(person).map_err(|error| Refusal::new(&error, ""))?;
        Ok(PersonView { person: person.to_string(), name, sign_in_name })
    };
    known.into_iter().map(view).collect()
}

/// Forgets somebody's password and gives a new one-time code. A sign-in name comes before a name, an id is always one.
pub(super) fn reset(node: &Node, named: &str) -> Result<ResetView, Refusal> {
    let people = people(node)?;
    let wanted = named.trim().to_lowercase();
    let by_sign_in: Vec<&PersonView> =
        people.iter().filter(|one| one.sign_in_name.as_deref() == Some(wanted.as_str())).collect();
    let found: Vec<&PersonView> = if by_sign_in.is_empty() {
        people.iter().filter(|one| one.name.to_lowercase() == wanted || one.person == wanted).collect()
    } else {
        by_sign_in
    };
    let listed = || {
        let told = |one: &PersonView| match &one.sign_in_name {
            Some(sign_in) => format!("{sign_in} ({})", one.name),
            None => format!("{} ({})", one.name, one.person),
        };
        people.iter().take(PEOPLE_SHOWN_MAX).map(told).collect::<Vec<_>>().join(", ")
    };
    let [only] = found.as_slice() else {
        let problem = if found.is_empty() { "nobody here is called" } else { "several people are called" };
        return Err(Refusal::new(
            &format!("{problem} '{named}'"),
            &format!("say a sign-in name, a name or an id: {}", listed()),
        ));
    };
    let person = only.person.parse().map_err(|error| Refusal::new(&error, ""))?;
    let code = node.accounts().reset_sign_in(person).map_err(|error| Refusal::new(&error, ""))?;
    Ok(ResetView { person: only.person.clone(), code })
}

/// Writes data and keys into a new file.
pub(super) async fn backup(node: &Node, file: String, passphrase: String) -> Result<(), Refusal> {
    let node = node.clone();
    let made =
        tokio::task::spawn_blocking(move || node.backup(std::path::Path::new(&file), &passphrase)).await;
    made.map_err(|error| Refusal::new(&error, ""))?.map_err(|error| Refusal::new(&error, ""))
}
