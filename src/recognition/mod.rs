//! Which of the files that are there is which log that was read before, and what is to be read of it.
//!
//! A log is itself under its old path as long as it begins as it did. Under another path (renamed, packed, reached by a share)
//! it is the log that begins so and is no longer where it was. A second log that begins so on the same server is a copy: it
//! would count everything twice. What was cut shorter goes on behind what is left, unless it is whole again: a copy that is made
//! anew is short for a while. What was replaced is a new log.
//!
//! What is known of a log stands in `known_log`; who keeps it, and for how long, is not asked here.

use std::io;

use crate::collections::map::HashMap;
use crate::input::discover::Input;
use crate::input::identity::{self, Beginning};
use crate::input::server_name;
use crate::input::source::Source;
use crate::protocol_log::place::Place;

pub mod copies;
pub mod known_log;

use known_log::{KnownLog, Mark, ReadTo, digest_of};

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recognised {
    /// Nothing of it was read before.
    New,
    /// The known log of this place in the list; it is read from here on.
    Grown(usize, Place),
    /// The known log of this place in the list; there is nothing new in it.
    Unchanged(usize),
    /// The known log of this place in the list was cut shorter: so much of it is left.
    Shortened(usize, Place),
    /// A copy of the log at this path.
    Copy(String),
}

/// What is believed without a look at the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// Nothing: between two nights a file may be replaced, and its time set back.
    Bytes,
    /// That a file whose length and time are what they were a moment ago is what it was.
    LengthAndTime,
}

/// Says of each file what it is. `beginnings` has `None` for what could not be looked at.
pub fn recognise(inputs: &[Input], beginnings: &[Option<Beginning>], known: &[KnownLog], trust: Trust) -> Vec<Recognised> {
    let claims = claims(inputs, beginnings, known);
    let mut begun: HashMap<(Vec<u8>, Option<String>), String> = HashMap::new();
    let mut recognised = Vec::with_capacity(inputs.len());
    // Those that are known stand for themselves; only then can a file be the copy of one.
    for (input, beginning, claim) in zip(inputs, beginnings, &claims) {
        if let (Some(beginning), Some(_)) = (beginning, claim) {
            note_beginning(&mut begun, input, beginning);
        }
    }
    for (input, beginning, claim) in zip(inputs, beginnings, &claims) {
        recognised.push(match (beginning, claim) {
            (None, _) => Recognised::New,
            (Some(beginning), Some(place)) => match known.get(*place).map(|log| look_behind(input, beginning, log, trust)) {
                Some(Behind::From(from)) => Recognised::Grown(*place, from),
                Some(Behind::Nothing) => Recognised::Unchanged(*place),
                Some(Behind::Less(left)) => Recognised::Shortened(*place, left),
                Some(Behind::Other) | None => Recognised::New,
            },
            (Some(beginning), None) => note_beginning(&mut begun, input, beginning).map_or(Recognised::New, Recognised::Copy),
        });
    }
    recognised
}

fn zip<'a, A, B, C>(a: &'a [A], b: &'a [B], c: &'a [C]) -> impl Iterator<Item = (&'a A, &'a B, &'a C)> {
    a.iter().zip(b).zip(c).map(|((a, b), c)| (a, b, c))
}

/// For each file the known log that it is, by its path or else by its beginning; each log once.
fn claims(inputs: &[Input], beginnings: &[Option<Beginning>], known: &[KnownLog]) -> Vec<Option<usize>> {
    let by_path: HashMap<&str, usize> = known.iter().enumerate().map(|(place, log)| (log.path.as_str(), place)).collect();
    let mut is_free = vec![true; known.len()];
    let mut claims: Vec<Option<usize>> = inputs
        .iter()
        .zip(beginnings)
        .map(|(input, beginning)| {
            let place = *by_path.get(path_of(input).as_str())?;
            let fits = known.get(place)?.mark.fits(&beginning.as_ref()?.head);
            fits.then(|| is_free.get_mut(place).map(|free| *free = false)).flatten()?;
            Some(place)
        })
        .collect();
    let mut by_mark: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for (place, log) in known.iter().enumerate().filter(|(_, log)| log.mark.has_record()) {
        by_mark.entry(log.mark.head.as_slice()).or_default().push(place);
    }
    let mut lengths: Vec<usize> = by_mark.keys().map(|head| head.len()).collect();
    lengths.sort_unstable_by(|a, b| b.cmp(a));
    lengths.dedup();
    for (claim, beginning) in claims.iter_mut().zip(beginnings).filter(|(claim, _)| claim.is_none()) {
        let Some(beginning) = beginning else { continue };
        let found = lengths.iter().find_map(|length| {
            let begun_so = by_mark.get(beginning.head.get(..*length)?)?;
            begun_so.iter().rev().copied().find(|place| is_free.get(*place) == Some(&true))
        });
        if let Some(place) = found {
            is_free.get_mut(place).into_iter().for_each(|free| *free = false);
            *claim = Some(place);
        }
    }
    claims
}

/// The path by which a log is known again, whatever the folder that exlog runs in.
pub fn path_of(input: &Input) -> String {
    // A file inside of an archive is shown behind the archive: there is none beside it, but there may be an unpacked copy.
    let path = if input.source == Source::Disk { input.path.clone() } else { input.shown.as_ref().into() };
    std::path::absolute(&path).unwrap_or(path).to_string_lossy().into_owned()
}

/// Remembers how a log begins; gives the path of one on the same server that begins so, too.
fn note_beginning(
    begun: &mut HashMap<(Vec<u8>, Option<String>), String>,
    input: &Input,
    beginning: &Beginning,
) -> Option<String> {
    let mark = Mark { head: beginning.head.clone() };
    if !mark.has_record() {
        return None;
    }
    let key = (mark.head, server_name::from_path(input));
    if let Some(other) = begun.get(&key) {
        return Some(other.clone());
    }
    begun.insert(key, input.shown.to_string());
    None
}

/// What stands behind the place up to which a known log was read.
enum Behind {
    /// Perhaps something new, from here on.
    From(Place),
    /// Nothing new.
    Nothing,
    /// Less than was read is left.
    Less(Place),
    /// It is another log by now.
    Other,
}

fn look_behind(input: &Input, beginning: &Beginning, log: &KnownLog, trust: Trust) -> Behind {
    let is_as_it_was = (beginning.is_plain, beginning.length) == (log.disk.is_plain, log.disk.length);
    let is_untouched = is_as_it_was && beginning.modified == log.disk.modified;
    if is_untouched && (trust == Trust::LengthAndTime || !beginning.is_plain) {
        return Behind::Nothing;
    }
    if !beginning.is_plain {
        return Behind::From(log.read.place);
    }
    if let Some(former) = log.former.as_ref().filter(|former| has_before(input, beginning, former)) {
        return Behind::From(former.place);
    }
    if beginning.length < log.read.place.offset {
        return shortened(input, beginning.length, log.read.place).map_or(Behind::Other, Behind::Less);
    }
    // A log that was read packed has no bytes to compare with.
    match !log.disk.is_plain || has_before(input, beginning, &log.read) {
        true if is_as_it_was => Behind::Nothing,
        true => Behind::From(log.read.place),
        false => Behind::Other,
    }
}

/// Whether what was read still stands before its end.
fn has_before(input: &Input, beginning: &Beginning, read: &ReadTo) -> bool {
    beginning.length >= read.place.offset
        && identity::tail(input, read.place.offset).is_ok_and(|tail| digest_of(&tail) == read.tail)
}

/// The place behind the last whole line of a log that has become shorter. What is left of it was read before.
fn shortened(input: &Input, length: u64, place: Place) -> io::Result<Place> {
    let (offset, lines) = identity::whole_lines(input, length)?;
    Ok(Place { offset, bytes: offset, lines, header: place.header })
}
