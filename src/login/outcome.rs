//! Did it work? What an answer (`R`) says, by the status word behind the client's own tag.
//!
//! Not by looking for digits in tags, for `[Error=`, or for `ok` anywhere: those are the mistakes of the tools in use.

/// What came of a login attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The answer was `OK` or `+OK`.
    Succeeded,
    /// The answer was `NO`, `BAD` or `-ERR`, or there was none but an `ErrMsg`.
    Failed,
    /// Neither an answer nor an error stands in the line.
    Unknown,
}

impl Outcome {
    /// The name used in options and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

/// The outcome by the answer, else by whether an error is there.
pub fn outcome(response: Option<&[u8]>, error: Option<&[u8]>) -> Outcome {
    match response.and_then(status) {
        Some(Status::Ok) => Outcome::Succeeded,
        Some(Status::No | Status::Bad) => Outcome::Failed,
        None if error.is_some() => Outcome::Failed,
        None => Outcome::Unknown,
    }
}

/// The status word of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// `OK`, `+OK`.
    Ok,
    /// `NO`, `-ERR`.
    No,
    /// `BAD`: the server did not understand the client.
    Bad,
}

/// The status of an answer such as `ok`, `z NO LOGIN failed.` or `-ERR …`.
pub fn status(response: &[u8]) -> Option<Status> {
    let (first, second, _) = deciding_line(response)?;
    // Case tells a status word from a tag or a word of the text, as far as it is there to tell.
    exact(second).or_else(|| exact(first)).or_else(|| any_case(second)).or_else(|| any_case(first))
}

/// What an answer says behind its tag and status word: `LOGIN failed.`
pub fn text_of(response: &[u8]) -> &[u8] {
    let Some((first, second, line)) = deciding_line(response) else { return response };
    let tag = if exact(second).is_some() || (exact(first).is_none() && any_case(second).is_some()) { first.len() } else { 0 };
    line.get(tag..).unwrap_or_default().trim_ascii()
}

/// The first line that is not untagged, with its first two words. Line breaks are written as `\r\n` in four characters.
fn deciding_line(response: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let line = logical_lines(response).find(|line| !line.is_empty() && !line.starts_with(b"* ") && !line.starts_with(b"+ "))?;
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    Some((words.next()?, words.next().unwrap_or_default(), line))
}

fn logical_lines(response: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(response);
    std::iter::from_fn(move || {
        let text = rest?;
        // Most answers are one short line.
        let written = memchr::memchr(b'\\', text).and_then(|_| memchr::memmem::find(text, br"\r\n"));
        match written.map(|at| (at, 4)).or_else(|| memchr::memchr(b'\n', text).map(|at| (at, 1))) {
            Some((at, length)) => {
                rest = text.get(at + length..);
                Some(text.get(..at)?.trim_ascii())
            }
            None => {
                rest = None;
                Some(text.trim_ascii())
            }
        }
    })
}

fn exact(word: &[u8]) -> Option<Status> {
    match word {
        b"OK" | b"+OK" => Some(Status::Ok),
        b"NO" | b"-ERR" => Some(Status::No),
        b"BAD" => Some(Status::Bad),
        _ => None,
    }
}

fn any_case(word: &[u8]) -> Option<Status> {
    [(&b"OK"[..], Status::Ok), (b"+OK", Status::Ok), (b"NO", Status::No), (b"-ERR", Status::No), (b"BAD", Status::Bad)]
        .into_iter()
        .find_map(|(known, status)| word.eq_ignore_ascii_case(known).then_some(status))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Outcome::{Failed, Succeeded, Unknown};

    #[test]
    fn the_status_word_behind_the_tag_decides() {
        for (response, error, expected) in [
            (Some("ok"), None, Succeeded),
            (Some("OK"), None, Succeeded),
            (Some("OK"), Some("SomethingOdd"), Succeeded),
            (Some("z NO [Error=ProxyNotAuthenticated Proxy=H:1993:SSL] LOGIN failed."), None, Failed),
            (Some("aXSV NO LOGIN failed."), Some("ProxyNotAuthenticated"), Failed),
            (Some("2 NO AUTHENTICATE failed."), None, Failed),
            (Some("1.3 NO LOGIN failed."), None, Failed),
            (Some("tag-7 BAD Command Argument Error. 11"), None, Failed),
            (Some(". NO LOGIN failed."), None, Failed),
            (Some("OK NO LOGIN failed."), None, Failed),
            (Some("NO OK LOGIN completed."), None, Succeeded),
            (Some("NO LOGIN failed."), None, Failed),
            (Some("z OK LOGIN completed."), None, Succeeded),
            (Some("z ok LOGIN completed."), None, Succeeded),
            (Some("OK no new mail"), None, Succeeded),
            (Some(r"* CAPABILITY IMAP4 IMAP4rev1\r\nz OK LOGIN completed."), None, Succeeded),
            (Some(r"* OK still here\r\nz NO LOGIN failed.\r\n* BYE Connection is closed. 14"), None, Failed),
            (Some(r"* BYE Connection is closed. 14"), None, Unknown),
            (Some(r"* BYE Connection is closed. 14"), Some("ProxyFailed"), Failed),
            (Some("-ERR Authentication failure: unknown user name or bad password."), None, Failed),
            (Some("-ERR no such OK user"), None, Failed),
            (Some("+OK User successfully logged on."), None, Succeeded),
            (Some("+OK"), None, Succeeded),
            (Some("z"), None, Unknown),
            (Some(""), None, Unknown),
            (None, Some("ProxyTimeout"), Failed),
            (None, None, Unknown),
        ] {
            let found = outcome(response.map(str::as_bytes), error.map(str::as_bytes));
            assert_eq!(found, expected, "{response:?} {error:?}");
        }
    }

    #[test]
    fn the_tag_is_no_part_of_what_was_said() {
        for (response, text) in [
            ("z NO LOGIN failed.", "NO LOGIN failed."),
            ("NO LOGIN failed.", "NO LOGIN failed."),
            (r"* OK x\r\n1.3 BAD Command Error. 10\r\n* BYE", "BAD Command Error. 10"),
            ("-ERR Command is not valid in this state.", "-ERR Command is not valid in this state."),
            ("ok", "ok"),
        ] {
            assert_eq!(text_of(response.as_bytes()), text.as_bytes());
        }
    }
}
