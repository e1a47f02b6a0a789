//! What a night brought: its stories, what is not as usual, and what cannot be compared yet.

use crate::diagnosis::finding::Severity;
use crate::night::Night;
use crate::night::story::{State, Story};
use crate::report::html::times::Times;
use crate::text::counted;

/// The section; not there unless the page is a night's.
#[derive(Debug, Default)]
pub(super) struct News {
    pub(super) present: bool,
    pub(super) sentence: String,
    pub(super) stories: Vec<StoryRow>,
    pub(super) deviations: Vec<DeviationRow>,
    pub(super) not_yet: Vec<String>,
}

/// A story.
#[derive(Debug)]
pub(super) struct StoryRow {
    pub(super) state: &'static str,
    /// `bad`, or nothing.
    pub(super) tone: &'static str,
    pub(super) severity: &'static str,
    pub(super) title: String,
    pub(super) since: String,
}

/// Something that is not as usual.
#[derive(Debug)]
pub(super) struct DeviationRow {
    pub(super) severity: &'static str,
    pub(super) text: String,
}

impl News {
    pub(super) fn new(night: &Night, times: &Times) -> Self {
        let run = night.run;
        let sentence = match run.span {
            Some((first, last)) => format!(
                "{} in {} are new, from {}",
                counted(run.lines, "line", "lines"),
                counted(run.logs_read, "log", "logs"),
                times.range(first, last)
            ),
            None => format!("nothing is new in {}", counted(run.logs, "log", "logs")),
        };
        Self {
            present: true,
            sentence,
            stories: night.told().map(|story| row(story, times)).collect(),
            deviations: night
                .deviations
                .iter()
                .map(|deviation| DeviationRow { severity: deviation.severity.name(), text: deviation.text.clone() })
                .collect(),
            not_yet: night.not_yet.clone(),
        }
    }
}

fn row(story: &Story, times: &Times) -> StoryRow {
    let is_bad = story.state != State::Over && story.finding.severity >= Severity::High;
    StoryRow {
        state: story.state.name(),
        tone: if is_bad { "bad" } else { "" },
        severity: story.finding.severity.name(),
        title: story.finding.title.clone(),
        since: times.range(story.since, story.finding.end.max(story.since)),
    }
}
