//! `check --fix`: what is certain is written into the decks, and every other byte stays.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use super::support::{Home, TWO, fields, sorted};

/// A deck in several styles, without ids and with slips that are certain to mend.
const MINE: &str = "\u{feff}# mine\r\ndeck: Mine\r\ncards:\r\n  # the first\r\n  - front: |-\r\n      two\r\n      lines\r\n    back: &b \"b c\" # told\r\n  - {front: \"'x'\", back: *b}\r\n\r\n  - Front: y?\r\n    # why\r\n    back: >\r\n      folded\r\n      text\r\n    value: \"100\"\r\n  - { id: own, front: z?, back: Z, reverse: yes }";

fn read(home: &Home, name: &str) -> String {
    std::fs::read_to_string(home.path().join(format!("decks/{name}.yaml"))).unwrap()
}

fn reworded(home: &Home, was: &str, is: &str) {
    let text = read(home, "deck");
    assert!(text.contains(was), "{text}");
    home.deck("deck", &text.replace(was, is));
}

#[test]
fn ids_and_mends_are_written_and_every_other_byte_stays() {
    let home = Home::with(MINE);
    let ran = home.on(0).run("check --fix").exits(0).silently();
    let ids: Vec<String> =
        home.on(0).listed("-id:own").into_iter().filter(|id| !id.contains('/')).collect();
    assert_eq!(ids.len(), 3);
    let wanted = MINE
        .replace("- front: |-", &format!("- id: {}\r\n    front: |-", ids[0]))
        .replace("- {front", &format!("- {{id: {}, front", ids[1]))
        .replace("- Front", &format!("- id: {}\r\n    front", ids[2]))
        .replace("\"100\"", "100")
        .replace("reverse: yes", "reverse: true");
    assert_eq!(read(&home, "deck"), wanted);
    insta::assert_snapshot!(ran.out, @"
    decks/deck.yaml: 3 ids written
    decks/deck.yaml:12:5: mended: unknown key `Front` → `front`
    decks/deck.yaml:17:12: mended: `value: 100` is a text in quotes, not a number → `100`
    decks/deck.yaml:18:45: mended: `reverse: yes` is neither true nor false → `true`
    5 cards in 1 deck
    no mistakes found
    ");
    // There is nothing more to do.
    assert!(!home.on(0).ok("check --fix").contains("written"));
    assert_eq!(read(&home, "deck"), wanted);
}

#[test]
fn with_an_id_a_card_can_be_reworded_on_both_sides() {
    let home = Home::with("cards:\n  - front: Who owns a domain?\n    back: The workspace\n");
    let id = home.on(0).listed("").remove(0);
    home.on(0).ok(&format!("grade {id} good"));
    let digest = home.on(0).ok("doctor --digest");
    home.on(0).ok("check --fix");
    assert_eq!(home.on(0).ok("doctor --digest"), digest, "nobody can tell but by the file");
    reworded(&home, "Who owns a domain?", "A domain belongs to whom?");
    reworded(&home, "The workspace", "An organisation");
    assert_eq!(home.on(1).card(&id)["reviews"], 1);
    assert_eq!(home.on(1).listed("is:new"), [""; 0]);
}

#[test]
fn the_id_is_the_one_under_which_the_history_stands() {
    let home = Home::with("cards:\n  - front: Who owns a domain?\n    back: The workspace\n");
    let old = home.on(0).listed("").remove(0);
    home.on(0).ok(&format!("grade {old} good"));
    reworded(&home, "Who owns a domain?", "A domain belongs to whom?");
    let new = home.on(0).listed("").remove(0);
    assert_ne!(new, old);
    home.on(0).ok("check --fix");
    assert!(read(&home, "deck").contains(&format!("id: {old}\n")));
    // Another machine that knows the old one, and no link, goes on with it.
    let other = Home::new();
    other.deck("deck", &read(&home, "deck"));
    other.on(0).ok(&format!("grade {old} easy"));
    assert_eq!(home.on(0).card(&old)["reviews"], 1);
}

#[test]
fn a_card_that_may_be_an_old_one_gets_no_id_until_that_is_told() {
    let home = Home::with("cards:\n  - front: Who owns a domain?\n    back: The workspace\n");
    home.on(0).review("\n3\n");
    let edited = "cards:\n  - front: Who owns a domain now?\n    back: The organisation\n";
    home.deck("deck", edited);
    let checked = home.on(0).run("check --fix").exits(0).out;
    assert!(checked.contains("looks like an edit"), "{checked}");
    assert_eq!(read(&home, "deck"), edited);
}

#[test]
fn a_dry_run_says_all_of_it_and_writes_nothing() {
    let home = Home::with(MINE);
    let ran = home.on(0).run("check --fix --dry-run").exits(1);
    let would: Vec<&str> = ran.out.lines().filter(|line| line.contains("would")).collect();
    let ids = home.on(0).listed("-id:own");
    assert_eq!(
        would,
        [
            &*format!("decks/deck.yaml:5: would write: id: {}", ids[0]),
            &*format!("decks/deck.yaml:9: would write: id: {}", ids[1]),
            "decks/deck.yaml:11:5: would mend: unknown key `Front` → `front`",
            "decks/deck.yaml:16:12: would mend: `value: 100` is a text in quotes, not a number → `100`",
            "decks/deck.yaml:17:45: would mend: `reverse: yes` is neither true nor false → `true`",
        ]
    );
    assert_eq!(read(&home, "deck"), MINE);
    home.on(0).run("check --dry-run").exits(2).says("--fix");
}

#[test]
fn json_tells_what_can_be_mended_and_what_was() {
    let home = Home::with(MINE);
    let json: Value = serde_json::from_str(&home.on(0).run("check --json").exits(1).out).unwrap();
    let fixable: Vec<_> = json["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["code"].as_str().unwrap(), one["fixable"].as_bool().unwrap()))
        .collect();
    assert_eq!(fixable, [("unknown-key", true), ("bad-value", true), ("bad-value", true)]);
    let json = home.on(0).json("check --fix --json");
    assert_eq!(fields(&json), sorted(&["errors", "warnings", "diagnostics", "fixed"]));
    let fixed = json["fixed"].as_array().unwrap();
    assert_eq!(
        fields(&fixed[0]),
        sorted(&["file", "line", "column", "code", "message", "written"])
    );
    let codes: Vec<_> = fixed.iter().map(|one| one["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["id", "id", "unknown-key", "bad-value", "bad-value", "id"]);
    assert_eq!(json["errors"], 0);
}

#[test]
fn what_cannot_be_mended_is_said_and_the_rest_is_done() {
    let home = Home::with(TWO);
    home.deck("bad", "cards:\n  - frnt: q\n    back: b\n  - front: r\n    back: c\n");
    home.deck("broken", "cards: [\n");
    home.file("decks/other.yaml", "services: {}\n");
    let ran = home.on(0).run("check --fix").exits(1);
    assert!(ran.out.starts_with("decks/bad.yaml: 1 id written\n"), "{}", ran.out);
    assert!(ran.out.contains("unknown key `frnt`") && ran.out.contains("decks/broken.yaml"));
    assert!(read(&home, "bad").starts_with("cards:\n  - frnt: q\n"));
    assert_eq!(
        (read(&home, "broken"), read(&home, "other")),
        ("cards: [\n".into(), "services: {}\n".into())
    );
}

#[test]
fn a_folder_that_cannot_be_written_is_named_and_costs_no_other_deck() {
    let home = Home::with("cards: [{front: a b, back: c}]\n");
    home.file("decks/shut/deck.yaml", "cards: [{front: d e, back: f}]\n");
    let shut = home.path().join("decks/shut");
    std::fs::set_permissions(&shut, PermissionsExt::from_mode(0o555)).unwrap();
    if std::fs::write(shut.join("probe"), "").is_ok() {
        return; // an administrator may write anywhere
    }
    let ran = home.on(0).run("check --fix").exits(1);
    std::fs::set_permissions(&shut, PermissionsExt::from_mode(0o755)).unwrap();
    assert!(ran.out.contains("decks/deck.yaml: 1 id written"), "{}", ran.out);
    assert!(ran.out.contains("error[not-written]: decks/shut/deck.yaml"), "{}", ran.out);
}

#[test]
fn one_file_of_a_home_or_one_anywhere_can_be_fixed_alone() {
    let home = Home::with("cards: [{front: a b, back: c}]\n");
    home.deck("lang/other", "cards: [{front: d e, back: f}, {front: x, bakc: y}]\n");
    home.file("notes/mine.yaml", "- front: g h\n  back: i\n");
    let ids = home.on(0).listed("");
    let path = home.path().join("decks/deck.yaml");
    let ran = home.on(0).run_args(["check", "--fix", path.to_str().unwrap()]).exits(0);
    assert_eq!(ran.out, "decks/deck.yaml: 1 id written\nno mistakes found\n");
    assert_eq!(read(&home, "deck"), format!("cards: [{{id: {}, front: a b, back: c}}]\n", ids[0]));
    assert!(!read(&home, "lang/other").contains("id"));
    let folder = home.path().join("decks/lang");
    let ran = home.on(0).run_args(["check", folder.to_str().unwrap()]).exits(1);
    assert!(ran.out.contains("decks/lang/other.yaml:1:"), "{}", ran.out);
    let ran = home.on(0).run("check --fix notes/mine.yaml").exits(0);
    assert!(ran.out.starts_with("notes/mine.yaml: 1 id written\nnotes/mine.yaml:1:3: mended: cards without `cards:` above them → `cards:`\n"), "{}", ran.out);
    let text = std::fs::read_to_string(home.path().join("notes/mine.yaml")).unwrap();
    assert!(
        text.starts_with("cards:\n- id: ") && text.ends_with("\n  front: g h\n  back: i\n"),
        "{text}"
    );
}

#[test]
fn a_link_stays_a_link() {
    let home = Home::new();
    home.file("checkout/words.yaml", "cards: [{front: a b, back: c}]\n");
    std::fs::create_dir_all(home.path().join("decks")).unwrap();
    let link = home.path().join("decks/words.yaml");
    std::os::unix::fs::symlink("../checkout/words.yaml", &link).unwrap();
    home.on(0).ok("check --fix");
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert!(read(&home, "words").contains("id: "));
}

#[test]
fn of_two_cards_with_one_question_both_get_an_id_or_none() {
    let two = "cards:\n- {front: chat, back: cat}\n- {front: chat, back: talk}\n";
    let home = Home::with(two);
    let ids = home.on(0).listed("");
    home.on(0).ok(&format!("grade {} good", ids[1]));
    home.on(0).ok("check --fix");
    assert_eq!(home.on(0).listed(""), ids);
    assert_eq!(home.on(0).card(&ids[1])["reviews"], 1);
    // The very same card twice is for its writer to sort out.
    let twice = "cards:\n- {front: chat, back: cat}\n- {front: chat, back: cat}\n";
    let home = Home::with(twice);
    home.on(0).run("check --fix").exits(1).says("");
    assert_eq!(read(&home, "deck"), twice);
}

#[test]
fn cards_without_an_id_are_counted_and_the_way_is_told() {
    let home = Home::with("cards: [{front: a b, back: c}]\n");
    let checked = home.on(0).ok("check");
    assert!(
        checked.contains("1 card has no `id`; `retain check --fix` writes it one"),
        "{checked}"
    );
    let many: String = (0..3).map(|n| format!("- {{front: a {n}, back: c}}\n")).collect();
    home.deck("many", &format!("cards:\n{many}"));
    assert!(home.on(0).ok("check").contains("4 cards have no `id`"));
    home.on(0).ok("check --fix");
    assert!(!home.on(0).ok("check").contains("no `id`"));
}

#[test]
fn a_text_with_gaps_gets_an_id_and_keeps_its_progress() {
    let home = Home::with(
        "cards:\n  - cloze: \"{{Paris}} lies on the {{Seine}}.\"\n  - cloze: \"{{c1::Rome}} is old.\"\n",
    );
    let ids = home.on(0).listed("Paris");
    home.on(0).ok(&format!("grade {} good", ids[0]));
    home.on(0).ok("check --fix");
    assert!(!home.on(0).ok("check").contains("no `id`"));
    let fixed = std::fs::read_to_string(home.path().join("decks/deck.yaml")).unwrap();
    assert_eq!(fixed.matches("id: ").count(), 2, "{fixed}");
    assert_eq!(home.on(0).listed("Paris"), ids, "the names stay");
    assert_eq!(home.on(0).card(&ids[0])["reviews"], 1);
}
