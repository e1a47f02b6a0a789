//! `large-mailbox`: a folder with so many messages that it gives trouble.

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
    let front_ends = case.summary.services.iter().filter(|(key, _)| key.role == Role::FrontEnd);
    front_ends.filter_map(|(key, service)| judge_service(key, service)).collect()
}

fn judge_service(key: &ServiceKey, service: &Service) -> Option<Finding> {
    let mut troubled: Vec<_> = service.large_mailboxes.iter().filter(|(_, mailbox)| mailbox.troubled > 0).collect();
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
        let (_, at, location, _) = &mailbox.example;
        finding.seen(
            Effect::Supports,
            "log_line",
            format!("{name} opens a folder of {} messages", thousands(mailbox.messages)),
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
