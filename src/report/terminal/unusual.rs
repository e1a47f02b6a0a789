//! What is not as usual: deviations from the nights before, the worst first, and what cannot be compared yet.

use std::io::{self, Write};

use crate::diagnosis::finding::Severity;
use crate::report::terminal::{Look, Tone};
use crate::text::{TerminalText, wrapped};
use crate::usual::Deviation;

/// So many deviations are shown.
const USUAL: usize = 8;

/// The left edge of a sentence's second line.
const INDENT: usize = 4;

/// Writes the section; nothing where there is nothing to say.
///
/// # Errors
/// What `out` says.
pub fn unusual(deviations: &[Deviation], not_yet: &[String], look: Look, out: &mut dyn Write) -> io::Result<()> {
    if deviations.is_empty() && not_yet.is_empty() {
        return Ok(());
    }
    // The sentences are the same in every output, and so are their times.
    look.title("Unusual (times in UTC)", out)?;
    for deviation in deviations.iter().take(look.rows(USUAL)) {
        let tone = if deviation.severity >= Severity::Medium { Tone::Bad } else { Tone::Plain };
        let text = format!("  {}: {}", deviation.severity.name(), deviation.text);
        write_wrapped(&text, INDENT, tone, look, out)?;
    }
    look.more(deviations.len().min(look.rows(USUAL)), deviations.len(), out)?;
    for note in not_yet {
        write_wrapped(&format!("  {note}"), 2, Tone::Faint, look, out)?;
    }
    Ok(())
}

fn write_wrapped(text: &str, indent: usize, tone: Tone, look: Look, out: &mut dyn Write) -> io::Result<()> {
    for line in wrapped(TerminalText::new(text).as_str(), indent, look.width) {
        writeln!(out, "{}", look.paint(tone, &line))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Zone;
    use crate::protocol::{Protocol, Role};
    use crate::report::terminal::Glyphs;
    use crate::text::columns;
    use crate::usual::Kind;

    fn deviation(severity: Severity, text: &str) -> Deviation {
        Deviation {
            kind: Kind::ProbesMissing,
            severity,
            server: Some("EX01".to_owned()),
            protocol: Protocol::Imap4,
            role: Role::FrontEnd,
            from: 0,
            to: 1,
            continues: false,
            text: text.to_owned(),
            now: 0,
            usual: Some(48),
            also: Vec::new(),
        }
    }

    fn written(deviations: &[Deviation], not_yet: &[String], color: bool) -> String {
        let look = Look { width: 60, color, zone: Zone::Utc, all: false, glyphs: Glyphs::Console };
        let mut out = Vec::new();
        unusual(deviations, not_yet, look, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn sentences_stand_beside_their_severity_and_nothing_in_them_drives_the_terminal() {
        let hostile = deviation(Severity::Low, &"EX\u{1b}[31m01: a long sentence ".repeat(6));
        let text = written(&[deviation(Severity::Medium, "EX01: no probe"), hostile], &["3 days are known".to_owned()], false);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.get(1..3).unwrap(), ["Unusual (times in UTC)", "  medium: EX01: no probe"]);
        assert!(lines[3].starts_with("  low: EX\\u{1b}[31m01") && lines[4].starts_with("    "), "{text}");
        assert_eq!(lines.last(), Some(&"  3 days are known"));
        assert!(lines.iter().all(|line| columns(line) <= 60) && !text.contains('\u{1b}'), "{text}");
        assert!(written(&[deviation(Severity::Medium, "x")], &[], true).contains("\u{1b}[1;31m  medium: x"));
    }

    #[test]
    fn many_are_counted_and_none_are_silent() {
        let many: Vec<Deviation> = (0..10).map(|_| deviation(Severity::Info, "x")).collect();
        assert!(written(&many, &[], false).ends_with("  and 2 more (--verbose shows them)\n"));
        assert_eq!(written(&[], &[], false), "");
    }
}
