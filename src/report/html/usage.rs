//! Who still uses what one would like to switch off: POP, basic authentication, connections without encryption.

use std::collections::BTreeMap;

use crate::case::Case;
use crate::login::identity::ClientClass;
use crate::login::mechanism::{Encryption, Mechanism};
use crate::protocol::{Protocol, Role};
use crate::report::html::Asked;
use crate::report::html::commands::{Narrowed, again};
use crate::report::html::words::{cut, listed, percent, server, share};
use crate::summary::counts::Counts;
use crate::text::{counted, thousands};

/// So many rows by server are listed.
pub(super) const MECHANISMS: usize = 120;

/// So many accounts are named.
const NAMED: usize = 5;

/// Somebody who uses it.
#[derive(Debug)]
pub(super) struct WhoRow {
    pub(super) name: String,
    pub(super) server: String,
    pub(super) count: String,
    pub(super) command: String,
}

/// One thing that could be switched off.
#[derive(Debug)]
pub(super) struct Usage {
    pub(super) title: &'static str,
    pub(super) count: String,
    pub(super) share: String,
    pub(super) bar: f64,
    /// Nobody uses it.
    pub(super) none: bool,
    pub(super) sentence: String,
    pub(super) who: Vec<WhoRow>,
    pub(super) who_note: String,
}

/// The encryptions of one mechanism.
#[derive(Debug)]
pub(super) struct MatrixRow {
    pub(super) mechanism: &'static str,
    pub(super) tls: String,
    pub(super) starttls: String,
    pub(super) clear: String,
    pub(super) unknown: String,
    pub(super) total: String,
    pub(super) any_clear: bool,
}

/// The mechanisms of one protocol.
#[derive(Debug)]
pub(super) struct Matrix {
    pub(super) protocol: &'static str,
    pub(super) rows: Vec<MatrixRow>,
}

/// One mechanism on one server.
#[derive(Debug)]
pub(super) struct MechanismRow {
    pub(super) server: String,
    pub(super) protocol: &'static str,
    pub(super) mechanism: &'static str,
    pub(super) encryption: &'static str,
    pub(super) clear: bool,
    pub(super) count: String,
    pub(super) count_n: u64,
}

/// Front-end logins by service, mechanism and encryption.
fn front(case: &Case) -> impl Iterator<Item = (Protocol, Option<&str>, Mechanism, Encryption, u64)> {
    let rows = case.coverage.mechanisms.iter().filter(|((key, _, _), _)| key.role == Role::FrontEnd);
    rows.map(|((key, mechanism, encryption), count)| (key.protocol, key.server.as_deref(), *mechanism, *encryption, *count))
}

/// Mechanisms that send the password itself.
const fn is_basic(mechanism: Mechanism) -> bool {
    matches!(mechanism, Mechanism::Login | Mechanism::Plain | Mechanism::UserPass)
}

/// The three questions and their answers.
pub(super) fn usages(case: &Case, asked: &Asked) -> Vec<Usage> {
    vec![pop(case, asked), basic(case), clear(case)]
}

fn pop(case: &Case, asked: &Asked) -> Usage {
    let count = |protocol: Option<Protocol>, are_probes: bool| {
        let services = case.summary.services.iter();
        let services = services.filter(|(key, _)| key.role == Role::FrontEnd && protocol.is_none_or(|only| only == key.protocol));
        let logins = services.flat_map(|(_, service)| &service.logins);
        logins
            .filter(|(class, _)| (**class == ClientClass::HealthMailbox) == are_probes)
            .map(|(_, counts)| counts.attempts())
            .sum()
    };
    let (accounts, probes): (u64, u64) = (count(Some(Protocol::Pop3), false), count(Some(Protocol::Pop3), true));
    let all: u64 = count(None, false) + count(None, true);
    let sentence = match (accounts, probes) {
        (0, 0) => "Nobody uses POP.".to_owned(),
        (0, _) => "No account uses POP; only probes of Exchange itself do.".to_owned(),
        _ => format!("Logins of accounts by POP. Probes of Exchange itself, {}, are not counted.", thousands(probes)),
    };
    let (who, all_names) = pop_users(case, asked);
    let who_note = match all_names.saturating_sub(who.len()) {
        0 => String::new(),
        more => format!("and {} with fewer attempts", counted(more as u64, "more name", "more names")),
    };
    usage("POP", accounts, all, sentence, who, who_note)
}

/// The accounts with most logins by POP, and how many there are.
fn pop_users(case: &Case, asked: &Asked) -> (Vec<WhoRow>, usize) {
    let mut attempts = BTreeMap::<(Option<&str>, &str), u64>::new();
    for (key, service) in &case.summary.services {
        if key.role == Role::FrontEnd && key.protocol == Protocol::Pop3 {
            for (name, _, account) in service.accounts.iter() {
                let account_key = case.accounts.key_of(name);
                // Their names are what tells probes here; they are counted apart.
                if ClientClass::of(account_key.as_bytes(), b"") != ClientClass::HealthMailbox {
                    *attempts.entry((key.server.as_deref(), account_key)).or_default() += account.counts.attempts();
                }
            }
        }
    }
    let all = attempts.len();
    let mut rows: Vec<_> = attempts.into_iter().collect();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let who = rows.into_iter().take(NAMED).map(|((on, key), count)| {
        let name = case.accounts.shown(key);
        let narrowed = Narrowed { server: on, protocol: Some(Protocol::Pop3), user: Some(name), ..Narrowed::default() };
        WhoRow { name: cut(name, 120), server: server(on), count: thousands(count), command: again(asked, narrowed) }
    });
    (who.collect(), all)
}

fn basic(case: &Case) -> Usage {
    let all = front(case).map(|row| row.4).sum();
    let count = front(case).filter(|row| is_basic(row.2)).map(|row| row.4).sum();
    let mut others: Vec<String> = front(case).filter(|row| !is_basic(row.2)).map(|row| row.2.name().to_owned()).collect();
    others.sort();
    others.dedup();
    let others = if others.is_empty() { "nothing else".to_owned() } else { listed(&others) };
    let sentence = format!("LOGIN, PLAIN and USER/PASS send the password itself. Beside them: {others}.");
    usage("Basic authentication", count, all, sentence, Vec::new(), String::new())
}

fn clear(case: &Case) -> Usage {
    let all = front(case).map(|row| row.4).sum();
    let sum = |encryption: Encryption| front(case).filter(|row| row.3 == encryption).map(|row| row.4).sum::<u64>();
    let (clear, changed) = (sum(Encryption::Clear), sum(Encryption::StartTls));
    let ports = counted(clear + changed, "attempt", "attempts");
    let sentence = match (clear, changed) {
        (0, 0) => "Ports 143 and 110 are not used.".to_owned(),
        (0, _) => format!("Ports 143 and 110 carry {ports}; all switched to TLS first."),
        _ => format!(
            "Ports 143 and 110 carry {ports}; {} switched to TLS first, {} went on in clear text.",
            thousands(changed),
            thousands(clear)
        ),
    };
    usage("Without encryption", clear, all, sentence, Vec::new(), String::new())
}

fn usage(title: &'static str, count: u64, all: u64, sentence: String, who: Vec<WhoRow>, who_note: String) -> Usage {
    Usage {
        title,
        count: thousands(count),
        share: format!("{} of attempts", percent(count, all)),
        bar: share(count, all),
        none: count == 0,
        sentence,
        who,
        who_note,
    }
}

/// Mechanisms against encryptions, for each protocol.
pub(super) fn matrices(case: &Case) -> Vec<Matrix> {
    let matrix = |protocol: Protocol| {
        let mut sums = BTreeMap::<Mechanism, BTreeMap<Encryption, u64>>::new();
        for (_, _, mechanism, encryption, count) in front(case).filter(|row| row.0 == protocol) {
            *sums.entry(mechanism).or_default().entry(encryption).or_default() += count;
        }
        let mut sums: Vec<_> = sums.into_iter().collect();
        sums.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.values().sum::<u64>()));
        let row = |(mechanism, counts): (Mechanism, BTreeMap<Encryption, u64>)| {
            let cell = |encryption| counts.get(&encryption).map_or_else(|| "–".to_owned(), |count| thousands(*count));
            MatrixRow {
                mechanism: mechanism.name(),
                tls: cell(Encryption::Tls),
                starttls: cell(Encryption::StartTls),
                clear: cell(Encryption::Clear),
                unknown: cell(Encryption::Unknown),
                total: thousands(counts.values().sum()),
                any_clear: counts.contains_key(&Encryption::Clear),
            }
        };
        Matrix { protocol: protocol.title(), rows: sums.into_iter().map(row).collect() }
    };
    Protocol::ALL.into_iter().map(matrix).filter(|matrix| !matrix.rows.is_empty()).collect()
}

/// Mechanisms by server, without encryption first.
pub(super) fn mechanisms(case: &Case) -> Vec<MechanismRow> {
    let place = |encryption: Encryption| match encryption {
        Encryption::Clear => (0, "none"),
        Encryption::Unknown => (1, "not known"),
        Encryption::StartTls => (2, "STARTTLS"),
        Encryption::Tls => (3, "TLS from the start"),
    };
    let mut rows: Vec<_> = front(case).collect();
    rows.sort_by_key(|row| (place(row.3).0, std::cmp::Reverse(row.4)));
    let row = |(protocol, on, mechanism, encryption, count): (Protocol, Option<&str>, Mechanism, Encryption, u64)| MechanismRow {
        server: server(on),
        protocol: protocol.title(),
        mechanism: mechanism.name(),
        encryption: place(encryption).1,
        clear: encryption == Encryption::Clear,
        count: thousands(count),
        count_n: count,
    };
    rows.into_iter().map(row).collect()
}

/// All attempts of the front ends.
pub(super) fn has_any(case: &Case) -> bool {
    case.logins(Role::FrontEnd) != Counts::default() && front(case).next().is_some()
}
