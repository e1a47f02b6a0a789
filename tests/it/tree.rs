//! Small trees of logs in temporary folders, and the few words in which tests write log lines.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use tempfile::TempDir;

/// The header of an Exchange 2013 log: 12 columns.
pub(crate) const TWELVE: &str =
    "#Fields: dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context";

/// The header of an Exchange 2019 log: one more column, which is empty on premises.
pub(crate) const THIRTEEN: &str =
    "#Fields: dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context,puid";

/// The bare column row that some files begin with.
pub(crate) const BARE_ROW: &str = "dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context";

/// The name of a front-end log of 12 March 2026.
pub(crate) const FRONT: &str = "EX01/Logging/Imap4/IMAP420260312-1.LOG";

/// The name of the back-end log beside it.
pub(crate) const BACK: &str = "EX01/Logging/Imap4/IMAP4BE20260312-1.LOG";

/// A temporary folder with files in it.
pub(crate) struct Tree {
    folder: TempDir,
}

impl Tree {
    /// A folder whose path has blanks in it.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::Builder::new().prefix("exlog test ").tempdir().unwrap() }
    }

    /// A folder with one file.
    pub(crate) fn of(name: &str, content: impl AsRef<[u8]>) -> Self {
        Self::new().with(name, content)
    }

    /// The same folder with one more file.
    pub(crate) fn with(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.at(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// Where the folder is.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where a file in it is.
    pub(crate) fn at(&self, name: &str) -> PathBuf {
        name.split('/').fold(self.folder.path().to_owned(), |path, part| path.join(part))
    }
}

/// The top folder of the repository.
pub(crate) fn repository() -> &'static Path {
    static TOP: LazyLock<PathBuf> = LazyLock::new(|| {
        // As this system writes it, even where another one has built the tests.
        env!("CARGO_MANIFEST_DIR").replace('/', std::path::MAIN_SEPARATOR_STR).into()
    });
    &TOP
}

/// The sample logs that come with the program.
pub(crate) fn samples() -> PathBuf {
    repository().join("sample-logs")
}

/// Lines with Exchange's line ends.
pub(crate) fn log(lines: &[&str]) -> String {
    lines.iter().flat_map(|line| [line, "\r\n"]).collect()
}

/// A log of these lines, below the usual header.
pub(crate) fn log_of(lines: impl IntoIterator<Item = String>) -> String {
    let lines: Vec<String> = lines.into_iter().collect();
    log(&std::iter::once(TWELVE).chain(lines.iter().map(String::as_str)).collect::<Vec<_>>())
}

/// Bytes as gzip packs them.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// Text as UTF-16 with the low byte first, without a mark.
pub(crate) fn utf16(bytes: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(bytes).encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A line of a login on 12 March 2026 with 12 columns: at what time, by whom, and with which context.
pub(crate) fn login(time: &str, user: &str, context: &str) -> String {
    let context = quoted(context);
    format!("2026-03-12T{time}Z,00000000000000A1,2,10.0.0.11:993,203.0.113.5:50001,{user},20,30,40,login,{user} *****,{context}")
}

/// A column as CSV: quoted where it must be.
pub(crate) fn quoted(column: &str) -> String {
    if column.contains([',', '"']) { format!("\"{}\"", column.replace('"', "\"\"")) } else { column.to_owned() }
}

/// All files below a folder, sorted.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}
