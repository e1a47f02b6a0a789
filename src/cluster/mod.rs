//! What runs exlog on many machines: jobs for engines that hand out work, repeat what fails, and put results together.
//!
//! Only texts are here. Each is a whole program of its engine, which runs the commands of exlog and knows nothing of logs.

/// The job for Apache Spark, in Python.
pub const SPARK: &str = include_str!("spark.py");
