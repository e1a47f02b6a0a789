//! The task for systemd: a service that runs once, and a timer that starts it.

use crate::schedule::Task;

/// What both units are called, before `.service` and `.timer`.
pub const UNIT: &str = "exlog-nightly";

/// The text of the service.
pub fn service(task: &Task) -> String {
    let command: Vec<String> = task.arguments.iter().map(|argument| word(&argument.replace('$', "$$"))).collect();
    // A backslash at the end of a line would join the next line to it.
    let folder = if task.folder.ends_with('\\') { format!("{}/", task.folder) } else { task.folder.clone() };
    let user = task.account.as_ref().map(|account| format!("User={}\n", account.replace('%', "%%"))).unwrap_or_default();
    format!(
        "\
[Unit]
Description=exlog: what is new in the protocol logs of IMAP4 and POP3
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
{user}WorkingDirectory={folder}
ExecStart={program} {command}
# 1: the job was done, and there are findings.
SuccessExitStatus=1
Nice=10
IOSchedulingClass=best-effort
IOSchedulingPriority=7
NoNewPrivileges=yes
",
        folder = folder.replace('%', "%%"),
        // Variables are put into the arguments alone.
        program = word(&task.program),
        command = command.join(" "),
    )
}

/// The text of the timer. A run that was missed is made up for.
pub fn timer(task: &Task) -> String {
    format!(
        "\
[Unit]
Description=exlog every night

[Timer]
OnCalendar=*-*-* {}:00
Persistent=true

[Install]
WantedBy=timers.target
",
        task.at
    )
}

/// A word of a command: in quotes where it must be, what systemd would replace doubled.
fn word(text: &str) -> String {
    let text = text.replace('%', "%%");
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '=' | ':' | ',' | '@' | '+' | '%' | '$');
    if !text.is_empty() && text.chars().all(is_plain) {
        return text;
    }
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
