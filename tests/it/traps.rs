//! The traps that break the tools people use today, each as a tiny log through the real program.

use serde_json::Value;

use crate::ledger::Ledger;
use crate::program::{analyze, list, number, text};
use crate::tree::{BACK, BARE_ROW, FRONT, THIRTEEN, TWELVE, Tree, log, login, quoted};

/// The report about a front-end log with these lines.
#[track_caller]
fn report_of(lines: &[&str]) -> Value {
    analyze(Tree::of(FRONT, log(lines)).path())
}

/// records, skipped.
fn lines_read(report: &Value) -> (u64, u64) {
    (number(report, "/input/records"), number(report, "/input/skipped"))
}

/// succeeded, failed, unknown of the front ends.
fn outcomes(report: &Value) -> (u64, u64, u64) {
    let of = |name: &str| number(report, &format!("/logins/frontend/{name}"));
    (of("succeeded"), of("failed"), of("unknown"))
}

/// A line of session `id` with 12 columns.
fn line(time: &str, id: &str, sequence: u32, command: &str, parameters: &str, context: &str) -> String {
    format!(
        "2026-03-12T{time}Z,{id:0>16},{sequence},10.0.0.11:993,203.0.113.5:50001,,20,30,40,{command},{parameters},{}",
        quoted(context)
    )
}

#[test]
fn a_tag_without_a_digit_is_still_a_failure() {
    for tag in ["z", "aXSV", "1.3", "tag-7", ".", "2", "OK"] {
        let failed = login("07:30:00.000", "alice", &format!("R=\"{tag} NO LOGIN failed.\""));
        assert_eq!(outcomes(&report_of(&[TWELVE, &failed])), (0, 1, 0), "{tag}");
        let worked = login("07:30:00.000", "alice", &format!("R=\"{tag} OK LOGIN completed.\""));
        assert_eq!(outcomes(&report_of(&[TWELVE, &worked])), (1, 0, 0), "{tag}");
    }
}

#[test]
fn an_ordinary_user_fails_for_the_same_reason_as_a_probe() {
    let probe = "HealthMailbox0a1b2c3";
    let report = report_of(&[
        TWELVE,
        &login(
            "07:30:00.000",
            probe,
            "R=\"z NO [Error=ProxyNotAuthenticated Proxy=EX01:1993:SSL] LOGIN failed.\";Msg=Proxy:EX01:1993:SSL;ErrMsg=ProxyNotAuthenticated",
        ),
        &login("07:30:01.000", "alice", "R=\"z NO LOGIN failed.\";Msg=Proxy:EX01:1993:SSL;ErrMsg=ProxyNotAuthenticated"),
        &login("07:30:02.000", probe, "R=\"z NO [Error=ProxyNotAuthenticated Proxy=EX01:1993:SSL] LOGIN failed.\""),
    ]);
    let mut failures: Vec<_> =
        Ledger::of_report(&report).failures.into_iter().map(|(key, count)| (key[3].clone(), key[4].clone(), count)).collect();
    failures.sort();
    let expected = [("ProxyNotAuthenticated", "health_mailbox", 2), ("ProxyNotAuthenticated", "user", 1)];
    assert_eq!(failures, expected.map(|(error, class, count)| (error.to_owned(), class.to_owned(), count)));
    assert!(list(&report, "/failure_groups").iter().all(|group| text(group, "target") == "ex01:1993:ssl"));
}

#[test]
fn semicolons_and_quotes_inside_a_value_do_not_end_it() {
    for (context, error, outcome) in [
        (r#"R="z NO said "no; never"; twice";ErrMsg=ProxyFailed"#, "ProxyFailed", (0, 1, 0)),
        (r#"R="z NO a;b=c";Msg="Proxy:H:1993:SSL;noted "x"";ErrMsg=ProxyFailed"#, "ProxyFailed", (0, 1, 0)),
        (r#"R=ok;Msg="Proxy:H:1993:SSL;ProxySuccess""#, "", (1, 0, 0)),
        (r#"R="z NO LOGIN failed.";Msg=Proxy:<CAS FQDN>:1993:SSL;ErrMsg=ProxyFailed"#, "ProxyFailed", (0, 1, 0)),
        (r#"R="z NO x";Unheard="of";ErrMsg=UserDisabled"#, "UserDisabled", (0, 1, 0)),
    ] {
        let report = report_of(&[TWELVE, &login("07:30:00.000", "alice", context)]);
        assert_eq!(outcomes(&report), outcome, "{context}");
        assert!(list(&report, "/failure_groups").iter().all(|group| text(group, "error") == error), "{context}");
    }
}

#[test]
fn twelve_and_thirteen_columns_live_in_one_file() {
    let failed = |time| login(time, "alice", "R=\"z NO x\";ErrMsg=ProxyFailed");
    let report =
        report_of(&[TWELVE, &failed("07:30:00.000"), THIRTEEN, &(failed("07:31:00.000") + ","), TWELVE, &failed("07:32:00.000")]);
    assert_eq!(lines_read(&report), (3, 0));
    assert_eq!(outcomes(&report), (0, 3, 0));
    assert_eq!(list(&report, "/failure_groups").len(), 1);
}

#[test]
fn columns_come_from_the_header_above_and_not_from_their_place() {
    let report = report_of(&[
        "#Fields: context,command,sessionId,dateTime,user",
        "R=ok,login,A1,2026-03-12T07:30:00.000Z,alice",
        TWELVE,
        &login("07:31:00.000", "alice", "R=\"z NO x\""),
    ]);
    assert_eq!((lines_read(&report), outcomes(&report)), ((2, 0), (1, 1, 0)));
}

#[test]
fn the_bare_column_row_is_a_header_wherever_it_stands() {
    let worked = login("07:30:00.000", "alice", "R=ok");
    let report = report_of(&[BARE_ROW, "#Software: Microsoft Exchange Server", TWELVE, &worked, BARE_ROW, &worked]);
    assert_eq!((number(&report, "/input/headers"), lines_read(&report)), (4, (2, 0)));
}

#[test]
fn front_end_and_back_end_are_told_apart_and_never_added_up() {
    let front = log(&[TWELVE, &login("07:30:00.000", "alice", "R=ok"), &login("07:31:00.000", "bob", "R=\"z NO x\"")]);
    // Nothing but the file's name tells that this is the back end.
    let back = log(&[TWELVE, &login("07:30:00.000", "alice", "R=ok")]);
    let report = analyze(Tree::of(FRONT, front).with(BACK, back).path());
    assert_eq!(outcomes(&report), (1, 1, 0));
    assert_eq!(number(&report, "/logins/backend/attempts"), 1);
    assert_eq!(number(&report, "/logins/frontend/attempts"), 2);
}

#[test]
fn the_port_tells_the_role_where_the_name_does_not() {
    let at = |port: u16| login("07:30:00.000", "alice", "R=ok").replace(":993,", &format!(":{port},"));
    for (port, protocol, role) in [
        (143, "imap4", "frontend"),
        (993, "imap4", "frontend"),
        (1993, "imap4", "backend"),
        (110, "pop3", "frontend"),
        (995, "pop3", "frontend"),
        (1995, "pop3", "backend"),
    ] {
        let report = analyze(Tree::of("EX01/Logging/Imap4/copy (2).txt", log(&[TWELVE, &at(port)])).path());
        let rows: Vec<_> = list(&report, "/logins/by").iter().map(|row| (text(row, "protocol"), text(row, "role"))).collect();
        assert_eq!(rows, [(protocol, role)], "{port}");
    }
}

#[test]
fn one_session_number_of_two_services_is_two_sessions() {
    let whole = |time: &str| {
        log(&[
            TWELVE,
            &line(&format!("{time}:00.000"), "1", 0, "OpenSession", "", ""),
            &line(&format!("{time}:01.000"), "1", 1, "capability", "", "R=ok"),
            &line(&format!("{time}:02.000"), "1", 2, "CloseSession", "", ""),
        ])
    };
    // Front end and back end at the same time, and the same number again after a restart.
    let tree = Tree::of(FRONT, whole("07:30"))
        .with(BACK, whole("07:30").replace("capability", "noop"))
        .with("EX01/Logging/Imap4/IMAP420260312-2.LOG", whole("09:30"));
    let report = analyze(tree.path());
    let coverage = ["sessions", "missing_sequence_numbers", "sessions_without_start", "sessions_without_end"];
    assert_eq!(coverage.map(|name| number(&report, &format!("/coverage/{name}"))), [3, 0, 0, 0]);
}

#[test]
fn a_session_cut_by_the_end_of_its_file_goes_on_in_the_next_one() {
    let first = log(&[
        TWELVE,
        &line("23:59:59.000", "7", 0, "OpenSession", "", ""),
        &line("23:59:59.500", "7", 1, "capability", "", "R=ok"),
    ]);
    let second = log(&[
        TWELVE,
        &line("23:59:59.900", "7", 2, "logout", "", "R=ok"),
        &line("23:59:59.901", "7", 3, "CloseSession", "", ""),
    ]);
    // Number 10 comes after number 9, not after number 1.
    for numbers in [(1, 2), (2, 10), (9, 10)] {
        let name = |number: u32| format!("EX01/Logging/Imap4/IMAP420260312-{number}.LOG");
        let report = analyze(Tree::of(&name(numbers.0), &first).with(&name(numbers.1), &second).path());
        let coverage = ["sessions", "missing_sequence_numbers", "sessions_without_start", "sessions_without_end"];
        assert_eq!(coverage.map(|name| number(&report, &format!("/coverage/{name}"))), [1, 0, 0, 0], "{numbers:?}");
    }
}

#[test]
fn a_bracketed_ipv6_address_with_a_zone_is_an_address_and_a_port() {
    let line = login("07:30:00.000", "alice", "R=\"z NO x\"")
        .replace("10.0.0.11:993", "[fe80::1%8]:993")
        .replace("203.0.113.5:50001", "[2001:db8::7%12]:50001");
    let report = report_of(&[TWELVE, &line]);
    let group = &list(&report, "/failure_groups")[0];
    assert_eq!(group.pointer("/ports/993").and_then(Value::as_u64), Some(1));
    assert_eq!(text(&list(group, "/top_clients")[0], "client"), "2001:db8::7");
}

#[test]
fn ok_is_ok_in_either_case() {
    for answer in ["R=ok", "R=OK", "R=Ok", "R=\"+OK\"", "R=\"z OK LOGIN completed.\"", "R=ok;ErrMsg=SessionClosed"] {
        assert_eq!(outcomes(&report_of(&[TWELVE, &login("07:30:00.000", "alice", answer)])), (1, 0, 0), "{answer}");
    }
}

#[test]
fn a_cut_last_line_is_unfinished_and_not_damaged() {
    let whole = log(&[TWELVE, &login("07:30:00.000", "alice", "R=ok")]);
    let report = analyze(Tree::of(FRONT, whole.clone() + "2026-03-12T07:31:00.000Z,000000000000").path());
    assert_eq!(lines_read(&report), (1, 1));
    assert_eq!(number(&report, "/input/skipped_by_reason/unfinished"), 1);
    // A last line that is whole but for its line end is a record.
    let report = analyze(Tree::of(FRONT, whole.trim_end()).path());
    assert_eq!((lines_read(&report), outcomes(&report)), ((1, 0), (1, 0, 0)));
}

#[test]
fn a_name_cut_to_20_characters_is_one_account_with_the_whole_one() {
    let whole = "HealthMailboxab28d8826ea8428d805c5e21cdff9077@contoso.com";
    let cut = &whole[..20];
    let context = "R=\"z NO x\";ErrMsg=ProxyNotAuthenticated";
    let beside = login("07:30:00.000", cut, context).replace(&format!("{cut} *****"), &format!("{whole} *****"));
    let alone = login("07:31:00.000", cut, context).replace(&format!(",{cut} *****"), ",*****");
    let report = report_of(&[TWELVE, &beside, &alone]);
    let groups = list(&report, "/failure_groups");
    assert_eq!(groups.len(), 1);
    assert_eq!((number(&groups[0], "/count"), number(&groups[0], "/users")), (2, 1));
    assert_eq!(text(&list(&groups[0], "/top_users")[0], "user"), whole);
}

#[test]
fn health_mailboxes_are_counted_and_shown_as_what_they_are() {
    for name in ["HealthMailbox1f3addd86ba64b7c84868136b32a82f9", "healthmailboxAB28D88", "HEALTHMAILBOX0a1b2c3@contoso.com"] {
        let report = report_of(&[TWELVE, &login("07:30:00.000", name, "R=ok")]);
        assert_eq!(text(&list(&report, "/logins/by")[0], "client_class"), "health_mailbox", "{name}");
    }
    let report =
        report_of(&[TWELVE, &login("07:30:00.000", "HealthMailboxStaff", "R=ok"), &login("07:30:00.000", "alice", "R=ok")]);
    assert_eq!(text(&list(&report, "/logins/by")[0], "client_class"), "user");
}

#[test]
fn a_damaged_quote_costs_its_own_line_alone() {
    let worked = login("07:30:00.000", "alice", "R=ok");
    let open_quote = "2026-03-12T07:30:01.000Z,A1,3,10.0.0.11:993,203.0.113.5:50001,alice,1,2,3,select,\"INBOX,R=ok";
    let report = report_of(&[TWELVE, &worked, open_quote, &worked, &worked]);
    assert_eq!((lines_read(&report), outcomes(&report)), ((4, 0), (3, 0, 0)));
}

#[test]
fn a_damaged_log_type_line_does_not_cost_the_file() {
    for kind in ["#Log-type:", "#Log-type: IM", "#Log-type: \u{fffd}MAP4 Log"] {
        let report = report_of(&["#Software: Microsoft Exchange Server", kind, TWELVE, &login("07:30:00.000", "alice", "R=ok")]);
        assert_eq!(outcomes(&report), (1, 0, 0), "{kind}");
    }
}

#[test]
fn a_probe_without_a_login_proves_nothing() {
    let report = report_of(&[
        TWELVE,
        &line("07:30:00.000", "1", 0, "OpenSession", "", ""),
        &line("07:30:01.000", "1", 1, "capability", "", "R=ok"),
        &line("07:30:02.000", "1", 2, "user", "alice", "R=ok"),
        &line("07:30:03.000", "1", 3, "CloseSession", "", ""),
    ]);
    assert_eq!(number(&report, "/logins/frontend/attempts"), 0);
}

#[test]
fn bad_credentials_and_a_failed_hand_over_are_never_one_group() {
    let report = report_of(&[
        TWELVE,
        &login("07:30:00.000", "alice", "R=\"z NO LOGIN failed.\";ErrMsg=LogonFailed:LogonDenied"),
        &login("07:30:01.000", "alice", "R=\"z NO LOGIN failed.\";Msg=Proxy:H:1993:SSL;ErrMsg=ProxyNotAuthenticated"),
    ]);
    let mut classes: Vec<_> = list(&report, "/failure_groups").iter().map(|group| text(group, "error_class")).collect();
    classes.sort_unstable();
    assert_eq!(classes, ["credentials", "proxy hand-over"]);
}
