//! A letter as an Internet message: headers that nothing can break out of, and a body that every server takes.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, UNIX_EPOCH};

use lettre::Message;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};

use crate::delivery::mail::{Letter, MailSettings};
use crate::error::{Error, ErrorKind, Result};
use crate::text::{TerminalText, truncated};

/// A longer subject is cut: lists of letters show less.
const LONGEST_SUBJECT: usize = 160;

/// An address with or without a name before it.
///
/// # Errors
/// [`ErrorKind::Usage`] if it is none.
pub(super) fn mailbox(text: &str) -> Result<Mailbox> {
    let wrong = || {
        Error::new(ErrorKind::Usage, format!("'{text}' is no mail address"))
            .hint("use exlog@contoso.com or 'exlog on EX01 <exlog@contoso.com>'")
    };
    // The name before an address may hold anything by the grammar; line ends in it would be another header.
    if text.chars().any(char::is_control) { Err(wrong()) } else { text.parse().map_err(|_| wrong()) }
}

/// The message: plain text, HTML beside it, files behind it. It says of itself that no person wrote it, so that no absence
/// notice answers.
pub(super) fn compose(settings: &MailSettings, letter: &Letter) -> Result<Message> {
    let from = mailbox(&settings.from)?;
    let id = message_id(&from, letter);
    let mut builder = Message::builder()
        .message_id(Some(id))
        .date(UNIX_EPOCH + Duration::from_millis(u64::try_from(letter.at).unwrap_or_default()))
        .subject(truncated(TerminalText::new(&letter.subject).as_str(), LONGEST_SUBJECT))
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("X-Auto-Response-Suppress"), "All".to_owned()))
        .from(from);
    for to in &settings.to {
        builder = builder.to(mailbox(to)?);
    }
    let text = SinglePart::plain(letter.text.clone());
    let message = match (&letter.html, letter.attachments.is_empty()) {
        (None, true) => builder.singlepart(text),
        (Some(html), true) => builder.multipart(MultiPart::alternative_plain_html(letter.text.clone(), html.clone())),
        (html, false) => {
            let mixed = match html {
                None => MultiPart::mixed().singlepart(text),
                Some(html) => MultiPart::mixed().multipart(MultiPart::alternative_plain_html(letter.text.clone(), html.clone())),
            };
            let attach = |mixed: MultiPart, file: &super::Attachment| {
                let media_type = ContentType::parse(&file.media_type).map_err(|_| {
                    Error::new(ErrorKind::Usage, format!("'{}' is no kind of file", file.media_type))
                        .hint("use a media type such as text/html; charset=utf-8")
                })?;
                let name = TerminalText::new(&file.name).to_string();
                Ok(mixed.singlepart(Attachment::new(name).body(file.bytes.clone(), media_type)))
            };
            builder.multipart(letter.attachments.iter().try_fold(mixed, attach)?)
        }
    };
    message.map_err(|error| {
        Error::new(ErrorKind::Output, format!("the mail could not be written: {error}"))
            .hint("look at the addresses of --mail and --mail-from")
    })
}

/// The same letter at the same time has the same id, so that one that comes twice is seen to be one.
fn message_id(from: &Mailbox, letter: &Letter) -> String {
    let mut hasher = DefaultHasher::new();
    (&letter.subject, &letter.text, &letter.html, from.email.user()).hash(&mut hasher);
    format!("<{:x}.{:x}@{}>", letter.at, hasher.finish(), from.email.domain())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::mail::Security;
    use crate::delivery::server::Server;
    use crate::delivery::trust::Authorities;

    fn settings() -> MailSettings {
        MailSettings {
            server: Server::parse("mail.contoso.com").unwrap(),
            security: Security::StartTls,
            from: "exlog on EX01 <exlog@contoso.com>".to_owned(),
            to: vec!["admin@contoso.com".to_owned()],
            login: None,
            authorities: Authorities::default(),
            clear_text_login: false,
            timeout: super::super::TIMEOUT,
        }
    }

    fn written(letter: &Letter) -> String {
        String::from_utf8(compose(&settings(), letter).unwrap().formatted()).unwrap()
    }

    #[test]
    fn nothing_in_a_subject_becomes_a_header() {
        let letter = Letter {
            subject: "EX01\r\nBcc: evil@example.com\r\n\r\nbody \u{202e}\0".to_owned(),
            text: "x".to_owned(),
            ..Letter::default()
        };
        let written = written(&letter);
        assert!(!written.lines().any(|line| line.starts_with("Bcc") || line.starts_with("body")), "{written}");
        assert_eq!(written.matches("\r\n\r\n").count(), 1, "{written}");
        assert!(!written.contains('\0'));
    }

    #[test]
    fn nothing_in_an_address_becomes_a_header() {
        for text in ["a@b.c\r\nBcc: evil@example.com", "\"a\r\nb\" <a@b.c>", "a\0@b.c", "", "nobody", "a@b.c, d@e.f"] {
            assert!(mailbox(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn every_line_that_is_sent_is_short_and_ascii() {
        let letter = Letter {
            subject: "Ümläut ".repeat(40),
            text: format!("{}\n.\n漢字 {}", "long ".repeat(500), "x".repeat(3000)),
            html: Some("<p>ü</p>".repeat(300)),
            attachments: vec![super::super::Attachment {
                name: "Bericht für EX01\r\n.html".to_owned(),
                media_type: "text/html; charset=utf-8".to_owned(),
                bytes: "ä".repeat(5000).into_bytes(),
            }],
            at: 1_773_300_000_000,
        };
        let written = written(&letter);
        assert!(written.is_ascii() && written.split("\r\n").all(|line| line.len() <= 998), "{written}");
        assert!(!written.replace("\r\n", "").contains(['\r', '\n']));
        assert!(
            written.contains("Date: Thu, 12 Mar 2026 07:20:00 +0000") && written.contains("Auto-Submitted: auto-generated"),
            "{written}"
        );
        for kind in ["multipart/mixed", "multipart/alternative", "text/plain", "text/html"] {
            assert!(written.contains(kind), "{kind}");
        }
    }
}
