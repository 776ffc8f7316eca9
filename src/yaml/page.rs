//! A text being read: its lines, what is wrong in it, and the checks every reader needs.

use std::cell::OnceCell;
use std::ops::RangeInclusive;

use super::failure::Failure;
use super::fields::{Entry, Fields, Names};
use super::value::{At, Place, Value, clamped};
use crate::diagnostic::{Diagnostic, MORE, Mend, Severity};
use crate::text::short;

/// How many findings of one file are told.
const MOST_FINDINGS: usize = 100;

/// The longest line that is shown with its finding, in bytes.
const LONGEST_LINE: usize = 2_000;

/// What is wrong in a file, as it is found.
#[derive(Debug)]
pub struct Problems {
    file: String,
    found: Vec<Diagnostic>,
    untold: usize,
    /// Whether findings are kept; else they are counted, and the file is read again.
    told: bool,
}

impl Problems {
    /// Returns none yet, in `file`; they are only counted unless `told`.
    pub fn new(file: &str, told: bool) -> Problems {
        Problems { file: file.to_owned(), found: Vec::new(), untold: 0, told }
    }

    /// Returns none yet, which will be counted only.
    pub fn counted() -> Problems {
        Problems::new("", false)
    }

    /// Forgets them all.
    pub fn clear(&mut self) {
        self.found.clear();
        self.untold = 0;
    }

    /// Returns how many there are.
    pub fn count(&self) -> usize {
        self.found.len() + self.untold
    }

    /// Returns whether one more would only be counted, so that nobody need find words for it.
    fn is_full(&self) -> bool {
        !self.told || self.found.len() >= MOST_FINDINGS
    }

    /// Adds one about the file as a whole.
    pub fn whole_file(&mut self, code: &str, message: String, help: &str) {
        self.found.push(Diagnostic {
            file: self.file.clone(),
            line: 0,
            column: 0,
            severity: Severity::Error,
            code: code.to_owned(),
            message,
            help: Some(help.to_owned()),
            mend: None,
            source_line: String::new(),
            width: 1,
        });
    }

    /// Returns them in the order of the file, and how many more there were as the last.
    pub fn into_diagnostics(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|diagnostic| (diagnostic.line, diagnostic.column));
        if self.untold > 0 {
            let message = format!("and {} more", self.untold);
            let severity = self.found.iter().map(|found| found.severity).min();
            self.whole_file(MORE, message, "mend these first");
            if let Some(more) = self.found.last_mut() {
                more.severity = severity.unwrap_or(Severity::Error);
                more.width = clamped(self.untold as u64);
            }
        }
        self.found
    }
}

/// Returns the lines of `text` as YAML and editors see them, without their ends and a byte order
/// mark.
pub fn lines_of(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text.strip_prefix('\u{feff}').unwrap_or(text));
    std::iter::from_fn(move || {
        let text = rest?;
        let Some(end) = text.find(['\n', '\r']) else {
            rest = None;
            return Some(text);
        };
        let after = &text[end..];
        rest = Some(after.strip_prefix("\r\n").unwrap_or(&after[1..]));
        Some(&text[..end])
    })
}

/// A text, or a piece of one, being read.
pub struct Page<'a> {
    text: &'a str,
    /// How many lines of the file are above the text.
    lines_above: u32,
    lines: OnceCell<Vec<&'a str>>,
    /// What was found wrong.
    pub problems: &'a mut Problems,
}

impl<'a> Page<'a> {
    /// Returns `text`, which begins below `lines_above` lines of its file.
    pub fn new(text: &'a str, lines_above: u32, problems: &'a mut Problems) -> Page<'a> {
        Page { text, lines_above, lines: OnceCell::new(), problems }
    }

    /// Returns the line of the file that `at` is on, 1-based.
    pub fn line_of(&self, at: Place) -> u32 {
        self.lines_above + at.line
    }

    /// Returns what stands at `at`, as it is written; an alias's anchor counts.
    ///
    /// It is `None` if the text was read without places.
    pub fn written(&self, at: Place) -> Option<&'a str> {
        let (start, len) = (at.meaning.0 as usize, at.meaning.1 as usize);
        if at.line == 0 { None } else { self.text.get(start..start + len) }
    }

    /// Returns the line that `at` is on.
    fn line_at(&self, at: Place) -> &'a str {
        let lines = self.lines.get_or_init(|| lines_of(self.text).collect());
        lines.get((at.line as usize).saturating_sub(1)).copied().unwrap_or_default()
    }

    /// Returns where the `offset`-th byte of `text` stands, which is what the value at `at` says; its
    /// beginning, where it is not written as it reads.
    pub fn within(&self, at: Place, text: &str, offset: usize) -> Place {
        let before = text.get(..offset).unwrap_or_default();
        let written = self.written(at).unwrap_or_default();
        let inner = written.trim_start_matches(['"', '\'']);
        let as_it_reads =
            at.span == at.meaning && inner.starts_with(text.get(..offset + 1).unwrap_or(text));
        if !as_it_reads || before.contains('\n') {
            return at;
        }
        let column = at.column as usize + (written.len() - inner.len()) + before.chars().count();
        Place::point(at.line, clamped(column as u64))
    }

    /// Whether the line that `at` is on begins an item of a list.
    pub fn begins_item(&self, at: Place) -> bool {
        let line = self.line_at(at).trim_start_matches(' ');
        line.starts_with("- ") || line == "-"
    }

    /// Adds an error at `at`.
    pub fn error(
        &mut self,
        at: Place,
        code: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.add(Severity::Error, at, code, message, help, None);
    }

    /// Adds an error at `at` for which `mend`, where there is one, is certain.
    pub fn mendable(
        &mut self,
        at: Place,
        code: &str,
        message: impl Into<String>,
        help: impl Into<String>,
        mend: Option<Mend>,
    ) {
        self.add(Severity::Error, at, code, message, help, mend);
    }

    /// Adds something worth a look at `at`, for which `mend`, where there is one, is certain.
    pub fn warning(
        &mut self,
        at: Place,
        code: &str,
        message: impl Into<String>,
        help: impl Into<String>,
        mend: Option<Mend>,
    ) {
        self.add(Severity::Warning, at, code, message, help, mend);
    }

    /// Returns the mend that writes `text` in place of what stands at `at`; `None` if that is not
    /// to be seen there, on one line.
    pub fn instead(&self, at: Place, text: &str) -> Option<Mend> {
        let written = self.written(at).filter(|_| at.span == at.meaning)?;
        let width = clamped(written.chars().count() as u64);
        let one_line = width > 0 && !written.contains(['\n', '\r']);
        one_line.then(|| Mend {
            line: self.line_of(at),
            column: at.column,
            width,
            text: text.to_owned(),
        })
    }

    fn add(
        &mut self,
        severity: Severity,
        at: Place,
        code: &str,
        message: impl Into<String>,
        help: impl Into<String>,
        mend: Option<Mend>,
    ) {
        if self.problems.is_full() {
            self.problems.untold += 1;
            return;
        }
        let lines = self.lines.get_or_init(|| lines_of(self.text).collect());
        let mut line = (at.line.max(1) as usize).min(lines.len());
        let mut column = at.column.max(1);
        while line > 1 && lines[line - 1].is_empty() {
            // Something that is missing, or the end: below it a piece of a file has other lines than
            // the file.
            line -= 1;
            column = u32::MAX;
        }
        let content = lines[line - 1];
        let column = column.min(clamped(content.chars().count() as u64 + 1));
        let span = self.text.get(at.span.0 as usize..(at.span.0 + at.span.1) as usize);
        let written = span.and_then(|span| lines_of(span).next()).unwrap_or_default();
        self.problems.found.push(Diagnostic {
            file: self.problems.file.clone(),
            line: self.lines_above + line as u32,
            column,
            severity,
            code: code.to_owned(),
            message: message.into(),
            help: Some(help.into()),
            mend,
            source_line: if content.len() > LONGEST_LINE {
                String::new()
            } else {
                content.to_owned()
            },
            width: clamped(written.trim_end().chars().count() as u64).max(1),
        });
    }

    /// Adds the error that ended the reading.
    pub fn failure(&mut self, failure: &Failure) {
        self.error(failure.at, failure.code, &*failure.message, &*failure.help);
    }

    /// Returns the entry's text, as it was written whatever YAML takes it for.
    pub fn text(&mut self, name: &str, entry: Entry) -> Option<String> {
        let at = entry.place();
        self.one_text(name, entry.value, at)
    }

    fn one_text(&mut self, name: &str, value: At<Value>, at: Place) -> Option<String> {
        match value.value {
            Value::Text(text) if !text.trim().is_empty() => return Some(text),
            Value::Flag(_) | Value::Whole(_) | Value::Number(_) => {
                let written = self.written(value.at);
                if written.is_none() {
                    self.problems.untold += 1; // read without places: read again
                }
                return written.map(str::to_owned);
            }
            Value::Text(_) => {
                self.error(
                    at,
                    "empty-text",
                    format!("`{name}` is empty"),
                    "write its text, or take the line out",
                );
            }
            Value::Null => {
                let commented =
                    self.line_at(at).split_once(": ").map(|(_, value)| value.trim_start());
                let answer = ["front", "back", "accept"].contains(&name);
                let help = match self.written(value.at) {
                    Some(word) if !word.is_empty() && answer => {
                        format!("if the answer is {word}, write it in quotes: \"{word}\"")
                    }
                    _ if commented.is_some_and(|value| value.starts_with('#')) => {
                        "`#` begins a comment: put the text in quotes if it belongs to it"
                            .to_owned()
                    }
                    _ if commented.is_some_and(|value| value.starts_with(['!', '&'])) => {
                        "`!` and `&` begin no text: put it in quotes".to_owned()
                    }
                    _ => "write its text, or take the line out".to_owned(),
                };
                self.error(at, "empty-text", format!("`{name}` is empty"), help);
            }
            Value::List(_) => {
                let help = "write one text; only `back`, `accept` and `tags` may hold several";
                self.error(
                    at,
                    "not-a-text",
                    format!("`{name}` is a list, and should be a text"),
                    help,
                );
            }
            Value::Map(_) => {
                let help = "put the text in quotes if it holds `: ` or begins with `{`";
                self.error(
                    at,
                    "not-a-text",
                    format!("`{name}` is a mapping, and should be a text"),
                    help,
                );
            }
        }
        None
    }

    /// Returns the entry's texts: one, or each of a list's; `None` if one of them is none.
    pub fn texts(&mut self, name: &str, entry: Entry) -> Option<Vec<String>> {
        let Value::List(items) = entry.value.value else {
            return self.text(name, entry).map(|text| vec![text]);
        };
        let count = items.len();
        let mut texts = Vec::with_capacity(count);
        for item in items {
            let at = item.at;
            texts.extend(self.one_text(name, item, at));
        }
        (texts.len() == count).then_some(texts)
    }

    /// Returns whether the entry says true or false.
    pub fn flag(&mut self, name: &str, entry: &Entry) -> Option<bool> {
        if let Value::Flag(flag) = entry.value.value {
            return Some(flag);
        }
        let meant = match &entry.value.value {
            Value::Text(text) => match text.to_lowercase().as_str() {
                "true" | "yes" | "on" => Some("true"),
                "false" | "no" | "off" => Some("false"),
                _ => None,
            },
            _ => None,
        };
        let mend = meant.and_then(|meant| self.instead(entry.value.at, meant));
        let help = format!("write `{name}: true` or `{name}: false`");
        self.wrong(name, entry, "is neither true nor false", help, mend);
        None
    }

    /// Returns the entry's whole number if `range` has it.
    pub fn whole(&mut self, name: &str, entry: &Entry, range: RangeInclusive<u32>) -> Option<u32> {
        if let Value::Whole(number) = entry.value.value
            && let Ok(number) = u32::try_from(number)
            && range.contains(&number)
        {
            return Some(number);
        }
        let (least, most) = range.into_inner();
        let help = format!("write a whole number from {least} to {most}");
        let what = match entry.value.value {
            Value::Whole(_) => "is out of range",
            Value::Number(number) if number < 0.0 => "is out of range",
            Value::Number(_) => "is not written as a whole number",
            Value::Text(ref text) if text.parse::<f64>().is_ok() => {
                "is a text in quotes, not a number"
            }
            _ => "is not a number",
        };
        let quoted = match &entry.value.value {
            Value::Text(text) => text.parse().ok().filter(|number| (least..=most).contains(number)),
            _ => None,
        };
        let mend = quoted.and_then(|number: u32| self.instead(entry.value.at, &number.to_string()));
        self.wrong(name, entry, what, help, mend);
        None
    }

    /// Returns the entry's number if `range` has it.
    pub fn number(&mut self, name: &str, entry: &Entry, range: RangeInclusive<f64>) -> Option<f64> {
        let number = match entry.value.value {
            Value::Whole(number) => number as f64,
            Value::Number(number) => number,
            _ => f64::NAN,
        };
        if range.contains(&number) {
            return Some(number);
        }
        let help = format!("write a number from {:.2} to {:.2}", range.start(), range.end());
        let what = match entry.value.value {
            Value::Whole(_) | Value::Number(_) => "is out of range",
            _ => "is not a number",
        };
        self.wrong(name, entry, what, help, None);
        None
    }

    /// Returns what the entry's word stands for among `words`.
    pub fn word<T: Copy>(&mut self, name: &str, entry: &Entry, words: &[(&str, T)]) -> Option<T> {
        let said = match &entry.value.value {
            Value::Text(text) => text.as_str(),
            _ => "",
        };
        if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == said) {
            return Some(*meaning);
        }
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let mut help = format!("write {}", listed(&known, "or"));
        if let Some(meant) = nearest(said, &known) {
            help = format!("did you mean `{meant}`? {help}");
        }
        self.wrong(name, entry, "is not known", help, None);
        None
    }

    /// Adds an error about a value that its key cannot have.
    pub fn wrong(
        &mut self,
        name: &str,
        entry: &Entry,
        what: &str,
        help: impl Into<String>,
        mend: Option<Mend>,
    ) {
        let message = match &entry.value.value {
            Value::Null => format!("`{name}` is empty"),
            Value::List(_) => format!("`{name}` is a list, which it cannot be"),
            Value::Map(_) => format!("`{name}` is a mapping, which it cannot be"),
            Value::Text(text) => format!("`{name}: {}` {what}", short(text)),
            _ => format!(
                "`{name}: {}` {what}",
                short(self.written(entry.value.at).unwrap_or_default())
            ),
        };
        self.mendable(entry.place(), "bad-value", message, help, mend);
    }

    /// Returns the entries of a mapping by their keys, and reports keys that `names` does not
    /// have or that come twice.
    pub fn fields<K: Copy + PartialEq>(
        &mut self,
        map: Vec<(At<Value>, At<Value>)>,
        names: &Names<K>,
    ) -> Fields<K> {
        let mut fields = Fields::new();
        for (key, value) in map {
            match self.key(&key, names) {
                Some(known) => self.keep(&mut fields, known, names, Entry { key: key.at, value }),
                None => {
                    if let Some(meant) = self.unknown(&key, names).and_then(|name| names.find(name))
                    {
                        fields.mistyped(meant);
                    }
                }
            }
        }
        fields
    }

    /// Adds `entry` to `fields`, or reports that its key was there.
    pub fn keep<K: Copy + PartialEq>(
        &mut self,
        fields: &mut Fields<K>,
        key: K,
        names: &Names<K>,
        entry: Entry,
    ) {
        match fields.get(key) {
            None => fields.add(key, entry),
            Some(first) => {
                let line = self.line_of(first.key);
                let message =
                    format!("`{}` is here twice; the first is on line {line}", names.of(key));
                self.error(entry.key, "duplicate-key", message, "keep one of the two");
            }
        }
    }

    /// Returns which of `names` a mapping's key is.
    pub fn key<K: Copy + PartialEq>(&self, key: &At<Value>, names: &Names<K>) -> Option<K> {
        match &key.value {
            Value::Text(text) => names.find(text),
            _ => None,
        }
    }

    /// Reports a key that `names` does not have; returns the one that was most likely meant.
    pub fn unknown<K: Copy + PartialEq>(
        &mut self,
        key: &At<Value>,
        names: &Names<K>,
    ) -> Option<&'static str> {
        let said = match &key.value {
            Value::Text(text) => text,
            _ => self.written(key.at).unwrap_or_default(),
        };
        let known = names.keys.iter().map(|(name, _)| *name);
        let same = known.clone().find(|name| name.eq_ignore_ascii_case(said));
        if self.problems.is_full() {
            self.problems.untold += 1;
            return same;
        }
        let known: Vec<&'static str> = known.collect();
        let meant = nearest(said, &known).or_else(|| same_elsewhere(said, &known));
        let help = match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("{} knows {}", names.whose, listed(&known, "and")),
        };
        let message = format!("unknown key `{}`", short(said));
        // The same word with other capitals; one in quotes may be written for another program.
        let plain = self.written(key.at) == Some(said);
        let mend = same.filter(|_| plain).and_then(|name| self.instead(key.at, name));
        self.mendable(key.at, "unknown-key", message, help, mend);
        meant
    }
}

/// Returns `words` in a sentence, each as code.
fn listed(words: &[&str], last: &str) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((end, [])) => end.clone(),
        Some((end, before)) => format!("{} {last} {end}", before.join(", ")),
        None => String::new(),
    }
}

/// Returns the one of `known` that other programs call `word`.
pub fn same_elsewhere<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let ours = match word.to_lowercase().as_str() {
        "question" | "q" | "prompt" | "term" | "clue" => "front",
        "answer" | "a" | "response" | "definition" => "back",
        "alternatives" | "synonyms" => "accept",
        "explanation" | "note" | "notes" | "extra" => "why",
        "points" => "value",
        _ => return None,
    };
    known.iter().copied().find(|name| *name == ours)
}

/// Returns the one of `known` that `word` is most likely a slip of.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let word: Vec<char> = word.chars().take(30).flat_map(char::to_lowercase).collect();
    if word.is_empty() {
        return None;
    }
    let slips = |name: &&str| slips(&word, &name.chars().collect::<Vec<_>>());
    let best = known.iter().copied().min_by_key(slips)?;
    (slips(&best) <= (best.len() / 3).clamp(1, 3)).then_some(best)
}

/// Returns how many letters must be added, dropped, changed or swapped with the next one.
fn slips(a: &[char], b: &[char]) -> usize {
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let change = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let mut least = change.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    least = least.min(rows[i - 2][j - 2] + 1);
                }
                least
            };
        }
    }
    rows[a.len()][b.len()]
}
