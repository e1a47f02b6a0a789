//! Archives as folders: what is in them is listed as files, and each file is read as a stream whenever somebody opens it.
//!
//! Nothing of a zip archive is unpacked to the disk. An archive inside of an archive is opened too if it is called like one and lies
//! in the outer one as it is, or is small enough to be held in memory; deeper ones are not.

mod bytes;
mod directory;
mod entry;
mod name;
mod recovery;
mod seven_zip;

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use entry::Entry;
pub use seven_zip::is_seven_zip;

use crate::collections::map::{HashMap, HashSet};
use crate::error::plain_words;
use crate::input::archive::bytes::Bytes;
use crate::input::archive::directory::Listed;
use crate::input::archive::entry::Method;
use crate::input::discover::Input;
use crate::input::packed::{Unpacking, too_much};
use crate::input::source::Source;
use crate::skipped::{FileFate, FileNote};

/// Office documents are zip archives too, and have this in them.
const OFFICE: &str = "[Content_Types].xml";

const TWINS: &str = "several files in it have one name: of each the last is read, as by who unpacks it";

/// Whether a file that begins so is a zip archive.
pub fn is_zip(beginning: &[u8]) -> bool {
    matches!(beginning, [b'P', b'K', 3 | 5 | 7, 4 | 6 | 8, ..])
}

/// Whether a file is an archive. What is no file is not looked at: a pipe can be read only once.
pub fn is_archive(input: &Input) -> bool {
    let is_file = !input.is_standard_input() && input.path.metadata().is_ok_and(|metadata| metadata.is_file());
    is_file && input.open().is_ok_and(|(content, _)| begins_like_archive(content))
}

/// Opens archives, one after the other.
#[derive(Debug)]
pub struct Opener {
    /// How much may come out of each.
    pub unpacking: Unpacking,
    /// So many bytes of archives inside of archives may still be held in memory.
    pub memory: u64,
}

/// What an archive holds.
#[derive(Debug, Default)]
pub struct Opened {
    /// Its files, in the order of the archive.
    pub inputs: Vec<Input>,
    /// What cannot be read of it, and the archive itself if something is wrong with it.
    pub notes: Vec<FileNote>,
}

/// An archive that is being opened.
struct Archive {
    shown: Arc<str>,
    bytes: Bytes,
    /// The folder that would hold its files if it were unpacked beside itself, and the given path as seen from there.
    folder: PathBuf,
    root: PathBuf,
    /// As of its [`Input`].
    holder: Option<PathBuf>,
    /// How much may come out of it, with all that is opened inside.
    most: u64,
    is_inside: bool,
}

impl Opener {
    /// Lists the files of an archive.
    pub fn open(&mut self, archive: &Input) -> Opened {
        let mut opened = Opened::default();
        let length = match std::fs::metadata(&archive.path) {
            Ok(metadata) => metadata.len(),
            Err(error) => {
                opened.note(&archive.shown, FileFate::Unreadable, plain_words(&error));
                return opened;
            }
        };
        let folder = unpacked(&archive.path);
        let root = if archive.root == archive.path { folder.clone() } else { archive.root.clone() };
        let bytes = Bytes::File { path: archive.path.clone(), stretch: 0..length };
        let most = self.unpacking.of(Some(length));
        let (shown, holder) = (archive.shown.clone(), archive.holder.clone());
        let outermost = Archive { shown, bytes, folder, root, holder, most, is_inside: false };
        self.list(&outermost, &mut most.clone(), &mut opened);
        opened
    }

    /// Lists an archive's files, of which `left` bytes may still come out.
    fn list(&mut self, archive: &Archive, left: &mut u64, opened: &mut Opened) {
        let files = match self.files(archive, *left, opened) {
            Ok(files) => files,
            Err(error) => return opened.note(&archive.shown, FileFate::Unreadable, plain_words(&error)),
        };
        if files.iter().any(|file| file.name == OFFICE) {
            return opened.note(&archive.shown, FileFate::Other, "an Office document".to_owned());
        }
        for (place, entry) in last_of_each_name(files) {
            let shown: Arc<str> = format!("{}/{place}", archive.shown).into();
            match entry {
                Err(reason) => opened.note(&shown, FileFate::Unreadable, reason),
                Ok(entry) if entry.size > *left => opened.note(&shown, FileFate::Unreadable, too_much(archive.most)),
                Ok(entry) => {
                    *left -= entry.size;
                    let path = name::below(&archive.folder, &place);
                    let input = Input {
                        shown,
                        path,
                        root: archive.root.clone(),
                        holder: archive.holder.clone(),
                        source: Source::Entry(entry),
                        unpacking: self.unpacking,
                        range: None,
                    };
                    self.add(input, archive, left, opened);
                }
            }
        }
    }

    /// The files that an archive lists; where its directory is lost, those that can be found without it.
    fn files(&self, archive: &Archive, most: u64, opened: &mut Opened) -> io::Result<Vec<Listed>> {
        if is_seven_zip(&beginning(archive.bytes.open(0..4)?)?) {
            let files = seven_zip::files(&archive.bytes, most)?;
            if files.is_empty() {
                opened.note(&archive.shown, FileFate::Other, "an empty 7z archive".to_owned());
            }
            let names = files.iter().map(|file| file.name.as_str()).collect::<HashSet<&str>>().len();
            if names < files.len() {
                opened.note(&archive.shown, FileFate::Damaged, TWINS.to_owned());
            }
            return Ok(files);
        }
        if let Some(directory) = directory::read(&archive.bytes)? {
            if directory.files.is_empty() {
                opened.note(&archive.shown, FileFate::Other, "an empty zip archive".to_owned());
            }
            if directory.has_twins {
                opened.note(&archive.shown, FileFate::Damaged, TWINS.to_owned());
            }
            return Ok(directory.files);
        }
        let files = recovery::files(&archive.bytes, most)?;
        let (fate, reason) = match files.is_empty() {
            true => (FileFate::Unreadable, "a zip archive that is damaged, or a part of a split one"),
            false => (FileFate::Damaged, "a zip archive without its end (cut, or damaged): what could be found in it was read"),
        };
        opened.note(&archive.shown, fate, reason.to_owned());
        Ok(files)
    }

    /// Adds a file, or the files of an archive that it is.
    fn add(&mut self, input: Input, outer: &Archive, left: &mut u64, opened: &mut Opened) {
        let Source::Entry(entry) = &input.source else { return };
        if outer.is_inside || !is_called_archive(&input.path) || !entry.open().is_ok_and(begins_like_archive) {
            opened.inputs.push(input);
            return;
        }
        match self.bytes_of(entry) {
            Ok(Some(bytes)) => {
                let folder = unpacked(&input.path);
                let archive = Archive {
                    shown: input.shown.clone(),
                    bytes,
                    folder,
                    root: input.root.clone(),
                    holder: input.holder.clone(),
                    most: outer.most,
                    is_inside: true,
                };
                self.list(&archive, left, opened);
            }
            Ok(None) => {
                let reason = "an archive inside of another one, too large to be opened there: unpack the outer one first";
                opened.note(&input.shown, FileFate::Unreadable, reason.to_owned());
            }
            Err(error) => opened.note(&input.shown, FileFate::Unreadable, plain_words(&error)),
        }
    }

    /// The bytes of an archive inside of another one; `None` if they would take too much memory.
    fn bytes_of(&mut self, entry: &Entry) -> io::Result<Option<Bytes>> {
        if entry.method == Method::Stored {
            let start = entry.data()?;
            if let Some(bytes) = entry.archive.part(start..start.saturating_add(entry.packed)) {
                return Ok(Some(bytes));
            }
        }
        if entry.size > self.memory {
            return Ok(None);
        }
        self.memory -= entry.size;
        let mut bytes = Vec::new();
        // What stands before damage can still be made out.
        match entry.open()?.read_to_end(&mut bytes) {
            Err(error) if bytes.is_empty() => Err(error),
            _ => Ok(Some(Bytes::Memory(bytes.into()))),
        }
    }
}

impl Opened {
    fn note(&mut self, file: &Arc<str>, fate: FileFate, reason: String) {
        self.notes.push(FileNote { file: file.clone(), fate, reason });
    }
}

/// The folder that unpacking an archive beside itself makes: its name without `.zip` or `.7z`.
fn unpacked(archive: &Path) -> PathBuf {
    if is_called_archive(archive) { archive.with_extension("") } else { archive.to_owned() }
}

fn is_called_archive(path: &Path) -> bool {
    let is = |known: &str| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(known));
    is("zip") || is("7z")
}

fn begins_like_archive(content: impl Read) -> bool {
    beginning(content).is_ok_and(|beginning| is_zip(&beginning) || is_seven_zip(&beginning))
}

fn beginning(mut content: impl Read) -> io::Result<[u8; 4]> {
    let mut beginning = [0; 4];
    content.read_exact(&mut beginning).map(|()| beginning)
}

/// The files with their places in the archive. Names that lead to one place are one name.
fn last_of_each_name(files: Vec<Listed>) -> Vec<(String, Result<Entry, String>)> {
    let (mut at, mut placed) = (HashMap::new(), Vec::with_capacity(files.len()));
    for Listed { name, entry } in files {
        let Some(place) = name::place(&name) else { continue };
        match at.get(&place).and_then(|at: &usize| placed.get_mut(*at)) {
            Some(slot) => *slot = (place, entry),
            None => {
                at.insert(place.clone(), placed.len());
                placed.push((place, entry));
            }
        }
    }
    placed
}
