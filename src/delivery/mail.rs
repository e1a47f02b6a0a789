//! A letter by SMTP: to one server that takes it from there, over STARTTLS, TLS or a plain connection, with or without a login.
//!
//! The conversation is had step by step, so that an error can say which step it was and whom the server refused. STARTTLS is
//! never given up quietly: a server that does not offer it gets nothing.

mod failure;
mod message;

use std::net::{SocketAddr, ToSocketAddrs};
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};

use crate::delivery::secret::Secret;
use crate::delivery::server::Server;
use crate::delivery::trust::Authorities;
use crate::error::{Error, ErrorKind, Result};

use failure::{Step, failure};

/// The default of [`MailSettings::timeout`].
pub const TIMEOUT: Duration = Duration::from_secs(60);

/// How long a server may take to say good-bye. Nothing depends on it.
const GOOD_BYE: Duration = Duration::from_secs(5);

/// What is sent.
#[derive(Debug, Clone, Default)]
pub struct Letter {
    /// One line; line ends and control characters are shown instead of sent.
    pub subject: String,
    /// The text for every reader.
    pub text: String,
    /// The same for readers that show HTML.
    pub html: Option<String>,
    /// Files that go with it.
    pub attachments: Vec<Attachment>,
    /// When it was written, in milliseconds since 1970 UTC.
    pub at: i64,
}

/// A file that goes with a letter.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// The file's name.
    pub name: String,
    /// Its kind, such as `text/html; charset=utf-8`.
    pub media_type: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// How the connection is kept from being read by others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Security {
    /// Not at all. Usual port: 25.
    None,
    /// TLS after a beginning in clear text that holds nothing; a server without it is refused. Usual port: 587.
    #[default]
    StartTls,
    /// TLS from the first byte. Usual port: 465.
    Tls,
}

impl Security {
    fn usual_port(self) -> u16 {
        match self {
            Self::None => 25,
            Self::StartTls => 587,
            Self::Tls => 465,
        }
    }
}

/// An account at the server.
#[derive(Debug, Clone)]
pub struct Login {
    /// Its name, as the server wants it: `CONTOSO\exlog`, `exlog@contoso.com`.
    pub user: String,
    /// Its password.
    pub password: Secret,
}

/// Where letters go, and how.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// The server that takes letters.
    pub server: Server,
    /// How the connection is protected.
    pub security: Security,
    /// Who writes: `exlog@contoso.com` or `exlog on EX01 <exlog@contoso.com>`.
    pub from: String,
    /// Who gets it, each as `from` is written.
    pub to: Vec<String>,
    /// The account to send as; `None`: the server takes letters without one.
    pub login: Option<Login>,
    /// Authorities that are trusted beside those of the machine.
    pub authorities: Authorities,
    /// Whether the password may go over a connection that is not encrypted.
    pub clear_text_login: bool,
    /// How long the server may take for each of its answers.
    pub timeout: Duration,
}

impl MailSettings {
    /// Whether letters could be sent by these settings, as far as can be told without the server.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] with what is missing or wrong.
    pub fn check(&self) -> Result<()> {
        message::mailbox(&self.from)?;
        if self.to.is_empty() {
            return Err(Error::new(ErrorKind::Usage, "nobody is named who gets the mail").hint("name somebody with --mail"));
        }
        self.to.iter().try_for_each(|to| message::mailbox(to).map(drop))?;
        match &self.login {
            Some(login) if login.user.is_empty() || login.password.is_empty() => {
                Err(Error::new(ErrorKind::Usage, "the user or the password for the mail server is empty")
                    .hint("give both, or neither if the server takes mail without them"))
            }
            Some(_) if self.security == Security::None && !self.clear_text_login => {
                Err(Error::new(ErrorKind::Usage, "the password for the mail server would go over the network for all to read")
                    .hint("use --mail-security starttls or tls, or send without a user"))
            }
            _ => Ok(()),
        }
    }

    /// The server with its port.
    fn place(&self) -> Server {
        let port = self.server.port.unwrap_or(self.security.usual_port());
        Server { host: self.server.host.clone(), port: Some(port) }
    }
}

/// Sends a letter. It is written to all who are taken; who is refused is named in the error.
///
/// # Errors
/// [`ErrorKind::Usage`] if [`MailSettings::check`] finds something, else [`ErrorKind::Output`] with the server, the step, what
/// went wrong, and what can be done.
pub fn send(settings: &MailSettings, letter: &Letter) -> Result<()> {
    settings.check()?;
    let message = message::compose(settings, letter)?;
    let place = settings.place();
    let mut connection = connect(settings, &place)?;
    if let Some(login) = &settings.login {
        let credentials = Credentials::new(login.user.clone(), login.password.reveal().to_owned());
        let answer = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
        answer.map_err(|error| failure(&place, Step::Login, &error))?;
    }
    let refused = hand_over(&mut connection, &place, &message)?;
    // The server has the letter. What it says to a good-bye changes nothing.
    let _ = connection.set_timeout(Some(GOOD_BYE));
    let _ = connection.quit();
    match refused.is_empty() {
        true => Ok(()),
        false => Err(failure::refused_recipients(&place, &refused, message.envelope().to().len())),
    }
}

/// A connection that is as safe as it was asked for, with the server's greeting read.
fn connect(settings: &MailSettings, place: &Server) -> Result<SmtpConnection> {
    let port = place.port.unwrap_or_default();
    let addresses: Vec<SocketAddr> =
        (place.host.as_str(), port).to_socket_addrs().map_err(|error| failure::name_not_found(place, &error))?.collect();
    let broken = |error| failure(place, Step::Connect(settings.security), &error);
    let tls = tls(settings, &place.host).map_err(broken)?;
    // An address instead of a name: the name of this machine is nobody's business, and the standard allows it.
    let hello = ClientId::Ipv4(std::net::Ipv4Addr::LOCALHOST);
    let from_the_first_byte = tls.as_ref().filter(|_| settings.security == Security::Tls);
    let mut connection = SmtpConnection::connect(addresses.as_slice(), Some(settings.timeout), &hello, from_the_first_byte, None)
        .map_err(broken)?;
    if let (Security::StartTls, Some(tls)) = (settings.security, &tls) {
        if !connection.can_starttls() {
            return Err(failure::no_starttls(place));
        }
        connection.starttls(tls, &hello).map_err(|error| failure(place, Step::StartTls, &error))?;
    }
    Ok(connection)
}

fn tls(settings: &MailSettings, host: &str) -> std::result::Result<Option<TlsParameters>, lettre::transport::smtp::Error> {
    if settings.security == Security::None {
        return Ok(None);
    }
    let mut builder = TlsParameters::builder(host.to_owned());
    for certificate in settings.authorities.der() {
        builder = builder.add_root_certificate(Certificate::from_der(certificate.to_vec())?);
    }
    builder.build().map(Some)
}

/// Gives the letter to the server. Returns whom it refused, each with its answer; an error if it refused all.
fn hand_over(connection: &mut SmtpConnection, place: &Server, message: &lettre::Message) -> Result<Vec<(Address, String)>> {
    let envelope = message.envelope();
    let mut parameters = Vec::new();
    if envelope.from().into_iter().chain(envelope.to()).any(|address| !AsRef::<str>::as_ref(address).is_ascii()) {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(failure::no_smtputf8(place));
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    let answer = connection.command(Mail::new(envelope.from().cloned(), parameters));
    answer.map_err(|error| failure(place, Step::Sender, &error))?;
    let mut refused = Vec::new();
    for to in envelope.to() {
        match connection.command(Rcpt::new(to.clone(), Vec::new())) {
            Ok(_) => {}
            Err(error) if error.status().is_some() => refused.push((to.clone(), failure::answer_of(&error))),
            Err(error) => return Err(failure(place, Step::Recipient, &error)),
        }
    }
    if refused.len() == envelope.to().len() {
        return Err(failure::refused_recipients(place, &refused, refused.len()));
    }
    connection
        .command(Data)
        .and_then(|_| connection.message(&message.formatted()))
        .map_err(|error| failure(place, Step::Content, &error))?;
    Ok(refused)
}
