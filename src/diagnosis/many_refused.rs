//! Many accounts that begin to be refused at one time while others log in: not that many devices, but what the accounts have in common.

use crate::case::Case;
use crate::case::refusals::Whence;
use crate::clock::{Zone, for_people};
use crate::collections::minutes::MINUTE;
use crate::diagnosis::finding::{Cause, Confidence, Effect, Figures, Finding, Severity};
use crate::diagnosis::group_failures::is_ongoing;
use crate::diagnosis::guessing::{Guessed, Guesses, HOUR};
use crate::diagnosis::powershell::argument;
use crate::diagnosis::refused_together::ask_for_time_before;
use crate::login::identity::{ClientClass, domain_and_name};
use crate::text::{counted, thousands};

/// So many accounts, each refused so often.
const FEWEST: (usize, u64) = (10, 3);
/// They are at least one in so many of all accounts of the logs, most of which need not be there at that time; where the logs show no
/// time before, one in so many.
const SHARE: (usize, usize) = (10, 5);
/// They begin to be refused within so long a time, in milliseconds.
const BEGIN: i64 = HOUR;
/// Whose first refusals lie no further apart than this began together, in milliseconds.
const APART: i64 = 15 * MINUTE;
/// In as long a time before, no more than one account for so many of them began to be refused.
const NEW: usize = 4;
/// So long at least each is refused, in milliseconds, or never gets in again: who mistypes gets in soon.
const LASTS: i64 = 10 * MINUTE;
/// So many logins of others work at that time.
const OTHERS: u64 = 3;
/// Where all come by one address, so many logins worked before, and no more than this share of them since: who guesses keeps nobody
/// from logging in. Afterwards as many as before work again.
const LEFT: (u64, f64) = (20, 0.75);
/// What is compared with the time before lasts so long at the most, and so long of it must be in the logs.
const COMPARED: (i64, i64) = (2 * HOUR, 30 * MINUTE);
/// Where the logs do not show that the accounts work at other times, each tries so often: who guesses tries each a few times.
const OFTEN: u64 = 4;
/// So many accounts are named.
const NAMED: usize = 5;

/// How many logins of users worked on the server while these accounts were refused, and in as long a time before and after.
#[derive(Debug, Clone, Copy)]
struct Worked {
    then: u64,
    /// Nothing if the logs do not show it.
    before: Option<u64>,
    after: Option<u64>,
}

impl Worked {
    /// Whether far fewer worked then than before and after.
    fn is_less(self) -> bool {
        let is_less_than = |other: u64| other >= LEFT.0 && self.then as f64 <= other as f64 * LEFT.1;
        self.before.is_some_and(is_less_than) && self.after.is_none_or(is_less_than)
    }
}

/// Accounts that are refused since one time.
#[derive(Debug)]
pub(super) struct Many<'g, 'a> {
    accounts: Vec<&'g Guessed<'a>>,
    first: i64,
    last: i64,
    worked: Worked,
    /// How many ordinary accounts there are on the server, refused or not.
    users: usize,
}

impl<'g, 'a> Many<'g, 'a> {
    /// Such accounts on a server, if there are any.
    pub(super) fn of(case: &Case, guesses: &'g Guesses<'a>) -> Option<Self> {
        let mut accounts: Vec<&Guessed<'_>> =
            guesses.accounts.iter().filter(|account| account.is_refused_for_long() && !account.is_brute_force()).collect();
        accounts.sort_by_key(|account| account.first());
        let begin_within = |from: i64, to: i64| accounts.iter().filter(|one| (from..to).contains(&one.first())).count();
        let starts = accounts.iter().map(|account| account.first());
        let densest = starts.max_by_key(|start| (begin_within(*start, start + BEGIN), std::cmp::Reverse(*start)))?;
        // Those right before it are the first of them.
        let earlier = accounts.iter().map(|account| account.first()).rev().filter(|start| *start <= densest);
        let first = earlier.fold(densest, |first, start| if first - start <= APART { first.min(start) } else { first });
        let began_before = begin_within(first - BEGIN, first);
        // Who tries seldom is refused later.
        accounts.retain(|account| {
            (first..first + BEGIN).contains(&account.first())
                || (account.first() > first && account.worked_before(first) && !account.worked_after(account.first()))
        });
        let last = accounts.iter().map(|account| account.last()).max()?;
        let is_seen_before = case.beginning().is_some_and(|beginning| first - beginning >= COMPARED.1);
        let share = if is_seen_before { SHARE.0 } else { SHARE.1 };
        if accounts.len() < FEWEST.0 || began_before * NEW > accounts.len() {
            return None;
        }
        let users = guesses.users(case);
        if accounts.len() * share < users {
            return None;
        }
        let worked = worked(case, guesses, first, last);
        let half =
            |wanted: &dyn Fn(&Guessed<'_>) -> bool| accounts.iter().filter(|one| wanted(one)).count() * 2 >= accounts.len();
        let are_known = half(&|account| account.worked_before(first) || account.worked_after(account.last()));
        let is_often = accounts.iter().map(|account| account.count()).sum::<u64>() >= accounts.len() as u64 * OFTEN;
        let are_people = half(&|account| account.whence != Whence::Elsewhere)
            && match (is_seen_before, half(&|account| account.whence == Whence::Own)) {
                // Each at an address of his own: nobody guesses like that.
                (true, true) => are_known || is_often,
                (true, false) => are_known && worked.is_less(),
                (false, _) => is_often,
            }
            && worked.then >= OTHERS;
        are_people.then_some(Self { accounts, first, last, worked, users })
    }

    /// Whether an account is one of them.
    pub(super) fn has(&self, name: &str) -> bool {
        self.accounts.iter().any(|account| account.name == name)
    }

    /// What there is to say.
    pub(super) fn finding(&self, case: &Case, guesses: &Guesses<'_>, id: &'static str) -> Option<Finding> {
        let server = guesses.server.as_deref();
        let is_over = !is_ongoing(case, self.last);
        let before =
            if is_over { "Many accounts were refused at one time on" } else { "Many accounts are refused since one time on" };
        let title = format!("{before} {}", server.unwrap_or("an unknown server"));
        let confidence = if self.worked.before.is_some() { Confidence::Consistent } else { Confidence::Possible };
        let mut finding = Finding::new(id, Severity::High, confidence, title);
        (finding.servers, finding.protocols) = (guesses.server.clone().into_iter().collect(), guesses.protocols.clone());
        (finding.start, finding.end, finding.ongoing) = (self.first, self.last, !is_over);
        finding.groups.clone_from(&guesses.groups);
        finding.is_scattered = true;
        let refused: u64 = self.accounts.iter().map(|account| account.count()).sum();
        let accounts = counted(self.accounts.len() as u64, "account", "accounts");
        finding.summary = format!(
            "{accounts} of {} refused {} times from {} to {} UTC, while others logged in",
            thousands(self.users as u64),
            thousands(refused),
            for_people(self.first, Zone::Utc),
            for_people(self.last, Zone::Utc)
        );
        finding.cause = Some(Cause {
            what: "many accounts".to_owned(),
            title: (before.to_owned(), String::new()),
            figures: Some(Figures { attempts: 0, users_failed: refused, probes_failed: 0 }),
            beside: Some("others logged in at that time".to_owned()),
            ..Cause::default()
        });
        self.add_evidence(case, &mut finding);
        let name = self.accounts.first().map_or("ACCOUNT", |account| account.bare_name());
        finding.step(
            "See what these accounts have in common: passwords that expired at one time, a lock, a policy that was set then",
            Some(format!("Get-ADUser {} -Properties Enabled,LockedOut,PasswordExpired,PasswordLastSet", argument(name))),
        );
        finding.step("See whether the domain controllers of their domain answer, and the trust with it, if it is another", None);
        finding.step("Ask nobody for devices with old passwords before that", None);
        finding.checked()
    }

    fn add_evidence(&self, case: &Case, finding: &mut Finding) {
        if let Some(before) = self.worked.before {
            let (before, then) = (counted(before, "login", "logins"), thousands(self.worked.then));
            let text = format!("{before} of users worked in as long a time before, and {then} then");
            finding.seen(Effect::Supports, "log_line", text, Some(self.first), None);
        } else {
            ask_for_time_before(finding);
        }
        if let Some(domain) = self.only_domain(case) {
            let text = format!("all of them are of {domain}, and other accounts are not");
            finding.seen(Effect::Supports, "log_line", text, None, None);
        }
        for account in self.accounts.iter().take(NAMED) {
            let text = format!("{} was refused {}", account.name, counted(account.count(), "time", "times"));
            finding.seen(Effect::Supports, "log_line", text, Some(account.first()), Some(account.line()));
        }
    }

    /// The one domain of all of them, where others have another.
    fn only_domain(&self, case: &Case) -> Option<String> {
        let domain_of = |name: &str| domain_and_name(name).0.map(str::to_lowercase);
        let domain = domain_of(self.accounts.first()?.name)?;
        let is_of_all = self.accounts.iter().all(|account| domain_of(account.name).as_ref() == Some(&domain));
        let mut users = case.summary.services.values().flat_map(|service| service.users());
        let have_others_another = users.any(|(name, _)| domain_of(name).is_some_and(|other| other != domain));
        (is_of_all && have_others_another).then_some(domain)
    }
}

impl Guessed<'_> {
    /// Refused often enough, for a while, or up to the end.
    fn is_refused_for_long(&self) -> bool {
        self.count() >= FEWEST.1 && (self.last() - self.first() >= LASTS || !self.worked_after(self.first()))
    }
}

/// How many logins of users worked on the server: of a long time in the beginning of it.
fn worked(case: &Case, guesses: &Guesses<'_>, first: i64, last: i64) -> Worked {
    let minutes = guesses.attempts_by_minute(|class| class != ClientClass::HealthMailbox);
    let (seen_before, seen_after) =
        (case.beginning().map_or(0, |beginning| first - beginning), case.end().map_or(0, |end| end - last));
    let length = (last - first).clamp(COMPARED.1, COMPARED.0);
    let succeeded = |start: i64, length: i64| -> u64 {
        let asked = start.div_euclid(MINUTE)..(start + length).div_euclid(MINUTE);
        minutes.range(asked).map(|(_, counts)| counts.succeeded).sum()
    };
    // As much of it as the logs show, as if it were the whole.
    let scaled = |count: u64, shown: i64| (count as f64 * length as f64 / shown as f64) as u64;
    let before = (seen_before >= COMPARED.1).then(|| length.min(seen_before));
    let after = (seen_after >= COMPARED.1).then(|| length.min(seen_after));
    Worked {
        then: succeeded(first, length),
        before: before.map(|shown| scaled(succeeded(first - shown, shown), shown)),
        after: after.map(|shown| scaled(succeeded(last + MINUTE, shown), shown)),
    }
}
