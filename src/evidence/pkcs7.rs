//! The certificates that a PKCS#7 (`.p7b`, `certs-only` SignedData) holds, read by hand: just enough DER to walk to them.
//!
//! Nothing of the signature is looked at. Lengths that are left open (BER) are followed too, as Windows once wrote them.

/// The OID of SignedData, 1.2.840.113549.1.7.2, as DER.
const SIGNED_DATA: [u8; 11] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];

/// The most certificates.
const MOST: usize = 1000;

/// The DER of each certificate, in order; `None` if the bytes are no SignedData with certificates.
pub(crate) fn certificates(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let content_info = inside(bytes, 0x30)?;
    let signed_data = content_info.strip_prefix(SIGNED_DATA.as_slice())?;
    let mut rest = inside(inside(signed_data, 0xa0)?, 0x30)?;
    while let Some(element) = Element::first(rest) {
        if element.tag == 0xa0 {
            return Some(children(element.inside));
        }
        rest = element.rest;
    }
    None
}

/// Certificates are SEQUENCEs; the other forms that the set may hold have tags of their own.
fn children(mut rest: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    while let Some(element) = Element::first(rest).filter(|_| found.len() < MOST) {
        if element.tag == 0x30 {
            found.push(element.whole);
        }
        rest = element.rest;
    }
    found
}

fn inside(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    Element::first(bytes).filter(|element| element.tag == tag).map(|element| element.inside)
}

struct Element<'a> {
    tag: u8,
    inside: &'a [u8],
    whole: &'a [u8],
    rest: &'a [u8],
}

impl<'a> Element<'a> {
    fn first(bytes: &'a [u8]) -> Option<Self> {
        let (&tag, after) = bytes.split_first()?;
        let (&first, after) = after.split_first()?;
        let (length, after) = match first {
            0..0x80 => (usize::from(first), after),
            // An open length ends somewhere behind; what is looked for comes first, so all that follows is taken.
            0x80 => (after.len(), after),
            0x81..=0x84 => {
                let (digits, after) = after.split_at_checked(usize::from(first & 0x7f))?;
                (digits.iter().fold(0usize, |sum, digit| sum << 8 | usize::from(*digit)), after)
            }
            _ => return None,
        };
        let (inside, rest) = after.split_at_checked(length)?;
        let whole = bytes.get(..bytes.len() - rest.len())?;
        Some(Self { tag, inside, whole, rest })
    }
}
