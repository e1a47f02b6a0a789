//! The README of the sample folders, with the counts as they were counted while the samples were written.

use super::clock::rfc3339;
use super::plan::Role;
use super::samples::Sample;
use super::truth::Truth;
use std::fmt::Write as _;

/// The text of `sample-logs/README.md`.
pub fn readme(samples: &[Sample]) -> String {
    let mut out = String::from(
        "# Sample logs\n\n\
         Small Exchange IMAP4 and POP3 protocol logs to try `exlog` on. All names are invented, outside addresses are those reserved for\n\
         documentation. They are generated; this folder, this file included, is written again byte for byte by\n\n\
         ```\ncargo run --release --example generate -- --samples sample-logs\n```\n\n\
         and `--truth FILE.json` writes all that is known about them. Counts were made while the lines were written, not by reading them.\n\n",
    );
    for sample in samples {
        let shows = sample.shows.split_whitespace().collect::<Vec<_>>().join(" ");
        let _ = writeln!(out, "- **{}**: {shows}", sample.name);
    }
    out.push_str(
        "\n## Lines\n\n| folder | files | lines | records | headers | blank | skipped | other files |\n|---|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for sample in samples {
        push_lines(&mut out, sample);
    }
    out.push_str(
        "\n*files* are protocol logs with at least one line; *other files* are no protocol logs or are empty. A last line without line end is a\n\
         line; where it is cut short it is among *skipped*.\n\n\
         ## Login attempts\n\n| folder | role | attempts | succeeded | failed | unknown |\n|---|---|--:|--:|--:|--:|\n",
    );
    for sample in samples {
        for role in [Role::Frontend, Role::Backend] {
            let counts = sample.truth.role(role);
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} | {} | {} |",
                sample.name,
                role.name(),
                counts.attempts,
                counts.succeeded,
                counts.failed,
                counts.unknown
            );
        }
    }
    push_failures(&mut out, samples);
    push_outages(&mut out, samples);
    out
}

fn push_lines(out: &mut String, sample: &Sample) {
    let truth: &Truth = &sample.truth;
    let _ = writeln!(
        out,
        "| {} | {} | {} | {} | {} | {} | {} | {} |",
        sample.name,
        truth.files.len(),
        truth.sum(|file| file.lines),
        truth.sum(|file| file.records),
        truth.sum(|file| file.headers),
        truth.sum(|file| file.blank),
        truth.sum(|file| file.skipped),
        truth.other_files + truth.empty_files
    );
}

fn push_failures(out: &mut String, samples: &[Sample]) {
    out.push_str(
        "\n## Failed attempts by reason\n\n| folder | protocol | role | who | error | count |\n|---|---|---|---|---|--:|\n",
    );
    for sample in samples {
        for (key, count) in &sample.truth.failures {
            let (login, error) = (&key.login, if key.error.is_empty() { "(none)" } else { &key.error });
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} | `{error}` | {count} |",
                sample.name,
                login.protocol.name(),
                login.role.name(),
                login.class.name()
            );
        }
    }
}

fn push_outages(out: &mut String, samples: &[Sample]) {
    out.push_str(
        "\n## Planted outages\n\n| folder | server | protocol | error | first failed | last failed | first success after | failed |\n\
         |---|---|---|---|---|---|---|--:|\n",
    );
    for sample in samples {
        for outage in &sample.truth.outages {
            let recovered = outage.recovered_at.map_or("none".to_owned(), rfc3339);
            let _ = writeln!(
                out,
                "| {} | {} | {} | `{}` | {} | {} | {recovered} | {} |",
                sample.name,
                outage.server,
                outage.protocol.name(),
                outage.error,
                rfc3339(outage.first_failed),
                rfc3339(outage.last_failed),
                outage.failed
            );
        }
    }
}
