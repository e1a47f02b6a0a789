//! Quoted-printable: what the source of a mail looks like.
//!
//! There a line ends in `=` where it goes on, a blank before the end is `=20`, and each `=` of the text is `=3D`. Contexts are full of
//! `=` themselves, and a line may be broken behind one.

use crate::protocol_log::context::is_known_key;

/// Which signs of it a text shows.
#[derive(Debug, Clone, Copy)]
pub(super) struct QuotedPrintable {
    /// Every `=` is one of its own.
    is_whole: bool,
    /// Some line ends in an `=` that no context has there.
    is_soft: bool,
    /// Several lines end in `=20` where no context has it.
    has_blanks: bool,
}

/// Keys in answers behind which a line may be broken, as behind those of contexts.
const KEYS_OF_ANSWERS: [&str; 3] = ["Error", "AUTH", "Proxy"];

impl QuotedPrintable {
    /// Looks for its signs.
    pub(super) fn of(text: &str) -> Self {
        let mut equals = text.lines().flat_map(|line| line.trim_end().split('=').skip(1));
        let is_own = |behind: &str| behind.is_empty() || pair(behind).is_some();
        let mut soft = text.lines().filter_map(|line| line.trim_end().strip_suffix('='));
        let blanks = text.lines().filter_map(|line| line.trim_end().strip_suffix("=20")).filter(|before| !ends_in_key(before));
        Self {
            // Digits alone may be a count.
            is_whole: equals.clone().any(|behind| pair(behind).is_some_and(|byte| byte & 0x0f > 9 || byte > 0x9f))
                && equals.all(is_own),
            is_soft: soft.any(|kept| !ends_in_key(kept)),
            has_blanks: blanks.count() > 1,
        }
    }

    /// A line as it was, and whether it goes on in the next one.
    pub(super) fn undone(self, line: &str) -> (String, bool) {
        let (kept, is_soft) = match line.trim_end().strip_suffix('=') {
            Some(kept) if self.is_whole || self.is_soft => (kept, true),
            _ => (line, false),
        };
        if self.is_whole {
            return (decoded(kept), is_soft);
        }
        // Of what somebody has undone in part: `Rows=20` is no blank.
        match kept.trim_end().strip_suffix("=20") {
            Some(before) if self.has_blanks && !ends_in_key(before) => (format!("{before} "), false),
            _ => (kept.to_owned(), is_soft),
        }
    }
}

fn ends_in_key(text: &str) -> bool {
    let word = text.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    is_known_key(word.as_bytes()) || KEYS_OF_ANSWERS.contains(&word)
}

/// The byte that two hexadecimal digits are.
fn pair(text: &str) -> Option<u8> {
    let digits =
        text.get(..2).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte)))?;
    u8::from_str_radix(digits, 16).ok()
}

fn decoded(line: &str) -> String {
    let mut bytes = Vec::with_capacity(line.len());
    let mut parts = line.split('=');
    bytes.extend_from_slice(parts.next().unwrap_or_default().as_bytes());
    for part in parts {
        match pair(part) {
            Some(byte) => {
                bytes.push(byte);
                bytes.extend_from_slice(part.get(2..).unwrap_or_default().as_bytes());
            }
            None => {
                bytes.push(b'=');
                bytes.extend_from_slice(part.as_bytes());
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_undone_where_it_is_and_nowhere_else() {
        for (text, expected) in [
            ("a=3Db,R=3Dok", &[("a=b,R=ok", false)][..]),
            ("R=3D\"z NO LOGIN=20\nfailed.\"", &[("R=\"z NO LOGIN ", false), ("failed.\"", false)]),
            ("GR=C3=BC=C3=9F=\ne", &[("GRüß", true), ("e", false)]),
            ("Ope=\nnSession,,", &[("Ope", true), ("nSession,,", false)]),
            // A context that is broken behind a key, and one that ends in a number.
            ("login,a,R=\nok", &[("login,a,R=", false), ("ok", false)]),
            ("R=ok;Rows=20", &[("R=ok;Rows=20", false)]),
            ("R=ok;Msg=\"a b=20\nc d=20\ne\"", &[("R=ok;Msg=\"a b ", false), ("c d ", false), ("e\"", false)]),
            ("R=ok;Unse\nen=20", &[("R=ok;Unse", false), ("en=20", false)]),
            ("R=ok;Msg=a=\nb;ErrMsg=c=\nd", &[("R=ok;Msg=a", true), ("b;ErrMsg=c", true), ("d", false)]),
        ] {
            let printable = QuotedPrintable::of(text);
            let undone: Vec<(String, bool)> = text.lines().map(|line| printable.undone(line)).collect();
            let expected: Vec<(String, bool)> = expected.iter().map(|(line, is_soft)| ((*line).to_owned(), *is_soft)).collect();
            assert_eq!(undone, expected, "{text}");
        }
    }
}
