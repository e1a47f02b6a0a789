//! Summaries as files: what a server, a night or a cluster worker hands on, to be merged with any other.
//!
//! [`envelope`] is the outside of the file (what it is, who made it, whether it is whole), [`summary_file`] what it holds,
//! [`merging`] how many become one. What is counted is not decided here.

pub mod envelope;
pub mod merging;
pub mod summary_file;
