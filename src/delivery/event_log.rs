//! The event log of Windows: what was found becomes events of the source `exlog` in the log `Application`, where whatever
//! watches servers looks.
//!
//! An event carries its whole text, so it is there on a machine that knows nothing of the source. Once the source is registered
//! ([`REGISTRATION`]) the viewer shows that text alone.

use crate::error::{Error, ErrorKind, Result, plain_words};
use crate::text::TerminalText;

#[cfg(windows)]
mod windows;

/// The name of the source.
pub const SOURCE: &str = "exlog";

/// What registers the source: PowerShell of any version, run once as an administrator. `EventCreate.exe` is a part of Windows, and
/// its messages of the ids 1 to 1000 are nothing but the text of the event.
pub const REGISTRATION: [&str; 3] = [
    r"$key = 'HKLM:\SYSTEM\CurrentControlSet\Services\EventLog\Application\exlog'",
    r"New-Item -Path $key -Force | Out-Null",
    r"New-ItemProperty -Path $key -Name EventMessageFile -PropertyType ExpandString -Value '%SystemRoot%\System32\EventCreate.exe' -Force | Out-Null",
];

/// No more UTF-16 units of a text go into an event: Windows takes 31,839.
const LONGEST_TEXT: usize = 31_000;

/// How an event is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Something is broken.
    Error,
    /// Something should be looked at.
    Warning,
    /// Good to know.
    Information,
}

/// An event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// How it is marked.
    pub kind: Kind,
    /// Its number, from 1 to 1000: by that events are filtered.
    pub id: u16,
    /// What it says, in lines.
    pub text: String,
}

/// Whether there is an event log here.
///
/// # Errors
/// [`ErrorKind::Usage`] if this is not Windows.
pub fn check() -> Result<()> {
    if cfg!(windows) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Usage, "there is no Windows event log on this machine")
        .hint("use --mail or --webhook here; --event-log is for Windows"))
}

/// Writes events, in their order.
///
/// # Errors
/// [`ErrorKind::System`] with what Windows says; [`ErrorKind::Usage`] if this is not Windows.
pub fn write(events: &[Event]) -> Result<()> {
    check()?;
    system::write(events).map_err(|error| {
        Error::new(ErrorKind::System, format!("the Windows event log did not take an event: {}", plain_words(&error)))
            .hint("see whether the log Application is full, and whether the service 'Windows Event Log' runs")
    })
}

#[cfg(windows)]
use windows as system;

/// Where there is no event log.
#[cfg(not(windows))]
mod system {
    use std::io;

    use super::Event;

    pub(super) fn write(_: &[Event]) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// A text as it can stand in an event. Windows takes a percent sign with a digit behind it for a place where something else is
/// to be put: in `fe80::1%8`, and in names that strangers chose.
#[cfg_attr(not(windows), allow(dead_code, reason = "only Windows writes events; its door is tested everywhere"))]
fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut units = 0;
    let lines = text.lines().map(|line| TerminalText::new(line).as_str().to_owned()).collect::<Vec<_>>().join("\r\n");
    let mut letters = lines.chars().peekable();
    while let Some(letter) = letters.next() {
        units += letter.len_utf16() + 1;
        if units > LONGEST_TEXT {
            out.push('…');
            break;
        }
        out.push(letter);
        if letter == '%' && letters.peek().is_some_and(|next| next.is_ascii_digit() || *next == '%') {
            out.push(' ');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_taken_for_a_place_to_fill_in() {
        assert_eq!(harmless("from fe80::1%8\nby 100%"), "from fe80::1% 8\r\nby 100%");
        assert_eq!(harmless("%%1 %1 %%%2!s!"), "% % 1 % 1 % % % 2!s!");
        assert_eq!(harmless("a\u{1b}[31m\u{202e}b\0c"), "a\\u{1b}[31m\\u{202e}b\\u{0}c");
    }

    #[test]
    fn a_text_is_never_longer_than_windows_takes() {
        for text in ["x".repeat(100_000), "%1".repeat(50_000), "😀".repeat(40_000), "\n".repeat(70_000)] {
            assert!(harmless(&text).encode_utf16().count() <= LONGEST_TEXT + 1);
        }
        assert_eq!(harmless("short"), "short");
    }

    #[test]
    fn the_source_that_is_registered_is_the_one_that_is_used() {
        assert!(REGISTRATION.iter().any(|line| line.ends_with(&format!(r"\Application\{SOURCE}'"))));
    }

    #[test]
    #[cfg(windows)]
    fn events_are_taken() {
        let event = |kind| Event { kind, id: 1, text: "a test of exlog".to_owned() };
        write(&[event(Kind::Error), event(Kind::Warning), event(Kind::Information)]).unwrap();
    }

    #[test]
    #[cfg(not(windows))]
    fn elsewhere_it_is_said_that_there_is_none() {
        let error = write(&[]).unwrap_err();
        assert_eq!((error.kind(), error.to_string().contains("no Windows event log")), (ErrorKind::Usage, true));
    }
}
