//! `show`: cards in full.

use super::support::{Home, TWO, ids};

const FULL: &str = "\
deck: Domains
tags: [sso]
cards:
  - id: domains-100
    front: What must be proven before SSO can be set up for a domain?
    back: Domain ownership
    accept: [domain verification]
    hint: DNS has a part in it
    why: Shown after the answer.
    source: https://example.org
    tags: [setup]
    value: 100
  - id: causes
    front: Why can one person show up as two users?
    back: [the e-mail address changed, the domain was migrated]
    need: 1
  - id: both
    front: casa
    back: house
    reverse: true
";

#[test]
fn a_card_is_shown_with_all_that_its_deck_says() {
    let home = Home::with(FULL);
    let ran = home.on(0).run("show domains-100 causes").exits(0).silently();
    insta::assert_snapshot!(ran.out, @r"
    domains-100  decks/deck.yaml:4
      front     What must be proven before SSO can be set up for a domain?
      back      Domain ownership
      accept    domain verification
      hint      DNS has a part in it
      why       Shown after the answer.
      source    https://example.org
      tags      sso, setup
      value     100 points, in the column Domains
      deck      deck
      stage     new

    causes  decks/deck.yaml:13
      front     Why can one person show up as two users?
      back      - the e-mail address changed
                - the domain was migrated
      need      1, in any order
      tags      sso
      deck      deck
      stage     new
    ");
}

#[test]
fn a_reviewed_card_shows_its_standing() {
    let home = Home::with(FULL);
    home.on(0).ok("grade domains-100 good");
    home.on(1).ok("grade domains-100 easy");
    let shown = home.on(3).ok("show domains-100");
    for part in ["review", "2026-12-01 (in 4 days)", "6 days, ease 2.60", "2 counted, 0 lapses"] {
        assert!(shown.contains(part), "{part} in\n{shown}");
    }
}

#[test]
fn a_note_means_all_its_sides_and_each_card_is_shown_once() {
    let home = Home::with(FULL);
    for (names, shown) in [
        ("both", &["both", "both/reverse"][..]),
        ("both/reverse", &["both/reverse"]),
        ("both/reverse both causes both", &["both/reverse", "both", "causes"]),
    ] {
        assert_eq!(ids(&home.on(0).json(&format!("show --json {names}"))), shown, "{names}");
    }
}

#[test]
fn an_unknown_card_is_an_error_and_shows_nothing() {
    let home = Home::with(TWO);
    for line in ["show zzz", "show a zzz", "show --json a zzz"] {
        let ran = home.on(0).run(line).exits(1).says("no card \"zzz\"");
        assert_eq!(ran.out, "", "{line}");
    }
    home.on(0).run("show").exits(2);
}

#[test]
fn a_parked_card_can_be_shown_and_says_so() {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good");
    home.rename("decks/deck.yaml", "deck.yaml");
    let shown = home.on(1).ok("show a");
    assert!(shown.contains("parked"), "{shown}");
    assert!(shown.contains("alpha"), "the wording that it was asked with: {shown}");
    assert_eq!(home.on(1).card("a")["reviews"], 1);
}

#[test]
fn nothing_active_in_a_card_reaches_the_terminal() {
    let home = Home::with(
        "cards: [{id: evil, front: \"\\e[2J\\x9b31m\\u202Egnp\\a\", back: \"\\e]0;title\\a\", hint: \"a\\rb\\bc\"}]\n",
    );
    for line in
        ["show evil", "list", "show evil --json", "list --json", "due --json", "explain evil"]
    {
        let out = home.on(0).ok(line);
        let active =
            |c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c);
        assert!(!out.contains(active), "{line}: {out:?}");
    }
    assert_eq!(home.on(0).card("evil")["hint"], "a\rb\u{8}c", "the data itself is whole");
    let asked = home.on(0).review(":h\n\n3\n");
    assert!(!asked.contains(|c: char| c.is_control() && c != '\n'), "{asked:?}");
    assert!(asked.contains('\u{fffd}'), "{asked:?}");
}
