//! The door to commands that somebody may paste: names from logs and files quoted so that PowerShell takes them as text.

/// `text` as a PowerShell literal: in single quotes, its own quotes doubled (PowerShell takes the curly ones for quotes too), and
/// without control characters.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('\'');
    for c in text.chars().filter(|c| !c.is_control()) {
        out.push(c);
        if matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}') {
            out.push(c);
        }
    }
    out.push('\'');
    out
}

/// `text` as it is where it is a plain name, else quoted.
pub fn argument(text: &str) -> String {
    let is_plain = !text.is_empty()
        && !text.starts_with('-')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    if is_plain { text.to_owned() } else { quoted(text) }
}

/// Several of them as one list.
pub fn arguments<T: AsRef<str>>(texts: &[T]) -> String {
    texts.iter().map(|text| argument(text.as_ref())).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_name_can_leave_its_quotes() {
        for (name, shown) in [
            ("ex01.contoso.com", "ex01.contoso.com"),
            ("o'neil@contoso.com", "'o''neil@contoso.com'"),
            ("a; Remove-Item C:\\", "'a; Remove-Item C:\\'"),
            ("x\u{2019}; calc", "'x\u{2019}\u{2019}; calc'"),
            ("$(calc)\r\ncalc", "'$(calc)calc'"),
            ("-Force", "'-Force'"),
            ("", "''"),
        ] {
            assert_eq!(argument(name), shown);
        }
    }
}
