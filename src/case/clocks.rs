//! Whose clock is wrong: servers held against each other by the logins that went from one to the other.
//!
//! Both logs of such a login show one account at one moment. Of all pairs of moments that an account has on two servers the true
//! ones differ by the same wherever the clocks do, and the others by anything. All clocks are thought to be right at first; then
//! the one that most accounts show to be wrong is set right, then the next, until none is left.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::clock::{Zone, duration_for_people, for_people};
use crate::protocol::{Protocol, Role};
use crate::summary::clock_sample::{CLOCKS_APART, Moment, mark_of};
use crate::summary::{ServiceKey, Summary};
use crate::text::counted;

/// What differs by no more than this (milliseconds) is one difference: a login ends a little later on the front end.
const NARROW: i64 = 2_000;

/// So many samples more must show a difference than show another.
const FEWEST: usize = 5;

/// So many pairs of moments are looked at.
const MOST_PAIRS: usize = 60_000;

/// A server whose clock is not that of the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongServer {
    /// Its name.
    pub server: Arc<str>,
    /// So many milliseconds ahead of others; behind them if negative.
    pub ahead: i64,
    /// The only one that it could be held against: then it may be that one's clock that is wrong.
    pub other: Option<Arc<str>>,
    /// So many samples show it: an account in a quarter of a day.
    pub samples: u64,
    /// From when to when they do, about, in milliseconds since 1970 UTC.
    pub span: (i64, i64),
    /// One of the logins: when the front end and when the back end wrote it, each by its own clock.
    pub example: [(ServiceKey, i64); 2],
}

impl WrongServer {
    /// What it means, in a sentence without a full stop.
    pub fn in_words(&self, zone: Zone) -> String {
        let (server, by) = (&self.server, in_seconds(self.ahead));
        let direction = if self.ahead > 0 { "ahead of" } else { "behind" };
        let others = self.other.as_ref().map_or_else(|| "those of other servers".to_owned(), |other| format!("that of {other}"));
        let (from, to) = (for_people(self.span.0, zone), for_people(self.span.1, zone));
        let known = counted(self.samples, "sample of logins", "samples of logins");
        format!("the clock of {server} is {by} {direction} {others}, as {known} from {from} to {to} show")
    }
}

/// A difference of clocks for people, to the next second, whatever its direction.
pub(super) fn in_seconds(ahead: i64) -> String {
    duration_for_people((ahead.abs() + 500) / 1000 * 1000)
}

/// The servers whose clocks differ from the others', in the order of their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clocks(pub Vec<WrongServer>);

impl Clocks {
    /// How many milliseconds the clock of one server is ahead of another's, as far as it is known.
    pub fn ahead(&self, server: Option<&str>, of: Option<&str>) -> i64 {
        let wrong = |name: Option<&str>| self.0.iter().find(|wrong| Some(wrong.server.as_ref()) == name);
        let ahead = |name| wrong(name).map_or(0, |wrong| wrong.ahead);
        ahead(server) - ahead(of)
    }
}

/// A moment of a front end and one of a back end on another server that may be those of one login.
struct Pair<'a> {
    front: Login<'a>,
    back: Login<'a>,
    shown_by: Sample,
}

/// When a service wrote of a login, by the clock of its server.
#[derive(Clone, Copy)]
struct Login<'a> {
    server: &'a Arc<str>,
    service: &'a ServiceKey,
    at: i64,
}

/// An account in a quarter of a day, by hash and protocol.
type Sample = (u64, Protocol);

/// Where and when an account logged in: server, its service, moments.
type Seen<'a> = Vec<(&'a Arc<str>, &'a ServiceKey, &'a [Moment])>;

/// So many milliseconds would a server's clock be ahead, if a pair is one login.
type Sign<'a> = (i64, &'a Pair<'a>);

/// A difference that many show.
struct Peak<'a> {
    ahead: i64,
    samples: usize,
    /// When, from the first to the last but a twentieth at both ends, where chance is.
    span: (i64, i64),
    /// By how many more it is shown than what was thought before.
    gain: usize,
    example: &'a Pair<'a>,
    /// All servers that it was seen at.
    servers: BTreeSet<&'a Arc<str>>,
}

/// Finds the servers whose clocks differ.
pub(super) fn clocks(summary: &Summary) -> Clocks {
    let pairs = pairs(summary);
    let servers: BTreeSet<&Arc<str>> = pairs.iter().flat_map(Pair::servers).collect();
    let mut set_right = BTreeMap::<&Arc<str>, Peak<'_>>::new();
    // Each is set right once, and once more when those that it was held against are.
    for _ in 0..2 * servers.len() {
        let mut signs = BTreeMap::<&Arc<str>, Vec<Sign<'_>>>::new();
        let ahead = |server: &Arc<str>| set_right.get(server).map_or(0, |peak| peak.ahead);
        for pair in &pairs {
            let (front, back, apart) = (pair.front.server, pair.back.server, pair.back.at - pair.front.at);
            signs.entry(back).or_default().push((ahead(front) + apart, pair));
            signs.entry(front).or_default().push((ahead(back) - apart, pair));
        }
        let peaks = signs.into_iter().filter_map(|(server, signs)| Some((server, peak(signs, ahead(server))?)));
        let is_news = |(server, peak): &(&Arc<str>, Peak<'_>)| (peak.ahead - ahead(server)).abs() > CLOCKS_APART;
        // What leaves least unexplained. Of two that are held against each other alone the first is named.
        let most = peaks.filter(is_news).reduce(|most, next| if next.1.gain > most.1.gain { next } else { most });
        let Some((server, peak)) = most else { break };
        set_right.insert(server, peak);
    }
    let wrong = set_right.into_iter().filter(|(_, peak)| peak.ahead.abs() > CLOCKS_APART);
    Clocks(wrong.map(|(server, peak)| named(server, peak)).collect())
}

fn named(server: &Arc<str>, peak: Peak<'_>) -> WrongServer {
    let Peak { ahead, samples, span, example: Pair { front, back, .. }, servers, .. } = peak;
    let mut others = servers.into_iter().filter(|other| *other != server);
    let other = others.next().filter(|_| others.next().is_none()).cloned();
    let example = [front, back].map(|login| (login.service.clone(), login.at));
    WrongServer { server: server.clone(), ahead, other, samples: samples as u64, span, example }
}

impl<'a> Pair<'a> {
    fn servers(&self) -> [&'a Arc<str>; 2] {
        [self.front.server, self.back.server]
    }
}

/// Pairs of moments that one account has on a front end and on another server's back end; of too many those of accounts that
/// logged in least.
fn pairs(summary: &Summary) -> Vec<Pair<'_>> {
    let mut samples = BTreeMap::<Sample, [Seen<'_>; 2]>::new();
    for (key, service) in &summary.services {
        let Some(server) = &key.server else { continue };
        for (hash, moments) in service.clock_sample.quarters() {
            let [front_ends, back_ends] = samples.entry((hash, key.protocol)).or_default();
            let seen = if key.role == Role::FrontEnd { front_ends } else { back_ends };
            seen.push((server, key, moments));
        }
    }
    let mut samples: Vec<(Sample, [Seen<'_>; 2])> = samples.into_iter().collect();
    let logins = |seen: &Seen<'_>| seen.iter().map(|(_, _, moments)| moments.len()).sum::<usize>();
    samples.sort_by_key(|(_, [front_ends, back_ends])| logins(front_ends) * logins(back_ends));
    let pairs = samples.iter().flat_map(|(sample, [front_ends, back_ends])| pairs_of(*sample, front_ends, back_ends));
    pairs.take(MOST_PAIRS).collect()
}

fn pairs_of<'a, 's>(
    shown_by: Sample,
    front_ends: &'s Seen<'a>,
    back_ends: &'s Seen<'a>,
) -> impl Iterator<Item = Pair<'a>> + use<'a, 's> {
    let services = front_ends.iter().flat_map(move |front| back_ends.iter().map(move |back| (front, back)));
    services.filter(|(front, back)| front.0 != back.0).flat_map(move |((front, front_key, mine), (back, back_key, theirs))| {
        let target = mark_of(back);
        let handed_over = mine.iter().filter(move |mine| mine.target == target);
        let moments = handed_over.flat_map(move |mine| theirs.iter().map(move |theirs| (mine.at, theirs.at)));
        moments.map(move |(mine, theirs)| Pair {
            front: Login { server: front, service: front_key, at: mine },
            back: Login { server: back, service: back_key, at: theirs },
            shown_by,
        })
    })
}

/// The difference that most samples show, if it is most of them, and clearly more than show any other: clients that poll show
/// one at every multiple of their interval.
fn peak(mut signs: Vec<Sign<'_>>, before: i64) -> Option<Peak<'_>> {
    signs.sort_by_key(|(ahead, pair)| (*ahead, pair.shown_by));
    let all: BTreeSet<Sample> = signs.iter().map(|(_, pair)| pair.shown_by).collect();
    let stretches = stretches(&signs);
    let best = stretches.iter().max_by_key(|stretch| (stretch.samples, Reverse(stretch.from)))?;
    let of_it = signs.get(best.from..best.to)?;
    let (first, last) = (of_it.first()?.0 - NARROW, of_it.last()?.0 + NARROW);
    let elsewhere = stretches.iter().filter(|stretch| stretch.last < first || stretch.first > last);
    let second = elsewhere.map(|stretch| stretch.samples).max().unwrap_or_default();
    let as_before = stretches.iter().filter(|stretch| stretch.last >= before - NARROW && stretch.first <= before + NARROW);
    let gain = best.samples.saturating_sub(as_before.map(|stretch| stretch.samples).max().unwrap_or_default());
    let is_clear = best.samples * 2 > all.len() && best.samples - second >= FEWEST.max(best.samples / 4);
    let (ahead, example) = *of_it.get(of_it.len() / 2).filter(|_| is_clear)?;
    let mut moments: Vec<i64> = of_it.iter().map(|(_, pair)| pair.front.at).collect();
    moments.sort_unstable();
    let edge = moments.len() / 20;
    let span = (*moments.get(edge)?, *moments.iter().nth_back(edge)?);
    Some(Peak {
        ahead,
        samples: best.samples,
        span,
        gain,
        example,
        servers: of_it.iter().flat_map(|(_, pair)| pair.servers()).collect(),
    })
}

/// Signs that are one difference: their places, the least and the greatest, and how many samples show them.
struct Stretch {
    from: usize,
    to: usize,
    first: i64,
    last: i64,
    samples: usize,
}

/// For each sign those behind it that differ from it by no more than [`NARROW`].
fn stretches(signs: &[Sign<'_>]) -> Vec<Stretch> {
    let mut stretches = Vec::with_capacity(signs.len());
    let (mut to, mut last, mut within) = (0, 0, BTreeMap::<Sample, usize>::new());
    for (from, (first, pair)) in signs.iter().enumerate() {
        while let Some((ahead, next)) = signs.get(to).filter(|(ahead, _)| ahead - first <= NARROW) {
            *within.entry(next.shown_by).or_default() += 1;
            (to, last) = (to + 1, *ahead);
        }
        stretches.push(Stretch { from, to, first: *first, last, samples: within.len() });
        if let Some(count) = within.get_mut(&pair.shown_by) {
            *count -= 1;
            if *count == 0 {
                within.remove(&pair.shown_by);
            }
        }
    }
    stretches
}
