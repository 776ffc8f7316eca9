//! Columns as anybody may have filled them.
//!
//! Whoever can write the file can put a number or bytes where no calendar or text has them. Such a
//! row is no reason to refuse the rest: a number becomes the nearest that can be meant, and bytes
//! that are no text are shown as far as they are.

use std::borrow::Cow;

use rusqlite::Row;
use rusqlite::types::ValueRef;

use crate::time::{Day, Moment};

/// Returns the text in `column`; `None` where there is none.
pub(super) fn text<'row>(
    row: &'row Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<Cow<'row, str>>> {
    Ok(match row.get_ref(column)? {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(String::from_utf8_lossy(bytes)),
        _ => None,
    })
}

/// Returns the text in `column`, empty where there is none.
pub(super) fn owned(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    Ok(text(row, column)?.unwrap_or_default().into_owned())
}

/// Returns the study day in `column`.
pub(super) fn day(row: &Row<'_>, column: usize) -> rusqlite::Result<Day> {
    Ok(Day(clamped(row.get(column)?)))
}

/// Returns the moment whose Unix milliseconds and offset in seconds are in `columns`.
pub(super) fn moment(row: &Row<'_>, columns: (usize, usize)) -> rusqlite::Result<Moment> {
    Ok(Moment { at_ms: row.get(columns.0)?, utc_offset_s: clamped(row.get(columns.1)?) })
}

/// Whether an error says that a row breaks a rule of its table.
pub(super) fn is_constraint(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation)
}

/// Returns a number; one that has no room is the nearest that has.
pub(super) fn clamped(number: i64) -> i32 {
    number.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32
}
