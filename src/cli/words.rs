//! Small phrases that several commands say the same way.

use crate::schedule::{Grade, Quality, Schedule};
use crate::store::Standing;
use crate::time::Day;
use crate::{markdown, text};

/// Returns `1 card`, `2 cards`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// Returns a number with its thousands set apart, as in `12,345`.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Returns `today`, `tomorrow`, `in 6 days`, or `3 days ago`.
pub fn relative(day: Day, today: Day) -> String {
    match day.since(today) {
        0 => "today".into(),
        1 => "tomorrow".into(),
        -1 => "yesterday".into(),
        days @ 2.. => format!("in {} days", grouped(days as usize)),
        days => format!("{} days ago", grouped(days.unsigned_abs() as usize)),
    }
}

/// Returns an interval in a few characters: `6 d`, `2.1 mo`, `1.3 y`.
pub fn short_days(days: u32) -> String {
    match days {
        0..=59 => format!("{days} d"),
        60..=364 => format!("{:.1} mo", f64::from(days) / 30.4375),
        _ => format!("{:.1} y", f64::from(days) / 365.25),
    }
}

/// Returns when a card comes back after an answer on `today`: `again in 6 days`.
pub fn comes_back(schedule: &Schedule, today: Day) -> String {
    if schedule.repeat_on == Some(today) {
        return "again today".into();
    }
    match schedule.due.since(today) {
        ..=0 => "again today".into(),
        1 => "again tomorrow".into(),
        days => format!("again in {} days", grouped(days as usize)),
    }
}

/// Returns a grade in a word: its rating, or what its quality is called among six.
pub fn grade_name(grade: Grade) -> &'static str {
    match grade.quality.map(Quality::number) {
        None => grade.rating.word(),
        Some(0) => "blackout",
        Some(1) => "wrong",
        Some(2) => "almost",
        Some(3) => "hard",
        Some(4) => "good",
        Some(_) => "easy",
    }
}

/// Returns the key that gives a grade, and the grade in a word: `3 good`.
pub fn grade_key(grade: Grade) -> String {
    let key = grade.quality.map_or(grade.rating.number(), Quality::number);
    format!("{key} {}", grade_name(grade))
}

/// Returns a span of time as a person says it.
pub fn span(ms: u64) -> String {
    let seconds = ms / 1000;
    match seconds {
        0..=59 => format!("{seconds} s"),
        60..=3599 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// Returns the question of a card on one line of at most `width` columns.
pub fn front_line(standing: &Standing, width: usize) -> String {
    shortened(&markdown::plain_text(&standing.card.front), width)
}

/// Returns a path as it can be shown.
pub fn path(path: &std::path::Path) -> String {
    text::one_line(&path.to_string_lossy())
}

/// Returns what stands before each item of a list of so many: numbers, or a sign.
pub fn bullets(items: usize, numbered: bool, sign: &str) -> Vec<String> {
    let wide = items.to_string().len();
    let bullet = |number| if numbered { format!("{number:>wide$}. ") } else { format!("{sign} ") };
    (1..=items).map(bullet).collect()
}

/// Returns a word as a shell takes it: in quotes where it needs them.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+=:,@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// Returns `text` cut to `width` columns, with an ellipsis where it was cut.
pub fn shortened(text: &str, width: usize) -> String {
    use unicode_segmentation::UnicodeSegmentation;
    use unicode_width::UnicodeWidthStr;
    if text.width() <= width {
        return text.to_owned();
    }
    let mut cut = String::new();
    let mut used = 0;
    for part in text.graphemes(true) {
        if used + part.width() + 1 > width {
            break;
        }
        used += part.width();
        cut.push_str(part);
    }
    cut.trim_end().to_owned() + "…"
}

/// Returns `text` filled with blanks to `width` columns.
pub fn padded(text: &str, width: usize) -> String {
    use unicode_width::UnicodeWidthStr;
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_days_read_well() {
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(grouped(999), "999");
        assert_eq!(count(1, "card", "cards"), "1 card");
        assert_eq!(relative(Day(10), Day(4)), "in 6 days");
        assert_eq!(relative(Day(3), Day(4)), "yesterday");
        assert_eq!(short_days(15), "15 d");
        assert_eq!(short_days(365), "1.0 y");
        assert_eq!(span(61_000), "1 min 1 s");
    }

    #[test]
    fn words_are_quoted_where_a_shell_needs_it() {
        for (word, shown) in [
            ("/tmp/a_b-1.2", "/tmp/a_b-1.2"),
            ("my home", "'my home'"),
            ("it's", r"'it'\''s'"),
            ("~/x", "'~/x'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(word), shown);
        }
    }

    #[test]
    fn texts_are_cut_by_columns() {
        assert_eq!(shortened("日本語の本", 6), "日本…");
        assert_eq!(shortened("abc", 3), "abc");
        assert_eq!(padded("日", 4), "日  ");
    }
}
