//! Queries: a text becomes a predicate over cards.
//!
//! Words and "phrases" match what a card says, `deck:`, `tag:`, `id:` and `is:` what it belongs to
//! and how it stands, comparisons its figures. Words beside each other must all match (an `AND`
//! between them says the same), `OR` binds looser, brackets group, `-` negates. Where a card's
//! standing comes from is the caller's business.

mod parser;

use std::borrow::Cow;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_width::UnicodeWidthStr;

use crate::answer::push_folded;
use crate::card::Card;
use crate::schedule::Stage;
use crate::text::harmless;

/// The longest query, in bytes.
pub const MAX_BYTES: usize = 4_096;

/// The deepest nesting of brackets.
pub const MAX_DEPTH: usize = 64;

/// What a query asks about: a card and how it stands today.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The card.
    pub card: &'a Card,
    /// Its deck's name: the path below `decks/`, without the ending.
    pub deck: &'a str,
    /// Where it stands.
    pub stage: Stage,
    /// Whether it is due today. New cards never are.
    pub due: bool,
    /// Whether it is put aside.
    pub suspended: bool,
    /// Whether it is put aside for today.
    pub buried: bool,
    /// Whether it lapses again and again.
    pub leech: bool,
    /// Whether its answer differs from the one last passed.
    pub changed: bool,
    /// Whether it is gone from the decks.
    pub parked: bool,
    /// Times it was forgotten while in review.
    pub lapses: u32,
    /// Days from the last counted answer to the next; `None` for a new card.
    pub interval: Option<u32>,
    /// Ease factor; `None` for a new card and under a scheduler without one.
    pub ease: Option<f64>,
    /// How likely it is recalled today, 0 to 1; `None` for a new card.
    pub retrievability: Option<f64>,
}

/// A predicate over cards.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// `None` for a query without a term.
    root: Option<Term>,
}

impl Query {
    /// Reads a query. One without a term matches every card that is in a deck.
    pub fn parse(text: &str) -> Result<Query, QueryError> {
        parser::Parser::new(text)?.query()
    }

    /// Whether `subject` is meant.
    ///
    /// A comparison does not match a card without the figure; negation is plain logic, so a negated
    /// one does. A parked card
    /// is meant only if the query would not match it were it not parked: by `is:parked`, that is.
    pub fn matches(&self, subject: &Subject<'_>) -> bool {
        self.holds(subject)
            && (!subject.parked || !self.holds(&Subject { parked: false, ..*subject }))
    }

    /// Returns the query with each `deck:` that names no deck, but is the last part or the shown
    /// name of just one of `decks` (names and shown names), meaning that one; and those that mean
    /// none, or several.
    pub fn with_decks(mut self, decks: &[(&str, &str)]) -> (Query, Vec<Unclear>) {
        let mut unknown = Vec::new();
        if let Some(root) = &mut self.root {
            root.name_decks(decks, &mut unknown);
        }
        (self, unknown)
    }

    /// Whether the query looks into a card's text, rather than at its names, tags and figures.
    pub fn needs_text(&self) -> bool {
        self.root.as_ref().is_some_and(Term::needs_text)
    }

    /// Whether the query has no term.
    pub fn is_empty(&self) -> bool {
        self.root.is_none()
    }

    fn holds(&self, subject: &Subject<'_>) -> bool {
        self.root.as_ref().is_none_or(|root| root.holds(subject))
    }
}

/// A `deck:` that names no deck.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unclear {
    /// What it says, in lower case and without accents.
    pub name: String,
    /// The decks that it may mean: none, or several.
    pub meant: Vec<String>,
}

/// A query that could not be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct QueryError {
    /// The query.
    pub query: String,
    /// The part that is meant, in bytes of the query.
    pub at: Range<usize>,
    /// What is wrong, lower case, without a full stop.
    pub message: String,
    /// The way out.
    pub hint: String,
}

impl QueryError {
    /// Returns where the part that is meant begins, 1-based, in characters.
    pub fn column(&self) -> usize {
        self.query[..self.at.start].chars().count() + 1
    }

    /// Returns the query on one line, cut to what stands about the mistake, and carets below it.
    pub fn pointed(&self) -> String {
        const BEFORE: usize = 40;
        const AFTER: usize = 30;
        let shown = |text: &str| harmless(text).replace(['\n', '\t'], " ");
        let before = shown(&self.query[..self.at.start]);
        let meant = shown(&self.query[self.at.clone()]);
        let after = shown(&self.query[self.at.end..]);

        let skipped = before.chars().count().saturating_sub(BEFORE);
        let mut line = String::from(if skipped > 0 { "…" } else { "" });
        line.extend(before.chars().skip(skipped));
        let indent = line.width();
        let carets = meant.width().clamp(1, AFTER);
        let mut room = (meant + &after).chars().collect::<Vec<_>>().into_iter();
        line.extend(room.by_ref().take(AFTER));
        if room.len() > 0 {
            line.push('…');
        }
        format!("{}\n{:indent$}{}", line.trim_end(), "", "^".repeat(carets))
    }
}

/// A part of a query.
#[derive(Clone, Debug)]
enum Term {
    All(Vec<Term>),
    Any(Vec<Term>),
    Not(Box<Term>),
    Text(Needle),
    /// Folded.
    Deck(String),
    /// Folded.
    Tag(String),
    Id(String),
    Is(State),
    Compare(Figure, Comparison, f64),
}

impl Term {
    fn holds(&self, subject: &Subject<'_>) -> bool {
        match self {
            Term::All(terms) => terms.iter().all(|term| term.holds(subject)),
            Term::Any(terms) => terms.iter().any(|term| term.holds(subject)),
            Term::Not(term) => !term.holds(subject),
            Term::Text(needle) => texts(subject.card).any(|text| needle.is_in(text)),
            Term::Deck(name) => is_within(subject.deck, name, "/"),
            Term::Tag(name) => {
                subject.card.details.tags.iter().any(|tag| is_within(tag, name, "::"))
            }
            Term::Id(id) => subject.card.id.as_str() == id || subject.card.note == *id,
            Term::Is(state) => state.is_of(subject),
            Term::Compare(figure, comparison, bound) => {
                figure.of(subject).is_some_and(|figure| comparison.holds(figure, *bound))
            }
        }
    }

    fn name_decks(&mut self, decks: &[(&str, &str)], unknown: &mut Vec<Unclear>) {
        match self {
            Term::All(terms) | Term::Any(terms) => {
                terms.iter_mut().for_each(|term| term.name_decks(decks, unknown));
            }
            Term::Not(term) => term.name_decks(decks, unknown),
            Term::Deck(name) if !decks.iter().any(|(deck, _)| is_within(deck, name, "/")) => {
                let meant = |(deck, title): &&(&str, &str)| {
                    let last = deck.rsplit('/').next().unwrap_or(deck);
                    is_within(last, name, "/") || folded(title).eq_ignore_ascii_case(name)
                };
                let meant: Vec<_> = decks.iter().filter(meant).collect();
                match meant[..] {
                    [(deck, _)] => *name = folded(deck).into_owned(),
                    _ => unknown.push(Unclear {
                        name: name.clone(),
                        meant: meant.iter().map(|(deck, _)| (*deck).to_owned()).collect(),
                    }),
                }
            }
            _ => {}
        }
    }

    fn needs_text(&self) -> bool {
        match self {
            Term::All(terms) | Term::Any(terms) => terms.iter().any(Term::needs_text),
            Term::Not(term) => term.needs_text(),
            Term::Text(_) => true,
            _ => false,
        }
    }
}

/// Returns what words are looked for in.
fn texts(card: &Card) -> impl Iterator<Item = &str> {
    let details = &card.details;
    let lists = card.back.texts().iter().chain(&details.accept);
    let whole = [Some(&card.front), details.hint.as_ref(), details.why.as_ref()];
    whole.into_iter().flatten().chain(lists).map(String::as_str)
}

/// The words that may stand behind `is:`.
pub const STATES: [&str; State::ALL.len()] = {
    let mut words = [""; State::ALL.len()];
    let mut at = 0;
    while at < words.len() {
        words[at] = State::ALL[at].0;
        at += 1;
    }
    words
};

/// A state that `is:` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    New,
    Due,
    Learning,
    Review,
    Suspended,
    Buried,
    Leech,
    Changed,
    Parked,
}

impl State {
    const ALL: [(&'static str, State); 9] = [
        ("new", State::New),
        ("due", State::Due),
        ("learning", State::Learning),
        ("review", State::Review),
        ("suspended", State::Suspended),
        ("buried", State::Buried),
        ("leech", State::Leech),
        ("changed", State::Changed),
        ("parked", State::Parked),
    ];

    fn is_of(self, subject: &Subject<'_>) -> bool {
        match self {
            State::New => subject.stage == Stage::New,
            State::Due => subject.due,
            State::Learning => matches!(subject.stage, Stage::Learning | Stage::Relearning),
            State::Review => subject.stage == Stage::Review,
            State::Suspended => subject.suspended,
            State::Buried => subject.buried,
            State::Leech => subject.leech,
            State::Changed => subject.changed,
            State::Parked => subject.parked,
        }
    }
}

/// A figure that can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Figure {
    Lapses,
    Interval,
    Ease,
    Value,
    Retrievability,
}

impl Figure {
    const ALL: [(&'static str, Figure); 5] = [
        ("lapses", Figure::Lapses),
        ("interval", Figure::Interval),
        ("ease", Figure::Ease),
        ("value", Figure::Value),
        ("retrievability", Figure::Retrievability),
    ];

    fn of(self, subject: &Subject<'_>) -> Option<f64> {
        match self {
            Figure::Lapses => Some(subject.lapses.into()),
            Figure::Interval => subject.interval.map(f64::from),
            Figure::Ease => subject.ease,
            Figure::Value => subject.card.details.value.map(f64::from),
            Figure::Retrievability => subject.retrievability,
        }
    }
}

/// How a figure is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Less,
    AtMost,
    More,
    AtLeast,
    Equal,
}

impl Comparison {
    /// In an order in which the first that begins a text is meant.
    const ALL: [(&'static str, Comparison); 5] = [
        ("<=", Comparison::AtMost),
        (">=", Comparison::AtLeast),
        ("<", Comparison::Less),
        (">", Comparison::More),
        ("=", Comparison::Equal),
    ];

    fn holds(self, figure: f64, bound: f64) -> bool {
        match self {
            Comparison::Less => figure < bound,
            Comparison::AtMost => figure <= bound,
            Comparison::More => figure > bound,
            Comparison::AtLeast => figure >= bound,
            Comparison::Equal => figure == bound,
        }
    }
}

/// What is looked for in a text: folded, its white space as one.
#[derive(Clone, Debug)]
struct Needle(String);

impl Needle {
    /// Returns the needle for `text`, or `None` if nothing of it can be looked for.
    fn new(text: &str) -> Option<Needle> {
        let folded = single_spaced(&folded(text)).into_owned();
        (!folded.trim().is_empty()).then_some(Needle(folded))
    }

    /// Whether `text` has it, in any part of its words.
    fn is_in(&self, text: &str) -> bool {
        let needle = self.0.as_str();
        if needle.contains(' ') && is_oddly_spaced(text) {
            return single_spaced(&folded(text)).contains(needle);
        }
        if !text.is_ascii() {
            return folded(text).contains(needle);
        }
        let (text, needle) = (text.as_bytes(), needle.as_bytes());
        let [first, rest @ ..] = needle else { return true };
        let Some(last_start) = text.len().checked_sub(needle.len()) else { return false };
        let upper = first.to_ascii_uppercase();
        text[..=last_start].iter().enumerate().any(|(at, byte)| {
            (byte == first || *byte == upper)
                && text[at + 1..at + needle.len()].eq_ignore_ascii_case(rest)
        })
    }
}

/// Whether `text` has white space other than single spaces.
fn is_oddly_spaced(text: &str) -> bool {
    text.contains("  ") || text.contains(|char: char| char != ' ' && char.is_whitespace())
}

/// Returns `text` with one space for each run of white space.
fn single_spaced(text: &str) -> Cow<'_, str> {
    if !is_oddly_spaced(text) {
        return Cow::Borrowed(text);
    }
    let mut single = String::with_capacity(text.len());
    for char in text.chars() {
        match char.is_whitespace() {
            true if single.ends_with(' ') => {}
            true => single.push(' '),
            false => single.push(char),
        }
    }
    Cow::Owned(single)
}

/// Returns `text` in lower case, without accents and compatibility forms.
fn folded(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        return Cow::Borrowed(text);
    }
    let mut folded = String::with_capacity(text.len());
    let mut base = ' ';
    for char in text.chars() {
        push_folded(char, true, &mut base, &mut folded);
    }
    // Parts of Korean and Japanese syllables, which would be found in others.
    if folded.contains(['\u{3099}', '\u{309a}'])
        || folded.contains(|char| matches!(char, '\u{1100}'..='\u{11ff}'))
    {
        folded = folded.nfc().collect();
    }
    Cow::Owned(folded)
}

/// Whether `path` is the folded `name`, or below it.
fn is_within(path: &str, name: &str, separator: &str) -> bool {
    let path = if path.is_ascii() { Cow::Borrowed(path) } else { folded(path) };
    let Some((start, rest)) = path.split_at_checked(name.len()) else { return false };
    start.eq_ignore_ascii_case(name) && (rest.is_empty() || rest.starts_with(separator))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::card::{Answer, CardId, Details, Kind};

    fn card() -> Card {
        Card {
            id: CardId::new("verbs-1/reverse"),
            note: "verbs-1".into(),
            kind: Kind::List,
            front: "What does\n  Żółć mean?".into(),
            back: Answer::List(vec!["bile".into(), "The Gall".into()]),
            line: 1,
            details: Details {
                accept: vec!["jaundice".into()],
                hint: Some("Anatomy (f)".into()),
                why: Some("see https://example.org".into()),
                source: Some("a source".into()),
                tags: vec!["Polish".into(), "body::inner".into()],
                value: Some(300),
                ..Details::default()
            },
        }
    }

    fn subject(card: &Card) -> Subject<'_> {
        Subject {
            card,
            deck: "lang/Polish",
            stage: Stage::Relearning,
            due: true,
            suspended: false,
            buried: false,
            leech: true,
            changed: false,
            parked: false,
            lapses: 3,
            interval: Some(21),
            ease: Some(2.36),
            retrievability: None,
        }
    }

    fn matches(query: &str, subject: &Subject<'_>) -> bool {
        Query::parse(query).unwrap_or_else(|error| panic!("{query}: {error}")).matches(subject)
    }

    /// Returns the queries in `lines`, of which each line holds several.
    fn each(lines: &str) -> impl Iterator<Item = &str> {
        lines.split(['|', '\n']).map(str::trim)
    }

    #[test]
    fn terms_match_what_they_name() {
        let card = card();
        let subject = subject(&card);
        for query in each(
            r#"zolc | ŻÓŁĆ | bil | gall | JAUND | anatomy | "does zolc" | "(F)" | https://example.org
            bile jaundice | bile AND jaundice | bile OR nothing | nothing OR bile | (bile) | --bile
            -nothing | -(nothing here) | bile(gall) | ( bile OR nothing ) gall | bile-nothing OR gall
            deck:lang | deck:LANG/ | deck:lang/polish | deck:"lang/polish" | tag:polish | tag:body
            tag:body::inner | id:verbs-1 | id:verbs-1/reverse
            is:learning | is:due | is:leech | IS:Leech | -is:new
            lapses>2 | lapses>=3 | lapses=3 | lapses<3.5 | lapses<=3 | -lapses>3 | interval>=21
            ease=2.36 | value>=300 | -retrievability<0.8 | -retrievability>=0.8 | "#,
        ) {
            assert!(matches(query, &subject), "{query}");
        }
        for query in each(
            r#"nothing | bile nothing | "bile gall" | source | -bile | -(bile OR nothing) | --nothing
            deck:lan | deck:polish | tag:pol | tag:inner | id:verbs | id:VERBS-1
            is:new | is:review | is:suspended | is:buried | is:changed | is:parked
            lapses>3 | ease<2 | value=299 | retrievability<0.8 | retrievability>=0.8"#,
        ) {
            assert!(!matches(query, &subject), "{query}");
        }
    }

    #[test]
    fn words_beside_each_other_bind_tighter_than_or() {
        let mut card = card();
        for (query, same) in [
            ("a b OR c d", "(a b) OR (c d)"),
            ("a OR b c OR d", "a OR (b c) OR d"),
            ("-a b", "(-a) b"),
            ("-a OR b", "(-a) OR b"),
            ("a AND b OR c", "(a b) OR c"),
            ("a (b OR c)", "(a b) OR (a c)"),
        ] {
            for letters in 0..16 {
                let has = |at: usize| if letters >> at & 1 == 1 { &"abcd"[at..=at] } else { "" };
                card.front = format!("{}{}{}{}", has(0), has(1), has(2), has(3));
                card.back = Answer::Text(String::new());
                card.details = Details::default();
                let subject = subject(&card);
                assert_eq!(matches(query, &subject), matches(same, &subject), "{query}");
            }
        }
    }

    #[test]
    fn a_parked_card_is_matched_only_by_its_state() {
        let card = card();
        let parked = Subject { parked: true, ..subject(&card) };
        for query in ["is:parked", "bile is:parked", "nothing OR is:parked", "--is:parked"] {
            assert!(matches(query, &parked), "{query}");
        }
        for query in
            ["", "bile", "-nothing", "-is:parked", "is:parked nothing", "bile OR is:parked"]
        {
            assert!(!matches(query, &parked), "{query}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_pointed_at() {
        for (query, part, message) in [
            ("bile is:dew", "is:dew", "is:dew is no state"),
            ("is:", "is:", "nothing is behind is:"),
            ("deck:\"\" a", "deck:\"\"", "nothing is behind deck:"),
            ("é decks:lang", "decks:", "decks: finds nothing"),
            ("lapses:3", "lapses:", "lapses: finds nothing"),
            ("lapses>many", "many", "many is no number"),
            ("ease<1e9", "1e9", "1e9 is no number"),
            ("ease==2", "=2", "=2 is no number"),
            ("ease<", "", "a number is missing"),
            ("ease != 2", " ", "a comparison has no blanks"),
            ("ease!=2", "ease!=2", "there is no !="),
            ("lapse>3", "lapse", "lapse is no figure of a card"),
            ("lapses > 3", " ", "a comparison has no blanks"),
            ("a OR", "OR", "OR joins two terms, and none is behind it"),
            ("OR a", "OR", "OR joins two terms, and none is before it"),
            ("a OR OR b", "OR", "OR joins two terms, and none is before it"),
            ("(a OR) b", "OR", "OR joins two terms, and none is behind it"),
            ("a ( )", "( )", "nothing is in these brackets"),
            ("a (b", "(", "this bracket is not closed"),
            ("(", "(", "this bracket is not closed"),
            ("a) b", ")", "this bracket closes none"),
            (")", ")", "this bracket closes none"),
            ("a \"b", "\"", "this quote is not closed"),
            ("tag:\"b", "\"", "this quote is not closed"),
            ("a \"\"", "\"\"", "nothing to look for"),
            ("a - b", "-", "nothing to negate"),
        ] {
            let error = Query::parse(query).expect_err(query);
            assert_eq!(error.to_string(), message, "{query}");
            assert_eq!(&query[error.at.clone()], part, "{query}");
            assert!(!error.hint.is_empty(), "{query}");
        }
    }

    #[test]
    fn words_that_only_look_like_more_are_words() {
        for query in each(
            r#"std::vec | https://a.b | 10:30 | a=b | key=value | x=1 | <b> | => | 6" | OR_ | oR | ease!
            "lapses:3" | ORDER | c++ | "say \"hi\"" | é:x"#,
        ) {
            let parsed = Query::parse(query).unwrap();
            assert!(matches!(parsed.root, Some(Term::Text(_))), "{query}: {parsed:?}");
            assert!(parsed.needs_text() && !parsed.is_empty());
        }
        assert!(!Query::parse("deck:a -(is:new OR lapses>3)").unwrap().needs_text());
        assert!(Query::parse(" \n").unwrap().is_empty());
        assert!(matches("", &subject(&card())));
    }

    #[test]
    fn a_mistake_has_carets_below_it() {
        let pointed = |query: &str| Query::parse(query).unwrap_err().pointed();
        assert_eq!(pointed("bile is:dew now"), "bile is:dew now\n     ^^^^^^");
        assert_eq!(pointed("漢字 a)"), "漢字 a)\n      ^");
        assert_eq!(pointed("\u{1b}[2J\t("), "\u{fffd}[2J (\n     ^");
        let long = pointed(&format!("{} is:dew {}", "a ".repeat(100), "b ".repeat(100)));
        assert_eq!(long.lines().map(|line| line.chars().count()).collect::<Vec<_>>(), [72, 47]);
        assert_eq!(Query::parse("é is:dew").unwrap_err().column(), 3);
    }

    #[test]
    fn queries_have_limits() {
        let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
        assert!(Query::parse(&nested(MAX_DEPTH)).is_ok());
        let error = Query::parse(&nested(MAX_DEPTH + 1)).unwrap_err();
        assert_eq!((error.column(), error.message.as_str()), (65, "brackets nest at most 64 deep"));
        assert!(Query::parse(&"a".repeat(MAX_BYTES)).is_ok());
        let error = Query::parse(&"é".repeat(MAX_BYTES)).unwrap_err();
        assert_eq!(error.message, "a query has at most 4096 bytes, this one 8192");
        assert!(Query::parse(&format!("{}a", "-".repeat(MAX_BYTES - 1))).is_ok());
    }

    fn queries() -> impl Strategy<Value = String> {
        let words = r#"a | b | é | ab | is:new | is:learning | is:parked | is:due | lapses>2
            interval<=9 | ease>=2 | deck:a | tag:x | "a b""#;
        let leaf = proptest::sample::select(each(words).collect::<Vec<_>>()).prop_map(String::from);
        leaf.prop_recursive(4, 24, 4, |query| {
            prop_oneof![
                query.clone().prop_map(|query| format!("-({query})")),
                query.clone().prop_map(|query| format!("({query})")),
                proptest::collection::vec(query.clone(), 2..4).prop_map(|all| all.join(" ")),
                proptest::collection::vec(query, 2..4).prop_map(|all| all.join(" OR ")),
            ]
        })
    }

    fn anything() -> impl Strategy<Value = String> {
        let words = r#"( ) " - OR AND : is: deck: tag:" new lapses >= 3 \ ease != 2 / = %"#;
        let words = words.split(' ').collect::<Vec<_>>();
        let piece = prop_oneof![
            4 => proptest::sample::select(words).prop_map(String::from),
            2 => Just(" ".to_owned()),
            1 => any::<char>().prop_map(String::from),
        ];
        proptest::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read_or_pointed_at(text in anything()) {
            if let Err(error) = Query::parse(&text) {
                prop_assert!(text.get(error.at.clone()).is_some(), "{:?}", error);
                prop_assert!(!error.message.is_empty() && !error.message.ends_with('.'));
                prop_assert!(!error.message.contains(char::is_control));
                prop_assert!(error.column() <= text.chars().count() + 1);
                prop_assert_eq!(error.pointed().lines().count(), 2);
            }
        }

        #[test]
        fn logic_holds(
            query in queries(), other in queries(), front in "[abcé ]{0,4}",
            stage in 0usize..4, due: bool, parked: bool, lapses in 0u32..5,
            interval in proptest::option::of(1u32..20), ease in proptest::option::of(1.3f64..3.0),
        ) {
            let mut card = card();
            card.front = front;
            let stage = [Stage::New, Stage::Learning, Stage::Review, Stage::Relearning][stage];
            let subject =
                Subject { stage, due, parked, lapses, interval, ease, deck: "a/b", ..subject(&card) };
            let plain = matches(&query, &subject);
            prop_assert_eq!(matches(&format!("-(-({query}))"), &subject), plain);
            prop_assert_eq!(matches(&format!("(({query}))"), &subject), plain);
            let there = Subject { parked: false, ..subject };
            let (plain, second) = (matches(&query, &there), matches(&other, &there));
            prop_assert_eq!(matches(&format!("-({query})"), &there), !plain);
            prop_assert_eq!(matches(&format!("({query}) ({other})"), &there), plain && second);
            prop_assert_eq!(matches(&format!("({query}) OR ({other})"), &there), plain || second);
        }

        #[test]
        fn any_part_of_a_text_is_found_in_it(text in "[a-cA-C éßçя ]{1,12}", start in 0usize..8) {
            let part: String = text.chars().skip(start).take(4).collect();
            if let Some(needle) = Needle::new(&part) {
                prop_assert!(needle.is_in(&text) && needle.is_in(&text.to_uppercase()));
            }
        }
    }
}
