//! `Format-Table` text → rows: the columns are where the row of dashes says.
//!
//! Where copying has collapsed the spaces, the words of a line are taken in order, if there is one for each column.

use crate::evidence::prompt;
use crate::evidence::skips::Skips;
use crate::evidence::table::Row;

/// The most columns of a table.
const MOST_COLUMNS: usize = 100;

/// The most lines over which the headings are wrapped.
const MOST_HEADING_LINES: usize = 3;

/// Hands everything that looks like `Format-Table` output to `sink`, and says which lines in it fit no column.
pub(crate) fn rows(text: &str, mut sink: impl FnMut(Row)) -> Skips {
    let mut skips = Skips::default();
    let (mut table, mut command): (Option<Table>, &str) = (None, "");
    // The lines since the last blank one: headings stand there.
    let mut above: Vec<&str> = Vec::new();
    let mut lines = text.lines().zip(1u64..).peekable();
    while let Some((line, number)) = lines.next() {
        let line = line.trim_end();
        let is_heading = lines.peek().is_some_and(|(next, _)| is_dashes(next.trim_end()));
        if line.is_empty() {
            // A blank line ends a table, unless it was copied with one behind every line.
            if above.last().is_some_and(|above| is_dashes(above)) {
                table.iter_mut().for_each(|table| table.is_double_spaced = true);
            }
            table = table.filter(|table| table.is_double_spaced);
            above.clear();
            continue;
        }
        if let Some(found) = prompt::command(line) {
            (table, command) = (None, found);
        } else if is_dashes(line) {
            table = Table::new(&above, line, command);
        } else if let Some(table) = table.as_ref().filter(|_| !is_heading) {
            match table.row(line, number) {
                Some(row) => sink(row),
                None if table.is_known() => skips.push(number, "does not fit the columns of the table above"),
                None => {}
            }
        }
        above.push(line);
    }
    skips
}

/// `------ ----    -----------`: at least one run of three dashes, and nothing else.
fn is_dashes(line: &str) -> bool {
    line.contains("--") && line.bytes().all(|byte| matches!(byte, b'-' | b' '))
}

struct Table {
    /// Names and where their dashes begin and end, in characters.
    columns: Vec<(String, usize, usize)>,
    command: String,
    is_double_spaced: bool,
}

impl Table {
    fn new(above: &[&str], dashes: &str, command: &str) -> Option<Self> {
        let spans = spans(dashes);
        let most = above.len().min(MOST_HEADING_LINES);
        let names = (spans.len() <= MOST_COLUMNS).then(|| (1..=most).find_map(|count| names(above, count, &spans)))??;
        let columns = names.into_iter().zip(spans).map(|(name, (from, to))| (name, from, to)).collect();
        Some(Self { columns, command: command.to_owned(), is_double_spaced: false })
    }

    fn is_known(&self) -> bool {
        self.columns.iter().filter(|(name, ..)| super::is_known_name(name)).count() >= 2
    }

    fn row(&self, line: &str, number: u64) -> Option<Row> {
        let characters: Vec<char> = line.chars().collect();
        let spans: Vec<(usize, usize)> = self.columns.iter().map(|(_, from, to)| (*from, *to)).collect();
        let values = match cuts(&characters, &spans) {
            Some(cuts) => cells(&characters, &cuts),
            None => {
                let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
                (words.len() == self.columns.len()).then_some(words)?
            }
        };
        let mut row = Row::new(number, &self.command);
        for ((name, ..), value) in self.columns.iter().zip(&values) {
            row.push_text(name, value);
        }
        values.iter().any(|value| !value.is_empty()).then_some(row)
    }
}

/// The headings, put together from the last `count` lines above the dashes; `None` if a column has none.
fn names(above: &[&str], count: usize, spans: &[(usize, usize)]) -> Option<Vec<String>> {
    let words: Vec<String> = above.last()?.split_whitespace().map(str::to_owned).collect();
    if count == 1 && words.len() == spans.len() {
        return Some(words);
    }
    let mut names = vec![String::new(); spans.len()];
    for line in above.iter().skip(above.len().saturating_sub(count)) {
        let characters: Vec<char> = line.chars().collect();
        let cells = cells(&characters, &cuts(&characters, spans)?);
        names.iter_mut().zip(cells).for_each(|(name, cell)| name.push_str(&cell));
    }
    names.iter().all(|name| !name.is_empty()).then_some(names)
}

/// Where the runs of dashes begin and end.
fn spans(dashes: &str) -> Vec<(usize, usize)> {
    let mut spans: Vec<(usize, usize)> = Vec::new();
    for (place, _) in dashes.chars().enumerate().filter(|(_, c)| *c == '-') {
        match spans.last_mut() {
            Some((_, to)) if *to == place => *to = place + 1,
            _ => spans.push((place, place + 1)),
        }
    }
    spans
}

/// Where each column but the first begins in this line: at its dashes, or left of them for numbers, which stand at the right.
/// `None` if a word lies across a border.
fn cuts(line: &[char], spans: &[(usize, usize)]) -> Option<Vec<usize>> {
    let is_space = |place: usize| line.get(place).is_none_or(|c| c.is_whitespace());
    let pairs = spans.iter().zip(spans.iter().skip(1));
    pairs.map(|((_, end), (start, _))| (*end..*start).rev().find(|place| is_space(*place)).map(|place| place + 1)).collect()
}

fn cells(line: &[char], cuts: &[usize]) -> Vec<String> {
    let ends = cuts.iter().copied().chain([line.len()]);
    let starts = [0].into_iter().chain(cuts.iter().copied());
    let cell = |(from, to): (usize, usize)| line.get(from..to.min(line.len())).unwrap_or_default().iter().collect::<String>();
    starts.zip(ends).map(cell).map(|cell| cell.trim().to_owned()).collect()
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
    fn columns_are_where_the_dashes_say() {
        let text = "\
[PS] C:\\>Get-ServerHealth EX1 | ft
Server State         Name            HealthSetName AlertValue
------ -----         ----            ------------- ----------
EX1    NotApplicable ImapProxyTest   IMAP.Proxy    Unhealthy
EX1    Online        Two words here                Healthy

Id    Latency(MS) Error
--    ----------- -----
a            1234 x y
";
        let (rows, skipped) = all(text);
        assert_eq!(skipped, []);
        let shown: Vec<_> = rows
            .iter()
            .map(|row| (row.line, row.text("Name"), row.text("HealthSetName"), row.text("AlertValue"), row.text("Latency(MS)")))
            .collect();
        assert_eq!(
            shown,
            [
                (4, Some("ImapProxyTest"), Some("IMAP.Proxy"), Some("Unhealthy"), None),
                (5, Some("Two words here"), None, Some("Healthy"), None),
                (9, None, None, None, Some("1234")),
            ]
        );
    }

    #[test]
    fn collapsed_spaces_are_read_by_words_and_what_fits_neither_way_is_said() {
        let text = "Server Component State\n------ --------- -----\nEXCHANGE1 ImapProxy Active\nEXCHANGE1 ImapProxy Inactive since today\n";
        let (rows, skipped) = all(text);
        assert_eq!(rows.iter().map(|row| row.text("State")).collect::<Vec<_>>(), [Some("Active")]);
        assert_eq!(skipped.len(), 1);
        assert_eq!(skipped[0].0, 4);
    }
}
