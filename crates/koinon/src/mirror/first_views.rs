//! What an audit says of neighbours' first views in a database: the one that reports show now, and what came of those that were
//! compared with the copy's own entries.

use koinon_core::{NodeId, Timestamp};
use koinon_mirror::{ComparedView, PgError, PgStore, ShownView};
use serde::Serialize;

use crate::out::grouped;

/// First views in a database.
#[derive(Debug, Default, Serialize)]
pub(super) struct FirstViewsView {
    shown: Option<ShownFirst>,
    compared: Vec<ComparedFirst>,
}

#[derive(Debug, Serialize)]
struct ShownFirst {
    neighbour: String,
    node: String,
    made: Option<String>,
    entries: u64,
    here: u64,
}

#[derive(Debug, Serialize)]
struct ComparedFirst {
    neighbour: String,
    node: String,
    made: Option<String>,
    entries: u64,
    right: bool,
    theirs: String,
    ours: Option<String>,
    compared: String,
    looked_into: Option<String>,
}

fn called(community: Option<&String>, node: NodeId) -> String {
    community.cloned().unwrap_or_else(|| node.to_string().chars().take(8).collect())
}

impl From<ShownView> for ShownFirst {
    fn from(view: ShownView) -> Self {
        Self {
            neighbour: called(view.community.as_ref(), view.by),
            node: view.by.to_string(),
            made: view.at.map(Timestamp::to_rfc3339),
            entries: view.facts,
            here: view.here,
        }
    }
}

impl From<ComparedView> for ComparedFirst {
    fn from(view: ComparedView) -> Self {
        Self {
            neighbour: called(view.community.as_ref(), view.by),
            node: view.by.to_string(),
            made: view.at.map(Timestamp::to_rfc3339),
            entries: view.facts,
            right: view.is_right(),
            theirs: view.theirs.to_string(),
            ours: view.ours.map(|ours| ours.to_string()),
            compared: view.compared.to_rfc3339(),
            looked_into: view.settled.map(Timestamp::to_rfc3339),
        }
    }
}

impl FirstViewsView {
    pub(super) fn read(store: &PgStore) -> Result<Self, PgError> {
        let shown = store.shown_view()?.map(ShownFirst::from);
        let compared = store.compared_views()?.into_iter().map(ComparedFirst::from).collect();
        Ok(Self { shown, compared })
    }

    /// Whether one was wrong and nobody has looked into it.
    pub(super) fn was_misled(&self) -> bool {
        self.compared.iter().any(ComparedFirst::is_open)
    }

    /// What to print of them.
    pub(super) fn lines(&self) -> Vec<String> {
        self.shown.iter().map(ShownFirst::line).chain(self.compared.iter().map(ComparedFirst::line)).collect()
    }
}

fn number(count: u64) -> String {
    grouped(i64::try_from(count).unwrap_or(i64::MAX))
}

fn of(made: Option<&String>) -> &str {
    made.map_or("a time beyond all calendars", String::as_str)
}

impl ShownFirst {
    fn line(&self) -> String {
        let Self { neighbour, made, entries, here, .. } = self;
        let (made, here, entries) = (of(made.as_ref()), number(*here), number(*entries));
        format!(
            "reports show the first view from {neighbour}, of {made}; {here} of its {entries} entries have come"
        )
    }
}

impl ComparedFirst {
    const fn is_open(&self) -> bool {
        !self.right && self.looked_into.is_none()
    }

    fn line(&self) -> String {
        let Self { neighbour, made, compared, theirs, .. } = self;
        let made = of(made.as_ref());
        if self.right {
            return format!(
                "the first view from {neighbour}, of {made}, was right: on {compared} the entries gave its check number {theirs}"
            );
        }
        let found = match &self.ours {
            Some(ours) => format!("the same entries give check number {ours} here, and it showed {theirs}"),
            None => format!("entries that it was made from never came; it showed check number {theirs}"),
        };
        let next = match &self.looked_into {
            Some(when) => format!("looked into on {when}"),
            None => {
                format!(
                    "compare with {neighbour}'s operator, then say `koinon peer settle` while the copy is served"
                )
            }
        };
        let mark = if self.is_open() { "! " } else { "" };
        format!(
            "{mark}the first view from {neighbour}, of {made}, was not what the entries say: {found}; {next}"
        )
    }
}
