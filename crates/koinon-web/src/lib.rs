//! HTTP API, pages, views, live updates and exports.
//!
//! Whole pages are rendered here, on the server; every act works without script. The foundation that each page stands on:
//!
//! - [`ui`]: one [`Ui`](ui::Ui) per request (language, theme, time, form token) and the settings forms;
//! - [`i18n`], [`format`](mod@format): words through [`t!`], numbers, amounts, dates and ages;
//! - [`layout`]: [`Page`](layout::Page), the frame around a page's body;
//! - [`components`], [`forms`], [`icons`]: the parts that bodies are made of;
//! - [`live`]: updates by server-sent events, and the only place where htmx attributes are written;
//! - [`door`], [`security`], [`problem`]: the checks at the door, and errors as pages or RFC 9457 documents;
//! - [`server`]: the whole router; [`pages`] to look at, [`acts`] to act, [`api`] and [`exports`] for programs and planners;
//! - [`views`], [`plans`]: what pages and `--json` print, and the newest suggestions, worked out apart from any page;
//! - [`visit`], [`acts`]: who asks, and the pages where people act; [`gs1`]: what scanners say;
//! - [`assets`]: stylesheet and script, in the binary; [`words`]: the words that pages may not use.

pub mod acts;
pub mod api;
pub mod app;
pub mod assets;
pub mod components;
pub mod demo;
pub mod door;
pub mod exports;
mod first_view;
pub mod format;
pub mod forms;
pub mod gs1;
pub mod i18n;
pub mod icons;
pub mod layout;
pub mod live;
pub mod onboarding;
pub mod pages;
pub mod part;
pub mod plans;
pub mod problem;
pub mod security;
pub mod server;
pub mod token;
pub mod ui;
pub mod views;
pub mod visit;
pub mod words;
