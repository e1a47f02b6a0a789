//! Names of a known form: addresses, hosts, targets, accounts, distinguished names.

use std::net::IpAddr;

use crate::redaction::Redactor;

/// What the token of an address begins with: whether it is one of a private network stays visible.
const ADDRESSES: [&str; 2] = ["ip-private-", "ip-public-"];

/// Last labels that say nothing about whose a host is.
const PUBLIC_LABELS: [&str; 8] = ["com", "corp", "internal", "lan", "local", "localdomain", "net", "org"];

/// Accounts that every Windows has.
const WELL_KNOWN: [&str; 6] =
    ["anonymous logon", "local service", "network service", "nt authority", "nt authority\\system", "system"];

/// Whether a name is an address, or the token of one.
pub fn is_address(name: &str) -> bool {
    name.parse::<IpAddr>().is_ok() || ADDRESSES.iter().any(|prefix| name.starts_with(prefix))
}

/// The name of an account without its domain, on either side.
pub(super) fn local_part(name: &str) -> &str {
    let local = name.rsplit_once('@').map_or(name, |(local, _)| local);
    local.rsplit(['\\', '/']).next().unwrap_or(local)
}

/// Loopback and "any address" belong to nobody.
fn is_nobodys(address: &IpAddr) -> bool {
    address.is_loopback() || address.is_unspecified()
}

fn is_private(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_private() || v4.is_link_local() || v4.octets().starts_with(&[100, 64]),
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

impl Redactor {
    /// What stands for an address without a port; loopback stays. What is no address is a host.
    pub fn address(&self, text: &str) -> String {
        let bare = text.trim().trim_start_matches('[').trim_end_matches(']');
        let bare = bare.split_once('%').map_or(bare, |(address, _)| address);
        match bare.parse::<IpAddr>().map(|address| address.to_canonical()) {
            Ok(address) if is_nobodys(&address) => text.to_owned(),
            Ok(address) => {
                let [private, public] = ADDRESSES;
                format!("{}{}", if is_private(&address) { private } else { public }, self.letters(&address.to_string()))
            }
            Err(_) => self.labels(text),
        }
    }

    /// What stands for `address:port`, `[address]:port` or an address alone.
    pub fn socket(&self, text: &str) -> String {
        match text.rsplit_once(':') {
            Some((address, port)) if is_port(port) && (address.ends_with(']') || !address.contains(':')) => {
                format!("{}:{port}", self.address(address))
            }
            _ => self.address(text),
        }
    }

    /// What stands for a host's name, label by label, or for its address.
    pub fn host(&self, name: &str) -> String {
        self.address(name)
    }

    fn labels(&self, name: &str) -> String {
        let labels: Vec<&str> = name.trim().split('.').collect();
        let last = labels.len().saturating_sub(1);
        let is_kept = |place: usize, label: &str| {
            label == "*" || (place == last && place > 0 && PUBLIC_LABELS.contains(&label.to_lowercase().as_str()))
        };
        let shown = labels.iter().enumerate().map(|(place, label)| match is_kept(place, label) {
            true => label.to_lowercase(),
            false => self.label(label),
        });
        shown.collect::<Vec<_>>().join(".")
    }

    /// What stands for `host:port:encryption`, where port and encryption stay.
    pub fn target(&self, text: &str) -> String {
        let mut parts = text.rsplitn(3, ':');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(encryption), Some(port), Some(host)) if is_port(port) => {
                format!("{}:{port}:{}", self.host(host), self.text(encryption))
            }
            _ => self.socket(text),
        }
    }

    /// What stands for an account: `alice`, `alice@contoso.com`, `contoso\alice`, `contoso/alice`.
    pub fn account(&self, name: &str) -> String {
        if WELL_KNOWN.contains(&name.trim().to_lowercase().as_str()) {
            return name.to_lowercase();
        }
        if let Some((local, domain)) = name.rsplit_once('@') {
            return format!("{}@{}", self.account(local), self.host(domain));
        }
        let Some(first) = name.find(['\\', '/']) else { return self.label(name) };
        let (domain, rest) = name.split_at(first);
        let mut shown = self.host(domain);
        for piece in rest.split_inclusive(['\\', '/']) {
            let separator = piece.chars().last().filter(|last| matches!(last, '\\' | '/'));
            shown.push_str(&self.label(piece.trim_end_matches(['\\', '/'])));
            shown.extend(separator);
        }
        shown
    }

    /// What stands for what a user filters by: as an account, an address or a host, but wildcards and the bits of networks stay.
    pub fn pattern(&self, text: &str, redact: impl Fn(&Self, &str) -> String) -> String {
        let (text, bits) = match text.rsplit_once('/') {
            Some((network, bits)) if network.parse::<IpAddr>().is_ok() => (network, format!("/{bits}")),
            _ => (text, String::new()),
        };
        let mut shown = String::new();
        for piece in text.split_inclusive(['*', '?']) {
            let wildcard = piece.chars().last().filter(|last| matches!(last, '*' | '?'));
            let name = piece.trim_end_matches(['*', '?']);
            let is_class = name.eq_ignore_ascii_case(super::PROBE);
            shown.push_str(&if is_class { name.to_owned() } else { redact(self, name) });
            shown.extend(wildcard);
        }
        shown + &bits
    }

    /// What stands for a distinguished name: the kinds of its parts stay, `CN=…, DC=…`.
    pub fn distinguished_name(&self, name: &str) -> String {
        let parts = name.split(',').map(|part| {
            let blanks = part.len() - part.trim_start().len();
            let (kind, value) = part.trim().split_once('=').unwrap_or(("", part.trim()));
            let words = value.split(' ').map(|word| if self.is_known(word) { word.to_owned() } else { self.host(word) });
            let words = words.collect::<Vec<_>>().join(" ");
            let words = if value.contains(' ') { words } else { self.host(value) };
            let (kind, equals) = if kind.is_empty() { (String::new(), "") } else { (self.text(kind), "=") };
            format!("{}{kind}{equals}{words}", " ".repeat(blanks))
        });
        parts.collect::<Vec<_>>().join(",")
    }
}

fn is_port(text: &str) -> bool {
    (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn composite_names_keep_what_joins_them() {
        let redactor = Redactor::new("k");
        let [alice, contoso, ex01] = ["alice", "contoso", "ex01"].map(|name| redactor.label(name));
        for (shown, expected) in [
            (redactor.account("ALICE@Contoso.com"), format!("{alice}@{contoso}.com")),
            (redactor.account(r"CONTOSO\alice"), format!(r"{contoso}\{alice}")),
            (redactor.account(r"contoso/alice/ex01"), format!("{contoso}/{alice}/{ex01}")),
            (redactor.account(""), String::new()),
            (redactor.account(r"NT AUTHORITY\SYSTEM"), r"nt authority\system".to_owned()),
            (redactor.host("EX01.contoso.com"), format!("{ex01}.{contoso}.com")),
            (redactor.host("*.contoso.com"), format!("*.{contoso}.com")),
            (redactor.target("ex01.contoso.com:1993:ssl"), format!("{ex01}.{contoso}.com:1993:ssl")),
            (redactor.pattern("alice*", Redactor::account), format!("{alice}*")),
            (redactor.pattern("HealthMailbox*", Redactor::account), "HealthMailbox*".to_owned()),
            (redactor.distinguished_name("CN=ex01, DC=contoso"), format!("CN={ex01}, DC={contoso}")),
        ] {
            assert_eq!(shown, expected);
        }
        assert!(redactor.account("first.last@contoso.com").starts_with(&redactor.label("first.last")));
    }

    #[test]
    fn addresses_keep_port_and_kind() {
        let redactor = Redactor::new("k");
        for kept in ["127.0.0.1", "[::1]:993", "0.0.0.0:143", "[::]:993"] {
            assert_eq!(redactor.socket(kept), kept);
        }
        let private = redactor.address("10.2.0.12");
        assert!(private.starts_with("ip-private-") && is_address(&private));
        assert!(redactor.address("203.0.113.7").starts_with("ip-public-"));
        assert!(redactor.pattern("10.0.0.0/8", Redactor::address).ends_with("/8"));
        assert_eq!(redactor.socket("10.2.0.12:143"), format!("{private}:143"));
        assert_eq!(redactor.address("::ffff:10.2.0.12"), private);
        assert_eq!(redactor.address("[fe80::1%8]"), redactor.address("fe80::1"));
        assert!(!is_address("ex01.contoso.com"));
    }
}
