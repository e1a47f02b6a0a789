//! JSON of `ConvertTo-Json` → rows: one object, an array of them, or one after the other. Depth is bounded by serde_json.

use serde_json::Value as Json;
use serde_json::de::Deserializer;

use crate::evidence::skips::Skips;
use crate::evidence::table::{Row, Value};
use crate::evidence::text_lines::Lines;

/// Whether the text begins like JSON.
pub(crate) fn is_json(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with('{') && text.trim_start_matches('{').trim_start().starts_with('"') || after_bracket(text).is_some()
}

/// The inside of an array of objects.
fn after_bracket(text: &str) -> Option<&str> {
    let inside = text.trim_start().strip_prefix('[')?.trim_start();
    inside.starts_with('{').then_some(inside)
}

/// Hands each row to `sink`, and says why the rest could not be read: damaged or cut JSON costs what comes after the damage.
pub(crate) fn rows(text: &str, mut sink: impl FnMut(Row)) -> Skips {
    let mut skips = Skips::default();
    let (mut rest, is_array) = match after_bracket(text) {
        Some(inside) => (inside, true),
        None => (text.trim_start(), false),
    };
    let mut lines = Lines::new(text);
    while rest.starts_with('{') {
        let line = lines.at(text.len() - rest.len());
        let mut values = Deserializer::from_str(rest).into_iter::<Json>();
        match values.next() {
            Some(Ok(value)) => row(&value, line).into_iter().for_each(&mut sink),
            Some(Err(error)) => {
                let line = line + (error.line() as u64).saturating_sub(1);
                skips.push(line, format!("no JSON from here on: {}", reason(&error)));
                return skips;
            }
            None => break,
        }
        rest = rest.get(values.byte_offset()..).unwrap_or_default().trim_start();
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
    }
    if is_array && !rest.starts_with(']') {
        skips.push(lines.at(text.len() - rest.len()), "the array has no end here: the file may be cut");
    }
    skips
}

/// The words of an error without its place, which counts from the object's beginning.
fn reason(error: &serde_json::Error) -> String {
    let words = error.to_string();
    words.split(" at line ").next().unwrap_or_default().to_owned()
}

fn row(value: &Json, line: u64) -> Option<Row> {
    let object = value.as_object()?;
    let mut row = Row::new(line, "");
    for (name, value) in object {
        // Windows PowerShell wraps some lists: `{"value": […], "Count": 2}`.
        let value = value.get("value").filter(|inside| inside.is_array()).unwrap_or(value);
        match value {
            Json::Null => row.push_text(name, ""),
            Json::Array(items) => row.push(name, Value::List(items.iter().filter_map(text).collect())),
            value => row.push_text(name, &text(value).unwrap_or_default()),
        }
    }
    Some(row)
}

/// Properties that stand for an object. An enumeration from a remote session has both: `{"value": 3, "Value": "SecureLogin"}`.
const NAMING: [&str; 8] = ["value", "Value", "DomainName", "Address", "Name", "Domain", "DistinguishedName", "DisplayName"];

/// A value as text. Objects stand for what they print: an enumeration's or a date's `value`, an address, a name.
fn text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.trim().to_owned()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(is) => Some(is.to_string()),
        Json::Object(object) => {
            let first =
                |is: fn(&Json) -> bool| NAMING.iter().filter_map(|name| object.get(*name)).find(|value| is(value)).and_then(text);
            let plain = first(Json::is_string).or_else(|| first(Json::is_number));
            match (plain, object.get("Port").and_then(Json::as_u64)) {
                (Some(address), Some(port)) => Some(format!("{address}:{port}")),
                (None, Some(port)) => Some(format!(":{port}")),
                (plain, None) => plain,
            }
        }
        Json::Null | Json::Array(_) => None,
    }
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
    fn objects_arrays_and_lines_of_objects_are_rows() {
        for (text, expected) in [
            ("{\"LoginType\":1}", &[(1, Some("1"))][..]),
            ("[\r\n  {\"LoginType\": 3},\r\n  {\"LoginType\": {\"value\": 2}}\r\n]\r\n", &[(2, Some("3")), (3, Some("2"))]),
            ("{\"LoginType\":1}\n{\"LoginType\":null}\n", &[(1, Some("1")), (2, None)]),
        ] {
            let (rows, skipped) = all(text);
            assert_eq!(rows.iter().map(|row| (row.line, row.text("LoginType"))).collect::<Vec<_>>(), expected, "{text}");
            assert_eq!(skipped, []);
        }
    }

    #[test]
    fn nested_values_stand_for_what_they_print() {
        let (rows, _) = all(
            r#"{"SSLBindings":[{"Address":"::","Port":993},"0.0.0.0:993"],"NotAfter":{"value":"/Date(0)/","DateTime":"x"},"Deep":{"a":{"b":1}},"LoginType":{"value":3,"Value":"SecureLogin"},"Names":{"value":["a","b"],"Count":2}}"#,
        );
        assert_eq!(rows[0].list("SSLBindings").0, [":::993", "0.0.0.0:993"]);
        assert_eq!(
            (rows[0].text("LoginType"), rows[0].list("Names").0),
            (Some("SecureLogin"), vec!["a".to_owned(), "b".to_owned()])
        );
        assert_eq!((rows[0].text("NotAfter"), rows[0].text("Deep")), (Some("/Date(0)/"), None));
    }

    #[test]
    fn a_cut_array_keeps_what_comes_before_the_cut() {
        let (rows, skipped) = all("[\n{\"A\":1},\n{\"A\":");
        assert_eq!((rows.len(), skipped), (1, vec![(3, "no JSON from here on: EOF while parsing a value".to_owned())]));
        let deep = format!("{{\"a\":{}", "[".repeat(100_000));
        assert_eq!(all(&deep).1.len(), 1);
    }
}
