//! The file: TOML, read into names, values and lines. What the names mean is not known here.

use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use crate::cli::text_file::contents;
use crate::error::{Error, ErrorKind, Result};
use crate::location::Location;

/// A file that was read.
#[derive(Debug)]
pub(super) struct File {
    path: PathBuf,
    /// What stands in it, in the order of its lines.
    pub(super) entries: Vec<Entry>,
}

/// One name with its value.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) value: Value,
    /// Counted from 1.
    pub(super) line: u64,
}

/// What may stand behind a name.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// A text or a number, as an argument would be written.
    Text(String),
    Switch(bool),
    List(Vec<String>),
    /// Something that no option can be: what it is called.
    Other(&'static str),
}

impl File {
    /// Reads a file.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] if it cannot be read or is no TOML.
    pub(super) fn read(path: PathBuf) -> Result<Self> {
        let unreadable = |why: String| {
            Error::new(ErrorKind::Usage, format!("{} could not be read: {why}", path.display()))
                .hint("give a text file in TOML by --config, saved as UTF-8")
        };
        let bytes = contents(&path).map_err(unreadable)?;
        let text = String::from_utf8(bytes).map_err(|_| unreadable("it is not UTF-8".to_owned()))?;
        // Notepad puts a mark there, and parsers count it.
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let entries = entries(text).map_err(|error| {
            let line = line_of(text, error.span().map_or(0, |span| span.start));
            Error::new(ErrorKind::Usage, error.message().trim_end().replace('\n', "; "))
                .at(Location::new(path.display().to_string(), line))
                .hint("write NAME = VALUE, one a line, and texts in single quotes, above all Windows paths: store = 'C:\\exlog\\store.db'")
        })?;
        Ok(Self { path, entries })
    }

    /// The folder that paths in it count from.
    pub(super) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// A place in it.
    pub(super) fn at(&self, line: u64) -> Location {
        Location::new(self.path.display().to_string(), line)
    }
}

fn entries(text: &str) -> std::result::Result<Vec<Entry>, toml::de::Error> {
    let table = DeTable::parse(text)?;
    let entry = |(name, value): (&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| Entry {
        name: AsRef::<str>::as_ref(name.get_ref() as &std::borrow::Cow<'_, str>).to_owned(),
        value: read(value.get_ref()),
        line: line_of(text, name.span().start),
    };
    let mut entries: Vec<Entry> = table.get_ref().iter().map(entry).collect();
    entries.sort_by_key(|entry| entry.line);
    Ok(entries)
}

fn read(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::Boolean(is_on) => Value::Switch(*is_on),
        DeValue::Array(values) => {
            let texts = values.iter().map(|value| match read(value.get_ref()) {
                Value::Text(text) => Some(text),
                _ => None,
            });
            texts.collect::<Option<_>>().map_or(Value::Other("a list of other things than texts and numbers"), Value::List)
        }
        DeValue::Table(_) => Value::Other("a table"),
        DeValue::String(text) => Value::Text(text.clone().into_owned()),
        DeValue::Integer(number) if number.radix() == 10 => Value::Text(number.as_str().to_owned()),
        DeValue::Integer(_) => Value::Other("a number that is not decimal"),
        DeValue::Float(number) => Value::Text(number.as_str().to_owned()),
        DeValue::Datetime(time) => Value::Text(time.to_string()),
    }
}

fn line_of(text: &str, at: usize) -> u64 {
    1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count() as u64
}
