//! A typed answer judged against a card: right, near or wrong, and item by item for lists.
//!
//! What is right is told by [`folded`](super::folded) texts and by the value of numbers. What is
//! near is one slip of the finger away, and says the same: another digit, sign, ideograph, negation
//! or prefix (`hypo-` for `hyper-`) is another answer. How the verdict is shown and what the learner
//! makes of it are left to others.

use std::collections::HashMap;
use std::ops::Range;

use super::marks::unmarked;
use super::quantity::Quantity;
use super::{fold, is_letter};
use crate::card::{Answer, Details};
use crate::schedule::Rating;

/// Edits up to which a text is near.
const MAX_EDITS: usize = 3;

/// Places around a diagonal that so many edits reach.
const PLACES: usize = 2 * MAX_EDITS + 1;

/// Items up to which a list is matched with near ones; longer ones are by right ones only.
const MAX_MATCHED: usize = 200;

/// Parts of a line up to which they may be one item together.
const MAX_PARTS: usize = 8;

/// Marks that part the items on a line.
const SEPARATORS: [char; 8] = [',', ';', '、', '，', '；', '،', '؛', '\n'];

/// Signs that make another answer, where a letter would be a slip.
const SIGNS: &str = "+-=<>^*%#!~|\\$€£¥@";

/// Words that turn an answer into its opposite, as they look folded.
const NEGATIONS: [&str; 44] = [
    "not", "no", "non", "none", "never", "nor", "neither", "without", "un", "anti", "cannot",
    "cant", "wont", "dont", "doesnt", "didnt", "isnt", "arent", "wasnt", "werent", "hasnt",
    "havent", "hadnt", "shouldnt", "wouldnt", "couldnt", "mustnt", // English
    "nicht", "kein", "keine", "keinen", "nie", "ohne", // German
    "ne", "pas", "jamais", "sans", "sin", "nunca", "niet", "geen", "не", "нет", "без",
];

/// Beginnings that make another word of the same rest. Those of one line mean the same.
const PREFIXES: [&[&str]; 21] = [
    &[""],
    &["a"],
    &["an", "ana"],
    &["un"],
    &["in", "im", "il", "ir", "en", "em"],
    &["de", "des"],
    &["dis", "dys"],
    &["mis"],
    &["non"],
    &["re"],
    &["e", "ex"],
    &["exo"],
    &["endo"],
    &["hyper"],
    &["hypo"],
    &["inter"],
    &["intra"],
    &["anti"],
    &["pre", "ante"],
    &["sub", "under"],
    &["super", "over"],
];

/// Letters of the longest prefix.
const MAX_PREFIX: usize = 5;

/// How good an answer is, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The same in what counts.
    Right,
    /// The same but for a slip.
    Near,
    /// Another answer, or none.
    Wrong,
}

impl Verdict {
    /// Returns the rating that Enter would take: good, hard or again.
    pub fn proposes(self) -> Rating {
        match self {
            Verdict::Right => Rating::Good,
            Verdict::Near => Rating::Hard,
            Verdict::Wrong => Rating::Again,
        }
    }
}

/// What became of a typed answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// How good it is as a whole.
    pub verdict: Verdict,
    /// What was wanted, in the order of the card: the items of a list, else the one text.
    pub items: Vec<ItemJudgement>,
    /// What was typed and is none of it, in the order of typing.
    pub extra: Vec<String>,
}

/// What became of one wanted item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemJudgement {
    /// The item without its Markdown; of the wordings of a text, the one that was matched.
    pub wanted: String,
    /// What was typed for it; `None` if it is missing.
    pub typed: Option<String>,
    /// [`Verdict::Wrong`] exactly if it is missing.
    pub verdict: Verdict,
}

/// Judges `typed`, one text or the items of a list, against the answer of a card.
///
/// - **Right** is what [folds](super::folded) to the answer or to one of `accept`, with or without
///   the answer's Markdown, and a number of the same value with the same unit.
/// - **Near** is what is at most as many edits away as the shorter of the two folded texts has
///   letters for: none up to 3 letters, 1 up to 7, 2 up to 14, else 3. An edit puts in, takes out or
///   changes a character, or swaps two neighbours (optimal string alignment). If both have as many
///   words, each differing pair keeps its own limit, so that *South Pole* is not near *North Pole*;
///   beside other words a short one may have neighbours swapped. Up to 3 full stops, commas, colons
///   and semicolons within a text do not matter whatever its length. Digits, signs, ideographs and
///   negations never differ, nor do prefixes before the same rest; two numbers are near only if they
///   have one value and near units.
/// - Blank is no answer, and **wrong**.
///
/// Of a list, `need` items are enough, each once, in any order unless `ordered`; then what was typed
/// out of order counts as missing. Items on one line are parted by commas, semicolons, "and" and
/// "&", unless an item is written with them. Nothing is held against a repeat, or a near one. Extra
/// items make a right list near, and a wrong one if there are more of them than were needed. A text
/// of `accept` stands for the whole list; its items then stay without a tick.
///
/// Lists of more than 200 items, wanted or typed, have right and missing items only.
pub fn judge(typed: &[String], back: &Answer, details: &Details, fold_accents: bool) -> Judgement {
    let whole = Text::of(&typed.join("\n"), fold_accents);
    let mut wordings: Vec<Text> =
        details.accept.iter().map(|text| Text::of(text, fold_accents)).collect();
    match back {
        Answer::Text(back) => {
            wordings.insert(0, Text::of(back, fold_accents));
            judge_text(whole, &wordings)
        }
        Answer::List(items) => {
            let mut judgement = judge_list(typed, items, details, fold_accents);
            // The items of a wording are parted as on one line.
            let on_a_line = Text::of(&typed.join(", "), fold_accents);
            let accepted =
                |wording: &Text| wording.is_right(&whole) || wording.is_right(&on_a_line);
            if !whole.is_blank() && wordings.iter().any(accepted) {
                judgement.verdict = Verdict::Right;
                judgement.extra.clear();
            }
            judgement
        }
    }
}

/// Judges `typed` against the wordings of one answer, of which the first is the author's.
fn judge_text(typed: Text, wordings: &[Text]) -> Judgement {
    let matched = |text: &Text, verdict| Judgement {
        verdict,
        items: vec![ItemJudgement {
            wanted: text.shown.clone(),
            typed: Some(typed.shown.clone()),
            verdict,
        }],
        extra: Vec::new(),
    };
    if !typed.is_blank() {
        if let Some(text) = wordings.iter().find(|text| text.is_right(&typed)) {
            return matched(text, Verdict::Right);
        }
        let near = wordings.iter().filter_map(|text| Some((text.distance(&typed)?, text)));
        if let Some((_, text)) = near.min_by_key(|(distance, _)| *distance) {
            return matched(text, Verdict::Near);
        }
    }
    Judgement {
        verdict: Verdict::Wrong,
        items: wordings.iter().take(1).map(Text::missing).collect(),
        extra: Some(typed.shown).filter(|text| !text.is_empty()).into_iter().collect(),
    }
}

/// Judges the items of `typed` against those of a list.
fn judge_list(
    typed: &[String],
    wanted: &[String],
    details: &Details,
    fold_accents: bool,
) -> Judgement {
    let wanted = Wanted::new(wanted, fold_accents);
    let typed: Vec<Text> = typed.iter().flat_map(|line| wanted.parted(line)).collect();
    let ordered = details.ordered.unwrap_or(false);
    let few = wanted.is_few(typed.len());
    let matches = match (few, ordered) {
        (true, true) => aligned(&wanted.weights(&typed)),
        (true, false) => assigned(&wanted.weights(&typed)),
        (false, _) => wanted.exact_matches(&typed, ordered),
    };

    let mut items = Vec::with_capacity(wanted.texts.len());
    for (text, matched) in wanted.texts.iter().zip(matches) {
        items.push(match matched {
            None => text.missing(),
            Some(at) => {
                let right = text.is_right(&typed[at]);
                ItemJudgement {
                    wanted: text.shown.clone(),
                    typed: Some(typed[at].shown.clone()),
                    verdict: if right { Verdict::Right } else { Verdict::Near },
                }
            }
        });
    }
    let is_extra = |text: &Text| !(wanted.knows(text) || few && wanted.is_near(text));
    let extra: Vec<String> = typed.into_iter().filter(is_extra).map(|text| text.shown).collect();

    let count = |worst| items.iter().filter(|item| item.verdict <= worst).count();
    let all = items.len();
    let needed = details.need.map_or(all, |need| (need as usize).clamp(1, all.max(1)));
    let verdict = if count(Verdict::Near) < needed || extra.len() > needed || all == 0 {
        Verdict::Wrong
    } else if count(Verdict::Right) < needed || !extra.is_empty() {
        Verdict::Near
    } else {
        Verdict::Right
    };
    Judgement { verdict, items, extra }
}

/// The items of a list, ready to be found.
struct Wanted {
    texts: Vec<Text>,
    by_key: HashMap<Key, Vec<usize>>,
    /// How many parts of a line the longest item has.
    parts: usize,
    fold_accents: bool,
}

impl Wanted {
    fn new(items: &[String], fold_accents: bool) -> Wanted {
        let texts: Vec<Text> = items.iter().map(|item| Text::of(item, fold_accents)).collect();
        let mut by_key: HashMap<Key, Vec<usize>> = HashMap::new();
        for (at, text) in texts.iter().enumerate() {
            for key in &text.keys {
                by_key.entry(key.clone()).or_default().push(at);
            }
        }
        let longest = texts.iter().map(|text| parts(&text.shown).len()).max();
        let parts = longest.unwrap_or(1).clamp(1, MAX_PARTS);
        Wanted { texts, by_key, parts, fold_accents }
    }

    /// Whether so many typed items are matched with near ones.
    fn is_few(&self, typed: usize) -> bool {
        self.texts.len().max(typed) <= MAX_MATCHED
    }

    /// Whether `text` is one of the items.
    fn knows(&self, text: &Text) -> bool {
        text.keys.iter().any(|key| self.by_key.contains_key(key))
    }

    /// Whether `text` is near one of the items.
    fn is_near(&self, text: &Text) -> bool {
        self.texts.iter().any(|wanted| wanted.distance(text).is_some())
    }

    /// Returns the items on a line: of several ways to part it the one whose items are known, and
    /// then are long.
    fn parted(&self, line: &str) -> Vec<Text> {
        // An item may have more parts than are tried together, and begin or end with a separator.
        let whole = Text::of(line, self.fold_accents);
        if self.knows(&whole) {
            return vec![whole];
        }
        let parts = parts(line);
        let mut items = Vec::new();
        let mut at = 0;
        let few = self.is_few(parts.len());
        while at < parts.len() {
            let most = self.parts.min(parts.len() - at);
            let mut runs: Vec<Text> = (1..=most)
                .map(|count| &line[parts[at].start..parts[at + count - 1].end])
                .map(|run| Text::of(run, self.fold_accents))
                .collect();
            let known = runs.iter().rposition(|run| self.knows(run));
            let found = known.or_else(|| runs.iter().rposition(|run| few && self.is_near(run)));
            let last = found.unwrap_or(0);
            items.push(runs.swap_remove(last));
            at += last + 1;
        }
        if items.is_empty() && !line.trim().is_empty() {
            items.push(whole);
        }
        items
    }

    /// Returns what a match of each wanted item, by rows, with each typed one is worth: 0 for none,
    /// one right one more than all near ones.
    fn weights(&self, typed: &[Text]) -> Vec<Vec<i64>> {
        let weight = |text: &Text, typed: &Text| {
            if text.is_right(typed) {
                return 1_000_000;
            }
            text.distance(typed).map_or(0, |distance| 1_000 - distance as i64)
        };
        let row = |text| typed.iter().map(|typed| weight(text, typed)).collect();
        self.texts.iter().map(row).collect()
    }

    /// Returns the typed item that is each wanted one, the first come first; if `ordered`, behind
    /// those before it.
    fn exact_matches(&self, typed: &[Text], ordered: bool) -> Vec<Option<usize>> {
        let mut matches = vec![None; self.texts.len()];
        let mut seen: HashMap<&Key, usize> = HashMap::new();
        let mut next = 0;
        for (at, text) in typed.iter().enumerate() {
            let free = text.keys.iter().find_map(|key| {
                let (key, places) = self.by_key.get_key_value(key)?;
                let seen = seen.entry(key).or_default();
                let is_free = |place: usize| matches[place].is_none() && place >= next;
                while places.get(*seen).is_some_and(|place| !is_free(*place)) {
                    *seen += 1;
                }
                places.get(*seen).copied()
            });
            if let Some(place) = free {
                matches[place] = Some(at);
                next = if ordered { place + 1 } else { 0 };
            }
        }
        matches
    }
}

/// Returns where the parts of a line are between separators.
fn parts(line: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut part: Option<Range<usize>> = None;
    let mut start = 0;
    for word in line.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        if bare == "&" || bare.eq_ignore_ascii_case("and") {
            parts.extend(part.take());
        } else {
            for (at, piece) in bare.split(SEPARATORS).map(|piece| (offset(bare, piece), piece)) {
                if at > 0 {
                    parts.extend(part.take()); // behind a separator
                }
                if !piece.is_empty() {
                    let (from, to) = (start + at, start + at + piece.len());
                    part = Some(part.map_or(from, |part| part.start)..to);
                }
            }
            if word[bare.len()..].contains(SEPARATORS) {
                parts.extend(part.take());
            }
        }
        start += word.len();
    }
    parts.extend(part);
    parts
}

/// Returns where in `text` its slice `piece` begins.
fn offset(text: &str, piece: &str) -> usize {
    piece.as_ptr() as usize - text.as_ptr() as usize
}

/// Returns the typed item (column) for each wanted one (row) so that the weights have the greatest
/// sum: the Hungarian method, with a free column for each row that stays alone.
fn assigned(weights: &[Vec<i64>]) -> Vec<Option<usize>> {
    let rows = weights.len();
    let typed = weights.first().map_or(0, Vec::len);
    let columns = typed + rows;
    let cost = |row: usize, column: usize| {
        if column <= typed { -weights[row - 1][column - 1] } else { 0 }
    };
    // Rows and columns count from 1; 0 is where each search begins.
    let mut row_potentials = vec![0; rows + 1];
    let mut column_potentials = vec![0; columns + 1];
    let mut row_of = vec![0; columns + 1];
    for row in 1..=rows {
        row_of[0] = row;
        let mut way = vec![0; columns + 1];
        let mut slack = vec![i64::MAX; columns + 1];
        let mut done = vec![false; columns + 1];
        let mut column = 0;
        while row_of[column] != 0 {
            done[column] = true;
            let from = row_of[column];
            let (mut least, mut best) = (i64::MAX, 0);
            for next in 1..=columns {
                if done[next] {
                    continue;
                }
                let reduced = cost(from, next) - row_potentials[from] - column_potentials[next];
                if reduced < slack[next] {
                    slack[next] = reduced;
                    way[next] = column;
                }
                if slack[next] < least {
                    least = slack[next];
                    best = next;
                }
            }
            for next in 0..=columns {
                if done[next] {
                    row_potentials[row_of[next]] += least;
                    column_potentials[next] -= least;
                } else if next > 0 {
                    slack[next] -= least;
                }
            }
            column = best;
        }
        while column != 0 {
            row_of[column] = row_of[way[column]];
            column = way[column];
        }
    }
    let mut matches = vec![None; rows];
    for column in 1..=typed {
        let row = row_of[column];
        if row > 0 && weights[row - 1][column - 1] > 0 {
            matches[row - 1] = Some(column - 1);
        }
    }
    matches
}

/// Returns the typed item (column) for each wanted one (row), each behind the one before, so that
/// the weights have the greatest sum.
fn aligned(weights: &[Vec<i64>]) -> Vec<Option<usize>> {
    let rows = weights.len();
    let columns = weights.first().map_or(0, Vec::len);
    // sums[row][column]: of the items from there on.
    let mut sums = vec![vec![0; columns + 1]; rows + 1];
    for row in (0..rows).rev() {
        for column in (0..columns).rev() {
            let both = sums[row + 1][column + 1] + weights[row][column];
            sums[row][column] = both.max(sums[row + 1][column]).max(sums[row][column + 1]);
        }
    }
    let mut matches = vec![None; rows];
    let (mut row, mut column) = (0, 0);
    while row < rows && column < columns {
        let weight = weights[row][column];
        if weight > 0 && sums[row][column] == sums[row + 1][column + 1] + weight {
            matches[row] = Some(column);
            (row, column) = (row + 1, column + 1);
        } else if sums[row][column] == sums[row + 1][column] {
            row += 1;
        } else {
            column += 1;
        }
    }
    matches
}

/// What two right answers have in common: a folded text in one of the ways to read dashes, or a
/// quantity.
type Key = (u8, String);

/// A text, ready to be compared.
struct Text {
    /// Without Markdown and outer blanks.
    shown: String,
    /// It is right where it has one of these.
    keys: Vec<Key>,
    /// One, or one for each way to read dashes.
    shapes: Vec<Shape>,
    quantity: Option<(Quantity, Shape)>,
}

impl Text {
    fn of(text: &str, fold_accents: bool) -> Text {
        let plain = unmarked(text);
        let forms = forms(&plain, fold_accents);
        let quantity = Quantity::of(&forms[0]);
        let mut keys: Vec<Key> = Vec::with_capacity(3);
        keys.extend(quantity.as_ref().map(|quantity| (2, quantity.key())));
        if plain != text {
            // What looks like a mark may be meant.
            keys.extend((0..).zip(self::forms(text, fold_accents)));
        }
        let quantity = quantity.map(|quantity| {
            let unit = Shape::of(&quantity.unit);
            (quantity, unit)
        });
        let one_way = forms[0] == forms[1];
        let shapes = forms.iter().skip(usize::from(one_way)).map(|form| Shape::of(form)).collect();
        keys.extend((0..).zip(forms));
        keys.retain(|(_, form)| !form.is_empty());
        Text { shown: plain.trim().to_owned(), keys, shapes, quantity }
    }

    /// Whether there is no answer in it.
    fn is_blank(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether the two are the same in what counts.
    fn is_right(&self, other: &Text) -> bool {
        self.keys.iter().any(|key| other.keys.contains(key))
    }

    /// Returns how many edits the two are apart, if they are near.
    fn distance(&self, other: &Text) -> Option<usize> {
        match (&self.quantity, &other.quantity) {
            (Some((one, unit)), Some((other, other_unit))) => {
                one.has_value_of(other).then(|| unit.distance(other_unit))?
            }
            (None, None) => {
                let ways = self.shapes.len().max(other.shapes.len());
                let others = other.shapes.iter().cycle();
                let pairs = self.shapes.iter().cycle().zip(others).take(ways);
                pairs.filter_map(|(one, other)| one.distance(other)).min()
            }
            _ => None,
        }
    }

    fn missing(&self) -> ItemJudgement {
        ItemJudgement { wanted: self.shown.clone(), typed: None, verdict: Verdict::Wrong }
    }
}

/// Returns `text` folded in both ways to read a dash within a word.
fn forms(text: &str, fold_accents: bool) -> [String; 2] {
    let joined = fold(text, fold_accents, "");
    let parted = if text.is_ascii() && !text.contains('-') {
        joined.clone()
    } else {
        fold(text, fold_accents, " ")
    };
    [joined, parted]
}

/// A folded text, taken apart for its distance from another.
struct Shape {
    chars: Vec<char>,
    words: Vec<Vec<char>>,
    letters: usize,
    /// Signs, ideographs, negations and words with digits: what never differs between near texts.
    fixed: String,
}

impl Shape {
    fn of(folded: &str) -> Shape {
        let mut fixed = String::new();
        for word in folded.split(' ') {
            let bare = word.trim_matches(|char| !is_letter(char));
            if word.contains(char::is_numeric) || NEGATIONS.contains(&bare) {
                fixed.push_str(word);
                fixed.push(' ');
            } else {
                fixed.extend(word.chars().filter(|char| SIGNS.contains(*char) || is_han(*char)));
            }
        }
        let words = folded.split(' ').map(|word| word.chars().collect()).collect();
        let chars: Vec<char> = folded.chars().collect();
        Shape { letters: letters(&chars), chars, words, fixed }
    }

    /// Returns how many edits the two are apart, if they are near.
    fn distance(&self, other: &Shape) -> Option<usize> {
        if self.fixed != other.fixed {
            return None;
        }
        if self.letters > 0 && unpunctuated(&self.chars).eq(unpunctuated(&other.chars)) {
            return distance_within(&self.chars, &other.chars, MAX_EDITS);
        }
        let limit = limit(self.letters.min(other.letters));
        let distance = distance_within(&self.chars, &other.chars, limit)?;
        let mut pairs = self.words.iter().zip(&other.words);
        let alike = self.words.len() != other.words.len()
            || pairs.all(|(one, other)| one == other || is_slip(one, other, self.words.len() > 1));
        alike.then_some(distance)
    }
}

/// Returns what is left without the marks between words.
fn unpunctuated(chars: &[char]) -> impl Iterator<Item = &char> {
    chars.iter().filter(|char| !matches!(char, '.' | ',' | ':' | ';'))
}

/// Whether one word is a slip for the other. Beside others a short one can be.
fn is_slip(one: &[char], other: &[char], beside_others: bool) -> bool {
    let limit = match limit(letters(one).min(letters(other))) {
        0 if beside_others && one.len() == other.len() => {
            let swapped = one.iter().zip(other).filter(|(one, other)| one != other).count() == 2;
            usize::from(swapped)
        }
        limit => limit,
    };
    distance_within(one, other, limit).is_some() && !is_other_word(one, other)
}

/// Whether two words are the same behind different prefixes.
fn is_other_word(one: &[char], other: &[char]) -> bool {
    let tail = one.iter().rev().zip(other.iter().rev()).take_while(|(one, other)| one == other);
    let tail = tail.count();
    let group = |word: &[char], length: usize| {
        let start: String = word[..length].iter().collect();
        PREFIXES.iter().position(|group| group.contains(&start.as_str()))
    };
    let first = one.len().max(other.len()).saturating_sub(MAX_PREFIX).max(3);
    // What the prefixes end in may be the same too: exo-, endo-.
    (first..=tail).any(|rest| {
        let (one, other) = (group(one, one.len() - rest), group(other, other.len() - rest));
        one.is_some() && other.is_some() && one != other
    })
}

/// Returns how many edits a near text may be away that has so many letters.
fn limit(letters: usize) -> usize {
    match letters {
        0..=3 => 0,
        4..=7 => 1,
        8..=14 => 2,
        _ => MAX_EDITS,
    }
}

/// Returns how many letters there are in which one can slip.
fn letters(chars: &[char]) -> usize {
    chars.iter().filter(|char| char.is_alphabetic() && !is_han(**char)).count()
}

/// Whether `char` is an ideograph: a word of its own.
fn is_han(char: char) -> bool {
    matches!(char, '々' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
        || matches!(char, '\u{20000}'..='\u{3ffff}')
}

/// Returns the optimal string alignment distance if it is at most `limit`, itself at most
/// [`MAX_EDITS`], in a time that grows with the length times the limit.
fn distance_within(one: &[char], other: &[char], limit: usize) -> Option<usize> {
    if one.len().abs_diff(other.len()) > limit {
        return None;
    }
    // A row holds the distances around the diagonal: at `place`, of one[..i] from
    // other[..i + place - limit].
    let far = limit + 1;
    let places = 2 * limit + 1;
    let mut before = [far; PLACES];
    let mut last: [usize; PLACES] =
        std::array::from_fn(|place| place.checked_sub(limit).unwrap_or(far));
    for i in 1..=one.len() {
        let mut now = [far; PLACES];
        for place in 0..places {
            let Some(j) = (i + place).checked_sub(limit).filter(|j| *j <= other.len()) else {
                continue;
            };
            if j == 0 {
                now[place] = i;
                continue;
            }
            let mut least = last[place] + usize::from(one[i - 1] != other[j - 1]);
            if place + 1 < places {
                least = least.min(last[place + 1] + 1);
            }
            if place > 0 {
                least = least.min(now[place - 1] + 1);
            }
            let swapped =
                i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
            if swapped {
                least = least.min(before[place] + 1);
            }
            now[place] = least;
        }
        before = std::mem::replace(&mut last, now);
        if before.iter().chain(&last).all(|distance| *distance > limit) {
            return None;
        }
    }
    Some(last[other.len() + limit - one.len()]).filter(|distance| *distance <= limit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Verdict::*;
    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| text.to_string()).collect()
    }

    fn verdict(typed: &str, back: &str, fold_accents: bool) -> Verdict {
        let back = Answer::Text(back.into());
        judge(&[typed.into()], &back, &Details::default(), fold_accents).verdict
    }

    fn judged(typed: &[&str], wanted: &[&str], details: &Details) -> Judgement {
        judge(&texts(typed), &Answer::List(texts(wanted)), details, true)
    }

    #[test]
    fn a_verdict_proposes_a_rating() {
        assert_eq!(
            [Right, Near, Wrong].map(Verdict::proposes),
            [Rating::Good, Rating::Hard, Rating::Again]
        );
    }

    #[test]
    fn what_does_not_count_is_right() {
        for (typed, back) in [
            ("paris", "**Paris**"),
            ("Paris", "[Paris](https://example.org/Paris_(city))"),
            ("paris", "*Paris*."),
            ("ls -l", "`ls -l`"),
            ("git rebase -i", "```sh\ngit rebase -i\n```"),
            ("What is Paris?", "Paris"),
            ("what’s a domain", "the *domain*"),
            ("*args", "*args"),
            ("*args", "`*args`"),
            ("*args", "\\*args"),
            ("a_b", "a_b"),
            ("__init__", "__init__"),
            ("2*3", "2*3"),
            ("c++", "**C++**"),
            ("strasse", "Straße"),
            ("uber", "über"),
            ("ёлка", "елка"),
            ("مرحبا", "مَرْحَبًا"),
            ("東京", "「東京」。"),
            ("e mail", "e-mail"),
            ("dont panic", "“Don’t panic!”"),
            ("HTTP/2", "http/2"),
            ("192.168.0.1", "192.168.0.1"),
            ("h2o", "H₂O"),
            ("x^2", "`x²`"),
        ] {
            assert_eq!(verdict(typed, back, true), Right, "{typed} for {back}");
        }
    }

    #[test]
    fn numbers_of_one_value_are_right() {
        for (typed, back) in [
            ("1000", "1,000"),
            ("1000.0", "1,000"),
            ("1 000", "1000"),
            ("1'000", "1000"),
            ("1’000.50", "1000.5"),
            ("1.234,5", "1,234.5"),
            ("1,000,000", "1000000"),
            (".5", "0.5"),
            ("1/2", "0.5"),
            ("½", ".50"),
            ("1.5", "1½"),
            ("1.1", "1.10"),
            ("3,14", "3.14"),
            ("0,500", "0.5"),
            ("10km", "10 km"),
            ("10,000 km/h", "10000km/h"),
            ("50%", "50 %"),
            ("5 €", "€5"),
            ("$1,000", "$1000.00"),
            ("-$5", "$-5"),
            ("−5 °C", "-5°c"),
            ("-0", "0"),
            ("+5", "5"),
            ("10m²", "10 m^2"),
            ("٣", "3"),
            ("0.3333333333", "0,3333333333"),
            ("2024-01-01", "2024-01-01"),
        ] {
            assert_eq!(verdict(typed, back, true), Right, "{typed} for {back}");
            assert_eq!(verdict(back, typed, true), Right, "{back} for {typed}");
        }
    }

    #[test]
    fn other_numbers_and_codes_are_wrong() {
        for (typed, back) in [
            ("7", "007"),
            ("1.000", "1000"),
            ("1,500", "1.5"),
            ("1.2.3", "1.2.30"),
            ("3.1.0", "3.1"),
            ("python 3.1", "Python 3.10"),
            ("python 31.1", "Python 3.11"),
            ("192.168.1.1", "192.168.11"),
            ("192.168.100.200", "192168100200"),
            ("2024-01-01", "2024-1-1"),
            ("01.02.2024", "01.02.2025"),
            ("1989", "1998"),
            ("5 €", "5 $"),
            ("5", "5 €"),
            ("5 %", "5"),
            ("10 m", "10 km"),
            ("-1", "1"),
            ("6/8", "3/4"),
            ("4/4", "1"),
            ("1/2", "2"),
            ("11/2", "1½"),
            ("1/2/2024", "0.5"),
            ("12:30", "1230"),
            ("1e3", "1"),
            ("1a2b", "1.0a2b"),
            ("100 kilograms", "200 kilograms"),
            ("3.5 litres", "35 litres"),
            ("10^2", "102"),
            ("covid-19", "covid-91"),
        ] {
            assert_eq!(verdict(typed, back, true), Wrong, "{typed} for {back}");
            assert_eq!(verdict(back, typed, true), Wrong, "{back} for {typed}");
        }
    }

    #[test]
    fn a_slip_is_near() {
        for (typed, back) in [
            ("Pariss", "**Paris**"),
            ("Piza", "Pizza"),
            ("brekafast", "breakfast"),
            ("Kopenhagen", "Copenhagen"),
            ("domian ownership", "Domain ownership"),
            ("capital of teh country", "capital of the country"),
            ("apart ment", "apartment"),
            ("10 kilometers", "10.0 kilometres"),
            ("постгрс", "Постгрес"),
            ("ありがと", "ありがとう"),
            ("definate", "definite"),
            ("imposible", "impossible"),
            ("inmediate", "immediate"),
            ("antidisestablishmentarism", "antidisestablishmentarianism"),
            ("you cannot comit", "you cannot commit"),
            ("USA", "U.S.A."),
            ("JRR Tolkien", "J.R.R. Tolkien"),
            ("hello world", "Hello, world!"),
            ("SELECT * FROM t", "`select * from t;`"),
        ] {
            assert_eq!(verdict(typed, back, true), Near, "{typed} for {back}");
            assert_eq!(verdict(back, typed, true), Near, "{back} for {typed}");
        }
    }

    #[test]
    fn another_answer_is_not_near() {
        for (typed, back) in [
            ("", "Paris"),
            (" \n", "Paris"),
            ("cat", "car"),
            ("London", "Paris"),
            ("C", "C++"),
            ("object oriented c", "object-oriented C++"),
            ("is possible", "is not possible"),
            ("it is a possibility", "it is no possibility"),
            ("necessary", "unnecessary"),
            ("happily", "un-happily"),
            ("typical", "atypical"),
            ("hypotension", "hypertension"),
            ("encryption", "decryption"),
            ("internal", "external"),
            ("exothermic", "endothermic"),
            ("ascending", "descending"),
            ("increasing", "decreasing"),
            ("South Pole expedition", "North Pole expedition"),
            ("turn on the light", "turn in the light"),
            ("西京大学", "東京大学"),
            ("食べました", "飲べました"),
            ("か", "が"),
        ] {
            assert_eq!(verdict(typed, back, true), Wrong, "{typed} for {back}");
            assert_eq!(verdict(back, typed, true), Wrong, "{back} for {typed}");
        }
    }

    #[test]
    fn accents_count_if_asked() {
        for (typed, back, folding, strict) in [
            ("schon", "schön", Right, Near),
            ("cafe", "café", Right, Near),
            ("peche", "pêche", Right, Near),
            ("ne", "né", Right, Wrong),
            ("strasse", "Straße", Right, Wrong),
            ("Cafe\u{301}", "café", Right, Right),
        ] {
            assert_eq!(verdict(typed, back, true), folding, "{typed} for {back}");
            assert_eq!(verdict(typed, back, false), strict, "{typed} for {back}");
        }
    }

    #[test]
    fn other_accepted_texts_count() {
        let details = Details { accept: texts(&["domain verification", "DNS"]), ..<_>::default() };
        let back = Answer::Text("**Domain** ownership".into());
        for (typed, verdict, wanted) in [
            ("domain ownership", Right, "Domain ownership"),
            ("dns", Right, "DNS"),
            ("domain verifcation", Near, "domain verification"),
            ("SSO", Wrong, "Domain ownership"),
        ] {
            let judgement = judge(&texts(&[typed]), &back, &details, true);
            assert_eq!(judgement.verdict, verdict, "{typed}");
            assert_eq!(judgement.items[0].wanted, wanted, "{typed}");
            assert_eq!(judgement.items[0].typed.is_none(), verdict == Wrong, "{typed}");
            assert_eq!(judgement.extra.is_empty(), verdict != Wrong, "{typed}");
        }
    }

    #[test]
    fn lists_are_judged_item_by_item() {
        let any = Details::default();
        let two = Details { need: Some(2), ..<_>::default() };
        let ordered = Details { ordered: Some(true), ..<_>::default() };
        let rgb = &["red", "green", "yellow"][..];
        for (typed, wanted, details, verdict, ticks, extra) in [
            (&["red", "green", "yellow"][..], rgb, &any, Right, "+++", &[][..]),
            (&["yellow", "Red", "green."], rgb, &any, Right, "+++", &[]),
            (&["red, green and yellow"], rgb, &any, Right, "+++", &[]),
            (&["red, green, and yellow"], rgb, &any, Right, "+++", &[]),
            (&["red; green & yellow;"], rgb, &any, Right, "+++", &[]),
            (&["red", "green", "yelow"], rgb, &any, Near, "++~", &[]),
            (&["red", "green"], rgb, &any, Wrong, "++-", &[]),
            (&["red", "red", "green"], rgb, &any, Wrong, "++-", &[]),
            (&["red", "green", "yellow", "blue"], rgb, &any, Near, "+++", &["blue"]),
            (&["red", "green", "yellow", "red"], rgb, &any, Right, "+++", &[]),
            (
                &["red", "a", "b", "c", "d", "green", "yellow"],
                rgb,
                &any,
                Wrong,
                "+++",
                &["a", "b", "c", "d"],
            ),
            (&["red", "yellow"], rgb, &two, Right, "+-+", &[]),
            (&["red", "yelow"], rgb, &two, Near, "+-~", &[]),
            (&["red", "green", "yelow"], rgb, &two, Right, "++~", &[]),
            (&["red", "blue"], rgb, &two, Wrong, "+--", &["blue"]),
            (&["red", "green", "yellow"], rgb, &ordered, Right, "+++", &[]),
            (&["green", "red", "yellow"], rgb, &ordered, Wrong, "-++", &[]),
            (&["red", "gren", "yellow"], rgb, &ordered, Near, "+~+", &[]),
            (&["red", "yelow", "green", "yellow"], rgb, &ordered, Right, "+++", &[]),
            (&["", " "], rgb, &any, Wrong, "---", &[]),
            (&["oil, salt and pepper"], &["salt and pepper", "oil"], &any, Right, "++", &[]),
            (&["Berlin, Paris, France"], &["Paris, France", "Berlin"], &any, Right, "++", &[]),
            (&["3,14, 2,72"], &["3.14", "2.72"], &any, Wrong, "--", &["3", "14", "2", "72"]),
            (&["1,2,3"], &["1", "2", "3"], &any, Right, "+++", &[]),
            (&["東京、大阪"], &["東京", "大阪"], &any, Right, "++", &[]),
            (&[","], &["a"], &any, Wrong, "-", &[","]),
            (&["a"], &[], &any, Wrong, "", &["a"]),
            // Each to the one that no other has.
            (&["pinter", "paintter"], &["painter", "pointer"], &any, Near, "~~", &[]),
        ] {
            let judgement = judged(typed, wanted, details);
            let seen: String = judgement
                .items
                .iter()
                .map(|item| match item.verdict {
                    Right => '+',
                    Near => '~',
                    Wrong => '-',
                })
                .collect();
            assert_eq!((judgement.verdict, seen.as_str()), (verdict, ticks), "{typed:?}");
            assert_eq!(judgement.extra, extra, "{typed:?}");
        }
    }

    #[test]
    fn an_item_is_found_however_many_separators_it_has() {
        let any = Details::default();
        let long = "one, two, three, four, five, six, seven, eight, nine, ten";
        for item in [long, "a,", "and", "& b", ", c", "A; B;"] {
            let judgement = judged(&[item, "other"], &["other", item], &any);
            assert_eq!((judgement.verdict, judgement.extra), (Right, vec![]), "{item}");
        }
    }

    #[test]
    fn an_accepted_text_stands_for_a_list() {
        let details = Details { accept: texts(&["rainbow"]), ..<_>::default() };
        let judgement = judged(&["Rainbow"], &["red", "green"], &details);
        assert_eq!((judgement.verdict, judgement.extra.len()), (Right, 0));
    }

    #[test]
    fn long_lists_and_texts_are_judged_in_good_time() {
        let wanted: Vec<String> = (0..10_000).map(|number| format!("item {number}")).collect();
        let back = Answer::List(wanted.clone());
        let mut typed = wanted;
        assert_eq!(judge(&typed, &back, &Details::default(), true).verdict, Right);
        typed.reverse();
        assert_eq!(judge(&typed, &back, &Details::default(), true).verdict, Right);
        let ordered = Details { ordered: Some(true), ..Details::default() };
        assert_eq!(judge(&typed, &back, &ordered, true).verdict, Wrong);
        assert_eq!(judge(&[typed.join(", ")], &back, &Details::default(), true).verdict, Right);
        let equal = vec!["a".to_owned(); 10_000];
        let back = Answer::List(equal.clone());
        assert_eq!(judge(&equal, &back, &Details::default(), true).verdict, Right);
        for piece in ["a", "*a ", "**a", "[a](", "`", "1,", "a,", "and ", "_*", "\\", "not "] {
            let text = piece.repeat(10_000 / piece.len());
            assert_eq!(
                verdict(&text, &format!("{text}b"), true),
                verdict(&text, &format!("{text}b"), true)
            );
            judged(&[&text], &[&text, "b"], &Details::default());
        }
    }

    fn answers() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            3 => "[a-zA-Z]{1,6}",
            2 => "[0-9]{1,4}",
            3 => " {1,2}",
            3 => "[-–'\".,;!?()+=>/¿½²⁻…*_`~%$€\\[\\]\\\\]",
            1 => prop_oneof![Just("the "), Just("not "), Just(" and "), Just("**"), Just("](a)"), Just("ß"), Just("東")]
                .prop_map(String::from),
            1 => any::<char>().prop_map(String::from),
        ];
        proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn an_answer_is_right_to_itself(text in answers(), fold_accents: bool) {
            let expected = if text.trim().is_empty() { Wrong } else { Right };
            prop_assert_eq!(verdict(&text, &text, fold_accents), expected);
            prop_assert_eq!(verdict(&format!(" {text}\n"), &text, fold_accents), expected);
        }

        #[test]
        fn an_answer_is_right_in_capitals(text in "[ -~]{0,16}") {
            let expected = if text.trim().is_empty() { Wrong } else { Right };
            prop_assert_eq!(verdict(&text.to_uppercase(), &text, true), expected);
        }

        #[test]
        fn a_folded_answer_is_right(text in answers(), fold_accents: bool) {
            let folded = fold(&text, fold_accents, "");
            let is_stable = fold(&folded, fold_accents, "") == folded;
            if is_stable && !text.trim().is_empty() {
                prop_assert_eq!(verdict(&folded, &text, fold_accents), Right);
            }
        }

        #[test]
        fn verdicts_are_symmetric(one in answers(), other in answers(), fold_accents: bool) {
            prop_assert_eq!(verdict(&one, &other, fold_accents), verdict(&other, &one, fold_accents));
        }

        #[test]
        fn edits_are_judged_alike_from_both_sides(
            text in "[a-z]{3,10}( [a-z]{1,8})?", at in 0_usize..8, letter in "[a-z 1]?",
        ) {
            let mut other = text.clone();
            other.replace_range(at.min(text.len() - 1)..(at + 1).min(text.len()), &letter);
            let verdict_of = verdict(&text, &other, true);
            prop_assert_eq!(verdict_of, verdict(&other, &text, true));
            if verdict_of == Near {
                prop_assert!(strsim::osa_distance(&fold(&text, true, ""), &fold(&other, true, "")) <= 3);
            }
        }

        #[test]
        fn distances_are_those_of_optimal_string_alignment(one in "[abc]{0,9}", other in "[abc]{0,9}") {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            let distance = strsim::osa_distance(&one, &other);
            for limit in 0..4 {
                let within = distance_within(&chars(&one), &chars(&other), limit);
                prop_assert_eq!(within, Some(distance).filter(|distance| *distance <= limit));
            }
        }

        #[test]
        fn numbers_are_right_exactly_if_their_values_are_the_same(
            one in -20_000_i64..20_000, other in -20_000_i64..20_000, near in -2_i64..3, places in 0_u32..4,
        ) {
            let written = |number: i64| {
                let scale = 10_i64.pow(places);
                let sign = if number < 0 { "-" } else { "" };
                let (whole, part) = (number.abs() / scale, number.abs() % scale);
                match places {
                    0 => format!("{sign}{whole}"),
                    _ => format!("{sign}{whole}.{part:0width$}", width = places as usize),
                }
            };
            for (one, other) in [(one, other), (one, one + near)] {
                let expected = if one == other { Right } else { Wrong };
                prop_assert_eq!(verdict(&written(one), &written(other), true), expected);
                let unit = |number| format!("{} kilometres", written(number));
                prop_assert_eq!(verdict(&unit(one), &unit(other), true), expected);
            }
        }

        #[test]
        fn no_list_makes_it_panic(
            typed in proptest::collection::vec(answers(), 0..5),
            wanted in proptest::collection::vec(answers(), 0..5),
            need in proptest::option::of(0_u32..7), ordered: bool, fold_accents: bool,
        ) {
            let details = Details { need, ordered: Some(ordered), ..Details::default() };
            let judgement = judge(&typed, &Answer::List(wanted.clone()), &details, fold_accents);
            prop_assert_eq!(judgement.items.len(), wanted.len());
            for item in &judgement.items {
                prop_assert_eq!(item.typed.is_none(), item.verdict == Wrong);
            }
        }

        #[test]
        fn matching_has_the_greatest_sum(
            weights in proptest::collection::vec(proptest::collection::vec(0_i64..4, 3), 0..4),
        ) {
            let sum = |matches: &[Option<usize>]| -> i64 {
                matches.iter().zip(&weights).filter_map(|(at, row)| Some(row[(*at)?])).sum()
            };
            let mut best = 0;
            for code in 0..64_usize {
                let matches: Vec<_> = (0..weights.len())
                    .map(|row| Some((code >> (2 * row)) & 3).filter(|at| *at < 3))
                    .collect();
                let mut used: Vec<_> = matches.iter().flatten().collect();
                used.sort_unstable();
                if used.windows(2).all(|pair| pair[0] != pair[1]) {
                    best = best.max(sum(&matches));
                }
            }
            prop_assert_eq!(sum(&assigned(&weights)), best);
        }
    }
}
