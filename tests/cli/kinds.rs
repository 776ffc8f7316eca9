//! Kinds of cards: gaps in a text, and answers to choose from.

use serde_json::{Value, json};

use super::support::Home;

const CLOZE: &str = "cards:\n  - id: fr\n    cloze: \"{{c1::Paris}} is in {{c2::France::where?}}\"\n    why: Since long.\n";

const CHOICE: &str = "cards:\n  - id: ls\n    front: What lists files?\n    choices: [cat, ls, rm, mv]\n    back: ls\n";

const TRUTH: &str = "cards:\n  - id: t\n    front: SCIM needs SSO.\n    choices: [\"True\", \"False\"]\n    back: \"False\"\n";

fn history(home: &Home) -> Vec<(String, Value)> {
    let rows = home.on(0).ndjson("history --json");
    rows.iter()
        .map(|row| (row["card"].as_str().unwrap().to_owned(), row["rating"].clone()))
        .collect()
}

#[test]
fn each_gap_is_a_card_with_a_schedule_of_its_own() {
    let home = Home::with(CLOZE);
    assert_eq!(home.on(0).listed(""), ["fr/c1", "fr/c2"]);
    let card = home.on(0).card("fr/c2");
    let seen = ["kind", "note", "front", "back", "why"].map(|field| card[field].clone());
    let wanted = ["cloze", "fr", "Paris is in [where?]", "Paris is in **France**", "Since long."];
    assert_eq!(seen, wanted.map(|text| json!(text)));
    // A sibling waits until tomorrow.
    assert_eq!(home.on(0).due(), ["fr/c1"]);
    home.on(0).ok("grade fr/c1 good");
    assert_eq!(home.on(0).due(), [""; 0]);
    assert_eq!(home.on(0).card("fr/c2")["stage"], "new");
    home.on(1).ok("suspend fr");
    assert_eq!(home.on(1).listed("is:suspended"), ["fr/c1", "fr/c2"]);
}

#[test]
fn a_gap_keeps_its_history_when_the_text_is_reworded_under_an_id() {
    let home = Home::with(CLOZE);
    home.on(0).ok("grade fr/c1 good");
    home.edit("deck", "is in", "is the capital of");
    assert_eq!(home.on(1).card("fr/c1")["reviews"], 1);
    home.edit("deck", "{{c2::France::where?}}", "France");
    assert_eq!(home.on(1).listed(""), ["fr/c1"]);
    assert_eq!(home.on(1).listed("is:parked"), [""; 0], "it was never answered");
    home.edit("deck", "{{c1::Paris}}", "{{c3::Paris}}");
    assert_eq!(home.on(1).card("fr/c3")["reviews"], 1, "the gap with that text");
}

#[test]
fn gaps_without_numbers_keep_their_progress_when_others_are_added() {
    let home = Home::with("cards:\n  - id: fr\n    cloze: \"{{Paris}} is in {{France}}\"\n");
    assert_eq!(home.on(0).listed(""), ["fr/c-paris", "fr/c-france"]);
    home.on(0).ok("grade fr/c-paris good");
    home.on(1).ok("grade fr/c-france easy");
    home.edit("deck", "{{Paris}} is in", "In {{Europe}}, on the {{Seine}}, is {{Paris}}, in");
    let at = home.on(2);
    let new = ["fr/c-europe", "fr/c-seine", "fr/c-paris", "fr/c-france"];
    assert_eq!(at.listed(""), new);
    let last = |id: &str| at.card(id)["last_review"].as_str().map(|at| at[..10].to_owned());
    assert_eq!(
        new.map(last).each_ref().map(Option::as_deref),
        [None, None, Some("2026-11-24"), Some("2026-11-25")]
    );
    assert_eq!(at.ndjson("history --json").len(), 2, "nothing had to be linked");
    home.edit(
        "deck",
        "In {{Europe}}, on the {{Seine}}, is {{Paris}}, in {{France}}",
        "France: {{Paris}}",
    );
    assert_eq!(home.on(2).card("fr/c-paris")["reviews"], 1);
    assert_eq!(home.on(2).listed("is:parked"), ["fr/c-france"]);
}

#[test]
fn a_gap_that_is_numbered_or_mended_later_goes_on() {
    let home = Home::with("cards:\n  - id: fr\n    cloze: \"{{Pariss}} is in {{France}}\"\n");
    home.on(0).ok("grade fr/c-pariss good");
    // Another text in the same place.
    home.edit("deck", "{{Pariss}}", "{{Paris}}");
    assert_eq!(home.on(1).card("fr/c-paris")["reviews"], 1);
    home.on(1).ok("grade fr/c-paris good");
    home.edit("deck", "{{Paris}} is in {{France}}", "{{c2::Paris}} lies in {{c1::France}}");
    assert_eq!(home.on(1).card("fr/c2")["reviews"], 2);
    assert_eq!(home.on(1).card("fr/c1")["reviews"], 0);
    assert_eq!(home.on(1).listed("is:parked"), [""; 0]);
    // A gap that was put elsewhere is another card.
    home.edit("deck", "{{c2::Paris}} lies in {{c1::France}}", "Paris {{lies}} in France");
    assert_eq!(home.on(1).card("fr/c-lies")["reviews"], 0);
    assert_eq!(home.on(1).listed("is:parked"), ["fr/c-paris"], "as it was asked last");
}

#[test]
fn a_gap_whose_card_is_left_out_for_a_mistake_waits_for_it() {
    let home = Home::with("cards:\n  - id: fr\n    cloze: \"{{Paris}} is in {{c4::France}}\"\n");
    home.on(0).ok("grade fr/c-paris good");
    home.on(0).ok("grade fr/c4 good");
    home.edit("deck", "    cloze", "    clozee");
    assert_eq!(home.on(1).listed("is:parked"), [""; 0]);
    home.edit("deck", "    clozee", "    cloze");
    assert_eq!(home.on(1).card("fr/c-paris")["reviews"], 1);
}

#[test]
fn a_cloze_without_an_id_can_get_one() {
    let home = Home::with("cards:\n  - cloze: \"{{Paris}} is in {{France}}\"\n");
    let ids = home.on(0).listed("");
    assert!(ids[0].ends_with("/c-paris") && ids[1].ends_with("/c-france"), "{ids:?}");
    home.on(0).ok(&format!("grade {} good", ids[1]));
    home.on(0).ok("check --fix");
    assert_eq!(home.on(0).listed(""), ids);
    assert_eq!(home.on(0).card(&ids[1])["reviews"], 1);
}

#[test]
fn a_choice_takes_its_number_and_proposes_the_grade() {
    let home = Home::with(CHOICE);
    let shown = home.on(0).review(":q\n");
    let place = |shown: &str, text: &str| {
        let line = shown.lines().find(|line| line.ends_with(&format!(". {text}"))).unwrap();
        line.split('.').next().unwrap().to_owned()
    };
    assert!(shown.contains("(1 to 4: your choice; empty line: the answer; :? helps)"), "{shown}");
    // Wrong: an empty line takes again, and the card comes back in another order or the same.
    let wrong = place(&home.on(0).review(":q\n"), "rm");
    let ran = home.on(0).review(&format!("{wrong}\n\n:q\n"));
    assert!(ran.contains("Wrong: rm\n") && ran.contains("empty line: again)"), "{ran}");
    assert!(ran.contains("ls again, again today"), "{ran}");
    let right = place(&home.on(0).review(":q\n"), "ls");
    let ran = home.on(0).review(&format!("{right}\n\n"));
    assert!(ran.contains("Right.\n") && ran.contains("empty line: good)"), "{ran}");
    assert_eq!(history(&home), [("ls".into(), json!(1)), ("ls".into(), json!(3))]);
}

#[test]
fn true_and_false_stay_in_their_order_and_others_do_not() {
    let home = Home::with(TRUTH);
    for seed in 0..5 {
        let mut command = home.on(0).command(["review", "--plain"]);
        let output = command.env("RETAIN_SEED", seed.to_string()).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("1. True\n2. False\n"), "{text}");
    }
    let home = Home::with(CHOICE);
    let orders: std::collections::BTreeSet<String> = (0..20)
        .map(|seed| {
            let mut command = home.on(0).command(["review", "--plain"]);
            let output = command.env("RETAIN_SEED", seed.to_string()).output().unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            text.lines().filter(|line| line.get(1..3) == Some(". ")).collect()
        })
        .collect();
    assert!(orders.len() > 3, "{orders:?}");
}

#[test]
fn an_answer_to_choose_is_graded_as_ever_once_it_is_seen() {
    let home = Home::with(CHOICE);
    // Shown without a choice, a digit is a grade.
    home.on(0).review("\n4\n");
    assert_eq!(history(&home), [("ls".into(), json!(4))]);
    let home = Home::with(CHOICE);
    let ran = home.on(0).review("9\n\n3\n");
    assert!(ran.contains("ls good"), "{ran}");
    assert_eq!(home.on(0).card("ls")["choices"], json!(["cat", "ls", "rm", "mv"]));
    assert_eq!(home.on(0).card("ls")["kind"], "choice");
}

#[test]
fn clozes_and_choices_go_out_and_come_in() {
    let home = Home::with(&format!("{CLOZE}{}", CHOICE.trim_start_matches("cards:\n")));
    let yaml = home.on(0).ok("export cards --format yaml");
    let other = Home::new();
    other.deck("deck", &yaml);
    other.on(0).run("check").exits(0);
    assert_eq!(other.on(0).listed(""), ["fr/c1", "fr/c2", "ls"]);
    let csv = home.on(0).ok("export cards");
    let third = Home::new();
    third.file("deck.csv", &csv);
    third.on(0).run("import deck.csv").exits(0);
    assert_eq!(third.on(0).listed(""), ["fr/c1", "fr/c2", "ls"]);
    assert_eq!(third.on(0).card("ls")["choices"], json!(["cat", "ls", "rm", "mv"]));
}

#[test]
fn markdown_is_read_in_lines_without_its_marks() {
    let home = Home::with(
        "cards:\n  - id: md\n    front: What **is** `ls`?\n    back: |\n      - one *item*\n      - two\n\n      | a | b |\n      |---|---|\n      | 1 | 2 |\n    why: see [there](https://example.org/x)\n  - { id: raw, front: 2 * 3 * 4 = snake_case_name?, back: $? }\n",
    );
    let shown = home.on(0).review("\n3\n\n3\n");
    for line in [
        "Question: What is `ls`?",
        "Answer:\n- one item\n- two\n",
        "a: 1; b: 2",
        "Why: see there (https://example.org/x)",
        "Question: 2 * 3 * 4 = snake_case_name?",
        "Answer: $?",
    ] {
        assert!(shown.contains(line), "{line} in\n{shown}");
    }
    let home = Home::with(CLOZE);
    let shown = home.on(0).review("\n3\n");
    assert!(shown.contains("Answer: Paris\nIn full: Paris is in France\n"), "{shown}");
}

#[test]
fn a_gap_is_changed_by_what_is_in_it_and_not_by_the_text_around_it() {
    let home = Home::with("cards:\n  - id: fr\n    cloze: \"{{c1::Paris}} is in France\"\n");
    home.on(0).ok("grade fr/c1 good");
    home.on(1).ok("grade fr/c1 good");
    home.edit("deck", "is in France", "is the capital of France");
    assert_eq!(home.on(2).listed("is:changed"), [""; 0]);
    home.edit("deck", "Paris", "Lyon");
    assert_eq!(home.on(2).listed("is:changed"), ["fr/c1"]);
}
