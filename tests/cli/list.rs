//! `list` and what a QUERY finds.

use super::support::{CARD_FIELDS, Home, date, fields, sorted};

const VERBS: &str = "\
deck: Spanish verbs
tags: [spanish]
cards:
  - id: go
    front: to go
    back: ir
    tags: [irregular]
    reverse: true
  - id: eat
    front: to eat
    back: comer
    hint: Comida is food.
";

const SSO: &str = "\
tags: [sso]
cards:
  - id: sso-100
    front: Which protocol does the identity provider speak?
    back: SAML
    accept: [Security Assertion Markup Language]
    why: OpenID Connect came later.
    source: https://example.org/sso
    value: 100
    category: Login
  - id: sso-200
    front: Name two attributes.
    back: [given name, family name, e-mail]
    need: 2
    ordered: true
";

fn home() -> Home {
    let home = Home::new();
    home.deck("lang/verbs", VERBS);
    home.deck("sso", SSO);
    home
}

#[test]
fn json_lists_every_card_by_deck_and_place_with_exactly_its_fields() {
    let home = home();
    let list = home.on(0).json("list --json");
    assert_eq!(fields(&list), ["cards"]);
    let cards = list["cards"].as_array().unwrap();
    for card in cards {
        assert_eq!(fields(card), sorted(&CARD_FIELDS));
    }
    let ids = home.on(0).listed("");
    assert_eq!(ids, ["go", "go/reverse", "eat", "sso-100", "sso-200"]);
}

#[test]
fn a_new_card_says_what_its_deck_says() {
    let home = home();
    let card = home.on(0).card("sso-100");
    let wanted = serde_json::json!({
        "card": "sso-100", "note": "sso-100", "deck": "sso", "file": "decks/sso.yaml", "line": 3,
        "kind": "basic", "front": "Which protocol does the identity provider speak?",
        "back": "SAML", "choices": null, "need": null, "ordered": false,
        "accept": ["Security Assertion Markup Language"], "hint": null,
        "why": "OpenID Connect came later.", "source": "https://example.org/sso", "tags": ["sso"],
        "value": 100, "category": "Login", "stage": "new", "suspended": false, "buried": false,
        "leech": false, "changed": false, "due": null, "overdue_days": 0, "interval_days": null,
        "repetitions": 0, "lapses": 0, "ease": null, "stability": null, "difficulty": null,
        "retrievability": null, "reviews": 0, "last_review": null,
    });
    assert_eq!(card, wanted);
    let list = home.on(0).card("sso-200");
    assert_eq!(list["back"], serde_json::json!(["given name", "family name", "e-mail"]));
    assert_eq!((&list["kind"], &list["need"]), (&"list".into(), &2.into()));
    assert_eq!((&list["ordered"], &list["category"]), (&true.into(), &"sso".into()));
    let reverse = home.on(0).card("go/reverse");
    assert_eq!((&reverse["kind"], &reverse["note"]), (&"reverse".into(), &"go".into()));
    assert_eq!((&reverse["front"], &reverse["back"]), (&"ir".into(), &"to go".into()));
    assert_eq!(reverse["tags"], serde_json::json!(["spanish", "irregular"]));
    assert_eq!(
        reverse["category"], "Spanish verbs",
        "the deck's shown name without one of its own"
    );
}

#[test]
fn a_card_in_review_says_how_it_stands() {
    let home = home();
    home.on(0).ok("grade eat good");
    home.on(1).ok("grade eat easy");
    // Nine of six days: 0.9^(9/6).
    let card = home.on(10).card("eat");
    for (field, value) in [
        ("stage", serde_json::json!("review")),
        ("due", date(7).into()),
        ("overdue_days", 3.into()),
        ("interval_days", 6.into()),
        ("repetitions", 2.into()),
        ("reviews", 2.into()),
        ("lapses", 0.into()),
        ("ease", 2.6.into()),
        ("last_review", "2026-11-25T10:00:00+00:00".into()),
    ] {
        assert_eq!(card[field], value, "{field}");
    }
    let retrievability = card["retrievability"].as_f64().unwrap();
    assert!((retrievability - 0.9_f64.powf(1.5)).abs() < 1e-12, "{retrievability}");
}

#[test]
fn stages_go_from_new_to_learning_to_review_to_relearning() {
    let home = home();
    let stage = |day| home.on(day).card("eat")["stage"].clone();
    assert_eq!(stage(0), "new");
    for (day, rating, wanted) in [
        (0, "again", "learning"),
        (1, "again", "learning"),
        (2, "hard", "review"),
        (3, "again", "relearning"),
        (4, "again", "relearning"),
        (5, "good", "review"),
    ] {
        home.on(day).ok(&format!("grade eat {rating}"));
        assert_eq!(stage(day), wanted, "after {rating} on day {day}");
    }
    // Only the fail from review is a lapse.
    assert_eq!(home.on(5).card("eat")["lapses"], 1);
}

#[test]
fn a_query_finds_words_phrases_decks_tags_ids_and_states() {
    let home = home();
    home.on(0).ok("grade go good");
    home.on(0).ok("grade go/reverse again");
    home.on(0).ok("suspend sso-200");
    home.on(1).ok("bury sso-100");
    for (query, found) in [
        ("protocol", &["sso-100"][..]),
        ("PROTÓCOL", &["sso-100"]),
        ("identity protocol", &["sso-100"]),
        ("\"identity provider\"", &["sso-100"]),
        ("\"provider identity\"", &[]),
        ("comer", &["eat"]),
        ("deck:lang", &["go", "go/reverse", "eat"]),
        ("deck:lang/verbs", &["go", "go/reverse", "eat"]),
        ("deck:verbs", &["go", "go/reverse", "eat"]),
        ("deck:lan", &[]),
        ("tag:irregular", &["go", "go/reverse"]),
        ("tag:irr", &[]),
        ("id:go", &["go", "go/reverse"]),
        ("id:go/reverse", &["go/reverse"]),
        ("is:new", &["eat", "sso-100", "sso-200"]),
        ("is:review", &["go"]),
        ("is:learning", &["go/reverse"]),
        ("is:due", &["go", "go/reverse"]),
        ("is:suspended", &["sso-200"]),
        ("is:buried", &["sso-100"]),
        ("is:leech", &[]),
        ("is:changed", &[]),
        ("is:parked", &[]),
        ("-deck:lang", &["sso-100", "sso-200"]),
        ("tag:sso OR id:eat", &["eat", "sso-100", "sso-200"]),
        ("tag:spanish -tag:irregular", &["eat"]),
        ("tag:sso protocol OR tag:spanish comer", &["eat", "sso-100"]),
        ("tag:sso (protocol OR attributes)", &["sso-100", "sso-200"]),
        ("-(tag:sso OR tag:irregular)", &["eat"]),
    ] {
        let args = ["list", "--json", query];
        let ran = home.on(1).run_args(args).exits(0);
        let json = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(super::support::ids(&json), found, "{query}");
        // Words given one by one are the same query, where no phrase is in it.
        if !query.contains('"') {
            assert_eq!(home.on(1).listed(query), found, "{query}");
        }
    }
}

#[test]
fn a_query_that_cannot_be_read_is_pointed_at() {
    let home = home();
    for (query, at) in [
        ("tag:sso (protocol", "^"),
        ("is:nice", "^"),
        ("is:", "^"),
        ("protocol OR", "^"),
        ("\"identity", "^"),
        ("deck:lang )", "          ^"),
        ("tag:", "^"),
    ] {
        for command in ["list", "due", "review"] {
            let ran = home.on(0).run_args([command, query]).exits(2);
            assert_eq!(ran.out, "", "{command} {query}");
            let lines: Vec<_> = ran.err.lines().collect();
            let shown =
                lines.iter().position(|line| line.trim_end() == query).unwrap_or_else(|| {
                    panic!("{command} {query} is not shown\n{}", ran.err);
                });
            assert!(lines[shown + 1].starts_with(at) || at == "^", "{}", ran.err);
            assert!(lines[shown + 1].contains('^'), "{}", ran.err);
            assert!(ran.err.contains("hint:"), "{}", ran.err);
        }
    }
}

#[test]
fn a_parked_card_is_found_only_by_its_state() {
    let home = home();
    home.on(0).ok("grade eat good");
    home.edit(
        "lang/verbs",
        "  - id: eat\n    front: to eat\n    back: comer\n    hint: Comida is food.\n",
        "",
    );
    assert_eq!(home.on(0).listed("is:parked"), ["eat"]);
    assert_eq!(home.on(0).listed("is:parked comer"), ["eat"]);
    for query in ["", "comer", "id:eat", "-is:new", "is:review", "is:due", "-is:suspended"] {
        assert!(!home.on(3).listed(query).contains(&"eat".to_owned()), "{query}");
    }
}

#[test]
fn the_list_for_people_has_a_card_a_line() {
    let home = home();
    home.on(0).ok("grade go good");
    home.on(0).ok("suspend eat");
    let ran = home.on(1).run("list").exits(0);
    insta::assert_snapshot!(ran.out, @r"
    go          due today      to go
    go/reverse  new            ir
    eat         suspended      to eat
    sso-100     new            Which protocol does the identity provider speak?
    sso-200     new            Name two attributes.
    ");
    assert_eq!(ran.err, "5 cards\n");
    let none = home.on(1).run("list tag:none").exits(0).says("no card matches");
    assert_eq!(none.out, "");
}

#[test]
fn a_narrow_screen_cuts_the_question() {
    let home = Home::with(&format!(
        "cards: [{{id: long, front: {}, back: b}}]\n",
        "日本語の長い質問です ".repeat(20)
    ));
    for (columns, lines) in [("20", 2), ("40", 1), ("80", 1), ("200", 1)] {
        let output = home.on(0).command(["list"]).env("COLUMNS", columns).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(text.lines().count(), lines, "{text}");
        let wide = |line: &str| -> usize {
            line.chars().map(|c| if c < '\u{2e80}' { 1 } else { 2 }).sum()
        };
        let widest = text.lines().map(wide).max().unwrap();
        assert!(widest <= columns.parse().unwrap(), "{columns}: {widest}\n{text}");
    }
}

#[test]
fn colours_are_only_for_terminals_unless_they_are_asked_for() {
    let home = home();
    let coloured = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = home.on(0).command(arguments);
        let output = command.envs(variables.iter().copied()).output().unwrap();
        output.stdout.contains(&0x1b)
    };
    assert!(!coloured(&["list"], &[]));
    assert!(coloured(&["list", "--color", "always"], &[]));
    assert!(
        coloured(&["--color", "always", "list"], &[("NO_COLOR", "1")]),
        "a flag is the last word"
    );
    assert!(coloured(&["list"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&["list"], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!coloured(&["list", "--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&["list", "--json", "--color", "always"], &[]), "JSON has no colours");
    home.on(0).run("list --color sometimes").exits(2);
}

#[test]
fn lists_and_tables_fit_a_narrow_screen() {
    let home = Home::with(
        "deck: A deck with a rather long name
cards:
- {id: a-card-with-an-id-that-is-rather-long, front: What is a question of many words?, back: b}
- {id: b, front: 日本語の長い質問, back: c}
",
    );
    home.on(0).ok("grade b good");
    for columns in [20, 30, 40, 60] {
        for line in ["list", "due", ""] {
            let output = home
                .on(0)
                .command(line.split_whitespace())
                .env("COLUMNS", columns.to_string())
                .output()
                .unwrap();
            let out = String::from_utf8(output.stdout).unwrap();
            for line in out.lines() {
                let wide: usize =
                    line.chars().map(|c| if c.is_ascii() || c == '…' { 1 } else { 2 }).sum();
                assert!(wide <= columns, "{columns}: {line:?} in\n{out}");
            }
        }
    }
}
