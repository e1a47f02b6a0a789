//! What is remembered of the lines before a line, because much of it stands in the next one again.

use crate::protocol_log::session_number::SessionNumbers;
use crate::protocol_log::timestamp::Stamps;

/// The lines before, as far as they help to read the next one; what is read is the same without them.
#[derive(Debug, Clone, Default)]
pub struct Before {
    pub(super) stamps: Stamps,
    pub(super) sessions: SessionNumbers,
}
