//! What was found among the paths of a run, as a manifest lists it.

use std::collections::BTreeMap;

use crate::case::evidence::Evidence;
use crate::clock::rfc3339;
use crate::manifest::print::Print;
use crate::manifest::{Kind, Listed};
use crate::skipped::FileFate;
use crate::summary::Summary;

/// The files of a run while they are gathered, by path.
#[derive(Debug, Default)]
pub struct Inputs {
    files: BTreeMap<String, Listed>,
}

impl Inputs {
    /// Takes in what was read.
    pub fn add(&mut self, summary: &Summary, evidence: &Evidence) {
        for (file, _) in &evidence.files {
            self.at(file, Kind::Evidence);
        }
        for source in &summary.sources {
            let listed = self.at(&source.file, Kind::Log);
            listed.kind = Kind::Log;
            (listed.lines, listed.records, listed.bytes) = (Some(source.lines), Some(source.records), Some(source.bytes));
            (listed.first, listed.last) = source.span.map(|(first, last)| (rfc3339(first), rfc3339(last))).unzip();
        }
        for note in &summary.notes {
            let kind = if note.fate == FileFate::Unreadable { Kind::Unreadable } else { Kind::Other };
            self.at(&note.file, kind).note = Some(note.reason.clone());
        }
    }

    /// Takes in what files are like on the disk; what was not read is no input. `None` is a file that could not be opened.
    pub fn prove(&mut self, prints: Vec<(String, Option<Print>)>) {
        for (path, print) in prints {
            let inside = format!("{path}/");
            let mut is_archive = false;
            for (_, listed) in self.files.range_mut(inside.clone()..).take_while(|(other, _)| other.starts_with(&inside)) {
                listed.archive = Some(path.clone());
                is_archive = true;
            }
            if is_archive {
                self.at(&path, Kind::Archive).kind = Kind::Archive;
            }
            if let (Some(listed), Some(print)) = (self.files.get_mut(&path), print) {
                listed.size = Some(print.size);
                listed.modified = print.modified.map(rfc3339);
                listed.sha256 = Some(print.sha256);
            }
        }
    }

    /// All of them, sorted by path.
    pub fn into_list(self) -> Vec<Listed> {
        self.files.into_values().collect()
    }

    fn at(&mut self, path: &str, kind: Kind) -> &mut Listed {
        self.files.entry(path.to_owned()).or_insert_with(|| Listed {
            path: path.to_owned(),
            kind,
            archive: None,
            size: None,
            modified: None,
            sha256: None,
            lines: None,
            records: None,
            bytes: None,
            first: None,
            last: None,
            note: None,
        })
    }
}
