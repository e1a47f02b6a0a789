//! The context column, `Key=Value;Key=Value`, whose quoted values hold quotes and semicolons without escaping them.

const KNOWN: [&str; 18] = [
    "R",
    "Msg",
    "ErrMsg",
    "Excpt",
    "LiveIdAR",
    "Rows",
    "Recent",
    "TotalSize",
    "Search",
    "Unseen",
    "FolderCount",
    "ItemsDeleted",
    "ClientIp",
    "CafeActivityId",
    "Oid",
    "ExStk",
    "ActivityContextData",
    "Budget",
];

/// All keys and values, in the order in which they stand.
pub(crate) fn pairs(context: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut rest = context.trim_start_matches(';');
    while !rest.is_empty() {
        let key = key_at(rest).unwrap_or_default();
        let value = if key.is_empty() { rest } else { &rest[key.len() + 1..] };
        let (value, after) = cut_value(value);
        pairs.push((key.to_owned(), value.to_owned()));
        rest = after.trim_start_matches(';');
    }
    pairs
}

/// The first value of a key.
pub(crate) fn first<'a>(pairs: &'a [(String, String)], key: &str) -> Option<&'a str> {
    pairs.iter().find(|pair| pair.0 == key).map(|pair| pair.1.as_str())
}

/// The key with which a text begins.
fn key_at(text: &str) -> Option<&str> {
    let (key, _) = text.split_once('=')?;
    let is_key = key.starts_with(|c: char| c.is_ascii_alphabetic()) && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_key.then_some(key)
}

/// A value, and what follows it.
fn cut_value(text: &str) -> (&str, &str) {
    let Some(inner) = text.strip_prefix('"') else { return cut_at_next_key(text) };
    let quotes = || inner.match_indices('"').map(|(at, _)| at);
    let begins_known = |text: &str| key_at(text).is_some_and(|key| KNOWN.contains(&key));
    let ends_known = |at: &usize| match &inner[at + 1..] {
        "" | ";" => true,
        after => after.strip_prefix(';').is_some_and(begins_known),
    };
    let ends_any = |at: &usize| inner[at + 1..].strip_prefix(';').is_some_and(|after| key_at(after).is_some());
    match quotes().find(ends_known).or_else(|| quotes().find(ends_any)) {
        Some(at) => (&inner[..at], &inner[at + 1..]),
        // A quote that nothing closes is taken as if it were not there.
        None => cut_at_next_key(inner),
    }
}

/// A value without quotes runs to `;Key=`, whatever stands in it.
fn cut_at_next_key(text: &str) -> (&str, &str) {
    let ends = |at: &usize| text[at + 1..].is_empty() || key_at(&text[at + 1..]).is_some();
    match text.match_indices(';').map(|(at, _)| at).find(ends) {
        Some(at) => (&text[..at], &text[at..]),
        None => (text, ""),
    }
}
