//! Archives that are encrypted, cut, damaged, or traps.

use proptest::prelude::*;

use super::writer::{How, Zip};
use super::{files_of, notes, one_login, run, samples_and_report, zip};
use crate::program::{analyze, exlog_reading, list, number};
use crate::tree::{FRONT, Tree, samples};

const SECOND: &str = "EX02/Logging/Imap4/IMAP420260312-1.LOG";

#[test]
fn what_is_encrypted_or_packed_otherwise_is_named_with_what_to_do() {
    let archive = Zip::default()
        .with(FRONT, &one_login("alice"), How::Deflate)
        .with("secret.LOG", &one_login("bob"), How::Encrypted)
        .with("other.LOG", &one_login("carla"), How::Lzma);
    let tree = Tree::of("copies.zip", archive.finish());
    let ended = run(&tree.at("copies.zip"), &[]).with_status(0);
    let report = ended.json();
    assert_eq!(number(&report, "/logins/frontend/attempts"), 1);
    assert_eq!(number(&report, "/input/unreadable_files"), 2);
    assert!(ended.stderr.contains("secret.LOG: encrypted in its archive: unpack it with its password first"), "{ended:?}");
    assert!(ended.stderr.contains("other.LOG: packed with LZMA in its archive"), "{ended:?}");
    run(&tree.at("copies.zip"), &["--strict"]).with_status(2);
}

#[test]
fn of_several_files_with_one_name_the_last_is_read_and_that_is_said() {
    let archive = Zip::default().with(FRONT, &[one_login("alice"), one_login("bob")].concat(), How::Stored).with(
        FRONT,
        &one_login("alice"),
        How::Deflate,
    );
    let tree = Tree::of("copies.zip", archive.finish());
    let report = analyze(&tree.at("copies.zip"));
    assert_eq!(number(&report, "/logins/frontend/attempts"), 1);
    assert!(notes(&report)[0][2].contains("one name"), "{:?}", notes(&report));
}

#[test]
fn an_archive_without_its_directory_gives_the_files_that_stand_in_it() {
    let (files, _) = samples_and_report();
    let whole = number(&analyze(&samples()), "/input/records");
    for archive in [Zip::default(), Zip::long(), Zip::streamed()] {
        let archive = files.iter().fold(archive, |zip, (name, content)| zip.with(name, content, How::Deflate));
        let bytes = archive.without_directory();
        let tree = Tree::of("whole.zip", &bytes).with("half.zip", &bytes[..bytes.len() / 2]);
        let report = analyze(&tree.at("whole.zip"));
        assert_eq!(number(&report, "/input/records"), whole);
        assert!(notes(&report).iter().any(|note| note[0] == "damaged" && note[2].contains("without its end")));
        let report = analyze(&tree.at("half.zip"));
        assert!((1..whole).contains(&number(&report, "/input/records")));
        let cut = notes(&report).into_iter().filter(|note| note[0] == "damaged" && note[1].contains("half.zip/")).count();
        assert_eq!(cut, 1, "the one in which the cut is: {:?}", notes(&report));
    }
}

#[test]
fn damage_in_an_archive_costs_the_file_in_which_it_is() {
    let archive = Zip::default().with(FRONT, &one_login("alice"), How::Stored).with(SECOND, &one_login("bob"), How::Stored);
    let mut bytes = archive.finish();
    let at = bytes.windows(5).position(|window| window == b"alice").unwrap();
    bytes[at] = b'm';
    let tree = Tree::of("copies.zip", bytes);
    let report = analyze(&tree.at("copies.zip"));
    assert_eq!(number(&report, "/logins/frontend/attempts"), 2);
    let [[kind, file, reason]] = notes(&report)[..] else { panic!("{report}") };
    assert!(kind == "damaged" && file.ends_with(FRONT) && reason.contains("checksum"), "{file}: {reason}");
}

#[test]
fn no_more_comes_out_of_an_archive_than_may_and_the_run_goes_on() {
    let zeros = vec![0; 20 << 20];
    let archive = Zip::default().with("bomb.LOG", &zeros, How::Deflate).with(FRONT, &one_login("alice"), How::Deflate);
    let tree = Tree::of("copies.zip", archive.finish());
    let ended = run(&tree.at("copies.zip"), &["--max-unpacked", "1MB"]).with_status(0);
    assert_eq!(number(&ended.json(), "/logins/frontend/attempts"), 1);
    assert!(ended.stderr.contains("bomb.LOG: more than 1,000,000 bytes would come out of it"), "{ended:?}");
    // One that states less than it holds gives no more than it states.
    let lying = Zip::default().claiming(FRONT, &one_login("alice").repeat(100), How::Deflate, 1000);
    let tree = Tree::of("copies.zip", lying.finish());
    let report = analyze(&tree.at("copies.zip"));
    assert_eq!(number(&report, "/input/bytes"), 1000);
    assert!(notes(&report)[0][2].contains("more in it than its archive says"), "{:?}", notes(&report));
    run(&tree.at("copies.zip"), &["--max-unpacked", "plenty"]).with_status(2);
}

#[test]
fn a_trap_is_known_by_its_ratio() {
    let trap = Zip::default().claiming("trap.LOG", &vec![0; 1 << 20], How::Deflate, 3 << 30).with(
        FRONT,
        &one_login("alice"),
        How::Stored,
    );
    let tree = Tree::of("copies.zip", trap.finish());
    let report = analyze(&tree.at("copies.zip"));
    assert_eq!((number(&report, "/logins/frontend/attempts"), number(&report, "/input/unreadable_files")), (1, 1));
}

#[test]
fn archives_in_archives_in_archives_are_named() {
    let inner = Zip::default().with(FRONT, &one_login("alice"), How::Deflate).finish();
    let middle = Zip::default().with("inner.zip", &inner, How::Stored).with(SECOND, &one_login("bob"), How::Stored).finish();
    let tree = Tree::of("outer.zip", Zip::default().with("middle.zip", &middle, How::Stored).finish());
    let report = analyze(&tree.at("outer.zip"));
    assert_eq!(number(&report, "/logins/frontend/attempts"), 1);
    let [[_, file, reason]] = notes(&report)[..] else { panic!("{report}") };
    assert!(file.ends_with("outer.zip/middle.zip/inner.zip") && reason.contains("unpack it first"), "{file}: {reason}");
}

#[test]
fn an_office_document_is_one_file_that_is_no_log() {
    let document =
        Zip::default().with("[Content_Types].xml", b"<x/>", How::Deflate).with("word/document.xml", b"<x/>", How::Deflate);
    let tree =
        Tree::of(FRONT, one_login("alice")).with("report.docx", document.finish()).with("empty.zip", Zip::default().finish());
    let report = analyze(tree.path());
    assert_eq!((number(&report, "/input/files"), number(&report, "/input/other_files")), (1, 2));
}

#[test]
fn an_archive_from_a_pipe_is_named_with_what_to_do() {
    let archive = Zip::default().with(FRONT, &one_login("alice"), How::Deflate).finish();
    let ended = exlog_reading(&["analyze", "-"], &archive).with_status(3);
    assert!(ended.stderr.contains("unpack it first"), "{ended:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// The program ends by itself and says what it could not read, whatever happened to an archive.
    #[test]
    fn no_damage_stops_a_run(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20), cut in any::<Option<prop::sample::Index>>()) {
        let files: Vec<(String, Vec<u8>)> = files_of(&samples()).into_iter().filter(|(name, _)| name.contains("damaged")).collect();
        let inner = zip(Zip::streamed(), &files, How::Deflate);
        let mut bytes = Zip::long().with(FRONT, &one_login("alice"), How::Deflate64).with("inner.zip", &inner, How::Stored).finish();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.map_or(bytes.len(), |cut| cut.index(bytes.len())));
        let tree = Tree::of("copies.zip", bytes).with(SECOND, one_login("bob"));
        let report = analyze(tree.path());
        prop_assert!(!list(&report, "/input/sources").is_empty());
    }
}
