//! Which files may be one log: those of one server that begin alike.

use std::hash::BuildHasher;

use crate::collections::map::{DefaultHashBuilder, HashMap};
use crate::input::discover::Input;
use crate::input::server_name;
use crate::protocol_log::plain::plain_beginning;

/// The places of files that begin alike, where there is more than one. Of each file its first bytes are given, if they are known.
/// Servers are told by paths, and their names have no capitals here.
pub(super) fn begun_alike<'a>(files: impl Iterator<Item = (&'a Input, Option<&'a [u8]>)>) -> Vec<Vec<usize>> {
    // Beginnings of thousands of files are not kept for it: what only hashes alike is no likelier than a fault of the memory.
    let hasher = DefaultHashBuilder::default();
    let mut begun = HashMap::<(u64, Option<String>), Vec<usize>>::new();
    for (place, (input, head)) in files.enumerate() {
        if let Some(beginning) = head.and_then(plain_beginning) {
            let server = server_name::from_path(input).map(|server| server.to_lowercase());
            begun.entry((hasher.hash_one(beginning), server)).or_default().push(place);
        }
    }
    begun.into_values().filter(|alike| alike.len() > 1).collect()
}
