//! Logs that grow with the time of a plan.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::generator::plan::Plan;
use crate::generator::{clock, generate_in_memory};

/// The logs of a plan, of which as much is written as was written up to a moment.
pub(super) struct Growth {
    logs: BTreeMap<PathBuf, Vec<u8>>,
}

impl Growth {
    pub(super) fn of(plan: &Plan) -> Self {
        let (contents, _) = generate_in_memory(plan).unwrap();
        Self { logs: contents.into_iter().map(|(path, bytes)| (path.into(), bytes)).collect() }
    }

    /// Writes what was written up to a moment: whole lines, and of the next one its first bytes, as many as `cut` says.
    pub(super) fn until(&self, moment: i64, cut: usize, folder: &Path) {
        for (path, bytes) in &self.logs {
            let (mut end, mut begun) = (0, false);
            for line in bytes.split_inclusive(|byte| *byte == b'\n') {
                let time = std::str::from_utf8(line).ok().and_then(|line| clock::parse(line.get(..24)?));
                if time.is_some_and(|time| time >= moment) {
                    end += cut.min(line.len() - 1) * usize::from(begun);
                    break;
                }
                begun |= time.is_some();
                end += line.len();
            }
            if begun {
                write(&folder.join(path), &bytes[..end]);
            }
        }
    }

    /// Writes everything.
    pub(super) fn whole(&self, folder: &Path) {
        self.logs.iter().for_each(|(path, bytes)| write(&folder.join(path), bytes));
    }
}

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    if fs::metadata(path).is_ok_and(|metadata| metadata.len() == bytes.len() as u64) {
        return;
    }
    fs::write(path, bytes).unwrap();
}
