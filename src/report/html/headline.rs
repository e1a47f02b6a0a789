//! The first screen's words: the verdict, its figures, and what to do.

use crate::case::Case;
use crate::case::none_since::NoneSince;
use crate::case::outage::Outage;
use crate::clock::duration_for_people;
use crate::diagnosis::finding::{Finding, Severity};
use crate::protocol::Role;
use crate::report::html::times::Times;
use crate::report::html::words::{cut, percent};
use crate::report::verdict::{self, About, Standing};
use crate::text::{counted, thousands};

/// So many steps stand on the first screen.
const STEPS: usize = 4;

/// A number beside the verdict.
#[derive(Debug)]
pub(super) struct Figure {
    pub(super) label: &'static str,
    pub(super) value: String,
    pub(super) note: String,
    pub(super) href: &'static str,
    pub(super) tone: &'static str,
}

/// What is said first.
#[derive(Debug)]
pub(super) struct Verdict {
    /// `bad`, `past`, `warn`, `good` or `plain`.
    pub(super) tone: &'static str,
    /// The same sentence as the terminal's.
    pub(super) headline: String,
    pub(super) sentences: Vec<String>,
    pub(super) figures: Vec<Figure>,
}

/// A step of a remedy.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) number: usize,
    pub(super) text: String,
    pub(super) has_command: bool,
    pub(super) command: String,
}

/// Why, and what to do.
#[derive(Debug, Default)]
pub(super) struct Todo {
    pub(super) present: bool,
    pub(super) why: String,
    pub(super) confidence: &'static str,
    pub(super) lead: &'static str,
    pub(super) href: String,
    pub(super) steps: Vec<Step>,
    pub(super) has_more: bool,
    pub(super) more_text: String,
    pub(super) more_steps: Vec<Step>,
}

/// The verdict with its figures.
pub(super) fn verdict(case: &Case, findings: &[Finding], times: &Times) -> Verdict {
    let verdict::Verdict { standing, text: headline, about: subject } = verdict::verdict(case, findings);
    let serious = findings.iter().filter(|finding| finding.severity > Severity::Low).count() as u64;
    let tone = match standing {
        Standing::Fails | Standing::NoneWorked => "bad",
        Standing::Failed => "past",
        Standing::Works if serious > 0 => "warn",
        Standing::Works => "good",
        Standing::Unknown => "plain",
    };
    let (mut sentences, told) = match subject {
        About::Outage(worst) => (vec![about(worst, times)], 1),
        About::Scattered(finding) => (vec![here_and_there(case, finding, times)], 0),
        About::NoneSince(none) => (vec![since(&none, times)], 0),
        About::Whole => (Vec::new(), 0),
    };
    if let Some(more) = case.outages.len().checked_sub(told).filter(|more| *more > 0) {
        sentences.push(format!("{} below.", counted(more as u64, "more outage stands", "more outages stand")));
    }
    if tone == "warn" {
        sentences.push(format!("{} a look.", counted(serious, "finding needs", "findings need")));
    }
    Verdict { tone, headline, sentences, figures: figures(case) }
}

/// Since when no login works any more, or from when to when none did, which is known to the minute.
fn since(none: &NoneSince, times: &Times) -> String {
    let start = times.full(none.start);
    let start = start.get(..16).unwrap_or(&start);
    match none.until {
        None => format!("Not one has worked since {start}."),
        Some(until) => {
            let until = times.full(until);
            format!("Not one worked from {start} to {}; {}.", until.get(..16).unwrap_or(&until), verdict::AT_ONCE)
        }
    }
}

fn here_and_there(case: &Case, finding: &Finding, times: &Times) -> String {
    let (failed, accounts) = verdict::failures_of(case, finding);
    let (when, failed) = (times.range(finding.start, finding.end), counted(failed, "failure", "failures"));
    let lasted = duration_for_people(finding.end - finding.start);
    format!("{when} ({lasted}): {failed} of at least {}, between logins that worked.", counted(accounts, "account", "accounts"))
}

fn about(outage: &Outage, times: &Times) -> String {
    let lasted = duration_for_people(outage.end - outage.start);
    let or_earlier = if outage.may_be_older { ", or earlier" } else { "" };
    let when = match outage.recovered_at {
        None => format!("Since {}{or_earlier} ({lasted} so far)", times.full(outage.start)),
        Some(_) => format!("{} ({lasted}){or_earlier}", times.range(outage.start, outage.end)),
    };
    let accounts = counted(outage.users_affected.0, "account", "accounts");
    let about = if outage.users_affected.1 { "" } else { "about " };
    format!("{when}: {} of {} attempts failed, {about}{accounts} affected.", thousands(outage.failed), thousands(outage.attempts))
}

fn figures(case: &Case) -> Vec<Figure> {
    let (front, back, summary) = (case.logins(Role::FrontEnd), case.logins(Role::BackEnd), &case.summary);
    let bad = |is_bad: bool| if is_bad { "bad" } else { "" };
    let unknown = if front.unknown > 0 { format!(", {} unknown", thousands(front.unknown)) } else { String::new() };
    vec![
        Figure {
            label: "Front-end logins",
            value: thousands(front.attempts()),
            note: format!("{} succeeded{unknown}", thousands(front.succeeded)),
            href: "#time",
            tone: "",
        },
        Figure {
            label: "Failed",
            value: thousands(front.failed),
            note: format!("{} of attempts", percent(front.failed, front.attempts())),
            href: "#failures",
            tone: bad(front.failed > 0 && !case.outages.is_empty()),
        },
        Figure {
            label: "Back-end logins",
            value: thousands(back.attempts()),
            note: format!("{} failed", thousands(back.failed)),
            href: "#latency",
            tone: bad(back.failed > 0),
        },
        Figure {
            label: "Lines read",
            value: thousands(summary.accounting.lines),
            note: format!(
                "{}, {} skipped",
                counted(summary.sources.len() as u64, "log", "logs"),
                thousands(summary.skipped.total())
            ),
            href: "#coverage",
            tone: "",
        },
    ]
}

/// The steps of a finding's remedy.
pub(super) fn steps(finding: &Finding) -> Vec<Step> {
    let step = |(place, step): (usize, &crate::diagnosis::finding::Step)| Step {
        number: place + 1,
        text: cut(&step.text, 500),
        has_command: step.command.is_some(),
        command: cut(step.command.as_deref().unwrap_or_default(), 2000),
    };
    finding.remediation.iter().enumerate().map(step).collect()
}

/// Why, and what to do, by the worst finding that is about the verdict.
pub(super) fn todo(case: &Case, findings: &[Finding]) -> Todo {
    let Some((place, top)) = verdict::cause(case, findings) else {
        if case.outages.is_empty() {
            return Todo::default();
        }
        return Todo {
            present: true,
            why: "no diagnosis fits".to_owned(),
            lead: "The lines that prove it stand below, with what the server answered. Look there first.",
            href: "#failures".to_owned(),
            ..Todo::default()
        };
    };
    let is_over = !top.ongoing && !top.outages.is_empty();
    let mut steps = steps(top);
    let more_steps = steps.split_off(STEPS.min(steps.len()));
    Todo {
        present: true,
        why: cut(&top.title, 300),
        confidence: top.confidence.name(),
        lead: if is_over { "It works again. Watch the next probe; should it come back:" } else { "" },
        href: format!("#finding-{}", place + 1),
        steps,
        has_more: !more_steps.is_empty(),
        more_text: counted(more_steps.len() as u64, "more step", "more steps"),
        more_steps,
    }
}
