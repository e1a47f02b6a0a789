//! How well a login of a front end and one of a back end fit: the score of a pair.
//!
//! What contradicts makes a pair impossible: another target, another account, a connection from the same machine between two
//! servers, a time outside of the front end's login by more than clocks differ. The rest is multiplied, in percent. A
//! `CafeActivityId` that both lines have decides alone.

use std::net::IpAddr;

use crate::attempts::halves::clue::Clue;
use crate::login::error_code::ErrorClass;
use crate::login::outcome::Outcome;
use crate::login::target::{Target, is_same_name};
use crate::summary::clock_sample::CLOCKS_APART;

/// On one server only the writing of a line takes time.
const ONE_CLOCK: i64 = 1_000;

/// A pair needs so much to be one.
pub(super) const ENOUGH: u32 = 65;

/// The score of a pair that the same `CafeActivityId` joins: above all others.
const BY_ACTIVITY: u32 = 200;

/// How well a front end's login and a back end's fit; `None` if they cannot be one.
pub(super) fn fit(front: &Clue, back: &Clue) -> Option<u32> {
    let target = front.target.as_ref()?;
    let is_port_right = target.port.zip(back.listener.port).is_none_or(|(one, other)| one == other);
    if front.protocol != back.protocol || !is_port_right {
        return None;
    }
    let is_one_server = same_server(front, back);
    let time = time(front, back, if is_one_server == Some(true) { ONE_CLOCK } else { CLOCKS_APART })?;
    match (&front.activity, &back.activity) {
        (Some(one), Some(other)) if one == other => return Some(BY_ACTIVITY),
        (Some(_), Some(_)) => return None,
        _ => {}
    }
    let factors = [
        time,
        place(target, back)?,
        path(front, back, is_one_server)?,
        front.names.agree(&back.names)?,
        outcomes(front, back),
        told_client(front, back),
    ];
    Some(factors.into_iter().fold(100, |score, factor| score * factor / 100))
}

/// Whether both lines stand in logs of one server, if that is known.
fn same_server(front: &Clue, back: &Clue) -> Option<bool> {
    let is_told = !front.is_server_given && !back.is_server_given;
    front.server.as_ref().zip(back.server.as_ref()).filter(|_| is_told).map(|(one, other)| is_same_name(one, other))
}

/// The back end ends its login while the front end waits for it.
fn time(front: &Clue, back: &Clue, tolerance: i64) -> Option<u32> {
    let start = front.moment.saturating_sub(front.duration);
    let outside = start.saturating_sub(back.moment).max(back.moment.saturating_sub(front.moment)).max(0);
    let lost = u32::try_from(50 * outside.min(tolerance + 1) / tolerance).ok()?;
    (outside <= tolerance).then_some(100 - lost)
}

/// Whether the back end's log is that of the target.
fn place(target: &Target, back: &Clue) -> Option<u32> {
    const UNKNOWN: Option<u32> = Some(85);
    if let Ok(address) = target.host.parse::<IpAddr>() {
        let is_address = back.listener.address.parse::<IpAddr>().is_ok_and(|listener| listener == address);
        return if is_address { Some(100) } else { UNKNOWN };
    }
    // Redacted copies have `<CAS FQDN>`.
    let is_host = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
    let server = back.server.as_deref().filter(|_| !back.is_server_given).filter(|name| name.parse::<IpAddr>().is_err());
    match server {
        Some(server) if is_host(&target.host) && !target.host.is_empty() => target.is_on(server).then_some(100),
        _ => UNKNOWN,
    }
}

/// The back end's client is the front end.
fn path(front: &Clue, back: &Clue, is_one_server: Option<bool>) -> Option<u32> {
    let is_loopback = |address: &str| address.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback());
    let (from, own) = (back.client.address.as_ref(), front.listener.address.as_ref());
    let is_inside = is_loopback(from) || (!from.is_empty() && *from == *back.listener.address);
    match is_one_server {
        Some(false) if is_inside => None,
        Some(true) if is_inside => Some(100),
        _ if from == own => Some(100),
        // By this address nobody connects to another server.
        _ if is_loopback(own) || from.contains(':') != own.contains(':') => Some(90),
        // A server has several addresses.
        _ => Some(80),
    }
}

/// A back end that said no is behind a front end that says no.
fn outcomes(front: &Clue, back: &Clue) -> u32 {
    match (front.outcome, back.outcome) {
        // It was never reached.
        (Outcome::Failed, _) if front.error_class == Some(ErrorClass::ProxyConnection) => 45,
        (Outcome::Unknown, _) | (_, Outcome::Unknown) => 90,
        // It may have come to an end when nobody waited any more.
        (Outcome::Failed, Outcome::Succeeded) if front.error_class == Some(ErrorClass::ProxyTimeout) => 90,
        (one, other) if one == other => 100,
        _ => 45,
    }
}

/// Some back ends write which client the front end told them of.
fn told_client(front: &Clue, back: &Clue) -> u32 {
    match &back.told_client {
        Some(told) if *told != front.client.address => 70,
        _ => 100,
    }
}
