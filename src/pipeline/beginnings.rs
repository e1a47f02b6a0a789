//! The logs among some paths, each looked at in its first lines: what `attempts` needs to read them in the order of time.

use std::path::PathBuf;

use rayon::prelude::*;

use crate::attempts::in_order::Beginning;
use crate::clock::Window;
use crate::error::Result;
use crate::input::discover::Discovery;
use crate::input::packed::Unpacking;
use crate::pipeline::{copies, inputs, pool};
use crate::protocol_log::log_file::look_at;
use crate::skipped::FileNote;

/// The logs in the order of their names, to be read for a window of time, and what stood among the paths beside them.
///
/// # Errors
/// [`crate::error::ErrorKind::System`] if threads cannot be had.
pub fn beginnings(
    paths: &[PathBuf],
    window: Window,
    unpacking: Unpacking,
    threads: Option<usize>,
) -> Result<(Vec<Beginning>, Vec<FileNote>)> {
    let (logs, mut notes) = pool(threads)?.install(|| {
        let Discovery { inputs, mut notes } = inputs::all(paths, unpacking);
        let looked: Vec<_> = inputs.into_par_iter().map(look_at).collect();
        let mut logs = Vec::new();
        for one in looked {
            match one {
                Ok(log) => logs.push(log),
                Err(note) => notes.push(note),
            }
        }
        let logs = copies::leave_aside(logs, &mut notes);
        (logs.into_par_iter().map(|log| Beginning::of(log, window)).collect(), notes)
    });
    notes.sort();
    Ok((logs, notes))
}
