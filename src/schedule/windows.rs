//! The task for Windows: a script for Windows PowerShell 5.1 and newer.
//!
//! It is plain ASCII, whatever stands in it: Windows PowerShell takes a file without a mark for the machine's code page.

use std::fmt::Write;

use crate::diagnosis::powershell::quoted;
use crate::error::{Error, ErrorKind, Result};
use crate::schedule::{NAME, Task};

/// Accounts of the machine itself, which have no password.
const OF_THE_MACHINE: [&str; 3] = ["SYSTEM", "LOCAL SERVICE", "NETWORK SERVICE"];

/// The script that registers the task.
///
/// # Errors
/// [`ErrorKind::Usage`] if the account would need a password, or Task Scheduler would change an argument.
pub fn script(task: &Task) -> Result<String> {
    let replaced = |text: &&String| text.matches('%').count() > 1 || text.contains("$(");
    if let Some(text) = task.arguments.iter().chain([&task.program, &task.folder]).find(replaced) {
        return Err(Error::new(
            ErrorKind::Usage,
            format!("Task Scheduler would put something else in the place of %…% or $(…) in '{text}'"),
        )
        .hint("nothing protects it there: write it into a file, and give that with --config"));
    }
    let (account, logon) = principal(task.account.as_deref().unwrap_or("SYSTEM"))?;
    let arguments: Vec<String> = task.arguments.iter().map(|argument| argument_of_a_program(argument)).collect();
    Ok(format!(
        "\
# Registers the nightly run of exlog. Run it as an administrator, in Windows PowerShell 5.1 or newer; a task of this name is replaced.
$ErrorActionPreference = 'Stop'
$action = New-ScheduledTaskAction -Execute {program} -Argument {arguments} -WorkingDirectory {folder}
$trigger = New-ScheduledTaskTrigger -Daily -At '{at}'
$settings = New-ScheduledTaskSettingsSet -StartWhenAvailable -MultipleInstances IgnoreNew -Priority 8 -ExecutionTimeLimit (New-TimeSpan -Hours 12) -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries
$principal = New-ScheduledTaskPrincipal -UserId {account} -LogonType {logon} -RunLevel Limited
Register-ScheduledTask -TaskName '{NAME}' -Description 'Reads what is new in the protocol logs of IMAP4 and POP3' -Action $action -Trigger $trigger -Settings $settings -Principal $principal -Force | Out-Null
Write-Output 'The task \"{NAME}\" runs every day at {at}. To try it now: Start-ScheduledTask -TaskName \"{NAME}\"'
",
        program = literal(&argument_of_a_program(&task.program)),
        arguments = literal(&arguments.join(" ")),
        folder = literal(&task.folder),
        account = literal(&account),
        at = task.at,
    ))
}

/// Who the task runs as, and how that account logs on.
fn principal(account: &str) -> Result<(String, &'static str)> {
    let bare = account.rsplit_once('\\').map_or(account, |(_, name)| name);
    let of_the_machine = OF_THE_MACHINE.iter().find(|known| known.eq_ignore_ascii_case(bare));
    match of_the_machine {
        Some(known) => Ok((format!("NT AUTHORITY\\{known}"), "ServiceAccount")),
        None if account.ends_with('$') => Ok((account.to_owned(), "Password")),
        None => Err(Error::new(ErrorKind::Usage, format!("the account '{account}' would need its password in the script"))
            .hint("use SYSTEM, or a group-managed service account, whose name ends in $: 'CONTOSO\\exlog$'")),
    }
}

/// An argument as the program's own start reads it: in double quotes where it must be, backslashes doubled where a double quote
/// follows them (the rules of CommandLineToArgvW), so that `C:\dir with blank\` does not swallow what stands behind it.
fn argument_of_a_program(argument: &str) -> String {
    if !argument.is_empty() && !argument.contains([' ', '\t', '"']) {
        return argument.to_owned();
    }
    let mut out = String::from('"');
    let mut backslashes = 0;
    for c in argument.chars() {
        match c {
            '\\' => backslashes += 1,
            '"' => {
                out.extend(std::iter::repeat_n('\\', backslashes + 1));
                backslashes = 0;
            }
            _ => backslashes = 0,
        }
        out.push(c);
    }
    out.extend(std::iter::repeat_n('\\', backslashes));
    out.push('"');
    out
}

/// A text as a PowerShell expression in plain ASCII.
fn literal(text: &str) -> String {
    if text.is_ascii() {
        return quoted(text);
    }
    let mut parts: Vec<String> = Vec::new();
    for part in text.split_inclusive(|c: char| !c.is_ascii()) {
        let ascii = part.trim_end_matches(|c: char| !c.is_ascii());
        parts.push(quoted(ascii));
        for unit in part.get(ascii.len()..).unwrap_or_default().encode_utf16() {
            let mut code = String::new();
            let _ = write!(code, "[char]0x{unit:04X}");
            parts.push(code);
        }
    }
    format!("({})", parts.join(" + "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::TimeOfDay;

    /// How the start of a Windows program cuts its command line behind the program's name, by the documented rules: 2n
    /// backslashes and a quote are n backslashes and the quote's effect, 2n+1 are n backslashes and a quote.
    fn cut(line: &str) -> Vec<String> {
        let (mut found, mut current, mut is_quoted, mut is_begun) = (Vec::new(), String::new(), false, false);
        let mut letters = line.chars().peekable();
        while let Some(c) = letters.next() {
            match c {
                '\\' => {
                    let mut count = 1;
                    while letters.next_if_eq(&'\\').is_some() {
                        count += 1;
                    }
                    is_begun = true;
                    if letters.peek() == Some(&'"') {
                        current.extend(std::iter::repeat_n('\\', count / 2));
                        if count % 2 == 1 {
                            current.extend(letters.next());
                        }
                    } else {
                        current.extend(std::iter::repeat_n('\\', count));
                    }
                }
                '"' if is_quoted && letters.peek() == Some(&'"') => current.extend(letters.next()),
                '"' => (is_quoted, is_begun) = (!is_quoted, true),
                ' ' | '\t' if !is_quoted => {
                    if std::mem::take(&mut is_begun) {
                        found.push(std::mem::take(&mut current));
                    }
                }
                c => {
                    current.push(c);
                    is_begun = true;
                }
            }
        }
        if is_begun {
            found.push(current);
        }
        assert!(!is_quoted, "a quote is open: {line}");
        found
    }

    /// What PowerShell makes of a literal, or of literals and characters that are added up, and the rest of the line.
    fn evaluated(expression: &str) -> (String, &str) {
        let (is_sum, mut rest) = expression.strip_prefix('(').map_or((false, expression), |rest| (true, rest));
        let mut units: Vec<u16> = Vec::new();
        loop {
            if let Some(code) = rest.strip_prefix("[char]0x") {
                units.push(u16::from_str_radix(&code[..4], 16).unwrap());
                rest = &code[4..];
            } else {
                rest = rest.strip_prefix('\'').unwrap();
                loop {
                    let at = rest.find('\'').unwrap();
                    units.extend(rest[..at].encode_utf16());
                    rest = &rest[at + 1..];
                    match rest.strip_prefix('\'') {
                        Some(more) => (units.push(39), rest = more).1,
                        None => break,
                    }
                }
            }
            match rest.strip_prefix(" + ") {
                Some(more) if is_sum => rest = more,
                _ => break,
            }
        }
        let rest = if is_sum { rest.strip_prefix(')').unwrap() } else { rest };
        (String::from_utf16(&units).unwrap(), rest)
    }

    fn task(arguments: &[&str], account: Option<&str>) -> Task {
        let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let program = r"C:\Program Files\exlog\exlog.exe".to_owned();
        Task::new(program, arguments, r"C:\Größe 'x'".to_owned(), TimeOfDay::parse("2:05").unwrap(), account.map(str::to_owned))
            .unwrap()
    }

    #[test]
    fn every_argument_comes_out_as_it_went_in() {
        let hard = [
            "nightly",
            "--store",
            r"C:\ProgramData\ex log\store.db",
            r"C:\dir with blank\",
            r"C:\dir\",
            r"\\ex01\c$\logs\",
            "it's",
            "\u{2018}curly\u{2019}",
            r#"a"b"#,
            r#"a\"b\\"#,
            "",
            " ",
            "100%",
            "$env:TEMP",
            "`n",
            "Größe",
            "漢字\u{1F600}",
            "$(",
            "a;b|c&d>e",
        ];
        let hard: Vec<&str> = hard.into_iter().filter(|argument| !argument.contains("$(")).collect();
        let script = script(&task(&hard, None)).unwrap();
        assert!(script.is_ascii(), "{script}");
        let action = script.lines().find(|line| line.starts_with("$action")).unwrap();
        let (program, rest) = evaluated(action.split_once("-Execute ").unwrap().1);
        let (arguments, rest) = evaluated(rest.strip_prefix(" -Argument ").unwrap());
        let (folder, rest) = evaluated(rest.strip_prefix(" -WorkingDirectory ").unwrap());
        assert_eq!(
            (cut(&program), folder.as_str(), rest),
            (vec![r"C:\Program Files\exlog\exlog.exe".to_owned()], r"C:\Größe 'x'", "")
        );
        assert_eq!(cut(&arguments), hard);
    }

    #[test]
    fn what_task_scheduler_would_change_is_refused() {
        for argument in ["%TEMP%", "a%b%c", "$(Arg0)"] {
            assert!(script(&task(&[argument], None)).is_err(), "{argument}");
        }
    }

    #[test]
    fn an_account_needs_no_password_or_is_refused() {
        for (account, expected) in [
            (None, r"-UserId 'NT AUTHORITY\SYSTEM' -LogonType ServiceAccount -RunLevel Limited"),
            (Some("network service"), r"-UserId 'NT AUTHORITY\NETWORK SERVICE' -LogonType ServiceAccount"),
            (Some(r"CONTOSO\exlog$"), r"-UserId 'CONTOSO\exlog$' -LogonType Password -RunLevel Limited"),
        ] {
            let script = script(&task(&["nightly"], account)).unwrap();
            assert!(script.contains(expected) && script.contains("-At '02:05'"), "{script}");
        }
        assert!(script(&task(&["nightly"], Some(r"CONTOSO\admin"))).is_err());
    }
}
