//! The containers that summaries are made of, each behind the one door to the crate that does the work.
//!
//! hashbrown is named only in [`map`], datasketches in [`distinct`], hdrhistogram in [`latency`].

pub mod distinct;
pub mod earliest;
pub mod interned;
pub mod latency;
pub mod map;
pub mod minutes;
pub mod pages;
pub mod partners;
pub mod sorted;
pub mod tally;
