//! Why it failed: the findings, the worst and surest first, with what they rest on and what to do.

use std::io::{self, Write};

use crate::clock::Zone;
use crate::diagnosis::finding::{Effect, Evidence, Finding, Severity};
use crate::report::terminal::commands::in_lines;
use crate::report::terminal::{Look, Tone};
use crate::text::{TerminalText, wrapped};

/// So many findings, and so many lines of evidence of each, are shown.
const USUAL: (usize, usize) = (4, 5);

/// The left edge of what belongs to a finding.
const INDENT: usize = 3;

pub(super) fn write(findings: &[Finding], look: Look, out: &mut dyn Write) -> io::Result<()> {
    // What is only information would bury what is wrong.
    let of_weight: Vec<&Finding> = findings.iter().filter(|finding| look.all || finding.severity > Severity::Low).collect();
    if of_weight.is_empty() {
        return Ok(());
    }
    // The sentences of findings are the same in every output, and so are their times.
    look.title(if matches!(look.zone, Zone::Utc) { "Why" } else { "Why (times in UTC)" }, out)?;
    for (place, finding) in of_weight.iter().take(look.rows(USUAL.0)).enumerate() {
        if place > 0 {
            writeln!(out)?;
        }
        write_finding(place, finding, look, out)?;
    }
    look.more(of_weight.len().min(look.rows(USUAL.0)), of_weight.len(), out)
}

fn write_finding(place: usize, finding: &Finding, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let tone = if finding.severity >= Severity::High { Tone::Bad } else { Tone::Title };
    let head = format!("{:<2} {}", place + 1, finding.title);
    write_wrapped(&head, INDENT, look, |line| look.paint(tone, line), out)?;
    let rank = format!("   {}, {}: {}", finding.severity.name(), finding.confidence.name(), finding.id);
    writeln!(out, "{}", look.paint(Tone::Faint, &rank))?;
    write_wrapped(&format!("   {}", finding.summary), INDENT, look, str::to_owned, out)?;
    for item in told(&finding.evidence, look) {
        write_evidence(item, look, out)?;
    }
    for (number, step) in finding.remediation.iter().enumerate() {
        write_wrapped(&format!("   {}. {}", number + 1, step.text), INDENT + 3, look, str::to_owned, out)?;
        if let Some(command) = &step.command {
            write_command(command, INDENT + 3, look, out)?;
        }
    }
    Ok(())
}

/// What is shown: what contradicts and what is missing has its place beside what supports.
fn told(evidence: &[Evidence], look: Look) -> Vec<&Evidence> {
    if look.all {
        return evidence.iter().collect();
    }
    let of = |effect: Effect| evidence.iter().filter(move |item| item.effect == effect);
    let against: Vec<&Evidence> = of(Effect::Contradicts).take(2).chain(of(Effect::Missing).take(2)).collect();
    // The change that caused it comes before the lines that show it.
    let mut supports: Vec<&Evidence> = of(Effect::Supports).collect();
    supports.sort_by_key(|item| item.kind == "log_line");
    supports.into_iter().take(USUAL.1.saturating_sub(against.len())).chain(against).collect()
}

fn write_evidence(item: &Evidence, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let sign = match item.effect {
        Effect::Supports => "+",
        Effect::Contradicts => "-",
        Effect::Missing => "?",
    };
    let (text, commands) = match item.effect {
        Effect::Missing => commands_in(&item.text),
        _ => (item.text.as_str(), Vec::new()),
    };
    write_wrapped(&format!("   {sign} {text}"), INDENT + 2, look, str::to_owned, out)?;
    for command in commands {
        write_command(command, INDENT + 2, look, out)?;
    }
    match &item.location {
        Some(location) => writeln!(out, "     {}", look.paint(Tone::Faint, &look.place(location, INDENT + 2))),
        None => Ok(()),
    }
}

/// What is missing says after a colon which command fetches it, and in brackets another way: each is there to be copied.
fn commands_in(text: &str) -> (&str, Vec<&str>) {
    let Some((what, command)) = text.split_once(": ").filter(|(_, command)| command.starts_with("Get-")) else {
        return (text, Vec::new());
    };
    match command.strip_suffix(')').and_then(|command| command.rsplit_once(" (or: ")) {
        Some((command, another)) => (what, vec![command, another]),
        None => (what, vec![command]),
    }
}

fn write_command(command: &str, indent: usize, look: Look, out: &mut dyn Write) -> io::Result<()> {
    for line in in_lines(TerminalText::new(command).as_str(), look.width.saturating_sub(indent)) {
        writeln!(out, "{:indent$}{}", "", look.paint(Tone::Title, &line))?;
    }
    Ok(())
}

/// Escaped text in lines that fit, those after the first begun under the text.
fn write_wrapped(text: &str, indent: usize, look: Look, paint: impl Fn(&str) -> String, out: &mut dyn Write) -> io::Result<()> {
    for line in wrapped(TerminalText::new(text).as_str(), indent, look.width) {
        writeln!(out, "{}", paint(&line))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_that_fetches_what_is_missing_stands_alone() {
        for (text, what, commands) in [
            ("the login type: Get-ImapSettings | fl LoginType", "the login type", vec!["Get-ImapSettings | fl LoginType"]),
            ("who did it: Get-WinEvent | fl (or: wevtutil epl a b)", "who did it", vec!["Get-WinEvent | fl", "wevtutil epl a b"]),
            ("the logs of that time: who stopped it?", "the logs of that time: who stopped it?", vec![]),
        ] {
            assert_eq!(commands_in(text), (what, commands));
        }
    }
}
