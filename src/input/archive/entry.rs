//! A file inside of an archive, read as a stream.
//!
//! An entry opens the archive by itself, so that any number of threads read one archive. What an archive says of an entry is
//! not believed: no more comes out than was stated, and length and checksum are held against it in the end.

use std::io::{self, BufReader, Read};

use deflate64::Deflate64Decoder;
use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use crate::input::archive::bytes::Bytes;

/// How many packed bytes are asked for at once.
const STEP: usize = 64 << 10;

/// The length of what stands before an entry, without its name and its extra fields.
pub(super) const LOCAL_HEADER: usize = 30;

/// How an entry is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// Not at all.
    Stored,
    /// As in gzip.
    Deflate,
    /// What Windows Explorer uses beyond 2 GB.
    Deflate64,
}

impl Method {
    /// The method by its number; in words what it is, if it is none that is read.
    pub(super) fn of(number: u16) -> Result<Self, String> {
        Err(match number {
            0 => return Ok(Self::Stored),
            8 => return Ok(Self::Deflate),
            9 => return Ok(Self::Deflate64),
            12 => "bzip2".to_owned(),
            14 => "LZMA".to_owned(),
            93 => "Zstandard".to_owned(),
            95 => "XZ".to_owned(),
            98 => "PPMd".to_owned(),
            number => format!("method {number}"),
        })
    }
}

/// A file inside of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub(super) archive: Bytes,
    /// Where its local header stands; `None` if its bytes begin with its content.
    pub(super) header: Option<u64>,
    pub(super) method: Method,
    /// The length in the archive.
    pub(super) packed: u64,
    pub(super) size: u64,
    /// The CRC-32 of its content.
    pub(super) checksum: u32,
}

impl Entry {
    /// The length of its content in bytes, as the archive states it.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The CRC-32 of its content, as the archive states it.
    pub fn checksum(&self) -> u32 {
        self.checksum
    }

    /// Its content from the beginning.
    ///
    /// # Errors
    /// What the system says, and if no entry begins where the archive says. Damage further on comes while reading.
    pub fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        let start = self.data()?;
        let packed = BufReader::with_capacity(STEP, self.archive.open(start..start.saturating_add(self.packed))?);
        Ok(match self.method {
            Method::Stored => self.checked(packed),
            Method::Deflate => self.checked(DeflateDecoder::new(packed)),
            Method::Deflate64 => self.checked(Deflate64Decoder::with_buffer(packed)),
        })
    }

    /// Where its bytes begin.
    pub(super) fn data(&self) -> io::Result<u64> {
        let Some(at) = self.header else { return Ok(0) };
        let mut header = [0; LOCAL_HEADER];
        self.archive.open(at..at.saturating_add(LOCAL_HEADER as u64))?.read_exact(&mut header)?;
        let [b'P', b'K', 3, 4, .., name, name_high, extra, extra_high] = header else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        let lengths = u64::from(u16::from_le_bytes([name, name_high])) + u64::from(u16::from_le_bytes([extra, extra_high]));
        Ok(at.saturating_add(LOCAL_HEADER as u64 + lengths))
    }

    fn checked(&self, source: impl Read + Send + 'static) -> Box<dyn Read + Send> {
        Box::new(Checked { source, left: self.size, checksum: self.checksum, crc: Crc::new() })
    }
}

/// Content that is held against what was stated of it.
struct Checked<R> {
    source: R,
    /// So many bytes are still to come.
    left: u64,
    checksum: u32,
    crc: Crc,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let room = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        if let Some(room) = buffer.get_mut(..room).filter(|room| !room.is_empty()) {
            let count = self.source.read(room)?;
            self.crc.update(room.get(..count).unwrap_or_default());
            self.left = self.left.saturating_sub(count as u64);
            return if count > 0 { Ok(count) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        }
        if self.source.read(&mut [0])? > 0 {
            return Err(io::Error::other("there is more in it than its archive says: the rest is not read"));
        }
        if self.crc.sum() != self.checksum {
            return Err(io::Error::other("its checksum is not the one that its archive states: it is damaged"));
        }
        Ok(0)
    }
}
