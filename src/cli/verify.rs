//! `exlog verify`: whether files are still those that a manifest names.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::output::Output;
use crate::cli::status::Status;
use crate::cli::text_file::contents;
use crate::error::{Error, ErrorKind, Result, plain_words};
use crate::input::discover::discover;
use crate::manifest::Manifest;
use crate::manifest::proof::{Places, State, held, on_disk, roots};
use crate::pipeline::prints::prints;
use crate::text::{TerminalText, counted};

/// The arguments of `exlog verify`.
#[derive(Debug, Args)]
#[command(after_help = STATUS, after_long_help = format!("{EXAMPLES}\n\n{STATUS}"))]
pub(super) struct Verify {
    /// A manifest that 'exlog analyze --manifest' or 'exlog summarize --manifest' wrote
    #[arg(value_name = "MANIFEST")]
    manifest: PathBuf,

    /// Where the files are now: the folder that stands for the one in which exlog ran, or that holds what lay elsewhere
    #[arg(long, value_name = "DIR")]
    base: Option<PathBuf>,

    /// How many threads read [default: all processors]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,

    #[command(flatten)]
    output: Output,
}

const EXAMPLES: &str = "\
Examples:
  exlog analyze copies --format json --output report.json --manifest manifest.json
  exlog verify manifest.json
  exlog verify manifest.json --base /mnt/evidence --verbose

Every file is read and its SHA-256 compared; times do not count. What lies in an archive is proved by the archive. Files that differ
are listed, with --verbose all.";

const STATUS: &str = "\
Exit status:
  0  all files are the same, and no others are there
  1  files have changed, are missing or new
  2  wrong usage, or the job could not be done";

/// Whether the folder is there: in one that is not, every file would be missing.
fn check_folder(folder: &Path) -> Result<()> {
    let words = match folder.metadata() {
        Ok(metadata) if metadata.is_dir() => return Ok(()),
        Ok(_) => "it is no folder".to_owned(),
        Err(error) => plain_words(&error),
    };
    Err(Error::new(ErrorKind::Usage, format!("{}: {words}", folder.display()))
        .hint("give --base the folder that holds the files now"))
}

impl Verify {
    pub(super) fn run(&self) -> Result<Status> {
        let manifest = self.read()?;
        self.base.as_deref().map_or(Ok(()), check_folder)?;
        let places = Places::of(&manifest, self.base.as_deref());
        let listed = on_disk(&manifest, &places);
        let found = discover(&roots(&manifest, &places))
            .inputs
            .into_iter()
            .filter(|input| !input.is_standard_input() && !self.is_manifest(&input.path));
        let found: Vec<PathBuf> = found.map(|input| input.path).collect();
        let files: Vec<PathBuf> = listed.iter().map(|(_, path)| path.clone()).collect();
        let prints = prints(&files, self.threads)?;
        let prints: BTreeMap<PathBuf, _> =
            files.into_iter().zip(prints).filter_map(|(path, print)| Some((path, print?))).collect();
        let states = held(&listed, &prints, &found);
        self.write(&states)?;
        let is_same = states.values().all(|state| matches!(state, State::Same | State::Unknown));
        Ok(if is_same { Status::Done } else { Status::Found })
    }

    fn read(&self) -> Result<Manifest> {
        let name = self.manifest.display();
        let usage = |words: String| Error::new(ErrorKind::Usage, format!("{name}: {words}"));
        let text = contents(&self.manifest).map_err(|why| usage(why).hint("give the file that --manifest wrote"))?;
        let manifest = Manifest::read(&text).map_err(|words| usage(words).hint("give the file that --manifest wrote"))?;
        if manifest.redacted {
            return Err(usage("its paths are pseudonyms, and cannot be held against files".to_owned())
                .hint("write one without --redact too, and keep it with the logs"));
        }
        Ok(manifest)
    }

    /// A manifest that was written among the logs is not one of them.
    fn is_manifest(&self, path: &Path) -> bool {
        path.canonicalize().ok().zip(self.manifest.canonicalize().ok()).is_some_and(|(path, manifest)| path == manifest)
    }

    fn write(&self, states: &BTreeMap<String, State>) -> Result<()> {
        self.output.write(|out| {
            for (path, state) in states.iter().filter(|(_, state)| self.output.verbose || **state != State::Same) {
                writeln!(out, "{:<8}  {}", state.name(), TerminalText::new(path))?;
            }
            let count = |wanted: State| states.values().filter(|state| **state == wanted).count() as u64;
            let counts: Vec<String> = State::ALL
                .into_iter()
                .filter(|state| *state == State::Same || count(*state) > 0)
                .map(|state| format!("{} {}", count(state), state.name()))
                .collect();
            writeln!(out, "{}: {}", counted(states.len() as u64, "file", "files"), counts.join(", "))
        })
    }
}
