//! A mail server that keeps what it is given, and refuses what it is told to.

use std::net::TcpStream;
use std::thread;

use super::{Connection, Identity, PATIENCE, Seen, line, listen};

/// How a server behaves.
#[derive(Default)]
pub(crate) struct Smtp {
    /// What it offers in answer to EHLO, before and after STARTTLS.
    pub(crate) offers: &'static [&'static str],
    /// Its certificate.
    pub(crate) identity: Option<Identity>,
    /// Whether it speaks TLS from the first byte.
    pub(crate) is_encrypted: bool,
    /// The account that it lets in, as `user:password`.
    pub(crate) account: Option<&'static str>,
    /// Commands that begin like this get this answer instead.
    pub(crate) answers: &'static [(&'static str, &'static str)],
    /// It falls silent when a command begins like this; "" is the greeting.
    pub(crate) silent_at: Option<&'static str>,
}

impl Smtp {
    /// Starts it. Returns its port and what it sees: commands, each with `tls ` before it if it came encrypted, and messages.
    pub(crate) fn start(self) -> (u16, Seen) {
        let seen = Seen::default();
        let kept = seen.clone();
        let port = listen(move |stream| {
            let ended = self.serve(stream, &kept);
            kept.note(if ended.is_some() { "end" } else { "gone" });
        });
        (port, seen)
    }

    fn serve(&self, stream: TcpStream, seen: &Seen) -> Option<()> {
        let plain = stream.try_clone().unwrap();
        let mut connection: Connection = Box::new(stream);
        let mut is_encrypted = self.is_encrypted;
        if is_encrypted {
            connection = self.identity.as_ref().unwrap().encrypt(plain.try_clone().unwrap());
        }
        self.wait_if_silent("");
        say(&mut connection, "220 mail.test ready")?;
        loop {
            let command = line(&mut *connection)?;
            seen.note(format!("{}{command}", if is_encrypted { "tls " } else { "" }));
            self.wait_if_silent(&command);
            let verb = command.split_whitespace().next().unwrap_or_default().to_uppercase();
            if let Some((_, answer)) = self.answers.iter().find(|(start, _)| command.starts_with(start)) {
                say(&mut connection, answer)?;
                continue;
            }
            match verb.as_str() {
                "EHLO" => {
                    let offers = self.offers.iter().filter(|offer| !(is_encrypted && **offer == "STARTTLS"));
                    let lines: Vec<String> = offers.map(|offer| format!("250-{offer}\r\n")).collect();
                    say(&mut connection, &format!("250-mail.test\r\n{}250 SIZE 1000000", lines.concat()))?;
                }
                "STARTTLS" => {
                    say(&mut connection, "220 go ahead")?;
                    connection = self.identity.as_ref().unwrap().encrypt(plain.try_clone().unwrap());
                    is_encrypted = true;
                }
                "AUTH" => {
                    let given = self.login(&command, &mut connection)?;
                    let is_right = self.account.is_some_and(|account| account == given);
                    say(&mut connection, if is_right { "235 welcome" } else { "535 5.7.3 Authentication unsuccessful" })?;
                }
                "DATA" => {
                    say(&mut connection, "354 go on")?;
                    let mut message = String::new();
                    loop {
                        match line(&mut *connection)?.as_str() {
                            "." => break,
                            text => message += &format!("{}\n", text.strip_prefix('.').unwrap_or(text)),
                        }
                    }
                    seen.note(message);
                    say(&mut connection, "250 kept")?;
                }
                "QUIT" => {
                    say(&mut connection, "221 bye")?;
                    return Some(());
                }
                _ => say(&mut connection, "250 fine")?,
            }
        }
    }

    fn wait_if_silent(&self, command: &str) {
        if self.silent_at.is_some_and(|start| if start.is_empty() { command.is_empty() } else { command.starts_with(start) }) {
            thread::sleep(PATIENCE);
        }
    }

    /// What somebody logs in with, as `user:password`.
    fn login(&self, command: &str, connection: &mut Connection) -> Option<String> {
        let words: Vec<&str> = command.split_whitespace().collect();
        if words[1] == "PLAIN" {
            return Some(decoded(words[2]).trim_start_matches('\0').replace('\0', ":"));
        }
        // "Username:", "Password:"
        say(connection, "334 VXNlcm5hbWU6")?;
        let user = decoded(&line(&mut **connection)?);
        say(connection, "334 UGFzc3dvcmQ6")?;
        Some(format!("{user}:{}", decoded(&line(&mut **connection)?)))
    }
}

fn say(connection: &mut Connection, answer: &str) -> Option<()> {
    connection.write_all(format!("{answer}\r\n").as_bytes()).and_then(|()| connection.flush()).ok()
}

/// Base64, as the standard has it.
fn decoded(text: &str) -> String {
    let value = |c: u8| match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let digits: Vec<u8> = text.bytes().filter(|c| *c != b'=').map(value).collect();
    let bytes = digits.chunks(4).flat_map(|four| {
        let number = four.iter().fold(0_u32, |sum, digit| sum << 6 | u32::from(*digit)) << (6 * (4 - four.len()));
        number.to_be_bytes()[1..four.len()].to_vec()
    });
    String::from_utf8(bytes.collect()).unwrap()
}
