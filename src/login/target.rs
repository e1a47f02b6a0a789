//! Where a login was handed over to, and whether a server is that host.

use std::net::IpAddr;

use crate::collections::tally::fold_case;
use crate::protocol_log::endpoint::Endpoint;
use crate::text::lossy;

/// Where a login was handed over to.
#[derive(Debug, PartialEq, Eq)]
pub struct Target {
    /// In lower case, without brackets.
    pub host: Box<str>,
    /// The port, if there is one.
    pub port: Option<u16>,
}

impl Target {
    /// Reads `host:port:encryption` or `host:port`.
    pub fn parse(text: &str) -> Self {
        let endpoint = Endpoint::parse(without_encryption(text).as_bytes());
        Self { host: lossy(endpoint.address).into(), port: endpoint.port }
    }

    /// Whether it is on this server: by the same address, by the first labels of both names, or by all of them where both have more. What
    /// somebody wrote behind a name when folders were copied (`EX01_logs`, `EX01 (copy)`) is no part of it.
    pub fn is_on(&self, server: &str) -> bool {
        if is_address(&self.host) || is_address(server) {
            return is_same_name(&self.host, server);
        }
        let is_it = |server: &str| match self.host.contains('.') && server.contains('.') {
            true => is_same_name(&self.host, server),
            false => !self.host.is_empty() && is_same_name(first_label(&self.host), first_label(server)),
        };
        is_it(server) || is_it(without_words(server))
    }
}

/// The host of a target, without brackets and zone.
pub fn host_of(target: &str) -> &str {
    Endpoint::address_of(without_encryption(target))
}

fn without_encryption(target: &str) -> &str {
    target.rsplit_once(':').filter(|(_, last)| last.parse::<u16>().is_err()).map_or(target, |(start, _)| start)
}

fn is_address(name: &str) -> bool {
    name.parse::<IpAddr>().is_ok()
}

/// Whether two names of servers are one, in any case.
pub fn is_same_name(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other) || (!one.is_ascii() && fold_case(one) == fold_case(other))
}

/// What stands before the first blank, bracket or low line: none of them is in the name of a host.
fn without_words(folder: &str) -> &str {
    folder.split([' ', '(', '[', '_']).next().unwrap_or(folder)
}

/// What stands before the first dot: `ex01` of `ex01.contoso.com`.
pub fn first_label(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// The name by which a host is known with and without its domain: the first label, or the whole of an address.
pub fn label_of(host: &str) -> &str {
    if is_address(host) { host } else { first_label(host) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_of_all_shapes() {
        for (text, host, port) in [
            ("ex01.contoso.com:1993:ssl", "ex01.contoso.com", Some(1993)),
            ("ex01:1995", "ex01", Some(1995)),
            ("10.0.0.11:1993:ssl", "10.0.0.11", Some(1993)),
            ("[fe80::1%8]:1993:ssl", "fe80::1", Some(1993)),
            ("<cas fqdn>:1993:ssl", "<cas fqdn>", Some(1993)),
            ("ex01", "ex01", None),
            ("", "", None),
        ] {
            assert_eq!(Target::parse(text), Target { host: host.into(), port }, "{text}");
            assert_eq!(host_of(text), host, "{text}");
        }
    }

    #[test]
    fn a_server_is_the_target_by_its_name_or_its_address() {
        for (server, target, is) in [
            ("EX02", "ex02.contoso.com:1993:ssl", true),
            ("ex02.contoso.com", "ex02.contoso.com:1993:ssl", true),
            ("ex02.fabrikam.com", "ex02.contoso.com:1993:ssl", false),
            ("EX02", "ex020.contoso.com:1993:ssl", false),
            ("EX02", "10.0.0.12:1993:ssl", false),
            ("10.0.0.12", "10.0.0.12:1993:ssl", true),
            ("10.0.0.1", "10.0.0.12:1993:ssl", false),
            ("fe80::1", "[fe80::1%8]:1993:ssl", true),
            ("EX02", "", false),
            ("SÜD-MBX2", "süd-mbx2.corp.example:1993:ssl", true),
            ("EX02_logs", "ex02.contoso.com:1993:ssl", true),
            ("EX02 (copy)", "ex02.contoso.com:1993:ssl", true),
            ("ex02.contoso.com [1]", "ex02.contoso.com:1993:ssl", true),
            ("EX_02", "ex_02.contoso.com:1993:ssl", true),
            ("EX02_logs", "ex020.contoso.com:1993:ssl", false),
            ("_logs", "", false),
        ] {
            assert_eq!(Target::parse(target).is_on(server), is, "{server} {target}");
        }
    }
}
