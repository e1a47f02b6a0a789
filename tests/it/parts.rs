//! `exlog summarize --paths-from` and `exlog merge --parts`: a folder that is read in parts is that folder; and the job that does it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::program::{Ended, command, end, exlog};
use crate::tree::{BACK, FRONT, TWELVE, Tree, files_below, log, login, repository, samples};

fn run(folder: &Path, arguments: &[&str]) -> Ended {
    end(command().current_dir(folder).args(arguments))
}

/// The report about some files of a folder, each read as a part of its own.
fn by_parts(folder: &Path, root: &str, files: &[String]) -> Ended {
    let work = Tree::new();
    let mut merge = vec!["merge".to_owned(), "--parts".into(), "--format".into(), "json".into()];
    for (at, name) in files.iter().enumerate() {
        let (list, part) = (work.at(&format!("{at}.txt")), work.at(&format!("{at}.exlog")));
        // Some as editors of Windows write them.
        let mark = if at % 3 == 1 { "\u{feff}" } else { "" };
        fs::write(&list, format!("{mark}{name}\n")).unwrap();
        let (list, part) = (list.to_str().unwrap(), part.to_str().unwrap());
        run(folder, &["summarize", root, "--paths-from", list, "--quiet", "--output", part]).with_status(0);
        merge.push(part.to_owned());
    }
    run(folder, &merge.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The names of all files below a folder, as they are seen from the folder above it.
fn names(top: &Path, root: &str) -> Vec<String> {
    let below = |file: &PathBuf| file.strip_prefix(top).unwrap().to_str().unwrap().to_owned();
    files_below(&top.join(root)).iter().map(below).collect()
}

fn three() -> String {
    let line = |second: &str| login(&format!("07:00:{second}.000"), "alice@contoso.com", "R=ok");
    log(&[TWELVE, &line("01"), &line("02"), &line("03")])
}

#[test]
fn parts_of_a_folder_are_the_folder() {
    let top = repository();
    let expected = run(top, &["analyze", "sample-logs", "--format", "json", "--quiet"]).with_status(0).stdout;
    let files = names(top, samples().file_name().unwrap().to_str().unwrap());
    // Among them is what is no log.
    assert!(files.iter().any(|name| name.contains("evidence")) && files.len() > 20);
    assert!(by_parts(top, "sample-logs", &files).with_status(0).stdout == expected);
}

#[test]
fn a_listed_file_is_named_by_the_folders_below_its_path_and_copies_count_as_often_as_there() {
    let tree = Tree::of("copies/EX04/Imap4/a.LOG", three()).with("copies/EX05/Imap4/same.LOG", three()).with("copies/x.txt", "x");
    let expected = run(tree.path(), &["analyze", "copies", "--format", "json", "--quiet"]).with_status(0);
    let mut files = names(tree.path(), "copies");
    let report = by_parts(tree.path(), "copies", &files).with_status(0);
    assert_eq!(report.stdout, expected.stdout);
    assert_eq!(report.json()["logins"]["frontend"]["attempts"], 6);
    assert!(report.stdout.contains("\"EX04\"") && report.stdout.contains("\"EX05\""), "{report:?}");
    // What has gone meanwhile is said, as about a path that is not there.
    files.push("copies/EX06/Imap4/gone.LOG".into());
    let report = by_parts(tree.path(), "copies", &files).with_status(0);
    assert!(report.stdout.contains("gone.LOG") && report.stderr.contains("gone.LOG"), "{report:?}");
}

#[test]
fn fetched_copies_are_shown_and_named_by_their_address() {
    let tree =
        Tree::of("copies/hdfs/nn:8020/Logging/Imap4/IMAP4-1.LOG", three()).with("copies/hdfs/nn:8020/EX04/Imap4/a.LOG", three());
    let list = "hdfs://nn:8020/Logging/Imap4/IMAP4-1.LOG\0hdfs://nn:8020/EX04/Imap4/a.LOG\0hdfs://nn:8020/gone\0";
    let tree = tree.with("list", list);
    let asked = ["summarize", "hdfs://nn:8020/", "--paths-from", "list", "--fetched", "copies", "--output", "it.exlog"];
    let said = run(tree.path(), &asked).with_status(0).stderr;
    assert!(said.contains("hdfs://nn:8020/gone: "), "{said}");
    let report = run(tree.path(), &["merge", "it.exlog", "--format", "json", "--quiet"]).with_status(0);
    let servers: Vec<String> =
        report.json()["logins"]["by"].as_array().unwrap().iter().map(|row| row["server"].to_string()).collect();
    // No folder of copies and no cluster is a server: the first file has the address in its lines.
    assert_eq!(servers, ["\"10.0.0.11\"", "\"EX04\""]);
    assert!(report.stdout.contains("hdfs://nn:8020/EX04/Imap4/a.LOG") && !report.stdout.contains("copies"), "{report:?}");
}

#[test]
fn lists_that_are_wrong_are_refused() {
    let tree = Tree::of(FRONT, three())
        .with(BACK, three())
        .with("outside", format!("{FRONT}\nelsewhere/a.LOG"))
        .with("out", "EX01/../x");
    for (arguments, words) in [
        (&["--paths-from", "outside"][..], "elsewhere/a.LOG is below none of the paths"),
        (&["--paths-from", "none"], "the list none could not be read"),
        (&["--paths-from", "out", "--fetched", "."], "would lead out of the folder of copies"),
        (&["--fetched", "."], "--paths-from"),
        (&["--paths-from", "out", "--manifest", "m.json"], "cannot be used with"),
    ] {
        let stderr = run(tree.path(), &[&["summarize", "EX01"][..], arguments].concat()).with_status(2).stderr;
        assert!(stderr.contains(words), "{arguments:?}: {stderr}");
    }
}

#[test]
fn parts_without_any_log_make_no_report() {
    let tree = Tree::of("copies/x.txt", "x");
    let report = by_parts(tree.path(), "copies", &["copies/x.txt".to_owned()]).with_status(3);
    assert!(report.stderr.contains("no IMAP4 or POP3 protocol log") && report.stderr.contains("x.txt"), "{report:?}");
}

#[test]
fn the_job_for_spark_is_printed_as_it_was_tried() {
    let job = fs::read_to_string(repository().join("src/cluster/spark.py")).unwrap();
    assert_eq!(exlog(&["cluster", "spark"]).with_status(0).stdout, job);
    // What is asked of exlog in it can be asked.
    for (name, options) in [
        ("summarize", &["--paths-from", "--fetched", "--threads", "--quiet", "--output"][..]),
        ("merge", &["--parts", "--quiet", "--format", "--output"]),
    ] {
        let help = exlog(&[name, "--help"]).with_status(0).stdout;
        for option in options {
            assert!(job.contains(&format!("\"{option}\"")) && help.contains(option), "{name} {option}");
        }
    }
}
