//! A night as events for the event log of Windows: one for each story and each deviation that is to be told.

use crate::clock::{Zone, for_people};
use crate::delivery::event_log::{Event, Kind};
use crate::diagnosis::finding::Severity;
use crate::night::Night;
use crate::night::story::{State, Story};

/// The number of an event about something unusual; those of stories are below.
const UNUSUAL: u16 = 10;

/// What is told of a night from a severity on.
pub(super) fn events(night: &Night, at: Severity, zone: Zone) -> Vec<Event> {
    let stories = night.told().filter(|story| story.is_due(night.now) && story.finding.severity >= at);
    let deviations = night.unusual_news().filter(|deviation| deviation.severity >= at);
    stories
        .map(|story| event(story, zone))
        .chain(deviations.map(|deviation| Event {
            kind: kind(deviation.severity),
            id: UNUSUAL,
            text: format!("Unusual ({}): {}.", deviation.severity.name(), deviation.text),
        }))
        .collect()
}

fn event(story: &Story, zone: Zone) -> Event {
    let finding = &story.finding;
    let since = for_people(story.since, zone);
    let until = if finding.ongoing { "it goes on".to_owned() } else { format!("until {}", for_people(finding.end, zone)) };
    let mut lines = vec![
        format!("{} ({}, {}, {})", finding.title, story.state.name(), finding.severity.name(), finding.confidence.name()),
        format!("Since {since}, {until}. Times are {}.", zone.name(story.since)),
        finding.summary.clone(),
    ];
    for (number, step) in finding.remediation.iter().enumerate() {
        lines.push(format!("{}. {}", number + 1, step.text));
        lines.extend(step.command.as_ref().map(|command| format!("   {command}")));
    }
    lines.push(format!(
        "Servers: {}",
        if finding.servers.is_empty() { "not known".to_owned() } else { finding.servers.join(", ") }
    ));
    lines.push(format!("More: exlog explain {}", finding.id));
    lines.retain(|line| !line.is_empty());
    let kind = if story.state == State::Over { Kind::Information } else { kind(finding.severity) };
    Event { kind, id: number(story.state), text: lines.join("\n") }
}

/// The number of an event by what its story is this night.
const fn number(state: State) -> u16 {
    match state {
        State::New => 1,
        State::Back => 2,
        State::Worse => 3,
        State::Continuing => 4,
        State::Over => 5,
    }
}

fn kind(severity: Severity) -> Kind {
    match severity {
        Severity::Critical | Severity::High => Kind::Error,
        Severity::Medium => Kind::Warning,
        Severity::Low | Severity::Info => Kind::Information,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::finding::{Confidence, Finding};

    fn story(state: State, severity: Severity) -> Story {
        let mut finding = Finding::new("backend-unreachable", severity, Confidence::Consistent, "No login works on EX01");
        finding.summary = "40 of 40 logins failed".to_owned();
        finding.servers = vec!["EX01".to_owned()];
        finding.ongoing = state != State::Over;
        finding.step("Start the back end", Some("Start-Service MSExchangeIMAP4BE".to_owned()));
        Story { state, finding, since: 0, times: 1, told_at: None, is_of_night: true }
    }

    #[test]
    fn an_event_says_what_since_when_and_what_to_do() {
        let event = event(&story(State::New, Severity::Critical), Zone::default());
        assert_eq!((event.kind, event.id), (Kind::Error, 1));
        assert_eq!(
            event.text,
            "No login works on EX01 (new, critical, consistent)\nSince 1970-01-01 00:00:00, it goes on. Times are UTC.\n\
             40 of 40 logins failed\n1. Start the back end\n   Start-Service MSExchangeIMAP4BE\nServers: EX01\nMore: exlog explain backend-unreachable"
        );
    }

    #[test]
    fn each_state_has_its_number_and_what_is_over_is_no_error() {
        let numbers: Vec<u16> = State::ALL.into_iter().map(number).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5]);
        assert_eq!(event(&story(State::Over, Severity::Critical), Zone::default()).kind, Kind::Information);
        assert_eq!(event(&story(State::Back, Severity::Medium), Zone::default()).kind, Kind::Warning);
    }
}
