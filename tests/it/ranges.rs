//! `exlog summarize --ranges`: a big log that is read in ranges, by as many as like, is that log.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use exlog::input::block::SEGMENT;
use flate2::write::GzEncoder;

use crate::generator::{Mix, log_bytes};
use crate::mutated::Dice;
use crate::program::{Ended, command, end};
use crate::tree::{TWELVE, Tree, log, login};

const BIG: &str = "copies/EX04/Logging/Imap4/IMAP4-big.LOG";

fn run(folder: &Path, arguments: &[&str]) -> Ended {
    end(command().current_dir(folder).args(arguments))
}

/// Summarizes what a list names, into a file.
fn summarized(folder: &Path, list: &str, name: &str) -> Ended {
    fs::write(folder.join("list"), list).unwrap();
    run(folder, &["summarize", "copies", "--paths-from", "list", "--ranges", "--quiet", "--output", name])
}

fn merged(folder: &Path, summaries: &[String], options: &[&str]) -> Ended {
    let summaries: Vec<&str> = summaries.iter().map(String::as_str).collect();
    run(folder, &[&["merge", "--parts", "--quiet"], options, &summaries[..]].concat())
}

/// A folder with a log of some segments, whose last line has no end, and smaller things beside it.
fn tree(segments: u64) -> Tree {
    let mut text = log_bytes(41, Mix::Damage, (segments * SEGMENT - SEGMENT / 3) as usize);
    text.truncate(text.trim_ascii_end().len());
    let tree =
        Tree::of("copies/EX04/Logging/Imap4/small.LOG", log(&[TWELVE, &login("07:00:01.000", "alice@contoso.com", "R=ok")]))
            .with("copies/settings.txt", "ExchangeCertificate\n")
            .with(BIG, text);
    let mut packed = GzEncoder::new(File::create(tree.at("copies/EX04/packed.log.gz")).unwrap(), flate2::Compression::fast());
    packed.write_all(&log_bytes(42, Mix::Both, 200_000)).unwrap();
    packed.finish().unwrap();
    tree
}

fn length(tree: &Tree, name: &str) -> u64 {
    fs::metadata(tree.at(name)).unwrap().len()
}

#[test]
fn ranges_of_a_log_are_the_log_however_they_are_cut_and_put_together() {
    let tree = tree(4);
    let expected = run(tree.path(), &["analyze", "copies", "--format", "json", "--quiet"]).with_status(0).stdout;
    let mut dice = Dice(5);
    for round in 0..3 {
        let mut lists = vec!["copies/EX04/Logging/Imap4/small.LOG\t\ncopies/settings.txt\t\n".to_owned()];
        // What cannot be cut is listed like anything else.
        for name in [BIG, "copies/EX04/packed.log.gz"] {
            let length = length(&tree, name);
            let mut cuts: Vec<u64> = (0..2 + dice.below(3)).map(|_| 1 + dice.below(length as usize - 1) as u64).collect();
            if round == 0 {
                cuts = vec![SEGMENT.min(length - 1), (SEGMENT + 1).min(length - 1), (2 * SEGMENT).min(length - 1)];
            }
            cuts.extend([0, length]);
            cuts.sort_unstable();
            cuts.dedup();
            lists.extend(cuts.windows(2).map(|cut| format!("{name}\t{}-{}/{length}\n", cut[0], cut[1])));
        }
        let mut summaries: Vec<String> = (0..lists.len()).map(|at| format!("{round}-{at}.exlog")).collect();
        for (list, name) in lists.iter().zip(&summaries) {
            summarized(tree.path(), list, name).with_status(0);
        }
        // A tree of merges, in any order.
        while summaries.len() > 2 {
            let pair = [(); 2].map(|()| summaries.swap_remove(dice.below(summaries.len())));
            let both = format!("{round}-{}-both.exlog", summaries.len());
            merged(tree.path(), &pair, &["--format", "summary", "--output", &both]).with_status(0);
            summaries.push(both);
        }
        let report = merged(tree.path(), &summaries, &["--format", "json"]).with_status(0);
        assert!(report.stdout == expected, "round {round}: {lists:?}");
    }
}

#[test]
fn a_log_of_which_a_range_is_missing_or_there_twice_is_not_reported_about() {
    let tree = tree(3);
    let length = length(&tree, BIG);
    let half = |from, to, name: &str| {
        summarized(tree.path(), &format!("{BIG}\t{from}-{to}/{length}"), name).with_status(0);
        name.to_owned()
    };
    let (first, second) = (half(0, SEGMENT + 5, "1.exlog"), half(SEGMENT + 5, length, "2.exlog"));
    let overlapping = half(SEGMENT, length, "3.exlog");
    summarized(tree.path(), &format!("{BIG}\t"), "whole.exlog").with_status(0);
    for (summaries, words) in [
        (vec![first.clone()], "some ranges are missing"),
        (vec![second.clone()], "some ranges are missing"),
        (vec![first.clone(), second.clone(), overlapping.clone()], "in several of the summaries"),
        (vec![first.clone(), first.clone(), second.clone()], "in several of the summaries"),
        (vec![first.clone(), second.clone(), "whole.exlog".to_owned()], "in several of the summaries"),
        (vec![first.clone(), "whole.exlog".to_owned()], "in several of the summaries"),
    ] {
        // A file that is given twice is read once.
        let copies: Vec<String> = (0..)
            .zip(&summaries)
            .map(|(at, name)| {
                let copy = format!("copy-{at}-{name}");
                fs::copy(tree.at(name), tree.at(&copy)).unwrap();
                copy
            })
            .collect();
        let ended = merged(tree.path(), &copies, &[]).with_status(2);
        assert!(ended.stderr.contains(words) && ended.stderr.contains("IMAP4-big.LOG"), "{summaries:?}: {ended:?}");
    }
    merged(tree.path(), &[second, first], &[]).with_status(0);
}

#[test]
fn ranges_that_would_be_read_wrongly_are_refused() {
    let small = |fields: &str, line: &str, size: u64| {
        let head = format!("#Software: Microsoft Exchange Server\r\n#Log-type: IMAP4 Log\r\n#Fields: {fields}\r\n");
        [head.into_bytes(), line.as_bytes().repeat(size as usize / line.len())].concat()
    };
    // The server's end and the client's end change places in the middle.
    let text = [
        small("dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context", LINE, SEGMENT / 2),
        small("dateTime,sessionId,seqNumber,cIp,sIp,user,duration,rqsize,rpsize,command,parameters,context", LINE, SEGMENT),
    ];
    let tree = Tree::of(BIG, text.concat());
    let length = length(&tree, BIG);
    for (at, range) in [format!("0-{SEGMENT}/{length}"), format!("{SEGMENT}-{length}/{length}")].iter().enumerate() {
        summarized(tree.path(), &format!("{BIG}\t{range}"), &format!("{at}.exlog")).with_status(0);
    }
    let ended = merged(tree.path(), &["0.exlog".into(), "1.exlog".into()], &[]).with_status(2);
    assert!(ended.stderr.contains("its columns change"), "{ended:?}");
    // Shorter than the list says; and of two lengths.
    let longer = length + 1;
    let ended = summarized(tree.path(), &format!("{BIG}\t0-{SEGMENT}/{longer}"), "x.exlog").with_status(0);
    assert!(ended.stderr.is_empty(), "{ended:?}");
    let ended = run(tree.path(), &["merge", "--parts", "x.exlog"]).with_status(3);
    assert!(ended.stderr.contains("it has become shorter"), "{ended:?}");
    let shorter = length - 1;
    summarized(tree.path(), &format!("{BIG}\t{SEGMENT}-{shorter}/{shorter}"), "2.exlog").with_status(0);
    let ended = merged(tree.path(), &["0.exlog".into(), "2.exlog".into()], &[]).with_status(2);
    assert!(ended.stderr.contains("is not equally long"), "{ended:?}");
    for list in [BIG.to_owned(), format!("{BIG}\t5-5/9"), format!("{BIG}\t0-9"), format!("{BIG}\t0-10/9\n")] {
        let ended = summarized(tree.path(), &list, "x.exlog").with_status(2);
        assert!(ended.stderr.contains("the list list could not be read"), "{list}: {ended:?}");
    }
}

const LINE: &str =
    "2026-03-12T07:00:01.000Z,00000000000000A1,3,10.0.0.11:993,10.9.9.9:50000,a@contoso.com,5,10,20,noop,,R=ok\r\n";

#[test]
fn a_header_that_says_later_what_the_name_of_the_file_says_is_no_other() {
    let columns = "dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context\r\n";
    let lines = LINE.repeat(SEGMENT as usize / LINE.len());
    let block = format!("#Software: Microsoft Exchange Server\r\n#Log-type: IMAP4 Log\r\n#Fields: {columns}");
    let tree = Tree::of(BIG, [columns, &lines[..lines.len() / LINE.len() / 2 * LINE.len()], &block, &lines].concat());
    let length = length(&tree, BIG);
    let summaries: Vec<String> = [0, SEGMENT]
        .iter()
        .zip([SEGMENT, length])
        .map(|(from, to)| {
            let name = format!("{from}.exlog");
            summarized(tree.path(), &format!("{BIG}\t{from}-{to}/{length}"), &name).with_status(0);
            name
        })
        .collect();
    let expected = run(tree.path(), &["analyze", "copies", "--format", "json", "--quiet"]).with_status(0).stdout;
    assert!(merged(tree.path(), &summaries, &["--format", "json"]).with_status(0).stdout == expected);
}
