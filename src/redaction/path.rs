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
        let mut pieces = path.split_inclusive(['/', '\\']).peekable();
        while let Some(piece) = pieces.next() {
            let name = piece.trim_end_matches(['/', '\\']);
            let is_of_logs = pieces.peek().is_some_and(|below| is_folder_of_logs(name, below));
            shown.push_str(&if is_of_logs { name.to_owned() } else { self.component(name) });
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
        // A server may be called `EXCHANGE`, and its folder after it.
        !self.hosts.contains(name) && (name.split(' ').all(is_own) || (name.contains('-') && self.is_code(name)))
    }
}

/// Whether Exchange gave a folder its name by what stands below it, also where a server is called so: `Logging` above `Imap4` or
/// `Pop3`, and these above the logs.
fn is_folder_of_logs(name: &str, below: &str) -> bool {
    let is_protocol = |name: &str| name.eq_ignore_ascii_case("Imap4") || name.eq_ignore_ascii_case("Pop3");
    let folder = below.trim_end_matches(['/', '\\']);
    match name.eq_ignore_ascii_case("Logging") {
        true => is_protocol(folder),
        false => is_protocol(name) && folder == below,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_of_a_server_that_is_called_like_a_known_one_goes() {
        let mut redactor = Redactor::new("k");
        for name in ["SERVER", "Logging", "Imap4"] {
            redactor.learn_host(name);
            let path = format!("/{name}/Logging/Imap4/IMAP420260302-1.LOG");
            assert_eq!(redactor.path(&path), format!("/{}/Logging/Imap4/IMAP420260302-1.LOG", redactor.label(name)));
        }
        let installed = r"c:\Program Files\Microsoft\Exchange Server\V15\Logging\Pop3";
        assert!(redactor.path(installed).ends_with(r":\Program Files\Microsoft\Exchange Server\V15\Logging\Pop3"));
    }

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
