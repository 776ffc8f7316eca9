//! Writing a setting into a text; every other byte stays.

use super::value::{At, Place, Value};
use super::{Extent, read_value};

/// Returns the text with `key: value` in its mapping, or in the mapping under `within`, which is
/// made where it is missing, before the key `ahead_of`.
///
/// `None` if there is no place for it: the text is no mapping, or what is there now is no scalar.
/// What the result says is for the caller to read.
pub fn with_setting(
    text: &str,
    within: Option<(&str, &str)>,
    key: &str,
    value: &str,
) -> Option<String> {
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let root = read_value(text, Extent::File).ok()?;
    let Value::Map(entries) = &root.value else {
        let made = match within {
            None => format!("{key}: {value}{end}"),
            Some((name, _)) => format!("{name}: {{ {key}: {value} }}{end}"),
        };
        return matches!(root.value, Value::Null).then(|| below(text, &made, end));
    };
    let Some((name, ahead_of)) = within else {
        return set(text, &root, entries, key, value, end);
    };
    let named = |wanted: &str| {
        entries.iter().find(|(key, _)| matches!(&key.value, Value::Text(key) if key == wanted))
    };
    match named(name) {
        Some((_, map @ At { value: Value::Map(inner), .. })) => {
            set(text, map, inner, key, value, end)
        }
        Some(_) => None,
        None => {
            let (ahead, _) = named(ahead_of).or(entries.first())?;
            let whole = format!("{{ {key}: {value} }}");
            insert(text, &root, ahead, name, &whole, end)
        }
    }
}

fn set(
    text: &str,
    map: &At<Value>,
    entries: &[(At<Value>, At<Value>)],
    key: &str,
    value: &str,
    end: &str,
) -> Option<String> {
    let there =
        entries.iter().find(|(name, _)| matches!(&name.value, Value::Text(name) if name == key));
    if let Some((_, now)) = there {
        let (from, long) = (now.at.span.0 as usize, now.at.span.1 as usize);
        if long == 0 || matches!(now.value, Value::List(_) | Value::Map(_)) {
            return None;
        }
        return replaced(text, from..from + long, value);
    }
    match entries.first() {
        Some((first, _)) => insert(text, map, first, key, value, end),
        None => {
            let at = start(map.at) + 1;
            replaced(text, at..at, &format!("{key}: {value}"))
        }
    }
}

/// Puts an entry before the one whose key is `ahead`.
fn insert(
    text: &str,
    map: &At<Value>,
    ahead: &At<Value>,
    key: &str,
    value: &str,
    end: &str,
) -> Option<String> {
    let at = start(ahead.at);
    if text.get(start(map.at)..)?.starts_with('{') {
        let quoted = text.get(at..)?.starts_with('"');
        let entry = if quoted { json(key, value) } else { format!("{key}: {value}, ") };
        return replaced(text, at..at, &entry);
    }
    let before = text.get(..at)?;
    let line = before.rfind(['\n', '\r']).map_or(0, |end| end + 1);
    let indent = before[line..].trim_start_matches('\u{feff}');
    // Something stands before it: a tag, an anchor, the mark of an explicit key.
    if !indent.bytes().all(|byte| byte == b' ') {
        return None;
    }
    let at = at - indent.len();
    replaced(text, at..at, &format!("{indent}{key}: {value}{end}"))
}

/// Returns an entry in the style of JSON; a value in braces is one of our own.
fn json(key: &str, value: &str) -> String {
    let inner = value.strip_prefix("{ ").and_then(|value| value.strip_suffix(" }"));
    match inner.and_then(|inner| inner.split_once(": ")) {
        Some((inner, value)) => {
            format!("\"{key}\": {{{}}}, ", json(inner, value).trim_end_matches(", "))
        }
        None if value.parse::<f64>().is_ok() => format!("\"{key}\": {value}, "),
        None => format!("\"{key}\": \"{value}\", "),
    }
}

fn below(text: &str, line: &str, end: &str) -> String {
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { end };
    format!("{text}{gap}{line}")
}

fn start(at: Place) -> usize {
    at.span.0 as usize
}

fn replaced(text: &str, at: std::ops::Range<usize>, with: &str) -> Option<String> {
    Some(format!("{}{with}{}", text.get(..at.start)?, text.get(at.end..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_put_where_it_belongs_and_nothing_else_changes() {
        for (text, within, after) in [
            ("", None, "scheduler: fsrs\n"),
            ("# mine", None, "# mine\nscheduler: fsrs\n"),
            ("new_per_day: 5 # few\n", None, "scheduler: fsrs\nnew_per_day: 5 # few\n"),
            ("a: 1\r\nscheduler:  sm2 # old\r\n", None, "a: 1\r\nscheduler:  fsrs # old\r\n"),
            ("# c\n\na: 1\n", None, "# c\n\nscheduler: fsrs\na: 1\n"),
            ("{a: 1}", None, "{scheduler: fsrs, a: 1}"),
            (
                "deck: A\ncards:\n- front: a\n",
                Some(("options", "cards")),
                "deck: A\noptions: { scheduler: fsrs }\ncards:\n- front: a\n",
            ),
            (
                "options: {new_per_day: 1}\ncards: []\n",
                Some(("options", "cards")),
                "options: {scheduler: fsrs, new_per_day: 1}\ncards: []\n",
            ),
            (
                "options:\n  # few\n  new_per_day: 1\ncards: []\n",
                Some(("options", "cards")),
                "options:\n  # few\n  scheduler: fsrs\n  new_per_day: 1\ncards: []\n",
            ),
            (
                "options:\n  scheduler: 'sm2'\ncards: []\n",
                Some(("options", "cards")),
                "options:\n  scheduler: fsrs\ncards: []\n",
            ),
            (
                "options: {}\ncards: []\n",
                Some(("options", "cards")),
                "options: {scheduler: fsrs}\ncards: []\n",
            ),
            (
                "{\"cards\": []}",
                Some(("options", "cards")),
                "{\"options\": {\"scheduler\": \"fsrs\"}, \"cards\": []}",
            ),
        ] {
            let found = with_setting(text, within, "scheduler", "fsrs");
            assert_eq!(found.as_deref(), Some(after), "{text:?}");
        }
    }

    #[test]
    fn where_there_is_no_place_nothing_is_written() {
        for text in ["- a\n", "a", "scheduler: [a]\n", "? a\n: b\n", "a: [", "scheduler:\nb: 1\n"] {
            assert_eq!(with_setting(text, None, "scheduler", "fsrs"), None, "{text:?}");
        }
    }
}
