//! `edit`, and `:e` in a review: the person's editor, and progress that follows.

use super::support::{Home, in_order};

const DECK: &str = "cards:\n  - front: capital of France\n    back: Paris\n    reverse: true\n  - {id: de, front: capital of Germany, back: Berlin}\n";

/// Runs `line` with an editor that does `sed` to the deck.
fn edited(home: &Home, line: &str, sed: &str, input: &str) -> (bool, String) {
    let at = home.on(1);
    let mut command = at.command(line.split(' '));
    home.file("input", input);
    let input = std::fs::File::open(home.path().join("input")).unwrap();
    let output = command
        .env("EDITOR", format!("sed -i -e '{sed}'"))
        .env_remove("VISUAL")
        .stdin(input)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}

fn ids(home: &Home) -> Vec<String> {
    home.on(1).listed("")
}

#[test]
fn a_card_without_an_id_that_is_edited_here_keeps_the_progress_of_both_sides() {
    let home = Home::with(DECK);
    let [front, reverse, _] = <[String; 3]>::try_from(ids(&home)).unwrap();
    home.on(0).ok(&format!("grade {front} good"));
    home.on(0).ok(&format!("grade {reverse} easy"));
    // Question and answer are other ones: nothing but where it was done tells that it is the same.
    let sed = "s/capital of France/What is the first city of the French?/; s/Paris/Lutetia/";
    let (done, said) = edited(&home, &format!("edit {front}"), sed, "");
    assert!(done, "{said}");
    let [now, now_reverse, _] = <[String; 3]>::try_from(ids(&home)).unwrap();
    assert_ne!(now, front);
    assert!(said.contains(&format!("{now}: edited; it goes on where {front} was")), "{said}");
    assert_eq!(home.on(1).card(&now)["reviews"], 1);
    assert_eq!(home.on(1).card(&now_reverse)["reviews"], 1);
    assert_eq!(home.on(1).listed("is:parked"), [""; 0]);
}

#[test]
fn an_edit_says_what_became_of_the_card() {
    let home = Home::with(DECK);
    home.on(0).ok("grade de good");
    for (sed, words) in [
        ("s/x/x/", "de: nothing changed"),
        ("s/Berlin/Berlin since 1990/", "de: edited"),
        (
            "s/front: capital of G/frnt: capital of G/",
            "de cannot be asked as long as a mistake is left in its",
        ),
        ("s/frnt: capital of G/front: capital of G/", "de: edited"),
        ("/id: de/d", "de is gone from its deck; its history waits for it"),
    ] {
        let (done, said) = edited(&home, "edit de", sed, "");
        assert!(said.contains(words), "{said}");
        assert_eq!(done, !words.contains("cannot be asked"), "{said}");
    }
}

#[test]
fn a_mistake_is_shown_with_its_line_and_costs_no_progress() {
    let home = Home::with(DECK);
    home.on(0).ok("grade de good");
    let (done, said) = edited(&home, "edit de", "s/back: Berlin/bakc: Berlin/", "");
    assert!(!done, "a mistake is left: {said}");
    in_order(&said, &["unknown-key", "decks/deck.yaml:5", "did you mean `back`?"]);
    let (_, said) = edited(&home, "edit de", "s/bakc/back/", "");
    assert!(said.contains("de: edited"), "{said}");
    assert_eq!(home.on(1).card("de")["reviews"], 1);
}

#[test]
fn an_editor_that_fails_or_is_missing_is_named() {
    let home = Home::with(DECK);
    for (editor, words) in [
        ("false", "the editor `false` failed"),
        ("no-such-editor", "set VISUAL or EDITOR to an editor that you have"),
    ] {
        let output = home.on(0).command(["edit", "de"]).env("VISUAL", editor).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(1) && said.contains(words), "{said}");
    }
    home.on(0).run("edit nobody").exits(1).says("no card \"nobody\"");
}

#[test]
fn the_editor_opens_at_the_line_of_the_card() {
    let home = Home::with(DECK);
    for (name, wanted) in [("vim", "+5 "), ("hx", "deck.yaml:5"), ("other", "deck.yaml\n")] {
        let editor = home.path().join(name);
        std::fs::write(&editor, "#!/bin/sh\necho \"$@\"\n").unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&editor, mode).unwrap();
        let output = home.on(0).command(["edit", "de"]).env("VISUAL", editor).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.contains(wanted), "{name}: {said}");
    }
}

#[test]
fn a_review_goes_on_with_the_new_text() {
    let home = Home::with(DECK);
    let sed = "s/capital of France/first city of France/; s/Paris/Lutetia/";
    let (done, said) = edited(&home, "review --plain", sed, ":e\n\n3\n:q\n");
    assert!(done, "{said}");
    let parts = [
        "Question: capital of France",
        ": edited; it goes on where ",
        "Question: first city of France",
        "Answer: Lutetia",
        " good, again tomorrow",
    ];
    in_order(&said, &parts);
    let first = &ids(&home)[0];
    assert!(said.contains(&format!("{first} good, ")), "{said}");
}

#[test]
fn a_card_that_is_deleted_in_a_review_is_passed_over() {
    let home = Home::with(DECK);
    home.on(0).ok("suspend --query France");
    let (done, said) = edited(&home, "review --plain", "/id: de/d", ":e\n");
    assert!(done, "{said}");
    in_order(&said, &["capital of Germany", "de is gone from its deck", "Nothing answered"]);
}

#[test]
fn progress_never_goes_to_a_card_that_only_came_when_another_went() {
    for (deck, card) in [
        (DECK, "de"),
        (
            "cards:\n  - {front: x, back: y}\n  - {id: b, front: c, back: d}\n  - {front: e, back: f}\n",
            "b",
        ),
    ] {
        let home = Home::with(deck);
        home.on(0).ok(&format!("grade {card} good"));
        // In the place of it, and elsewhere.
        let new = "  - {id: new, front: another, back: thing}";
        let sed = match card {
            "de" => format!("s/.*id: de,.*/{new}/"),
            _ => format!("/id: {card},/d; $ a\\{new}"),
        };
        let (_, said) = edited(&home, &format!("edit {card}"), &sed, "");
        assert!(said.contains(&format!("{card} is gone from its deck")), "{said}");
        assert_eq!(home.on(1).card("new")["reviews"], 0, "{said}");
        assert_eq!(home.on(1).card(card)["reviews"], 1, "it waits");
    }
}

#[test]
fn a_gap_keeps_its_progress_when_another_one_is_put_before_it_here() {
    let home = Home::with("cards:\n  - cloze: \"{{Paris}} is in {{France}}\"\n");
    let paris = ids(&home)[0].clone();
    home.on(0).ok(&format!("grade {paris} good"));
    let (_, said) =
        edited(&home, &format!("edit {paris}"), "s/{{Paris}}/In {{Europe}} {{Paris}}/", "");
    let reviews = |id: &String| home.on(1).card(id)["reviews"].clone();
    let seen: Vec<_> = ids(&home).iter().map(reviews).collect();
    assert_eq!(seen, [0, 1, 0], "{said}");
}

#[test]
fn an_id_that_another_card_has_is_a_mistake_that_is_told() {
    let home = Home::with(DECK);
    let (done, said) = edited(&home, "edit de", "$ a\\  - {id: de, front: another, back: one}", "");
    assert!(!done && said.contains("duplicate-id"), "{said}");
}

#[test]
fn a_deck_that_cannot_be_read_any_more_leaves_its_cards_out() {
    let home = Home::with(DECK);
    home.on(0).ok("grade de good");
    let (done, said) = edited(&home, "edit de", "s/id: de,/id: [de,/", "");
    assert!(
        !done && said.contains("de cannot be asked as long as a mistake is left in its"),
        "{said}"
    );
}
