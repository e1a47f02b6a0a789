//! The page's content security policy: only its own style and its own script run, and nothing is fetched.

use ring::digest::{SHA256, digest};

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The hash by which a policy lets an inline style or script pass: `sha256-…`, of exactly the bytes between its tags.
pub(super) fn hash(text: &str) -> String {
    let mut out = "sha256-".to_owned();
    for bytes in digest(&SHA256, text.as_bytes()).as_ref().chunks(3) {
        let bits = (0..3).fold(0_usize, |bits, place| bits << 8 | usize::from(bytes.get(place).copied().unwrap_or_default()));
        for place in 0..4 {
            let letter = BASE64.get(bits >> (18 - 6 * place) & 63).filter(|_| place <= bytes.len());
            out.push(letter.map_or('=', |letter| char::from(*letter)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_one_browsers_compute() {
        assert_eq!(hash(""), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        assert_eq!(hash("abc"), "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
    }
}
