//! Without a fuzzer: gives the files named on the command line to a target, one by one.
#![cfg_attr(feature = "fuzzer", allow(dead_code, reason = "the fuzzer has a main function of its own"))]

/// Stops with the target's own message where a relation does not hold.
pub fn replay(target: fn(&[u8])) -> std::io::Result<()> {
    for file in std::env::args_os().skip(1) {
        target(&std::fs::read(file)?);
    }
    Ok(())
}
