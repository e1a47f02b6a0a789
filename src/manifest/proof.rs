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
    /// The paths are those of Windows, and this is none.
    is_of_windows: bool,
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
        let folder = manifest.folder.as_deref().unwrap_or_default();
        let is_of_windows = !cfg!(windows) && (has_drive(folder) || folder.starts_with(r"\\"));
        let mut places = Self { is_of_windows, folder: PathBuf::new(), base: base.map(Path::to_owned), elsewhere: Vec::new() };
        places.folder = places.as_here(folder);
        for given in given_paths(manifest) {
            let given = places.as_here(given);
            if !places.is_absolute(&given) || given.starts_with(&places.folder) {
                continue;
            }
            let Some((base, name)) = base.zip(given.file_name()) else { continue };
            let inside = base.join(name);
            let now = if inside.exists() { inside } else { base.to_owned() };
            places.elsewhere.push((given, now));
        }
        places
    }

    /// A path as this system has it: a manifest may come from the server, and its files from there too.
    fn as_here(&self, path: &str) -> PathBuf {
        if self.is_of_windows { path.replace('\\', "/").into() } else { path.into() }
    }

    /// Whether a path begins at the top, be it that of another system.
    fn is_absolute(&self, path: &Path) -> bool {
        path.has_root() || (self.is_of_windows && path.to_str().is_some_and(has_drive))
    }

    /// Where a path is now.
    pub fn now(&self, path: &str) -> PathBuf {
        let path = self.as_here(path);
        let below = |from: &Path, now: &Path| match path.strip_prefix(from) {
            Ok(rest) if rest.as_os_str().is_empty() => Some(now.to_owned()),
            Ok(rest) => Some(now.join(rest)),
            Err(_) => None,
        };
        let Some(base) = &self.base else { return self.folder.join(path) };
        if !self.is_absolute(&path) {
            return base.join(path);
        }
        let found = below(&self.folder, base).filter(|_| !self.folder.as_os_str().is_empty());
        found.or_else(|| self.elsewhere.iter().find_map(|(from, now)| below(from, now))).unwrap_or_else(|| path.to_owned())
    }
}

/// Whether a path of Windows begins with a drive.
fn has_drive(path: &str) -> bool {
    matches!(path.as_bytes(), [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{Options, Window};

    fn manifest(folder: &str, path: &str) -> Manifest {
        let options = Options { paths: vec![path.to_owned()], ..Options::default() };
        Manifest::new(options, Window::default(), Some(folder.to_owned()), Vec::new())
    }

    #[cfg(not(windows))]
    #[test]
    fn files_of_windows_are_found_where_they_were_copied_to() {
        for (folder, given, path, now) in [
            (r"C:\Users\me", "logs", r"logs\EX01\a.LOG", "/copies/logs/EX01/a.LOG"),
            (r"C:\Users\me", r"C:\Users\me\logs", r"C:\Users\me\logs\a.LOG", "/copies/logs/a.LOG"),
            (r"C:\Users\me", r"D:\Logging\Imap4", r"D:\Logging\Imap4\a.LOG", "/copies/a.LOG"),
            (r"\\fs\share\me", r"\\ex01\c$\logs", r"\\ex01\c$\logs\b\a.LOG", "/copies/b/a.LOG"),
        ] {
            let places = Places::of(&manifest(folder, given), Some(Path::new("/copies")));
            assert_eq!(places.now(path), Path::new(now), "{path}");
        }
        let places = Places::of(&manifest("/home/me", "logs"), Some(Path::new("/copies")));
        assert_eq!(places.now(r"logs/a\b.LOG"), Path::new(r"/copies/logs/a\b.LOG"), "a backslash in a name of this system");
    }

    #[cfg(windows)]
    #[test]
    fn files_of_linux_are_found_where_they_were_copied_to() {
        for (given, path) in
            [("logs", "logs/EX01/a.LOG"), ("/home/me/logs", "/home/me/logs/EX01/a.LOG"), ("/srv/logs", "/srv/logs/EX01/a.LOG")]
        {
            let places = Places::of(&manifest("/home/me", given), Some(Path::new(r"C:\copies")));
            let now = places.now(path);
            assert!(now.ends_with(r"EX01\a.LOG") && now.starts_with(r"C:\copies"), "{}", now.display());
        }
    }
}
