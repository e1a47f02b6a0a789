//! A file that is no protocol log: is it evidence, and what does it say?

use std::io::{self, Read};

use crate::case::evidence::EvidenceFile;
use crate::error::plain_words;
use crate::evidence::{self, BEGINNING, MOST_BYTES};
use crate::input::discover::Input;
use crate::skipped::{FileFate, FileNote};

/// What a file that is no log turned out to be.
pub(super) enum Looked {
    /// Evidence.
    Evidence(EvidenceFile),
    /// Something else.
    Neither(FileNote),
    /// Nothing: others read it.
    Elsewhere,
}

/// Reads a file as evidence; `note` says why it is no log.
pub(super) fn look_at(input: &Input, note: FileNote) -> Looked {
    match read(input) {
        Ok(Some(bytes)) => {
            let reading = evidence::read(&input.shown, &bytes);
            match reading.kind {
                Some(kind) => Looked::Evidence(EvidenceFile {
                    file: input.shown.clone(),
                    kind: kind.into(),
                    facts: reading.facts,
                    skipped: reading.skipped,
                }),
                None => Looked::Neither(note),
            }
        }
        Ok(None) => Looked::Neither(note),
        Err(error) => Looked::Neither(FileNote { fate: FileFate::Unreadable, reason: plain_words(&error), ..note }),
    }
}

/// The whole file, if its beginning may be evidence and it is not too large.
fn read(input: &Input) -> io::Result<Option<Vec<u8>>> {
    let (mut file, length) = input.open()?;
    if length.is_none_or(|length| length > MOST_BYTES) {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    (&mut file).take(BEGINNING as u64).read_to_end(&mut bytes)?;
    if !evidence::could_be(&bytes) {
        return Ok(None);
    }
    file.take(MOST_BYTES).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}
