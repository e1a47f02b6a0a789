//! A block: some whole lines of a file, read into memory.

/// No line of a log is longer. What is longer is counted as one line and not read: memory stays bounded.
pub const LONGEST_LINE: usize = 1 << 20;

/// How many bytes of a file make one segment. Fixed, so that the cuts do not depend on the number of threads.
pub const SEGMENT: u64 = 4 << 20;

/// Whole lines of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block<'a> {
    /// The text. A line longer than [`LONGEST_LINE`] may be cut off behind that length.
    pub text: &'a [u8],
    /// The block ends where the file ends, and the file's last line has no line end.
    pub is_unfinished: bool,
}
