//! `exlog explain`: what an id, an error code, a log line or a client's message means.

use std::io::{self, Read, Write};

use clap::Args;

use crate::cli::output::Output;
use crate::cli::status::Status;
use crate::cli::telling::tell;
use crate::error::{Error, ErrorKind, Result};
use crate::evidence::text_lines::decoded;
use crate::explain::{Explanation, explain, overview};
use crate::text::{TerminalText, truncated, wrapped};

/// The arguments of `exlog explain`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Explain {
    /// An id, an error code, log lines or a message (in quotes or not); - reads it from standard input
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
  exlog explain -                        (then paste log lines, as a mail or a ticket has made them: wrapped, indented, quoted)
  exlog explain - < ticket.txt";

impl Explain {
    pub(super) fn run(&self) -> Result<Status> {
        let words = match self.words.as_slice() {
            [only] if only == "-" => self.pasted()?,
            words => words.join(" "),
        };
        if words.trim().is_empty() {
            self.output.write(|out| out.write_all(overview().as_bytes()))?;
            return Ok(Status::Done);
        }
        let Some(found) = explain(&words) else {
            let shown = TerminalText::new(words.trim());
            let shown = truncated(shown.as_str(), SHOWN);
            return Err(Error::new(ErrorKind::Usage, format!("nothing is known about '{shown}'"))
                .hint("'exlog explain' alone lists what can be explained; an error code or a whole log line works too"));
        };
        self.output.write(|out| write_explanation(&found, self.output.width(), out))?;
        Ok(Status::Done)
    }

    /// What stands on standard input, up to [`LONGEST`]; of what is longer the last line that is whole is the end.
    fn pasted(&self) -> Result<String> {
        let mut text = Vec::new();
        let read = io::stdin().take(LONGEST as u64 + 1).read_to_end(&mut text);
        read.map_err(|error| {
            Error::new(ErrorKind::Usage, format!("standard input could not be read: {}", crate::error::plain_words(&error)))
        })?;
        if text.len() > LONGEST {
            text.truncate(LONGEST);
            text.truncate(text.iter().rposition(|byte| *byte == b'\n').map_or(LONGEST, |end| end + 1));
            if !self.output.quiet {
                tell(
                    "standard input is longer than 1 MiB: only its beginning was read; 'exlog analyze -' reads logs of any length",
                );
            }
        }
        Ok(decoded(&text).into_owned())
    }
}

/// So much of standard input is read, in bytes.
const LONGEST: usize = 1 << 20;

/// So many columns of what is not known are shown.
const SHOWN: usize = 200;

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
