//! What tells the bytes of a file from all others: how many they are, and their SHA-256.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::UNIX_EPOCH;

use ring::digest::{Context, SHA256};

/// How many bytes are read at once.
const STEP: usize = 1 << 20;

/// What a file is like on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Print {
    /// How many bytes were read.
    pub size: u64,
    /// When it was written last, in milliseconds since 1970 UTC, as far as the system says.
    pub modified: Option<i64>,
    /// The SHA-256 of the bytes, in hexadecimal digits.
    pub sha256: String,
}

/// Reads a whole file.
///
/// # Errors
/// What the system says; what is no file has no print.
pub fn of(path: &Path) -> io::Result<Print> {
    // Asked before it is opened: a pipe that was read to its end would never open again.
    if !path.metadata()?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut file = File::open(path)?;
    let metadata = file.metadata()?;
    let (mut context, mut buffer, mut size) = (Context::new(&SHA256), vec![0; STEP], 0);
    loop {
        let count = match file.read(&mut buffer) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if count == 0 {
            break;
        }
        context.update(buffer.get(..count).unwrap_or_default());
        size += count as u64;
    }
    let since = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let sha256 = context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Print { size, modified: since.and_then(|since| i64::try_from(since.as_millis()).ok()), sha256 })
}
