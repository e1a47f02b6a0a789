//! `--manifest`: what was read, beside the result.

use std::env;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::case::evidence::Evidence;
use crate::cli::options::Selection;
use crate::cli::output::{words_of_writing, write_file};
use crate::clock::{Window, rfc3339};
use crate::error::{Error, ErrorKind, Result};
use crate::input::discover::{Input, discover};
use crate::manifest::inputs::Inputs;
use crate::manifest::{self, Manifest, Options};
use crate::pipeline::prints::prints;
use crate::redaction::Redactor;
use crate::report::html::Asked;
use crate::summary::Summary;

/// Whether a manifest is written, and where.
#[derive(Debug, Args)]
pub(super) struct Proof {
    /// Also write a manifest of everything that was found to this file: sizes, times, SHA-256, lines; 'exlog verify' holds it against the files
    ///
    /// For the SHA-256 every file is read once more, on all threads, after the logs were read.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    manifest: Option<PathBuf>,
}

/// A manifest on its way to its file.
pub(super) struct Pending {
    file: PathBuf,
    manifest: Manifest,
}

impl Proof {
    /// The file that it is written to, if it is.
    pub(super) fn file(&self) -> Option<&Path> {
        self.manifest.as_deref()
    }

    /// The manifest of what was read, if one is asked for: each with the paths among which it was found.
    ///
    /// # Errors
    /// As [`prints`].
    pub(super) fn of<'a>(
        &self,
        (command, asked): (&str, &Asked),
        window: Window,
        selection: &Selection,
        read: impl IntoIterator<Item = (&'a Summary, &'a Evidence, Vec<PathBuf>)>,
    ) -> Result<Option<Pending>> {
        let Some(file) = self.manifest.clone() else { return Ok(None) };
        let (mut inputs, mut paths) = (Inputs::default(), Vec::new());
        for (summary, evidence, among) in read {
            inputs.add(summary, evidence);
            paths.extend(among);
        }
        let found: Vec<Input> = discover(&paths).inputs.into_iter().filter(|input| !input.is_standard_input()).collect();
        let files: Vec<PathBuf> = found.iter().map(|input| input.path.clone()).collect();
        let prints = prints(&files, selection.threads)?;
        inputs.prove(found.iter().map(|input| input.shown.to_string()).zip(prints).collect());
        let folder = env::current_dir().ok().map(|folder| folder.to_string_lossy().into_owned());
        let window = manifest::Window { from: window.from.map(rfc3339), to: window.to.map(rfc3339) };
        Ok(Some(Pending {
            file,
            manifest: Manifest::new(options(command, asked, selection.unpacking.given()), window, folder, inputs.into_list()),
        }))
    }
}

impl Pending {
    /// Puts pseudonyms in the place of all names; `asked` has them already.
    pub(super) fn redact(&mut self, asked: &Asked, redactor: &Redactor) {
        let Options { command, max_unpacked, .. } = &self.manifest.options;
        let options = options(command, asked, *max_unpacked);
        self.manifest.redact(options, redactor);
    }

    /// Writes it to its file, which appears only when it is whole.
    ///
    /// # Errors
    /// [`ErrorKind::Output`] with what can be done.
    pub(super) fn write(&self) -> Result<()> {
        write_file(&self.file, |out| self.manifest.write(out)).map_err(|error| could_not_be_written(&self.file, &error))
    }
}

fn could_not_be_written(file: &Path, error: &std::io::Error) -> Error {
    let message = format!("the manifest {} could not be written: {}", file.display(), words_of_writing(error));
    Error::new(ErrorKind::Output, message).hint("choose another file with --manifest")
}

/// What was asked for, as a manifest has it.
fn options(command: &str, asked: &Asked, max_unpacked: Option<u64>) -> Options {
    Options {
        command: command.to_owned(),
        paths: asked.paths.clone(),
        evidence: asked.evidence.clone(),
        compare: asked.others.clone(),
        server_name: asked.server_name.clone(),
        protocol: asked.protocol.map(|protocol| protocol.name().to_owned()),
        role: asked.role.map(|role| role.name().to_owned()),
        servers: asked.servers.clone(),
        users: asked.users.clone(),
        clients: asked.clients.clone(),
        max_unpacked,
    }
}
