//! The sentences of deviations: all say what is, what is usual, and from how much history that is known.

use crate::diagnosis::finding::Severity;
use crate::text::thousands;
use crate::usual::calendar::in_words;
use crate::usual::deviation::{Deviation, Kind};
use crate::usual::rows::Service;
use crate::usual::stretch::Stretch;

/// A deviation with its sentence, before it is decided which of them are one story.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) deviation: Deviation,
    /// The same in a few words, for the sentence of another one.
    pub(super) brief: String,
}

/// `EX01 IMAP front end`.
pub(super) fn place(service: &Service) -> String {
    let server = service.server.as_deref().unwrap_or("unknown server,");
    format!("{server} {} {}", service.protocol.title(), service.role.title())
}

/// One step less bad.
pub(super) const fn lowered(severity: Severity) -> Severity {
    match severity {
        Severity::Info | Severity::Low => Severity::Info,
        Severity::Medium | Severity::High | Severity::Critical => Severity::Low,
    }
}

/// A deviation about a stretch of hours. `what` says what there is, with its number; `then` what else is to be said of it.
/// What goes on since an earlier night was told then: it is one step less bad.
pub(super) fn of_stretch(kind: Kind, severity: Severity, service: &Service, stretch: &Stretch, what: &str, then: &str) -> Told {
    let ((from, to), continues) = (stretch.span(), stretch.continues());
    let usual = stretch.usual();
    let place = place(service);
    let about = if usual == 0 { "usually none".to_owned() } else { format!("usually about {}", thousands(usual)) };
    let goes_on = if continues { ", as in the night before" } else { "" };
    let text = format!("{place}: {what} from {}{goes_on}; {about} (by {}){then}", in_words(from, to), stretch.basis().in_words());
    let deviation = Deviation {
        kind,
        severity: if continues { lowered(severity) } else { severity },
        server: service.server.clone(),
        protocol: service.protocol,
        role: service.role,
        from,
        to,
        continues,
        text,
        now: stretch.now(),
        usual: (usual > 0).then_some(usual),
        also: Vec::new(),
    };
    Told { deviation, brief: format!("{place} {what} ({about})") }
}
