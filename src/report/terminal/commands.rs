//! Commands to be copied: PowerShell over several lines that a console takes as they stand.

use crate::text::columns;

/// The end of a line that goes on in the next.
const BACKTICK: &str = " `";

/// A command in lines of at most `width` columns. A line that PowerShell would not take up by itself (after a pipe or a
/// comma it does) ends in a backtick. Where no place allows a break a line stays too long: a command is never cut.
pub(super) fn in_lines(command: &str, width: usize) -> Vec<String> {
    if columns(command) <= width {
        return vec![command.to_owned()];
    }
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for piece in pieces(command) {
        let text = piece.trim_end();
        let end = if goes_on(text) { 0 } else { BACKTICK.len() };
        if !line.is_empty() && columns(&line) + columns(text) + end > width {
            lines.push(ended(&line));
            line = "  ".to_owned();
        }
        line.push_str(piece);
    }
    lines.push(line.trim_end().to_owned());
    lines
}

/// The command in pieces after which a line may end: at blanks and commas outside of quotes.
fn pieces(command: &str) -> Vec<&str> {
    let (mut pieces, mut start, mut quote) = (Vec::new(), 0, None);
    for (at, c) in command.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None if matches!(c, ' ' | ',') => {
                pieces.extend(command.get(start..=at));
                start = at + 1;
            }
            _ => {}
        }
    }
    pieces.extend(command.get(start..));
    pieces
}

fn ended(line: &str) -> String {
    let line = line.trim_end();
    format!("{line}{}", if goes_on(line) { "" } else { BACKTICK })
}

/// Whether PowerShell itself looks for more in the next line.
fn goes_on(line: &str) -> bool {
    line.ends_with(['|', ','])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_broken_only_where_powershell_goes_on() {
        let lines = in_lines("Get-ExchangeCertificate -Server EX01 | fl Thumbprint,Subject,NotAfter", 38);
        assert_eq!(lines, ["Get-ExchangeCertificate -Server EX01 |", "  fl Thumbprint,Subject,NotAfter"]);
        let lines = in_lines("fl Thumbprint,Subject,NotAfter", 16);
        assert_eq!(lines, ["fl Thumbprint,", "  Subject,", "  NotAfter"]);
        let lines = in_lines("Set-CASMailbox 'a name, with blanks' -PopEnabled $true", 30);
        assert_eq!(lines, ["Set-CASMailbox `", "  'a name, with blanks' `", "  -PopEnabled $true"]);
        assert_eq!(in_lines("short", 30), ["short"]);
    }
}
