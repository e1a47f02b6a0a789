//! `clocks-differ`: servers whose clocks are not together.

use crate::case::Case;
use crate::case::clocks::WrongServer;
use crate::clock::{DAY, Zone, for_people};
use crate::diagnosis::Diagnosis;
use crate::diagnosis::finding::{Confidence, Effect, Finding, Severity};
use crate::diagnosis::powershell::{argument, arguments};

/// The diagnosis.
pub(super) static DIAGNOSIS: Diagnosis = Diagnosis {
    id: "clocks-differ",
    title: "The clock of a server differs from the others'",
    doc: "\
## What it finds
A server on which the logins that were handed over to it, or by it, stand at other times than on the servers at the other end: always the same difference, of
more than five seconds, for most of the accounts that are looked at (some hundred a service).

## Why it matters
Times of that server cannot be held against those of others: `exlog sessions` joins front end and back end only within five seconds, and what came first is not
known. From five minutes on Kerberos refuses tickets, and hand-overs between servers can fail for that alone.

## Evidence it needs
Front-end and back-end logs of several servers. Which of two clocks is right the logs do not say.

## What to do
Look at the time source of that server and of its host, if it is a virtual machine; a domain member takes its time from the domain.

## When it is wrong
If logs were written under another clock than now, or copies of one server are named as another's. That nothing is found does not say that clocks agree: where
most clients poll at one interval, where few logins go from server to server, or where a clock was right most of the time, nothing can be told.
",
    judge,
};

/// From so many milliseconds on Kerberos refuses tickets, where nothing else was set.
const KERBEROS: i64 = 300_000;

fn judge(case: &Case) -> Vec<Finding> {
    case.coverage.clocks.0.iter().filter_map(|wrong| judge_server(case, wrong)).collect()
}

fn judge_server(case: &Case, wrong: &WrongServer) -> Option<Finding> {
    let WrongServer { server, ahead, other, samples: _, span, example } = wrong;
    let is_refused = ahead.abs() >= KERBEROS;
    let severity = if is_refused { Severity::Medium } else { Severity::Low };
    let title = match other {
        Some(other) => format!("The clocks of {server} and {other} differ"),
        None => format!("The clock of {server} differs from the others'"),
    };
    let mut finding = Finding::new(DIAGNOSIS.id, severity, Confidence::Consistent, title);
    finding.servers = std::iter::once(server).chain(other).map(|name| name.to_string()).collect();
    finding.summary = match is_refused {
        true => format!("{}; Kerberos refuses tickets where clocks differ by five minutes", wrong.in_words(Zone::Utc)),
        false => format!(
            "{}; what it handed over, and what others handed over to it, is not joined with its other half",
            wrong.in_words(Zone::Utc)
        ),
    };
    for (key, moment) in example {
        let (protocol, role, name) = (key.protocol.title(), key.role.title(), key.server.as_deref().unwrap_or("?"));
        let text = format!(
            "an account logs in at {} UTC by the clock of the {protocol} {role} on {name}",
            for_people(*moment, Zone::Utc)
        );
        finding.protocols.push(key.protocol);
        finding.seen(Effect::Supports, "log_line", text, Some(*moment), case.file_at(key, *moment).as_ref());
    }
    (finding.start, finding.end) = *span;
    finding.ongoing = case.end().is_some_and(|end| end - span.1 < DAY);
    let computers = arguments(&finding.servers);
    finding.step("See by how much each clock is off", Some(format!("w32tm /monitor /computers:{computers}")));
    finding.step(
        "Look where that server takes its time from, and let it take it again",
        Some(format!("Invoke-Command -ComputerName {} {{ w32tm /query /source; w32tm /resync /rediscover }}", argument(server))),
    );
    finding.missing("event", "System event log of the server: events of Microsoft-Windows-Time-Service");
    finding.checked()
}
