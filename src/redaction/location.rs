//! Places in files.

use std::sync::Arc;

use crate::location::Location;
use crate::redaction::{Redact, Redactor};

impl Redact for Location {
    fn redact(&mut self, redactor: &Redactor) {
        let Self { file, line: _ } = self;
        file.redact(redactor);
    }
}

/// The only texts that are kept in this form by themselves are paths.
impl Redact for Arc<str> {
    fn redact(&mut self, redactor: &Redactor) {
        *self = redactor.path(self).into();
    }
}
