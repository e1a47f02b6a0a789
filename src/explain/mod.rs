//! `explain`: what an id, an error code, a pasted log line or a client's message means, its causes with what tells them apart,
//! and what to do.
//!
//! It knows what the diagnoses document ([`crate::diagnosis::Diagnosis::doc`]), the table of error codes and the messages that clients show.
//! It reads no logs.

use crate::diagnosis::{ALL, Diagnosis, by_id};
use crate::usual::Kind;

mod codes;
mod line;
mod messages;
mod paste;
mod pasted;
mod unusual;

/// An answer, as text with headings that begin with `## `.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What was asked, as it was understood.
    pub title: String,
    /// The answer.
    pub text: String,
}

/// Explains words: an id, an error code, log lines as they were pasted, or a message. `None` if nothing is known about them.
pub fn explain(words: &str) -> Option<Explanation> {
    // Blanks before the first line tell what those before the others are.
    let pasted = pasted::explain(words);
    let words = words.trim();
    if words.is_empty() {
        return None;
    }
    pasted
        .or_else(|| by_id(words).map(of_diagnosis))
        .or_else(|| unusual::explain(words))
        .or_else(|| codes::explain(words))
        .or_else(|| messages::explain(words))
        .or_else(|| by_words(words))
}

/// All ids with their titles, for an overview.
pub fn overview() -> String {
    let mut text = String::from("Ids that can be explained:\n");
    for diagnosis in ALL {
        text.push_str(&format!("  {:<30}{}\n", diagnosis.id, diagnosis.title));
    }
    text.push_str("What 'exlog nightly' calls unusual:\n");
    for kind in Kind::ALL {
        text.push_str(&format!("  {}\n", kind.name()));
    }
    text.push_str("Error codes, pasted log lines and messages of clients can be explained too:\n");
    text.push_str("  exlog explain ProxyNotAuthenticated\n  exlog explain \"PKIX path building failed\"\n");
    text
}

fn of_diagnosis(diagnosis: &Diagnosis) -> Explanation {
    Explanation { title: format!("{}: {}", diagnosis.id, diagnosis.title), text: diagnosis.doc.to_owned() }
}

/// The causes that a text names by id, each with its first sentence and what to do.
fn causes(ids: &[&str]) -> String {
    let mut text = String::from("## Causes, and what tells them apart\n");
    for diagnosis in ids.iter().filter_map(|id| by_id(id)) {
        text.push_str(&format!("- {}: {}\n  {}\n", diagnosis.id, diagnosis.title, section(diagnosis.doc, "What it finds")));
    }
    text.push_str("\n## What to do\n");
    for diagnosis in ids.iter().filter_map(|id| by_id(id)) {
        text.push_str(&format!("- {}: {}\n", diagnosis.id, section(diagnosis.doc, "What to do")));
    }
    text.push_str("\n`exlog analyze` on the logs says which of them it is.\n");
    text
}

/// One section of a documentation in one line.
pub(crate) fn section(doc: &str, heading: &str) -> String {
    let lines = doc.lines().skip_while(|line| line.strip_prefix("## ") != Some(heading)).skip(1);
    lines.take_while(|line| !line.starts_with("## ")).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A diagnosis that holds all of the words in its id or title.
fn by_words(words: &str) -> Option<Explanation> {
    let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    let holds = |diagnosis: &&Diagnosis| {
        let text = format!("{} {}", diagnosis.id, diagnosis.title).to_lowercase();
        words.iter().all(|word| text.contains(word.as_str()))
    };
    ALL.into_iter().find(holds).map(of_diagnosis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_and_title_is_explained() {
        for diagnosis in ALL {
            assert!(explain(diagnosis.id).unwrap().text.contains("## What to do"));
            assert!(explain(diagnosis.title).is_some(), "{}", diagnosis.title);
        }
        for unknown in ["", "  ", "colourless green ideas"] {
            assert_eq!(explain(unknown), None);
        }
    }
}
