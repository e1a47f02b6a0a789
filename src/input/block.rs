//! A block: some whole lines of a file, read into memory.

/// No line of a log is longer. What is longer is counted as one line and not read: memory stays bounded.
pub const LONGEST_LINE: usize = 1 << 20;

/// How many bytes of a file make one segment: what one thread reads into one summary. Fixed, so that the cuts do not depend on
/// the number of threads; large, so that summaries are seldom put together; small enough that the last ones keep all threads busy.
pub const SEGMENT: u64 = 64 << 20;

/// About how many bytes are read at once, and then looked at while they are still near the processor.
pub const BLOCK: usize = 256 << 10;

/// Whole lines of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block<'a> {
    /// The text. A line longer than [`LONGEST_LINE`] may be cut off behind that length.
    pub text: &'a [u8],
    /// The block ends where the file ends, and the file's last line has no line end.
    pub is_unfinished: bool,
}
