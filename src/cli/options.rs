//! Options that several commands share, and how their words become what the library wants.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Args, ValueEnum};

use crate::cli::around::Around;
use crate::cli::limit::Limit;
use crate::cli::local::Local;
use crate::clock::{Clock, Window, Zone, parse_duration, parse_time};
use crate::dataset::summary_file::Question;
use crate::error::{Error, ErrorKind, Result};
use crate::input::discover::STANDARD_INPUT;
use crate::pipeline::Job;
use crate::protocol::{Protocol, Role};
use crate::report::html::Asked;
use crate::summary::scope::Scope;

/// What is read and what of it counts.
#[derive(Debug, Args)]
pub(super) struct Selection {
    /// Files, folders, globs, UNC paths, .zip and .7z archives, or - for standard input; logs are found in them by content
    #[arg(value_name = "PATH", required_unless_present = "local")]
    pub(super) paths: Vec<PathBuf>,

    #[command(flatten)]
    local: Local,

    /// Count from this time on: 2026-03-12, 2026-03-12T07:30Z, "2026-03-12 07:30", -3h, -2d, yesterday
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, help_heading = "What counts")]
    from: Option<String>,

    /// Count up to this time, which is not included
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, help_heading = "What counts")]
    to: Option<String>,

    #[command(flatten)]
    around: Around,

    /// The zone of times without an offset, given and shown: UTC, local, +02:00, Europe/Berlin
    #[arg(long, value_name = "ZONE", default_value = "UTC", allow_hyphen_values = true, help_heading = "What counts")]
    timezone: String,

    /// Only this protocol
    #[arg(long, value_enum, ignore_case = true, help_heading = "What counts")]
    protocol: Option<ProtocolName>,

    /// Only this role
    #[arg(long, value_enum, ignore_case = true, help_heading = "What counts")]
    role: Option<RoleName>,

    /// Only this server (* and ? allowed; may be given again)
    #[arg(long, value_name = "NAME", help_heading = "What counts")]
    server: Vec<String>,

    /// Only this account: alice, alice@contoso.com, "HealthMailbox*" (may be given again)
    ///
    /// Names are matched as accounts are joined: alice@contoso.com also takes CONTOSO\alice and alice, and CONTOSO\alice takes
    /// alice@contoso.com and alice. A filter comes before the joins: where several domains have an alice, a bare alice in a line
    /// is taken for each of them. A name with * or ? is matched as it is written.
    #[arg(long, value_name = "NAME", help_heading = "What counts")]
    user: Vec<String>,

    /// Only this client address: 203.0.113.7, 10.0.0.0/8, "192.168.*" (may be given again)
    #[arg(long, value_name = "ADDRESS", help_heading = "What counts")]
    client: Vec<String>,

    /// All files belong to this server, whatever their paths say
    #[arg(long, value_name = "NAME", value_parser = clap::builder::NonEmptyStringValueParser::new(), help_heading = "What counts")]
    server_name: Option<String>,

    /// How many threads read [default: all processors]
    #[arg(long, value_name = "N")]
    pub(super) threads: Option<usize>,

    #[command(flatten)]
    pub(super) unpacking: Limit,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ProtocolName {
    #[value(alias = "imap")]
    Imap4,
    #[value(alias = "pop")]
    Pop3,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum RoleName {
    #[value(alias = "fe", alias = "front-end")]
    Frontend,
    #[value(alias = "be", alias = "back-end")]
    Backend,
}

impl Selection {
    /// Finds the logs of this machine, if they are asked for.
    ///
    /// # Errors
    /// As [`Local::find`].
    pub(super) fn find_local(&mut self) -> Result<()> {
        self.local.find(&mut self.paths)
    }

    /// The server to which all files belong, if that is told.
    pub(super) fn server_name(&self) -> Option<String> {
        self.local.server(self.server_name.as_ref())
    }

    /// The zone in which times are meant and shown.
    pub(super) fn zone(&self) -> Result<Zone> {
        Zone::parse(&self.timezone)
    }

    /// What is to be read.
    pub(super) fn job<'a>(&'a self, evidence: &'a [PathBuf], scope: &'a Scope) -> Job<'a> {
        Job { paths: &self.paths, evidence, scope, threads: self.threads, unpacking: self.unpacking.into() }
    }

    /// What was asked for, as a report shows it.
    pub(super) fn asked(&self, scope: &Scope, evidence: &[PathBuf]) -> Result<Asked> {
        Ok(Asked {
            zone: self.zone()?,
            paths: shown(&self.paths),
            evidence: shown(evidence),
            server_name: self.server_name(),
            protocol: scope.protocol,
            role: scope.role,
            servers: self.server.clone(),
            users: self.user.clone(),
            clients: self.client.clone(),
            ..Asked::default()
        })
    }

    /// What counts, as a summary keeps it.
    pub(super) fn question(&self, window: Window) -> Question {
        Question {
            window,
            protocol: self.protocol.map(|name| match name {
                ProtocolName::Imap4 => Protocol::Imap4,
                ProtocolName::Pop3 => Protocol::Pop3,
            }),
            role: self.role.map(|name| match name {
                RoleName::Frontend => Role::FrontEnd,
                RoleName::Backend => Role::BackEnd,
            }),
            servers: self.server.clone(),
            users: self.user.clone(),
            clients: self.client.clone(),
        }
    }

    /// Whether the window is that of an outage.
    pub(super) fn is_around_outage(&self) -> bool {
        self.around.is_asked()
    }

    /// Window and filters. The logs are read for it where the window is that of an outage.
    pub(super) fn scope(&self, quiet: bool) -> Result<Scope> {
        let asked = self.window_of("--from", &self.from, "--to", &self.to)?;
        // What is wrong with a filter is said before anything is read.
        let scope = self.scope_of(asked, &[])?;
        let around = self.around.window(self, self.zone()?, quiet)?;
        Ok(Scope { window: around.unwrap_or(asked), server_name: self.server_name(), ..scope })
    }

    /// The same filters under another window; `servers` instead of the filter by server, if any are given.
    pub(super) fn scope_of(&self, window: Window, servers: &[String]) -> Result<Scope> {
        let mut question = self.question(window);
        if !servers.is_empty() {
            question.servers = servers.to_vec();
        }
        Ok(Scope { server_name: self.server_name.clone(), ..question.scope()? })
    }

    /// The window that two options ask for.
    pub(super) fn window_of(&self, from: &str, start: &Option<String>, to: &str, end: &Option<String>) -> Result<Window> {
        let (zone, clock) = (self.zone()?, now());
        let read = |text: &Option<String>| text.as_deref().map(|text| parse_time(text, zone, clock)).transpose();
        let window = Window { from: read(start)?, to: read(end)? };
        match (window.from, window.to) {
            (Some(first), Some(last)) if first >= last => Err(Error::new(ErrorKind::Usage, format!("{from} is not before {to}"))
                .hint(format!("the window holds {from} and ends before {to}"))),
            _ => Ok(window),
        }
    }
}

/// Whether standard input is among the paths: it can be read once.
pub(super) fn has_standard_input(paths: &[PathBuf]) -> bool {
    paths.iter().any(|path| path.as_os_str() == STANDARD_INPUT)
}

/// A length of time in milliseconds, for clap.
pub(super) fn duration(text: &str) -> std::result::Result<i64, String> {
    parse_duration(text).map_err(|error| error.to_string())
}

/// Paths as they were given.
pub(super) fn shown(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().map(|path| path.display().to_string()).collect()
}

/// The clock of the machine: read here and nowhere else.
pub(super) fn now() -> Clock {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Clock::at(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
