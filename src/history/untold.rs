//! What was not as usual in a night that could not tell it: the next run tells it.

use rusqlite::{Connection, Row, params};

use crate::diagnosis::finding::Severity;
use crate::protocol::{Protocol, Role};
use crate::usual::{Deviation, Kind};

/// The deviations that are still to be told.
pub(super) fn known(store: &Connection) -> rusqlite::Result<Vec<Deviation>> {
    let mut statement = store.prepare("SELECT * FROM untold_deviation ORDER BY rowid")?;
    let rows = statement.query_map([], from_row)?;
    // What a name of a later version stands for cannot be told.
    rows.filter_map(Result::transpose).collect()
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Option<Deviation>> {
    let name = |column: &str| row.get::<_, String>(column);
    let (kind, severity) = (Kind::from_name(&name("kind")?), Severity::from_name(&name("severity")?));
    let (protocol, role) = (Protocol::from_name(&name("protocol")?), Role::from_name(&name("role")?));
    let (Some(kind), Some(severity), Some(protocol), Some(role)) = (kind, severity, protocol, role) else { return Ok(None) };
    Ok(Some(Deviation {
        kind,
        severity,
        server: row.get("server")?,
        protocol,
        role,
        from: row.get("since")?,
        to: row.get("until")?,
        continues: false,
        text: row.get("text")?,
        now: row.get("now")?,
        usual: row.get("usual")?,
        also: name("also")?.split(' ').filter_map(Kind::from_name).collect(),
    }))
}

/// Keeps what is to be told, in the place of what was.
pub(super) fn keep<'a>(store: &Connection, deviations: impl Iterator<Item = &'a Deviation>) -> rusqlite::Result<()> {
    forget(store)?;
    for deviation in deviations {
        let also: Vec<&str> = deviation.also.iter().map(|kind| kind.name()).collect();
        store
            .prepare_cached(
                "INSERT INTO untold_deviation (kind, severity, server, protocol, role, since, until, text, now, usual, also)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )?
            .execute(params![
                deviation.kind.name(),
                deviation.severity.name(),
                deviation.server,
                deviation.protocol.name(),
                deviation.role.name(),
                deviation.from,
                deviation.to,
                deviation.text,
                deviation.now,
                deviation.usual,
                also.join(" ")
            ])?;
    }
    Ok(())
}

/// All was told.
pub(super) fn forget(store: &Connection) -> rusqlite::Result<()> {
    store.execute("DELETE FROM untold_deviation", []).map(drop)
}

/// The deviations of a night, and behind them those of before that are not among them.
pub(super) fn with_earlier(mut deviations: Vec<Deviation>, earlier: Vec<Deviation>) -> Vec<Deviation> {
    let place = |one: &Deviation| (one.kind, one.server.clone(), one.protocol, one.role, one.from);
    for one in earlier {
        if !deviations.iter().any(|known| place(known) == place(&one)) {
            deviations.push(one);
        }
    }
    deviations
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deviation(kind: Kind, server: Option<&str>, usual: Option<u64>) -> Deviation {
        Deviation {
            kind,
            severity: Severity::Medium,
            server: server.map(str::to_owned),
            protocol: Protocol::Pop3,
            role: Role::BackEnd,
            from: 7,
            to: 9,
            continues: false,
            text: "12 failures; usually none".to_owned(),
            now: 12,
            usual,
            also: vec![Kind::ProbesMissing, Kind::LoginsSlower],
        }
    }

    #[test]
    fn what_is_kept_comes_back_until_it_is_forgotten() {
        let store = Connection::open_in_memory().unwrap();
        store.execute_batch(include_str!("schema-2.sql")).unwrap();
        let kept: Vec<Deviation> = Kind::ALL
            .into_iter()
            .map(|kind| deviation(kind, Some("EX01"), Some(3)))
            .chain([deviation(Kind::NewFailureGroup, None, None)])
            .collect();
        keep(&store, kept.iter()).unwrap();
        assert_eq!(known(&store).unwrap(), kept);
        keep(&store, kept.iter().take(1)).unwrap();
        store.execute("INSERT INTO untold_deviation SELECT 'of a later version', severity, server, protocol, role, since, until, text, now, usual, also FROM untold_deviation", []).unwrap();
        assert_eq!(known(&store).unwrap(), kept[..1]);
        forget(&store).unwrap();
        assert_eq!(known(&store).unwrap(), []);
    }

    #[test]
    fn what_is_so_again_is_told_once() {
        let (one, other) = (deviation(Kind::LoginsSlower, None, None), deviation(Kind::LoginsSlower, Some("EX02"), None));
        let now = Deviation { text: "more by now".to_owned(), ..one.clone() };
        assert_eq!(with_earlier(vec![now.clone()], vec![one, other.clone()]), [now, other]);
    }
}
