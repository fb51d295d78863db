//! How the node does: its region, a whole check, and what an operator wants to know.

use koinon_books::Book;
use koinon_node::{JobState, Node, Phase};

use super::views::{CheckView, DoctorView, JobView, LogView, RegionView, ResetView};
use super::{Refusal, actor};

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
        notes: report.notes.iter().map(|note| format!("{note:?}")).collect(),
        forks: report.forks.iter().map(|name| name.id().to_string()).collect(),
    })
}

/// Everything about the node that tells whether it is well.
pub(super) fn doctor(node: &Node) -> DoctorView {
    let (community, doubts) = node.read(|book| (book.own().map(ToString::to_string), book.doubts().len()));
    DoctorView {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        node: node.id().to_string(),
        community,
        data: node.dir().display().to_string(),
        now: node.clock().now().to_rfc3339(),
        disk_free_mib: free_mib(node.dir()),
        writing_stopped: node.poisoned(),
        waiting_for: node.heads_may_be_old(),
        doubts,
        peers: node.peers().iter().map(super::peers::view).collect(),
        jobs: node.jobs().iter().map(job).collect(),
    }
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

/// Forgets somebody's password and gives a new one-time code.
pub(super) fn reset(node: &Node, person: &str) -> Result<ResetView, Refusal> {
    let now = node.clock().now();
    let who = node.read(|book| actor(book, Some(person), now))?;
    let Some(subject) = who.subject() else {
        return Err(Refusal::new(&format!("'{person}' is no person"), "name a person"));
    };
    let code = node.accounts().reset_sign_in(subject).map_err(|error| Refusal::new(&error, ""))?;
    Ok(ResetView { person: subject.to_string(), code })
}

/// Writes data and keys into a new file.
pub(super) async fn backup(node: &Node, file: String, passphrase: String) -> Result<(), Refusal> {
    let node = node.clone();
    let made =
        tokio::task::spawn_blocking(move || node.backup(std::path::Path::new(&file), &passphrase)).await;
    made.map_err(|error| Refusal::new(&error, ""))?.map_err(|error| Refusal::new(&error, ""))
}
