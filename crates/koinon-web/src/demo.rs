//! Pages that only the demo has: the story it opens with, the panel that steers the world, past disasters, and "now
//! with your own numbers".
//!
//! The story's acts are commands of the invented people, sent to their own nodes like anybody's; nothing here writes a
//! fact. On a real node these routes do not exist.

pub mod own;
pub mod panel;
pub mod relief;
pub mod story;

use axum::Router;

use crate::app::App;

/// The demo's routes.
pub fn router() -> Router<App> {
    story::router().merge(panel::router()).merge(own::router()).merge(relief::router())
}
