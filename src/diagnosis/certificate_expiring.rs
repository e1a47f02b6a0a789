//! `certificate-expiring`: a certificate of IMAP or POP will expire soon.

use crate::case::Case;
use crate::clock::DAY;
use crate::diagnosis::Diagnosis;
use crate::diagnosis::certificate_dates::{self, Rule};
use crate::diagnosis::finding::{Finding, Severity};

/// The diagnosis.
pub(super) static DIAGNOSIS: Diagnosis = Diagnosis {
    id: "certificate-expiring",
    title: "A certificate of IMAP or POP will expire soon",
    doc: "\
## What it finds
A certificate that IMAP or POP uses whose end date lies within 30 days after the newest log line.

## Why it matters
When it has expired, clients refuse to connect; and renewing it in a hurry is how certificate-binding happens.

## Evidence it needs
Get-ExchangeCertificate. Dates that could be read in two ways decide nothing.

## What to do
Renew it in time, bind it, restart the services, watch the next probe.

## When it is wrong
If another valid certificate with the same names is in use and the evidence does not hold it; one that it holds is heeded.
",
    judge,
};

/// Thirty days in milliseconds.
const SOON: i64 = 30 * DAY;

fn judge(case: &Case) -> Vec<Finding> {
    let rule = Rule {
        id: DIAGNOSIS.id,
        severity: Severity::Low,
        words: "will expire",
        applies: |end, now| (now..now + SOON).contains(&end),
    };
    certificate_dates::judge(case, &rule)
}
