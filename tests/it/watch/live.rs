//! A run that goes on while a folder is written to, step by step. Steps wait for what is printed, and for nothing else.

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

use super::{Attempt, BAD, at_once, attempt};
use crate::diagnosis_cases::{HAND_OVER, OK};
use crate::program::command;
use crate::tree::{BACK, FRONT, TWELVE, Tree, gzip, log, login, utf16};

/// Nothing takes longer but by a fault.
const PATIENCE: Duration = Duration::from_secs(180);

/// A run that goes on, and what it has printed.
struct Watching {
    child: Child,
    lines: Receiver<String>,
    documents: Vec<Value>,
}

impl Watching {
    fn of(logs: &Path, options: &[&str]) -> Self {
        let mut asked = command();
        asked.args(["watch", "--every", "1s", "--format", "ndjson"]).args(options).arg(logs);
        let mut child = asked.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { child, lines, documents: Vec::new() }
    }

    /// Waits for a document.
    #[track_caller]
    fn wait_for(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) {
        while !self.documents.iter().any(&is_it) {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => self.documents.push(serde_json::from_str(&line).unwrap()),
                Err(error) => {
                    let _ = self.child.kill();
                    panic!("{what} never came ({error}): {:#?}", self.documents);
                }
            }
        }
    }

    /// Waits for the failed login of an account.
    #[track_caller]
    fn wait_for_user(&mut self, user: &str) {
        self.wait_for(user, |document| document["user"]["name"] == user);
    }

    /// Waits for what became of an outage.
    #[track_caller]
    fn wait_for_outage(&mut self, change: &str) {
        self.wait_for(change, |document| document["exlog"]["change"] == change && !document["exlog"]["outage"].is_null());
    }

    /// Waits for what became of a finding.
    #[track_caller]
    fn wait_for_finding(&mut self, change: &str, id: &str) {
        self.wait_for(change, |document| document["exlog"]["change"] == change && document["rule"]["id"] == id);
    }

    /// Interrupts it as Ctrl+C does, and gives all documents and what stood on standard error.
    fn interrupt(mut self) -> (Vec<Value>, String) {
        if cfg!(unix) {
            let interrupted = std::process::Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
            assert!(interrupted.unwrap().success());
        } else {
            self.child.kill().unwrap();
        }
        let mut stderr = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        let status = self.child.wait().unwrap();
        assert!(!cfg!(unix) || status.code() == Some(0), "{status:?} {stderr}");
        self.documents.extend(self.lines.iter().map(|line| serde_json::from_str::<Value>(&line).unwrap()));
        (self.documents, stderr)
    }
}

fn append(tree: &Tree, name: &str, bytes: &[u8]) {
    fs::create_dir_all(tree.at(name).parent().unwrap()).unwrap();
    OpenOptions::new().create(true).append(true).open(tree.at(name)).unwrap().write_all(bytes).unwrap();
}

fn failed(time: &str, user: &str) -> String {
    log(&[&login(time, user, BAD)])
}

fn succeeded(time: &str, user: &str) -> String {
    log(&[&login(time, user, "R=ok")])
}

fn shown(documents: &[Value]) -> Vec<Attempt> {
    let mut found: Vec<Attempt> = documents.iter().filter_map(attempt).collect();
    found.sort();
    found
}

#[test]
fn every_failure_is_shown_once_whatever_becomes_of_the_logs() {
    const ROTATED: &str = "EX01/Logging/Imap4/IMAP420260312-0.LOG";
    const POP: &str = "EX02/Logging/Pop3/POP320260312-1.LOG";
    let tree = Tree::of("EX01/readme.txt", "There is no log yet.");
    let header = log(&[TWELVE]);
    let mut watching = Watching::of(tree.path(), &[]);
    append(&tree, FRONT, (header.clone() + &succeeded("07:00:00.000", "alice") + &failed("07:00:10.000", "first")).as_bytes());
    watching.wait_for_user("first");

    // A line is written in two pieces, and another role begins.
    let second = failed("07:00:20.000", "second");
    append(&tree, FRONT, &second.as_bytes()[..70]);
    append(
        &tree,
        BACK,
        (header.clone() + &failed("07:00:19.000", "of-the-back-end") + &succeeded("07:00:21.000", "alice")).as_bytes(),
    );
    watching.wait_for_user("of-the-back-end");
    append(&tree, FRONT, &second.as_bytes()[70..]);
    watching.wait_for_user("second");

    // A name and its password come apart.
    let of_pop = |rest: &str| {
        log(&[&format!("2026-03-12T07:00:30.000Z,00000000000000B2,2,10.0.0.12:995,203.0.113.5:50001,,20,30,40,{rest}")])
    };
    append(&tree, POP, (header.clone() + &of_pop("user,third,R=ok")).as_bytes());
    append(&tree, FRONT, failed("07:00:31.000", "marker").as_bytes());
    watching.wait_for_user("marker");
    append(&tree, POP, of_pop("pass,*****,\"R=\"\"-ERR Logon failure.\"\";ErrMsg=AuthFailed:LogonDenied\"").as_bytes());
    watching.wait_for_user("third");

    // The log is renamed, and a new one begins; then the old one gets a last line and is packed.
    fs::rename(tree.at(FRONT), tree.at(ROTATED)).unwrap();
    append(&tree, FRONT, (header.clone() + &failed("07:01:00.000", "fourth")).as_bytes());
    watching.wait_for_user("fourth");
    append(&tree, ROTATED, failed("07:00:59.000", "fifth").as_bytes());
    let packed = gzip(&fs::read(tree.at(ROTATED)).unwrap());
    fs::write(tree.at("EX01/Logging/Imap4/packed.part"), &packed).unwrap();
    fs::remove_file(tree.at(ROTATED)).unwrap();
    fs::rename(tree.at("EX01/Logging/Imap4/packed.part"), tree.at(&format!("{ROTATED}.gz"))).unwrap();
    watching.wait_for_user("fifth");

    // A log is cut to its first lines, which is seen by the second of two looks at the latest, and goes on.
    let left = header.len() + failed("07:00:19.000", "of-the-back-end").len();
    OpenOptions::new().write(true).open(tree.at(BACK)).unwrap().set_len(left as u64).unwrap();
    for marker in ["marker-1", "marker-2"] {
        append(&tree, FRONT, failed("07:01:10.000", marker).as_bytes());
        watching.wait_for_user(marker);
    }
    append(&tree, BACK, failed("07:01:11.000", "sixth").as_bytes());
    watching.wait_for_user("sixth");

    // Another server, in UTF-16; and a line that comes late.
    append(&tree, "EX03/Logging/Imap4/IMAP420260312-1.LOG", &utf16((header + &failed("07:01:20.000", "seventh")).as_bytes()));
    watching.wait_for_user("seventh");
    append(&tree, "EX03/Logging/Imap4/IMAP420260312-1.LOG", &utf16(failed("07:01:21.000", "\u{e4}ighth").as_bytes()));
    append(&tree, FRONT, failed("07:00:05.000", "late").as_bytes());
    watching.wait_for_user("\u{e4}ighth");
    watching.wait_for_user("late");

    let (documents, stderr) = watching.interrupt();
    // Whether it looked before the first log was there is not certain.
    assert!(stderr.is_empty() || stderr.lines().all(|line| line.contains("waiting")), "{stderr}");
    assert_eq!(shown(&documents), at_once(tree.path(), &["--outcome", "failed"]));
}

#[test]
fn an_outage_is_told_as_it_begins_is_corrected_and_is_over() {
    let tree = Tree::of(FRONT, log(&[TWELVE]) + &succeeded("07:00:00.000", "alice"));
    let mut watching = Watching::of(tree.path(), &[]);
    // Not a new log but new lines.
    for (second, user) in [(10, "a"), (20, "b"), (30, "c")] {
        append(&tree, FRONT, failed(&format!("07:05:{second}.000"), user).as_bytes());
        watching.wait_for_user(user);
    }
    watching.wait_for_outage("began");
    watching.wait_for_finding("new", "certificate-binding");
    // The clocks of lines count, not when they come.
    append(&tree, FRONT, failed("07:04:50.000", "d").as_bytes());
    watching.wait_for_outage("corrected");
    append(&tree, FRONT, (0..9).map(|at| succeeded(&format!("07:06:{at:02}.000"), "alice")).collect::<String>().as_bytes());
    append(&tree, FRONT, succeeded("07:08:00.000", "alice").as_bytes());
    watching.wait_for_outage("over");
    watching.wait_for_finding("over", "certificate-binding");
    append(&tree, FRONT, (0..5).map(|at| failed(&format!("07:30:0{at}.000"), "again")).collect::<String>().as_bytes());
    watching.wait_for_finding("back", "certificate-binding");
    let (documents, _) = watching.interrupt();
    let outages: Vec<&Value> = documents.iter().filter(|document| !document["exlog"]["outage"].is_null()).collect();
    let told: Vec<[&str; 2]> = outages
        .iter()
        .map(|document| [&document["exlog"]["change"], &document["exlog"]["outage"]["id"]].map(|value| value.as_str().unwrap()))
        .collect();
    let expected = [["began", "outage-1"], ["corrected", "outage-1"], ["over", "outage-1"], ["began", "outage-2"]];
    assert_eq!(told, expected);
    assert_eq!(outages[1]["exlog"]["outage"]["start"], "2026-03-12T07:04:50.000Z");
    assert_eq!(outages[1]["exlog"]["told_start"], "2026-03-12T07:05:10.000Z");
    let groups = documents.iter().filter(|document| !document["exlog"]["failure_group"].is_null()).count();
    assert_eq!(groups, 1, "{documents:#?}");
}

#[test]
fn an_outage_is_not_over_while_its_cause_goes_on_and_others_are_handed_over_elsewhere() {
    let at = |host: &str, context: &str| context.replace("EX01", host);
    let line = |time: &str, user: &str, context: &str| log(&[&login(time, user, context)]);
    let works = |minute: u32, host: &str| -> String {
        (0..12).map(|n| line(&format!("07:{minute:02}:{:02}.000", n * 5), "alice", &at(host, OK))).collect()
    };
    let tree = Tree::of(FRONT, log(&[TWELVE]) + &works(0, "EX01"));
    let mut watching = Watching::of(tree.path(), &[]);
    let fails = (10..40).map(|n| line(&format!("07:05:{n}.000"), &format!("user{n}"), HAND_OVER)).collect::<String>();
    append(&tree, FRONT, fails.as_bytes());
    watching.wait_for_outage("began");
    append(&tree, FRONT, [works(6, "EX02"), works(7, "EX02"), works(8, "EX02")].concat().as_bytes());
    for (minute, user) in [(9, "late"), (10, "later")] {
        append(&tree, FRONT, (line(&format!("07:{minute:02}:00.000"), user, HAND_OVER) + &works(minute, "EX02")).as_bytes());
        watching.wait_for_user(user);
    }
    append(&tree, FRONT, [works(11, "EX01"), works(12, "EX01"), works(13, "EX01")].concat().as_bytes());
    watching.wait_for_outage("over");
    let (documents, _) = watching.interrupt();
    let place = |is_it: &dyn Fn(&Value) -> bool| documents.iter().position(is_it).unwrap();
    let over = place(&|document| document["exlog"]["change"] == "over" && !document["exlog"]["outage"].is_null());
    assert!(over > place(&|document| document["user"]["name"] == "later"), "{documents:#?}");
}

/// A name that leads nowhere is what a test can have of a file that cannot be read for a moment, whoever runs it.
#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_read_for_a_moment_is_told_once() {
    let tree = Tree::of(FRONT, log(&[TWELVE]) + &failed("07:00:00.000", "first"));
    std::os::unix::fs::symlink(tree.at("elsewhere"), tree.at("EX01/Logging/Imap4/linked.LOG")).unwrap();
    let mut watching = Watching::of(tree.path(), &[]);
    watching.wait_for_user("first");
    for marker in ["marker-1", "marker-2"] {
        append(&tree, FRONT, failed("07:00:10.000", marker).as_bytes());
        watching.wait_for_user(marker);
    }
    append(&tree, "elsewhere", (log(&[TWELVE]) + &failed("07:00:20.000", "second")).as_bytes());
    watching.wait_for_user("second");
    let (documents, stderr) = watching.interrupt();
    assert_eq!(shown(&documents).len(), 4);
    assert_eq!(stderr.matches("linked.LOG: it is not there").count(), 1, "{stderr}");
}

#[test]
fn pseudonyms_are_the_same_in_lines_and_in_what_is_told() {
    let tree = Tree::of(FRONT, log(&[TWELVE]) + &failed("07:00:00.000", "carla@contoso.com"));
    let mut watching = Watching::of(tree.path(), &["--redact-key", "a key that nobody guesses"]);
    watching.wait_for("a login", |document| attempt(document).is_some());
    append(
        &tree,
        FRONT,
        (1..5).map(|at| failed(&format!("07:00:0{at}.000"), "alice@contoso.com")).collect::<String>().as_bytes(),
    );
    watching.wait_for_outage("began");
    watching.wait_for_finding("new", "certificate-binding");
    let (documents, stderr) = watching.interrupt();
    let text = documents.iter().map(Value::to_string).collect::<String>() + &stderr;
    for name in ["alice", "carla", "contoso", "EX01", "203.0.113.5", "10.0.0.11"] {
        assert!(!text.contains(name), "{name}: {text}");
    }
    let servers = documents.iter().filter_map(|document| document["host"]["name"].as_str());
    let mut servers: Vec<&str> = servers.collect();
    servers.dedup();
    assert_eq!(servers.len(), 1, "{servers:?}");
}
