//! Commands: one typed document for each act, turned into the book's own command or refused with every fault named.
//!
//! The act's id is the client's, so a lost answer costs nothing: the same document again does nothing and says so, and
//! another document under the same id is refused.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use koinon_books::BookCommand;
use koinon_core::Timestamp;
use koinon_ledger::Command;
use koinon_node::{SubmitError, Submitted};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::reader::Reader;
use super::words::Ask;
use crate::acts::say;
use crate::app::App;
use crate::problem::{Kind, Problem};
use crate::visit::Visit;

/// A command as a client sends it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommandBody {
    /// The act's id, made by the client: a UUID. Sending the same act again does nothing.
    act: String,
    /// When it happened, by RFC 3339; left out for now.
    occurred: Option<String>,
    /// The questions of an earlier try are answered with yes.
    #[serde(default)]
    confirmed: bool,
    /// What to do.
    what: Ask,
}

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum Done {
    /// It is recorded.
    Recorded {
        /// The ids of the entries.
        entries: Vec<String>,
        /// It had been recorded before; nothing was written now.
        repeated: bool,
    },
    /// Nothing is recorded until it comes again with `confirmed`.
    Asked {
        /// What looks wrong and may be right.
        questions: Vec<String>,
    },
}

impl CommandBody {
    /// The book's own command.
    ///
    /// # Errors
    /// A [`Problem`] that names every field that cannot be right.
    pub fn command(&self, now: Timestamp) -> Result<BookCommand, Problem> {
        let mut reader = Reader::default();
        let act = reader.text("act", &self.act);
        let occurred = match &self.occurred {
            None => Some(now),
            Some(text) => reader
                .keep("occurred", Timestamp::parse_rfc3339(text).ok_or("write it as 2026-03-01T09:45:00Z")),
        };
        let confirmed = self.confirmed;
        let when = act.zip(occurred);
        let made = if self.what.is_of_teams() {
            let what = self.what.read_of_teams(&mut reader);
            what.zip(when).map(|(what, (act, occurred))| {
                BookCommand::Aid(koinon_aid::Command { act, occurred, confirmed, what })
            })
        } else {
            let what = self.what.read(&mut reader);
            what.zip(when).map(|(what, (act, occurred))| {
                BookCommand::Ledger(Command { act, occurred, confirmed, what })
            })
        };
        if let Some(command) = made.filter(|_| reader.faults.is_empty()) {
            return Ok(command);
        }
        let seen: BTreeSet<_> = reader.faults.into_iter().collect();
        let problem = Problem::new(Kind::Unprocessable).detail("Some fields of the command cannot be right.");
        Err(seen.into_iter().fold(problem, |problem, (place, remedy)| problem.fault(place, remedy)))
    }
}

/// Does something. May be sent again with the same act.
#[utoipa::path(post, path = "/api/v1/commands", tag = "act", request_body = CommandBody, responses(
    (status = 200, body = Done),
    (status = 400, description = "The document cannot be read"),
    (status = 401, description = "Nobody is signed in"),
    (status = 403, description = "This is not yours to do"),
    (status = 409, description = "The act's id was used for another entry: make a new one, or send what was sent first"),
    (status = 422, description = "Some of it cannot be right; each field is named"),
    (status = 503, description = "Nothing can be written now")))]
pub(super) async fn submit(
    State(app): State<App>,
    visit: Visit,
    body: Result<Json<CommandBody>, JsonRejection>,
) -> Result<Json<Done>, Problem> {
    let ui = &visit.ui;
    let who = visit.visitor.actor.clone().ok_or_else(|| Problem::new(Kind::Unauthorized))?;
    let Json(body) = body.map_err(|fault| Problem::new(Kind::BadRequest).detail(fault.body_text()))?;
    let command = body.command(ui.now)?;
    match app.node.submit(who, command).await {
        Ok(Submitted::Done { facts, repeated }) => {
            Ok(Json(Done::Recorded { entries: facts.iter().map(ToString::to_string).collect(), repeated }))
        }
        Ok(Submitted::Ask(questions)) => {
            let questions = questions.iter().map(|question| say::question(ui, question)).collect();
            Ok(Json(Done::Asked { questions }))
        }
        Ok(Submitted::AskOfTeams(questions)) => {
            Ok(Json(Done::Asked { questions: crate::acts::teams::questions(ui, &questions) }))
        }
        Err(SubmitError::Refused(why)) => {
            let kind = match why {
                koinon_books::Refused::Denied(_) => Kind::Forbidden,
                _ => Kind::Unprocessable,
            };
            Err(Problem::new(kind).detail(app.node.read(|book| say::refused(ui, book, &why))))
        }
        Err(fault) => Err(crate::acts::cannot(ui, &fault)),
    }
}
