//! Looks at logs again and again, and says what is new in them.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::attempts::attempt::{Attempt, Attempts};
use crate::attempts::stretch::{self, Remembered};
use crate::case::Case;
use crate::case::evidence::Evidence;
use crate::collections::map::HashMap;
use crate::error::{Result, plain_words};
use crate::follow::changes::{Aside, Changes, Why};
use crate::follow::recent::{HOUR, Recent};
use crate::follow::turns::Turns;
use crate::input::discover::Input;
use crate::input::identity::Beginning;
use crate::input::packed::Unpacking;
use crate::input::server_name;
use crate::input::source::Source;
use crate::live::Fresh;
use crate::login::outcome::Outcome;
use crate::pipeline::Silent;
use crate::pipeline::rest::{LogRead, Rest, ends_of, read_on};
use crate::protocol::Protocol;
use crate::protocol_log::place::Place;
use crate::recognition::known_log::{KnownLog, Mark, OnDisk};
use crate::recognition::{Recognised, Trust, path_of, recognise};
use crate::skipped::{FileFate, FileNote};
use crate::summary::file::FileSummary;
use crate::summary::scope::{NamePattern, Scope};

/// In a log whose last lines are older by so much than what counts nothing is looked for: lines do not stand later than that.
const LATE: i64 = HOUR;

/// The same by the time at which a file was written last, which is that of another clock.
const WRITTEN_LONG_AGO: i64 = 24 * HOUR;

/// What is followed, and what of it counts.
#[derive(Debug)]
pub struct Order {
    /// Files, folders, globs.
    pub paths: Vec<PathBuf>,
    /// Window and filters. Without a beginning the window begins [`Order::since`] before the last line that is there at first.
    pub scope: Scope,
    /// How much of what is there already is read, in milliseconds.
    pub since: i64,
    /// What is older than the newest line by so many milliseconds is let go, and counts no more.
    pub keep: i64,
    /// Only attempts that ended like this are handed on.
    pub outcome: Option<Outcome>,
    /// Only those with an error code, or of a class of errors, that fits.
    pub error: Option<NamePattern>,
    /// How many threads read; all processors if `None`.
    pub threads: Option<usize>,
    /// How much may come out of archives and packed files.
    pub unpacking: Unpacking,
}

/// What a look brought.
#[derive(Debug, Default)]
pub struct Looked {
    /// How many logs are known by now.
    pub logs: usize,
    /// Whether anything new was read.
    pub is_new: bool,
    /// Trouble that was not there before.
    pub notes: Vec<FileNote>,
}

/// Follows logs.
#[derive(Debug)]
pub struct Follower {
    order: Order,
    logs: Vec<Followed>,
    aside: Aside,
    recent: Recent,
    evidence: Evidence,
    trouble: BTreeSet<FileNote>,
    fresh: BTreeSet<(String, Protocol)>,
    skipped: u64,
    has_looked: bool,
    begun: i64,
}

/// A log that is followed.
#[derive(Debug)]
struct Followed {
    log: KnownLog,
    remembered: Remembered,
    /// The hour of its last lines.
    hour: i64,
    /// What stands in it before its first record, as long as there is none.
    before_records: Option<FileSummary>,
}

impl Follower {
    /// Has not looked at anything yet.
    pub fn new(order: Order) -> Self {
        Self {
            order,
            logs: Vec::new(),
            aside: Aside::default(),
            recent: Recent::default(),
            evidence: Evidence::default(),
            trouble: BTreeSet::new(),
            fresh: BTreeSet::new(),
            skipped: 0,
            has_looked: false,
            begun: 0,
        }
    }

    /// Looks at `now` (milliseconds since 1970 UTC), and hands on each attempt that is new, in the order of time.
    ///
    /// # Errors
    /// [`crate::error::ErrorKind::System`] if threads cannot be had. What cannot be read is no error: it is looked at again.
    pub fn look(&mut self, now: i64, mut found: impl FnMut(Attempt) + Send) -> Result<Looked> {
        let with = (self.order.unpacking, self.order.threads);
        let known: Vec<&KnownLog> = self.logs.iter().map(|log| &log.log).collect();
        let mut changes = Changes::of(&self.order.paths, &known, &mut self.aside, with)?;
        let mut notes = std::mem::take(&mut changes.notes);
        let mut is_new = false;
        if changes.is_any {
            let (to_read, before) = self.sort_out(&mut changes, now)?;
            let mut turns = Turns::default();
            is_new =
                self.read(to_read, before, now, &mut notes, &mut |attempt| turns.add(attempt).into_iter().for_each(&mut found))?;
            turns.for_each(&mut found);
            self.let_go(&changes);
        }
        self.has_looked = true;
        Ok(Looked { logs: self.logs.len(), is_new, notes: self.new_trouble(notes) })
    }

    /// The files in which something may be new, and what is known of each.
    fn sort_out(&mut self, changes: &mut Changes, now: i64) -> Result<(Vec<(Input, Place)>, Before)> {
        let (inputs, beginnings): (Vec<Input>, Vec<Option<Beginning>>) = std::mem::take(&mut changes.files).into_iter().unzip();
        let known: Vec<KnownLog> = self.logs.iter().map(|log| log.log.clone()).collect();
        let recognised = recognise(&inputs, &beginnings, &known, Trust::LengthAndTime);
        let (mut files, mut before, mut new) = (Vec::new(), Before::default(), Vec::new());
        for ((input, beginning), what) in inputs.into_iter().zip(beginnings).zip(recognised) {
            let Some(beginning) = beginning else { continue };
            match what {
                Recognised::New if self.is_begun_copy(&input, &beginning) => self.leave_aside(&input, Why::Copy),
                Recognised::New => new.push((input, beginning)),
                Recognised::Grown(place, from) => {
                    before.insert(input.shown.to_string(), (beginning, Some(place)));
                    files.push((input, from));
                }
                Recognised::Unchanged(place) => {
                    if let Some(followed) = self.logs.get_mut(place) {
                        followed.log.path = path_of(&input);
                        followed.log.disk = OnDisk::of(&beginning);
                    }
                }
                Recognised::Shortened(place, left) => {
                    if let Some(followed) = self.logs.get_mut(place) {
                        followed.log = followed.log.cut_shorter(&input, &beginning, left);
                    }
                }
                Recognised::Copy(_) => self.leave_aside(&input, Why::Copy),
            }
        }
        for (input, beginning) in self.that_count(new, now)? {
            before.insert(input.shown.to_string(), (beginning, None));
            files.push((input, Place::default()));
        }
        Ok((files, before))
    }

    /// Those of some new files that did not end too long ago. The first ones with records say where the window begins.
    fn that_count(&mut self, new: Vec<(Input, Beginning)>, now: i64) -> Result<Vec<(Input, Beginning)>> {
        let inputs: Vec<Input> = new.iter().map(|(input, _)| input.clone()).collect();
        let ends = ends_of(&inputs, self.order.threads)?;
        let window = &mut self.order.scope.window;
        // Of what is packed only reading would tell when it ends.
        let clock = new.iter().any(|(_, beginning)| !beginning.is_plain).then_some(now);
        let newest = ends.iter().flatten().max().map(|newest| now.min(*newest)).or(clock);
        if let (None, Some(newest)) = (self.recent.newest(), newest) {
            let from = window.from.unwrap_or_else(|| newest.saturating_sub(self.order.since));
            let kept = (newest.div_euclid(HOUR) - kept_hours(self.order.keep)).saturating_mul(HOUR);
            window.from = Some(from.max(kept));
        }
        let from = window.from.unwrap_or(i64::MIN);
        let mut kept = Vec::new();
        for ((input, beginning), end) in new.into_iter().zip(ends) {
            let written = beginning.modified.filter(|_| input.source == Source::Disk);
            let is_over = match (end, written) {
                (Some(end), _) => end < from.saturating_sub(LATE),
                (None, Some(written)) => written < from.saturating_sub(WRITTEN_LONG_AGO),
                (None, None) => false,
            };
            match is_over {
                true => self.leave_aside(&input, Why::Nothing),
                false => kept.push((input, beginning)),
            }
        }
        Ok(kept)
    }

    /// Whether a file holds so far no more than the beginning of a log that is followed: a copy of it is being made.
    fn is_begun_copy(&self, input: &Input, beginning: &Beginning) -> bool {
        let mark = Mark { head: beginning.head.clone() };
        let server = self.order.scope.server_name.clone().or_else(|| server_name::from_path(input));
        let is_of = |log: &KnownLog| server.as_deref().is_none_or(|server| log.server.as_deref() == Some(server));
        let begins_so = |log: &KnownLog| log.mark.head.len() > mark.head.len() && log.mark.head.starts_with(&mark.head);
        mark.has_record() && self.logs.iter().any(|followed| is_of(&followed.log) && begins_so(&followed.log))
    }

    fn leave_aside(&mut self, input: &Input, why: Why) {
        if input.source == Source::Disk {
            self.aside.put(&input.path, why);
        }
    }

    /// Reads on; says whether there was anything.
    fn read(
        &mut self,
        files: Vec<(Input, Place)>,
        mut before: Before,
        now: i64,
        notes: &mut Vec<FileNote>,
        found: &mut (dyn FnMut(Attempt) + Send),
    ) -> Result<bool> {
        // Evidence that lay there when it began counts; to read files again and again because they might be some would be too much.
        let evidence = (!self.has_looked).then_some(&[][..]);
        let (threads, unpacking) = (self.order.threads, self.order.unpacking);
        let scope = self.order.scope.clone();
        let others: HashMap<String, PathBuf> =
            files.iter().map(|(input, _)| (input.shown.to_string(), input.path.clone())).collect();
        let mut is_new = false;
        let rest = Rest { files, evidence, scope: &scope, threads, unpacking };
        let beside = read_on(rest, &Silent, &mut |read| {
            let known = before.remove(read.log.input.shown.as_ref());
            notes.extend(read.note.clone());
            if let Some((beginning, place)) = known {
                is_new |= self.take(read, beginning, place, (&scope, now), found);
            }
        })?;
        if !self.has_looked {
            self.evidence = beside.evidence;
        }
        for note in beside.notes {
            match (note.fate, others.get(note.file.as_ref())) {
                (FileFate::Other, Some(path)) => self.aside.put(path, Why::Nothing),
                (FileFate::Other, None) => {}
                // It went away a moment ago.
                _ if note.reason == plain_words(&std::io::ErrorKind::NotFound.into()) => {}
                _ => notes.push(note),
            }
        }
        Ok(is_new)
    }

    /// Takes in what was read of a log; says whether there was anything.
    fn take(
        &mut self,
        read: LogRead<'_>,
        beginning: Beginning,
        place: Option<usize>,
        (scope, now): (&Scope, i64),
        found: &mut (dyn FnMut(Attempt) + Send),
    ) -> bool {
        let LogRead { log, path_name, summary, unfinished: _, end, note } = read;
        // What the disk or the network would not give is read the next time; of what is packed no more can be had.
        if note.is_some() && beginning.is_plain {
            return false;
        }
        let Some(summary) = summary else { return false };
        let known = place.and_then(|place| self.logs.get_mut(place));
        let named = scope.server_name.clone().or(path_name);
        let server = named.or_else(|| known.as_ref().and_then(|known| known.log.server.clone()));
        let server = server.or_else(|| summary.server_address());
        let mut read_to = KnownLog::read_to(known.as_ref().map(|known| &known.log), &log.input, beginning, server.clone(), end);
        let last = summary.span.map(|span| span.last.min(now).div_euclid(HOUR));
        let followed = match known {
            Some(known) => {
                known.hour = known.hour.max(last.unwrap_or(i64::MIN));
                known.log = read_to;
                known
            }
            None => {
                self.begun += 1;
                read_to.id = self.begun;
                let hour = last.unwrap_or_else(|| now.div_euclid(HOUR));
                self.logs.push(Followed { log: read_to, remembered: Remembered::default(), hour, before_records: None });
                let Some(followed) = self.logs.last_mut() else { return false };
                followed
            }
        };
        if summary.accounting.lines == 0 {
            return false;
        }
        self.skipped += summary.skipped.total();
        // A header says nothing about the time: it is counted with the first record behind it.
        let is_first = place.is_none() || followed.before_records.is_some();
        let summary = match followed.before_records.take() {
            Some(mut before) => {
                before.then(summary);
                before
            }
            None => summary,
        };
        if is_first && summary.span.is_none() {
            followed.before_records = Some(summary);
            return false;
        }
        let wanted = Attempts { scope, outcome: self.order.outcome, error: self.order.error.as_ref() };
        let is_wanted = |attempt: &Attempt| scope.has_server(attempt.server.as_deref());
        let remembered = &mut followed.remembered;
        let named = server.as_deref().map(Into::into);
        // What cannot be read a second time was counted; it was there a moment ago.
        let _ = stretch::read(log, &end, named, remembered, (scope, &wanted), |attempt| {
            if is_wanted(&attempt) {
                found(attempt);
            }
        });
        let protocols = summary.services.keys().map(|(protocol, _)| *protocol);
        self.fresh.extend(server.iter().flat_map(|server| protocols.clone().map(|protocol| (server.clone(), protocol))));
        self.recent.add(followed.hour, followed.log.id, summary, server);
        true
    }

    /// Lets go of what is older than what is kept.
    fn let_go(&mut self, changes: &Changes) {
        let Some(newest) = self.recent.newest() else { return };
        let floor = newest - kept_hours(self.order.keep);
        self.recent.drop_before(floor);
        self.logs.retain(|followed| followed.hour >= floor || changes.is_there(&followed.log));
        let window = &mut self.order.scope.window;
        window.from = Some(window.from.unwrap_or(i64::MIN).max(floor.saturating_mul(HOUR)));
    }

    /// Trouble is told once, and again if it comes again.
    fn new_trouble(&mut self, notes: Vec<FileNote>) -> Vec<FileNote> {
        let before = std::mem::take(&mut self.trouble);
        self.trouble = notes.into_iter().filter(|note| note.fate != FileFate::Other).collect();
        self.trouble.difference(&before).cloned().collect()
    }

    /// Before this moment nothing is known any more.
    pub fn floor(&self) -> i64 {
        self.order.scope.window.from.unwrap_or(i64::MIN)
    }

    /// How many lines could not be read so far.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// All that is recent, and of which services there was something since this was asked last.
    pub fn case(&mut self) -> (Case, Fresh) {
        let services = std::mem::take(&mut self.fresh).into_iter().collect();
        let summary = self.recent.summary(&self.order.scope);
        (Case::new(summary, self.evidence.clone(), self.order.scope.window), Fresh { services })
    }
}

/// So many hours are kept before the newest one.
fn kept_hours(keep: i64) -> i64 {
    keep.div_euclid(HOUR).max(1)
}

/// What is known of files that are read: their beginnings, and the places of those that are followed.
type Before = HashMap<String, (Beginning, Option<usize>)>;
