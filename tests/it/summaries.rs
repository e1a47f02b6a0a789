//! Summaries as files: they come back as they were, the same logs are the same bytes, and merged they tell what all logs at
//! once tell, however these were parted, in whatever order, over whatever stations.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use exlog::case::Case;
use exlog::case::evidence::Evidence;
use exlog::clock::{Window, Zone};
use exlog::dataset::envelope;
use exlog::dataset::merging::{Copies, Merged, Part, merge};
use exlog::dataset::summary_file::{Question, SummaryFile};
use exlog::diagnosis::judge;
use exlog::input::block::Block;
use exlog::input::discover::discover;
use exlog::input::packed::Unpacking;
use exlog::pipeline::{Job, Silent, run};
use exlog::protocol_log::place::Place;
use exlog::report::html::{self, Asked};
use exlog::report::{json, terminal};
use exlog::summary::file::FileSummary;
use exlog::summary::scope::Scope;
use exlog::summary::segment::{Reading, Segment};

use crate::generated::plans;
use crate::generator::clock::utc;
use crate::generator::{EventKind, FileCut, Mix, Plan, generate, generate_in_memory, log_bytes};
use crate::mutated::{Dice, damaged_trees};
use crate::tree::{FRONT, TWELVE, Tree, log, log_of, login, repository, samples};

/// What these paths hold, counted anew.
fn summarized(paths: &[PathBuf]) -> SummaryFile {
    let scope = Scope::default();
    let material =
        run(&Job { paths, evidence: &[], scope: &scope, threads: Some(2), unpacking: Unpacking::default() }, &Silent).unwrap();
    SummaryFile {
        question: Question::default(),
        paths: paths.iter().map(|path| path.display().to_string()).collect(),
        summary: material.summary,
        evidence: material.evidence.into_files(),
        ..SummaryFile::default()
    }
}

/// All reports about a summary, one behind the other.
fn reports(file: SummaryFile) -> String {
    let evidence: Evidence = file.evidence.into_iter().collect();
    let case = Case::new(file.summary, evidence, Window::default());
    let findings = judge(&case);
    let asked = Asked::default();
    let mut out = Vec::new();
    json::write(&case, &findings, None, &mut out).unwrap();
    html::write(&case, &findings, None, &asked, &mut out).unwrap();
    let look = terminal::Look { width: 120, color: false, zone: Zone::Utc, all: true, glyphs: terminal::Glyphs::Console };
    terminal::write(&case, &findings, None, look, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// There and back again.
fn stored(file: &SummaryFile) -> SummaryFile {
    SummaryFile::from_bytes(&file.to_bytes().unwrap(), "a summary").unwrap()
}

#[track_caller]
fn comes_back(path: &Path) {
    let file = summarized(&[path.to_owned()]);
    let bytes = file.to_bytes().unwrap();
    let again = SummaryFile::from_bytes(&bytes, "a summary").unwrap();
    // Hash maps are seeded anew in each of these three.
    assert!(again.to_bytes().unwrap() == bytes, "{}: read and written again", path.display());
    assert!(summarized(&[path.to_owned()]).to_bytes().unwrap() == bytes, "{}: counted again", path.display());
    assert!(reports(again) == reports(file), "{}", path.display());
}

#[test]
fn samples_come_back_as_they_were() {
    comes_back(&samples());
}

#[test]
fn generated_and_damaged_logs_come_back_as_they_were() {
    for (name, plan) in plans() {
        let tree = Tree::new();
        generate(&plan, tree.path()).unwrap();
        comes_back(tree.path());
        assert!(!summarized(&[tree.path().to_owned()]).summary.sources.is_empty(), "{name}");
    }
    for tree in damaged_trees(40..43) {
        comes_back(tree.path());
    }
}

#[test]
fn no_bytes_make_the_reader_fail_in_any_other_way_than_with_words() {
    let file = summarized(&[samples().join("certificate-outage")]);
    let bytes = file.to_bytes().unwrap();
    let mut dice = Dice(3);
    for _ in 0..300 {
        let mut damaged = bytes.clone();
        match dice.below(3) {
            0 => damaged.truncate(dice.below(bytes.len())),
            1 => damaged[dice.below(bytes.len())] ^= 1 << dice.below(8),
            _ => damaged.extend(vec![7; 1 + dice.below(50)]),
        }
        let error = SummaryFile::from_bytes(&damaged, "the-file").unwrap_err().to_string();
        assert!(error.starts_with("the-file ") && error.contains("\n  "), "{error}");
    }
    // Behind a checksum that is right, too: somebody may have made it.
    let content = envelope::unpack(&bytes).unwrap();
    for _ in 0..2_000 {
        let mut changed = content.clone();
        for _ in 0..1 + dice.below(4) {
            let at = dice.below(changed.len());
            changed[at] = [0, 0xff, 0x80, 0x7f, changed[at] ^ 1 << dice.below(8)][dice.below(5)];
        }
        if dice.below(4) == 0 {
            changed.truncate(dice.below(changed.len()));
        }
        if let Err(error) = SummaryFile::from_bytes(&envelope::pack(&changed, "1"), "the-file") {
            assert!(error.to_string().contains("holds something that exlog does not write"), "{error}");
        }
    }
}

/// Merges parts in random groups until one is left; on the way some are written and read again.
fn merged_somehow(mut parts: Vec<SummaryFile>, dice: &mut Dice) -> SummaryFile {
    while parts.len() > 1 {
        let group = (2 + dice.below(3)).min(parts.len());
        let taken: Vec<SummaryFile> = (0..group).map(|_| parts.swap_remove(dice.below(parts.len()))).collect();
        let named = |file| Part { name: "part".to_owned(), file };
        let Merged { file, left_out, .. } = merge(taken.into_iter().map(named).collect(), Copies::Never).unwrap();
        assert!(left_out.is_empty(), "{left_out:?}");
        parts.push(if dice.below(2) == 0 { stored(&file) } else { file });
    }
    parts.pop().unwrap()
}

/// The files below a folder go into random parts, which are merged: the same bytes as of all files at once, and the same reports.
#[track_caller]
fn parts_do_not_show(folder: &Path, dice: &mut Dice, what: &str) {
    let mut files: Vec<PathBuf> = discover(&[folder.to_owned()]).inputs.into_iter().map(|input| input.path).collect();
    files.sort();
    let whole = summarized(&files);
    let bytes = whole.to_bytes().unwrap();
    let expected = reports(whole);
    for _ in 0..2 {
        let number = 2 + dice.below(files.len().min(12));
        let mut parts: Vec<Vec<PathBuf>> = vec![Vec::new(); number];
        files.iter().for_each(|file| parts[dice.below(number)].push(file.clone()));
        let parts = parts.iter().filter(|files| !files.is_empty()).map(|files| summarized(files)).collect();
        let merged = merged_somehow(parts, dice);
        assert!(merged.to_bytes().unwrap() == bytes, "{what}: the summary in {number} parts");
        assert!(reports(merged) == expected, "{what}: the reports in {number} parts");
    }
}

#[test]
fn however_logs_are_parted_and_merged_they_tell_the_same() {
    let mut dice = Dice(11);
    parts_do_not_show(&samples(), &mut dice, "samples");
    for (name, plan) in plans() {
        let tree = Tree::new();
        generate(&plan, tree.path()).unwrap();
        parts_do_not_show(tree.path(), &mut dice, name);
    }
    for (number, tree) in damaged_trees(50..54).enumerate() {
        parts_do_not_show(tree.path(), &mut dice, &format!("damaged logs {number}"));
    }
}

/// One log in many pieces, some of them two logs of the same minutes: sessions, pulses and outages lie across all cuts.
#[test]
fn logs_that_overlap_and_are_cut_in_the_middle_of_sessions_tell_the_same() {
    let mut plan = Plan::new(21, utc(2026, 3, 12, 9, 0, 0), 6, 1).plant(EventKind::BackendRejects, 40..330);
    (plan.mix, plan.cut, plan.accounts) = (Mix::Frontend, FileCut::Single, 50);
    let (logs, _) = generate_in_memory(&plan).unwrap();
    let log = String::from_utf8(logs.into_iter().next().unwrap().1).unwrap();
    let lines: Vec<&str> = log.split_inclusive('\n').collect();
    assert!(lines.len() > 2_000, "{}", lines.len());
    let mut dice = Dice(5);
    let mut tree = Tree::new();
    let (mut at, mut number) = (0, 0);
    while at < lines.len() {
        let end = (at + 100 + dice.below(200)).min(lines.len());
        let piece = &lines[at..end];
        // Every third piece is two logs with every other line.
        let halves: Vec<String> = match number % 3 {
            0 => (0..2).map(|half| piece.iter().skip(half).step_by(2).copied().collect()).collect(),
            _ => vec![piece.concat()],
        };
        for (half, text) in halves.iter().enumerate() {
            tree = tree.with(&format!("EX01/Logging/Imap4/IMAP42026{number:04}-{half}.LOG"), text);
        }
        (at, number) = (end, number + 1);
    }
    for _ in 0..3 {
        parts_do_not_show(tree.path(), &mut dice, "pieces");
    }
}

/// What a log knows to the second must not be let go before it is known that no other log has a failure in that minute.
#[test]
fn failures_of_another_log_find_the_seconds_of_the_minute_they_share() {
    let hand_over = "R=\"z NO LOGIN failed.\";Msg=Proxy:EX01.contoso.com:1993:SSL;ErrMsg=ProxyNotAuthenticated";
    let successes = |times: &[&str]| log_of(times.iter().map(|time| login(time, "alice@contoso.com", "R=ok")));
    let failures: Vec<String> =
        ["07:03:20.100", "07:03:40.200"].iter().map(|time| login(time, "bob@contoso.com", hand_over)).collect();
    let failures = log(&[TWELVE, &failures[0], &failures[1]]);
    let name = |part: usize| format!("EX01/Logging/Imap4/IMAP42026031{part}-1.LOG");
    let tree = Tree::of(&name(1), successes(&["07:00:00.000", "07:01:00.000", "07:02:00.000", "07:03:00.000", "07:03:30.000"]))
        .with(&name(2), successes(&["07:03:50.000", "07:04:00.000", "07:05:00.000", "07:06:00.000"]))
        .with(&name(3), failures);
    let part = |part: usize| summarized(&[tree.at(&name(part))]);
    let together = |parts: Vec<SummaryFile>| {
        let named = |file| Part { name: "part".to_owned(), file };
        merge(parts.into_iter().map(named).collect(), Copies::Never).unwrap().file
    };
    let whole = summarized(&[1, 2, 3].map(|part| tree.at(&name(part)))).to_bytes().unwrap();
    for [first, second, third] in [[1, 2, 3], [1, 3, 2], [2, 3, 1]] {
        let merged = together(vec![together(vec![part(first), part(second)]), part(third)]);
        assert!(merged.to_bytes().unwrap() == whole, "{first} and {second}, then {third}");
    }
}

/// Each login names another account, from another address, but for one that fails every fourth time.
fn spray(from: u32, names: u32) -> String {
    let denied = "R=\"z NO LOGIN failed.\";ErrMsg=LogonFailed:LogonDenied";
    let mut text = format!("{TWELVE}\r\n");
    for number in from..from + names {
        let user = if number % 4 == 0 { "heavy".to_owned() } else { format!("person{number}") };
        let time = format!("{:02}:{:02}:{:02}.{:03}", 7 + number / 36_000, number / 600 % 60, number / 10 % 60, number % 10);
        let line = login(&time, &user, denied).replace("203.0.113.5", &format!("11.0.{}.{}", number / 250, number % 250));
        text.push_str(&line);
        text.push_str("\r\n");
    }
    text
}

/// Where there are more names than are kept, totals stay exact, the heaviest names stay, and any order of the same parts is one.
#[test]
fn beyond_the_limit_of_names_totals_and_the_heaviest_stay() {
    const NAMES: u32 = 20_000;
    let name = |part: u32| format!("EX01/Logging/Imap4/IMAP42026031{part}-1.LOG");
    let tree = (0..3).fold(Tree::new(), |tree, part| tree.with(&name(part), spray(part * NAMES, NAMES)));
    let files = [0, 1, 2].map(|part| tree.at(&name(part)));
    let parts = files.clone().map(|file| summarized(&[file]));
    let merged = |order: [usize; 3]| {
        let named = |place: usize| Part { name: "part".to_owned(), file: parts[place].clone() };
        merge(order.map(named).into(), Copies::Never).unwrap().file
    };
    let bytes = merged([0, 1, 2]).to_bytes().unwrap();
    assert!(summarized(&files).to_bytes().unwrap() == bytes, "parts of one log each are added as the logs are");
    assert!([[2, 1, 0], [1, 0, 2]].iter().all(|order| merged(*order).to_bytes().unwrap() == bytes));
    let grouped = |first: usize, second: usize, third: usize| {
        let named = |file: SummaryFile| Part { name: "part".to_owned(), file };
        let pair = merge(vec![named(parts[first].clone()), named(parts[second].clone())], Copies::Never).unwrap().file;
        merge(vec![named(stored(&pair)), named(parts[third].clone())], Copies::Never).unwrap().file.summary
    };
    let whole = merged([0, 1, 2]).summary;
    let (key, expected) = whole.services.first_key_value().unwrap();
    let (distinct, is_exact) = expected.accounts.distinct();
    assert!(!is_exact && distinct.abs_diff(u64::from(3 * NAMES / 4 * 3 + 1)) < 2_500, "{distinct}");
    let heavy = |accounts: &exlog::collections::tally::Tally<exlog::summary::account::Account>| {
        accounts.iter().find(|(name, _, _)| *name == "heavy").map(|(_, _, account)| account.counts.failed)
    };
    assert_eq!(heavy(&expected.accounts), Some(u64::from(3 * NAMES / 4)));
    for [first, second, third] in [[0, 1, 2], [0, 2, 1], [1, 2, 0]] {
        let service = grouped(first, second, third).services.remove(key).unwrap();
        assert_eq!((service.records, &service.logins), (expected.records, &expected.logins));
        assert_eq!(service.accounts.distinct(), expected.accounts.distinct());
        assert_eq!(heavy(&service.accounts), heavy(&expected.accounts));
    }
}

/// A log that is read piece by piece may wait in a file between two pieces: nothing of it is lost.
#[test]
fn a_log_that_is_half_read_can_be_put_aside() {
    let (name, scope) = (Arc::from(FRONT), Scope::default());
    let text = log_bytes(23, Mix::Both, 300_000);
    let mut dice = Dice(9);
    let mut ends: Vec<usize> = (0..6).map(|_| dice.below(text.len())).collect();
    ends.iter_mut().for_each(|end| *end += text[*end..].iter().position(|byte| *byte == b'\n').unwrap() + 1);
    ends.extend([0, text.len()]);
    ends.sort_unstable();
    let of_pieces = |put_aside: bool| {
        let mut file = FileSummary::after(Arc::clone(&name), &Place::default());
        for piece in ends.windows(2).map(|ends| &text[ends[0]..ends[1]]) {
            let reading = Reading { file: &name, named: None, scope: &scope };
            file.add(Segment::read(Block { text: piece, is_unfinished: false }, file.header, reading));
            if put_aside {
                file = postcard::from_bytes(&postcard::to_allocvec(&file).unwrap()).unwrap();
            }
        }
        let mut whole = SummaryFile::default();
        whole.summary.add_file(file, None, &scope);
        whole
    };
    assert!(of_pieces(true).to_bytes().unwrap() == of_pieces(false).to_bytes().unwrap());
    assert!(reports(of_pieces(true)) == reports(of_pieces(false)));
}

/// A file that this exlog wrote earlier. Whoever changes what summaries hold gives the format another number, so that no exlog
/// takes one form for another; `EXLOG_UPDATE=1 cargo test summaries` writes the file of a new format.
#[test]
fn the_form_of_files_changes_only_with_the_number_of_the_format() {
    let path = repository().join(format!("tests/data/summary-{}.exlog", envelope::FORMAT));
    if std::env::var_os("EXLOG_UPDATE").is_some() && !path.exists() {
        let mut file = FileSummary::after(Arc::from(FRONT), &Place::default());
        let (text, name, scope) = (log_bytes(23, Mix::Damage, 30_000), Arc::from(FRONT), Scope::default());
        let reading = Reading { file: &name, named: None, scope: &scope };
        file.add(Segment::read(Block { text: &text, is_unfinished: true }, file.header, reading));
        let evidence = summarized(&["sample-logs/certificate-outage/evidence".into()]).evidence.into_iter();
        let mut whole = SummaryFile { evidence: evidence.take(3).collect(), ..SummaryFile::default() };
        whole.summary.add_file(file, Some("EX01".to_owned()), &scope);
        std::fs::write(&path, whole.to_bytes().unwrap()).unwrap();
    }
    let bytes = std::fs::read(&path).expect("EXLOG_UPDATE=1 writes it");
    let file = SummaryFile::from_bytes(&bytes, "the file").expect("what summaries hold has changed: raise envelope::FORMAT");
    assert!(file.summary.accounting.records > 50 && file.evidence.len() == 3);
    let again = envelope::unpack(&file.to_bytes().unwrap()).unwrap();
    assert!(again == envelope::unpack(&bytes).unwrap(), "what summaries hold has changed: raise envelope::FORMAT");
}
