//! By what a log is known again when it was renamed, packed, or reached by another path: by how its text begins, and, where
//! something was read of it before, by how that ended. Names, lengths and times on the disk are none of it: on NTFS they are
//! stale for files that another process holds open.

use std::fs::Metadata;
use std::io::{self, Read};
use std::path::Path;
use std::time::UNIX_EPOCH;

use memchr::memchr_iter;

use crate::input::discover::Input;
use crate::input::encoding::Encoding;
use crate::input::packed::Packing;
use crate::input::segments;
use crate::input::source::Source;

/// So many bytes of text at the beginning make a log known again.
pub const HEAD: usize = 1024;

/// So many bytes before a place tell whether what was read is still there.
pub const TAIL: u64 = 512;

/// The beginning of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beginning {
    /// Up to [`HEAD`] bytes of text, after unpacking and decoding.
    pub head: Vec<u8>,
    /// The length in bytes on the disk, or in the archive before packing.
    pub length: u64,
    /// When it was written last, in milliseconds since 1970 UTC, as far as the system says. Of a file inside of an archive the
    /// checksum, which says more: an archive is written anew as a whole.
    pub modified: Option<i64>,
    /// Whether a byte of text is a byte on the disk.
    pub is_plain: bool,
}

impl Beginning {
    /// Reads the beginning of a file.
    ///
    /// # Errors
    /// What the system says; pipes have none.
    pub fn of(input: &Input) -> io::Result<Self> {
        let (bytes, length) = input.open()?;
        let length = length.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "it is no file"))?;
        let first = beginning(bytes)?;
        let packing = Packing::of(&first);
        let raw = if packing == Packing::Plain { first } else { beginning(input.unpack(packing)?)? };
        let encoding = Encoding::of(&raw);
        let mut head = encoding.to_utf8(&raw).into_owned();
        head.truncate(HEAD);
        Ok(Self {
            head,
            length,
            modified: modified(input),
            is_plain: input.source == Source::Disk && packing == Packing::Plain && encoding == Encoding::Utf8,
        })
    }
}

/// What the disk says of a file without a look into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// The length in bytes.
    pub length: u64,
    /// When it was written last, in milliseconds since 1970 UTC.
    pub modified: Option<i64>,
}

impl Stamp {
    /// Asks the disk; `None` if it does not say, or if there is no file. Windows opens the file for that, so that the length is that
    /// of now.
    pub fn of(path: &Path) -> Option<Self> {
        let metadata = path.metadata().ok()?;
        Some(Self { length: metadata.len(), modified: written(&metadata) })
    }
}

/// The bytes of a plain file before a place, [`TAIL`] at the most. Fewer where the file has become shorter.
///
/// # Errors
/// What the system says.
pub fn tail(input: &Input, offset: u64) -> io::Result<Vec<u8>> {
    segments::bytes(&input.file()?, &(offset.saturating_sub(TAIL)..offset))
}

/// Where the last whole line of the first `length` bytes of a plain file ends, and how many lines end there.
///
/// # Errors
/// What the system says.
pub fn whole_lines(input: &Input, length: u64) -> io::Result<(u64, u64)> {
    let file = input.file()?;
    let end = segments::whole_lines(&file, &(0..length))?;
    let (mut lines, mut buffer) = (0, Vec::new());
    let mut stream = segments::resume(file, 0, false, end, Vec::new());
    while let Some(block) = stream.next_block(&mut buffer)? {
        lines += memchr_iter(b'\n', block.text).count() as u64;
    }
    Ok((end, lines))
}

fn modified(input: &Input) -> Option<i64> {
    match &input.source {
        Source::Disk => written(&input.path.metadata().ok()?),
        Source::Entry(entry) => Some(entry.checksum().into()),
    }
}

fn written(metadata: &Metadata) -> Option<i64> {
    i64::try_from(metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
}

/// Twice as much as is asked for: UTF-16 has two bytes for most characters. What comes before damage counts.
fn beginning(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match source.take(2 * HEAD as u64).read_to_end(&mut bytes) {
        Err(error) if bytes.is_empty() => Err(error),
        _ => Ok(bytes),
    }
}
