//! Logs that are followed while they grow: what is new in them is read, each line once, and what is recent is kept.
//!
//! `recognition` says which file is which log, as for the nights; `pipeline::rest` reads on. What differs is that nothing is kept on
//! the disk: `recent` keeps the last hours and lets go of what is older, so that memory does not grow with time.

mod changes;
pub mod follower;
mod recent;
mod turns;
