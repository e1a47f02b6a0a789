//! What people and programs see of a case: one file per output.
//!
//! A report only prints: every number in it comes from the case. Text from logs passes an escape door first.

pub mod bodyfile;
pub mod csv;
pub mod html;
pub mod json;
pub mod listing;
mod moments;
pub mod ndjson;
pub mod terminal;
mod verdict;
