//! Who logs in and from where: accounts in the forms users type, HealthMailbox accounts, strangers, addresses.
//! All of it is invented; the outside addresses are those reserved for documentation.

use super::plan::{Event, EventKind, Plan};
use super::rng::Rng;
use super::truth::ClientClass;
use std::ops::Range;

/// One way in which one account stands in the logs.
#[derive(Clone, Debug)]
pub struct Person {
    /// The `user` column.
    pub column: String,
    /// The name in `parameters`.
    pub typed: String,
    /// What a report has to take it for.
    pub class: ClientClass,
    /// The account behind it; several persons can be one account.
    pub account: u32,
    /// Index of its usual address.
    pub address: u32,
}

/// Which of the server's addresses a client of some address talks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// `127.0.0.1`
    Loopback4,
    /// `[::1]`
    Loopback6,
    /// An IPv4 address.
    Ip4,
    /// An IPv6 link-local address with a zone.
    Zone6,
    /// A global IPv6 address.
    Ip6,
}

/// A client's address as the log writes it, without the port.
#[derive(Clone, Debug)]
pub struct Address {
    /// The text, IPv6 in brackets.
    pub text: String,
    /// Its family.
    pub family: Family,
}

/// The persons and addresses that belong to a planted event.
#[derive(Clone, Debug)]
pub struct Cast {
    /// Persons, by index.
    pub people: Range<u32>,
    /// Addresses, by index.
    pub addresses: Range<u32>,
}

/// All persons and addresses of a plan.
#[derive(Clone, Debug)]
pub struct Directory {
    /// Every person; the ordinary ones first, two (usual and odd spelling) for each account.
    pub people: Vec<Person>,
    /// Every address; the fixed ones first.
    pub addresses: Vec<Address>,
    /// HealthMailbox persons of each server: full and cut name of the first, full and cut name of the second.
    pub health: Vec<Range<u32>>,
    /// For each planted event who acts in it.
    pub casts: Vec<Cast>,
}

/// Index of `127.0.0.1`.
pub const LOOPBACK4: u32 = 0;
/// Index of `[::1]`.
pub const LOOPBACK6: u32 = 1;
/// Index of the load balancer.
pub const BALANCER: u32 = 2;
/// Person index for: nobody has been named.
pub const NOBODY: u32 = u32::MAX;

const FIRST: [&str; 24] = [
    "anna", "ben", "carla", "david", "elena", "frank", "greta", "hugo", "ines", "jonas", "karin", "lukas", "maria", "nils",
    "olga", "paul", "rosa", "simon", "tanja", "udo", "vera", "walter", "yara", "zoe",
];
const LAST: [&str; 30] = [
    "abel", "berg", "conrad", "dahl", "ernst", "falk", "gross", "hahn", "iversen", "jung", "keller", "lang", "maurer", "nolte",
    "otto", "pohl", "quandt", "rieger", "seidel", "thoma", "ulrich", "vogt", "weber", "xander", "young", "zahn", "brandt",
    "kraus", "simon", "winter",
];

impl Directory {
    /// Builds the people of a plan; depends on the plan's seed alone.
    pub fn new(plan: &Plan) -> Directory {
        let mut rng = Rng::new(plan.seed, 0xD1);
        let mut directory = Directory { people: Vec::new(), addresses: fixed_addresses(), health: Vec::new(), casts: Vec::new() };
        for account in 0..plan.accounts.max(8) {
            directory.add_account(account, &plan.domain, &mut rng);
        }
        for server in 0..plan.servers.len() as u32 {
            directory.add_health_mailboxes(plan.accounts + 100_000 + server * 2, &plan.domain, &mut rng);
        }
        for (index, event) in plan.events.iter().enumerate() {
            let cast = directory.cast(event, index as u32, plan, &mut rng);
            directory.casts.push(cast);
        }
        directory
    }

    fn add_account(&mut self, account: u32, domain: &str, rng: &mut Rng) {
        let name = name_of(account);
        let short_domain = domain.split('.').next().unwrap_or(domain).to_uppercase();
        let (column, typed) = match rng.below(16) {
            0..=7 => (format!("{name}@{domain}"), format!("{name}@{domain}")),
            8 | 9 => (name.clone(), format!("{name}@{domain}")),
            10 | 11 => (format!("{short_domain}\\{name}"), format!("{short_domain}\\{name}")),
            12 => (format!("{short_domain}/{name}"), format!("{short_domain}/{name}")),
            13 => {
                let shared = format!("{short_domain}\\{name}\\invoices");
                (shared.clone(), shared)
            }
            _ => (name.clone(), name.clone()),
        };
        let address = self.addresses.len() as u32;
        self.addresses.push(client_address(account, rng));
        let odd = |text: &str| text.replacen(&name, &capitalised(&name), 1);
        let class = ClientClass::User;
        let spelled_oddly = Person { column: odd(&column), typed: odd(&typed), class, account, address };
        self.people.push(Person { column, typed, class, account, address });
        self.people.push(spelled_oddly);
    }

    fn add_health_mailboxes(&mut self, account: u32, domain: &str, rng: &mut Rng) {
        let first = self.people.len() as u32;
        for (offset, address) in [LOOPBACK4, LOOPBACK6].into_iter().enumerate() {
            let name = format!("HealthMailbox{:016x}{:016x}", rng.bits(), rng.bits());
            let person = |column: &str| Person {
                column: column.to_owned(),
                typed: format!("{name}@{domain}"),
                class: ClientClass::HealthMailbox,
                account: account + offset as u32,
                address,
            };
            // The user column may be cut to 20 characters while the parameters hold the whole address.
            self.people.extend([person(&name), person(&name[..20])]);
        }
        self.health.push(first..self.people.len() as u32);
    }

    fn cast(&mut self, event: &Event, index: u32, plan: &Plan, rng: &mut Rng) -> Cast {
        let addresses = match event.kind {
            EventKind::Spray { addresses, .. } | EventKind::BruteForce { addresses, .. } => addresses.max(1),
            _ => 1,
        };
        let first_address = self.addresses.len() as u32;
        for number in 0..addresses {
            let text = match event.kind {
                // An application stands on the inside.
                EventKind::PlainApplication { .. } => format!("10.20.250.{}", 1 + index % 250),
                _ => format!("198.51.100.{}", 1 + (index * 37 + number * 3 + 90) % 250),
            };
            self.addresses.push(Address { text, family: Family::Ip4 });
        }
        let first_person = match event.kind {
            EventKind::Spray { accounts, .. } => self.add_strangers(accounts, index, plan, rng),
            // An account of its own for each event, spread over the ordinary ones.
            _ => 2 * ((index * 7 + 3) % plan.accounts.max(8)),
        };
        let people = match event.kind {
            EventKind::Spray { accounts, .. } => first_person..first_person + accounts,
            _ => first_person..first_person + 1,
        };
        Cast { people, addresses: first_address..first_address + addresses }
    }

    /// The names a spray tries: real accounts (spelled as addresses) and names that nobody has.
    fn add_strangers(&mut self, count: u32, index: u32, plan: &Plan, rng: &mut Rng) -> u32 {
        let first = self.people.len() as u32;
        for number in 0..count {
            let real = rng.one_in(3);
            let account = if real { number % plan.accounts.max(8) } else { 1_000_000 + index * 10_000 + number };
            let name = if real { name_of(account) } else { format!("{}{}", rng.pick(&LAST), number) };
            let typed = format!("{name}@{}", plan.domain);
            self.people.push(Person { column: typed.clone(), typed, class: ClientClass::User, account, address: 0 });
        }
        first
    }
}

fn fixed_addresses() -> Vec<Address> {
    vec![
        Address { text: "127.0.0.1".to_owned(), family: Family::Loopback4 },
        Address { text: "[::1]".to_owned(), family: Family::Loopback6 },
        Address { text: "10.0.0.5".to_owned(), family: Family::Ip4 },
    ]
}

fn name_of(account: u32) -> String {
    let (first, last) = (account as usize % FIRST.len(), (account as usize / 7 + account as usize) % LAST.len());
    let round = account as usize / (FIRST.len() * LAST.len() / 6);
    if round == 0 { format!("{}.{}", FIRST[first], LAST[last]) } else { format!("{}.{}{round}", FIRST[first], LAST[last]) }
}

fn capitalised(name: &str) -> String {
    name.split('.').map(|part| part[..1].to_uppercase() + &part[1..]).collect::<Vec<_>>().join(".")
}

fn client_address(account: u32, rng: &mut Rng) -> Address {
    let (text, family) = match rng.below(20) {
        0..=8 => (format!("10.20.{}.{}", account / 200 % 250, 1 + account % 200), Family::Ip4),
        9..=12 => (format!("203.0.113.{}", 1 + rng.below(254)), Family::Ip4),
        13..=15 => (format!("192.0.2.{}", 1 + rng.below(254)), Family::Ip4),
        16 | 17 => (format!("198.51.100.{}", 1 + rng.below(60)), Family::Ip4),
        18 => (format!("[fe80::{:x}:{:x}%8]", 1 + rng.below(0xfffe), account), Family::Zone6),
        _ => (format!("[2001:db8:20::{:x}]", 1 + account), Family::Ip6),
    };
    Address { text, family }
}
