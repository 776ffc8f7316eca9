//! `check`: what is wrong in the decks, with its place.

use serde_json::{Value, json};

use super::support::{Home, TWO, fields, in_order, sorted};

const BAD: &str = "\
deck: Bad
cards:
  - id: x
    front: No back here?
  - id: y
    frnt: Unknown key
    front: q
    back: b
  - id: good
    front: ok
    back: fine
";

/// Returns the findings as `file:line:column code`.
fn found(json: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let findings = json["diagnostics"].as_array().unwrap();
    findings
        .iter()
        .map(|one| {
            format!(
                "{}:{}:{} {}",
                text(&one["file"]),
                one["line"],
                one["column"],
                text(&one["code"])
            )
        })
        .collect()
}

fn check(home: &Home, status: i32) -> Value {
    serde_json::from_str(&home.on(0).run("check --json").exits(status).out).unwrap()
}

#[test]
fn decks_without_mistakes_pass() {
    let home = Home::with(TWO);
    home.deck("lang/verbs", "cards: [{front: to go, back: ir}]\n");
    home.file("decks/compose.yml", "services:\n  web: {}\n");
    home.file("decks/.hidden.yaml", "cards: [\n");
    let ran = home.on(0).run("check").exits(0).silently();
    assert_eq!(
        ran.out,
        "3 cards in 2 decks; 1 YAML file is no deck\nno mistakes found\n1 card has no `id`; `retain check --fix` writes it one, so that no rewording\ncosts progress\n"
    );
    let clean = json!({"errors": 0, "warnings": 0, "diagnostics": []});
    assert_eq!(check(&home, 0), clean);
}

#[test]
fn every_mistake_is_shown_with_its_line_a_caret_and_a_way_out() {
    let home = Home::with(TWO);
    home.deck("bad", BAD);
    let ran = home.on(0).run("check").exits(1);
    in_order(
        &ran.out,
        &[
            "error[missing-back]: card has no `back`",
            "decks/bad.yaml:3:5",
            "3 │   - id: x",
            "━",
            "help: add a `back:` line, or delete the card",
            "error[unknown-key]: unknown key `frnt`",
            "decks/bad.yaml:6:5",
            "6 │     frnt: Unknown key",
            "━━━━",
            "did you mean `front`?",
            "2 errors",
        ],
    );
}

#[test]
fn json_has_the_numbers_and_every_finding_with_its_place() {
    let home = Home::with(TWO);
    home.deck("bad", BAD);
    let json = check(&home, 1);
    assert_eq!(fields(&json), sorted(&["errors", "warnings", "diagnostics"]));
    assert_eq!((&json["errors"], &json["warnings"]), (&2.into(), &0.into()));
    let wanted = ["file", "line", "column", "severity", "code", "message", "help", "fixable"];
    for one in json["diagnostics"].as_array().unwrap() {
        assert_eq!(fields(one), sorted(&wanted));
    }
    assert_eq!(
        json["diagnostics"][0],
        json!({
            "file": "decks/bad.yaml", "line": 3, "column": 5, "severity": "error",
            "code": "missing-back", "message": "card has no `back`",
            "help": "add a `back:` line, or delete the card", "fixable": false,
        })
    );
    assert_eq!(found(&json), ["decks/bad.yaml:3:5 missing-back", "decks/bad.yaml:6:5 unknown-key"]);
}

#[test]
fn each_kind_of_mistake_has_its_place() {
    for (text, place) in [
        ("cards:\n  - front: q\n    back:\n", "3:5 empty-text"),
        ("cards:\n  - front: q\n    front: r\n    back: b\n", "3:5 duplicate-key"),
        ("cards:\n  - front: q\n\tback: b\n", "3:1 tab"),
        ("cards:\n  - front: q\n    back: [a, b]\n    need: 3\n", "4:11 need-too-large"),
        ("cards:\n  - id: a b\n    front: q\n    back: b\n", "2:9 bad-id"),
        ("cards:\n  - front: q\n    back: b\n    value: many\n", "4:12 bad-value"),
        ("cards:\n  - cloze: a {{c1::b}}\n    front: q\n", "2:5 cloze-and-front"),
        ("crads: []\ncards: [{front: q, back: b}]\n", "1:1 unknown-key"),
        ("options: {new_per_dya: 4}\ncards: [{front: q, back: b}]\n", "1:11 unknown-key"),
        ("cards: [{front: q, back: b}\n", "1:8 bracket"),
        ("cards:\n  - just a text\n", "2:5 not-a-card"),
    ] {
        let home = Home::with(text);
        let found = found(&check(&home, 1));
        assert_eq!(found.len(), 1, "{text}{found:?}");
        let found = found[0].strip_prefix("decks/deck.yaml:").unwrap();
        // What kind it is called is for the deck reader's own tests, its place is for editors.
        assert_eq!(found.split(' ').next(), place.split(' ').next(), "{text}{found}");
    }
}

#[test]
fn one_bad_deck_does_not_stop_the_others_and_is_named_before_a_review() {
    let home = Home::with(TWO);
    home.deck("bad", BAD);
    home.deck("broken", "cards: [\n");
    assert_eq!(home.on(0).due(), ["good", "a", "b"]);
    let ran = home.on(0).input("\n3\n\n3\n\n3\n").run("review --plain").exits(0);
    in_order(
        &ran.err,
        &[
            "decks/bad.yaml:3:5: card has no `back`",
            "decks/bad.yaml:6:5: ",
            "decks/broken.yaml:1:",
            "3 errors",
        ],
    );
    for card in ["good good", "a good", "b good"] {
        assert!(ran.out.contains(card), "{card} in\n{}", ran.out);
    }
    // Before: on one screen the warning stands above the first card.
    let both = home.on(1).command(["review", "--plain"]);
    let output = both_in_one(both);
    in_order(&output, &["decks/bad.yaml:3:5", "Question: "]);
}

/// Returns standard output and error as one stream.
fn both_in_one(mut command: std::process::Command) -> String {
    let (mut reader, writer) = std::io::pipe().unwrap();
    let mut child = command.stdout(writer.try_clone().unwrap()).stderr(writer).spawn().unwrap();
    drop(command);
    let mut text = String::new();
    std::io::Read::read_to_string(&mut reader, &mut text).unwrap();
    assert!(child.wait().unwrap().success());
    text
}

#[test]
fn a_card_that_was_right_once_keeps_its_history_while_its_deck_is_broken() {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good");
    home.edit("deck", "back: alpha", "bakc: alpha");
    home.on(1).run("check").exits(1);
    assert_eq!(home.on(1).due(), ["b"]);
    home.edit("deck", "bakc: alpha", "back: alpha");
    assert_eq!(home.on(1).card("a")["reviews"], 1);
}

#[test]
fn files_and_folders_are_checked_without_a_home() {
    let home = Home::new();
    home.file("notes/one.yaml", TWO);
    home.file("notes/deep/two.yml", BAD);
    home.file("notes/three.yaml", "cards: [{front: q}]\n");
    let ran = home.on(0).run("check notes/one.yaml").exits(0).silently();
    assert_eq!(ran.out, "2 cards in 1 deck\nno mistakes found\n");
    let json = home.on(0).run("check --json notes/three.yaml notes/deep/two.yml").exits(1).out;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        found(&json),
        [
            "notes/deep/two.yml:3:5 missing-back",
            "notes/deep/two.yml:6:5 unknown-key",
            "notes/three.yaml:1:9 missing-back"
        ]
    );
    assert_eq!(home.on(0).run("check notes").exits(1).out.matches("error[").count(), 3);
    home.on(0).run("check notes/none.yaml").exits(1).says("notes/none.yaml is not there");
    home.file("notes/readme.md", "# Hello\n");
    home.on(0).run("check notes/readme.md").exits(1).says("no YAML file");
    assert!(!home.database().exists());
}

#[test]
fn one_id_twice_names_both_places_and_the_first_works() {
    let home = Home::with(TWO);
    home.deck("later", "cards:\n  - front: other\n    id: a\n    back: b\n");
    let json = check(&home, 1);
    let one = &json["diagnostics"][0];
    assert_eq!(one["file"], "decks/later.yaml");
    // The note begins on line 2, its id stands on line 3.
    assert!(one["line"] == 2 || one["line"] == 3, "{one}");
    assert!(one["column"].as_u64().unwrap() > 0, "an editor goes to a column: {one}");
    let said = format!("{} {}", one["message"], one["help"]);
    assert!(said.contains("decks/deck.yaml:2"), "{said}");
    assert_eq!(home.on(0).card("a")["front"], "What is the first letter?");
    assert_eq!(home.on(0).listed(""), ["a", "b"]);
}

#[test]
fn one_id_twice_is_found_in_files_outside_of_a_home_too() {
    let home = Home::new();
    home.file("one.yaml", TWO);
    home.file("two.yaml", "cards:\n  - {id: a, front: other, back: b}\n");
    home.file("both.yaml", &format!("{TWO}  - {{id: a, front: other, back: b}}\n"));
    home.on(0).run("check both.yaml").exits(1);
    home.on(0).run("check one.yaml two.yaml").exits(1);
    home.on(0).run("check one.yaml one.yaml").exits(0);
}

#[test]
fn a_card_that_looks_edited_is_a_warning_and_no_error() {
    let home = Home::with("cards:\n  - front: Who owns a domain?\n    back: The workspace\n");
    home.on(0).review("\n3\n");
    home.deck("deck", "cards:\n  - front: Who owns a domain now?\n    back: The organisation\n");
    let json = check(&home, 0);
    assert_eq!((&json["errors"], &json["warnings"]), (&0.into(), &1.into()));
    let one = &json["diagnostics"][0];
    assert_eq!((&one["code"], &one["severity"]), (&"looks-edited".into(), &"warning".into()));
    assert_eq!((&one["file"], &one["line"]), (&"decks/deck.yaml".into(), &2.into()));
    assert!(one["message"].as_str().unwrap().contains("Who owns a domain?"), "{one}");
    // The help is true: with that id the card goes on.
    let help = one["help"].as_str().unwrap();
    let at = help.find("id: ").unwrap();
    let id: String = help[at + 4..].chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
    home.edit("deck", "  - front", &format!("  - id: {id}\n    front"));
    assert_eq!(check(&home, 0)["warnings"], 0);
    assert_eq!(home.on(0).card(&id)["reviews"], 1);
}

#[test]
fn a_hostile_name_or_line_does_nothing_to_the_terminal() {
    let home = Home::with(TWO);
    home.file(
        "decks/a\u{1b}[31mb\u{202e}.yaml",
        "cards:\n  - front: \"\\e[2J\u{202e}\"\n    x\u{9b}y: 1\n",
    );
    let active = |c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c);
    for line in ["check", "check --json", "due", "list"] {
        let ran = home.on(0).run(line);
        assert!(!ran.out.contains(active), "{line}: {:?}", ran.out);
        assert!(!ran.err.contains(active), "{line}: {:?}", ran.err);
    }
    let ran = home.on(0).run("review --plain");
    assert!(!ran.err.contains(active), "{:?}", ran.err);
}

#[test]
fn a_card_left_out_for_a_mistake_is_not_gone() {
    let home = Home::with(
        "cards:\n  - { id: fr, front: capital of France, back: Paris }\n  - { front: what is it, back: a word, reverse: true }\n",
    );
    home.on(0).ok("grade fr good");
    let idless = home.on(0).listed("-id:fr");
    for id in &idless {
        home.on(0).ok(&format!("grade {id} good"));
    }
    let broken = "cards:\n  - { id: fr, front: capital of France, back: Paris, hnt: x }\n  - { front: what is it, back: a word, hnt: y, reverse: true }\n  - { id: lou, front: Where is the Louvre?, back: Paris }\n  - { front: a new one, back: a word }\n";
    home.deck("deck", broken);
    // Their answers are the same, and yet nobody else goes on with their history.
    assert!(home.on(1).run("due").exits(0).err.contains("2 errors"));
    let kinds = |day| {
        let rows = home.on(day).ndjson("history --json");
        rows.iter().filter(|row| row["kind"] == "linked").count()
    };
    assert_eq!(kinds(1), 0);
    assert!(!home.on(1).run("check").out.contains("looks"));
    home.on(1).run("grade fr good").exits(1).says("left out").says("as soon as that is mended");
    assert!(home.on(1).ok("show fr").contains("left out for a mistake"));
    home.deck("deck", &broken.replace(", hnt: x", "").replace(", hnt: y", ""));
    assert_eq!(home.on(1).card("fr")["reviews"], 1);
    for id in &idless {
        assert_eq!(home.on(1).card(id)["reviews"], 1, "{id}");
    }
    assert_eq!((home.on(1).card("lou")["stage"].clone(), kinds(1)), ("new".into(), 0));
}

#[test]
fn files_whose_names_are_no_text_are_read_like_others() {
    use std::os::unix::ffi::OsStrExt;
    let home = Home::new();
    home.deck("good", super::support::TWO);
    for (name, text) in [(b"a\xff.yaml", "x"), (b"a\xfe.yaml", "y")] {
        let path = home.path().join("decks").join(std::ffi::OsStr::from_bytes(name));
        std::fs::write(path, format!("cards: [{{id: {text}, front: {text}, back: b}}]\n")).unwrap();
    }
    let listed = home.on(0).run("list --json").exits(0).silently();
    assert_eq!(listed.out.matches("\"front\"").count(), 4);
}

#[test]
fn folders_that_link_each_other_are_walked_once() {
    let home = Home::new();
    home.file("decks/f0/deck.yaml", super::support::TWO);
    for from in 0..12 {
        std::fs::create_dir_all(home.path().join(format!("decks/f{from}"))).unwrap();
    }
    for from in 0..12 {
        for to in 0..12 {
            let link = home.path().join(format!("decks/f{from}/l{to}"));
            std::os::unix::fs::symlink(home.path().join(format!("decks/f{to}")), link).unwrap();
        }
    }
    assert_eq!(home.on(0).ok("due --count").trim(), "2");
}

#[test]
fn doubled_cards_are_pointed_at_where_their_id_is() {
    let home = Home::new();
    home.deck(
        "deck",
        "cards:\n  - { id: d, front: one, back: b }\n  - { front: \"banana id: d\", id: d, back: c, reverse: true }\n  - front: \"vid: d x\"\n    back: e\n    id: d\n",
    );
    let json = home.on(0).run("check --json").exits(1);
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let found: Vec<_> = json["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| format!("{}:{} {}", d["line"], d["column"], d["code"].as_str().unwrap()))
        .collect();
    assert_eq!(found, ["3:34 duplicate-id", "6:9 duplicate-id"]);
}

#[test]
fn of_many_mistakes_a_hundred_are_listed_and_all_are_counted() {
    let home = Home::new();
    let bad = "  - { front: q, hnt: x }\n".repeat(300);
    home.deck("bad", &format!("cards:\n{bad}"));
    let again = (0..300).map(|n| format!("  - {{ id: c{n}, front: q{n}, back: b }}\n"));
    let again = format!("cards:\n{}", again.collect::<String>());
    home.deck("one", &again);
    home.deck("two", &again);
    let ran = home.on(0).run("check").exits(1);
    assert!(ran.out.ends_with("900 errors, 299 warnings\n"), "{}", &ran.out[ran.out.len() - 300..]);
    assert!(ran.out.contains("error[more]: decks/bad.yaml: and 500 more"));
    assert!(ran.out.contains("warning[more]: decks/bad.yaml: and 199 more"));
    assert!(ran.out.find("decks/bad.yaml:2").unwrap() < ran.out.find("and 500 more").unwrap());
    home.on(0).run("due").exits(0).says("900 errors");
    assert_eq!(home.on(0).ok("due --count").trim(), "20");
}

#[test]
fn settings_that_are_wrong_are_json_for_an_editor() {
    let home = Home::with(super::support::TWO);
    home.config("day_starts_at: 99\n");
    let ran = home.on(0).run("check --json").exits(1).silently();
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(json["diagnostics"][0]["file"], "config.yaml");
}

#[test]
fn a_folder_of_decks_that_is_not_there_is_named() {
    let home = Home::with(super::support::TWO);
    home.config("decks: [nope]\n");
    let ran = home.on(0).run("check").exits(0);
    assert!(ran.out.contains("nope: the folder that `decks` names is not there"), "{}", ran.out);
    assert!(ran.out.ends_with("1 warning\n"));
}

#[test]
fn an_edit_of_a_reverse_card_is_given_an_id_that_can_be_written() {
    let home = Home::with("cards:\n  - { front: capital of France, back: Paris, reverse: true }\n");
    for id in home.on(0).listed("") {
        home.on(0).ok(&format!("grade {id} good"));
    }
    let note = home.on(0).listed("").remove(0);
    home.edit("deck", "capital of France", "which city is the capital of France");
    home.edit("deck", "Paris", "Paris!!");
    let checked = home.on(1).run("check").exits(0).out;
    assert!(!checked.contains("/reverse`"), "{checked}");
    home.edit("deck", "{ front", &format!("{{ id: {note}, front"));
    assert_eq!(home.on(1).listed("is:new").len(), 0);
}

#[test]
fn a_double_of_a_card_that_is_left_out_for_a_mistake_does_not_take_its_place() {
    let home = Home::new();
    home.deck("a", "cards:\n  - { id: s, front: first, back: one }\n");
    home.deck("b", "cards:\n  - { id: s, front: second, back: two }\n");
    home.on(0).ok("grade s good");
    home.edit("a", "back", "bck");
    let ran = home.on(1).run("check --json").exits(1);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let said = json["diagnostics"].to_string();
    assert!(said.contains("stands at decks/a.yaml:2 already, where it is left out"), "{said}");
    assert_eq!(home.on(1).listed(""), Vec::<String>::new());
    home.on(1).run("grade s good").exits(1).says("left out");
    // Mended, it goes on; taken out, the other one does.
    home.edit("a", "bck", "back");
    assert_eq!(home.on(1).card("s")["front"], "first");
    home.deck("a", "cards: []\n");
    assert_eq!(home.on(1).card("s")["front"], "second");
}

#[test]
fn what_other_programs_call_a_key_is_told_in_ours() {
    let home = Home::with("cards:\n  - { question: q, answer: a }\n");
    let checked = home.on(0).run("check").exits(1).out;
    assert!(checked.contains("did you mean `front`?") && checked.contains("did you mean `back`?"));
    let home = Home::with("cards:\n  - front: q\n    back: # a comment\n");
    assert!(home.on(0).run("check").exits(1).out.contains("`#` begins a comment"));
}

#[test]
fn help_fits_the_screen() {
    let home = Home::with("cards:\n  - { front: q, bakc: a }\n");
    for columns in ["40", "80", "120"] {
        let mut command = home.on(0).command(["check"]);
        let output = command.env("COLUMNS", columns).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= columns.parse().unwrap(), "{text}");
    }
}

#[test]
fn what_is_worth_a_look_is_a_warning_until_it_is_allowed() {
    let card = "cards:\n  - front: Is SSO needed for SCIM?\n    back: no\n";
    let home = Home::with(card);
    let codes = |home: &Home| {
        let json = home.on(0).json("check --json");
        let found = json["diagnostics"].as_array().unwrap().clone();
        found.iter().map(|d| d["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(codes(&home), ["bare-true-false"]);
    // The card is asked all the same.
    assert_eq!(home.on(0).ok("due --count").trim(), "1");
    home.config("lint: {allow: [bare-true-false]}\n");
    assert!(codes(&home).is_empty());
    home.config("");
    home.deck("deck", &format!("lint: {{allow: [bare-true-false]}}\n{card}"));
    assert!(codes(&home).is_empty());
    home.deck("deck", &format!("{card}    lint: {{allow: [bare-true-false]}}\n"));
    assert!(codes(&home).is_empty());
    home.deck("deck", &format!("{card}    lint: {{allow: [bare-true]}}\n"));
    let ran = home.on(0).run("check").exits(1);
    assert!(ran.out.contains("there is no lint \"bare-true\""), "{}", ran.out);
}

#[test]
fn media_is_looked_for_beside_its_deck() {
    let home = Home::new();
    home.file("decks/art/one.yaml", "cards: [{front: \"![a](media/a.png)\", back: b c}]\n");
    assert!(home.on(0).ok("check").contains("warning[missing-media]"));
    home.file("decks/art/media/a.png", "png");
    assert!(home.on(0).ok("check").contains("no mistakes found\n"));
}
