//! Routes on the console: how they stand, closing one that ends here, opening it again.

use koinon_books::BookCommand;
use koinon_ledger::command::{Act, Command};
use koinon_ledger::fact::{RouteClosed, RouteReason};
use koinon_ledger::route::Said;
use koinon_node::Node;

use super::entries::enter;
use super::views::{ClosedRow, EnteredView, RouteRow, RoutesView};
use super::{Refusal, RouteAsk, actor};

/// Every route in service and what closes it.
pub(super) fn list(node: &Node) -> RoutesView {
    let now = node.clock().now();
    node.read(|book| {
        let (region, today) = (book.region(), now.day(&book.zone()));
        let closed = |said: Said<'_>| {
            let closed = said.closed?;
            Some(ClosedRow {
                by: said.by.to_string(),
                reason: closed.reason.code().to_owned(),
                from: closed.from.to_string(),
                until: closed.until.map(|day| day.to_string()),
                said: said.recorded.to_rfc3339(),
                holds: closed.holds_on(today),
            })
        };
        let routes = region.corridors_on(today).map(|corridor| RouteRow {
            code: corridor.code.to_string(),
            from: corridor.from.to_string(),
            to: corridor.to.to_string(),
            closed: book
                .ledger()
                .routes()
                .closed_from(region, corridor, today)
                .into_iter()
                .filter_map(closed)
                .collect(),
        });
        RoutesView { routes: routes.collect() }
    })
}

/// Says how a route stands.
pub(super) async fn state(node: &Node, ask: RouteAsk) -> Result<EnteredView, Refusal> {
    let now = node.clock().now();
    let act = ask.act.parse().map_err(|bad| Refusal::new(&format!("the act's id: {bad}"), ""))?;
    let (who, today) = node.read(|book| {
        Ok::<_, Refusal>((actor((node, book), ask.who.as_deref(), now)?, now.day(&book.zone())))
    })?;
    let closed = match &ask.reason {
        None => None,
        Some(code) => {
            let codes = RouteReason::ALL.map(RouteReason::code).join(", ");
            let unknown = || Refusal::new(&format!("'{code}' is no reason"), &format!("say one of {codes}"));
            let reason = RouteReason::by_code(code).ok_or_else(unknown)?;
            Some(RouteClosed { reason, from: ask.from.unwrap_or(today), until: ask.until })
        }
    };
    let what = Act::StateRoute { corridor: ask.corridor, closed };
    let command = Command { act, occurred: now, confirmed: true, what };
    enter(node, who, BookCommand::Ledger(command)).await
}
