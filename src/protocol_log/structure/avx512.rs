//! The bytes of interest found with AVX-512: one register of 64 bytes, and offsets by compressing. Only for x86-64.

use std::arch::x86_64::{
    __m512i, _mm512_add_epi32, _mm512_castsi512_si128, _mm512_cmpeq_epi8_mask, _mm512_cvtepu8_epi32, _mm512_loadu_si512,
    _mm512_maskz_compress_epi8, _mm512_movepi8_mask, _mm512_set1_epi8, _mm512_set1_epi32, _mm512_storeu_si512,
};

use super::avx2::parity;
use super::masks::{Bits, CHUNK, Masks};
use super::scan::{Marks, scan};

/// Sixty-four bytes in one register. Only [`scan_if_there`] may lead here, which knows that the processor has it.
struct Avx512;

/// So many offsets fit a register.
const GROUP: usize = 16;

/// The number of each byte.
#[allow(clippy::indexing_slicing, reason = "done by the compiler")]
static NUMBERS: [u8; CHUNK] = {
    let mut numbers = [0; CHUNK];
    let mut number = 0;
    while number < CHUNK {
        numbers[number] = number as u8;
        number += 1;
    }
    numbers
};

impl Masks for Avx512 {
    #[inline(always)]
    fn of(chunk: &[u8; CHUNK]) -> Bits {
        // SAFETY: the only caller is `with_avx512` below, which runs on processors with these features alone. The load asks for
        // no alignment and reads the 64 bytes of an array.
        #[allow(unsafe_code)]
        unsafe {
            let bytes = _mm512_loadu_si512(chunk.as_ptr().cast::<__m512i>());
            let equal = |byte: u8| _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(byte.cast_signed()));
            let beyond = _mm512_movepi8_mask(bytes);
            Bits { commas: equal(b','), quotes: equal(b'"'), feeds: equal(b'\n'), beyond }
        }
    }

    #[inline(always)]
    fn parity(bits: u64) -> u64 {
        // SAFETY: as above.
        #[allow(unsafe_code)]
        unsafe {
            parity(bits)
        }
    }

    #[inline(always)]
    fn write_offsets(bits: u64, base: u32, place: &mut [u32; CHUNK]) {
        let (groups, _) = place.as_chunks_mut::<GROUP>();
        let mut rest = bits;
        for group in groups {
            // SAFETY: as above; the load reads the 64 bytes of an array, the store writes the 64 bytes of another.
            #[allow(unsafe_code)]
            unsafe {
                let numbers = _mm512_loadu_si512(NUMBERS.as_ptr().cast::<__m512i>());
                let set = _mm512_maskz_compress_epi8(rest, numbers);
                let wide = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(set));
                let offsets = _mm512_add_epi32(wide, _mm512_set1_epi32(base.cast_signed()));
                _mm512_storeu_si512(group.as_mut_ptr().cast::<__m512i>(), offsets);
            }
            if rest.count_ones() as usize <= GROUP {
                break;
            }
            for _ in 0..GROUP {
                rest &= rest.wrapping_sub(1);
            }
        }
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,bmi1,bmi2,popcnt,lzcnt,pclmulqdq")]
fn with_avx512(text: &[u8], marks: &mut Marks) {
    scan::<Avx512>(text, marks);
}

/// Scans with AVX-512 if the processor has it, and says whether it has. The question is answered once and remembered.
#[inline]
pub(super) fn scan_if_there(text: &[u8], marks: &mut Marks) -> bool {
    let is_there = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vbmi2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("popcnt")
        && is_x86_feature_detected!("lzcnt")
        && is_x86_feature_detected!("pclmulqdq");
    if is_there {
        // SAFETY: the processor has every feature that the function is compiled for; it was asked just above.
        #[allow(unsafe_code)]
        unsafe {
            with_avx512(text, marks);
        }
    }
    is_there
}
