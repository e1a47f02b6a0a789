//! `exlog explain`: what an id, an error code, a log line or a client's message means.

use std::io::{self, Read, Write};

use clap::Args;

use crate::cli::output::Output;
use crate::cli::status::Status;
use crate::error::{Error, ErrorKind, Result};
use crate::explain::{Explanation, explain, overview};
use crate::text::{TerminalText, wrapped};

/// The arguments of `exlog explain`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Explain {
    /// An id, an error code, a log line or a message (in quotes or not); - reads it from standard input
    #[arg(value_name = "WORDS", allow_hyphen_values = true)]
    words: Vec<String>,

    #[command(flatten)]
    output: Output,
}

const EXAMPLES: &str = "\
Examples:
  exlog explain certificate-binding
  exlog explain ProxyNotAuthenticated
  exlog explain \"No such login method\"
  exlog explain -                        (then paste a log line)";

impl Explain {
    pub(super) fn run(&self) -> Result<Status> {
        let words = match self.words.as_slice() {
            [only] if only == "-" => pasted()?,
            words => words.join(" "),
        };
        if words.trim().is_empty() {
            self.output.write(|out| out.write_all(overview().as_bytes()))?;
            return Ok(Status::Done);
        }
        let Some(found) = explain(&words) else {
            let shown = TerminalText::new(words.trim());
            return Err(Error::new(ErrorKind::Usage, format!("nothing is known about '{shown}'"))
                .hint("'exlog explain' alone lists what can be explained; an error code or a whole log line works too"));
        };
        self.output.write(|out| write_explanation(&found, self.output.width(), out))?;
        Ok(Status::Done)
    }
}

fn pasted() -> Result<String> {
    let mut text = Vec::new();
    let read = io::stdin().take(1 << 20).read_to_end(&mut text);
    read.map_err(|error| {
        Error::new(ErrorKind::Usage, format!("standard input could not be read: {}", crate::error::plain_words(&error)))
    })?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn write_explanation(found: &Explanation, width: usize, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}\n", TerminalText::new(&found.title))?;
    for line in found.text.lines() {
        match line.strip_prefix("## ") {
            Some(heading) => writeln!(out, "{heading}")?,
            None if line.is_empty() => writeln!(out)?,
            // Columns stand under each other: what has a form of its own is not wrapped.
            None if line.trim_start().contains("  ") => writeln!(out, "  {}", TerminalText::new(line))?,
            None => {
                for piece in wrapped(&format!("  {}", TerminalText::new(line)), 4, width) {
                    writeln!(out, "{piece}")?;
                }
            }
        }
    }
    Ok(())
}
