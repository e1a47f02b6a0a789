//! What clients do in a session: the order of commands, how long each takes, what stands in its columns.
//! Login attempts are not described here but in `outcome`.

use super::line::push_number;
use super::plan::{Protocol, Role};
use super::rng::Rng;

/// One line of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// OpenSession.
    Open,
    /// CloseSession.
    Close,
    /// The front end hands the connection over for good.
    Proxy,
    /// `capability` or `capa`.
    Capability,
    /// `starttls` or `stls`.
    StartTls,
    /// POP `user`.
    User,
    /// POP `user`, refused because TLS is asked for.
    UserRefused,
    /// `login` or `pass`.
    Login,
    /// `authenticate` or `auth`.
    Authenticate,
    /// IMAP `list`.
    ListFolders,
    /// IMAP `select`.
    Select,
    /// IMAP `select` of a folder that does not exist.
    SelectMissing,
    /// IMAP `uid fetch`.
    UidFetch,
    /// IMAP `uid search`.
    UidSearch,
    /// IMAP `idle`.
    Idle,
    /// IMAP `noop`.
    Noop,
    /// IMAP `logout`, POP `quit`.
    Quit,
    /// POP `stat`.
    Stat,
    /// POP `list`.
    ListMessages,
    /// POP `uidl`.
    Uidl,
    /// POP `retr`.
    Retrieve,
    /// POP `dele`.
    Delete,
    /// A command nobody knows.
    Invalid,
}

use Step::*;

/// A probe of Exchange itself, without login.
pub const SELF_TEST: &[Step] = &[Open, Capability, Close];
/// A load balancer that connects and hangs up.
pub const KNOCK: &[Step] = &[Open, Close];
/// A HealthMailbox login.
pub const HEALTH_IMAP: &[Step] = &[Open, Capability, Login, Quit, Close];
/// A HealthMailbox login.
pub const HEALTH_POP: &[Step] = &[Open, Capability, User, Login, Quit, Close];
/// What the back end sees of a HealthMailbox login.
pub const HEALTH_BACKEND: &[Step] = &[Open, Authenticate, Quit, Close];
/// An application that fetches mail.
pub const FETCH_IMAP: &[Step] = &[Open, Capability, Login, Select, UidFetch, Quit, Close];
/// An application that fetches mail.
pub const FETCH_POP: &[Step] = &[Open, User, Login, Stat, Retrieve, Delete, Quit, Close];
/// A refused login without TLS. POP refuses at `user`, which is not a login attempt.
pub const REFUSED_IMAP: &[Step] = &[Open, Capability, Login, Quit, Close];
/// See [`REFUSED_IMAP`].
pub const REFUSED_POP: &[Step] = &[Open, Capability, UserRefused, Quit, Close];
/// A login with a mechanism.
pub const MECHANISM: &[Step] = &[Open, Capability, Authenticate, Quit, Close];
/// Nothing but a login.
pub const SHORT_IMAP: &[Step] = &[Open, Login, Close];
/// Nothing but a login.
pub const SHORT_POP: &[Step] = &[Open, User, Login, Close];

const IMAP: [&[Step]; 7] = [
    &[Open, Capability, Login, ListFolders, Select, UidFetch, UidFetch, Noop, Quit, Close],
    &[Open, Capability, Login, Select, UidSearch, UidFetch, Idle, UidFetch, Idle, Quit, Close],
    &[Open, Capability, Login, Proxy, Close],
    &[Open, Capability, Login, Proxy, Close],
    &[Open, Capability, Authenticate, ListFolders, Select, UidFetch, Idle, Noop, Close],
    &[Open, Capability, Authenticate, Proxy, Close],
    &[Open, Capability, Login, ListFolders, SelectMissing, Invalid, Select, UidFetch, Quit, Close],
];
const IMAP_TLS: [&[Step]; 2] = [
    &[Open, Capability, StartTls, Capability, Login, ListFolders, Select, UidFetch, Noop, Quit, Close],
    &[Open, Capability, StartTls, Capability, Authenticate, Proxy, Close],
];
const POP: [&[Step]; 4] = [
    &[Open, Capability, User, Login, Stat, ListMessages, Uidl, Retrieve, Retrieve, Quit, Close],
    &[Open, User, Login, Stat, Quit, Close],
    &[Open, Capability, User, Login, Proxy, Close],
    &[Open, Capability, Authenticate, Stat, Uidl, Retrieve, Delete, Quit, Close],
];
const POP_TLS: [&[Step]; 2] = [
    &[Open, Capability, StartTls, User, Login, Stat, Retrieve, Delete, Quit, Close],
    &[Open, Capability, StartTls, Authenticate, Stat, Quit, Close],
];
const BACKEND_IMAP: [&[Step]; 3] = [
    &[Open, Capability, Authenticate, ListFolders, Select, UidFetch, UidFetch, Noop, Quit, Close],
    &[Open, Authenticate, Select, UidSearch, UidFetch, Idle, UidFetch, Quit, Close],
    &[Open, Authenticate, Select, UidFetch, Close],
];
const BACKEND_POP: [&[Step]; 2] =
    [&[Open, Authenticate, Stat, ListMessages, Uidl, Retrieve, Retrieve, Quit, Close], &[Open, Authenticate, Stat, Quit, Close]];

/// What an ordinary client does; `tls` asks for `starttls` first.
pub fn ordinary(protocol: Protocol, role: Role, tls: bool, rng: &mut Rng) -> &'static [Step] {
    let choice: &[&'static [Step]] = match (role, protocol, tls) {
        (Role::Backend, Protocol::Imap4, _) => &BACKEND_IMAP,
        (Role::Backend, Protocol::Pop3, _) => &BACKEND_POP,
        (_, Protocol::Imap4, true) => &IMAP_TLS,
        (_, Protocol::Pop3, true) => &POP_TLS,
        (_, Protocol::Imap4, false) => &IMAP,
        (_, Protocol::Pop3, false) => &POP,
    };
    choice[rng.below(choice.len() as u64) as usize]
}

/// Duration and sizes of a line.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// Milliseconds the client waits before the command.
    pub pause: u64,
    /// Milliseconds the command takes.
    pub duration: u64,
    /// Bytes of the request.
    pub request: u64,
    /// Bytes of the response.
    pub response: u64,
}

/// What a step other than a login attempt costs.
pub fn cost(step: Step, rng: &mut Rng) -> Cost {
    let bits = rng.bits();
    let some = |shift: u32, low: u64, high: u64| low + ((bits >> shift) & 0xffff) % (high - low + 1);
    let of = |pause, duration, request, response| Cost { pause, duration, request, response };
    match step {
        Open => of(0, some(0, 1, 60), 0, 53),
        Close => of(some(0, 0, 40), 0, 0, 0),
        Proxy => of(some(0, 1, 9), some(16, 400, 60_000), some(32, 200, 9_000), some(48, 900, 60_000)),
        Capability => of(some(0, 0, 30), some(16, 0, 2), some(32, 12, 15), some(48, 140, 143)),
        StartTls => of(some(0, 1, 30), some(16, 4, 90), 12, 35),
        User | UserRefused => of(some(0, 2, 40), some(16, 0, 2), some(32, 16, 44), 5),
        Login | Authenticate => of(some(0, 5, 120), some(16, 20, 260), some(32, 30, 80), some(48, 20, 40)),
        ListFolders => of(some(0, 5, 120), some(16, 3, 90), 14, some(48, 300, 2600)),
        Select | SelectMissing => of(some(0, 5, 120), some(16, 2, 120), some(32, 18, 34), some(48, 180, 330)),
        UidFetch => of(some(0, 5, 400), some(16, 3, 900), some(32, 30, 80), some(48, 90, 60_000)),
        UidSearch => of(some(0, 5, 200), some(16, 3, 300), some(32, 30, 60), some(48, 40, 900)),
        Idle => of(some(0, 5, 60), some(16, 1, 28) * 60_000 + some(32, 0, 59_000), 10, some(48, 30, 90)),
        Noop => of(some(0, 800, 30_000), some(16, 0, 4), 8, some(48, 20, 90)),
        Quit => of(some(0, 5, 900), some(16, 0, 3), 10, some(48, 40, 80)),
        Stat => of(some(0, 2, 40), some(16, 2, 160), 6, some(48, 10, 18)),
        ListMessages | Uidl => of(some(0, 2, 40), some(16, 1, 60), 6, some(48, 30, 3000)),
        Retrieve => of(some(0, 2, 60), some(16, 3, 900), 8, some(48, 1000, 60_000)),
        Delete => of(some(0, 2, 30), some(16, 0, 5), 8, 5),
        Invalid => of(some(0, 5, 90), 0, some(32, 3, 12), 40),
    }
}

/// The command column.
pub fn verb(step: Step, protocol: Protocol) -> &'static str {
    let imap = protocol == Protocol::Imap4;
    match step {
        Open => "OpenSession",
        Close => "CloseSession",
        Proxy => "proxy",
        Capability => {
            if imap {
                "capability"
            } else {
                "capa"
            }
        }
        StartTls => {
            if imap {
                "starttls"
            } else {
                "stls"
            }
        }
        User | UserRefused => "user",
        Login => {
            if imap {
                "login"
            } else {
                "pass"
            }
        }
        Authenticate => {
            if imap {
                "authenticate"
            } else {
                "auth"
            }
        }
        ListFolders | ListMessages => "list",
        Select | SelectMissing => "select",
        UidFetch => "uid+fetch",
        UidSearch => "uid+search",
        Idle => "idle",
        Noop => "noop",
        Quit => {
            if imap {
                "logout"
            } else {
                "quit"
            }
        }
        Stat => "stat",
        Uidl => "uidl",
        Retrieve => "retr",
        Delete => "dele",
        Invalid => "InvalidCommand",
    }
}

/// The parameters column of a step other than a login attempt, already as CSV.
pub fn push_parameters(out: &mut Vec<u8>, step: Step, bits: u64) {
    let text: &str = match (step, bits % 4) {
        (ListFolders, 0 | 1) => "\"\"\"\"\" *\"",
        (ListFolders, _) => "\"\"\"\"\" \"\"*\"\"\"",
        (Select, 0) => "\"\"\"Sent Items\"\"\"",
        (Select, _) => "INBOX",
        (SelectMissing, _) => "\"\"\"Archive, old\"\"\"",
        (UidFetch, 0) => "1:* (FLAGS)",
        (UidFetch, 1) => "\"4312,4315,4390 (UID RFC822.SIZE BODY.PEEK[])\"",
        (UidFetch, _) => "4312:4319 (UID RFC822.SIZE FLAGS)",
        (UidSearch, _) => "1:* NOT DELETED",
        (Retrieve | Delete, _) => {
            push_number(out, 1 + bits % 90);
            return;
        }
        (Invalid, _) => "XYZZY",
        _ => return,
    };
    out.extend_from_slice(text.as_bytes());
}

/// The context column of a step other than a login attempt, already as CSV.
pub fn push_context(out: &mut Vec<u8>, step: Step, tag: &str, bits: u64) {
    let number = bits >> 8;
    match step {
        Open | Close => return,
        SelectMissing => {
            out.extend_from_slice(b"\"R=\"\"");
            out.extend_from_slice(tag.as_bytes());
            out.extend_from_slice(b" NO Archive, old doesn't exist.\"\"\"");
            return;
        }
        UserRefused => {
            out.extend_from_slice(b"\"R=\"\"-ERR Command is not valid in this state.\"\"\"");
            return;
        }
        Invalid => {
            out.extend_from_slice(b"\"R=\"\"");
            out.extend_from_slice(tag.as_bytes());
            out.extend_from_slice(b" BAD Command Error. 12\"\"\"");
            return;
        }
        _ => out.extend_from_slice(b"R=ok"),
    }
    let keys: &[(&str, u64)] = match step {
        ListFolders => &[("FolderCount", 60)],
        Select => &[("Rows", 4000), ("Recent", 3), ("Unseen", 40)],
        UidFetch | Retrieve => &[("Rows", 9), ("TotalSize", 90_000)],
        Stat | ListMessages => &[("Rows", 300), ("TotalSize", 9_000_000)],
        _ => &[],
    };
    for (index, (key, end)) in keys.iter().enumerate() {
        out.push(b';');
        out.extend_from_slice(key.as_bytes());
        out.push(b'=');
        push_number(out, (number >> (index * 12)) % end);
    }
}
