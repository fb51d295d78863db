//! Everything that the node's book knows to be in stock.

use koinon_core::Dimension;
use koinon_node::Node;

use super::views::{StockRow, StockView};
use crate::amount::Amount;

/// Lists the batches, empty ones left out: the own community's first, then by store, item and date.
pub(super) fn stock(node: &Node) -> StockView {
    node.read(|book| {
        let (region, ledger) = (book.region(), book.ledger());
        let own = book.own().map(ToString::to_string);
        // What is no longer shared with this community is not shown, though it is kept until the agreed day.
        let hidden = book.hidden(node.clock().now());
        let mut rows: Vec<StockRow> = ledger
            .lots()
            .filter(|(community, _, lot)| lot.balance() != 0 && !hidden.contains(*community))
            .filter_map(|(community, id, lot)| {
                let opened = lot.opened()?;
                let dimension = region.item(&opened.item).map_or(Dimension::Count, |item| item.dimension);
                Some(StockRow {
                    community: community.to_string(),
                    store: opened.store.to_string(),
                    item: opened.item.to_string(),
                    batch: opened.batch.as_ref().map(|batch| batch.as_str().to_owned()),
                    good_until: opened.expires.map(|day| day.to_string()),
                    amount: Amount::wide(lot.balance(), dimension),
                    available: Amount::wide(ledger.available(community, id).max(0), dimension),
                    counted: lot.last_count().map(|count| count.at.to_rfc3339()),
                    held: ledger.held(lot).is_some(),
                    lot: id.to_string(),
                })
            })
            .collect();
        rows.sort_by(|a, b| {
            let key = |row: &StockRow| {
                let foreign = own.as_ref() != Some(&row.community);
                let (community, store, item) = (row.community.clone(), row.store.clone(), row.item.clone());
                (foreign, community, store, item, row.good_until.clone(), row.lot.clone())
            };
            key(a).cmp(&key(b))
        });
        StockView { community: own, rows }
    })
}
