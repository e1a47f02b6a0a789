//! Which of the files that are there is which log that was read before, and what is to be read of it.
//!
//! A log is itself under its old path as long as it begins as it did. Under another path (renamed, packed, reached by a share)
//! it is the log that begins so and is no longer where it was. A second log that begins so on the same server is a copy: it
//! would count everything twice. Of several that are new the longest is the log, and where a copy was taken for the log the one that
//! goes on takes its place. What was cut shorter goes on behind what is left, unless it is whole again: a copy that is made
//! anew is short for a while. What was replaced is a new log.
//!
//! What is known of a log stands in `known_log`; who keeps it, and for how long, is not asked here.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io;

use crate::collections::map::HashMap;
use crate::input::discover::Input;
use crate::input::identity::{self, Beginning};
use crate::input::source::Source;
use crate::protocol_log::log_file::{LogFile, look_at};
use crate::protocol_log::place::Place;

mod alike;
pub mod copies;
pub mod known_log;

use alike::begun_alike;
use copies::copies;
use known_log::{KnownLog, ReadTo, digest_of};

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
    let heads = beginnings.iter().map(|beginning| beginning.as_ref().map(|beginning| beginning.head.as_slice()));
    let alike = begun_alike(inputs.iter().zip(heads));
    let mut claims = claims(inputs, beginnings, known);
    alike.iter().for_each(|alike| hand_over(alike, inputs, beginnings, known, &mut claims));
    let copied = copied(&alike, inputs, &claims);
    let mut recognised = Vec::with_capacity(inputs.len());
    for (place, (input, beginning, claim)) in zip(inputs, beginnings, &claims).enumerate() {
        recognised.push(match (beginning, claim) {
            (None, _) => Recognised::New,
            (Some(beginning), Some(place)) => match known.get(*place).map(|log| look_behind(input, beginning, log, trust)) {
                Some(Behind::From(from)) => Recognised::Grown(*place, from),
                Some(Behind::Nothing) => Recognised::Unchanged(*place),
                Some(Behind::Less(left)) => Recognised::Shortened(*place, left),
                Some(Behind::Other) | None => Recognised::New,
            },
            (Some(_), None) => match copied.get(&place).and_then(|other| inputs.get(*other)) {
                Some(other) => Recognised::Copy(other.shown.to_string()),
                None => Recognised::New,
            },
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

/// What was taken for the log may have been a copy of it: if a longer file has all that was read, it is the log that goes on.
fn hand_over(
    alike: &[usize],
    inputs: &[Input],
    beginnings: &[Option<Beginning>],
    known: &[KnownLog],
    claims: &mut [Option<usize>],
) {
    let plain = |place: usize| beginnings.get(place)?.as_ref().filter(|beginning| beginning.is_plain);
    for holder in alike {
        let (Some(Some(claim)), Some(held)) = (claims.get(*holder).copied(), plain(*holder)) else { continue };
        let Some(log) = known.get(claim) else { continue };
        let unclaimed = alike.iter().copied().filter(|place| claims.get(*place) == Some(&None));
        let longer = unclaimed.filter_map(|place| Some((place, plain(place)?))).filter(|(_, longer)| longer.length > held.length);
        let mut longer: Vec<(usize, &Beginning)> = longer.collect();
        longer.sort_by_key(|(place, beginning)| (Reverse(beginning.length), *place));
        let goes_on = |(place, beginning): &(usize, &Beginning)| {
            inputs.get(*place).is_some_and(|input| has_before(input, beginning, &log.read))
        };
        if let Some((place, _)) = longer.into_iter().find(goes_on) {
            claims.swap(*holder, place);
        }
    }
}

/// For each file that is a copy the place of the other one. A log that is known stands for itself, so that all others are its copies;
/// where none is known all of their text is compared.
fn copied(alike: &[Vec<usize>], inputs: &[Input], claims: &[Option<usize>]) -> BTreeMap<usize, usize> {
    let mut copied = BTreeMap::new();
    for alike in alike {
        let is_claimed = |place: &usize| claims.get(*place).is_some_and(Option::is_some);
        if let Some(known) = alike.iter().copied().find(is_claimed) {
            copied.extend(alike.iter().filter(|place| !is_claimed(place)).map(|place| (*place, known)));
            continue;
        }
        let looked = alike.iter().filter_map(|place| Some((*place, look_at(inputs.get(*place)?.clone()).ok()?)));
        let (places, logs): (Vec<usize>, Vec<LogFile>) = looked.unzip();
        for (place, copy) in places.iter().zip(copies(&logs)) {
            copied.extend(copy.and_then(|other| places.get(other)).map(|other| (*place, *other)));
        }
    }
    copied
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
