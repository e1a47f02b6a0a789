//! Fuzz target: any bytes as a text. The scan finds the lines and columns that the obvious reader finds, wherever the text stands.
#![cfg_attr(feature = "fuzzer", no_main)]

#[allow(dead_code, reason = "each target needs another part of it")]
mod relations;
mod replay;

/// The first bytes say how far the text is moved (up to 64 KiB: over the windows of the scan), the rest is the text.
fn target(input: &[u8]) {
    let (before, text) = input.split_at(input.len().min(2));
    relations::structure(text, before.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)));
}

#[cfg(feature = "fuzzer")]
libfuzzer_sys::fuzz_target!(|input: &[u8]| target(input));

#[cfg(not(feature = "fuzzer"))]
fn main() -> std::io::Result<()> {
    replay::replay(target)
}
