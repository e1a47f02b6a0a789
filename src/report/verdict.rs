//! The one sentence that every report for people begins with: do logins work?

use crate::case::Case;
use crate::case::outage::Outage;
use crate::protocol::Role;

/// How things stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Logins fail, and nothing shows that they work again.
    Fails,
    /// Logins failed, and work again.
    Failed,
    /// Nobody could log in, though nothing proves that the server is to blame.
    NoneWorked,
    /// Logins work.
    Works,
    /// The logs prove nothing.
    Unknown,
}

/// The outage that the verdict is about: the worst that goes on, else the worst of all.
pub(super) fn worst(case: &Case) -> Option<&Outage> {
    let ongoing = case.outages.iter().filter(|outage| outage.recovered_at.is_none()).max_by_key(|outage| outage.failed);
    ongoing.or_else(|| case.outages.iter().max_by_key(|outage| outage.failed))
}

/// How things stand, and the sentence that says so.
pub(super) fn verdict(case: &Case) -> (Standing, String) {
    if let Some(worst) = worst(case) {
        let is_ongoing = worst.recovered_at.is_none();
        let (standing, verb, now) =
            if is_ongoing { (Standing::Fails, "FAIL", "") } else { (Standing::Failed, "FAILED", " and work again") };
        let others = match case.outages.len() {
            1 => String::new(),
            outages => format!(" (the worst of {outages} outages)"),
        };
        return (standing, format!("{} LOGINS {verb} on {}{now}{others}", worst.protocol.title(), server(worst)));
    }
    let front = case.logins(Role::FrontEnd);
    let (standing, text) = match (front.attempts(), front.failed) {
        (0, _) if case.summary.accounting.in_window == 0 => {
            (Standing::Unknown, "No line lies in the window that was asked for; the logs cover another time")
        }
        (0, _) => (Standing::Unknown, "No front-end login attempts among what was asked for: this proves nothing about logins"),
        (_, 0) => (Standing::Works, "Logins work: no front-end login failed"),
        _ if front.succeeded == 0 => {
            (Standing::NoneWorked, "NO LOGIN WORKED, but for the accounts' own fault or too few to call it an outage")
        }
        _ => (Standing::Works, "Logins work: no outage; what failed are the accounts' own or single attempts"),
    };
    (standing, text.to_owned())
}

fn server(outage: &Outage) -> &str {
    outage.server.as_deref().unwrap_or("an unknown server")
}
