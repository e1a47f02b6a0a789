//! What a summary file holds: the summary, the evidence that lay among the logs, and what was asked for.
//!
//! The same logs and the same question are the same bytes. How the fields are laid out is said by their declarations, in the
//! order in which they stand there (postcard); whoever changes one of them raises [`envelope::FORMAT`].

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::case::evidence::EvidenceFile;
use crate::clock::Window;
use crate::dataset::envelope::{self, Refusal};
use crate::error::{Error, ErrorKind, Result};
use crate::protocol::{Protocol, Role};
use crate::summary::Summary;
use crate::summary::scope::{ClientPattern, NamePattern, Scope};

/// What of the logs counts. Only answers to one question can be merged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The window of time.
    pub window: Window,
    /// Only this protocol.
    pub protocol: Option<Protocol>,
    /// Only this role.
    pub role: Option<Role>,
    /// Only these servers, as they were asked for.
    pub servers: Vec<String>,
    /// Only these accounts.
    pub users: Vec<String>,
    /// Only these addresses.
    pub clients: Vec<String>,
}

impl Question {
    /// What counts by it, whatever server the logs belong to.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] if a name or an address is none.
    pub fn scope(&self) -> Result<Scope> {
        Ok(Scope {
            window: self.window,
            protocol: self.protocol,
            role: self.role,
            servers: self.servers.iter().map(|text| NamePattern::parse(text)).collect::<Result<_>>()?,
            users: self.users.iter().map(|text| NamePattern::parse(text)).collect::<Result<_>>()?,
            clients: self.clients.iter().map(|text| ClientPattern::parse(text)).collect::<Result<_>>()?,
            server_name: None,
        })
    }
}

/// A summary with all that a report needs beside it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SummaryFile {
    /// What counts.
    pub question: Question,
    /// The paths that were given, sorted.
    pub paths: Vec<String>,
    /// The paths that were given for evidence alone, sorted.
    pub evidence_paths: Vec<String>,
    /// The names that servers were given, whatever their paths say, sorted.
    pub server_names: Vec<String>,
    /// What was counted.
    pub summary: Summary,
    /// The evidence, file by file.
    pub evidence: Vec<EvidenceFile>,
}

impl SummaryFile {
    /// The bytes of the file.
    ///
    /// # Errors
    /// [`ErrorKind::System`] if it cannot be laid out, which does not happen.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let content = postcard::to_allocvec(self)
            .map_err(|error| Error::new(ErrorKind::System, format!("the summary could not be laid out: {error}")))?;
        Ok(envelope::pack(&content, env!("CARGO_PKG_VERSION")))
    }

    /// Reads the bytes of a file; `name` is what errors call it. Any bytes will do: what is no whole summary is refused.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] with what is wrong and what can be done.
    pub fn from_bytes(bytes: &[u8], name: &str) -> Result<Self> {
        let content = envelope::unpack(bytes).map_err(|refusal| refused(&refusal, name))?;
        match postcard::take_from_bytes(&content) {
            Ok((file, [])) => Ok(file),
            _ => Err(refused(&Refusal::Senseless, name)),
        }
    }
}

fn refused(refusal: &Refusal, name: &str) -> Error {
    let (what, hint): (Cow<'_, str>, _) = match refusal {
        Refusal::Foreign => (
            "is no summary of exlog".into(),
            "summaries are made of logs by 'exlog summarize'; logs themselves are read by 'exlog analyze'",
        ),
        Refusal::CutShort => ("is cut short: its end is missing".into(), "copy it again, or make it anew from its logs"),
        Refusal::Damaged => {
            ("is damaged: its checksum is wrong".into(), "copy it again (not as text), or make it anew from its logs")
        }
        Refusal::OtherFormat { is_newer: true, version } => {
            let version = crate::text::TerminalText::new(version).to_string();
            (
                format!("was made by exlog {version}, whose summaries this exlog {} cannot read", env!("CARGO_PKG_VERSION"))
                    .into(),
                "use that version or a later one here",
            )
        }
        Refusal::OtherFormat { is_newer: false, version } => {
            let version = crate::text::TerminalText::new(version).to_string();
            (format!("was made by exlog {version}, whose summaries are no longer read").into(), "make it anew from its logs")
        }
        Refusal::Senseless => ("holds something that exlog does not write".into(), "make it anew from its logs"),
    };
    Error::new(ErrorKind::Usage, format!("{name} {what}")).hint(hint)
}
