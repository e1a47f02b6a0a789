//! Which service wrote a line, where the file's name leaves doubt: by the port on which it listens, else by what is likely.

use crate::protocol::{Protocol, Role};
use crate::protocol_log::file_name::NamedKind;

/// The service by the port on which it listens.
pub fn by_port(port: Option<u16>) -> Option<(Protocol, Role)> {
    match port? {
        143 | 993 => Some((Protocol::Imap4, Role::FrontEnd)),
        1993 => Some((Protocol::Imap4, Role::BackEnd)),
        110 | 995 => Some((Protocol::Pop3, Role::FrontEnd)),
        1995 => Some((Protocol::Pop3, Role::BackEnd)),
        _ => None,
    }
}

/// The service where neither name nor port decides: by the likeness of the file's name, `#Log-type:`, and the command.
pub fn by_likeness(named: Option<NamedKind>, log_type: Option<Protocol>, is_pop_command: bool) -> (Protocol, Role) {
    let by_command = if is_pop_command { Protocol::Pop3 } else { Protocol::Imap4 };
    let protocol = named.map(|kind| kind.protocol).or(log_type).unwrap_or(by_command);
    (protocol, named.map_or(Role::FrontEnd, |kind| kind.role))
}

/// Whether only POP3 has the command.
pub fn is_pop_command(command: &[u8]) -> bool {
    const POP: [&str; 9] = ["user", "pass", "auth", "stat", "retr", "uidl", "capa", "stls", "quit"];
    POP.iter().any(|name| command.eq_ignore_ascii_case(name.as_bytes()))
}
