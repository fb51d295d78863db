//! Charts and maps: data in, SVG text out.
