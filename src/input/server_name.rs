//! Which server a log belongs to, as far as its path tells.
//!
//! In this order: the UNC host; the folder above `Program Files` or above `Logging`, which may be above the given path, because these
//! names leave no doubt; the folder above `Imap4`/`Pop3` where it lies below the given path. Where the path says nothing, the addresses in the lines do (`summary`). The rule looks at one file
//! alone, so that any partition of the files gives the same names. Forensic tools have folders of their own between a host and its files: `collection` knows them.

use std::path::{Path, PathBuf};

use crate::input::discover::Input;

mod collection;

/// The server's name, if the path tells it.
pub fn from_path(input: &Input) -> Option<String> {
    if input.is_standard_input() {
        return None;
    }
    unc_host(&input.path.to_string_lossy())
        .or_else(|| above_all(&folders(&telling_path(input)?)))
        .or_else(|| above_protocol_folder(input))
}

/// The path whose folders tell something: the whole one, or what lies in the folder that only holds it.
fn telling_path(input: &Input) -> Option<PathBuf> {
    match &input.holder {
        Some(holder) => input.path.strip_prefix(holder).ok().map(Path::to_owned),
        None => std::path::absolute(&input.path).ok(),
    }
}

/// What the folders say from the root down, whatever was given as the path.
fn above_all(folders: &[String]) -> Option<String> {
    match collection::drive(folders) {
        Some(drive) => collection::host(folders.get(..drive)?),
        None => above_known_folder(folders),
    }
}

fn unc_host(path: &str) -> Option<String> {
    let rest = path.strip_prefix(r"\\").or_else(|| path.strip_prefix("//").filter(|_| cfg!(windows)))?;
    let rest = match rest.strip_prefix(r"?\") {
        Some(verbatim) => verbatim.strip_prefix(r"UNC\")?,
        None => rest,
    };
    let host = rest.split(['\\', '/']).next().filter(|host| !host.is_empty() && *host != ".")?;
    Some(host.to_owned())
}

/// The names of the folders that hold the file, from the root down, without the times that forensic tools write into them.
fn folders(path: &Path) -> Vec<String> {
    let parts = path.parent().unwrap_or(path).to_string_lossy().into_owned();
    let parts: Vec<&str> = parts.split(['\\', '/']).filter(|part| !part.is_empty() && *part != ".").collect();
    let above = std::iter::once(None).chain(parts.iter().copied().map(Some));
    let plain = above.zip(&parts).filter_map(|(above, part)| collection::plain(above, part));
    plain.collect()
}

/// The folder above `Program Files`, else above `Logging`; folders that only stand for a drive or the installation are passed over.
///
/// A folder of any other name is a server, also `Exchange` and, right above `Logging`, a single letter: hosts are called so.
fn above_known_folder(folders: &[String]) -> Option<String> {
    let place = |name: &str| folders.iter().rposition(|folder| folder.eq_ignore_ascii_case(name));
    if let Some(at) = place("Program Files") {
        return folders.get(..at)?.iter().rev().find(|folder| !is_drive(folder)).cloned();
    }
    let above = folders.get(..place("Logging")?)?;
    let inside = above_installation(above);
    let is_passed = |folder: &str| is_drive(folder) && (folder.len() > 1 || inside.len() < above.len());
    inside.iter().rev().find(|folder| !is_passed(folder)).cloned()
}

/// The folders above `Microsoft`, `Exchange Server` and `V15`, as far as the last ones are these.
fn above_installation(folders: &[String]) -> &[String] {
    let is_installed = |folder: &String| {
        is_version(folder) || ["Exchange Server", "Microsoft"].iter().any(|name| folder.eq_ignore_ascii_case(name))
    };
    match folders.split_last() {
        // Only with a version or `Exchange Server` below it is `Microsoft` no server.
        Some((last, above)) if is_installed(last) && !last.eq_ignore_ascii_case("Microsoft") => {
            let count = above.iter().rev().take_while(|folder| is_installed(folder)).count();
            above.get(..above.len() - count).unwrap_or_default()
        }
        _ => folders,
    }
}

/// `Imap4`, and what tools that collect logs make of it: `IMAP_Logs`, `Pop3Logs`.
fn is_protocol(folder: &str) -> bool {
    let folder = folder.to_ascii_lowercase();
    let name = folder.strip_suffix("logs").map_or(folder.as_str(), |name| name.trim_end_matches(['_', '-', ' ']));
    matches!(name, "imap4" | "pop3" | "imap" | "pop")
}

fn is_drive(folder: &str) -> bool {
    let bytes = folder.as_bytes();
    bytes.first().is_some_and(u8::is_ascii_alphabetic) && matches!(bytes.get(1..), Some(b"" | b"$" | b":"))
}

/// `V14`, `V15`
fn is_version(folder: &str) -> bool {
    let digits = folder.strip_prefix(['V', 'v']).unwrap_or_default();
    digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn above_protocol_folder(input: &Input) -> Option<String> {
    let below = folders(input.path.strip_prefix(&input.root).ok()?);
    let at = below.iter().rposition(|folder| is_protocol(folder))?;
    // `Logging` is no server here either: what stands above it was looked at.
    let folder = below.get(at.checked_sub(1)?).filter(|folder| !folder.eq_ignore_ascii_case("Logging"));
    folder.filter(|folder| !collection::is_encoded_drive(folder)).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::packed::Unpacking;
    use crate::input::source::Source;
    use std::sync::Arc;

    #[test]
    fn paths_name_the_server() {
        for (root, path, expected) in [
            (r"\\ex01\c$", r"\\ex01\c$\Program Files\Microsoft\Exchange Server\V15\Logging\Imap4\IMAP4.LOG", Some("ex01")),
            (r"\\?\UNC\ex01\c$", r"\\?\UNC\ex01\c$\logs\IMAP4.LOG", Some("ex01")),
            ("/copies", "/copies/EX02/C$/Program Files/Microsoft/Exchange Server/V15/Logging/Imap4/a.LOG", Some("EX02")),
            ("/copies", "/copies/EX02/C/Program Files/Microsoft/Exchange Server/V15/Logging/Imap4/a.LOG", Some("EX02")),
            ("/copies", "/copies/EX03/Logging/Pop3/a.LOG", Some("EX03")),
            ("/copies/EX03/Logging", "/copies/EX03/Logging/Pop3/a.LOG", Some("EX03")),
            ("/copies", "/copies/EX03/V15/Logging/Pop3/a.LOG", Some("EX03")),
            ("/copies", "/copies/EXCHANGE/Logging/Imap4/a.LOG", Some("EXCHANGE")),
            ("/copies/K", "/copies/K/EXCHANGE/Logging/Imap4/a.LOG", Some("EXCHANGE")),
            ("/copies", "/copies/Exchange/V15/Logging/Imap4/a.LOG", Some("Exchange")),
            ("/copies", "/copies/EXCHANGE/C$/Program Files/Microsoft/Exchange Server/V15/Logging/Imap4/a.LOG", Some("EXCHANGE")),
            ("/copies", "/copies/EX05/Microsoft/Exchange Server/V15/Logging/Imap4/a.LOG", Some("EX05")),
            ("/copies", "/copies/EX05/Exchange Server/V15/Logging/Imap4/a.LOG", Some("EX05")),
            ("/copies", "/copies/EX05/D/Exchange Server/V15/Logging/Imap4/a.LOG", Some("EX05")),
            ("/copies", "/copies/EX05/D$/Logging/Imap4/a.LOG", Some("EX05")),
            ("/copies", "/copies/Microsoft/Logging/Imap4/a.LOG", Some("Microsoft")),
            ("/copies", "/copies/Logging/Logging/Imap4/a.LOG", Some("Logging")),
            ("/copies", "/copies/K/Logging/Imap4/a.LOG", Some("K")),
            ("/Logging", "/Logging/Imap4/a.LOG", None),
            ("/C:/Program Files", "/C:/Program Files/Microsoft/Exchange Server/V15/Logging/Imap4/a.LOG", None),
            ("/copies", "/copies/EX04/Imap4/a.LOG", Some("EX04")),
            ("/copies/EX04", "/copies/EX04/Imap4/a.LOG", None),
            ("/copies/EX04/Imap4", "/copies/EX04/Imap4/a.LOG", None),
            ("/copies", "/copies/a.LOG", None),
            ("-", "-", None),
            ("/copies", "/copies/WEST-EX3/Imap_Logs/a.LOG", Some("WEST-EX3")),
            ("/copies", "/copies/20261128/WEST-EX3/POP3Logs/a.LOG", Some("WEST-EX3")),
            ("/copies", "/copies/EX04/imap/a.LOG", Some("EX04")),
            ("/copies", "/copies/Logs/a.LOG", None),
            // Collections of forensic tools: Velociraptor's, from a client alone and on its server, KAPE's, CyLR's.
            (
                "/c",
                "/c/Collection-EX01-2026-03-12T07_30_00Z/uploads/auto/C%3A/Program Files/Microsoft/Exchange Server/V15/Logging/Imap4/a.LOG",
                Some("EX01"),
            ),
            (
                "/c",
                "/c/Collection-mail-1.contoso.com-2026-03-12T07_30_00+01_00/uploads/ntfs/%5C%5C.%5CD%3A/Exchange/Logging/Imap4/a.LOG",
                Some("mail-1.contoso.com"),
            ),
            ("/c", "/c/Collection-EX01-2026-03-12T07_30_00Z/uploads/auto/D%3A/Logging/Imap4/a.LOG", Some("EX01")),
            ("/c", "/c/Collection-EX01-2026-03-12T07_30_00Z/uploads/auto/D%3A/Imap4/a.LOG", Some("EX01")),
            (
                "/c",
                "/c/clients/C.4f5e0a/collections/F.BVD1/uploads/auto/C%3A/Program%20Files/Microsoft/Exchange Server/V15/Logging/Imap4/a.LOG",
                Some("C.4f5e0a"),
            ),
            ("/c", "/c/2026-03-12T073000_EX02/C/Program Files/Microsoft/Exchange Server/V15/Logging/Pop3/a.LOG", Some("EX02")),
            ("/c", "/c/2026-03-12T073000_EX02/C/Logging/Imap4/a.LOG", Some("EX02")),
            ("/c", "/c/2026-03-12T073000_EX02/D/ExchangeLogs/Imap4/a.LOG", Some("EX02")),
            ("/c", "/c/EX02/2026-03-12T073000/C/Program Files/Microsoft/Exchange Server/V15/Logging/Pop3/a.LOG", Some("EX02")),
            ("/c/uploads", "/c/uploads/auto/C%3A/Program Files/Microsoft/Exchange Server/V15/Logging/Imap4/a.LOG", None),
            // Servers may be called so.
            ("/c", "/c/auto/Logging/Imap4/a.LOG", Some("auto")),
            ("/c", "/c/uploads/C$/Logging/Imap4/a.LOG", Some("uploads")),
            ("/c", "/c/Collection-EX01/Logging/Imap4/a.LOG", Some("Collection-EX01")),
            ("/c", "/c/50%25/Logging/Imap4/a.LOG", Some("50%25")),
        ] {
            let input = Input {
                shown: Arc::from(path),
                path: path.into(),
                root: root.into(),
                holder: None,
                source: Source::Disk,
                unpacking: Unpacking::default(),
                range: None,
            };
            assert_eq!(from_path(&input).as_deref(), expected, "{path} below {root}");
        }
    }
}
