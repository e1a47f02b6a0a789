//! Where results go: standard output or a file, with colour or without.

use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::clock::Zone;
use crate::error::{Error, ErrorKind, Result, plain_words};
use crate::report::terminal::{Glyphs, Look};

/// How results are written.
#[derive(Debug, Args)]
pub(super) struct Output {
    /// Write to this file instead of standard output (-: standard output)
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,

    /// Colour in the terminal report (auto also heeds NO_COLOR)
    #[arg(long, value_enum, default_value_t = When::Auto, value_name = "WHEN", help_heading = "Output")]
    color: When,

    /// No progress and no notes on standard error
    #[arg(long, short, conflicts_with = "verbose", help_heading = "Output")]
    pub(super) quiet: bool,

    /// List everything: all groups, all skipped examples, all files left aside
    #[arg(long, short, help_heading = "Output")]
    pub(super) verbose: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

/// The width of a report that is not written to a terminal.
const USUAL_WIDTH: usize = 100;

impl Output {
    /// For results that are no text.
    pub(super) fn of_bytes(output: Option<PathBuf>, quiet: bool) -> Self {
        Self { output, color: When::Never, quiet, verbose: false }
    }

    /// Writes bytes that no terminal can show.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] if a terminal would get them, else those of [`Self::write`].
    pub(super) fn write_bytes(&self, bytes: &[u8]) -> Result<()> {
        if !self.is_file() && io::stdout().is_terminal() {
            return Err(Error::new(ErrorKind::Usage, "a summary is nothing to look at").hint("write it to a file: --output FILE"));
        }
        self.write(|out| out.write_all(bytes))
    }

    /// The file that results go to, if they do.
    pub(super) fn file(&self) -> Option<&Path> {
        self.output.as_deref().filter(|path| path.as_os_str() != "-")
    }

    /// Whether results go to a file.
    pub(super) fn is_file(&self) -> bool {
        self.file().is_some()
    }

    /// Whether the report may hold escape sequences for colour.
    fn has_color(&self) -> bool {
        match self.color {
            When::Always => true,
            When::Never => false,
            When::Auto => self.file().is_none() && anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never,
        }
    }

    /// How a report for people looks.
    pub(super) fn look(&self, zone: Zone, glyphs: Glyphs) -> Look {
        Look { width: self.width(), color: self.has_color(), zone, all: self.verbose, glyphs }
    }

    /// How many columns the report may have: the terminal's but for the last, for terminals of 80 to 160. A Windows console
    /// that fills the last column goes to the next line by itself, and the end of the line would make an empty one.
    pub(super) fn width(&self) -> usize {
        let is_terminal = self.file().is_none() && io::stdout().is_terminal();
        let size = if is_terminal { terminal_size::terminal_size() } else { None };
        size.map_or(USUAL_WIDTH, |(width, _)| usize::from(width.0).clamp(80, 161) - 1)
    }

    /// Writes the results. A pipe that is closed early is the end of the output and no error.
    ///
    /// # Errors
    /// [`ErrorKind::Output`] with what can be done.
    pub(super) fn write(&self, results: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
        match self.file() {
            Some(path) => write_file(path, results).map_err(|error| {
                let message = format!("{} could not be written: {}", path.display(), words_of_writing(&error));
                Error::new(ErrorKind::Output, message).hint("choose another file with --output, or leave it away")
            }),
            None => {
                let mut out = BufWriter::new(anstream::AutoStream::always(io::stdout().lock()));
                match results(&mut out).and_then(|()| out.flush()) {
                    Err(error) if !is_closed_pipe(&error) => Err(Error::new(
                        ErrorKind::Output,
                        format!("standard output could not be written: {}", words_of_writing(&error)),
                    )),
                    _ => Ok(()),
                }
            }
        }
    }
}

/// The words of [`plain_words`], which are those of reading, where writing has words of its own.
pub(super) fn words_of_writing(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "its folder is not there".to_owned(),
        io::ErrorKind::PermissionDenied => "no permission to write there".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => plain_words(error),
    }
}

/// Writes beside the file and renames at the end, so that nobody ever finds half a report.
pub(super) fn write_file(path: &Path, results: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    if path.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    // A device or a pipe cannot be replaced by renaming.
    let is_null = cfg!(windows) && path.as_os_str().eq_ignore_ascii_case("NUL");
    if is_null || path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        let mut out = BufWriter::new(fs::OpenOptions::new().write(true).open(path)?);
        return results(&mut out).and_then(|()| out.flush());
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let mut out = BufWriter::new(File::create(&part)?);
    let written = results(&mut out).and_then(|()| out.into_inner().map_err(|error| error.into_error())?.sync_all());
    let renamed = written.and_then(|()| fs::rename(&part, path));
    if renamed.is_err() {
        let _ = fs::remove_file(&part);
    }
    renamed
}

/// Windows has several names for a reader that has gone; wine has one more.
fn is_closed_pipe(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe || (cfg!(windows) && matches!(error.raw_os_error(), Some(109 | 232 | 233)))
}
