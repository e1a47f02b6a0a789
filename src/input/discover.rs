//! The given paths → the files to look at: folders walked, globs expanded, every file once.
//!
//! Nothing is opened here. Folders are walked recursively in the order of names, links are followed and their loops cut. A
//! path that does not exist and holds `*`, `?` or `[` is expanded as a glob, because Windows shells do not do it.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use globset::{GlobBuilder, GlobMatcher};
use walkdir::WalkDir;

use crate::collections::map::HashMap;
use crate::error::plain_words;
use crate::input::packed::Unpacking;
use crate::input::source::Source;
use crate::skipped::{FileFate, FileNote};

/// The path that means standard input.
pub const STANDARD_INPUT: &str = "-";

/// A file to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The name shown to the user: the path as it was given or found, or `-`.
    pub shown: Arc<str>,
    /// Where it is. A file inside of an archive: where it would be if the archive were unpacked beside itself.
    pub path: PathBuf,
    /// The given path below which it was found; the file itself if it was given.
    pub root: PathBuf,
    /// The folder that holds it for now and says nothing about it; `None` where all folders above it do.
    pub holder: Option<PathBuf>,
    /// Where its bytes come from.
    pub source: Source,
    /// How much may come out of it if it is packed.
    pub unpacking: Unpacking,
}

impl Input {
    pub(super) fn on_disk(shown: Arc<str>, path: &Path, root: &Path) -> Self {
        Self {
            shown,
            path: path.to_owned(),
            root: root.to_owned(),
            holder: None,
            source: Source::Disk,
            unpacking: Unpacking::default(),
        }
    }

    /// Whether this is standard input.
    pub fn is_standard_input(&self) -> bool {
        self.shown.as_ref() == STANDARD_INPUT
    }
}

/// What the given paths hold.
#[derive(Debug, Default)]
pub struct Discovery {
    /// Every file once, sorted by the name shown.
    pub inputs: Vec<Input>,
    /// Paths and folders that could not be looked into.
    pub notes: Vec<FileNote>,
}

/// Lists the files of all given paths.
pub fn discover(paths: &[PathBuf]) -> Discovery {
    let mut found = Discovery::default();
    for path in paths {
        found.add(path);
    }
    found.put_in_order();
    found
}

impl Discovery {
    fn add(&mut self, path: &Path) {
        if path.as_os_str() == STANDARD_INPUT {
            self.inputs.push(Input::on_disk(Arc::from(STANDARD_INPUT), path, path));
            return;
        }
        match path.symlink_metadata() {
            Ok(_) => self.walk(path, path),
            Err(error) => match glob(path) {
                Some((base, matcher)) => self.expand(&base, &matcher, path),
                None => self.note(path, FileFate::Unreadable, plain_words(&error)),
            },
        }
    }

    pub(super) fn walk(&mut self, start: &Path, root: &Path) {
        for entry in WalkDir::new(start).follow_links(true).sort_by_file_name() {
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {}
                Ok(entry) => self.push(entry.path(), root),
                // A link back to a folder above it: that folder is read under its own name.
                Err(error) if error.loop_ancestor().is_some() => {}
                Err(error) => {
                    let path = error.path().unwrap_or(start).to_owned();
                    let words = error.io_error().map_or_else(|| "it cannot be listed".to_owned(), plain_words);
                    self.note(&path, FileFate::Unreadable, words);
                }
            }
        }
    }

    fn expand(&mut self, base: &Path, matcher: &GlobMatcher, pattern: &Path) {
        let before = self.inputs.len() + self.notes.len();
        let mut walk = WalkDir::new(base).follow_links(true).sort_by_file_name().into_iter();
        while let Some(entry) = walk.next() {
            let Ok(entry) = entry else { continue };
            if !matcher.is_match(entry.path()) {
                continue;
            }
            if entry.file_type().is_dir() {
                walk.skip_current_dir();
                self.walk(entry.path(), entry.path());
            } else {
                self.push(entry.path(), entry.path());
            }
        }
        if before == self.inputs.len() + self.notes.len() {
            self.note(pattern, FileFate::Unreadable, "no file matches it".to_owned());
        }
    }

    fn push(&mut self, path: &Path, root: &Path) {
        self.inputs.push(Input::on_disk(Arc::from(path.to_string_lossy()), path, root));
    }

    pub(super) fn note(&mut self, path: &Path, fate: FileFate, reason: String) {
        self.notes.push(FileNote { file: Arc::from(path.to_string_lossy()), fate, reason });
    }

    /// Each file and each note once, sorted.
    pub(super) fn put_in_order(&mut self) {
        self.keep_each_once();
        self.notes.sort();
        self.notes.dedup();
    }

    /// Sorts, and keeps one of all names of a file: the first shown, found below the shortest given path.
    fn keep_each_once(&mut self) {
        self.inputs
            .sort_by(|a, b| (&a.shown, a.root.as_os_str().len(), &a.root).cmp(&(&b.shown, b.root.as_os_str().len(), &b.root)));
        let mut seen = HashMap::new();
        self.inputs.retain(|input| {
            let identity = input.path.canonicalize().unwrap_or_else(|_| input.path.clone());
            seen.insert(identity, ()).is_none()
        });
    }
}

/// The folder to walk and the matcher, if the path is a glob.
fn glob(pattern: &Path) -> Option<(PathBuf, GlobMatcher)> {
    let is_literal = |component: &Component<'_>| !component.as_os_str().to_string_lossy().contains(['*', '?', '[']);
    if pattern.components().all(|component| is_literal(&component)) {
        return None;
    }
    let base: PathBuf = pattern.components().take_while(is_literal).collect();
    let text = pattern.to_str()?;
    let (base, text) = match base.as_os_str().is_empty() {
        true => (PathBuf::from("."), format!("./{}", text.trim_start_matches("./"))),
        false => (base, text.to_owned()),
    };
    let glob =
        GlobBuilder::new(&text).literal_separator(true).case_insensitive(cfg!(windows)).backslash_escape(false).build().ok()?;
    Some((base, glob.compile_matcher()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn tree() -> tempfile::TempDir {
        let folder = tempfile::Builder::new().prefix("exlog with spaces ").tempdir().unwrap();
        for name in ["b/2.LOG", "b/10.LOG", "a/1.log", "a/deep/3.LOG", "other.txt"] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, name).unwrap();
        }
        folder
    }

    fn names(found: &Discovery, folder: &Path) -> Vec<String> {
        found.inputs.iter().map(|input| input.path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/")).collect()
    }

    #[test]
    fn folders_are_walked_and_each_file_comes_once_in_one_order() {
        let folder = tree();
        let all = ["a/1.log", "a/deep/3.LOG", "b/10.LOG", "b/2.LOG", "other.txt"];
        assert_eq!(names(&discover(&[folder.path().to_owned()]), folder.path()), all);
        let twice = discover(&[folder.path().join("b"), folder.path().to_owned(), folder.path().join("b/2.LOG")]);
        assert_eq!(names(&twice, folder.path()), all);
        assert_eq!(twice.inputs[2].root, folder.path());
    }

    #[test]
    fn globs_are_expanded_where_the_shell_did_not() {
        let folder = tree();
        let of = |pattern: &str| names(&discover(&[folder.path().join(pattern)]), folder.path());
        // Windows tells no case apart in the names of files.
        let also = |lower: &[&'static str], rest: &[&'static str]| [if cfg!(windows) { lower } else { &[] }, rest].concat();
        assert_eq!(of("*/*.LOG"), also(&["a/1.log"], &["b/10.LOG", "b/2.LOG"]));
        assert_eq!(of("**/*.LOG"), also(&["a/1.log"], &["a/deep/3.LOG", "b/10.LOG", "b/2.LOG"]));
        assert_eq!(of("a*"), ["a/1.log", "a/deep/3.LOG"]);
        let none = discover(&[folder.path().join("*.nothing")]);
        assert_eq!((none.inputs.len(), none.notes.len()), (0, 1));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_their_loops_cut() {
        let folder = tree();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("a/loop")).unwrap();
        std::os::unix::fs::symlink(folder.path().join("b/2.LOG"), folder.path().join("zz-same-file")).unwrap();
        std::os::unix::fs::symlink("nowhere", folder.path().join("dangling")).unwrap();
        let found = discover(&[folder.path().to_owned()]);
        assert_eq!(found.inputs.len(), 5);
        assert_eq!(found.notes.iter().map(|note| note.fate).collect::<Vec<_>>(), [FileFate::Unreadable]);
    }
}
