//! How a client logged in, and whether its side of the connection was encrypted.

use serde::{Deserialize, Serialize};

use crate::protocol::Protocol;

/// The way of logging in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Mechanism {
    /// IMAP `LOGIN`, or SASL `LOGIN`.
    Login,
    /// POP3 `USER` and `PASS`.
    UserPass,
    /// SASL `PLAIN`.
    Plain,
    /// NTLM.
    Ntlm,
    /// Kerberos.
    Gssapi,
    /// Modern authentication (`XOAUTH2`, `OAUTHBEARER`).
    XOauth2,
    /// Any other mechanism.
    Other,
    /// The line does not say.
    Unknown,
}

impl Mechanism {
    /// All, in their order.
    pub const ALL: [Self; 8] =
        [Self::Login, Self::UserPass, Self::Plain, Self::Ntlm, Self::Gssapi, Self::XOauth2, Self::Other, Self::Unknown];

    /// The name used in JSON and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Login => "LOGIN",
            Self::UserPass => "USER/PASS",
            Self::Plain => "PLAIN",
            Self::Ntlm => "NTLM",
            Self::Gssapi => "GSSAPI",
            Self::XOauth2 => "XOAUTH2",
            Self::Other => "other",
            Self::Unknown => "unknown",
        }
    }

    /// Whether the password itself is sent: basic authentication.
    pub const fn is_basic(self) -> bool {
        matches!(self, Self::Login | Self::Plain | Self::UserPass)
    }

    /// The mechanism of a SASL command (`authenticate`, `auth`) by its parameters, which may begin with blanks.
    pub fn of_sasl(parameters: &[u8]) -> Self {
        let parameters = parameters.trim_ascii();
        // Mostly nothing follows the word.
        Self::of_word(parameters)
            .or_else(|| Self::of_word(parameters.split(u8::is_ascii_whitespace).next()?))
            .unwrap_or(Self::Other)
    }

    fn of_word(word: &[u8]) -> Option<Self> {
        let is = |name: &str| word.eq_ignore_ascii_case(name.as_bytes());
        match word.len() {
            0 => Some(Self::Unknown),
            5 if is("PLAIN") => Some(Self::Plain),
            5 if is("LOGIN") => Some(Self::Login),
            4 if is("NTLM") => Some(Self::Ntlm),
            7 if is("XOAUTH2") => Some(Self::XOauth2),
            _ if is("GSSAPI") || is("KERBEROS_V4") || is("GSS-SPNEGO") => Some(Self::Gssapi),
            _ if is("OAUTHBEARER") => Some(Self::XOauth2),
            _ => None,
        }
    }
}

/// Whether the client's side of the connection was encrypted when it logged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Encryption {
    /// The whole connection (ports 993 and 995).
    Tls,
    /// After `starttls` or `stls` in the session.
    StartTls,
    /// Not at all.
    Clear,
    /// The session's beginning is not in the logs, or the port is none of the usual ones.
    Unknown,
}

impl Encryption {
    /// All, in their order.
    pub const ALL: [Self; 4] = [Self::Tls, Self::StartTls, Self::Clear, Self::Unknown];

    /// The name used in JSON and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::StartTls => "starttls",
            Self::Clear => "clear",
            Self::Unknown => "unknown",
        }
    }

    /// What the server's port alone tells: `Some(Tls)`, or `None` where the session decides.
    pub fn by_port(protocol: Protocol, port: Option<u16>) -> Option<Self> {
        match (protocol, port) {
            (Protocol::Imap4, Some(993)) | (Protocol::Pop3, Some(995)) => Some(Self::Tls),
            _ => None,
        }
    }

    /// Whether a session that never changed to TLS is known to be in clear text.
    pub fn is_clear_port(protocol: Protocol, port: Option<u16>) -> bool {
        matches!((protocol, port), (Protocol::Imap4, Some(143)) | (Protocol::Pop3, Some(110)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mechanisms_are_known_by_their_first_word() {
        for (parameters, expected) in [
            (" PLAIN", Mechanism::Plain),
            ("plain AGEAYg==", Mechanism::Plain),
            ("NTLM", Mechanism::Ntlm),
            ("GSSAPI", Mechanism::Gssapi),
            ("XOAUTH2 dXNlcg==", Mechanism::XOauth2),
            ("CRAM-MD5", Mechanism::Other),
            ("", Mechanism::Unknown),
        ] {
            assert_eq!(Mechanism::of_sasl(parameters.as_bytes()), expected);
        }
    }
}
