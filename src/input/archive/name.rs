//! The names of entries: written by strangers, shown as places inside of the archive and nowhere else.

use std::path::PathBuf;

/// The place of an entry below its archive: folders and the name, parted by `/`; `None` for a folder.
///
/// Backslashes part folders too, because tools on Windows wrote them. What would lead out of the archive is left away: the
/// root, `.` and `..`; a drive becomes a folder (`C:` is `C$`, as in a share).
pub(super) fn place(name: &str) -> Option<String> {
    if name.ends_with(['/', '\\']) {
        return None;
    }
    let parts: Vec<String> = name.split(['/', '\\']).filter_map(part).collect();
    (!parts.is_empty()).then(|| parts.join("/"))
}

fn part(part: &str) -> Option<String> {
    match part {
        "" | "." | ".." => None,
        // A colon means a drive or a stream of a file to Windows.
        _ => Some(
            match part.strip_suffix(':') {
                Some(drive) => format!("{drive}$"),
                None => part.to_owned(),
            }
            .replace(['\0', ':'], "_"),
        ),
    }
}

/// Where it would lie if the archive were unpacked into this folder.
pub(super) fn below(folder: &std::path::Path, place: &str) -> PathBuf {
    let mut path = folder.to_owned();
    path.extend(place.split('/'));
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_the_archive() {
        for (name, expected) in [
            ("EX01/Logging/Imap4/a.LOG", Some("EX01/Logging/Imap4/a.LOG")),
            (r"EX01\Logging\Imap4\a.LOG", Some("EX01/Logging/Imap4/a.LOG")),
            ("../../etc/passwd", Some("etc/passwd")),
            (r"..\..\Windows\a.LOG", Some("Windows/a.LOG")),
            ("/etc/passwd", Some("etc/passwd")),
            (r"\\ex01\c$\a.LOG", Some("ex01/c$/a.LOG")),
            (r"C:\Logging\Imap4\a.LOG", Some("C$/Logging/Imap4/a.LOG")),
            (r"C:a.LOG", Some("C_a.LOG")),
            ("./a//b/./c", Some("a/b/c")),
            ("folder/", None),
            (r"folder\", None),
            ("..", None),
            ("", None),
        ] {
            assert_eq!(place(name).as_deref(), expected, "{name}");
        }
    }
}
