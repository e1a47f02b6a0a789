//! Login attempts one by one, in the order of time: what `summary` counts, before it is counted; and the lines of one session, or all
//! records.
//!
//! All logs are read side by side, each a block at a time when its turn comes, so that the first results come at once and
//! memory grows with the logs that overlap, never with their length. What a line means is decided in `protocol_log` and
//! `login`, as for the summary. Nothing is added up here. `halves` finds for each attempt what the other service said of it.

pub mod attempt;
pub mod ends;
pub mod halves;
pub mod in_order;
mod lines;
pub mod log_record;
pub mod other_half;
mod redacted;
mod server;
pub mod session_line;
mod source;
pub mod stretch;
pub mod take;
mod text;
