//! `HOST[:PORT]` as users write it.

use std::fmt;
use std::net::Ipv6Addr;

use crate::error::{Error, ErrorKind, Result};

/// A host, and a port if one was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// A name or an address; an IPv6 address without brackets.
    pub host: String,
    /// `None`: the usual one.
    pub port: Option<u16>,
}

impl Server {
    /// Reads `mail.contoso.com`, `mail.contoso.com:587`, `10.0.0.5:25`, `[2001:db8::5]:25` or `2001:db8::5`.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] with what would be right.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = || {
            Error::new(ErrorKind::Usage, format!("'{text}' is no server"))
                .hint("use a name or an address, and a port if it is not the usual one: mail.contoso.com:587, [2001:db8::5]:25")
        };
        if text.parse::<Ipv6Addr>().is_ok() {
            return Ok(Self { host: text.to_owned(), port: None });
        }
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => rest.split_once(']').filter(|(host, _)| host.parse::<Ipv6Addr>().is_ok()).ok_or_else(wrong)?,
            None => text.split_at(text.find(':').unwrap_or(text.len())),
        };
        let port = match port {
            "" => None,
            port => Some(port.strip_prefix(':').and_then(|port| port.parse().ok()).filter(|port| *port > 0).ok_or_else(wrong)?),
        };
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
        if host.trim_end_matches('.').is_empty() || !host.chars().all(is_name) {
            return Err(wrong());
        }
        Ok(Self { host: host.trim_end_matches('.').to_owned(), port })
    }
}

impl fmt::Display for Server {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.host.contains(':'), self.port) {
            (true, Some(port)) => write!(out, "[{}]:{port}", self.host),
            (false, Some(port)) => write!(out, "{}:{port}", self.host),
            (_, None) => out.write_str(&self.host),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_a_name_or_an_address_and_perhaps_a_port() {
        for (text, host, port) in [
            ("mail", "mail", None),
            ("mail.contoso.com:587", "mail.contoso.com", Some(587)),
            ("mail.contoso.com.", "mail.contoso.com", None),
            ("10.0.0.5:25", "10.0.0.5", Some(25)),
            ("2001:db8::5", "2001:db8::5", None),
            ("[2001:db8::5]", "2001:db8::5", None),
            ("[2001:db8::5]:25", "2001:db8::5", Some(25)),
        ] {
            let server = Server::parse(text).unwrap();
            assert_eq!((server.host.as_str(), server.port), (host, port), "{text}");
            assert_eq!(Server::parse(&server.to_string()).unwrap(), server);
        }
    }

    #[test]
    fn what_is_no_server_is_said_to_be_none() {
        for text in [
            "",
            ".",
            ":25",
            "mail:",
            "mail:0",
            "mail:70000",
            "mail:smtp",
            "a b",
            "a@b",
            "smtp://mail",
            "[mail]:25",
            "[::1]25",
            "[::1",
            "a\r\nb",
        ] {
            assert!(Server::parse(text).is_err(), "{text:?}");
        }
    }
}
