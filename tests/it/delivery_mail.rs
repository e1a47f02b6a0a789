//! Letters to real servers on loopback: what arrives, what is refused, and that no secret goes where others could read it.

use std::time::{Duration, Instant};

use exlog::delivery::mail::{Letter, Login, MailSettings, Security, send};
use exlog::delivery::secret::Secret;
use exlog::delivery::server::Server;
use exlog::delivery::trust::Authorities;

use crate::loopback::Identity;
use crate::loopback::smtp::Smtp;

const OFFERS: &[&str] = &["STARTTLS", "AUTH PLAIN LOGIN", "8BITMIME"];

fn letter() -> Letter {
    Letter {
        subject: "exlog: IMAP4 logins fail on EX01 (Störung)".to_owned(),
        text: "Logins fail since 07:32.\n.\n.hidden line\nGrüße".to_owned(),
        ..Letter::default()
    }
}

fn settings(port: u16, security: Security) -> MailSettings {
    MailSettings {
        server: Server { host: "localhost".to_owned(), port: Some(port) },
        security,
        from: "exlog on EX01 <exlog@contoso.com>".to_owned(),
        to: vec!["admin@contoso.com".to_owned(), "Duty <duty@contoso.com>".to_owned()],
        login: None,
        authorities: Authorities::default(),
        clear_text_login: false,
        timeout: Duration::from_secs(10),
    }
}

fn account(password: &str) -> Option<Login> {
    Some(Login { user: "exlog".to_owned(), password: Secret::new(password) })
}

/// A server that speaks TLS, and settings that trust it and log in.
fn encrypted(security: Security, offers: &'static [&'static str]) -> (MailSettings, crate::loopback::Seen) {
    let identity = Identity::good();
    let authorities = Authorities::from_bytes(identity.authority.as_bytes(), "ca.pem").unwrap();
    let is_encrypted = security == Security::Tls;
    let (port, seen) =
        Smtp { offers, identity: Some(identity), is_encrypted, account: Some("exlog:s3cret"), ..Smtp::default() }.start();
    (MailSettings { authorities, login: account("s3cret\n"), ..settings(port, security) }, seen)
}

#[track_caller]
fn refused(settings: &MailSettings) -> String {
    let error = send(settings, &letter()).unwrap_err().to_string();
    assert!(!error.contains("s3cret") && !format!("{settings:?}").contains("s3cret"), "{error} {settings:?}");
    assert!(error.contains("localhost:") && error.contains("\n  "), "no server or no advice: {error}");
    error
}

#[test]
fn a_letter_arrives_whole_over_a_plain_connection() {
    let (port, seen) = Smtp::default().start();
    send(&settings(port, Security::None), &letter()).unwrap();
    let seen = seen.all();
    assert_eq!(
        seen[..5],
        [
            "EHLO [127.0.0.1]",
            "MAIL FROM:<exlog@contoso.com>",
            "RCPT TO:<admin@contoso.com>",
            "RCPT TO:<duty@contoso.com>",
            "DATA"
        ]
    );
    let message = &seen[5];
    for line in [
        "From: \"exlog on EX01\" <exlog@contoso.com>",
        "Auto-Submitted: auto-generated",
        "Logins fail since 07:32.",
        ".hidden line",
    ] {
        assert!(message.lines().any(|found| found == line), "{line}: {message}");
    }
    assert!(message.contains("=?utf-8?") && message.is_ascii(), "{message}");
}

#[test]
fn a_password_goes_out_only_behind_starttls() {
    for offers in [OFFERS, &["STARTTLS", "AUTH LOGIN"]] {
        let (settings, seen) = encrypted(Security::StartTls, offers);
        send(&settings, &letter()).unwrap();
        let seen = seen.all();
        assert_eq!(seen[..2], ["EHLO [127.0.0.1]", "STARTTLS"]);
        assert!(
            seen.iter().any(|line| line.starts_with("tls AUTH")) && seen.iter().any(|line| line.contains("Logins fail")),
            "{seen:?}"
        );
        assert!(!seen.iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")), "{seen:?}");
    }
}

#[test]
fn a_letter_arrives_over_tls_from_the_first_byte() {
    let (settings, seen) = encrypted(Security::Tls, OFFERS);
    send(&settings, &letter()).unwrap();
    let seen = seen.all();
    assert!(seen[0].starts_with("tls EHLO") && seen[1].starts_with("tls AUTH PLAIN"), "{seen:?}");
}

#[test]
fn a_server_without_starttls_gets_nothing() {
    let (port, seen) = Smtp { offers: &["AUTH PLAIN LOGIN"], account: Some("exlog:s3cret"), ..Smtp::default() }.start();
    let error = refused(&MailSettings { login: account("s3cret"), ..settings(port, Security::StartTls) });
    assert!(error.contains("does not offer STARTTLS"), "{error}");
    assert!(
        seen.all().iter().all(|line| line.starts_with("EHLO") || line == "QUIT" || line == "gone" || line == "end"),
        "{:?}",
        seen.all()
    );
}

#[test]
fn a_password_goes_over_a_plain_connection_only_where_that_was_allowed() {
    let (port, seen) = Smtp { offers: &["AUTH LOGIN"], account: Some("exlog:s3cret"), ..Smtp::default() }.start();
    let settings = MailSettings { login: account("s3cret"), ..settings(port, Security::None) };
    assert!(send(&settings, &letter()).unwrap_err().to_string().contains("for all to read"));
    assert_eq!(seen.all(), Vec::<String>::new(), "it was not even connected to");
    send(&MailSettings { clear_text_login: true, ..settings }, &letter()).unwrap();
    assert!(seen.all().iter().any(|line| line == "AUTH LOGIN"), "{:?}", seen.all());
}

#[test]
fn a_certificate_that_is_not_trusted_ends_it_before_anything_is_said() {
    for security in [Security::StartTls, Security::Tls] {
        for (identity, is_known, words) in [
            (Identity::good(), false, "does not know who issued it"),
            (Identity::until(2001, &["localhost"]), true, "expired"),
            (Identity::until(2090, &["mail.contoso.com"]), true, "for other names"),
        ] {
            let authorities = match is_known {
                true => Authorities::from_bytes(identity.authority.as_bytes(), "ca.pem").unwrap(),
                false => Authorities::default(),
            };
            let server =
                Smtp { offers: OFFERS, identity: Some(identity), is_encrypted: security == Security::Tls, ..Smtp::default() };
            let (port, seen) = server.start();
            let error = refused(&MailSettings { login: account("s3cret"), authorities, ..settings(port, security) });
            assert!(error.contains(words), "{words}: {error}");
            assert!(!seen.all().iter().any(|line| line.contains("AUTH") || line.contains("MAIL")), "{:?}", seen.all());
        }
    }
}

#[test]
fn who_is_refused_is_named_and_the_others_get_the_letter() {
    let answers = &[("RCPT TO:<duty@", "550 5.1.1 Unknown\u{1b}[31m user")];
    let (port, seen) = Smtp { answers, ..Smtp::default() }.start();
    let error = refused(&settings(port, Security::None));
    assert!(error.contains("sent to others") && error.contains("duty@contoso.com (550 5.1.1 Unknown"), "{error}");
    assert!(!error.contains('\u{1b}') && !error.contains("admin@contoso.com"), "{error}");
    assert!(seen.all().iter().any(|line| line.contains("Logins fail")));

    let (port, seen) = Smtp { answers: &[("RCPT", "550 relaying denied")], ..Smtp::default() }.start();
    let error = refused(&settings(port, Security::None));
    assert!(error.contains("no mail was sent") && error.contains("every recipient"), "{error}");
    assert!(!seen.all().contains(&"DATA".to_owned()));
}

#[test]
fn each_refusal_is_said_with_the_step_it_belongs_to() {
    for (answers, words) in [
        (&[("EHLO", "554 no service for you")][..], "lets nobody in: 554 no service for you"),
        (&[("MAIL", "530 5.7.57 Client not authenticated")], "refuses the sender: 530 5.7.57"),
        (&[("DATA", "552 too large")], "refuses the mail: 552 too large"),
    ] {
        let (port, _) = Smtp { answers, ..Smtp::default() }.start();
        let error = refused(&settings(port, Security::None));
        assert!(error.contains(words), "{words}: {error}");
    }
    let (wrong, _) = encrypted(Security::StartTls, OFFERS);
    let error = refused(&MailSettings { login: account("s3cret2"), ..wrong });
    assert!(error.contains("refuses the user or the password: 535"), "{error}");
    let (none, _) = encrypted(Security::StartTls, &["STARTTLS", "AUTH NTLM GSSAPI"]);
    assert!(refused(&none).contains("no way to log in"));
}

#[test]
fn a_server_that_hangs_is_left() {
    for (silent_at, security) in
        [("", Security::None), ("DATA", Security::None), ("STARTTLS", Security::StartTls), ("", Security::Tls)]
    {
        // One that waits for the client to begin, as a port does that expects TLS, or the other way round, looks the same.
        let (port, _) =
            Smtp { offers: OFFERS, silent_at: Some(silent_at), identity: Some(Identity::good()), ..Smtp::default() }.start();
        let began = Instant::now();
        let error = refused(&MailSettings { timeout: Duration::from_millis(300), ..settings(port, security) });
        assert!(error.contains("does not answer in time"), "{silent_at} {security:?}: {error}");
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }
}

#[test]
fn a_server_that_speaks_no_tls_is_told_apart() {
    let (port, _) = Smtp::default().start();
    let error = refused(&settings(port, Security::Tls));
    assert!(error.contains("does not speak TLS"), "{error}");
}

#[test]
fn a_server_that_is_not_there_is_said_to_be_so() {
    let closed = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let error = refused(&settings(closed, Security::None));
    assert!(error.contains("takes no connections"), "{error}");
    let nowhere = Server { host: "mail.nowhere.invalid".to_owned(), port: None };
    let error = send(&MailSettings { server: nowhere, ..settings(1, Security::Tls) }, &letter()).unwrap_err().to_string();
    assert!(error.contains("mail.nowhere.invalid:465 was not found"), "{error}");
}

#[test]
fn what_can_be_told_without_a_server_is_told_without_one() {
    let good = settings(1, Security::StartTls);
    assert!(good.check().is_ok());
    for (wrong, words) in [
        (MailSettings { to: Vec::new(), ..good.clone() }, "nobody is named"),
        (MailSettings { to: vec!["admin".to_owned()], ..good.clone() }, "'admin' is no mail address"),
        (MailSettings { from: "a@b.c\r\nBcc: d@e.f".to_owned(), ..good.clone() }, "is no mail address"),
        (MailSettings { login: account(""), ..good.clone() }, "is empty"),
    ] {
        let error = wrong.check().unwrap_err().to_string();
        assert!(error.contains(words), "{words}: {error}");
    }
}
