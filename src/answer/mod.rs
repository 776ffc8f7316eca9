//! Answers compared and judged: what does not count is folded away, and what differs is told by
//! words or letters.
//!
//! Case, accents, quotes, dashes, articles, a leading "what is" and a final mark do not count.
//! Signs that carry meaning do: `-1` is not `1`, `C++` is not `C`, `n-1` is not `n1`. Where the
//! two cannot be told apart the sign stays: a right answer called near is mended with one key, a
//! wrong one called right is learned.

mod difference;
mod judge;
mod marks;
mod quantity;

pub use difference::{Piece, slips, word_difference};
pub use judge::{ItemJudgement, Judgement, Verdict, judge};

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

use crate::card::Answer;

/// Questions that an answer may repeat, as they look without apostrophes.
const QUESTIONS: [&str; 6] = ["what is ", "what are ", "who is ", "who are ", "whats ", "whos "];

/// Marks that may end an answer.
const FINAL_MARKS: [char; 8] = ['.', '?', '!', '…', '。', '؟', '۔', '।'];

/// How far around a sign it is asked what kind of word it belongs to, in characters: no formula is
/// longer, and a hostile text costs no more than another.
const SIGHT: usize = 64;

/// Returns what counts of a typed or written answer.
///
/// - Letters are lower case and without compatibility forms (`ﬁ` is `fi`, `H₂O` is `h2o`, but `10²`
///   is `10^2`); accents go if `fold_accents`, and letters that only look like one with them are
///   spelled out (`ß` is `ss`, `ø` is `o`). Marks that make another letter stay: й, が.
/// - Quotes and apostrophes go. As signs behind a number or a single letter they stay: `5'10"`,
///   `f'(x)`.
/// - A dash within a word goes (`e-mail` is `email`), and so does one that stands free. It stays as
///   a sign that touches one word only (`-1`, `--force`, `-ing`, `Na-`), between numbers or single
///   letters, with or without blanks (`10–15`, `n - 1`), and beside other signs (`->`, `)-(`).
/// - A leading English article goes, a leading "what is", "who are" or the like, and full stops,
///   question and exclamation marks around the answer; a factorial's `n!` stays.
/// - White space is one space; invisible characters go.
///
/// What would fold to nothing (`"The"`, `"?"`, `"-"`) stays itself, trimmed and in lower case. The
/// result is in NFC.
pub fn folded(text: &str, fold_accents: bool) -> String {
    fold(text, fold_accents, "")
}

/// What counts of an answer, for comparing it with many.
#[derive(Clone, Debug)]
pub struct Essence([Vec<String>; 2]);

impl Essence {
    /// Returns what counts of `texts`, whose order does if `ordered`.
    pub fn of(texts: &[String], ordered: bool, fold_accents: bool) -> Essence {
        // A dash within a word may also be a space.
        Essence(["", " "].map(|joint| {
            let mut all: Vec<_> =
                texts.iter().map(|text| fold(text, fold_accents, joint)).collect();
            if !ordered {
                all.sort_unstable();
            }
            all
        }))
    }

    /// Returns a text for each way to read it: two agree that have one of them in common, in its
    /// place.
    pub fn keys(&self) -> [String; 2] {
        let key = |way: usize| format!("{way}\u{1f}{}", self.0[way].join("\u{1f}"));
        [key(0), key(1)]
    }

    /// Whether the two are the same in one of the ways to read them.
    pub fn agrees(&self, other: &Essence) -> bool {
        self.0.iter().zip(&other.0).any(|(one, other)| one == other)
    }
}

/// Whether two answers are the same in what counts, as [`folded`] tells it.
///
/// A dash within a word may also be a space (`twenty-one` is `twentyone` and `twenty one`). Lists
/// agree item by item: in their order if `ordered`, else in any.
pub fn agree(one: &[String], other: &[String], ordered: bool, fold_accents: bool) -> bool {
    let essence = |texts| Essence::of(texts, ordered, fold_accents);
    one.len() == other.len() && essence(one).agrees(&essence(other))
}

/// Whether two answers of a card are the same in what counts. The order of a list does not.
pub fn same(one: &Answer, other: &Answer, fold_accents: bool) -> bool {
    one == other || agree(one.texts(), other.texts(), false, fold_accents)
}

/// Returns what counts of `text`, with `joint` for a dash within a word.
fn fold(text: &str, fold_accents: bool, joint: &str) -> String {
    let mut spelled = String::with_capacity(text.len());
    push_spelled(text, fold_accents, &mut spelled);
    let spelled: String = spelled.nfc().collect(); // so that letters stand side by side
    let signs = single_spaced(&without_quotes(&spelled));
    let folded = single_spaced(&without_dashes(&signs, joint));
    let folded = without_frame(&folded);
    if folded.is_empty() {
        text.to_lowercase().trim().nfc().collect()
    } else {
        folded.nfc().collect()
    }
}

/// Returns `text` without outer blanks, and with one space for each run of inner ones.
fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Appends `text` in lower case and in few kinds of signs: `'` and `"` for quotes, `-` for hyphens
/// and minus signs, `–` for longer dashes, a space for white space.
fn push_spelled(text: &str, fold_accents: bool, out: &mut String) {
    let mut base = ' ';
    let mut raised = false;
    for char in text.chars() {
        let was_raised = std::mem::take(&mut raised);
        let sign = match char {
            _ if char.is_whitespace() => ' ',
            '‘' | '’' | '‚' | '‛' | '′' | '´' | 'ʼ' | 'ʹ' | 'ʻ' | '＇' => '\'',
            '“' | '”' | '„' | '‟' | '″' | '＂' => '"',
            '`' | '«' | '»' | '‹' | '›' | '「' | '」' | '『' | '』' => continue,
            '\u{2010}' | '\u{2011}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}' => '-',
            '\u{2012}'..='\u{2015}' | '\u{fe58}' => '–',
            '⁄' | '∕' => '/',
            '⁺' | '⁻' | '⁰' | '¹' | '²' | '³' | '⁴'..='⁹' | 'ⁿ' => {
                if !was_raised {
                    out.push('^');
                }
                raised = true;
                match char {
                    '⁻' => '-',
                    _ => char,
                }
            }
            '¼'..='¾' | '⅐'..='⅞' | '↉' => {
                if out.ends_with(|char: char| char.is_numeric()) {
                    out.push(' '); // 1½ is no 11/2
                }
                char
            }
            _ => char,
        };
        push_folded(sign, fold_accents, &mut base, out);
    }
    if out.contains('⁄') {
        *out = out.replace('⁄', "/"); // as fractions decompose
    }
}

/// Appends `char` in lower case, without compatibility forms and, if `fold_accents`, accents.
///
/// `base` is the letter on which the next mark stands. Invisible characters are left out.
pub(crate) fn push_folded(char: char, fold_accents: bool, base: &mut char, out: &mut String) {
    if char.is_ascii() {
        *base = char.to_ascii_lowercase();
        out.push(*base);
        return;
    }
    match char {
        // Shown by no terminal, typed by nobody: soft hyphens, joiners, marks of direction.
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => return,
        '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fe0e}' | '\u{fe0f}' => return,
        // Syllables whose parts are no accents.
        '\u{3041}'..='\u{30ff}' | '\u{ac00}'..='\u{d7a3}' => {
            *base = char;
            out.push(char);
            return;
        }
        _ => {}
    }
    decompose_compatible(char, |part| {
        if is_combining_mark(part) {
            if !(fold_accents && is_accent(part, *base)) {
                out.push(part);
            }
            return;
        }
        for lower in part.to_lowercase() {
            let spelled = if fold_accents { letters_of(lower) } else { None };
            match spelled {
                _ if lower == 'ς' => out.push('σ'), // a matter of place, like case
                Some(letters) => out.push_str(letters),
                // A capital İ brings its dot along.
                None if is_combining_mark(lower) && fold_accents => {}
                None => out.push(lower),
            }
            if !is_combining_mark(lower) {
                *base = lower;
            }
        }
    });
}

/// Whether `mark` is left out by people in a hurry, rather than making another letter of `base`.
fn is_accent(mark: char, base: char) -> bool {
    match mark {
        // In Cyrillic, stress and the dots of ё; й and ї are letters of their own.
        '\u{300}'..='\u{36f}' if matches!(base, '\u{400}'..='\u{52f}') => {
            matches!(mark, '\u{300}' | '\u{301}') || base == 'е'
        }
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' => true,
        '\u{fe20}'..='\u{fe2f}' => true,
        '\u{591}'..='\u{5c7}' => true,             // points of Hebrew
        '\u{64b}'..='\u{652}' | '\u{670}' => true, // vowels of Arabic
        _ => false,
    }
}

/// Returns how a letter is typed where it is missing from the keyboard, if it has no accent to drop.
fn letters_of(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' => "d",
        'ħ' => "h",
        'ı' => "i",
        _ => return None,
    })
}

/// Whether `text` has no two letters side by side: a number, a variable, or a formula of them.
fn is_term(text: &[char]) -> bool {
    !text.windows(2).any(|pair| pair.iter().all(|char| is_letter(*char) && !char.is_numeric()))
}

/// Whether `char` is part of a word: a letter, a digit, or a mark on one.
fn is_letter(char: char) -> bool {
    char.is_alphanumeric() || is_combining_mark(char)
}

/// Returns `text` without `'` and `"`, but where they are signs of a term.
fn without_quotes(text: &str) -> String {
    if !text.contains(['\'', '"']) {
        return text.to_owned();
    }
    let chars: Vec<char> = text.chars().collect();
    let mut kept = Vec::with_capacity(chars.len());
    let mut open = [false; 2];
    for (at, &char) in chars.iter().enumerate() {
        if !is_quote(char) {
            kept.push(char);
            continue;
        }
        let open = &mut open[usize::from(char == '"')];
        let last = kept.last().copied().unwrap_or(' ');
        let mut ahead = chars[at..].iter().take(SIGHT).copied();
        let next = ahead.find(|next| !is_quote(*next)).unwrap_or(' ');
        if !is_letter(last) && !is_quote(last) {
            *open = !*open && is_letter(next); // a second one without a word between them closes
        } else if *open && !is_letter(next) {
            *open = false;
        } else if is_letter(next) {
            let within_number = (last.is_numeric() || is_quote(last)) && next.is_numeric();
            kept.extend(within_number.then_some(char));
        } else if next == '(' || is_term(word_at_end(&kept, is_letter)) {
            kept.push(char);
        }
    }
    kept.into_iter().collect()
}

fn is_quote(char: char) -> bool {
    matches!(char, '\'' | '"')
}

/// Returns the last of `chars` that all are `part` of a word, as far as one looks.
fn word_at_end(chars: &[char], part: impl Fn(char) -> bool) -> &[char] {
    let chars = &chars[chars.len().saturating_sub(SIGHT)..];
    let start = chars.iter().rposition(|char| !part(*char)).map_or(0, |at| at + 1);
    &chars[start..]
}

/// Returns the first of `chars` that all are `part` of a word, as far as one looks.
fn word_at_start(chars: &[char], part: impl Fn(char) -> bool) -> &[char] {
    let chars = &chars[..chars.len().min(SIGHT)];
    let end = chars.iter().position(|char| !part(*char)).unwrap_or(chars.len());
    &chars[..end]
}

fn is_dash(char: char) -> bool {
    matches!(char, '-' | '–')
}

/// Returns `text` without dashes, but where they are signs; `joint` is for those within a word.
fn without_dashes(text: &str, joint: &str) -> String {
    if !text.contains(is_dash) {
        return text.to_owned();
    }
    let chars: Vec<char> = text.chars().collect();
    let compound = |char: char| is_letter(char) || is_dash(char);
    let mut kept = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let run = word_at_start(&chars[at..], is_dash);
        if run.is_empty() {
            kept.push(chars[at]);
            at += 1;
            continue;
        }
        let (before, after) = (&chars[..at], &chars[at + run.len()..]);
        at += run.len();
        let left = before.last().copied().unwrap_or(' ');
        let right = after.first().copied().unwrap_or(' ');
        let is_hyphen = run.contains(&'-');
        let hyphens = || run.iter().map(|_| '-');
        match (left, right) {
            (' ', ' ') => {
                // n - 1
                let left = word_at_end(&before[..before.len().saturating_sub(1)], compound);
                let right = word_at_start(after.get(1..).unwrap_or_default(), compound);
                let is_minus = !left.is_empty() && !right.is_empty() && run.len() == 1;
                if is_minus && is_term(left) && is_term(right) {
                    kept.truncate(kept.trim_end().len());
                    kept.push('-');
                    at += 1;
                }
            }
            (' ', _) | (_, ' ') if is_hyphen => kept.extend(hyphens()),
            (' ', _) if right.is_numeric() => kept.push('-'),
            (' ', _) | (_, ' ') => {}
            _ if left.is_numeric() && right.is_numeric() => kept.push('-'),
            _ if is_letter(left) && is_letter(right) => {
                let is_formula = is_term(word_at_end(before, compound))
                    && is_term(word_at_start(after, compound));
                if is_formula && run.len() == 1 {
                    kept.push('-');
                } else {
                    kept.push_str(joint);
                }
            }
            _ if is_hyphen => kept.extend(hyphens()),
            _ => kept.push(' '),
        }
    }
    kept
}

/// Returns `text` without marks around it, a leading question and leading articles, so long as
/// something is left.
fn without_frame(text: &str) -> &str {
    let mut text = text;
    loop {
        let less = without_marks(text);
        let less =
            QUESTIONS.iter().find_map(|question| less.strip_prefix(question)).unwrap_or(less);
        let less = without_article(less.trim()).trim();
        if less.is_empty() || less == text {
            return text;
        }
        text = less;
    }
}

/// Returns `text` without final marks and the marks with which Spanish opens.
fn without_marks(text: &str) -> &str {
    let text = text.trim_start_matches(['¿', '¡']);
    let bare = text.trim_end_matches(|char| char == ' ' || FINAL_MARKS.contains(&char));
    let marks = &text[bare.len()..];
    let factorials = marks.len() - marks.trim_start_matches('!').len();
    match bare {
        "" => text,
        _ if factorials > 0 && is_formula(bare) => &text[..bare.len() + factorials],
        _ => bare,
    }
}

/// Whether an exclamation mark behind `text` is a sign.
fn is_formula(text: &str) -> bool {
    let ends = text.ends_with(|last: char| last.is_alphanumeric() || last == ')');
    ends && text.len() <= SIGHT && is_term(&text.chars().collect::<Vec<_>>())
}

/// Returns `text` without a leading English article before a word.
fn without_article(text: &str) -> &str {
    let rest = ["the ", "an ", "a "].into_iter().find_map(|article| text.strip_prefix(article));
    match rest {
        // "a + b" begins with a letter.
        Some(rest) if !text.starts_with("a ") || rest.starts_with(char::is_alphanumeric) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Piece::*;
    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| text.to_string()).collect()
    }

    #[test]
    fn what_does_not_count_is_folded_away() {
        for (text, left) in [
            ("Paris", "paris"),
            ("  the \n capital\tof France. ", "capital of france"),
            ("What is a domain?", "domain"),
            ("What’s the matter?", "matter"),
            ("Who are The Beatles?", "beatles"),
            ("An apple", "apple"),
            ("¿Qué?", "que"),
            ("Café au lait…", "cafe au lait"),
            ("cafe\u{301}", "cafe"),
            ("“Don’t panic!”", "dont panic"),
            ("'Hello' he said", "hello he said"),
            ("the students' books", "students books"),
            ("`git rebase`", "git rebase"),
            ("e-mail", "email"),
            ("e\u{2011}mail", "email"),
            ("Donau\u{ad}dampfer", "donaudampfer"),
            ("state-of-the-art", "stateoftheart"),
            ("Paris – the capital", "paris the capital"),
            ("- Paris", "paris"),
            ("COVID-19", "covid19"),
            ("Straße", "strasse"),
            ("Łódź", "lodz"),
            ("İstanbul", "istanbul"),
            ("ΟΔΟΣ", "οδοσ"),
            ("οδός", "οδοσ"),
            ("ёлка", "елка"),
            ("שָׁלוֹם", "שלום"),
            ("ﬁne", "fine"),
            ("ＡＢＣ！", "abc"),
            ("می\u{200c}خواهم", "میخواهم"),
            ("Yes!?", "yes"),
            ("Plan B!", "plan b"),
            ("東京。", "東京"),
        ] {
            assert_eq!(folded(text, true), left, "{text}");
        }
    }

    #[test]
    fn what_carries_meaning_stays() {
        for (one, other) in [
            ("-1", "1"),
            ("−1", "1"),
            ("C++", "C"),
            ("C#", "C"),
            ("a-b", "ab"),
            ("n-1", "n1"),
            ("n - 1", "n 1"),
            ("(n-1)", "(n1)"),
            ("f(x)-g(x)", "f(x)g(x)"),
            ("2x-1", "2x1"),
            ("10-15", "1015"),
            ("2020–2024", "20202024"),
            ("--force", "force"),
            ("-v", "v"),
            ("->", ">"),
            ("x->y", "x>y"),
            ("i--", "i"),
            ("Na-", "Na"),
            ("5!", "5"),
            ("n!", "n"),
            ("(n-1)!", "(n-1)"),
            ("10²", "102"),
            ("x⁻¹", "x1"),
            ("1½", "11/2"),
            ("5'", "5"),
            ("5' 10\"", "5 10"),
            ("f'(x)", "f(x)"),
            ("f''", "f'"),
            (".NET", "NET"),
            ("a + b", "+ b"),
            ("мой", "мои"),
            ("か", "が"),
            ("हिन्दी", "हनद"),
            ("<=", "="),
            ("a part", "apart"),
        ] {
            assert!(!agree(&texts(&[one]), &texts(&[other]), true, true), "{one} and {other}");
        }
    }

    #[test]
    fn spellings_of_one_answer_agree() {
        for (one, other) in [
            ("twenty-one", "twenty one"),
            ("twenty-one", "twentyone"),
            ("e-mail", "E Mail"),
            ("−1", "-1"),
            ("–1", "-1"),
            ("n − 1", "n-1"),
            ("2020–2024", "2020-2024"),
            ("5 – 3", "5-3"),
            ("H₂O", "h2o"),
            ("x²", "x^2"),
            ("10⁻³", "10^-3"),
            ("½", "1/2"),
            ("5′10″", "5'10\""),
            ("5’10”", "5'10\""),
            ("f′(x)", "f'(x)"),
            ("The \"Route 66\"", "route 66"),
            ("‘C++’", "c++"),
            ("«Bonjour»", "bonjour"),
            ("rock 'n' roll", "rock n roll"),
            ("A posteriori", "a posteriori"),
            ("が", "か\u{3099}"),
            ("한국", "\u{1112}\u{1161}\u{11ab}국"),
        ] {
            assert!(agree(&texts(&[one]), &texts(&[other]), true, true), "{one} and {other}");
        }
    }

    #[test]
    fn nothing_folds_to_nothing() {
        for (text, left) in [
            ("The", "the"),
            ("A", "a"),
            ("a.", "a"),
            ("what is", "what is"),
            ("What is?", "what is"),
            ("?", "?"),
            (" - ", "-"),
            ("'", "'"),
            ("...", "..."),
            ("¿", "¿"),
            ("—", "—"),
            ("", ""),
            (" \n", ""),
        ] {
            assert_eq!(folded(text, true), left, "{text:?}");
        }
    }

    #[test]
    fn a_hostile_answer_takes_no_longer_than_another() {
        for piece in ["a-", "- ", "'", "1'", "\"a ", "!", "the ", "¿", "n! ", "-", "what is "] {
            let text = piece.repeat(100_000);
            assert!(folded(&text, true).len() <= text.len(), "{piece}");
        }
    }

    #[test]
    fn accents_count_if_asked() {
        assert_eq!(folded("Cafe\u{301}", false), "caf\u{e9}");
        assert_eq!(folded("Straße", false), "straße");
        assert_eq!(folded("the cafe\u{301}'s cafe\u{301}-bar", false), "cafés cafébar");
        assert_ne!(folded("schon", false), folded("schön", false));
    }

    #[test]
    fn lists_agree_item_by_item() {
        let list = |items: &[&str]| Answer::List(texts(items));
        let one = list(&["the e-mail address", "a domain"]);
        assert!(same(&one, &list(&["Domain", "email address."]), true));
        assert!(!same(&one, &list(&["domain", "domain"]), true));
        assert!(!same(&one, &list(&["domain"]), true));
        assert!(same(&list(&["Domain"]), &Answer::Text("domain".into()), true));
        assert!(!agree(&texts(&["a", "b"]), &texts(&["b", "a"]), true, true));
        assert!(agree(&texts(&["a", "b"]), &texts(&["b", "a"]), false, true));
    }

    #[test]
    fn a_difference_is_told_by_words() {
        let gone = |text: &str| Gone(text.into());
        let new = |text: &str| New(text.into());
        let same = |text: &str| Same(text.into());
        for (before, after, pieces) in [
            ("", "", vec![]),
            ("a b", "a b", vec![same("a b")]),
            ("", "a", vec![new("a")]),
            ("a", "", vec![gone("a")]),
            (
                "the old domain was moved",
                "the new domain was moved",
                vec![same("the "), gone("old"), new("new"), same(" domain was moved")],
            ),
            ("one two three", "four five six", vec![gone("one two three"), new("four five six")]),
            ("Paris", "Paris.", vec![same("Paris"), new(".")]),
            ("a cat sat", "a cat never sat", vec![same("a cat "), new("never "), same("sat")]),
        ] {
            assert_eq!(word_difference(before, after), pieces, "{before:?} and {after:?}");
        }
    }

    #[test]
    fn slips_are_told_by_letters_without_what_is_folded() {
        let gone = |text: &str| Gone(text.into());
        let new = |text: &str| New(text.into());
        let same = |text: &str| Same(text.into());
        for (typed, wanted, pieces) in [
            ("Piza", "Pizza", vec![same("Piz"), new("z"), same("a")]),
            ("madird", "Madrid", vec![same("Mad"), gone("i"), same("r"), new("i"), same("d")]),
            ("CAFES", "café", vec![same("café"), gone("S")]),
            ("an old\tcar", "An old cat", vec![same("An old ca"), gone("r"), new("t")]),
            ("", "", vec![]),
        ] {
            assert_eq!(slips(typed, wanted, true), pieces, "{typed} and {wanted}");
        }
        let strict = slips("cafe\u{301}", "cafe", false);
        assert_eq!(strict, vec![same("caf"), gone("e\u{301}"), new("e")]);
    }

    #[test]
    fn very_long_texts_differ_as_a_whole() {
        let before = "one two ".repeat(5_000);
        let after = "two three ".repeat(5_000);
        let pieces = word_difference(&before, &after);
        assert_eq!(
            pieces,
            [Gone(before.trim_end().into()), New(after.trim_end().into()), Same(" ".into())]
        );
        let edited = before.replacen("two", "six", 1);
        assert_eq!(word_difference(&before, &edited).len(), 4);
    }

    fn answers() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            3 => "[a-zA-Z]{1,3}",
            2 => "[0-9]{1,2}",
            3 => " {1,2}",
            3 => "[-–'\".!?()+=>/¿½²⁻…]",
            1 => prop_oneof![Just("the "), Just("a "), Just("what is "), Just("é"), Just("ß")]
                .prop_map(String::from),
            1 => any::<char>().prop_map(String::from),
        ];
        proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
    }

    fn words() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            4 => prop_oneof![Just("a"), Just("b"), Just("word"), Just("é")].prop_map(String::from),
            4 => prop_oneof![Just(" "), Just("  "), Just("\n"), Just(".")].prop_map(String::from),
            1 => any::<char>().prop_map(String::from),
        ];
        proptest::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn no_answer_folds_to_nothing(text in answers(), fold_accents: bool) {
            let left = folded(&text, fold_accents);
            prop_assert_eq!(left.is_empty(), text.trim().is_empty());
            prop_assert_eq!(left.trim(), &left);
        }

        #[test]
        fn case_and_outer_blanks_do_not_count(text in "[ -~]{0,12}") {
            prop_assert_eq!(folded(&format!(" {}\n", text.to_uppercase()), true), folded(&text, true));
        }

        #[test]
        fn a_difference_spells_both_texts(before in words(), after in words()) {
            let pieces = word_difference(&before, &after);
            let (mut old, mut new) = (String::new(), String::new());
            for piece in &pieces {
                match piece {
                    Same(text) => { old.push_str(text); new.push_str(text) }
                    Gone(text) => old.push_str(text),
                    New(text) => new.push_str(text),
                }
            }
            prop_assert_eq!(&old, &before);
            prop_assert_eq!(&new, &after);
            let kind = |piece: &Piece| std::mem::discriminant(piece);
            prop_assert!(pieces.windows(2).all(|pair| kind(&pair[0]) != kind(&pair[1])));
            prop_assert!(!pieces.iter().any(|(Same(text) | Gone(text) | New(text))| text.is_empty()));
        }
    }
}
