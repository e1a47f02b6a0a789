//! The bytes of interest found with AVX2: two registers of 32 bytes, three comparisons each. Only for x86-64.

use std::arch::x86_64::{__m256i, _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_set1_epi8};

use super::masks::{Bits, CHUNK, Masks};
use super::scan::{Marks, scan};

/// Sixty-four bytes in two registers. Only [`scan_if_there`] may lead here, which knows that the processor has them.
struct Avx2;

impl Masks for Avx2 {
    #[inline(always)]
    fn of(chunk: &[u8; CHUNK]) -> Bits {
        let (halves, _) = chunk.as_chunks::<32>();
        let [low, high] = halves else { return Bits { commas: 0, quotes: 0, feeds: 0 } };
        // SAFETY: the only caller is `with_avx2` below, which runs on processors with AVX2 alone. The loads ask for no
        // alignment and read the 32 bytes of an array each.
        #[allow(unsafe_code)]
        unsafe {
            let low = _mm256_loadu_si256(low.as_ptr().cast::<__m256i>());
            let high = _mm256_loadu_si256(high.as_ptr().cast::<__m256i>());
            let equal = |byte: u8| {
                let wanted = _mm256_set1_epi8(byte.cast_signed());
                let low = _mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted)).cast_unsigned();
                let high = _mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted)).cast_unsigned();
                u64::from(high) << 32 | u64::from(low)
            };
            Bits { commas: equal(b','), quotes: equal(b'"'), feeds: equal(b'\n') }
        }
    }
}

#[target_feature(enable = "avx2,bmi1,bmi2,popcnt,lzcnt")]
fn with_avx2(text: &[u8], marks: &mut Marks) {
    scan::<Avx2>(text, marks);
}

/// Scans with AVX2 if the processor has it, and says whether it has. The question is answered once and remembered.
#[inline]
pub(super) fn scan_if_there(text: &[u8], marks: &mut Marks) -> bool {
    let is_there = is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("popcnt")
        && is_x86_feature_detected!("lzcnt");
    if is_there {
        // SAFETY: the processor has every feature that the function is compiled for; it was asked just above.
        #[allow(unsafe_code)]
        unsafe {
            with_avx2(text, marks);
        }
    }
    is_there
}
