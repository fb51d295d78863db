//! From surplus and need to suggestions with reasons, and the independent checker.
