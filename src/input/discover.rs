//! The given paths → the files to look at: folders walked, globs expanded, every file once.
//!
//! Nothing is opened here. Folders are walked recursively in the order of names, links are followed and their loops cut. A
//! path that does not exist and holds `*`, `?` or `[` is expanded as a glob, because Windows shells do not do it.

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use globset::{GlobBuilder, GlobMatcher, escape};
use walkdir::WalkDir;

use crate::collections::map::HashMap;
use crate::error::plain_words;
use crate::input::byte_range::ByteRange;
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
    /// The range of its bytes that is read; `None` if all of it is.
    pub range: Option<ByteRange>,
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
            range: None,
        }
    }

    /// Whether only a range is read, and not the one in which the file begins: what cannot be cut is not read here at all.
    pub fn is_later_range(&self) -> bool {
        self.range.is_some_and(|range| !range.is_first())
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
        found.add(&native(path, cfg!(windows)));
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
                Some(glob) => self.expand(&glob, path),
                None => self.note(path, FileFate::Unreadable, plain_words(&error)),
            },
        }
    }

    pub(super) fn walk(&mut self, start: &Path, root: &Path) {
        let mut folder = start.to_owned();
        for entry in WalkDir::new(start).follow_links(true).sort_by_file_name() {
            match entry {
                Ok(entry) if entry.file_type().is_dir() => folder = entry.into_path(),
                // A pipe that nobody writes to would be waited for for ever; one that is given is meant.
                Ok(entry) if !entry.file_type().is_file() && entry.path() != root => {
                    self.note(entry.path(), FileFate::Other, "no file: a pipe, a socket or a device".to_owned());
                }
                Ok(entry) => self.push(entry.path(), root),
                Err(error) => self.unlisted(&error, &folder),
            }
        }
    }

    /// Notes what could not be listed: what the error names, else the folder that was being listed.
    fn unlisted(&mut self, error: &walkdir::Error, folder: &Path) {
        // A link back to a folder above it: that folder is read under its own name.
        if error.loop_ancestor().is_none() {
            let words = error.io_error().map_or_else(|| "it cannot be listed".to_owned(), plain_words);
            self.note(error.path().unwrap_or(folder), FileFate::Unreadable, words);
        }
    }

    fn expand(&mut self, glob: &Glob, pattern: &Path) {
        let (base, before) = (glob.base.as_path(), self.inputs.len() + self.notes.len());
        let mut folder = base.to_owned();
        let mut walk = WalkDir::new(base).follow_links(true).sort_by_file_name().into_iter();
        while let Some(entry) = walk.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    if error.path().is_none_or(|path| glob.whole.is_match(path) || glob.may_hold(path, error.depth())) {
                        self.unlisted(&error, &folder);
                    }
                    continue;
                }
            };
            let is_folder = entry.file_type().is_dir();
            if glob.whole.is_match(entry.path()) {
                if is_folder {
                    walk.skip_current_dir();
                    self.walk(entry.path(), base);
                } else if entry.file_type().is_file() {
                    self.push(entry.path(), base);
                }
            } else if is_folder && glob.may_hold(entry.path(), entry.depth()) {
                folder = entry.into_path();
            } else if is_folder {
                walk.skip_current_dir();
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

    /// Sorts, and keeps one of all names of a file (or of a range of it): the first shown, found below the shortest given path.
    fn keep_each_once(&mut self) {
        let by_name = |a: &Input, b: &Input| {
            let place = |input: &Input| (input.root.as_os_str().len(), input.range);
            a.shown.cmp(&b.shown).then_with(|| place(a).cmp(&place(b))).then_with(|| a.root.cmp(&b.root))
        };
        self.inputs.sort_by(by_name);
        let mut seen = HashMap::new();
        self.inputs.retain(|input| {
            let identity = input.path.canonicalize().unwrap_or_else(|_| input.path.clone());
            seen.insert((identity, input.range), ()).is_none()
        });
    }
}

/// A path with names that may fit several files.
struct Glob {
    /// The folder to walk: what stands before the first such name.
    base: PathBuf,
    whole: GlobMatcher,
    /// What the folders of each depth below the base must fit, down to the first name that fits several of them.
    folders: Vec<GlobMatcher>,
}

impl Glob {
    /// Whether anything in a folder, so deep below the base, may fit: what cannot is not looked into, be it a whole drive.
    fn may_hold(&self, folder: &Path, depth: usize) -> bool {
        depth.checked_sub(1).and_then(|above| self.folders.get(above)).is_none_or(|form| form.is_match(folder))
    }
}

/// The path as a glob, if it is one. What stands before the names is no part of one: `\\?\C:\` begins with a question mark and two
/// backslashes, because Windows has it so.
fn glob(pattern: &Path) -> Option<Glob> {
    let is_literal = |component: &Component<'_>| match component {
        Component::Normal(name) => !name.to_string_lossy().contains(['*', '?', '[']),
        _ => true,
    };
    let (mut base, mut names) = (PathBuf::new(), Vec::new());
    for component in pattern.components() {
        // A folder that is called like a pattern is meant where it is there.
        if names.is_empty() && (is_literal(&component) || base.join(component).symlink_metadata().is_ok()) {
            base.push(component);
        } else {
            names.push(component.as_os_str().to_str()?);
        }
    }
    if names.is_empty() {
        return None;
    }
    if base.as_os_str().is_empty() {
        base.push(".");
    }
    // As paths are joined: behind `C:`, which is the folder of that drive where one is, no separator comes.
    let is_open = base.to_str()?.ends_with(['/', std::path::MAIN_SEPARATOR]) || (cfg!(windows) && base.to_str()?.ends_with(':'));
    let before = [escape(base.to_str()?).as_str(), if is_open { "" } else { "/" }].concat();
    let form = |names: &[&str]| {
        let text = before.clone() + &names.join("/");
        let glob =
            GlobBuilder::new(&text).literal_separator(true).case_insensitive(cfg!(windows)).backslash_escape(false).build();
        glob.ok().map(|glob| glob.compile_matcher())
    };
    // `**` fits folders in folders, and braces may hold a separator.
    let single = names.iter().take_while(|name| !name.contains("**") && !name.contains(['{', '}'])).count();
    let folders = (1..=single).map_while(|depth| form(names.get(..depth)?)).collect();
    Some(Glob { whole: form(&names)?, base, folders })
}

/// A path with the separators that Windows itself writes, so that a file has one name however its folder was given. A path that
/// begins with `\\?\` is taken literally, there and here.
pub(super) fn native(path: &Path, is_windows: bool) -> Cow<'_, Path> {
    match path.to_str() {
        Some(text) if is_windows && text.contains('/') && !text.starts_with(r"\\?\") => {
            PathBuf::from(text.replace('/', r"\")).into()
        }
        _ => path.into(),
    }
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

    #[cfg(unix)]
    #[test]
    fn a_glob_looks_into_no_folder_that_its_names_do_not_fit() {
        let folder = tree();
        // Whoever looks into the folder of such a link finds it.
        for place in ["a/deep/dangling", "b/dangling", "dangling"] {
            std::os::unix::fs::symlink("nowhere", folder.path().join(place)).unwrap();
        }
        for (names, inputs, notes) in [
            ("a*", 2, 1),
            ("[b]/*.LOG", 2, 0),
            ("?/*.log", 1, 0),
            // What leads nowhere could have led to such a folder.
            ("*/de?p/*.LOG", 1, 1),
            ("b*/**/*.LOG", 2, 1),
            ("no*where/*.LOG", 0, 1),
            ("dang*", 0, 1),
        ] {
            let found = discover(&[folder.path().join(names)]);
            assert_eq!((found.inputs.len(), found.notes.len()), (inputs, notes), "{names}: {:?}", found.notes);
        }
        let found = discover(&["nowhere at all/*.LOG".into()]);
        assert!(found.notes[0].reason.contains("not there") && &*found.notes[0].file == "nowhere at all", "{:?}", found.notes);
    }

    #[test]
    fn a_glob_begins_behind_what_is_taken_literally() {
        let folder = tree();
        fs::create_dir(folder.path().join("{b}")).unwrap();
        fs::write(folder.path().join("{b}/4.LOG"), "").unwrap();
        let found = discover(&[folder.path().join("{b}").join("*.LOG")]);
        assert_eq!(names(&found, folder.path()), ["{b}/4.LOG"]);
        fs::create_dir(folder.path().join("b[1]")).unwrap();
        fs::write(folder.path().join("b[1]/5.LOG"), "").unwrap();
        let found = discover(&[folder.path().join("b[1]").join("*.LOG")]);
        assert_eq!(names(&found, folder.path()), ["b[1]/5.LOG"]);
        let base_of = |pattern: &str| glob(Path::new(pattern)).map(|glob| glob.base);
        assert_eq!(base_of("logs/EX01"), None);
        assert_eq!(base_of("logs/*/a.LOG"), Some("logs".into()));
        assert_eq!(base_of("*.LOG"), Some(".".into()));
    }

    #[test]
    fn windows_has_one_separator() {
        for (given, expected) in [
            (r"C:/copies\EX01/Logging", r"C:\copies\EX01\Logging"),
            ("//ex01/c$/logs", r"\\ex01\c$\logs"),
            (r"\\?\C:\a/b", r"\\?\C:\a/b"),
            ("-", "-"),
        ] {
            assert_eq!(native(Path::new(given), true), Path::new(expected));
            assert_eq!(native(Path::new(given), false), Path::new(given));
        }
    }

    #[cfg(windows)]
    #[test]
    fn every_way_in_which_windows_writes_a_path_leads_to_the_files() {
        let folder = tree();
        let whole = folder.path().canonicalize().unwrap();
        assert!(whole.to_str().unwrap().starts_with(r"\\?\"));
        for pattern in [r"**\*.log", "**/*.LOG", r".\**\*.LOG", r"B\*.log"] {
            let found = discover(&[folder.path().join(pattern)]);
            assert!(!found.inputs.is_empty(), "{pattern}: {:?}", found.notes);
        }
        let all = ["a/1.log", "a/deep/3.LOG", "b/10.LOG", "b/2.LOG"];
        assert_eq!(names(&discover(&[whole.join(r"**\*.LOG")]), &whole), all);
        // The same files under other spellings are the same files.
        let text = folder.path().to_str().unwrap();
        let spellings =
            [text.to_uppercase(), text.to_lowercase(), text.replace('\\', "/"), format!(r"{text}\"), format!(r"{text}\.\a\..")];
        let mut paths: Vec<PathBuf> = spellings.iter().map(PathBuf::from).collect();
        paths.push(whole);
        let found = discover(&paths);
        assert_eq!((found.inputs.len(), found.notes.len()), (5, 0), "{found:?}");
    }

    #[cfg(windows)]
    #[test]
    fn a_path_counts_from_the_folder_of_its_drive() {
        // Tests run in the folder of the package.
        let here = std::env::current_dir().unwrap();
        let drive: String = here.to_str().unwrap().chars().take(2).collect();
        let found = |path: &str| discover(&[PathBuf::from(format!("{drive}{path}"))]).inputs.len();
        assert_eq!((found("Cargo.toml"), found("cargo.t?ml"), found(r"src\input\disc*.rs")), (1, 1, 1));
    }

    #[cfg(windows)]
    #[test]
    fn paths_may_be_longer_than_windows_has_them() {
        let folder = tempfile::tempdir().unwrap();
        let deep = (0..12).fold(folder.path().to_owned(), |path, _| path.join("a folder whose name is long"));
        fs::create_dir_all(&deep).unwrap();
        fs::write(deep.join("1.LOG"), "x").unwrap();
        assert!(deep.as_os_str().len() > 300);
        for path in [folder.path().to_owned(), deep.join("1.LOG"), deep.join("*.log"), folder.path().canonicalize().unwrap()] {
            let found = discover(&[path]);
            assert_eq!((found.inputs.len(), found.notes.len()), (1, 0), "{found:?}");
            assert!(found.inputs[0].file().is_ok());
        }
    }

    #[cfg(windows)]
    #[test]
    fn junctions_are_followed_and_their_loops_cut() {
        let folder = tree();
        let link = |link: &str, to: &Path| {
            let (link, shell) = (folder.path().join(link), std::env::var_os("ComSpec").unwrap());
            let status = std::process::Command::new(shell).args(["/c", "mklink", "/J"]).arg(link).arg(to).status();
            assert!(status.unwrap().success());
        };
        link(r"a\loop", folder.path());
        link("same", &folder.path().join("b"));
        assert_eq!(discover(&[folder.path().to_owned()]).inputs.len(), 5);
    }
}
