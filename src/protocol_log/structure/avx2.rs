//! The bytes of interest found with AVX2: two registers of 32 bytes, three comparisons each. Only for x86-64.

use std::arch::x86_64::{
    __m256i, _mm_clmulepi64_si128, _mm_cvtsi64_si128, _mm_cvtsi128_si64, _mm_set1_epi8, _mm256_cmpeq_epi8, _mm256_loadu_si256,
    _mm256_movemask_epi8, _mm256_set1_epi8,
};

use super::masks::{Bits, CHUNK, Masks};
use super::scan::{Marks, scan};

/// Sixty-four bytes in two registers. Only [`scan_if_there`] may lead here, which knows that the processor has them.
struct Avx2;

impl Masks for Avx2 {
    #[inline(always)]
    fn of(chunk: &[u8; CHUNK]) -> Bits {
        let (halves, _) = chunk.as_chunks::<32>();
        let [low, high] = halves else { return Bits { commas: 0, quotes: 0, feeds: 0, beyond: 0 } };
        // SAFETY: the only caller is `with_avx2` below, which runs on processors with AVX2 alone. The loads ask for no
        // alignment and read the 32 bytes of an array each.
        #[allow(unsafe_code)]
        unsafe {
            let low = _mm256_loadu_si256(low.as_ptr().cast::<__m256i>());
            let high = _mm256_loadu_si256(high.as_ptr().cast::<__m256i>());
            let highest = |low: __m256i, high: __m256i| {
                let (low, high) = (_mm256_movemask_epi8(low).cast_unsigned(), _mm256_movemask_epi8(high).cast_unsigned());
                u64::from(high) << 32 | u64::from(low)
            };
            let equal = |byte: u8| {
                let wanted = _mm256_set1_epi8(byte.cast_signed());
                highest(_mm256_cmpeq_epi8(low, wanted), _mm256_cmpeq_epi8(high, wanted))
            };
            Bits { commas: equal(b','), quotes: equal(b'"'), feeds: equal(b'\n'), beyond: highest(low, high) }
        }
    }

    #[inline(always)]
    fn parity(bits: u64) -> u64 {
        // SAFETY: as above, with carry-less multiplication.
        #[allow(unsafe_code)]
        unsafe {
            parity(bits)
        }
    }
}

/// The parity of the bits up to each one: what a multiplication by ones gives that carries nothing.
#[target_feature(enable = "pclmulqdq")]
#[inline]
pub(super) fn parity(bits: u64) -> u64 {
    let product = _mm_clmulepi64_si128::<0>(_mm_cvtsi64_si128(bits.cast_signed()), _mm_set1_epi8(-1));
    _mm_cvtsi128_si64(product).cast_unsigned()
}

#[target_feature(enable = "avx2,bmi1,bmi2,popcnt,lzcnt,pclmulqdq")]
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
        && is_x86_feature_detected!("lzcnt")
        && is_x86_feature_detected!("pclmulqdq");
    if is_there {
        // SAFETY: the processor has every feature that the function is compiled for; it was asked just above.
        #[allow(unsafe_code)]
        unsafe {
            with_avx2(text, marks);
        }
    }
    is_there
}
