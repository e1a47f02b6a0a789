//! The sentences that all reports for people say about a comparison.

use crate::clock::{Zone, for_people};
use crate::comparison::{Comparison, Direction, Side};
use crate::text::{counted, thousands};

impl Comparison {
    /// All in one sentence without a full stop.
    pub fn sentence(&self) -> String {
        if self.rows.iter().all(|row| row.this.is_none() || row.other.is_none()) {
            return "Nothing can be compared: no service has login attempts on both sides".to_owned();
        }
        if self.changes.is_empty() {
            return "Nothing is new or worse, gone or better".to_owned();
        }
        let counts = Direction::ALL.into_iter().map(|direction| (direction, self.count(direction)));
        let told: Vec<String> =
            counts.filter(|(_, count)| *count > 0).map(|(direction, count)| format!("{count} {}", direction.name())).collect();
        let is_good = !self.changes.iter().any(|change| change.direction.is_bad());
        format!("{}{}", told.join(", "), if is_good { "; nothing is new or worse" } else { "" })
    }

    /// How the sides were matched, and of what nothing can be said.
    pub fn notes(&self) -> String {
        let mut notes = vec![format!("Shares of login attempts, {}.", self.matched.words())];
        let alone = self.rows.iter().filter(|row| row.this.is_none() || row.other.is_none()).count() as u64;
        if alone > 0 {
            notes.push(format!("{} on one side alone.", counted(alone, "service is", "services are")));
        }
        if self.too_few > 0 {
            let differ = counted(self.too_few, "kind of failure differs", "kinds of failures differ");
            notes.push(format!("{differ}, too few to tell."));
        }
        if self.accounts_left_out > 0 {
            notes.push(format!("{} not listed.", counted(self.accounts_left_out, "account", "accounts")));
        }
        notes.join(" ")
    }
}

impl Side {
    /// From when to when, how much, and from where.
    pub fn in_words(&self, zone: Zone) -> String {
        let span = self.span.map_or_else(
            || "nothing in the window".to_owned(),
            |(first, last)| {
                let (first, last) = (for_people(first, zone), for_people(last, zone));
                let is_one_day = first.get(..10) == last.get(..10);
                format!("{first} to {}", if is_one_day { last.get(11..).unwrap_or(&last) } else { &last })
            },
        );
        let skipped = if self.skipped > 0 { format!(", {} skipped", thousands(self.skipped)) } else { String::new() };
        let unread = match self.unread_files {
            0 => String::new(),
            files => format!(", {} NOT READ TO THE END", counted(files, "file", "files")),
        };
        let (files, lines) = (counted(self.files, "log", "logs"), counted(self.lines, "line", "lines"));
        format!("{span}, {files}, {lines}{skipped}{unread}: {}", self.paths.join(", "))
    }
}
