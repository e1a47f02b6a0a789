//! The redaction door: names of people, hosts and organisations become pseudonyms, so that a report can go to a stranger.
//!
//! What stands for a name depends on the key and the name alone, never on the place: the same name (in any case) is the same
//! token in every output, and in another run with the same key. A composite name is cut at its separators first, so that
//! `alice@contoso.com` and `mail.contoso.com` still show that they share a domain. Known fields are cut by their form
//! (`names`, `path`, `line`); of free text only known words stay (`words`).
//!
//! A report never asks this door. What it is made of passes it whole ([`Redact`]), before anything is judged or written.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};

mod line;
mod location;
mod names;
mod path;
mod place;
mod words;

pub use names::is_address;

/// The letters of tokens: digits and small letters without those that are mistaken for each other.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// So many letters has a token: 50 bits, so that two of 30,000 names share one in one report of two million.
const LENGTH: u32 = 10;

/// What Exchange's own probes begin with; that an account is one of them stays visible.
const PROBE: &str = "healthmailbox";

/// Whether a word, in any case, is one of the protocols, of Exchange, or of the English in which servers answer.
pub fn is_known_word(word: &str) -> bool {
    static KNOWN: LazyLock<BTreeSet<&'static str>> = LazyLock::new(words::known);
    KNOWN.contains(word.to_lowercase().as_str())
}

/// Something that holds names and can put pseudonyms in their place.
pub trait Redact {
    /// Tells what is known to be the name of a host or an account here, for the texts in which it may stand.
    fn teach(&self, _: &mut Redactor) {}

    /// Puts pseudonyms in the place of all names.
    fn redact(&mut self, redactor: &Redactor);
}

/// Makes pseudonyms under one key.
#[derive(Debug)]
pub struct Redactor {
    key: hmac::Key,
    words: BTreeSet<&'static str>,
    /// Accounts without their domains: a dot in them does not separate labels, and a known word may be one.
    accounts: BTreeSet<String>,
    /// Hosts as they are written, whole and their first labels: a known word may be one. In another case it is a word again, so that
    /// a server called `SERVER` does not take the word from every sentence.
    hosts: BTreeSet<String>,
    /// Names that Exchange cut, and the whole ones that they are known to stand for.
    cut: BTreeMap<String, String>,
}

impl Redactor {
    /// A redactor with this key.
    pub fn new(key: &str) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()),
            words: words::known(),
            accounts: BTreeSet::new(),
            hosts: BTreeSet::new(),
            cut: BTreeMap::new(),
        }
    }

    /// Learns an account, so that it is known for one where its form does not tell.
    pub fn learn_account(&mut self, name: &str) {
        self.accounts.insert(names::local_part(name).trim().to_lowercase());
    }

    /// Learns a host as it is written.
    pub fn learn_host(&mut self, name: &str) {
        let name = name.trim();
        if !name.is_empty() && !is_address(name) {
            self.hosts.extend([name, name.split('.').next().unwrap_or(name)].map(str::to_owned));
        }
    }

    /// Learns the host of a target that is kept in small letters: in these it would be a word of any sentence, in capitals it is not.
    pub fn learn_target(&mut self, target: &str) {
        self.learn_host(&target.split(':').next().unwrap_or(target).to_uppercase());
    }

    /// Learns the hosts to which a line hands over.
    pub fn learn_targets_of(&mut self, line: &str) {
        place::targets(line).for_each(|host| self.learn_host(host));
    }

    /// Forgets the names that were learned: rows that come one by one are each redacted by what they say themselves, and memory does
    /// not grow with their number.
    pub fn forget(&mut self) {
        self.accounts.clear();
        self.hosts.clear();
        self.cut.clear();
    }

    /// Learns that a name which Exchange cut stands for a whole one.
    pub fn learn_cut(&mut self, cut: &str, whole: &str) {
        let (cut, whole) = (names::local_part(cut).to_lowercase(), names::local_part(whole).to_lowercase());
        if cut.len() < whole.len() && whole.starts_with(&cut) {
            self.cut.insert(cut, whole);
        }
    }

    /// What stands for a value of which only the place is known: an account, if it is known for one, else free text.
    pub fn value(&self, text: &str) -> String {
        let is_account = self.accounts.contains(names::local_part(text).trim().to_lowercase().as_str());
        if is_account { self.account(text) } else { self.text(text) }
    }

    /// What stands for one name, whatever it holds.
    pub fn label(&self, name: &str) -> String {
        let folded = name.trim().to_lowercase();
        let folded = self.cut.get(&folded).map_or(folded.as_str(), String::as_str);
        if folded.is_empty() {
            String::new()
        } else if is_probe(folded) {
            // Hexadecimal digits, so that a token is known for a probe by the rule that knew the name for one.
            format!("{PROBE}{:012x}", self.number(folded) & 0xffff_ffff_ffff)
        } else {
            format!("id-{}", self.letters(folded))
        }
    }

    /// The letters of a token.
    fn letters(&self, text: &str) -> String {
        let number = self.number(text);
        let letter = |place: u32| LETTERS.get((number >> (5 * place) & 31) as usize).copied().map_or('0', char::from);
        (0..LENGTH).map(letter).collect()
    }

    fn number(&self, text: &str) -> u64 {
        let tag = hmac::sign(&self.key, text.as_bytes());
        tag.as_ref().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}

/// A key that nobody can guess; `None` if the system has no randomness to give.
pub fn random_key() -> Option<String> {
    let mut bytes = [0u8; 26];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(bytes.iter().filter_map(|byte| LETTERS.get(usize::from(byte % 32))).copied().map(char::from).collect())
}

/// `healthmailbox` and hexadecimal digits, in small letters: the rule of `login::identity`.
fn is_probe(name: &str) -> bool {
    let Some(rest) = name.strip_prefix(PROBE) else { return false };
    let digits = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
    let is_end = rest.as_bytes().get(digits).is_none_or(|byte| !byte.is_ascii_alphanumeric());
    digits >= 7 || (digits > 0 && is_end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_depends_on_key_and_name_alone() {
        let (one, same, other) = (Redactor::new("k"), Redactor::new("k"), Redactor::new("l"));
        assert_eq!(one.label("Alice"), same.label("aLICE "));
        assert_ne!(one.label("alice"), one.label("bob"));
        assert_ne!(one.label("alice"), other.label("alice"));
        assert!(one.label("alice").starts_with("id-") && one.label("alice").len() == 13);
        assert_eq!(one.label(" "), "");
    }

    #[test]
    fn probes_stay_known_for_probes() {
        let redactor = Redactor::new("k");
        for name in ["HealthMailboxab28d88", "healthmailbox73157dce9131f2788b6b12df2fd7a7a6"] {
            assert!(is_probe(&redactor.label(name)), "{name}");
        }
        assert!(redactor.label("HealthMailboxAdmin").starts_with("id-"));
    }

    #[test]
    fn a_cut_name_is_the_whole_one() {
        let mut redactor = Redactor::new("k");
        redactor.learn_cut("HealthMailboxab28d88", "healthmailboxab28d8826ea8428d805c5e21cdff9077@contoso.com");
        assert_eq!(redactor.label("HEALTHMAILBOXab28d88"), redactor.label("HealthMailboxab28d8826ea8428d805c5e21cdff9077"));
    }

    #[test]
    fn no_two_keys_are_the_same() {
        let (one, other) = (random_key().unwrap(), random_key().unwrap());
        assert!(one != other && one.len() == 26);
    }
}
