//! What is kept of a night for the nights that come: rows of counts, as a table has them, without the logs.
//!
//! All rows can be added: two rows with the same key, of two runs, say together what one run over all would have said, but for
//! [`LatencyDay`], whose percentiles stand for the logins of their own row.

use crate::protocol::{Protocol, Role};

/// Which service on which server.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Service {
    /// The server's name; `None` if nothing is known of it.
    pub server: Option<String>,
    /// The protocol.
    pub protocol: Protocol,
    /// The role.
    pub role: Role,
}

/// The login attempts of a service in one hour. An hour without attempts needs no row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceHour {
    /// Whose.
    pub service: Service,
    /// Which hour: hours since 1970 UTC.
    pub hour: i64,
    /// All attempts, those of probes included.
    pub attempts: u64,
    /// Those that worked.
    pub succeeded: u64,
    /// Those that failed.
    pub failed: u64,
    /// Those of the failed for which the server and not the account is to blame.
    pub own_failed: u64,
    /// Attempts of Exchange's own probes, the `HealthMailbox` accounts.
    pub probes: u64,
    /// Those of the probes that failed.
    pub probes_failed: u64,
}

/// The failures of one failure group on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupDay {
    /// Whose.
    pub service: Service,
    /// The error code; empty if the lines have none.
    pub error: String,
    /// The name of the error's class.
    pub error_class: String,
    /// Where the logins were handed over to: `host:port:encryption`.
    pub target: Option<String>,
    /// The name of the client class, as in JSON.
    pub client_class: String,
    /// The response with everything that varies masked.
    pub response: String,
    /// Whether the server and not the account is to blame.
    pub is_servers_own: bool,
    /// Which day: days since 1970 UTC.
    pub day: i64,
    /// How many failures.
    pub count: u64,
    /// The first of the day, in milliseconds since 1970 UTC.
    pub first_seen: i64,
    /// The last of the day.
    pub last_seen: i64,
}

/// The failures of one account on one day; accounts of probes have no rows. Of each service and day the accounts that fail most
/// suffice: what is usual was counted under the same limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountFailure {
    /// Where.
    pub service: Service,
    /// Who.
    pub account: String,
    /// Which day: days since 1970 UTC.
    pub day: i64,
    /// How many failures.
    pub failed: u64,
}

/// How long the successful logins of a service took on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LatencyDay {
    /// Whose.
    pub service: Service,
    /// Which day: days since 1970 UTC.
    pub day: i64,
    /// How many logins.
    pub logins: u64,
    /// Half of them took at most so many milliseconds.
    pub median_ms: u64,
    /// 95 of 100 of them took at most so many milliseconds.
    pub p95_ms: u64,
}

/// All rows of some nights, in any order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    /// Login attempts by hour.
    pub hours: Vec<ServiceHour>,
    /// Failure groups by day.
    pub groups: Vec<GroupDay>,
    /// Accounts that failed, by day.
    pub accounts: Vec<AccountFailure>,
    /// How long logins took, by day.
    pub latency: Vec<LatencyDay>,
}
