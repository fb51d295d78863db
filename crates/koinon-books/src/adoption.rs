//! What a new region file must still name: codes are for ever.
//!
//! A page, a figure and a suggestion are found by code. A file without a code that the book knows would leave stock and
//! loads behind that nobody can look at any more. This room looks only; it does not judge what has changed within a code.

use std::collections::BTreeSet;

use koinon_core::{CommunityCode, Region};

use crate::Book;

/// Every code that the region in force and the book both name and another region lacks, each with its kind, in order.
///
/// A code that the region in force does not know either is passed over: nothing is lost by going on without it.
pub(crate) fn missing(book: &Book, next: &Region) -> Vec<String> {
    let now = book.region();
    let mut missing = BTreeSet::new();
    let mut lacks = |kind: &str, code: &str, was: bool, is: bool| {
        if was && !is {
            missing.insert(format!("{kind} {code}"));
        }
    };
    let community = |code: &CommunityCode, lacks: &mut dyn FnMut(&str, &str, bool, bool)| {
        lacks("community", code.as_str(), now.community(code).is_some(), next.community(code).is_some());
    };
    for code in book.own().into_iter().chain(book.admitted().values()) {
        community(code, &mut lacks);
    }
    let ledger = book.ledger();
    for (owner, _, lot) in ledger.lots() {
        community(owner, &mut lacks);
        let Some(opened) = lot.opened() else { continue };
        let (item, store) = (&opened.item, &opened.store);
        lacks("item", item.as_str(), now.item(item).is_some(), next.item(item).is_some());
        lacks("store", store.as_str(), now.store(store).is_some(), next.store(store).is_some());
    }
    let needs = ledger.needs().filter_map(|(owner, _, need)| {
        let stated = need.latest()?;
        Some((owner, &stated.item, &stated.store))
    });
    let offers = ledger.offers().filter_map(|(owner, _, offer)| {
        let made = offer.latest()?;
        Some((owner, &made.item, &made.store))
    });
    for (owner, item, store) in needs.chain(offers) {
        community(owner, &mut lacks);
        lacks("item", item.as_str(), now.item(item).is_some(), next.item(item).is_some());
        lacks("store", store.as_str(), now.store(store).is_some(), next.store(store).is_some());
    }
    for (giver, _, transfer) in ledger.transfers() {
        community(giver, &mut lacks);
        let Some(agreed) = transfer.commitment(giver).map(|by| &by.what) else { continue };
        community(&agreed.taker, &mut lacks);
        for place in [&agreed.from, &agreed.to] {
            lacks("place", place.as_str(), now.place_name(place).is_some(), next.place_name(place).is_some());
        }
        for line in &agreed.lines {
            lacks(
                "item",
                line.item.as_str(),
                now.item(&line.item).is_some(),
                next.item(&line.item).is_some(),
            );
        }
    }
    missing.into_iter().collect()
}
