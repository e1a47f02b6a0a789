//! What a row of cmdlet output says, told by the names of its properties: no cmdlet's name need stand in the file.
//!
//! Enumerations come as words or, from `ConvertTo-Json`, as numbers. What a number means is only said where it is certain.

use crate::evidence::date::Stamp;
use crate::evidence::fact::{Certificate, Component, Fact, Health, LoginType, Settings, Test, What};
use crate::evidence::prompt;
use crate::evidence::table::Row;
use crate::location::Location;
use crate::protocol::Protocol;

/// Names that tell cmdlet output from other text.
pub(crate) const NAMES: [&str; 24] = [
    "X509CertificateName",
    "LoginType",
    "SSLBindings",
    "UnencryptedOrTLSBindings",
    "ProtocolLogEnabled",
    "CertificateDomains",
    "HasPrivateKey",
    "IsSelfSigned",
    "Thumbprint",
    "Services",
    "NotAfter",
    "Subject",
    "Status",
    "Scenario",
    "Result",
    "ClientAccessServer",
    "CasServer",
    "PerformanceCounterName",
    "HealthSetName",
    "HealthSet",
    "AlertValue",
    "Component",
    "State",
    "Server",
];

/// The fact in a row with the kind of output, `None` if it is no output that matters here, or why it cannot be read.
pub(crate) fn fact(row: &Row, file_name: &str, location: &Location) -> Option<(Result<Fact, String>, &'static str)> {
    let (what, kind) = if is_settings(row) {
        let settings = settings(row, file_name);
        let kind = match settings.protocol {
            Some(Protocol::Imap4) => "Get-ImapSettings output",
            Some(Protocol::Pop3) => "Get-PopSettings output",
            None => "Get-ImapSettings or Get-PopSettings output",
        };
        (What::Settings(settings), kind)
    } else if is_certificate(row) {
        (What::Certificate(certificate(row)), "Get-ExchangeCertificate output")
    } else if let Some(protocol) = tested_protocol(row) {
        let kind = match protocol {
            Protocol::Imap4 => "Test-ImapConnectivity output",
            Protocol::Pop3 => "Test-PopConnectivity output",
        };
        (What::ConnectivityTest(test(row, protocol)), kind)
    } else if let Some(alert) =
        row.word("AlertValue").filter(|_| ["Name", "HealthSetName", "HealthSet"].iter().any(|name| row.has(name)))
    {
        (What::Health(health(row, alert)), "Get-ServerHealth output")
    } else if let (Some(component), Some(state)) = (row.word("Component"), row.word("State")) {
        match component_state(component, state) {
            Ok(component) => (What::Component(component), "Get-ServerComponentState output"),
            // Other programs have components and states too.
            Err(reason) => return row.has("Server").then_some((Err(reason), "Get-ServerComponentState output")),
        }
    } else {
        return None;
    };
    Some((Ok(Fact { at: None, server: server(row), location: location.clone(), what }), kind))
}

/// The server that a row is about, in the order of how sure its name is.
fn server(row: &Row) -> Option<String> {
    let from_identity = || row.text("Identity").and_then(|identity| identity.split_once('\\')).map(|(server, _)| server);
    let named = ["Server", "ServerName", "ClientAccessServer", "CasServer", "ClientAccessServerShortName"];
    let found = named.iter().find_map(|name| row.word(name)).or_else(from_identity);
    found.or_else(|| prompt::server(&row.hint)).or_else(|| row.word("PSComputerName")).map(str::to_owned)
}

fn is_settings(row: &Row) -> bool {
    let names = ["X509CertificateName", "SSLBindings", "UnencryptedOrTLSBindings"];
    let is_readable = || row.word("LoginType").and_then(login_type).is_some() || row.flag("ProtocolLogEnabled").is_some();
    !row.has("Thumbprint") && (names.iter().any(|name| row.has(name)) || is_readable())
}

fn settings(row: &Row, file_name: &str) -> Settings {
    let ssl_bindings = row.list("SSLBindings").0;
    let internal_connections = row.list("InternalConnectionSettings").0;
    Settings {
        protocol: settings_protocol(row, &ssl_bindings, &internal_connections, file_name),
        certificate_name: row.word("X509CertificateName").map(str::to_owned),
        login_type: row.word("LoginType").and_then(login_type),
        unencrypted_bindings: row.list("UnencryptedOrTLSBindings").0,
        external_connections: row.list("ExternalConnectionSettings").0,
        log_enabled: row.flag("ProtocolLogEnabled"),
        log_folder: row.text("LogFileLocation").map(str::to_owned),
        most_connections: row.number("MaxConnections"),
        most_connections_per_user: row.number("MaxConnectionsPerUser"),
        most_connections_per_address: row.number("MaxConnectionFromSingleIP"),
        proxy_target_port: row.number("ProxyTargetPort"),
        gssapi_and_ntlm: row.flag("EnableGSSAPIAndNTLMAuth"),
        enforce_certificate_errors: row.flag("EnforceCertificateErrors"),
        extended_protection: row.word("ExtendedProtectionPolicy").map(str::to_owned),
        changed: row.date("WhenChangedUTC").or_else(|| row.date("WhenChanged")).map(|stamp| stamp.date),
        ssl_bindings,
        internal_connections,
    }
}

/// IMAP or POP, by the name, the type, the ports, the folder of the logs, the command at the prompt; last by the file's name.
fn settings_protocol(row: &Row, bindings: &[String], connections: &[String], file_name: &str) -> Option<Protocol> {
    let by_words = |text: &str| {
        let low = text.to_ascii_lowercase();
        match (low.contains("imap"), low.contains("pop")) {
            (true, false) => Some(Protocol::Imap4),
            (false, true) => Some(Protocol::Pop3),
            _ => None,
        }
    };
    let by_port = |text: &String| {
        text.split(':').rev().find_map(|part| match part.trim() {
            "993" | "143" | "1993" => Some(Protocol::Imap4),
            "995" | "110" | "1995" => Some(Protocol::Pop3),
            _ => None,
        })
    };
    let by_property = || {
        let imap = row.has("ShowHiddenFoldersEnabled");
        let pop = row.has("MessageRetrievalSortOrder");
        (imap != pop).then_some(if imap { Protocol::Imap4 } else { Protocol::Pop3 })
    };
    ["ProtocolName", "DistinguishedName", "ObjectCategory", "Id"]
        .iter()
        .find_map(|name| row.text(name).and_then(by_words))
        .or_else(|| by_words(&row.hint))
        .or_else(|| bindings.iter().chain(connections).find_map(by_port))
        .or_else(|| row.list("UnencryptedOrTLSBindings").0.iter().find_map(by_port))
        .or_else(|| row.text("ProxyTargetPort").map(str::to_owned).as_ref().and_then(by_port))
        .or_else(|| row.text("LogFileLocation").and_then(by_words))
        .or_else(by_property)
        .or_else(|| by_words(file_name))
}

fn login_type(word: &str) -> Option<LoginType> {
    let is = |names: [&str; 2]| names.iter().any(|name| word.eq_ignore_ascii_case(name));
    match word {
        _ if is(["PlainTextLogin", "1"]) => Some(LoginType::PlainText),
        _ if is(["PlainTextAuthentication", "2"]) => Some(LoginType::PlainTextAuthentication),
        _ if is(["SecureLogin", "3"]) => Some(LoginType::Secure),
        _ => None,
    }
}

fn is_certificate(row: &Row) -> bool {
    let others =
        ["Services", "Subject", "CertificateDomains", "NotAfter", "Status", "HasPrivateKey", "IsSelfSigned", "DnsNameList"];
    let count = others.iter().filter(|name| row.has(name)).count();
    row.has("Thumbprint") && count >= 1
        || row.has("CertificateDomains")
        || row.has("Services") && row.has("Subject") && count >= 2
}

fn certificate(row: &Row) -> Certificate {
    let (domains, are_names_cut) = row.list("CertificateDomains");
    let subject = row.text("Subject").map(str::to_owned);
    let mut names: Vec<String> = Vec::new();
    let common_name = subject.as_deref().and_then(common_name).filter(|name| !is_cut(name));
    for name in domains.into_iter().chain(row.list("DnsNameList").0).chain(common_name) {
        let name = name.to_lowercase();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Certificate {
        thumbprint: row.word("Thumbprint").map(|text| text.to_ascii_uppercase()),
        subject,
        issuer: row.text("Issuer").map(str::to_owned),
        names,
        are_names_cut,
        services: row.text("Services").map(|text| services(text, &row.list("Services").0)).unwrap_or_default(),
        not_before: row.date("NotBefore").map(|Stamp { date, .. }| date),
        not_after: row.date("NotAfter").map(|Stamp { date, .. }| date),
        status: row.word("Status").map(|word| status(word).to_owned()),
        has_private_key: row.flag("HasPrivateKey"),
        is_self_signed: row.flag("IsSelfSigned"),
    }
}

fn is_cut(text: &str) -> bool {
    text.ends_with("...") || text.ends_with('…')
}

/// The `CN=` of a distinguished name.
pub(crate) fn common_name(subject: &str) -> Option<String> {
    subject.split(',').map(str::trim).find_map(|part| {
        let (key, value) = part.split_once('=')?;
        key.trim().eq_ignore_ascii_case("CN").then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// `IMAP, POP` | `IP.WS.` (the letters of the default table) | 3 (the sum of the flags).
fn services(text: &str, items: &[String]) -> Vec<String> {
    const FLAGS: [(u32, char, &str); 8] = [
        (1, 'I', "IMAP"),
        (2, 'P', "POP"),
        (4, 'U', "UM"),
        (8, 'W', "IIS"),
        (16, 'S', "SMTP"),
        (32, 'F', "Federation"),
        (64, 'C', "UMCallRouter"),
        (128, 'X', "Unknown"),
    ];
    let chosen = |is: &dyn Fn(&(u32, char, &str)) -> bool| {
        FLAGS.iter().take(7).filter(|flag| is(flag)).map(|(.., name)| (*name).to_owned()).collect::<Vec<_>>()
    };
    if let Ok(sum) = text.parse::<u32>() {
        return chosen(&|(bit, ..)| sum & bit != 0);
    }
    if text.len() >= 5 && text.chars().all(|c| c == '.' || FLAGS.iter().any(|(_, letter, _)| *letter == c)) {
        return chosen(&|(_, letter, _)| text.contains(*letter));
    }
    items.iter().filter(|item| !item.eq_ignore_ascii_case("None")).cloned().collect()
}

fn status(word: &str) -> &str {
    match word {
        "0" => "Unknown",
        "1" => "Valid",
        "2" => "Revoked",
        "3" => "DateInvalid",
        "4" => "Untrusted",
        "5" => "Invalid",
        "6" => "RevocationCheckFailure",
        "7" => "PendingRequest",
        other => other,
    }
}

/// Rows of `Test-ImapConnectivity` and `Test-PopConnectivity`; other tests have the same names but not these words.
fn tested_protocol(row: &Row) -> Option<Protocol> {
    if !row.has("Result") {
        return None;
    }
    let text = ["Scenario", "ScenarioDescription", "PerformanceCounterName", "Error"].iter().filter_map(|name| row.text(name));
    let text = text.chain([row.hint.as_str()]).collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    match (text.contains("imap"), text.contains("pop3") || text.contains("popconn") || text.contains("pop connectivity")) {
        (true, _) => Some(Protocol::Imap4),
        (false, true) => Some(Protocol::Pop3),
        (false, false) => None,
    }
}

fn test(row: &Row, protocol: Protocol) -> Test {
    let succeeded = row.word("Result").map(|word| word.trim_end_matches('.').to_ascii_lowercase());
    Test {
        protocol,
        succeeded: match succeeded.as_deref() {
            Some("success" | "1") => Some(true),
            Some("failure" | "failed" | "2") => Some(false),
            _ => None,
        },
        error: row.text("Error").map(str::to_owned),
        port: row.number("Port"),
        connection_type: row.word("ConnectionType").map(str::to_owned),
        secure_access: row.flag("SecureAccess"),
        user: row.word("UserName").map(str::to_owned),
        latency: row
            .word("Latency")
            .and_then(milliseconds)
            .or_else(|| row.word("Latency(MS)").and_then(whole))
            .or_else(|| row.word("LatencyInMillisecondsString").and_then(whole)),
    }
}

/// A number of milliseconds, whose fraction is left out.
fn whole(word: &str) -> Option<u64> {
    word.split(['.', ',']).next()?.parse().ok()
}

/// A time span as .NET writes it, `[d.]hh:mm:ss[.fffffff]`, or as CLIXML does, `PT0.0368441S`.
fn milliseconds(word: &str) -> Option<u64> {
    let seconds = |text: &str| -> Option<u64> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let milli: String = fraction.chars().chain("000".chars()).take(3).collect();
        whole.parse::<u64>().ok()?.checked_mul(1000)?.checked_add(milli.parse().ok()?)
    };
    if let Some(span) = word.strip_prefix("PT") {
        let (minutes, rest) = span.split_once('M').unwrap_or(("0", span));
        let rest = rest.strip_suffix('S').unwrap_or("0");
        return minutes.parse::<u64>().ok()?.checked_mul(60_000)?.checked_add(seconds(rest)?);
    }
    let mut parts = word.splitn(3, ':');
    let (hours, minutes, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let (days, hours) = hours.split_once('.').unwrap_or(("0", hours));
    let minutes = days
        .parse::<u64>()
        .ok()?
        .checked_mul(24)?
        .checked_add(hours.parse().ok()?)?
        .checked_mul(60)?
        .checked_add(minutes.parse().ok()?)?;
    minutes.checked_mul(60_000)?.checked_add(seconds(rest)?)
}

fn health(row: &Row, alert: &str) -> Health {
    let text = |name: &str| row.text(name).map(str::to_owned);
    Health {
        health_set: text("HealthSetName").or_else(|| text("HealthSet")),
        name: text("Name").filter(|_| !row.has("HealthSet")),
        target: text("TargetResource"),
        alert: alert.to_owned(),
        is_healthy: match alert.to_ascii_lowercase().as_str() {
            "healthy" => Some(true),
            "unhealthy" | "degraded" | "repairing" => Some(false),
            _ => None,
        },
        component: text("ServerComponentName").or_else(|| text("ServerComponent")),
        changed: row.date("LastTransitionTime").map(|stamp| stamp.date),
    }
}

fn component_state(component: &str, state: &str) -> Result<Component, String> {
    let is_active = match state.to_ascii_lowercase().as_str() {
        "active" => true,
        "inactive" | "draining" => false,
        _ => {
            return Err(format!(
                "the state '{state}' of the component {component} is none that Get-ServerComponentState documents"
            ));
        }
    };
    Ok(Component { component: component.to_owned(), is_active, state: state.to_owned() })
}
