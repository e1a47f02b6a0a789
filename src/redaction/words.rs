//! Free text: known words and small numbers stay, everything else is taken for a name.
//!
//! A list of what may stay is safer than a list of what must go: nobody knows all names, and strangers choose some of them.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::redaction::Redactor;
use crate::redaction::place::{Place, behind_proxy};

/// Words of the protocols, of Exchange, and the English in which servers answer.
const WORDS: &str = include_str!("words.txt");

/// A number with more digits may be somebody's.
const MOST_DIGITS: usize = 6;

static MOMENT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,7})?)?(Z|[+-]\d\d:?\d\d)?)?$").ok());

/// The known words, in small letters.
pub(super) fn known() -> BTreeSet<&'static str> {
    WORDS.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).collect()
}

/// A line break as Exchange writes it into a column.
const BREAK: &str = r"\r\n";

impl Redactor {
    /// What stands for a free text.
    pub fn text(&self, text: &str) -> String {
        self.text_without(text, &[])
    }

    /// The same where `names` (in small letters) are accounts: where one is expected even if it is a known word.
    pub(super) fn text_without(&self, text: &str, names: &[String]) -> String {
        let mut shown = String::with_capacity(text.len());
        let mut rest = text;
        let (mut before, mut between) = ("", String::new());
        while let Some(first) = rest.chars().next() {
            if let Some(behind) = rest.strip_prefix(BREAK) {
                shown.push_str(BREAK);
                between.push_str(BREAK);
                rest = behind;
            } else if is_of_word(first) {
                let end = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
                let end = rest.get(..end).and_then(|word| word.find(BREAK)).unwrap_or(end);
                let (word, behind) = rest.split_at(end);
                shown.push_str(&self.word(word, names, Place::behind(before, &between)));
                before = word;
                between.clear();
                rest = behind;
            } else {
                shown.push(first);
                between.push(first);
                rest = rest.get(first.len_utf8()..).unwrap_or_default();
            }
        }
        shown
    }

    /// What stands for a word; what stands around it without being a part of it stays.
    fn word(&self, whole: &str, names: &[String], place: Place) -> String {
        let is_edge = |c: char| !c.is_alphanumeric();
        // The double colon of `::1` belongs to it.
        if whole.contains("::") && self.is_address(whole) {
            return self.socket(whole);
        }
        let word = whole.trim_matches(is_edge);
        let start = whole.find(word).unwrap_or_default();
        let (before, behind) = (whole.get(..start).unwrap_or_default(), whole.get(start + word.len()..).unwrap_or_default());
        format!("{before}{}{behind}", self.bare_word(word, names, place))
    }

    fn is_address(&self, word: &str) -> bool {
        word.parse::<std::net::IpAddr>().is_ok()
    }

    fn bare_word(&self, word: &str, names: &[String], place: Place) -> String {
        let folded = word.to_lowercase();
        if names.contains(&folded) && (place == Place::Account || !self.is_known(word)) {
            self.account(word)
        } else if word.is_empty() || MOMENT.as_ref().is_some_and(|form| form.is_match(word)) {
            word.to_owned()
        } else if self.is_address(word) || word.parse::<std::net::SocketAddr>().is_ok() {
            self.socket(word)
        } else if place == Place::Host {
            self.target(word)
        } else if let Some((before, target)) = behind_proxy(word) {
            let (before, proxy) = before.split_at(before.len() - "Proxy:".len());
            format!("{}{proxy}{}", self.text_without(before, names), self.target(target))
        } else if word.contains('@') {
            self.account(word)
        } else if let Some((domain, local)) = word.split_once(['\\', '/'])
            && !local.contains(['\\', '/', ':'])
            && !(self.is_plain(domain) && self.is_plain(local))
        {
            self.account(word)
        } else if let Some(separator) = word.chars().find(|c| matches!(c, '\\' | '/' | ':')) {
            let (separator, mut place) = (separator.to_string(), place);
            let pieces = word.split(&separator).map(|piece| {
                let shown = self.word(piece, names, place);
                place = Place::behind(piece, &separator);
                shown
            });
            pieces.collect::<Vec<_>>().join(&separator)
        } else if self.accounts.contains(&folded) && (place == Place::Account || !self.is_plain(word)) {
            self.label(word)
        } else if self.is_plain(word) {
            word.to_owned()
        } else {
            self.host(word)
        }
    }

    /// What stands for a term of Exchange or Windows, such as `IMAP.Proxy` or `MSExchange Management`: no host is expected here.
    pub fn term(&self, text: &str) -> String {
        let is_known = |piece: &str| piece.is_empty() || self.is_word(piece) || self.is_code(piece);
        if text.split([' ', '.', '-', '_', '/']).all(is_known) { text.to_owned() } else { self.text(text) }
    }

    /// Whether a word may stay.
    fn is_plain(&self, word: &str) -> bool {
        is_small_number(word) || self.is_known(word) || self.is_code(word)
    }

    /// Whether a word is one of the known ones, and no host as it is written.
    pub(super) fn is_known(&self, word: &str) -> bool {
        self.is_word(word) && !self.hosts.contains(word)
    }

    fn is_word(&self, word: &str) -> bool {
        self.words.contains(word.to_lowercase().as_str())
    }

    /// Whether a word is a code or the name of a class or cmdlet: known words written as one, such as `LogonDenied-BasicAuthBlocked`.
    /// Words that only stand beside each other (`mail-server`) may be a host.
    pub(super) fn is_code(&self, word: &str) -> bool {
        let is_joined = |piece: &str| humps(piece).len() > 1;
        let mut pieces = word.split(['-', '_', '.']);
        pieces.clone().any(is_joined)
            && !self.hosts.contains(word)
            && pieces.all(|piece| self.is_word(piece) || humps(piece).iter().all(|hump| self.is_word(hump)))
    }
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '\\' | '/' | ':' | '$' | '\'')
}

/// Digits in small groups: counts, times of day, versions.
fn is_small_number(word: &str) -> bool {
    let mut groups = word.split(['.', '-', ',']);
    groups.all(|group| (1..=MOST_DIGITS).contains(&group.len()) && group.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The parts of a name in CamelCase: `MSExchangeIMAP` is `MS`, `Exchange`, `IMAP`.
fn humps(word: &str) -> Vec<&str> {
    let bytes = word.as_bytes();
    let is = |place: usize, test: fn(&u8) -> bool| bytes.get(place).is_some_and(test);
    let mut humps = Vec::new();
    let mut start = 0;
    for place in 1..bytes.len() {
        let begins = is(place, u8::is_ascii_uppercase)
            && (is(place - 1, u8::is_ascii_lowercase)
                || (is(place - 1, u8::is_ascii_uppercase) && is(place + 1, u8::is_ascii_lowercase)));
        if begins {
            humps.extend(word.get(start..place));
            start = place;
        }
    }
    humps.extend(word.get(start..));
    humps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_servers_say_stays_readable() {
        let redactor = Redactor::new("k");
        for text in [
            "NO [Error=ProxyNotAuthenticated Proxy=<host>:<n>:SSL] LOGIN failed.",
            "-ERR Authentication failure: unknown user name or bad password.",
            "NO Command received in Invalid state.",
            "LogonFailed:LogonDenied-BasicAuthBlocked",
            "Microsoft.Exchange.Data.Storage.MailboxOfflineException",
            "UserConnectionLimitReached",
            r"* CAPABILITY IMAP4 IMAP4rev1 IDLE NAMESPACE LITERAL+\r\n3 OK LOGIN completed.",
            "2026-03-12T07:30:04.113Z, 15.01.2507",
            "MSExchange CmdletLogs",
            "MSExchangeIMAP4BE",
            "A fatal alert was generated and sent to the remote endpoint.",
        ] {
            assert_eq!(redactor.text(text), text);
        }
    }

    #[test]
    fn names_go_wherever_they_stand() {
        let mut redactor = Redactor::new("k");
        redactor.learn_account("david.dahl");
        for (text, name) in [
            ("User: david.dahl", redactor.account("david.dahl")),
            ("(CONTOSO/david.dahl)", redactor.account("CONTOSO/david.dahl")),
            ("Proxy:EX01.contoso.com:1993:SSL", redactor.host("ex01.contoso.com")),
            ("from [2001:db8::5]:993", redactor.address("2001:db8::5")),
            ("from 203.0.113.9:50001", redactor.address("203.0.113.9")),
            ("S-1-5-21-1004336348-1177238915-682003330-500", redactor.label("S-1-5-21-1004336348-1177238915-682003330-500")),
            ("mail-server", redactor.label("mail-server")),
            (r"completed.\r\nalice", redactor.label("alice")),
            ("id 20417731", redactor.label("20417731")),
            ("Größe's", redactor.label("größe's")),
        ] {
            let shown = redactor.text(text);
            assert!(shown.contains(&name), "{text} became {shown}, without {name}");
        }
        let shown = redactor.text_without("User: proxy", &["proxy".to_owned()]);
        assert_eq!(shown, format!("User: {}", redactor.label("proxy")));
    }

    #[test]
    fn hosts_that_are_known_words_go_as_they_are_written() {
        let mut redactor = Redactor::new("k");
        let server = redactor.label("server");
        for (text, shown) in [
            ("Msg=Proxy:SERVER:1993:SSL;ErrMsg=ProxyFailed", format!("Msg=Proxy:{server}:1993:SSL;ErrMsg=ProxyFailed")),
            ("[Error=ProxyFailed Proxy=server:1993:SSL]", format!("[Error=ProxyFailed Proxy={server}:1993:SSL]")),
            ("LogonFailed:Proxy:SERVER", format!("LogonFailed:Proxy:{server}")),
            ("Proxy=<host>:<n>:SSL", "Proxy=<host>:<n>:SSL".to_owned()),
            ("Server SERVER denied", "Server SERVER denied".to_owned()),
        ] {
            assert_eq!(redactor.text(text), shown);
        }
        redactor.learn_host("SERVER.contoso.com");
        redactor.learn_target("proxy:1993:ssl");
        redactor.learn_targets_of("Msg=Proxy:MailServer:1993:SSL");
        let [mail, proxy] = ["mailserver", "proxy"].map(|name| redactor.label(name));
        for (text, shown) in [
            ("Server SERVER denied", format!("Server {server} denied")),
            ("The Microsoft Exchange server, ProxyFailed", "The Microsoft Exchange server, ProxyFailed".to_owned()),
            ("Proxy PROXY MailServer", format!("Proxy {proxy} {mail}")),
        ] {
            assert_eq!(redactor.text(text), shown);
        }
        redactor.forget();
        assert_eq!(redactor.text("Server SERVER denied"), "Server SERVER denied");
    }

    #[test]
    fn accounts_that_are_known_words_go_where_accounts_are_named() {
        let mut redactor = Redactor::new("k");
        let [failed, login] = ["failed", "login"].map(|name| redactor.label(name));
        let names = ["failed".to_owned(), "login".to_owned()];
        for (text, shown) in [
            ("NO LOGIN failed.", "NO LOGIN failed.".to_owned()),
            ("NO LOGIN failed. User: failed, user=login", format!("NO LOGIN failed. User: {failed}, user={login}")),
            (r"User:login;contoso\login", format!(r"User:{login};{}", redactor.account(r"contoso\login"))),
        ] {
            assert_eq!(redactor.text_without(text, &names), shown);
        }
        redactor.learn_account("login@contoso.com");
        assert_eq!(redactor.text("NO LOGIN failed for user login"), format!("NO LOGIN failed for user {login}"));
    }

    #[test]
    fn words_are_listed_once_and_in_small_letters() {
        let all: Vec<&str> = WORDS.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).collect();
        let mut twice = all.clone();
        twice.sort_unstable();
        let doubled: Vec<_> = twice.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
        assert_eq!(doubled, [""; 0]);
        assert!(all.iter().all(|word| *word == word.to_lowercase()));
    }
}
