//! HTTP API, pages, views, live updates and exports.
