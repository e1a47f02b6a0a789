//! `certificate-chain-incomplete`: the server does not present all certificates up to a root.

use crate::case::Case;
use crate::diagnosis::Diagnosis;
use crate::diagnosis::finding::{Confidence, Effect, Finding, Severity};
use crate::evidence::chain::Chain;
use crate::evidence::fact::What;

/// The diagnosis.
pub(super) static DIAGNOSIS: Diagnosis = Diagnosis {
    id: "certificate-chain-incomplete",
    title: "The certificate chain is not complete",
    doc: "\
## What it finds
Certificates as a server presents them, or as files: the walk from issuer to subject breaks before a self-issued root.

## Why it matters
Clients that do not have the missing certificate cannot build a path and refuse to connect (PKIX path building failed).

## Evidence it needs
The output of openssl s_client -showcerts, or the certificates as PEM, DER or PKCS#7.

## What to do
Import the missing intermediate certificate on the server, so that it is presented; or into the client's store.

## When it is wrong
A server need not present the root itself; a chain that ends at an issuer which every client has is complete for them.
",
    judge,
};

/// Whether the walk's last certificate may sign others.
fn ends_at_authority(chain: &Chain) -> bool {
    chain.walk.last().and_then(|place| chain.certificates.get(*place)).is_some_and(|last| last.is_authority)
}

fn judge(case: &Case) -> Vec<Finding> {
    let broken = case.evidence.facts.iter().filter_map(|fact| match &fact.what {
        // Servers rightly leave the root out: the issuer that an authority asks for is most likely that.
        What::Chain(chain) if !(chain.is_served && ends_at_authority(chain)) => Some((fact, chain.missing.as_deref()?)),
        _ => None,
    });
    broken.filter_map(|(fact, missing)| {
        let title = format!("The certificate of the issuer '{missing}' is missing in the chain");
        let mut finding = Finding::new(DIAGNOSIS.id, Severity::Medium, Confidence::Confirmed, title);
        finding.servers = fact.server.clone().into_iter().collect();
        finding.subject = Some(missing.to_owned());
        let now = fact.at.or(case.summary.span.map(|span| span.last)).unwrap_or_default();
        (finding.start, finding.end, finding.ongoing) = (now, now, true);
        finding.summary = format!("walking from issuer to subject breaks at '{missing}', before a root: clients say \"PKIX path building failed\" or \"unable to get local issuer certificate\"");
        finding.seen(Effect::Supports, "certificate", format!("no certificate with the subject '{missing}'"), fact.at, Some(&fact.location));
        finding.step("Get the missing intermediate certificate from its issuer and import it into the server's intermediate store", Some("Import-Certificate -FilePath intermediate.cer -CertStoreLocation Cert:\\LocalMachine\\CA".to_owned()));
        finding.step("See what the server presents now", Some("openssl s_client -connect SERVER:993 -showcerts".to_owned()));
        finding.checked()
    }).collect()
}
