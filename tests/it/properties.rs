//! Relations that hold for any input, from proptest: lines add up however a log is cut, and partial summaries merge in any order.
//!
//! The relations themselves stand beside the fuzz targets, which feed them too.

use exlog::merge::Merge;
use exlog::summary::Summary;
use proptest::prelude::*;
use proptest::sample::select;

#[allow(unreachable_pub, reason = "the fuzz targets are crates of their own")]
#[path = "../fuzz/relations.rs"]
mod relations;

use relations::{accounting, context, read, report, structure, summary};

/// Pieces of which lines are made: whole ones, and what damage makes of them.
const PIECES: [&str; 24] = [
    "#Fields: dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context\r\n",
    "#Fields: sessionId,dateTime,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context,puid\r\n",
    "#Fields: date-time,session-id,event,data\r\n",
    "dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context\r\n",
    "#Log-type: POP3 Log\r\n",
    "2026-03-12T07:30:00.000Z,A1,0,10.0.0.11:993,203.0.113.5:50001,,20,0,53,OpenSession,,\r\n",
    "2026-03-12T07:30:00.500Z,A1,1,10.0.0.11:993,203.0.113.5:50001,,20,0,53,capability,,R=ok\r\n",
    "2026-03-12T07:30:01.000Z,A1,2,10.0.0.11:143,203.0.113.5:50001,bob,20,30,40,login,bob *****,R=ok\r\n",
    "2026-03-12T07:30:01.001Z,A1,2,10.0.0.11:993,203.0.113.6:50002,bob,20,30,40,authenticate,PLAIN,\"R=\"\"z NO x\"\";ErrMsg=ProxyFailed\"\r\n",
    "2026-03-12T07:31:02.000Z,A2,7,10.0.0.11:993,203.0.113.5:50001,HealthMailbox0a1b2c3,9,9,9,login,*****,ErrMsg=ProxyFailed\r\n",
    "2026-03-12T07:31:03.000Z,A2,1,10.0.0.11:143,203.0.113.5:50001,,20,0,53,starttls,,R=ok\r\n",
    "2026-03-12T09:30:00.000Z,A1,9,10.0.0.11:993,203.0.113.5:50001,bob,0,0,0,CloseSession,,\r\n",
    "2026-03-11T07:30:00.000Z,A1,0,10.0.0.11:993,203.0.113.5:50001,,0,0,0,OpenSession,,\r\n",
    "A3,2026-03-12T07:30:00.000Z,0,10.0.0.11:993,203.0.113.5:50001,,20,0,53,login,carol *****,R=ok,\r\n",
    "2026-03-12T07:30:00.000Z,A1",
    "\"",
    ",",
    "R=\"",
    "\u{feff}",
    "\0\0\0",
    " ",
    "\r",
    "\n",
    "\r\n",
];

fn a_log() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => select(&PIECES[..]).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..6),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Text in which everything that structure hangs on comes close together, among lines and columns of any length.
fn a_tangle() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        6 => prop::collection::vec(select(&b",,\"\"\n\r;x"[..]), 1..12),
        2 => prop::collection::vec(any::<u8>(), 1..80),
        2 => (1usize..200, select(&b"x,\"\r"[..])).prop_map(|(length, byte)| vec![byte; length]),
        1 => select(&PIECES[..]).prop_map(|piece| piece.as_bytes().to_vec()),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// The summaries of three logs, each of another file.
fn three_parts() -> impl Strategy<Value = [Vec<u8>; 3]> {
    [a_log(), a_log(), a_log()]
}

fn part(number: usize, log: &[u8]) -> Summary {
    summary(read(&format!("IMAP42026031{number}-1.LOG"), log, &[]))
}

fn merged(parts: impl IntoIterator<Item = Summary>) -> Summary {
    let mut all = Summary::default();
    parts.into_iter().for_each(|part| all.merge_with(part));
    all
}

#[test]
fn a_number_that_was_opened_anew_does_not_go_on_from_an_earlier_stretch() {
    // Found by the property below: behind the cut the number is opened, and after a long silence used without being opened.
    let line = |day: u32, sequence: u32, rest: &str| {
        format!("2026-03-{day}T07:30:01.000Z,A1,{sequence},10.0.0.11:143,203.0.113.5:50001,bob,20,30,40,{rest}\r\n")
    };
    let first = line(12, 2, "login,bob *****,R=ok");
    let log = [&first, &line(11, 0, "OpenSession,,"), &line(12, 2, "login,bob *****,R=ok")].map(String::as_str).concat();
    accounting(log.as_bytes(), &[first.len() - 1]);
}

#[test]
fn a_line_whose_number_cannot_be_read_goes_on_with_its_session_across_a_cut() {
    // Found by the property below: behind a cut, such a line began another session.
    let line = |second: u32, sequence: &str, rest: &str| {
        format!("2026-03-12T07:30:0{second}.000Z,A1,{sequence},10.0.0.11:993,203.0.113.5:50001,bob,20,30,40,{rest}\r\n")
    };
    let lines = [
        line(1, "0", "OpenSession,,"),
        line(2, "1", "login,bob *****,R=ok"),
        line(3, "", "select,INBOX,R=ok"),
        line(4, "5", "noop,,R=ok"),
        line(5, "6", "CloseSession,,"),
    ];
    let log = lines.concat();
    // Behind each line but the last.
    lines.iter().take(4).fold(0, |start, line| {
        accounting(log.as_bytes(), &[start + line.len() - 1]);
        start + line.len()
    });
}

proptest! {
    // A failure prints its log; what it taught belongs into a test with a name, not into a file of seeds.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lines_add_up_however_a_log_is_cut(log in a_log(), cuts in prop::collection::vec(0usize..3000, 0..4)) {
        accounting(&log, &cuts);
    }

    #[test]
    fn any_bytes_are_a_log(log in prop::collection::vec(any::<u8>(), 0..400), cuts in prop::collection::vec(0usize..400, 0..3)) {
        accounting(&log, &cuts);
    }

    #[test]
    fn the_scan_finds_what_the_obvious_reader_finds(text in a_tangle(), before in prop_oneof![0usize..200, 0usize..70_000]) {
        structure(&text, before);
    }

    #[test]
    fn any_bytes_are_a_text(text in prop::collection::vec(any::<u8>(), 0..400), before in 0usize..200) {
        structure(&text, before);
    }

    #[test]
    fn any_bytes_are_a_context(text in prop::collection::vec(select(&b"R=\";Msg ErrMsg,xOid[Error=]\\\xff"[..]), 0..80)) {
        context(&text);
    }

    #[test]
    fn summaries_merge_in_any_order(logs in three_parts()) {
        let part = |number: usize| part(number, &logs[number]);
        let expected = report(merged([part(0), part(1), part(2)]));
        for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            prop_assert!(report(merged(order.map(part))) == expected, "{order:?}");
        }
    }

    #[test]
    fn summaries_merge_in_any_grouping(logs in three_parts()) {
        let part = |number: usize| part(number, &logs[number]);
        let expected = report(merged([part(0), part(1), part(2)]));
        let (mut left, mut right) = (part(0), part(1));
        right.merge_with(part(2));
        left.merge_with(right);
        prop_assert_eq!(report(left), expected);
    }

    #[test]
    fn nothing_merged_in_changes_nothing(log in a_log()) {
        let expected = report(part(1, &log));
        prop_assert_eq!(report(merged([Summary::default(), part(1, &log), Summary::default()])), expected);
    }
}
