//! Which attempts are wanted, where they are given one by one.

use clap::{Args, ValueEnum};

use crate::error::Result;
use crate::login::outcome::Outcome;
use crate::summary::scope::NamePattern;

/// What is asked of attempts beside what counts everywhere.
#[derive(Debug, Args)]
pub(super) struct Wanted {
    /// Only attempts that ended like this
    #[arg(long, value_enum, ignore_case = true, help_heading = "What counts")]
    outcome: Option<OutcomeName>,

    /// Only attempts with this error code or class of errors: ProxyNotAuthenticated, "AuthFailed*", credentials
    #[arg(long, value_name = "PATTERN", help_heading = "What counts")]
    error: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OutcomeName {
    Succeeded,
    Failed,
    Unknown,
}

impl Wanted {
    /// Only those that ended like this.
    pub(super) fn outcome(&self) -> Option<Outcome> {
        self.outcome.map(|name| match name {
            OutcomeName::Succeeded => Outcome::Succeeded,
            OutcomeName::Failed => Outcome::Failed,
            OutcomeName::Unknown => Outcome::Unknown,
        })
    }

    /// Only those with such an error.
    pub(super) fn error(&self) -> Result<Option<NamePattern>> {
        self.error.as_deref().map(NamePattern::parse).transpose()
    }
}
