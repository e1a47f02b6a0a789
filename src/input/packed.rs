//! Files that are packed as a whole, gzip and Zstandard, and how much may come out of anything that is packed.
//!
//! Nothing is unpacked to the disk or as a whole into memory. What a bomb can cost is time, and that is bounded.

use std::io::{self, BufRead, BufReader, Read};

use flate2::read::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use crate::text::thousands;

/// How many bytes are asked for at once.
const STEP: usize = 256 << 10;

/// So much may always come out, whatever the ratio: lines that are all alike pack very well.
const FREE: u64 = 1 << 30;

/// So many bytes may come out of each packed one. Logs have 10 to 50; what deflate can do at the most is 1032.
const MOST_RATIO: u64 = 250;

/// So much may come out at the most.
const MOST: u64 = 100_000_000_000;

/// How a file is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// Not at all.
    Plain,
    /// gzip, of any number of members.
    Gzip,
    /// Zstandard, of any number of frames.
    Zstd,
}

impl Packing {
    /// Tells it by the first bytes of a file.
    pub fn of(beginning: &[u8]) -> Self {
        match beginning {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            _ => Self::Plain,
        }
    }

    /// What a source holds, once it is unpacked; `most` bytes may come out.
    pub fn unpack(self, source: Box<dyn Read + Send>, most: u64) -> Box<dyn Read + Send> {
        match self {
            Self::Plain => source,
            Self::Gzip => bounded(MultiGzDecoder::new(BufReader::with_capacity(STEP, source)), most),
            Self::Zstd => bounded(Frames::of(BufReader::with_capacity(STEP, source)), most),
        }
    }
}

/// How much may come out of one archive or one packed file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Unpacking {
    /// So many bytes, if the user said so. Else what is no trap by its ratio, up to 100 GB.
    pub most: Option<u64>,
}

impl Unpacking {
    /// How many bytes may come out of so many packed ones; of a pipe nobody knows how many there are.
    pub fn of(self, packed: Option<u64>) -> u64 {
        let by_ratio = packed.map_or(MOST, |packed| FREE.saturating_add(packed.saturating_mul(MOST_RATIO)));
        self.most.unwrap_or(by_ratio.min(MOST))
    }
}

/// Why something is not unpacked (further), and what can be done.
pub fn too_much(most: u64) -> String {
    format!(
        "more than {} bytes would come out of it: if that is no trap, raise --max-unpacked or unpack it first",
        thousands(most)
    )
}

fn bounded(source: impl Read + Send + 'static, most: u64) -> Box<dyn Read + Send> {
    Box::new(Bounded { source, left: most, most })
}

/// A source that may not give more than so many bytes.
struct Bounded<R> {
    source: R,
    left: u64,
    most: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        if let Some(room) = buffer.get_mut(..room).filter(|room| !room.is_empty()) {
            let count = self.source.read(room)?;
            self.left = self.left.saturating_sub(count as u64);
            return Ok(count);
        }
        match self.source.read(&mut [0])? {
            0 => Ok(0),
            _ => Err(io::Error::other(too_much(self.most))),
        }
    }
}

/// The content of a Zstandard file, frame after frame.
struct Frames<R> {
    source: R,
    decoder: FrameDecoder,
    is_inside: bool,
}

impl<R> Frames<R> {
    fn of(source: R) -> Self {
        Self { source, decoder: FrameDecoder::new(), is_inside: false }
    }
}

impl<R: BufRead> Frames<R> {
    /// Bytes of the frame that is being read; none at its end, if its checksum holds.
    fn inside(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
            self.decoder.decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBlocks(1)).map_err(|_| damaged())?;
        }
        let count = self.decoder.read(buffer)?;
        let stated = self.decoder.get_checksum_from_data();
        if count == 0 && stated.is_some() && stated != self.decoder.get_calculated_checksum() {
            return Err(damaged());
        }
        Ok(count)
    }

    /// Goes on to the next frame, if there is one; frames that hold no content are passed over.
    fn begin(&mut self) -> io::Result<bool> {
        while !self.source.fill_buf()?.is_empty() {
            match self.decoder.init(&mut self.source) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    io::copy(&mut self.source.by_ref().take(length.into()), &mut io::sink())?;
                }
                Err(_) => return Err(damaged()),
            }
        }
        Ok(false)
    }
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !buffer.is_empty() {
            if self.is_inside {
                match self.inside(buffer)? {
                    0 => self.is_inside = false,
                    count => return Ok(count),
                }
            } else if self.begin()? {
                self.is_inside = true;
            } else {
                break;
            }
        }
        Ok(0)
    }
}

fn damaged() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    /// Two frames, `exlog ` with a checksum and `reads`, and one between them that holds no content; as the zstd program writes them.
    const FRAMES: &[u8] = &[
        0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58, 0x31, 0x00, 0x00, 0x65, 0x78, 0x6c, 0x6f, 0x67, 0x20, 0x99, 0x74, 0x1d, 0x16, 0x50,
        0x2a, 0x4d, 0x18, 0x03, 0x00, 0x00, 0x00, 0x01, 0x02, 0x03, 0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58, 0x29, 0x00, 0x00, 0x72,
        0x65, 0x61, 0x64, 0x73, 0x55, 0xc8, 0x6a, 0xc6,
    ];

    fn unpacked(packing: Packing, bytes: &[u8], most: u64) -> (Vec<u8>, io::Result<usize>) {
        let mut content = Vec::new();
        let end = packing.unpack(Box::new(Cursor::new(bytes.to_vec())), most).read_to_end(&mut content);
        (content, end)
    }

    #[test]
    fn all_frames_of_a_zstandard_file_are_read() {
        assert_eq!(Packing::of(FRAMES), Packing::Zstd);
        let (content, end) = unpacked(Packing::Zstd, FRAMES, 100);
        assert_eq!((content.as_slice(), end.unwrap()), (&b"exlog reads"[..], 11));
    }

    #[test]
    fn damage_in_a_zstandard_file_is_noticed() {
        let cut = FRAMES.get(..FRAMES.len() - 1).unwrap();
        assert_eq!(unpacked(Packing::Zstd, cut, 100).1.unwrap_err().kind(), io::ErrorKind::InvalidData);
        let mut changed = FRAMES.to_vec();
        changed[9] ^= 1;
        assert!(unpacked(Packing::Zstd, &changed, 100).1.is_err());
    }

    #[test]
    fn no_more_comes_out_than_may() {
        use io::Write;
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(&[b'x'; 1000]).unwrap();
        let bomb = packer.finish().unwrap();
        let (content, end) = unpacked(Packing::Gzip, &bomb, 999);
        assert_eq!(content.len(), 999);
        assert!(end.unwrap_err().to_string().contains("--max-unpacked"));
        assert_eq!(unpacked(Packing::Gzip, &bomb, 1000).1.unwrap(), 1000);
        assert_eq!(Unpacking { most: Some(10) }.of(Some(1)), 10);
        assert_eq!(Unpacking::default().of(Some(1)), FREE + MOST_RATIO);
        assert_eq!(Unpacking::default().of(None), MOST);
    }
}
