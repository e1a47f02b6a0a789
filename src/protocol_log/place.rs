//! Up to where a log was read, so that what is written later can be read as if all had been read at once.

use serde::{Deserialize, Serialize};

use crate::protocol_log::header::Header;

/// A place behind a whole line of a log. The default is its beginning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Bytes of text (after unpacking and decoding) up to here.
    pub offset: u64,
    /// Bytes of content (after unpacking, before decoding) up to here: what reports count.
    pub bytes: u64,
    /// Lines up to here.
    pub lines: u64,
    /// The header state that the next line is read with.
    pub header: Header,
}
