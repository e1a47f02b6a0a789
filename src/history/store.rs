//! The file in which the history is kept: opened, checked, brought to the present schema, and held by one run at a time.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

use crate::error::{Error, ErrorKind, Result};
use crate::history::days::{self, Asked, Count};
use crate::history::parts;
use crate::night::day::Day;
use crate::summary::Summary;

/// Says that a SQLite file is a store of exlog: `exlg` in ASCII.
const APPLICATION: i32 = 0x6578_6c67;

/// The steps from an empty file to the present schema.
const STEPS: [&str; 2] = [include_str!("schema-1.sql"), include_str!("schema-2.sql")];

/// The version of the schema after all steps.
const VERSION: i32 = STEPS.len() as i32;

/// A store that is open.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
}

impl Store {
    /// Opens the store; makes it if it is not there. Another run that holds it is waited for as long as `wait`.
    ///
    /// # Errors
    /// [`ErrorKind::System`] if it cannot be opened, is no store, or is one of a later version.
    pub fn open(path: &Path, wait: Duration) -> Result<Self> {
        Self::open_with(path, wait, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)
    }

    /// Opens a store that is there.
    ///
    /// # Errors
    /// As [`Self::open`], and if it is not there.
    pub fn open_existing(path: &Path, wait: Duration) -> Result<Self> {
        if !path.exists() {
            return Err(Error::new(ErrorKind::Usage, format!("there is no store {}", path.display()))
                .hint("'exlog nightly' makes it in its first run"));
        }
        Self::open_with(path, wait, OpenFlags::SQLITE_OPEN_READ_WRITE)
    }

    fn open_with(path: &Path, wait: Duration, flags: OpenFlags) -> Result<Self> {
        let failed = |error: rusqlite::Error| failure(path, &error);
        let mut connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX).map_err(failed)?;
        connection.busy_timeout(wait).map_err(failed)?;
        let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
        let (application, version) = (number("application_id").map_err(failed)?, number("user_version").map_err(failed)?);
        let is_empty: bool =
            connection.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0)).map_err(failed)?;
        if application != APPLICATION && !(is_empty && application == 0 && version == 0) {
            return Err(Error::new(ErrorKind::System, format!("{} is a database of another program", path.display()))
                .hint("give the store another file: --store FILE"));
        }
        if version > VERSION {
            return Err(Error::new(ErrorKind::System, format!("the store {} is of a later version of exlog", path.display()))
                .hint("use that version, or another file: --store FILE"));
        }
        // Readers do not stop a run, and a run does not stop them; what was committed stays when the power fails.
        connection.pragma_update(None, "journal_mode", "wal").map_err(failed)?;
        connection.pragma_update(None, "synchronous", "full").map_err(failed)?;
        connection.pragma_update(None, "foreign_keys", true).map_err(failed)?;
        if version < VERSION {
            migrate(&mut connection).map_err(failed)?;
        }
        Ok(Self { connection, path: path.to_owned() })
    }

    /// Holds the store for a run: nobody else writes until that is committed or dropped.
    ///
    /// # Errors
    /// [`ErrorKind::System`], among others if another run holds it for longer than was to be waited.
    pub(super) fn hold(&mut self) -> Result<Transaction<'_>> {
        let path = &self.path;
        self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(|error| failure(path, &error))
    }

    /// To look into it.
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The days of the history, from the first that is known to the last.
    ///
    /// # Errors
    /// [`ErrorKind::System`] if it cannot be read.
    pub fn days(&self, asked: &Asked) -> Result<Vec<Day>> {
        days::days(&self.connection, asked).map_err(|error| failure(&self.path, &error))
    }

    /// How often something was, on each day on which it was.
    ///
    /// # Errors
    /// [`ErrorKind::System`] if it cannot be read.
    pub fn counts(&self, asked: &Asked, count: Count<'_>) -> Result<BTreeMap<i64, u64>> {
        days::counts(&self.connection, asked, count).map_err(|error| failure(&self.path, &error))
    }

    /// Lets go of the days before one (days since 1970 UTC), but not of their totals.
    ///
    /// # Errors
    /// [`ErrorKind::System`], among others if a run holds the store.
    pub fn prune(&mut self, oldest: i64) -> Result<()> {
        let path = self.path.clone();
        let held = self.hold()?;
        parts::prune(&held, oldest, oldest).and_then(|()| held.commit()).map_err(|error| failure(&path, &error))
    }

    /// All that was counted, as far as its summaries are kept, as one.
    ///
    /// # Errors
    /// [`ErrorKind::System`] if it cannot be read.
    pub fn summary(&self) -> Result<Summary> {
        let mut summary = parts::since(&self.connection, i64::MIN, i64::MAX).map_err(|error| failure(&self.path, &error))?;
        summary.join_sources();
        Ok(summary)
    }

    /// Its file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What SQLite says of the file's soundness: nothing if it is sound.
    ///
    /// # Errors
    /// [`ErrorKind::System`] if it cannot be read at all.
    pub fn faults(&self) -> Result<Vec<String>> {
        let failed = |error: rusqlite::Error| failure(&self.path, &error);
        let mut faults = Vec::new();
        for check in
            ["PRAGMA integrity_check", "SELECT 'a row of ' || \"table\" || ' points nowhere' FROM pragma_foreign_key_check"]
        {
            let mut statement = self.connection.prepare(check).map_err(failed)?;
            let rows = statement.query_map([], |row| row.get::<_, String>(0)).map_err(failed)?;
            faults.extend(rows.collect::<rusqlite::Result<Vec<_>>>().map_err(failed)?);
        }
        faults.retain(|fault| fault != "ok");
        Ok(faults)
    }

    /// Gives back to the system what is no longer needed.
    ///
    /// # Errors
    /// [`ErrorKind::System`], among others on a full disk.
    pub fn shrink(&self) -> Result<()> {
        self.connection.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)").map_err(|error| failure(&self.path, &error))
    }
}

/// Brings the schema to the present version, in one transaction.
fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let held = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Read under the lock: another run may just have made it.
    let version: i32 = held.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let steps = STEPS.get(usize::try_from(version).unwrap_or_default()..).unwrap_or_default();
    for step in steps {
        held.execute_batch(step)?;
    }
    if !steps.is_empty() {
        held.pragma_update(None, "application_id", APPLICATION)?;
        held.pragma_update(None, "user_version", VERSION)?;
    }
    held.commit()
}

/// An error of the store in words, with what can be done.
pub(super) fn failure(path: &Path, error: &rusqlite::Error) -> Error {
    let code = error.sqlite_error_code();
    let (what, hint) = match code {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            ("is held by another run".to_owned(), "wait until that has ended; --wait says how long a run waits by itself")
        }
        Some(ErrorCode::DiskFull) => (
            "could not be written: the disk is full".to_owned(),
            "make room; nothing is lost, the next run reads what this one could not keep",
        ),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => (
            "may not be written".to_owned(),
            "give the account that runs exlog the right to change it and its folder, or choose another file: --store FILE",
        ),
        Some(ErrorCode::CannotOpen) if path.is_dir() => ("is a folder".to_owned(), "--store takes a file: FOLDER/store.db, say"),
        Some(ErrorCode::CannotOpen) if is_refused(path) => {
            ("may not be read".to_owned(), "give the account that runs exlog the right to read and to change it and its folder")
        }
        Some(ErrorCode::CannotOpen) => {
            ("cannot be opened".to_owned(), "the account that runs exlog must be allowed to write in its folder")
        }
        Some(ErrorCode::NotADatabase) => ("is no store of exlog".to_owned(), "choose another file: --store FILE"),
        Some(ErrorCode::DatabaseCorrupt) => (
            "is damaged".to_owned(),
            "move it away, with the files of the same name that end in -wal and -shm: the next run begins a new one and reads the logs again",
        ),
        Some(ErrorCode::SystemIoFailure) => (
            "could not be read or written".to_owned(),
            "look at the disk; a store on a network share is not safe, keep it on a local one",
        ),
        _ => (format!("refuses: {error}"), "'exlog store check' says whether it is sound"),
    };
    Error::new(ErrorKind::System, format!("the store {} {what}", path.display())).hint(hint)
}

/// Whether a right is missing: SQLite does not say.
fn is_refused(path: &Path) -> bool {
    File::open(path).is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied)
}
