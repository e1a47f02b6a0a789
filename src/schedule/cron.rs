//! The task for cron: one line of a table.

use crate::schedule::{NAME, Task};

/// How the line ends, for a shell that reads it a comment: by this it is found again.
pub fn mark() -> String {
    format!("# {NAME}")
}

/// The line.
pub fn line(task: &Task) -> String {
    let words: Vec<String> = [&task.program].into_iter().chain(&task.arguments).map(|word| shell_word(word)).collect();
    let command = format!("cd {} && nice -n 10 {}", shell_word(&task.folder), words.join(" "));
    format!("{} {} * * * {command} {}", task.at.minute, task.at.hour, mark())
}

/// A table with this line, and without one of before.
pub fn table(present: &str, line: &str) -> String {
    let mark = mark();
    let others = present.lines().filter(|other| !other.ends_with(&mark));
    others.chain([line]).flat_map(|line| [line, "\n"]).collect()
}

/// A word for the shell behind cron. cron ends a command at `%` unless a backslash stands before it, which it takes away; but of two
/// backslashes it takes none. So `%` stands outside of the quotes, where no other backslash can come before it.
fn shell_word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '=' | ':' | ',' | '@' | '+');
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''").replace('%', "'\\%'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_before_is_replaced_and_others_stay() {
        let first = table("# mine\n0 1 * * * backup\n", "0 2 * * * exlog # exlog nightly");
        let second = table(&first, "0 3 * * * exlog # exlog nightly");
        assert_eq!(second, "# mine\n0 1 * * * backup\n0 3 * * * exlog # exlog nightly\n");
    }
}
