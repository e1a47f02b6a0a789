//! Records → login attempts, their outcomes, who tried, and the sessions they belong to.
//!
//! Here a line gets its meaning; counting is one floor up, in `summary`. The outcome rules are the heart of the program's
//! honesty: each trap of the format stands in their tables of cases.

pub mod account;
pub mod attempt;
pub mod epoch;
pub mod error_code;
pub mod identity;
pub mod mechanism;
pub mod outcome;
pub mod response;
pub mod session;
pub mod target;
pub mod ways;
