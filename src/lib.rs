//! exlog reads Microsoft Exchange IMAP4/POP3 protocol logs and says what failed, since when, why, and what to do.
//!
//! The library is a house with floors: a module uses only what lies below it, and a test enforces it. `src/ARCHITECTURE.md`
//! is the map. The library prints nothing, exits never, and reads no clock and no environment.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

// Floor 0
pub mod clock;
pub mod location;
pub mod merge;
pub mod protocol;
pub mod redaction;
pub mod text;
// Floor 1
pub mod collections;
pub mod error;
pub mod skipped;
// Floor 2
pub mod input;
// Floor 3
pub mod evidence;
pub mod protocol_log;
// Floor 4
pub mod login;
pub mod recognition;
// Floor 5
pub mod summary;
// Floor 6
pub mod attempts;
pub mod case;
// Floor 7
pub mod diagnosis;
// Above it, and below those who print
pub mod comparison;
pub mod usual;
// Above these
pub mod night;
// And above that
pub mod live;
// Floor 8
pub mod cluster;
pub mod dataset;
pub mod delivery;
pub mod explain;
#[cfg(feature = "parquet")]
pub mod export;
pub mod manifest;
pub mod report;
pub mod schedule;
// Floor 9
pub mod pipeline;
// Floor 10
pub mod follow;
pub mod history;
// Above all
#[cfg(feature = "cli")]
pub mod cli;
