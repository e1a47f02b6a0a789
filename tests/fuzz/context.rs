//! Fuzz target: any bytes as a context column. Its pairs are parts of it in their order, and what decides is one of them.
#![cfg_attr(feature = "fuzzer", no_main)]

#[allow(dead_code, reason = "each target needs another part of it")]
mod relations;
mod replay;

use relations::context as target;

#[cfg(feature = "fuzzer")]
libfuzzer_sys::fuzz_target!(|input: &[u8]| target(input));

#[cfg(not(feature = "fuzzer"))]
fn main() -> std::io::Result<()> {
    replay::replay(target)
}
