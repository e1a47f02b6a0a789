//! Certificates and chains made for the tests: whole, broken, damaged.

use super::*;
use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};

fn params(name: &str, is_authority: bool) -> CertificateParams {
    let mut params =
        CertificateParams::new(if is_authority { vec![] } else { vec![name.to_owned(), "*.Example.org".to_owned()] }).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2021, 1, 1);
    params.is_ca = if is_authority { IsCa::Ca(BasicConstraints::Unconstrained) } else { IsCa::NoCa };
    params
}

/// Server, intermediate, root; and a root of the same name with another key.
fn hierarchy() -> [Certificate; 4] {
    let keys: [KeyPair; 4] = std::array::from_fn(|_| KeyPair::generate().unwrap());
    let root = params("Root", true);
    let false_root = root.self_signed(&keys[3]).unwrap();
    let root_certificate = root.self_signed(&keys[0]).unwrap();
    let root = Issuer::new(root, &keys[0]);
    let intermediate = params("Intermediate", true);
    let intermediate_certificate = intermediate.signed_by(&keys[1], &root).unwrap();
    let intermediate = Issuer::new(intermediate, &keys[1]);
    let server = params("mail.example.com", false).signed_by(&keys[2], &intermediate).unwrap();
    [server, intermediate_certificate, root_certificate, false_root]
}

fn chain(text: &str) -> String {
    let reading = read_text(text);
    assert_eq!(reading.skipped, []);
    shown(&reading).join("\n")
}

#[test]
fn the_missing_link_is_named() {
    let [server, intermediate, root, false_root] = hierarchy();
    let pem = |certificates: &[&Certificate]| certificates.iter().map(|one| one.pem()).collect::<String>();
    for (text, expected) in [
        (pem(&[&server, &intermediate, &root]), "1 ? chain [0, 1, 2] missing None true broken []"),
        (pem(&[&root, &intermediate, &server]), "chain [2, 1, 0] missing None true broken []"),
        (pem(&[&server, &intermediate, &false_root, &root]), "1 ? chain [0, 1, 3] missing None true broken []"),
        (pem(&[&server, &intermediate, &false_root]), "1 ? chain [0, 1, 2] missing None true broken [1]"),
        (pem(&[&server, &root]), "1 ? chain [0] missing Some(\"CN=Intermediate\") false broken []"),
        (pem(&[&server, &intermediate]), "1 ? chain [0, 1] missing Some(\"CN=Root\") false broken []"),
        (pem(&[&server, &server]), "1 ? chain [0] missing Some(\"CN=Intermediate\") false broken []"),
        (pem(&[&root]), "1 ? chain [0] missing None true broken []"),
        (format!("words\n  {}", pem(&[&root]).replace('\n', "\r\n  ")), "2 ? chain [0] missing None true broken []"),
    ] {
        assert!(chain(&text).ends_with(expected), "{}\n{expected}", chain(&text));
    }
}

#[test]
fn a_certificate_says_its_names_dates_and_thumbprint() {
    let [server, ..] = hierarchy();
    let reading = read(&Arc::from("server.cer"), server.der());
    let What::Chain(chain) = &reading.facts[0].what else { panic!() };
    let one = &chain.certificates[0];
    assert_eq!((one.subject.as_str(), one.issuer.as_str()), ("CN=mail.example.com", "CN=Intermediate"));
    assert_eq!(one.names, ["mail.example.com", "*.example.org"]);
    assert_eq!((&one.not_before, &one.not_after), (&Date::Exact(1_577_836_800_000), &Date::Exact(1_609_459_200_000)));
    assert_eq!((one.thumbprint.len(), one.is_authority, one.is_self_issued), (40, false, false));
    assert_eq!(reading.kind, Some("certificates"));
}

fn element(tag: u8, inside: &[u8]) -> Vec<u8> {
    let length = u16::try_from(inside.len()).unwrap().to_be_bytes();
    [&[tag, 0x82, length[0], length[1]], inside].concat()
}

#[test]
fn pkcs7_gives_its_certificates() {
    let [server, intermediate, root, _] = hierarchy();
    let certificates = element(0xa0, &[&server.der()[..], &intermediate.der()[..], &root.der()[..]].concat());
    let signed = element(
        0x30,
        &[&[2, 1, 1, 0x31, 0, 0x30, 0x0b, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1], &certificates[..], &[0x31, 0]]
            .concat(),
    );
    let oid = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
    let bytes = element(0x30, &[&oid[..], &element(0xa0, &signed)].concat());
    let reading = read(&Arc::from("chain.p7b"), &bytes);
    assert_eq!(shown(&reading), ["0 ? chain [0, 1, 2] missing None true broken []"]);
    for cut in 0..bytes.len() {
        let _ = read(&Arc::from("chain.p7b"), &bytes[..cut]);
    }
}

#[test]
fn a_server_seen_by_openssl_is_marked_as_such() {
    let [server, intermediate, ..] = hierarchy();
    let head = "openssl s_client -connect mail.example.com:993 -showcerts\nCONNECTED(00000003)\nCertificate chain\n 0 s:CN = mail.example.com\n   i:CN = Intermediate\n";
    let tail = "Verify return code: 20 (unable to get local issuer certificate)\n";
    let full = read_text(&format!("{head}{} 1 s:CN = Intermediate\n   i:CN = Root\n{}{tail}", server.pem(), intermediate.pem()));
    let What::Chain(chain) = &full.facts[0].what else { panic!() };
    assert!(chain.is_served);
    assert_eq!(chain.verdict, Some((20, "unable to get local issuer certificate".to_owned())));
    assert_eq!((full.facts[0].server.as_deref(), full.kind), (Some("mail.example.com"), Some("openssl s_client output")));
    // Without -showcerts nothing is missing: it was not asked for.
    let short = read_text(&format!("{head} 1 s:CN = Intermediate\n   i:CN = Root\n{}{tail}", server.pem()));
    let What::Chain(chain) = &short.facts[0].what else { panic!() };
    assert_eq!((&chain.missing, chain.is_complete, short.skipped.len()), (&None, false, 1));
}

#[test]
fn damaged_certificates_are_skipped_with_a_reason() {
    let [server, ..] = hierarchy();
    let pem = server.pem();
    for text in [pem[..pem.len() / 2].to_owned(), pem.replacen("MII", "!!!", 1), pem.replacen("MII", "AII", 1)] {
        let reading = read_text(&text);
        assert_eq!((reading.facts.len(), reading.skipped.len()), (0, 1), "{text}");
    }
}
