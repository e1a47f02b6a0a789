//! What is to be generated: servers, time, amount, and the events planted in it. It is only a description; nothing is written here.

use super::clock::{self, HOUR};

/// The protocol of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    /// IMAP4.
    Imap4,
    /// POP3.
    Pop3,
}

impl Protocol {
    /// The name that reports use.
    pub fn name(self) -> &'static str {
        match self {
            Protocol::Imap4 => "imap4",
            Protocol::Pop3 => "pop3",
        }
    }

    /// The folder below `Logging`.
    pub fn folder(self) -> &'static str {
        match self {
            Protocol::Imap4 => "Imap4",
            Protocol::Pop3 => "Pop3",
        }
    }

    /// How file names and `#Log-type:` spell it.
    pub fn label(self) -> &'static str {
        match self {
            Protocol::Imap4 => "IMAP4",
            Protocol::Pop3 => "POP3",
        }
    }

    /// The back end's port.
    pub fn backend_port(self) -> u16 {
        match self {
            Protocol::Imap4 => 1993,
            Protocol::Pop3 => 1995,
        }
    }
}

/// The half of Exchange that wrote a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Client Access.
    Frontend,
    /// Mailbox.
    Backend,
}

impl Role {
    /// The name that reports use.
    pub fn name(self) -> &'static str {
        match self {
            Role::Frontend => "frontend",
            Role::Backend => "backend",
        }
    }
}

/// The column layout a server writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Columns {
    /// 12 columns, Exchange 2013.
    Twelve,
    /// 13 columns, Exchange 2019.
    Thirteen,
    /// 12 columns, and from the middle of every file on 13, announced by a new header block.
    Drift,
}

impl Columns {
    /// Reads the name used on the command line.
    pub fn parse(text: &str) -> Option<Columns> {
        Some(match text {
            "12" => Columns::Twelve,
            "13" => Columns::Thirteen,
            _ => return None,
        })
    }
}

/// When a new file begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileCut {
    /// Every day, `IMAP4yyyyMMdd-N.LOG`.
    Daily,
    /// Every hour, `IMAP4yyyyMMddHH-N.LOG`.
    Hourly,
    /// Never.
    Single,
}

/// What kind of lines prevails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mix {
    /// Front end and back end, as a server writes them.
    Both,
    /// Front-end files only.
    Frontend,
    /// Back-end files only.
    Backend,
    /// Front end and back end, short sessions, many failures of many kinds.
    Logins,
    /// As `Both`, with damaged lines.
    Damage,
}

impl Mix {
    /// Reads the name used on the command line.
    pub fn parse(text: &str) -> Option<Mix> {
        Some(match text {
            "both" => Mix::Both,
            "frontend" => Mix::Frontend,
            "backend" => Mix::Backend,
            "logins" => Mix::Logins,
            "damage" => Mix::Damage,
            _ => return None,
        })
    }
}

/// One server of the plan.
#[derive(Clone, Debug)]
pub struct ServerPlan {
    /// The folder above `Logging`, and so the server's name in a report.
    pub name: String,
    /// The name in `Proxy:HOST:1993:SSL`.
    pub fqdn: String,
    /// Its IPv4 address.
    pub address: String,
    /// The column layout it writes.
    pub columns: Columns,
    /// Whether its files begin with the bare column row.
    pub bare_row: bool,
}

/// What a planted event does to the servers and protocols it concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// Restart, then nothing but `ProxyNotAuthenticated` until the restart at its end; the back end sees no `authenticate`.
    CertificateOutage,
    /// Every login fails with `ProxyFailed`.
    BackendUnreachable,
    /// Every login fails after a minute with `ProxyTimeout`.
    BackendTimeout,
    /// Every login fails with `NoBackendFound`.
    NoBackendFound,
    /// The logins of a quarter of the accounts fail with a mailbox exception, on front end and back end.
    MailboxOffline,
    /// Some ordinary logins fail with `ProxyNotAuthenticated` and stand as failed `authenticate` lines in the back end's log.
    BackendRejects,
    /// One account from one address with an old password.
    StaleDevice {
        /// Seconds between its tries.
        every: u64,
    },
    /// Many accounts, one to three tries each, from several addresses.
    Spray {
        /// Number of accounts.
        accounts: u32,
        /// Number of addresses.
        addresses: u32,
    },
    /// One account, many tries, from several addresses.
    BruteForce {
        /// Seconds between tries.
        every: u64,
        /// Number of addresses.
        addresses: u32,
    },
    /// A client that logs in without TLS where TLS is asked for.
    PlaintextRefused {
        /// Seconds between its tries.
        every: u64,
    },
    /// One account for which the protocol is disabled.
    ProtocolDisabled {
        /// Seconds between its tries.
        every: u64,
    },
    /// One account above its connection limit.
    ConnectionLimit {
        /// Seconds between its tries.
        every: u64,
    },
    /// One account whose basic authentication is blocked.
    BasicAuthBlocked {
        /// Seconds between its tries.
        every: u64,
    },
    /// A client with a mechanism that the server does not know; it never names a user.
    UnknownMechanism {
        /// Seconds between its tries.
        every: u64,
    },
    /// An application that logs in on 143 or 110 without TLS, and may (LoginType PlainTextLogin).
    PlainApplication {
        /// Seconds between its logins.
        every: u64,
    },
    /// A restart at `from`.
    ServiceRestart,
    /// The service is stopped from `from` to `to`.
    ServiceSilent,
}

/// A planted event.
#[derive(Clone, Debug)]
pub struct Event {
    /// What happens.
    pub kind: EventKind,
    /// Its beginning, milliseconds since 1970.
    pub from: i64,
    /// Its end.
    pub to: i64,
    /// Indexes of the servers concerned; empty: all.
    pub servers: Vec<usize>,
    /// The protocols concerned; empty: all.
    pub protocols: Vec<Protocol>,
}

impl Event {
    /// Whether the event concerns this server and protocol.
    pub fn concerns(&self, server: usize, protocol: Protocol) -> bool {
        (self.servers.is_empty() || self.servers.contains(&server))
            && (self.protocols.is_empty() || self.protocols.contains(&protocol))
    }
}

/// The description of one tree of logs.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The same plan and seed give the same bytes.
    pub seed: u64,
    /// Beginning, milliseconds since 1970.
    pub start: i64,
    /// Length in hours.
    pub hours: u32,
    /// The servers.
    pub servers: Vec<ServerPlan>,
    /// Protocols that are logged.
    pub protocols: Vec<Protocol>,
    /// Domain of the accounts, `contoso.example`.
    pub domain: String,
    /// Number of ordinary accounts.
    pub accounts: u32,
    /// Sessions of ordinary users per hour, server and protocol.
    pub sessions_per_hour: u64,
    /// Seconds between two probes without login (a load balancer's; Exchange's own come every second time).
    pub probe_every: u64,
    /// Seconds between two HealthMailbox logins.
    pub health_every: u64,
    /// Mistyped passwords among a thousand ordinary logins.
    pub mistypes: u64,
    /// Damaged places among ten thousand lines.
    pub damage: u64,
    /// When files are cut.
    pub cut: FileCut,
    /// What prevails.
    pub mix: Mix,
    /// What is planted.
    pub events: Vec<Event>,
    /// Write files of this role alone, whatever the mix.
    pub only_role: Option<Role>,
    /// Whether the truth lists every login that was handed over.
    pub tell_hand_overs: bool,
    /// Stop every log after about so many bytes.
    pub stop_after: Option<u64>,
    /// Threads that write; the output does not depend on it.
    pub threads: usize,
}

impl Plan {
    /// A healthy plan with `servers` servers `EX01`, `EX02` …: daily files, both protocols, moderate traffic.
    pub fn new(seed: u64, start: i64, hours: u32, servers: usize) -> Plan {
        Plan {
            seed,
            start,
            hours,
            servers: (0..servers).map(server).collect(),
            protocols: vec![Protocol::Imap4, Protocol::Pop3],
            domain: "contoso.example".to_owned(),
            accounts: 400,
            sessions_per_hour: 60,
            probe_every: 60,
            health_every: 300,
            mistypes: 8,
            damage: 0,
            cut: FileCut::Daily,
            mix: Mix::Both,
            events: Vec::new(),
            only_role: None,
            tell_hand_overs: false,
            stop_after: None,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }

    /// Plants an event on all servers and protocols; `minutes` count from the plan's start.
    #[must_use]
    pub fn plant(mut self, kind: EventKind, minutes: std::ops::Range<i64>) -> Plan {
        let (from, to) = (self.start + minutes.start * clock::MINUTE, self.start + minutes.end * clock::MINUTE);
        self.events.push(Event { kind, from, to, servers: Vec::new(), protocols: Vec::new() });
        self
    }

    /// Restricts the event planted last to some servers and protocols (empty: all).
    #[must_use]
    pub fn only(mut self, servers: &[usize], protocols: &[Protocol]) -> Plan {
        if let Some(event) = self.events.last_mut() {
            event.servers = servers.to_vec();
            event.protocols = protocols.to_vec();
        }
        self
    }

    /// The end of the plan's time.
    pub fn end(&self) -> i64 {
        self.start + i64::from(self.hours) * HOUR
    }

    /// Whether files of this role are written.
    pub fn writes(&self, role: Role) -> bool {
        if self.only_role.is_some_and(|only| only != role) {
            return false;
        }
        match self.mix {
            Mix::Frontend => role == Role::Frontend,
            Mix::Backend => role == Role::Backend,
            Mix::Both | Mix::Logins | Mix::Damage => true,
        }
    }
}

fn server(index: usize) -> ServerPlan {
    let number = index + 1;
    ServerPlan {
        name: format!("EX{number:02}"),
        fqdn: format!("ex{number:02}.contoso.example"),
        address: format!("10.1.{}.{}", index / 200, 11 + index % 200),
        columns: if index.is_multiple_of(2) { Columns::Thirteen } else { Columns::Twelve },
        bare_row: index % 3 == 2,
    }
}
