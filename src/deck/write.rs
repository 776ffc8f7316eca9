//! [`Note`] -> YAML, such that the reader finds in it exactly what was written.
//!
//! Each key of a card is a piece of whole lines, so that one of them can be found in a file and
//! replaced while every other byte stays.

use std::fmt::Write;

use super::Head;
use crate::card::{Answer, Note};
use crate::settings::{Changed, Fuzz, Leeches, Limit, Sm2Profile};

/// How far the dash of a card stands in.
pub const INDENT: usize = 2;

/// The keys of a card, in the order in which they are written.
pub const KEYS: [&str; 16] = [
    "id", "front", "cloze", "choices", "back", "need", "ordered", "accept", "reverse", "hint",
    "why", "source", "tags", "value", "category", "typed",
];

/// Returns a deck: what its head says, and `notes`, each with its id.
///
/// The head's tags are written once, and not with the notes.
pub fn deck(head: &Head, notes: &[&Note]) -> String {
    let mut text = String::new();
    for (key, value) in [("deck", &head.title), ("description", &head.description)] {
        if let Some(value) = value {
            push_text(&mut text, 0, key, value);
        }
    }
    let tags: Vec<&str> = head.tags.iter().map(String::as_str).collect();
    push_texts(&mut text, 0, "tags", &tags);
    text.push_str(&options(head));
    if notes.is_empty() {
        text.push_str("cards: []\n");
        return text;
    }
    text.push_str("cards:\n");
    for note in notes {
        push_card(&mut text, note, &head.tags, INDENT);
    }
    text
}

/// Returns a card as an item of `cards` whose dash stands `indent` columns in. Tags that the deck
/// gives are left out.
pub fn card(note: &Note, of_deck: &[String], indent: usize) -> String {
    let mut text = String::new();
    push_card(&mut text, note, of_deck, indent);
    text
}

fn push_card(text: &mut String, note: &Note, of_deck: &[String], indent: usize) {
    let dash = text.len() + indent;
    for key in KEYS {
        push_field(text, note, key, of_deck, indent + 2);
    }
    if text.len() > dash {
        text.replace_range(dash..dash + 1, "-");
    }
}

/// What a key of a card says.
enum Said<'n> {
    /// A number, or yes or no.
    Plain(String),
    Text(&'n str),
    Texts(Vec<&'n str>),
}

/// Returns what a note says under `key`; `None` if that is nothing.
fn said<'n>(note: &'n Note, key: &str, of_deck: &[String]) -> Option<Said<'n>> {
    let details = &note.details;
    let texts = |texts: &'n [String]| {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        (!texts.is_empty()).then_some(Said::Texts(texts))
    };
    let plain = |value: Option<String>| value.map(Said::Plain);
    let text = |value: Option<&'n String>| value.map(|value| Said::Text(value));
    match key {
        "need" => plain(details.need.map(|need| need.to_string())),
        "ordered" => plain(details.ordered.map(|ordered| ordered.to_string())),
        "value" => plain(details.value.map(|value| value.to_string())),
        "typed" => plain(details.typed.map(|typed| typed.to_string())),
        "reverse" => plain(note.reverse.then(|| "true".to_owned())),
        "back" if note.cloze => None,
        "back" => match &note.back {
            Answer::Text(back) => Some(Said::Text(back)),
            Answer::List(items) => texts(items),
        },
        "accept" => texts(&details.accept),
        "choices" => texts(&details.choices),
        "tags" => {
            let own = details.tags.iter().filter(|tag| !of_deck.contains(tag));
            let own: Vec<&str> = own.map(String::as_str).collect();
            (!own.is_empty()).then_some(Said::Texts(own))
        }
        "id" => text(note.id.as_ref()),
        "front" => text(Some(&note.front).filter(|_| !note.cloze)),
        "cloze" => text(Some(&note.front).filter(|_| note.cloze)),
        "hint" => text(details.hint.as_ref()),
        "why" => text(details.why.as_ref()),
        "source" => text(details.source.as_ref()),
        "category" => text(details.category.as_ref()),
        _ => None,
    }
}

/// Returns the lines of one key of a card, `indent` columns in; `None` if there is nothing to say.
pub fn field(note: &Note, key: &str, of_deck: &[String], indent: usize) -> Option<String> {
    let mut text = String::new();
    push_field(&mut text, note, key, of_deck, indent);
    Some(text).filter(|text| !text.is_empty())
}

fn push_field(text: &mut String, note: &Note, key: &str, of_deck: &[String], indent: usize) {
    match said(note, key, of_deck) {
        Some(Said::Plain(value)) => {
            push_key(text, indent, key);
            text.push(' ');
            text.push_str(&value);
            text.push('\n');
        }
        Some(Said::Text(value)) => push_text(text, indent, key, value),
        Some(Said::Texts(values)) => push_texts(text, indent, key, &values),
        None => {}
    }
}

fn push_key(text: &mut String, indent: usize, key: &str) {
    push_blanks(text, indent);
    text.push_str(key);
    text.push(':');
}

fn push_blanks(text: &mut String, count: usize) {
    text.extend(std::iter::repeat_n(' ', count));
}

/// Returns a card in braces, as JSON where `json`.
pub(super) fn in_braces(note: &Note, of_deck: &[String], json: bool) -> String {
    let text = |text: &str| if json { in_json(text) } else { in_flow(text) };
    let entry = |key: &&str| {
        let value = match said(note, key, of_deck)? {
            Said::Plain(value) => value,
            Said::Text(value) => text(value),
            Said::Texts(values) => {
                let values: Vec<String> = values.into_iter().map(text).collect();
                format!("[{}]", values.join(", "))
            }
        };
        Some(if json { format!("\"{key}\": {value}") } else { format!("{key}: {value}") })
    };
    let entries: Vec<String> = KEYS.iter().filter_map(entry).collect();
    format!("{{{}}}", entries.join(", "))
}

fn options(head: &Head) -> String {
    let options = &head.options;
    let limit = |limit: Limit| match limit {
        Limit::AtMost(most) => most.to_string(),
        Limit::Unlimited => "none".to_owned(),
    };
    let profile = |profile| match profile {
        Sm2Profile::Text => "text".to_owned(),
        Sm2Profile::Delphi => "delphi".to_owned(),
    };
    let changed = |changed| match changed {
        Changed::Ask => "ask".to_owned(),
        Changed::Ignore => "ignore".to_owned(),
    };
    let fuzz = |fuzz| match fuzz {
        Fuzz::Auto => "auto".to_owned(),
        Fuzz::On => "on".to_owned(),
        Fuzz::Off => "off".to_owned(),
    };
    let leeches = |leeches| match leeches {
        Leeches::Tell => "tell".to_owned(),
        Leeches::Suspend => "suspend".to_owned(),
    };
    let said: Vec<String> = [
        ("new_per_day", options.new_per_day.map(|most| most.to_string())),
        ("reviews_per_day", options.reviews_per_day.map(limit)),
        ("scheduler", options.scheduler.map(|name| name.word().to_owned())),
        ("retention", options.retention.map(|retention| retention.share().to_string())),
        ("fuzz", options.fuzz.map(fuzz)),
        ("sm2_profile", options.sm2_profile.map(profile)),
        ("changed", options.changed.map(changed)),
        ("leeches", options.leeches.map(leeches)),
        ("typed", options.typed.map(|typed| typed.to_string())),
    ]
    .into_iter()
    .filter_map(|(key, value)| value.map(|value| format!("{key}: {value}")))
    .collect();
    if said.is_empty() { String::new() } else { format!("options: {{ {} }}\n", said.join(", ")) }
}

fn push_texts(text: &mut String, indent: usize, key: &str, values: &[&str]) {
    if values.is_empty() {
        return;
    }
    push_key(text, indent, key);
    text.push('\n');
    for value in values {
        push_blanks(text, indent + 2);
        text.push_str("- ");
        // What an item goes on with stands behind its dash.
        push_scalar(text, value, indent + 4);
        text.push('\n');
    }
}

fn push_text(text: &mut String, indent: usize, key: &str, value: &str) {
    push_key(text, indent, key);
    text.push(' ');
    push_scalar(text, value, indent + 2);
    text.push('\n');
}

/// Returns a text as YAML; further lines of it stand `indent` columns in.
pub(super) fn scalar(value: &str, indent: usize) -> String {
    let mut text = String::new();
    push_scalar(&mut text, value, indent);
    text
}

fn push_scalar(text: &mut String, value: &str, indent: usize) {
    if is_plain(value) {
        text.push_str(value);
    } else if is_block(value) {
        text.push_str(if value.ends_with('\n') { "|" } else { "|-" });
        for line in value.trim_end_matches('\n').split('\n') {
            text.push('\n');
            if !line.is_empty() {
                push_blanks(text, indent);
                text.push_str(line);
            }
        }
    } else {
        text.push_str(&quoted(value));
    }
}

/// Whether a text is the same without quotes, for every reader of YAML.
pub(super) fn is_plain(value: &str) -> bool {
    const OTHERWISE: [&str; 11] =
        ["true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan", "inf"];
    // Looked at as a whole: that is quicker than to stop early.
    let any = |is: fn(u8) -> bool| value.bytes().fold(false, |any, byte| any | is(byte));
    let is_shown = !any(|byte| !matches!(byte, b' '..=b'~'))
        || !value.contains(|char| matches!(char, '\n' | '\t') || needs_escape(char));
    is_shown
        && (value.starts_with(char::is_alphabetic) || is_word(value))
        && !value.ends_with([' ', ':'])
        && !(any(|byte| matches!(byte, b':' | b'#'))
            && (value.contains(": ") || value.contains(" #")))
        && !OTHERWISE.iter().any(|word| word.eq_ignore_ascii_case(value))
}

/// Whether a text that begins with a digit is no number in any way of writing them: the id of most
/// cards without one.
fn is_word(value: &str) -> bool {
    value.chars().all(|char| char.is_ascii_alphanumeric())
        && value.contains(|char: char| char.is_ascii_alphabetic() && !matches!(char, 'e' | 'E'))
        && !["0x", "0X", "0o", "0O", "0b", "0B"].iter().any(|prefix| value.starts_with(prefix))
}

/// Whether a text of several lines can stand as they are.
fn is_block(value: &str) -> bool {
    value.trim_end_matches('\n').contains('\n')
        && !value.ends_with("\n\n")
        && !value.starts_with([' ', '\n'])
        && !value.contains(needs_escape)
        && !value.contains('\t')
        && value.split('\n').all(|line| !line.ends_with(' '))
}

/// Returns a text as YAML within brackets.
pub(super) fn in_flow(text: &str) -> String {
    let plain = scalar(text, 0);
    if plain.starts_with('"') || !plain.contains([',', '[', ']', '{', '}', '\n', ':', '#']) {
        plain
    } else {
        quoted(text)
    }
}

/// Returns a text as JSON, with what must not stand in YAML as YAML escapes it.
pub(super) fn in_json(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    if !json.contains(needs_escape) {
        return json;
    }
    json.chars().fold(String::new(), |mut text, char| {
        let _ = match u32::from(char) {
            _ if !needs_escape(char) => write!(text, "{char}"),
            code if code < 0x10000 => write!(text, "\\u{code:04x}"),
            code => write!(text, "\\U{code:08x}"),
        }; // writing to a String cannot fail
        text
    })
}

fn quoted(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 2);
    text.push('"');
    for char in value.chars() {
        let code = u32::from(char);
        let _ = match char {
            '"' => write!(text, "\\\""),
            '\\' => write!(text, "\\\\"),
            '\n' => write!(text, "\\n"),
            '\t' => write!(text, "\\t"),
            '\r' => write!(text, "\\r"),
            _ if !needs_escape(char) => write!(text, "{char}"),
            _ if code < 0x100 => write!(text, "\\x{code:02x}"),
            _ if code < 0x10000 => write!(text, "\\u{code:04x}"),
            _ => write!(text, "\\U{code:08x}"),
        }; // writing to a String cannot fail
    }
    text.push('"');
    text
}

/// Whether a character breaks lines, is invisible, or is not to stand in YAML.
pub(super) fn needs_escape(char: char) -> bool {
    match char {
        '\n' | '\t' => false,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' => true,
        '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' => true,
        '\u{a0}' | '\u{ad}' | '\u{e0000}'..='\u{e007f}' => true,
        _ => char.is_control() || u32::from(char) & 0xfffe == 0xfffe,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;

    use super::*;
    use crate::card::Details;
    use crate::deck::yaml;
    use crate::settings::DeckOptions;

    /// Text with more than its share of what YAML takes for something else; never blank.
    pub(crate) fn hard_text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            4 => "[a-z]{1,8}",
            2 => "[ \n\t\r]{1,3}",
            2 => any::<char>().prop_map(String::from),
            2 => "[-?:,#&*!|>'\"%@`{}~\\[\\]\\\\]{1,3}",
            1 => prop::sample::select(vec![": ", " #", "- ", "---\n", "...\n", "\n\n", "  "])
                .prop_map(str::to_owned),
            1 => "[\u{0}-\u{1f}\u{7f}-\u{9f}\u{2028}\u{feff}\u{202e}\u{fffe}🚀]",
        ];
        let whole = prop::sample::select(vec![
            "007",
            "0xcafe",
            "0b1",
            "12e4",
            "12f4",
            "no",
            "~",
            "null",
            "1.10",
            "a: b",
            "#",
            "# a",
            "-",
            "- a",
            " a",
            "a ",
            "\ta",
            "a\n b\n",
            "\na",
            "a\n\n",
            "a\n\nb",
            "true",
            "0x1F",
            "2024-01-01",
            ".inf",
            "'",
            "\"",
            "|",
            "<<",
            "=",
            "&a",
            "*a",
            "!!str",
            "%",
            "@",
            "a:",
            ":a",
            "{a}",
            "[a]",
            "?",
            "? a",
            "a\r\nb",
            "\u{feff}a",
            "👩\u{200d}🚀",
            "a\u{85}b",
            "\u{0}",
            "a\\nb",
            "e\u{301}",
        ]);
        prop_oneof![3 => vec(piece, 1..8).prop_map(|pieces| pieces.concat()), 2 => whole.prop_map(str::to_owned)]
            .prop_filter("blank", |text| !text.trim().is_empty())
    }

    /// Any note with an id.
    pub(crate) fn any_note() -> impl Strategy<Value = Note> {
        let cloze = (hard_text(), hard_text()).prop_filter_map("no gap", |(gap, rest)| {
            let text = format!("{{{{c1::{gap}}}}} {rest}");
            crate::cloze::Cloze::read(&text).ok().map(|_| text)
        });
        let choices = vec(hard_text(), 2..5).prop_filter("twice", |choices| {
            choices.iter().enumerate().all(|(at, one)| !choices[..at].contains(one))
        });
        (pair(), option::weighted(0.2, cloze), option::weighted(0.2, choices)).prop_map(
            |(mut note, cloze, choices)| {
                if let Some(cloze) = cloze {
                    (note.front, note.back) = (cloze, Answer::Text(String::new()));
                    (note.cloze, note.reverse) = (true, false);
                    (note.details.need, note.details.ordered) = (None, None);
                } else if let Some(choices) = choices {
                    (note.back, note.reverse) = (Answer::Text(choices[0].clone()), false);
                    (note.details.need, note.details.ordered) = (None, None);
                    note.details.choices = choices;
                }
                note
            },
        )
    }

    /// Any note with an id, a front and a back.
    fn pair() -> impl Strategy<Value = Note> {
        let answer = prop_oneof![
            hard_text().prop_map(Answer::Text),
            vec(hard_text(), 1..4).prop_map(Answer::List),
        ];
        let texts = || vec(hard_text(), 0..3);
        let text = || option::of(hard_text());
        (
            ("[a-zA-Z0-9_][a-zA-Z0-9_.%-]{0,9}", hard_text(), answer, any::<bool>()),
            (texts(), texts(), text(), text(), text(), text()),
            (
                option::of(1u32..2),
                option::of(any::<bool>()),
                option::of(0u32..1_000_000),
                option::of(any::<bool>()),
            ),
        )
            .prop_map(
                |(
                    (id, front, back, reverse),
                    (accept, mut tags, hint, why, source, category),
                    (need, ordered, value, typed),
                )| {
                    let list = matches!(back, Answer::List(_));
                    tags.dedup();
                    if tags.len() == 2 && tags[0] == tags[1] {
                        tags.pop();
                    }
                    let details = Details {
                        cloze: None,
                        choices: Vec::new(),
                        need: need.filter(|_| list),
                        ordered: ordered.filter(|_| list),
                        accept,
                        hint,
                        why,
                        source,
                        tags,
                        value,
                        category,
                        typed,
                    };
                    let reverse = reverse && !list;
                    Note { id: Some(id), line: 1, front, back, reverse, cloze: false, details }
                },
            )
    }

    fn read_back(text: &str) -> crate::deck::Deck {
        let reading = yaml::read(text.as_bytes(), "deck.yaml");
        assert!(reading.diagnostics.is_empty(), "{text}\n{:?}", reading.diagnostics);
        reading.deck.unwrap()
    }

    fn unplaced(notes: &[Note]) -> Vec<Note> {
        notes.iter().map(|note| Note { line: 0, ..note.clone() }).collect()
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_exactly(
            notes in vec(any_note(), 0..5),
            title in option::of(hard_text()),
            description in option::of(hard_text()),
        ) {
            let head = Head { title, description, ..Head::default() };
            let text = deck(&head, &notes.iter().collect::<Vec<_>>());
            let deck = read_back(&text);
            prop_assert_eq!(&deck.head, &head, "{}", text);
            prop_assert_eq!(unplaced(&deck.notes), unplaced(&notes), "{}", text);
        }
    }

    #[test]
    fn a_deck_reads_well() {
        let mut note = Note {
            id: Some("a-100".into()),
            line: 1,
            front: "What is it?\n\n    code".into(),
            back: Answer::List(vec!["one".into(), "007".into()]),
            reverse: false,
            cloze: false,
            details: Details::default(),
        };
        note.details.need = Some(1);
        note.details.tags = vec!["unix".into(), "own".into()];
        let options = DeckOptions { new_per_day: Some(5), ..DeckOptions::default() };
        let tags = vec!["unix".into()];
        let head = Head { title: Some("A: b".into()), description: None, tags, options };
        let text = deck(&head, &[&note]);
        insta::assert_snapshot!(text, @r#"
        deck: "A: b"
        tags:
          - unix
        options: { new_per_day: 5 }
        cards:
          - id: a-100
            front: |-
              What is it?

                  code
            back:
              - one
              - "007"
            need: 1
            tags:
              - own
        "#);
        let deck = read_back(&text);
        assert_eq!((deck.head, &deck.notes[0].details), (head, &note.details));
        assert_eq!(read_back(&super::deck(&Head::default(), &[])).notes, []);
    }
}
