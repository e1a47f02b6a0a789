//! `certificate-expired`: a certificate of IMAP or POP has expired.

use crate::case::Case;
use crate::diagnosis::Diagnosis;
use crate::diagnosis::certificate_dates::{self, Rule};
use crate::diagnosis::finding::{Finding, Severity};

/// The diagnosis.
pub(super) static DIAGNOSIS: Diagnosis = Diagnosis {
    id: "certificate-expired",
    title: "A certificate of IMAP or POP has expired",
    doc: "\
## What it finds
A certificate that IMAP or POP uses (by its services, or because X509CertificateName names it) whose end date lies before the newest log line.

## Why it matters
Clients that look at certificates refuse to connect; others warn.

## Evidence it needs
Get-ExchangeCertificate. Dates that could be read in two ways decide nothing.

## What to do
Renew it, bind the new one, restart the services, and watch the next probe: binding a certificate can break the hand-over (certificate-binding).

## When it is wrong
If another valid certificate with the same names is in use and the evidence does not hold it; one that it holds is heeded.
",
    judge,
};

fn judge(case: &Case) -> Vec<Finding> {
    let rule = Rule { id: DIAGNOSIS.id, severity: Severity::High, words: "has expired", applies: |end, now| end < now };
    certificate_dates::judge(case, &rule)
}
