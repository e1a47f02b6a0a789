//! Paths for a task, which runs without a session: mapped drives, and those of `subst`, are there for the session that made them alone.

use std::fs;

/// What begins a path that is longer than programs of old can take, and one of those on a share.
const LONG: &str = r"\\?\";
const LONG_SHARE: &str = r"\\?\UNC\";

/// An argument in which a drive that only this session has is the share or folder that stands behind it; `--store=Z:\x` too.
pub(super) fn lasting(argument: &str) -> String {
    if !cfg!(windows) {
        return argument.to_owned();
    }
    behind(argument, |drive| fs::canonicalize(drive).ok()?.into_os_string().into_string().ok())
}

/// The same, where `real` is what the system says of the root of a drive.
fn behind(argument: &str, real: impl Fn(&str) -> Option<String>) -> String {
    let (option, path) = match argument.split_once('=') {
        Some((option, path)) if option.starts_with("--") => (argument.get(..=option.len()).unwrap_or_default(), path),
        _ => ("", argument),
    };
    let mut letters = path.chars();
    let is_on_drive =
        matches!((letters.next(), letters.next(), letters.next()), (Some('a'..='z' | 'A'..='Z'), Some(':'), Some('\\' | '/')));
    let Some((root, rest)) = path.split_at_checked(3).filter(|_| is_on_drive) else { return argument.to_owned() };
    let root = root.replace('/', r"\");
    let Some(real) = real(&root) else { return argument.to_owned() };
    let plain = match (real.strip_prefix(LONG_SHARE), real.strip_prefix(LONG)) {
        (Some(share), _) => format!(r"\\{share}"),
        (None, Some(path)) => path.to_owned(),
        (None, None) => real,
    };
    if plain.eq_ignore_ascii_case(&root) {
        return argument.to_owned();
    }
    format!(r"{option}{}\{rest}", plain.trim_end_matches('\\'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drive_of_the_session_is_what_stands_behind_it() {
        let real = |drive: &str| match drive {
            r"C:\" | r"c:\" => Some(r"\\?\C:\".to_owned()),
            r"Z:\" => Some(r"\\?\UNC\ex01\c$".to_owned()),
            r"S:\" => Some(r"\\?\C:\made by subst".to_owned()),
            _ => None,
        };
        for (argument, expected) in [
            (r"C:\logs\x", r"C:\logs\x"),
            (r"c:\logs", r"c:\logs"),
            (r"Z:\Logging", r"\\ex01\c$\Logging"),
            ("Z:/Logging/Imap4", r"\\ex01\c$\Logging/Imap4"),
            (r"Z:\", r"\\ex01\c$\"),
            (r"--store=Z:\exlog\store.db", r"--store=\\ex01\c$\exlog\store.db"),
            (r"S:\x", r"C:\made by subst\x"),
            (r"Q:\x", r"Q:\x"),
            ("Z:", "Z:"),
            (r"Z:x", r"Z:x"),
            ("--user=a=b", "--user=a=b"),
            ("02:00", "02:00"),
            ("ü:\\x", "ü:\\x"),
            ("", ""),
        ] {
            assert_eq!(behind(argument, real), expected);
        }
    }
}
