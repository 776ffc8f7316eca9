//! Files that are no YAML, ask for too much, or are no files that anybody would write.

use proptest::prelude::*;

use super::tests::{findings, fronts, read_str};
use super::*;
use crate::card::Answer;

#[test]
fn every_slip_of_syntax_costs_its_own_card_only() {
    for (card, finding) in [
        ("front: a\n\tback: b", "4:1 tab"),
        ("front: a\n    back: b\n  \twhy: c", "5:3 tab"),
        ("front: \"a\n    back: b", "3:12 unclosed-quote"),
        ("front: 'it's'\n    back: b", "3:16 text-after-quote"),
        ("front: \"a\\qb\"\n    back: b", "3:12 bad-escape"),
        ("front: what: now\n    back: b", "3:16 unquoted-colon"),
        ("front: a\n   back: b", "4:4 indentation"),
        ("front: a\n     back: b", "4:10 indentation"),
        ("front: a\nback: b", "4:1 indentation"),
        ("front: a\n    back", "4:5 no-colon"),
        ("front: a # b\n      c\n    back: d", "3:14 comment-in-text"),
        ("front: [a\n    back: b", "4:9 bracket"),
        ("front: a]\n    back: ]", "4:11 bracket"),
        ("front: @a\n    back: b", "3:12 bad-character"),
        ("front: a\u{7}\n    back: b", "3:12 bad-character"),
        ("front: *a\n    back: b", "3:12 unknown-anchor"),
        ("front: &a [*a]\n    back: b", "3:16 recursive-alias"),
        ("front: !!int x\n    back: b", "3:18 tag"),
        ("front: !!map x\n    back: b", "3:18 tag"),
    ] {
        let text = format!(
            "deck: D\ncards:\n  - {card}\n  - {{front: x, back: y}}\n  # c\n\n  - front: z\n    back: 0\n"
        );
        assert_eq!(findings(&text).join("|"), finding, "{card}");
        assert_eq!(fronts(&text), ["x", "z"], "{card}");
        assert_eq!(read_str(&text).deck.unwrap().head.title.as_deref(), Some("D"));
        let told = read_str(&text).diagnostics.remove(0);
        assert_eq!(told.source_line, text.lines().nth(told.line as usize - 1).unwrap());
    }
}

#[test]
fn all_errors_come_in_one_run_and_in_order() {
    let text = "\
deck: D
cards:
  - front: What: now
    back: b
  - frnt: a
    back: b
  - front: \"open
    back: b
  - front: good
    back: b
tags: [t]
descripton: d
";
    assert_eq!(
        findings(text),
        ["3:16 unquoted-colon", "5:5 unknown-key", "7:12 unclosed-quote", "12:1 unknown-key"]
    );
    assert_eq!(fronts(text), ["good"]);
    assert_eq!(read_str(text).deck.unwrap().notes[0].details.tags, ["t"]);
    assert_eq!(read_str(text).deck.unwrap().notes[0].line, 9);
}

#[test]
fn a_broken_head_leaves_the_cards() {
    let text = "deck: [a\ndescription: b\ncards:\n- front: a\n  back: b\n- front: c: d\n";
    assert_eq!(findings(text), ["2:12 bracket", "6:11 unquoted-colon"]);
    assert_eq!(fronts(text), ["a"]);
}

#[test]
fn cards_keep_their_order_when_there_are_cards_twice() {
    let text = "cards:\n- front: a\n  back: b\n- c: d: e\ncards:\n  - {front: x, back: y}\n";
    assert_eq!(findings(text), ["4:7 unquoted-colon", "5:1 duplicate-key"]);
    assert_eq!(fronts(text), ["a", "x"]);
}

#[test]
fn what_is_missing_is_told_where_something_is() {
    let text = "cards:\n- [\ndeck: D\n?\n- front: a\n  back: b\n";
    let findings = read_str(text).diagnostics;
    let places: Vec<_> = findings.iter().map(|one| (one.line, &*one.source_line)).collect();
    assert_eq!(places, [(2, "- ["), (4, "?")]);
}

#[test]
fn an_alias_into_another_piece_is_told_and_not_called_unknown() {
    let text = "cards:\n- front: &f a\n  back: b\n- front: *f\n  back: c\n- front: d: e\n";
    assert_eq!(findings(text), ["4:10 anchor-elsewhere", "6:11 unquoted-colon"]);
}

#[test]
fn of_several_documents_the_first_is_read() {
    let text = "deck: a\ncards:\n- {front: x, back: y}\n---\ncards: []\n";
    assert_eq!(findings(text), ["4:1 several-documents"]);
    assert_eq!(fronts(text), ["x"]);
    let text = "---\n---\ncards:\n- {front: x, back: y}\n";
    assert_eq!(findings(text), ["2:1 several-documents"]);
    assert_eq!(findings("---\ndeck: a\n...\n"), [""; 0]);
}

#[test]
fn byte_order_marks_and_foreign_line_ends_move_nothing() {
    for end in ["\n", "\r\n", "\r"] {
        for mark in ["", "\u{feff}"] {
            let text = "décк: D\ncards:\n  - front: é\n    back: 007\n  - front: ü: a\n  - front: a\n    back:  []\n";
            let text = format!("{mark}{}", text.replace('\n', end));
            let expected = ["1:1 unknown-key", "5:13 unquoted-colon", "7:12 empty-list"];
            assert_eq!(findings(&text), expected, "{text:?}");
            let reading = read_str(&text);
            assert_eq!(reading.diagnostics[0].source_line, "décк: D");
            assert_eq!(reading.diagnostics[0].width, 4);
            assert_eq!(reading.deck.unwrap().notes[0].back, Answer::Text("007".into()));
            let whole = text.replace("  - front: ü: a", "  - front: ü");
            assert_eq!(
                findings(&whole),
                ["1:1 unknown-key", "5:5 missing-back", "7:12 empty-list"]
            );
        }
    }
}

#[test]
fn what_is_no_text_is_refused_with_its_line() {
    let reading = read(b"deck: a\ncards:\n- front: caf\xe9 x\n", "d.yaml");
    let told = &reading.diagnostics[..];
    assert_eq!(reading.deck, None);
    assert_eq!((told[0].line, told[0].column, &*told[0].code), (3, 13, "not-utf8"));
    assert_eq!(told[0].source_line, "- front: caf\u{fffd} x");
    let told = &read(b"deck: a\n\xef\xbb\xbfb\xff\n", "d.yaml").diagnostics[0];
    assert_eq!((told.line, told.column, &*told.source_line), (2, 3, "\u{feff}b\u{fffd}"));
    let utf16: Vec<u8> = "\u{feff}deck: a".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(read(&utf16, "d").diagnostics[0].message, "the file is UTF-16, not UTF-8");
    assert_eq!(findings("deck: a\0b\n"), ["1:8 bad-character"]);
}

#[test]
fn files_that_ask_for_too_much_are_refused() {
    let mut laughs = String::from("x0: &x0 [a, a, a, a, a, a, a, a, a, a]\n");
    for n in 1..9 {
        let inner = vec![format!("*x{}", n - 1); 10].join(", ");
        laughs.push_str(&format!("x{n}: &x{n} [{inner}]\n"));
    }
    let flow = format!("cards: {}", "[".repeat(100_000));
    let block = format!("cards:\n{}", "- ".repeat(100_000));
    let maps = format!("cards:\n- front: {}", "{a: ".repeat(100_000));
    let aliases = format!("deck: &a b\ncards: [{}]\n", "*a, ".repeat(1_001));
    let deep = format!("cards: [{}{}]\n", "[".repeat(70), "]".repeat(70));
    let mut slipped = format!("cards:\n- front: a: b\n- back: {}", "[".repeat(100_000));
    slipped.push('\n');
    for (text, code) in [
        (format!("deck: a\n{laughs}"), "too-many-aliases"),
        (
            format!("deck: a\ncards:\n- front: a: b\n- front: {}", laughs.replace('\n', "\n  ")),
            "unquoted-colon",
        ),
        (aliases, "too-many-aliases"),
        (flow, "too-deep"),
        (block, "too-deep"),
        (maps, "too-deep"),
        (deep, "too-deep"),
        (slipped, "too-deep"),
        (format!("cards:\n- front: a\n  back: [{}]\n", "a, ".repeat(10_001)), "too-large"),
    ] {
        let began = std::time::Instant::now();
        let reading = read_str(&text);
        let start = &text[..text.len().min(40)];
        assert_eq!(reading.diagnostics[0].code, code, "{start}");
        assert!(began.elapsed().as_secs() < 3, "{start}");
    }
    let large = vec![b'#'; yaml::LARGEST_FILE + 1];
    assert_eq!(read(&large, "d").diagnostics[0].code, "too-large");
}

/// A deck with most of what there is.
const SAMPLE: &str = "\
\u{feff}# comment
deck: \"Häuser: und so\"
tags: [t, &u u]
options: {new_per_day: 5}
cards:
  - id: a-1
    front: |
      one
      two
    back: [x, 007, *u]
    need: 2
  - front: 'it''s'
    back: 1.10
    accept: y
    reverse: true\r
  - {front: ~x, back: \"\\u00e9\", value: 7}
  - front: folded
      text
    back: >-
      a

      b
    why: é # c
";

fn assert_sound(text: &str) -> Reading {
    let reading = read_str(text);
    let lines: Vec<&str> = yaml::lines_of(text).collect();
    for told in &reading.diagnostics {
        assert!(told.line as usize <= lines.len(), "{told:?}");
        if told.line > 0 {
            let line = lines[told.line as usize - 1];
            let length = line.chars().count() as u32;
            assert!((1..=length + 1).contains(&told.column), "{told:?} of {text:?}");
            assert!(told.source_line == line || line.len() > 2_000, "{told:?} of {text:?}");
        }
        assert!(!told.message.is_empty() && !told.message.ends_with('.'), "{told:?}");
        assert!(told.help.is_some() && told.width >= 1, "{told:?}");
    }
    reading
}

#[test]
fn the_sample_is_without_fault() {
    let reading = assert_sound(SAMPLE);
    assert_eq!(reading.diagnostics, []);
    assert_eq!(reading.deck.unwrap().notes.len(), 4);
}

/// Pieces of text that matter to YAML.
fn token() -> impl Strategy<Value = String> {
    const TOKENS: &[&str] = &[
        "\n", "\r\n", "\n  ", "\n    ", "\t", " ", ": ", "- ", "'", "\"", "[", "]", "{", "}", ",",
        "#", " #", "&u", "*u", "!!int ", "|\n", ">-\n", "~", "007", "é", "\u{feff}", "\0", "---\n",
        "...\n", "? ", "<<", "%", "@", "\\", "front", "back", "cards:", "deck:", "need", "null",
        "true", "\u{2028}", "\u{85}", "\r",
    ];
    prop::sample::select(TOKENS).prop_map(str::to_owned)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read(&bytes, "d.yaml");
    }

    #[test]
    fn no_text_makes_it_panic_or_point_outside(text in prop::collection::vec(token(), 0..60)) {
        assert_sound(&text.concat());
        assert_sound(&format!("cards:\n- {}", text.concat()));
    }

    #[test]
    fn no_slip_in_a_deck_makes_it_panic_or_point_outside(
        slips in prop::collection::vec((any::<prop::sample::Index>(), 0..3_usize, token()), 1..4)
    ) {
        let mut chars: Vec<char> = SAMPLE.chars().collect();
        for (index, taken, put) in slips {
            let start = index.index(chars.len());
            let end = (start + taken).min(chars.len());
            chars.splice(start..end, put.chars());
        }
        assert_sound(&chars.into_iter().collect::<String>());
    }

    #[test]
    fn the_quick_and_the_thorough_way_agree(
        cards in prop::collection::vec((words(), prop::collection::vec(words(), 1..4), any::<bool>(), 0..9_u32), 1..6)
    ) {
        let mut text = String::from("deck: D\ntags: [x, 1]\ncards:\n");
        for (front, back, list, value) in cards {
            text.push_str(&format!("  - front: {front}\n    value: {value}\n    accept: {}\n", back[0]));
            let back = if list { format!("[{}]", back.join(", ")) } else { back[0].clone() };
            text.push_str(&format!("    back: {back}\n    tags: [{value}, x]\n"));
        }
        let thorough = {
            let mut problems = Problems::new("d", true);
            let draft = thoroughly(&text, &mut problems);
            prop_assert_eq!(problems.count(), 0, "{}", text);
            draft.deck
        };
        if let Some(quick) = quickly(&text) {
            prop_assert_eq!(quick.deck, thorough);
        }
    }
}

/// A text as an author may write it, quoted or not.
fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zé0-9][a-zé0-9 .-]{0,12}[a-z0-9]",
        "-?[0-9]{1,22}(\\.[0-9]{1,3})?",
        "0x[0-9A-F]{1,4}",
        "\"[a-z :#,\\[]{0,8}[a-z]\"",
        "'[a-z \"&*]{0,8}[a-z]'",
        prop::sample::select(
            &[".inf", "true", "no", "&a x", "!!str 7", "~x", "1e3", "2024-01-01"][..]
        )
        .prop_map(str::to_owned),
    ]
}
