//! The HTML report: one file that needs nothing else, for people who look at it, print it, and hand it on.
//!
//! The templates in `templates/` print the fields of `page::Page`; every text passes `door`. Style and script are the page's
//! own, allowed by their hashes alone (`policy`), so that nothing is fetched and nothing strange can run. Without the script
//! everything is still there to read.

use std::io::{self, Write};

use askama::Template;

use crate::case::Case;
use crate::clock::Zone;
use crate::comparison::Comparison;
use crate::diagnosis::finding::Finding;
use crate::night::Night;
use crate::protocol::{Protocol, Role};

mod axis;
mod commands;
mod comparison;
mod coverage;
mod door;
mod failures;
mod findings;
mod headline;
mod heat;
mod index;
mod lanes;
mod marks;
mod news;
mod page;
mod policy;
mod scale;
mod strips;
mod tables;
mod times;
mod usage;
mod words;

pub use index::index;

/// What was asked for, so that the page can show times as asked and give commands that ask again about a part.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// In which zone times are shown.
    pub zone: Zone,
    /// The paths, as they were given.
    pub paths: Vec<String>,
    /// The paths of evidence.
    pub evidence: Vec<String>,
    /// The paths of the logs that these are held against.
    pub others: Vec<String>,
    /// The server that all files belong to.
    pub server_name: Option<String>,
    /// Only this protocol.
    pub protocol: Option<Protocol>,
    /// Only this role.
    pub role: Option<Role>,
    /// Only these servers.
    pub servers: Vec<String>,
    /// Only these accounts.
    pub users: Vec<String>,
    /// Only these client addresses.
    pub clients: Vec<String>,
}

/// Writes the page.
///
/// # Errors
/// What `out` says.
pub fn write(
    case: &Case,
    findings: &[Finding],
    compared: Option<&Comparison>,
    asked: &Asked,
    out: &mut dyn Write,
) -> io::Result<()> {
    page::Page::new(case, findings, compared, asked).write_into(out)
}

/// Writes the page of a night: the report about `case`, which holds the days before it too, with what is news.
///
/// # Errors
/// What `out` says.
pub fn write_night(case: &Case, findings: &[Finding], night: &Night, asked: &Asked, out: &mut dyn Write) -> io::Result<()> {
    page::Page::of_night(case, findings, night, asked).write_into(out)
}
