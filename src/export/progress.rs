//! A row a day.

use std::io::{self, Write};

use serde::Serialize;

use super::unwrapped;
use crate::stats::{Progress, Tally};
use crate::time::Day;

/// The columns, in their order.
pub const COLUMNS: [&str; 10] = [
    "day",
    "reviews",
    "new",
    "passed",
    "failed",
    "lapses",
    "seconds",
    "retention_young",
    "retention_mature",
    "streak",
];

/// Writes CSV with a header.
///
/// # Errors
///
/// What `out` says.
pub fn csv(rows: &[Progress], out: &mut impl Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(COLUMNS).map_err(unwrapped)?;
    for Progress { daily, streak } in rows {
        let recalled = daily.recall.all();
        csv.write_record([
            daily.day.to_string(),
            daily.reviews.to_string(),
            daily.new.to_string(),
            recalled.passed.to_string(),
            recalled.failed.to_string(),
            daily.lapses.to_string(),
            daily.seconds().to_string(),
            share(daily.recall.young).unwrap_or_default(),
            share(daily.recall.mature).unwrap_or_default(),
            streak.to_string(),
        ])
        .map_err(unwrapped)?;
    }
    csv.flush()
}

/// Returns the share that passed, with four decimals; `None` of none.
fn share(tally: Tally) -> Option<String> {
    tally.share().map(|share| format!("{share:.4}"))
}

#[derive(Serialize)]
struct Row {
    day: Day,
    reviews: u64,
    new: u64,
    passed: u64,
    failed: u64,
    lapses: u64,
    seconds: u64,
    retention_young: Option<f64>,
    retention_mature: Option<f64>,
    streak: u32,
}

/// Writes one JSON object a line.
///
/// # Errors
///
/// What `out` says.
pub fn ndjson(rows: &[Progress], out: &mut impl Write) -> io::Result<()> {
    let rounded = |tally| share(tally).and_then(|share| share.parse().ok());
    for Progress { daily, streak } in rows {
        let recalled = daily.recall.all();
        let row = Row {
            day: daily.day,
            reviews: daily.reviews,
            new: daily.new,
            passed: recalled.passed,
            failed: recalled.failed,
            lapses: daily.lapses,
            seconds: daily.seconds(),
            retention_young: rounded(daily.recall.young),
            retention_mature: rounded(daily.recall.mature),
            streak: *streak,
        };
        serde_json::to_writer(&mut *out, &row)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::Closed;
    use super::*;
    use crate::stats::{Daily, Recall};

    fn rows() -> Vec<Progress> {
        let young = Tally { passed: 2, failed: 1 };
        let recall = Recall { young, mature: Tally::default() };
        let busy =
            Daily { reviews: 5, new: 1, recall, lapses: 1, took_ms: 9_999, ..Daily::empty(Day(0)) };
        vec![
            Progress { daily: busy, streak: 1 },
            Progress { daily: Daily::empty(Day(1)), streak: 0 },
        ]
    }

    fn text(write: impl Fn(&mut Vec<u8>) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn csv_has_a_header_and_empty_cells_where_there_is_no_share() {
        insta::assert_snapshot!(text(|out| csv(&rows(), out)), @r"
        day,reviews,new,passed,failed,lapses,seconds,retention_young,retention_mature,streak
        1970-01-01,5,1,2,1,1,9,0.6667,,1
        1970-01-02,0,0,0,0,0,0,,,0
        ");
        assert_eq!(text(|out| csv(&[], out)).lines().count(), 1, "the header alone");
    }

    #[test]
    fn ndjson_has_the_same_names_and_numbers() {
        let text = text(|out| ndjson(&rows(), out));
        insta::assert_snapshot!(text, @r#"
        {"day":"1970-01-01","reviews":5,"new":1,"passed":2,"failed":1,"lapses":1,"seconds":9,"retention_young":0.6667,"retention_mature":null,"streak":1}
        {"day":"1970-01-02","reviews":0,"new":0,"passed":0,"failed":0,"lapses":0,"seconds":0,"retention_young":null,"retention_mature":null,"streak":0}
        "#);
        let names = COLUMNS.map(|name| text.find(&format!("\"{name}\":")));
        assert!(names.is_sorted() && names[0].is_some(), "{names:?}");
    }

    #[test]
    fn a_closed_pipe_is_known_as_one() {
        for write in [csv, ndjson] {
            let error = write(&rows(), &mut Closed).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
        }
    }
}
