//! One series of log files (a server, a protocol, a role): cuts files, writes headers, counts lines, plants damage.
//! It does not know what a line says.

use super::clock::{DAY, HOUR, Stamp, file_date};
use super::line::push_header;
use super::plan::{Columns, FileCut, Plan, Protocol, Role};
use super::rng::Rng;
use super::truth::FileTruth;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;

/// Where the files go.
#[derive(Clone, Debug)]
pub enum Sink {
    /// Below this folder.
    Disk(PathBuf),
    /// Into memory.
    Memory,
    /// Nowhere; only counted.
    Discard,
}

/// What became of a line that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stands in the file and can be read.
    Record,
    /// It was damaged beyond reading.
    Skipped,
    /// It was left out.
    Dropped,
}

/// Files in memory: path and content.
pub type Contents = Vec<(String, Vec<u8>)>;

/// Bytes that are collected before they are written to disk.
const CHUNK: usize = 1 << 20;

/// One series of log files.
#[derive(Debug)]
pub struct Stream {
    /// Lines of the current file that are not yet on disk; the simulation appends to it.
    pub buffer: Vec<u8>,
    /// Whether lines end in one more comma.
    pub puid: bool,
    /// Bytes written so far, all files together.
    pub written: u64,
    /// Files that are complete.
    pub finished: Vec<FileTruth>,
    /// Their contents, if they go into memory.
    pub contents: Contents,
    server: String,
    protocol: Protocol,
    role: Role,
    sink: Sink,
    columns: Columns,
    bare_row: bool,
    cut: FileCut,
    damage: u64,
    rng: Rng,
    stamp: Stamp,
    file: Option<File>,
    truth: Option<FileTruth>,
    period_end: i64,
    drift_at: i64,
    number: u32,
    restarts: u32,
    now: i64,
    quote_to_lose: bool,
}

impl Stream {
    /// A series without a file yet: the first line opens it.
    pub fn new(plan: &Plan, server: usize, protocol: Protocol, role: Role, sink: Sink) -> Stream {
        let of = &plan.servers[server];
        let stream = (server as u64) << 8 | (protocol as u64) << 1 | role as u64;
        Stream {
            buffer: Vec::new(),
            puid: of.columns == Columns::Thirteen,
            written: 0,
            finished: Vec::new(),
            contents: Vec::new(),
            server: of.name.clone(),
            protocol,
            role,
            sink,
            columns: of.columns,
            bare_row: of.bare_row,
            cut: plan.cut,
            damage: plan.damage,
            rng: Rng::new(plan.seed, 0xF000_0000 | stream),
            stamp: Stamp::default(),
            file: None,
            truth: None,
            period_end: i64::MIN,
            drift_at: i64::MAX,
            number: 0,
            restarts: 0,
            now: 0,
            quote_to_lose: false,
        }
    }

    /// Prepares the place of a line that is written at `now`; the caller appends the line, without its end, to `buffer`.
    #[inline]
    pub fn begin(&mut self, now: i64) -> io::Result<usize> {
        self.now = now;
        if now >= self.period_end {
            self.close(false)?;
            self.number = 0;
            self.open(now)?;
        } else if now >= self.drift_at {
            self.drift_at = i64::MAX;
            self.puid = true;
            self.header(now, false);
        }
        Ok(self.buffer.len())
    }

    /// Ends the line begun at `start` and says what became of it.
    #[inline]
    pub fn end(&mut self, start: usize, attempt: bool) -> io::Result<Fate> {
        if self.puid {
            self.buffer.push(b',');
        }
        if self.quote_to_lose && !attempt {
            self.lose_quote(start);
        }
        let fate = if self.damage > 0 && self.rng.below(10_000) < self.damage { self.plant(start) } else { self.keep() };
        if let Some(truth) = &mut self.truth {
            truth.lines += u64::from(fate != Fate::Dropped);
            truth.records += u64::from(fate == Fate::Record);
            truth.skipped += u64::from(fate == Fate::Skipped);
        }
        if self.buffer.len() >= CHUNK && !matches!(self.sink, Sink::Memory) {
            self.flush()?;
        }
        Ok(fate)
    }

    /// The service has restarted: a new header block, every second time in a new file.
    pub fn restart(&mut self, now: i64) -> io::Result<()> {
        self.restarts += 1;
        if self.truth.is_none() || now >= self.period_end {
            return Ok(());
        }
        if self.restarts.is_multiple_of(2) && self.cut != FileCut::Single {
            self.close(false)?;
            self.open(now)
        } else {
            self.header(now, false);
            Ok(())
        }
    }

    /// Ends the series; damage may cut its very last line.
    pub fn finish(&mut self) -> io::Result<()> {
        self.close(true)
    }

    fn open(&mut self, now: i64) -> io::Result<()> {
        let length = match self.cut {
            FileCut::Daily => DAY,
            FileCut::Hourly => HOUR,
            FileCut::Single => i64::MAX,
        };
        let period = if self.cut == FileCut::Single { now } else { now.div_euclid(length) * length };
        self.period_end = period.saturating_add(length);
        self.number += 1;
        if self.columns == Columns::Drift {
            self.puid = false;
            self.drift_at = period + length.min(DAY) / 2;
        }
        let name = format!(
            "{}{}{}-{}.LOG",
            self.protocol.label(),
            if self.role == Role::Backend { "BE" } else { "" },
            file_date(now, self.cut == FileCut::Hourly),
            self.number
        );
        let folder = format!("{}/Logging/{}", self.server, self.protocol.folder());
        let path = format!("{folder}/{name}");
        if let Sink::Disk(root) = &self.sink {
            fs::create_dir_all(root.join(&folder))?;
            self.file = Some(File::create(root.join(&path))?);
        }
        self.truth = Some(FileTruth {
            path,
            server: self.server.clone(),
            protocol: self.protocol,
            role: self.role,
            bytes: 0,
            lines: 0,
            records: 0,
            headers: 0,
            blank: 0,
            skipped: 0,
            cut_last_line: false,
        });
        self.header(now, self.bare_row);
        Ok(())
    }

    fn header(&mut self, now: i64, bare_row: bool) {
        let mut stamp = Vec::new();
        self.stamp.write(&mut stamp, now);
        let lines = push_header(&mut self.buffer, self.protocol.label(), &stamp, self.puid, bare_row);
        if let Some(truth) = &mut self.truth {
            truth.lines += lines;
            truth.headers += lines;
        }
    }

    fn close(&mut self, last: bool) -> io::Result<()> {
        if self.truth.is_none() {
            return Ok(());
        }
        if last && self.damage > 0 {
            self.cut_last_line();
        }
        self.flush()?;
        self.file = None;
        if let Some(truth) = self.truth.take() {
            if matches!(self.sink, Sink::Memory) {
                self.contents.push((truth.path.clone(), std::mem::take(&mut self.buffer)));
            }
            self.finished.push(truth);
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        let length = self.buffer.len() as u64;
        self.written += length;
        if let Some(truth) = &mut self.truth {
            truth.bytes += length;
        }
        if let Some(file) = &mut self.file {
            file.write_all(&self.buffer)?;
        }
        if !matches!(self.sink, Sink::Memory) {
            self.buffer.clear();
        }
        Ok(())
    }

    /// Damages the line begun at `start`. Only such damage is planted as leaves no doubt about the class of every line.
    fn plant(&mut self, start: usize) -> Fate {
        let random = self.rng.bits();
        match random % 8 {
            0 => self.cut_tail(start, random >> 8),
            1 => self.cut_head(start),
            2 => return self.insert(start, &garbage(random >> 8), |truth| truth.skipped += 1),
            3 => return self.insert(start, &binary(random >> 8), |truth| truth.skipped += 1),
            4 => return self.insert(start, b"", |truth| truth.blank += 1),
            5 => {
                self.quote_to_lose = true;
                return self.keep();
            }
            6 => {
                self.buffer.truncate(start);
                return Fate::Dropped;
            }
            _ => return self.repeat_header(start),
        }
        self.buffer.extend_from_slice(b"\r\n");
        Fate::Skipped
    }

    fn keep(&mut self) -> Fate {
        self.buffer.extend_from_slice(b"\r\n");
        Fate::Record
    }

    /// Keeps 6 to 38 bytes: the cut lies in the time, the session id or right behind it, before any command.
    fn cut_tail(&mut self, start: usize, random: u64) {
        self.buffer.truncate(start + 6 + (random % 33) as usize);
    }

    /// Takes time, session id and number away.
    fn cut_head(&mut self, start: usize) {
        let commas = self.buffer[start..].iter().enumerate().filter(|(_, byte)| **byte == b',');
        if let Some(third) = commas.map(|(at, _)| at).nth(2) {
            self.buffer.drain(start..=start + third);
        }
    }

    /// Puts a line of its own before the line begun at `start`.
    fn insert(&mut self, start: usize, line: &[u8], count: impl Fn(&mut FileTruth)) -> Fate {
        self.buffer.extend_from_slice(b"\r\n");
        self.buffer.splice(start..start, line.iter().chain(b"\r\n").copied());
        if let Some(truth) = &mut self.truth {
            truth.lines += 1;
            count(truth);
        }
        Fate::Record
    }

    /// Takes the last closing quote away from the next line that has one. Never in a login attempt: its outcome
    /// would be open to argument. Never before the command either, so that the line remains a record.
    fn lose_quote(&mut self, start: usize) {
        if let Some(at) = self.buffer[start..].iter().rposition(|&byte| byte == b'"') {
            self.buffer.remove(start + at);
            self.quote_to_lose = false;
        }
    }

    fn repeat_header(&mut self, start: usize) -> Fate {
        let line = self.buffer.split_off(start);
        self.header(self.now, self.bare_row);
        self.buffer.extend_from_slice(&line);
        self.buffer.extend_from_slice(b"\r\n");
        Fate::Record
    }

    /// The file ends in the middle of one more line, as a log does that is being written.
    fn cut_last_line(&mut self) {
        self.stamp.write(&mut self.buffer, self.now);
        self.buffer.extend_from_slice(b",00000000000");
        if let Some(truth) = &mut self.truth {
            truth.lines += 1;
            truth.skipped += 1;
            truth.cut_last_line = true;
        }
    }
}

fn garbage(random: u64) -> Vec<u8> {
    const LINES: [&str; 5] = [
        "The process cannot access the file because it is being used by another process.",
        "<<<<<<< copy interrupted, resumed at offset 4194304",
        "\u{fffd}\u{fffd}\u{fffd}Gm\u{fffd}?x,;\"",
        ",,,,,,,,,,,",
        "0000000000000A3F,ok;\"\"",
    ];
    LINES[(random % LINES.len() as u64) as usize].as_bytes().to_vec()
}

/// Zero bytes as a crash leaves them, and bytes that are no text; never a line break.
fn binary(random: u64) -> Vec<u8> {
    let mut bytes = vec![0u8; 16 + (random % 64) as usize];
    if random & 64 != 0 {
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = 0x80 | (random.rotate_left(index as u32 * 5) as u8);
        }
    }
    bytes
}
