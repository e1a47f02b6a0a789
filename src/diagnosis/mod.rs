//! The causes: each diagnosis judges a case and gives findings.
//!
//! One file per diagnosis and [`ALL`], the one list of them. To add one: a file, a line here, its tests. A diagnosis says
//! nothing rather than guess; what would make it sure it names as missing.

use crate::case::Case;

pub mod finding;
pub mod powershell;
pub mod server_failures;

mod across;
mod auth_method_unsupported;
mod backend_rejects_login;
mod backend_timeout;
mod backend_unreachable;
mod basic_auth_blocked;
mod brute_force;
mod certificate_binding;
mod certificate_chain_incomplete;
mod certificate_dates;
mod certificate_expired;
mod certificate_expiring;
mod certificate_name_mismatch;
mod clocks_differ;
mod connection_limit;
mod group_failures;
mod guessing;
mod health_mailbox_credentials;
mod large_mailbox;
mod log_incomplete;
mod mailbox_unavailable;
mod many_refused;
mod password_spray;
mod plaintext_refused;
mod protocol_disabled;
mod proxy_routing;
mod refused_together;
mod service_restarted;
mod service_silent;
mod slow_logins;
mod throttled;
mod wrong_credentials;

use finding::Finding;

/// A diagnosis: its id, its documentation and its judgement.
#[derive(Debug)]
pub struct Diagnosis {
    /// The id, as in output, `explain` and tests.
    pub id: &'static str,
    /// What it is about, in a few words.
    pub title: &'static str,
    /// *What it finds / Why it matters / Evidence it needs / What to do / When it is wrong*.
    pub doc: &'static str,
    /// Judges a case.
    pub judge: fn(&Case) -> Vec<Finding>,
}

/// The headings that every diagnosis's documentation has.
pub const HEADINGS: [&str; 5] = ["What it finds", "Why it matters", "Evidence it needs", "What to do", "When it is wrong"];

/// All diagnoses, in the order of the documentation.
pub const ALL: [&Diagnosis; 26] = [
    &certificate_binding::DIAGNOSIS,
    &backend_unreachable::DIAGNOSIS,
    &backend_timeout::DIAGNOSIS,
    &proxy_routing::DIAGNOSIS,
    &backend_rejects_login::DIAGNOSIS,
    &wrong_credentials::DIAGNOSIS,
    &brute_force::DIAGNOSIS,
    &password_spray::DIAGNOSIS,
    &health_mailbox_credentials::DIAGNOSIS,
    &protocol_disabled::DIAGNOSIS,
    &connection_limit::DIAGNOSIS,
    &throttled::DIAGNOSIS,
    &mailbox_unavailable::DIAGNOSIS,
    &plaintext_refused::DIAGNOSIS,
    &basic_auth_blocked::DIAGNOSIS,
    &auth_method_unsupported::DIAGNOSIS,
    &service_silent::DIAGNOSIS,
    &service_restarted::DIAGNOSIS,
    &large_mailbox::DIAGNOSIS,
    &slow_logins::DIAGNOSIS,
    &certificate_expired::DIAGNOSIS,
    &certificate_expiring::DIAGNOSIS,
    &certificate_chain_incomplete::DIAGNOSIS,
    &certificate_name_mismatch::DIAGNOSIS,
    &log_incomplete::DIAGNOSIS,
    &clocks_differ::DIAGNOSIS,
];

/// The diagnosis with this id, in any case.
pub fn by_id(id: &str) -> Option<&'static Diagnosis> {
    ALL.into_iter().find(|diagnosis| diagnosis.id.eq_ignore_ascii_case(id))
}

/// All findings of a case: the worst and surest first, of these what goes on; one for each cause and server. By cause and server they are known again
/// in other nights, whatever other servers the cause hits then.
pub fn judge(case: &Case) -> Vec<Finding> {
    let mut findings: Vec<Finding> = ALL.iter().flat_map(|diagnosis| (diagnosis.judge)(case)).collect();
    keep_one_story(&mut findings);
    sort(&mut findings);
    findings
}

/// The same, one for each cause: what several servers suffer from is one story that names them.
pub fn judge_together(case: &Case) -> Vec<Finding> {
    let mut findings = across::joined(case, judge(case));
    sort(&mut findings);
    findings
}

fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| {
        let worst = (b.severity, b.confidence, b.ongoing).cmp(&(a.severity, a.confidence, a.ongoing));
        worst.then_with(|| (a.start, a.id, &a.servers).cmp(&(b.start, b.id, &b.servers)))
    });
}

/// Where a certificate binding is accused, the state of the same server's certificates is its evidence and no finding beside it.
fn keep_one_story(findings: &mut Vec<Finding>) {
    let accused: Vec<String> = findings
        .iter()
        .filter(|finding| finding.id == certificate_binding::DIAGNOSIS.id)
        .flat_map(|finding| finding.servers.clone())
        .collect();
    findings.retain(|finding| {
        let is_detail = [certificate_expired::DIAGNOSIS.id, certificate_name_mismatch::DIAGNOSIS.id].contains(&finding.id);
        let is_of = |server: &String| accused.iter().any(|other| crate::case::evidence::is_same_server(server, other));
        !is_detail || accused.is_empty() || !(finding.servers.is_empty() || finding.servers.iter().any(is_of))
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_diagnosis_has_its_documentation() {
        let mut ids: Vec<&str> = ALL.iter().map(|diagnosis| diagnosis.id).collect();
        for diagnosis in ALL {
            let headings: Vec<&str> = diagnosis.doc.lines().filter_map(|line| line.strip_prefix("## ")).collect();
            assert_eq!(headings, HEADINGS, "{}", diagnosis.id);
            assert_eq!(by_id(&diagnosis.id.to_uppercase()).map(|found| found.id), Some(diagnosis.id));
        }
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), ALL.len());
    }
}
