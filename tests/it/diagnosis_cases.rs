//! Each diagnosis on tiny logs: where it finds, where it stays silent, and what it says is missing.
//!
//! A test fails until a case of both kinds exists for every id. The logs are written here line by line.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::clocks::farm;
use crate::findings::cmdlet;
use crate::generator::clock::utc;
use crate::program::analyze;
use crate::tree::{FRONT, Tree, log, log_of, login};
use exlog::diagnosis::ALL;

pub(crate) const HM: &str = "HealthMailbox0a1b2c3d4e5f60718293a4b5c6d7e8f9@contoso.com";
pub(crate) const OK: &str = "R=\"z OK LOGIN completed.\";Msg=\"Proxy:EX01.contoso.com:1993:SSL;ProxySuccess\"";
pub(crate) const DENIED: &str = "R=\"z NO LOGIN failed.\";ErrMsg=LogonFailed:LogonDenied";
pub(crate) const HAND_OVER: &str = "R=\"z NO LOGIN failed.\";Msg=Proxy:EX01.contoso.com:1993:SSL;ErrMsg=ProxyNotAuthenticated";

/// A front-end log of one day under construction.
#[derive(Clone, Default)]
pub(crate) struct Day {
    lines: Vec<(u32, String)>,
    session: u32,
}

impl Day {
    /// A line at a second of the day, in a session of its own.
    pub(crate) fn line(mut self, second: u32, port: u16, client: &str, user: &str, rest: &str) -> Self {
        self.session += 1;
        let time = format!("2026-03-12T{:02}:{:02}:{:02}.000Z", second / 3600, second / 60 % 60, second % 60);
        let line = format!("{time},{:016X},1,10.0.0.11:{port},{client}:50001,{user},100,20,30,{rest}", self.session);
        self.lines.push((second, line));
        self
    }

    pub(crate) fn login(self, second: u32, client: &str, user: &str, context: &str) -> Self {
        let quoted = context.replace('"', "\"\"");
        self.line(second, 993, client, user, &format!("login,{user} *****,\"{quoted}\""))
    }

    /// The same login every so many seconds.
    pub(crate) fn every(mut self, seconds: std::ops::Range<u32>, step: usize, client: &str, user: &str, context: &str) -> Self {
        for second in seconds.step_by(step) {
            self = self.login(second, client, user, context);
        }
        self
    }

    /// The service starts anew: what is written from here on has the first numbers again.
    pub(crate) fn restarted(self) -> Self {
        Self { session: 0, ..self }
    }

    /// Probes all day and two users who log in.
    pub(crate) fn healthy() -> Self {
        Self::default().every(0..72_000, 300, "127.0.0.1", HM, OK).every(60..72_000, 900, "203.0.113.5", "bob@contoso.com", OK)
    }

    /// Probes and a user, whose logins fail with this from 8:00 to 9:00.
    fn failing(context: &str) -> Self {
        let mut day = Self::default();
        for (client, user, start, step) in [("127.0.0.1", HM, 0, 300), ("203.0.113.5", "bob@contoso.com", 60, 120)] {
            day = day.every(start..28_800, step, client, user, OK).every(28_800 + start..32_400, step, client, user, context);
            day = day.every(32_400 + start..72_000, step, client, user, OK);
        }
        day
    }

    pub(crate) fn tree(mut self) -> Tree {
        self.lines.sort();
        Tree::of(FRONT, log_of(self.lines.into_iter().map(|(_, line)| line)))
    }
}

/// The front-end log with something replaced in the lines that hold a mark.
fn edited(tree: Tree, mark: &str, from: &str, to: &str) -> Tree {
    let text = std::fs::read_to_string(tree.at(FRONT)).unwrap();
    let edited = |line: &str| if line.contains(mark) { line.replace(from, to) } else { line.to_owned() };
    let lines: Vec<String> = text.lines().map(edited).collect();
    assert_ne!(lines.join("\r\n"), text.trim_end(), "nothing was replaced");
    tree.with(FRONT, log(&lines.iter().map(String::as_str).collect::<Vec<_>>()))
}

pub(crate) fn error(code: &str) -> String {
    format!("R=\"z NO LOGIN failed.\";Msg=Proxy:EX01.contoso.com:1993:SSL;ErrMsg={code}")
}

pub(crate) fn refused(code: &str) -> String {
    format!("R=\"z NO LOGIN failed.\";ErrMsg={code}")
}

/// The back end's log: a login with this answer in each of these minutes of the day.
pub(crate) fn with_back_end(tree: Tree, minutes: impl Iterator<Item = u32>, context: &str) -> Tree {
    let context = context.replace('"', "\"\"");
    let client = "10.0.0.11:40000,bob@contoso.com";
    let line = |n: u32| {
        let time = format!("2026-03-12T{:02}:{:02}:00.000Z", n / 60, n % 60);
        format!("{time},{n:016X},2,10.0.0.11:1993,{client},5,1,1,authenticate,PLAIN,\"{context}\"")
    };
    tree.with("EX01/Logging/Imap4/IMAP4BE20260312-1.LOG", log_of(minutes.map(line)))
}

fn certificate(names: &str, services: &str, end: &str) -> String {
    format!(
        "\nThumbprint : 1D0C5A77E3B94E0B8A55C1B7E2F4A6D890123456\nSubject : CN=mail.contoso.com\nCertificateDomains : {{{names}}}\nServices : {services}\nNotAfter : {end}\nStatus : Valid\nHasPrivateKey : True\n"
    )
}

pub(crate) fn settings(name: &str) -> String {
    format!("\nProtocolName : IMAP4\nServer : EX01\nX509CertificateName : {name}\nLoginType : SecureLogin\n")
}

/// Id, whether it must be found, and the logs.
fn cases() -> Vec<(&'static str, bool, &'static str, Tree)> {
    let spray = |mut day: Day, accounts: u32, client: &str| {
        for n in 0..accounts {
            day = day.login(30_000 + n * 40, client, &format!("name{n}@contoso.com"), DENIED);
        }
        day
    };
    let large = |rows: u32, duration: u32| {
        let rest = format!("select,INBOX,R=ok;Rows={rows}");
        let tree = Day::healthy().line(30_000, 993, "203.0.113.9", "journal@contoso.com", &rest).tree();
        edited(tree, "", ",100,20,30,select", &format!(",{duration},20,30,select"))
    };
    let slow = |duration: u32| {
        let mut tree = Day::default();
        for hour in 6..14u32 {
            tree = tree.every(hour * 3600..hour * 3600 + 3000, 60, "203.0.113.5", "bob@contoso.com", OK);
        }
        edited(tree.tree(), "T10:", ",100,20,30,login", &format!(",{duration},20,30,login"))
    };
    let pop = |tree: Tree| {
        let line = |n: u32| {
            format!(
                "2026-03-12T{:02}:{:02}:30.000Z,{n:016X},1,10.0.0.11:995,203.0.113.7:1,carol,1,1,1,stat,,R=ok",
                n / 60,
                n % 60
            )
        };
        tree.with("EX01/Logging/Pop3/POP320260312-1.LOG", log_of((0..1200).step_by(2).map(line)))
    };
    let silent = || {
        let early = Day::default().every(0..28_800, 300, "127.0.0.1", HM, OK);
        early.every(43_200..72_000, 300, "127.0.0.1", HM, OK).tree()
    };
    let until_noon = || Day::default().every(0..43_200, 300, "127.0.0.1", HM, OK).tree();
    let cut_short = |tree: Tree| {
        let text = std::fs::read_to_string(tree.at(FRONT)).unwrap();
        tree.with(FRONT, &text[..text.trim_end().len() - 20])
    };
    let handed_over = |host: &str| {
        let context = format!("R=ok;Msg=\"Proxy:{host}:1993:SSL;ProxySuccess\"");
        let at = |minute: u32| login(&format!("{:02}:{:02}:00.000", minute / 60, minute % 60), "zoe@contoso.com", &context);
        log_of((0..1200).step_by(10).map(at))
    };
    let in_clear = |day: Day, context: &str| {
        let rest = format!("login,scanner@contoso.com *****,\"{}\"", context.replace('"', "\"\""));
        (0..10).fold(day, |day, n| day.line(30_000 + n * 60, 143, "10.0.0.77", "", &rest))
    };
    let by_sasl = |day: Day, context: &str| {
        let rest = format!("authenticate,CRAM-MD5,\"{}\"", context.replace('"', "\"\""));
        (0..10).fold(day, |day, n| day.line(30_000 + n * 60, 993, "10.0.0.78", "", &rest))
    };
    let reopened = |ids: [u32; 6]| {
        let open = |(n, id): (usize, &u32)| {
            format!("2026-03-12T08:0{n}:00.000Z,{id:016X},0,10.0.0.11:993,10.0.0.5:1,,1,1,1,OpenSession,,")
        };
        Tree::of(FRONT, log_of(ids.iter().enumerate().map(open)))
    };
    // A session a minute, numbered in turn, of which those of an hour are not there; the numbers begin again behind it, or not.
    let an_hour_is_missing = |begins_again: bool| {
        let lines = |minute: u32| {
            let id = if begins_again && minute >= 600 { minute - 599 } else { minute + 1000 };
            let line = |second: u32, sequence: u32, user: &str, rest: &str| {
                let time = format!("2026-03-12T{:02}:{:02}:{second:02}.000Z", minute / 60, minute % 60);
                format!("{time},{id:016X},{sequence},10.0.0.11:993,127.0.0.1:50001,{user},10,20,30,{rest}")
            };
            let login = format!("login,{HM} *****,\"{}\"", OK.replace('"', "\"\""));
            [line(1, 0, "", "OpenSession,,"), line(2, 1, HM, &login), line(3, 2, "", "CloseSession,,")]
        };
        let minutes = (300..540).chain(600..1200);
        Tree::of(FRONT, log_of(minutes.flat_map(lines)))
    };
    let elsewhere = |context: &str| context.replace("EX01.contoso.com", "EX02.contoso.com");
    let one_of_many = || {
        let day = Day::default().every(0..72_000, 300, "203.0.113.5", "bob@contoso.com", OK);
        let day = day.every(30..72_000, 120, "203.0.113.6", "zoe@contoso.com", &elsewhere(OK));
        day.every(28_800..36_000, 60, "203.0.113.9", "eve@contoso.com", &elsewhere(HAND_OVER)).tree()
    };
    vec![
        ("certificate-binding", true, "probes and users fail alike", Day::failing(HAND_OVER).tree()),
        ("certificate-binding", false, "one account fails, and others reach the same back end", one_of_many()),
        ("backend-rejects-login", true, "one account fails, and others reach the same back end", one_of_many()),
        (
            "certificate-binding",
            false,
            "single failures of an account",
            Day::healthy().every(30_000..36_000, 900, "203.0.113.9", "eve@contoso.com", HAND_OVER).tree(),
        ),
        ("backend-unreachable", true, "no connection", Day::failing(&error("ProxyFailed")).tree()),
        (
            "backend-unreachable",
            false,
            "two failures",
            Day::healthy().every(30_000..30_100, 60, "203.0.113.9", "eve@contoso.com", &error("ProxyFailed")).tree(),
        ),
        ("backend-timeout", true, "no answer", Day::failing(&error("ProxyTimeout")).tree()),
        ("backend-timeout", false, "no connection", Day::failing(&error("ProxyFailed")).tree()),
        ("proxy-routing", true, "no back end", Day::failing(&refused("NoBackendFound")).tree()),
        (
            "proxy-routing",
            true,
            "one legacy target",
            Day::healthy()
                .every(
                    30_000..40_000,
                    600,
                    "203.0.113.9",
                    "eve@contoso.com",
                    &HAND_OVER.replace("EX01.contoso.com:1993", "OLD1.contoso.com:993"),
                )
                .tree(),
        ),
        ("proxy-routing", false, "a back end is named", Day::failing(HAND_OVER).tree()),
        (
            "backend-rejects-login",
            true,
            "an account fails, probes work",
            with_back_end(
                Day::healthy().every(28_900..32_000, 300, "203.0.113.9", "eve@contoso.com", HAND_OVER).tree(),
                480..540,
                "R=\"1 NO AUTHENTICATE failed.\"",
            ),
        ),
        ("backend-rejects-login", false, "probes fail too", Day::failing(HAND_OVER).tree()),
        (
            "wrong-credentials",
            true,
            "a device every five minutes",
            Day::healthy().every(30_000..50_000, 300, "203.0.113.9", "eve@contoso.com", DENIED).tree(),
        ),
        (
            "wrong-credentials",
            false,
            "six mistakes and then it works",
            Day::healthy()
                .every(30_000..30_060, 10, "203.0.113.9", "eve@contoso.com", DENIED)
                .login(30_080, "203.0.113.9", "eve@contoso.com", OK)
                .tree(),
        ),
        (
            "brute-force",
            true,
            "one account, high rate",
            Day::healthy().every(30_000..30_400, 2, "198.51.100.9", "eve@contoso.com", DENIED).tree(),
        ),
        (
            "brute-force",
            false,
            "a device every five minutes",
            Day::healthy().every(30_000..50_000, 300, "203.0.113.9", "eve@contoso.com", DENIED).tree(),
        ),
        ("password-spray", true, "forty names from one address", spray(Day::healthy(), 40, "198.51.100.9").tree()),
        ("password-spray", false, "an office where three mistype", spray(Day::healthy(), 3, "203.0.113.5").tree()),
        (
            "health-mailbox-credentials",
            true,
            "probes alone are refused",
            Day::healthy().every(30_000..34_000, 300, "127.0.0.1", HM, DENIED).tree(),
        ),
        (
            "health-mailbox-credentials",
            false,
            "a user is refused",
            Day::healthy().every(30_000..34_000, 300, "203.0.113.5", "bob@contoso.com", DENIED).tree(),
        ),
        (
            "protocol-disabled",
            true,
            "the code says so",
            Day::healthy().every(30_000..34_000, 300, "203.0.113.9", "eve@contoso.com", &refused("UserDisabled")).tree(),
        ),
        (
            "protocol-disabled",
            false,
            "another code",
            Day::healthy()
                .every(30_000..34_000, 300, "203.0.113.9", "eve@contoso.com", &refused("UserConnectionLimitReached"))
                .tree(),
        ),
        (
            "connection-limit",
            true,
            "the code says so",
            Day::healthy()
                .every(30_000..34_000, 300, "203.0.113.9", "eve@contoso.com", &refused("UserConnectionLimitReached"))
                .tree(),
        ),
        (
            "connection-limit",
            false,
            "another code",
            Day::healthy().every(30_000..34_000, 300, "203.0.113.9", "eve@contoso.com", &refused("UserDisabled")).tree(),
        ),
        (
            "throttled",
            true,
            "the code says so",
            Day::healthy()
                .every(
                    30_000..34_000,
                    300,
                    "203.0.113.9",
                    "eve@contoso.com",
                    &refused("Microsoft.Exchange.Data.Storage.OverBudgetException"),
                )
                .tree(),
        ),
        (
            "throttled",
            false,
            "another code",
            Day::healthy().every(30_000..34_000, 300, "203.0.113.9", "eve@contoso.com", &refused("UserDisabled")).tree(),
        ),
        (
            "mailbox-unavailable",
            true,
            "an exception of the store",
            Day::healthy()
                .every(
                    30_000..34_000,
                    300,
                    "203.0.113.9",
                    "eve@contoso.com",
                    &refused("Microsoft.Exchange.Data.Storage.MailboxOfflineException"),
                )
                .tree(),
        ),
        (
            "mailbox-unavailable",
            false,
            "another code",
            Day::healthy().every(30_000..34_000, 300, "203.0.113.9", "eve@contoso.com", &refused("UserDisabled")).tree(),
        ),
        (
            "plaintext-refused",
            true,
            "refused on 143",
            in_clear(Day::healthy(), "R=\"a NO Command received in Invalid state.\"").tree(),
        ),
        ("plaintext-refused", false, "works on 143", in_clear(Day::healthy(), OK).tree()),
        (
            "basic-auth-blocked",
            true,
            "the code says so",
            Day::healthy()
                .every(30_000..34_000, 300, "203.0.113.9", "eve@contoso.com", &refused("AuthFailed:LogonDenied-BasicAuthBlocked"))
                .tree(),
        ),
        (
            "basic-auth-blocked",
            false,
            "bad credentials",
            Day::healthy()
                .every(30_000..34_000, 300, "203.0.113.9", "eve@contoso.com", &refused("AuthFailed:LogonDenied"))
                .tree(),
        ),
        (
            "auth-method-unsupported",
            true,
            "answered BAD",
            by_sasl(Day::healthy(), "R=\"a BAD Command Argument Error. 11\"").tree(),
        ),
        (
            "auth-method-unsupported",
            false,
            "answered NO",
            by_sasl(Day::healthy(), "R=\"a NO AUTHENTICATE failed.\";ErrMsg=AuthFailed:LogonDenied").tree(),
        ),
        ("service-silent", true, "four hours without a line while POP goes on", pop(silent())),
        ("service-silent", false, "nothing else covers the time: files may be missing", silent()),
        ("service-silent", true, "an hour without a line, and the numbers begin again", pop(an_hour_is_missing(true))),
        ("service-silent", false, "an hour without a line that the numbers count", pop(an_hour_is_missing(false))),
        ("service-restarted", true, "numbers begin again", reopened([900, 901, 902, 1, 2, 3])),
        ("service-restarted", false, "numbers a little out of order", reopened([900, 902, 901, 903, 905, 904])),
        ("large-mailbox", true, "many messages and a minute", large(60_000, 61_000)),
        ("large-mailbox", false, "many messages, no trouble", large(60_000, 300)),
        (
            "large-mailbox",
            true,
            "only the back end's log tells",
            Day::healthy()
                .tree()
                .with("EX01/Logging/Imap4/IMAP4BE20260312-1.LOG", std::fs::read(large(60_000, 61_000).at(FRONT)).unwrap()),
        ),
        ("large-mailbox", false, "few messages, slow", large(600, 61_000)),
        ("slow-logins", true, "an hour of nine seconds", slow(9_000)),
        ("slow-logins", false, "an hour of 300 ms", slow(300)),
        (
            "certificate-expired",
            true,
            "IMAP's certificate ended last year",
            Day::healthy().tree().with("e/c.txt", certificate("mail.contoso.com", "IMAP, POP", "2025-12-31T00:00:00Z")),
        ),
        (
            "certificate-expired",
            false,
            "it was renewed: a valid one of the same name is in use",
            Day::healthy().tree().with("e/imap.txt", settings("mail.contoso.com")).with(
                "e/c.txt",
                certificate("mail.contoso.com", "None", "2025-12-31T00:00:00Z")
                    + &certificate("mail.contoso.com", "IMAP, POP", "2027-12-31T00:00:00Z").replace("1D0C", "2E1D"),
            ),
        ),
        (
            "certificate-expired",
            true,
            "the valid one beside it has another name",
            Day::healthy().tree().with("e/imap.txt", settings("mail.contoso.com")).with(
                "e/c.txt",
                certificate("mail.contoso.com", "None", "2025-12-31T00:00:00Z")
                    + &certificate("ex01.contoso.com", "IMAP, POP", "2027-12-31T00:00:00Z")
                        .replace("1D0C", "2E1D")
                        .replace("CN=mail", "CN=ex01"),
            ),
        ),
        (
            "certificate-expired",
            false,
            "nobody uses it",
            Day::healthy().tree().with("e/c.txt", certificate("mail.contoso.com", "SMTP", "2025-12-31T00:00:00Z")),
        ),
        (
            "certificate-expired",
            false,
            "a date that can be read in two ways",
            Day::healthy().tree().with("e/c.txt", certificate("mail.contoso.com", "IMAP", "03/04/2025 10:00:00")),
        ),
        (
            "certificate-expiring",
            true,
            "ends in two weeks",
            Day::healthy().tree().with("e/c.txt", certificate("mail.contoso.com", "IMAP", "2026-03-26T00:00:00Z")),
        ),
        (
            "certificate-expiring",
            false,
            "ends in two years",
            Day::healthy().tree().with("e/c.txt", certificate("mail.contoso.com", "IMAP", "2028-03-26T00:00:00Z")),
        ),
        (
            "certificate-name-mismatch",
            true,
            "no certificate has the name",
            Day::healthy()
                .tree()
                .with("e/c.txt", certificate("www.contoso.com", "IIS", "2028-03-26T00:00:00Z"))
                .with("e/i.txt", settings("imap.contoso.com")),
        ),
        (
            "certificate-name-mismatch",
            false,
            "a wildcard has it",
            Day::healthy()
                .tree()
                .with("e/c.txt", certificate("*.contoso.com", "IIS", "2028-03-26T00:00:00Z"))
                .with("e/i.txt", settings("imap.contoso.com")),
        ),
        (
            "certificate-chain-incomplete",
            true,
            "the intermediate is missing",
            Day::healthy().tree().with("e/server.pem", chain().0),
        ),
        ("certificate-chain-incomplete", false, "all are there", Day::healthy().tree().with("e/all.pem", chain().1)),
        (
            "log-incomplete",
            true,
            "a line that cannot be read",
            edited(Day::healthy().tree(), "", "T05:00:00.000Z,", "T05:00:00.000Z;"),
        ),
        (
            "log-incomplete",
            true,
            "switched off by now",
            Day::healthy().tree().with("e/i.txt", settings("mail.contoso.com") + "ProtocolLogEnabled : False\n"),
        ),
        (
            "log-incomplete",
            false,
            "a whole log",
            Day::healthy().tree().with("e/i.txt", settings("mail.contoso.com") + "ProtocolLogEnabled : True\n"),
        ),
        (
            "service-silent",
            false,
            "its log was switched off",
            pop(silent()).with(
                "e/e.xml",
                cmdlet(utc(2026, 3, 12, 7, 0, 0), "Set-ImapSettings", "-ProtocolLogEnabled False", "EX01.contoso.com"),
            ),
        ),
        (
            "service-silent",
            false,
            "another front end handed over to it meanwhile, and no log of its back end is there",
            pop(silent()).with("EX02/Logging/Imap4/IMAP420260312-1.LOG", handed_over("EX01.contoso.com")),
        ),
        (
            "service-silent",
            true,
            "another front end handed over to others meanwhile",
            pop(silent()).with("EX02/Logging/Imap4/IMAP420260312-1.LOG", handed_over("EX03.contoso.com")),
        ),
        ("service-silent", false, "its log breaks off there", cut_short(pop(until_noon()))),
        ("service-silent", true, "its log ends with a whole line there", pop(until_noon())),
        ("clocks-differ", true, "a minute ahead", farm(&[0, 60, 0])),
        ("clocks-differ", false, "two seconds ahead", farm(&[0, 2, 0])),
    ]
}

/// A server's certificate alone, and with the issuer and the root.
fn chain() -> (String, String) {
    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
    let params = |name: &str, is_ca: bool| {
        let mut params = CertificateParams::new(if is_ca { vec![] } else { vec![name.to_owned()] }).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        if is_ca {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        }
        params
    };
    let root = CertifiedIssuer::self_signed(params("Root", true), KeyPair::generate().unwrap()).unwrap();
    let issuing = CertifiedIssuer::signed_by(params("Issuing", true), KeyPair::generate().unwrap(), &root).unwrap();
    let server = params("mail.contoso.com", false).signed_by(&KeyPair::generate().unwrap(), &issuing).unwrap();
    (server.pem(), format!("{}{}{}", server.pem(), issuing.pem(), root.pem()))
}

pub(crate) fn finding<'a>(report: &'a Value, id: &str) -> Option<&'a Value> {
    report["findings"].as_array().unwrap().iter().find(|finding| finding["id"] == id)
}

#[test]
fn each_diagnosis_finds_what_it_is_for_and_stays_silent_elsewhere() {
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for (id, expected, name, tree) in cases() {
        seen.insert((id, expected));
        let report = analyze(tree.path());
        if finding(&report, id).is_some() != expected {
            let found: Vec<_> = report["findings"].as_array().unwrap().iter().map(|finding| finding["id"].clone()).collect();
            wrong.push(format!("{id}, {name}: expected {expected}, found {found:?}"));
        }
    }
    for diagnosis in ALL {
        for kind in [true, false] {
            if !seen.contains(&(diagnosis.id, kind)) {
                wrong.push(format!("{}: no case where it is {}", diagnosis.id, if kind { "found" } else { "silent" }));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_missing_is_named_with_the_command_that_fetches_it() {
    for (id, context, command) in [
        ("certificate-binding", HAND_OVER.to_owned(), "Get-ImapSettings -Server EX01"),
        ("certificate-binding", HAND_OVER.to_owned(), "Get-ExchangeCertificate -Server EX01"),
        ("certificate-binding", HAND_OVER.to_owned(), "MSExchange Management"),
        ("backend-unreachable", error("ProxyFailed"), "Get-ServerComponentState ex01.contoso.com"),
        ("backend-timeout", error("ProxyTimeout"), "event logs"),
        ("proxy-routing", refused("NoBackendFound"), "Get-ImapSettings"),
    ] {
        let report = analyze(Day::failing(&context).tree().path());
        let evidence = finding(&report, id).unwrap()["evidence"].as_array().unwrap();
        let missing = evidence.iter().filter(|item| item["effect"] == "missing");
        assert!(
            missing.clone().any(|item| item["text"].as_str().unwrap().contains(command)),
            "{id}: {command} not in {evidence:#?}"
        );
    }
}

#[test]
fn a_date_that_can_be_read_in_two_ways_is_said_to_be_so() {
    let tree = Day::healthy().tree().with("e/c.txt", certificate("mail.contoso.com", "IMAP", "03/04/2025 10:00:00"));
    let notes = analyze(tree.path())["input"]["evidence_skipped"].to_string();
    assert!(notes.contains("03/04/2025 10:00:00 can be read in two ways"), "{notes}");
}
