//! PEM, DER and PKCS#7 → certificates. The one door to x509-parser and ring.
//!
//! Certificates may stand in any text, such as the output of `openssl s_client -showcerts`. Private keys are never looked at.

use x509_parser::certificate::X509Certificate;
use x509_parser::error::X509Error;
use x509_parser::extensions::GeneralName;
use x509_parser::pem::Pem;
use x509_parser::prelude::FromDer;

use crate::evidence::chain::{self, Parsed};
use crate::evidence::date::Date;
use crate::evidence::fact::{Fact, What};
use crate::evidence::text_lines::Lines;
use crate::evidence::{Content, Reading, pkcs7, s_client};

/// The most certificates of one file: enough for every store of roots.
const MOST: usize = 1000;

/// Whether the bytes begin like a certificate or PKCS#7 in DER: a SEQUENCE of 256 bytes to 64 MiB.
pub(crate) fn is_der(bytes: &[u8]) -> bool {
    match bytes {
        [0x30, 0x82, ..] | [0x30, 0x83, ..] => true,
        // PKCS#7 of `certmgr` may leave the length open.
        [0x30, 0x80, 0x06, 0x09, ..] => true,
        _ => false,
    }
}

/// Whether the text holds certificates.
pub(crate) fn is_pem(text: &str) -> bool {
    text.contains("-----BEGIN ") && ["CERTIFICATE-----", "PKCS7-----", "CMS-----"].iter().any(|label| text.contains(label))
}

/// Reads one certificate, or the certificates that a PKCS#7 holds.
pub(crate) fn read_der(content: &Content<'_>, reading: &mut Reading) {
    let ders = match X509Certificate::from_der(content.bytes) {
        Ok((rest, _)) => vec![content.bytes.get(..content.bytes.len() - rest.len()).unwrap_or_default()],
        Err(_) => match pkcs7::certificates(content.bytes) {
            Some(ders) => ders,
            // Other files begin so too (a .pfx, for one): nothing says that this one is evidence.
            None => return,
        },
    };
    add(content, reading, &ders.into_iter().map(|der| (der.to_vec(), 0)).collect::<Vec<_>>());
}

/// Reads every PEM block of a text.
pub(crate) fn read_pem(content: &Content<'_>, reading: &mut Reading) {
    let mut ders: Vec<(Vec<u8>, u64)> = Vec::new();
    let mut lines = Lines::new(&content.text);
    for start in memchr::memmem::find_iter(content.text.as_bytes(), b"-----BEGIN ") {
        let line = lines.at(start);
        let block = content.text.get(start..).unwrap_or_default();
        let label = block.get(11..).and_then(|rest| rest.split("-----").next()).unwrap_or_default();
        if !matches!(label, "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" | "PKCS7" | "CMS") {
            continue;
        }
        match contents(block) {
            Ok(der) if matches!(label, "PKCS7" | "CMS") => match pkcs7::certificates(&der) {
                Some(found) => ders.extend(found.into_iter().map(|der| (der.to_vec(), line))),
                None => reading.skip(content, line, "a PKCS#7 without readable certificates".to_owned()),
            },
            Ok(der) => ders.push((der, line)),
            Err(reason) => reading.skip(content, line, reason),
        }
        if ders.len() > MOST {
            reading.skip(content, line, format!("more than {MOST} certificates: the rest is not read"));
            break;
        }
    }
    add(content, reading, &ders);
}

/// The bytes of a PEM block. Its lines may be indented, as blogs and mails leave them.
fn contents(block: &str) -> Result<Vec<u8>, String> {
    let head = block.find('\n').unwrap_or(block.len());
    let dashes = block.get(head..).and_then(|rest| rest.find("-----")).map(|place| head + place);
    let end = dashes.filter(|place| block.get(*place..).is_some_and(|rest| rest.starts_with("-----END")));
    let end = end.ok_or("a certificate without its end line: the file may be cut")?;
    let end = block.get(end..).and_then(|rest| rest.find('\n')).map_or(block.len(), |length| end + length);
    let plain: String = block.get(..end).unwrap_or_default().lines().map(|line| format!("{}\n", line.trim())).collect();
    let (pem, _) = Pem::read(std::io::Cursor::new(plain.as_bytes()))
        .map_err(|_| "a certificate that is damaged between its begin and end lines")?;
    Ok(pem.contents)
}

fn add(content: &Content<'_>, reading: &mut Reading, ders: &[(Vec<u8>, u64)]) {
    let mut parsed: Vec<(Parsed, X509Certificate<'_>)> = Vec::new();
    for (place, (der, line)) in ders.iter().enumerate() {
        if ders.iter().take(place).any(|(earlier, _)| earlier == der) {
            continue;
        }
        match X509Certificate::from_der(der) {
            Ok((_, certificate)) => parsed.push((described(&certificate, der, *line), certificate)),
            Err(_) => reading.skip(content, *line, "no certificate that can be read: its DER is damaged".to_owned()),
        }
    }
    let seen = s_client::seen(&content.text);
    let (described, certificates): (Vec<Parsed>, Vec<X509Certificate<'_>>) = parsed.into_iter().unzip();
    let signed = |subject: usize, issuer: usize| match (certificates.get(subject), certificates.get(issuer)) {
        (Some(subject), Some(issuer)) => is_signed_by(subject, issuer),
        _ => None,
    };
    for mut chain in chain::chains(&described, signed) {
        let line = chain.certificates.first().map_or(0, |certificate| certificate.line);
        if let Some(seen) = &seen {
            chain.is_served = true;
            chain.verdict.clone_from(&seen.verdict);
            if seen.depth > chain.certificates.len() {
                chain.missing = None;
                chain.is_complete = false;
                let reason =
                    "openssl s_client was run without -showcerts: of the chain only the first certificate is here".to_owned();
                reading.skip(content, line, reason);
            }
        }
        let server = seen.as_ref().and_then(|seen| seen.host.clone());
        reading.facts.push(Fact { at: None, server, location: content.at(line), what: What::Chain(chain) });
        reading.name(if seen.is_some() { "openssl s_client output" } else { "certificates" });
    }
}

/// Whether the signature verifies; `None` if that cannot be said (an algorithm that is not known here).
fn is_signed_by(subject: &X509Certificate<'_>, issuer: &X509Certificate<'_>) -> Option<bool> {
    match subject.verify_signature(Some(issuer.public_key())) {
        Ok(()) => Some(true),
        Err(X509Error::SignatureVerificationError) => Some(false),
        Err(_) => None,
    }
}

fn described(certificate: &X509Certificate<'_>, der: &[u8], line: u64) -> Parsed {
    let mut names: Vec<String> = Vec::new();
    let mut add = |name: &str| {
        let name = name.trim().to_lowercase();
        if !name.is_empty() && !names.contains(&name) && names.len() < MOST {
            names.push(name);
        }
    };
    if let Ok(Some(alternative)) = certificate.subject_alternative_name() {
        for name in &alternative.value.general_names {
            match name {
                GeneralName::DNSName(name) => add(name),
                GeneralName::IPAddress(bytes) => add(&address(bytes)),
                _ => {}
            }
        }
    }
    certificate.subject().iter_common_name().filter_map(|name| name.as_str().ok()).for_each(&mut add);
    let thumbprint = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, der);
    let moment = |time: x509_parser::time::ASN1Time| Date::Exact(time.timestamp().saturating_mul(1000));
    Parsed {
        raw_subject: certificate.subject().as_raw().to_vec(),
        raw_issuer: certificate.issuer().as_raw().to_vec(),
        certificate: chain::ChainCertificate {
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            names,
            not_before: moment(certificate.validity().not_before),
            not_after: moment(certificate.validity().not_after),
            thumbprint: thumbprint.as_ref().iter().map(|byte| format!("{byte:02X}")).collect(),
            is_self_issued: certificate.subject().as_raw() == certificate.issuer().as_raw(),
            is_authority: certificate.is_ca(),
            line,
        },
    }
}

fn address(bytes: &[u8]) -> String {
    if let Ok(v4) = <[u8; 4]>::try_from(bytes) {
        return std::net::Ipv4Addr::from(v4).to_string();
    }
    <[u8; 16]>::try_from(bytes).map(|v6| std::net::Ipv6Addr::from(v6).to_string()).unwrap_or_default()
}
