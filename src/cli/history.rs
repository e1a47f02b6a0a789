//! `exlog history`: the last days out of the store.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::cli::options::now;
use crate::cli::output::Output;
use crate::cli::report::GlyphsName;
use crate::cli::status::Status;
use crate::clock::DAY;
use crate::clock::Zone;
use crate::error::{Error, ErrorKind, Result};
use crate::history::days::{Asked, Count};
use crate::history::store::Store;
use crate::report::terminal;
use crate::summary::scope::NamePattern;

/// How long to wait for a run that makes the store.
const WAIT: Duration = Duration::from_secs(10);

/// The arguments of `exlog history`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct History {
    /// The store of 'exlog nightly'
    #[arg(long, value_name = "FILE")]
    store: PathBuf,

    /// The last so many days
    #[arg(long, value_name = "N", default_value_t = 30)]
    days: u32,

    /// Only this server
    #[arg(long, value_name = "NAME")]
    server: Option<String>,

    /// Failures with this error code, day by day: ProxyNotAuthenticated
    #[arg(long, value_name = "CODE", conflicts_with = "user")]
    error: Option<String>,

    /// Failures of this account, day by day; matched as by 'exlog analyze --user'. Those of probes are not kept by
    /// account, and those of one log stand on the day of most of its lines
    #[arg(long, value_name = "NAME")]
    user: Option<String>,

    /// What charts are drawn with: rich has finer blocks, which Consolas and other console fonts lack
    #[arg(long, value_enum, default_value_t = GlyphsName::Console, ignore_case = true, value_name = "GLYPHS", help_heading = "Output")]
    glyphs: GlyphsName,

    #[command(flatten)]
    output: Output,
}

const EXAMPLES: &str = "\
Examples:
  exlog history --store C:\\ProgramData\\exlog\\store.db
  exlog history --store store.db --days 90 --server EX01
  exlog history --store store.db --error ProxyNotAuthenticated
  exlog history --store store.db --user alice@contoso.com

The store is a SQLite file: its views totals, days, series, groups, outages, findings and runs answer other questions.";

impl History {
    pub(super) fn run(&self) -> Result<Status> {
        let store = Store::open_existing(&self.store, WAIT)?;
        // Logs may be old: the last days are counted from the last one that is known.
        let all = store.days(&Asked { server: self.server.clone(), ..Asked::default() })?;
        if all.is_empty() {
            let (path, of) =
                (self.store.display(), self.server.as_ref().map_or_else(String::new, |server| format!(" of {server}")));
            return Err(Error::new(ErrorKind::Usage, format!("nothing{of} is known in {path}"))
                .hint("'exlog nightly' fills it; --server takes a server's whole name"));
        }
        let last = all.last().map_or(now().now().div_euclid(DAY), |day| day.day);
        let from = last + 1 - i64::from(self.days);
        let asked = Asked { from, server: self.server.clone() };
        let look = self.output.look(Zone::Utc, self.glyphs.into());
        let pattern = self.user.as_deref().map(NamePattern::parse).transpose()?;
        let count = match (&self.error, &self.user, &pattern) {
            (Some(error), ..) => Some((error, Count::Error(error))),
            (None, Some(user), Some(pattern)) => Some((user, Count::Account(pattern))),
            _ => None,
        };
        match count {
            Some((what, count)) => {
                let counts = store.counts(&asked, count)?;
                self.output.write(|out| terminal::counts(what, &counts, look, out))?;
            }
            None => {
                let days: Vec<_> = all.into_iter().filter(|day| day.day >= from).collect();
                self.output.write(|out| terminal::nights(&days, look, out))?;
            }
        }
        Ok(Status::Done)
    }
}
