//! `exlog schedule`: what it prints, held against the real readers of it where this machine has them.

use std::path::Path;
#[cfg(unix)]
use std::path::PathBuf;
use std::process::Command;

use crate::program::{command, end, exlog};
use crate::tree::Tree;

/// What is hard to carry: blanks, quotes, what shells and systemd replace, backslashes at the end, letters beyond ASCII.
const HARD: &[&str] = &[
    "/srv/Exchange Logs",
    "it's",
    r#"say "x""#,
    "100%",
    "50% off %h %%",
    r"back\%slash",
    r"two\\%",
    "$HOME ${HOME} $$",
    "`id`",
    "$(id)",
    r"C:\dir\",
    r"ends in blank and \ ",
    " ",
    ";",
    "a;b|c&d>e<f",
    "#no comment",
    "*?[a]",
    "~",
    "!",
    "Größe 漢字",
    "-",
    "--store=/var/lib/ex log/store.db",
];

fn scheduled(system: &str, folder: &Path, arguments: &[&str]) -> String {
    let mut command = command();
    command.current_dir(folder).args(["schedule", "--for", system, "--at", "3:30", "--"]).args(arguments);
    end(&mut command).with_status(0).stdout
}

/// A shell script in the place of the program that writes its folder and its arguments, each behind a line of its own.
#[cfg(unix)]
fn echo(tree: &Tree) -> PathBuf {
    let path = tree.at("echo.sh");
    std::fs::write(&path, "pwd\nfor argument in \"$@\"; do printf '<%s>\\n' \"$argument\"; done\n").unwrap();
    path
}

/// What cron gives to the shell: the text up to a `%` without a backslash, and `%` for `\%` (the loop of Vixie's `do_command.c`).
#[cfg(unix)]
fn as_cron_reads(command: &str) -> String {
    let (mut out, mut is_escaped) = (String::new(), false);
    for c in command.chars() {
        match c {
            '%' if is_escaped => {
                out.pop();
                out.push('%');
            }
            '%' => break,
            c => out.push(c),
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    out
}

#[cfg(unix)]
#[test]
fn cron_and_the_shell_hand_over_every_argument_as_it_was() {
    let tree = Tree::new().with("100% it's/x", "");
    let folder = tree.at("100% it's");
    let line = scheduled("cron", &folder, HARD);
    assert_eq!(line.lines().count(), 1, "{line}");
    let command = line.trim_end().strip_prefix("30 3 * * * ").unwrap();
    assert!(command.ends_with("# exlog nightly"), "{line}");
    let program = env!("CARGO_BIN_EXE_exlog");
    let script = echo(&tree);
    let read = as_cron_reads(command);
    // In quotes where this repository lies in a folder with a blank in its name.
    let quoted = format!("'{program}'");
    let program = if read.contains(&quoted) { &quoted } else { program };
    let read = read.replacen(program, &format!("sh '{}'", script.display()), 1);
    let output = Command::new("sh").arg("-c").arg(&read).output().unwrap();
    let expected: String = ["nightly"].iter().chain(HARD).map(|argument| format!("<{argument}>\n")).collect();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("{}\n{expected}", folder.display()), "{read}");
}

/// The words of an `ExecStart=`, by the rules of systemd.service and systemd.syntax: quotes, backslashes, `%%` and `$$`.
#[cfg(unix)]
fn as_systemd_reads(line: &str) -> Vec<String> {
    let (mut words, mut letters) = (Vec::new(), line.chars().peekable());
    while letters.peek().is_some() {
        let mut word = String::new();
        let is_quoted = letters.next_if_eq(&'"').is_some();
        loop {
            match letters.next() {
                None => break,
                Some('"') if is_quoted => break,
                Some(' ') if !is_quoted => break,
                Some('\\') => word.push(match letters.next().unwrap() {
                    c @ ('\\' | '"') => c,
                    other => panic!("\\{other} in {line}"),
                }),
                Some(c @ ('%' | '$')) => {
                    assert_eq!(letters.next(), Some(c), "a single {c} in {line}");
                    word.push(c);
                }
                Some(c) => word.push(c),
            }
        }
        if is_quoted {
            assert!(matches!(letters.next(), None | Some(' ')), "{line}");
        }
        words.push(word);
    }
    words
}

// The program of Windows takes no quotation mark in a path.
#[cfg(unix)]
#[test]
fn systemd_hands_over_every_argument_as_it_was() {
    let tree = Tree::new().with("100% it's/x", "");
    let units = scheduled("systemd", &tree.at("100% it's"), HARD);
    let line = units.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
    let words = as_systemd_reads(line);
    assert_eq!(words[0], env!("CARGO_BIN_EXE_exlog"));
    assert_eq!(words[1..], ["nightly"].iter().chain(HARD).copied().collect::<Vec<_>>());
    let folder = units.lines().find_map(|line| line.strip_prefix("WorkingDirectory=")).unwrap();
    assert_eq!(folder.replace("%%", "%"), tree.at("100% it's").display().to_string());
    assert!(units.contains("OnCalendar=*-*-* 03:30:00") && units.contains("Persistent=true"), "{units}");
}

#[test]
fn systemd_takes_the_units() {
    let Ok(version) = Command::new("systemd-analyze").arg("--version").output() else {
        return; // This machine has none.
    };
    assert!(version.status.success());
    let tree = Tree::new();
    let printed = scheduled("systemd", tree.path(), HARD);
    let (service, timer) = printed.split_once("# /etc/systemd/system/exlog-nightly.timer\n").unwrap();
    let tree = tree.with("exlog-nightly.service", service).with("exlog-nightly.timer", timer);
    let units = ["exlog-nightly.service", "exlog-nightly.timer"].map(|name| tree.at(name));
    let output = Command::new("systemd-analyze").args(["verify", "--man=no"]).args(&units).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!said.contains("exlog-nightly."), "{said}");
}

#[test]
fn windows_gets_a_script_in_ascii() {
    let tree = Tree::new();
    let script = scheduled("windows", tree.path(), &["--store", r"C:\Größe\store.db", r"C:\Program Files\Logging\"]);
    assert!(script.is_ascii() && script.contains("Register-ScheduledTask") && script.contains("-At '03:30'"), "{script}");
    assert!(script.contains(r#""C:\Program Files\Logging\\"'"#), "{script}");
}

#[test]
fn what_cannot_be_a_task_is_refused() {
    for (arguments, words) in [
        (&["schedule"][..], "required"),
        (&["schedule", "--", "logs"], "--store <FILE>"),
        (&["schedule", "--", "logs", "--store=s", "--formt", "json"], "'--format'"),
        (&["schedule", "--at", "25:00", "--", "p", "--store=s"], "no time of the day"),
        (&["schedule", "--for", "cron", "--account", "x", "--", "p", "--store=s"], "whom the table belongs to"),
        (&["schedule", "--for", "windows", "--account", r"CONTOSO\admin", "--", "p", "--store=s"], "password"),
        (&["schedule", "--for", "windows", "--", "%TEMP%", "--store=s"], "Task Scheduler"),
        (&["schedule", "--for", "cron", "--", "a\nb", "--store=s"], "cannot stand in a task"),
    ] {
        let stderr = exlog(arguments).with_status(2).stderr;
        assert!(stderr.contains(words), "{arguments:?}: {stderr}");
    }
}
