//! A log line as it is kept for an example: text, not too long, and without a password.
//!
//! Exchange masks passwords with stars, but not every version and every command did: `LOGIN user secret` and the base64 of
//! `AUTHENTICATE PLAIN` must not travel on in a report.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use regex::Regex;

/// An example keeps so many bytes of its line at the most.
const LONGEST: usize = 2048;

/// The line as text, cut to 2,048 bytes (then it ends in `…`), with what may be a password made stars.
pub fn example(line: &[u8]) -> Arc<str> {
    let (kept, is_cut) = match line.get(..LONGEST) {
        Some(beginning) if line.len() > LONGEST => (beginning, true),
        _ => (line, false),
    };
    let mut text = String::from_utf8_lossy(kept).into_owned();
    if is_cut {
        text.truncate(text.trim_end_matches('\u{fffd}').len());
        text.push('…');
    }
    Arc::from(without_password(text))
}

/// The whole line as text, with what may be a password made stars: for a reader who asked for this very line.
pub fn whole(line: &[u8]) -> String {
    without_password(String::from_utf8_lossy(line).into_owned())
}

/// Commands whose parameters end in a password.
const SECRETIVE: [&str; 4] = ["login", "authenticate", "auth", "pass"];

/// The parameters of a command, their quotes undone, with what may be a password made stars.
pub fn parameters_without_password<'a>(command: &[u8], parameters: &'a str) -> Cow<'a, str> {
    let command = SECRETIVE.into_iter().find(|name| command.eq_ignore_ascii_case(name.as_bytes()));
    let masked = command.and_then(|command| masked(command, parameters));
    masked.map_or(Cow::Borrowed(parameters), Cow::Owned)
}

fn without_password(text: String) -> String {
    static LOGIN: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#",((?i-u)login|authenticate|auth|pass),("(?:[^"]|"")*"|[^,]*)"#).ok());
    let Some(found) = LOGIN.as_ref().and_then(|form| form.captures(&text)) else { return text };
    let (Some(command), Some(parameters)) = (found.get(1), found.get(2)) else { return text };
    let Some(masked) = masked(command.as_str(), parameters.as_str()) else { return text };
    let range = parameters.range();
    [text.get(..range.start).unwrap_or_default(), &masked, text.get(range.end..).unwrap_or_default()].concat()
}

/// The parameters with the password made stars; `None` if there is nothing to hide.
fn masked(command: &str, parameters: &str) -> Option<String> {
    let closing = if parameters.len() > 1 && parameters.ends_with('"') { "\"" } else { "" };
    let plain = parameters.strip_suffix(closing).unwrap_or(parameters);
    let lead = plain.len() - plain.trim_start().len();
    let secret = match command.eq_ignore_ascii_case("pass") {
        true => lead,
        // The name or the mechanism stays, the last word behind it goes.
        false => plain.rfind(' ').filter(|blank| *blank > lead)? + 1,
    };
    let (kept, secret) = plain.split_at_checked(secret)?;
    let is_hidden = secret.is_empty() || secret.bytes().all(|byte| byte == b'*');
    (!is_hidden).then(|| format!("{kept}*****{closing}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_do_not_travel_on() {
        for (line, shown) in [
            ("t,s,2,,,u,1,2,3,login,u@dom secret,R=ok", "t,s,2,,,u,1,2,3,login,u@dom *****,R=ok"),
            ("t,s,2,,,u,1,2,3,login,u@dom *****,R=ok", "t,s,2,,,u,1,2,3,login,u@dom *****,R=ok"),
            ("t,s,2,,,u,1,2,3,login,\"u \"\"a,b\"\" se,cret\",R=ok", "t,s,2,,,u,1,2,3,login,\"u \"\"a,b\"\" *****\",R=ok"),
            ("t,s,2,,,u,1,2,3,authenticate,PLAIN AGEAYg==,R=ok", "t,s,2,,,u,1,2,3,authenticate,PLAIN *****,R=ok"),
            ("t,s,2,,,u,1,2,3,auth, PLAIN,R=ok", "t,s,2,,,u,1,2,3,auth, PLAIN,R=ok"),
            ("t,s,2,,,u,1,2,3,pass,secret,R=ok", "t,s,2,,,u,1,2,3,pass,*****,R=ok"),
            ("t,s,2,,,u,1,2,3,select,INBOX a,R=ok", "t,s,2,,,u,1,2,3,select,INBOX a,R=ok"),
        ] {
            assert_eq!(example(line.as_bytes()).as_ref(), shown);
        }
    }

    #[test]
    fn passwords_do_not_travel_on_in_parameters_by_themselves() {
        for (command, parameters, shown) in [
            ("LOGIN", "u@dom secret", "u@dom *****"),
            ("login", "\"John Smith\" \"se cret\"", "\"John Smith\" \"se *****\""),
            ("Authenticate", "PLAIN AGEAYg==", "PLAIN *****"),
            ("pass", "secret", "*****"),
            ("pass", "*****", "*****"),
            ("select", "INBOX a", "INBOX a"),
        ] {
            assert_eq!(parameters_without_password(command.as_bytes(), parameters), shown);
        }
    }

    #[test]
    fn an_example_is_short_whole_characters() {
        let long = "ü".repeat(3000);
        let text = example(long.as_bytes());
        assert!(text.len() <= LONGEST + '…'.len_utf8() && text.ends_with("ü…"));
        assert_eq!(example(b"\xff\0x").as_ref(), "\u{fffd}\0x");
    }
}
