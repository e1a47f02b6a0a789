//! Paths: folders and files lose their names but for those that Exchange, Windows and exlog give themselves.

use std::sync::LazyLock;

use regex::Regex;

use crate::redaction::Redactor;

/// A log as Exchange names it, packed or not.
static LOG_NAME: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)^(imap4?|pop3?)(be)?[0-9w]{6,12}-[0-9]{1,6}\.log(\.gz)?$").ok());

/// Endings that say what kind of file it is.
const ENDINGS: [&str; 22] = [
    "bak", "cer", "clixml", "crt", "csv", "der", "evtx", "gz", "html", "json", "log", "md", "ndjson", "p7b", "p7c", "pem", "pfx",
    "tsv", "txt", "xlsx", "xml", "zip",
];

impl Redactor {
    /// What stands for a path. Its shape stays, and names that say nothing about whose it is.
    pub fn path(&self, path: &str) -> String {
        let mut shown = String::with_capacity(path.len());
        for piece in path.split_inclusive(['/', '\\']) {
            let name = piece.trim_end_matches(['/', '\\']);
            shown.push_str(&self.component(name));
            shown.push_str(piece.get(name.len()..).unwrap_or_default());
        }
        shown
    }

    fn component(&self, name: &str) -> String {
        let is_log = LOG_NAME.as_ref().is_some_and(|form| form.is_match(name));
        if matches!(name, "" | "-" | "." | ".." | "?") || is_log || self.is_known_folder(name) {
            return name.to_owned();
        }
        // `C:`, `C$`
        if let Some(mark) = name.chars().last().filter(|last| matches!(last, ':' | '$')) {
            return format!("{}{mark}", self.label(name.trim_end_matches([':', '$'])));
        }
        match name.rsplit_once('.') {
            Some((stem, ending)) if !stem.is_empty() && ENDINGS.contains(&ending.to_lowercase().as_str()) => {
                format!("{}.{ending}", self.component(stem))
            }
            _ => self.host(name),
        }
    }

    /// Whether all words of a folder's or a file's name are known: `Exchange Server`, `Get-ImapSettings`.
    fn is_known_folder(&self, name: &str) -> bool {
        let is_own = |word: &str| {
            matches!(
                word.to_lowercase().as_str(),
                "v14" | "v15" | "program" | "files" | "logging" | "imap4" | "pop3" | "exchange" | "server" | "microsoft"
            )
        };
        name.split(' ').all(is_own) || (name.contains('-') && self.is_code(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_of_a_path_stays_and_whose_it_is_goes() {
        let redactor = Redactor::new("k");
        let [ex01, alice, c] = ["ex01", "alice", "c"].map(|name| redactor.label(name));
        for (path, shown) in [
            (
                r"\\EX01\c$\Program Files\Microsoft\Exchange Server\V15\Logging\Imap4\IMAP420260302-1.LOG",
                format!(r"\\{ex01}\{c}$\Program Files\Microsoft\Exchange Server\V15\Logging\Imap4\IMAP420260302-1.LOG"),
            ),
            (
                "/home/alice/IMAP4BE2026030208-12.log.gz",
                format!("/{}/{alice}/IMAP4BE2026030208-12.log.gz", redactor.label("home")),
            ),
            ("evidence/Get-ImapSettings.txt", format!("{}/Get-ImapSettings.txt", redactor.label("evidence"))),
            (r"C:\alice.txt", format!(r"{c}:\{alice}.txt")),
            ("alice/ex01.evtx", format!("{alice}/{ex01}.evtx")),
            ("-", "-".to_owned()),
        ] {
            assert_eq!(redactor.path(path), shown);
        }
    }
}
