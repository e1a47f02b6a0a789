//! The last nights as a table, with a line of how the counts went: what `exlog history` shows.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::diagnosis::finding::Severity;
use crate::night::day::{Day, date};
use crate::report::terminal::table::Table;
use crate::report::terminal::{Glyphs, Look, Tone};
use crate::text::{TerminalText, columns, thousands};

/// So many nights are shown, the newest last.
const USUAL: usize = 30;

/// So many days are shown one by one, with and without failures.
const LONGEST: i64 = 1000;

/// So long is the bar of the night with most failures.
const LONGEST_BAR: usize = 10;

/// Counts as a row of glyphs, one a count, the highest as high as a glyph can be. What is not known is blank, and a dot is none at
/// all.
fn sparkline(counts: &[Option<u64>], glyphs: Glyphs) -> String {
    let most = counts.iter().flatten().copied().max().unwrap_or(0);
    let glyph = |count: &Option<u64>| match count {
        None => ' ',
        Some(0) => '·',
        Some(count) => glyphs.level(*count, most),
    };
    counts.iter().map(glyph).collect()
}

/// Writes the table of nights, the oldest first, and below it how attempts and failures went.
///
/// # Errors
/// What `out` says.
pub fn nights(nights: &[Day], look: Look, out: &mut dyn Write) -> io::Result<()> {
    let shown = nights.get(nights.len().saturating_sub(look.rows(USUAL))..).unwrap_or_default();
    let mut table = Table::new(&["day", "#attempts", "#failed", "#%", "?#probes failed", "?#p95 ms", "#findings", "", "??"]);
    let most = shown.iter().map(|night| night.failed).max().unwrap_or(0);
    for night in shown {
        let is_bad = worst(night).is_some_and(|worst| worst >= Severity::Medium);
        table.row(if is_bad { Tone::Bad } else { Tone::Plain }, cells(night, most, look.glyphs));
    }
    table.write(look, out)?;
    look.more(shown.len(), nights.len(), out)?;
    write_sparks(shown, look, out)
}

/// How bad the worst finding of a day is.
fn worst(night: &Day) -> Option<Severity> {
    night.findings.first().map(|(severity, _)| *severity)
}

fn cells(night: &Day, most: u64, glyphs: Glyphs) -> [String; 9] {
    let Some(attempts) = night.attempts else {
        let nothing = String::new;
        return [night.date(), "-".to_owned(), nothing(), nothing(), nothing(), nothing(), nothing(), nothing(), nothing()];
    };
    let share = if attempts == 0 { String::new() } else { format!("{:.1}", night.failed as f64 * 100.0 / attempts as f64) };
    let probes = match night.probes {
        0 => String::new(),
        probes => format!("{} of {}", thousands(night.probes_failed), thousands(probes)),
    };
    [
        night.date(),
        thousands(attempts),
        thousands(night.failed),
        share,
        probes,
        night.p95_ms.map(thousands).unwrap_or_default(),
        thousands(night.findings.len() as u64),
        worst(night).map_or_else(String::new, |worst| worst.name().to_owned()),
        glyphs.bar(night.failed, most, LONGEST_BAR),
    ]
}

fn write_sparks(nights: &[Day], look: Look, out: &mut dyn Write) -> io::Result<()> {
    // Two nights are no course.
    if nights.len() < 3 {
        return Ok(());
    }
    let attempts: Vec<Option<u64>> = nights.iter().map(|night| night.attempts).collect();
    let failed: Vec<Option<u64>> = nights.iter().map(|night| night.attempts.map(|_| night.failed)).collect();
    writeln!(out)?;
    for (name, counts, tone) in [("attempts", attempts, Tone::Plain), ("failed", failed, Tone::Bad)] {
        let most = counts.iter().flatten().copied().max().unwrap_or(0);
        let tail = format!("  up to {}", thousands(most));
        let room = look.width.saturating_sub(12 + columns(&tail));
        // The newest are what somebody looks for.
        let newest = counts.get(counts.len().saturating_sub(room)..).unwrap_or_default();
        writeln!(out, "  {name:<10}{}{}", look.paint(tone, &sparkline(newest, look.glyphs)), look.paint(Tone::Faint, &tail))?;
    }
    Ok(())
}

/// Writes how often something was, day by day, from the first day on which it was; `what` names it.
///
/// # Errors
/// What `out` says.
pub fn counts(what: &str, counts: &BTreeMap<i64, u64>, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let what = TerminalText::new(what);
    let Some((first, last)) = counts.keys().next().copied().zip(counts.keys().next_back().copied()) else {
        return writeln!(out, "No failure of {what} is known.");
    };
    // Days without one are shown, unless they are so many that a clock was wrong.
    let is_filled = last - first <= LONGEST;
    let days: Vec<(i64, u64)> = match is_filled {
        true => (first..=last).map(|day| (day, counts.get(&day).copied().unwrap_or(0))).collect(),
        false => counts.iter().map(|(day, count)| (*day, *count)).collect(),
    };
    let most = days.iter().map(|(_, count)| *count).max().unwrap_or(0);
    writeln!(out, "{}", look.paint(Tone::Title, &format!("Failures of {what}")))?;
    let shown = days.get(days.len().saturating_sub(look.rows(USUAL))..).unwrap_or_default();
    let mut table = Table::new(&["day", "#failed", "??"]);
    for (day, count) in shown {
        table.row(Tone::Plain, [date(*day), thousands(*count), look.glyphs.bar(*count, most, 4 * LONGEST_BAR)]);
    }
    table.write(look, out)?;
    look.more(shown.len(), days.len(), out)?;
    // One day is no course.
    if days.len() < 2 {
        return Ok(());
    }
    let room = look.width.saturating_sub(2);
    let newest: Vec<Option<u64>> = days.iter().skip(days.len().saturating_sub(room)).map(|(_, count)| Some(*count)).collect();
    writeln!(out, "\n  {}", sparkline(&newest, look.glyphs))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Zone;

    fn night(day: u64, failed: u64, worst: Option<Severity>) -> Day {
        Day {
            day: 20_512 + i64::try_from(day).unwrap(),
            attempts: (day != 4).then_some(10_000 + day),
            failed,
            own_failed: 0,
            probes: 576,
            probes_failed: failed / 100,
            p95_ms: Some(600),
            findings: worst.map(|worst| (worst, "a finding".to_owned())).into_iter().collect(),
        }
    }

    fn written(rows: &[Day], width: usize, all: bool) -> String {
        let mut out = Vec::new();
        let look = Look { width, color: false, zone: Zone::Utc, all, glyphs: Glyphs::Console };
        nights(rows, look, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_sparkline_tells_none_from_few_and_both_from_unknown() {
        let counts = [Some(0), Some(1), None, Some(50), Some(100)];
        assert_eq!(sparkline(&counts, Glyphs::Console), "·░ ▒█");
        assert_eq!(sparkline(&counts, Glyphs::Rich), "·▁ ▄█");
        assert_eq!(sparkline(&[Some(0), Some(0)], Glyphs::Rich), "··");
        assert_eq!(sparkline(&[], Glyphs::Rich), "");
    }

    #[test]
    fn nights_stand_in_their_order_with_what_was_told_of_them() {
        let rows = [night(2, 200, None), night(3, 2_400, Some(Severity::Medium)), night(4, 0, None), night(5, 180, None)];
        let expected = "
  day         attempts  failed     %  probes failed  p95 ms  findings
  2026-03-02    10,002     200   2.0       2 of 576     600         0          █
  2026-03-03    10,003   2,400  24.0      24 of 576     600         1  medium  ██████████
  2026-03-04         -
  2026-03-05    10,005     180   1.8       1 of 576     600         0          █

  attempts  ██ █  up to 10,005
  failed    ░█ ░  up to 2,400
";
        assert_eq!(format!("\n{}", written(&rows, 100, false)), expected);
    }

    #[test]
    fn it_fits_and_keeps_the_newest_nights() {
        let rows: Vec<Day> = (1..=90).map(|day| night(day, day, None)).collect();
        for width in [60, 79, 100] {
            let text = written(&rows, width, true);
            assert!(text.lines().all(|line| columns(line) <= width), "{width}: {text}");
        }
        let text = written(&rows, 79, false);
        assert!(text.contains("2026-05-29") && text.contains("2026-04-30") && !text.contains("2026-04-29"), "{text}");
        assert!(text.contains("and 60 more (--verbose shows them)"), "{text}");
        assert_eq!(written(&rows[..2], 79, false).lines().count(), 3);
    }
}
