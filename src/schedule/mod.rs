//! What sets up the nightly run: a PowerShell script, systemd units, or a line for cron.
//!
//! Only texts are made here; running them is the command line's. What is hard about them is quoting: each argument passes two
//! or three readers (PowerShell, Task Scheduler, the program's own start; systemd; cron, then a shell) and must come out as it went in.

pub mod cron;
pub mod systemd;
pub mod windows;

use std::fmt;

use crate::error::{Error, ErrorKind, Result};

/// What the task is called where tasks have names.
pub const NAME: &str = "exlog nightly";

/// A task that runs once a day.
#[derive(Debug, Clone)]
pub struct Task {
    program: String,
    arguments: Vec<String>,
    folder: String,
    at: TimeOfDay,
    account: Option<String>,
}

impl Task {
    /// A task that runs `program` (an absolute path) with these arguments in this folder, so that relative paths among them mean
    /// what they mean now.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] if something holds a line end or another control character, which no form can carry.
    pub fn new(program: String, arguments: Vec<String>, folder: String, at: TimeOfDay, account: Option<String>) -> Result<Self> {
        let task = Self { program, arguments, folder, at, account };
        let is_wrong = |text: &&String| text.chars().any(char::is_control);
        if let Some(text) = task.arguments.iter().chain([&task.program, &task.folder]).chain(&task.account).find(is_wrong) {
            return Err(Error::new(ErrorKind::Usage, format!("'{}' cannot stand in a task", text.escape_debug()))
                .hint("leave line ends and control characters away; options may stand in a file: --config"));
        }
        Ok(task)
    }
}

/// A time of the day by the clock of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeOfDay {
    hour: u8,
    minute: u8,
}

impl TimeOfDay {
    /// Reads `02:00` or `2:00`.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] with what would be right.
    pub fn parse(text: &str) -> Result<Self> {
        let number = |text: &str, below: u8| {
            let is_short = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse().ok().filter(|number| is_short && *number < below)
        };
        let time = text.split_once(':').and_then(|(hour, minute)| {
            let minute = number(minute, 60).filter(|_| minute.len() == 2)?;
            Some(Self { hour: number(hour, 24)?, minute })
        });
        time.ok_or_else(|| {
            Error::new(ErrorKind::Usage, format!("'{text}' is no time of the day"))
                .hint("use hours and minutes of this machine's clock: 02:00")
        })
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:02}:{:02}", self.hour, self.minute)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_the_day_is_hours_and_minutes() {
        for (text, shown) in [("02:00", "02:00"), ("2:05", "02:05"), ("23:59", "23:59"), ("0:00", "00:00")] {
            assert_eq!(TimeOfDay::parse(text).unwrap().to_string(), shown);
        }
        for text in ["", "2", "24:00", "02:60", "2:5", "02:00:00", "+2:00", "2am", "-1:00", "٢:00"] {
            assert!(TimeOfDay::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn line_ends_cannot_stand_in_a_task() {
        let task = |argument: &str| {
            Task::new("/exlog".into(), vec![argument.into()], "/".into(), TimeOfDay::parse("02:00").unwrap(), None)
        };
        assert!(task("a\nb").is_err() && task("a\0b").is_err() && task("a b").is_ok());
    }
}
