//! Manifests: what they say of the files, and whether `exlog verify` notices what became of them.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::{Ended, analyze, command, end, list, number};
use crate::tree::{FRONT, TWELVE, Tree, log, login};

/// A folder `logs` with a log, an archive with logs, and two other files.
fn tree() -> Tree {
    let text = log(&[TWELVE, &login("07:00:00.000", "alice", "R=ok"), &login("07:05:00.000", "bob", "R=ok")]);
    Tree::of(&format!("logs/{FRONT}"), text)
        .with("logs/empty.txt", "")
        .with("logs/python.zip", include_bytes!("../data/archives/python.zip"))
        .with("logs/note.txt", "abc")
}

fn run(folder: &Path, arguments: &[&str]) -> Ended {
    end(command().current_dir(folder).args(arguments))
}

fn manifest_of(tree: &Tree, more: &[&str]) -> Value {
    run(tree.path(), &[&["analyze", "logs", "--format", "json", "--manifest", "m.json"], more].concat()).with_status(0);
    serde_json::from_slice(&fs::read(tree.at("m.json")).unwrap()).unwrap()
}

fn input<'a>(manifest: &'a Value, name: &str) -> &'a Value {
    let ends = |input: &&Value| input["path"].as_str().unwrap().replace('\\', "/").ends_with(name);
    list(manifest, "/inputs").iter().find(ends).unwrap_or_else(|| panic!("no {name} in {manifest}"))
}

#[test]
fn a_manifest_names_every_file_with_its_digest() {
    let tree = tree();
    let manifest = manifest_of(&tree, &["--from", "2026-03-12", "--server", "EX*"]);
    assert_eq!((&manifest["schema"], &manifest["tool"]["name"]), (&"exlog.manifest/1".into(), &"exlog".into()));
    assert_eq!((&manifest["window"]["from"], &manifest["window"]["to"]), (&"2026-03-12T00:00:00.000Z".into(), &Value::Null));
    assert_eq!(manifest["options"]["servers"], serde_json::json!(["EX*"]));
    let note = input(&manifest, "logs/note.txt");
    assert_eq!((&note["kind"], &note["size"]), (&"other".into(), &3.into()));
    assert_eq!(note["sha256"], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert!(note["modified"].as_str().unwrap().ends_with('Z'));
    let front = input(&manifest, &format!("logs/{FRONT}"));
    assert_eq!((&front["kind"], number(front, "/lines"), number(front, "/records")), (&"log".into(), 3, 2));
    assert_eq!((&front["first"], &front["last"]), (&"2026-03-12T07:00:00.000Z".into(), &"2026-03-12T07:05:00.000Z".into()));
    let archive = input(&manifest, "logs/python.zip");
    assert_eq!((&archive["kind"], archive["sha256"].as_str().unwrap().len()), (&"archive".into(), 64));
    let inside = input(&manifest, &format!("logs/python.zip/{FRONT}"));
    assert_eq!((&inside["archive"], &inside["sha256"]), (&archive["path"], &Value::Null));
    // Everything that the report counts stands there.
    let report = analyze(&tree.at("logs"));
    let of = |kind: &str| list(&manifest, "/inputs").iter().filter(|input| input["kind"] == kind).count() as u64;
    assert_eq!(of("log"), number(&report, "/input/files"));
    assert_eq!(of("unreadable"), number(&report, "/input/unreadable_files"));
    assert_eq!(of("other"), number(&report, "/input/other_files"));
}

#[test]
fn files_that_changed_went_or_came_are_named() {
    let tree = tree();
    manifest_of(&tree, &[]);
    let same = run(tree.path(), &["verify", "m.json"]).with_status(0);
    assert_eq!(same.stdout, "4 files: 4 same\n");
    // From anywhere: the manifest knows where it was made.
    let path = tree.at("m.json").display().to_string();
    run(Path::new(env!("CARGO_MANIFEST_DIR")), &["verify", &path]).with_status(0);
    fs::write(tree.at("logs/note.txt"), "abd").unwrap();
    fs::remove_file(tree.at("logs/python.zip")).unwrap();
    fs::write(tree.at("logs/new.txt"), "new").unwrap();
    let other = run(tree.path(), &["verify", "m.json"]).with_status(1);
    for state in ["changed ", "missing ", "new ", "5 files: 2 same, 1 changed, 1 missing, 1 new"] {
        assert!(other.stdout.contains(state), "{other:?}");
    }
}

#[test]
fn files_are_found_where_they_are_now() {
    let (tree, moved) = (tree(), Tree::new());
    manifest_of(&tree, &[]);
    let manifest = tree.at("m.json").display().to_string();
    let absolute = tree.at("logs").display().to_string();
    let second = tree.at("absolute.json").display().to_string();
    run(moved.path(), &["analyze", &absolute, "--format", "json", "--manifest", &second]).with_status(0);
    fs::rename(tree.at("logs"), moved.at("logs")).unwrap();
    run(tree.path(), &["verify", &manifest]).with_status(1);
    for (manifest, base) in
        [(&manifest, moved.path().to_owned()), (&second, moved.path().to_owned()), (&second, moved.at("logs"))]
    {
        let base = base.display().to_string();
        let ended = run(tree.path(), &["verify", manifest, "--base", &base]);
        assert_eq!((ended.status, ended.stdout.as_str()), (0, "4 files: 4 same\n"), "{manifest} {base}");
    }
}

#[test]
fn where_there_is_no_folder_nothing_is_missing() {
    let tree = tree();
    manifest_of(&tree, &[]);
    for (base, words) in [("nowhere", "nowhere: "), ("m.json", "m.json: it is no folder")] {
        let ended = run(tree.path(), &["verify", "m.json", "--base", base]).with_status(2);
        assert!(ended.stdout.is_empty() && ended.stderr.contains(words) && ended.stderr.contains("give --base"), "{ended:?}");
    }
}

#[test]
fn a_redacted_manifest_tells_no_names_and_cannot_be_held_against_files() {
    let tree = tree();
    let redacted = manifest_of(&tree, &["--redact", "--server", "EX01"]);
    let text = redacted.to_string();
    for name in ["EX01", "EX02", "python", "note.txt", &tree.path().display().to_string()] {
        assert!(!text.contains(name), "{name} in {text}");
    }
    assert_eq!(redacted["redacted"], true);
    let ended = run(tree.path(), &["verify", "m.json"]).with_status(2);
    assert!(ended.stderr.contains("pseudonyms"), "{ended:?}");
}

#[test]
fn summaries_have_manifests_too_and_other_files_are_none() {
    let tree = tree();
    run(tree.path(), &["summarize", "logs", "--output", "s.exlog", "--manifest", "m.json"]).with_status(0);
    run(tree.path(), &["verify", "m.json"]).with_status(0);
    for file in ["s.exlog", "logs/note.txt", "nowhere.json"] {
        let ended = run(tree.path(), &["verify", file]).with_status(2);
        assert!(ended.stderr.contains("--manifest wrote"), "{ended:?}");
    }
}
