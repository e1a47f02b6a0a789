//! `certificate-name-mismatch`: no certificate carries the name that IMAP or POP is set to use.

use crate::case::Case;
use crate::case::evidence::is_for_host;
use crate::diagnosis::Diagnosis;
use crate::diagnosis::finding::{Confidence, Effect, Finding, Severity};
use crate::diagnosis::powershell::argument;
use crate::evidence::fact::What;
use crate::protocol::Protocol;

/// The diagnosis.
pub(super) static DIAGNOSIS: Diagnosis = Diagnosis {
    id: "certificate-name-mismatch",
    title: "No certificate carries the name in use",
    doc: "\
## What it finds
X509CertificateName of IMAP or POP matches no certificate's subject or alternative name on that server, wildcards included.

## Why it matters
The service finds no certificate: TLS and the hand-over fail.

## Evidence it needs
Get-ImapSettings or Get-PopSettings, and Get-ExchangeCertificate of the same server.

## What to do
Set X509CertificateName to a name that a certificate carries, or get a certificate of that name; restart the services.

## When it is wrong
If the list of certificates is not of the same server or not whole.
",
    judge,
};

fn judge(case: &Case) -> Vec<Finding> {
    case.evidence.facts.iter().filter_map(|fact| {
        let What::Settings(settings) = &fact.what else { return None };
        let name = settings.certificate_name.as_deref().filter(|name| !name.is_empty())?;
        let mut certificates = case.evidence.certificates(fact.server.as_deref()).peekable();
        certificates.peek()?;
        if certificates.any(|(_, certificate)| certificate.are_names_cut || is_for_host(&certificate.names, name)) {
            return None;
        }
        let noun = if settings.protocol == Some(Protocol::Pop3) { "Pop" } else { "Imap" };
        let mut finding = Finding::new(DIAGNOSIS.id, Severity::Medium, Confidence::Supported, format!("No certificate carries the name {name} that {noun} is set to use"));
        finding.servers = fact.server.clone().into_iter().collect();
        finding.subject = Some(name.to_owned());
        finding.protocols = settings.protocol.into_iter().collect();
        let now = fact.at.or(case.summary.span.map(|span| span.last)).unwrap_or_default();
        (finding.start, finding.end, finding.ongoing) = (now, now, true);
        finding.summary = format!("X509CertificateName is {name}; no certificate of the server has it as subject or alternative name, wildcards included");
        finding.seen(Effect::Supports, "settings", format!("X509CertificateName : {name}"), fact.at, Some(&fact.location));
        let server = argument(fact.server.as_deref().unwrap_or("SERVER"));
        finding.step("Set it to a name that a certificate carries (the server's own FQDN by default), and restart the services", Some(format!("Set-{noun}Settings -Server {server} -X509CertificateName FQDN")));
        finding.checked()
    }).collect()
}
