//! Runs the real executable in a scrubbed environment and keeps what came of it.
//!
//! Every run is held to what users may expect of any run: it ends by itself, never panics, and never shows them an error of
//! the operating system with its number.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// The report on standard output.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("no JSON ({error}): {self:?}"))
    }

    /// The same run, if it ended as expected.
    #[track_caller]
    pub(crate) fn with_status(self, expected: i32) -> Self {
        assert_eq!(self.status, expected, "{self:?}");
        self
    }
}

/// The executable, without anything of the environment that could change what it writes.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_exlog"));
    command.env_clear();
    // Windows programs do not start without it.
    if let Some(root) = std::env::var_os("SystemRoot") {
        command.env("SystemRoot", root);
    }
    command
}

/// Runs the program with these arguments and nothing on standard input.
pub(crate) fn exlog<S: AsRef<OsStr>>(arguments: &[S]) -> Ended {
    end(command().args(arguments).stdin(Stdio::null()))
}

/// Runs the program with these arguments and this on standard input.
pub(crate) fn exlog_reading<S: AsRef<OsStr>>(arguments: &[S], input: &[u8]) -> Ended {
    let mut command = command();
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let input = input.to_vec();
    // The program may end before it has read everything: then this write fails, which is no fault.
    let feeding = std::thread::spawn(move || drop(pipe.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    feeding.join().unwrap();
    checked(&output)
}

/// Windows' "internal error": wine cannot start a program now and then, and nothing of it has run.
const NOT_STARTED: i32 = 1359;

/// Runs a prepared command to its end.
pub(crate) fn end(command: &mut Command) -> Ended {
    let is_not_started = |error: &std::io::Error| cfg!(windows) && error.raw_os_error() == Some(NOT_STARTED);
    let output = match command.output() {
        Err(error) if is_not_started(&error) => command.output(),
        ended => ended,
    };
    checked(&output.unwrap())
}

/// Runs a prepared command whose reader goes away after the first byte, and gives how the command ended and what it said.
pub(crate) fn end_unread(command: &mut Command) -> (Option<i32>, String) {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdout.take().unwrap().read_exact(&mut [0]).unwrap();
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    (child.wait().unwrap().code(), stderr)
}

fn checked(output: &std::process::Output) -> Ended {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("all output is UTF-8");
    let ended = Ended {
        status: output.status.code().expect("killed by a signal"),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
    };
    for word in ["panicked", "os error", "RUST_BACKTRACE"] {
        assert!(!ended.stderr.contains(word) && !ended.stdout.contains(word), "{ended:?}");
    }
    ended
}

/// The JSON report about one path.
#[track_caller]
pub(crate) fn analyze(path: &Path) -> Value {
    analyze_with(path, &[])
}

/// The JSON report about one path, with more options.
#[track_caller]
pub(crate) fn analyze_with(path: &Path, options: &[&str]) -> Value {
    let mut arguments = vec![OsStr::new("analyze"), path.as_os_str(), OsStr::new("--format"), OsStr::new("json")];
    arguments.extend(options.iter().map(OsStr::new));
    exlog(&arguments).with_status(0).json()
}

/// A number in a report, by its JSON pointer.
#[track_caller]
pub(crate) fn number(report: &Value, pointer: &str) -> u64 {
    report.pointer(pointer).and_then(Value::as_u64).unwrap_or_else(|| panic!("no number at {pointer}"))
}

/// A list in a report, by its JSON pointer.
#[track_caller]
pub(crate) fn list<'a>(report: &'a Value, pointer: &str) -> &'a [Value] {
    report.pointer(pointer).and_then(Value::as_array).unwrap_or_else(|| panic!("no list at {pointer}"))
}

/// A text in a part of a report; `null` gives `-`.
#[track_caller]
pub(crate) fn text<'a>(part: &'a Value, name: &str) -> &'a str {
    match part.get(name) {
        Some(Value::Null) => "-",
        other => other.and_then(Value::as_str).unwrap_or_else(|| panic!("no text '{name}' in {part}")),
    }
}
