//! How the page says names, shares and lists: texts cut to a length, numbers in words.

use crate::login::identity::ClientClass;
use crate::text::thousands;

/// A name or a sentence has so many characters at the most.
pub(super) const NAME: usize = 300;

/// A log line has so many.
pub(super) const LINE: usize = 600;

/// A path has so many.
pub(super) const PATH: usize = 400;

/// `text` with at most `limit` characters; what is cut says how long it was.
pub(super) fn cut(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some((end, _)) => {
            format!("{}… ({} characters)", text.get(..end).unwrap_or_default(), thousands(text.chars().count() as u64))
        }
    }
}

/// The last part of a path of either system.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// A server's name.
pub(super) fn server(name: Option<&str>) -> String {
    cut(name.unwrap_or("unknown server"), 80)
}

/// Who a client class stands for.
pub(super) const fn who(class: ClientClass) -> &'static str {
    match class {
        ClientClass::HealthMailbox => "probes",
        ClientClass::User => "accounts",
        ClientClass::Unknown => "no name",
    }
}

/// `a, b and c`.
pub(super) fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A number with its sign of being an estimate.
pub(super) fn estimated((number, is_exact): (u64, bool)) -> String {
    format!("{}{}", if is_exact { "" } else { "~" }, thousands(number))
}

/// A share as people read it.
pub(super) fn percent(part: u64, whole: u64) -> String {
    match 100.0 * part as f64 / whole as f64 {
        _ if whole == 0 || part == 0 => "0 %".to_owned(),
        share if share < 0.05 => "< 0.1 %".to_owned(),
        share => format!("{share:.1} %"),
    }
}

/// A share as the length of a bar in percent.
pub(super) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { rounded(100.0 * part as f64 / whole as f64) }
}

/// Three decimals are finer than any screen, and short in the file.
pub(super) fn rounded(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}

/// What is said where a list was cut.
pub(super) fn left_out(all: usize, shown: usize, what: &str) -> String {
    match all.saturating_sub(shown) {
        0 => String::new(),
        more => format!("{} more {what} are not shown here; exlog analyze --format json has them all.", thousands(more as u64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_and_say_so() {
        assert_eq!(cut("Grüße", 5), "Grüße");
        assert_eq!(cut("Grüße!", 5), "Grüße… (6 characters)");
        assert_eq!(file_name(r"\\ex01\c$\logs\a.LOG"), "a.LOG");
        assert_eq!(file_name("a/b/c.LOG"), "c.LOG");
    }

    #[test]
    fn shares_and_lists_read_well() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!((listed(&words("a b c")).as_str(), listed(&words("a")).as_str()), ("a, b and c", "a"));
        assert_eq!((percent(1, 3).as_str(), percent(1, 10_000).as_str(), percent(0, 0).as_str()), ("33.3 %", "< 0.1 %", "0 %"));
        assert_eq!((share(1, 3), share(1, 0)), (33.333, 0.0));
    }
}
