//! Where a word of free text stands: behind some words a host or an account is expected, even if it is a word of everybody's.
//!
//! An account may be called `login` or `failed`. Its name goes where accounts are named, and stays where servers say that word
//! of every login: nobody can tell it for a name there, and `LOGIN failed.` without its words would say nothing any more.

/// What is expected of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Anything.
    Anywhere,
    /// The name of an account: `User: alice`.
    Account,
    /// A host, perhaps with port and encryption: `Proxy=ex01:1993:SSL`.
    Host,
}

/// Behind these words stands an account.
const NAMING: [&str; 5] = ["account", "mailbox", "upn", "user", "username"];

/// Behind this word stands the host that a login was handed over to.
const PROXY: &str = "proxy";

impl Place {
    /// What is expected behind a word and the text between it and the next.
    pub(super) fn behind(word: &str, between: &str) -> Self {
        let word = word.trim_end_matches([':', '\'']);
        let word = word.rsplit([':', '.', '/', '\\', '\'']).next().unwrap_or(word).to_ascii_lowercase();
        if word == PROXY && between == "=" {
            Self::Host
        } else if NAMING.contains(&word.as_str()) && between.chars().all(|c| matches!(c, ' ' | '=' | ':' | '"')) {
            Self::Account
        } else {
            Self::Anywhere
        }
    }
}

/// `Proxy:` with what stands before it, and the target behind it.
pub(super) fn behind_proxy(word: &str) -> Option<(&str, &str)> {
    let folded = word.to_ascii_lowercase();
    let is_whole = |at: usize| !folded.get(..at).is_some_and(|before| before.ends_with(char::is_alphanumeric));
    let at = folded.match_indices("proxy:").map(|(at, _)| at).find(|at| is_whole(*at))?;
    word.split_at_checked(at + PROXY.len() + 1).filter(|(_, target)| !target.is_empty())
}

/// The hosts behind `Proxy:` and `Proxy=` of a line, as they are written.
pub(super) fn targets(line: &str) -> impl Iterator<Item = &str> {
    let folded = line.to_ascii_lowercase();
    let starts: Vec<usize> = folded.match_indices(PROXY).map(|(at, word)| at + word.len()).collect();
    starts.into_iter().filter_map(|at| {
        let rest = line.get(at..)?.strip_prefix([':', '='])?;
        rest.split([':', ';', ',', ']', '"', ' ']).next().filter(|host| !host.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_words_announce_a_name() {
        for (word, between, place) in [
            ("User:", " ", Place::Account),
            ("user", "=", Place::Account),
            ("unknown", " ", Place::Anywhere),
            ("LOGIN", " ", Place::Anywhere),
            ("user", ". ", Place::Anywhere),
            ("Proxy", "=", Place::Host),
            ("Proxy", " ", Place::Anywhere),
        ] {
            assert_eq!(Place::behind(word, between), place, "{word}{between}");
        }
        assert_eq!(behind_proxy("Denied:Proxy:SERVER:1993:SSL"), Some(("Denied:Proxy:", "SERVER:1993:SSL")));
        assert_eq!(behind_proxy("noproxy:SERVER"), None);
        assert_eq!(targets("Msg=Proxy:EXCHANGE:1993:SSL;x [Proxy=imap]").collect::<Vec<_>>(), ["EXCHANGE", "imap"]);
    }
}
