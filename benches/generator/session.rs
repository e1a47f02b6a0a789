//! One session while it runs, and the line it writes next. What happens in it is decided by `simulate`.

use super::clock::Stamp;
use super::line::{push_field, push_number, push_session_id};
use super::outcome::{Answer, Attempt, Outcome};
use super::people::{Directory, Family, NOBODY};
use super::plan::{Protocol, Role, ServerPlan};
use super::script::{self, Cost, Step};

/// A running session.
#[derive(Clone, Debug)]
pub struct Session {
    /// Counter of the service.
    pub id: u64,
    /// seqNumber of its next line.
    pub seq: u32,
    /// Sequence number of its newest readable line.
    pub readable: Option<u32>,
    /// Front end or back end.
    pub role: Role,
    /// What it does.
    pub script: &'static [Step],
    /// Index of the next step.
    pub at: usize,
    /// Who logs in, or `NOBODY`.
    pub person: u32,
    /// Index of the client's address; not used on the back end, whose client is the server itself.
    pub address: u32,
    /// Which of the server's addresses it talks to.
    pub family: Family,
    /// The server's port.
    pub port: u16,
    /// The client's port.
    pub client_port: u16,
    /// The log names the user by now.
    pub named: bool,
    /// Index into the mechanisms; 0 is none.
    pub mechanism: usize,
    /// Index into the tags.
    pub tag: usize,
    /// How its login ends, once that is known.
    pub outcome: Outcome,
    /// The outcome was fixed when the session was made.
    pub fixed: bool,
    /// The planted outage that the outcome is due to.
    pub outage: Option<usize>,
    /// The number that its login shares with its other half.
    pub hand_over: Option<u64>,
    /// Cost of the next line.
    pub cost: Cost,
    /// dateTime of the line before.
    pub last_time: i64,
}

/// IMAP tags of all shapes; the first is Exchange's own probe's.
pub const TAGS: [&str; 16] =
    ["z", "1.3", "tag-7", ".", "aXSV", "2", "A0003", "a1", "C17", "0004", "$3", "x", "3", "12", "mbsync7", "A-1_b"];
const MECHANISMS: [&str; 6] = ["", "PLAIN", "NTLM", "GSSAPI", "XOAUTH2", "DIGEST-MD5"];
/// Index of a mechanism that Exchange does not know.
pub const UNKNOWN_MECHANISM: usize = 5;

impl Session {
    /// The step that writes the next line.
    pub fn step(&self) -> Step {
        self.script[self.at]
    }

    /// The login attempt that the next line is, if it is one.
    pub fn attempt(&self, protocol: Protocol) -> Option<Attempt> {
        match (self.step(), protocol) {
            (Step::Login, Protocol::Imap4) => Some(Attempt::Login),
            (Step::Login, Protocol::Pop3) => Some(Attempt::Pass),
            (Step::Authenticate, Protocol::Imap4) => Some(Attempt::Authenticate),
            (Step::Authenticate, Protocol::Pop3) => Some(Attempt::Auth),
            _ => None,
        }
    }
}

/// Writes lines of one server and protocol.
#[derive(Debug)]
pub struct Writer<'a> {
    server: &'a ServerPlan,
    protocol: Protocol,
    directory: &'a Directory,
    stamp: Stamp,
    scratch: Vec<u8>,
    zone: String,
    global: String,
}

impl<'a> Writer<'a> {
    /// A writer for the server with this index.
    pub fn new(server: &'a ServerPlan, index: usize, protocol: Protocol, directory: &'a Directory) -> Self {
        Writer {
            server,
            protocol,
            directory,
            stamp: Stamp::default(),
            scratch: Vec::with_capacity(512),
            zone: format!("[fe80::c5ab:{:x}%8]", index + 0x10),
            global: format!("[2001:db8:10::{:x}]", index + 0x11),
        }
    }

    /// Appends the session's next line, without line end and `puid`.
    #[inline]
    pub fn push(&mut self, out: &mut Vec<u8>, session: &Session, time: i64, bits: u64) {
        self.stamp.write(out, time);
        out.push(b',');
        push_session_id(out, session.id);
        out.push(b',');
        push_number(out, u64::from(session.seq));
        out.push(b',');
        self.push_ends(out, session);
        if session.named {
            push_field(out, self.directory.people[session.person as usize].column.as_bytes());
        }
        for number in [session.cost.duration, session.cost.request, session.cost.response] {
            out.push(b',');
            push_number(out, number);
        }
        out.push(b',');
        let step = session.step();
        out.extend_from_slice(script::verb(step, self.protocol).as_bytes());
        out.push(b',');
        match session.attempt(self.protocol) {
            Some(attempt) => self.push_attempt(out, session, attempt, bits),
            None => self.push_other(out, session, step, bits),
        }
    }

    /// `sIp,cIp,`
    #[inline]
    fn push_ends(&self, out: &mut Vec<u8>, session: &Session) {
        let own = self.own_address(session.family);
        let client = match session.role {
            Role::Frontend => &self.directory.addresses[session.address as usize].text,
            Role::Backend => own,
        };
        for (host, port) in [(own, session.port), (client, session.client_port)] {
            out.extend_from_slice(host.as_bytes());
            out.push(b':');
            push_number(out, u64::from(port));
            out.push(b',');
        }
    }

    fn own_address(&self, family: Family) -> &str {
        match family {
            Family::Loopback4 => "127.0.0.1",
            Family::Loopback6 => "[::1]",
            Family::Ip4 => &self.server.address,
            Family::Zone6 => &self.zone,
            Family::Ip6 => &self.global,
        }
    }

    fn push_other(&self, out: &mut Vec<u8>, session: &Session, step: Step, bits: u64) {
        if matches!(step, Step::User | Step::UserRefused) && session.person != NOBODY {
            push_field(out, self.directory.people[session.person as usize].typed.as_bytes());
        } else {
            script::push_parameters(out, step, bits);
        }
        out.push(b',');
        script::push_context(out, step, TAGS[session.tag], bits);
    }

    fn push_attempt(&mut self, out: &mut Vec<u8>, session: &Session, attempt: Attempt, bits: u64) {
        let person = (session.person != NOBODY).then(|| &self.directory.people[session.person as usize]);
        let typed = person.map_or("", |person| person.typed.as_str());
        match attempt {
            Attempt::Login => {
                push_field(out, typed.as_bytes());
                out.extend_from_slice(b" *****");
            }
            Attempt::Pass => out.extend_from_slice(b"*****"),
            Attempt::Authenticate | Attempt::Auth => {
                if attempt == Attempt::Auth {
                    out.push(b' ');
                }
                out.extend_from_slice(MECHANISMS[session.mechanism].as_bytes());
            }
        }
        out.push(b',');
        let health = person.is_some_and(|person| person.class == super::truth::ClientClass::HealthMailbox);
        let answer = Answer {
            protocol: self.protocol,
            role: session.role,
            attempt,
            outcome: session.outcome,
            tag: TAGS[session.tag],
            host: &self.server.fqdn,
            user: typed,
            health,
            variant: bits,
        };
        self.scratch.clear();
        answer.push(&mut self.scratch);
        push_field(out, &self.scratch);
    }
}
