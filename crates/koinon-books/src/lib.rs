//! The one Fact enum, the composed Book, decide, evolve, react, and every policy.
