//! Rows on their way into files: a few for each day and server, in bounded memory.
//!
//! Rows come in the order of time, so that few partitions grow at once; those that have not grown for longest are finished when
//! too many are open, and a row that comes after all begins another file beside the first. Within a file times only grow, which
//! engines are told, and by which they leave row groups unread. What comes late, behind later rows, goes to a file of its own.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use arrow_schema::Schema;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use crate::export::column::{Row, batch, schema, weight};
use crate::export::partition::Partition;

/// So many files grow at once.
const MOST_OPEN: usize = 256;

/// A row group ends after so many rows: DuckDB's threads take one each, and prune by them.
const GROUP: usize = 131_072;

/// So many rows of a partition become columns at once, or so many bytes of them.
const CHUNK: (usize, usize) = (1024, 1 << 20);

/// About so many bytes of rows wait in all partitions together; then row groups end early.
const MOST_HELD: usize = 128 << 20;

/// Zstandard's usual level: beyond it files become little smaller and take much longer.
const LEVEL: i32 = 3;

/// A dataset that is being written.
pub struct Dataset<T> {
    folder: PathBuf,
    schema: Arc<Schema>,
    open: BTreeMap<Partition, Open<T>>,
    /// How many bytes of rows wait.
    held: usize,
    /// How many files were begun; it names the next.
    files: u64,
    rows: u64,
}

/// A file that grows.
struct Open<T> {
    writer: ArrowWriter<File>,
    /// Rows that are not columns yet, and what they weigh.
    waiting: Vec<T>,
    weight: usize,
    /// What the columns of the row group weigh.
    encoded: usize,
    /// The time of the newest row.
    latest: i64,
    /// How many rows the dataset had when it grew.
    grown: u64,
}

impl<T> Open<T> {
    fn held(&self) -> usize {
        self.weight + self.encoded
    }
}

impl<T: Row> Dataset<T> {
    /// A dataset in a folder that is there and empty.
    pub fn below(folder: PathBuf) -> Self {
        Self { folder, schema: schema::<T>(), open: BTreeMap::new(), held: 0, files: 0, rows: 0 }
    }

    /// Adds a row.
    ///
    /// # Errors
    /// What the disk says.
    pub fn add(&mut self, row: T) -> io::Result<()> {
        let moment = row.moment();
        let mut partition = Partition::of(moment, row.server());
        partition.is_late = self.open.get(&partition).is_some_and(|open| open.latest > moment);
        if !self.open.contains_key(&partition) {
            self.begin(partition.clone())?;
        }
        self.rows += 1;
        let Some(open) = self.open.get_mut(&partition) else { return Ok(()) };
        let weight = weight(&row);
        (open.latest, open.grown) = (moment, self.rows);
        open.weight += weight;
        self.held += weight;
        open.waiting.push(row);
        if open.waiting.len() >= CHUNK.0 || open.weight >= CHUNK.1 {
            self.held -= open.held();
            encode(&self.schema, open)?;
            self.held += open.held();
        }
        if self.held > MOST_HELD { self.end_largest_group() } else { Ok(()) }
    }

    /// Finishes all files, and says how many rows there are in how many.
    ///
    /// # Errors
    /// What the disk says.
    pub fn finish(mut self) -> io::Result<(u64, u64)> {
        while let Some((_, open)) = self.open.pop_first() {
            close(&self.schema, open)?;
        }
        Ok((self.rows, self.files))
    }

    fn begin(&mut self, partition: Partition) -> io::Result<()> {
        if self.open.len() >= MOST_OPEN {
            let oldest = self.open.iter().min_by_key(|(_, open)| open.grown).map(|(partition, _)| partition.clone());
            if let Some(open) = oldest.and_then(|oldest| self.open.remove(&oldest)) {
                self.held -= open.held();
                close(&self.schema, open)?;
            }
        }
        let folder = self.folder.join(partition.folder());
        fs::create_dir_all(&folder)?;
        self.files += 1;
        // Numbers are never given twice: names that differ in nothing but case are one folder on Windows.
        let file = File::create_new(folder.join(format!("part-{:05}.parquet", self.files)))?;
        let properties = properties(!partition.is_late).map_err(plain)?;
        let writer = ArrowWriter::try_new(file, self.schema.clone(), Some(properties)).map_err(plain)?;
        let open = Open { writer, waiting: Vec::new(), weight: 0, encoded: 0, latest: i64::MIN, grown: self.rows };
        self.open.insert(partition, open);
        Ok(())
    }

    fn end_largest_group(&mut self) -> io::Result<()> {
        let Some(largest) = self.open.values_mut().max_by_key(|open| open.held()) else { return Ok(()) };
        self.held -= largest.held();
        encode(&self.schema, largest)?;
        largest.writer.flush().map_err(plain)?;
        largest.encoded = 0;
        Ok(())
    }
}

/// Makes columns of the rows that wait.
fn encode<T: Row>(schema: &Arc<Schema>, open: &mut Open<T>) -> io::Result<()> {
    let batch = batch(schema, &open.waiting).map_err(|error| io::Error::other(error.to_string()))?;
    open.writer.write(&batch).map_err(plain)?;
    open.waiting.clear();
    (open.weight, open.encoded) = (0, open.writer.memory_size());
    Ok(())
}

fn close<T: Row>(schema: &Arc<Schema>, mut open: Open<T>) -> io::Result<()> {
    encode(schema, &mut open)?;
    open.writer.finish().map_err(plain)?;
    open.writer.inner().sync_all()
}

fn properties(is_sorted: bool) -> Result<WriterProperties, ParquetError> {
    let time = || ColumnPath::from("time");
    let sorting = is_sorted.then(|| vec![SortingColumn { column_idx: 0, descending: false, nulls_first: false }]);
    Ok(WriterProperties::builder()
        .set_created_by(concat!("exlog ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(LEVEL)?))
        .set_max_row_group_row_count(Some(GROUP))
        .set_sorting_columns(sorting)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        // By pages too, and as differences, which are small.
        .set_column_statistics_enabled(time(), EnabledStatistics::Page)
        .set_column_dictionary_enabled(time(), false)
        .set_column_encoding(time(), Encoding::DELTA_BINARY_PACKED)
        .build())
}

/// The error of the disk itself, so that it can be said in words.
fn plain(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(error) => error.downcast::<io::Error>().map_or_else(io::Error::other, |error| *error),
        other => io::Error::other(other.to_string()),
    }
}
