//! What an archive says it holds: its directory, which stands at its end.

use std::io;

use zip::ZipArchive;
use zip::read::ZipFileEntry;
use zip::result::ZipError;

use crate::input::archive::bytes::Bytes;
use crate::input::archive::entry::{Entry, Method};

/// A file as an archive lists it.
pub(super) struct Listed {
    /// As it is written there.
    pub(super) name: String,
    /// Where it is; in words why it cannot be read.
    pub(super) entry: Result<Entry, String>,
}

/// The files of an archive as its directory has them.
pub(super) struct Directory {
    /// Of several with one name only the last, as everybody who unpacks it gets it.
    pub(super) files: Vec<Listed>,
    /// Whether there are several with one name.
    pub(super) has_twins: bool,
}

/// Reads the directory of an archive; `None` if it has none, or it is damaged.
pub(super) fn read(archive: &Bytes) -> io::Result<Option<Directory>> {
    let source = io::BufReader::new(archive.open(0..u64::MAX)?);
    let zip = match ZipArchive::new(source) {
        Ok(zip) => zip.metadata(),
        Err(ZipError::Io(error)) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(error),
        Err(_) => return Ok(None),
    };
    let files = (0..zip.len()).filter_map(|at| zip.entry(at).ok()).map(|entry| listed(archive, &entry)).collect();
    Ok(Some(Directory { files, has_twins: zip.has_duplicate_names() }))
}

fn listed(archive: &Bytes, entry: &ZipFileEntry<'_>) -> Listed {
    let name = entry.name().map_or_else(|_| String::from_utf8_lossy(entry.name_raw()).into_owned(), |name| name.into_owned());
    let method = if entry.encrypted() { Err(encrypted()) } else { Method::of(number(entry)).map_err(|words| not_read(&words)) };
    Listed {
        name,
        entry: method.map(|method| Entry {
            archive: archive.clone(),
            header: Some(entry.header_start()),
            method,
            packed: entry.compressed_size(),
            size: entry.size(),
            checksum: entry.crc32(),
        }),
    }
}

#[expect(deprecated, reason = "the number tells what an entry is packed with that is not read")]
fn number(entry: &ZipFileEntry<'_>) -> u16 {
    entry.compression().to_u16()
}

/// Why an entry with a password is not read, and what can be done.
pub(super) fn encrypted() -> String {
    "encrypted in its archive: unpack it with its password first".to_owned()
}

/// Why an entry that is packed in some other way is not read, and what can be done.
pub(super) fn not_read(words: &str) -> String {
    format!("packed with {words} in its archive, which exlog does not read: unpack it first")
}
