//! Writes generated Exchange protocol logs: `cargo run --release --example generate -- --help`.
//! It only reads arguments; the work is done by the `generator` module.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a small tool that speaks to its user")]

#[path = "generator/mod.rs"]
mod generator;

use generator::{Bulk, Columns, Mix, bulk_plan, generate};
use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs, io};

const USAGE: &str = "\
Writes generated Exchange IMAP4/POP3 protocol logs.

  generate --out DIR [--seed N] [--servers N] [--bytes SIZE] [--files N] [--single-file]
           [--mix both|frontend|backend|logins|damage] [--columns 12|13]
           [--truth FILE.json]
  generate --samples DIR [--truth FILE.json]

SIZE is a number of bytes, or a number and K, M or G. --truth - prints the truth.

Servers differ, as real ones do: some write 13 columns, some 12, some begin their files
with a bare column row. With --columns all files begin with five header lines and have
so many columns, for tools that do not look for themselves.
";

struct Arguments {
    out: Option<PathBuf>,
    samples: Option<PathBuf>,
    truth: Option<String>,
    bulk: Bulk,
}

fn main() -> ExitCode {
    let arguments = match read(env::args().skip(1)) {
        Ok(Some(arguments)) => arguments,
        Ok(None) => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprintln!("generate: {message}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("generate: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> io::Result<()> {
    let json = if let Some(folder) = &arguments.samples {
        generator::samples_json(&generator::write_samples(folder)?)
    } else if let Some(folder) = &arguments.out {
        generate(&bulk_plan(&arguments.bulk)?, folder)?.to_json()
    } else {
        return Err(io::Error::other("neither --out nor --samples is given"));
    };
    match arguments.truth.as_deref() {
        Some("-") => print!("{json}"),
        Some(file) => fs::write(file, json)?,
        None => {}
    }
    Ok(())
}

/// `None` where help is asked for.
fn read(mut words: impl Iterator<Item = String>) -> Result<Option<Arguments>, String> {
    let bulk = Bulk { seed: 1, servers: 1, bytes: 100_000_000, files: None, single_file: false, mix: Mix::Both, columns: None };
    let mut arguments = Arguments { out: None, samples: None, truth: None, bulk };
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
        match word.as_str() {
            "--out" => arguments.out = Some(value()?.into()),
            "--samples" => arguments.samples = Some(value()?.into()),
            "--truth" => arguments.truth = Some(value()?),
            "--seed" => arguments.bulk.seed = number(&value()?)?,
            "--servers" => arguments.bulk.servers = number(&value()?)? as usize,
            "--bytes" => arguments.bulk.bytes = number(&value()?)?,
            "--files" => arguments.bulk.files = Some(number(&value()?)?),
            "--single-file" => arguments.bulk.single_file = true,
            "--mix" => {
                let name = value()?;
                arguments.bulk.mix = Mix::parse(&name).ok_or_else(|| format!("there is no mix '{name}'"))?;
            }
            "--columns" => {
                let name = value()?;
                let columns = Columns::parse(&name).ok_or_else(|| format!("there are no columns '{name}'"))?;
                arguments.bulk.columns = Some(columns);
            }
            "-h" | "--help" => return Ok(None),
            _ => return Err(format!("unknown argument '{word}'")),
        }
    }
    Ok(Some(arguments))
}

/// A number, or a number with K, M or G behind it.
fn number(text: &str) -> Result<u64, String> {
    let (digits, factor) = match text.char_indices().last() {
        Some((at, 'K' | 'k')) => (&text[..at], 1 << 10),
        Some((at, 'M' | 'm')) => (&text[..at], 1 << 20),
        Some((at, 'G' | 'g')) => (&text[..at], 1 << 30),
        _ => (text, 1),
    };
    digits.parse::<u64>().map(|number| number * factor).map_err(|_| format!("'{text}' is no number"))
}
