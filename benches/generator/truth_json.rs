//! The truth as JSON, written by hand: the generator has no dependencies.

use super::clock::rfc3339;
use super::plan::Role;
use super::truth::{LoginCounts, LoginKey, OutageTruth, Truth};
use std::fmt::Write as _;

impl Truth {
    /// The truth as JSON text; names of fields follow `exlog.report/1` where there is one.
    pub fn to_json(&self) -> String {
        let mut out = String::from("{\n");
        self.push_input(&mut out);
        self.push_logins(&mut out);
        self.push_failures(&mut out);
        list(&mut out, "outages", self.outages.iter().map(outage), true);
        let files = self.files.iter().map(|file| {
            format!(
                "{{\"file\": {}, \"server\": {}, \"protocol\": \"{}\", \"role\": \"{}\", \"bytes\": {}, \"lines\": {}, \"records\": {}, \
                 \"headers\": {}, \"blank\": {}, \"skipped\": {}, \"cut_last_line\": {}}}",
                text(&file.path), text(&file.server), file.protocol.name(), file.role.name(), file.bytes, file.lines,
                file.records, file.headers, file.blank, file.skipped, file.cut_last_line
            )
        });
        list(&mut out, "files", files, false);
        out.push_str("}\n");
        out
    }

    fn push_input(&self, out: &mut String) {
        let time = |time: Option<i64>| time.map_or("null".to_owned(), |ms| format!("\"{}\"", rfc3339(ms)));
        let _ = writeln!(
            out,
            "  \"input\": {{\"files\": {}, \"other_files\": {}, \"empty_files\": {}, \"bytes\": {}, \"lines\": {}, \"records\": {}, \
             \"headers\": {}, \"blank\": {}, \"skipped\": {}, \"cut_last_lines\": {}, \"first\": {}, \"last\": {}}},",
            self.files.len(),
            self.other_files,
            self.empty_files,
            self.sum(|file| file.bytes),
            self.sum(|file| file.lines),
            self.sum(|file| file.records),
            self.sum(|file| file.headers),
            self.sum(|file| file.blank),
            self.sum(|file| file.skipped),
            self.sum(|file| u64::from(file.cut_last_line)),
            time(self.span.map(|span| span.0)),
            time(self.span.map(|span| span.1))
        );
        let _ = writeln!(
            out,
            "  \"coverage\": {{\"sessions\": {}, \"missing_sequence_numbers\": {}, \"sessions_without_start\": {}, \"sessions_without_end\": {}}},",
            self.sessions, self.missing_sequence_numbers, self.sessions_without_start, self.sessions_without_end
        );
    }

    fn push_logins(&self, out: &mut String) {
        for role in [Role::Frontend, Role::Backend] {
            let _ = writeln!(out, "  \"{}\": {{{}}},", role.name(), counts(self.role(role)));
        }
        list(out, "by", self.logins.iter().map(|(key, sum)| format!("{{{}, {}}}", place(key), counts(*sum))), true);
    }

    fn push_failures(&self, out: &mut String) {
        let items = self
            .failures
            .iter()
            .map(|(key, count)| format!("{{{}, \"error\": {}, \"count\": {count}}}", place(&key.login), text(&key.error)));
        list(out, "failures", items, true);
    }
}

fn outage(outage: &OutageTruth) -> String {
    let recovered = outage.recovered_at.map_or("null".to_owned(), |ms| format!("\"{}\"", rfc3339(ms)));
    format!(
        "{{\"kind\": \"{:?}\", \"protocol\": \"{}\", \"server\": {}, \"error\": \"{}\", \"planned_from\": \"{}\", \"planned_to\": \"{}\", \
         \"start\": \"{}\", \"end\": \"{}\", \"recovered_at\": {recovered}, \"attempts\": {}, \"failed\": {}, \
         \"health_mailbox_failed\": {}, \"accounts\": {}, \"total\": {}}}",
        outage.kind,
        outage.protocol.name(),
        text(&outage.server),
        outage.error,
        rfc3339(outage.planned.0),
        rfc3339(outage.planned.1),
        rfc3339(outage.first_failed),
        rfc3339(outage.last_failed),
        outage.attempts,
        outage.failed,
        outage.health_mailbox_failed,
        outage.accounts,
        outage.total
    )
}

fn place(key: &LoginKey) -> String {
    format!(
        "\"protocol\": \"{}\", \"role\": \"{}\", \"server\": {}, \"client_class\": \"{}\"",
        key.protocol.name(),
        key.role.name(),
        text(&key.server),
        key.class.name()
    )
}

fn counts(counts: LoginCounts) -> String {
    format!(
        "\"attempts\": {}, \"succeeded\": {}, \"failed\": {}, \"unknown\": {}",
        counts.attempts, counts.succeeded, counts.failed, counts.unknown
    )
}

fn list(out: &mut String, name: &str, items: impl Iterator<Item = String>, more: bool) {
    let items: Vec<String> = items.map(|item| format!("\n    {item}")).collect();
    let end = if more { "," } else { "" };
    let _ = writeln!(out, "  \"{name}\": [{}\n  ]{end}", items.join(","));
}

fn text(value: &str) -> String {
    let mut out = String::from("\"");
    for character in value.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            control if control < ' ' => {
                let _ = write!(out, "\\u{:04x}", control as u32);
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}
