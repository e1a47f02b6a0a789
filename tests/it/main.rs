//! The integration tests: the real program and the public library, held against what is known about the logs.
//!
//! One crate, so that everything is linked once. `program` runs the executable, `ledger` is the form in which its counts
//! are compared with the generator's truth and with the `reference` reader, which shares no code with exlog.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets something unexpected should stop at once"
)]

#[path = "../../benches/generator/mod.rs"]
mod generator;

mod dataset_files;
mod ledger;
mod loopback;
mod program;
mod reference;
mod refused_crowd;
mod tree;

mod across_servers;
mod attempts_in_order;
mod behind;
mod borders;
mod both_halves;
mod clocks;
mod compare;
mod containers;
mod copies;
mod coverage;
mod csv_tables;
mod dead_targets;
mod delivery_mail;
mod delivery_webhook;
mod diagnoses;
mod diagnosis_cases;
mod diagnosis_figures;
mod diagnosis_words;
mod documents;
mod export;
mod findings;
mod generated;
mod handover;
mod heat;
mod hostile;
mod html;
mod invariance;
mod manifest;
mod memory;
mod merging;
mod mutated;
mod ndjson;
mod nightly;
mod parts;
mod pasted;
mod powershell;
mod properties;
mod ranges;
mod reading_on;
mod real_lines;
mod redact;
mod samples;
mod schedule;
mod sessions;
mod snapshots;
mod strangers;
mod summaries;
mod terminal;
mod tidy;
mod traps;
mod usage;
mod usage_input;
mod usual;
mod verdict;
mod watch;
mod windows;
