//! The one error type of the library: what happened, to which file and line, and what the user can do.
//!
//! Not for lines or files that could not be read in the middle of a run: those are data and live in [`crate::skipped`].

use std::{fmt, io};

use crate::location::Location;

/// The library's result.
pub type Result<T> = std::result::Result<T, Error>;

/// What kind of thing went wrong; decides the exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The user asked for something that cannot be meant.
    Usage,
    /// None of the given paths holds anything that could be read.
    NoInput,
    /// The output could not be written.
    Output,
    /// The operating system refused something else.
    System,
}

/// What happened, where, and what can be done about it.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    location: Option<Location>,
    hint: Option<String>,
}

impl Error {
    /// An error with a message that names what happened, in a sentence without a full stop.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), location: None, hint: None }
    }

    /// Adds the file and line it happened to.
    #[must_use]
    pub fn at(mut self, location: Location) -> Self {
        self.location = Some(location);
        self
    }

    /// Adds what the user can do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What kind of error it is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(location) = &self.location {
            write!(out, "{location}: ")?;
        }
        out.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(out, "\n  {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

/// An error of the operating system in words that help, without its number.
pub fn plain_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it is not there (any more)".to_owned(),
        io::ErrorKind::PermissionDenied => "no permission to read it".to_owned(),
        io::ErrorKind::UnexpectedEof => "it ends in the middle".to_owned(),
        // Not the same as a right that is missing: it works once that program lets go.
        _ if cfg!(windows) && matches!(error.raw_os_error(), Some(32 | 33)) => {
            "another program holds it and lets nobody read it for now".to_owned()
        }
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => "its content is damaged".to_owned(),
        _ => {
            let text = error.to_string();
            match text.split_once(" (os error") {
                Some((words, _)) => words.trim_end_matches('.').to_lowercase(),
                None => text,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_where_and_what_to_do() {
        let error = Error::new(ErrorKind::Usage, "'x' is no time").at(Location::new("a.log", 3)).hint("use -3h");
        assert_eq!(error.to_string(), "a.log:3: 'x' is no time\n  use -3h");
        assert_eq!(error.kind(), ErrorKind::Usage);
    }

    #[test]
    fn no_os_error_number_reaches_a_user() {
        for code in [2, 5, 13, 21, 28, 32] {
            assert!(!plain_words(&io::Error::from_raw_os_error(code)).contains("os error"));
        }
    }
}
