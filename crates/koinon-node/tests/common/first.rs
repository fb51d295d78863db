//! First views in tests: lines that carry no history, and views that are not what their maker's entries say.

use std::collections::BTreeSet;
use std::path::PathBuf;

use koinon_books::first_view::FirstView;
use koinon_books::{Book, EVOLVE_VERSION};
use koinon_core::{Clock as _, LogId, Quantity};
use koinon_ledger::LedgerFact;
use koinon_ledger::fact::{Counted, LotOpened, Method};
use koinon_log::packing::unpack;
use koinon_log::{Message, Offer, Stream};
use koinon_node::{Checked, Node, keys};

use super::proxy::{Asked, Law};
use super::served::Served;
use super::{act, wheat};

fn control_logs(node: &Node) -> BTreeSet<LogId> {
    let directory = node.directory();
    let control = directory.openings().filter(|opening| opening.name.stream == Stream::Control);
    let first = directory.nodes().filter_map(|node| directory.last_opened(node, Stream::Control));
    control.map(|opening| opening.name.id()).chain(first.map(|name| name.id())).collect()
}

/// Everything comes but entries from the beginning of logs: history.
pub(crate) fn no_history(of: &Node) -> Law {
    let control = control_logs(of);
    Box::new(move |asked: &Asked, size| {
        let is_history = |message: &Message| match message {
            Message::Want(want) => want.from == 0 && !control.contains(&want.log),
            _ => false,
        };
        if asked.messages.iter().any(is_history) { size / 2 } else { size }
    })
}

pub(crate) fn all() -> Law {
    Box::new(|_, size| size)
}

/// The node's own keeping thread may have been quicker.
pub(crate) fn check(node: &Node) {
    assert!(matches!(node.check_first_view().unwrap(), None | Some(Checked::Equal)));
    assert_eq!(node.first_view(), None);
}

/// The view that a node made last, as its file holds it.
pub(crate) fn made(served: &Served) -> (Offer, Vec<u8>) {
    let bytes = std::fs::read(made_file(served)).unwrap();
    let (length, rest) = bytes.split_first_chunk::<4>().unwrap();
    let (offer, packed) = rest.split_at(usize::try_from(u32::from_be_bytes(*length)).unwrap());
    (Offer::decode(offer).unwrap(), packed.to_vec())
}

pub(crate) fn made_file(served: &Served) -> PathBuf {
    let files = std::fs::read_dir(served.home.path().join("first-view")).unwrap();
    let mut made = files.map(|file| file.unwrap().path());
    made.find(|path| path.file_name().unwrap().to_string_lossy().starts_with("made-")).unwrap()
}

pub(crate) fn plain(served: &Served) -> Vec<u8> {
    let (offer, packed) = made(served);
    unpack(&packed, usize::try_from(offer.plain_bytes).unwrap()).unwrap().unwrap()
}

/// Signs what the node itself would never offer, and puts it in place of what it made.
pub(crate) fn offer_instead(served: &Served, facts: u64, stated: usize, packed: &[u8]) {
    let identity = keys::load(&served.home.path()).unwrap();
    let at = served.home.clock.now();
    let offer = Offer::make(&identity, at, (EVOLVE_VERSION, facts), stated, packed).unwrap().encode();
    let length = u32::try_from(offer.len()).unwrap().to_be_bytes();
    std::fs::write(made_file(served), [&length, offer.as_slice(), packed].concat()).unwrap();
}

/// Changes the book of a view.
pub(crate) fn forged(served: &Served, change: impl FnOnce(&mut Book, &FirstView)) -> Vec<u8> {
    let (offer, _) = made(served);
    let (view, mut book) = FirstView::read(&plain(served), served.node.network(), offer.facts).unwrap();
    change(&mut book, &view);
    FirstView::new(served.node.network(), view.cover, view.folds, &book).encode()
}

/// A batch that nobody ever wrote down.
pub(crate) fn invent(book: &mut Book, served: &Served, amount: i64) {
    let (item, store) = wheat(&served.node);
    let now = served.home.clock.now();
    let (lot, entry) = (koinon_core::LotId([7; 16]), act());
    let stamp = koinon_books::Stamp { recorded: now, actor: None, grant: None, act: entry };
    let fact = koinon_core::FactId([9; 32]);
    let mut origin = koinon_books::Origin { node: served.node.id(), log: LogId([8; 16]), seq: 0, fact };
    let opened = LotOpened {
        lot,
        item: item.code,
        store: store.code,
        batch: None,
        expires: None,
        owner: None,
        from: None,
    };
    let seen = Quantity::new(amount, item.dimension).unwrap();
    let counted =
        Counted { lot, entry, seen, occurred: now, method: Method::Counted, witness: None, opens: None };
    for fact in [LedgerFact::from(opened), counted.into()] {
        book.evolve(&origin, &stamp, &fact.into(), &mut |_, _| Vec::new());
        origin.seq += 1;
    }
}
