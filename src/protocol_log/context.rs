//! The context column: a language of its own, `Key=Value;Key=Value`.
//!
//! A value that holds a blank, `"`, `,` or `;` is wrapped in quotes, and a quote inside it is *not* escaped. So a quoted
//! value ends at a quote that is followed by the end or by `;Key=` with a known key, not at the first quote or semicolon.
//! Redacted copies also hold blanks outside quotes. What the values mean is decided in `login`.

/// The keys that are known to occur. An unknown key is kept too; it only cannot end a quoted value while a known one can.
const KNOWN_KEYS: [&[u8]; 18] = [
    b"R",
    b"Msg",
    b"ErrMsg",
    b"Excpt",
    b"LiveIdAR",
    b"Rows",
    b"Recent",
    b"TotalSize",
    b"Search",
    b"Unseen",
    b"FolderCount",
    b"ItemsDeleted",
    b"ClientIp",
    b"CafeActivityId",
    b"Oid",
    b"ExStk",
    b"ActivityContextData",
    b"Budget",
];

/// The values of a context that decide what came of a command.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Context<'a> {
    /// `R`: the answer.
    pub response: Option<&'a [u8]>,
    /// `Msg`: notes joined by `;`.
    pub message: Option<&'a [u8]>,
    /// `ErrMsg`: the reason of a failure; never empty.
    pub error: Option<&'a [u8]>,
}

impl<'a> Context<'a> {
    /// Reads a context column (its CSV quotes already undone).
    ///
    /// A user name inside `Msg` can imitate further keys. Exchange writes `R` before `Msg` and `ErrMsg` behind it, so the
    /// first `R` and the last `ErrMsg` are the ones that Exchange wrote.
    pub fn parse(text: &'a [u8]) -> Self {
        let mut context = Self::default();
        for (key, value) in pairs(text) {
            match key {
                b"R" => context.response = context.response.or(Some(value)),
                b"Msg" => context.message = context.message.or(Some(value)),
                b"ErrMsg" => {
                    // What a lost quote leaves behind is no part of a code.
                    let code = value.trim_ascii().trim_suffix_of(b"\",;");
                    context.error = Some(code).filter(|code| !code.is_empty()).or(context.error);
                }
                _ => {}
            }
        }
        context
    }
}

trait TrimSuffix {
    fn trim_suffix_of(&self, bytes: &[u8]) -> &Self;
}

impl TrimSuffix for [u8] {
    fn trim_suffix_of(&self, bytes: &[u8]) -> &[u8] {
        let end = self.iter().rposition(|byte| !bytes.contains(byte)).map_or(0, |last| last + 1);
        self.get(..end).unwrap_or_default()
    }
}

/// All pairs of a context, unknown keys included; text without a key has the empty key.
pub fn pairs(text: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = text;
    std::iter::from_fn(move || {
        while let Some(tail) = rest.strip_prefix(b";") {
            rest = tail;
        }
        if rest.is_empty() {
            return None;
        }
        let key = key_of(rest);
        let value_and_rest = if key.is_empty() { rest } else { rest.get(key.len() + 1..).unwrap_or_default() };
        let (value, tail) = split_value(value_and_rest);
        rest = tail;
        Some((key, value))
    })
}

/// The value of a key that is neither in [`Context`] nor there more than once with another value; never empty.
pub fn only_value<'a>(text: &'a [u8], key: &str) -> Option<&'a [u8]> {
    // Most contexts do not have it.
    memchr::memmem::find(text, key.as_bytes())?;
    let mut values = pairs(text).filter(|(name, _)| *name == key.as_bytes()).map(|(_, value)| value.trim_ascii());
    let first = values.next().filter(|value| !value.is_empty())?;
    // What differs may be imitated by a user name.
    values.all(|value| value == first).then_some(first)
}

/// The key with which `text` begins, up to its `=`; empty if it begins with none.
fn key_of(text: &[u8]) -> &[u8] {
    let length = text.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    match (text.first(), text.get(length)) {
        (Some(first), Some(b'=')) if first.is_ascii_alphabetic() => text.get(..length).unwrap_or_default(),
        _ => b"",
    }
}

/// Whether a word is one of the keys that are known to occur.
pub fn is_known_key(word: &[u8]) -> bool {
    KNOWN_KEYS.contains(&word)
}

/// Splits a value from what follows it (which begins with `;` or is empty).
fn split_value(text: &[u8]) -> (&[u8], &[u8]) {
    let Some(inner) = text.strip_prefix(b"\"") else { return split_unquoted(text) };
    let quote_before = |is_end: fn(&[u8]) -> bool| {
        memchr::memchr_iter(b'"', inner).find(|quote| is_end(inner.get(quote + 1..).unwrap_or_default()))
    };
    let end = quote_before(|rest| {
        rest.is_empty() || rest.strip_prefix(b";").is_some_and(|key| key.is_empty() || is_known_key(key_of(key)))
    })
    .or_else(|| quote_before(|rest| rest.strip_prefix(b";").is_some_and(|key| !key_of(key).is_empty())));
    match end {
        Some(quote) => (inner.get(..quote).unwrap_or_default(), inner.get(quote + 1..).unwrap_or_default()),
        // The closing quote is lost: as if there had been none.
        None => split_unquoted(inner),
    }
}

fn split_unquoted(text: &[u8]) -> (&[u8], &[u8]) {
    let end = memchr::memchr_iter(b';', text)
        .find(|at| text.get(at + 1..).is_none_or(|rest| rest.is_empty() || !key_of(rest).is_empty()))
        .unwrap_or(text.len());
    (text.get(..end).unwrap_or_default(), text.get(end..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Vec<(String, String)> {
        let text_of = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        pairs(text.as_bytes()).map(|(key, value)| (text_of(key), text_of(value))).collect()
    }

    #[test]
    fn values_end_where_the_next_key_begins() {
        let table: [(&str, &[(&str, &str)]); 12] = [
            ("R=ok", &[("R", "ok")]),
            ("", &[]),
            (
                r#"R="z NO [Error=ProxyNotAuthenticated Proxy=H:1993:SSL] LOGIN failed.";Msg=Proxy:H:1993:SSL;ErrMsg=ProxyNotAuthenticated"#,
                &[
                    ("R", "z NO [Error=ProxyNotAuthenticated Proxy=H:1993:SSL] LOGIN failed."),
                    ("Msg", "Proxy:H:1993:SSL"),
                    ("ErrMsg", "ProxyNotAuthenticated"),
                ],
            ),
            (r#"R=ok;Msg="Proxy:H:1993:SSL;ProxySuccess""#, &[("R", "ok"), ("Msg", "Proxy:H:1993:SSL;ProxySuccess")]),
            (r#"R="a "b"; c" d";Rows=3"#, &[("R", r#"a "b"; c" d"#), ("Rows", "3")]),
            (r#"R="x";y="z" w";ErrMsg=E"#, &[("R", r#"x";y="z" w"#), ("ErrMsg", "E")]),
            (r#"R="x";New=1"#, &[("R", "x"), ("New", "1")]),
            ("Msg=Proxy:<CAS FQDN>:1993:SSL;ErrMsg=E", &[("Msg", "Proxy:<CAS FQDN>:1993:SSL"), ("ErrMsg", "E")]),
            ("Msg=a;b;ErrMsg=E", &[("Msg", "a;b"), ("ErrMsg", "E")]),
            (r#"R="lost quote;ErrMsg=E"#, &[("R", "lost quote"), ("ErrMsg", "E")]),
            ("just words;R=ok", &[("", "just words"), ("R", "ok")]),
            (r#"R="ok";"#, &[("R", "ok")]),
        ];
        for (text, expected) in table {
            let expected: Vec<_> = expected.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn a_user_name_cannot_forge_the_error() {
        let context = Context::parse(br#"R="2 NO AUTHENTICATE failed.";Msg="AuthFailed:LogonDenied,User: x";ErrMsg=ProxyFailed;Oid=";ErrMsg=AuthFailed:LogonDenied"#);
        assert_eq!(context.error, Some(&b"AuthFailed:LogonDenied"[..]));
    }

    #[test]
    fn a_value_that_stands_there_twice_and_differs_is_nobodys() {
        for (context, id) in [
            ("R=ok;CafeActivityId=a-1", Some("a-1")),
            ("R=ok;CafeActivityId=a-1;ErrMsg=E;CafeActivityId=a-1", Some("a-1")),
            ("R=ok;CafeActivityId=a-1;CafeActivityId=a-2", None),
            ("R=ok;CafeActivityId=", None),
            ("R=ok;Msg=CafeActivityId", None),
            ("R=ok", None),
        ] {
            assert_eq!(only_value(context.as_bytes(), "CafeActivityId"), id.map(str::as_bytes), "{context}");
        }
    }

    #[test]
    fn a_lost_quote_does_not_become_part_of_the_code() {
        assert_eq!(Context::parse(br#"R=""z NO x"";ErrMsg=ProxyFailed","#).error, Some(&b"ProxyFailed"[..]));
        assert_eq!(Context::parse(b"R=ok;ErrMsg=").error, None);
    }

    proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_bytes_are_read_to_their_end(text in prop::collection::vec(prop::sample::select(&b"R=\";Msg ErrMsg,x"[..]), 0..60)) {
            let length: usize = pairs(&text).map(|(key, value)| key.len() + value.len()).sum();
            prop_assert!(length <= text.len());
        }
    }
}
