//! Reading a store again: the directory at a start, and the check of every fact held.
//!
//! Nothing is repaired. A log that no longer verifies is named with the place and the reason; what stands before
//! that place is still good, and the rest can be pulled from peers again.

use koinon_core::LogId;

use crate::directory::Directory;
use crate::envelope::{RUN_BYTES_MAX, RUN_FACTS_MAX};
use crate::name::{LogName, NetworkId, Stream};
use crate::pull::cut;
use crate::store::{LogStore, StoreError};
use crate::verify::{AcceptedRun, LogView, Reason, Rejection, Run, accept_run};

/// Reads a directory from the control logs of a store, verifying them; names the logs that do not verify.
pub fn load_directory(
    store: &dyn LogStore,
    network: NetworkId,
) -> Result<(Directory, Vec<Rejection>), StoreError> {
    let mut directory = Directory::new(network);
    let heads = store.heads()?.into_iter().map(|head| head.name);
    let mut waiting: Vec<LogName> = heads.filter(|name| name.stream == Stream::Control).collect();
    loop {
        let tried = waiting.len();
        let mut refused = Vec::new();
        let mut again = Vec::new();
        for name in waiting {
            let mut view = LogView::EMPTY;
            while let Some(judged) = next_run(store, &name, &view, &directory)? {
                match judged {
                    Ok(run) => {
                        view = after(&run);
                        directory.learn(&run);
                    }
                    Err(rejection) => {
                        again.push(name);
                        refused.push(rejection);
                        break;
                    }
                }
            }
        }
        if again.is_empty() || again.len() == tried {
            return Ok((directory, refused));
        }
        waiting = again;
    }
}

/// Verifies one log from its first fact to its last, giving each stretch to `visit`; ends at the first fault.
///
/// Gives the number of facts that verified, and the fault if there was one.
pub fn verify_log(
    store: &dyn LogStore,
    directory: &Directory,
    log: LogId,
    visit: &mut dyn FnMut(AcceptedRun),
) -> Result<(u64, Option<Rejection>), StoreError> {
    let Some(head) = store.head(log)? else { return Ok((0, None)) };
    let mut view = LogView::EMPTY;
    while let Some(judged) = next_run(store, &head.name, &view, directory)? {
        match judged {
            Ok(run) => {
                view = after(&run);
                visit(run);
            }
            Err(rejection) => return Ok((view.height, Some(rejection))),
        }
    }
    let whole = view.height == head.height && view.head == head.head;
    let short = Rejection { log, seq: view.height, reason: Reason::Gap { height: view.height } };
    Ok((view.height, (!whole).then_some(short)))
}

fn after(run: &AcceptedRun) -> LogView {
    LogView { height: run.height(), head: run.head(), frozen_from: None }
}

fn next_run(
    store: &dyn LogStore,
    name: &LogName,
    view: &LogView,
    directory: &Directory,
) -> Result<Option<Result<AcceptedRun, Rejection>>, StoreError> {
    let mut facts = store.read_range(name.id(), view.height, RUN_FACTS_MAX, RUN_BYTES_MAX)?;
    if facts.is_empty() {
        return Ok(None);
    }
    // Without a signed fact in reach the stretch stays whole, and is refused for that.
    if let Some(count) = cut(&facts, RUN_BYTES_MAX) {
        facts.truncate(count);
    }
    let run = Run { name: *name, from: view.height, facts };
    Ok(Some(accept_run(view, &run, directory)))
}
