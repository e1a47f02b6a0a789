//! What charts are drawn with: by default only glyphs that every Windows console font has.

/// Which glyphs a report may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Glyphs {
    /// Those of code page 437: Consolas and Lucida Console have them, too.
    #[default]
    Console,
    /// Blocks in eighths as well, for fonts that have them.
    Rich,
}

/// From few to many.
const SHADES: [char; 4] = ['░', '▒', '▓', '█'];
/// The same, in the height of the block.
const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// A half and a whole block from the left.
const HALVES: [char; 2] = ['▌', '█'];
/// The same in eighths.
const EIGHTHS: [char; 8] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

impl Glyphs {
    /// What the glyphs of [`Glyphs::level`] mean.
    pub(super) fn legend(self) -> &'static str {
        match self {
            Self::Console => "░ ▒ ▓ █ up to 25, 50, 75, 100 %",
            Self::Rich => "▁▂▃▄▅▆▇█ up to 12, 25, … 100 %",
        }
    }

    /// The glyph for so much of a whole; anything above nothing is seen.
    pub(super) fn level(self, part: u64, whole: u64) -> char {
        let levels: &[char] = match self {
            Self::Console => &SHADES,
            Self::Rich => &HEIGHTS,
        };
        let level = part.saturating_mul(levels.len() as u64).div_ceil(whole.max(1));
        level_of(levels, level)
    }

    /// A bar for so much of a whole, up to so many columns long; anything above nothing is seen.
    pub(super) fn bar(self, part: u64, whole: u64, longest: usize) -> String {
        let levels: &[char] = match self {
            Self::Console => &HALVES,
            Self::Rich => &EIGHTHS,
        };
        let fine = levels.len() as u64;
        // Rounded to the nearest step.
        let steps = (part.saturating_mul(longest as u64 * fine * 2) / whole.max(1)).div_ceil(2);
        let steps = steps.clamp(u64::from(part > 0), longest as u64 * fine);
        let mut bar = "█".repeat(usize::try_from(steps / fine).unwrap_or_default());
        if steps % fine > 0 {
            bar.push(level_of(levels, steps % fine));
        }
        bar
    }
}

/// The glyph of a level, of which 1 is the first.
fn level_of(levels: &[char], level: u64) -> char {
    match usize::try_from(level) {
        Ok(0) => ' ',
        Ok(level) => levels.get(level.min(levels.len()) - 1).copied().unwrap_or(' '),
        Err(_) => '█',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anything_above_nothing_is_seen() {
        let drawn = |glyphs: Glyphs| [0, 1, 25, 26, 74, 76, 100].map(|part| glyphs.level(part, 100)).iter().collect::<String>();
        assert_eq!(drawn(Glyphs::Console), " ░░▒▓██");
        assert_eq!(drawn(Glyphs::Rich), " ▁▂▃▆▇█");
        assert_eq!(Glyphs::Console.level(u64::MAX, 1), '█');
    }

    #[test]
    fn a_bar_is_as_long_as_its_share() {
        for (part, bar) in [(0, ""), (1, "▌"), (500, "██▌"), (600, "███"), (1000, "█████"), (2000, "█████")]
        {
            assert_eq!(Glyphs::Console.bar(part, 1000, 5), bar, "{part}");
        }
        assert_eq!((Glyphs::Rich.bar(1, 1000, 5), Glyphs::Rich.bar(525, 1000, 5)), ("▏".into(), "██▋".into()));
        assert_eq!(Glyphs::Console.bar(0, 0, 5), "");
    }
}
