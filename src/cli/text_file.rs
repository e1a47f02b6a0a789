//! Small text files that users write: keys, secrets, lists.

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
