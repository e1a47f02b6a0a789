//! What a piece of evidence says, in the terms of the problem: settings, certificates, health, events.
//!
//! A fact says what a file says and no more: nothing here is judged, compared or believed. Which cause a fact speaks for or
//! against is decided in `diagnosis`.

use serde::{Deserialize, Serialize};

use crate::evidence::chain::Chain;
use crate::evidence::date::Date;
use crate::location::Location;
use crate::protocol::Protocol;

/// One thing that a file of evidence says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// When it was true or happened, in milliseconds since 1970 UTC; only if the file says so with its time zone.
    pub at: Option<i64>,
    /// The server it is about, as the file spells it (short name or FQDN); `None` if the file does not say.
    pub server: Option<String>,
    /// Where it stands. In `.evtx` files, which have no lines, the line is the number of the event record.
    pub location: Location,
    /// What it says.
    pub what: What,
}

/// The kinds of facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    /// A row of `Get-ImapSettings` or `Get-PopSettings`.
    Settings(Settings),
    /// A row of `Get-ExchangeCertificate`.
    Certificate(Certificate),
    /// The certificates of a PEM, DER or PKCS#7 file, or of the output of `openssl s_client -showcerts`.
    Chain(Chain),
    /// A row of `Test-ImapConnectivity` or `Test-PopConnectivity`.
    ConnectivityTest(Test),
    /// A row of `Get-ServerHealth` or `Get-HealthReport`.
    Health(Health),
    /// A row of `Get-ServerComponentState`.
    Component(Component),
    /// A record of a Windows event log, if it can matter here (see [`crate::evidence::event`]).
    Event(Event),
    /// From when until when an event log reaches: without it, the absence of events would prove nothing.
    EventSpan(EventSpan),
}

/// How clients may log in, as `LoginType` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum LoginType {
    /// `PlainTextLogin` (1): without encryption.
    PlainText,
    /// `PlainTextAuthentication` (2): without encryption, but not with a password in the clear.
    PlainTextAuthentication,
    /// `SecureLogin` (3): only with TLS.
    Secure,
}

impl LoginType {
    /// The value as Exchange spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PlainText => "PlainTextLogin",
            Self::PlainTextAuthentication => "PlainTextAuthentication",
            Self::Secure => "SecureLogin",
        }
    }
}

/// `Get-ImapSettings` or `Get-PopSettings`. What the file did not show is `None` or empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Of which service; `None` if the output shows neither a name nor a port that tells.
    pub protocol: Option<Protocol>,
    /// `X509CertificateName`.
    pub certificate_name: Option<String>,
    /// `LoginType`.
    pub login_type: Option<LoginType>,
    /// `SSLBindings`, e.g. `[::]:993`.
    pub ssl_bindings: Vec<String>,
    /// `UnencryptedOrTLSBindings`, e.g. `0.0.0.0:143`.
    pub unencrypted_bindings: Vec<String>,
    /// `InternalConnectionSettings`, e.g. `mail.example.com:993:SSL`.
    pub internal_connections: Vec<String>,
    /// `ExternalConnectionSettings`.
    pub external_connections: Vec<String>,
    /// `ProtocolLogEnabled`.
    pub log_enabled: Option<bool>,
    /// `LogFileLocation`.
    pub log_folder: Option<String>,
    /// `MaxConnections`.
    pub most_connections: Option<u64>,
    /// `MaxConnectionsPerUser`.
    pub most_connections_per_user: Option<u64>,
    /// `MaxConnectionFromSingleIP`.
    pub most_connections_per_address: Option<u64>,
    /// `ProxyTargetPort`.
    pub proxy_target_port: Option<u16>,
    /// `EnableGSSAPIAndNTLMAuth`.
    pub gssapi_and_ntlm: Option<bool>,
    /// `EnforceCertificateErrors`.
    pub enforce_certificate_errors: Option<bool>,
    /// `ExtendedProtectionPolicy`: `None`, `Allow` or `Require`.
    pub extended_protection: Option<String>,
    /// `WhenChangedUTC`, else `WhenChanged`: when any of the settings was last written.
    pub changed: Option<Date>,
}

/// `Get-ExchangeCertificate`. What the file did not show is `None` or empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// SHA-1 thumbprint: 40 hexadecimal digits in capitals.
    pub thumbprint: Option<String>,
    /// The subject's distinguished name, e.g. `CN=mail.example.com`.
    pub subject: Option<String>,
    /// The issuer's distinguished name.
    pub issuer: Option<String>,
    /// `CertificateDomains` and the subject's common name, in that order, each once, in small letters.
    pub names: Vec<String>,
    /// The names were cut: the output showed only the first of them (`{a, b, c…}`).
    pub are_names_cut: bool,
    /// `Services` in words: `IMAP`, `POP`, `IIS`, `SMTP`, `UM`, `UMCallRouter`, `Federation`.
    pub services: Vec<String>,
    /// `NotBefore`.
    pub not_before: Option<Date>,
    /// `NotAfter`.
    pub not_after: Option<Date>,
    /// `Status`: `Valid`, `DateInvalid`, `Untrusted`, `Revoked`, `RevocationCheckFailure`, `PendingRequest`, …
    pub status: Option<String>,
    /// `HasPrivateKey`.
    pub has_private_key: Option<bool>,
    /// `IsSelfSigned`.
    pub is_self_signed: Option<bool>,
}

/// `Test-ImapConnectivity` or `Test-PopConnectivity`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Test {
    /// Which of the two.
    pub protocol: Protocol,
    /// `Result`: `Success` is true, `Failure` false, anything else (`Skipped`, …) is `None`.
    pub succeeded: Option<bool>,
    /// `Error`, unwrapped into one line.
    pub error: Option<String>,
    /// `Port`.
    pub port: Option<u16>,
    /// `ConnectionType`: `Ssl`, `Tls` or `Plaintext`.
    pub connection_type: Option<String>,
    /// `SecureAccess`.
    pub secure_access: Option<bool>,
    /// `UserName`.
    pub user: Option<String>,
    /// `Latency`, in milliseconds.
    pub latency: Option<u64>,
}

/// `Get-ServerHealth` (one row for each monitor) or `Get-HealthReport` (one row for each health set).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// The monitor, e.g. `ImapProxyTestMonitor`; `None` in a `Get-HealthReport`.
    pub name: Option<String>,
    /// `HealthSetName`, e.g. `IMAP.Proxy`.
    pub health_set: Option<String>,
    /// `TargetResource`.
    pub target: Option<String>,
    /// `AlertValue` as it stands: `Healthy`, `Unhealthy`, `Degraded`, `Disabled`, `Repairing`, `Unknown`, …
    pub alert: String,
    /// Whether the alert value is `Healthy` (true) or says that something is wrong (false: `Unhealthy`, `Degraded`,
    /// `Repairing`); `None` if it says neither (`Disabled`, `Unknown`, `Unavailable`, …).
    pub is_healthy: Option<bool>,
    /// `ServerComponentName`, e.g. `ImapProxy`.
    pub component: Option<String>,
    /// `LastTransitionTime`: since when the alert value is what it is.
    pub changed: Option<Date>,
}

/// `Get-ServerComponentState`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// The component, e.g. `ImapProxy` or `PopProxy`.
    pub component: String,
    /// `State`: `Active` is true; `Inactive` and `Draining` are false.
    pub is_active: bool,
    /// `State` as it stands.
    pub state: String,
}

/// A record of a Windows event log, with the time in [`Fact::at`] and the computer in [`Fact::server`] too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// E.g. `System`, `Application`, `Security`, `MSExchange Management`; empty if the file does not say.
    pub channel: String,
    /// E.g. `Schannel`, `MSExchangeIMAP4BE`, `MSExchange CmdletLogs`.
    pub provider: String,
    /// The event id, without qualifiers.
    pub id: u32,
    /// The computer that wrote it; empty if the file does not say.
    pub computer: String,
    /// The number of the record in its log.
    pub record: Option<u64>,
    /// When, as the file writes it; [`Fact::at`] holds it where it is decided.
    pub time: Option<Date>,
    /// The values of EventData (or UserData) in order; of exports that hold only the message, that message.
    pub texts: Vec<String>,
    /// What a cmdlet did, for provider `MSExchange CmdletLogs`, events 1 (done) and 6 (failed).
    pub cmdlet: Option<Cmdlet>,
}

/// What part of one channel of one computer a file holds, whether or not its records matter here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventSpan {
    /// As in [`Event::channel`].
    pub channel: String,
    /// As in [`Event::computer`].
    pub computer: String,
    /// Time of the earliest record, in milliseconds since 1970 UTC, if any record has a decided time.
    pub from: Option<i64>,
    /// Time of the latest record.
    pub to: Option<i64>,
    /// How many records were read.
    pub records: u64,
}

/// A cmdlet that an administrator ran, as the channel `MSExchange Management` records it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cmdlet {
    /// E.g. `Enable-ExchangeCertificate`.
    pub name: String,
    /// The parameters in order: name without the dash, value without quotes (`True` for a switch).
    pub parameters: Vec<(String, String)>,
    /// Who ran it.
    pub caller: Option<String>,
    /// Event 1 is true, event 6 false.
    pub succeeded: bool,
}

impl Cmdlet {
    /// The value of a parameter; its name in any case.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Whether it was only tried (`-WhatIf`), and changed nothing.
    pub fn is_tried(&self) -> bool {
        self.parameter("WhatIf").is_some_and(|value| !value.trim_start_matches('$').eq_ignore_ascii_case("false"))
    }
}
