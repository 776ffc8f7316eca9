use proptest::prelude::*;

use super::*;
use crate::text::columns;

fn of(markdown: &str, width: usize) -> String {
    joined(&shown(markdown, width), "\n")
}

#[test]
fn what_is_no_markdown_to_a_person_is_shown_as_written() {
    for text in [
        "-",
        "1.",
        "#",
        "*",
        "+",
        ">",
        "~",
        "_",
        "**",
        "***",
        "---",
        "___",
        "- - -",
        "`",
        "```",
        "~~~",
        "```abc",
        "!",
        "[",
        "|",
        "\\",
        "\\\\",
        "$",
        "$$",
        "$?",
        "=",
        "==",
        ":",
        "<",
        "\"",
        "%",
        "&",
        "+ 5",
        "- 3",
        "* 4",
        ">5",
        ">=5",
        "> 5",
        "-1",
        "077",
        "1.5",
        "1) x",
        "12. Oktober",
        "1. 2. 3.",
        "# ls",
        "## C#",
        "#hash",
        "C# #1",
        "a < b",
        "a > b",
        "2 * 3 * 4",
        "2*3*4",
        "x**2**y",
        "(a*b)*c*d",
        "width*height*depth",
        "snake_case_name",
        "__init__",
        "*.txt and *.md",
        "/*x*/",
        "'*' and '*'",
        "(___) and (___)",
        "____ is the capital of ____",
        "~/bin and ~/lib",
        "~x~",
        "[x]",
        "[x]: y",
        "[x](y)",
        "a[i](b)",
        "[](x)",
        "![x]",
        "[ ] t",
        "- [ ] t",
        "&amp;",
        "&#27;",
        "<b>x</b>",
        "<br>",
        "<!-- c -->",
        "<std::string>",
        "{x}",
        "\\d+\\.\\d+",
        "\\<word\\>",
        "C:\\(x)",
        "$a_1 * b_2$",
        "$\\{x\\}$",
        "$$\nx^*_1 y^*_2\n$$",
        "a\n-",
        "a\n=\nb",
        "1 + 1\n=\n2",
        "a|b\n-|-\n1|2|3",
        "ls \\\n-a",
        "f(a)[1](2)",
        ">>> print(x)",
        "two  blanks",
        "a\n  b\n    c",
        "a\n\nb",
        "word",
        "",
    ] {
        assert_eq!(of(text, 40), text);
        assert_eq!(plain(text, 40), text);
    }
}

#[test]
fn blocks_become_lines() {
    for (markdown, width, lines) in [
        ("one two three", 9, "one two\nthree"),
        ("one\ntwo", 9, "one\ntwo"),
        ("one  \ntwo\\\nthree", 9, "one\ntwo\nthree"),
        ("# Head\n\ntext", 20, "Head\n\ntext"),
        ("# Head #\ntext", 20, "Head\ntext"),
        ("Head\n====\ntext", 20, "Head\n====\ntext"),
        ("- one two three\n- four\n  - five", 11, "- one two\n  three\n- four\n  - five"),
        ("9. a\n10. bb cc dd\n    e", 11, "9. a\n10. bb cc\n    dd\n    e"),
        ("- a\n\n  b\n\n- c", 20, "- a\n\n  b\n\n- c"),
        ("- a\n-\n- c", 20, "- a\n-\n- c"),
        ("> one two three\n> four", 11, "> one two\n> three\n> four"),
        ("> - a\n>   b\n>\n> c", 20, "> - a\n>   b\n>\n> c"),
        (">> a\n\nb", 20, ">> a\n\nb"),
        ("a\n\n---\n\nb", 10, "a\n\n──────────\n\nb"),
        ("```sh\nls  -a\n\n\tx\n```\nafter", 40, "sh:\n    ls  -a\n\n        x\nafter"),
        ("    x\n      y", 40, "    x\n      y"),
        ("```\nabcdefghijklmnop\n```", 8, " abcdefg\n hijklmn\n op"),
        ("- a\n  ```\n  b\n  ```", 40, "- a\n      b"),
        ("<div>\n*a*\n</div>", 40, "<div>\n*a*\n</div>"),
        ("  if x:\n    y", 40, "  if x:\n    y"),
        ("漢字漢字漢字", 5, "漢字\n漢字\n漢字"),
    ] {
        assert_eq!(of(markdown, width), lines, "{markdown:?} in {width}");
    }
}

#[test]
fn links_name_their_address_once() {
    for (markdown, width, lines) in [
        ("a [b](https://x.org) c", 40, "a b (https://x.org) c"),
        ("[b](https://x.org \"T\")", 40, "b (https://x.org) \"T\""),
        ("[https://x.org](https://x.org)", 40, "https://x.org"),
        ("<https://x.org>, <a@x.org>", 40, "https://x.org, a@x.org"),
        ("[](https://x.org)", 40, "https://x.org"),
        ("see [b](https://example.org/x)", 24, "see b\n(https://example.org/x)"),
        ("see https://example.org/x", 22, "see\nhttps://example.org/x"),
        ("[b](<a b.pdf>)", 40, "b (a b.pdf)"),
        ("[b](x.org/&#27;[2J&#10;y)", 40, "b (x.org/\u{fffd}[2J y)"),
        ("[a][b]\n\n[b]: x.org 'T'", 40, "[a][b]\n\n[b]: x.org 'T'"),
        ("[b]: x.org\n[b]: y.org\nz", 40, "[b]: x.org\n[b]: y.org\nz"),
        ("![a *cat*](media/x.png)", 40, "[picture: a cat]"),
        ("![](media/x.png)", 40, "[picture: x.png]"),
        ("![a](https://x.org/y.png)", 40, "[picture: a] (https://x.org/y.png)"),
        ("[sound](media/x.mp3)", 40, "[sound]"),
        ("[meow](media/x.mp3)", 40, "[sound: meow]"),
        ("[notes](media/x.pdf)", 40, "notes (media/x.pdf)"),
    ] {
        assert_eq!(of(markdown, width), lines, "{markdown:?} in {width}");
    }
}

#[test]
fn tables_fit_or_become_lines() {
    let table = "| a | bb |\n|---|--:|\n| one two | 2 |\n| `x\\|y` | 漢字 |";
    assert_eq!(of(table, 40), "a       |   bb\n--------+-----\none two |    2\nx|y     | 漢字");
    assert_eq!(of(table, 10), "a: one two\nbb: 2\n\na: x|y\nbb: 漢字");
    assert_eq!(linear(table, 40), "a: one two; bb: 2\na: `x|y`; bb: 漢字");
    assert_eq!(
        of("|a|b|\n|-|-|\n|one two three four|x|", 14),
        "a          | b\n-----------+--\none two    | x\nthree four |"
    );
    assert_eq!(linear("|a|b|\n|-|-|", 40), "a; b");
}

#[test]
fn code_that_is_read_out_is_broken_at_blanks() {
    let code = "```\nlet value = lengthy(of, it);\n  x\n```";
    assert_eq!(linear(code, 20), "  let value =\n  lengthy(of, it);\n    x");
    assert_eq!(plain(code, 20), "  let value = length\n  y(of, it);\n    x");
}

#[test]
fn emphasis_becomes_a_style() {
    let bold = Style { bold: true, ..Style::default() };
    let italic = Style { italic: true, ..Style::default() };
    let struck = Style { struck: true, ..Style::default() };
    let code = Style { code: true, ..Style::default() };
    for (markdown, text, style) in [
        ("**a b**", "a b", bold),
        ("__a b__", "a b", bold),
        ("*a*", "a", italic),
        ("_a_", "a", italic),
        ("***a***", "a", Style { bold: true, ..italic }),
        ("~~a~~", "a", struck),
        ("`a  b`", "a  b", code),
        ("**`a`**", "a", Style { bold: true, ..code }),
        ("# a\nb", "a", bold),
        ("geh**st** x", "st", bold),
        ("这是**重点**内容", "重点", bold),
    ] {
        let lines = shown(markdown, 40);
        let span = Span { text: text.to_owned(), style };
        assert!(lines[0].0.contains(&span), "{markdown:?}: {lines:?}");
    }
}

#[test]
fn code_stands_in_backticks_without_styles() {
    assert_eq!(plain("use `ls -a` **now** and ``a`b``", 40), "use `ls -a` now and ``a`b``");
    assert_eq!(plain_text("# A\n\n- `b`\n- c\n\n```\nd\te\n```"), "A - `b` - c d    e");
    assert_eq!(plain_text("- a\n- b\n\u{1b}"), "- a - b \u{fffd}");
}

#[test]
fn media_are_local_files() {
    for (markdown, names) in [
        ("![a](media/x.png) and [b](<media/y z.mp3> \"t\")", &["media/x.png", "media/y z.mp3"][..]),
        ("[a](https://x.org/y.png) ![b](/etc/x.png) [c](#d) [e](mailto:x@y.z)", &[]),
        ("[a](x.md#part)", &["x.md"]),
        ("`![a](x.png)` a[i](b)", &[]),
        ("![a][b]\n\n[b]: media/c.png", &["media/c.png"]),
    ] {
        assert_eq!(media(markdown), names, "{markdown:?}");
    }
}

#[test]
fn masses_of_marks_do_not_hang() {
    for piece in [
        "*a ",
        "[",
        "![",
        "`",
        "``a`",
        ">",
        "> a\n",
        "- ",
        "1. ",
        "- a\n",
        "**",
        "_a_",
        "<a",
        "$a",
        "|a",
        "[a](b.c) ",
        "a|b\n-|-\n",
        "\\",
        "&#0;",
        "# a\n",
        "a\n-\n",
        "[a]: b\n",
        "<!-- ",
        "~~a",
        "𝒳\u{301}",
        " ",
        "\t",
        "    a\n\n",
        "x",
    ] {
        let text = piece.repeat(40_000 / piece.len());
        shown(&text, 20);
        plain_text(&text);
        media(&(text + &"\na".repeat(40_000)));
    }
}

#[test]
fn deep_nesting_is_shown_as_written() {
    let text = format!("{}a", "> - ".repeat(100));
    assert_eq!(plain_text(&text), text);
    let text = format!("{}a", "> - ".repeat(40));
    assert_eq!(plain_text(&text), text);
    let rule = format!("a\n\n{}\n\n**b**", "-".repeat(120));
    assert_eq!(plain(&rule, 20), "a\n\n────────────────────\n\nb");
}

#[test]
fn marks_without_room_stand_before_their_code_and_their_table() {
    let marks = "> - ".repeat(20);
    let shown_code = plain_text(&format!("{marks}    code"));
    assert!(shown_code.starts_with(marks.trim_end()), "{shown_code}");
    assert!(shown_code.ends_with(" code"), "{shown_code}");
    let table = "|a|b|\n|-|-|\n|c|d|".replace('\n', &format!("\n{}", " ".repeat(80)));
    let marks_alone = "- ".repeat(40);
    let lines = shown(&format!("{marks_alone}{table}"), 200);
    let lines: Vec<String> = lines.iter().map(|line| line.text().trim().to_owned()).collect();
    assert_eq!(lines[lines.len() - 4..], [marks_alone.trim_end(), "a | b", "--+--", "c | d"]);
}

/// Text with more than its share of marks.
fn markdown() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z]{1,9}",
        3 => "[ \n]{1,2}",
        3 => "[-*_#`~\\[\\]()!>|$.:=+<1\\\\/]{1,3}",
        1 => "\n( |    |> )?(-|\\*|10[.]|```|#|>|---|===) ?",
        1 => "\\[[a-z]{1,3}\\]: [a-z.]{1,4}\n",
        1 => "!?\\[[a-z]{0,3}\\]\\([a-z]{0,4}(\\.|/)[a-z0-9]{1,12}\\)",
        1 => "\n\\|[a-z]\\|[a-z]\\|\n\\|-\\|-\\|\n\\|[a-z ]{0,9}\\|[a-z ]{0,30}\\|\n",
        1 => "\\*\\*[a-z ]{1,9}\\*\\*|`[a-z ]{1,9}`|~~[a-z]{1,9}~~",
        1 => "&#(27|10|x202e|9);|&amp;|<b>|https://[a-z]{1,20}",
        1 => any::<char>().prop_map(String::from),
        1 => "[\u{0}-\u{1f}\u{7f}-\u{9f}\u{200b}-\u{202e}\u{61c}\u{ad}]",
        1 => "[漢字👩🚀❤é\u{200d}\u{fe0f}\u{301}אבعرب]{1,3}",
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Whether what is alphanumeric in `part` comes in `whole`, in order.
fn holds(whole: &str, part: &str) -> bool {
    let mut whole = whole.chars();
    part.chars().filter(|char| char.is_alphanumeric()).all(|char| whole.any(|other| other == char))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn lines_fit_and_command_nothing(text in markdown(), width in 1usize..200) {
        let lines = shown(&text, width);
        let all = [joined(&lines, "\n"), plain(&text, width), linear(&text, width)];
        for line in all.iter().flat_map(|text| text.split('\n')) {
            prop_assert!(columns(line) <= width.max(2), "{:?}", line);
            prop_assert_eq!(&text::harmless(line), line);
            prop_assert!(!line.contains(['\t', '\u{1b}']) && !line.ends_with(' '), "{:?}", line);
        }
        for span in lines.iter().flat_map(|line| &line.0) {
            prop_assert!(!span.text.is_empty() && !span.text.contains('\n'), "{:?}", span);
        }
        prop_assert!(!plain_text(&text).contains(['\n', '\t']));
    }

    #[test]
    fn nothing_is_lost(text in markdown(), width in 20usize..200) {
        // Addresses come once, and tables that are too wide name their columns in each row.
        let text = text.replace('|', "/").replace("](", "] (");
        prop_assert!(holds(&of(&text, width), &text), "{}", of(&text, width));
        prop_assert!(holds(&plain(&text, width), &text), "{}", plain(&text, width));
        prop_assert!(holds(&plain_text(&text), &text), "{}", plain_text(&text));
    }

    #[test]
    fn no_text_vanishes_beside_links_and_tables(text in markdown()) {
        let shown = linear(&text, 80);
        let mut left: Vec<char> = shown.chars().collect();
        left.sort_unstable();
        let address = |text: &str| text.split("](").enumerate().map(|(at, part)| match part.split_once(')') {
            Some((_, rest)) if at > 0 => rest.to_owned(),
            _ => part.to_owned(),
        }).collect::<String>();
        let solid = |char: &char| char.is_alphanumeric();
        for char in address(&text).chars().filter(solid) {
            prop_assert!(left.binary_search(&char).is_ok(), "{:?} in {:?}", char, shown);
        }
        let is_visible = text.contains(|char: char| char.is_ascii_graphic());
        prop_assert!(!is_visible || !shown.trim().is_empty());
    }
}
