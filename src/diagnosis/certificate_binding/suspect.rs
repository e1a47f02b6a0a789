//! The servers whose binding is suspected, and their own full names as far as anything names them.
//!
//! A command that sets one server to another's name breaks what works: where the name is not known, it is left to be filled in.

use crate::case::Case;
use crate::case::evidence::is_same_server;
use crate::diagnosis::powershell::argument;
use crate::diagnosis::server_failures::ServerFailures;
use crate::redaction::is_address;

/// A server whose binding is suspected.
#[derive(Debug)]
pub(super) struct Suspect {
    /// Its name, as cmdlets take it.
    pub(super) server: String,
    /// Its own full name, if it is known.
    pub(super) full_name: Option<String>,
    /// Logins of another server fail where they are handed over to this one.
    pub(super) is_remote: bool,
}

/// All of them, and who else may be.
#[derive(Debug)]
pub(super) struct Suspects {
    /// The servers that the commands are about.
    pub(super) servers: Vec<Suspect>,
    /// Hosts that logins were handed over to, where the server's own is not among them: they may be the server under another
    /// name, or the cause.
    pub(super) unclear: Vec<String>,
}

impl Suspects {
    /// Whom these failures point to.
    pub(super) fn of(case: &Case, failures: &ServerFailures<'_>) -> Self {
        let hosts = failures.hosts();
        let full_name = |host: &str| (host.contains('.') && !is_address(host)).then(|| host.to_owned());
        let known = |host: &&str| Suspect { server: (*host).to_owned(), full_name: full_name(host), is_remote: false };
        let Some(server) = failures.server.filter(|server| !is_address(server)) else {
            // The logs do not name the server; the hosts that it hands over to have names.
            let mut servers: Vec<Suspect> = hosts.iter().map(known).collect();
            if servers.is_empty() {
                servers.push(Suspect { server: failures.host(), full_name: None, is_remote: false });
            }
            return Self { servers, unclear: Vec::new() };
        };
        let own = hosts.iter().find(|host| is_same_server(host, server));
        if own.is_none() && !hosts.is_empty() && (failures.does_own_hand_over_work(case) || failures.do_others_fail_there(case)) {
            let servers = hosts.iter().map(|host| Suspect { is_remote: true, ..known(host) }).collect();
            return Self { servers, unclear: Vec::new() };
        }
        let full_name = own.and_then(|host| full_name(host)).or_else(|| name_in_settings(case, failures, server));
        let unclear = if own.is_none() { hosts.into_iter().map(str::to_owned).collect() } else { Vec::new() };
        Self { servers: vec![Suspect { server: server.to_owned(), full_name, is_remote: false }], unclear }
    }

    /// Whether a name is one of these servers, or one that may be.
    pub(super) fn include(&self, name: &str) -> bool {
        let mut names = self.servers.iter().map(|suspect| &suspect.server).chain(&self.unclear);
        names.any(|server| is_same_server(name, server))
    }

    /// The suspected servers by their full names, as far as these are known.
    pub(super) fn accused(&self) -> String {
        let names = self.servers.iter().map(|suspect| suspect.full_name.as_deref().unwrap_or(&suspect.server));
        names.collect::<Vec<_>>().join(" and ")
    }

    /// Where the certificate is, for a title: nothing is said if it is the server whose logins fail.
    pub(super) fn remote_hosts(&self) -> Option<String> {
        let remote: Vec<&str> =
            self.servers.iter().filter(|suspect| suspect.is_remote).map(|suspect| suspect.server.as_str()).collect();
        (!remote.is_empty()).then(|| remote.join(" and "))
    }
}

/// A full name of the server that the settings of a protocol have.
fn name_in_settings(case: &Case, failures: &ServerFailures<'_>, server: &str) -> Option<String> {
    let settings = failures.protocols().into_iter().flat_map(|protocol| case.evidence.settings(Some(server), protocol));
    let mut names = settings.filter_map(|(_, settings)| settings.certificate_name.as_deref());
    names.find(|name| name.contains('.') && !name.contains('*') && is_same_server(name, server)).map(str::to_owned)
}

impl Suspect {
    /// Whether a certificate's name is this server's own.
    pub(super) fn is_called(&self, name: &str) -> bool {
        let is_full = self.full_name.as_deref().is_some_and(|full| full.eq_ignore_ascii_case(name));
        is_full || (!name.contains('*') && is_same_server(name, &self.server))
    }

    /// The server whose facts tell: the one whose logins fail is asked for as the logs know it.
    pub(super) fn in_evidence<'a>(&'a self, failures: &ServerFailures<'a>) -> Option<&'a str> {
        match (&self.full_name, failures.server) {
            (_, Some(server)) if !self.is_remote && !is_address(server) => Some(server),
            (Some(name), _) => Some(name),
            (None, server) => server,
        }
    }

    /// The server as an argument of a cmdlet.
    pub(super) fn server_argument(&self) -> String {
        argument(&self.server)
    }

    /// Its full name as an argument, or a word to be filled in.
    pub(super) fn name_argument(&self) -> String {
        self.full_name.as_deref().map_or_else(|| argument(&format!("FQDN-OF-{}", self.server)), argument)
    }
}
