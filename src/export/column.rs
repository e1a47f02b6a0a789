//! A column of a dataset: its name, its type, what it says, and what of a row goes into it.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::builder::{StringBuilder, StringDictionaryBuilder, TimestampMillisecondBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, Int64Array, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema, TimeUnit};

/// The zone of all times.
const ZONE: &str = "UTC";

/// Something that becomes a row of a dataset.
pub trait Row: Sized + 'static {
    /// Its columns, in their order; the first is the time.
    fn columns() -> &'static [Column<Self>];

    /// Milliseconds since 1970 UTC.
    fn moment(&self) -> i64;

    /// The server.
    fn server(&self) -> Option<&Arc<str>>;
}

/// A column.
pub struct Column<T> {
    /// Its name.
    pub name: &'static str,
    /// What it says.
    pub about: &'static str,
    holds: Holds<T>,
}

/// What of a row goes into a column.
enum Holds<T> {
    Moment(fn(&T) -> i64),
    /// One of few texts, each of which is kept once.
    Word(for<'a> fn(&'a T) -> Option<&'a str>),
    Text(for<'a> fn(&'a T) -> Option<Cow<'a, str>>),
    Number(fn(&T) -> Option<i64>),
}

impl<T> Column<T> {
    pub(super) const fn moment(name: &'static str, about: &'static str, of: fn(&T) -> i64) -> Self {
        Self { name, about, holds: Holds::Moment(of) }
    }

    pub(super) const fn word(name: &'static str, about: &'static str, of: for<'a> fn(&'a T) -> Option<&'a str>) -> Self {
        Self { name, about, holds: Holds::Word(of) }
    }

    pub(super) const fn text(name: &'static str, about: &'static str, of: for<'a> fn(&'a T) -> Option<Cow<'a, str>>) -> Self {
        Self { name, about, holds: Holds::Text(of) }
    }

    pub(super) const fn number(name: &'static str, about: &'static str, of: fn(&T) -> Option<i64>) -> Self {
        Self { name, about, holds: Holds::Number(of) }
    }

    /// The type as SQL calls it.
    pub const fn sql_type(&self) -> &'static str {
        match self.holds {
            Holds::Moment(_) => "timestamp",
            Holds::Word(_) | Holds::Text(_) => "text",
            Holds::Number(_) => "bigint",
        }
    }

    fn field(&self) -> Field {
        match self.holds {
            Holds::Moment(_) => Field::new(self.name, DataType::Timestamp(TimeUnit::Millisecond, Some(ZONE.into())), false),
            Holds::Word(_) => {
                let words = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
                Field::new(self.name, words, true)
            }
            Holds::Text(_) => Field::new(self.name, DataType::Utf8, true),
            Holds::Number(_) => Field::new(self.name, DataType::Int64, true),
        }
    }

    fn array(&self, rows: &[T]) -> Result<ArrayRef, ArrowError> {
        Ok(match self.holds {
            Holds::Moment(of) => {
                let mut builder = TimestampMillisecondBuilder::with_capacity(rows.len()).with_timezone(ZONE);
                rows.iter().for_each(|row| builder.append_value(of(row)));
                Arc::new(builder.finish())
            }
            Holds::Word(of) => {
                let mut builder = StringDictionaryBuilder::<Int32Type>::new();
                for row in rows {
                    match of(row) {
                        Some(word) => builder.append(word).map(|_| ())?,
                        None => builder.append_null(),
                    }
                }
                Arc::new(builder.finish())
            }
            Holds::Text(of) => {
                let mut builder = StringBuilder::new();
                rows.iter().for_each(|row| builder.append_option(of(row)));
                Arc::new(builder.finish())
            }
            Holds::Number(of) => Arc::new(rows.iter().map(of).collect::<Int64Array>()),
        })
    }

    /// How many bytes of text a row brings to the column.
    fn length(&self, row: &T) -> usize {
        match self.holds {
            Holds::Moment(_) | Holds::Number(_) => 0,
            Holds::Word(of) => of(row).map_or(0, str::len),
            Holds::Text(of) => of(row).map_or(0, |text| text.len()),
        }
    }
}

/// The schema of a kind of rows.
pub(super) fn schema<T: Row>() -> Arc<Schema> {
    Arc::new(Schema::new(T::columns().iter().map(Column::field).collect::<Vec<_>>()))
}

/// Rows side by side as columns.
pub(super) fn batch<T: Row>(schema: &Arc<Schema>, rows: &[T]) -> Result<RecordBatch, ArrowError> {
    let arrays = T::columns().iter().map(|column| column.array(rows)).collect::<Result<Vec<_>, _>>()?;
    RecordBatch::try_new(schema.clone(), arrays)
}

/// How much memory a row takes, about.
pub(super) fn weight<T: Row>(row: &T) -> usize {
    size_of::<T>() + T::columns().iter().map(|column| column.length(row)).sum::<usize>()
}

/// What may be empty where there is nothing: a query asks for that by `IS NULL`.
pub(super) fn present(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// A number that is never negative; none that means anything is greater than the greatest that is kept.
pub(super) fn number(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}
