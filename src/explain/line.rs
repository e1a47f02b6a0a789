//! A pasted log line: each column and each value of its context, decoded.
//!
//! It is more forgiving than the reader of files: posters cut dates and mask names, and a line is still plain to read.

use crate::explain::{Explanation, codes};
use crate::login::attempt::{Answer, LoginCommand, target_name};
use crate::login::outcome::Outcome;
use crate::protocol_log::context::pairs;
use crate::protocol_log::endpoint::Endpoint;
use crate::protocol_log::structure::Columns;
use crate::protocol_log::timestamp;

/// The columns and what they mean.
const COLUMNS: [(&str, &str); 13] = [
    ("dateTime", "when the line was written, at the end of the command, UTC"),
    ("sessionId", "the session's number, hexadecimal; it restarts with the service"),
    ("seqNumber", "the line's number in its session, 0 at OpenSession"),
    ("sIp", "the server's address and port"),
    ("cIp", "the client's address and port; on a back end the client is a front end"),
    ("user", "who, perhaps cut to 20 characters; empty until a login names one"),
    ("duration", "milliseconds"),
    ("rqsize", "bytes from the client"),
    ("rpsize", "bytes to the client"),
    ("command", "the verb"),
    ("parameters", "its arguments; the password is stars"),
    ("context", "what came of it"),
    ("puid", "empty on premises"),
];

/// The keys of the context and what they mean.
const KEYS: [(&str, &str); 9] = [
    ("R", "the answer to the client, with the client's own tag"),
    ("Msg", "notes; Proxy:host:port is the hand-over to a back end, ProxySuccess says that it worked"),
    ("ErrMsg", "the reason of the failure"),
    ("Excpt", "the exception"),
    ("LiveIdAR", "the answer of the authentication service"),
    ("Rows", "how many messages or items"),
    ("ClientIp", "the client's real address"),
    ("CafeActivityId", "the id that front end and back end share"),
    ("Budget", "the throttling budget"),
];

/// Explains a line, if the words are one. Of several lines it takes a failed login, else the first; a line that was wrapped by a
/// mail program is put together again.
pub(super) fn explain(words: &str) -> Option<Explanation> {
    let alone: Vec<Explanation> = words.lines().filter_map(explain_one).collect();
    let failed = alone.iter().position(|one| one.title.starts_with(FAILED));
    alone.into_iter().nth(failed.unwrap_or_default()).or_else(|| explain_one(words))
}

/// The beginning of the title of a failed login.
const FAILED: &str = "A login that failed";

fn explain_one(words: &str) -> Option<Explanation> {
    let line = words.lines().map(|line| line.trim_start_matches(['>', ' ', '\t']).trim()).collect::<String>();
    let mut commas = Vec::new();
    let columns = Columns::of(line.as_bytes(), &mut commas);
    let value = |place: usize| columns.value(place).map(|value| String::from_utf8_lossy(&value).into_owned()).unwrap_or_default();
    let session = value(1);
    let is_session = session.len() >= 2 && session.len() <= 16 && session.chars().all(|c| c.is_ascii_hexdigit());
    if columns.count() < 10 || !is_session || !value(2).chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let mut text = String::from("## Columns\n");
    for (place, (name, meaning)) in COLUMNS.iter().enumerate().take(columns.count()) {
        let shown = value(place);
        let note = note(name, &shown);
        text.push_str(&format!(
            "{name:<11} {}{note}\n            {meaning}\n",
            if shown.is_empty() { "(empty)" } else { &shown }
        ));
    }
    let context = value(11);
    if !context.is_empty() {
        text.push_str("\n## Context\n");
        for (key, value) in pairs(context.as_bytes()) {
            let (key, value) = (String::from_utf8_lossy(key), String::from_utf8_lossy(value));
            let meaning = KEYS.iter().find(|(known, _)| *known == key).map_or("", |(_, meaning)| meaning);
            text.push_str(&format!("{key:<11} {value}\n"));
            if !meaning.is_empty() {
                text.push_str(&format!("            {meaning}\n"));
            }
        }
    }
    let (title, verdict) = judged(&value(9), &context);
    text.push_str(&format!("\n## What it says\n{verdict}"));
    Some(Explanation { title, text })
}

/// What is particular about a value.
fn note(name: &str, value: &str) -> String {
    match name {
        "dateTime" if timestamp::parse(value.as_bytes()).is_none() => {
            "   (no complete time stamp: the line was cut or edited)".to_owned()
        }
        "sIp" => {
            let what = match Endpoint::parse(value.as_bytes()).port {
                Some(993) => "IMAP with TLS, front end",
                Some(143) => "IMAP, front end",
                Some(1993) => "IMAP, back end",
                Some(995) => "POP with TLS, front end",
                Some(110) => "POP, front end",
                Some(1995) => "POP, back end",
                _ => return String::new(),
            };
            format!("   ({what})")
        }
        _ => String::new(),
    }
}

/// Title and verdict: what came of the command, and if it failed the explanation of its code.
fn judged(command: &str, context: &str) -> (String, String) {
    if LoginCommand::of(command.as_bytes()).is_none() {
        return (format!("A log line: {command}"), format!("The command {command} is no login answer.\n"));
    }
    let answer = Answer::read(context.as_bytes());
    match answer.outcome {
        Outcome::Succeeded if answer.is_anomaly() => (
            "A login that worked, with an error beside it".to_owned(),
            format!("The login worked; beside it stands {}.\n", answer.error),
        ),
        Outcome::Succeeded => ("A login that worked".to_owned(), "The login worked.\n".to_owned()),
        Outcome::Unknown => {
            ("A login attempt without an answer".to_owned(), "Neither an answer nor an error stands in the line.\n".to_owned())
        }
        Outcome::Failed => {
            let class = answer.error_class();
            let target = answer.target.map(target_name).map_or_else(String::new, |target| {
                format!(" It was handed over to {target}: the front end had accepted the password.")
            });
            let code = codes::explain(&answer.error).map_or_else(String::new, |found| format!("\n{}", found.text));
            let error = if answer.error.is_empty() { "no error code" } else { &answer.error };
            (format!("{FAILED}: {error}"), format!("The login failed ({error}; class: {class}).{target}\n{code}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_that_started_it_is_decoded_though_its_date_is_cut() {
        let line = r#"22T07:30:46.994Z,0000000000000003,2,127.0.0.1:993,127.0.0.1:32258,HealthMailbox1f3addd86ba64b7c84868136b32a82f9,1196,78,97,login,HealthMailbox1f3addd86ba64b7c84868136b32a82f9@DOMAIN.COM *****,"R=""z NO [Error=ProxyNotAuthenticated Proxy=EXCHANGESERVER.DOMAIN.COM:1993:SSL] LOGIN failed."";Msg=Proxy:EXCHANGESERVER.DOMAIN.COM:1993:SSL;ErrMsg=ProxyNotAuthenticated""#;
        let found = explain(line).unwrap();
        assert_eq!(found.title, "A login that failed: ProxyNotAuthenticated");
        for part in [
            "no complete time stamp",
            "IMAP with TLS, front end",
            "certificate-binding",
            "exchangeserver.domain.com:1993:ssl",
            "ErrMsg",
        ] {
            assert!(found.text.contains(part), "{part} in\n{}", found.text);
        }
        assert_eq!(explain(&format!("> {line}")).map(|found| found.title), Some(found.title));
        let open = "2023-01-09T13:17:08.223Z,00000000000000E4,0,127.0.0.1:993,127.0.0.1:22207,,27,0,53,OpenSession,,";
        assert_eq!(
            explain(&format!("{open}\n{line}")).map(|found| found.title).as_deref(),
            Some("A login that failed: ProxyNotAuthenticated")
        );
        assert_eq!(explain("a,b,c"), None);
    }
}
