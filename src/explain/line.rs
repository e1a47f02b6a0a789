//! One log line: each column and each value of its context, decoded. How it is found in what was pasted, `paste` knows.
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

/// What one record says.
#[derive(Debug)]
pub(super) struct Explained {
    /// All of it.
    pub(super) explanation: Explanation,
    /// Whether it is a login that failed.
    pub(super) is_failed_login: bool,
    /// The same in a few words: time, session, command, and what came of it.
    pub(super) row: [String; 4],
}

/// Explains a record, if the line is one.
pub(super) fn explain(line: &str) -> Option<Explained> {
    let mut commas = Vec::new();
    let columns = Columns::of(line.as_bytes(), &mut commas);
    let value = |place: usize| columns.value(place).map(|value| String::from_utf8_lossy(&value).into_owned()).unwrap_or_default();
    let session = value(1);
    let is_session = !session.is_empty() && session.len() <= 16 && session.chars().all(|c| c.is_ascii_hexdigit());
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
    let judged = Judged::of(&value(9), &context);
    text.push_str(&format!("\n## What it says\n{}", judged.verdict));
    Some(Explained {
        explanation: Explanation { title: judged.title, text },
        is_failed_login: judged.is_failed_login,
        row: [value(0), session, value(9), judged.outcome],
    })
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

/// What came of a command.
struct Judged {
    title: String,
    /// The explanation of its code included, if it failed.
    verdict: String,
    /// In one word, with its error.
    outcome: String,
    is_failed_login: bool,
}

impl Judged {
    fn of(command: &str, context: &str) -> Self {
        let plain = |title: &str, verdict: &str, outcome: &str| Self {
            title: title.to_owned(),
            verdict: format!("{verdict}\n"),
            outcome: outcome.to_owned(),
            is_failed_login: false,
        };
        if LoginCommand::of(command.as_bytes()).is_none() {
            return plain(&format!("A log line: {command}"), &format!("The command {command} is no login answer."), "no login");
        }
        let answer = Answer::read(context.as_bytes());
        match answer.outcome {
            Outcome::Succeeded if answer.is_anomaly() => plain(
                "A login that worked, with an error beside it",
                &format!("The login worked; beside it stands {}.", answer.error),
                &format!("worked, beside it {}", answer.error),
            ),
            Outcome::Succeeded => plain("A login that worked", "The login worked.", "worked"),
            Outcome::Unknown => plain(
                "A login attempt without an answer",
                "Neither an answer nor an error stands in the line.",
                "without an answer",
            ),
            Outcome::Failed => Self::failed(answer),
        }
    }

    fn failed(answer: Answer<'_>) -> Self {
        let class = answer.error_class();
        let target = answer.target.map(target_name).map_or_else(String::new, |target| {
            format!(" It was handed over to {target}: the front end had accepted the password.")
        });
        let code = codes::explain(&answer.error).map_or_else(String::new, |found| format!("\n{}", found.text));
        let error = if answer.error.is_empty() { "no error code" } else { &answer.error };
        Self {
            title: format!("A login that failed: {error}"),
            verdict: format!("The login failed ({error}; class: {class}).{target}\n{code}"),
            outcome: format!("failed: {error}"),
            is_failed_login: true,
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
        assert_eq!(found.explanation.title, "A login that failed: ProxyNotAuthenticated");
        assert_eq!(found.row, ["22T07:30:46.994Z", "0000000000000003", "login", "failed: ProxyNotAuthenticated"]);
        for part in [
            "no complete time stamp",
            "IMAP with TLS, front end",
            "certificate-binding",
            "exchangeserver.domain.com:1993:ssl",
            "ErrMsg",
        ] {
            assert!(found.explanation.text.contains(part), "{part} in\n{}", found.explanation.text);
        }
        assert!(explain("a,b,c").is_none());
    }
}
