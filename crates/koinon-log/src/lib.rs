//! Signed logs: record format, chains, streams and the exchange core, without input or output.
