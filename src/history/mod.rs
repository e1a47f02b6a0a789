//! The history of the nightly runs: what was read of which log, what it held, and what was told of it.
//!
//! One SQLite file ([`store`]), and one transaction for each run: what was read and what came of it change together, so that a
//! run that is killed at any moment has not been, and none counts a line twice. `logs` keeps which
//! logs are known, `parts` keeps what was counted, `stories`, `outages` and `untold` what was made of it, [`run`] does it all.

pub mod days;
mod logs;
mod outages;
mod parts;
mod rows;
pub mod run;
mod silence;
pub mod store;
mod stories;
mod untold;
