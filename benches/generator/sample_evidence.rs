//! The evidence beside the sample of the certificate outage: what an administrator would have saved, in the forms that
//! PowerShell and wevtutil write. Not generated from a seed: the times are those of the planted outage.

/// The files of `certificate-outage/evidence`, by name.
pub fn certificate_outage() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("Get-ImapSettings.txt", utf16(IMAP_SETTINGS)),
        ("Get-ExchangeCertificate.txt", CERTIFICATES.replace('\n', "\r\n").into_bytes()),
        ("Test-ImapConnectivity.txt", CONNECTIVITY.replace('\n', "\r\n").into_bytes()),
        ("MSExchange-Management.xml", management_log().into_bytes()),
        ("System.csv", SYSTEM_LOG.replace('\n', "\r\n").into_bytes()),
    ]
}

/// Windows PowerShell writes `>` so.
fn utf16(text: &str) -> Vec<u8> {
    let text = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

const IMAP_SETTINGS: &str = "

RunspaceId                        : 5c5bd1f0-3f0e-4b1c-9b36-0f3a5b7e9d11
ProtocolName                      : IMAP4
Name                              : 1
UnencryptedOrTLSBindings          : {[::]:143, 0.0.0.0:143}
SSLBindings                       : {[::]:993, 0.0.0.0:993}
InternalConnectionSettings        : {ex01.contoso.example:993:SSL,
                                    ex01.contoso.example:143:TLS}
X509CertificateName               : mail.contoso.example
LoginType                         : PlainTextLogin
ProtocolLogEnabled                : True
ProxyTargetPort                   : 1993
Server                            : EX01
Identity                          : EX01\\1

";

const CERTIFICATES: &str = "

Thumbprint         : 1D0C5A77E3B94E0B8A55C1B7E2F4A6D890123456
Subject            : CN=EX01
Issuer             : CN=EX01
CertificateDomains : {EX01, ex01.contoso.example}
Services           : SMTP
NotBefore          : 2023-05-02T09:14:21Z
NotAfter           : 2028-05-02T09:14:21Z
Status             : Valid
HasPrivateKey      : True
IsSelfSigned       : True

Thumbprint         : A7F3B2C14D5E6F708192A3B4C5D6E7F809A1B2C3
Subject            : CN=mail.contoso.example
Issuer             : CN=Contoso Issuing CA 2, DC=contoso, DC=example
CertificateDomains : {mail.contoso.example, autodiscover.contoso.example}
Services           : IMAP, POP, IIS
NotBefore          : 2026-03-11T00:00:00Z
NotAfter           : 2027-03-11T23:59:59Z
Status             : Valid
HasPrivateKey      : True
IsSelfSigned       : False

";

const CONNECTIVITY: &str = "

LocalSite                   : Default-First-Site-Name
SecureAccess                : False
Port                        : 993
ConnectionType              : Ssl
ClientAccessServerShortName : EX01
ClientAccessServer          : EX01.contoso.example
Scenario                    : Test IMAP4 Connectivity
ScenarioDescription         : Connect to server using IMAP4 protocol, search for the test message, and delete it along
                              with any messages that are older than 24 hours.
PerformanceCounterName      : ImapConnectivity-Latency
Result                      : Failure
Error                       : IMAP Error: aYKG NO LOGIN failed.
UserName                    : extest_4f1a
Latency                     : 00:00:00.0368441
EventType                   : Error

";

/// `Get-WinEvent -LogName System | Export-Csv`, as far as it is told.
const SYSTEM_LOG: &str = "#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord
\"Message\",\"Id\",\"ProviderName\",\"LogName\",\"MachineName\",\"TimeCreated\",\"LevelDisplayName\"
\"The certificate received from the remote server does not contain the expected name.\",\"36884\",\"Schannel\",\"System\",\"EX01.contoso.example\",\"2026-03-12T05:02:11Z\",\"Error\"
\"A fatal alert was generated and sent to the remote endpoint.\",\"36888\",\"Schannel\",\"System\",\"EX01.contoso.example\",\"2026-03-12T07:33:43Z\",\"Error\"
\"A fatal alert was generated and sent to the remote endpoint.\",\"36888\",\"Schannel\",\"System\",\"EX01.contoso.example\",\"2026-03-12T07:36:55Z\",\"Error\"
";

/// `wevtutil qe \"MSExchange Management\" /f:xml`: certificate bound at 07:30, name set back at 10:33.
fn management_log() -> String {
    let mut log = String::new();
    for (record, time, cmdlet, parameters) in [
        (
            48211,
            "2026-03-12T07:30:04.1130472Z",
            "Enable-ExchangeCertificate",
            "-Thumbprint \"A7F3B2C14D5E6F708192A3B4C5D6E7F809A1B2C3\" -Services \"IMAP, POP, IIS\" -Server \"EX01\"",
        ),
        (
            48219,
            "2026-03-12T10:33:10.8820113Z",
            "Set-ImapSettings",
            "-X509CertificateName \"ex01.contoso.example\" -Server \"EX01\"",
        ),
        (
            48220,
            "2026-03-12T10:33:31.0917740Z",
            "Set-PopSettings",
            "-X509CertificateName \"ex01.contoso.example\" -Server \"EX01\"",
        ),
    ] {
        log.push_str(&format!(
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='MSExchange CmdletLogs'/><EventID Qualifiers='16384'>1</EventID><Level>4</Level><Task>1</Task><Keywords>0x80000000000000</Keywords><TimeCreated SystemTime='{time}'/><EventRecordID>{record}</EventRecordID><Channel>MSExchange Management</Channel><Computer>EX01.contoso.example</Computer><Security/></System><EventData><Data>{cmdlet}</Data><Data>{parameters}</Data><Data>contoso.example/Users/Administrator</Data><Data>S-1-5-21-1004336348-1177238915-682003330-500</Data><Data>S-1-5-21-1004336348-1177238915-682003330-500</Data><Data>Remote-ManagementShell-Unknown</Data><Data>9120 w3wp#MSExchangePowerShellFrontEndAppPool</Data></EventData></Event>\r\n"
        ));
    }
    log
}
