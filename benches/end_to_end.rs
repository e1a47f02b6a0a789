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

use std::path::PathBuf;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use exlog::case::Case;
use exlog::case::evidence::Evidence;
use exlog::diagnosis::judge;
use exlog::input::packed::Unpacking;
use exlog::pipeline::{Job, Silent, run};
use exlog::report::json;
use exlog::summary::scope::Scope;
use generator::{Bulk, Mix, bulk_plan, generate};

/// Large enough for work on all processors, small enough to be made in a second.
const BYTES: u64 = 64 << 20;

fn bulk(mix: Mix) -> Bulk {
    Bulk { seed: 1, servers: 2, bytes: BYTES, files: None, single_file: false, mix, columns: None }
}

/// What is read: one file of several segments has to keep all processors as busy as many files do.
fn trees() -> [(&'static str, Bulk); 6] {
    [
        ("both", bulk(Mix::Both)),
        ("frontend", bulk(Mix::Frontend)),
        ("backend", bulk(Mix::Backend)),
        ("logins", bulk(Mix::Logins)),
        ("damage", bulk(Mix::Damage)),
        ("one file", Bulk { bytes: 2 * BYTES, single_file: true, ..bulk(Mix::Frontend) }),
    ]
}

/// One thread, and as many as there are processors.
fn threads() -> Vec<usize> {
    let mut threads = vec![1, std::thread::available_parallelism().map_or(1, usize::from)];
    threads.dedup();
    threads
}

fn job<'a>(paths: &'a [PathBuf], scope: &'a Scope, threads: Option<usize>) -> Job<'a> {
    Job { paths, evidence: &[], scope, threads, unpacking: Unpacking::default() }
}

fn tree(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("tree");
    group.sampling_mode(SamplingMode::Flat).sample_size(10).measurement_time(Duration::from_secs(5));
    for (name, bulk) in trees() {
        let folder = tempfile::tempdir().unwrap();
        let truth = generate(&bulk_plan(&bulk).unwrap(), folder.path()).unwrap();
        group.throughput(Throughput::Bytes(truth.sum(|file| file.bytes)));
        let (paths, scope) = ([folder.path().to_owned()], Scope::default());
        for threads in threads() {
            let job = job(&paths, &scope, Some(threads));
            group.bench_with_input(BenchmarkId::new(name, format!("{threads} threads")), &job, |bencher, job| {
                bencher.iter(|| run(job, &Silent).unwrap().summary.accounting.records);
            });
        }
    }
    group.finish();
}

/// What comes behind the logs, and grows with what they say and not with their bytes: the case, its findings, the report.
fn case(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let plan = bulk_plan(&Bulk { seed: 2, bytes: BYTES / 4, ..bulk(Mix::Logins) }).unwrap();
    generate(&plan, folder.path()).unwrap();
    let (paths, scope) = ([folder.path().to_owned()], Scope::default());
    let summary = run(&job(&paths, &scope, None), &Silent).unwrap().summary;
    criterion.bench_function("case", |bencher| {
        bencher.iter_with_large_drop(|| Case::new(summary.clone(), Evidence::default(), scope.window));
    });
    let case = Case::new(summary, Evidence::default(), scope.window);
    criterion.bench_function("findings", |bencher| bencher.iter(|| judge(&case)));
    let findings = judge(&case);
    criterion.bench_function("json", |bencher| {
        bencher.iter(|| json::write(&case, &findings, None, &mut std::io::sink()).unwrap());
    });
}

criterion_group!(benches, tree, case);
criterion_main!(benches);
