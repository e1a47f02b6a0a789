//! CSV of `Export-Csv` and `ConvertTo-Csv` → rows: with or without the `#TYPE` line, parted by `,`, `;` or tabs.

use csv::{ByteRecord, ReaderBuilder};

use crate::evidence::skips::Skips;
use crate::evidence::table::Row;
use crate::evidence::text_lines::Lines;

/// How many of the first lines may stand before the headings.
const MOST_BEFORE: usize = 5;

/// Where the headings are and what parts the columns; `None` if the text is no CSV with names that matter.
struct Layout<'a> {
    separator: u8,
    /// The .NET type behind `#TYPE`.
    kind: &'a str,
    /// Lines above the headings.
    above: u64,
    /// The text from the headings on.
    body: &'a str,
}

/// Whether the text begins like CSV of a cmdlet whose output matters.
pub(crate) fn is_csv(text: &str) -> bool {
    layout(text).is_some()
}

fn layout(text: &str) -> Option<Layout<'_>> {
    let (mut kind, mut body) = ("", text);
    for above in 0..MOST_BEFORE {
        let (line, rest) = body.split_once('\n').unwrap_or((body, ""));
        let line = line.trim();
        if let Some(name) = line.strip_prefix("#TYPE ") {
            kind = name;
        } else if let Some(separator) = separator(line) {
            return Some(Layout { separator, kind, above: above as u64, body });
        } else if !line.is_empty() {
            return None;
        }
        body = rest;
    }
    None
}

/// What parts the headings, if at least two of them are known.
fn separator(line: &str) -> Option<u8> {
    let names = |separator: u8| line.split(char::from(separator)).map(|name| name.trim().trim_matches('"'));
    [b',', b';', b'\t'].into_iter().find(|separator| names(*separator).filter(|name| super::is_known_name(name)).count() >= 2)
}

/// Hands each row to `sink`, and says which lines could not be read and why.
pub(crate) fn rows(text: &str, mut sink: impl FnMut(Row)) -> Skips {
    let mut skips = Skips::default();
    let Some(layout) = layout(text) else { return skips };
    let mut reader =
        ReaderBuilder::new().delimiter(layout.separator).flexible(true).has_headers(false).from_reader(layout.body.as_bytes());
    let mut record = ByteRecord::new();
    let mut names: Option<Vec<String>> = None;
    let mut lines = Lines::new(layout.body);
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                skips.push(layout.above + reader.position().line(), format!("no CSV from here on: {error}"));
                break;
            }
        }
        // The crate counts the line feed of a CR LF to the record behind it.
        let start = record.position().map_or(0, |position| usize::try_from(position.byte()).unwrap_or(usize::MAX));
        let is_late = layout.body.as_bytes().get(start) == Some(&b'\n');
        let line = layout.above + lines.at(start.saturating_add(usize::from(is_late)));
        let cell = |cell: &[u8]| String::from_utf8_lossy(cell).trim().to_owned();
        let Some(names) = &names else {
            names = Some(record.iter().map(cell).collect());
            continue;
        };
        // Event Viewer gives its last column, the message, no heading.
        let message = record.get(names.len()).filter(|_| record.len() == names.len() + 1);
        if record.len() != names.len() && message.is_none() {
            skips.push(line, format!("{} columns where the headings have {}", record.len(), names.len()));
            continue;
        }
        let mut row = Row::new(line, layout.kind);
        names.iter().zip(record.iter()).for_each(|(name, value)| row.push_text(name, &cell(value)));
        message.into_iter().for_each(|message| row.push_text("Message", &cell(message)));
        sink(row);
    }
    skips
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> (Vec<Row>, Vec<(u64, String)>) {
        let mut found = Vec::new();
        let skips = rows(text, |row| found.push(row));
        (found, skips.into_parts())
    }

    #[test]
    fn both_separators_and_the_type_line_are_known() {
        for (text, line, hint) in [
            (
                "#TYPE Selected.Imap4AdConfiguration\r\n\"LoginType\",\"X509CertificateName\"\r\n\"SecureLogin\",\"a\r\nb\"\r\n",
                3,
                "Selected.Imap4AdConfiguration",
            ),
            ("LoginType;X509CertificateName\n\"SecureLogin\";a\n", 2, ""),
            ("\nLoginType\tX509CertificateName\nSecureLogin\ta\n", 3, ""),
        ] {
            let (rows, skipped) = all(text);
            assert_eq!((rows.len(), skipped.len()), (1, 0), "{text}");
            assert_eq!(
                (rows[0].line, rows[0].hint.as_str(), rows[0].word("x509certificatename")),
                (line, hint, Some("a")),
                "{text}"
            );
        }
    }

    #[test]
    fn a_row_that_does_not_fit_costs_itself_only() {
        let (rows, skipped) = all("LoginType,X509CertificateName\nSecureLogin\nSecureLogin,b\n");
        assert_eq!(rows.len(), 1);
        assert_eq!(skipped, [(2, "1 columns where the headings have 2".to_owned())]);
    }

    #[test]
    fn other_csv_is_none() {
        assert!(!is_csv("dateTime,sessionId,user\n1,2,3\n"));
        assert!(!is_csv("We saw Status, and Result: it failed\n"));
    }
}
