//! The files of some paths, those inside of archives among them.

use std::path::PathBuf;

use rayon::prelude::*;

use crate::error::Result;
use crate::input::archive::{Opener, is_archive};
use crate::input::discover::{Discovery, Input, discover};
use crate::input::packed::Unpacking;
use crate::pipeline::pool;

/// Archives inside of archives are held in memory, all together so many bytes of them at the most.
const MEMORY: u64 = 512 << 20;

/// The files of some paths, sorted by the name shown. Archives are told by how they begin.
///
/// # Errors
/// [`crate::error::ErrorKind::System`] if threads cannot be had.
pub fn inputs(paths: &[PathBuf], unpacking: Unpacking, threads: Option<usize>) -> Result<Discovery> {
    opened(discover(paths), unpacking, threads)
}

/// Files that were found, with those inside of archives instead of these.
///
/// # Errors
/// [`crate::error::ErrorKind::System`] if threads cannot be had.
pub fn opened(found: Discovery, unpacking: Unpacking, threads: Option<usize>) -> Result<Discovery> {
    Ok(pool(threads)?.install(|| open_archives(found, unpacking)))
}

/// The files of some paths, on the threads that are there.
pub(super) fn all(paths: &[PathBuf], unpacking: Unpacking) -> Discovery {
    open_archives(discover(paths), unpacking)
}

/// Files that were found, with those inside of archives instead of these, on the threads that are there.
pub(super) fn open_archives(Discovery { inputs, mut notes }: Discovery, unpacking: Unpacking) -> Discovery {
    let looked: Vec<(bool, Input)> = inputs.into_par_iter().map(|input| (is_archive(&input), input)).collect();
    // One after the other, so that they share the memory in the same way each time.
    let mut opener = Opener { unpacking, memory: MEMORY };
    let mut inputs = Vec::with_capacity(looked.len());
    for (is_archive, input) in looked {
        if is_archive && input.is_later_range() {
            continue;
        }
        if is_archive {
            let opened = opener.open(&input);
            inputs.extend(opened.inputs);
            notes.extend(opened.notes);
        } else {
            inputs.push(Input { unpacking, ..input });
        }
    }
    inputs.sort_by(|a, b| a.shown.cmp(&b.shown));
    Discovery { inputs, notes }
}
