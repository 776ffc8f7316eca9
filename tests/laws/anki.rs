//! Laws of what comes from Anki.

use std::collections::HashMap;

use proptest::prelude::*;
use retain::card::is_id;
use retain::import::anki::cards::{guid_of, id_of};
use retain::import::anki::{html, package, template};
use retain::markdown;

/// Pieces of fields: tags, references, marks of Markdown, texts.
fn fields() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        proptest::sample::select(vec![
            "<b>",
            "</b>",
            "<i>",
            "</i>",
            "<br>",
            "<div>",
            "</div>",
            "<ul>",
            "<li>",
            "</li>",
            "</ul>",
            "<ol>",
            "</ol>",
            "<p>",
            "</p>",
            "<code>",
            "</code>",
            "<pre>",
            "</pre>",
            "<img src=\"",
            "a.png\">",
            "<!--",
            "-->",
            "<style>",
            "</style>",
            "&amp;",
            "&nbsp;",
            "&#x41;",
            "&eacute;",
            "&",
            ";",
            "<",
            ">",
            "\"",
            "'",
            "[sound:",
            "x.mp3]",
            "[",
            "]",
            "{{c1::",
            "::",
            "}}",
            "*",
            "_",
            "`",
            "~",
            "#",
            "- ",
            "1. ",
            "\\",
            "\\(",
            "$",
            "|",
            " ",
            "\n",
            "<hr id=answer>",
            "<td>",
        ])
        .prop_map(str::to_owned),
        "[a-zé日 ]{1,6}",
        any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_field_and_template_can_be_read(field in fields(), template in fields()) {
        let read = html::read(&field);
        let _ = markdown::plain_text(&read.markdown);
        for file in &read.media {
            let name = html::file_name(file);
            prop_assert!(!name.contains(['/', '\\', ' ', '(', ')']) && !name.starts_with('.'));
        }
        let fields = HashMap::from([("a", field.as_str())]);
        for question in [true, false] {
            let _ = template::rendered(&template, &fields, question);
        }
    }

    // Between dollars, which are TeX here, an escape may be seen.
    #[test]
    fn a_text_is_shown_as_it_was_written(words in proptest::collection::vec("[a-zA-Z0-9é日.,;:!?*_#+=()<>&|~^%@-]{1,8}", 1..8)) {
        let text = words.join(" ");
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let shown = markdown::plain_text(&html::read(&escaped).markdown);
        prop_assert_eq!(shown, text);
    }

    #[test]
    fn every_guid_is_an_id_and_back(guid in "\\PC{1,20}") {
        let id = id_of(&guid);
        prop_assert!(is_id(&id), "{}", id);
        if id.len() <= 120 && id.len() >= guid.len() && guid.len() < 30 {
            prop_assert_eq!(guid_of(&id), guid);
        }
    }

    #[test]
    fn bytes_that_are_no_package_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(package::Package::open(std::io::Cursor::new(bytes)).is_err());
    }
}
