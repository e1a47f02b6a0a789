//! What came of the logins that front ends handed over to a server, minute by minute: it tells whether a back end was there while its
//! own log says nothing.

use std::ops::Range;

use crate::case::Case;
use crate::login::target::Target;
use crate::protocol::{Protocol, Role};
use crate::summary::ServiceKey;
use crate::summary::counts::Counts;

impl Case {
    /// The logins that front ends of a protocol handed over to a server in some minutes (since 1970 UTC), by front end.
    pub fn handed_over_to<'a>(
        &'a self,
        server: &'a str,
        protocol: Protocol,
        minutes: Range<i64>,
    ) -> impl Iterator<Item = (&'a ServiceKey, &'a Counts)> {
        let front_ends =
            self.summary.services.iter().filter(move |(key, _)| (key.protocol, key.role) == (protocol, Role::FrontEnd));
        front_ends.flat_map(move |(key, service)| {
            let minutes = minutes.clone();
            let is_to_it = |target: Option<&str>| target.is_some_and(|target| Target::parse(target).is_on(server));
            let series = service.series.iter().filter(move |((target, _), _)| is_to_it(target.as_deref()));
            let counts = series.flat_map(|(_, series)| series.iter());
            counts.filter(move |(minute, _)| minutes.contains(minute)).map(move |(_, counts)| (key, counts))
        })
    }
}
