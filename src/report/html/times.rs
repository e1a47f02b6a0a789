//! How the page shows moments: short in tables, whole in their tips, in the zone that was asked for.

use crate::clock::{Zone, for_people, rfc3339};

/// A moment in the page.
#[derive(Debug, Clone, Default)]
pub(super) struct When {
    /// As a table shows it: without the date where everything lies on one day.
    pub(super) text: String,
    /// With date and seconds.
    pub(super) full: String,
    /// For programs that read the page.
    pub(super) iso: String,
    /// Milliseconds since 1970 UTC, for sorting and the window.
    pub(super) ms: i64,
}

/// What the report covers, which decides how much of a moment must be said.
#[derive(Debug)]
pub(super) struct Times {
    /// The zone of everything that is shown.
    pub(super) zone: Zone,
    /// The first moment of the report.
    pub(super) first: i64,
    /// The last one.
    pub(super) last: i64,
    day: String,
}

impl Times {
    /// Times of a report from `first` to `last`.
    pub(super) fn new(first: i64, last: i64, zone: Zone) -> Self {
        Self { zone, first, last, day: day_of(&for_people(first, zone)) }
    }

    /// Whether everything lies on one day.
    pub(super) fn is_one_day(&self) -> bool {
        day_of(&for_people(self.last, self.zone)) == self.day
    }

    /// A moment with date and seconds.
    pub(super) fn full(&self, ms: i64) -> String {
        for_people(ms, self.zone)
    }

    /// A moment.
    pub(super) fn when(&self, ms: i64) -> When {
        let full = self.full(ms);
        let year = |text: &str| text.get(..4).map(str::to_owned);
        let text = if day_of(&full) == self.day && self.is_one_day() {
            full.get(11..)
        } else if year(&full) == year(&self.day) && year(&full) == year(&self.full(self.last)) {
            full.get(5..16)
        } else {
            full.get(..10)
        };
        When { text: text.unwrap_or(&full).to_owned(), iso: rfc3339(ms), ms, full }
    }

    /// `2026-03-12 07:00:00 to 09:00:00`: the date is said once.
    pub(super) fn range(&self, from: i64, to: i64) -> String {
        let (from, to) = (self.full(from), self.full(to));
        let to = if day_of(&from) == day_of(&to) { to.get(11..).unwrap_or(&to) } else { &to };
        format!("{from} to {to}")
    }

    /// The zone's distance from UTC over the time of the report, for the script: `start:minutes` for each change. So the page
    /// needs no time zones of the browser, which may know other ones.
    pub(super) fn offsets(&self) -> String {
        const STEP: i64 = 6 * 3_600_000;
        const MOST_STEPS: i64 = 20_000;
        let offset = |at: i64| self.zone.offset(at) / 60_000;
        let mut found = vec![format!("{}:{}", self.first, offset(self.first))];
        let step = STEP.max((self.last - self.first) / MOST_STEPS);
        let mut at = self.first;
        while at < self.last {
            let (mut before, mut after) = (at, at.saturating_add(step));
            if offset(before) != offset(after) {
                // Zones change on whole minutes.
                while after - before > 60_000 {
                    let middle = before + (after - before) / 2;
                    if offset(middle) == offset(at) { before = middle } else { after = middle }
                }
                found.push(format!("{}:{}", after / 60_000 * 60_000, offset(after)));
            }
            at = at.saturating_add(step);
        }
        found.join(",")
    }
}

fn day_of(text: &str) -> String {
    text.get(..10).unwrap_or(text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_says_no_more_of_a_moment_than_it_must() {
        let day = Times::new(1_773_273_600_000, 1_773_359_999_000, Zone::Utc);
        assert_eq!(day.when(1_773_300_720_500).text, "07:32:00");
        let month = Times::new(1_773_273_600_000, 1_775_000_000_000, Zone::Utc);
        assert_eq!(month.when(1_773_300_720_500).text, "03-12 07:32");
        assert_eq!(month.when(0).text, "1970-01-01");
        assert_eq!(day.range(1_773_300_720_000, 1_773_300_721_000), "2026-03-12 07:32:00 to 07:32:01");
    }

    #[test]
    fn the_script_is_told_when_daylight_saving_begins() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        // From 12 March to 12 April 2026; on 29 March at 01:00 UTC clocks go forward.
        let times = Times::new(1_773_273_600_000, 1_775_952_000_000, berlin);
        assert_eq!(times.offsets(), "1773273600000:60,1774746000000:120");
    }
}
