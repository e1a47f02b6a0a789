//! What of a login attempt tells its other half.

use std::sync::Arc;

use crate::attempts::attempt::{End, Parts};
use crate::attempts::halves::names::FoldedNames;
use crate::attempts::other_half::Half;
use crate::location::Location;
use crate::login::attempt::target_name;
use crate::login::error_code::ErrorClass;
use crate::login::outcome::Outcome;
use crate::login::target::Target;
use crate::protocol::{Protocol, Role};
use crate::protocol_log::context::only_value;
use crate::protocol_log::endpoint::Endpoint;
use crate::text::lossy;

/// A login of a front end is held to have taken no longer than this, in milliseconds: it gives up a back end after about a minute.
pub(super) const LONGEST: i64 = 65_000;

/// An attempt that has another half, or should.
#[derive(Debug)]
pub(super) struct Clue {
    pub(super) moment: i64,
    /// In milliseconds, up to [`LONGEST`].
    pub(super) duration: i64,
    pub(super) protocol: Protocol,
    pub(super) role: Role,
    pub(super) server: Option<Arc<str>>,
    /// The server was named by an option for all logs, and tells nothing.
    pub(super) is_server_given: bool,
    pub(super) outcome: Outcome,
    pub(super) error: Box<str>,
    pub(super) error_class: Option<ErrorClass>,
    pub(super) client: End,
    pub(super) listener: End,
    /// Of a front end: where the login was handed over to.
    pub(super) target: Option<Target>,
    pub(super) names: FoldedNames,
    /// `CafeActivityId`.
    pub(super) activity: Option<Box<str>>,
    /// `ClientIp`: what a back end was told of the real client.
    pub(super) told_client: Option<Box<str>>,
    session: u64,
    location: Location,
}

impl Clue {
    /// What an attempt tells; `None` if a front end answered it alone.
    pub(super) fn of(parts: &Parts<'_>, is_server_given: bool) -> Option<Self> {
        let (seen, record, answer) = (parts.seen, parts.seen.record, &parts.answer);
        let target = answer.target.filter(|_| seen.role == Role::FrontEnd).map(|target| Target::parse(&target_name(target)));
        if seen.role == Role::FrontEnd && target.is_none() {
            return None;
        }
        let value = |key| only_value(parts.context, key);
        // An id of nothing but zeros is none.
        let activity = value("CafeActivityId").filter(|id| id.iter().any(|byte| !matches!(byte, b'0' | b'-' | b'{' | b'}')));
        Some(Self {
            moment: record.time,
            duration: record.duration().and_then(|duration| duration.try_into().ok()).unwrap_or(0).min(LONGEST),
            protocol: seen.protocol,
            role: seen.role,
            server: seen.server.cloned(),
            is_server_given,
            outcome: answer.outcome,
            error: answer.error.as_ref().into(),
            error_class: parts.error_class,
            client: record.client_endpoint().into(),
            listener: record.server_endpoint().into(),
            target,
            names: FoldedNames::of(&parts.who.names),
            activity: activity.map(|id| lossy(id).to_ascii_lowercase().into()),
            told_client: value("ClientIp").map(|address| lossy(Endpoint::parse(address).address).into()),
            session: record.session,
            location: seen.location(),
        })
    }

    /// How it is shown beside its other half.
    pub(super) fn half(&self) -> Half {
        Half {
            server: self.server.clone(),
            outcome: Some(self.outcome),
            error: Some(self.error.clone()),
            client: Some(self.client.address.clone()),
            session: Some(self.session),
            location: Some(self.location.clone()),
        }
    }
}
