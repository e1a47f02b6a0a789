//! Which server a log belongs to, as far as its path tells.
//!
//! In this order: the UNC host; the folder above `Program Files` or above `Logging`; the folder above `Imap4`/`Pop3` where it lies below
//! the given path. Where the path says nothing, the addresses in the lines do (`summary`). The rule looks at one file
//! alone, so that any partition of the files gives the same names.

use std::path::Path;

use crate::input::discover::Input;

/// The server's name, if the path tells it.
pub fn from_path(input: &Input) -> Option<String> {
    if input.is_standard_input() {
        return None;
    }
    unc_host(&input.path.to_string_lossy())
        .or_else(|| std::path::absolute(&input.path).ok().and_then(|path| above_known_folder(&folders(&path))))
        .or_else(|| above_protocol_folder(input))
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

/// The names of the folders that hold the file, from the root down.
fn folders(path: &Path) -> Vec<String> {
    let parts = path.parent().unwrap_or(path).to_string_lossy().into_owned();
    parts.split(['\\', '/']).filter(|part| !part.is_empty() && *part != ".").map(str::to_owned).collect()
}

/// The folder above `Program Files`, else above `Logging`; folders that only stand for a drive or the product are passed over.
fn above_known_folder(folders: &[String]) -> Option<String> {
    let place = |name: &str| folders.iter().rposition(|folder| folder.eq_ignore_ascii_case(name));
    let at = place("Program Files").or_else(|| place("Logging"))?;
    folders.get(..at)?.iter().rev().find(|folder| !is_drive(folder) && !is_product(folder)).cloned()
}

fn is_drive(folder: &str) -> bool {
    let bytes = folder.as_bytes();
    bytes.first().is_some_and(u8::is_ascii_alphabetic) && matches!(bytes.get(1..), Some(b"" | b"$" | b":"))
}

fn is_product(folder: &str) -> bool {
    ["V14", "V15", "Exchange Server", "Exchange", "Microsoft", "Program Files"]
        .iter()
        .any(|name| folder.eq_ignore_ascii_case(name))
}

fn above_protocol_folder(input: &Input) -> Option<String> {
    let below = folders(input.path.strip_prefix(&input.root).ok()?);
    let at = below.iter().rposition(|folder| folder.eq_ignore_ascii_case("Imap4") || folder.eq_ignore_ascii_case("Pop3"))?;
    below.get(at.checked_sub(1)?).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
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
            ("/copies", "/copies/EX04/Imap4/a.LOG", Some("EX04")),
            ("/copies/EX04", "/copies/EX04/Imap4/a.LOG", None),
            ("/copies/EX04/Imap4", "/copies/EX04/Imap4/a.LOG", None),
            ("/copies", "/copies/a.LOG", None),
            ("-", "-", None),
        ] {
            let input = Input { shown: Arc::from(path), path: path.into(), root: root.into() };
            assert_eq!(from_path(&input).as_deref(), expected, "{path} below {root}");
        }
    }
}
