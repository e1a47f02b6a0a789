//! Stories: findings over the nights. What is new, has come back, goes on, or is over; one story for each cause, not one a night.

use std::collections::BTreeMap;

use crate::case::outage::Outage;
use crate::clock::DAY;
use crate::diagnosis::by_id;
use crate::diagnosis::finding::{Confidence, Finding, Severity};
use crate::night::unexplained::ID;
use crate::protocol::Protocol;

/// What goes on is told again after so many milliseconds: every night, and not every hour.
const REPEATED: i64 = 20 * 60 * 60 * 1000;

/// What went on when a service was heard of last is told for so many milliseconds more.
const GIVEN_UP: i64 = 30 * DAY;

/// What a story is this night.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It was never so before.
    New,
    /// It had been over for a while.
    Back,
    /// It goes on, and is worse than when it was told last.
    Worse,
    /// It goes on.
    Continuing,
    /// It went on at the end of an earlier night, and ended.
    Over,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::New, Self::Back, Self::Worse, Self::Continuing, Self::Over];

    /// The name in JSON and in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Back => "back",
            Self::Worse => "worse",
            Self::Continuing => "continuing",
            Self::Over => "over",
        }
    }

    /// The state of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// A finding, and what it is among the nights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// What it is this night.
    pub state: State,
    /// What is so; for what is over, as it was told last.
    pub finding: Finding,
    /// Since when it has been so (milliseconds since 1970 UTC).
    pub since: i64,
    /// How often it has come so far, with pauses between.
    pub times: u64,
    /// When it was told last (milliseconds since 1970 UTC).
    pub told_at: Option<i64>,
    /// Whether something of it stands in what was read this night.
    pub is_of_night: bool,
}

impl Story {
    /// Whether it is to be told now. What goes on is told again after a while, however often runs are.
    pub fn is_due(&self, now: i64) -> bool {
        self.state != State::Continuing || self.told_at.is_none_or(|told| now - told >= REPEATED)
    }
}

/// By what a story is known again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The diagnosis.
    pub finding: String,
    /// The servers, sorted, with blanks between.
    pub servers: String,
    /// What else it is about; empty if that is nothing.
    pub subject: String,
}

impl Key {
    /// The key of a finding.
    pub fn of(finding: &Finding) -> Self {
        let mut servers = finding.servers.clone();
        servers.sort();
        let subject = finding.subject.clone().unwrap_or_default();
        Self { finding: finding.id.to_owned(), servers: servers.join(" "), subject }
    }

    fn servers(&self) -> impl Iterator<Item = &str> {
        self.servers.split(' ').filter(|server| !server.is_empty())
    }
}

/// A story as it is known from earlier nights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// What was wrong, in a few words.
    pub title: String,
    /// What, since when, how many.
    pub summary: String,
    /// Which protocols.
    pub protocols: Vec<Protocol>,
    /// How bad it was.
    pub severity: Severity,
    /// Since when.
    pub start: i64,
    /// Until when, as far as was seen.
    pub end: i64,
    /// Whether it went on at the end of the night in which it was seen last.
    pub is_ongoing: bool,
    /// How often it had come.
    pub times: u64,
    /// When it was told last.
    pub told_at: Option<i64>,
    /// As what it is to be told: kept until that was done.
    pub untold: Option<State>,
}

/// What is new in a night.
#[derive(Debug, Clone, Copy)]
pub struct Fresh<'a> {
    /// The first record that was read in it.
    pub first: i64,
    /// The services of which something was read.
    pub services: &'a [(String, Protocol)],
}

/// The stories of a night, in the order of its findings; behind them what is over, and what was found in earlier nights and is
/// still to be told. Findings that were over before the night are none. `outages` are those that findings name.
pub fn stories(findings: &[Finding], outages: &[Outage], known: &BTreeMap<Key, Known>, fresh: &Fresh<'_>) -> Vec<Story> {
    let met = one_for_each_key(findings.iter().filter(|finding| finding.end >= fresh.first));
    let mut stories: Vec<Story> = Vec::new();
    for (key, finding) in &met {
        let known = known.get(key);
        // Where an old log turns up, or a clock is wrong, what was over long ago is judged again: that is no news.
        if known.is_none_or(|known| known.is_ongoing || known.untold.is_some() || finding.end > known.end) {
            stories.push(story(finding, outages, known));
        }
    }
    for (key, story) in known.iter().filter(|(key, _)| met.iter().all(|(other, _)| other != *key)) {
        let state = match story.untold {
            // What was found in an earlier night is told, even if this one knows nothing of it.
            Some(state) => state,
            None if !story.is_ongoing || fresh.services.is_empty() => continue,
            None if story.was_looked_at(key, fresh) => State::Over,
            // A service that writes nothing has not recovered.
            None if fresh.first.saturating_sub(story.end) < GIVEN_UP => State::Continuing,
            None => continue,
        };
        let Some(mut finding) = story.finding(key) else { continue };
        finding.ongoing = story.is_ongoing && state != State::Over;
        stories.push(Story {
            state,
            finding,
            since: story.start,
            times: story.times,
            told_at: story.told_at,
            is_of_night: false,
        });
    }
    stories
}

/// One finding for each key. The worst of a kind comes first and tells the story, and the others behind it: of two back ends that are
/// out at different times, say.
fn one_for_each_key<'a>(findings: impl Iterator<Item = &'a Finding>) -> Vec<(Key, Finding)> {
    let mut found: Vec<(Key, Finding)> = Vec::new();
    for finding in findings {
        let key = Key::of(finding);
        match found.iter_mut().find(|(other, _)| *other == key) {
            Some((_, worst)) => absorb(worst, finding),
            None => found.push((key, finding.clone())),
        }
    }
    found
}

fn absorb(worst: &mut Finding, other: &Finding) {
    worst.summary += &format!(". {}: {}", other.title, other.summary);
    (worst.start, worst.end) = (worst.start.min(other.start), worst.end.max(other.end));
    worst.ongoing |= other.ongoing;
    worst.outages.extend(other.outages.iter().cloned());
    worst.groups.extend(other.groups.iter().cloned());
    worst.evidence.extend(other.evidence.iter().cloned());
    worst.take_steps(other);
}

fn story(finding: &Finding, outages: &[Outage], known: Option<&Known>) -> Story {
    let story =
        |state, since, times, told_at| Story { state, finding: finding.clone(), since, times, told_at, is_of_night: true };
    match known {
        None => story(State::New, finding.start, 1, None),
        Some(known) => {
            let again = begun_again(finding, outages, known);
            let (since, times) = again.map_or((known.start.min(finding.start), known.times), |again| (again, known.times + 1));
            let state = match (again, known.untold) {
                // What was found in a night but not told counts as if it were found now.
                (_, Some(state)) if state != State::Over => state,
                (Some(_), _) => State::Back,
                (None, _) if known.is_ongoing && !finding.ongoing => State::Over,
                (None, _) if finding.severity > known.severity => State::Worse,
                (None, _) => State::Continuing,
            };
            story(state, since, times, known.told_at)
        }
    }
}

/// When it began again, if it was over: a finding may name the outage that was over beside the one that came later.
fn begun_again(finding: &Finding, outages: &[Outage], known: &Known) -> Option<i64> {
    let is_later = |outage: &&Outage| finding.outages.contains(&outage.id) && outage.end > known.end;
    let begins = outages.iter().filter(is_later).map(|outage| outage.start).min().unwrap_or(finding.start);
    (!known.is_ongoing && begins > known.end).then_some(begins)
}

impl Known {
    /// Whether anything was read of the services that it is about.
    fn was_looked_at(&self, key: &Key, fresh: &Fresh<'_>) -> bool {
        let is_of = |(server, protocol): &(String, Protocol)| {
            (key.servers.is_empty() || key.servers().any(|one| one == server))
                && (self.protocols.is_empty() || self.protocols.contains(protocol))
        };
        fresh.services.iter().any(is_of)
    }

    /// The finding as far as it is known.
    fn finding(&self, key: &Key) -> Option<Finding> {
        let id = by_id(&key.finding).map(|diagnosis| diagnosis.id).or((key.finding == ID).then_some(ID))?;
        let mut finding = Finding::new(id, self.severity, Confidence::Consistent, self.title.clone());
        finding.summary.clone_from(&self.summary);
        finding.servers = key.servers().map(str::to_owned).collect();
        finding.protocols.clone_from(&self.protocols);
        finding.subject = Some(key.subject.clone()).filter(|subject| !subject.is_empty());
        (finding.start, finding.end) = (self.start, self.end);
        Some(finding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_that_are_known_by_one_key_are_one_story_that_tells_them_all() {
        let finding = |server: &str, summary: &str, (start, end): (i64, i64), ongoing| {
            let mut finding = Finding::new("backend-unreachable", Severity::High, Confidence::Consistent, "of a back end");
            finding.servers = vec![server.to_owned()];
            finding.summary = summary.to_owned();
            (finding.start, finding.end, finding.ongoing) = (start, end, ongoing);
            finding
        };
        let findings = [
            finding("EX01", "one", (50, 60), false),
            finding("EX02", "two", (0, 1), false),
            finding("EX01", "three", (10, 90), true),
        ];
        let told = one_for_each_key(findings.iter());
        let [(_, first), (_, second)] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!((first.start, first.end, first.ongoing), (10, 90, true));
        assert_eq!((first.summary.as_str(), second.summary.as_str()), ("one. of a back end: three", "two"));
    }
}
