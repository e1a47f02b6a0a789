//! What a finding says about the failures: a line of each kind, how many, since when, for whom.

use crate::clock::{Zone, for_people};
use crate::diagnosis::finding::{Figures, Finding, at_times};
use crate::diagnosis::group_failures::cite;
use crate::diagnosis::server_failures::ServerFailures;
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

    /// When the last of the dead targets failed for the last time, and from which minute on it worked again.
    fn until_it_worked(&self) -> String {
        let end = for_people(self.end, Zone::Utc);
        match self.dead.iter().filter(|dead| dead.end == self.end).filter_map(|dead| dead.worked_again).max() {
            Some(at) => {
                let at = for_people(at, Zone::Utc);
                format!("{end}, and works again since {}", at.get(..16).unwrap_or(&at))
            }
            None => end,
        }
    }

    /// The dead targets, or how many there are.
    fn dead_in_words(&self) -> String {
        let mut targets: Vec<&str> = self.dead.iter().map(|dead| dead.target).collect();
        targets.sort_unstable();
        targets.dedup();
        match targets.as_slice() {
            [] | [_] | [_, _] => targets.join(" or "),
            many => format!("{} targets", many.len()),
        }
    }

    /// How many, since when, for whom.
    pub(super) fn figures(&self) -> String {
        let names: Vec<&str> = self.protocols().into_iter().map(Protocol::title).collect();
        let until = match self.recovered_at() {
            _ if self.is_ongoing() => "and it goes on".to_owned(),
            Some(at) => format!("until {}, first success at {}", for_people(self.end, Zone::Utc), for_people(at, Zone::Utc)),
            None if !self.dead.is_empty() => format!("until {}", self.until_it_worked()),
            None => format!("until {}", for_people(self.end, Zone::Utc)),
        };
        let mut since = format!("{} UTC", for_people(self.start, Zone::Utc));
        let is_of_outages = self.dead.is_empty();
        if is_of_outages && self.outages.iter().any(|outage| outage.may_be_older && outage.start == self.start) {
            since += " or earlier (no login worked before it)";
        }
        let outages = match self.outages.len() {
            _ if !is_of_outages => at_times(self.times()),
            outages if outages > 1 && !self.is_scattered() => format!(" in {outages} outages"),
            _ => String::new(),
        };
        let of_one = if self.is_one_account { "; only one account was hit, others logged in at that time" } else { "" };
        let (attempts, users_failed, probes_failed) = (self.attempts, self.users_failed, self.probes_failed);
        let figures = Figures { attempts, users_failed, probes_failed };
        let mut beside = String::new();
        if !is_of_outages {
            beside += &format!("; nothing that was handed over to {} worked in that time", self.dead_in_words());
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
            figures.words()
        )
    }
}
