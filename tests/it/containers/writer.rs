//! Writes zip archives byte by byte, as strangers may: with any names, in any order, whole or not. Shares no code with exlog.

use std::io::Write;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// How a file is put into an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    Stored,
    Deflate,
    /// Blocks that are stored, which is the same in deflate64 as in deflate.
    Deflate64,
    /// Marked as encrypted; what stands there nobody can read.
    Encrypted,
    /// Packed with a method that exlog does not read.
    Lzma,
}

/// An archive that is being written.
#[derive(Default)]
pub(crate) struct Zip {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    count: u16,
    is_long: bool,
    is_streamed: bool,
}

impl Zip {
    /// An archive with all lengths and places as Zip64 writes them.
    pub(crate) fn long() -> Self {
        Self { is_long: true, ..Self::default() }
    }

    /// An archive written to a pipe: lengths stand behind the files.
    pub(crate) fn streamed() -> Self {
        Self { is_streamed: true, ..Self::default() }
    }

    pub(crate) fn with(self, name: &str, content: &[u8], how: How) -> Self {
        let size = content.len() as u64;
        self.claiming(name, content, how, size)
    }

    /// The same with another size than it has.
    pub(crate) fn claiming(mut self, name: &str, content: &[u8], how: How, size: u64) -> Self {
        let (method, packed) = match how {
            How::Stored | How::Encrypted => (0_u16, content.to_vec()),
            How::Deflate => (8, deflated(content, Compression::fast())),
            How::Deflate64 => (9, deflated(content, Compression::none())),
            How::Lzma => (14, content.to_vec()),
        };
        let mut crc = Crc::new();
        crc.update(content);
        let flags = (1 << 11) | u16::from(how == How::Encrypted) | if self.is_streamed { 8 } else { 0 };
        let at = self.bytes.len() as u64;
        let lengths = [packed.len() as u64, size];
        let known = if self.is_streamed { (0, [0, 0]) } else { (crc.sum(), lengths) };
        self.bytes.extend(b"PK\x03\x04");
        self.bytes.extend(45_u16.to_le_bytes());
        self.bytes.extend(self.fields(flags, method, known.0, known.1, name, None));
        self.bytes.extend(&packed);
        if self.is_streamed {
            self.bytes.extend(b"PK\x07\x08");
            self.bytes.extend(crc.sum().to_le_bytes());
            lengths.iter().for_each(|length| self.bytes.extend(u32::try_from(*length).unwrap().to_le_bytes()));
        }
        self.directory.extend(b"PK\x01\x02");
        self.directory.extend([45, 0, 45, 0]);
        let central = self.fields(flags, method, crc.sum(), lengths, name, Some(at));
        self.directory.extend(central);
        self.count += 1;
        self
    }

    /// What local headers and those of the directory have in common: from the flags to the extra field.
    fn fields(&self, flags: u16, method: u16, crc: u32, [packed, size]: [u64; 2], name: &str, at: Option<u64>) -> Vec<u8> {
        let short = |number: u64| if self.is_long { u32::MAX } else { u32::try_from(number).unwrap() };
        let mut extra = Vec::new();
        if self.is_long {
            let numbers: Vec<u64> = [size, packed].into_iter().chain(at).collect();
            extra.extend(1_u16.to_le_bytes());
            extra.extend(u16::try_from(numbers.len() * 8).unwrap().to_le_bytes());
            numbers.iter().for_each(|number| extra.extend(number.to_le_bytes()));
        }
        let mut fields = Vec::new();
        fields.extend(flags.to_le_bytes());
        fields.extend(method.to_le_bytes());
        fields.extend([0, 0, 0x6c, 0x5c]);
        fields.extend(crc.to_le_bytes());
        fields.extend(short(packed).to_le_bytes());
        fields.extend(short(size).to_le_bytes());
        fields.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        fields.extend(u16::try_from(extra.len()).unwrap().to_le_bytes());
        if let Some(at) = at {
            fields.extend([0; 10]);
            fields.extend(short(at).to_le_bytes());
        }
        fields.extend(name.as_bytes());
        fields.extend(extra);
        fields
    }

    /// The archive without its directory, as a cut copy has none.
    pub(crate) fn without_directory(self) -> Vec<u8> {
        self.bytes
    }

    /// The whole archive.
    pub(crate) fn finish(self) -> Vec<u8> {
        let Self { mut bytes, directory, count, is_long, is_streamed: _ } = self;
        let (at, length) = (bytes.len() as u64, directory.len() as u64);
        bytes.extend(&directory);
        if is_long {
            let end = bytes.len() as u64;
            bytes.extend(b"PK\x06\x06");
            bytes.extend(44_u64.to_le_bytes());
            bytes.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            [u64::from(count), u64::from(count), length, at].iter().for_each(|number| bytes.extend(number.to_le_bytes()));
            bytes.extend(b"PK\x06\x07\0\0\0\0");
            bytes.extend(end.to_le_bytes());
            bytes.extend(1_u32.to_le_bytes());
        }
        let short = |number: u64| if is_long { u32::MAX } else { u32::try_from(number).unwrap() };
        let count = if is_long { u16::MAX } else { count };
        bytes.extend(b"PK\x05\x06\0\0\0\0");
        bytes.extend(count.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend(short(length).to_le_bytes());
        bytes.extend(short(at).to_le_bytes());
        bytes.extend([0, 0]);
        bytes
    }
}

fn deflated(content: &[u8], level: Compression) -> Vec<u8> {
    let mut packer = DeflateEncoder::new(Vec::new(), level);
    packer.write_all(content).unwrap();
    packer.finish().unwrap()
}
