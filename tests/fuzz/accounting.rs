//! Fuzz target: any bytes as a log. Lines add up, nothing panics, and where the log is cut does not show.
#![cfg_attr(feature = "fuzzer", no_main)]

#[allow(dead_code, reason = "each target needs another part of it")]
mod relations;
mod replay;

/// The first bytes say where to cut, the rest is the log.
fn target(input: &[u8]) {
    let (cuts, log) = input.split_at(input.len().min(3));
    let cuts: Vec<usize> = cuts.iter().map(|cut| usize::from(*cut) * log.len() / 256).collect();
    relations::accounting(log, &cuts);
}

#[cfg(feature = "fuzzer")]
libfuzzer_sys::fuzz_target!(|input: &[u8]| target(input));

#[cfg(not(feature = "fuzzer"))]
fn main() -> std::io::Result<()> {
    replay::replay(target)
}
