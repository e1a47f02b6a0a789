//! 7z archives: unpacked once, front to back, into a temporary file that nobody else sees and that ends with the run.
//!
//! Their files are packed together: each could only be read by unpacking all that stand before it, every time somebody opens it.
//! What comes out is then listed like the files of a zip archive that packs nothing.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use flate2::Crc;
use sevenz_rust2::{Archive, ArchiveEntry, Block, BlockDecoder, EncoderMethod, Error, Password};

use crate::error::plain_words;
use crate::input::archive::bytes::{Bytes, Spool};
use crate::input::archive::directory::{Listed, encrypted, not_read};
use crate::input::archive::entry::{Entry, Method};
use crate::input::packed::too_much;

/// Unpacking needs as much memory as the packer looked back, which the archive states; where it is more, nothing is unpacked.
const MOST_MEMORY: u64 = 256 << 20;

/// So many bytes has an archive that holds nothing: its beginning alone.
const EMPTY: u64 = 32;

/// So many bytes are read at once.
const STEP: usize = 256 << 10;

/// What goes on when the file that everything is unpacked into makes trouble.
const TEMPORARY: &str = "it cannot be unpacked into the temporary folder";

/// Whether a file that begins so is a 7z archive.
pub fn is_seven_zip(beginning: &[u8]) -> bool {
    beginning.starts_with(&[b'7', b'z', 0xbc, 0xaf])
}

/// The files of an archive, of which no more than `most` bytes come out.
pub(super) fn files(archive: &Bytes, most: u64) -> io::Result<Vec<Listed>> {
    // The bytes are hostile and the crate is large: should it panic, that archive alone is not read.
    catch_unwind(AssertUnwindSafe(|| unpack(archive, most))).unwrap_or_else(|_| Err(io::ErrorKind::InvalidData.into()))
}

fn unpack(bytes: &Bytes, most: u64) -> io::Result<Vec<Listed>> {
    let mut source = BufReader::with_capacity(STEP, bytes.open(0..u64::MAX)?);
    if bytes.length() == EMPTY {
        return Ok(Vec::new());
    }
    let nobody = Password::empty();
    let told = |error| io::Error::other(in_words(error));
    let archive = Archive::read(&mut source, &nobody).map_err(told)?;
    let file = tempfile::tempfile().map_err(temporary).map_err(told)?;
    let mut unpacked = Unpacked { file, buffer: vec![0; STEP], length: 0, files: Vec::new() };
    for (number, block) in archive.blocks.iter().enumerate() {
        let decoder = BlockDecoder::new(1, number, &archive, &nobody, &mut source);
        let entries = decoder.entries().iter().filter(|entry| has_content(entry));
        let entries: Vec<(String, u64)> = entries.map(|entry| (entry.name.clone(), entry.size)).collect();
        let (before, size) = (unpacked.files.len(), entries.iter().fold(0, |sum: u64, (_, size)| sum.saturating_add(*size)));
        let reason = if size > most.saturating_sub(unpacked.length) {
            too_much(most)
        } else if memory_of(block) > MOST_MEMORY {
            "it takes too much memory to unpack it here: unpack it first".to_owned()
        } else {
            let end = decoder.for_each_entries(&mut |entry, content| unpacked.take(entry, content));
            end.map_or_else(in_words, |_| damaged())
        };
        // Behind damage nothing of a block can be unpacked.
        let others = entries.into_iter().skip(unpacked.files.len() - before);
        unpacked.files.extend(others.map(|(name, _)| (name, Err(reason.clone()))));
    }
    let empty = archive.files.iter().filter(|entry| !(has_content(entry) || entry.is_directory || entry.is_anti_item));
    unpacked.files.extend(empty.map(|entry| (entry.name.clone(), Ok(Stretch::default()))));
    let spool = Spool::of(unpacked.file);
    let listed = |(name, stretch): (String, Result<Stretch, String>)| Listed { name, entry: stretch.map(|of| of.entry(&spool)) };
    Ok(unpacked.files.into_iter().map(listed).collect())
}

/// What came out of an archive.
struct Unpacked {
    file: File,
    buffer: Vec<u8>,
    length: u64,
    /// The files with content, block after block: where they are, or in words why not.
    files: Vec<(String, Result<Stretch, String>)>,
}

/// Where a file lies in what was unpacked.
#[derive(Default)]
struct Stretch {
    start: u64,
    length: u64,
    /// What the archive states.
    size: u64,
    checksum: u32,
}

impl Unpacked {
    /// Takes in the next file. Of a damaged one, what came before the damage; then it is the last of its block.
    fn take(&mut self, entry: &ArchiveEntry, content: &mut dyn Read) -> Result<bool, Error> {
        if !has_content(entry) {
            return Ok(true);
        }
        let (start, mut crc) = (self.length, Crc::new());
        let end = loop {
            match content.read(&mut self.buffer) {
                Ok(0) => break Ok(true),
                Ok(count) => {
                    let piece = self.buffer.get(..count).unwrap_or_default();
                    crc.update(piece);
                    self.file.write_all(piece).map_err(temporary)?;
                    self.length += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Err(error.into()),
            }
        };
        let checksum = if entry.has_crc { entry.crc as u32 } else { crc.sum() };
        let stretch = Stretch { start, length: self.length - start, size: entry.size, checksum };
        self.files.push((entry.name.clone(), Ok(stretch)));
        end
    }
}

impl Stretch {
    fn entry(self, spool: &Spool) -> Entry {
        let Self { start, length, size, checksum } = self;
        let archive = Bytes::Spool { spool: spool.clone(), stretch: start..start + length };
        Entry { archive, header: None, method: Method::Stored, packed: length, size, checksum }
    }
}

fn has_content(entry: &ArchiveEntry) -> bool {
    entry.has_stream && entry.size > 0 && !entry.is_directory && !entry.is_anti_item
}

/// How far back a block looks, in bytes, as its packers state it.
fn memory_of(block: &Block) -> u64 {
    let of_coder = |id: &[u8], properties: &[u8]| match (id, properties) {
        (EncoderMethod::ID_LZMA, [_, a, b, c, d, ..]) => u64::from(u32::from_le_bytes([*a, *b, *c, *d])),
        // A power of two, or one and a half of it.
        (EncoderMethod::ID_LZMA2, [size, ..]) => (2 | u64::from(size & 1)) << (u32::from(size & 63) / 2 + 11),
        _ => 0,
    };
    block.coders.iter().map(|coder| of_coder(coder.encoder_method_id(), coder.properties())).sum()
}

fn in_words(error: Error) -> String {
    match error {
        Error::Io(error, what) if what == TEMPORARY => format!("{TEMPORARY}: {}", plain_words(&error)),
        // What unpacks has words of its own for damage.
        Error::Io(error, _) if error.raw_os_error().is_some() || error.kind() == io::ErrorKind::UnexpectedEof => {
            plain_words(&error)
        }
        Error::PasswordRequired | Error::MaybeBadPassword(_) => encrypted(),
        Error::UnsupportedCompressionMethod(method) if method.starts_with("AES") => encrypted(),
        Error::UnsupportedCompressionMethod(method) => not_read(&method),
        _ => damaged(),
    }
}

fn damaged() -> String {
    plain_words(&io::ErrorKind::InvalidData.into())
}

/// Trouble with the temporary file, which is not the archive's.
fn temporary(error: io::Error) -> Error {
    Error::Io(error, TEMPORARY.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_not_taken_for_damage_of_the_archive() {
        let full = in_words(temporary(io::ErrorKind::StorageFull.into()));
        assert!(full.starts_with(TEMPORARY) && !full.contains("damaged"), "{full}");
        assert_eq!(in_words(Error::Io(io::Error::other("dist overflow"), "".into())), damaged());
    }
}
