//! The one sentence that every report for people begins with: do logins work? And which finding may be given as the reason.

use std::sync::Arc;

use crate::case::Case;
use crate::case::none_since::{NoneSince, none_between, none_since};
use crate::case::outage::Outage;
use crate::collections::minutes::MINUTE;
use crate::diagnosis::finding::{Finding, Severity};
use crate::login::error_code::ErrorClass;
use crate::login::identity::ClientClass;
use crate::protocol::Role;
use crate::summary::ServiceKey;
use crate::text::{counted, thousands, truncated};

/// So much of an error code or response stands in the sentence.
const ANSWER: usize = 48;

/// So many failures in an outage are no single ones.
const ALL: u64 = 20;

/// What it means that everybody was refused for a while.
pub(super) const AT_ONCE: &str = "so many passwords do not go wrong at once: look at the directory";

/// How things stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Logins fail, and nothing shows that they work again.
    Fails,
    /// Logins failed, and work again.
    Failed,
    /// Nobody could log in, though nothing proves that the server is to blame.
    NoneWorked,
    /// Logins work.
    Works,
    /// The logs prove nothing.
    Unknown,
}

/// What a verdict is about.
#[derive(Debug)]
pub(super) enum About<'a> {
    /// An outage.
    Outage(&'a Outage),
    /// Failures here and there, of which outages are only a part.
    Scattered(&'a Finding),
    /// No login of users works any more, or worked for a while, though for no reason of the server's own.
    NoneSince(NoneSince),
    /// The logs as a whole.
    Whole,
}

/// How things stand, the sentence that says so, and what it is about.
#[derive(Debug)]
pub(super) struct Verdict<'a> {
    /// How things stand.
    pub(super) standing: Standing,
    /// The sentence.
    pub(super) text: String,
    /// What it is about.
    pub(super) about: About<'a>,
}

/// The outage that the verdict is about: the worst that goes on, else the worst of all. One that users did not feel comes last.
pub(super) fn worst(case: &Case) -> Option<&Outage> {
    let weight = |outage: &&Outage| (!users_work(case, outage), outage.failed);
    let ongoing = case.outages.iter().filter(|outage| outage.recovered_at.is_none()).max_by_key(weight);
    ongoing.or_else(|| case.outages.iter().max_by_key(weight))
}

/// The finding that may stand under the verdict as its reason, with its place: under an outage only one that is about it.
pub(super) fn cause<'a>(case: &Case, findings: &'a [Finding]) -> Option<(usize, &'a Finding)> {
    let about = about(case, none_since(case));
    let fits = |finding: &Finding| match &about {
        About::Outage(outage) => {
            finding.outages.contains(&outage.id) || finding.groups.iter().any(|group| outage.groups.contains(group))
        }
        About::Scattered(_) | About::NoneSince(_) | About::Whole => true,
    };
    findings.iter().enumerate().find(|(_, finding)| finding.severity > Severity::Low && fits(finding))
}

fn about(case: &Case, none: Option<NoneSince>) -> About<'_> {
    match (worst(case), none) {
        (Some(outage), None) => About::Outage(outage),
        (Some(outage), Some(_)) if outage.recovered_at.is_none() && !users_work(case, outage) => About::Outage(outage),
        (_, Some(none)) => About::NoneSince(none),
        (None, None) => none_between(case).map_or(About::Whole, About::NoneSince),
    }
}

/// The verdict on a case.
pub(super) fn verdict<'a>(case: &'a Case, findings: &'a [Finding]) -> Verdict<'a> {
    let none = none_since(case);
    let does_none_work = none.is_some();
    let about = match about(case, none) {
        About::Outage(outage) if !outage.is_of_probes() && !is_of_all(outage) && !does_none_work => {
            let mut scattered = findings.iter().filter(|finding| finding.is_scattered);
            scattered.find(|finding| finding.outages.contains(&outage.id)).map_or(About::Outage(outage), About::Scattered)
        }
        About::Whole => findings.iter().find(|finding| is_part_out(finding)).map_or(About::Whole, About::Scattered),
        // Refusals that go on longer, among logins that work, are the story of a while in which none did.
        About::NoneSince(none) => {
            let lasts_longer = |finding: &&Finding| none.until.is_some_and(|until| finding.start <= until && finding.end > until);
            let is_of_refusals = |finding: &&Finding| {
                let mut groups = case.groups.iter().filter(|group| finding.groups.contains(&group.id));
                groups.any(|group| group.key.error_class == ErrorClass::Credentials)
            };
            let longer = findings.iter().filter(|finding| is_part_out(finding)).filter(is_of_refusals);
            let mut longer = longer.filter(lasts_longer);
            longer.next().map_or(About::NoneSince(none), About::Scattered)
        }
        about => about,
    };
    let (standing, text) = match &about {
        About::Scattered(finding) => of_scattered(finding),
        About::Outage(outage) => of_outage(case, outage, findings),
        About::NoneSince(none) => {
            let (failed, server) = (thousands(none.failed), named_all(&none.servers));
            let answer = truncated(&none.answer, ANSWER);
            let (protocol, whose) = (none.protocol.title(), if none.probes_work { " OF USERS" } else { "" });
            match none.until {
                None => {
                    let text = format!("EVERY {protocol} LOGIN{whose} FAILS on {server} ({failed} of {failed}: {answer})");
                    (Standing::NoneWorked, text)
                }
                Some(_) => {
                    let text =
                        format!("EVERY {protocol} LOGIN{whose} FAILED on {server} for a while ({failed} of {failed}: {answer})");
                    (Standing::Failed, text)
                }
            }
        }
        About::Whole => of_whole(case, findings),
    };
    Verdict { standing, text, about }
}

/// Whether hardly a login worked in an outage: then it is none of a part, whatever else fails for longer.
fn is_of_all(outage: &Outage) -> bool {
    outage.failed >= ALL && outage.failed * 10 >= outage.attempts * 9
}

/// Whether a finding says that a part of a service is out: one of several back ends, say.
fn is_part_out(finding: &Finding) -> bool {
    finding.is_scattered && finding.severity >= Severity::High
}

fn of_outage(case: &Case, outage: &Outage, findings: &[Finding]) -> (Standing, String) {
    let is_ongoing = outage.recovered_at.is_none();
    let (standing, verb, now) =
        if is_ongoing { (Standing::Fails, "FAIL", "") } else { (Standing::Failed, "FAILED", " and work again") };
    let others = match case.outages.len() {
        1 => String::new(),
        outages => format!(" (the worst of {outages} outages)"),
    };
    let (protocol, server) = (outage.protocol.title(), named(outage.server.as_deref()));
    // Where one of several back ends is out, logins work again as soon as enough of them go to the others.
    let goes_on = |finding: &Finding| finding.ongoing && finding.outages.contains(&outage.id);
    if !is_ongoing && !outage.is_of_probes() && findings.iter().any(goes_on) {
        return (Standing::Fails, format!("SOME {protocol} LOGINS STILL FAIL on {server}{others}"));
    }
    let text = match users_work(case, outage) {
        false => format!("{protocol} LOGINS {verb} on {server}{now}{others}"),
        true if is_ongoing => format!("{protocol} PROBES OF EXCHANGE FAIL on {server}; logins of users work{others}"),
        true => format!("{protocol} PROBES OF EXCHANGE FAILED on {server} and work again; logins of users worked{others}"),
    };
    (standing, text)
}

fn of_scattered(finding: &Finding) -> (Standing, String) {
    let protocols: Vec<&str> = finding.protocols.iter().map(|protocol| protocol.title()).collect();
    let protocols = protocols.join(" AND ");
    let server = match finding.servers.as_slice() {
        [] => named(None).to_owned(),
        [server] => server.clone(),
        servers => counted(servers.len() as u64, "server", "servers"),
    };
    match finding.ongoing {
        true => (Standing::Fails, format!("SOME {protocols} LOGINS STILL FAIL on {server}")),
        false => {
            let now = if is_part_out(finding) { " and work again" } else { "" };
            (Standing::Failed, format!("SOME {protocols} LOGINS FAILED on {server}{now}"))
        }
    }
}

/// How many failures a finding is about, and how many accounts at least.
pub(super) fn failures_of(case: &Case, finding: &Finding) -> (u64, u64) {
    let groups = || case.groups.iter().filter(|group| finding.groups.contains(&group.id));
    let failed = groups().map(|group| group.failures.count).sum();
    (failed, groups().map(|group| group.users.0).max().unwrap_or_default())
}

/// Whether only probes of Exchange failed in an outage, while users could log in.
fn users_work(case: &Case, outage: &Outage) -> bool {
    let key = ServiceKey { server: outage.server.clone(), protocol: outage.protocol, role: Role::FrontEnd };
    let minutes = outage.start.div_euclid(MINUTE)..=outage.end.div_euclid(MINUTE);
    let series = case.summary.services.get(&key).into_iter().flat_map(|service| &service.series);
    let mut of_users =
        series.filter(|((_, class), _)| *class != ClientClass::HealthMailbox).flat_map(|(_, series)| series.iter());
    outage.is_of_probes() && of_users.any(|(minute, counts)| counts.succeeded > 0 && minutes.contains(&minute))
}

fn of_whole(case: &Case, findings: &[Finding]) -> (Standing, String) {
    let front = case.logins(Role::FrontEnd);
    let text = match (front.attempts(), front.failed) {
        (0, _) if case.summary.accounting.records == 0 => {
            return (Standing::Unknown, "No line in the logs says anything: they are headers alone, or damaged".to_owned());
        }
        (0, _) if case.summary.accounting.in_window == 0 => {
            return (Standing::Unknown, "No line lies in the window that was asked for; the logs cover another time".to_owned());
        }
        (0, _) => {
            return (Standing::Unknown, "No front-end login attempts: this proves nothing about logins".to_owned());
        }
        (_, 0) => "Logins work: no front-end login failed".to_owned(),
        _ if front.succeeded == 0 => {
            let text = "NO LOGIN WORKED, but for the accounts' own fault or too few to call it an outage";
            return (Standing::NoneWorked, text.to_owned());
        }
        (attempts, _) => match servers_own(case, findings) {
            0 => "Logins work: no outage; what failed are the accounts' own or single attempts".to_owned(),
            failed => {
                let (failed, attempts) = (thousands(failed), thousands(attempts));
                format!("Logins work for the most part; {failed} of {attempts} failed, and not by the accounts' own fault")
            }
        },
    };
    (Standing::Works, text)
}

/// How many front-end logins failed for a reason of the server's own that a finding is about.
fn servers_own(case: &Case, findings: &[Finding]) -> u64 {
    let serious = || findings.iter().filter(|finding| finding.severity > Severity::Low);
    let told = case.groups.iter().filter(|group| group.is_of_outages() && serious().any(|one| one.groups.contains(&group.id)));
    told.map(|group| group.failures.count).sum()
}

/// The servers of something that is so on all of them.
fn named_all(servers: &[Option<Arc<str>>]) -> String {
    match servers {
        [one, other] => format!("{} and {}", named(one.as_deref()), named(other.as_deref())),
        [only] => named(only.as_deref()).to_owned(),
        many => counted(many.len() as u64, "server", "servers"),
    }
}

fn named(server: Option<&str>) -> &str {
    server.unwrap_or("an unknown server")
}
