//! The reading of one log in memory, stage by stage, in bytes per second: structure, records, contexts, logins, and whole segments.
//!
//! Each stage is measured by the bytes that it reads: of the whole log, of its contexts, of the columns of its logins. One
//! thread, no files: what the disk and the threads add is measured in `end_to_end`.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "criterion's macros make undocumented functions; a bench stops at once when it is wrong"
)]

#[path = "generator/mod.rs"]
mod generator;

use std::hint::black_box;
use std::sync::{Arc, LazyLock};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use exlog::input::block::{BLOCK, Block, SEGMENT};
use exlog::login::attempt::{Answer, LoginCommand, Who};
use exlog::login::outcome::Outcome;
use exlog::protocol_log::before::Before;
use exlog::protocol_log::context::Context;
use exlog::protocol_log::file_name::kind_of;
use exlog::protocol_log::header::{ColumnMap, Header};
use exlog::protocol_log::record::Record;
use exlog::protocol_log::structure::Structure;
use exlog::summary::scope::Scope;
use exlog::summary::segment::{Reading, SegmentReader};
use generator::{Mix, log_bytes};

/// A log of one kind, as large as a segment.
struct Log {
    mix: &'static str,
    file: &'static str,
    text: Vec<u8>,
}

static LOGS: LazyLock<[Log; 4]> = LazyLock::new(|| {
    let log = |mix, file, kind| Log { mix, file, text: log_bytes(1, kind, SEGMENT as usize) };
    [
        log("frontend", "IMAP420260302-1.LOG", Mix::Frontend),
        log("backend", "IMAP4BE20260302-1.LOG", Mix::Backend),
        log("logins", "IMAP420260302-1.LOG", Mix::Logins),
        log("damage", "IMAP420260302-1.LOG", Mix::Damage),
    ]
});

/// Runs a stage over a log of every mix: what it reads is prepared once, and says how many bytes that is.
fn stage<'a, T>(criterion: &mut Criterion, name: &str, prepare: impl Fn(&'a Log) -> (T, usize), run: impl Fn(&T) -> usize) {
    let mut group = criterion.benchmark_group(name);
    for log in LOGS.iter() {
        let (input, bytes) = prepare(log);
        group.throughput(Throughput::Bytes(bytes as u64));
        group.bench_with_input(BenchmarkId::from_parameter(log.mix), &input, |bencher, input| {
            bencher.iter(|| run(black_box(input)));
        });
    }
    group.finish();
}

fn whole_text(log: &Log) -> (&[u8], usize) {
    (&log.text, log.text.len())
}

fn structure(criterion: &mut Criterion) {
    stage(criterion, "structure", whole_text, |text| {
        let mut columns = 0;
        Structure::default().lines_of(text, |line| columns += line.columns.count());
        columns
    });
}

fn record(criterion: &mut Criterion) {
    stage(criterion, "record", whole_text, |text| {
        let mut records = 0;
        each_record(text, |_| records += 1);
        records
    });
}

fn each_record(text: &[u8], mut take: impl FnMut(&Record<'_>)) {
    let mut before = Before::default();
    Structure::default().lines_of(text, |line| {
        if let Ok(record) = Record::read(line.columns, &ColumnMap::USUAL, &mut before) {
            take(&record);
        }
    });
}

/// The contexts of all records, their quotes undone.
fn contexts(log: &Log) -> (Vec<Vec<u8>>, usize) {
    let mut contexts = Vec::new();
    each_record(&log.text, |record| contexts.push(record.context().into_owned()));
    contexts.retain(|context| !context.is_empty());
    let bytes = contexts.iter().map(Vec::len).sum();
    (contexts, bytes)
}

fn context(criterion: &mut Criterion) {
    stage(criterion, "context", contexts, |contexts| {
        contexts.iter().filter(|context| Context::parse(context).error.is_some()).count()
    });
}

/// The columns of a login that tell of it, their quotes undone.
struct Login {
    command: LoginCommand,
    user: String,
    parameters: String,
    context: Vec<u8>,
}

/// The logins of all records.
fn logins(log: &Log) -> (Vec<Login>, usize) {
    let mut logins = Vec::new();
    each_record(&log.text, |record| {
        let (user, parameters, context) = (record.texts().user(), record.texts().parameters(), record.context());
        logins.extend(LoginCommand::of(record.command).map(|command| Login {
            command,
            user: user.into_owned(),
            parameters: parameters.into_owned(),
            context: context.into_owned(),
        }));
    });
    let bytes = logins.iter().map(|login| login.user.len() + login.parameters.len() + login.context.len()).sum();
    (logins, bytes)
}

fn login(criterion: &mut Criterion) {
    stage(criterion, "login", logins, |logins| {
        let failed_with_a_name = |login: &&Login| {
            let who = Who::read(login.command, &login.user, &login.parameters);
            let answer = Answer::read(&login.context);
            who.names.name.is_some() && answer.outcome == Outcome::Failed
        };
        logins.iter().filter(failed_with_a_name).count()
    });
}

/// The blocks in which a log is read, as a stream gives them.
fn blocks(log: &Log) -> Vec<Block<'_>> {
    let (mut blocks, mut rest) = (Vec::new(), log.text.as_slice());
    while !rest.is_empty() {
        let window = rest.get(..BLOCK).unwrap_or(rest);
        let end = window.iter().rposition(|byte| *byte == b'\n').map_or(rest.len(), |feed| feed + 1);
        let (text, later) = rest.split_at(end);
        blocks.push(Block { text, is_unfinished: !text.ends_with(b"\n") });
        rest = later;
    }
    blocks
}

fn segment(criterion: &mut Criterion) {
    let scope = Scope::default();
    let prepare = |log: &'static Log| ((Arc::from(log.file), blocks(log)), log.text.len());
    stage(criterion, "segment", prepare, |(file, blocks): &(Arc<str>, Vec<Block<'_>>)| {
        let reading = Reading { file, named: kind_of(file), scope: &scope };
        let mut segment = SegmentReader::new(Header::default(), reading);
        blocks.iter().for_each(|block| segment.add(*block));
        segment.finish().services.len()
    });
}

criterion_group!(benches, structure, record, context, login, segment);
criterion_main!(benches);
