//! Names of days and of ranges.

use crate::stats::Bucket;
use crate::time::Day;

/// The days of a week.
pub const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Returns a day as `Tue 24 Nov`.
pub fn weekday(day: Day) -> String {
    day.date().format("%a %-d %b").to_string()
}

/// Returns a day as `24 Nov`.
pub fn day_and_month(day: Day) -> String {
    day.date().format("%-d %b").to_string()
}

/// Returns the month of a day as `Nov 2026`.
pub fn in_month(day: Day) -> String {
    day.date().format("%b %Y").to_string()
}

/// Returns the month of a day as `Nov`.
pub fn month(day: Day) -> String {
    day.date().format("%b").to_string()
}

/// Returns the name of a range of intervals, in days.
pub fn in_days_of(bucket: &Bucket) -> String {
    match (bucket.from, bucket.to) {
        (from, Some(to)) if to == from + 1.0 => format!("{from} d"),
        (from, Some(to)) => format!("{from}-{} d", to - 1.0),
        (from, None) => format!("{from} d or more"),
    }
}

/// Returns the name of a range of SM-2's ease.
pub fn of_ease(bucket: &Bucket) -> String {
    match bucket.to {
        Some(to) => format!("{:.2}-{:.2}", bucket.from, to - 0.01),
        None => format!("{:.2} or more", bucket.from),
    }
}

/// Returns the name of a range of FSRS's difficulty.
pub fn of_difficulty(bucket: &Bucket) -> String {
    format!("{}-{}", bucket.from, bucket.to.unwrap_or(10.0))
}

/// Returns the name of a range of FSRS's stability, in days.
pub fn of_stability(bucket: &Bucket) -> String {
    match bucket.to {
        Some(to) => format!("{}-{to} d", bucket.from),
        None => format!("{} d or more", bucket.from),
    }
}

/// Returns the name of a range of shares, in percent.
pub fn of_recall(bucket: &Bucket) -> String {
    format!("{:.0}-{:.0} %", bucket.from * 100.0, bucket.to.unwrap_or(1.0) * 100.0)
}

/// Returns the name of a range of seconds.
pub fn in_seconds(bucket: &Bucket) -> String {
    match bucket.to {
        Some(to) => format!("{}-{to} s", bucket.from),
        None => format!("{} s or more", bucket.from),
    }
}
