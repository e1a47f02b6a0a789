//! Folders that forensic tools put between a host and the files they collected there.
//!
//! Velociraptor: `Collection-HOST-2026-03-12T07_30_00Z/uploads/auto/C%3A/…`, with the drive percent-encoded; on its server
//! `clients/C.4f5e/collections/F.BVD/uploads/…`, where nothing but the client's id stands for the host. KAPE: `2026-03-12T073000_HOST/C/…`.

/// How Velociraptor's ways to files are called: the folder above the drive.
const UPLOADS: &str = "uploads";

/// The place of a drive as Velociraptor writes it: what is below it is no host.
pub(super) fn drive(folders: &[String]) -> Option<usize> {
    folders.iter().rposition(|folder| is_encoded_drive(folder))
}

/// The folder that stands for the host, of those above a drive.
pub(super) fn host(above: &[String]) -> Option<String> {
    let above = match above {
        [above @ .., uploads, _] | [above @ .., uploads] if uploads == UPLOADS => above,
        above => above,
    };
    let above = match above {
        [above @ .., collections, flow] if collections == "collections" && flow.starts_with("F.") => above,
        above => above,
    };
    above.last().filter(|folder| !super::is_drive(folder)).cloned()
}

/// `C%3A`, `%5C%5C.%5CC%3A`: what an encoded path of Windows begins with, if it is a drive.
pub(super) fn is_encoded_drive(folder: &str) -> bool {
    if !folder.contains('%') {
        return false;
    }
    let encoded = [("%3A", ":"), ("%5C", r"\"), ("%2E", "."), ("%3F", "?")];
    let path = encoded.iter().fold(folder.to_ascii_uppercase(), |path, (code, character)| path.replace(code, character));
    let drive = path.strip_prefix(r"\\.\").or_else(|| path.strip_prefix(r"\\?\")).unwrap_or(&path);
    matches!(drive.as_bytes(), [letter, b':'] if letter.is_ascii_alphabetic()) || drive.contains("HARDDISKVOLUMESHADOWCOPY")
}

/// A folder's name without what a tool wrote into it, by the folder above it; `None` if it is nothing else. Right below a folder with
/// the time a single letter is a drive, which the other tools write as `C%3A`.
pub(super) fn plain(above: Option<&str>, folder: &str) -> Option<String> {
    let is_below_time = above.is_some_and(|above| above.split('_').next().is_some_and(is_compact_time));
    match folder.as_bytes() {
        [letter] if is_below_time && letter.is_ascii_alphabetic() => Some(format!("{folder}%3A")),
        _ => without_time(folder.to_owned()),
    }
}

fn without_time(folder: String) -> Option<String> {
    if let Some(named) = folder.strip_prefix("Collection-") {
        let host = named.char_indices().filter(|(_, c)| *c == '-').map(|(at, _)| named.split_at(at));
        let host = host.into_iter().find(|(host, time)| !host.is_empty() && is_time(time.trim_start_matches('-')));
        return Some(host.map_or_else(|| folder.clone(), |(host, _)| host.to_owned()));
    }
    match folder.split_once('_') {
        Some((time, host)) if is_compact_time(time) && !host.is_empty() => Some(host.to_owned()),
        _ if is_compact_time(&folder) => None,
        _ => Some(folder),
    }
}

/// `2026-03-12T07_30_00Z` and what else there is behind the minutes.
fn is_time(text: &str) -> bool {
    has_form(text, "dddd-dd-ddTdd")
}

/// `2026-03-12T073000`
fn is_compact_time(text: &str) -> bool {
    text.len() == 17 && has_form(text, "dddd-dd-ddTdddddd")
}

/// Whether a text begins in this form, in which `d` is a digit.
fn has_form(text: &str, form: &str) -> bool {
    let fits = |(byte, form): (u8, u8)| if form == b'd' { byte.is_ascii_digit() } else { byte == form };
    text.len() >= form.len() && text.bytes().zip(form.bytes()).all(fits)
}
