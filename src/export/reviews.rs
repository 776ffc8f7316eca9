//! A row an answer.

use std::io::{self, Write};

use serde::Serialize;

use super::unwrapped;
use crate::stats::Answer;
use crate::text;
use crate::time::Day;

/// The columns, in their order.
pub const COLUMNS: [&str; 10] = [
    "at",
    "day",
    "card",
    "deck",
    "rating",
    "quality",
    "took_ms",
    "counted",
    "interval_days",
    "device",
];

/// An answer, and what its numbers stand for.
#[derive(Clone, Copy, Debug)]
pub struct ReviewRow<'a> {
    /// The answer.
    pub answer: &'a Answer,
    /// The id of its card.
    pub card: &'a str,
    /// The name of its deck; empty where it is not known.
    pub deck: &'a str,
    /// The id of the device that wrote it.
    pub device: &'a str,
}

/// Writes CSV with a header.
///
/// Text is data: it is quoted where CSV wants it, and never made longer or shorter. Characters that
/// command a terminal stand as U+FFFD, as everywhere.
///
/// # Errors
///
/// What `out` says.
pub fn csv<'a>(
    rows: impl IntoIterator<Item = ReviewRow<'a>>,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(COLUMNS).map_err(unwrapped)?;
    let number = |number: Option<i64>| number.map_or(String::new(), |number| number.to_string());
    for ReviewRow { answer, card, deck, device } in rows {
        csv.write_record([
            answer.when.to_rfc3339().as_str(),
            &answer.day.to_string(),
            &text::harmless(card),
            &text::harmless(deck),
            &answer.grade.rating.number().to_string(),
            &number(answer.grade.quality.map(|quality| quality.number())),
            &number(answer.took_ms),
            if answer.interval.is_some() { "true" } else { "false" },
            &number(answer.interval.map(|interval| interval.days().into())),
            device,
        ])
        .map_err(unwrapped)?;
    }
    csv.flush()
}

#[derive(Serialize)]
struct Row<'a> {
    at: String,
    day: Day,
    card: &'a str,
    deck: &'a str,
    rating: i64,
    quality: Option<i64>,
    took_ms: Option<i64>,
    counted: bool,
    interval_days: Option<u32>,
    device: &'a str,
}

/// Writes one JSON object a line, whose characters a terminal does not obey.
///
/// # Errors
///
/// What `out` says.
pub fn ndjson<'a>(
    rows: impl IntoIterator<Item = ReviewRow<'a>>,
    out: &mut impl Write,
) -> io::Result<()> {
    for ReviewRow { answer, card, deck, device } in rows {
        let row = Row {
            at: answer.when.to_rfc3339(),
            day: answer.day,
            card,
            deck,
            rating: answer.grade.rating.number(),
            quality: answer.grade.quality.map(|quality| quality.number()),
            took_ms: answer.took_ms,
            counted: answer.interval.is_some(),
            interval_days: answer.interval.map(|interval| interval.days()),
            device,
        };
        writeln!(out, "{}", text::inert(&serde_json::to_string(&row)?))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::Closed;
    use super::*;
    use crate::schedule::{Grade, Interval, Quality, Rating};
    use crate::time::Moment;

    fn answer() -> Answer {
        Answer {
            card: 1,
            when: Moment { at_ms: 1_795_500_000_250, utc_offset_s: 3600 },
            day: Day(20_781),
            grade: Grade { rating: Rating::Again, quality: Quality::new(2) },
            took_ms: Some(4_200),
            sure: None,
            device: 1,
            first: true,
            interval: Some(Interval::of(1)),
            before: None,
        }
    }

    fn written(card: &str, deck: &str) -> [String; 2] {
        let counted = answer();
        let repeat =
            Answer { interval: None, took_ms: None, grade: Rating::Easy.into(), ..counted };
        let device = &"ab".repeat(16);
        let rows = || [&counted, &repeat].map(|answer| ReviewRow { answer, card, deck, device });
        let (mut one, mut other) = (Vec::new(), Vec::new());
        csv(rows(), &mut one).unwrap();
        ndjson(rows(), &mut other).unwrap();
        [one, other].map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn both_formats_say_the_same() {
        let [csv, ndjson] = written("domains-100", "lang/verbs");
        insta::assert_snapshot!(csv, @r"
        at,day,card,deck,rating,quality,took_ms,counted,interval_days,device
        2026-11-24T07:00:00.250+01:00,2026-11-24,domains-100,lang/verbs,1,2,4200,true,1,abababababababababababababababab
        2026-11-24T07:00:00.250+01:00,2026-11-24,domains-100,lang/verbs,4,,,false,,abababababababababababababababab
        ");
        insta::assert_snapshot!(ndjson, @r#"
        {"at":"2026-11-24T07:00:00.250+01:00","day":"2026-11-24","card":"domains-100","deck":"lang/verbs","rating":1,"quality":2,"took_ms":4200,"counted":true,"interval_days":1,"device":"abababababababababababababababab"}
        {"at":"2026-11-24T07:00:00.250+01:00","day":"2026-11-24","card":"domains-100","deck":"lang/verbs","rating":4,"quality":null,"took_ms":null,"counted":false,"interval_days":null,"device":"abababababababababababababababab"}
        "#);
        let names = COLUMNS.map(|name| ndjson.find(&format!("\"{name}\":")));
        assert!(names.is_sorted() && names[0].is_some(), "{names:?}");
    }

    #[test]
    fn text_is_data_in_any_cell() {
        for (text, cell) in [
            ("=1+1", "=1+1"),
            ("@SUM(A1)", "@SUM(A1)"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("\u{1b}[31mred", "\u{fffd}[31mred"),
        ] {
            let [csv, ndjson] = written("c", text);
            assert!(csv.contains(&format!(",c,{cell},1,2,4200,true,1,")), "{csv}");
            let line: serde_json::Value =
                serde_json::from_str(ndjson.lines().next().unwrap()).unwrap();
            assert_eq!(line["deck"], text);
            assert!(!ndjson.contains('\u{1b}'));
            let mut reader = csv::Reader::from_reader(csv.as_bytes());
            let records = reader.records().map(Result::unwrap);
            assert!(records.into_iter().all(|record| record[3] == text::harmless(text)));
        }
    }

    #[test]
    fn a_closed_pipe_is_known_as_one() {
        let answer = answer();
        let row = || {
            std::iter::repeat_n(
                ReviewRow { answer: &answer, card: "c", deck: "d", device: "0" },
                1_000,
            )
        };
        for error in [csv(row(), &mut Closed), ndjson(row(), &mut Closed)] {
            assert_eq!(error.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        }
    }
}
