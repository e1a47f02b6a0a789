//! The prompt lines that stand around copied output, `[PS] C:\>Get-ImapSettings | fl`, and the commands in them.
//!
//! The command helps where the output alone does not say of which service or server it is; it is never required.

/// The command behind a PowerShell prompt, or alone in its line; `None` if the line is no such thing.
pub(crate) fn command(line: &str) -> Option<&str> {
    let line = line.trim().trim_start_matches("[PS]").trim_start();
    if let Some(rest) = line.strip_prefix("PS ").or_else(|| line.get(1..3).filter(|drive| *drive == ":\\").map(|_| line)) {
        return rest.split_once('>').map(|(_, command)| command.trim());
    }
    let first = line.split([' ', '|']).next().unwrap_or_default();
    let is_cmdlet = first.split_once('-').is_some_and(|(verb, noun)| {
        ["get", "test", "set", "enable"].iter().any(|known| verb.eq_ignore_ascii_case(known))
            && noun.len() > 3
            && noun.chars().all(|c| c.is_ascii_alphanumeric())
    });
    is_cmdlet.then_some(line)
}

/// The value of `-Server` or `-Identity` in a command, if it is a plain name.
pub(crate) fn server(command: &str) -> Option<&str> {
    let mut words = command.split([' ', ':']).filter(|word| !word.is_empty());
    while let Some(word) = words.next() {
        if word.eq_ignore_ascii_case("-server") {
            let name = words.next()?.trim_matches(['"', '\'']);
            return (!name.starts_with(['$', '(', '-'])).then_some(name);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_are_known_by_their_form() {
        for (line, expected) in [
            (r"[PS] C:\Windows\system32>Get-ImapSettings | fl", Some("Get-ImapSettings | fl")),
            (r"PS C:\>Get-PopSettings -Server EX1|fl", Some("Get-PopSettings -Server EX1|fl")),
            (r"[PS] C:\>", Some("")),
            (r"C:\>Get-PopSettings", Some("Get-PopSettings")),
            ("Get-ImapSettings -Server EX1", Some("Get-ImapSettings -Server EX1")),
            ("X509CertificateName : mail.example.com", None),
            ("we ran get-things and it failed", None),
            ("", None),
        ] {
            assert_eq!(command(line), expected, "{line}");
        }
        assert_eq!(server("Get-ImapSettings -Server \"EX1\" | fl"), Some("EX1"));
        assert_eq!(server("Get-ImapSettings -server:$env:computername"), None);
    }
}
