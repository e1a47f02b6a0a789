//! Rows that are written while the logs are still being read: what the outputs of `exlog sessions` have in common.

use std::io;

/// Somewhere rows go, one at a time.
pub trait Listing<T> {
    /// Writes a row.
    ///
    /// # Errors
    /// What the output says.
    fn add(&mut self, row: &T) -> io::Result<()>;

    /// Hands on what was written so far, because nothing more may come for a while.
    ///
    /// # Errors
    /// What the output says.
    fn flush(&mut self) -> io::Result<()>;

    /// Writes what stands below the last row.
    ///
    /// # Errors
    /// What the output says.
    fn finish(&mut self) -> io::Result<()> {
        self.flush()
    }
}
