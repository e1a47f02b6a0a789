//! The two protocols and the two roles that write logs.
//!
//! This is not about ports or file names: `protocol_log` decides from those which protocol and role a line belongs to.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The mail protocol that a log is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Protocol {
    /// IMAP4 (ports 143, 993; back end 1993).
    Imap4,
    /// POP3 (ports 110, 995; back end 1995).
    Pop3,
}

impl Protocol {
    /// Both, in the order in which they are reported.
    pub const ALL: [Self; 2] = [Self::Imap4, Self::Pop3];

    /// The name used in options and JSON: `imap4` or `pop3`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Imap4 => "imap4",
            Self::Pop3 => "pop3",
        }
    }

    /// The protocol of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// The name used in sentences: `IMAP` or `POP`.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Imap4 => "IMAP",
            Self::Pop3 => "POP",
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// Which of Exchange's two services wrote a log: the one that clients talk to, or the one behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Role {
    /// The client access service: accepts the client, checks the password, hands over.
    FrontEnd,
    /// The mailbox service: its client is a front end.
    BackEnd,
}

impl Role {
    /// Both, in the order in which they are reported.
    pub const ALL: [Self; 2] = [Self::FrontEnd, Self::BackEnd];

    /// The name used in options and JSON: `frontend` or `backend`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FrontEnd => "frontend",
            Self::BackEnd => "backend",
        }
    }

    /// The role of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// The name used in sentences: `front end` or `back end`.
    pub const fn title(self) -> &'static str {
        match self {
            Self::FrontEnd => "front end",
            Self::BackEnd => "back end",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}
