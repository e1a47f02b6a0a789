//! The events of `MSExchange CmdletLogs`: which cmdlet, with which parameters, by whom.
//!
//! Texts are, in order: the cmdlet, its parameters, the caller, and more that is not read. Exports without the single texts
//! hold one message, `Cmdlet suceeded. Cmdlet Set-ImapSettings, parameters {…}.`, in the system's language.

use crate::evidence::fact::Cmdlet;

/// The most parameters of one cmdlet.
const MOST_PARAMETERS: usize = 500;

/// The cmdlet of an event, if it is a cmdlet event.
pub(crate) fn cmdlet(provider: &str, id: u32, texts: &[String]) -> Option<Cmdlet> {
    if !provider.eq_ignore_ascii_case("MSExchange CmdletLogs") || !matches!(id, 1 | 6) {
        return None;
    }
    let first = texts.first()?.trim();
    let succeeded = id == 1;
    if is_cmdlet_name(first) {
        let parameters = texts.get(1).map(|text| parameters(text)).unwrap_or_default();
        let caller = texts.get(2).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        return Some(Cmdlet { name: first.to_owned(), parameters, caller, succeeded });
    }
    let name = first.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).find(|word| is_cmdlet_name(word))?;
    let after = first.split_once(name).map_or("", |(_, after)| after);
    let from = after.find(['{', '-']).and_then(|start| after.get(start..)).unwrap_or_default();
    Some(Cmdlet { name: name.to_owned(), parameters: parameters(from), caller: None, succeeded })
}

/// `Verb-Noun`.
fn is_cmdlet_name(word: &str) -> bool {
    word.split_once('-').is_some_and(|(verb, noun)| {
        let is_word =
            |part: &str| part.starts_with(|c: char| c.is_ascii_uppercase()) && part.chars().all(|c| c.is_ascii_alphanumeric());
        is_word(verb) && is_word(noun) && noun.len() > 2
    })
}

/// `-Name "value" -Switch:$true -Other x`, or `{Name=value, Other=value}` as Exchange 2010 writes it.
pub(crate) fn parameters(text: &str) -> Vec<(String, String)> {
    let text = text.trim();
    match text.strip_prefix('{') {
        Some(inside) => braced(
            inside.split_once('}').map_or(inside, |_| inside.trim_end_matches(['.', ' ', '\r', '\n']).trim_end_matches('}')),
        ),
        None => dashed(text),
    }
}

fn braced(inside: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for piece in inside.split(", ") {
        match piece.split_once('=').filter(|(name, _)| is_parameter_name(name.trim())) {
            Some((name, value)) if found.len() < MOST_PARAMETERS => {
                found.push((name.trim().to_owned(), unquoted(value).to_owned()))
            }
            // A comma inside the value before.
            _ => {
                if let Some((_, value)) = found.last_mut() {
                    value.push_str(", ");
                    value.push_str(piece);
                }
            }
        }
    }
    found
}

fn is_parameter_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 64 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn unquoted(value: &str) -> &str {
    let value = value.trim();
    ['"', '\'']
        .iter()
        .find_map(|quote| value.strip_prefix(*quote).and_then(|inside| inside.strip_suffix(*quote)))
        .unwrap_or(value)
}

fn dashed(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((name, after)) = next_name(rest).filter(|_| found.len() < MOST_PARAMETERS) {
        let (value, after) = value(after);
        found.push((name.to_owned(), value));
        rest = after;
    }
    found
}

/// The next `-Name`; names can stand in angle brackets (`-<Name>`).
fn next_name(text: &str) -> Option<(&str, &str)> {
    let mut rest = text.trim_start();
    loop {
        let after = rest.strip_prefix('-').map(|after| after.strip_prefix('<').unwrap_or(after));
        if let Some(after) = after {
            let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(after.len());
            let (name, after) = after.split_at_checked(end)?;
            if is_parameter_name(name) && name.starts_with(|c: char| c.is_ascii_alphabetic()) {
                return Some((name, after.strip_prefix('>').unwrap_or(after)));
            }
        }
        // Not a name: go on behind the next space.
        rest = rest.split_once(char::is_whitespace)?.1.trim_start();
    }
}

/// The value behind a name and what follows it. Quotes inside a quoted value end it only before a space and a dash, or at
/// the end of the text, since Exchange does not escape them.
fn value(text: &str) -> (String, &str) {
    let text = text.strip_prefix(':').unwrap_or(text).trim_start();
    let switch = || "True".to_owned();
    match text.chars().next() {
        None => (switch(), ""),
        Some(quote @ ('"' | '\'')) => {
            let inside = text.get(1..).unwrap_or_default();
            let end = inside
                .match_indices(quote)
                .map(|(place, _)| place)
                .find(|place| is_end(inside.get(place + 1..).unwrap_or_default()));
            let end = end.unwrap_or(inside.len());
            let (value, after) = inside.split_at_checked(end).unwrap_or((inside, ""));
            (value.to_owned(), after.get(1..).filter(|after| after.trim() != ".").unwrap_or_default())
        }
        Some('-') if starts_name(text) => (switch(), text),
        Some(_) => {
            let end = text
                .match_indices(char::is_whitespace)
                .map(|(place, _)| place)
                .find(|place| starts_name(text.get(*place..).unwrap_or_default().trim_start()));
            let (value, after) = text.split_at_checked(end.unwrap_or(text.len())).unwrap_or((text, ""));
            (value.trim().to_owned(), after)
        }
    }
}

fn starts_name(text: &str) -> bool {
    text.strip_prefix('-').is_some_and(|name| name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '<'))
}

fn is_end(after: &str) -> bool {
    let trimmed = after.trim_start();
    // The message of the event ends its sentence with a full stop behind the last value.
    trimmed.is_empty() || after.trim_end() == "." || trimmed.len() < after.len() && starts_name(trimmed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_in_both_forms() {
        for (text, expected) in [
            (
                r#"-Services "IMAP, POP, IIS" -Thumbprint "ABC" -Force"#,
                &[("Services", "IMAP, POP, IIS"), ("Thumbprint", "ABC"), ("Force", "True")][..],
            ),
            (r#"-X509CertificateName "mail.example.com""#, &[("X509CertificateName", "mail.example.com")]),
            (r#"-Name "the "best" one" -B "x""#, &[("Name", "the \"best\" one"), ("B", "x")]),
            (r#"-Confirm:$false -Name 'a - b' -C d e"#, &[("Confirm", "$false"), ("Name", "a - b"), ("C", "d e")]),
            (r#"-<Identity> "EX1\1" -<LoginType> "SecureLogin""#, &[("Identity", r"EX1\1"), ("LoginType", "SecureLogin")]),
            ("-Force -Whatever", &[("Force", "True"), ("Whatever", "True")]),
            (r#"-Open "no end"#, &[("Open", "no end")]),
            ("{Services=IMAP, POP, Thumbprint=ABC}", &[("Services", "IMAP, POP"), ("Thumbprint", "ABC")]),
            ("{X509CertificateName=mail.example.com}.", &[("X509CertificateName", "mail.example.com")]),
            ("{}", &[]),
            ("", &[]),
            ("no parameters", &[]),
        ] {
            let expected: Vec<_> = expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            assert_eq!(parameters(text), expected, "{text}");
        }
    }

    #[test]
    fn a_message_alone_names_the_cmdlet_too() {
        let message = "Cmdlet suceeded. Cmdlet Set-ImapSettings, parameters {X509CertificateName=mail.example.com}.".to_owned();
        let cmdlet = cmdlet("MSExchange CmdletLogs", 1, &[message]).unwrap();
        assert_eq!(
            (cmdlet.name.as_str(), cmdlet.parameter("x509certificatename")),
            ("Set-ImapSettings", Some("mail.example.com"))
        );
        assert!(cmdlet.succeeded);
    }
}
