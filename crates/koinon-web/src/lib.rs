//! HTTP API, pages, views, live updates and exports.
//!
//! Whole pages are rendered here, on the server; every act works without script. The foundation that each page stands on:
//!
//! - [`ui`]: one [`Ui`](ui::Ui) per request (language, theme, time, form token) and the settings forms;
//! - [`i18n`], [`format`](mod@format): words through [`t!`], numbers, amounts, dates and ages;
//! - [`layout`]: [`Page`](layout::Page), the frame around a page's body;
//! - [`components`], [`forms`], [`icons`]: the parts that bodies are made of;
//! - [`live`]: updates by server-sent events, and the only place where htmx attributes are written;
//! - [`security`], [`problem`]: the checks at the door, and errors as pages or RFC 9457 documents;
//! - [`views`], [`plans`]: what pages and `--json` print, and the newest suggestions, worked out apart from any page;
//! - [`assets`]: stylesheet and script, in the binary; [`words`]: the words that pages may not use.

pub mod app;
pub mod assets;
pub mod components;
pub mod format;
pub mod forms;
pub mod i18n;
pub mod icons;
pub mod layout;
pub mod live;
pub mod plans;
pub mod problem;
pub mod security;
pub mod ui;
pub mod views;
pub mod words;
