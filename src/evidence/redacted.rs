//! Pseudonyms in the place of all names that evidence holds, field by field: a new field does not compile before it is
//! decided what it may show.

use crate::evidence::chain::{Chain, ChainCertificate};
use crate::evidence::date::Date;
use crate::evidence::fact::{Certificate, Cmdlet, Component, Event, EventSpan, Fact, Health, Settings, Test, What};
use crate::redaction::{Redact, Redactor};

/// Puts what `redact` makes of it in the place of a text that may not be there.
fn each<'a>(texts: impl IntoIterator<Item = &'a mut String>, redact: impl Fn(&str) -> String) {
    texts.into_iter().for_each(|text| *text = redact(text));
}

impl Redact for Fact {
    fn redact(&mut self, redactor: &Redactor) {
        let Self { at: _, server, location, what } = self;
        each(server, |name| redactor.host(name));
        location.redact(redactor);
        match what {
            What::Settings(settings) => settings.redact(redactor),
            What::Certificate(certificate) => certificate.redact(redactor),
            What::Chain(chain) => chain.redact(redactor),
            What::ConnectivityTest(test) => test.redact(redactor),
            What::Health(health) => health.redact(redactor),
            What::Component(component) => component.redact(redactor),
            What::Event(event) => event.redact(redactor),
            What::EventSpan(span) => span.redact(redactor),
        }
    }
}

impl Redact for Date {
    fn redact(&mut self, redactor: &Redactor) {
        match self {
            Self::Exact(_) => {}
            Self::Ambiguous { text, readings: _ } | Self::Unreadable(text) => *text = redactor.text(text),
        }
    }
}

impl Redact for Settings {
    fn redact(&mut self, redactor: &Redactor) {
        let Self {
            protocol: _,
            certificate_name,
            login_type: _,
            ssl_bindings,
            unencrypted_bindings,
            internal_connections,
            external_connections,
            log_enabled: _,
            log_folder,
            most_connections: _,
            most_connections_per_user: _,
            most_connections_per_address: _,
            proxy_target_port: _,
            gssapi_and_ntlm: _,
            enforce_certificate_errors: _,
            extended_protection,
            changed,
        } = self;
        each(certificate_name, |name| redactor.host(name));
        each(ssl_bindings.iter_mut().chain(unencrypted_bindings), |binding| redactor.socket(binding));
        each(internal_connections.iter_mut().chain(external_connections), |target| redactor.target(target));
        each(log_folder, |path| redactor.path(path));
        each(extended_protection, |policy| redactor.term(policy));
        changed.iter_mut().for_each(|date| date.redact(redactor));
    }
}

impl Redact for Certificate {
    fn redact(&mut self, redactor: &Redactor) {
        let Self {
            thumbprint,
            subject,
            issuer,
            names,
            are_names_cut: _,
            services,
            not_before,
            not_after,
            status,
            has_private_key: _,
            is_self_signed: _,
        } = self;
        each(thumbprint, |thumbprint| redactor.label(thumbprint));
        each(subject.iter_mut().chain(issuer), |name| redactor.distinguished_name(name));
        each(names, |name| redactor.host(name));
        each(services.iter_mut().chain(status), |term| redactor.term(term));
        not_before.iter_mut().chain(not_after).for_each(|date| date.redact(redactor));
    }
}

impl Redact for Chain {
    fn redact(&mut self, redactor: &Redactor) {
        let Self { certificates, walk: _, missing, is_complete: _, broken_signatures: _, is_served: _, verdict } = self;
        certificates.iter_mut().for_each(|certificate| certificate.redact(redactor));
        each(missing, |name| redactor.distinguished_name(name));
        each(verdict.iter_mut().map(|(_, words)| words), |words| redactor.text(words));
    }
}

impl Redact for ChainCertificate {
    fn redact(&mut self, redactor: &Redactor) {
        let Self { subject, issuer, names, not_before, not_after, thumbprint, is_self_issued: _, is_authority: _, line: _ } =
            self;
        each([subject, issuer], |name| redactor.distinguished_name(name));
        each(names, |name| redactor.host(name));
        each([thumbprint], |thumbprint| redactor.label(thumbprint));
        [not_before, not_after].into_iter().for_each(|date| date.redact(redactor));
    }
}

impl Redact for Test {
    fn redact(&mut self, redactor: &Redactor) {
        let Self { protocol: _, succeeded: _, error, port: _, connection_type, secure_access: _, user, latency: _ } = self;
        each(error, |text| redactor.text(text));
        each(connection_type, |term| redactor.term(term));
        each(user, |name| redactor.account(name));
    }
}

impl Redact for Health {
    fn redact(&mut self, redactor: &Redactor) {
        let Self { name, health_set, target, alert, is_healthy: _, component, changed } = self;
        each(name.iter_mut().chain(health_set).chain(component).chain([alert]), |term| redactor.term(term));
        each(target, |target| redactor.host(target));
        changed.iter_mut().for_each(|date| date.redact(redactor));
    }
}

impl Redact for Component {
    fn redact(&mut self, redactor: &Redactor) {
        let Self { component, is_active: _, state } = self;
        each([component, state], |term| redactor.term(term));
    }
}

impl Redact for Event {
    fn redact(&mut self, redactor: &Redactor) {
        let Self { channel, provider, id: _, computer, record: _, time, texts, cmdlet } = self;
        each([channel, provider], |term| redactor.term(term));
        each([computer], |name| redactor.host(name));
        time.iter_mut().for_each(|date| date.redact(redactor));
        each(texts, |text| redactor.value(text));
        cmdlet.iter_mut().for_each(|cmdlet| cmdlet.redact(redactor));
    }
}

impl Redact for EventSpan {
    fn redact(&mut self, redactor: &Redactor) {
        let Self { channel, computer, from: _, to: _, records: _ } = self;
        each([channel], |term| redactor.term(term));
        each([computer], |name| redactor.host(name));
    }
}

impl Redact for Cmdlet {
    fn redact(&mut self, redactor: &Redactor) {
        let Self { name, parameters, caller, succeeded: _ } = self;
        each([name], |term| redactor.term(term));
        each(caller, |name| redactor.account(name));
        for (name, value) in parameters {
            *value = match name.to_ascii_lowercase().as_str() {
                "x509certificatename" | "server" | "domaincontroller" => redactor.host(value),
                "thumbprint" => redactor.label(value),
                // `EX01\1` is the first service of a server.
                "identity" => match value.split_once('\\') {
                    Some((server, rest)) => format!("{}\\{}", redactor.host(server), redactor.text(rest)),
                    None => redactor.account(value),
                },
                _ => redactor.text(value),
            };
            *name = redactor.term(name);
        }
    }
}
