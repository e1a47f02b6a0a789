//! A web server that gives answers in the order in which it was told them.

use super::{Connection, Duplex, Identity, PATIENCE, Seen, line, listen};

/// What it answers to a request.
#[derive(Clone)]
pub(crate) enum Answer {
    /// This status line and these headers, with this body.
    Status(&'static str, Vec<String>, &'static str),
    /// Nothing at all, for as long as anybody could wait.
    Silence,
    /// The connection is closed in the middle of the answer.
    BreakOff,
}

impl Answer {
    /// A status without anything more.
    pub(crate) fn status(line: &'static str) -> Self {
        Self::Status(line, Vec::new(), "")
    }
}

/// Starts a server that gives these answers, the last of them for ever. Returns its port and the requests that it sees.
pub(crate) fn start(identity: Option<Identity>, answers: Vec<Answer>) -> (u16, Seen) {
    let seen = Seen::default();
    let kept = seen.clone();
    let mut answers = answers.into_iter().peekable();
    let port = listen(move |stream| {
        let mut connection: Connection = match &identity {
            Some(identity) => identity.encrypt(stream),
            None => Box::new(stream),
        };
        let Some(request) = request(&mut *connection) else {
            drop(connection.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n"));
            return;
        };
        kept.note(request);
        let answer = answers.next().unwrap();
        if answers.peek().is_none() {
            answers = vec![answer.clone()].into_iter().peekable();
        }
        match answer {
            Answer::Silence => std::thread::sleep(PATIENCE),
            Answer::BreakOff => drop(connection.write_all(b"HTTP/1.1 2")),
            Answer::Status(status, headers, body) => {
                let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
                let text =
                    format!("HTTP/1.1 {status}\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len());
                drop(connection.write_all(text.as_bytes()).and_then(|()| connection.flush()));
            }
        }
    });
    (port, seen)
}

/// A request, its headers in lower case, its body behind an empty line.
fn request(connection: &mut dyn Duplex) -> Option<String> {
    let mut text = line(connection)? + "\n";
    let mut length = 0;
    loop {
        let header = line(connection)?;
        if header.is_empty() {
            break;
        }
        let (name, value) = header.split_once(": ").unwrap();
        if name.eq_ignore_ascii_case("content-length") {
            length = value.parse().unwrap();
        }
        text += &format!("{}: {value}\n", name.to_lowercase());
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body).ok()?;
    Some(format!("{text}\n{}", String::from_utf8(body).unwrap()))
}
