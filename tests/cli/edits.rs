//! Decks change, and cards keep their history.

use super::support::{Home, TWO, date, in_order};

/// A deck of one card without an id.
fn one(front: &str, back: &str) -> String {
    format!("cards:\n  - front: {front}\n    back: {back}\n")
}

/// Returns the only card.
fn only(home: &Home, day: i64) -> serde_json::Value {
    let cards = home.on(day).json("list --json")["cards"].take();
    assert_eq!(cards.as_array().unwrap().len(), 1, "{cards}");
    cards[0].clone()
}

fn kinds(home: &Home, day: i64) -> Vec<String> {
    let rows = home.on(day).ndjson("history --json");
    rows.iter().map(|row| row["kind"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_reworded_question_with_a_telling_answer_keeps_its_history_by_itself() {
    let home = Home::with(&one("Who owns a domain?", "The workspace"));
    home.on(0).review("\n3\n");
    home.on(1).review("\n3\n");
    let before = only(&home, 2);
    home.deck("deck", &one("Whose is a domain, once it was proven?", "The workspace"));
    let after = only(&home, 2);
    assert_ne!(before["card"], after["card"], "without an id the question makes the key");
    for field in
        ["stage", "due", "interval_days", "repetitions", "reviews", "last_review", "changed"]
    {
        assert_eq!(before[field], after[field], "{field}");
    }
    assert_eq!(kinds(&home, 2), ["reviewed", "reviewed", "linked"]);
    assert!(home.on(2).listed("is:parked").is_empty());
    assert_eq!(home.on(2).json("check --json")["warnings"], 0);
    // All events of both ids are one card's, under either name.
    for id in [&before["card"], &after["card"]] {
        let rows = home.on(2).ndjson(&format!("history {} --json", id.as_str().unwrap()));
        assert_eq!(rows.len(), 3);
        assert_eq!((&rows[0]["counted"], &rows[1]["interval_days"]), (&true.into(), &6.into()));
    }
    home.on(7).review("\n3\n");
    assert_eq!(only(&home, 7)["due"], date(7 + 15));
    // The next rewording makes a chain, and the first question again a cycle.
    home.deck("deck", &one("Who has a domain?", "The workspace"));
    assert_eq!(only(&home, 8)["reviews"], 3);
    home.deck("deck", &one("Who owns a domain?", "The workspace"));
    assert_eq!(only(&home, 8)["reviews"], 3);
    assert_eq!(only(&home, 8)["due"], date(7 + 15));
    assert_eq!(only(&home, 8)["card"], before["card"]);
}

#[test]
fn a_review_says_which_card_goes_on_after_an_edit() {
    let home = Home::with(&one("Who owns a domain?", "The workspace"));
    home.on(0).review("\n3\n");
    home.deck("deck", &one("Whose is a domain?", "The workspace"));
    let ran = home.on(1).input("\n3\n").run("review --plain").exits(0);
    assert!(ran.says("goes on").out.contains("again in 6 days"));
}

#[test]
fn a_short_answer_links_nothing_and_the_card_looks_edited() {
    for back in ["\"No\"", "abc", "\" 日本 \""] {
        let home = Home::with(&one("Does SCIM need SSO?", back));
        home.on(0).review("\n3\n");
        home.deck("deck", &one("Does SCIM always need SSO?", back));
        assert_eq!(only(&home, 1)["stage"], "new", "{back}");
        assert_eq!(kinds(&home, 1), ["reviewed"], "{back}");
        let check = home.on(1).json("check --json");
        assert_eq!(check["diagnostics"][0]["code"], "looks-edited", "{back}: {check}");
        assert_eq!(home.on(1).listed("is:parked").len(), 1);
        // The old question brings the old card back.
        home.deck("deck", &one("Does SCIM need SSO?", back));
        assert_eq!(only(&home, 1)["reviews"], 1);
    }
}

#[test]
fn the_same_answer_of_two_cards_is_not_certain() {
    // Two new ones have it.
    let home = Home::with(&one("Who owns a domain?", "The workspace"));
    home.on(0).review("\n3\n");
    home.deck("deck", "cards:\n  - {front: Who has it?, back: The workspace}\n  - {front: Who pays for it?, back: The workspace}\n");
    assert_eq!(home.on(1).listed("is:new").len(), 2);
    assert_eq!(kinds(&home, 1), ["reviewed"]);
    // Two old ones had it.
    let home = Home::with(
        "cards:\n  - {front: Who has it?, back: The workspace}\n  - {front: Who pays for it?, back: The workspace}\n",
    );
    home.on(0).review("\n3\n\n3\n");
    home.deck("deck", &one("Whose is it?", "The workspace"));
    assert_eq!(only(&home, 1)["stage"], "new");
    assert_eq!(kinds(&home, 1), ["reviewed", "reviewed"]);
    // A card that still stands there has it too: the new one is another card.
    let home = Home::with(&one("Who owns a domain?", "The workspace"));
    home.on(0).review("\n3\n");
    home.deck("deck", "cards:\n  - {front: Who owns a domain?, back: The workspace}\n  - {front: Who pays?, back: The workspace}\n");
    assert_eq!(kinds(&home, 1), ["reviewed"]);
    assert_eq!(home.on(1).listed("is:new").len(), 1);
}

#[test]
fn question_and_answer_both_changed_make_another_card() {
    let home = Home::with(&one("What is the capital of France?", "Paris"));
    home.on(0).review("\n3\n");
    // The same frame, another fact: likeness alone decides nothing.
    home.deck("deck", &one("What is the capital of Spain?", "Madrid"));
    assert_eq!(only(&home, 1)["stage"], "new");
    assert_eq!(kinds(&home, 1), ["reviewed"]);
}

#[test]
fn blanks_and_composed_accents_are_no_edit() {
    let home = Home::with(&one("\"Où est  le café ?\"", "ici"));
    home.on(0).review("\n3\n");
    let id = only(&home, 0)["card"].clone();
    home.deck("deck", &one("\" Ou\u{300} est le cafe\u{301} ? \"", "ici"));
    assert_eq!(only(&home, 1)["card"], id);
    assert_eq!(only(&home, 1)["reviews"], 1);
    // Sixteen hex digits of SHA-256 of the question; never changed again.
    let home = Home::with(&one("capital of France", "Paris"));
    assert_eq!(only(&home, 0)["card"], sha256("capital of France"));
}

fn sha256(text: &str) -> String {
    use sha2::Digest;
    let hash = sha2::Sha256::digest(text.as_bytes());
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_changed_answer_is_asked_once_and_shows_the_difference_and_its_date() {
    let home = Home::with(TWO);
    for day in [0, 1, 7] {
        home.on(day).ok("grade a good");
        home.on(day).ok("grade b good");
    }
    home.edit("deck", "back: alpha", "back: the letter alpha");
    let card = home.on(9).card("a");
    assert_eq!((&card["changed"], &card["due"]), (&true.into(), &date(22).into()));
    assert_eq!(home.on(9).due(), ["a"]);
    assert_eq!(home.on(9).listed("is:changed"), ["a"]);
    assert_eq!(home.on(9).listed("is:due"), ["a"]);
    assert!(home.on(9).ok("explain a").contains(&date(7)));
    // Looking at it settles nothing.
    home.on(9).review("\n");
    assert_eq!(home.on(9).due(), ["a"]);
    let out = home.on(9).review("\n3\n");
    in_order(
        &out,
        &[
            "answer changed",
            "Answer: the letter alpha",
            &format!("Changed since {}: ", date(7)),
            "{+the",
            "alpha",
            "a good",
        ],
    );
    assert!(!out.contains("[-"), "nothing is gone: {out}");
    let card = home.on(9).card("a");
    // Early by 13 days: the longer of 15 and ⌈2 · 2.50⌉.
    assert_eq!((&card["changed"], &card["due"]), (&false.into(), &date(9 + 15).into()));
    assert!(home.on(9).due().is_empty());
    // The old answer again is another change; that it was passed with before does not count.
    home.edit("deck", "back: the letter alpha", "back: alpha");
    assert_eq!(home.on(10).card("a")["changed"], true);
}

#[test]
fn a_difference_that_typed_answers_fold_is_no_change() {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good");
    home.on(1).ok("grade a good");
    for back in ["Alpha", "the alpha", "\"alpha.\"", "álpha", "\"  alpha \""] {
        home.deck("deck", &TWO.replace("alpha", back));
        assert_eq!(home.on(2).card("a")["changed"], false, "{back}");
    }
    // Another question, hint or tag with the same answer asks nothing either.
    home.deck(
        "deck",
        &TWO.replace("What is the first letter?", "Which letter is first?\n    hint: a"),
    );
    assert_eq!(home.on(2).card("a")["changed"], false);
    home.deck("deck", &TWO.replace("alpha", "beta"));
    assert_eq!(home.on(2).card("a")["changed"], true);
}

#[test]
fn only_a_card_in_review_can_be_changed() {
    let home = Home::with(TWO);
    home.on(0).ok("grade a again");
    home.edit("deck", "alpha", "aleph");
    assert_eq!(home.on(1).card("a")["changed"], false, "it was never passed");
    assert_eq!(home.on(1).card("b")["changed"], false);
}

#[test]
fn a_failed_changed_card_is_not_asked_as_changed_again() {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good");
    home.on(1).ok("grade a good");
    home.edit("deck", "alpha", "aleph");
    home.on(2).review("\n1\n:q\n");
    assert_eq!(home.on(2).card("a")["stage"], "relearning");
    home.on(3).ok("grade a good");
    assert_eq!(home.on(3).card("a")["changed"], false);
    assert_eq!(home.on(3).card("a")["due"], date(4));
}

#[test]
fn a_deck_that_vanishes_parks_its_cards_and_comes_back_with_their_history() {
    let home = Home::with(&one("Who owns a domain?", "The workspace"));
    home.deck("lang/verbs", "cards: [{id: go, front: to go, back: ir, reverse: true}]\n");
    home.on(0).review("\n3\n\n3\n");
    home.on(0).ok("suspend go/reverse");
    let before = home.on(1).ok("list --json");
    let events = home.on(1).ndjson("history --json").len();
    home.rename("decks", "gone");
    for day in [1, 2] {
        assert!(home.on(day).listed("").is_empty());
        assert_eq!(home.on(day).listed("is:parked").len(), 3);
        assert_eq!(home.on(day).ok("due --count"), "0\n");
    }
    // A card elsewhere with the very same answer is no reason to link.
    home.deck("other", &one("Whose is a domain?", "The workspace"));
    assert_eq!(only(&home, 2)["stage"], "new");
    assert_eq!(home.on(2).ndjson("history --json").len(), events, "nothing was linked");
    assert_eq!(home.on(2).json("check --json")["warnings"], 0, "nor does it look edited");
    std::fs::remove_dir_all(home.path().join("decks")).unwrap();
    home.rename("gone", "decks");
    assert_eq!(home.on(1).ok("list --json"), before);
    assert_eq!(home.on(1).ndjson("history --json").len(), events);
}

#[test]
fn a_card_moves_between_files_with_its_history() {
    let home =
        Home::with(&format!("{TWO}  - front: Who owns a domain?\n    back: The workspace\n"));
    home.on(0).review("\n3\n\n3\n\n3\n");
    let before = home.on(1).ok("doctor --digest");
    home.deck("deck", "cards:\n  - {id: b, front: What is the second letter?, back: beta}\n");
    home.deck(
        "deep/er/other",
        "cards:\n  - {id: a, front: What is the first letter?, back: alpha}\n  - front: Who owns a domain?\n    back: The workspace\n",
    );
    assert_eq!(home.on(1).ok("doctor --digest"), before);
    let card = home.on(1).card("a");
    assert_eq!((&card["deck"], &card["reviews"]), (&"deep/er/other".into(), &1.into()));
    home.rename("decks/deep/er/other.yaml", "decks/renamed.yml");
    assert_eq!(home.on(1).ok("doctor --digest"), before);
    assert_eq!(home.on(1).card("a")["deck"], "renamed");
}

#[test]
fn an_id_that_is_written_later_keeps_the_history() {
    let home = Home::with(&one("Who owns a domain?", "The workspace"));
    home.on(0).review("\n3\n");
    let key = only(&home, 0)["card"].as_str().unwrap().to_owned();
    // The id under which the history stands changes nothing.
    home.edit("deck", "  - front", &format!("  - id: {key}\n    front"));
    assert_eq!(only(&home, 1)["reviews"], 1);
    assert_eq!(kinds(&home, 1), ["reviewed"]);
    // With an id the question may change as it likes.
    home.edit("deck", "Who owns a domain?", "Something else entirely");
    assert_eq!(only(&home, 1)["reviews"], 1);
}

#[test]
fn an_unchanged_card_whose_id_is_taken_out_keeps_its_history() {
    let home =
        Home::with("cards:\n  - id: owner\n    front: Who owns a domain?\n    back: \"No\"\n");
    home.on(0).ok("grade owner good");
    home.edit("deck", "  - id: owner\n    front", "  - front");
    let card = only(&home, 1);
    assert_eq!(
        (&card["card"], &card["reviews"]),
        (&sha256("Who owns a domain?").into(), &1.into())
    );
    // And back again: one card under two names.
    home.on(1).review("\n3\n");
    home.edit("deck", "  - front", "  - id: owner\n    front");
    assert_eq!(only(&home, 2)["reviews"], 2);
}

#[test]
fn two_notes_with_the_same_front_are_two_cards_and_keep_their_progress() {
    let home = Home::with("cards:\n  - {front: bank, back: of a river}\n");
    home.on(0).review("\n3\n");
    let alone = only(&home, 0)["card"].clone();
    assert_eq!(alone, sha256("bank"));
    // A second one comes: the keys are made of front and back now.
    home.deck(
        "deck",
        "cards:\n  - {front: bank, back: of a river}\n  - {front: bank, back: for money}\n",
    );
    let cards = home.on(1).json("list --json")["cards"].take();
    let cards = cards.as_array().unwrap();
    assert_eq!(cards.len(), 2);
    assert_ne!(cards[0]["card"], cards[1]["card"]);
    assert_eq!((&cards[0]["reviews"], &cards[1]["reviews"]), (&1.into(), &0.into()));
    assert_eq!(home.on(1).json("check --json")["errors"], 0);
    home.on(1).ok(&format!("grade {} good", cards[1]["card"].as_str().unwrap()));
    // And goes: the first has its old key, and its own history only.
    home.deck("deck", "cards:\n  - {front: bank, back: of a river}\n");
    assert_eq!(only(&home, 2)["reviews"], 1);
    assert_eq!(only(&home, 2)["card"], alone);
}

#[test]
fn two_notes_that_agree_in_all_are_an_error_that_names_both() {
    let home = Home::with(
        "cards:\n  - {front: bank, back: of a river}\n  - {front: bank, back: of a river}\n",
    );
    let ran = home.on(0).run("check --json").exits(1);
    let check: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let one = &check["diagnostics"][0];
    assert_eq!(one["line"], 3, "{one}");
    assert!(format!("{} {}", one["message"], one["help"]).contains("decks/deck.yaml:2"), "{one}");
    only(&home, 0);
}

#[test]
fn undo_after_an_edit_takes_back_the_answer_and_not_the_link() {
    let home = Home::with(&one("Who owns a domain?", "The workspace"));
    home.on(0).review("\n3\n");
    home.deck("deck", &one("Whose is a domain?", "The workspace"));
    home.on(1).review("\n3\n");
    assert_eq!(only(&home, 1)["reviews"], 2);
    assert!(home.on(1).ok("undo").contains("25 Nov 2026"));
    assert_eq!(only(&home, 1)["reviews"], 1);
    // The answer under the old id, through the link.
    assert!(home.on(1).ok("undo").contains("24 Nov 2026"));
    assert_eq!(only(&home, 1)["stage"], "new");
    home.on(1).run("undo").exits(1);
}

#[test]
fn a_link_made_by_hand_can_be_taken_back_and_parts_the_cards() {
    use retain::card::CardId;
    use retain::history::Deed;
    use retain::store::{Entry, Store};

    let home = Home::with(TWO);
    home.on(0).ok("grade a good");
    home.on(1).ok("grade b again");
    let apart = home.on(2).ok("doctor --digest").lines().nth(1).unwrap().to_owned();
    // As the question on a terminal writes it.
    let now = chrono::DateTime::parse_from_rfc3339("2026-11-26T10:00:00Z").unwrap().into();
    let mut store = Store::open(&home.database(), Box::new(|| [7; 16])).unwrap();
    let deed = Deed::Linked { from: CardId::new("a"), by_itself: false };
    let entry = Entry::now(CardId::new("b"), deed, now);
    store.append(&[entry], &Default::default()).unwrap();
    drop(store);
    for card in ["a", "b"] {
        let card = home.on(2).card(card);
        assert_eq!(
            (&card["reviews"], &card["lapses"]),
            (&2.into(), &1.into()),
            "one card's: {card}"
        );
    }
    assert!(home.on(2).ok("undo").contains("linked with a"));
    assert_eq!(home.on(2).ok("doctor --digest").lines().nth(1).unwrap(), apart);
}

#[test]
fn a_cards_id_is_kept_when_its_note_gets_a_reverse() {
    let home = Home::with("cards:\n  - front: casa\n    back: house\n");
    home.on(0).review("\n3\n");
    let key = only(&home, 0)["card"].as_str().unwrap().to_owned();
    home.edit("deck", "    back: house\n", "    back: house\n    reverse: true\n");
    assert_eq!(home.on(1).listed(""), [key.clone(), format!("{key}/reverse")]);
    assert_eq!(home.on(1).card(&key)["reviews"], 1);
    // The front's rewording is certain. It is the answer of the reverse, which only looks edited.
    home.on(1).ok(&format!("grade {key}/reverse easy"));
    home.edit("deck", "front: casa", "front: una casa");
    let cards = home.on(2).json("list --json")["cards"].take();
    assert_eq!((&cards[0]["reviews"], &cards[1]["reviews"]), (&1.into(), &0.into()), "{cards}");
    assert_eq!(home.on(2).json("check --json")["diagnostics"][0]["code"], "looks-edited");
}

#[test]
fn a_thousand_ids_that_are_written_at_once_keep_every_history() {
    let without = (1..=1_000).map(|n| format!("  - {{ front: question {n}, back: answer {n} }}\n"));
    let without = format!("cards:\n{}", without.collect::<String>());
    let with_ids = |prefix: &str| {
        let cards = (1..=1_000)
            .map(|n| format!("  - {{ id: {prefix}{n}, front: question {n}, back: answer {n} }}\n"));
        format!("cards:\n{}", cards.collect::<String>())
    };
    let home = Home::with(&without);
    let grades: String = home
        .on(0)
        .listed("")
        .iter()
        .map(|id| format!("{{\"card\":\"{id}\",\"rating\":3}}\n"))
        .collect();
    home.on(0).input(grades).run("grade --stdin").exits(0);
    for prefix in ["old", "new"] {
        home.deck("deck", &with_ids(prefix));
        assert_eq!(home.on(1).ok("due --count").trim(), "1000", "{prefix}");
        assert_eq!(home.on(1).listed("is:new").len(), 0, "{prefix}");
    }
    assert_eq!(kinds(&home, 1).iter().filter(|kind| *kind == "linked").count(), 2_000);
}

#[test]
fn a_card_that_only_a_link_names_has_the_past_of_what_it_is_linked_with() {
    let home = Home::with(super::support::TWO);
    home.on(0).ok("grade a good");
    home.sql()
        .execute(
            "INSERT INTO history (id, device, device_seq, card, at_ms, utc_offset_s, day, kind, extra)
             VALUES (randomblob(16), 1, 9, 1, 0, 0, 0, 'linked', '{\"from\":\"b\"}')",
            [],
        )
        .unwrap();
    assert_eq!(home.on(0).card("b")["reviews"], 1);
    home.drop_caches();
    assert_eq!(home.on(0).card("b")["due"], "2026-11-25");
    assert!(home.on(0).ok("history b").contains("good"));
}
