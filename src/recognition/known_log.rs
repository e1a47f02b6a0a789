//! What is known of a log that was read before: by what it is known again, and up to where it was read.

use ring::digest::{SHA256, digest};

use crate::input::discover::Input;
use crate::input::identity::{self, Beginning};
use crate::protocol_log::place::Place;
use crate::protocol_log::sniff::has_record;
use crate::recognition::path_of;

/// A log that was read before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownLog {
    /// Its number with whoever keeps it; 0 before it has one.
    pub id: i64,
    /// Where it was seen last.
    pub path: String,
    /// Whose it is, as was found out when it was read first.
    pub server: Option<String>,
    /// How it begins.
    pub mark: Mark,
    /// Up to where it was read.
    pub read: ReadTo,
    /// Up to where it was read before it was cut shorter, if it was: a copy that is made anew is short for a while.
    pub former: Option<ReadTo>,
    /// What its file was like.
    pub disk: OnDisk,
}

/// A place, and what stands before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadTo {
    /// Behind the last whole line.
    pub place: Place,
    /// The digest of the bytes before the place; of none for what is packed.
    pub tail: Vec<u8>,
}

/// By what the beginning of a log is known again: its first bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Bytes of text.
    pub head: Vec<u8>,
}

/// What a file was like on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnDisk {
    /// Whether a byte of text is a byte on the disk.
    pub is_plain: bool,
    /// Its length in bytes.
    pub length: u64,
    /// When it was written last, or, inside of an archive, its checksum.
    pub modified: Option<i64>,
}

impl KnownLog {
    /// A log that was read up to a place. `before` is what was known of it.
    pub fn read_to(before: Option<&Self>, input: &Input, beginning: Beginning, server: Option<String>, end: Place) -> Self {
        let former = before.and_then(|log| log.former.clone()).filter(|former| former.place.offset > end.offset);
        Self {
            id: before.map_or(0, |log| log.id),
            path: path_of(input),
            server,
            read: ReadTo { tail: digest_of(&tail(input, end, &beginning)), place: end },
            former,
            disk: OnDisk::of(&beginning),
            mark: Mark { head: beginning.head },
        }
    }

    /// A log of which less is left than was read: it is read on behind that, but for a copy that is whole again later.
    #[must_use]
    pub fn cut_shorter(&self, input: &Input, beginning: &Beginning, left: Place) -> Self {
        let is_further = |former: &ReadTo| former.place.offset > self.read.place.offset;
        Self {
            path: path_of(input),
            former: Some(self.former.clone().filter(is_further).unwrap_or_else(|| self.read.clone())),
            read: ReadTo { tail: digest_of(&tail(input, left, beginning)), place: left },
            disk: OnDisk::of(beginning),
            // What comes behind what is left is not what stood there before.
            mark: Mark { head: beginning.head.clone() },
            ..self.clone()
        }
    }
}

/// The bytes before the place, by which a log is known not to have been replaced; none of what is packed.
fn tail(input: &Input, end: Place, beginning: &Beginning) -> Vec<u8> {
    if beginning.is_plain { identity::tail(input, end.offset).unwrap_or_default() } else { Vec::new() }
}

impl Mark {
    /// Whether there is a record in it.
    pub fn has_record(&self) -> bool {
        has_record(&self.head)
    }

    /// Whether a text begins as this one did, or is a shorter piece of that beginning.
    pub fn fits(&self, head: &[u8]) -> bool {
        !head.is_empty() && (head.starts_with(&self.head) || self.head.starts_with(head))
    }
}

impl OnDisk {
    /// As it was when its beginning was looked at.
    pub fn of(beginning: &Beginning) -> Self {
        Self { is_plain: beginning.is_plain, length: beginning.length, modified: beginning.modified }
    }
}

/// The digest by which bytes are compared with those of an earlier run.
pub fn digest_of(bytes: &[u8]) -> Vec<u8> {
    digest(&SHA256, bytes).as_ref().to_vec()
}
