//! In which encoding a file is written: UTF-8, or the UTF-16 that PowerShell makes of copies.

/// How the characters of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark; single bytes that are none are kept as they are.
    Utf8,
    /// UTF-16, the low byte first.
    Utf16Le,
    /// UTF-16, the high byte first.
    Utf16Be,
}

impl Encoding {
    /// Tells the encoding by the first bytes of a file: by its byte order mark, else by where the zero bytes stand.
    pub fn of(beginning: &[u8]) -> Self {
        match beginning {
            [0xff, 0xfe, ..] => Self::Utf16Le,
            [0xfe, 0xff, ..] => Self::Utf16Be,
            _ => Self::by_zero_bytes(beginning.get(..512).unwrap_or(beginning)),
        }
    }

    fn by_zero_bytes(sample: &[u8]) -> Self {
        let pairs = sample.len() / 2;
        let zeros = |offset: usize| sample.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
        let (even, odd) = (zeros(0), zeros(1));
        match pairs {
            0..4 => Self::Utf8,
            _ if odd * 4 > pairs * 3 && even * 4 < pairs => Self::Utf16Le,
            _ if even * 4 > pairs * 3 && odd * 4 < pairs => Self::Utf16Be,
            _ => Self::Utf8,
        }
    }

    /// The decoder for the encodings that need one.
    pub fn decoder(self) -> Option<encoding_rs::Decoder> {
        match self {
            Self::Utf8 => None,
            Self::Utf16Le => Some(encoding_rs::UTF_16LE.new_decoder_without_bom_handling()),
            Self::Utf16Be => Some(encoding_rs::UTF_16BE.new_decoder_without_bom_handling()),
        }
    }

    /// The beginning of a file as UTF-8.
    pub fn to_utf8(self, beginning: &[u8]) -> std::borrow::Cow<'_, [u8]> {
        let Some(mut decoder) = self.decoder() else { return beginning.into() };
        let mut text = String::with_capacity(decoder.max_utf8_buffer_length(beginning.len()).unwrap_or_default());
        let _ = decoder.decode_to_string(beginning, &mut text, false);
        text.into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_by_mark_or_by_zeros() {
        let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        let line = "#Software: Microsoft Exchange Server\r\n";
        for (bytes, expected) in [
            (utf16(&format!("\u{feff}{line}"), u16::to_le_bytes), Encoding::Utf16Le),
            (utf16(&format!("\u{feff}{line}"), u16::to_be_bytes), Encoding::Utf16Be),
            (utf16(line, u16::to_le_bytes), Encoding::Utf16Le),
            (utf16(line, u16::to_be_bytes), Encoding::Utf16Be),
            (line.as_bytes().to_vec(), Encoding::Utf8),
            (vec![0; 512], Encoding::Utf8),
            (vec![], Encoding::Utf8),
        ] {
            assert_eq!(Encoding::of(&bytes), expected);
            if expected != Encoding::Utf8 {
                assert!(String::from_utf8_lossy(&expected.to_utf8(&bytes)).ends_with(line));
            }
        }
    }
}
