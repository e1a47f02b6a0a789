//! A POST of JSON to one address.
//!
//! The address itself is often the secret (those of chat systems are), so that nothing but its server is ever shown. A redirect
//! is not followed, to whatever host: it is an answer that says the address is wrong.

use std::error::Error as StdError;
use std::fmt;
use std::io::{self, Read};
use std::net::ToSocketAddrs;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use ureq::http::{HeaderValue, Uri};
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};
use ureq::{Agent, Timeout};

use crate::delivery::answer;
use crate::delivery::secret::Secret;
use crate::delivery::trust::{Authorities, cryptography, tls_trouble};
use crate::error::{Error, ErrorKind, Result, plain_words};

/// How often a POST is tried in all: again only if there was no connection, or the server answered with 500 to 599.
pub const TRIES: u32 = 3;

/// The default of [`WebhookSettings::timeout`].
pub const TIMEOUT: Duration = Duration::from_secs(30);

/// The default of [`WebhookSettings::pause`].
pub const PAUSE: Duration = Duration::from_secs(5);

/// No more of an answer than this is read; it is only shown.
const LONGEST_READ: u64 = 4096;

/// Where a POST goes.
#[derive(Clone)]
pub struct Target {
    uri: Uri,
}

impl Target {
    /// Reads an address that begins with `https://` or `http://`.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] with what would be right; the address is not in it.
    pub fn parse(address: &Secret) -> Result<Self> {
        let uri = address.reveal().trim().parse::<Uri>().ok();
        let is_web =
            |uri: &Uri| matches!(uri.scheme_str(), Some("https" | "http")) && uri.host().is_some_and(|host| !host.is_empty());
        // A name and a password before the host would be sent in a header of their own, unasked.
        let is_plain = |uri: &Uri| uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
        uri.filter(|uri| is_web(uri) && is_plain(uri)).map(|uri| Self { uri }).ok_or_else(|| {
            Error::new(ErrorKind::Usage, "the address of the webhook is none that can be posted to")
                .hint("give https://host/path; a token goes into --webhook-token-file, never before the host")
        })
    }

    /// Whether the server's name is known. Asked before each try, because the client's error does not tell names from connections.
    fn is_found(&self) -> bool {
        let host = self.uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        (host, self.uri.port_u16().unwrap_or(443)).to_socket_addrs().is_ok()
    }

    fn is_encrypted(&self) -> bool {
        self.uri.scheme_str() == Some("https")
    }
}

/// Scheme, host and port: what may be shown.
impl fmt::Display for Target {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let authority = self.uri.authority().map_or("", |authority| authority.as_str());
        write!(out, "{}://{authority}", self.uri.scheme_str().unwrap_or_default())
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Target({self}/…)")
    }
}

/// Where a POST goes, and how.
#[derive(Debug, Clone)]
pub struct WebhookSettings {
    /// Where to.
    pub target: Target,
    /// The whole value of the header `Authorization`, such as `Bearer …`.
    pub authorization: Option<Secret>,
    /// Whether it may go over a connection that is not encrypted.
    pub clear_text_authorization: bool,
    /// Authorities that are trusted beside those of the machine.
    pub authorities: Authorities,
    /// How long one try may take in all.
    pub timeout: Duration,
    /// How long to wait before the second try; the double before the third.
    pub pause: Duration,
}

impl WebhookSettings {
    /// Whether something could be posted by these settings, as far as can be told without the server.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] with what is wrong.
    pub fn check(&self) -> Result<()> {
        self.authorization_header()?;
        if self.authorization.is_some() && !self.target.is_encrypted() && !self.clear_text_authorization {
            return Err(Error::new(ErrorKind::Usage, "the token for the webhook would go over the network for all to read")
                .hint("give an address that begins with https://"));
        }
        Ok(())
    }

    fn authorization_header(&self) -> Result<Option<HeaderValue>> {
        let Some(secret) = &self.authorization else { return Ok(None) };
        let value = HeaderValue::from_str(secret.reveal()).ok().filter(|value| !value.is_empty());
        let mut value = value.ok_or_else(|| {
            Error::new(ErrorKind::Usage, "the token for the webhook is empty, or holds what no header can hold")
                .hint("give one line, such as: Bearer abc123")
        })?;
        value.set_sensitive(true);
        Ok(Some(value))
    }
}

/// Posts JSON. Any answer of 200 to 299 is success. A POST that may have been taken is not sent again.
///
/// # Errors
/// [`ErrorKind::Usage`] if [`WebhookSettings::check`] finds something, else [`ErrorKind::Output`] with the server, what went wrong, and
/// what can be done.
pub fn post(settings: &WebhookSettings, body: &[u8]) -> Result<()> {
    settings.check()?;
    let authorization = settings.authorization_header()?;
    let agent = agent(settings);
    let mut tried = 1;
    loop {
        let mut request = agent.post(settings.target.uri.clone()).header("Content-Type", "application/json");
        if let Some(value) = &authorization {
            request = request.header("Authorization", value.clone());
        }
        let sent = if settings.target.is_found() { request.send(body) } else { Err(ureq::Error::HostNotFound) };
        let outcome = match sent {
            Ok(mut response) => Outcome::of_status(response.status().as_u16(), || said(&mut response)),
            Err(error) => Outcome::of_error(&error),
        };
        match outcome {
            Outcome::Taken => return Ok(()),
            Outcome::Failed { again: true, .. } if tried < TRIES => sleep(settings.pause.saturating_mul(tried)),
            Outcome::Failed { words, hint, .. } => {
                let tries = if tried == 1 { String::new() } else { format!(" (tried {tried} times)") };
                let message = format!("nothing was posted: {} {words}{tries}", settings.target);
                return Err(Error::new(ErrorKind::Output, message).hint(hint));
            }
        }
        tried += 1;
    }
}

fn agent(settings: &WebhookSettings) -> Agent {
    let mut builder = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        // What the environment says about proxies is not looked at: the library reads no environment.
        .proxy(None)
        .user_agent(concat!("exlog/", env!("CARGO_PKG_VERSION")))
        .timeout_global(Some(settings.timeout));
    if settings.target.is_encrypted() {
        let roots = settings.authorities.with_those_of_the_machine();
        let roots: Vec<_> = roots.iter().map(|der| Certificate::from_der(der).to_owned()).collect();
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .unversioned_rustls_crypto_provider(cryptography())
            .root_certs(RootCerts::Specific(Arc::new(roots)))
            .build();
        builder = builder.tls_config(tls);
    }
    builder.build().new_agent()
}

/// The beginning of what the server answered.
fn said(response: &mut ureq::http::Response<ureq::Body>) -> String {
    let place = response.headers().get("Location").map(|place| String::from_utf8_lossy(place.as_bytes()).into_owned());
    let mut bytes = Vec::new();
    // An answer that breaks off is still an answer.
    let _ = response.body_mut().as_reader().take(LONGEST_READ).read_to_end(&mut bytes);
    answer(&place.unwrap_or_else(|| String::from_utf8_lossy(&bytes).into_owned()))
}

enum Outcome {
    Taken,
    Failed { words: String, hint: &'static str, again: bool },
}

impl Outcome {
    fn of_status(status: u16, said: impl FnOnce() -> String) -> Self {
        if (200..300).contains(&status) {
            return Self::Taken;
        }
        let said = said();
        let with = if said.is_empty() { String::new() } else { format!(": {said}") };
        let (words, hint, again) = match status {
            300..=399 => (
                format!("sends on to another place ({status}){with}"),
                "redirects are not followed: give that address itself if it is the right one",
                false,
            ),
            401 | 403 | 407 => (format!("refuses ({status}){with}"), "look at the token of --webhook-token-file", false),
            404 | 410 => (format!("knows no such address ({status}){with}"), "look at the address of --webhook", false),
            500.. => (format!("has a fault of its own ({status}){with}"), "its own log may say more", true),
            _ => (format!("did not take it ({status}){with}"), "its answer says why", false),
        };
        Self::Failed { words, hint, again }
    }

    fn of_error(error: &ureq::Error) -> Self {
        let trouble = match error {
            ureq::Error::Rustls(error) => tls_trouble(error),
            ureq::Error::Io(error) => tls_trouble(error),
            other => tls_trouble(other as &(dyn StdError + 'static)),
        };
        if let Some(trouble) = trouble {
            return Self::Failed { words: trouble.words, hint: trouble.hint, again: false };
        }
        let of = |words: &str, hint, again| Self::Failed { words: words.to_owned(), hint, again };
        match error {
            ureq::Error::HostNotFound => of("was not found", "is the name right, and does this machine resolve it?", true),
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                of("takes no connections", "is the port right, and does the service run?", true)
            }
            ureq::Error::Io(error)
                if matches!(error.kind(), io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable) =>
            {
                of("cannot be reached", "is there a way to it from this machine?", true)
            }
            ureq::Error::ConnectionFailed | ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => {
                of("cannot be reached", "is the port right, and open in the firewall?", true)
            }
            // The body may have arrived: whoever counts what comes in must not count it twice.
            ureq::Error::Timeout(_) => of("does not answer in time", "it may have taken it all the same", false),
            ureq::Error::Io(error) => {
                let hint = "is the network as it should be? It may have taken it all the same";
                Self::Failed { words: format!("broke off: {}", answer(&plain_words(error))), hint, again: false }
            }
            other => Self::Failed {
                words: format!("cannot be talked to: {}", answer(&other.to_string())),
                hint: "is it a web server?",
                again: false,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_shows_its_server_and_no_more() {
        let target = Target::parse(&Secret::new("https://hooks.contoso.com:8443/T0/B1/s3cret?key=s3cret")).unwrap();
        assert_eq!(
            (target.to_string(), format!("{target:?}")),
            ("https://hooks.contoso.com:8443".into(), "Target(https://hooks.contoso.com:8443/…)".into())
        );
    }

    #[test]
    fn what_cannot_be_posted_to_is_refused_without_being_shown() {
        for address in [
            "",
            "hooks.contoso.com",
            "ftp://h/s3cret",
            "https://",
            "https:///s3cret",
            "https://user:s3cret@h/",
            "https://h/ s3cret",
            "file:///s3cret",
        ] {
            let error = Target::parse(&Secret::new(address)).unwrap_err().to_string();
            assert!(!error.contains("s3cret"), "{error}");
        }
    }
}
