//! The prints of many files: each is read once more, from front to back, as many at a time as there are threads.

use std::path::PathBuf;

use rayon::prelude::*;

use crate::error::Result;
use crate::manifest::print::{self, Print};
use crate::pipeline::pool;

/// The print of each file, in their order; `None` where it cannot be read.
///
/// # Errors
/// [`crate::error::ErrorKind::System`] if threads cannot be had.
pub fn prints(files: &[PathBuf], threads: Option<usize>) -> Result<Vec<Option<Print>>> {
    Ok(pool(threads)?.install(|| files.par_iter().map(|path| print::of(path).ok()).collect()))
}
