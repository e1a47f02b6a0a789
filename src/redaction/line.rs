//! Lines of protocol logs, as they are shown for examples.
//!
//! The first columns have the same order in every layout that exlog reads; from the command on it is free text. A line that
//! could not be read is in no known form, so that nothing of it but its shape may be shown.

use crate::redaction::Redactor;

/// Commands whose parameters begin with an account.
const NAMING: [&str; 4] = ["login", "user", "apop", "proxy"];

/// Numbers in parameters may be anybody's from so many digits on.
const FREE_DIGITS: usize = 4;

impl Redactor {
    /// What stands for a line of a protocol log.
    pub fn log_line(&self, line: &str) -> String {
        let columns = columns(line);
        let column = |place: usize| columns.get(place).copied().unwrap_or_default();
        let user = column(5).trim_matches('"');
        let (named, names) = names_in(user, column(9), column(10));
        let shown = columns.iter().enumerate().map(|(place, column)| match place {
            0 => self.text(column),
            1 if is_session(column) => (*column).to_owned(),
            3 | 4 => self.socket(column),
            5 => quoted_like(column, &self.account(user)),
            2 | 6..=8 => self.text(column),
            10 => self.parameters(column, named, &names),
            _ => self.text_without(column, &names),
        });
        shown.collect::<Vec<_>>().join(",")
    }

    /// What stands for the columns that are texts, their quotes undone: user, command, parameters, context.
    pub fn texts(&self, [user, command, parameters, context]: [&str; 4]) -> [String; 4] {
        let (named, names) = names_in(user, command, parameters);
        let (command, context) = (self.text_without(command, &names), self.text_without(context, &names));
        [self.account(user), command, self.parameters(parameters, named, &names), context]
    }

    /// What stands for a line that could not be read: how long it is and of how many columns.
    pub fn unreadable_line(&self, line: &str) -> String {
        let bytes = line.trim_end_matches('…').len();
        format!("({} bytes, {} columns)", bytes, columns(line).len())
    }

    /// What stands for a command as the client sent it.
    pub fn command(&self, command: &str) -> String {
        // The name of a count and no command.
        if command == "(other)" { command.to_owned() } else { self.text(command) }
    }

    /// Parameters come from the client: the account in front, then words of the protocol.
    fn parameters(&self, column: &str, named: &str, names: &[String]) -> String {
        let (before, behind) = match column.find(named) {
            Some(start) if !named.is_empty() => {
                (column.get(..start).unwrap_or_default(), column.get(start + named.len()..).unwrap_or_default())
            }
            _ => ("", column),
        };
        let account = if named.is_empty() { String::new() } else { self.account(named) };
        format!("{before}{account}{}", self.without_numbers(&self.text_without(behind, names)))
    }

    fn without_numbers(&self, text: &str) -> String {
        let mut shown = String::with_capacity(text.len());
        for piece in text.split_inclusive([' ', ',', '"', '(', ')', ':', '{', '}']) {
            let number = piece.trim_end_matches([' ', ',', '"', '(', ')', ':', '{', '}']);
            let is_long =
                number.len() > FREE_DIGITS && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-');
            shown.push_str(&if is_long { self.label(number) } else { number.to_owned() });
            shown.push_str(piece.get(number.len()..).unwrap_or_default());
        }
        shown
    }
}

/// The account that parameters begin with, and all names of accounts in a line, whole and in parts.
fn names_in<'a>(user: &str, command: &str, parameters: &'a str) -> (&'a str, Vec<String>) {
    let is_naming = NAMING.iter().any(|naming| command.trim_matches('"').eq_ignore_ascii_case(naming));
    let named = if is_naming { first_word(parameters) } else { "" };
    let parts = [user, named].into_iter().flat_map(|text| text.split(['@', '\\', '/']).chain([text]));
    (named, parts.map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty()).collect())
}

/// The columns of a line as they stand there, quotes included.
fn columns(line: &str) -> Vec<&str> {
    let (mut columns, mut start, mut is_quoted) = (Vec::new(), 0, false);
    for (place, byte) in line.bytes().enumerate() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b',' if !is_quoted => {
                columns.extend(line.get(start..place));
                start = place + 1;
            }
            _ => {}
        }
    }
    columns.extend(line.get(start..));
    columns
}

/// A session's number says nothing about anybody.
fn is_session(column: &str) -> bool {
    (1..=16).contains(&column.len()) && column.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The account in front of a password; in quotes if it has blanks.
fn first_word(parameters: &str) -> &str {
    let parameters = parameters.trim_matches('"').trim_start();
    let end = parameters.rfind(" *").or_else(|| parameters.find(' ')).unwrap_or(parameters.len());
    parameters.get(..end).unwrap_or_default().trim_matches('"')
}

fn quoted_like(column: &str, text: &str) -> String {
    if column.starts_with('"') { format!("\"{text}\"") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_readable_without_its_names() {
        let redactor = Redactor::new("k");
        let line = r#"2026-03-12T04:02:52.936Z,0000000000000001,2,10.2.0.12:143,203.0.113.2:28130,CONTOSO\mail,128,30,26,login,CONTOSO\mail *****,"R=""z NO LOGIN failed."";Msg=""LogonFailed:LogonDenied,User: mail;Proxy:ex01.contoso.example:1993:SSL"";ErrMsg=ProxyNotAuthenticated""#;
        let shown = redactor.log_line(line);
        let account = redactor.account(r"contoso\mail");
        for expected in [
            "2026-03-12T04:02:52.936Z,0000000000000001,2,ip-private-",
            &format!(",{account},128,30,26,login,{account} *****,"),
            " NO LOGIN failed.",
            &format!(
                "LogonFailed:LogonDenied,User: {};Proxy:{}:1993:SSL",
                redactor.label("mail"),
                redactor.host("ex01.contoso.example")
            ),
            "ErrMsg=ProxyNotAuthenticated\"",
        ] {
            assert!(shown.contains(expected), "{shown} has no {expected}");
        }
        for name in ["contoso", "mail ", "10.2.0.12", "203.0.113.2", "ex01", "example"] {
            assert!(!shown.to_lowercase().contains(name), "{shown} has {name}");
        }
    }

    #[test]
    fn what_clients_send_goes_but_for_words_of_the_protocol() {
        let redactor = Redactor::new("k");
        let shown = |command: &str, parameters: &str| redactor.log_line(&format!("t,1,2,,,,1,2,3,{command},{parameters},R=ok"));
        assert!(shown("authenticate", "PLAIN").contains(",PLAIN,R=ok"));
        assert!(shown("auth", " PLAIN").contains(", PLAIN,"));
        for (command, parameters, name) in [
            ("login", "20417731 *****", "20417731"),
            ("login", r#""""John Smith"" *****""#, "john"),
            ("select", r#""""Projects/Merger with Fabrikam""""#, "fabrikam"),
            ("fetch", "12345678 (BODY)", "12345678"),
            ("InvalidCommand", "GET /secret HTTP/1.1", "secret"),
        ] {
            let shown = shown(command, parameters);
            assert!(!shown.to_lowercase().contains(name), "{shown}");
        }
    }

    #[test]
    fn words_of_the_protocol_stay_where_an_account_is_called_so() {
        let redactor = Redactor::new("k");
        let line = r#"t,1,2,,,login,1,2,3,login,login *****,"R=""z NO LOGIN failed."";Msg=User: login"#;
        let login = redactor.label("login");
        let shown = redactor.log_line(line);
        assert!(shown.contains(&format!(",{login},1,2,3,login,{login} *****,")), "{shown}");
        assert!(shown.ends_with(&format!(" NO LOGIN failed.\"\";Msg=User: {login}")), "{shown}");
    }

    #[test]
    fn of_an_unreadable_line_only_the_shape_is_shown() {
        assert_eq!(Redactor::new("k").unreadable_line("alice,secret"), "(12 bytes, 2 columns)");
    }
}
