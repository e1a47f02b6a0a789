//! `--paths-from`: only the files of a list, for who cuts folders into parts.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::text_file::{contents, text_of};
use crate::error::{Error, ErrorKind, Result};
use crate::input::byte_range::ByteRange;
use crate::input::listed::Listed;
use crate::protocol_log::sniff::without_bom;
use crate::text::TerminalText;

/// Which of the files below the paths are read.
#[derive(Debug, Args)]
pub(super) struct Listing {
    /// Read only the files that this list names, one a line or each ended by a NUL; PATH says to which folder they belong
    ///
    /// Each is shown, and its server named, as if it had been found below PATH. There may be no log among them: such a summary
    /// is a part. Parts of one folder, put together by 'exlog merge --parts', are the whole.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["manifest", "around"])]
    paths_from: Option<PathBuf>,

    /// Each name in the list is followed by a tab and by which of its bytes are read: FROM-TO/LENGTH, or nothing for all of it
    ///
    /// For big files, of which others read the rest: TO is not included, LENGTH is how many bytes are read by all together, and ranges
    /// may be cut anywhere. What cannot be cut, because it is packed or no log, is read whole by the range that begins at 0.
    /// Such a log counts once 'exlog merge' has all its ranges.
    #[arg(long, requires = "paths_from")]
    ranges: bool,

    /// The listed files are copies in this folder, at their own place: hdfs://nn/logs/a.LOG in DIR/hdfs/nn/logs/a.LOG
    #[arg(long, value_name = "DIR", requires = "paths_from")]
    fetched: Option<PathBuf>,
}

impl Listing {
    /// The list, if there is one.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] if it cannot be read, or names what is below none of the paths.
    pub(super) fn listed(&self, paths: &[PathBuf]) -> Result<Option<Listed>> {
        let Some(file) = &self.paths_from else { return Ok(None) };
        let list = contents(file).map_err(|why| unreadable(file, &why))?;
        // What editors and shells of Windows put before a text is no part of a name, and names may be no text at all.
        let list = if list.starts_with(&[0xff, 0xfe]) { text_of(&list).map_or(list, String::into_bytes) } else { list };
        let names = names(without_bom(&list)).into_iter().map(|name| {
            let (name, range) = if self.ranges { with_range(name).map_err(|why| unreadable(file, &why))? } else { (name, None) };
            Ok((path(name).ok_or_else(|| unreadable(file, "it is not UTF-8"))?, range))
        });
        Listed::new(names.collect::<Result<_>>()?, paths, self.fetched.clone()).map(Some)
    }
}

fn unreadable(file: &Path, why: &str) -> Error {
    Error::new(ErrorKind::Usage, format!("the list {} could not be read: {why}", file.display()))
        .hint("--paths-from takes a file with one path a line")
}

/// The names in a list. Where one ends with a NUL all do, since a name may hold a line end.
fn names(list: &[u8]) -> Vec<&[u8]> {
    let end = if list.contains(&0) { 0 } else { b'\n' };
    let names = list.split(|byte| *byte == end);
    let names = names.map(|name| if end == b'\n' { name.strip_suffix(b"\r").unwrap_or(name) } else { name });
    names.filter(|name| !name.is_empty()).collect()
}

/// A name and the range behind it.
fn with_range(entry: &[u8]) -> std::result::Result<(&[u8], Option<ByteRange>), String> {
    let tab = memchr::memrchr(b'\t', entry).and_then(|tab| Some((entry.get(..tab)?, entry.get(tab + 1..)?)));
    let (name, range) = tab.ok_or_else(|| format!("no tab behind {}", shown(entry)))?;
    match (range, std::str::from_utf8(range).ok().and_then(ByteRange::parse)) {
        ([], _) => Ok((name, None)),
        (_, Some(range)) => Ok((name, Some(range))),
        _ => Err(format!("{} is no range FROM-TO/LENGTH", shown(range))),
    }
}

fn shown(text: &[u8]) -> String {
    format!("'{}'", TerminalText::new(&String::from_utf8_lossy(text)))
}

#[cfg(unix)]
fn path(name: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    Some(std::ffi::OsStr::from_bytes(name).into())
}

#[cfg(not(unix))]
fn path(name: &[u8]) -> Option<PathBuf> {
    std::str::from_utf8(name).ok().map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_end_with_a_line_or_with_a_nul() {
        let read =
            |list: &str| names(list.as_bytes()).iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect::<Vec<_>>();
        assert_eq!(read("a b\r\nc\n\nd"), ["a b", "c", "d"]);
        assert_eq!(read("a\nb\0c\r\0"), ["a\nb", "c\r"]);
        assert!(read("").is_empty());
    }
}
