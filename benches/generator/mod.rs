//! A generator of realistic Exchange IMAP4/POP3 protocol logs whose truth is known.
//! It is no part of `exlog` and uses nothing of it: tests hold the program against what is counted here while it is written.
//!
//! The same plan gives the same bytes on every platform, with any number of threads.
#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    reason = "each of its users (benches, tests, the example) needs another part of it"
)]
#![allow(clippy::indexing_slicing, reason = "indexes are made here, and a generator that is wrong should stop at once")]

mod arrivals;
mod bulk;
pub mod clock;
mod layouts;
mod line;
mod outcome;
mod people;
pub mod plan;
mod rng;
mod sample_evidence;
mod samples;
mod samples_readme;
mod script;
mod session;
mod simulate;
mod sources;
mod stream;
mod tally;
pub mod truth;
mod truth_json;

pub use bulk::{Bulk, bulk_plan, log_bytes, log_bytes_with_truth};
pub use plan::{Columns, Event, EventKind, FileCut, Mix, Plan, Protocol, Role, ServerPlan};
pub use samples::{Sample, samples_json, write_samples};
pub use truth::{ClientClass, FailureKey, FileTruth, HandOver, LoginCounts, LoginKey, OutageTruth, Truth};

use people::Directory;
use simulate::{Simulation, Written};
use std::io;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
pub use stream::Contents;
use stream::Sink;

/// Writes the plan's tree below `root` (`root/SERVER/Logging/Imap4/…`) and returns the truth about it.
pub fn generate(plan: &Plan, root: &Path) -> io::Result<Truth> {
    Ok(run(plan, &Sink::Disk(root.to_owned()))?.truth)
}

/// The plan's files in memory, path and content, and the truth about them.
pub fn generate_in_memory(plan: &Plan) -> io::Result<(Contents, Truth)> {
    let written = run(plan, &Sink::Memory)?;
    Ok((written.contents, written.truth))
}

/// The truth of a plan, without writing its files.
pub fn count_only(plan: &Plan) -> io::Result<Truth> {
    Ok(run(plan, &Sink::Discard)?.truth)
}

fn run(plan: &Plan, sink: &Sink) -> io::Result<Written> {
    let directory = Directory::new(plan);
    let jobs: Vec<(usize, Protocol)> =
        (0..plan.servers.len()).flat_map(|server| plan.protocols.iter().map(move |protocol| (server, *protocol))).collect();
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let work = || {
        while let Some(&(server, protocol)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let written = Simulation::new(plan, &directory, server, protocol, sink).run();
            if let Ok(mut done) = done.lock() {
                done.push((server, protocol, written));
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..plan.threads.clamp(1, jobs.len().max(1)) {
            scope.spawn(work);
        }
        work();
    });
    let mut done = done.into_inner().map_err(|_| io::Error::other("a generator thread failed"))?;
    // The order in which threads finish must not show.
    done.sort_by_key(|&(server, protocol, _)| (server, protocol));
    let mut all = Written { truth: Truth::default(), contents: Vec::new() };
    for (_, _, written) in done {
        let written = written?;
        all.truth.merge(written.truth);
        all.contents.extend(written.contents);
    }
    Ok(all)
}
