//! What is exported reads back as it was, whatever it says.

use proptest::prelude::*;
use retain::card::{Answer, Details, Note};
use retain::deck::yaml;
use retain::export::cards::{NoteRow, write_yaml};

/// Texts that a deck can have: any, and those that YAML would take for something else.
pub fn texts() -> impl Strategy<Value = String> {
    let taken = [
        "007",
        "no",
        "~",
        "null",
        "1.10",
        "2024-01-01",
        "a: b",
        "a #b",
        "# a",
        "- a",
        "-",
        "?",
        ": ",
        "&a",
        "*a",
        "!a",
        "|",
        ">",
        "%a",
        "@a",
        "`a",
        "{a",
        "[a",
        "\"a\"",
        "'a'",
        " a",
        "a ",
        "\ta",
        "a\n",
        "a\n\n",
        "\na",
        "a\nb",
        "a\n b",
        " a\nb",
        "a \nb",
        "a\r\nb",
        "a\rb",
        "a\u{85}b",
        "a\u{2028}b",
        "\u{feff}a",
        "a\u{0}b",
        "\u{1b}[2J",
        "\u{202e}a",
        "🙂",
        "👨‍👩‍👧",
        "e\u{301}",
        "a\\b",
        "---",
        "...",
        "a\n---\nb",
        "a\n...\nb",
        "a\n# b",
        "a:\n  b",
        ".inf",
        "0x1F",
        "1e3",
        "yes",
        "Off",
        "<<",
        "=",
        "a\tb",
        "a\n\tb",
        "true",
        "\u{10ffff}",
        "\u{fffe}",
        "a,b",
        "\u{a0}a",
        "\u{3000}",
        "a\u{200b}",
        "x y",
        "a'b",
        "it's: so",
        "\u{e000}",
    ];
    prop_oneof![
        3 => proptest::sample::select(taken.to_vec()).prop_map(str::to_owned),
        1 => (proptest::sample::select(taken.to_vec()), proptest::sample::select(taken.to_vec()))
            .prop_map(|(one, other)| format!("{one}{other}")),
        2 => any::<String>(),
        2 => "[a-zA-Z0-9 :#'\"\\n\\t|>~!&*?,\\[\\]{}%@`-]{1,30}",
        1 => proptest::collection::vec("[ a-z:#-]{0,8}", 1..5).prop_map(|lines| lines.join("\n")),
    ]
    .prop_filter("a text that is empty is none", |text| !text.trim().is_empty())
}

pub fn notes() -> impl Strategy<Value = Note> {
    let list = || proptest::collection::vec(texts(), 1..4);
    let back = prop_oneof![texts().prop_map(Answer::Text), list().prop_map(Answer::List)];
    let maybe = || prop::option::weighted(0.3, texts());
    (
        (texts(), back, any::<bool>(), "[A-Za-z0-9_][A-Za-z0-9_.%-]{0,12}"),
        (prop::option::of(1..4_u32), prop::option::of(any::<bool>())),
        (prop::collection::vec(texts(), 0..3), prop::collection::btree_set(texts(), 0..3)),
        (maybe(), maybe(), maybe(), maybe()),
        (prop::option::of(0..=1_000_000_u32), prop::option::of(any::<bool>())),
    )
        .prop_map(|((front, back, reverse, id), (need, ordered), (accept, tags), rest, of)| {
            let items = back.texts().len() as u32;
            let is_list = matches!(back, Answer::List(_));
            let (hint, why, source, category) = rest;
            Note {
                id: Some(id),
                line: 0,
                front,
                reverse: reverse && !is_list,
                cloze: false,
                back,
                details: Details {
                    need: need.filter(|_| is_list).map(|need| need.min(items)),
                    ordered: ordered.filter(|_| is_list),
                    accept,
                    hint,
                    why,
                    source,
                    tags: tags.into_iter().collect(),
                    value: of.0,
                    category,
                    typed: of.1,
                    ..Details::default()
                },
            }
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, max_shrink_time: 10_000, ..Default::default() })]

    #[test]
    fn notes_written_as_yaml_read_back_as_they_were(
        notes in proptest::collection::vec(notes(), 0..4),
        title in prop::option::of(texts()),
    ) {
        let rows: Vec<NoteRow> = notes
            .iter()
            .map(|note| NoteRow { deck: "d".into(), key: note.id.clone().unwrap(), note: note.clone() })
            .collect();
        let mut out = Vec::new();
        write_yaml(title.as_deref(), &rows, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        prop_assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{}", text);
        let read = yaml::read(text.as_bytes(), "x.yaml");
        prop_assert!(read.diagnostics.is_empty(), "{}\n{:?}", text, read.diagnostics);
        let deck = read.deck.unwrap();
        prop_assert_eq!(&deck.head.title, &title);
        let found: Vec<Note> = deck.notes.into_iter().map(|note| Note { line: 0, ..note }).collect();
        prop_assert_eq!(found, notes, "{}", text);
    }
}
