//! Datasets as an engine finds them: all rows of all Parquet files below a folder, with what the names of the folders say.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type, TimestampMillisecondType};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use exlog::clock::rfc3339;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::tree::files_below;

/// A row: its columns by name, without those that are null, and `day` and `server` of the folders.
pub(crate) type Row = BTreeMap<String, String>;

/// All rows, by file and in its order.
#[track_caller]
pub(crate) fn rows_of(dataset: &Path) -> Vec<Row> {
    files_below(dataset).iter().flat_map(|file| rows_of_file(dataset, file)).collect()
}

/// The rows of a file.
#[track_caller]
pub(crate) fn rows_of_file(dataset: &Path, file: &Path) -> Vec<Row> {
    let folders = folders_of(dataset, file);
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(file).unwrap()).unwrap().build().unwrap();
    let mut rows: Vec<Row> = reader.flat_map(|batch| rows_of_batch(&batch.unwrap())).collect();
    for row in &mut rows {
        row.extend(folders.clone());
    }
    rows
}

/// What the folders of a file say, undone as Hive, Spark and DuckDB undo it. They lie in the dataset and nowhere else.
#[track_caller]
pub(crate) fn folders_of(dataset: &Path, file: &Path) -> Row {
    let parts: Vec<&str> = file.strip_prefix(dataset).unwrap().iter().map(|part| part.to_str().unwrap()).collect();
    let [day, server, name] = parts[..] else { panic!("{}: no file of a dataset", file.display()) };
    assert!(name.starts_with("part-") && name.ends_with(".parquet"), "{name}");
    [("day", day), ("server", server)]
        .into_iter()
        .map(|(key, part)| (key.to_owned(), decoded(part.strip_prefix(key).unwrap().strip_prefix('=').unwrap())))
        .collect()
}

fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (*first, tail) {
            (b'%', [high, low, tail @ ..]) => {
                bytes.push(u8::from_str_radix(std::str::from_utf8(&[*high, *low]).unwrap(), 16).unwrap());
                rest = tail;
            }
            (byte, _) => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).unwrap()
}

fn rows_of_batch(batch: &RecordBatch) -> Vec<Row> {
    let schema = batch.schema();
    let row = |place: usize| {
        let columns = schema.fields().iter().zip(batch.columns());
        columns.filter_map(|(field, column)| Some((field.name().clone(), value(column.as_ref(), place)?))).collect()
    };
    (0..batch.num_rows()).map(row).collect()
}

fn value(column: &dyn Array, place: usize) -> Option<String> {
    if column.is_null(place) {
        return None;
    }
    Some(match column.data_type() {
        DataType::Timestamp(_, Some(zone)) => {
            assert_eq!(zone.as_ref(), "UTC");
            rfc3339(column.as_primitive::<TimestampMillisecondType>().value(place))
        }
        DataType::Int64 => column.as_primitive::<Int64Type>().value(place).to_string(),
        DataType::Utf8 => column.as_string::<i32>().value(place).to_owned(),
        DataType::Dictionary(_, _) => {
            let words = column.as_dictionary::<Int32Type>();
            words.values().as_string::<i32>().value(words.keys().value(place) as usize).to_owned()
        }
        other => panic!("a column of {other}"),
    })
}
