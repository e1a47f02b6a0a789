//! One line → a header, a blank line, a row, or neither: by the newest header above it.

/// The columns of files without a header (11, 12 or 13 of them: the last ones may be missing).
const USUAL: [&str; 13] = [
    "datetime",
    "sessionid",
    "seqnumber",
    "sip",
    "cip",
    "user",
    "duration",
    "rqsize",
    "rpsize",
    "command",
    "parameters",
    "context",
    "puid",
];

/// What a line is.
pub(crate) enum Kind {
    Header,
    Blank,
    Skipped,
    Record(Row),
}

/// The columns of a record that tell of a login.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) server: String,
    pub(crate) user: String,
    pub(crate) command: String,
    pub(crate) parameters: String,
    pub(crate) context: String,
}

/// The columns as the newest header names them, in lower case.
pub(crate) struct Layout {
    names: Vec<String>,
    is_of_2010: bool,
}

impl Default for Layout {
    fn default() -> Self {
        Self { names: USUAL.map(str::to_owned).to_vec(), is_of_2010: false }
    }
}

impl Layout {
    /// Reads a line; a header changes the layout of the lines after it.
    pub(crate) fn read(&mut self, line: &str) -> Kind {
        let lower = line.to_ascii_lowercase();
        if line.starts_with('#') {
            if let Some(names) = lower.strip_prefix("#fields:") {
                self.take(names);
            }
            return Kind::Header;
        }
        if is_bare_row(&lower) {
            self.take(&lower);
            return Kind::Header;
        }
        if line.trim_ascii().is_empty() {
            return Kind::Blank;
        }
        self.row(line).map_or(Kind::Skipped, Kind::Record)
    }

    /// A damaged list of columns, without those that every record needs, changes nothing.
    fn take(&mut self, names: &str) {
        let names: Vec<String> = names.split(',').map(|name| name.trim_ascii().to_owned()).collect();
        let has = |name: &str| names.iter().any(|other| other == name);
        if has("datetime") && has("sessionid") && has("command") {
            *self = Self { names, is_of_2010: false };
        } else if has("event") && has("data") {
            *self = Self { names, is_of_2010: true };
        }
    }

    fn row(&self, line: &str) -> Option<Row> {
        if self.is_of_2010 {
            return None;
        }
        let columns = columns_of(line);
        let column = |name: &str| {
            // A name that stands twice means its last place.
            let place = self.names.iter().rposition(|other| other == name)?;
            columns.get(place).cloned()
        };
        if !is_time(&column("datetime")?) || !is_session(&column("sessionid")?) {
            return None;
        }
        let command = column("command").filter(|command| !command.is_empty())?;
        Some(Row {
            server: column("sip").unwrap_or_default(),
            user: column("user").unwrap_or_default(),
            parameters: column("parameters").unwrap_or_default(),
            context: column("context").unwrap_or_default(),
            command,
        })
    }
}

fn is_bare_row(lower: &str) -> bool {
    let mut names = lower.split(',').map(str::trim_ascii);
    names.next() == Some("datetime") && names.any(|name| name == "sessionid")
}

/// The columns of one line, its quotes undone.
fn columns_of(line: &str) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        // The line has been cut out already: nothing in it ends it.
        .terminator(csv::Terminator::Any(b'\n'))
        .from_reader(line.as_bytes());
    let row = reader.records().next().expect("the line is not blank").expect("any text is CSV");
    row.iter().map(str::to_owned).collect()
}

/// `2026-03-12T07:30:00.000Z`, a real day and time; the fraction and the `Z` may be missing.
fn is_time(text: &str) -> bool {
    let text = text.strip_suffix('Z').unwrap_or(text);
    let (moment, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_fraction = (1..=9).contains(&fraction.len()) && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let has_form = moment.len() == 19
        && moment.char_indices().all(|(place, c)| match place {
            4 | 7 => c == '-',
            10 => c == 'T',
            13 | 16 => c == ':',
            _ => c.is_ascii_digit(),
        });
    let part = |from: usize, to: usize| moment[from..to].parse::<u32>().unwrap();
    has_form
        && is_fraction
        && chrono::NaiveDate::from_ymd_opt(part(0, 4) as i32, part(5, 7), part(8, 10)).is_some()
        && part(11, 13) < 24
        && part(14, 16) < 60
        && part(17, 19) < 60
}

/// Hexadecimal, 16 digits or fewer.
fn is_session(text: &str) -> bool {
    (1..=16).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
