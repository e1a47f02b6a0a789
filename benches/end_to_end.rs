//! A whole tree of logs on the disk into one summary, in bytes per second, with one thread and with all processors.
//!
//! The tree is read again and again, so it comes from the operating system's cache: this measures exlog, not the disk.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "criterion's macros make undocumented functions; a bench stops at once when it is wrong"
)]

#[path = "generator/mod.rs"]
mod generator;

use std::time::Duration;

use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use exlog::case::Case;
use exlog::case::evidence::Evidence;
use exlog::pipeline::{Job, Silent, run};
use exlog::summary::scope::Scope;
use generator::{Bulk, Mix, bulk_plan, generate};

/// Large enough for several segments a file, small enough to be made in a second.
const BYTES: u64 = 64 << 20;

fn tree(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("tree");
    group.sampling_mode(SamplingMode::Flat).sample_size(10).measurement_time(Duration::from_secs(8));
    for (name, mix) in [("both", Mix::Both), ("logins", Mix::Logins)] {
        let folder = tempfile::tempdir().unwrap();
        let plan =
            bulk_plan(&Bulk { seed: 1, servers: 2, bytes: BYTES, files: None, single_file: false, mix, columns: None }).unwrap();
        let truth = generate(&plan, folder.path()).unwrap();
        group.throughput(Throughput::Bytes(truth.sum(|file| file.bytes)));
        let (paths, scope) = ([folder.path().to_owned()], Scope::default());
        let all = std::thread::available_parallelism().map_or(1, usize::from);
        for threads in [1, all] {
            let job = Job { paths: &paths, evidence: &[], scope: &scope, threads: Some(threads) };
            group.bench_with_input(BenchmarkId::new(name, format!("{threads} threads")), &job, |bencher, job| {
                bencher.iter(|| run(job, &Silent).unwrap().summary.accounting.records);
            });
        }
    }
    group.finish();
}

fn case(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let plan = bulk_plan(&Bulk {
        seed: 2,
        servers: 2,
        bytes: BYTES / 4,
        files: None,
        single_file: false,
        mix: Mix::Logins,
        columns: None,
    })
    .unwrap();
    generate(&plan, folder.path()).unwrap();
    let (paths, scope) = ([folder.path().to_owned()], Scope::default());
    let summary = run(&Job { paths: &paths, evidence: &[], scope: &scope, threads: None }, &Silent).unwrap().summary;
    criterion.bench_function("case", |bencher| {
        bencher.iter_with_large_drop(|| Case::new(summary.clone(), Evidence::default(), scope.window));
    });
}

criterion_group!(benches, tree, case);
criterion_main!(benches);
