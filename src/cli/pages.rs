//! A folder of pages: one for each day, and an index of them.

use std::io::{self, Write};
use std::path::Path;

use crate::cli::output::{words_of_writing, write_file};
use crate::clock::DAY;
use crate::error::{Error, ErrorKind, Result};
use crate::night::day::{Day, date};
use crate::report::html::index;

/// Writes the page of the day that `moment` falls in, and the index.
///
/// # Errors
/// [`ErrorKind::Output`] with the file that cannot be written.
pub(super) fn write_pages(
    folder: &Path,
    moment: i64,
    days: &[Day],
    page: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<()> {
    let failed = |path: &Path, error: &io::Error| {
        Error::new(ErrorKind::Output, format!("{} could not be written: {}", path.display(), words_of_writing(error)))
            .hint("--out takes a folder, in which the account that runs exlog must be allowed to write")
    };
    std::fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    let path = folder.join(name(moment.div_euclid(DAY)));
    write_file(&path, page).map_err(|error| failed(&path, &error))?;
    let path = folder.join(INDEX);
    let page_of = |day| Some(name(day)).filter(|name| folder.join(name).exists());
    write_file(&path, |out| index(days, &page_of, out)).map_err(|error| failed(&path, &error))
}

/// Whether there are pages in the folder: where they could not be written, the next run makes up for it.
pub(super) fn is_written(folder: &Path) -> bool {
    folder.join(INDEX).exists()
}

/// The index, which is written last.
const INDEX: &str = "index.html";

/// The file of a day's page.
fn name(day: i64) -> String {
    format!("exlog-{}.html", date(day))
}
