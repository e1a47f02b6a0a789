//! The files of an archive whose directory is lost, because it was cut or its end is damaged: found one after the other by what stands
//! before each of them.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use crate::input::archive::bytes::{Bytes, Window};
use crate::input::archive::directory::{Listed, encrypted, not_read};
use crate::input::archive::entry::{Entry, LOCAL_HEADER, Method};

/// The bit that says an entry is encrypted.
const ENCRYPTED: u16 = 1;

/// The bit that says lengths and checksum stand behind an entry, because they were not known before it was written.
const LENGTHS_BEHIND: u16 = 8;

/// The bit that says a name is UTF-8.
const UTF_8: u16 = 1 << 11;

/// What stands before an entry.
struct Header {
    flags: u16,
    method: u16,
    checksum: u32,
    packed: u64,
    size: u64,
    name: String,
    /// Where its bytes begin.
    data: u64,
}

/// The files from the front up to where nothing more can be made out. `most` bytes are unpacked to find where they end.
pub(super) fn files(archive: &Bytes, most: u64) -> io::Result<Vec<Listed>> {
    let (mut files, mut at, mut left) = (Vec::new(), 0, most);
    let mut source = BufReader::new(archive.open(0..u64::MAX)?);
    while let Some(mut header) = read_header(&mut source, at)? {
        let mut end = header.data.saturating_add(header.packed);
        if header.flags & LENGTHS_BEHIND != 0 && header.packed == 0 {
            let Some(measured) = measure(archive, &header, left)? else { break };
            left = left.saturating_sub(measured.size);
            (header.packed, header.size, header.checksum) = (measured.packed, measured.size, measured.checksum);
            end = behind_lengths(&mut source, header.data.saturating_add(header.packed))?;
        }
        files.push(listed(archive, at, header));
        at = end;
    }
    Ok(files)
}

fn listed(archive: &Bytes, at: u64, header: Header) -> Listed {
    let Header { flags, method, checksum, packed, size, name, data: _ } = header;
    let method = if flags & ENCRYPTED != 0 { Err(encrypted()) } else { Method::of(method).map_err(|words| not_read(&words)) };
    let entry = method.map(|method| Entry { archive: archive.clone(), header: Some(at), method, packed, size, checksum });
    Listed { name, entry }
}

/// What stands at a place, if it is the header of an entry and whole.
fn read_header(source: &mut BufReader<Window>, at: u64) -> io::Result<Option<Header>> {
    source.seek(SeekFrom::Start(at))?;
    let mut header = [0; LOCAL_HEADER];
    if !fill(source, &mut header)? {
        return Ok(None);
    }
    let [b'P', b'K', 3, 4, _, _, f0, f1, m0, m1, _, _, _, _, c0, c1, c2, c3, p0, p1, p2, p3, s0, s1, s2, s3, n0, n1, e0, e1] =
        header
    else {
        return Ok(None);
    };
    let (mut name, mut extra) =
        (vec![0; u16::from_le_bytes([n0, n1]).into()], vec![0; usize::from(u16::from_le_bytes([e0, e1]))]);
    if !fill(source, &mut name)? || !fill(source, &mut extra)? {
        return Ok(None);
    }
    let flags = u16::from_le_bytes([f0, f1]);
    let (packed, size) = (u32::from_le_bytes([p0, p1, p2, p3]), u32::from_le_bytes([s0, s1, s2, s3]));
    let (size, packed) = long_lengths(&extra, size, packed);
    Ok(Some(Header {
        flags,
        method: u16::from_le_bytes([m0, m1]),
        checksum: u32::from_le_bytes([c0, c1, c2, c3]),
        packed,
        size,
        data: at.saturating_add((LOCAL_HEADER + name.len() + extra.len()) as u64),
        // Of other names only ASCII is sure, and that is what folders of logs are called.
        name: if flags & UTF_8 != 0 { String::from_utf8_lossy(&name).into_owned() } else { ascii(&name) },
    }))
}

fn ascii(name: &[u8]) -> String {
    name.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { char::REPLACEMENT_CHARACTER }).collect()
}

/// Size and packed length; where they are too long for their fields they stand in the extra field of Zip64.
fn long_lengths(extra: &[u8], size: u32, packed: u32) -> (u64, u64) {
    let mut rest = extra;
    while let [id0, id1, l0, l1, after @ ..] = rest {
        let length = usize::from(u16::from_le_bytes([*l0, *l1]));
        let field = after.get(..length).unwrap_or(after);
        if u16::from_le_bytes([*id0, *id1]) == 1 {
            let mut numbers = field.chunks_exact(8).filter_map(|bytes| bytes.try_into().ok()).map(u64::from_le_bytes);
            let mut long = |short: u32| if short == u32::MAX { numbers.next() } else { None }.unwrap_or(short.into());
            return (long(size), long(packed));
        }
        rest = after.get(length..).unwrap_or_default();
    }
    (size.into(), packed.into())
}

/// What is found out about an entry by unpacking it.
struct Measured {
    packed: u64,
    size: u64,
    checksum: u32,
}

/// Unpacks an entry to see where it ends; `None` if its bytes do not say. One that breaks off is as long as what is there, and more:
/// who reads it must notice.
fn measure(archive: &Bytes, header: &Header, most: u64) -> io::Result<Option<Measured>> {
    if header.flags & ENCRYPTED != 0 || !matches!(Method::of(header.method), Ok(Method::Deflate)) {
        return Ok(None);
    }
    let mut decoder = DeflateDecoder::new(BufReader::new(archive.open(header.data..u64::MAX)?));
    let (mut crc, mut buffer) = (Crc::new(), vec![0; 64 << 10]);
    let mut size = 0;
    loop {
        match decoder.read(&mut buffer) {
            Ok(0) => return Ok(Some(Measured { packed: decoder.total_in(), size, checksum: crc.sum() })),
            Ok(count) if size <= most => {
                crc.update(buffer.get(..count).unwrap_or_default());
                size += count as u64;
            }
            Ok(_) => return Ok(None),
            Err(_) => return Ok(Some(Measured { packed: u64::MAX, size: size + 1, checksum: 0 })),
        }
    }
}

/// Where the next header is behind the lengths that stand behind an entry: with or without a signature, short or long.
fn behind_lengths(source: &mut BufReader<Window>, end: u64) -> io::Result<u64> {
    source.seek(SeekFrom::Start(end))?;
    let mut bytes = Vec::new();
    source.by_ref().take(28).read_to_end(&mut bytes)?;
    let place = [16, 12, 24, 20].into_iter().find(|at| bytes.get(*at..).is_some_and(|rest| rest.starts_with(b"PK")));
    Ok(end.saturating_add(place.unwrap_or(bytes.len()) as u64))
}

/// Fills a buffer; `false` where the source ends before.
fn fill(source: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match source.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}
