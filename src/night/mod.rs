//! A night as it is reported: what was read in it, and what in its findings is news.

use crate::case::Case;
use crate::diagnosis::finding::{Finding, Severity};
use crate::skipped::FileNote;
use crate::usual::Deviation;

pub mod day;
pub mod story;
pub mod unexplained;

use story::{State, Story};

/// An hour in milliseconds: deviations are told by the hour.
const HOUR: i64 = 60 * 60 * 1000;

/// What a run read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Run {
    /// The run's number.
    pub number: i64,
    /// The logs that were there.
    pub logs: u64,
    /// Those in which something was new.
    pub logs_read: u64,
    /// New bytes of content.
    pub bytes: u64,
    /// New lines.
    pub lines: u64,
    /// New records.
    pub records: u64,
    /// New lines that could not be read.
    pub skipped: u64,
    /// The first and the last new record (milliseconds since 1970 UTC).
    pub span: Option<(i64, i64)>,
    /// Whether no run was before it.
    pub is_first: bool,
}

/// A night: what is new, and what is news in it.
#[derive(Debug)]
pub struct Night {
    /// What was read.
    pub run: Run,
    /// When it was read, in milliseconds since 1970 UTC.
    pub now: i64,
    /// What is new and the days before it, as it was judged.
    pub case: Case,
    /// The findings of this night as stories, the worst first; what is over last.
    pub stories: Vec<Story>,
    /// What is not as usual.
    pub deviations: Vec<Deviation>,
    /// What cannot be judged yet for lack of history; sentences without a full stop.
    pub not_yet: Vec<String>,
    /// Files that were left aside or had trouble.
    pub notes: Vec<FileNote>,
}

impl Night {
    /// How bad the worst thing is that is to be told; `None` if nothing is.
    pub fn news(&self) -> Option<Severity> {
        let stories = self.told().filter(|story| story.is_due(self.now)).map(|story| story.finding.severity);
        stories.chain(self.unusual_news().map(|deviation| deviation.severity)).max()
    }

    /// What is not as usual and is news: no outage tells it already, and it was not so before.
    pub fn unusual_news(&self) -> impl Iterator<Item = &Deviation> {
        let is_news = |deviation: &&Deviation| !deviation.continues && !self.is_of_outage(deviation);
        self.deviations.iter().filter(is_news).filter(|deviation| deviation.severity > Severity::Info)
    }

    /// The stories that people are told. What is to be looked at some day stands in the reports.
    pub fn told(&self) -> impl Iterator<Item = &Story> {
        self.stories.iter().filter(|story| story.finding.severity > Severity::Low)
    }

    /// Whether an outage of the same hours tells it already.
    fn is_of_outage(&self, deviation: &Deviation) -> bool {
        self.case.outages.iter().any(|outage| {
            outage.server.as_deref() == deviation.server.as_deref()
                && outage.start < deviation.to + HOUR
                && deviation.from - HOUR < outage.recovered_at.unwrap_or(outage.end)
        })
    }

    /// The findings that are so this night, or were so in an earlier one that could not tell it.
    pub fn findings(&self) -> Vec<Finding> {
        let stories = self.stories.iter().filter(|story| story.is_of_night || story.state != State::Over);
        stories.map(|story| story.finding.clone()).collect()
    }
}
