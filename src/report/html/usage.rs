//! Who still uses what one would like to switch off: POP, basic authentication, connections without encryption.
//!
//! Names are those of accounts and addresses with most attempts of the kind in question.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::case::Case;
use crate::login::identity::ClientClass;
use crate::login::mechanism::{Encryption, Mechanism};
use crate::protocol::{Protocol, Role};
use crate::report::html::Asked;
use crate::report::html::commands::{Narrowed, lines};
use crate::report::html::tables::of_service;
use crate::report::html::words::{cut, listed, percent, server, share};
use crate::summary::ServiceKey;
use crate::summary::account::Account;
use crate::summary::counts::Counts;
use crate::text::{counted, thousands};

/// So many rows by server are listed.
pub(super) const MECHANISMS: usize = 120;

/// So many accounts are named, and so many addresses.
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
    /// From where.
    pub(super) from: Vec<WhoRow>,
    pub(super) from_note: String,
}

/// Those who use something, with most attempts first, and how many are not named.
#[derive(Debug, Default)]
struct Users {
    who: (Vec<WhoRow>, usize),
    from: (Vec<WhoRow>, usize),
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
    pub(super) command: String,
}

/// Front-end logins by service, mechanism and encryption.
fn front(case: &Case) -> impl Iterator<Item = (Protocol, Option<&str>, Mechanism, Encryption, u64)> {
    let rows = case.coverage.mechanisms.iter().filter(|((key, _, _), _)| key.role == Role::FrontEnd);
    rows.map(|((key, mechanism, encryption), count)| (key.protocol, key.server.as_deref(), *mechanism, *encryption, *count))
}

/// The three questions and their answers.
pub(super) fn usages(case: &Case, asked: &Asked) -> Vec<Usage> {
    vec![pop(case, asked), basic(case, asked), clear(case, asked)]
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
    usage(
        "POP",
        accounts,
        all,
        sentence,
        users(case, asked, |key, account| if key.protocol == Protocol::Pop3 { account.counts.attempts() } else { 0 }),
    )
}

/// The accounts and addresses with most attempts of a kind at the front ends; `count` says how many an account has.
fn users(case: &Case, asked: &Asked, count: impl Fn(&ServiceKey, &Account) -> u64) -> Users {
    let (mut accounts, mut addresses) = (BTreeMap::new(), BTreeMap::new());
    for (key, service) in case.summary.services.iter().filter(|(key, _)| key.role == Role::FrontEnd) {
        for (name, _, account) in service.accounts.iter() {
            let name = case.accounts.key_of(name);
            // Their names are what tells probes here; they are counted apart.
            if ClientClass::of(name) != ClientClass::HealthMailbox {
                *accounts.entry((key, name)).or_default() += count(key, account);
            }
        }
        for (address, _, account) in service.addresses.iter().filter(|(address, _, _)| !is_loopback(address)) {
            *addresses.entry((key, address)).or_default() += count(key, account);
        }
    }
    let who = most(accounts, |key, name| {
        let name = case.accounts.shown(name);
        (name.to_owned(), lines(asked, Narrowed { user: Some(name), ..of_service(key) }))
    });
    let from =
        most(addresses, |key, address| (address.to_owned(), lines(asked, Narrowed { client: Some(address), ..of_service(key) })));
    Users { who, from }
}

/// From the server itself, as probes come.
fn is_loopback(address: &str) -> bool {
    address.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

/// The rows with the highest counts, each with its name and its command, and how many more there are.
fn most<'a>(
    counts: BTreeMap<(&'a ServiceKey, &'a str), u64>,
    shown: impl Fn(&'a ServiceKey, &'a str) -> (String, String),
) -> (Vec<WhoRow>, usize) {
    let mut counts: Vec<_> = counts.into_iter().filter(|(_, count)| *count > 0).collect();
    let more = counts.len().saturating_sub(NAMED);
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let rows = counts.into_iter().take(NAMED).map(|((key, name), count)| {
        let (name, command) = shown(key, name);
        WhoRow { name: cut(&name, 120), server: server(key.server.as_deref()), count: thousands(count), command }
    });
    (rows.collect(), more)
}

fn basic(case: &Case, asked: &Asked) -> Usage {
    let all = front(case).map(|row| row.4).sum();
    let count = front(case).filter(|row| row.2.is_basic()).map(|row| row.4).sum();
    let mut others: Vec<String> = front(case).filter(|row| !row.2.is_basic()).map(|row| row.2.name().to_owned()).collect();
    others.sort();
    others.dedup();
    let others = if others.is_empty() { "nothing else".to_owned() } else { listed(&others) };
    let sentence = format!("LOGIN, PLAIN and USER/PASS send the password itself. Beside them: {others}.");
    usage("Basic authentication", count, all, sentence, users(case, asked, |_, account| account.old_ways.basic.into()))
}

fn clear(case: &Case, asked: &Asked) -> Usage {
    let all = front(case).map(|row| row.4).sum();
    let sum = |encryption: Encryption| front(case).filter(|row| row.3 == encryption).map(|row| row.4).sum::<u64>();
    let (clear, changed) = (sum(Encryption::Clear), sum(Encryption::StartTls));
    let ports = counted(clear + changed, "attempt", "attempts");
    let sentence = match (clear, changed) {
        (0, 0) => "Ports 143 and 110 are not used.".to_owned(),
        (0, _) => format!("Ports 143 and 110 carry {ports}; all switched to TLS first. Named are those who use these ports."),
        _ => format!(
            "Ports 143 and 110 carry {ports}; {} switched to TLS first, {} went on in clear text. Named are those who use these ports.",
            thousands(changed),
            thousands(clear)
        ),
    };
    usage("Without encryption", clear, all, sentence, users(case, asked, |_, account| account.old_ways.clear_port.into()))
}

fn usage(title: &'static str, count: u64, all: u64, sentence: String, users: Users) -> Usage {
    let (who, more_accounts) = users.who;
    let (from, more_addresses) = users.from;
    let note = |more: usize, one: &str, many: &str| match more {
        0 => String::new(),
        more => format!("and {} with fewer attempts", counted(more as u64, one, many)),
    };
    let who_note = match who.is_empty() && count > 0 {
        true => "Only probes of Exchange itself, or lines without a name.".to_owned(),
        false => note(more_accounts, "more account", "more accounts"),
    };
    Usage {
        title,
        count: thousands(count),
        share: format!("{} of attempts", percent(count, all)),
        bar: share(count, all),
        none: count == 0,
        sentence,
        who,
        who_note,
        from,
        from_note: note(more_addresses, "more address", "more addresses"),
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
pub(super) fn mechanisms(case: &Case, asked: &Asked) -> Vec<MechanismRow> {
    let place = |encryption: Encryption| match encryption {
        Encryption::Clear => (0, "none"),
        Encryption::Unknown => (1, "not known"),
        Encryption::StartTls => (2, "STARTTLS"),
        Encryption::Tls => (3, "TLS from the start"),
    };
    let mut rows: Vec<_> = case.coverage.mechanisms.iter().filter(|((key, _, _), _)| key.role == Role::FrontEnd).collect();
    rows.sort_by_key(|((_, _, encryption), count)| (place(*encryption).0, std::cmp::Reverse(**count)));
    let row = |((key, mechanism, encryption), count): (&(ServiceKey, Mechanism, Encryption), &u64)| MechanismRow {
        server: server(key.server.as_deref()),
        protocol: key.protocol.title(),
        mechanism: mechanism.name(),
        encryption: place(*encryption).1,
        clear: *encryption == Encryption::Clear,
        count: thousands(*count),
        count_n: *count,
        command: lines(asked, of_service(key)),
    };
    rows.into_iter().map(row).collect()
}

/// All attempts of the front ends.
pub(super) fn has_any(case: &Case) -> bool {
    case.logins(Role::FrontEnd) != Counts::default() && front(case).next().is_some()
}
