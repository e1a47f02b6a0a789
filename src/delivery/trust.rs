//! Which authorities are trusted, and what is wrong with a TLS connection in words.
//!
//! The machine's own store counts, because the servers of administrators have certificates of internal authorities; beside
//! it those of a file. Nothing switches the check off.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{CertificateError, RootCertStore};

use crate::error::{Error, ErrorKind, Result};

/// Certificates of authorities that are trusted beside those of the machine.
#[derive(Debug, Clone, Default)]
pub struct Authorities {
    certificates: Vec<CertificateDer<'static>>,
}

impl Authorities {
    /// Reads certificates as PEM, any number of them, or one as DER, as Windows exports them. `file` is the name for errors.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] if there is none, or one that cannot be read.
    pub fn from_bytes(bytes: &[u8], file: &str) -> Result<Self> {
        let wrong = |what: &str| {
            Error::new(ErrorKind::Usage, format!("{file}: {what}"))
                .hint("give the certificate of the authority, not of the server, as PEM (-----BEGIN CERTIFICATE-----) or DER")
        };
        // An ASN.1 sequence begins with this byte, and no text does.
        let certificates: Vec<CertificateDer<'static>> = match bytes.first() {
            Some(0x30) if !bytes.starts_with(b"0-") => vec![CertificateDer::from(bytes.to_vec())],
            _ => CertificateDer::pem_slice_iter(bytes)
                .collect::<std::result::Result<_, _>>()
                .map_err(|_| wrong("the PEM is damaged"))?,
        };
        if certificates.is_empty() {
            return Err(wrong("there is no certificate in it"));
        }
        let mut store = RootCertStore::empty();
        for certificate in &certificates {
            store.add(certificate.clone()).map_err(|_| wrong("a certificate in it cannot be read"))?;
        }
        Ok(Self { certificates })
    }

    /// The certificates as DER.
    pub(super) fn der(&self) -> impl Iterator<Item = &[u8]> {
        self.certificates.iter().map(AsRef::as_ref)
    }

    /// Those of the machine and these, as DER. What the machine has and nobody can read is left out.
    pub(super) fn with_those_of_the_machine(&self) -> Vec<Vec<u8>> {
        let machine = rustls_native_certs::load_native_certs().certs;
        machine.iter().map(|certificate| certificate.to_vec()).chain(self.der().map(<[u8]>::to_vec)).collect()
    }
}

/// The cryptography that TLS uses.
pub(super) fn cryptography() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// What was wrong with TLS.
pub(super) struct TlsTrouble {
    /// In a sentence about the server.
    pub(super) words: String,
    /// What can be done.
    pub(super) hint: &'static str,
}

/// What was wrong with TLS, if that is what an error is about, however deep it is wrapped.
pub(super) fn tls_trouble(error: &(dyn StdError + 'static)) -> Option<TlsTrouble> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(trouble(found));
        }
        // What an io::Error was made of is not its source: that is the source of what it was made of.
        next = match error.downcast_ref::<io::Error>() {
            Some(error) => error.get_ref().map(|inner| inner as &(dyn StdError + 'static)),
            None => error.source(),
        };
    }
    None
}

fn trouble(error: &rustls::Error) -> TlsTrouble {
    let of = |words: &str, hint| TlsTrouble { words: words.to_owned(), hint };
    match error {
        rustls::Error::InvalidCertificate(error) => certificate_trouble(error),
        rustls::Error::InvalidMessage(_) => {
            of("does not speak TLS there", "is the port right? Some expect STARTTLS there, or http instead of https")
        }
        rustls::Error::PeerIncompatible(_)
        | rustls::Error::AlertReceived(rustls::AlertDescription::ProtocolVersion | rustls::AlertDescription::HandshakeFailure) => {
            of("agrees to no version and cipher of TLS that is safe", "switch on TLS 1.2 or 1.3 on that server")
        }
        other => TlsTrouble { words: format!("broke off TLS: {other}"), hint: "its own log may say more" },
    }
}

fn certificate_trouble(error: &CertificateError) -> TlsTrouble {
    const RENEW: &str = "renew its certificate, and look at the clock of this machine";
    const NAME: &str = "give the server by a name that its certificate has";
    const ISSUER: &str =
        "give the certificate of the authority that issued it (for mail: --mail-ca), or have it trusted by this machine";
    let of = |words: &str, hint| TlsTrouble { words: words.to_owned(), hint };
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => of("has a certificate that has expired", RENEW),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            of("has a certificate that is not valid yet", RENEW)
        }
        CertificateError::NotValidForName => of("has a certificate for other names", NAME),
        CertificateError::NotValidForNameContext { presented, .. } => TlsTrouble {
            words: super::answer(&format!("has a certificate for other names: {}", presented.join(", "))),
            hint: NAME,
        },
        CertificateError::UnknownIssuer => {
            of("has a certificate that is not trusted: this machine does not know who issued it", ISSUER)
        }
        other => TlsTrouble { words: format!("has a certificate that is not accepted: {other}"), hint: ISSUER },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_no_certificate_is_refused_by_its_name() {
        for bytes in [
            &b""[..],
            b"hello",
            b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            b"-----BEGIN CERTIFICATE-----\n!!",
            b"\x30\x03abc",
        ] {
            let error = Authorities::from_bytes(bytes, "ca.pem").unwrap_err().to_string();
            assert!(error.starts_with("ca.pem: "), "{error}");
        }
    }

    #[test]
    fn trouble_is_found_however_deep_it_is_wrapped() {
        let inner = rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let wrapped = io::Error::other(io::Error::new(io::ErrorKind::InvalidData, inner));
        assert!(tls_trouble(&wrapped).unwrap().words.contains("not trusted"));
        let direct = io::Error::new(io::ErrorKind::InvalidData, rustls::Error::InvalidCertificate(CertificateError::Expired));
        assert!(tls_trouble(&direct).unwrap().words.contains("expired"));
        assert!(tls_trouble(&io::Error::other("something else")).is_none());
    }
}
