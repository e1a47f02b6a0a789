//! What a row says about a login: whether it is one, whether it worked, why not, and whose it was.

use super::context::{first, pairs};
use super::row::Row;

/// A login attempt.
#[derive(Debug)]
pub(crate) struct Login {
    /// `None` where the row says neither.
    pub(crate) worked: Option<bool>,
    pub(crate) error: String,
    pub(crate) class: &'static str,
}

impl Login {
    /// The login of a row, if its command is one of the four.
    pub(crate) fn of(row: &Row) -> Option<Self> {
        let command = row.command.to_ascii_lowercase();
        if !["login", "authenticate", "pass", "auth"].contains(&command.as_str()) {
            return None;
        }
        let pairs = pairs(&row.context);
        let response = first(&pairs, "R");
        let written =
            pairs.iter().rev().filter(|pair| pair.0 == "ErrMsg").map(|pair| code(&pair.1)).find(|code| !code.is_empty());
        let worked = match response.and_then(status) {
            Some(worked) => Some(worked),
            None => written.is_some().then_some(false),
        };
        let error = match written {
            Some(code) => code.to_owned(),
            None => response.and_then(error_in_response).unwrap_or_default().to_owned(),
        };
        let name = if command == "login" { name_in_parameters(&row.parameters) } else { "" };
        Some(Self { worked, error, class: class(row.user.trim_ascii(), name) })
    }
}

/// A code without what a lost quote leaves behind.
fn code(text: &str) -> &str {
    text.trim_ascii().trim_end_matches(['"', ',', ';'])
}

/// `[Error=CODE …]`.
fn error_in_response(response: &str) -> Option<&str> {
    let (_, rest) = response.split_once("[Error=")?;
    rest.split([' ', ']']).next()
}

/// What the status word says: the word behind the client's tag in the first line that is not untagged, or the first word.
fn status(response: &str) -> Option<bool> {
    let line = response
        .split("\\r\\n")
        .map(str::trim_ascii)
        .find(|line| !line.is_empty() && !line.starts_with("* ") && !line.starts_with("+ "))?;
    let words: Vec<&str> = line.split_ascii_whitespace().take(2).collect();
    let of = |word: &str| match word {
        "OK" | "+OK" => Some(true),
        "NO" | "BAD" | "-ERR" => Some(false),
        _ => None,
    };
    let by_case = words.iter().rev().find_map(|word| of(word));
    by_case.or_else(|| words.iter().rev().find_map(|word| of(&word.to_ascii_uppercase())))
}

/// The name before the stars that stand for the password.
fn name_in_parameters(parameters: &str) -> &str {
    let parameters = parameters.trim_ascii();
    if let Some((name, _)) = parameters.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
        return name;
    }
    let (before, last) = parameters.rsplit_once(' ').unwrap_or(("", parameters));
    let is_hidden = !last.is_empty() && last.bytes().all(|byte| byte == b'*');
    if is_hidden { before.trim_ascii() } else { parameters.split_ascii_whitespace().next().unwrap_or_default() }
}

/// `HealthMailbox` and hex digits (then the name ends, or they are at least the seven that the shortest such name has).
fn class(user: &str, name: &str) -> &'static str {
    let is_probe = |name: &str| {
        let bare = name.rsplit(['\\', '/']).next().unwrap_or(name);
        [name, bare].iter().any(|name| {
            let lower = name.to_ascii_lowercase();
            let Some(rest) = lower.strip_prefix("healthmailbox") else { return false };
            let digits = rest.chars().take_while(char::is_ascii_hexdigit).count();
            let ends = rest[digits..].chars().next().is_none_or(|next| !next.is_ascii_alphanumeric());
            digits > 0 && (ends || digits >= 7)
        })
    };
    if is_probe(user) || is_probe(name) {
        "health_mailbox"
    } else if user.is_empty() && name.is_empty() {
        "unknown"
    } else {
        "user"
    }
}
