//! Which files are to be looked into: those that the disk says have changed, and those nothing is known of.

use std::io;
use std::path::{Path, PathBuf};

use crate::collections::map::{HashMap, HashSet};
use crate::error::{Result, plain_words};
use crate::input::discover::{Discovery, Input, discover};
use crate::input::identity::{Beginning, Stamp};
use crate::input::packed::Unpacking;
use crate::pipeline::inputs::opened;
use crate::pipeline::rest::beginnings_of;
use crate::recognition::known_log::KnownLog;
use crate::recognition::path_of;
use crate::skipped::{FileFate, FileNote};

/// Files that are looked into again only when the disk says that they have changed.
#[derive(Debug, Default)]
pub(super) struct Aside {
    files: HashMap<PathBuf, (Stamp, Why)>,
}

/// Why a file is left aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// It is no log, or one that ended too long ago.
    Nothing,
    /// It is a copy of a log that is followed, and takes its place if that goes away.
    Copy,
}

impl Aside {
    /// Leaves a file aside as it is now. A file inside of an archive is looked at with its archive.
    pub(super) fn put(&mut self, path: &Path, why: Why) {
        if let Some(stamp) = Stamp::of(path) {
            self.put_as(path, stamp, why);
        }
    }

    fn put_as(&mut self, path: &Path, stamp: Stamp, why: Why) {
        self.files.insert(path.to_owned(), (stamp, why));
    }

    fn holds(&self, path: &Path, stamp: Option<Stamp>, with_copies: bool) -> bool {
        let aside = self.files.get(path).filter(|(_, why)| with_copies || *why != Why::Copy);
        aside.is_some_and(|(then, _)| Some(*then) == stamp)
    }
}

/// The files that count, in the order of their names.
pub(super) struct Changes {
    /// Each with its beginning; `None` if it could not be read.
    pub(super) files: Vec<(Input, Option<Beginning>)>,
    /// Whether anything has changed at all.
    pub(super) is_any: bool,
    /// What could not be looked into.
    pub(super) notes: Vec<FileNote>,
    /// The paths by which logs are known that are there.
    present: HashSet<String>,
}

impl Changes {
    /// Looks for them. Of logs that are known and have not changed the beginning is that which is known.
    pub(super) fn of(
        paths: &[PathBuf],
        known: &[&KnownLog],
        aside: &mut Aside,
        (unpacking, threads): (Unpacking, Option<usize>),
    ) -> Result<Self> {
        let Discovery { inputs, notes } = discover(paths);
        aside.files.retain(|path, _| inputs.binary_search_by(|input| compare(input, path)).is_ok());
        let by_path: HashMap<&str, &KnownLog> = known.iter().map(|log| (log.path.as_str(), *log)).collect();
        let mut present: HashSet<String> = inputs.iter().map(path_of).collect();
        let all_are_there = known.iter().all(|log| present.contains(&log.path));
        let (mut files, mut changed, mut stamps) = (Vec::new(), Vec::new(), HashMap::new());
        for input in inputs {
            let stamp = Stamp::of(&input.path);
            let log = by_path.get(path_of(&input).as_str()).filter(|log| stamp == Some(stamp_of(log)));
            match log {
                Some(log) => files.push((input, Some(beginning_of(log)))),
                None if aside.holds(&input.path, stamp, all_are_there) => {}
                None => {
                    stamps.insert(input.path.clone(), stamp);
                    changed.push(input);
                }
            }
        }
        let is_any = !changed.is_empty();
        if !is_any {
            return Ok(Self { files, is_any, notes, present });
        }
        let mut found = opened(Discovery { inputs: changed, notes }, unpacking, threads)?;
        // What is not there any more under its own name was an archive.
        for input in &found.inputs {
            stamps.remove(&input.path);
        }
        let is_unreadable = |path: &Path| {
            let of_path = |note: &&FileNote| Path::new(note.file.as_ref()) == path;
            found.notes.iter().filter(of_path).any(|note| note.fate == FileFate::Unreadable)
        };
        for (path, stamp) in stamps.iter().filter(|(path, _)| !is_unreadable(path)) {
            // As it was before it was opened: what came since is seen the next time.
            if let Some(stamp) = stamp {
                aside.put_as(path, *stamp, Why::Nothing);
            }
        }
        present.extend(found.inputs.iter().map(path_of));
        let beginnings = beginnings_of(&found.inputs, threads)?;
        for (input, beginning) in found.inputs.into_iter().zip(beginnings) {
            match beginning {
                Ok(beginning) => files.push((input, Some(beginning))),
                // It went away a moment ago.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    let (file, reason) = (input.shown.clone(), plain_words(&error));
                    found.notes.push(FileNote { file, fate: FileFate::Unreadable, reason });
                    files.push((input, None));
                }
            }
        }
        files.sort_by(|a, b| a.0.shown.cmp(&b.0.shown));
        Ok(Self { files, is_any, notes: found.notes, present })
    }

    /// Whether the file of a log is there.
    pub(super) fn is_there(&self, log: &KnownLog) -> bool {
        self.present.contains(&log.path)
    }
}

/// Files are sorted by the names shown, which are their paths.
fn compare(input: &Input, path: &Path) -> std::cmp::Ordering {
    input.shown.as_ref().cmp(path.to_string_lossy().as_ref())
}

fn stamp_of(log: &KnownLog) -> Stamp {
    Stamp { length: log.disk.length, modified: log.disk.modified }
}

fn beginning_of(log: &KnownLog) -> Beginning {
    Beginning { head: log.mark.head.clone(), length: log.disk.length, modified: log.disk.modified, is_plain: log.disk.is_plain }
}
