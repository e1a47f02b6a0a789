//! Tables that fit: numbers to the right, texts cut with `…` where the width does not suffice, never wrapped.

use std::io::{self, Write};

use comfy_table::{CellAlignment, ContentArrangement, Table as Rendered, presets};

use crate::report::terminal::{Look, Tone};
use crate::text::{TerminalText, columns, truncated};

/// No column is cut shorter than this.
const NARROWEST: usize = 8;

/// A table under construction.
pub(super) struct Table {
    columns: Vec<Column>,
    rows: Vec<(Tone, Vec<String>)>,
}

struct Column {
    title: &'static str,
    is_number: bool,
    /// What is left away first, if the width does not suffice; 0 never.
    spare: u8,
}

impl Table {
    /// A table with these columns. A column whose title begins with `?` is left away where the width does not suffice, the last
    /// such column first, and before it those with `??`; one with `#` holds numbers or times, which are never cut. The signs
    /// are not shown.
    pub(super) fn new(titles: &[&'static str]) -> Self {
        let column = |title: &&'static str| {
            let without = title.trim_start_matches('?');
            let spare = u8::try_from(title.len() - without.len()).unwrap_or(u8::MAX);
            let (title, is_number) = without.strip_prefix('#').map_or((without, false), |title| (title, true));
            Column { title, is_number, spare }
        };
        Self { columns: titles.iter().map(column).collect(), rows: Vec::new() }
    }

    /// Adds a row; its texts are escaped here.
    pub(super) fn row(&mut self, tone: Tone, cells: impl IntoIterator<Item = String>) {
        self.rows.push((tone, cells.into_iter().map(|cell| TerminalText::new(&cell).as_str().to_owned()).collect()));
    }

    /// Writes the table, two columns in from the left.
    pub(super) fn write(mut self, look: Look, out: &mut dyn Write) -> io::Result<()> {
        self.leave_away(look.width.saturating_sub(2));
        let widths = self.widths(look.width.saturating_sub(2));
        let mut rendered = Rendered::new();
        rendered.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        rendered.set_header(self.columns.iter().map(|column| column.title));
        for (_, cells) in &self.rows {
            rendered.add_row(cells.iter().zip(&widths).map(|(cell, width)| truncated(cell, *width).into_owned()));
        }
        for (place, column) in self.columns.iter().enumerate() {
            if let Some(shown) = rendered.column_mut(place) {
                shown.set_padding((0, 2));
                if column.is_number {
                    shown.set_cell_alignment(CellAlignment::Right);
                }
            }
        }
        let text = rendered.to_string();
        let mut lines = text.lines();
        if let Some(header) = lines.next() {
            writeln!(out, "  {}", look.paint(Tone::Faint, header.trim_end()))?;
        }
        for (line, (tone, _)) in lines.zip(&self.rows) {
            writeln!(out, "  {}", look.paint(*tone, line.trim_end()))?;
        }
        Ok(())
    }

    /// Leaves away columns without a title in which nothing stands, then optional ones until the rest fits uncut.
    fn leave_away(&mut self, room: usize) {
        for place in (0..self.columns.len()).rev() {
            let is_untitled = self.columns.get(place).is_some_and(|column| column.title.is_empty());
            if is_untitled && self.rows.iter().all(|(_, cells)| cells.get(place).is_none_or(String::is_empty)) {
                self.remove(place);
            }
        }
        while self.natural_widths().iter().map(|width| width + 2).sum::<usize>() > room + 2 {
            let most = self.columns.iter().map(|column| column.spare).max().filter(|spare| *spare > 0);
            let Some(place) = self.columns.iter().rposition(|column| Some(column.spare) == most) else { return };
            self.remove(place);
        }
    }

    fn remove(&mut self, place: usize) {
        self.columns.remove(place);
        for (_, cells) in self.rows.iter_mut().filter(|(_, cells)| place < cells.len()) {
            cells.remove(place);
        }
    }

    fn natural_widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = self.columns.iter().map(|column| columns(column.title)).collect();
        for (_, cells) in &self.rows {
            for (width, cell) in widths.iter_mut().zip(cells) {
                *width = (*width).max(columns(cell));
            }
        }
        widths
    }

    /// The width of each column: its widest cell, the widest text columns cut until all fit.
    fn widths(&self, room: usize) -> Vec<usize> {
        let mut widths = self.natural_widths();
        while widths.iter().map(|width| width + 2).sum::<usize>() > room + 2 {
            let texts = widths.iter_mut().zip(&self.columns).filter(|(_, column)| !column.is_number);
            match texts.map(|(width, _)| width).max() {
                Some(widest) if *widest > NARROWEST => *widest -= 1,
                _ => break,
            }
        }
        widths
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Zone;
    use crate::report::terminal::Glyphs;

    #[test]
    fn a_table_fits_and_nothing_in_it_drives_the_terminal() {
        let mut table = Table::new(&["name", "#count"]);
        table.row(Tone::Plain, ["a\u{1b}[31m".repeat(40), "7".to_owned()]);
        table.row(Tone::Plain, ["short".to_owned(), "1,234".to_owned()]);
        let mut out = Vec::new();
        table.write(Look { width: 40, color: false, zone: Zone::Utc, all: false, glyphs: Glyphs::Console }, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.lines().all(|line| columns(line) <= 40), "{text}");
        assert!(text.contains('…') && !text.contains('\u{1b}'));
        assert!(text.lines().all(|line| line.ends_with("count") || line.ends_with('7') || line.ends_with("1,234")));
    }
}
