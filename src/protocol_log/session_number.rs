//! Session numbers: hexadecimal digits, of which Exchange writes sixteen.

/// So many beginnings of numbers are remembered: sessions that are open side by side have few.
const RECENT: usize = 128;

/// Reads session numbers that come again and again: a session has many lines, and its number differs from its neighbours' in nothing but
/// the last digit.
#[derive(Debug, Clone)]
pub struct SessionNumbers {
    recent: [Recent; RECENT],
}

/// Fifteen digits that were read, as they stand in the line.
#[derive(Debug, Clone, Copy)]
struct Recent {
    first: u64,
    /// The others; its highest byte is empty.
    others: u64,
    /// The number, if the last digit is a zero.
    number: u64,
}

impl Default for SessionNumbers {
    fn default() -> Self {
        // These are no digits, and not as they could stand in a line.
        Self { recent: [Recent { first: 0, others: u64::MAX, number: 0 }; RECENT] }
    }
}

impl SessionNumbers {
    /// Reads a number of sixteen digits; `None` if they are not all digits.
    #[inline(always)]
    pub fn read(&mut self, digits: &[u8; 16]) -> Option<u64> {
        let word = u128::from_le_bytes(*digits);
        let (first, others, last) = (word as u64, (word >> 64) as u64 & (u64::MAX >> 8), (word >> 120) as u8);
        let slot = others.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - RECENT.ilog2());
        let recent = self.recent.get_mut(slot as usize)?;
        if recent.first == first && recent.others == others {
            return value(last).map(|last| recent.number | last);
        }
        let number = hexadecimal(digits)?;
        *recent = Recent { first, others, number: number & !0xf };
        Some(number)
    }
}

/// Reads up to sixteen digits.
#[inline(never)]
pub fn hexadecimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 16 {
        return None;
    }
    digits.iter().try_fold(0, |sum, digit| value(*digit).map(|value| sum << 4 | value))
}

#[inline(always)]
fn value(digit: u8) -> Option<u64> {
    (digit as char).to_digit(16).map(u64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_same_whatever_came_before_it() {
        let mut numbers = SessionNumbers::default();
        let is_it = |numbers: &mut SessionNumbers, digits: &[u8; 16]| {
            let expected = std::str::from_utf8(digits)
                .ok()
                .filter(|text| !text.contains('+'))
                .and_then(|text| u64::from_str_radix(text, 16).ok());
            assert_eq!((numbers.read(digits), hexadecimal(digits)), (expected, expected), "{}", digits.escape_ascii());
        };
        for byte in 0..=u8::MAX {
            for place in [0, 7, 8, 14, 15] {
                let mut digits = *b"00a1B2f9E8d7C600";
                digits[place] = byte;
                is_it(&mut numbers, &digits);
                is_it(&mut numbers, &digits);
                is_it(&mut numbers, &[byte; 16]);
            }
        }
        for number in (0..5000u64).map(|number| number.wrapping_mul(0x10_0000_0017)) {
            is_it(&mut numbers, format!("{number:016X}").as_bytes().try_into().unwrap());
            is_it(&mut numbers, format!("{:016x}", number / 7).as_bytes().try_into().unwrap());
        }
        assert_eq!((hexadecimal(b"A0"), hexadecimal(b""), hexadecimal(b"00000000000000000")), (Some(0xa0), None, None));
    }
}
