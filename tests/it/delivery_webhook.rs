//! Posts to real servers on loopback: what arrives, what is tried again, and that a secret stays with the server it is for.

use std::time::{Duration, Instant};

use exlog::delivery::secret::Secret;
use exlog::delivery::trust::Authorities;
use exlog::delivery::webhook::{Target, WebhookSettings, post};

use crate::loopback::http::{Answer, start};
use crate::loopback::{Identity, Seen};

const BODY: &[u8] = br#"{"findings":["St\u00f6rung"]}"#;

fn settings(scheme: &str, port: u16) -> WebhookSettings {
    WebhookSettings {
        target: Target::parse(&Secret::new(format!("{scheme}://localhost:{port}/hooks/s3cret?key=s3cret"))).unwrap(),
        authorization: None,
        clear_text_authorization: false,
        authorities: Authorities::default(),
        timeout: Duration::from_secs(10),
        pause: Duration::from_millis(10),
    }
}

/// A server with these answers, and settings for it.
fn answering(answers: Vec<Answer>) -> (WebhookSettings, Seen) {
    let (port, seen) = start(None, answers);
    (settings("http", port), seen)
}

#[track_caller]
fn refused(settings: &WebhookSettings) -> String {
    let error = post(settings, BODY).unwrap_err().to_string();
    assert!(!error.contains("s3cret") && !format!("{settings:?}").contains("s3cret"), "{error} {settings:?}");
    assert!(error.contains("localhost:") && error.contains("\n  "), "no server or no advice: {error}");
    error
}

#[test]
fn json_arrives_whole() {
    let (settings, seen) = answering(vec![Answer::status("204 No Content")]);
    post(&settings, BODY).unwrap();
    let seen = seen.all();
    assert_eq!(seen.len(), 1);
    assert!(seen[0].starts_with("POST /hooks/s3cret?key=s3cret HTTP/1.1\n"), "{}", seen[0]);
    assert!(seen[0].contains("\ncontent-type: application/json\n") && seen[0].contains("\nuser-agent: exlog/"), "{}", seen[0]);
    assert!(seen[0].as_bytes().ends_with(BODY), "{}", seen[0]);
}

#[test]
fn a_fault_of_the_server_is_tried_again_and_nothing_else_is() {
    let (settings, seen) = answering(vec![Answer::status("500 Oh"), Answer::status("503 Not yet"), Answer::status("200 OK")]);
    post(&settings, BODY).unwrap();
    assert_eq!(seen.all().len(), 3);

    let (settings, seen) = answering(vec![Answer::Status("502 Bad Gateway", Vec::new(), "no\u{1b}[31m upstream")]);
    let error = refused(&settings);
    assert!(error.contains("(502): no\\u{1b}[31m upstream (tried 3 times)"), "{error}");
    assert_eq!(seen.all().len(), 3);

    for (line, words) in
        [("400 Bad Request", "did not take it (400)"), ("401 Who", "refuses (401)"), ("404 Not Found", "no such address (404)")]
    {
        let (settings, seen) = answering(vec![Answer::status(line)]);
        assert!(refused(&settings).contains(words));
        assert_eq!(seen.all().len(), 1, "{line}");
    }
}

#[test]
fn a_post_that_may_have_arrived_is_not_sent_again() {
    for (answer, words) in [(Answer::Silence, "does not answer in time"), (Answer::BreakOff, "may have taken it")] {
        let (settings, seen) = answering(vec![answer]);
        let began = Instant::now();
        let error = refused(&WebhookSettings { timeout: Duration::from_millis(500), ..settings });
        assert!(error.contains(words) && !error.contains("tried"), "{error}");
        assert_eq!(seen.all().len(), 1);
        assert!(began.elapsed() < Duration::from_secs(5));
    }
}

#[test]
fn a_redirect_is_told_and_not_followed() {
    let (other, seen_there) = start(None, vec![Answer::status("200 OK")]);
    for line in ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"] {
        let place = vec![format!("Location: http://127.0.0.1:{other}/elsewhere")];
        let (port, seen) = start(None, vec![Answer::Status(line, place, "")]);
        let token = Some(Secret::new("Bearer s3cret"));
        let error = refused(&WebhookSettings { authorization: token, clear_text_authorization: true, ..settings("http", port) });
        assert!(error.contains(&format!("http://127.0.0.1:{other}/elsewhere")), "{error}");
        assert_eq!(seen.all().len(), 1);
    }
    assert_eq!(seen_there.all(), Vec::<String>::new());
}

#[test]
fn a_token_goes_out_over_tls_alone() {
    let identity = Identity::good();
    let authorities = Authorities::from_bytes(identity.authority.as_bytes(), "ca.pem").unwrap();
    let (port, seen) = start(Some(identity), vec![Answer::status("200 OK")]);
    let encrypted =
        WebhookSettings { authorities, authorization: Some(Secret::new("Bearer s3cret\r\n")), ..settings("https", port) };
    post(&encrypted, BODY).unwrap();
    assert!(seen.all()[0].contains("\nauthorization: Bearer s3cret\n"), "{:?}", seen.all());

    let (plain, seen) = answering(vec![Answer::status("200 OK")]);
    let plain = WebhookSettings { authorization: encrypted.authorization, ..plain };
    assert!(post(&plain, BODY).unwrap_err().to_string().contains("for all to read"));
    assert_eq!(seen.all(), Vec::<String>::new());
    post(&WebhookSettings { clear_text_authorization: true, ..plain }, BODY).unwrap();
}

#[test]
fn a_token_cannot_become_another_header() {
    let (settings, seen) = answering(vec![Answer::status("200 OK")]);
    for token in ["Bearer a\r\nX-Other: b", "", "\0"] {
        let settings =
            WebhookSettings { authorization: Some(Secret::new(token)), clear_text_authorization: true, ..settings.clone() };
        assert!(settings.check().is_err() && post(&settings, BODY).is_err(), "{token:?}");
    }
    assert_eq!(seen.all(), Vec::<String>::new());
}

#[test]
fn a_certificate_that_is_not_trusted_ends_it() {
    for (identity, is_known, words) in [
        (Identity::good(), false, "does not know who issued it"),
        (Identity::until(2001, &["localhost"]), true, "expired"),
        (Identity::until(2090, &["hooks.contoso.com"]), true, "for other names"),
    ] {
        let authorities = match is_known {
            true => Authorities::from_bytes(identity.authority.as_bytes(), "ca.pem").unwrap(),
            false => Authorities::default(),
        };
        let (port, seen) = start(Some(identity), vec![Answer::status("200 OK")]);
        let error = refused(&WebhookSettings { authorities, ..settings("https", port) });
        assert!(error.contains(words), "{words}: {error}");
        assert_eq!(seen.all(), Vec::<String>::new());
    }
    let (port, _) = start(None, vec![Answer::status("200 OK")]);
    let error = refused(&settings("https", port));
    assert!(error.contains("does not speak TLS"), "{error}");
}

#[test]
fn a_server_that_is_not_there_is_tried_again_and_said_to_be_so() {
    let closed = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let error = refused(&settings("http", closed));
    assert!(error.contains("takes no connections (tried 3 times)"), "{error}");
    let target = Target::parse(&Secret::new("https://hooks.nowhere.invalid/s3cret")).unwrap();
    let error = post(&WebhookSettings { target, ..settings("http", 1) }, BODY).unwrap_err().to_string();
    assert!(error.contains("https://hooks.nowhere.invalid was not found"), "{error}");
}
