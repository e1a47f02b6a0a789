//! The parts of one file that could not be read: told one by one up to a bound, counted beyond it.

/// The most parts that are told one by one: a hostile file holds millions.
const MOST: usize = 1000;

/// Lines (or record numbers; 0 is the whole file) with the reason why they were not read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Skips {
    parts: Vec<(u64, String)>,
    more: u64,
}

impl Skips {
    pub(crate) fn push(&mut self, line: u64, reason: impl Into<String>) {
        match self.parts.len() < MOST {
            true => self.parts.push((line, reason.into())),
            false => self.more += 1,
        }
    }

    pub(crate) fn append(&mut self, other: Self) {
        other.parts.into_iter().for_each(|(line, reason)| self.push(line, reason));
        self.more += other.more;
    }

    /// Every part, by line; then how many more there are.
    pub(crate) fn into_parts(mut self) -> Vec<(u64, String)> {
        self.parts.sort();
        if self.more > 0 {
            self.parts.push((0, format!("{} more parts that could not be read", self.more)));
        }
        self.parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_told_is_counted() {
        let mut skips = Skips::default();
        (0..1003).for_each(|line| skips.push(line, "x"));
        let parts = skips.into_parts();
        assert_eq!((parts.len(), parts[1000].1.as_str()), (1001, "3 more parts that could not be read"));
    }
}
