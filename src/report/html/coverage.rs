//! What was read and what was not: the equation of lines, gaps, skipped lines, files left aside, the logs themselves.

use crate::case::Case;
use crate::case::coverage::missing_sessions;
use crate::clock::duration_for_people;
use crate::location::Location;
use crate::report::html::commands::{Cite, cite};
use crate::report::html::strips::{Strips, strips};
use crate::report::html::times::{Times, When};
use crate::report::html::words::{NAME, PATH, cut, file_name, left_out, listed, server};
use crate::skipped::FileFate;
use crate::text::{capitalized, counted, thousands};

/// So many gaps, files left aside and logs are listed.
const GAPS: usize = 100;
const ASIDE: usize = 100;
const SOURCES: usize = 200;

/// A time without logs.
#[derive(Debug)]
pub(super) struct GapRow {
    pub(super) server: String,
    pub(super) protocol: &'static str,
    pub(super) role: &'static str,
    pub(super) start: When,
    pub(super) end: When,
    pub(super) lasted: String,
    pub(super) lasted_ms: i64,
}

/// A reason to skip lines.
#[derive(Debug)]
pub(super) struct SkippedRow {
    pub(super) reason: &'static str,
    pub(super) count: String,
    pub(super) examples: Vec<Cite>,
}

/// A file with a word about it.
#[derive(Debug)]
pub(super) struct AsideRow {
    pub(super) file: String,
    pub(super) reason: String,
}

/// A log that was read.
#[derive(Debug)]
pub(super) struct SourceRow {
    pub(super) file: String,
    pub(super) short: String,
    pub(super) server: String,
    pub(super) protocol: &'static str,
    pub(super) role: &'static str,
    pub(super) records: String,
    pub(super) records_n: u64,
    pub(super) has_times: bool,
    pub(super) first: When,
    pub(super) last: When,
}

/// All of it.
#[derive(Debug)]
pub(super) struct Coverage {
    /// In one sentence.
    pub(super) sentence: String,
    /// Something is not as it should be.
    pub(super) is_incomplete: bool,
    pub(super) equation: String,
    pub(super) sessions: String,
    pub(super) strips: Strips,
    pub(super) gaps: Vec<GapRow>,
    pub(super) gaps_left_out: String,
    /// Logs that were not written, and clocks that differ: each a sentence.
    pub(super) warnings: Vec<String>,
    pub(super) warnings_left_out: String,
    pub(super) skipped: Vec<SkippedRow>,
    pub(super) aside: Vec<AsideRow>,
    pub(super) aside_left_out: String,
    pub(super) evidence: Vec<AsideRow>,
    pub(super) sources: Vec<SourceRow>,
    pub(super) sources_left_out: String,
}

/// What was read and what was not.
pub(super) fn coverage(case: &Case, times: &Times) -> Coverage {
    let (summary, sessions, gaps) = (&case.summary, &case.coverage.sessions, &case.coverage.gaps);
    let (lines, skipped) = (summary.accounting, summary.skipped.total());
    let problems = problems(case);
    let (off, clocks) = (case.coverage.switched_off.iter(), case.coverage.clocks.0.iter());
    let warnings: Vec<String> =
        off.map(|off| off.in_words(times.zone)).chain(clocks.map(|wrong| wrong.in_words(times.zone))).collect();
    let mut aside: Vec<AsideRow> = summary.notes.iter().map(|note| aside_row(&note.file, &note.reason)).collect();
    aside.extend(case.evidence.skipped.iter().map(|(at, reason)| aside_row(&at.to_string(), reason)));
    let all_aside = aside.len();
    aside.truncate(ASIDE);
    Coverage {
        sentence: if problems.is_empty() { "Nothing skipped, no gap.".to_owned() } else { format!("{}.", listed(&problems)) },
        is_incomplete: !problems.is_empty(),
        equation: format!(
            "{} = {} records + {} headers + {} blank + {} skipped",
            counted(lines.lines, "line", "lines"),
            thousands(lines.records),
            thousands(lines.headers),
            thousands(lines.blank),
            thousands(skipped)
        ),
        sessions: format!(
            "Of {} {} have no start and {} no end in the logs; {} missing inside{}.",
            counted(sessions.sessions, "session", "sessions"),
            thousands(sessions.without_start),
            thousands(sessions.without_end),
            counted(sessions.missing_sequence_numbers, "line", "lines"),
            missing_sessions(sessions)
        ),
        strips: strips(case, times),
        gaps: gap_rows(case, times),
        gaps_left_out: left_out(gaps.len(), GAPS, "gaps"),
        warnings: warnings.iter().take(GAPS).map(|warning| cut(&capitalized(warning), PATH)).collect(),
        warnings_left_out: left_out(warnings.len(), GAPS, "sentences"),
        skipped: skipped_rows(case),
        aside_left_out: left_out(all_aside, ASIDE, "files"),
        aside,
        evidence: case.evidence.files.iter().map(|(file, kind)| aside_row(file, kind)).collect(),
        sources: source_rows(case, times),
        sources_left_out: left_out(summary.sources.len(), SOURCES, "files"),
    }
}

fn problems(case: &Case) -> Vec<String> {
    let summary = &case.summary;
    let lines = |count: u64| counted(count, "line", "lines");
    let unreadable = summary.files_with(FileFate::Unreadable);
    let missing = case.coverage.sessions.missing_sequence_numbers;
    let (off, clocks) = (case.coverage.switched_off.len() as u64, case.coverage.clocks.0.len() as u64);
    let all = [
        (unreadable, format!("{} could not be read", counted(unreadable, "file", "files"))),
        (case.coverage.gaps.len() as u64, counted(case.coverage.gaps.len() as u64, "gap", "gaps")),
        (summary.skipped.total(), format!("{} skipped", lines(summary.skipped.total()))),
        (missing, format!("{} missing inside sessions", lines(missing))),
        (
            case.coverage.sessions.missing_sessions,
            counted(case.coverage.sessions.missing_sessions, "session missing", "sessions missing"),
        ),
        (off, counted(off, "log switched off", "logs switched off")),
        (clocks, counted(clocks, "clock that differs", "clocks that differ")),
    ];
    all.into_iter().filter(|(count, _)| *count > 0).map(|(_, words)| words).collect()
}

fn aside_row(file: &str, reason: &str) -> AsideRow {
    AsideRow { file: cut(file, PATH), reason: cut(reason, NAME) }
}

fn gap_rows(case: &Case, times: &Times) -> Vec<GapRow> {
    let rows = case.coverage.gaps.iter().take(GAPS).map(|gap| GapRow {
        server: server(gap.service.server.as_deref()),
        protocol: gap.service.protocol.title(),
        role: gap.service.role.title(),
        start: times.when(gap.from),
        end: times.when(gap.to),
        lasted: duration_for_people(gap.to - gap.from),
        lasted_ms: gap.to - gap.from,
    });
    rows.collect()
}

fn skipped_rows(case: &Case) -> Vec<SkippedRow> {
    let skipped = &case.summary.skipped;
    let mut reasons: Vec<_> = skipped.by_reason().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let row = |(reason, count)| {
        let examples = skipped.examples().filter(|(of, _, _)| *of == reason);
        let cited = |(_, at, text): (_, &Location, &str)| cite(at, Some(text));
        SkippedRow { reason: reason.words(), count: counted(count, "line", "lines"), examples: examples.map(cited).collect() }
    };
    reasons.into_iter().map(row).collect()
}

fn source_rows(case: &Case, times: &Times) -> Vec<SourceRow> {
    let rows = case.summary.sources.iter().take(SOURCES).map(|source| SourceRow {
        file: cut(&source.file, PATH),
        short: cut(file_name(&source.file), 80),
        server: server(source.server.as_deref()),
        protocol: source.service.map_or("", |(protocol, _)| protocol.title()),
        role: source.service.map_or("", |(_, role)| role.title()),
        records: thousands(source.records),
        records_n: source.records,
        has_times: source.span.is_some(),
        first: source.span.map(|(first, _)| times.when(first)).unwrap_or_default(),
        last: source.span.map(|(_, last)| times.when(last)).unwrap_or_default(),
    });
    rows.collect()
}
