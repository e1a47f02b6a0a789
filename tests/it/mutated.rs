//! Logs with damage that nobody planned: the program and the reference reader must make the same of every line.
//!
//! The damage is seeded, so that a failure comes again; the message names the seed and the kind of damage.

use crate::generator::clock::utc;
use crate::generator::{Columns, Contents, EventKind, Mix, Plan, generate_in_memory};
use crate::ledger::Ledger;
use crate::program::analyze;
use crate::reference;
use crate::tree::Tree;

/// A small generator of random numbers (SplitMix64).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// Any number below the limit.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((bits ^ (bits >> 31)) % limit as u64) as usize
    }
}

/// One kind of damage, done once to a log.
type Damage = (&'static str, fn(&mut Vec<u8>, &mut Dice));

const DAMAGES: [Damage; 8] = [
    ("a flipped bit", |log, dice| {
        let at = dice.below(log.len());
        log[at] ^= 1 << dice.below(8);
    }),
    ("a byte of the format's own", |log, dice| {
        let at = dice.below(log.len());
        log[at] = b",\";=\\ :.*\r\0[]@"[dice.below(14)];
    }),
    ("an inserted byte", |log, dice| {
        let at = dice.below(log.len());
        log.insert(at, b",\";= \r\t\0xA9\xff\n"[dice.below(12)]);
    }),
    ("a lost byte", |log, dice| {
        let at = dice.below(log.len());
        log.remove(at);
    }),
    ("a lost piece", |log, dice| {
        let at = dice.below(log.len());
        let end = (at + dice.below(300)).min(log.len());
        log.drain(at..end);
    }),
    ("a lost line", |log, dice| {
        let (start, end) = line_at(log, dice);
        log.drain(start..end);
    }),
    ("a line twice", |log, dice| {
        let (start, end) = line_at(log, dice);
        let line = log[start..end].to_vec();
        log.splice(start..start, line);
    }),
    ("a line cut short", |log, dice| {
        let (start, end) = line_at(log, dice);
        let kept = start + dice.below(end - start);
        log.drain(kept..end.saturating_sub(2).max(kept));
    }),
];

fn line_at(log: &[u8], dice: &mut Dice) -> (usize, usize) {
    let at = dice.below(log.len());
    let start = log[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |feed| feed + 1);
    let end = log[at..].iter().position(|byte| *byte == b'\n').map_or(log.len(), |feed| at + feed + 1);
    (start, end)
}

fn logs(seed: u64) -> Contents {
    let mut plan = Plan::new(seed, utc(2026, 3, 12, 9, 0, 0), 5, 1).plant(EventKind::CertificateOutage, 60..150);
    plan.servers[0].columns = [Columns::Twelve, Columns::Thirteen, Columns::Drift][seed as usize % 3];
    plan.servers[0].bare_row = seed.is_multiple_of(2);
    plan.accounts = 40;
    plan.mix = Mix::Logins;
    plan.threads = 1;
    generate_in_memory(&plan).unwrap().0
}

/// Trees of damaged logs, one for each seed.
pub(crate) fn damaged_trees(seeds: std::ops::Range<u64>) -> impl Iterator<Item = Tree> {
    seeds.map(|seed| {
        let mut dice = Dice(seed);
        logs(seed).into_iter().fold(Tree::new(), |tree, (path, mut content)| {
            let (_, damage) = DAMAGES[dice.below(DAMAGES.len())];
            (0..content.len() / 900).for_each(|_| damage(&mut content, &mut dice));
            tree.with(&path, content)
        })
    })
}

#[test]
fn damaged_logs_are_read_as_the_reference_reader_reads_them() {
    let mut failures = Vec::new();
    for seed in 0..6 {
        let whole = logs(seed);
        for (kind, damage) in DAMAGES {
            let mut dice = Dice(seed << 8 | kind.len() as u64);
            let mut tree = Tree::new();
            for (path, content) in &whole {
                let mut content = content.clone();
                (0..content.len() / 600).for_each(|_| damage(&mut content, &mut dice));
                tree = tree.with(path, content);
            }
            let found = Ledger::of_report(&analyze(tree.path()));
            found.adds_up();
            let differences = found.differences(&reference::read_tree(tree.path()));
            if !differences.is_empty() {
                failures.push(format!("seed {seed}, {kind}: found against expected\n  {}", differences.join("\n  ")));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_log_cut_anywhere_is_read_up_to_the_cut() {
    let whole = logs(3);
    let (path, content) = &whole[0];
    let mut dice = Dice(7);
    for _ in 0..25 {
        let tree = Tree::of(path, &content[..1 + dice.below(content.len())]);
        let expected = reference::read_tree(tree.path());
        // What is left of a header alone may be too little to know a log by.
        if expected.records > 0 {
            Ledger::of_report(&analyze(tree.path())).agrees_with(&expected, "a cut log");
        }
    }
}
