//! Who may do what: grants, scopes, caps, and the one authorize.
