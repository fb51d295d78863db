//! Work on several threads whose outcome does not tell how many there were: parts are cut before, and answers come in their order.

use std::num::NonZeroUsize;

/// How many of `count` each thread takes.
pub(crate) fn part(count: usize, threads: NonZeroUsize) -> usize {
    count.div_ceil(threads.get()).max(1)
}

/// Works on every part at once, each on a thread of its own; answers come in the order of the parts.
pub(crate) fn in_parts<P: Send, R: Send>(parts: &mut [P], work: impl Fn(&mut P) -> R + Sync) -> Vec<R> {
    if let [only] = parts {
        return vec![work(only)];
    }
    std::thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = parts.iter_mut().map(|part| scope.spawn(move || work(part))).collect();
        let joined = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
        joined.map(|done| done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}
