//! What is no mistake and still worth a look: cards that are hard to learn, and YAML that says
//! something else than it looks.
//!
//! A file is read once more for this, with all places. What cannot be read is left to the reader
//! of decks, which reports it.

use std::collections::{BTreeMap, BTreeSet};

use super::yaml::walk::{Part, entry, walk};
use crate::answer;
use crate::diagnostic::{Diagnostic, Mend};
use crate::markdown;
use crate::text;
use crate::yaml::{At, Page, Place, Problems, Value};

/// Every lint by its name, for `lint: {allow: […]}`.
pub const NAMES: [&str; 9] = [
    NEAR_DUPLICATE,
    ANSWER_IN_QUESTION,
    BARE_TRUE_FALSE,
    LONG_ANSWER,
    MISSING_MEDIA,
    INVISIBLE,
    CUT_BY_COMMENT,
    READS_OTHERWISE,
    COMMA_IN_TAG,
];

const NEAR_DUPLICATE: &str = "near-duplicate";
const ANSWER_IN_QUESTION: &str = "answer-in-question";
const BARE_TRUE_FALSE: &str = "bare-true-false";
const LONG_ANSWER: &str = "long-answer";
const MISSING_MEDIA: &str = "missing-media";
const INVISIBLE: &str = "invisible-character";
const CUT_BY_COMMENT: &str = "cut-by-comment";
const READS_OTHERWISE: &str = "reads-otherwise";
const COMMA_IN_TAG: &str = "comma-in-tag";

/// An answer of more characters is long.
const LONG: usize = 200;

/// An answer of fewer says too little to be given away.
const TELLING: usize = 4;

/// Returns what is worth a look in a deck that is shown as `file`, without what `allow` or the
/// deck itself allows. `has_media` says whether a file that a card names is beside the deck.
pub fn lint(
    deck: &str,
    file: &str,
    allow: &[String],
    has_media: &dyn Fn(&str) -> bool,
) -> Vec<Diagnostic> {
    let mut problems = Problems::new(file, true);
    let mut page = Page::new(deck, 0, &mut problems);
    let mut linter = Linter {
        deck,
        page: &mut page,
        has_media,
        allowed: allow.iter().cloned().collect(),
        asked: BTreeMap::new(),
        found: Vec::new(),
    };
    let walked = walk(deck, &["lint", "tags"], &mut |part| match part {
        Part::Card(card) => linter.card(&card),
        Part::Entry(key, tags) if key == "tags" => linter.tags(Some(&tags)),
        Part::Entry(_, lint) => linter.allowed.extend(allowed(Some(&lint))),
    });
    if walked.is_err() {
        return Vec::new();
    }
    // What a deck allows may stand below its cards.
    let Linter { found, allowed, page, .. } = linter;
    for found in found.into_iter().filter(|found| !allowed.contains(found.code)) {
        page.warning(found.at, found.code, found.message, found.help, found.mend);
    }
    problems.into_diagnostics()
}

struct Found {
    at: Place,
    code: &'static str,
    message: String,
    help: &'static str,
    mend: Option<Mend>,
}

struct Linter<'l, 't> {
    deck: &'t str,
    page: &'l mut Page<'t>,
    has_media: &'l dyn Fn(&str) -> bool,
    allowed: BTreeSet<String>,
    /// The words of each question, and the line on which it is asked.
    asked: BTreeMap<Vec<String>, u32>,
    found: Vec<Found>,
}

type Map = Vec<(At<Value>, At<Value>)>;

/// Returns the names that a `lint` allows.
fn allowed(value: Option<&At<Value>>) -> Vec<String> {
    let Some(At { value: Value::Map(lint), .. }) = value else { return Vec::new() };
    let text = |value: &At<Value>| match &value.value {
        Value::Text(name) => Some(name.clone()),
        _ => None,
    };
    match entry(lint, "allow") {
        Some(At { value: Value::List(names), .. }) => names.iter().filter_map(text).collect(),
        Some(name) => text(name).into_iter().collect(),
        None => Vec::new(),
    }
}

impl Linter<'_, '_> {
    fn card(&mut self, card: &At<Value>) {
        let Value::Map(map) = &card.value else { return };
        let before = self.found.len();
        self.question(card, map);
        self.answer(map);
        self.tags(entry(map, "tags"));
        for name in ["front", "back", "cloze", "choices", "accept", "hint", "why", "source"] {
            if let Some(value) = entry(map, name) {
                self.texts(name, value);
            }
        }
        let allowed = allowed(entry(map, "lint"));
        let mut kept = self.found.split_off(before);
        kept.retain(|found| !allowed.iter().any(|name| name == found.code));
        self.found.append(&mut kept);
    }

    fn found(&mut self, at: Place, code: &'static str, message: String, help: &'static str) {
        self.found.push(Found { at, code, message, help, mend: None });
    }

    /// Returns the text of a scalar, as it was written.
    fn text(&self, value: &At<Value>) -> Option<String> {
        match &value.value {
            Value::Text(text) => Some(text.clone()),
            Value::Flag(_) | Value::Whole(_) | Value::Number(_) => {
                self.page.written(value.at).map(str::to_owned)
            }
            Value::Null | Value::List(_) | Value::Map(_) => None,
        }
    }

    fn question(&mut self, card: &At<Value>, map: &Map) {
        let Some(front) = entry(map, "front") else { return };
        let Some(text) = self.text(front) else { return };
        let folded = answer::folded(&text, true);
        // Marks of a sentence do not count; those of a language of its own (`&&`, `-9`) do.
        let word = |word: &str| word.trim_matches([',', '.', ';', ':', '!', '?']).to_owned();
        let mut words: Vec<String> = folded.split_whitespace().map(word).collect();
        words.retain(|word| !word.is_empty());
        words.sort();
        if !words.is_empty() {
            let line = self.page.line_of(card.at);
            let first = *self.asked.entry(words).or_insert(line);
            if first != line {
                let message = format!("this asks the same words as the card on line {first}");
                let help = "make the two questions plainly different, or make them one card";
                self.found(front.at, NEAR_DUPLICATE, message, help);
            }
        }
        let back = entry(map, "back").and_then(|back| self.text(back));
        if let Some(back) = back.filter(|back| back.chars().count() >= TELLING) {
            let given = format!(" {} ", answer::folded(&back, true));
            if format!(" {folded} ").contains(&given) {
                let message = "the question holds its answer".to_owned();
                let help = "ask so that the answer must be recalled";
                self.found(front.at, ANSWER_IN_QUESTION, message, help);
            }
        }
    }

    fn answer(&mut self, map: &Map) {
        let Some(back) = entry(map, "back") else { return };
        let Some(text) = self.text(back) else { return };
        let folded = answer::folded(&text, true);
        if ["true", "false", "yes", "no"].contains(&&*folded) && entry(map, "choices").is_none() {
            let message = format!("{:?} is guessed half of the time", text::short(&text));
            let help = "ask for what makes it so";
            self.found(back.at, BARE_TRUE_FALSE, message, help);
        }
        let length = text.trim().chars().count();
        if length > LONG {
            let message = format!("an answer of {length} characters is hard to judge");
            let help = "divide it into several cards, make it a list, or move a part to `why`";
            self.found(back.at, LONG_ANSWER, message, help);
        }
    }

    fn tags(&mut self, tags: Option<&At<Value>>) {
        if let Some(At { value: Value::Text(tag), at }) = tags
            && tag.contains(',')
        {
            let message = format!("{:?} is one tag", text::short(tag));
            self.found(*at, COMMA_IN_TAG, message, "write several as a list: [one, two]");
        }
    }

    fn texts(&mut self, name: &str, value: &At<Value>) {
        if let Value::List(items) = &value.value {
            if let [item] = &items[..]
                && name == "back"
                && self.before(item.at).ends_with('[')
            {
                let message = "this is a list of one item, without the brackets".to_owned();
                let help = "put the text in quotes if the brackets belong to it";
                self.found(item.at, READS_OTHERWISE, message, help);
            }
            items.iter().for_each(|item| self.one_text(item));
        } else {
            self.one_text(value);
        }
    }

    fn one_text(&mut self, value: &At<Value>) {
        let Some(text) = self.text(value) else { return };
        if let Some(char) = text.chars().find(|char| is_invisible(*char)) {
            let message = format!("U+{:04X} in this text cannot be seen", u32::from(char));
            self.found(value.at, INVISIBLE, message, "delete it, unless its script needs it");
            if let Some(found) = self.found.last_mut() {
                found.mend = stray_marks(self.deck, self.page.line_of(value.at), value.at);
            }
        }
        for name in markdown::media(&text) {
            if !(self.has_media)(&name) {
                let message = format!("there is no file {:?} beside the deck", text::short(&name));
                self.found(value.at, MISSING_MEDIA, message, "put it there, or mend the name");
            }
        }
        let before = self.before(value.at);
        if before.starts_with('!') || (before.starts_with('&') && !self.is_used(before)) {
            let message = format!("{:?} is no part of this text", text::short(before));
            let help = "put all of it in quotes if it belongs to the text";
            self.found(value.at, READS_OTHERWISE, message, help);
        }
        if let Some(after) = self.cut_off(value.at) {
            let message = format!("{:?} is a comment, and no part of the text", text::short(after));
            let help =
                "put the text in quotes if it belongs to it, or the comment on a line of its own";
            self.found(value.at, CUT_BY_COMMENT, message, help);
        }
    }

    /// Returns what stands between the key, or the dash, and a value on its line.
    fn before(&self, at: Place) -> &str {
        let start = at.span.0 as usize;
        let line = self.deck.get(..start).unwrap_or_default();
        let line = line.rsplit('\n').next().unwrap_or_default();
        let value = line.rsplit_once(": ").map_or(line, |(_, value)| value);
        value.trim_start_matches([' ', '-']).trim_end()
    }

    /// Whether the anchor that `text` begins with is followed somewhere.
    fn is_used(&self, text: &str) -> bool {
        let name = text[1..].split_whitespace().next().unwrap_or_default();
        self.deck.contains(&format!("*{name}"))
    }

    /// Returns the comment behind a text without quotes, on its line.
    fn cut_off(&self, at: Place) -> Option<&str> {
        let (start, length) = (at.span.0 as usize, at.span.1 as usize);
        let written = self.deck.get(start..start + length)?;
        if length == 0 || written.starts_with(['"', '\'', '|', '>', '[', '{']) {
            return None;
        }
        let rest = self.deck.get(start + length..)?.lines().next()?.trim_start();
        rest.starts_with('#').then_some(rest)
    }
}

/// Whether a character is not to be seen, or reorders what is.
fn is_invisible(char: char) -> bool {
    match char {
        '\n' | '\t' | '\r' => false,
        '\u{200b}' | '\u{2060}' | '\u{ad}' => true,
        _ => {
            text::harmless(char.encode_utf8(&mut [0; 4])).contains('\u{fffd}') && char != '\u{fffd}'
        }
    }
}

/// Returns the mend of byte order marks inside a text, which belong to no script: they are what a
/// file began with from which the text was copied.
fn stray_marks(deck: &str, line: u32, at: Place) -> Option<Mend> {
    const MARK: char = '\u{feff}';
    let (start, length) = (at.span.0 as usize, at.span.1 as usize);
    let written = deck.get(start..start + length).filter(|_| at.span == at.meaning)?;
    let (first, last) = (written.find(MARK)?, written.rfind(MARK)?);
    let marked = &written[first..last + MARK.len_utf8()];
    let count = |text: &str| u32::try_from(text.chars().count()).ok();
    let column = at.column + count(&written[..first])?;
    let one_line = !written[..last].contains(['\n', '\r']);
    let text = marked.replace(MARK, "");
    one_line.then_some(Mend { line, column, width: count(marked)?, text })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    fn found(card: &str) -> Vec<String> {
        let deck = format!("cards:\n{card}\n");
        let found = lint(&deck, "deck.yaml", &[], &|name| name == "media/there.png");
        found
            .iter()
            .map(|found| format!("{}:{} {}", found.line, found.column, found.code))
            .collect()
    }

    #[test]
    fn each_lint_points_at_what_it_means() {
        for (card, wanted) in [
            ("  - { front: What is a lapse?, back: forgetting a card in review }", &[][..]),
            (
                "  - front: When does a card lapse\n    back: x y\n  - front: When, does a card lapse?\n    back: z",
                &["4:12 near-duplicate"],
            ),
            (
                "  - front: Paris is the capital of which country, if not of France?\n    back: France",
                &["2:12 answer-in-question"],
            ),
            ("  - front: Is SSO needed?\n    back: No", &["3:11 bare-true-false"]),
            ("  - front: Is SSO needed?\n    back: \"TRUE\"", &["3:11 bare-true-false"]),
            ("  - front: regex of a digit\n    back: [0-9]", &["3:12 reads-otherwise"]),
            ("  - front: regex of a digit\n    back: [0-9, x]", &[]),
            ("  - front: regex of a digit\n    back:\n      - 0-9", &[]),
            ("  - front: Best language # my opinion\n    back: Rust", &["2:12 cut-by-comment"]),
            (
                "  - front: \"Best language\" # my opinion\n    back: Rust # sure",
                &["3:11 cut-by-comment"],
            ),
            ("  - front: not in HTML\n    back: !important rule", &["3:22 reads-otherwise"]),
            ("  - front: &amp; is what\n    back: an ampersand", &["2:18 reads-otherwise"]),
            ("  - front: &q what\n    back: an ampersand\n    why: *q", &[]),
            ("  - front: a picture\n    back: \"![x](media/there.png)\"", &[]),
            ("  - front: a picture\n    back: \"![x](media/gone.png)\"", &["3:11 missing-media"]),
            ("  - front: an element\n    back: a[i](x) is `[y](z.png)`", &[]),
            ("  - front: a link\n    back: \"[x](https://example.org/y.png)\"", &[]),
            ("  - front: \"a\u{200b}b\"\n    back: c d", &["2:12 invisible-character"]),
            ("  - front: \"a\\u202eb\"\n    back: c d", &["2:12 invisible-character"]),
            ("  - front: می\u{200c}خواهم\n    back: c d", &[]),
            ("  - front: a b\n    back: c d\n    tags: one, two", &["4:11 comma-in-tag"]),
        ] {
            assert_eq!(found(card), wanted, "{card}");
        }
        let long = "word ".repeat(50);
        assert_eq!(found(&format!("  - front: q r\n    back: {long}")), ["3:11 long-answer"]);
    }

    #[test]
    fn what_is_allowed_is_not_told() {
        let card = "  - front: Is SSO needed?\n    back: No\n";
        assert_eq!(found(&format!("{card}    lint: {{allow: [bare-true-false]}}")), [""; 0]);
        assert_eq!(found(&format!("{card}    lint: {{allow: long-answer}}")).len(), 1);
        assert_eq!(found(&format!("{card}lint: {{allow: [bare-true-false]}}")), [""; 0]);
        let deck = format!("cards:\n{card}");
        let allow = ["bare-true-false".to_owned()];
        assert_eq!(lint(&deck, "deck.yaml", &allow, &|_| true), []);
    }

    #[test]
    fn what_is_no_deck_has_no_lints() {
        for text in ["", "a: [", "- x", "cards: 7", "cards: [7, {front: [x]}]", "\u{0}"] {
            assert_eq!(lint(text, "deck.yaml", &[], &|_| true), [], "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic_or_point_outside(
            text in "(cards:\n)?(  - |front: |back: |tags: |lint: |\\]\\(|media/x|[\\[\\]{}#&!*:'\"a-d\u{200b}é漢 \n]){0,50}",
        ) {
            let lines: Vec<&str> = yaml::lines_of(&text).collect();
            for found in lint(&text, "deck.yaml", &[], &|_| false) {
                let line = lines[found.line as usize - 1];
                proptest::prop_assert!(found.column as usize <= line.chars().count() + 1, "{found:?}");
            }
        }
    }
}
