//! Paths as they come from a shell: for all commands, one rule.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Command, ValueHint};

/// Has all paths that the commands take read by [`path`].
pub(super) fn checked(command: Command) -> Command {
    let is_path = |hint| matches!(hint, ValueHint::AnyPath | ValueHint::FilePath | ValueHint::DirPath);
    let command = command.mut_subcommands(checked);
    command.mut_args(|arg| match is_path(arg.get_value_hint()) {
        true => arg.value_parser(OsStringValueParser::new().try_map(|text| path(text, cfg!(windows)))),
        false => arg,
    })
}

/// A path, which on Windows cannot hold a quotation mark. Where one stands, a shell was given `"C:\logs\"`: the backslash makes the
/// mark a part of the text, and all that follows, up to the next mark, too. At the end of the line nothing is lost by that.
fn path(text: OsString, is_windows: bool) -> Result<PathBuf, String> {
    if text.is_empty() || (is_windows && text == "\"\"") {
        return Err("nothing stands there: give a path".to_owned());
    }
    let shown = text.to_string_lossy();
    match shown.split_once('"') {
        // Explorer's "Copy as path" has the marks around it, and a variable keeps them.
        Some(("", marked)) if is_windows && marked.find('"') == Some(marked.len() - 1) => {
            Ok(PathBuf::from(marked.trim_end_matches('"')))
        }
        Some((before, "")) if is_windows => Ok(PathBuf::from(format!("{before}\\"))),
        Some((before, _)) if is_windows => {
            // `C:` alone is the folder that was last used on that drive.
            let right = if before.ends_with(':') {
                format!("leave the quotation marks away: {before}\\")
            } else {
                format!("leave that backslash away: \"{before}\"")
            };
            Err(format!(
                "no path holds a quotation mark: the backslash before it made the shell take what follows for a part of the path\n  {right}"
            ))
        }
        _ => Ok(PathBuf::from(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotation_mark_that_a_backslash_kept_is_told_or_mended() {
        let read = |text: &str, is_windows| path(text.into(), is_windows);
        assert_eq!(read(r#"C:\my logs""#, true).unwrap(), PathBuf::from(r"C:\my logs\"));
        assert!(read("", false).unwrap_err().contains("nothing stands there"));
        let error = read(r#"C:\my logs" --format json"#, true).unwrap_err();
        assert!(error.contains(r#"away: "C:\my logs""#), "{error}");
        let error = read(r#"C:" --format json"#, true).unwrap_err();
        assert!(error.ends_with(r"away: C:\"), "{error}");
        assert_eq!(read(r#""C:\my logs""#, true).unwrap(), PathBuf::from(r"C:\my logs"));
        assert!(read(r#""""#, true).is_err());
        for text in [r"C:\my logs\", r"\\ex01\c$", "-", r"C:logs"] {
            assert_eq!(read(text, true).unwrap(), PathBuf::from(text));
        }
        assert_eq!(read("a\"b", false).unwrap(), PathBuf::from("a\"b"));
    }
}
