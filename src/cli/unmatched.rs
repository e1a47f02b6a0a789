//! Filters that nothing fits: without a word about it, a name with a typo would look like health.

use std::collections::BTreeSet;

use crate::cli::telling::tell;
use crate::summary::Summary;
use crate::summary::scope::Scope;

/// So many servers are named where none of them is the one that was asked for.
const MOST_NAMED: usize = 20;

/// Says which servers, accounts or addresses that were asked for are nowhere in the logs, unless all is to be quiet.
pub(super) fn tell_unmatched(summary: &Summary, scope: &Scope, quiet: bool) {
    if quiet {
        return;
    }
    let servers: BTreeSet<&str> = summary.sources.iter().filter_map(|source| source.server.as_deref()).collect();
    for pattern in scope.servers.iter().filter(|pattern| !servers.iter().any(|server| pattern.matches(server))) {
        let named: Vec<&str> = servers.iter().copied().take(MOST_NAMED).collect();
        let there_are = match named.as_slice() {
            [] => "nothing tells of which servers they are (--server-name does)".to_owned(),
            _ if named.len() < servers.len() => format!("there are {} and others", named.join(", ")),
            _ => format!("there are {}", named.join(", ")),
        };
        tell(format_args!("no log is of a server called {}: {there_are}", pattern.as_str()));
    }
    let is_asked = [("--user", !scope.users.is_empty()), ("--client", !scope.clients.is_empty())];
    let asked: Vec<&str> = is_asked.iter().filter(|(_, is_asked)| *is_asked).map(|(option, _)| *option).collect();
    let has_server = summary.sources.iter().any(|source| scope.has_server(source.server.as_deref()));
    let counts = || summary.services.values().flat_map(|service| service.logins.values());
    if !asked.is_empty() && has_server && summary.accounting.in_window > 0 && counts().all(|counts| counts.attempts() == 0) {
        tell(format_args!("no login attempt fits {}", asked.join(" and ")));
    }
}
