//! Rows of `Get-WinEvent` and `Get-EventLog`, and of what Event Viewer saves as CSV → events.
//!
//! Such exports hold a message in the system's language instead of the single values, and times in the machine's own zone.

use crate::evidence::event::Raw;
use crate::evidence::table::Row;

/// Names that tell such rows from other text.
pub(crate) const NAMES: [&str; 14] = [
    "TimeCreated",
    "TimeGenerated",
    "ProviderName",
    "LogName",
    "MachineName",
    "EventID",
    "Event ID",
    "InstanceId",
    "LevelDisplayName",
    "RecordId",
    "EntryType",
    "Id",
    "Message",
    "Date and Time",
];

/// The event of a row; `None` if it is no such row, or why it cannot be read.
pub(crate) fn event(row: &Row) -> Option<Result<Raw, String>> {
    let first = |names: &[&str]| names.iter().find_map(|name| row.text(name)).map(str::to_owned);
    let is_event = ["TimeCreated", "TimeGenerated", "TimeWritten", "Date and Time"].iter().any(|name| row.has(name));
    let provider = first(&["ProviderName", "Source"]);
    let ids = ["Id", "EventID", "Event ID", "InstanceId"];
    if !is_event || !ids.iter().any(|name| row.has(name)) {
        return None;
    }
    let (Some(provider), Some(id)) = (provider, ids.iter().find_map(|name| row.number::<u64>(name))) else {
        return Some(Err("an event without its provider or its id".to_owned()));
    };
    let time = ["TimeCreated", "TimeGenerated", "TimeWritten", "Date and Time"].iter().find_map(|name| row.date(name));
    let (properties, _) = row.list("Properties");
    let (strings, _) = row.list("ReplacementStrings");
    let message = || first(&["Message", "Task Category"]).into_iter().collect();
    let texts = [strings, properties].into_iter().find(|texts| is_values(texts)).unwrap_or_else(message);
    Some(Ok(Raw {
        channel: first(&["LogName", "Log", "ContainerLog"]).unwrap_or_default(),
        provider,
        id: (id & 0xffff) as u32,
        computer: first(&["MachineName", "Computer"]).unwrap_or_default(),
        record: ["RecordId", "Index"].iter().find_map(|name| row.number(name)),
        time,
        texts,
    }))
}

/// Values, and not the names of the .NET type that holds them.
fn is_values(texts: &[String]) -> bool {
    texts.iter().any(|text| !text.is_empty()) && !texts.iter().all(|text| text.contains("EventProperty"))
}
