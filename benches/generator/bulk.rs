//! Large amounts: a plan whose tree has about a wanted size, and one log in memory for benches.

use super::clock::utc;
use super::plan::{Columns, EventKind, FileCut, Mix, Plan, Protocol, Role};
use super::truth::Truth;
use std::io;

/// What a large tree should look like.
#[derive(Clone, Copy, Debug)]
pub struct Bulk {
    /// The seed.
    pub seed: u64,
    /// Number of servers.
    pub servers: usize,
    /// Size of all files together.
    pub bytes: u64,
    /// Number of files, about; `None`: a day's files of every server.
    pub files: Option<u64>,
    /// One file and nothing else.
    pub single_file: bool,
    /// What prevails.
    pub mix: Mix,
    /// The columns of all files, below five header lines; `None`: servers differ, as real ones do.
    pub columns: Option<Columns>,
}

const START: i64 = 1_772_409_600_000;

/// A plan whose tree has about `bulk.bytes` bytes, with an outage, a stale device and a spray planted.
pub fn bulk_plan(bulk: &Bulk) -> io::Result<Plan> {
    let mut plan = Plan::new(bulk.seed, START, 24, if bulk.single_file { 1 } else { bulk.servers.max(1) });
    plan.mix = bulk.mix;
    plan.accounts = 2000;
    plan.damage = if bulk.mix == Mix::Damage { 60 } else { 0 };
    if let Some(columns) = bulk.columns {
        for server in &mut plan.servers {
            (server.columns, server.bare_row) = (columns, false);
        }
    }
    if bulk.single_file {
        plan.protocols = vec![Protocol::Imap4];
        plan.cut = FileCut::Single;
        plan.only_role = Some(role_of(bulk.mix));
    } else if let Some(files) = bulk.files {
        set_files(&mut plan, files);
    }
    plan = plant(plan);
    set_rate(&mut plan, bulk.bytes)?;
    Ok(plan)
}

/// Chooses days or hours so that about so many files come out.
fn set_files(plan: &mut Plan, files: u64) {
    let roles = if matches!(plan.mix, Mix::Frontend | Mix::Backend) { 1 } else { 2 };
    let series = plan.servers.len() as u64 * plan.protocols.len() as u64 * roles;
    let periods = files.div_ceil(series).max(1);
    if periods > 62 {
        plan.cut = FileCut::Hourly;
        plan.hours = periods as u32;
    } else {
        plan.hours = periods as u32 * 24;
    }
}

fn plant(plan: Plan) -> Plan {
    let last = plan.servers.len() - 1;
    let outage = [Protocol::Imap4];
    plan.plant(EventKind::CertificateOutage, 452..632)
        .only(&[0], &outage)
        .plant(EventKind::StaleDevice { every: 240 }, 60..1200)
        .only(&[last], &outage)
        .plant(EventKind::Spray { accounts: 120, addresses: 6 }, 700..900)
        .only(&[last], &[])
}

/// Sets the sessions per hour that give the wanted size: size is that of the probes plus so many bytes a session.
fn set_rate(plan: &mut Plan, bytes: u64) -> io::Result<()> {
    let share = (u128::from(bytes) * 24 / (u128::from(plan.hours) * plan.servers.len() as u128)) as u64;
    let mut probes = day_of_one_server(plan, 0)?;
    // In a small tree the probes must not crowd out the users.
    while probes > share / 4 && plan.probe_every < 3600 {
        plan.probe_every *= 2;
        plan.health_every *= 2;
        probes = day_of_one_server(plan, 0)?;
    }
    let thousand = day_of_one_server(plan, 1000)? - probes;
    let wanted = u128::from(share.saturating_sub(probes));
    plan.sessions_per_hour = (wanted * 1000 / u128::from(thousand.max(1))) as u64;
    Ok(())
}

/// Bytes that one server writes on a day without events.
fn day_of_one_server(plan: &Plan, sessions: u64) -> io::Result<u64> {
    let mut small = plan.clone();
    small.servers.truncate(1);
    small.hours = 24;
    small.events.clear();
    small.sessions_per_hour = sessions;
    Ok(super::count_only(&small)?.sum(|file| file.bytes))
}

/// The role whose file stands alone.
fn role_of(mix: Mix) -> Role {
    if mix == Mix::Backend { Role::Backend } else { Role::Frontend }
}

/// One log of about `bytes` bytes in memory, for benches: the front end's, or with `Mix::Backend` the back end's.
pub fn log_bytes(seed: u64, mix: Mix, bytes: usize) -> Vec<u8> {
    log_bytes_with_truth(seed, mix, bytes).0
}

/// As [`log_bytes`], with the truth about that log.
pub fn log_bytes_with_truth(seed: u64, mix: Mix, bytes: usize) -> (Vec<u8>, Truth) {
    let mut plan = Plan::new(seed, utc(2026, 3, 2, 0, 0, 0), 24, 1);
    plan.mix = mix;
    plan.protocols = vec![Protocol::Imap4];
    plan.cut = FileCut::Single;
    plan.accounts = 2000;
    plan.damage = if mix == Mix::Damage { 60 } else { 0 };
    plan.stop_after = Some(bytes as u64);
    plan.sessions_per_hour = (bytes as u64 / 10_000).max(600);
    plan.hours = 24 * 30;
    plan.only_role = Some(role_of(mix));
    // Writing into memory cannot fail.
    let (contents, truth) = super::generate_in_memory(&plan).unwrap_or_default();
    (contents.into_iter().next().map(|file| file.1).unwrap_or_default(), truth)
}
