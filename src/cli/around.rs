//! `--around`: the window that an outage gives, found by reading the logs once before.

use clap::Args;

use crate::case::Case;
use crate::case::outage::Outage;
use crate::cli::options::{Selection, duration, has_standard_input};
use crate::cli::reading::{no_input, read};
use crate::cli::telling::tell;
use crate::clock::{Window, Zone, for_people};
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::Material;
use crate::summary::scope::Scope;

/// So many outages are named where none of them is the one that was asked for.
const MOST_NAMED: usize = 20;

/// Which outage, and how much of the time beside it.
#[derive(Debug, Args)]
pub(super) struct Around {
    /// Count what lies around this outage: outage-1, as 'exlog analyze' numbers them for these paths without filters
    ///
    /// From --margin before its first failure to --margin after its recovery, or after its last failure where none was seen. All
    /// logs are read once more before, to find it.
    #[arg(long, value_name = "OUTAGE", conflicts_with_all = ["from", "to"], help_heading = "What counts")]
    around: Option<String>,

    /// So much before and after the outage of --around
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = margin, requires = "around", help_heading = "What counts")]
    margin: i64,
}

/// A length of time, which may be none here.
fn margin(text: &str) -> std::result::Result<i64, String> {
    if text.trim().trim_end_matches(['s', 'm', 'h', 'd', 'w']) == "0" {
        return Ok(0);
    }
    duration(text)
}

impl Around {
    /// Whether there is an outage to look for.
    pub(super) fn is_asked(&self) -> bool {
        self.around.is_some()
    }

    /// The window around the outage; `None` if there is none to look for. Which outage it is is told, unless all is to be quiet.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] if there is no such outage or the paths cannot be read twice, [`ErrorKind::NoInput`] if there is no log.
    pub(super) fn window(&self, selection: &Selection, zone: Zone, quiet: bool) -> Result<Option<Window>> {
        let Some(asked) = &self.around else { return Ok(None) };
        if has_standard_input(&selection.paths) {
            return Err(Error::new(ErrorKind::Usage, "standard input cannot be read twice, which --around asks for")
                .hint("write it to a file first, or give the window with --from and --to"));
        }
        // The numbers are those of the report about everything, so that other filters give no other outage.
        let everything = Scope { server_name: selection.server_name(), ..Scope::default() };
        let Material { summary, evidence } = read(&selection.job(&[], &everything), quiet)?;
        if summary.sources.is_empty() {
            return Err(no_input(&summary.notes, "the paths"));
        }
        let case = Case::new(summary, evidence, Window::default());
        let wanted = asked.trim();
        let found = case.outages.iter().find(|outage| outage.id.eq_ignore_ascii_case(wanted) || is_number_of(wanted, &outage.id));
        let Some(outage) = found else { return Err(unknown(wanted, &case.outages, zone)) };
        if !quiet {
            tell(format_args!("around {}", in_words(outage, zone)));
        }
        Ok(Some(around(outage, self.margin)))
    }
}

/// The window: what is from the first failure to the recovery, and the margin on both sides. An end is not part of a window.
fn around(outage: &Outage, margin: i64) -> Window {
    let last = outage.recovered_at.unwrap_or(outage.end).max(outage.end);
    Window { from: Some(outage.start.saturating_sub(margin)), to: Some(last.saturating_add(margin).saturating_add(1)) }
}

/// Whether a text is the number alone: `1` for `outage-1`.
fn is_number_of(text: &str, id: &str) -> bool {
    id.strip_prefix("outage-") == Some(text)
}

fn in_words(outage: &Outage, zone: Zone) -> String {
    let ended = match outage.recovered_at {
        Some(at) => format!("recovered at {}", for_people(at, zone)),
        None => "no recovery was seen".to_owned(),
    };
    format!(
        "{}: {} on {}, first failure at {} {}, last at {}, {ended}",
        outage.id,
        outage.protocol.title(),
        outage.server.as_deref().unwrap_or("an unknown server"),
        for_people(outage.start, zone),
        zone.name(outage.start),
        for_people(outage.end, zone),
    )
}

/// That there is no such outage, and which there are.
fn unknown(wanted: &str, outages: &[Outage], zone: Zone) -> Error {
    let named = outages.iter().take(MOST_NAMED).map(|outage| format!("\n  {}", in_words(outage, zone)));
    let mut message = match outages.len() {
        0 => format!("there is no outage in these logs, so no '{wanted}'"),
        _ => format!("there is no '{wanted}' in these logs, but"),
    };
    message.extend(named);
    if outages.len() > MOST_NAMED {
        message.push_str(&format!(
            "\n  and {} more; 'exlog analyze --format csv --table outages' has them all",
            outages.len() - MOST_NAMED
        ));
    }
    Error::new(ErrorKind::Usage, message)
        .hint("'exlog analyze' on the same paths, without filters, numbers the outages; --from and --to give any window")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_margin_may_be_none() {
        for (text, expected) in [("0", Ok(0)), ("0s", Ok(0)), ("10m", Ok(600_000)), ("1h30m", Ok(5_400_000))] {
            assert_eq!(margin(text), expected, "{text}");
        }
        for wrong in ["", "00x", "ten", "-5m", "5"] {
            assert!(margin(wrong).is_err(), "{wrong}");
        }
    }
}
