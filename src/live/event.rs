//! One thing that is told.

use crate::attempts::attempt::Attempt;
use crate::case::group::Group;
use crate::case::outage::Outage;
use crate::night::story::Story;

/// Something that happened, began, changed or ended.
#[derive(Debug)]
pub enum Event {
    /// A login attempt.
    Attempt(Box<Attempt>),
    /// Failures that are alike, and of which none was known.
    Group(Box<Group>),
    /// An outage, and what became of it.
    Outage(Change, Outage),
    /// A finding, and what it is by now.
    Finding(Box<Story>),
}

/// What became of an outage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It goes on.
    Began,
    /// Lines that came late show that it began at another moment than was told, which is this one (milliseconds since 1970 UTC).
    Corrected(i64),
    /// Logins work again.
    Over,
    /// It was told to be over, and logins failed again too soon for that.
    GoesOn,
    /// Lines that came late show that it was none.
    Withdrawn,
}

impl Change {
    /// The name in NDJSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Began => "began",
            Self::Corrected(_) => "corrected",
            Self::Over => "over",
            Self::GoesOn => "goes_on",
            Self::Withdrawn => "withdrawn",
        }
    }
}
