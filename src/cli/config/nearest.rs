//! The known word that somebody may have meant.

/// The nearest of `known`, if it is near enough to be meant: by at most a third of its letters.
pub(super) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let by_distance = known.map(|known| (distance(&word.to_lowercase(), known), known));
    by_distance.min().filter(|(distance, known)| *distance <= known.chars().count().div_ceil(3)).map(|(_, known)| known)
}

/// How many letters must be put in, taken away or changed (Levenshtein), one row of the table at a time.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut diagonal = at;
        let mut left = at + 1;
        let mut next = vec![left];
        for (above, expected) in row.iter().skip(1).zip(&other) {
            left = (diagonal + usize::from(letter != *expected)).min(*above + 1).min(left + 1);
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_the_book() {
        for (one, other, expected) in
            [("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("flaw", "lawn", 2), ("straße", "strasse", 2)]
        {
            assert_eq!(distance(one, other), expected, "{one} {other}");
        }
    }

    #[test]
    fn only_what_may_have_been_meant_is_named() {
        let known = || ["mail", "mail-server", "store", "keep"].into_iter();
        assert_eq!(nearest("mail_server", known()), Some("mail-server"));
        assert_eq!(nearest("Sotre", known()), Some("store"));
        assert_eq!(nearest("colour", known()), None);
    }
}
