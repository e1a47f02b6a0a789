//! What clients and administrators' tools show, and the causes behind it. It covers every symptom of the two documents that
//! started the project.

use crate::explain::{Explanation, causes};

/// Words that a message holds (all of one of the lists), what it means, and its causes.
struct Message {
    holds: &'static [&'static [&'static str]],
    title: &'static str,
    meaning: &'static str,
    causes: &'static [&'static str],
}

const MESSAGES: [Message; 18] = [
    Message {
        holds: &[&["no such login method"]],
        title: "No such login method",
        meaning: "The client asks for a way of logging in that the server does not offer, often integrated authentication (NTLM, Kerberos).",
        causes: &["auth-method-unsupported", "plaintext-refused"],
    },
    Message {
        holds: &[
            &["pkix path"],
            &["sslhandshakeexception"],
            &["unable to find valid certification path"],
            &["unable to get local issuer"],
            &["unable to verify the first certificate"],
        ],
        title: "PKIX path building failed",
        meaning: "The client cannot build a chain from the server's certificate to a root that it trusts: usually an intermediate certificate is missing. Follow issuer to subject, step by step, until no certificate has the name that is looked for: that one is missing. The certificates that a server presents: openssl s_client -connect HOST:993 -showcerts (143: -starttls imap). Give its output to exlog analyze; it names the missing link.",
        causes: &["certificate-chain-incomplete", "certificate-name-mismatch", "certificate-expired"],
    },
    Message {
        holds: &[&["certificate", "expired"], &["certificate has expired"]],
        title: "The certificate has expired",
        meaning: "The certificate that IMAP or POP presents is no longer valid. Renewing and binding it in a hurry is how certificate-binding happens.",
        causes: &["certificate-expired", "certificate-binding"],
    },
    Message {
        holds: &[&["certificate", "name", "match"], &["certificate", "mismatch"], &["wrong principal"]],
        title: "The certificate's name does not fit",
        meaning: "The name that the client connects to, or that X509CertificateName names, is in no certificate.",
        causes: &["certificate-name-mismatch", "certificate-binding"],
    },
    Message {
        holds: &[&["invalid state"], &["not valid in this state"]],
        title: "Command received in Invalid state",
        meaning: "The login came before TLS, and LoginType asks for TLS. The connection mode of the client does not fit the server's.",
        causes: &["plaintext-refused"],
    },
    Message {
        holds: &[&["oauth"], &["aadsts"], &["service principal"], &["object id"], &["object-id"]],
        title: "Modern authentication fails",
        meaning: "The token was refused. For an application: the service principal must carry the object id of the enterprise application, not that of the app registration; delete it and create it with the right one. Basic authentication for IMAP ended in Microsoft 365 in 2022.",
        causes: &["basic-auth-blocked", "auth-method-unsupported"],
    },
    Message {
        holds: &[&["basic auth"], &["plaintext auth"], &["plaintext", "disabled"], &["basic", "disabled"]],
        title: "Basic authentication is switched off",
        meaning: "A name and a password are no longer taken. Microsoft 365 ended it for IMAP and POP in 2022; on premises an authentication policy may block it.",
        causes: &["basic-auth-blocked", "plaintext-refused"],
    },
    Message {
        holds: &[
            &["authenticate failed"],
            &["authentication failed"],
            &["authentication failure"],
            &["bad password"],
            &["logondenied"],
        ],
        title: "AUTHENTICATE failed",
        meaning: "The server refused the credentials, or could not hand the login over. The client sees the same words for both; the log tells them apart by ErrMsg and by Proxy: in Msg.",
        causes: &["wrong-credentials", "certificate-binding", "basic-auth-blocked", "password-spray"],
    },
    Message {
        holds: &[
            &["login failed"],
            &["logon failed"],
            &["no login"],
            &["asks for", "password"],
            &["prompt", "password"],
            &["password", "loop"],
            &["infinite loop"],
            &["imap journal connection failed"],
            &["journal", "failed"],
        ],
        title: "LOGIN failed",
        meaning: "The server refused the login, or accepted it and could not hand it over to the back end. If the password is right and the client asks for it for ever, it is the hand-over: look for ProxyNotAuthenticated in the log.",
        causes: &["certificate-binding", "backend-unreachable", "backend-timeout", "wrong-credentials", "protocol-disabled"],
    },
    Message {
        holds: &[
            &["unhealthy"],
            &["serverhealth"],
            &["server health"],
            &["test-imapconnectivity"],
            &["test-popconnectivity"],
            &["imapconnectivity"],
        ],
        title: "Exchange calls IMAP or POP unhealthy",
        meaning: "Exchange's own probes (HealthMailbox) cannot log in. If IMAP.Proxy is unhealthy and IMAP.Protocol healthy, the hand-over fails.",
        causes: &["certificate-binding", "health-mailbox-credentials", "service-silent", "backend-unreachable"],
    },
    Message {
        holds: &[&["x509certificatename"], &["unbind"], &["certificate", "bound"], &["bind", "certificate"], &["plaintextlogin"]],
        title: "A certificate is bound to IMAP or POP",
        meaning: "Binding a certificate sets X509CertificateName to its name, and the hand-over from front end to back end may fail from then on. A certificate cannot be unbound, only replaced. LoginType PlainTextLogin is no condition.",
        causes: &["certificate-binding", "certificate-name-mismatch"],
    },
    Message {
        holds: &[&["20,000"], &["20000"], &["too many messages"], &["mailbox full"], &["account full"]],
        title: "Too many messages",
        meaning: "A folder with more than 20,000 messages may be too much: opening it times out. For journaling, create a new journal account and import the old one's mail.",
        causes: &["large-mailbox", "backend-timeout"],
    },
    Message {
        holds: &[&["timed out"], &["timeout"], &["time out"]],
        title: "Timeouts",
        meaning: "The server did not answer in time: the back end hangs, logins are slow, or a folder has more than 20,000 messages.",
        causes: &["backend-timeout", "large-mailbox", "slow-logins"],
    },
    Message {
        holds: &[&["too many connections"], &["maximum number of connections"], &["connection limit"]],
        title: "Too many connections",
        meaning: "A limit on connections was reached.",
        causes: &["connection-limit", "throttled"],
    },
    Message {
        holds: &[
            &["connection refused"],
            &["no response"],
            &["cannot connect"],
            &["could not connect"],
            &["unable to connect"],
            &["connection failed"],
            &["not started"],
            &["firewall"],
            &["telnet"],
            &["unreachable"],
        ],
        title: "No connection",
        meaning: "Nothing answers on the port: the service is not started, its component is inactive, or a firewall stands in between. Try telnet HOST 143 (110 for POP).",
        causes: &["service-silent", "backend-unreachable"],
    },
    Message {
        holds: &[&["connection mode"], &["starttls"], &["ssl error"], &["tls error"], &["ssl/tls"], &["no tls"]],
        title: "The connection mode does not fit",
        meaning: "Client and server must agree: TLS on 993 or 995, STARTTLS on 143 or 110, or clear text where LoginType allows it.",
        causes: &["plaintext-refused", "certificate-chain-incomplete"],
    },
    Message {
        holds: &[
            &["not enabled or no longer exists"],
            &["account", "disabled"],
            &["protocol", "disabled"],
            &["imap", "disabled"],
            &["pop", "disabled"],
        ],
        title: "The account or the connection is not enabled",
        meaning: "The protocol is switched off for the mailbox, the account is disabled, or the connection that the client names is.",
        causes: &["protocol-disabled", "wrong-credentials"],
    },
    Message {
        holds: &[&["journal account"], &["journal"]],
        title: "The journal account gives trouble",
        meaning: "See that the account is enabled, not locked, that its password does not expire, that the protocol is on for it, and that its mailbox has fewer than 20,000 messages.",
        causes: &["wrong-credentials", "protocol-disabled", "large-mailbox"],
    },
];

/// Explains a message by the words in it.
pub(super) fn explain(words: &str) -> Option<Explanation> {
    let asked = words.to_lowercase();
    let message = MESSAGES.iter().find(|message| message.holds.iter().any(|all| all.iter().all(|word| asked.contains(word))))?;
    let text = format!("## What it means\n{}\n\n{}", message.meaning, causes(message.causes));
    Some(Explanation { title: message.title.to_owned(), text })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::by_id;

    #[test]
    fn every_symptom_of_the_first_documents_is_known() {
        for (symptom, title) in [
            ("IMAP Error: aYKG NO LOGIN failed.", "LOGIN failed"),
            ("Outlook prompts for the password in an infinite loop", "LOGIN failed"),
            ("Get-ServerHealth shows IMAP unhealthy", "Exchange calls IMAP or POP unhealthy"),
            ("Set-ImapSettings -X509CertificateName", "A certificate is bound to IMAP or POP"),
            ("you cannot unbind a certificate", "A certificate is bound to IMAP or POP"),
            ("Microsoft 365 IMAP plaintext auth disabled", "Basic authentication is switched off"),
            ("IMAP OAuth AUTHENTICATE failed", "Modern authentication fails"),
            ("Connection <token> is either not enabled or no longer exists", "The account or the connection is not enabled"),
            ("Microsoft IMAP service not started", "No connection"),
            ("Firewall / networking issue", "No connection"),
            ("No such login method", "No such login method"),
            ("Journal Account Full (>20,000 emails)", "Too many messages"),
            ("Journal account problems", "The journal account gives trouble"),
            ("Connection mode incorrect", "The connection mode does not fit"),
            (
                "PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path",
                "PKIX path building failed",
            ),
            ("IMAP Journal Connection Failed", "LOGIN failed"),
            ("AUTHENTICATE failed", "AUTHENTICATE failed"),
            ("BAD Command received in Invalid state.", "Command received in Invalid state"),
        ] {
            assert_eq!(explain(symptom).map(|found| found.title), Some(title.to_owned()), "{symptom}");
        }
        assert!(MESSAGES.iter().flat_map(|message| message.causes).all(|id| by_id(id).is_some()));
    }
}
