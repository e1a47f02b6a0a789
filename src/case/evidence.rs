//! The evidence beside the logs: facts of all files, and the questions that diagnoses ask of them.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::evidence::date::Date;
use crate::evidence::fact::{Certificate, Event, Fact, Settings, What};
use crate::location::Location;
use crate::login::target::first_label;
use crate::protocol::Protocol;
use crate::redaction::is_address;

/// All facts of all files of evidence.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// The files, and what each of them is.
    pub files: Vec<(Arc<str>, Cow<'static, str>)>,
    /// What they say, in the order of files and places.
    pub facts: Vec<Fact>,
    /// Parts that could not be read, with the reason.
    pub skipped: Vec<(Location, String)>,
}

/// A file of evidence and what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceFile {
    /// The file, as it is shown.
    pub file: Arc<str>,
    /// What it is.
    pub kind: Cow<'static, str>,
    /// What it says, in the order of the file.
    pub facts: Vec<Fact>,
    /// Parts that could not be read, with the reason.
    pub skipped: Vec<(Location, String)>,
}

/// All files in their order, which is that of their names and not that in which they were found.
impl FromIterator<EvidenceFile> for Evidence {
    fn from_iter<I: IntoIterator<Item = EvidenceFile>>(files: I) -> Self {
        let mut files: Vec<EvidenceFile> = files.into_iter().collect();
        files.sort_by(|a, b| a.file.cmp(&b.file));
        files.dedup();
        let mut evidence = Self::default();
        for EvidenceFile { file, kind, facts, skipped } in files {
            evidence.files.push((file, kind));
            evidence.facts.extend(facts);
            evidence.skipped.extend(skipped);
        }
        evidence
    }
}

impl Evidence {
    /// The same, file by file. Only for evidence as it was read: of files that share a name the first gets all.
    pub fn into_files(self) -> Vec<EvidenceFile> {
        let (mut facts, mut skipped) = (self.facts, self.skipped);
        let of_file = |(file, kind): (Arc<str>, Cow<'static, str>)| EvidenceFile {
            facts: facts.extract_if(.., |fact| fact.location.file == file).collect(),
            skipped: skipped.extract_if(.., |(at, _)| at.file == file).collect(),
            file,
            kind,
        };
        self.files.into_iter().map(of_file).collect()
    }

    /// Adds a note for each date that can be read in two ways: nothing is decided by it, and the reader must know.
    pub fn note_ambiguous_dates(&mut self) {
        let mut notes = Vec::new();
        for fact in &self.facts {
            let dates = match &fact.what {
                What::Certificate(certificate) => [certificate.not_before.as_ref(), certificate.not_after.as_ref()],
                What::Event(event) => [event.time.as_ref(), None],
                _ => continue,
            };
            if let (What::Event(event), None) = (&fact.what, fact.at)
                && let Some(Date::Exact(_)) = event.time
            {
                notes.push((
                    fact.location.clone(),
                    "the time of the event has no time zone, so that it is not known when it happened".to_owned(),
                ));
            }
            for date in dates.into_iter().flatten() {
                if let Date::Ambiguous { text, .. } = date {
                    notes.push((
                        fact.location.clone(),
                        format!("the date {text} can be read in two ways; nothing is decided by it"),
                    ));
                }
            }
        }
        self.skipped.extend(notes);
        self.skipped.sort();
        self.skipped.dedup();
    }

    /// The facts about a server. A fact that names no server is about any.
    pub fn about<'a>(&'a self, server: Option<&'a str>) -> impl Iterator<Item = &'a Fact> {
        self.facts.iter().filter(move |fact| match (&fact.server, server) {
            (Some(of), Some(server)) => is_same_server(of, server),
            _ => true,
        })
    }

    /// `Get-ImapSettings` or `Get-PopSettings` of a server.
    pub fn settings<'a>(&'a self, server: Option<&'a str>, protocol: Protocol) -> impl Iterator<Item = (&'a Fact, &'a Settings)> {
        self.about(server).filter_map(move |fact| match &fact.what {
            What::Settings(settings) if settings.protocol.is_none_or(|of| of == protocol) => Some((fact, settings)),
            _ => None,
        })
    }

    /// `Get-ExchangeCertificate` of a server.
    pub fn certificates<'a>(&'a self, server: Option<&'a str>) -> impl Iterator<Item = (&'a Fact, &'a Certificate)> {
        self.about(server).filter_map(|fact| match &fact.what {
            What::Certificate(certificate) => Some((fact, certificate)),
            _ => None,
        })
    }

    /// Event records of a server with their moments; those without a certain moment are left out.
    pub fn events<'a>(&'a self, server: Option<&'a str>) -> impl Iterator<Item = (i64, &'a Fact, &'a Event)> {
        self.about(server).filter_map(|fact| match (&fact.what, fact.at) {
            (What::Event(event), Some(at)) => Some((at, fact, event)),
            _ => None,
        })
    }
}

/// Whether two names are one server: the same address, or the same first label (`EX01`, `ex01.contoso.com`).
pub fn is_same_server(a: &str, b: &str) -> bool {
    if is_address(a) || is_address(b) {
        // An address cannot be held against a name: that the fact is about another server is not known.
        return a == b || is_address(a) != is_address(b);
    }
    let label = |name: &str| first_label(name.trim()).to_lowercase();
    label(a) == label(b)
}

/// Whether a certificate is for a host name, wildcards included (`*.contoso.com` is for `mail.contoso.com`, not for `a.b.contoso.com`).
pub fn is_for_host(names: &[String], host: &str) -> bool {
    names.iter().any(|name| match name.strip_prefix("*.") {
        Some(domain) => {
            host.split_once('.').is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(domain)) || host.eq_ignore_ascii_case(name)
        }
        None => name.eq_ignore_ascii_case(host),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_the_same_by_their_first_label() {
        for (a, b, same) in [
            ("EX01", "ex01.contoso.com", true),
            ("EX01", "EX02", false),
            ("10.0.0.1", "10.0.0.1", true),
            ("10.0.0.1", "10.0.0.2", false),
            ("10.0.0.1", "EX01", true),
        ] {
            assert_eq!(is_same_server(a, b), same, "{a} {b}");
        }
    }

    #[test]
    fn a_wildcard_stands_for_one_label() {
        let names = ["*.contoso.com".to_owned(), "ex01.fabrikam.com".to_owned()];
        for (host, fits) in
            [("mail.contoso.com", true), ("a.b.contoso.com", false), ("contoso.com", false), ("EX01.fabrikam.com", true)]
        {
            assert_eq!(is_for_host(&names, host), fits, "{host}");
        }
    }
}
