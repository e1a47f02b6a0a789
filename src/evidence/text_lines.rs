//! Bytes of a file → text, and the line on which a place of the text stands.

use std::borrow::Cow;

use crate::input::encoding::Encoding;

/// The text of a file in whatever encoding consoles and editors write: UTF-8, UTF-16, or else Windows-1252.
pub(crate) fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    let encoding = Encoding::of(bytes);
    let utf8 = match encoding {
        Encoding::Utf8 => Cow::Borrowed(bytes),
        Encoding::Utf16Le | Encoding::Utf16Be => encoding.to_utf8(bytes),
    };
    match utf8 {
        Cow::Borrowed(bytes) => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            match std::str::from_utf8(bytes) {
                Ok(text) => Cow::Borrowed(text),
                // The first part of a file can end in the middle of a character.
                Err(error) if error.error_len().is_none() => String::from_utf8_lossy(bytes),
                Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
            }
        }
        Cow::Owned(bytes) => {
            let text = String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
            Cow::Owned(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
        }
    }
}

/// Line numbers for places in a text that only go forward.
pub(crate) struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0, line: 1 }
    }

    /// The line of a place, counted in bytes.
    pub(crate) fn at(&mut self, place: usize) -> u64 {
        let passed = self.text.as_bytes().get(self.at..place).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', passed).count() as u64;
        self.at = self.at.max(place);
        self.line
    }
}
