//! `exlog schedule`: what sets up the nightly run, printed or done.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use clap::{Args, ValueEnum};

use crate::cli::config;
use crate::cli::lasting::lasting;
use crate::cli::output::{Output, words_of_writing};
use crate::cli::status::Status;
use crate::cli::telling::tell;
use crate::error::{Error, ErrorKind, Result, plain_words};
use crate::schedule::{Task, TimeOfDay, cron, systemd, windows};

/// The command that the task runs.
const COMMAND: &str = "nightly";

/// Where the units of an administrator lie.
const UNITS: &str = "/etc/systemd/system";

/// The arguments of `exlog schedule`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Schedule {
    /// What runs the task [default: what this machine has]
    #[arg(long = "for", value_enum, value_name = "SYSTEM", ignore_case = true)]
    system: Option<System>,

    /// When it runs every day, by the clock of this machine
    #[arg(long, value_name = "HH:MM", default_value = "02:00")]
    at: String,

    /// Who it runs as: on Windows SYSTEM (the default) or a group-managed service account, 'CONTOSO\exlog$'; with systemd a user
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,

    /// Set it up, instead of printing what would
    #[arg(long)]
    install: bool,

    /// What 'exlog nightly' gets: paths and options
    #[arg(last = true, required = true, value_name = "ARGUMENTS")]
    arguments: Vec<OsString>,
}

const EXAMPLES: &str = "\
Examples:
  exlog schedule -- \"C:\\Program Files\\Microsoft\\Exchange Server\\V15\\Logging\" --store C:\\ProgramData\\exlog\\store.db
  exlog schedule --at 03:30 --account 'CONTOSO\\exlog$' -- --config C:\\ProgramData\\exlog\\exlog.toml
  exlog schedule --for systemd --install -- /srv/copies --store /var/lib/exlog/store.db

Relative paths count from the folder in which this is run. The task must be able to read the logs
and to write the store, nothing else. A mapped drive is not there for it: in the paths that are
given here it becomes \\\\server\\share, in files and variables write that.";

/// What can run a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum System {
    /// Task Scheduler, set up by PowerShell
    Windows,
    /// A service and a timer
    Systemd,
    /// A line in the table of cron
    Cron,
}

impl System {
    fn of_this_machine() -> Self {
        match (cfg!(windows), Path::new("/run/systemd/system").is_dir()) {
            (true, _) => Self::Windows,
            (false, true) => Self::Systemd,
            (false, false) => Self::Cron,
        }
    }
}

impl Schedule {
    pub(super) fn run(&self) -> Result<Status> {
        let system = self.system.unwrap_or_else(System::of_this_machine);
        if self.account.is_some() && system == System::Cron {
            return Err(Error::new(ErrorKind::Usage, "a line in the table of cron runs as whom the table belongs to")
                .hint("leave --account away, and run this as that user"));
        }
        self.check_arguments()?;
        let task = self.task()?;
        match (system, self.install) {
            (System::Windows, false) => print(&windows::script(&task)?)?,
            (System::Systemd, false) => print(&format!(
                "# {UNITS}/{unit}.service\n{}\n# {UNITS}/{unit}.timer\n{}\n# then: systemctl daemon-reload && systemctl enable --now {unit}.timer\n",
                systemd::service(&task),
                systemd::timer(&task),
                unit = systemd::UNIT,
            ))?,
            (System::Cron, false) => print(&format!("{}\n", cron::line(&task)))?,
            (System::Windows, true) => {
                run("powershell.exe", &["-NoProfile", "-NonInteractive", "-Command", &windows::script(&task)?], "")?
            }
            (System::Systemd, true) => install_units(&task)?,
            (System::Cron, true) => install_line(&task)?,
        }
        Ok(Status::Done)
    }

    /// Whether the task's command would take its arguments: better said now than at two in the night.
    fn check_arguments(&self) -> Result<()> {
        let program = crate::cli::program();
        if program.find_subcommand(COMMAND).is_none() {
            return Ok(());
        }
        let line = ["exlog", COMMAND].iter().map(OsString::from).chain(self.arguments.iter().cloned()).collect();
        let line = config::completed(&program, line, &|name| env::var_os(name))?;
        program.try_get_matches_from(line).map(drop).map_err(|error| {
            // All that it says but how it is used in general: which argument is missing, and what was meant.
            let words = error.to_string();
            let said = words.trim().trim_start_matches("error: ").lines().map(str::trim);
            let said = said.take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"));
            let words = said.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n  ");
            Error::new(ErrorKind::Usage, format!("'exlog {COMMAND}' would not take this: {words}"))
                .hint(format!("'exlog {COMMAND} --help' tells what it takes"))
        })
    }

    fn task(&self) -> Result<Task> {
        let unknown =
            |what: &str, error| Error::new(ErrorKind::System, format!("{what} cannot be told: {}", plain_words(&error)));
        let program = env::current_exe().map_err(|error| unknown("where this program lies", error))?;
        let folder = env::current_dir().map_err(|error| unknown("the folder in which this is run", error))?;
        let given = [COMMAND.into()].into_iter().chain(self.arguments.iter().cloned()).map(text).collect::<Result<_>>()?;
        Task::new(text(program.into())?, given, text(folder.into())?, TimeOfDay::parse(&self.at)?, self.account.clone())
    }
}

/// A task is a text, and what is none cannot stand in it; it means the same without this session.
fn text(argument: OsString) -> Result<String> {
    argument.into_string().map(|argument| lasting(&argument)).map_err(|argument| {
        Error::new(ErrorKind::Usage, format!("'{}' is no Unicode and cannot stand in a task", argument.display()))
            .hint("rename it")
    })
}

fn print(text: &str) -> Result<()> {
    Output::of_bytes(None, false).write(|out| out.write_all(text.as_bytes()))
}

/// Writes both units and starts the timer.
fn install_units(task: &Task) -> Result<()> {
    for (kind, content) in [("service", systemd::service(task)), ("timer", systemd::timer(task))] {
        let path = Path::new(UNITS).join(format!("{}.{kind}", systemd::UNIT));
        fs::write(&path, content).map_err(|error| {
            Error::new(ErrorKind::Output, format!("{} could not be written: {}", path.display(), words_of_writing(&error)))
                .hint("run it as root, or leave --install away and put the units where they belong")
        })?;
        tell(format_args!("{} was written", path.display()));
    }
    run("systemctl", &["daemon-reload"], "")?;
    run("systemctl", &["enable", "--now", &format!("{}.timer", systemd::UNIT)], "")
}

/// Puts the line into the table of whoever runs this.
fn install_line(task: &Task) -> Result<()> {
    // Somebody who has no table yet gets an error here, and that is the same as an empty one.
    let present = Command::new("crontab").arg("-l").stdin(Stdio::null()).output().ok().filter(|output| output.status.success());
    let present = present.map(|output| String::from_utf8(output.stdout)).transpose().map_err(|_| {
        Error::new(ErrorKind::System, "the table of cron is not UTF-8, and is left as it is")
            .hint("put the line in by hand: crontab -e")
    })?;
    run("crontab", &["-"], &cron::table(&present.unwrap_or_default(), &cron::line(task)))
}

/// Runs something of the system, with this on its standard input, and says that it was done.
fn run(program: &str, arguments: &[&str], input: &str) -> Result<()> {
    let failed = |why: String| {
        Error::new(ErrorKind::System, format!("{program} could not do it: {why}"))
            .hint("leave --install away: what is printed can be looked at and run by hand, as administrator or root")
    };
    let mut child =
        Command::new(program).args(arguments).stdin(Stdio::piped()).spawn().map_err(|error| failed(plain_words(&error)))?;
    if let Some(mut pipe) = child.stdin.take() {
        pipe.write_all(input.as_bytes()).map_err(|error| failed(plain_words(&error)))?;
    }
    match child.wait() {
        Ok(status) if status.success() => {
            tell(format_args!("{program} did it"));
            Ok(())
        }
        Ok(status) => Err(failed(status.to_string())),
        Err(error) => Err(failed(plain_words(&error))),
    }
}
