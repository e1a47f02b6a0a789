//! A chain of certificates: the walk from issuer to subject, and the link at which it breaks.

use serde::{Deserialize, Serialize};

use crate::evidence::date::Date;

/// The certificates of one file, and where the walk from issuer to subject ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// In the order of the file.
    pub certificates: Vec<ChainCertificate>,
    /// The walk: places in `certificates`, from the server's certificate towards the root.
    pub walk: Vec<usize>,
    /// The issuer that the walk asks for and the file does not hold; `None` if it ends at a root.
    pub missing: Option<String>,
    /// The walk ends at a certificate that is its own issuer.
    pub is_complete: bool,
    /// Links of the walk whose signature does not verify, as places in `certificates` (the signed certificate).
    pub broken_signatures: Vec<usize>,
    /// It was seen on the wire (`openssl s_client`): servers rightly leave the root out, so there a `missing` issuer of an
    /// authority (the last of the walk has [`ChainCertificate::is_authority`]) is most likely the root, and no fault.
    pub is_served: bool,
    /// What `openssl s_client` itself found: the return code and its words, e.g. 21, `unable to verify the first certificate`.
    pub verdict: Option<(u32, String)>,
}

/// One certificate of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainCertificate {
    /// The subject's distinguished name.
    pub subject: String,
    /// The issuer's distinguished name.
    pub issuer: String,
    /// Subject alternative names and the subject's common name, each once, in small letters.
    pub names: Vec<String>,
    /// The first moment of validity.
    pub not_before: Date,
    /// The last moment of validity.
    pub not_after: Date,
    /// SHA-1 thumbprint as Windows shows it: 40 hexadecimal digits in capitals; empty if it was not computed.
    pub thumbprint: String,
    /// Subject and issuer are the same: a root, or self-signed.
    pub is_self_issued: bool,
    /// Basic constraints say that it may sign others.
    pub is_authority: bool,
    /// Where it stands in the file.
    pub line: u64,
}

/// A certificate with its names as they are encoded, which is how issuer and subject are compared first.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) certificate: ChainCertificate,
    pub(crate) raw_subject: Vec<u8>,
    pub(crate) raw_issuer: Vec<u8>,
}

/// The most chains of one file: a store of many servers' certificates is no chain any more.
const MOST_CHAINS: usize = 50;

/// One chain for each certificate that is no issuer of another one: servers' certificates first of all. `is_signed` says of
/// a pair of places (signed, signer) whether the signature verifies, if it can be said.
pub(crate) fn chains(all: &[Parsed], is_signed: impl Fn(usize, usize) -> Option<bool>) -> Vec<Chain> {
    let is_issuer = |place: usize| {
        all.iter()
            .enumerate()
            .any(|(other, signed)| other != place && all.get(place).is_some_and(|one| is_issued_by(signed, one)))
    };
    let places = || (0..all.len()).filter(|place| !is_issuer(*place));
    let is_authority = |place: &usize| all.get(*place).is_some_and(|one| one.certificate.is_authority);
    let mut starts: Vec<usize> = places().filter(|place| !is_authority(place)).collect();
    // Authorities alone: a bundle of intermediates, or a store of roots, which is one source and no chain.
    if starts.is_empty() {
        starts = places().filter(|place| all.get(*place).is_some_and(|one| !one.certificate.is_self_issued)).collect();
    }
    if starts.is_empty() && !all.is_empty() {
        starts.push(places().next().unwrap_or_default());
    }
    starts.truncate(MOST_CHAINS);
    let is_alone = starts.len() == 1;
    starts.into_iter().map(|start| walk(all, start, is_alone, &is_signed)).collect()
}

fn walk(all: &[Parsed], start: usize, is_alone: bool, is_signed: &impl Fn(usize, usize) -> Option<bool>) -> Chain {
    let (mut path, mut broken) = (vec![start], Vec::new());
    let (mut missing, mut is_complete) = (None, false);
    let mut at = start;
    while let Some(current) = all.get(at) {
        if current.certificate.is_self_issued {
            is_complete = true;
            if is_signed(at, at) == Some(false) {
                broken.push(at);
            }
            break;
        }
        let issuers =
            || all.iter().enumerate().filter(|(place, one)| *place != at && is_issued_by(current, one)).map(|(place, _)| place);
        // Of several certificates with the issuer's name (renewed, cross-signed) the one whose key fits.
        let next = issuers().find(|place| is_signed(at, *place) == Some(true)).or_else(|| issuers().next());
        match next {
            Some(next) if !path.contains(&next) => {
                if is_signed(at, next) == Some(false) {
                    broken.push(at);
                }
                path.push(next);
                at = next;
            }
            // A circle never reaches a root.
            _ => {
                missing = Some(current.certificate.issuer.clone());
                break;
            }
        }
    }
    let kept: Vec<usize> = (0..all.len()).filter(|place| is_alone || path.contains(place)).collect();
    let renumbered =
        |places: Vec<usize>| places.into_iter().filter_map(|place| kept.iter().position(|kept| *kept == place)).collect();
    Chain {
        certificates: kept.iter().filter_map(|place| all.get(*place)).map(|one| one.certificate.clone()).collect(),
        walk: renumbered(path),
        missing,
        is_complete,
        broken_signatures: renumbered(broken),
        is_served: false,
        verdict: None,
    }
}

/// By the encoded names; else by their text, since the same name may be encoded in two ways.
fn is_issued_by(signed: &Parsed, issuer: &Parsed) -> bool {
    signed.raw_issuer == issuer.raw_subject || signed.certificate.issuer.eq_ignore_ascii_case(&issuer.certificate.subject)
}
