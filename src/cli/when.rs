//! Times as people and scripts write them.

use chrono::{
    DateTime, Datelike, Local, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone,
};

use crate::time::Moment;

/// The way out of a time that cannot be read.
pub const FORMATS: &str =
    "write 2026-11-29T18:30:00+01:00, or 2026-11-29T18:30 for the time zone of this machine";

/// Reads RFC 3339, whose offset is the local one of that moment; without an offset the zone of this
/// machine decides. A date alone is its noon.
pub fn parse(text: &str) -> Option<Moment> {
    let text = text.trim();
    // Years as people write them; beyond, calendars and clocks have limits of their own.
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.into());
    }
    let with_offset = text.strip_suffix(['Z', 'z']).map(|wall| format!("{wall}+00:00"));
    let with_offset = with_offset.as_deref().unwrap_or(text);
    if let Ok(at) = DateTime::parse_from_str(with_offset, "%Y-%m-%dT%H:%M%:z") {
        return Some(at.into());
    }
    let formats =
        ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];
    let wall = formats
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .or_else(|| {
        let noon = NaiveTime::from_hms_opt(12, 0, 0)?;
        text.parse::<NaiveDate>().ok().map(|date| date.and_time(noon))
    })?;
    (1..=9999).contains(&wall.year()).then(|| local(wall))
}

/// Returns the moment at which this machine's wall clock shows `wall`: the first of two, and for a
/// time that a change of the clocks leaves out, what the clock would have shown without it.
fn local(wall: NaiveDateTime) -> Moment {
    let offset_before = |wall: NaiveDateTime| {
        let earlier = wall - TimeDelta::hours(3);
        Local
            .offset_from_utc_datetime(&(earlier - Local.offset_from_utc_datetime(&earlier).fix()))
            .fix()
    };
    let local = Local.from_local_datetime(&wall);
    // Which of an ambiguous time's two values comes first differs; the earlier instant is meant.
    let instants = [local.earliest(), local.latest()];
    let at = instants.into_iter().flatten().map(|at| at.fixed_offset()).min();
    at.or_else(|| offset_before(wall).from_local_datetime(&wall).single())
        .map_or(Moment { at_ms: wall.and_utc().timestamp_millis(), utc_offset_s: 0 }, Moment::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_taken_as_it_is_written() {
        for (text, at_ms, offset) in [
            ("1970-01-01T01:00:00+01:00", 0, 3600),
            ("1970-01-01T00:00:01.5Z", 1500, 0),
            ("1969-12-31T19:00-05:00", 0, -18_000),
            ("1970-01-01T00:00Z", 0, 0),
        ] {
            assert_eq!(parse(text), Some(Moment { at_ms, utc_offset_s: offset }), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "soon",
            "2026-13-01",
            "25:00",
            "2026-11-29T25:00",
            "now",
            "-262143-01-01T00:00",
            "+262142-12-31T00:00",
            "-0001-01-01T00:00:00Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_without_an_offset_is_local() {
        let at = parse("2026-11-29 18:30").unwrap();
        assert_eq!(at.wall_clock().naive_local().to_string(), "2026-11-29 18:30:00");
    }
}
