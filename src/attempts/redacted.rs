//! Pseudonyms in the place of all names of an attempt, of a line of a session, or of a record.

use std::sync::Arc;

use crate::attempts::attempt::{Attempt, End};
use crate::attempts::log_record::LogRecord;
use crate::attempts::other_half::{Half, OtherHalf};
use crate::attempts::session_line::SessionLine;
use crate::redaction::{Redact, Redactor};

impl Redact for Attempt {
    fn teach(&self, redactor: &mut Redactor) {
        self.server.iter().for_each(|server| redactor.learn_host(server));
        self.target.iter().for_each(|target| redactor.learn_target(target));
        redactor.learn_targets_of(&self.response);
        redactor.learn_account(&self.user);
        let other_server = self.other_half.as_ref().and_then(|other| other.half()?.server.as_ref());
        other_server.iter().for_each(|server| redactor.learn_host(server));
    }

    fn redact(&mut self, redactor: &Redactor) {
        let Self {
            moment: _,
            protocol: _,
            role: _,
            server,
            outcome: _,
            error,
            error_class: _,
            user,
            client_class: _,
            client,
            listener,
            target,
            mechanism: _,
            command,
            response,
            duration: _,
            session: _,
            sequence: _,
            location,
            other_half,
        } = self;
        server.iter_mut().for_each(|name| hide_server(name, redactor));
        *error = redactor.text(error).into();
        *user = redactor.account(user).into();
        client.redact(redactor);
        listener.redact(redactor);
        target.iter_mut().for_each(|target| *target = redactor.target(target).into());
        *command = redactor.command(command).into();
        *response = redactor.text(response).into();
        location.redact(redactor);
        other_half.iter_mut().for_each(|other| other.redact(redactor));
    }
}

impl Redact for OtherHalf {
    fn redact(&mut self, redactor: &Redactor) {
        match self {
            Self::Found { score: _, half } | Self::Ambiguous { candidates: _, half } => half.redact(redactor),
            Self::NotFound | Self::Undecided => {}
        }
    }
}

impl Redact for Half {
    fn redact(&mut self, redactor: &Redactor) {
        let Self { server, outcome: _, error, client, session: _, location } = self;
        server.iter_mut().for_each(|name| hide_server(name, redactor));
        error.iter_mut().for_each(|error| *error = redactor.text(error).into());
        client.iter_mut().for_each(|client| *client = redactor.address(client).into());
        location.iter_mut().for_each(|location| location.redact(redactor));
    }
}

impl Redact for End {
    fn redact(&mut self, redactor: &Redactor) {
        let Self { address, port: _ } = self;
        *address = redactor.address(address).into();
    }
}

impl Redact for SessionLine {
    fn teach(&self, redactor: &mut Redactor) {
        self.server.iter().for_each(|server| redactor.learn_host(server));
        redactor.learn_targets_of(&self.text);
    }

    fn redact(&mut self, redactor: &Redactor) {
        let Self { moment: _, protocol: _, role: _, server, session: _, sequence: _, command, text, location } = self;
        server.iter_mut().for_each(|name| hide_server(name, redactor));
        *command = redactor.command(command).into();
        *text = redactor.log_line(text).into();
        location.redact(redactor);
    }
}

impl Redact for LogRecord {
    fn teach(&self, redactor: &mut Redactor) {
        self.server.iter().for_each(|server| redactor.learn_host(server));
        redactor.learn_targets_of(&self.context);
        redactor.learn_account(&self.user);
    }

    fn redact(&mut self, redactor: &Redactor) {
        let Self {
            moment: _,
            protocol: _,
            role: _,
            server,
            session: _,
            sequence: _,
            listener,
            client,
            user,
            duration: _,
            request_size: _,
            response_size: _,
            command,
            parameters,
            context,
            puid,
            location,
        } = self;
        server.iter_mut().for_each(|name| hide_server(name, redactor));
        listener.redact(redactor);
        client.redact(redactor);
        let texts = redactor.texts([user, command, parameters, context]);
        for (text, hidden) in [user, command, parameters, context].into_iter().zip(texts) {
            *text = hidden.into();
        }
        *puid = redactor.label(puid).into();
        location.redact(redactor);
    }
}

fn hide_server(name: &mut Arc<str>, redactor: &Redactor) {
    *name = redactor.host(name).into();
}
