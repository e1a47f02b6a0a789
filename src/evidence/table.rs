//! The common form of what cmdlets put out: a row of named values and where it stands, whatever the file's format.
//!
//! Formats (text, CSV, JSON, CLIXML) make rows; what a row means is told by its names, in `cmdlet_output` and `event_rows`.

use crate::evidence::date::{self, Stamp};

/// One value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// As text, trimmed.
    Text(String),
    /// Several values, where the format itself says so (JSON, CLIXML). In text they stand as `{a, b…}`.
    List(Vec<String>),
}

/// One object of a cmdlet's output.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Row {
    /// The line in the file where it begins.
    pub(crate) line: u64,
    /// What else the format says of its kind: the .NET type, or the command at the prompt above it.
    pub(crate) hint: String,
    cells: Vec<(String, Value)>,
}

/// The most cells that a row keeps: real ones have less than 200.
pub(crate) const MOST_CELLS: usize = 500;

impl Row {
    pub(crate) fn new(line: u64, hint: &str) -> Self {
        Self { line, hint: hint.to_owned(), cells: Vec::new() }
    }

    pub(crate) fn push(&mut self, name: &str, value: Value) {
        if self.cells.len() < MOST_CELLS {
            self.cells.push((name.trim().to_owned(), value));
        }
    }

    pub(crate) fn push_text(&mut self, name: &str, value: &str) {
        self.push(name, Value::Text(value.trim().to_owned()));
    }

    pub(crate) fn len(&self) -> usize {
        self.cells.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Whether it has the name, with or without a value.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.cell(name).is_some()
    }

    /// Adds the cells of `other`.
    pub(crate) fn append(&mut self, other: Self) {
        for (name, value) in other.cells {
            self.push(&name, value);
        }
    }

    /// Whether the two have a name in common.
    pub(crate) fn shares_name(&self, other: &Self) -> bool {
        other.cells.iter().any(|(name, _)| self.has(name))
    }

    fn cell(&self, name: &str) -> Option<&Value> {
        self.cells.iter().find(|(known, _)| is_name(known, name)).map(|(_, value)| value)
    }

    /// The value as text; `None` if it is missing, empty or only the name of a .NET type.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let text = match self.cell(name)? {
            Value::Text(text) => text.as_str(),
            Value::List(items) => items.first()?.as_str(),
        };
        (!text.is_empty() && !is_type_name(text)).then_some(text)
    }

    /// The first word of the value: for names and enumerations, which hold no spaces, so that text which a lost layout
    /// has glued to them does not count.
    pub(crate) fn word(&self, name: &str) -> Option<&str> {
        self.text(name)?.split_whitespace().next()
    }

    /// Yes or no.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        match self.word(name)?.trim_start_matches('$').to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }

    /// A whole number.
    pub(crate) fn number<N: std::str::FromStr>(&self, name: &str) -> Option<N> {
        self.word(name)?.parse().ok()
    }

    /// A date.
    pub(crate) fn date(&self, name: &str) -> Option<Stamp> {
        self.text(name).map(date::read)
    }

    /// The values of a list, and whether the output cut it (`{a, b…}`).
    pub(crate) fn list(&self, name: &str) -> (Vec<String>, bool) {
        match self.cell(name) {
            Some(Value::List(items)) => {
                (items.iter().map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect(), false)
            }
            Some(Value::Text(_)) => self.text(name).map(braced).unwrap_or_default(),
            None => (Vec::new(), false),
        }
    }
}

/// Whether a column's name is `name`, in any case; a table that is too narrow cuts its headings (`AlertVa…`).
fn is_name(known: &str, name: &str) -> bool {
    match known.strip_suffix("...").or_else(|| known.strip_suffix('…')) {
        Some(beginning) if !beginning.is_empty() => {
            name.get(..beginning.len()).is_some_and(|start| start.eq_ignore_ascii_case(beginning))
        }
        _ => known.eq_ignore_ascii_case(name),
    }
}

/// `System.String[]`, `Microsoft.Exchange.Data.MultiValuedProperty`1[…]`: what CSV shows in place of a list.
fn is_type_name(text: &str) -> bool {
    (text.starts_with("System.") || text.starts_with("Microsoft.")) && text.ends_with(']') && !text.contains(' ')
}

/// The items of `{a, b…}`; a text without braces is one item, or several parted by `, `.
fn braced(text: &str) -> (Vec<String>, bool) {
    let inside = text.trim().trim_start_matches('{').trim_end_matches('}');
    let (inside, is_cut) = match inside.strip_suffix("...").or_else(|| inside.strip_suffix('…')) {
        Some(rest) => (rest, true),
        None => (inside, text.trim().starts_with('{') && !text.trim().ends_with('}')),
    };
    let mut items: Vec<String> =
        inside.split([',', ';']).map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect();
    // `{a, b…}` leaves items out, but a narrow table cuts `{a.example.com, b.exam…` in the middle of one.
    if is_cut && !text.trim().ends_with('}') && !inside.trim_end().ends_with(',') {
        items.pop();
    }
    (items, is_cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_from_braces_and_say_when_they_are_cut() {
        for (text, items, is_cut) in [
            ("{mail.example.com, autodiscover.example.com}", &["mail.example.com", "autodiscover.example.com"][..], false),
            ("{a.example.com, b.example.com, c.example.com...}", &["a.example.com", "b.example.com", "c.example.com"], true),
            ("{a.example.com, b.exam…", &["a.example.com"], true),
            ("{a, b, ...}", &["a", "b"], true),
            ("IMAP, POP", &["IMAP", "POP"], false),
            ("{}", &[], false),
            ("System.Object[]", &[], false),
        ] {
            let mut row = Row::new(1, "");
            row.push_text("X", text);
            assert_eq!(row.list("x"), (items.iter().map(|item| (*item).to_owned()).collect(), is_cut), "{text}");
        }
    }

    #[test]
    fn a_cut_heading_still_names_its_column() {
        let mut row = Row::new(1, "");
        row.push_text("AlertVa...", "Healthy");
        assert_eq!((row.text("AlertValue"), row.text("Alert")), (Some("Healthy"), None));
    }
}
