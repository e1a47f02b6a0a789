//! Failures that name their cause themselves: the groups with a certain code or response, one finding for each server.

use crate::case::Case;
use crate::case::group::{Group, worst_account};
use crate::clock::{Zone, for_people};
use crate::diagnosis::finding::{Confidence, Effect, Finding, Severity};
use crate::protocol::Protocol;
use crate::text::{counted, thousands};

/// Which groups, and from how many failures on.
pub(super) struct Rule {
    pub(super) id: &'static str,
    pub(super) severity: Severity,
    pub(super) fewest: u64,
    pub(super) applies: fn(&Group) -> bool,
}

/// Where it happened and to whom, for the words of a finding.
pub(super) struct Place<'a> {
    pub(super) server: &'a str,
    pub(super) protocols: &'a [Protocol],
    /// The account with most failures.
    pub(super) account: &'a str,
    groups: &'a [&'a Group],
}

/// So many accounts, and so many from each address, are no users of their own clients.
const TRIED: (u64, u64) = (20, 5);

/// So many addresses are named.
const NAMED: usize = 5;

impl Place<'_> {
    /// Where few addresses come with many accounts: to see who that is before anything is opened to them.
    pub(super) fn see_who_it_is(&self, finding: &mut Finding) {
        let tried = self.groups.iter().max_by_key(|group| group.users.0);
        let Some(group) = tried.filter(|group| group.users.0 >= TRIED.0 && group.users.0 >= TRIED.1 * group.clients.0) else {
            return;
        };
        let names: Vec<&str> = group.top_clients.iter().take(NAMED).map(|(name, _)| name.as_str()).collect();
        let more = if group.clients.0 > NAMED as u64 { " and others" } else { "" };
        let (accounts, addresses) =
            (counted(group.users.0, "account comes", "accounts come"), counted(group.clients.0, "address", "addresses"));
        finding.step(
            format!(
                "See first who that is: {accounts} from {addresses} ({}{more}). Unless a load balancer gives everybody its address, somebody tries one account after the other: block him, and open nothing",
                names.join(", ")
            ),
            None,
        );
    }
}

/// One finding for each server with enough such failures on its front end; `complete` adds title and remedy.
pub(super) fn judge(case: &Case, rule: &Rule, complete: impl Fn(&mut Finding, Place<'_>)) -> Vec<Finding> {
    let of_server = |server: Option<&str>| {
        let of_server = |group: &&Group| group.service.server.as_deref() == server && group.is_front() && (rule.applies)(group);
        let groups: Vec<&Group> = case.groups.iter().filter(of_server).collect();
        let finding = from_groups(rule, &groups)?;
        let mut finding = Finding { servers: server.map(str::to_owned).into_iter().collect(), ..finding };
        finding.ongoing = is_ongoing(case, finding.end);
        let protocols = finding.protocols.clone();
        let account = worst_account(&groups).unwrap_or("ACCOUNT");
        complete(&mut finding, Place { server: server.unwrap_or("SERVER"), protocols: &protocols, account, groups: &groups });
        finding.checked()
    };
    case.servers().into_iter().filter_map(of_server).collect()
}

/// Whether something that was seen last at `end` may go on: the logs, or the window, end within the hour after it.
pub(super) fn is_ongoing(case: &Case, end: i64) -> bool {
    case.end().is_some_and(|last| last - end < 3_600_000)
}

fn from_groups(rule: &Rule, groups: &[&Group]) -> Option<Finding> {
    let count: u64 = groups.iter().map(|group| group.failures.count).sum();
    if count < rule.fewest {
        return None;
    }
    let mut finding = Finding::new(rule.id, rule.severity, Confidence::Consistent, "");
    finding.start = groups.iter().map(|group| group.failures.span.first).min()?;
    finding.end = groups.iter().map(|group| group.failures.span.last).max()?;
    finding.groups = groups.iter().map(|group| group.id.clone()).collect();
    finding.protocols = groups.iter().map(|group| group.service.protocol).collect();
    finding.protocols.sort_unstable();
    finding.protocols.dedup();
    let users: u64 = groups.iter().map(|group| group.users.0).max().unwrap_or_default();
    let (start, end) = (for_people(finding.start, Zone::Utc), for_people(finding.end, Zone::Utc));
    finding.summary = format!("{} from {start} to {end} UTC", counted(count, "failure", "failures"));
    if users > 0 {
        finding.summary += &format!(", at least {}", counted(users, "account", "accounts"));
    }
    for group in groups.iter().take(3) {
        cite(group, "", "", &mut finding);
    }
    Some(finding)
}

/// Cites the first line of a group, with words for whose logins failed and where.
pub(super) fn cite(group: &Group, of: &str, at: &str, finding: &mut Finding) {
    if let Some((moment, location, _)) = group.failures.examples.first() {
        let (protocol, error) = (group.service.protocol.title(), group.key.name());
        let text = format!("{protocol} login{of} fails with {error}{at}; {} in this group", thousands(group.failures.count));
        finding.seen(Effect::Supports, "log_line", text, Some(*moment), Some(location));
    }
}
