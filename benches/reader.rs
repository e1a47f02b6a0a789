//! The reading of one log in memory, stage by stage, in bytes per second: structure, records, contexts, logins, and whole segments.
//!
//! One thread, no files: what the disk and the threads add is measured in `end_to_end`.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "criterion's macros make undocumented functions; a bench stops at once when it is wrong"
)]

#[path = "generator/mod.rs"]
mod generator;

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use exlog::input::block::Block;
use exlog::protocol_log::context::Context;
use exlog::protocol_log::file_name::kind_of;
use exlog::protocol_log::header::{ColumnMap, Header};
use exlog::protocol_log::record::Record;
use exlog::protocol_log::structure::Structure;
use exlog::protocol_log::timestamp::Stamps;
use exlog::summary::scope::Scope;
use exlog::summary::segment::{Reading, Segment};
use generator::{Mix, log_bytes};

/// As large as a segment.
const SIZE: usize = 16 << 20;

const MIXES: [(&str, Mix); 4] =
    [("frontend", Mix::Frontend), ("backend", Mix::Backend), ("logins", Mix::Logins), ("damage", Mix::Damage)];

/// Runs a stage over a log of every mix.
fn stage(criterion: &mut Criterion, name: &str, run: impl Fn(&[u8]) -> usize) {
    let mut group = criterion.benchmark_group(name);
    for (mix_name, mix) in MIXES {
        let log = log_bytes(1, mix, SIZE);
        group.throughput(Throughput::Bytes(log.len() as u64));
        group.bench_with_input(BenchmarkId::from_parameter(mix_name), &log, |bencher, log| bencher.iter(|| run(black_box(log))));
    }
    group.finish();
}

fn structure(criterion: &mut Criterion) {
    stage(criterion, "structure", |log| {
        let mut columns = 0;
        Structure::default().lines_of(log, |line| columns += line.columns.count());
        columns
    });
}

fn record(criterion: &mut Criterion) {
    stage(criterion, "record", |log| {
        let (mut records, mut stamps) = (0, Stamps::default());
        Structure::default().lines_of(log, |line| {
            records += usize::from(Record::read(line.columns, ColumnMap::USUAL, &mut stamps).is_ok());
        });
        records
    });
}

/// The contexts of all records, their quotes undone.
fn contexts(log: &[u8]) -> Vec<Vec<u8>> {
    let (mut contexts, mut stamps) = (Vec::new(), Stamps::default());
    Structure::default().lines_of(log, |line| {
        let record = Record::read(line.columns, ColumnMap::USUAL, &mut stamps);
        contexts.extend(record.ok().map(|record| record.context().into_owned()).filter(|context| !context.is_empty()));
    });
    contexts
}

fn context(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("context");
    for (name, mix) in MIXES {
        let log = log_bytes(1, mix, SIZE);
        let contexts = contexts(&log);
        group.throughput(Throughput::Bytes(contexts.iter().map(|context| context.len() as u64).sum()));
        group.bench_with_input(BenchmarkId::from_parameter(name), &contexts, |bencher, contexts| {
            bencher.iter(|| contexts.iter().filter(|context| Context::parse(black_box(context)).error.is_some()).count());
        });
    }
    group.finish();
}

fn segment(criterion: &mut Criterion) {
    let (file, scope) = (Arc::from("IMAP420260302-1.LOG"), Scope::default());
    let reading = Reading { file: &file, named: kind_of(&file), scope: &scope };
    stage(criterion, "segment", |log| {
        let block = Block { text: log, is_unfinished: false };
        Segment::read(block, Header::default(), reading).services.len()
    });
}

criterion_group!(benches, structure, record, context, segment);
criterion_main!(benches);
