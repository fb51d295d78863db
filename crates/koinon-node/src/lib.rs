//! A running node: SQLite store, keys, clock, jobs and HTTP exchange.
