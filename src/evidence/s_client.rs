//! What `openssl s_client` says around the certificates: the host, how long the chain is, and its verdict.

/// What was seen of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    /// The host of `-connect`, if the command stands in the file.
    pub(crate) host: Option<String>,
    /// How many certificates the server sent.
    pub(crate) depth: usize,
    /// `Verify return code: 21 (unable to verify the first certificate)`.
    pub(crate) verdict: Option<(u32, String)>,
}

/// Reads it; `None` if the text is no output of `s_client`.
pub(crate) fn seen(text: &str) -> Option<Seen> {
    let is_output = text.contains("CONNECTED(") || text.contains("Certificate chain") && text.contains("i:");
    if !is_output {
        return None;
    }
    let numbered = |line: &&str| line.trim_start().split_once(" s:").is_some_and(|(number, _)| number.parse::<u8>().is_ok());
    let host = text.split_once("-connect ").and_then(|(_, rest)| rest.split([':', ' ', '\r', '\n']).next());
    let verdict = text.lines().rev().find_map(|line| {
        let (code, words) = line.trim().strip_prefix("Verify return code: ")?.split_once(' ')?;
        Some((code.parse().ok()?, words.trim_matches(['(', ')']).to_owned()))
    });
    Some(Seen {
        host: host.filter(|host| !host.is_empty()).map(str::to_owned),
        depth: text.lines().filter(numbered).count(),
        verdict,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_output_says_host_depth_and_verdict() {
        let text = "$ openssl s_client -connect mail.example.com:993 -showcerts\nCONNECTED(00000003)\n---\nCertificate chain\n 0 s:CN = mail.example.com\n   i:CN = B\n 1 s:CN = B\n   i:CN = C\n---\nVerify return code: 21 (unable to verify the first certificate)\n";
        let expected = Seen {
            host: Some("mail.example.com".to_owned()),
            depth: 2,
            verdict: Some((21, "unable to verify the first certificate".to_owned())),
        };
        assert_eq!(seen(text), Some(expected));
        assert_eq!(seen("-----BEGIN CERTIFICATE-----"), None);
    }
}
