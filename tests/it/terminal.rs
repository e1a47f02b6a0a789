//! The terminal report: it fits, it keeps to glyphs that every console has, and it is short where nothing is wrong.

use std::path::{Path, PathBuf};

use exlog::case::Case;
use exlog::clock::Zone;
use exlog::comparison::{Comparison, Judged};
use exlog::diagnosis::judge;
use exlog::input::packed::Unpacking;
use exlog::pipeline::{self, Job, Silent};
use exlog::report::terminal::{self, Glyphs, Look};
use exlog::summary::scope::Scope;
use unicode_width::UnicodeWidthStr;

use crate::generator::clock::utc;
use crate::generator::{EventKind, Plan, generate};
use crate::program::exlog;
use crate::tree::{FRONT, TWELVE, Tree, log, login, samples};

/// The widths a report may have: the narrowest, a Windows console's, a file's, the widest.
const WIDTHS: [usize; 4] = [79, 80, 100, 160];

/// What is known about a path.
fn case(path: &Path) -> Case {
    let scope = Scope::default();
    let job = Job { paths: &[path.to_owned()], evidence: &[], scope: &scope, threads: Some(1), unpacking: Unpacking::default() };
    let material = pipeline::run(&job, &Silent).unwrap();
    Case::new(material.summary, material.evidence, scope.window)
}

/// The report about a path at a width.
fn report(path: &Path, width: usize, glyphs: Glyphs) -> String {
    let case = case(path);
    let look = Look { width, color: false, zone: Zone::Utc, all: false, glyphs };
    let mut out = Vec::new();
    terminal::write(&case, &judge(&case), None, look, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// All samples together, and each alone.
fn sample_folders() -> Vec<PathBuf> {
    let folders = std::fs::read_dir(samples()).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    folders.chain([samples()]).collect()
}

/// Whether every console font of Windows has it: ASCII, Latin-1, the ellipsis, lines and blocks of code page 437.
fn is_in_every_console(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{ff}' | '…' | '─'..='╬' | '▀' | '▄' | '█' | '▌' | '▐' | '░' | '▒' | '▓')
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for folder in sample_folders() {
        for width in WIDTHS {
            let report = report(&folder, width, Glyphs::Console);
            let wider: Vec<&str> = report.lines().filter(|line| line.width() > width).collect();
            assert!(wider.is_empty(), "{} at {width}: {wider:#?}", folder.display());
        }
    }
}

#[test]
fn no_story_is_wider_than_the_terminal() {
    for (seed, kind) in [
        EventKind::CertificateOutage,
        EventKind::BackendUnreachable,
        EventKind::BackendTimeout,
        EventKind::NoBackendFound,
        EventKind::MailboxOffline,
        EventKind::BackendRejects,
        EventKind::Spray { accounts: 90, addresses: 80 },
        EventKind::BruteForce { every: 3, addresses: 12 },
        EventKind::PlaintextRefused { every: 120 },
        EventKind::ConnectionLimit { every: 200 },
    ]
    .into_iter()
    .enumerate()
    {
        let tree = Tree::new();
        let mut plan = Plan::new(seed as u64, utc(2026, 3, 12, 4, 0, 0), 8, 1);
        plan.accounts = 80;
        generate(&plan.plant(kind, 120..240), tree.path()).unwrap();
        let report = report(tree.path(), 79, Glyphs::Console);
        let wider: Vec<&str> = report.lines().filter(|line| line.width() > 79).collect();
        assert!(report.contains("Why") && wider.is_empty(), "{kind:?}: {wider:#?}");
        assert_eq!(report.chars().find(|c| !is_in_every_console(*c)), None, "{kind:?}");
    }
}

#[test]
fn no_line_of_a_comparison_is_wider_either() {
    let paths = ["certificate-outage", "healthy-day"].map(|name| samples().join(name).display().to_string());
    let cases = paths.clone().map(|path| case(Path::new(&path)));
    let findings = [judge(&cases[0]), judge(&cases[1])];
    let judged = |at: usize| Judged { case: &cases[at], findings: &findings[at], paths: &paths[at..=at] };
    for (this, other) in [(0, 1), (1, 0)] {
        let comparison = Comparison::new(judged(this), judged(other));
        for width in WIDTHS {
            let look = Look { width, color: false, zone: Zone::Utc, all: false, glyphs: Glyphs::Console };
            let mut out = Vec::new();
            terminal::write(&cases[this], &findings[this], Some(&comparison), look, &mut out).unwrap();
            let report = String::from_utf8(out).unwrap();
            let wider: Vec<&str> = report.lines().filter(|line| line.width() > width).collect();
            assert!(report.contains("Compared with") && wider.is_empty(), "at {width}: {wider:#?}");
            assert_eq!(report.chars().find(|c| !is_in_every_console(*c)), None);
        }
    }
}

#[test]
fn wide_and_endless_names_do_not_break_the_lines() {
    let names = ["漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字@contoso.com", &"e\u{301}".repeat(90), &"🙂".repeat(60)];
    let mut lines = vec![TWELVE.to_owned()];
    for (second, name) in names.iter().flat_map(|name| [name; 4]).enumerate() {
        lines.push(login(&format!("07:00:{second:02}.000"), name, "R=\"x NO LOGIN failed.\";ErrMsg=ProxyNotAuthenticated"));
    }
    let tree = Tree::of(FRONT, log(&lines.iter().map(String::as_str).collect::<Vec<_>>()));
    for width in WIDTHS {
        let report = report(tree.path(), width, Glyphs::Console);
        assert!(report.contains('漢') && report.contains('…'));
        let wider: Vec<&str> = report.lines().filter(|line| line.width() > width).collect();
        assert!(wider.is_empty(), "at {width}: {wider:#?}");
    }
}

#[test]
fn a_windows_console_has_every_glyph_unless_others_are_asked_for() {
    for folder in sample_folders() {
        let report = report(&folder, 100, Glyphs::Console);
        assert_eq!(report.chars().find(|c| !is_in_every_console(*c)), None, "{}", folder.display());
    }
    let outage = samples().join("certificate-outage");
    assert!(report(&outage, 100, Glyphs::Console).contains('█'));
    let path = outage.display().to_string();
    let rich = exlog(&["analyze", &path, "--glyphs", "rich"]).with_status(0).stdout;
    assert!(rich.chars().any(|c| ('▁'..='▇').contains(&c)), "{rich}");
}

#[test]
fn where_logins_work_the_report_is_short() {
    let healthy = report(&samples().join("healthy-day"), 80, Glyphs::Console);
    assert!(healthy.lines().count() <= 15, "{healthy}");
    assert!(healthy.starts_with("Logins work") && healthy.contains("--verbose"));
    // What was not read is never left away.
    let damaged = report(&samples().join("damaged"), 80, Glyphs::Console);
    assert!(damaged.contains("18 lines skipped") && !damaged.contains("The lines that prove it"), "{damaged}");
    let outage = report(&samples().join("certificate-outage"), 80, Glyphs::Console);
    assert!(outage.contains("The lines that prove it"));
}

#[test]
fn times_are_also_said_back_from_the_last_line_of_the_logs() {
    let outage = report(&samples().join("certificate-outage"), 160, Glyphs::Console);
    let second = outage.lines().nth(1).unwrap();
    assert!(
        second.contains("07:33:43 to 10:31:20 UTC (2 h 57 min)") && second.ends_with("82 min before the last line"),
        "{second}"
    );
}

#[test]
fn the_strip_shows_what_was_before_and_after() {
    let outage = report(&samples().join("certificate-outage"), 100, Glyphs::Console);
    let strip = outage.lines().find(|line| line.starts_with("  EX01 IMAP  ·")).unwrap();
    let (before, rest) = strip.split_once('█').unwrap();
    assert!(before.contains("·····") && rest.contains("···"), "{strip}");
    assert!(strip.ends_with(" 64"), "{strip}");
}
