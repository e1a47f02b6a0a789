//! Evidence of every kind in every format, and what is no evidence: tables of cases for all readers together.

use super::*;
use crate::clock::rfc3339;
use crate::evidence::date::Date;
use crate::evidence::fact::{LoginType, What};
use crate::protocol::Protocol;
use proptest::prelude::*;

fn read_text(text: &str) -> Reading {
    read(&Arc::from("evidence.txt"), text.as_bytes())
}

/// One line for each fact: where, which server, and what matters of it.
fn shown(reading: &Reading) -> Vec<String> {
    let date = |date: &Option<Date>| match date {
        Some(Date::Exact(moment)) => rfc3339(*moment).get(..10).unwrap_or_default().to_owned(),
        Some(Date::Ambiguous { readings, .. }) => format!("one of {}", readings.len()),
        Some(Date::Unreadable(text)) => format!("unreadable {text}"),
        None => "-".to_owned(),
    };
    let one = |fact: &Fact| {
        let what = match &fact.what {
            What::Settings(s) => format!(
                "settings {:?} {:?} {:?} {:?}",
                s.protocol.map(Protocol::name),
                s.certificate_name.as_deref().unwrap_or("-"),
                s.login_type.map(LoginType::name),
                s.ssl_bindings
            ),
            What::Certificate(c) => format!(
                "certificate {} {:?} {:?} until {} {} {:?}",
                c.thumbprint.as_deref().unwrap_or("-"),
                c.names,
                c.services,
                date(&c.not_after),
                c.status.as_deref().unwrap_or("-"),
                c.has_private_key
            ),
            What::Chain(c) => {
                format!("chain {:?} missing {:?} {} broken {:?}", c.walk, c.missing, c.is_complete, c.broken_signatures)
            }
            What::ConnectivityTest(t) => {
                format!(
                    "test {} {:?} {} {:?} {:?} {:?}",
                    t.protocol,
                    t.succeeded,
                    t.error.as_deref().unwrap_or("-"),
                    t.port,
                    t.connection_type,
                    t.latency
                )
            }
            What::Health(h) => format!("health {} {} {:?}", h.health_set.as_deref().unwrap_or("-"), h.alert, h.is_healthy),
            What::Component(c) => format!("component {} {}", c.component, c.is_active),
            What::Event(e) => format!(
                "event {} {} {} {:?} {:?}",
                e.channel,
                e.provider,
                e.id,
                fact.at.map(rfc3339),
                e.cmdlet.as_ref().map(|c| format!("{} {:?} by {:?} {}", c.name, c.parameters, c.caller, c.succeeded))
            ),
            What::EventSpan(s) => format!("span {} {:?} {:?} {}", s.channel, s.from.map(rfc3339), s.to.map(rfc3339), s.records),
        };
        format!("{} {} {what}", fact.location.line, fact.server.as_deref().unwrap_or("?"))
    };
    reading.facts.iter().map(one).collect()
}

#[test]
fn the_first_problem_document_holds_a_failed_test() {
    let text = "There are many forum threads. For example:
RunspaceId                  : ecef0b6b-183e-4211-929d-e046af7c062f
LocalSite : Default-First-Site-Name
SecureAccess : False
VirtualDirectoryName :
Url :
Port : 993
ConnectionType : Ssl
ClientAccessServerShortName : Server
ClientAccessServer : Server.domain.local
Scenario : Test IMAP4 Connectivity
ScenarioDescription : Connect to server using IMAP4 protocol, search for the test message, and delete it along
with any messages that are older than 24 hours.
PerformanceCounterName : ImapConnectivity-Latency
Result : Failure
Error : IMAP Error: aYKG NO LOGIN failed.
UserName : administrator
Latency : 00:00:00.0368441
IsValid : True
ObjectState : New
The customer has a line of business application which uses unsecured PlainTextLogin.
";
    let reading = read_text(text);
    assert_eq!(
        shown(&reading),
        ["2 Server.domain.local test imap4 Some(false) IMAP Error: aYKG NO LOGIN failed. Some(993) Some(\"Ssl\") Some(36)"]
    );
    assert_eq!((reading.kind, reading.skipped.len()), (Some("Test-ImapConnectivity output"), 0));
    let utf16: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(shown(&read(&Arc::from("evidence.txt"), &utf16)), shown(&reading));
    assert!(could_be(&utf16) && could_be(text.as_bytes()));
}

#[test]
fn settings_are_the_same_in_every_format() {
    let list = "
[PS] C:\\Windows\\system32>Get-ImapSettings | fl

RunspaceId                        : 1
ProtocolName                      : IMAP4
Name                              : 1
UnencryptedOrTLSBindings          : {[::]:143, 0.0.0.0:143}
SSLBindings                       : {[::]:993, 0.0.0.0:993}
LoginType                         : SecureLogin
X509CertificateName               : mail.example.com
Server                            : EX1
Identity                          : EX1\\1

";
    let csv = "#TYPE Microsoft.Exchange.Data.Directory.SystemConfiguration.Imap4AdConfiguration\r\n\"ProtocolName\",\"SSLBindings\",\"LoginType\",\"X509CertificateName\",\"Server\"\r\n\"IMAP4\",\"[::]:993, 0.0.0.0:993\",\"SecureLogin\",\"mail.example.com\",\"EX1\"\r\n";
    let json = r#"{"ProtocolName":"IMAP4","SSLBindings":["[::]:993","0.0.0.0:993"],"LoginType":3,"X509CertificateName":"mail.example.com","Server":{"Name":"EX1"}}"#;
    let clixml = r#"<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><Obj RefId="0"><TN RefId="0"><T>Deserialized.Microsoft.Exchange.Data.Directory.SystemConfiguration.Imap4AdConfiguration</T></TN><Props>
<Obj N="SSLBindings" RefId="1"><LST><S>[::]:993</S><S>0.0.0.0:993</S></LST></Obj><S N="LoginType">SecureLogin</S><S N="X509CertificateName">mail.example.com</S><S N="Identity">EX1\1</S></Props></Obj></Objs>"#;
    let expected = r#"EX1 settings Some("imap4") "mail.example.com" Some("SecureLogin") ["[::]:993", "0.0.0.0:993"]"#;
    for (text, line) in [(list, 4), (csv, 3), (json, 1), (clixml, 1)] {
        let reading = read_text(text);
        assert_eq!(shown(&reading), [format!("{line} {expected}")], "{text}");
        assert_eq!(reading.kind, Some("Get-ImapSettings output"));
        assert!(could_be(text.as_bytes()));
    }
}

#[test]
fn the_service_is_told_by_whatever_tells_it() {
    for (text, expected) in [
        (
            "[PS] C:\\>Get-PopSettings -Server EX2 | fl X509CertificateName,LoginType\n\nX509CertificateName : a.b\nLoginType           : PlainTextLogin\n",
            "EX2 settings Some(\"pop3\") \"a.b\" Some(\"PlainTextLogin\") []",
        ),
        (
            "X509CertificateName : a.b\nSSLBindings         : {0.0.0.0:995}\n",
            "? settings Some(\"pop3\") \"a.b\" None [\"0.0.0.0:995\"]",
        ),
        ("X509CertificateName : a.b\nLogFileLocation     : D:\\Logging\\Imap4\n", "? settings Some(\"imap4\") \"a.b\" None []"),
        ("X509CertificateName: a.b\nLoginType: SecureLogin\n", "? settings None \"a.b\" Some(\"SecureLogin\") []"),
        (
            "UnencryptedOrTLSBindings  SSLBindings     LoginType   X509CertificateName\n------------------------  -----------     ---------   -------------------\n{0.0.0.0:143}             {0.0.0.0:993}   SecureLogin a.b\n",
            "? settings Some(\"imap4\") \"a.b\" Some(\"SecureLogin\") [\"0.0.0.0:993\"]",
        ),
    ] {
        let found = shown(&read_text(text));
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(found[0].ends_with(expected), "{text}: {found:?}");
    }
    let named = read(&Arc::from("imap-case/Get-PopSettings.txt"), b"X509CertificateName : a.b\n");
    assert_eq!(named.kind, Some("Get-PopSettings output"));
}

#[test]
fn certificates_are_read_with_their_dates_and_services() {
    for (text, expected) in [
        (
            "AccessRules        : {System.Security.AccessControl.CryptoKeyAccessRule}\nCertificateDomains : {mail.example.com, autodiscover.example.com}\nHasPrivateKey      : True\nIsSelfSigned       : False\nIssuer             : CN=Issuing CA, O=Example\nNotAfter           : 25/04/2026 23:59:59\nServices           : IMAP, POP, IIS, SMTP\nStatus             : Valid\nSubject            : CN=mail.example.com, O=Example\nThumbprint         : 0123456789ABCDEF0123456789ABCDEF01234567\n",
            r#"certificate 0123456789ABCDEF0123456789ABCDEF01234567 ["mail.example.com", "autodiscover.example.com"] ["IMAP", "POP", "IIS", "SMTP"] until 2026-04-25 Valid Some(true)"#,
        ),
        (
            "Thumbprint                                Services   Subject\n----------                                --------   -------\n0123456789ABCDEF0123456789ABCDEF01234567  IP.WS..    CN=mail.example.com\n89ABCDEF0123456789ABCDEF0123456789ABCDEF  ....S..    CN=Federation\n",
            r#"certificate 89ABCDEF0123456789ABCDEF0123456789ABCDEF ["federation"] ["SMTP"] until - - None"#,
        ),
        (
            r#"[{"Thumbprint":"AB","Services":3,"Status":1,"NotAfter":"\/Date(1777075199000)\/","Subject":"CN=*.example.com","HasPrivateKey":false}]"#,
            r#"certificate AB ["*.example.com"] ["IMAP", "POP"] until 2026-04-24 Valid Some(false)"#,
        ),
        (
            "\"Thumbprint\";\"Services\";\"NotAfter\";\"CertificateDomains\";\"Status\"\n\"AB\";\"None\";\"03/04/2026 10:00:00\";\"Microsoft.Exchange.Data.MultiValuedProperty`1[Microsoft.Exchange.Data.SmtpDomainWithSubdomains]\";\"DateInvalid\"\n",
            r#"certificate AB [] [] until one of 2 DateInvalid None"#,
        ),
    ] {
        let reading = read_text(text);
        assert_eq!(reading.kind, Some("Get-ExchangeCertificate output"), "{text}");
        assert!(shown(&reading).last().unwrap().ends_with(expected), "{:?}", shown(&reading));
    }
}

#[test]
fn health_and_components_are_read_from_tables_and_lists() {
    let reading = read_text(
        "Server          State           Name                 TargetResource       HealthSetName   AlertValue ServerComp
                                                                                                      onent
------          -----           ----                 --------------       -------------   ---------- ----------
EX1             NotApplicable   ImapProxyTestMonitor                      IMAP.Proxy      Unhealthy  ImapProxy
EX1             NotApplicable   ImapSelfTestMonitor                       IMAP.Protocol   Healthy    None

[PS] C:\\>Get-ServerComponentState EX1

Server                                  Component                               State
------                                  ---------                               -----
EX1                                     ImapProxy                               Active
EX1                                     PopProxy                                Inactive
",
    );
    assert_eq!(
        shown(&reading),
        [
            "4 EX1 health IMAP.Proxy Unhealthy Some(false)",
            "5 EX1 health IMAP.Protocol Healthy Some(true)",
            "11 EX1 component ImapProxy true",
            "12 EX1 component PopProxy false",
        ]
    );
    assert_eq!(reading.kind, Some("output of several commands"));
    let json = read_text(r#"[{"Component":"ImapProxy","State":1,"Server":"EX1"}]"#);
    assert_eq!((json.facts.len(), json.skipped.len()), (0, 1), "a number whose meaning is not certain is not guessed");
}

#[test]
fn the_real_event_log_names_its_cmdlet() {
    let bytes =
        std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/evidence/MSExchange_Management_wec.evtx")).unwrap();
    let reading = read(&Arc::from("m.evtx"), &bytes);
    assert_eq!((reading.kind, reading.skipped.len()), (Some("event log"), 0));
    insta::assert_snapshot!(shown(&reading).join("\n"), @r#"
    1 WEC.ave.local event MSExchange Management MSExchange CmdletLogs 1 Some("2021-11-19T16:52:33.833Z") Some("Set-Mailbox [(\"Identity\", \"Administrateur\"), (\"DeliverToMailboxAndForward\", \"False\"), (\"ForwardingSmtpAddress\", \"smtp:test2@example.com\")] by Some(\"ave.local/Users/Administrateur\") true")
    1 WEC.ave.local span MSExchange Management Some("2021-11-19T16:52:33.833Z") Some("2021-11-19T16:52:33.833Z") 1
    "#);
    // Damage anywhere costs no more than what is damaged, and is said.
    for cut in (0..bytes.len()).step_by(1031) {
        let _ = read(&Arc::from("cut.evtx"), &bytes[..cut]);
        let mut damaged = bytes.clone();
        damaged[cut] ^= 0xff;
        let _ = read(&Arc::from("damaged.evtx"), &damaged);
    }
}

const EVENT: &str = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='MSExchange CmdletLogs'/><EventID Qualifiers='16384'>1</EventID><TimeCreated SystemTime='2023-01-09T13:00:00.000000000Z'/><EventRecordID>7</EventRecordID><Channel>MSExchange Management</Channel><Computer>ex1.example.com</Computer></System><EventData><Data>Enable-ExchangeCertificate</Data><Data>-Services \"IMAP, POP\" -Thumbprint \"AB\"</Data><Data>example.com/Users/Admin</Data></EventData></Event>";

#[test]
fn events_are_read_from_xml_csv_and_json() {
    let cmdlet = r#"event MSExchange Management MSExchange CmdletLogs 1 Some("2023-01-09T13:00:00.000Z") Some("Enable-ExchangeCertificate [(\"Services\", \"IMAP, POP\"), (\"Thumbprint\", \"AB\")] by Some(\"example.com/Users/Admin\") true")"#;
    let span = r#"span MSExchange Management Some("2023-01-09T13:00:00.000Z") Some("2023-01-09T13:00:00.000Z") 1"#;
    let prefixed = EVENT.replace("<Event xmlns", "<e:Event xmlns").replace("</Event>", "</e:Event>");
    for (text, line) in [
        (EVENT.to_owned(), 1),
        (format!("<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n<Events>{EVENT}</Events>"), 2),
        (prefixed, 1),
    ] {
        let reading = read_text(&text);
        assert_eq!(
            shown(&reading),
            [format!("{line} ex1.example.com {cmdlet}"), format!("{line} ex1.example.com {span}")],
            "{text}"
        );
    }
    let three = read_text(&format!("{EVENT}\r\n<Event><Sys</Event>\r\n{EVENT}\r\n<Event><System>"));
    assert_eq!(three.facts.len(), 3);
    assert_eq!(three.skipped.iter().map(|(at, _)| at.line).collect::<Vec<_>>(), [2, 4]);

    let csv = "\"TimeCreated\",\"Id\",\"ProviderName\",\"LogName\",\"MachineName\",\"Message\"\r\n\"1/9/2023 1:00:00 PM\",\"36871\",\"Schannel\",\"System\",\"ex1\",\"A fatal error\r\noccurred\"\r\n\"25/12/2023 13:00:00\",\"1\",\"Other\",\"System\",\"ex1\",\"x\"\r\n";
    let reading = read_text(csv);
    assert_eq!(shown(&reading), ["2 ex1 event System Schannel 36871 None None", "2 ex1 span System None None 2"]);
    let What::Event(event) = &reading.facts[0].what else { panic!() };
    assert!(matches!(&event.time, Some(Date::Ambiguous { readings, .. }) if readings.len() == 2));

    let json = r#"[{"TimeCreated":"\/Date(1673269200000)\/","Id":4625,"ProviderName":"Microsoft-Windows-Security-Auditing","LogName":"Security","MachineName":"ex1","Properties":[{"Value":"S-1-0-0"},{"Value":"bob"}]}]"#;
    let reading = read_text(json);
    assert!(
        shown(&reading)[0]
            .starts_with("1 ex1 event Security Microsoft-Windows-Security-Auditing 4625 Some(\"2023-01-09T13:00:00.000Z\")")
    );
    let What::Event(event) = &reading.facts[0].what else { panic!() };
    assert_eq!(event.texts, ["S-1-0-0", "bob"]);
}

#[test]
fn other_files_are_no_evidence() {
    for text in [
        "",
        "2023-01-09T13:17:08.223Z,00000000000000E4,0,127.0.0.1:993,127.0.0.1:22207,,27,0,53,OpenSession,,\r\n",
        "{\"name\":\"package\",\"version\":1}",
        "<html><body>Events</body></html>",
        "Subject: hello\nI wrote to you: answer.\n",
        "a,b\n1,2\n",
    ] {
        assert_eq!(read_text(text), Reading::default(), "{text}");
    }
    let binary: Vec<u8> = (0..=255u8).cycle().take(100_000).collect();
    assert_eq!(read(&Arc::from("x.bin"), &binary), Reading::default());
}

mod certificates;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]
    #[test]
    fn any_bytes_are_read_without_panic(start in 0usize..12, bytes in proptest::collection::vec(any::<u8>(), 0..600), text in "[ -~\r\n]{0,300}|(-{2,9} ){1,4}|[A-Z][a-z]{1,9} : \\{[a-z, .…}]{0,20}") {
        let starts: [&[u8]; 12] = [
            b"", b"ElfFile\0", b"\x30\x82\x01\x00", b"<Objs><Obj><Props>", b"<Event><System>", b"{\"LoginType\":", b"[{\"Id\":", b"LoginType,Status\n",
            b"LoginType : ", b"-----BEGIN CERTIFICATE-----\n", b"\xff\xfeL\0o\0", b"Server Component State\n------ --------- -----\n",
        ];
        let file = Arc::from("x");
        let mut whole = starts[start].to_vec();
        whole.extend_from_slice(text.as_bytes());
        let _ = (read(&file, &whole), could_be(&whole));
        whole.extend_from_slice(&bytes);
        let reading = read(&file, &whole);
        let lines = whole.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
        for at in reading.facts.iter().map(|fact| &fact.location).chain(reading.skipped.iter().map(|(at, _)| at)) {
            prop_assert!(start == 1 || at.line <= lines, "{at} of {lines}");
        }
    }

    #[test]
    fn damaged_evidence_is_read_without_panic(which in 0usize..5, at in 0usize..2000, bytes in proptest::collection::vec(any::<u8>(), 0..6), cut in any::<bool>()) {
        let sources = [
            "[PS] C:\\>Get-ImapSettings | fl\n\nX509CertificateName : a.b\nSSLBindings         : {[::]:993, 0.0.0.0:993...}\nLoginType           : SecureLogin\n",
            "Server Component  State\n------ ---------  -----\nEX1    ImapProxy  Active\nEX1    PopProxy   Inactive\n",
            "#TYPE X\r\n\"Thumbprint\";\"Services\";\"NotAfter\"\r\n\"AB\";\"IMAP, POP\";\"03/04/2026 10:00:00\"\r\n",
            "[{\"Thumbprint\":\"AB\",\"Services\":3,\"NotAfter\":\"\\/Date(1777075199000)\\/\"},{\"LoginType\":{\"value\":3}}]",
            "<Objs><Obj RefId=\"0\"><TN RefId=\"0\"><T>X</T></TN><Props><S N=\"X509CertificateName\">a_x000D_</S><Ref N=\"LoginType\" RefId=\"0\"/></Props></Obj></Objs>",
        ];
        let mut whole = sources[which].as_bytes().to_vec();
        let at = at % whole.len();
        whole.splice(at..(at + bytes.len()).min(whole.len()), bytes);
        if cut {
            whole.truncate(at);
        }
        let _ = (read(&Arc::from("x"), &whole), could_be(&whole));
    }
}

#[test]
fn hostile_files_are_read_in_a_moment() {
    let begun = std::time::Instant::now();
    for (unit, count) in [
        ("<Event></Event>", 100_000),
        ("<Event>", 300_000),
        ("<x>Event", 300_000),
        ("-----BEGIN CERTIFICATE-----\n", 50_000),
        ("{\"TimeCreated\":1,\"Id\":", 50_000),
        ("[{", 200_000),
        ("<Objs><Obj RefId='1'>", 100_000),
        ("LoginType : x\n", 100_000),
        ("LoginType : x\n\n", 100_000),
        ("--- ---\n", 100_000),
        ("Status State\n------ -----\n", 50_000),
        ("Id,TimeCreated,Source\n1,2\n", 50_000),
    ] {
        let _ = read_text(&unit.repeat(count));
    }
    let names: String = (0..50_000).map(|number| format!("Name{number} : x\n")).collect();
    let _ = read_text(&format!("LoginType : SecureLogin\n{names}"));
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
}

#[test]
fn what_event_viewer_saves_as_csv_has_a_message_without_a_heading() {
    let reading = read_text(
        "Level,Date and Time,Source,Event ID,Task Category\nError,25/12/2023 13:00:00,Schannel,36887,None,\"A fatal alert, 40\"\n",
    );
    let What::Event(event) = &reading.facts[0].what else { panic!() };
    assert_eq!((event.id, event.texts.as_slice()), (36887, &["A fatal alert, 40".to_owned()][..]));
    assert_eq!(reading.skipped, []);
}
