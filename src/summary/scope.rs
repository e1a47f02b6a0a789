//! What counts: the window of time and the filters that a user asked for.
//!
//! Filters change what is counted as a login, never what is counted as a line: the accounting of the input is always whole.

use std::net::IpAddr;

use regex::{Regex, RegexBuilder};

use crate::clock::Window;
use crate::error::{Error, ErrorKind, Result};
use crate::login::identity::{CUT_LENGTH, Names};
use crate::login::target::first_label;
use crate::protocol::{Protocol, Role};
use crate::protocol_log::endpoint::Endpoint;

/// Window and filters. An empty list lets everything pass.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// Which records count.
    pub window: Window,
    /// Only this protocol.
    pub protocol: Option<Protocol>,
    /// Only this role.
    pub role: Option<Role>,
    /// Only these servers.
    pub servers: Vec<NamePattern>,
    /// Only attempts of these accounts.
    pub users: Vec<NamePattern>,
    /// Only attempts from these addresses.
    pub clients: Vec<ClientPattern>,
    /// The name of the server that all files belong to, whatever their paths say.
    pub server_name: Option<String>,
}

impl Scope {
    /// Whether a service's logins count.
    pub fn has_service(&self, protocol: Protocol, role: Role) -> bool {
        self.protocol.is_none_or(|only| only == protocol) && self.role.is_none_or(|only| only == role)
    }

    /// Whether a server's logins count.
    pub fn has_server(&self, name: Option<&str>) -> bool {
        self.servers.is_empty() || name.is_some_and(|name| self.servers.iter().any(|pattern| pattern.matches(name)))
    }

    /// Whether an account's attempts count.
    pub fn has_user(&self, names: &Names<'_>) -> bool {
        let shown = || names.name.iter().chain(&names.alias);
        self.users.is_empty() || shown().any(|name| self.users.iter().any(|pattern| pattern.matches_account(name)))
    }

    /// Whether attempts from an address count.
    pub fn has_client(&self, address: &str) -> bool {
        self.clients.is_empty() || self.clients.iter().any(|pattern| pattern.matches(address))
    }
}

/// A name with `*` and `?`, in any case.
#[derive(Debug, Clone)]
pub struct NamePattern {
    text: String,
    form: Regex,
}

impl NamePattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] if it is empty or too long.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let escaped = regex::escape(text).replace(r"\*", ".*").replace(r"\?", ".");
        let form = RegexBuilder::new(&format!("^(?:{escaped})$")).case_insensitive(true).dot_matches_new_line(true).build();
        match form {
            Ok(form) if !text.is_empty() => Ok(Self { text: text.to_owned(), form }),
            _ => Err(Error::new(ErrorKind::Usage, format!("'{text}' is no name")).hint("use a name; * and ? stand for anything")),
        }
    }

    /// The pattern as it was given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the whole name fits.
    pub fn matches(&self, name: &str) -> bool {
        self.form.is_match(name)
    }

    /// Whether an account's name fits: whole, without its domain, cut to 20 characters as in the user column, or as names of one
    /// account are joined.
    ///
    /// A filter comes before the joins and cannot know them: a bare name in a line fits whatever domain was asked for.
    pub fn matches_account(&self, name: &str) -> bool {
        let without_upn = name.split('@').next().unwrap_or(name);
        let mut parts = name.splitn(2, ['\\', '/']);
        let without_domain = parts.nth(1).unwrap_or(name);
        let is_cut = name.chars().count() == CUT_LENGTH
            && self.text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        is_cut || [name, without_upn, without_domain].iter().any(|name| self.matches(name)) || self.is_joined(name)
    }

    /// Whether a pattern that is a name with a domain means the same account: `alice@contoso.com`, `CONTOSO\alice`, `alice`.
    fn is_joined(&self, name: &str) -> bool {
        let is_name = !self.text.contains(['*', '?']);
        let asked = is_name.then(|| with_domain(&self.text)).flatten();
        asked.is_some_and(|(local, domain)| match with_domain(name) {
            Some((other, of)) if is_upn(name) == is_upn(&self.text) => is_same(local, other) && is_same(domain, of),
            Some((other, of)) => is_same(local, other) && is_same(first_label(domain), first_label(of)),
            None => is_same(local, name) || (name.chars().count() == CUT_LENGTH && begins(local, name)),
        })
    }
}

/// A name's account and domain, in either form; `None` for a bare name.
fn with_domain(name: &str) -> Option<(&str, &str)> {
    let pair = name.rsplit_once('@').or_else(|| name.split_once(['\\', '/']).map(|(domain, local)| (local, domain)));
    pair.filter(|(local, domain)| !local.is_empty() && !domain.is_empty())
}

fn is_upn(name: &str) -> bool {
    name.contains('@')
}

/// In any case, as the pattern is compared.
fn is_same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

fn begins(name: &str, start: &str) -> bool {
    name.to_lowercase().starts_with(&start.to_lowercase())
}

/// An address, a network (`10.0.0.0/8`), or an address with `*` and `?`.
#[derive(Debug, Clone)]
pub enum ClientPattern {
    /// All addresses that share their first bits.
    Network(IpAddr, u32),
    /// A text with wildcards.
    Text(NamePattern),
}

impl ClientPattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] with what would be right.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        if let Some((address, bits)) = text.split_once('/') {
            let network = address.parse::<IpAddr>().ok().zip(bits.parse::<u32>().ok());
            return network
                .filter(|(address, bits)| *bits <= width(address))
                .map(|(address, bits)| Self::Network(address, bits))
                .ok_or_else(|| {
                    Error::new(ErrorKind::Usage, format!("'{text}' is no network"))
                        .hint("use an address and its bits: 10.0.0.0/8, 2001:db8::/32")
                });
        }
        // As it stands in the log, with a port or a zone, it is the address all the same.
        let as_written = || Endpoint::address_of(text).parse::<IpAddr>();
        match text.parse::<IpAddr>().or_else(|_| as_written()) {
            Ok(address) => Ok(Self::Network(address, width(&address))),
            Err(_) => NamePattern::parse(text).map(Self::Text),
        }
    }

    /// Whether an address (without a port) fits.
    pub fn matches(&self, address: &str) -> bool {
        match self {
            Self::Text(pattern) => pattern.matches(address),
            Self::Network(network, bits) => address.parse::<IpAddr>().is_ok_and(|address| {
                width(&address) == width(network)
                    && (as_bits(&address) ^ as_bits(network)).leading_zeros() + (width(network)) >= bits + 128
            }),
        }
    }
}

fn width(address: &IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// The address in the lowest bits.
fn as_bits(address: &IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(v4.to_bits()),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_fit_in_every_spelling() {
        for (pattern, name, fits) in [
            ("alice", "ALICE@contoso.com", true),
            ("alice", r"CONTOSO\alice", true),
            ("alice@contoso.com", "Alice@Contoso.com", true),
            ("ali*", "alice", true),
            ("alice", "malice", false),
            ("HealthMailboxab28d8826ea8428d805c5e21cdff9077@contoso.com", "HealthMailboxab28d88", true),
            ("a.b", "axb", false),
            ("David.Dahl@contoso.example", "david.dahl", true),
            ("David.Dahl@contoso.example", r"CONTOSO\david.dahl", true),
            ("David.Dahl@contoso.example", "contoso/david.dahl", true),
            ("David.Dahl@contoso.example", r"FABRIKAM\david.dahl", false),
            ("David.Dahl@contoso.example", "david.dahl@fabrikam.example", false),
            ("David.Dahl@contoso.example", "david.dahlberg", false),
            (r"CONTOSO\david.dahl", "David.Dahl@contoso.example", true),
            ("contoso/david.dahl", r"CONTOSO\David.Dahl", true),
            (r"CONTOSO\david.dahl", "David.Dahl", true),
            (r"CONTOSO\david.dahl", "david.dahl@fabrikam.example", false),
            (r"CONTOSO\david.dahl", r"FABRIKAM\david.dahl", false),
            (r"CONTOSO\maximiliana.oberhuber", "maximiliana.oberhube", true),
            ("alice*@contoso.com", "alice", false),
        ] {
            assert_eq!(NamePattern::parse(pattern).unwrap().matches_account(name), fits, "{pattern} {name}");
        }
        assert!(NamePattern::parse(" ").is_err());
    }

    #[test]
    fn addresses_fit_by_network_or_text() {
        for (pattern, address, fits) in [
            ("10.0.0.0/8", "10.200.3.4", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.1.2.3", "10.1.2.3", true),
            ("10.1.2.3", "10.1.2.30", false),
            ("0.0.0.0/0", "1.2.3.4", true),
            ("0.0.0.0/0", "::1", false),
            ("2001:db8::/32", "2001:db8:1::5", true),
            ("192.168.*", "192.168.7.9", true),
            ("fe80::1%8", "fe80::1", true),
            ("[2001:db8::1]:50001", "2001:db8::1", true),
            ("10.1.2.3:50001", "10.1.2.3", true),
            ("10.1.2.3:50001", "10.1.2.30", false),
        ] {
            assert_eq!(ClientPattern::parse(pattern).unwrap().matches(address), fits, "{pattern} {address}");
        }
        assert!(ClientPattern::parse("10.0.0.0/33").is_err());
    }
}
