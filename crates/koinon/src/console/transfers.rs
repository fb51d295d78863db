//! Transfers and suggestions, as the node's book knows them.

use koinon_books::Book;
use koinon_core::{CommunityCode, Dimension, TransferId};
use koinon_ledger::transfer::{Status, Transfer};
use koinon_node::Node;

use super::Refusal;
use super::views::{LineView, TransferView, TransfersView};
use crate::amount::Amount;
use crate::planner::views::{self as plans, PlanView};

/// The word of a status.
const fn word(status: Status) -> &'static str {
    match status {
        Status::Unheard => "unheard",
        Status::NeedsSecond => "needs-second",
        Status::NeedsAnswer => "needs-answer",
        Status::Countered => "countered",
        Status::Halted => "halted",
        Status::Agreed => "agreed",
        Status::UnderWay => "under-way",
        Status::Unsettled => "unsettled",
        Status::Done => "done",
        Status::Refused => "refused",
        Status::Withdrawn => "withdrawn",
    }
}

const fn is_closed(status: Status) -> bool {
    matches!(status, Status::Done | Status::Refused | Status::Withdrawn)
}

fn view(book: &Book, giver: &CommunityCode, id: TransferId, transfer: &Transfer) -> Option<TransferView> {
    let agreed = &transfer.commitment(giver)?.what;
    let lines = agreed.lines.iter().map(|line| {
        let dimension = book.region().item(&line.item).map_or(Dimension::Count, |item| item.dimension);
        let amount = |amount: i128| Amount::wide(amount, dimension);
        let counters = transfer.counters(giver, line);
        LineView {
            line: line.line,
            item: line.item.to_string(),
            requested: amount(counters.requested),
            committed: amount(counters.committed),
            reserved: amount(counters.reserved),
            in_transit: amount(counters.in_transit),
            fulfilled: amount(counters.fulfilled),
            lost: amount(counters.lost),
            missing: amount(counters.missing),
            rejected: amount(counters.rejected),
        }
    });
    let objections = transfer.objections().filter(|(_, objection)| !objection.is_settled());
    Some(TransferView {
        id: id.to_string(),
        giver: giver.to_string(),
        from: agreed.from.to_string(),
        to: agreed.to.to_string(),
        status: word(transfer.status(giver)).to_owned(),
        leaves: agreed.leaves.to_string(),
        arrives: agreed.arrives.to_string(),
        lines: lines.collect(),
        objections: objections
            .filter_map(|(_, objection)| objection.raised())
            .map(|raised| format!("{}: {}", raised.community, raised.what.code()))
            .collect(),
    })
}

/// Lists transfers in the order of departure.
pub(super) fn list(node: &Node, all: bool) -> TransfersView {
    node.read(|book| {
        let known = book.ledger().transfers();
        let wanted = known.filter(|(giver, _, transfer)| all || !is_closed(transfer.status(giver)));
        let mut transfers: Vec<TransferView> =
            wanted.filter_map(|(giver, id, transfer)| view(book, giver, id, transfer)).collect();
        transfers.sort_by(|a, b| (&a.leaves, &a.id).cmp(&(&b.leaves, &b.id)));
        TransfersView { transfers }
    })
}

/// Shows the one transfer whose id begins so.
pub(super) fn show(node: &Node, id: &str) -> Result<TransferView, Refusal> {
    node.read(|book| {
        let known = book.ledger().transfers();
        let mut found = known.filter(|(_, known, _)| known.to_string().starts_with(id));
        let hint = "see `koinon transfer list --all`";
        let one = found.next().filter(|_| !id.is_empty());
        match (one, found.next()) {
            (Some((giver, id, transfer)), None) => view(book, giver, id, transfer).ok_or_else(|| {
                Refusal::new(&"its promise has not arrived here yet", "wait for the exchange")
            }),
            (Some(_), Some(_)) => {
                Err(Refusal::new(&format!("more than one transfer begins with '{id}'"), hint))
            }
            (None, _) => Err(Refusal::new(&format!("no transfer begins with '{id}'"), hint)),
        }
    })
}

/// Plans on what this node knows now.
pub(super) async fn plan(node: &Node) -> Result<PlanView, Refusal> {
    let now = node.clock().now();
    let (problem, region) = node.read(|book| (book.problem(now), book.region().clone()));
    let made = tokio::task::spawn_blocking(move || {
        koinon_match::plan(&problem).map(|plan| plans::plan(&plan, &region, &problem))
    });
    match made.await {
        Ok(Ok(view)) => Ok(view),
        Ok(Err(error)) => Err(Refusal::new(&error, "check the region file and the agreed numbers")),
        Err(error) => Err(Refusal::new(&error, "")),
    }
}
