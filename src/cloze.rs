//! Texts with gaps, in the grammar of Anki: `{{c1::text::hint}}`, several numbers
//! (`{{c1,3::text}}`), gaps within gaps. A gap without a number, `{{text}}`, numbers itself.

use std::collections::{BTreeMap, BTreeSet};

use crate::card::content_key;
use crate::slug::abridged;
use crate::text::short;

/// How deep gaps may stand within each other.
pub const DEEPEST: usize = 10;

/// The largest number of a gap.
pub const LARGEST_NUMBER: u32 = 9_999;

/// As many gaps as a text may have.
const MOST_GAPS: usize = 1_000;

/// So much of its text names a gap that was given no number.
const LONGEST_NAME: usize = 24;

/// So many digits of a hash name a gap whose text has no letter and no digit that an id may have.
const DIGITS_ALONE: usize = 8;

/// A text with gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cloze {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Gap(Gap),
}

/// What one of the cards asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Gap {
    numbers: Vec<u32>,
    /// Whether it got its number here.
    unnumbered: bool,
    parts: Vec<Part>,
    hint: Option<String>,
}

/// Something in a text that is meant as a gap and is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Mistake {
    /// Where in the text, in bytes.
    pub at: usize,
    /// What is wrong, lower case, without a full stop.
    pub what: String,
    /// The way out.
    pub help: &'static str,
}

impl Mistake {
    fn new(at: usize, what: impl Into<String>, help: &'static str) -> Mistake {
        Mistake { at, what: what.into(), help }
    }
}

/// A gap that was begun.
struct Open {
    at: usize,
    numbers: Vec<u32>,
    unnumbered: bool,
    parts: Vec<Part>,
}

impl Cloze {
    /// Reads a text.
    ///
    /// # Errors
    ///
    /// The first gap that is none: without a number it could have (`{{c0::a}}`), with one colon
    /// (`{{c1:a}}`), empty, never closed, or deeper than [`DEEPEST`]. A text without any gap.
    pub fn read(text: &str) -> Result<Cloze, Mistake> {
        let mut open: Vec<Open> = Vec::new();
        let mut parts: Vec<Part> = Vec::new();
        let (mut at, mut plain_from, mut gaps) = (0, 0, 0);
        let said: BTreeSet<u32> = numbers_said(text);
        let mut own = (1..=LARGEST_NUMBER).filter(|number| !said.contains(number));
        while let Some(found) = text[at..].find(['{', '}']) {
            let here = at + found;
            if text[here..].starts_with("{{") {
                let (said, length) = head(text, here)?;
                let unnumbered = said.is_none();
                let numbers = match said {
                    Some(numbers) => numbers,
                    None => own.next().into_iter().collect(),
                };
                gaps += 1;
                if open.len() == DEEPEST {
                    let what = format!("a gap within {DEEPEST} others");
                    return Err(Mistake::new(here, what, "put fewer gaps into each other"));
                }
                if gaps > MOST_GAPS || numbers.is_empty() {
                    let what = format!("more than {MOST_GAPS} gaps");
                    return Err(Mistake::new(here, what, "make several cards of it"));
                }
                push(&mut parts, &text[plain_from..here]);
                let parts = std::mem::take(&mut parts);
                open.push(Open { at: here, numbers, unnumbered, parts });
                at = here + length;
                plain_from = at;
            } else if text[here..].starts_with("}}") && !open.is_empty() {
                push(&mut parts, &text[plain_from..here]);
                let Some(Open { at: began, numbers, unnumbered, parts: outer }) = open.pop() else {
                    break;
                };
                let (inner, hint) = inner(std::mem::replace(&mut parts, outer), began)?;
                parts.push(Part::Gap(Gap { numbers, unnumbered, parts: inner, hint }));
                at = here + 2;
                plain_from = at;
            } else {
                at = here + 1;
            }
        }
        if let Some(open) = open.first() {
            return Err(Mistake::new(
                open.at,
                "this gap is never closed",
                "write `}}` where it ends",
            ));
        }
        push(&mut parts, &text[plain_from..]);
        let cloze = Cloze { parts };
        if cloze.numbers().is_empty() {
            let help = "put what is asked for into {{…}}, or write `front` and `back`";
            return Err(Mistake::new(0, "there is no gap in it", help));
        }
        Ok(cloze)
    }

    /// Returns the numbers of the gaps, each once, the smallest first.
    pub fn numbers(&self) -> Vec<u32> {
        let mut numbers = BTreeSet::new();
        each_gap(&self.parts, &mut |gap| numbers.extend(&gap.numbers));
        numbers.into_iter().collect()
    }

    /// Returns the number of each card with the name by which its id ends: `c1`, and for a gap that
    /// was given no number, what is in it, `c-new-york`. A number would be that of its place, and
    /// another gap's as soon as one is put before it.
    ///
    /// Histories hang on this: it never changes.
    pub fn sides(&self) -> BTreeMap<u32, String> {
        let mut sides = BTreeMap::new();
        let mut times: BTreeMap<String, u32> = BTreeMap::new();
        each_gap(&self.parts, &mut |gap| {
            for number in &gap.numbers {
                let name = if gap.unnumbered {
                    let name = name_of(&shown(&gap.parts, &|_: &Gap, _: String| None));
                    let times = times.entry(name.clone()).or_default();
                    *times += 1;
                    if *times > 1 { format!("{name}.{times}") } else { name }
                } else {
                    format!("c{number}")
                };
                sides.insert(*number, name);
            }
        });
        sides
    }

    /// Returns the text with the gaps of `number` as `[...]`, or their hint in brackets, and all
    /// others filled in.
    pub fn question(&self, number: u32) -> String {
        shown(&self.parts, &|gap: &Gap, _inner: String| match &gap.hint {
            _ if !gap.numbers.contains(&number) => None,
            Some(hint) => Some(format!("[{}]", hint.trim())),
            None => Some("[...]".to_owned()),
        })
    }

    /// Returns the whole text, the gaps of `number` in bold; of those within each other, the
    /// outermost.
    pub fn answer(&self, number: u32) -> String {
        // Bold within bold would end it.
        shown(&self.parts, &|gap: &Gap, _inner: String| {
            let plain = || shown(&gap.parts, &|_: &Gap, _: String| None);
            gap.numbers.contains(&number).then(|| bold(&plain()))
        })
    }

    /// Returns the text with every gap numbered, by what `number_of` says of its number here.
    pub fn numbered(&self, number_of: &dyn Fn(u32) -> u32) -> String {
        numbered(&self.parts, number_of)
    }

    /// Returns what is in the gaps of `number`, in their order.
    pub fn gaps(&self, number: u32) -> Vec<String> {
        let mut texts = Vec::new();
        each_gap(&self.parts, &mut |gap| {
            if gap.numbers.contains(&number) {
                texts.push(shown(&gap.parts, &|_: &Gap, _: String| None).trim().to_owned());
            }
        });
        texts
    }
}

fn numbered(parts: &[Part], number_of: &dyn Fn(u32) -> u32) -> String {
    let part = |part: &Part| match part {
        Part::Text(text) => text.clone(),
        Part::Gap(gap) => {
            let numbers: Vec<String> =
                gap.numbers.iter().map(|number| number_of(*number).to_string()).collect();
            let hint = gap.hint.as_ref().map_or(String::new(), |hint| format!("::{hint}"));
            format!("{{{{c{}::{}{hint}}}}}", numbers.join(","), numbered(&gap.parts, number_of))
        }
    };
    parts.iter().map(part).collect()
}

/// Returns the name of a gap with this text.
fn name_of(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let same = |slug: &str| slug == words.join("-") && !words.iter().any(|it| it.contains('-'));
    match abridged(text, LONGEST_NAME, text, same) {
        Some(name) => format!("c-{name}"),
        None => format!("c-{}", &content_key(&[text])[..DIGITS_ALONE]),
    }
}

/// Returns what is in bold in an answer: its gaps.
pub fn bold_parts(answer: &str) -> Vec<String> {
    answer.split("**").skip(1).step_by(2).map(str::to_owned).collect()
}

/// Returns the text in bold; blanks at its ends stay outside, or Markdown would not see it.
fn bold(text: &str) -> String {
    let inner = text.trim();
    let start = text.len() - text.trim_start().len();
    format!("{}**{inner}**{}", &text[..start], &text[start + inner.len()..])
}

/// Returns the parts as text: a gap as `other` has it, or as what is in it.
fn shown(parts: &[Part], other: &dyn Fn(&Gap, String) -> Option<String>) -> String {
    parts
        .iter()
        .map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Gap(gap) => {
                let inner = shown(&gap.parts, other);
                other(gap, inner.clone()).unwrap_or(inner)
            }
        })
        .collect()
}

fn each_gap<'p>(parts: &'p [Part], take: &mut dyn FnMut(&'p Gap)) {
    for part in parts {
        if let Part::Gap(gap) = part {
            take(gap);
            each_gap(&gap.parts, take);
        }
    }
}

fn push(parts: &mut Vec<Part>, text: &str) {
    if !text.is_empty() {
        parts.push(Part::Text(text.to_owned()));
    }
}

/// Returns the numbers that gaps of the text give themselves.
fn numbers_said(text: &str) -> BTreeSet<u32> {
    let heads = text.match_indices("{{").filter_map(|(at, _)| head(text, at).ok()?.0);
    heads.flatten().collect()
}

/// Returns what a gap that begins at `at` says of its numbers, and how long that is; `None` if it
/// numbers itself.
fn head(text: &str, at: usize) -> Result<(Option<Vec<u32>>, usize), Mistake> {
    let rest = &text[at + 2..];
    let Some(digits) = rest.strip_prefix(['c', 'C']) else { return Ok((None, 2)) };
    let length = digits.find(|char: char| !char.is_ascii_digit() && char != ',');
    let (said, behind) = digits.split_at(length.unwrap_or(digits.len()));
    let help = "write {{c1::text}}, {{c1::text::hint}}, or {{text}} without a number";
    if !said.starts_with(|char: char| char.is_ascii_digit()) || !behind.starts_with(':') {
        return Ok((None, 2)); // a word that begins with c
    }
    let shown = short(said);
    let wrong = |what: String| Mistake::new(at, what, help);
    if !behind.starts_with("::") {
        return Err(wrong(format!("`{{{{c{shown}:` has one colon, and needs two")));
    }
    let mut numbers = Vec::new();
    for number in said.split(',') {
        match number.parse() {
            Ok(number @ 1..=LARGEST_NUMBER) if !numbers.contains(&number) => numbers.push(number),
            Ok(1..=LARGEST_NUMBER) => {}
            _ => {
                let what = format!("`c{shown}` is no number of a gap: they go from 1 to 9999");
                return Err(wrong(what));
            }
        }
    }
    Ok((Some(numbers), 2 + 1 + said.len() + 2))
}

/// Returns what a gap with these parts asks for, and its hint: the first `::` in its own text parts
/// that off.
fn inner(mut parts: Vec<Part>, at: usize) -> Result<(Vec<Part>, Option<String>), Mistake> {
    let mut hint = None;
    let parted =
        parts.iter().position(|part| matches!(part, Part::Text(text) if text.contains("::")));
    if let Some(place) = parted {
        let behind = parts.split_off(place + 1);
        if let Some(Part::Text(text)) = parts.pop()
            && let Some((inner, first)) = text.split_once("::")
        {
            push(&mut parts, inner);
            let rest = shown(&behind, &|_: &Gap, _: String| None);
            hint = Some(format!("{first}{rest}")).filter(|hint| !hint.trim().is_empty());
        }
    }
    let inner = shown(&parts, &|_: &Gap, _: String| None);
    if inner.trim().is_empty() {
        return Err(Mistake::new(at, "this gap is empty", "write what belongs there"));
    }
    Ok((parts, hint))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_number_is_a_question_with_the_other_gaps_filled() {
        for (text, number, question, answer) in [
            (
                "{{c1::Paris}} is in {{c2::France}}",
                1,
                "[...] is in France",
                "**Paris** is in France",
            ),
            (
                "{{c1::Paris}} is in {{c2::France}}",
                2,
                "Paris is in [...]",
                "Paris is in **France**",
            ),
            ("{{c1::Paris::a city}}!", 1, "[a city]!", "**Paris**!"),
            ("{{c1::a}} and {{c1::b}}", 1, "[...] and [...]", "**a** and **b**"),
            ("{{c1,3::a}} {{c3::b}}", 3, "[...] [...]", "**a** **b**"),
            ("{{c1::out {{c2::in}}}}", 1, "[...]", "**out in**"),
            ("{{c1::out {{c2::in}}}}", 2, "out [...]", "out **in**"),
            ("{{c1::out {{c1::in}} out}}", 1, "[...]", "**out in out**"),
            ("{{c2::{{c1::a}} {{c2,1::b}}}}", 1, "[...] [...]", "**a** **b**"),
            ("{{one}} {{c1::two}} {{three}}", 2, "[...] two three", "**one** two three"),
            ("{{one}} {{c1::two}} {{three}}", 3, "one two [...]", "one two **three**"),
            ("{{city}} {{c: x}}", 1, "[...] c: x", "**city** c: x"),
            ("{ {{c1::x}} } }}", 1, "{ [...] } }}", "{ **x** } }}"),
            ("{{C2:: a }}b", 2, "[...]b", " **a** b"),
        ] {
            let cloze = Cloze::read(text).unwrap();
            assert_eq!(
                (&*cloze.question(number), &*cloze.answer(number)),
                (question, answer),
                "{text}"
            );
        }
        assert_eq!(Cloze::read("{{c5::a}} {{b}} {{c2,1::c}}").unwrap().numbers(), [1, 2, 3, 5]);
        assert_eq!(Cloze::read("{{c1::a {{c1::b}}}}").unwrap().gaps(1), ["a b", "b"]);
    }

    #[test]
    fn a_gap_without_a_number_is_named_by_what_is_in_it() {
        for (text, names) in [
            ("{{c2::a}} {{c1,3::b}}", "1 c1, 2 c2, 3 c3"),
            ("{{Paris}} is in {{France::a land}}", "1 c-paris, 2 c-france"),
            ("{{Europe}}: {{ paris }} is in {{c1::France}}", "1 c1, 2 c-europe, 3 c-paris"),
            ("{{New  York}} {{new york}}", "1 c-new-york, 2 c-new-york.2"),
            ("{{out {{in}}}}", "1 c-out-in, 2 c-in"),
            ("{{C}} {{C++}} {{e-mail}}", "1 c-c, 2 c-c-f1de, 3 c-e-mail-39e0"),
            ("{{café}} {{ねこ}} {{+}}", "1 c-cafe-850f, 2 c-2d35a5a9, 3 c-a318c242"),
            ("{{the quick brown fox jumps over the lazy dog}}", "1 c-the-quick-brown-fox-05c6"),
        ] {
            let sides = Cloze::read(text).unwrap().sides();
            let said: Vec<String> =
                sides.into_iter().map(|(number, name)| format!("{number} {name}")).collect();
            assert_eq!(said.join(", "), names, "{text}");
        }
    }

    #[test]
    fn a_gap_that_is_none_is_told_with_its_place() {
        for (text, at, what) in [
            ("a {{c1:b}}", 2, "`{{c1:` has one colon, and needs two"),
            ("{{c0::b}}", 0, "`c0` is no number of a gap: they go from 1 to 9999"),
            ("{{c1,::b}}", 0, "`c1,` is no number of a gap: they go from 1 to 9999"),
            (
                "{{c99999999999::b}}",
                0,
                "`c99999999999` is no number of a gap: they go from 1 to 9999",
            ),
            ("a {{c1::b", 2, "this gap is never closed"),
            ("{{}}", 0, "this gap is empty"),
            ("{{c1:: ::hint}}", 0, "this gap is empty"),
            ("no gap", 0, "there is no gap in it"),
        ] {
            let mistake = Cloze::read(text).unwrap_err();
            assert_eq!((mistake.at, &*mistake.what), (at, what), "{text}");
        }
        let long = Cloze::read(&format!("{{{{c{}::a}}}}", "9".repeat(5_000))).unwrap_err();
        assert!(long.what.chars().count() < 100, "{long:?}");
        let deep = |levels: usize| format!("{}x{}", "{{c1::".repeat(levels), "}}".repeat(levels));
        assert!(Cloze::read(&deep(DEEPEST)).is_ok());
        assert_eq!(Cloze::read(&deep(DEEPEST + 1)).unwrap_err().at, 60);
        assert!(Cloze::read(&"{{a}} ".repeat(MOST_GAPS + 1)).is_err());
    }

    proptest! {
        #[test]
        fn whatever_reads_has_a_question_and_an_answer_for_each_number(
            text in "([{]{2}(c[0-3](,2)?::)?|[}]{2}|::|[a-c {}:é\n]){0,40}",
        ) {
            if let Ok(cloze) = Cloze::read(&text) {
                let sides = cloze.sides();
                let names: BTreeSet<&String> = sides.values().collect();
                prop_assert_eq!(names.len(), sides.len());
                prop_assert!(sides.into_keys().eq(cloze.numbers()));
                for number in cloze.numbers() {
                    prop_assert!(cloze.question(number).contains('['));
                    prop_assert!(!bold_parts(&cloze.answer(number)).is_empty());
                    prop_assert!(!cloze.gaps(number).is_empty());
                }
            }
        }
    }
}
