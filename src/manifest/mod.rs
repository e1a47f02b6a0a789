//! The manifest of a run, `exlog.manifest/1`: what was read, so that the result can be made again and shown to be of these files.
//!
//! A file on the disk has its length, its time and the SHA-256 of its bytes; a file inside of an archive is proved by its archive.
//! Whether files are still the same is said in `proof`.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use crate::redaction::Redactor;

pub mod inputs;
pub mod print;
pub mod proof;

/// The name of the format.
const SCHEMA: &str = "exlog.manifest/1";

/// What a run read, and how it was asked to. The format itself: fields may be added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The format's name.
    pub schema: String,
    /// The program.
    pub tool: Tool,
    /// Whether paths and names are pseudonyms.
    pub redacted: bool,
    /// The folder in which the program ran: where relative paths begin.
    pub folder: Option<String>,
    /// What was asked for.
    pub options: Options,
    /// The window, in RFC 3339.
    pub window: Window,
    /// Everything that was found among the paths, sorted by path.
    pub inputs: Vec<Listed>,
}

/// The program that wrote a manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// What was asked for, as far as the result depends on it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// The command.
    pub command: String,
    /// The paths, as they were given.
    pub paths: Vec<String>,
    /// Those of `--evidence`.
    pub evidence: Vec<String>,
    /// Those of `--compare`.
    pub compare: Vec<String>,
    /// `--server-name`.
    pub server_name: Option<String>,
    /// `--protocol`.
    pub protocol: Option<String>,
    /// `--role`.
    pub role: Option<String>,
    /// `--server`.
    pub servers: Vec<String>,
    /// `--user`.
    pub users: Vec<String>,
    /// `--client`.
    pub clients: Vec<String>,
    /// `--max-unpacked`, in bytes.
    pub max_unpacked: Option<u64>,
}

/// A window of time; `None` where it is open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// It begins here.
    pub from: Option<String>,
    /// It ends before this.
    pub to: Option<String>,
}

/// What a file was to the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A protocol log.
    Log,
    /// Evidence.
    Evidence,
    /// An archive, whose files stand beside it.
    Archive,
    /// Neither.
    Other,
    /// It could not be read.
    Unreadable,
}

/// A file that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The path, as it is shown.
    pub path: String,
    /// What it was.
    pub kind: Kind,
    /// The archive that it lies in.
    pub archive: Option<String>,
    /// Bytes on the disk. `None`, like the next two, for what lies in an archive or could not be opened.
    pub size: Option<u64>,
    /// When it was written last, in RFC 3339.
    pub modified: Option<String>,
    /// The SHA-256 of its bytes on the disk, in hexadecimal digits.
    pub sha256: Option<String>,
    /// Of a log: its lines. As the next four, only of logs.
    pub lines: Option<u64>,
    /// Its records.
    pub records: Option<u64>,
    /// Bytes of its content, unpacked.
    pub bytes: Option<u64>,
    /// Its first record, in RFC 3339.
    pub first: Option<String>,
    /// Its last record.
    pub last: Option<String>,
    /// What was wrong with it, or why it was left aside.
    pub note: Option<String>,
}

impl Manifest {
    /// A manifest of this version of the program.
    pub fn new(options: Options, window: Window, folder: Option<String>, inputs: Vec<Listed>) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            tool: Tool { name: "exlog".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
            redacted: false,
            folder,
            options,
            window,
            inputs,
        }
    }

    /// Writes it, with a line end behind it.
    ///
    /// # Errors
    /// What `out` says.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut *out, self).map_err(io::Error::from)?;
        out.write_all(b"\n")
    }

    /// Reads one.
    ///
    /// # Errors
    /// In words what is wrong with it.
    pub fn read(text: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Named {
            schema: String,
        }
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let named: Named = serde_json::from_slice(text).map_err(|_| "it is no manifest of exlog".to_owned())?;
        if named.schema != SCHEMA {
            return Err(format!("it is no {SCHEMA}"));
        }
        serde_json::from_slice(text).map_err(|error| format!("its line {} is not as exlog writes it", error.line()))
    }

    /// Puts pseudonyms in the place of all names. What was asked for is given as it was redacted for the report.
    pub fn redact(&mut self, options: Options, redactor: &Redactor) {
        let Self { schema: _, tool: _, redacted, folder, options: asked, window: _, inputs } = self;
        (*redacted, *folder, *asked) = (true, None, options);
        for input in inputs {
            let Listed { path, kind: _, archive, size: _, modified: _, sha256: _, note, .. } = input;
            *path = redactor.path(path);
            archive.iter_mut().for_each(|path| *path = redactor.path(path));
            note.iter_mut().for_each(|note| *note = redactor.text(note));
        }
    }
}
