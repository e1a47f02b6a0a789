//! Whom a run tells what it found: the options, and the settings made of them, checked before any log is read.
//!
//! Secrets come from a file or the environment; the command line, which others can see, only names the file.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::cli::report::SeverityName;
use crate::cli::text_file::{contents, text_of};
use crate::delivery::event_log::{self, Event};
use crate::delivery::mail::{self, Letter, Login, MailSettings, Security};
use crate::delivery::secret::Secret;
use crate::delivery::server::Server;
use crate::delivery::trust::Authorities;
use crate::delivery::webhook::{self, Target, WebhookSettings};
use crate::diagnosis::finding::Severity;
use crate::error::{Error, ErrorKind, Result};

const MAIL_PASSWORD: &str = "EXLOG_MAIL_PASSWORD";
const WEBHOOK: &str = "EXLOG_WEBHOOK";
const WEBHOOK_TOKEN: &str = "EXLOG_WEBHOOK_TOKEN";

/// Where what was found is sent.
#[derive(Debug, Args)]
#[command(next_help_heading = "Mail, webhook, event log")]
pub(super) struct Delivery {
    /// Send a mail to this address (may be given again)
    #[arg(long, value_name = "ADDRESS", requires_all = ["mail_server", "mail_from"])]
    mail: Vec<String>,

    /// Who the mail is from: exlog@contoso.com or 'exlog on EX01 <exlog@contoso.com>'
    #[arg(long, value_name = "ADDRESS")]
    mail_from: Option<String>,

    /// The server that takes the mail [default port: 587, with tls 465, with none 25]
    #[arg(long, value_name = "HOST[:PORT]")]
    mail_server: Option<String>,

    /// How the connection is protected
    #[arg(long, value_enum, default_value_t = SecurityName::Starttls, ignore_case = true, value_name = "HOW")]
    mail_security: SecurityName,

    /// Log in as this user; its password comes from --mail-password-file or EXLOG_MAIL_PASSWORD
    #[arg(long, value_name = "USER")]
    mail_user: Option<String>,

    /// The password is in this file
    #[arg(long, value_name = "FILE", requires = "mail_user")]
    mail_password_file: Option<PathBuf>,

    /// Send the password even where --mail-security none lets everybody read it
    #[arg(long)]
    mail_clear_password: bool,

    /// Also trust the authority in this file, for the mail server (PEM or DER)
    #[arg(long, value_name = "FILE")]
    mail_ca: Option<PathBuf>,

    /// Send a mail if there is a finding of this severity or above
    #[arg(long, value_enum, default_value_t = SeverityName::High, ignore_case = true, value_name = "SEVERITY")]
    mail_at: SeverityName,

    /// Post JSON to this address; where it is a secret itself, use --webhook-file or EXLOG_WEBHOOK
    #[arg(long, value_name = "URL", conflicts_with = "webhook_file")]
    webhook: Option<String>,

    /// Post JSON to the address in this file
    #[arg(long, value_name = "FILE")]
    webhook_file: Option<PathBuf>,

    /// The token in this file goes along (or EXLOG_WEBHOOK_TOKEN): as 'Bearer TOKEN', or as it is if a blank is in it
    #[arg(long, value_name = "FILE")]
    webhook_token_file: Option<PathBuf>,

    /// Send the token even to an address that begins with http://
    #[arg(long)]
    webhook_clear_token: bool,

    /// Also trust the authority in this file, for the webhook (PEM or DER)
    #[arg(long, value_name = "FILE")]
    webhook_ca: Option<PathBuf>,

    /// Post if there is a finding of this severity or above
    #[arg(long, value_enum, default_value_t = SeverityName::High, ignore_case = true, value_name = "SEVERITY")]
    webhook_at: SeverityName,

    /// Write events of the source exlog into the Windows event log Application
    #[arg(long, long_help = event_log_help())]
    event_log: bool,

    /// Write an event for each finding of this severity or above
    #[arg(long, value_enum, default_value_t = SeverityName::High, ignore_case = true, value_name = "SEVERITY")]
    event_log_at: SeverityName,
}

fn event_log_help() -> String {
    format!(
        "Write events of the source exlog into the Windows event log Application: 1 what is new, 2 back, 3 worse, 4 goes on, 5 is \
         over, 10 what is unusual\n\nThe viewer shows their text without an excuse once an administrator has registered the source:\n  {}",
        event_log::REGISTRATION.join("\n  ")
    )
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SecurityName {
    /// TLS behind a beginning in clear text; a server without it gets nothing
    Starttls,
    /// TLS from the first byte
    Tls,
    /// No protection
    None,
}

/// What is sent where, and from which severity on.
#[derive(Debug, Default)]
pub(super) struct Deliveries {
    mail: Option<(Severity, MailSettings)>,
    webhook: Option<(Severity, WebhookSettings)>,
    event_log: Option<Severity>,
}

impl Deliveries {
    /// Tells all who are to be told of something this bad: by a letter, by a post, by the events from a severity on. One that
    /// fails keeps no other from being told.
    pub(super) fn send(
        &self,
        worst: Severity,
        letter: impl FnOnce() -> Letter,
        body: impl FnOnce() -> Vec<u8>,
        events: impl FnOnce(Severity) -> Vec<Event>,
    ) -> Vec<Error> {
        let mail = self.mail.as_ref().filter(|(at, _)| worst >= *at).map(|(_, settings)| mail::send(settings, &letter()));
        let webhook = self.webhook.as_ref().filter(|(at, _)| worst >= *at).map(|(_, settings)| webhook::post(settings, &body()));
        let event_log = self.event_log.filter(|at| worst >= *at).map(|at| event_log::write(&events(at)));
        [mail, webhook, event_log].into_iter().flatten().filter_map(Result::err).collect()
    }
}

impl Delivery {
    /// The settings that the options make, with `environment` for what stands there.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] with what is missing, wrong or unreadable.
    pub(super) fn deliveries(&self, environment: &dyn Fn(&str) -> Option<OsString>) -> Result<Deliveries> {
        Ok(Deliveries {
            mail: self.mail(environment)?.map(|settings| (self.mail_at.into(), settings)),
            webhook: self.webhook(environment)?.map(|settings| (self.webhook_at.into(), settings)),
            event_log: self.event_log()?,
        })
    }

    fn event_log(&self) -> Result<Option<Severity>> {
        if !self.event_log {
            return Ok(None);
        }
        event_log::check()?;
        Ok(Some(self.event_log_at.into()))
    }

    fn mail(&self, environment: &dyn Fn(&str) -> Option<OsString>) -> Result<Option<MailSettings>> {
        if self.mail.is_empty() {
            return Ok(None);
        }
        // Clap sees to it that both are there.
        let missing =
            || Error::new(ErrorKind::Usage, "a mail needs a server and a sender").hint("give --mail-server and --mail-from");
        let server = Server::parse(self.mail_server.as_deref().ok_or_else(missing)?)?;
        let from = self.mail_from.clone().ok_or_else(missing)?;
        let login = match &self.mail_user {
            None => None,
            Some(user) => {
                let password = secret(self.mail_password_file.as_deref(), MAIL_PASSWORD, environment)?.ok_or_else(|| {
                    Error::new(ErrorKind::Usage, "the password of --mail-user is nowhere")
                        .hint(format!("put it into a file, for --mail-password-file, or into {MAIL_PASSWORD}"))
                })?;
                Some(Login { user: user.clone(), password })
            }
        };
        let settings = MailSettings {
            server,
            security: match self.mail_security {
                SecurityName::Starttls => Security::StartTls,
                SecurityName::Tls => Security::Tls,
                SecurityName::None => Security::None,
            },
            from,
            to: self.mail.clone(),
            login,
            authorities: authorities(self.mail_ca.as_deref())?,
            clear_text_login: self.mail_clear_password,
            timeout: mail::TIMEOUT,
        };
        settings.check()?;
        Ok(Some(settings))
    }

    fn webhook(&self, environment: &dyn Fn(&str) -> Option<OsString>) -> Result<Option<WebhookSettings>> {
        let address = match &self.webhook {
            Some(address) => Some(Secret::new(address)),
            None => secret(self.webhook_file.as_deref(), WEBHOOK, environment)?,
        };
        let Some(address) = address else { return Ok(None) };
        let token = secret(self.webhook_token_file.as_deref(), WEBHOOK_TOKEN, environment)?;
        let header =
            |token: Secret| if token.reveal().contains(' ') { token } else { Secret::new(format!("Bearer {}", token.reveal())) };
        let settings = WebhookSettings {
            target: Target::parse(&address)?,
            authorization: token.map(header),
            clear_text_authorization: self.webhook_clear_token,
            authorities: authorities(self.webhook_ca.as_deref())?,
            timeout: webhook::TIMEOUT,
            pause: webhook::PAUSE,
        };
        settings.check()?;
        Ok(Some(settings))
    }
}

/// The secret in a file, or else in a variable; `None` if there is neither.
fn secret(file: Option<&Path>, variable: &str, environment: &dyn Fn(&str) -> Option<OsString>) -> Result<Option<Secret>> {
    let (source, text) = match file {
        Some(file) => (file.display().to_string(), text_of(&read(file)?)),
        None => match environment(variable).filter(|value| !value.is_empty()) {
            Some(value) => (variable.to_owned(), value.into_string().ok()),
            None => return Ok(None),
        },
    };
    let secret = text.map(Secret::new).filter(|secret| !secret.is_empty() && !secret.reveal().contains(['\r', '\n']));
    secret.map(Some).ok_or_else(|| {
        Error::new(ErrorKind::Usage, format!("{source} holds no secret: it is empty, no text, or more than one line"))
            .hint("let it hold one line, and nothing else")
    })
}

fn authorities(file: Option<&Path>) -> Result<Authorities> {
    file.map_or_else(|| Ok(Authorities::default()), |file| Authorities::from_bytes(&read(file)?, &file.display().to_string()))
}

fn read(file: &Path) -> Result<Vec<u8>> {
    contents(file).map_err(|why| {
        Error::new(ErrorKind::Usage, format!("{} could not be read: {why}", file.display()))
            .hint("the account that this runs as must be able to read it")
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        delivery: Delivery,
    }

    const MAIL: [&str; 4] = ["x", "--mail=admin@contoso.com", "--mail-server=mail", "--mail-from=exlog@contoso.com"];

    fn deliveries(arguments: &[&str], environment: &[(&str, &str)]) -> Result<Deliveries> {
        let line = Line::try_parse_from(arguments).unwrap_or_else(|error| panic!("{error}"));
        line.delivery.deliveries(&|name| environment.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).into()))
    }

    fn error(arguments: &[&str], environment: &[(&str, &str)]) -> String {
        deliveries(&[&MAIL[..], arguments].concat(), environment).unwrap_err().to_string()
    }

    #[test]
    fn nothing_is_sent_unless_somebody_is_named() {
        let none = deliveries(&["x", "--mail-server=mail"], &[(MAIL_PASSWORD, "p"), (WEBHOOK_TOKEN, "t")]).unwrap();
        assert!(none.mail.is_none() && none.webhook.is_none());
        assert!(none.send(Severity::Critical, || unreachable!(), || unreachable!(), |_| unreachable!()).is_empty());
    }

    #[test]
    fn a_mail_needs_a_server_and_a_sender() {
        for arguments in
            [&["x", "--mail=a@b.c"][..], &["x", "--mail=a@b.c", "--mail-server=m"], &["x", "--mail=a@b.c", "--mail-from=a@b.c"]]
        {
            assert!(Line::try_parse_from(arguments).is_err(), "{arguments:?}");
        }
        let (at, settings) = deliveries(&MAIL, &[]).unwrap().mail.unwrap();
        assert_eq!((at, settings.security, settings.login.is_none()), (Severity::High, Security::StartTls, true));
    }

    #[test]
    fn a_password_comes_from_a_file_or_the_environment() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        let option = format!("--mail-password-file={}", file.display());
        let wide: Vec<u8> = "\u{feff}pässword\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in ["pässword\r\n".as_bytes(), "\u{feff}pässword".as_bytes(), &wide] {
            fs::write(&file, bytes).unwrap();
            let arguments = [&MAIL[..], &["--mail-user=exlog", &option]].concat();
            let (_, settings) = deliveries(&arguments, &[(MAIL_PASSWORD, "other")]).unwrap().mail.unwrap();
            assert_eq!(settings.login.unwrap().password.reveal(), "pässword");
        }
        let arguments = [&MAIL[..], &["--mail-user=exlog"]].concat();
        let (_, settings) = deliveries(&arguments, &[(MAIL_PASSWORD, "other")]).unwrap().mail.unwrap();
        assert_eq!(settings.login.unwrap().password.reveal(), "other");

        for wrong in [&b""[..], b"\n", b"two\nlines\n", b"\xff\xfe\x00\xd8", b"\x80"] {
            fs::write(&file, wrong).unwrap();
            assert!(error(&["--mail-user=exlog", &option], &[]).contains("holds no secret"), "{wrong:?}");
        }
        assert!(error(&["--mail-user=exlog"], &[]).contains("is nowhere"));
        assert!(error(&["--mail-user=exlog", "--mail-password-file=missing"], &[]).contains("missing could not be read"));
    }

    #[test]
    fn what_cannot_be_sent_is_said_before_anything_is_read() {
        for (arguments, words) in [
            (&["--mail-user=exlog", "--mail-security=none"][..], "for all to read"),
            (&["--mail=nobody"], "is no mail address"),
            (&["--mail-ca=missing.pem"], "missing.pem could not be read"),
            (&["--webhook=hooks"], "the address of the webhook"),
            (&["--webhook=http://hooks/"], "for all to read"),
        ] {
            let error = error(arguments, &[(MAIL_PASSWORD, "s3cret"), (WEBHOOK_TOKEN, "s3cret")]);
            assert!(error.contains(words) && !error.contains("s3cret"), "{arguments:?}: {error}");
        }
    }

    #[test]
    fn a_token_is_a_bearers_unless_it_says_what_it_is() {
        for (token, expected) in [("abc", "Bearer abc"), ("Basic YTpi", "Basic YTpi")] {
            let made = deliveries(&["x"], &[(WEBHOOK, "https://hooks.contoso.com/x"), (WEBHOOK_TOKEN, token)]).unwrap();
            let (_, settings) = made.webhook.unwrap();
            assert_eq!(settings.authorization.unwrap().reveal(), expected);
        }
    }

    #[test]
    fn only_what_is_bad_enough_is_sent_and_each_failure_is_told() {
        let closed = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let server = format!("--mail-server=127.0.0.1:{closed}");
        let line = ["x", "--mail=a@b.c", "--mail-from=a@b.c", &server, "--mail-at=medium", "--mail-security=none"];
        let deliveries = deliveries(&line, &[]).unwrap();
        assert!(deliveries.send(Severity::Low, || unreachable!(), || unreachable!(), |_| unreachable!()).is_empty());
        let errors = deliveries.send(Severity::Medium, Letter::default, || unreachable!(), |_| unreachable!());
        assert!(errors.len() == 1 && errors[0].to_string().contains("takes no connections"), "{errors:?}");
    }
}
