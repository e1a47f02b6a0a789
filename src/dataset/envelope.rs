//! The outside of a summary file: what it is, which version made it, and whether it is whole.
//!
//! ```text
//! magic (8) · SHA-256 of all that follows (32) · length of all that follows (8) · format (2) · version of exlog (1 + n) ·
//! length of the content (8) · the content, deflated
//! ```
//! Numbers are little-endian. All but the content keeps its form in every format to come, so that an old exlog can say of a
//! new file that it is new, and not that it is damaged.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use ring::digest::{SHA256, digest};

/// The first bytes of every summary file. A copy that was taken for text has other line ends in them.
pub const MAGIC: [u8; 8] = *b"exlog\x1a\r\n";

/// The format of the content that this exlog writes, and the only one that it reads.
pub const FORMAT: u16 = 5;

/// No content is larger: summaries grow with groups and minutes, and hostile lengths are refused.
const LARGEST: u64 = 4 << 30;

const CHECKSUM: usize = 32;

/// Why a file cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It does not begin as summary files do.
    Foreign,
    /// Its end is missing.
    CutShort,
    /// Its bytes are not those that were written.
    Damaged,
    /// Its format is another one; with the version of exlog that made it.
    OtherFormat {
        /// The format is a later one than this exlog's.
        is_newer: bool,
        /// The exlog that made it.
        version: String,
    },
    /// It is whole, and yet what it holds makes no sense.
    Senseless,
}

/// Packs a content.
pub fn pack(content: &[u8], version: &str) -> Vec<u8> {
    let version = version.as_bytes().get(..255).unwrap_or(version.as_bytes());
    let mut rest = FORMAT.to_le_bytes().to_vec();
    rest.push(version.len() as u8);
    rest.extend(version);
    rest.extend((content.len() as u64).to_le_bytes());
    let mut packer = DeflateEncoder::new(rest, Compression::new(6));
    // Writing to a list of bytes cannot fail.
    let rest = packer.write_all(content).and_then(|()| packer.finish()).unwrap_or_default();
    let mut checked = (rest.len() as u64).to_le_bytes().to_vec();
    checked.extend(rest);
    let mut file = MAGIC.to_vec();
    file.extend(digest(&SHA256, &checked).as_ref());
    file.extend(checked);
    file
}

/// Whether a file says that it is a summary.
pub fn is_summary(beginning: &[u8]) -> bool {
    beginning.starts_with(&MAGIC)
}

/// Unpacks the content of a file.
///
/// # Errors
/// Why it cannot be.
pub fn unpack(file: &[u8]) -> Result<Vec<u8>, Refusal> {
    let Some(rest) = file.strip_prefix(&MAGIC) else {
        let is_beginning = !file.is_empty() && MAGIC.starts_with(file);
        return Err(if is_beginning { Refusal::CutShort } else { Refusal::Foreign });
    };
    let (checksum, checked) = rest.split_at_checked(CHECKSUM).ok_or(Refusal::CutShort)?;
    let (length, rest) = checked.split_first_chunk().ok_or(Refusal::CutShort)?;
    if u64::from_le_bytes(*length) > rest.len() as u64 {
        return Err(Refusal::CutShort);
    }
    if digest(&SHA256, checked).as_ref() != checksum {
        return Err(Refusal::Damaged);
    }
    let (format, rest) = rest.split_first_chunk().ok_or(Refusal::Damaged)?;
    let (version_length, rest) = rest.split_first().ok_or(Refusal::Damaged)?;
    let (version, rest) = rest.split_at_checked(usize::from(*version_length)).ok_or(Refusal::Damaged)?;
    let format = u16::from_le_bytes(*format);
    if format != FORMAT {
        let version = String::from_utf8_lossy(version).into_owned();
        return Err(Refusal::OtherFormat { is_newer: format > FORMAT, version });
    }
    let (length, packed) = rest.split_first_chunk().ok_or(Refusal::Damaged)?;
    let length = u64::from_le_bytes(*length);
    if length > LARGEST {
        return Err(Refusal::Senseless);
    }
    // Room is made as the content comes, never by what a file says of itself.
    let mut content = Vec::new();
    DeflateDecoder::new(packed).take(length + 1).read_to_end(&mut content).map_err(|_| Refusal::Senseless)?;
    if content.len() as u64 != length { Err(Refusal::Senseless) } else { Ok(content) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_newer_format_is_told_from_damage() {
        let mut file = pack(b"content", "9.9.9");
        assert_eq!(unpack(&file).as_deref(), Ok(&b"content"[..]));
        let format = MAGIC.len() + CHECKSUM + 8;
        file[format] += 1;
        assert_eq!(unpack(&file), Err(Refusal::Damaged));
        let checksum = digest(&SHA256, &file[MAGIC.len() + CHECKSUM..]);
        file[MAGIC.len()..MAGIC.len() + CHECKSUM].copy_from_slice(checksum.as_ref());
        assert_eq!(unpack(&file), Err(Refusal::OtherFormat { is_newer: true, version: "9.9.9".to_owned() }));
    }

    #[test]
    fn a_content_that_is_not_as_long_as_is_said_is_refused() {
        for said in [0, 6, 8, u64::MAX] {
            let mut file = pack(b"content", "1");
            let at = MAGIC.len() + CHECKSUM + 8 + 2 + 1 + 1;
            file[at..at + 8].copy_from_slice(&said.to_le_bytes());
            let checksum = digest(&SHA256, &file[MAGIC.len() + CHECKSUM..]);
            file[MAGIC.len()..MAGIC.len() + CHECKSUM].copy_from_slice(checksum.as_ref());
            assert_eq!(unpack(&file), Err(Refusal::Senseless), "{said}");
        }
    }

    proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_was_packed_comes_back_and_nothing_else_does(content in prop::collection::vec(any::<u8>(), 0..500), at in any::<prop::sample::Index>(), bit in 0u8..8) {
            let file = pack(&content, "1.2.3");
            prop_assert_eq!(unpack(&file), Ok(content));
            let at = at.index(file.len());
            prop_assert!(unpack(&file[..at]).is_err());
            let mut flipped = file.clone();
            flipped[at] ^= 1 << bit;
            prop_assert!(unpack(&flipped).is_err());
            let mut longer = file;
            longer.push(0);
            prop_assert_eq!(unpack(&longer), Err(Refusal::Damaged));
        }
    }
}
