//! Whether the files of a manifest are still what they were.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::manifest::print::Print;
use crate::manifest::{Listed, Manifest};

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Its bytes are those that were read.
    Same,
    /// It has other bytes.
    Changed,
    /// It is not there, or cannot be read.
    Missing,
    /// It lies among the paths, and was not there.
    New,
    /// Its bytes were not kept, because it could not be opened then, or came through a pipe.
    Unknown,
}

impl State {
    /// Every state, in the order of reports.
    pub const ALL: [Self; 5] = [Self::Same, Self::Changed, Self::Missing, Self::New, Self::Unknown];

    /// The state in a word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::New => "new",
            Self::Unknown => "not comparable",
        }
    }
}

/// Where the paths of a manifest are now.
#[derive(Debug)]
pub struct Places {
    /// The folder in which the program ran, as the manifest says.
    folder: PathBuf,
    /// What stands for that folder.
    base: Option<PathBuf>,
    /// Given paths outside of that folder, and what stands for them.
    elsewhere: Vec<(PathBuf, PathBuf)>,
}

impl Places {
    /// The places of a manifest's paths. `base` stands for the folder in which the program ran; for a given path outside of that
    /// folder it is the folder that holds it now, or else that path itself.
    pub fn of(manifest: &Manifest, base: Option<&Path>) -> Self {
        let folder = PathBuf::from(manifest.folder.as_deref().unwrap_or_default());
        let mut elsewhere = Vec::new();
        for given in given_paths(manifest).map(PathBuf::from).filter(|given| given.is_absolute() && !given.starts_with(&folder)) {
            let Some((base, name)) = base.zip(given.file_name()) else { continue };
            let inside = base.join(name);
            let now = if inside.exists() { inside } else { base.to_owned() };
            elsewhere.push((given, now));
        }
        Self { folder, base: base.map(Path::to_owned), elsewhere }
    }

    /// Where a path is now.
    pub fn now(&self, path: &str) -> PathBuf {
        let path = Path::new(path);
        let below = |from: &Path, now: &Path| match path.strip_prefix(from) {
            Ok(rest) if rest.as_os_str().is_empty() => Some(now.to_owned()),
            Ok(rest) => Some(now.join(rest)),
            Err(_) => None,
        };
        let Some(base) = &self.base else { return self.folder.join(path) };
        if path.is_relative() {
            return base.join(path);
        }
        let found = below(&self.folder, base).filter(|_| !self.folder.as_os_str().is_empty());
        found.or_else(|| self.elsewhere.iter().find_map(|(from, now)| below(from, now))).unwrap_or_else(|| path.to_owned())
    }
}

/// The paths among which files were found, as they were given.
fn given_paths(manifest: &Manifest) -> impl Iterator<Item = &String> {
    let options = &manifest.options;
    [&options.paths, &options.evidence, &options.compare].into_iter().flatten()
}

/// The paths among which files were found, as they are now.
pub fn roots(manifest: &Manifest, places: &Places) -> Vec<PathBuf> {
    given_paths(manifest).map(|path| places.now(path)).collect()
}

/// The files of a manifest that have bytes of their own, with where they are now.
pub fn on_disk<'a>(manifest: &'a Manifest, places: &Places) -> Vec<(&'a Listed, PathBuf)> {
    let inputs = manifest.inputs.iter().filter(|input| input.archive.is_none());
    inputs.map(|input| (input, places.now(&input.path))).collect()
}

/// Says what became of each file, sorted by path. `prints` are those of the files that can be read now, `found` is all that lies
/// among the paths.
pub fn held(listed: &[(&Listed, PathBuf)], prints: &BTreeMap<PathBuf, Print>, found: &[PathBuf]) -> BTreeMap<String, State> {
    let mut states = BTreeMap::new();
    for (input, path) in listed {
        let state = match (&input.sha256, prints.get(path)) {
            (None, _) => State::Unknown,
            (Some(_), None) => State::Missing,
            (Some(was), Some(print)) if *was == print.sha256 => State::Same,
            (Some(_), Some(_)) => State::Changed,
        };
        states.insert(input.path.clone(), state);
    }
    let known: BTreeSet<&Path> = listed.iter().map(|(_, path)| path.as_path()).collect();
    let new = found.iter().filter(|path| !known.contains(path.as_path()));
    states.extend(new.map(|path| (path.to_string_lossy().into_owned(), State::New)));
    states
}
