//! Runs the floors in parallel: paths → files → segments → one summary. The only module that names rayon.
//!
//! Segments have a fixed size and are added in the order of files and of places in them, so that the result does not
//! depend on the number of threads or on the order in which they finish.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rayon::prelude::*;

use crate::case::evidence::{Evidence, EvidenceFile};
use crate::error::{Error, ErrorKind, Result};
use crate::input::discover::{Discovery, Input};
use crate::input::packed::Unpacking;
use crate::protocol_log::log_file::{LogFile, look_at};
use crate::skipped::{FileFate, FileNote};
use crate::summary::Summary;
use crate::summary::file_range::{FileRange, RangePlace};
use crate::summary::scope::Scope;

pub mod beginnings;
mod copies;
mod evidence_file;
mod file_progress;
pub mod inputs;
pub mod prints;
pub mod rest;

use evidence_file::Looked;
use file_progress::{Buffers, FileProgress, Finished};

/// So many threads for each processor at the most.
const MOST_THREADS: usize = 8;

/// So many files may be finished before the one whose turn it is: they wait in memory.
const FILES_AHEAD: usize = 64;

/// How long a thread rests that may not go on.
const PAUSE: Duration = Duration::from_millis(1);

/// What a run is told.
#[derive(Debug)]
pub struct Job<'a> {
    /// Files, folders, globs, `-`.
    pub paths: &'a [PathBuf],
    /// The same, looked through for evidence alone.
    pub evidence: &'a [PathBuf],
    /// What counts.
    pub scope: &'a Scope,
    /// How many threads; all processors if `None`.
    pub threads: Option<usize>,
    /// How much may come out of archives and packed files.
    pub unpacking: Unpacking,
}

/// What was read: the logs and what lay beside them.
#[derive(Debug)]
pub struct Material {
    /// The logs.
    pub summary: Summary,
    /// The evidence.
    pub evidence: Evidence,
}

/// Somebody who wants to know how far a run is. Called from all threads.
pub trait Progress: Sync {
    /// So many files with so many bytes (on the disk) are going to be read.
    fn planned(&self, files: usize, bytes: u64);
    /// So many bytes more have been read.
    fn advanced(&self, bytes: u64);
}

/// Nobody wants to know.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn planned(&self, _: usize, _: u64) {}
    fn advanced(&self, _: u64) {}
}

/// Reads everything that the job names.
///
/// # Errors
/// [`ErrorKind::System`] if threads cannot be had. Files that cannot be read are no error: they stand in the summary's notes.
pub fn run(job: &Job<'_>, progress: &dyn Progress) -> Result<Material> {
    Ok(pool(job.threads)?.install(|| read_all(inputs::all(job.paths, job.unpacking), copies::leave_aside, job, progress)))
}

/// The same of files that were found before, instead of the paths that the job names: a part of some whole. Copies among them count,
/// because others may be in other parts, and what counts must not depend on the cuts.
///
/// # Errors
/// As [`run`].
pub fn run_found(found: Discovery, job: &Job<'_>, progress: &dyn Progress) -> Result<Material> {
    Ok(pool(job.threads)?.install(|| read_all(inputs::open_archives(found, job.unpacking), |logs, _| logs, job, progress)))
}

fn pool(threads: Option<usize>) -> Result<rayon::ThreadPool> {
    // More threads than a few for each processor only wait for each other.
    let most = MOST_THREADS * std::thread::available_parallelism().map_or(1, usize::from);
    let threads = threads.map_or(0, |threads| threads.min(most));
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|error| Error::new(ErrorKind::System, format!("no threads could be started: {error}")).hint("try --threads 1"))
}

fn read_all(
    found: Discovery,
    that_count: impl FnOnce(Vec<LogFile>, &mut Vec<FileNote>) -> Vec<LogFile>,
    job: &Job<'_>,
    progress: &dyn Progress,
) -> Material {
    let inputs = found.inputs.into_iter().map(|input| (input, ())).collect();
    let (files, mut looked) = look(inputs, (Some(job.evidence), job.unpacking), |input, ()| look_at(input));
    let files = that_count(files, &mut looked.notes);
    let mut summary = Summary::default();
    read_files(&files, job.scope, progress, &mut |place, finished| {
        summary.notes.extend(finished.note);
        let Some(file) = finished.summary else { return };
        match files.get(place).and_then(range_of) {
            None => summary.add_file(file, finished.path_name, job.scope),
            Some(place) => summary.ranges.push(FileRange {
                place,
                path_name: job.scope.server_name.clone().or(finished.path_name),
                summary: file,
            }),
        }
    });
    summary.add_notes(found.notes.into_iter().chain(looked.notes).collect());
    Material { summary, evidence: looked.evidence.into_iter().collect() }
}

/// Which segments of a log are read, if others read the rest.
fn range_of(log: &LogFile) -> Option<RangePlace> {
    let (Range { start: begins, end: ends }, length) = (log.parts(), log.length_of_all_ranges()?);
    Some(RangePlace { begins, ends, length, header_before: log.header_before(begins), is_named: log.named.is_some() })
}

/// What stood beside the logs.
struct Beside {
    notes: Vec<FileNote>,
    evidence: Vec<EvidenceFile>,
}

/// Looks at files among which logs may be, as `look_at` does it with what is known of each, and at those that can only be
/// evidence. `None`: nothing is looked at as evidence, what is no log neither.
fn look<K: Send>(
    inputs: Vec<(Input, K)>,
    (evidence, unpacking): (Option<&[PathBuf]>, Unpacking),
    look_at: impl Fn(Input, K) -> std::result::Result<LogFile, FileNote> + Sync,
) -> (Vec<LogFile>, Beside) {
    let alone = inputs::all(evidence.unwrap_or_default(), unpacking);
    let mut beside = Beside { notes: alone.notes, evidence: Vec::new() };
    let no_log =
        |input: &Input| FileNote { file: input.shown.clone(), fate: FileFate::Other, reason: "no evidence in it".to_owned() };
    let other = |input: &Input, note: FileNote| match note.fate {
        FileFate::Other if input.is_later_range() => Looked::Elsewhere,
        _ if evidence.is_some() => as_evidence(input, note),
        _ => Looked::Neither(note),
    };
    let among_logs = inputs.into_par_iter().map(|(input, known)| match look_at(input.clone(), known) {
        Ok(log) if log.is_elsewhere() => Err(Looked::Elsewhere),
        looked => looked.map_err(|note| other(&input, note)),
    });
    let alone = alone.inputs.into_par_iter().map(|input| Err(as_evidence(&input, no_log(&input))));
    let looked: Vec<std::result::Result<LogFile, Looked>> = among_logs.chain(alone).collect();
    let mut files = Vec::new();
    for one in looked {
        match one {
            Ok(file) => files.push(file),
            Err(Looked::Neither(note)) => beside.notes.push(note),
            Err(Looked::Evidence(file)) => beside.evidence.push(file),
            Err(Looked::Elsewhere) => {}
        }
    }
    (files, beside)
}

/// Reads logs, and hands over each with its place in the list, in the order of the list.
fn read_files(files: &[LogFile], scope: &Scope, progress: &dyn Progress, take: &mut (dyn FnMut(usize, Finished) + Send)) {
    progress.planned(files.len(), files.iter().map(LogFile::length).sum());
    let tasks: Vec<(usize, u64)> =
        files.iter().enumerate().flat_map(|(place, file)| file.parts().map(move |part| (place, part))).collect();
    let work = Work {
        progresses: files.iter().map(|file| FileProgress::new(file, scope)).collect(),
        in_order: Mutex::new(InOrder { take, next: 0, waiting: files.iter().map(|_| None).collect() }),
    };
    let next_task = AtomicUsize::new(0);
    rayon::broadcast(|_| {
        let mut buffers = Buffers::default();
        while let Some((place, part)) = tasks.get(next_task.fetch_add(1, Ordering::Relaxed)) {
            work.wait_for_others(*place);
            work.read(*place, *part, &mut buffers, progress);
        }
    });
}

/// Only what is no log and yet readable can be evidence.
fn as_evidence(input: &Input, note: FileNote) -> Looked {
    if note.fate == FileFate::Other && !input.is_standard_input() {
        evidence_file::look_at(input, note)
    } else {
        Looked::Neither(note)
    }
}

/// What all threads share.
struct Work<'a> {
    progresses: Vec<FileProgress<'a>>,
    in_order: Mutex<InOrder<'a>>,
}

/// Files are added in their order; one that is finished too early waits.
struct InOrder<'a> {
    take: &'a mut (dyn FnMut(usize, Finished) + Send),
    next: usize,
    waiting: Vec<Option<Finished>>,
}

impl<'a> Work<'a> {
    fn read(&self, place: usize, part: u64, buffers: &mut Buffers, progress: &dyn Progress) {
        let Some(file) = self.progresses.get(place) else { return };
        if let Some(finished) = file.read(part, buffers, progress) {
            self.lock().add(place, finished);
        }
    }

    /// Waits while too many files would be finished before their turn; helps meanwhile where a stream is unpacked.
    fn wait_for_others(&self, place: usize) {
        while place > self.lock().next + FILES_AHEAD {
            if rayon::yield_now() != Some(rayon::Yield::Executed) {
                std::thread::sleep(PAUSE);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, InOrder<'a>> {
        self.in_order.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl InOrder<'_> {
    fn add(&mut self, place: usize, finished: Finished) {
        if let Some(slot) = self.waiting.get_mut(place) {
            *slot = Some(finished);
        }
        while let Some(finished) = self.waiting.get_mut(self.next).and_then(Option::take) {
            (self.take)(self.next, finished);
            self.next += 1;
        }
    }
}
