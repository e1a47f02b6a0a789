//! Outages that begin, that began at another moment than was told, and that are over.

use std::collections::BTreeMap;

use crate::case::outage::Outage;
use crate::live::SETTLED;
use crate::live::event::{Change, Event};
use crate::protocol::Protocol;

/// The outages that were told, as long as they are in the case.
#[derive(Debug, Default)]
pub(super) struct Outages {
    known: Vec<Known>,
    told: u64,
}

#[derive(Debug)]
struct Known {
    outage: Outage,
    is_over: bool,
}

impl Known {
    /// Whether it is the same, seen with more lines.
    fn is(&self, outage: &Outage) -> bool {
        (self.outage.protocol, &self.outage.server) == (outage.protocol, &outage.server)
            && self.outage.start <= outage.end
            && outage.start <= self.outage.end
    }
}

impl Outages {
    /// What became of them. `last` is the last record of a service; before `floor` nothing is known any more. `ids` learns which id of
    /// the case is which of those that were told.
    pub(super) fn news(
        &mut self,
        outages: Vec<Outage>,
        last: impl Fn(Option<&str>, Protocol) -> i64,
        floor: i64,
        ids: &mut BTreeMap<String, String>,
    ) -> Vec<Event> {
        let mut before = std::mem::take(&mut self.known);
        let mut news = Vec::new();
        for mut outage in outages {
            let settled = last(outage.server.as_deref(), outage.protocol).saturating_sub(SETTLED) >= outage.end;
            let is_over = outage.recovered_at.is_some() && settled;
            // Of two that turn out to be one the earlier one goes on.
            let mut same = before.extract_if(.., |known| known.is(&outage)).collect::<Vec<_>>().into_iter();
            let known = same.next();
            let id = known.as_ref().map(|known| known.outage.id.clone()).unwrap_or_else(|| {
                self.told += 1;
                format!("outage-{}", self.told)
            });
            ids.insert(std::mem::replace(&mut outage.id, id.clone()), id);
            let Some(known) = known else {
                news.push((if is_over { Change::Over } else { Change::Began }, outage.clone()));
                self.known.push(Known { outage, is_over });
                continue;
            };
            if known.outage.start < floor {
                outage.start = outage.start.min(known.outage.start);
            }
            if outage.start != known.outage.start {
                news.push((Change::Corrected(known.outage.start), outage.clone()));
            }
            // What is not certain to be over again was not told to be anything else.
            let was_over = known.is_over && outage.end <= known.outage.end;
            match (known.is_over, is_over || was_over) {
                (false, true) => news.push((Change::Over, outage.clone())),
                (true, false) => news.push((Change::GoesOn, outage.clone())),
                (true, true) | (false, false) => {}
            }
            self.known.push(Known { outage, is_over: is_over || was_over });
        }
        let gone = before.into_iter().filter(|known| known.outage.end >= floor);
        news.extend(gone.map(|known| (Change::Withdrawn, known.outage)));
        news.into_iter().map(|(change, outage)| Event::Outage(change, outage)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    fn outage(start: i64, end: i64, recovered_at: Option<i64>) -> Outage {
        Outage {
            id: String::new(),
            protocol: Protocol::Imap4,
            server: Some("EX01".into()),
            targets: Vec::new(),
            start,
            may_be_older: false,
            end,
            recovered_at,
            attempts: 3,
            failed: 3,
            users_affected: (1, true),
            health_mailbox_failed: 0,
            groups: Vec::new(),
        }
    }

    /// What is told of these outages, when the last record is that of `last`.
    fn told(known: &mut Outages, outages: &[Outage], last: i64, floor: i64) -> Vec<&'static str> {
        let news = known.news(outages.to_vec(), |_, _| last, floor, &mut BTreeMap::new());
        let name = |event: Event| match event {
            Event::Outage(change, _) => change.name(),
            Event::Attempt(_) | Event::Group(_) | Event::Finding(_) => "another",
        };
        news.into_iter().map(name).collect()
    }

    #[test]
    fn an_outage_is_told_when_it_begins_and_when_it_is_over_for_a_minute() {
        let mut known = Outages::default();
        let (goes_on, recovered) = (outage(10, 20, None), outage(10, 40, Some(50)));
        assert_eq!(told(&mut known, &[], 5, 0), [""; 0]);
        assert_eq!(told(&mut known, std::slice::from_ref(&goes_on), 20, 0), ["began"]);
        assert_eq!(told(&mut known, std::slice::from_ref(&goes_on), 30, 0), [""; 0]);
        assert_eq!(told(&mut known, std::slice::from_ref(&recovered), 50, 0), [""; 0]);
        assert_eq!(told(&mut known, std::slice::from_ref(&recovered), 40 + MINUTE, 0), ["over"]);
        assert_eq!(told(&mut known, std::slice::from_ref(&recovered), 50 + MINUTE, 0), [""; 0]);
        assert_eq!(told(&mut known, &[outage(10, 3 * MINUTE, None)], 3 * MINUTE, 0), ["goes_on"]);
        assert_eq!(told(&mut known, &[outage(10, 3 * MINUTE, Some(4 * MINUTE))], 5 * MINUTE, 0), ["over"]);
    }

    #[test]
    fn lines_that_come_late_correct_and_withdraw() {
        let mut known = Outages::default();
        assert_eq!(told(&mut known, &[outage(10, 20, None)], 20, 0), ["began"]);
        assert_eq!(told(&mut known, &[outage(4, 20, None)], 21, 0), ["corrected"]);
        assert_eq!(told(&mut known, &[], 22, 0), ["withdrawn"]);
        assert_eq!(told(&mut known, &[], 23, 0), [""; 0]);
    }

    #[test]
    fn what_is_let_go_has_neither_ended_nor_begun_later() {
        let mut known = Outages::default();
        assert_eq!(told(&mut known, &[outage(10, 20, None)], 20, 0), ["began"]);
        assert_eq!(told(&mut known, &[outage(15, 40, None)], 40, 12), [""; 0]);
        assert_eq!(told(&mut known, &[], 50, 45), [""; 0]);
    }

    #[test]
    fn two_outages_that_turn_out_to_be_one_are_told_once() {
        let mut known = Outages::default();
        let over = |at: i64| outage(at, at + 10, Some(at + 11));
        let later = 10 * MINUTE;
        assert_eq!(told(&mut known, &[over(0), over(later)], 2 * later, 0), ["over", "over"]);
        assert_eq!(told(&mut known, &[outage(0, later + 10, Some(later + 11))], 3 * later, 0), [""; 0]);
    }
}
