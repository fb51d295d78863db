//! Entries as they are signed and kept.

use koinon_books::Book;
use koinon_log::Stream;
use koinon_node::{KeptFact, Node, hex};

use super::views::{KeptView, LogPageView};
use super::{LogAsk, Refusal};

/// A page of entries.
pub(super) fn page(node: &Node, ask: &LogAsk) -> Result<LogPageView, Refusal> {
    let read = match ask.after {
        Some(place) => node.kept_after(place, ask.limit),
        None => node.kept_newest(ask.limit),
    };
    let kept = read.map_err(|error| Refusal::new(&error, "run `koinon check`"))?;
    let next = kept.last().map(|fact| fact.place).filter(|_| ask.after.is_some());
    let shown = kept.iter().filter(|fact| ask.local || fact.log.stream != Stream::Local);
    Ok(node.read(|book| LogPageView { entries: shown.map(|fact| view(book, fact)).collect(), next }))
}

fn view(book: &Book, fact: &KeptFact) -> KeptView {
    let stamp = fact.entry.as_ref().map(|entry| &entry.stamp);
    KeptView {
        place: fact.place,
        log: fact.log.id().to_string(),
        seq: fact.seq,
        id: fact.id.to_string(),
        node: fact.log.node.to_string(),
        community: book.community_of(fact.log.node).map(ToString::to_string),
        stream: fact.log.stream.word().to_owned(),
        kind: fact.kind,
        kind_name: fact.entry.as_ref().map(|entry| entry.kind.to_owned()),
        recorded: fact.recorded.to_rfc3339(),
        actor: stamp.and_then(|stamp| stamp.actor).map(|actor| actor.to_string()),
        act: stamp.map(|stamp| stamp.act.to_string()),
        header: hex::encode(&fact.stored.header),
        signature: fact.stored.sig.as_ref().map(|signature| hex::encode(signature)),
        salt: hex::encode(&fact.stored.salt),
        body: hex::encode(&fact.stored.body),
    }
}
