//! Small text files that users give: keys, secrets, lists, settings, manifests.

use std::fs;
use std::path::Path;

use crate::error::plain_words;

/// All of a file.
///
/// # Errors
/// Why it cannot be read, in words. Windows calls it a missing right if it is a folder.
pub(super) fn contents(file: &Path) -> Result<Vec<u8>, String> {
    fs::read(file).map_err(|error| if file.is_dir() { "it is a folder".to_owned() } else { plain_words(&error) })
}

/// UTF-8, with or without a mark, or what Windows PowerShell makes of `>`: UTF-16 with a mark. `None` if it is no text.
pub(super) fn text_of(bytes: &[u8]) -> Option<String> {
    match bytes {
        [0xff, 0xfe, wide @ ..] => {
            let units = wide.chunks(2).map(|pair| pair.iter().rev().fold(0, |unit, byte| unit << 8 | u16::from(*byte)));
            String::from_utf16(&units.collect::<Vec<u16>>()).ok()
        }
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8(rest.to_vec()).ok(),
        bytes => String::from_utf8(bytes.to_vec()).ok(),
    }
}
