//! How deviations become the structs of the format.

use crate::clock::rfc3339;
use crate::report::json::wire::unusual as wire;
use crate::usual::{Deviation, Kind};

/// What is not as usual, and what cannot be judged yet.
pub(super) fn unusual<'a>(deviations: &'a [Deviation], not_yet: &'a [String]) -> wire::Unusual<'a> {
    wire::Unusual { deviations: deviations.iter().map(deviation).collect(), not_yet }
}

fn deviation(deviation: &Deviation) -> wire::DeviationRow<'_> {
    wire::DeviationRow {
        kind: deviation.kind.name(),
        severity: deviation.severity.name(),
        server: deviation.server.as_deref(),
        protocol: deviation.protocol.name(),
        role: deviation.role.name(),
        from: rfc3339(deviation.from),
        to: rfc3339(deviation.to),
        continues: deviation.continues,
        text: &deviation.text,
        unit: deviation.kind.unit(),
        now: deviation.now,
        usual: deviation.usual,
        also: deviation.also.iter().copied().map(Kind::name).collect(),
    }
}
