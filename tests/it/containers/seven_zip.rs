//! 7z archives, as 7-Zip 16 wrote them (`7z a -ms=on data.7z evidence hostile real-lines.log`).

use std::path::PathBuf;

use exlog::input::packed::Unpacking;
use exlog::pipeline::inputs::inputs;
use flate2::Crc;

use super::writer::{How, Zip};
use super::{REPORT, about, notes, run};
use crate::mutated::Dice;
use crate::program::{analyze, exlog, list, number};
use crate::tree::{Tree, repository};

fn archive(name: &str) -> PathBuf {
    repository().join("tests/data/archives").join(name)
}

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(archive(name)).unwrap()
}

/// The folder that was packed.
fn packed() -> Tree {
    ["evidence/MSExchange_Management_wec.evtx", "evidence/README.md", "hostile/imap.txt", "real-lines.log"]
        .into_iter()
        .map(str::to_owned)
        .chain(
            crate::tree::files_below(&repository().join("tests/data/hostile/EX01"))
                .iter()
                .map(|path| path.strip_prefix(repository().join("tests/data")).unwrap().to_string_lossy().replace('\\', "/")),
        )
        .fold(Tree::new(), |tree, name| {
            let content = std::fs::read(repository().join("tests/data").join(&name)).unwrap();
            tree.with(&format!("data/{name}"), content)
        })
}

#[test]
fn an_archive_is_read_as_its_folder_by_every_command() {
    let folder = packed();
    let tree = Tree::of("data.7z", bytes("data.7z"))
        .with("data2.zip", Zip::default().with("data.7z", &bytes("data.7z"), How::Deflate).finish());
    let expected = about(&REPORT, &folder.at("data"));
    assert!(expected.contains("\"records\"") && expected.contains("evtx"));
    assert_eq!(about(&REPORT, &tree.at("data.7z")), expected);
    assert_eq!(about(&[&REPORT[..], &["--threads", "7"]].concat(), &tree.at("data.7z")), expected);
    assert_eq!(about(&REPORT, &tree.at("data2.zip")).replace("LOGS/data.7z", "LOGS"), expected, "inside of a zip archive");
    let sessions = ["sessions", "--format", "ndjson"];
    assert_eq!(about(&sessions, &tree.at("data.7z")), about(&sessions, &folder.at("data")));
}

#[test]
fn what_a_manifest_says_of_an_archive_can_be_held_against_it() {
    let tree = Tree::of("data.7z", bytes("data.7z"));
    let (manifest, path) = (tree.at("m.json").display().to_string(), tree.at("data.7z").display().to_string());
    exlog(&["analyze", &path, "--format", "json", "--manifest", &manifest]).with_status(0);
    exlog(&["verify", &manifest]).with_status(0);
}

#[test]
fn what_cannot_be_unpacked_is_named_with_what_to_do() {
    for (name, reason) in [
        ("encrypted.7z", "encrypted in its archive: unpack it with its password first"),
        ("encrypted-names.7z", "encrypted in its archive: unpack it with its password first"),
        ("ppmd.7z", "packed with PPMD in its archive, which exlog does not read: unpack it first"),
    ] {
        let shown = run(&archive(name), &[]).with_status(3).stderr;
        assert!(shown.contains(reason), "{name}: {shown}");
    }
    let cut = bytes("data.7z");
    let tree = Tree::of("half.7z", &cut[..cut.len() / 2]).with("full.7z", cut);
    let ended = run(tree.path(), &["--max-unpacked", "20KB"]).with_status(3);
    assert!(ended.stderr.contains("more than 20,000 bytes would come out of it"), "{ended:?}");
    let ended = run(tree.path(), &[]).with_status(0);
    assert!(
        ended.stderr.contains("half.7z: its content is damaged") || ended.stderr.contains("half.7z: it ends in the middle"),
        "{ended:?}"
    );
    assert_eq!(number(&ended.json(), "/input/records"), number(&analyze(&archive("data.7z")), "/input/records"));
}

/// Two logs of one login each (`7z a -ms=off two.7z EX01 EX02`): packed each by itself, and the damage is in the first.
#[test]
fn damage_costs_what_is_packed_together_and_nothing_else() {
    let whole = bytes("two.7z");
    assert_eq!(number(&analyze(&archive("two.7z")), "/logins/frontend/attempts"), 2);
    for at in [40, 60, 80] {
        let mut damaged = whole.clone();
        damaged[at] ^= 0xff;
        let tree = Tree::of("two.7z", damaged);
        let report = analyze(&tree.at("two.7z"));
        assert_eq!(list(&report, "/input/sources").last().unwrap()["server"], "EX02", "{at}");
        let said = notes(&report);
        assert!(said.iter().any(|note| note[0] != "other" && note[1].contains("EX01")), "{at}: {said:?}");
    }
}

/// An archive that states that its packer looked back 4 GiB, which unpacking it would have to hold in memory.
#[test]
fn an_archive_cannot_ask_for_any_amount_of_memory() {
    let mut hostile = bytes("plain-header.7z");
    let at = hostile.windows(2).rposition(|window| window == [0x21, 0x01]).unwrap();
    hostile[at + 2] = 40;
    let sum = |bytes: &[u8]| {
        let mut crc = Crc::new();
        crc.update(bytes);
        crc.sum().to_le_bytes()
    };
    let start = 32 + u64::from_le_bytes(hostile[12..20].try_into().unwrap()) as usize;
    let header = sum(&hostile[start..]);
    hostile[28..32].copy_from_slice(&header);
    let beginning = sum(&hostile[12..32]);
    hostile[8..12].copy_from_slice(&beginning);
    let tree = Tree::of("data.7z", hostile);
    let shown = run(&tree.at("data.7z"), &[]).with_status(3).stderr;
    assert!(shown.contains("real-lines.log: it takes too much memory to unpack it here"), "{shown}");
}

#[test]
fn nothing_in_an_archive_ends_the_run_or_comes_from_elsewhere() {
    let (whole, mut dice) = (bytes("data.7z"), Dice(7));
    let tree = Tree::new();
    let path = tree.at("data.7z");
    for round in 0..400 {
        let mut changed = whole.clone();
        for _ in 0..=round % 3 {
            let at = dice.below(changed.len());
            changed[at] = dice.below(256) as u8;
        }
        std::fs::write(&path, changed).unwrap();
        let found = inputs(std::slice::from_ref(&path), Unpacking { most: Some(1 << 20) }, Some(1)).unwrap();
        assert!(found.inputs.iter().all(|input| input.path.starts_with(tree.path())), "{round}: {found:?}");
    }
}
