//! Bytes of an IMAP4/POP3 protocol log → records.
//!
//! Lines are split first and read as CSV second, so that a damaged quote costs one line and never the file. What a record
//! means (a login, a session) is not decided here but one floor up, in `login`.

pub mod before;
pub mod context;
pub mod endpoint;
pub mod example;
pub mod file_name;
pub mod header;
pub mod log_file;
pub mod place;
pub mod plain;
pub mod record;
pub mod service;
pub mod session_number;
pub mod sniff;
pub mod structure;
pub mod timestamp;
