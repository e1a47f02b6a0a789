//! What is sent to people and programs: a letter by SMTP ([`mail`]), a POST by HTTP ([`webhook`]), events of Windows ([`event_log`]).
//!
//! It carries what others wrote; what a letter says is made where findings are known. Values come in whole: servers, names and
//! [`secret`]s were read from options, files and the environment by whoever calls. Nothing secret is sent over a connection
//! that is not encrypted unless that was allowed, and no part of an error or of `Debug` holds a secret.

pub mod event_log;
pub mod mail;
pub mod secret;
pub mod server;
pub mod trust;
pub mod webhook;

use std::fmt::Write;

use crate::text::{TerminalText, truncated};

/// No more of what a server says goes into an error than this many columns.
const LONGEST_ANSWER: usize = 200;

/// What a server said, in one harmless line: it is a stranger too.
fn answer(words: &str) -> String {
    let line = words.split_whitespace().fold(String::new(), |mut line, word| {
        let _ = write!(line, "{}{word}", if line.is_empty() { "" } else { " " });
        line
    });
    truncated(TerminalText::new(&line).as_str(), LONGEST_ANSWER).into_owned()
}
