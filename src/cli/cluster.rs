//! `exlog cluster`: what runs exlog on many machines, printed.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::output::Output;
use crate::cli::status::Status;
use crate::cluster::SPARK;
use crate::error::Result;

/// The arguments of `exlog cluster`.
#[derive(Debug, Args)]
pub(super) struct ClusterCommand {
    #[command(subcommand)]
    engine: Engine,
}

#[derive(Debug, Subcommand)]
enum Engine {
    /// A job for Apache Spark, in Python: what 'exlog analyze' says of logs, found by many machines
    #[command(after_help = EXAMPLES)]
    Spark {
        /// Write to this file instead of standard output
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

const EXAMPLES: &str = "\
Examples:
  exlog cluster spark --output exlog_spark.py
  spark-submit --master spark://host:7077 exlog_spark.py /srv/logs --output /srv/reports
  spark-submit --master yarn exlog_spark.py hdfs://namenode/logs --output hdfs://namenode/reports
  spark-submit exlog_spark.py --help

Each worker runs 'exlog summarize' on files of its own, Spark's tree puts the summaries together by
'exlog merge', and report.html, report.json and summary.exlog are left in the folder: the report is,
byte for byte, that of 'exlog analyze' about all the files on one machine. Workers that die and
files that come late are Spark's to repeat. The beginning of the job says how to run it, and what
it needs; it takes exlog to the workers.";

impl ClusterCommand {
    pub(super) fn run(&self) -> Result<Status> {
        match &self.engine {
            Engine::Spark { output } => {
                Output::of_bytes(output.clone(), false).write(|out| out.write_all(SPARK.as_bytes()))?;
            }
        }
        Ok(Status::Done)
    }
}
