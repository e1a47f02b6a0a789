//! What a finding says about the failures: a line of each kind, how many, since when, for whom.

use crate::clock::{Zone, for_people};
use crate::diagnosis::finding::{Figures, Finding};
use crate::diagnosis::group_failures::cite;
use crate::diagnosis::server_failures::{DeadTarget, ServerFailures};
use crate::login::identity::ClientClass;
use crate::protocol::Protocol;
use crate::text::{counted, thousands};

impl ServerFailures<'_> {
    pub(super) fn add_lines(&self, class: ClientClass, finding: &mut Finding) {
        let of = if class == ClientClass::HealthMailbox { " of a probe of Exchange itself" } else { " of an account" };
        for group in self.groups.iter().filter(|group| group.key.client_class == class).take(2) {
            let at = group.key.target.as_deref().map_or_else(String::new, |target| format!(" at {target}"));
            cite(group, of, &at, finding);
        }
    }

    /// Whether it may have begun before the logs, or before the window.
    pub(super) fn may_be_older(&self) -> bool {
        match self.dead.is_empty() {
            true => self.outages.iter().any(|outage| outage.may_be_older && outage.start == self.start),
            false => self.dead.iter().any(|dead| dead.may_be_older && dead.start == self.start),
        }
    }

    /// That the dead targets, or how many there are, were not reached by anything; `None` if there are none.
    pub(super) fn nothing_worked_there(&self) -> Option<String> {
        let mut targets: Vec<&str> = self.dead.iter().map(|dead| dead.target).collect();
        targets.sort_unstable();
        targets.dedup();
        let targets = match targets.as_slice() {
            [] => return None,
            [_] | [_, _] => targets.join(" or "),
            many => format!("{} targets", many.len()),
        };
        let when = match self.times_of_one() {
            0 | 1 => "that time",
            _ => "any of these times",
        };
        Some(format!("nothing that was handed over to {targets} worked in {when}"))
    }

    /// How often one and the same target was dead, at the most.
    fn times_of_one(&self) -> usize {
        let times = |one: &DeadTarget<'_>| {
            self.dead.iter().filter(|other| (other.service, other.target) == (one.service, one.target)).count()
        };
        self.dead.iter().map(times).max().unwrap_or_default()
    }

    /// How many, since when, for whom.
    pub(super) fn figures(&self) -> String {
        let names: Vec<&str> = self.protocols().into_iter().map(Protocol::title).collect();
        let until = match self.recovered_at() {
            _ if self.is_ongoing() => "and it goes on".to_owned(),
            Some(at) if self.dead.is_empty() => {
                format!("until {}, first success at {}", for_people(self.end, Zone::Utc), for_people(at, Zone::Utc))
            }
            _ => until(self.end, self.worked_again()),
        };
        let since = since(self.start, self.may_be_older());
        let is_of_outages = self.dead.is_empty();
        let outages = match self.outages.len() {
            _ if !is_of_outages => match self.times_of_one() {
                0 | 1 => String::new(),
                times => format!(" at {times} different times"),
            },
            outages if outages > 1 && !self.is_scattered() => format!(" in {outages} outages"),
            _ => String::new(),
        };
        let of_one = if self.is_one_account { "; only one account was hit, others logged in at that time" } else { "" };
        let (attempts, users_failed, probes_failed) = (self.attempts, self.users_failed, self.probes_failed);
        let figures = Figures { attempts, users_failed, probes_failed };
        let mut beside = self.nothing_worked_there().map_or_else(String::new, |beside| format!("; {beside}"));
        if self.elsewhere > 0 {
            beside += &format!("; {} at other targets", counted(self.elsewhere, "failure more", "failures more"));
        }
        if self.other_errors > 0 {
            beside += &format!("; {} of them with other errors", thousands(self.other_errors));
        }
        if self.in_others > 0 {
            beside += &format!("; {} in outages of other causes", counted(self.in_others, "failure more", "failures more"));
        }
        if self.outside > 0 {
            let of_these = match self.outages.len() {
                _ if !is_of_outages => "that time".to_owned(),
                1 => "the outage".to_owned(),
                outages => format!("these {outages} outages"),
            };
            beside += &format!("; {} outside of {of_these}", counted(self.outside, "failure more", "failures more"));
        }
        format!(
            "{} on {} since {since} {until}{outages}: {}{beside}{of_one}",
            names.join(" and "),
            self.server_name(),
            figures.words(if is_of_outages { "" } else { " there" })
        )
    }
}

/// When something began, for people.
pub fn since(start: i64, may_be_older: bool) -> String {
    let or_earlier = if may_be_older { " or earlier (no login worked before it)" } else { "" };
    format!("{} UTC{or_earlier}", for_people(start, Zone::Utc))
}

/// When something ended, and since which minute it works again, if that is known.
pub fn until(end: i64, worked_again: Option<i64>) -> String {
    let end = for_people(end, Zone::Utc);
    match worked_again {
        Some(at) => {
            let at = for_people(at, Zone::Utc);
            format!("until {end}, and works again since {}", at.get(..16).unwrap_or(&at))
        }
        None => format!("until {end}"),
    }
}
