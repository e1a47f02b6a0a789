//! The files of a list instead of all that the given paths hold: each is shown and named as if it had been found below the
//! path that it belongs to, so that parts of a folder can be read apart.
//!
//! Who cannot open a file at its own path, because it lies where only others can read, may have fetched a copy of it: then its name
//! is what the list says, and its bytes lie at the same place below a folder of copies.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result, plain_words};
use crate::input::byte_range::ByteRange;
use crate::input::discover::{Discovery, Input, native};
use crate::skipped::FileFate;
use crate::text::TerminalText;

/// Between the scheme of a name and the rest of it: `hdfs://namenode/logs/a.LOG`.
const SCHEME: &str = "://";

/// A list of files, each with the given path that it belongs to, and the range of its bytes that is meant, if it is not all of it.
#[derive(Debug)]
pub struct Listed {
    files: Vec<(PathBuf, PathBuf, Option<ByteRange>)>,
    fetched: Option<PathBuf>,
}

impl Listed {
    /// The files of a list, each below one of the paths; with `fetched` their bytes are copies in that folder.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] if a file is below none of the paths, or if a name would lead out of the folder of copies.
    pub fn new(names: Vec<(PathBuf, Option<ByteRange>)>, paths: &[PathBuf], fetched: Option<PathBuf>) -> Result<Self> {
        let files = names.into_iter().map(|(name, range)| {
            let of_it = paths.iter().filter_map(|path| part_for(&name, path, cfg!(windows)));
            // As of files that are found below several paths.
            let root = of_it.min_by_key(|root| (root.as_os_str().len(), root.as_os_str()));
            let root =
                root.ok_or_else(|| wrong(&name, "is below none of the paths", "give the folder that it was listed from"))?;
            let leads_out = |component| matches!(component, Component::ParentDir);
            if fetched.is_some() && name.components().any(leads_out) {
                return Err(wrong(&name, "would lead out of the folder of copies", "give names without '..'"));
            }
            let root = root.to_owned();
            Ok((name, root, range))
        });
        Ok(Self { files: files.collect::<Result<_>>()?, fetched })
    }

    /// What is there of them.
    pub fn discover(&self) -> Discovery {
        let mut found = Discovery::default();
        for (name, root, range) in &self.files {
            let before = found.inputs.len();
            match &self.fetched {
                Some(folder) => found.add_copy(name, root, folder),
                None => found.walk(&native(name, cfg!(windows)), &native(root, cfg!(windows))),
            }
            found.inputs.iter_mut().skip(before).for_each(|input| input.range = *range);
        }
        found.put_in_order();
        found
    }
}

impl Discovery {
    /// Adds a file of which a copy lies in a folder.
    fn add_copy(&mut self, name: &Path, root: &Path, folder: &Path) {
        let (holder, path) = place(name, folder);
        match path.metadata() {
            Ok(_) => {
                let shown = Arc::from(name.to_string_lossy());
                let input = Input::on_disk(shown, &path, &place(root, folder).1);
                self.inputs.push(Input { holder: Some(holder), ..input });
            }
            Err(error) => self.note(name, FileFate::Unreadable, plain_words(&error)),
        }
    }
}

/// The part of a name that is the given path; for Windows capitals make no difference.
fn part_for<'a>(name: &'a Path, path: &Path, is_windows: bool) -> Option<&'a Path> {
    let lower = |path: &Path| PathBuf::from(path.to_string_lossy().to_lowercase());
    name.ancestors().find(|part| *part == path || (is_windows && lower(part) == lower(path)))
}

/// Where a copy lies in the folder of copies, and which folders above it do not belong to its path: `hdfs://namenode/logs/a.LOG` is
/// `hdfs/namenode/logs/a.LOG`, and the name of a cluster is no server.
fn place(name: &Path, folder: &Path) -> (PathBuf, PathBuf) {
    let text = name.to_string_lossy();
    if let Some((scheme, rest)) = text.split_once(SCHEME) {
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let holder = folder.join(scheme).join(authority);
        let path = holder.join(path.trim_start_matches('/'));
        return (holder, path);
    }
    let below: PathBuf = name.components().filter(|component| matches!(component, Component::Normal(_))).collect();
    (folder.to_owned(), folder.join(below))
}

fn wrong(name: &Path, what: &str, hint: &str) -> Error {
    let name = name.to_string_lossy();
    Error::new(ErrorKind::Usage, format!("{} {what}", TerminalText::new(&name))).hint(hint.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_lies_at_the_place_of_its_name() {
        for (name, holder, path) in [
            ("hdfs://nn:8020/logs/EX01/a.LOG", "copies/hdfs/nn:8020", "copies/hdfs/nn:8020/logs/EX01/a.LOG"),
            ("s3a://bucket/a.LOG", "copies/s3a/bucket", "copies/s3a/bucket/a.LOG"),
            ("s3a://bucket", "copies/s3a/bucket", "copies/s3a/bucket/"),
            ("file:///logs/a.LOG", "copies/file/", "copies/file/logs/a.LOG"),
            ("/logs/a.LOG", "copies", "copies/logs/a.LOG"),
            ("logs/a.LOG", "copies", "copies/logs/a.LOG"),
        ] {
            assert_eq!(place(Path::new(name), Path::new("copies")), (holder.into(), path.into()), "{name}");
        }
    }

    #[test]
    fn a_file_belongs_to_the_shortest_path_that_holds_it() {
        let paths = ["logs/a", "logs", "other"].map(PathBuf::from);
        let whole = |name: &str| (PathBuf::from(name), None);
        let listed = Listed::new(vec![whole("logs/a/x.LOG"), whole("other")], &paths, None).unwrap();
        assert_eq!(listed.files, [("logs/a/x.LOG".into(), "logs".into(), None), ("other".into(), "other".into(), None)]);
        assert!(Listed::new(vec![whole("elsewhere/x.LOG")], &paths, None).is_err());
        assert!(Listed::new(vec![whole("logs/../../x.LOG")], &paths, Some("copies".into())).is_err());
    }

    #[test]
    fn on_windows_capitals_make_no_other_folder() {
        for (name, path, is_windows, expected) in [
            ("c:/Logs/EX01/a.LOG", "C:/logs", true, Some("c:/Logs")),
            ("c:/Logs/EX01/a.LOG", "C:/logs/", true, Some("c:/Logs")),
            ("c:/Logs/EX01/a.LOG", "C:/logs/EX02", true, None),
            ("c:/Logs2/a.LOG", "C:/logs", true, None),
            ("/logs/Ä/a.LOG", "/Logs/ä", true, Some("/logs/Ä")),
            ("/logs/a.LOG", "/Logs", false, None),
            ("/logs/a.LOG", "/logs/", false, Some("/logs")),
        ] {
            assert_eq!(part_for(Path::new(name), Path::new(path), is_windows), expected.map(Path::new), "{name} below {path}");
        }
    }
}
