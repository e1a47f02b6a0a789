//! Attempts and records as a dataset for SQL engines: Parquet files in folders named by day and server, as Hive has them.
//!
//! What a row is called and holds is listed in `attempts` and `records`, and nowhere else: the schema, the help and the check of
//! the README are made of these lists. `dataset` takes rows in the order of time and keeps few of them; `partition` makes names of
//! folders of whatever a server is called; `folder` puts the dataset in its place when it is whole. Nothing else knows Parquet.

pub mod attempts;
pub mod column;
pub mod dataset;
pub mod folder;
mod partition;
pub mod records;
