//! What first views are worked out from and held against: the own store, or a keeper apart from it. Such a keeper may show
//! reports, which are told what is shown.

use std::sync::atomic::Ordering;

use koinon_books::first_view::WorkError;
use koinon_log::{Limits, StoreError};

use super::{FirstViewError, Shown};
use crate::keeper::{PeerStore, look};
use crate::node::Shared;
use crate::sqlite::SqliteStore;

/// Reads what is kept here, for as long as it takes: in the own store as it stands at the beginning.
pub(super) fn read_kept<R>(
    shared: &Shared,
    read: impl FnOnce(&dyn PeerStore) -> Result<R, FirstViewError>,
) -> Result<R, FirstViewError> {
    if let Some(keeper) = &shared.options.keeper {
        return look(keeper.as_ref(), |store| Ok(read(store))).map_err(WorkError::from)?;
    }
    let failed = |error| FirstViewError::from(WorkError::from(StoreError::from(error)));
    let reader = SqliteStore::open_reader(&shared.dir.store()).map_err(failed)?;
    reader.begin_read().map_err(failed)?;
    read(&reader)
}

/// Which facts of what is kept count.
pub(super) fn counting(shared: &Shared) -> Result<Limits, FirstViewError> {
    let Some(keeper) = &shared.options.keeper else { return Ok(shared.limits().as_ref().clone()) };
    let directory = keeper.directory();
    let limits = look(keeper.as_ref(), |store| Limits::read(store, &directory));
    Ok(limits.map_err(WorkError::from)?)
}

/// Takes note of how far a keeper apart from the own store has come.
pub(crate) fn came_apart(shared: &Shared) -> Result<(), StoreError> {
    let Some(keeper) = shared.options.keeper.as_ref().filter(|_| shared.first.is_shown()) else {
        return Ok(());
    };
    let heads = look(keeper.as_ref(), |store| store.heads())?;
    if let Some(shown) = shared.first.shown_mut().as_mut() {
        shown.came_apart(&heads);
    }
    Ok(())
}

/// Tells a keeper's reports what is shown now, unless they know. Whatever a crash left there is replaced at the first exchange
/// of a life.
pub(crate) fn tell(shared: &Shared) -> Result<(), StoreError> {
    let first = &shared.first;
    let Some(keeper) = shared.options.keeper.as_ref().filter(|_| first.untold.swap(false, Ordering::SeqCst))
    else {
        return Ok(());
    };
    let shown = first.shown().as_ref().map(Shown::for_reports);
    let told = keeper.show_first_view(shown.as_ref());
    if told.is_err() {
        first.untold.store(true, Ordering::SeqCst);
    }
    told
}
