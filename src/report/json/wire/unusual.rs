//! The structs of `unusual`, what a night is against the nights before: frozen like the rest.

use serde::Serialize;

#[derive(Serialize)]
pub(in crate::report::json) struct Unusual<'a> {
    pub(in crate::report::json) deviations: Vec<DeviationRow<'a>>,
    pub(in crate::report::json) not_yet: &'a [String],
}

#[derive(Serialize)]
pub(in crate::report::json) struct DeviationRow<'a> {
    pub(in crate::report::json) kind: &'static str,
    pub(in crate::report::json) severity: &'static str,
    pub(in crate::report::json) server: Option<&'a str>,
    pub(in crate::report::json) protocol: &'static str,
    pub(in crate::report::json) role: &'static str,
    pub(in crate::report::json) from: String,
    pub(in crate::report::json) to: String,
    pub(in crate::report::json) continues: bool,
    pub(in crate::report::json) text: &'a str,
    pub(in crate::report::json) unit: &'static str,
    pub(in crate::report::json) now: u64,
    pub(in crate::report::json) usual: Option<u64>,
    pub(in crate::report::json) also: Vec<&'static str>,
}
