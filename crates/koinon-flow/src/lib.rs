//! Network optimisation on plain integers; usable by anyone.
