//! Findings that are new, come back, get worse, or are over: the stories of the nights, told as they happen.

use std::collections::BTreeMap;

use crate::case::Case;
use crate::diagnosis::finding::Finding;
use crate::live::event::Event;
use crate::live::{Fresh, SETTLED};
use crate::night::story::{self, Key, Known, State, Story};

/// The findings that were told.
#[derive(Debug, Default)]
pub(super) struct Findings {
    known: BTreeMap<Key, Known>,
}

impl Findings {
    /// What is news in the findings of a case.
    pub(super) fn news(&mut self, mut findings: Vec<Finding>, fresh: &Fresh, case: &Case) -> Vec<Event> {
        let Some(last) = case.end() else { return Vec::new() };
        // What ended a moment ago goes on until that is certain.
        let is_young = |end: i64| end > last.saturating_sub(SETTLED);
        for finding in &mut findings {
            let was_ongoing = self.known.get(&Key::of(finding)).is_some_and(|known| known.is_ongoing);
            finding.ongoing |= was_ongoing && is_young(finding.end);
        }
        // The case holds what is recent, and of that nothing was over before somebody could see it.
        let fresh = story::Fresh { first: i64::MIN, services: &fresh.services };
        let mut news = Vec::new();
        for mut story in story::stories(&findings, &case.outages, &self.known, &fresh) {
            let key = Key::of(&story.finding);
            let known = self.known.get(&key);
            if !story.is_of_night && is_young(story.finding.end) {
                continue;
            }
            // The case holds both times, so that a night would take them for one.
            if known.is_some_and(|known| !known.is_ongoing) && story.finding.ongoing && story.state != State::Back {
                (story.state, story.times) = (State::Back, story.times + 1);
            }
            let is_told = known.is_none() || story.state != State::Continuing;
            self.known.insert(key, known_by(&story));
            if is_told {
                news.push(Event::Finding(Box::new(story)));
            }
        }
        let kept = case.summary.span.map_or(i64::MIN, |span| span.first);
        self.known.retain(|_, known| known.is_ongoing || known.end >= kept);
        news
    }
}

fn known_by(story: &Story) -> Known {
    let finding = &story.finding;
    Known {
        title: finding.title.clone(),
        summary: finding.summary.clone(),
        protocols: finding.protocols.clone(),
        severity: finding.severity,
        start: story.since,
        end: finding.end,
        is_ongoing: finding.ongoing,
        times: story.times,
        told_at: None,
        untold: None,
    }
}
