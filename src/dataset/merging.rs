//! Many summaries → one: the same whatever their order, and however they were grouped on the way.
//!
//! A log that is in two of them must not count twice. What was counted cannot be taken apart again: so a summary whose logs
//! are all in another one is left out, and two that share only some of their logs are refused.

use std::collections::BTreeMap;

use crate::dataset::summary_file::{Question, SummaryFile};
use crate::error::{Error, ErrorKind, Result};
use crate::input::discover::STANDARD_INPUT;
use crate::merge::Merge;
use crate::summary::Source;
use crate::summary::file_range::{FileRange, Misfit};
use crate::text::TerminalText;

/// A summary, and what errors call it.
#[derive(Debug)]
pub struct Part {
    /// The file, as it is shown.
    pub name: String,
    /// What it holds.
    pub file: SummaryFile,
}

/// Whether a log may be in two parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copies {
    /// Never, under whatever path: the parts were made apart, and it would count twice.
    Never,
    /// Under another path: the parts are of one set of files, each of which is in one of them, and all its files count.
    Count,
}

/// What came of merging.
#[derive(Debug, Default)]
pub struct Merged {
    /// All parts together.
    pub file: SummaryFile,
    /// The parts whose logs are all in another one, each with the name of that one: they were not counted again.
    pub left_out: Vec<(String, String)>,
    /// The logs that count although they are copies of another one of their server, each with that one.
    pub copies: Vec<(String, String)>,
}

/// Makes one of many.
///
/// # Errors
/// [`ErrorKind::Usage`] if the parts answer different questions, or share some of their logs.
pub fn merge(mut parts: Vec<Part>, copies: Copies) -> Result<Merged> {
    // The largest come first, so that what they hold is met behind them.
    parts.sort_by(|a, b| {
        let (a, b) = (&a.file.summary.sources, &b.file.summary.sources);
        b.len().cmp(&a.len()).then_with(|| a.cmp(b))
    });
    let holders = holders(&parts, copies)?;
    let names: Vec<String> = parts.iter().map(|part| part.name.clone()).collect();
    let mut merged = Merged::default();
    merged.file.question = parts.first().map(|part| part.file.question.clone()).unwrap_or_default();
    let mut counted = Vec::new();
    for (part, holder) in parts.into_iter().zip(holders) {
        match holder {
            None => counted.push(part.file),
            Some(holder) => {
                merged.file.take_what_lies_beside(part.file);
                merged.left_out.push((part.name, names.get(holder).cloned().unwrap_or_default()));
            }
        }
    }
    // In the order in which all logs at once are added: where tallies are full, that decides which names stay.
    counted.sort_by(|a, b| a.summary.sources.cmp(&b.summary.sources));
    counted.into_iter().for_each(|file| merged.file.take(file));
    merged.file.join_ranges(copies)?;
    merged.file.put_in_order();
    merged.left_out.sort();
    merged.copies = copies_among(&merged.file.summary.sources);
    Ok(merged)
}

/// Logs that begin alike on one server, which `analyze` would count once.
fn copies_among(sources: &[Source]) -> Vec<(String, String)> {
    let mut first: BTreeMap<(u64, Option<&str>), &Source> = BTreeMap::new();
    let copies = sources.iter().filter_map(|source| {
        let known = *first.entry((source.begins?, source.server.as_deref())).or_insert(source);
        (known.file != source.file).then(|| (source.file.to_string(), known.file.to_string()))
    });
    copies.collect()
}

impl SummaryFile {
    /// The name that all servers were given, if it is one.
    pub fn server_name(&self) -> Option<&str> {
        let name = self.server_names.first().map(String::as_str);
        name.filter(|_| self.summary.sources.iter().all(|source| source.server.as_deref() == name))
    }

    /// Adds all of another one.
    fn take(&mut self, mut other: Self) {
        self.summary.merge_with(std::mem::take(&mut other.summary));
        self.take_what_lies_beside(other);
    }

    /// Adds all of another one but what was counted in its logs: notes and evidence may be its own.
    fn take_what_lies_beside(&mut self, other: Self) {
        let Self { question: _, paths, evidence_paths, server_names, summary, evidence } = other;
        self.paths.extend(paths);
        self.evidence_paths.extend(evidence_paths);
        self.server_names.extend(server_names);
        self.summary.add_notes(summary.notes);
        self.evidence.extend(evidence);
    }

    /// Makes logs of the ranges that are there now.
    fn join_ranges(&mut self, copies: Copies) -> Result<()> {
        if self.summary.ranges.is_empty() {
            return Ok(());
        }
        self.summary.join_ranges(&self.question.scope()?).map_err(|misfit| misfitting(&misfit))?;
        let is_there = |range: &FileRange| {
            self.summary.sources.iter().any(|source| source.file == range.summary.file && range.is_on(source))
        };
        if let Some(range) = self.summary.ranges.iter().find(|range| is_there(range)) {
            return Err(misfitting(&Misfit::Twice(range.summary.file.clone())));
        }
        let mut logs = Logs::new(copies);
        for source in &self.summary.sources {
            if logs.find(source).is_some() {
                return Err(misfitting(&Misfit::Twice(source.file.clone())));
            }
            logs.insert(source, 0);
        }
        Ok(())
    }

    /// Each thing once, in an order that does not tell which part it came from.
    pub fn put_in_order(&mut self) {
        for list in [&mut self.paths, &mut self.evidence_paths, &mut self.server_names] {
            list.sort();
            list.dedup();
        }
        // Different machines may have evidence of one name: then what it says decides.
        self.evidence.sort_by_cached_key(|evidence| (evidence.file.clone(), postcard::to_allocvec(evidence).unwrap_or_default()));
        self.evidence.dedup();
    }
}

/// For each part the place of the one that holds all its logs, if there is one.
fn holders(parts: &[Part], copies: Copies) -> Result<Vec<Option<usize>>> {
    let mut logs = Logs::new(copies);
    let mut holders = Vec::new();
    for (place, part) in parts.iter().enumerate() {
        if let Some(first) = parts.first().filter(|first| !is_same(&first.file.question, &part.file.question)) {
            return Err(other_question(first, part));
        }
        let sources = &part.file.summary.sources;
        let mut found: Vec<Option<usize>> = Vec::with_capacity(sources.len());
        for source in sources {
            match logs.find(source) {
                Some((holder, known)) if known.fingerprint == source.fingerprint => found.push(Some(holder)),
                Some((holder, known)) => return Err(two_states(part, parts.get(holder), known)),
                None => found.push(None),
            }
        }
        let shared = found.iter().position(Option::is_some).and_then(|at| Some((found.get(at).copied()??, sources.get(at)?)));
        match shared {
            None => {
                sources.iter().for_each(|source| logs.insert(source, place));
                holders.push(None);
            }
            Some((holder, _)) if found.iter().all(|one| *one == Some(holder)) && part.file.summary.ranges.is_empty() => {
                holders.push(Some(holder));
            }
            Some((holder, source)) => return Err(shares(part, parts.get(holder), source)),
        }
    }
    Ok(holders)
}

/// The logs of the parts that count, each with the place of its part.
struct Logs<'a> {
    copies: Copies,
    /// Those with records, by what they hold: a copy may have another path.
    by_content: BTreeMap<u64, (usize, &'a Source)>,
    /// By path and server: the same log may have grown. Servers have paths in common, a server has each once.
    by_name: BTreeMap<(&'a str, Option<&'a str>), (usize, &'a Source)>,
    /// By how they begin, and server: a copy may have been made before the log grew.
    by_beginning: BTreeMap<(u64, Option<&'a str>), (usize, &'a Source)>,
}

impl<'a> Logs<'a> {
    fn new(copies: Copies) -> Self {
        Self { copies, by_content: BTreeMap::new(), by_name: BTreeMap::new(), by_beginning: BTreeMap::new() }
    }

    fn insert(&mut self, source: &'a Source, place: usize) {
        if source.records > 0 && self.copies == Copies::Never {
            self.by_content.insert(source.fingerprint, (place, source));
        }
        if let Some(begins) = source.begins.filter(|_| self.copies == Copies::Never) {
            self.by_beginning.insert((begins, source.server.as_deref()), (place, source));
        }
        if source.file.as_ref() != STANDARD_INPUT {
            self.by_name.insert((&source.file, source.server.as_deref()), (place, source));
        }
    }

    fn find(&self, source: &Source) -> Option<(usize, &'a Source)> {
        let by_content = self.by_content.get(&source.fingerprint).filter(|_| source.records > 0);
        let by_name = || self.by_name.get(&(source.file.as_ref(), source.server.as_deref()));
        let by_beginning = || self.by_beginning.get(&(source.begins?, source.server.as_deref()));
        by_content.or_else(by_name).or_else(by_beginning).copied()
    }
}

/// Whether two questions ask for the same, in whatever order.
fn is_same(a: &Question, b: &Question) -> bool {
    let sorted = |names: &[String]| {
        let mut names: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
        names.sort();
        names.dedup();
        names
    };
    let lists = |question: &Question| [&question.servers, &question.users, &question.clients].map(|names| sorted(names));
    (a.window, a.protocol, a.role) == (b.window, b.protocol, b.role) && lists(a) == lists(b)
}

fn other_question(first: &Part, part: &Part) -> Error {
    let (first_name, name) = (TerminalText::new(&first.name), TerminalText::new(&part.name));
    let what = match first.file.question.window == part.file.question.window {
        true => "filters (--protocol, --role, --server, --user, --client)",
        false => "windows of time (--from, --to)",
    };
    Error::new(ErrorKind::Usage, format!("{name} and {first_name} were made with different {what}"))
        .hint("only answers to one question can be merged: make them with the same options (times as dates, not as -3h)")
}

fn two_states(part: &Part, holder: Option<&Part>, source: &Source) -> Error {
    let (name, other) = (TerminalText::new(&part.name), TerminalText::new(holder.map_or("another", |part| &part.name)));
    let file = TerminalText::new(&source.file);
    Error::new(ErrorKind::Usage, format!("{name} and {other} both hold {file}, which has changed between them")).hint(
        "merge only the later one; or, if these are logs of two servers, give each its name by 'exlog summarize --server-name'",
    )
}

fn shares(part: &Part, holder: Option<&Part>, source: &Source) -> Error {
    let (name, other) = (TerminalText::new(&part.name), TerminalText::new(holder.map_or("another", |part| &part.name)));
    let file = TerminalText::new(&source.file);
    Error::new(ErrorKind::Usage, format!("{name} and {other} share logs, among them {file}, and would count them twice"))
        .hint("make summaries of which each log is in one; a summary that holds all logs of another may be given with it")
}

fn misfitting(misfit: &Misfit) -> Error {
    let (file, what, hint) = match misfit {
        Misfit::Twice(file) => (file, "is in several of the summaries, in part or as a whole", "give each range of a log once"),
        Misfit::Changed(file) => {
            (file, "is not equally long in all summaries of its ranges", "cut it anew: it has changed meanwhile")
        }
        Misfit::OtherHeader(file) => {
            (file, "cannot be put together: its columns change where one of its ranges begins", "summarize it as a whole")
        }
    };
    Error::new(ErrorKind::Usage, format!("{} {what}", TerminalText::new(file))).hint(hint)
}
