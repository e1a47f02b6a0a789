//! `large-mailbox`: a folder with so many messages that it gives trouble.

use std::cmp::Reverse;

use crate::case::Case;
use crate::clock::{Zone, for_people};
use crate::diagnosis::Diagnosis;
use crate::diagnosis::finding::{Confidence, Effect, Finding, Severity};
use crate::diagnosis::powershell::argument;
use crate::protocol::Role;
use crate::summary::{ServiceKey, service::Service};
use crate::text::thousands;

/// The diagnosis.
pub(super) static DIAGNOSIS: Diagnosis = Diagnosis {
    id: "large-mailbox",
    title: "A folder has too many messages",
    doc: "\
## What it finds
select, examine or stat of a folder with more than 20,000 messages, in a mailbox where that also fails or takes a minute or longer.

## Why it matters
The client times out and tries again; journaling or archiving stops.

## Evidence it needs
The logs suffice.

## What to do
Create a new (journal) mailbox, or move old messages to other folders, at most 20,000 in each.

## When it is wrong
A slow store makes small folders slow too: then look at backend-timeout and slow-logins.
",
    judge,
};

fn judge(case: &Case) -> Vec<Finding> {
    let of_role = |role: Role| case.summary.services.iter().filter(move |(key, _)| key.role == role);
    let front_ends = of_role(Role::FrontEnd).filter_map(|(key, service)| judge_service(key, service, |_| true));
    // The back end's log holds the same commands; it tells where the front end's does not.
    let is_news = |key: &ServiceKey, name: &str| {
        let mut fronts = of_role(Role::FrontEnd).filter(|(front, _)| front.protocol == key.protocol);
        !fronts.any(|(_, service)| service.large_mailboxes.iter().any(|(other, _)| other.eq_ignore_ascii_case(name)))
    };
    let back_ends = of_role(Role::BackEnd).filter_map(|(key, service)| judge_service(key, service, |name| is_news(key, name)));
    front_ends.chain(back_ends).collect()
}

fn judge_service(key: &ServiceKey, service: &Service, is_news: impl Fn(&str) -> bool) -> Option<Finding> {
    let troubled = service.large_mailboxes.iter().filter(|(name, mailbox)| mailbox.troubled > 0 && is_news(name));
    let mut troubled: Vec<_> = troubled.collect();
    troubled.sort_by_key(|(name, mailbox)| (std::cmp::Reverse(mailbox.messages), *name));
    let (name, worst) = troubled.first()?;
    let mut finding = Finding::new(
        DIAGNOSIS.id,
        Severity::Medium,
        Confidence::Consistent,
        format!("The mailbox of {name} is too large for {}", key.protocol.title()),
    );
    finding.servers = key.server.as_deref().map(str::to_owned).into_iter().collect();
    finding.subject = Some(key.protocol.name().to_owned());
    finding.protocols = vec![key.protocol];
    finding.start = troubled.iter().map(|(_, mailbox)| mailbox.span.first).min()?;
    finding.end = troubled.iter().map(|(_, mailbox)| mailbox.span.last).max()?;
    finding.summary = format!(
        "{} messages; opening it failed or took a minute {} of {} times since {} UTC",
        thousands(worst.messages),
        worst.troubled,
        worst.opened,
        for_people(worst.span.first, Zone::Utc)
    );
    for (name, mailbox) in troubled.iter().take(5) {
        let (_, Reverse(messages), at, location, _) = &mailbox.example;
        finding.seen(
            Effect::Supports,
            "log_line",
            format!("{name} opens a folder of {} messages", thousands(*messages)),
            Some(*at),
            Some(location),
        );
    }
    finding.step(
        "See how large its folders are",
        Some(format!(
            "Get-MailboxFolderStatistics {} | sort ItemsInFolder -Descending | ft FolderPath,ItemsInFolder",
            argument(name)
        )),
    );
    finding.step("Use a new mailbox (for journaling: a new journal account), or move old messages out of the folder", None);
    finding.checked()
}
