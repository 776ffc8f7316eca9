//! Moments, study days, and the hour at which one day becomes the next.
//!
//! Nothing here reads a clock: [`Clock`] is implemented where the program meets the world.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};

/// An instant and the local offset that was in force at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Moment {
    /// Unix time in milliseconds.
    pub at_ms: i64,
    /// Wall clock minus UTC, in seconds.
    pub utc_offset_s: i32,
}

impl Moment {
    /// Returns the study day that this moment belongs to.
    ///
    /// The wall clock decides, by the offset of this very moment: a night in which the clocks
    /// change does not move the boundary.
    pub fn day(self, rollover: Rollover) -> Day {
        let wall_s = self.at_ms.div_euclid(1000) + i64::from(self.utc_offset_s);
        let day = (wall_s - i64::from(rollover.hour()) * 3600).div_euclid(86_400);
        Day(day.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32)
    }

    /// Returns the same wall-clock zone, `ms` milliseconds later.
    pub fn plus_ms(self, ms: i64) -> Moment {
        Moment { at_ms: self.at_ms.saturating_add(ms), ..self }
    }

    /// Returns the moment as RFC 3339, with milliseconds only where there are any.
    pub fn to_rfc3339(self) -> String {
        let at = self.wall_clock();
        let format = if at.timestamp_subsec_millis() == 0 { "%FT%T%:z" } else { "%FT%T%.3f%:z" };
        at.format(format).to_string()
    }

    /// Returns the moment as its own wall clock showed it.
    ///
    /// A time that no calendar holds becomes the nearest that one does.
    pub fn wall_clock(self) -> DateTime<FixedOffset> {
        let offset = FixedOffset::east_opt(self.utc_offset_s.clamp(-86_399, 86_399))
            .unwrap_or_else(|| chrono::Offset::fix(&chrono::Utc));
        let utc = DateTime::from_timestamp_millis(self.at_ms).unwrap_or(if self.at_ms < 0 {
            DateTime::<chrono::Utc>::MIN_UTC + TimeDelta::days(2)
        } else {
            DateTime::<chrono::Utc>::MAX_UTC - TimeDelta::days(2)
        });
        utc.with_timezone(&offset)
    }
}

impl From<DateTime<FixedOffset>> for Moment {
    fn from(at: DateTime<FixedOffset>) -> Moment {
        Moment { at_ms: at.timestamp_millis(), utc_offset_s: at.offset().local_minus_utc() }
    }
}

/// A study day, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

impl Day {
    /// Returns the days from `earlier` to this one; negative if this one is earlier.
    pub fn since(self, earlier: Day) -> i64 {
        i64::from(self.0) - i64::from(earlier.0)
    }

    /// Returns the day `days` later.
    pub fn plus(self, days: u32) -> Day {
        Day(self.0.saturating_add_unsigned(days))
    }

    /// Returns the date; the first or last that there is, for a day that no calendar holds.
    pub fn date(self) -> NaiveDate {
        let days = TimeDelta::days(i64::from(self.0));
        NaiveDate::default().checked_add_signed(days).unwrap_or(if self.0 < 0 {
            NaiveDate::MIN
        } else {
            NaiveDate::MAX
        })
    }

    /// Returns the day in words for a person, such as `29 Nov 2026`.
    pub fn in_words(self) -> String {
        self.date().format("%-d %b %Y").to_string()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.date().format("%F").fmt(f)
    }
}

impl FromStr for Day {
    type Err = chrono::ParseError;

    fn from_str(text: &str) -> Result<Day, Self::Err> {
        let date: NaiveDate = text.parse()?;
        Ok(Day((date - NaiveDate::default()).num_days() as i32))
    }
}

impl Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Day, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The hour, 0 to 23, at which a study day begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rollover(u8);

impl Rollover {
    /// Returns the rollover at `hour`, or `None` if a day has no such hour.
    pub fn at(hour: u8) -> Option<Rollover> {
        (hour < 24).then_some(Rollover(hour))
    }

    /// Returns the hour, 0 to 23.
    pub fn hour(self) -> u8 {
        self.0
    }
}

impl Default for Rollover {
    /// Four in the morning: who studies past midnight still studies today.
    fn default() -> Rollover {
        Rollover(4)
    }
}

/// Where the time comes from.
pub trait Clock {
    /// Returns the present moment.
    fn now(&self) -> Moment;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Moment {
        DateTime::parse_from_rfc3339(text).unwrap().into()
    }

    #[test]
    fn a_day_begins_at_the_rollover_of_the_wall_clock() {
        for (at, day) in [
            ("2026-11-24T03:59:59+00:00", "2026-11-23"),
            ("2026-11-24T04:00:00+00:00", "2026-11-24"),
            ("2026-11-24T04:00:00+13:00", "2026-11-24"),
            ("2026-11-24T03:59:00-11:00", "2026-11-23"),
            ("1969-12-31T23:00:00+00:00", "1969-12-31"),
        ] {
            assert_eq!(moment(at).day(Rollover::default()).to_string(), day, "{at}");
        }
    }

    #[test]
    fn the_night_of_a_clock_change_is_one_night() {
        // Berlin, 25 October 2026: 03:00 summer time becomes 02:00 winter time.
        let rollover = Rollover::default();
        assert_eq!(moment("2026-10-25T02:30:00+02:00").day(rollover).to_string(), "2026-10-24");
        assert_eq!(moment("2026-10-25T02:30:00+01:00").day(rollover).to_string(), "2026-10-24");
        assert_eq!(moment("2026-10-25T04:00:00+01:00").day(rollover).to_string(), "2026-10-25");
    }

    #[test]
    fn times_that_no_calendar_holds_are_shown_and_do_not_panic() {
        for at_ms in [i64::MIN, i64::MAX] {
            let moment = Moment { at_ms, utc_offset_s: i32::MAX };
            assert!(!moment.to_rfc3339().is_empty());
            assert!(!moment.day(Rollover::default()).to_string().is_empty());
        }
    }

    #[test]
    fn days_read_and_write_themselves() {
        assert_eq!("2026-11-29".parse::<Day>().unwrap().to_string(), "2026-11-29");
        assert_eq!("1970-01-01".parse::<Day>().unwrap(), Day(0));
        assert!("soon".parse::<Day>().is_err());
    }
}
