//! `add`: new cards by flags and through standard input.

use super::support::Home;

fn deck(home: &Home, name: &str) -> String {
    std::fs::read_to_string(home.path().join(format!("decks/{name}.yaml"))).unwrap()
}

#[test]
fn a_card_is_added_to_a_deck_that_is_made_for_it() {
    let home = Home::new();
    let said = home.on(0).run_args([
        "add",
        "--deck",
        "Lang/Español",
        "--front",
        "the house",
        "--back",
        "la casa",
        "--reverse",
        "--hint",
        "h",
        "--why",
        "w",
        "--tag",
        "noun",
        "--tag",
        "home",
    ]);
    assert_eq!(said.exits(0).silently().out, "added the-house in decks/lang/espanol.yaml:3\n");
    assert_eq!(
        deck(&home, "lang/espanol"),
        "deck: Español\ncards:\n  - id: the-house\n    front: the house\n    back: la casa\n    reverse: true\n    hint: h\n    why: w\n    tags:\n      - noun\n      - home\n"
    );
    assert_eq!(home.on(0).listed(""), ["the-house", "the-house/reverse"]);
}

#[test]
fn a_deck_goes_by_its_name_its_file_or_the_last_part() {
    let home = Home::new();
    home.deck("lang/es", "cards: []\n");
    for (number, name) in
        ["lang/es", "es", "decks/lang/es.yaml", "lang/es.yaml", "Lang/ES"].iter().enumerate()
    {
        let front = format!("q{number}");
        let added = home.on(0).run_args(["add", "--deck", name, "--front", &front, "--back", "a"]);
        assert!(added.exits(0).out.contains("in decks/lang/es.yaml:"), "{name}");
    }
    home.deck("it/es", "cards: []\n");
    home.on(0).run("add --deck es --front f --back b").exits(2).says("lang/es");
    home.on(0).run("add --deck /// --front f --back b").exits(2).says("is no name for a deck");
}

#[test]
fn several_answers_are_a_list_and_a_text_with_gaps_is_a_cloze() {
    let home = Home::new();
    home.on(0)
        .run_args(["add", "-d", "sso", "--front", "Roles?", "--back", "IdP", "--back", "SP"])
        .exits(0);
    let cloze = "{{Paris}} lies on the {{Seine::river}}";
    home.on(0).run_args(["add", "-d", "sso", "--cloze", cloze]).exits(0);
    assert_eq!(home.on(0).card("roles")["kind"], "list");
    assert_eq!(home.on(0).listed("is:new").len(), 3);
    assert!(deck(&home, "sso").contains("cloze: \"{{Paris}} lies on the {{Seine::river}}\"\n"));
}

#[test]
fn what_a_flag_lacks_is_named_where_nobody_can_be_asked() {
    let home = Home::new();
    for (line, words) in [
        ("add", "`add` needs --deck and --front (or --cloze) and --back"),
        ("add --deck d --front f", "`add` needs --back"),
        ("add --front f --back b", "`add` needs --deck"),
        ("add -", "`add -` needs --deck"),
        ("add --deck d --front f --back b --id x/y", "\"x/y\" is no id"),
        ("add --deck d --cloze nothing", "there is no gap in it"),
        ("add --deck d --cloze {{a}} --front b", "cannot be used with"),
        ("add --deck d --front f --back b --back c --reverse", "a list cannot be asked in reverse"),
        (
            "add --deck d --front f --back b --back c --choice d",
            "`back` is a list beside `choices`",
        ),
        ("add --deck d --front f --back b --choice c --reverse", "reverse"),
        ("add --deck d --front f --back b --choice c --typed", "cannot be used with"),
    ] {
        home.on(0).run(line).exits(2).says(words);
    }
    home.on(0)
        .run_args(["add", "-d", "d", "--front", " ", "--back", "b"])
        .exits(2)
        .says("--front is empty");
    assert!(!home.path().join("decks").exists());
}

#[test]
fn wordings_choices_and_typing_are_flags() {
    let home = Home::new();
    let wordings = ["--back", "Peking", "--accept", "Beijing", "--accept", "Peiping", "--typed"];
    home.on(0).run_args(["add", "-d", "d", "--front", "China"]).exits(2).says("needs --back");
    home.on(0).run_args(["add", "-d", "d", "--front", "China"].iter().chain(&wordings)).exits(0);
    let choices = ["--back", "Mali", "--choice", "Chad", "--choice", "Mali", "--choice", "Togo"];
    home.on(0).run_args(["add", "-d", "d", "--front", "Bamako"].iter().chain(&choices)).exits(0);
    let deck = deck(&home, "d");
    assert!(deck.contains("accept:\n      - Beijing\n      - Peiping\n    typed: true"), "{deck}");
    assert!(deck.contains("choices:\n      - Mali\n      - Chad\n      - Togo\n"), "{deck}");
    assert_eq!(home.on(0).card("bamako")["kind"], "choice");
}

#[test]
fn a_front_with_gaps_and_a_back_is_added_with_a_word() {
    let home = Home::new();
    home.on(0)
        .run_args(["add", "-d", "d", "--front", "What does {{ x }} print?", "--back", "x"])
        .exits(0)
        .says("the front keeps its braces; for gaps say --cloze");
    assert_eq!(home.on(0).listed("is:new").len(), 1);
}

#[test]
fn an_id_is_of_one_card_and_a_card_is_there_once() {
    let home =
        Home::with("cards:\n- {id: bank, front: bank, back: Ufer}\n- {id: y, front: x, back: y}\n");
    let again = home.on(0).ok("add --deck deck --front bank --back Ufer");
    assert_eq!(again, "bank in decks/deck.yaml:2 says this already; it was not added again\n");
    // The same question in another sense, and in another deck.
    assert!(
        home.on(0).ok("add --deck deck --front bank --back Geldhaus").contains("added bank-2 in")
    );
    assert!(home.on(0).ok("add --deck other --front Bank --back Sitz").contains("added bank-3 in"));
    home.on(0)
        .run("add --deck other --front b --back c --id bank")
        .exits(1)
        .says("there is a card \"bank\" already, in decks/deck.yaml");
    assert!(
        home.on(0).ok("add --deck other --front b --back c --id mine").contains("added mine in")
    );
    assert_eq!(home.on(0).ok("check").lines().last(), Some("1 warning"), "a near duplicate");
}

#[test]
fn a_card_that_was_taken_out_goes_on_when_it_is_added_again_and_another_question_does_not() {
    let home = Home::new();
    home.on(0).ok("add --deck d --front bank --back Ufer");
    home.on(0).ok("grade bank good");
    home.deck("d", "cards: []\n");
    assert!(home.on(1).ok("add --deck d --front Bank! --back Sitz").contains("added bank-2 in"));
    assert!(home.on(1).ok("add --deck d --front bank --back Flussufer").contains("added bank in"));
    assert_eq!(home.on(1).card("bank")["reviews"], 1);
    assert_eq!(home.on(1).card("bank-2")["reviews"], 0);
}

#[test]
fn cards_come_through_standard_input_all_or_none() {
    let home = Home::with("cards:\n  - {front: there, back: already} # mine\n");
    let before = deck(&home, "deck");
    home.on(0)
        .input("- front: a\n  back: b\n- front: c\n  bakc: d\n")
        .run("add --deck deck -")
        .exits(1)
        .says("stdin:4:3");
    home.on(0)
        .input("- front: a\n  back: b\n- {front: c, back: d, id: a}\n")
        .run("add -d deck -")
        .exits(1)
        .says("there is a card \"a\" already");
    home.on(0).input("").run("add --deck deck -").exits(1).says("no cards on standard input");
    home.on(0).input("hello\n").run("add --deck deck -").exits(1);
    assert_eq!(deck(&home, "deck"), before);
    let said = home
        .on(0)
        .input("- front: a\n  back: b\n- {front: a, back: b}\n- {front: c, back: [d, e]}\n")
        .ok("add --deck deck -");
    assert_eq!(
        said,
        "\"a\" is there twice; it was added once\nadded a in decks/deck.yaml:3\nadded c in decks/deck.yaml:4\n"
    );
    assert_eq!(
        deck(&home, "deck"),
        "cards:\n  - {front: there, back: already} # mine\n  - {id: a, front: a, back: b}\n  - {id: c, front: c, back: [d, e]}\n"
    );
    // One card, as JSON.
    home.on(0).input("{\"front\": \"g\", \"back\": \"h\"}").ok("add --deck deck -");
    assert_eq!(home.on(0).card("g")["back"], "h");
}

#[test]
fn a_file_that_is_no_deck_is_left_alone() {
    let home = Home::new();
    for text in ["name: ci\non: push\n", "cards: 3\n"] {
        home.deck("ci", text);
        home.on(0)
            .run("add --deck ci --front a --back b")
            .exits(1)
            .says("decks/ci.yaml cannot be added to");
        assert_eq!(deck(&home, "ci"), text);
    }
}

#[test]
fn many_at_once_are_all_added() {
    let home = Home::new();
    let children: Vec<_> = (0..12)
        .map(|number| {
            let (front, at) = (format!("q{number}"), home.on(0));
            let mut command = at.command(["add", "-d", "d", "--back", "a", "--front", &front]);
            command.stdout(std::process::Stdio::null()).spawn().unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(home.on(0).listed("").len(), 12);
}

#[test]
fn what_is_added_says_nothing_to_the_terminal() {
    let home = Home::new();
    let said =
        home.on(0).run_args(["add", "-d", "d", "--front", "\u{1b}]52;c;eA==\u{7}x", "--back", "b"]);
    let said = said.exits(0);
    assert!(!said.out.contains('\u{1b}') && !said.err.contains('\u{1b}'), "{said:?}");
    let said = home.on(0).run_args([
        "add",
        "-d",
        "\u{1b}[2J",
        "--front",
        "x",
        "--back",
        "b",
        "--id",
        "\u{1b}[2J",
    ]);
    assert!(!said.err.contains('\u{1b}'), "{said:?}");
}

#[test]
fn a_deck_goes_by_the_name_that_is_shown_too() {
    let home = Home::new();
    home.deck("geo", "deck: Geography\ncards:\n  - {front: a, back: b}\n");
    let told = home.on(0).ok("add --deck Geography --front c --back d");
    assert!(told.contains("decks/geo.yaml"), "{told}");
    assert!(!home.path().join("decks/geography.yaml").exists());
    home.deck("other", "deck: Geography\ncards: []\n");
    let moved = home.on(0).run("scheduler use fsrs --deck Geography --yes").exits(2);
    moved.says("may be each of these decks: geo, other");
    let ran = home.on(0).run_args(["add", "--deck", "geo", "--front", "a {{gap}}"]).exits(2);
    ran.says("say --cloze in place of --front");
}

#[test]
fn a_deck_that_a_slip_would_make_is_said_to_be_new() {
    let home = Home::with("cards: [{id: a, front: f, back: b}]\n");
    home.deck("domains", "cards: [{id: b, front: g, back: b}]\n");
    let said = home.on(0).run_args(["add", "--deck", "domain", "--front", "q", "--back", "a"]);
    let said = said.exits(0).out;
    assert!(said.starts_with("a new deck: decks/domain.yaml; there is also domains\n"), "{said}");
    let said = home.on(0).run_args(["add", "--deck", "domains", "--front", "q", "--back", "a"]);
    assert!(!said.exits(0).out.contains("new deck"));
}
