//! Card text is data: nothing in a deck, a name or an argument commands the terminal.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::process::Output;

use crate::support::*;

/// What a terminal would obey, as YAML writes it: a title, a link, the clipboard, a cleared screen,
/// a device query, a C1 colour, a backspace, a return over what was written, another direction.
const ACTIVE: &str = r"\e]0;owned\a \e]8;;http://evil.example\e\\click\e]8;;\e\\ \e]52;c;ZXZpbA==\a \e[2J\e[H\e[8m \eP1$r\e\\ \e[6n \x9b31m \x9d52;c;eA==\x9c a\b\bb over\rwritten \u202egnp.exe \u2066x \u200f \u2028 \x00\x7f \x85 \ec";

fn active_deck() -> String {
    format!(
        "deck: \"Deck {ACTIVE}\"
description: \"Description {ACTIVE}\"
tags: [\"tag {ACTIVE}\"]
cards:
  - id: bad-1
    front: \"Front {ACTIVE}\"
    back: \"Back {ACTIVE}\"
    accept: [\"accept {ACTIVE}\"]
    hint: \"Hint {ACTIVE}\"
    why: \"Why {ACTIVE}\"
    source: \"Source {ACTIVE}\"
    category: \"Category {ACTIVE}\"
    tags: [\"own {ACTIVE}\"]
    reverse: true
    value: 100
  - id: bad-2
    front: \"List {ACTIVE}\"
    back: [\"one {ACTIVE}\", \"two {ACTIVE}\"]
  - id: bad-3
    front: Third
    back: \"Third {ACTIVE}\"
  - id: bad-4
    front: \"Choose {ACTIVE}\"
    choices: [\"one {ACTIVE}\", \"two {ACTIVE}\"]
    back: \"one {ACTIVE}\"
  - id: bad-5
    cloze: \"Gap {{{{c1::x {ACTIVE}::hint {ACTIVE}}}}} behind\"
"
    )
}

/// Errors of every kind, each about something active.
fn active_mistakes() -> String {
    format!(
        "deck: x
cards:
  - {{id: \"{ACTIVE}\", front: a, back: b}}
  - {{\"key {ACTIVE}\": a, front: b, back: c}}
  - {{front: \"{ACTIVE}\"}}
  - {{front: \"{ACTIVE}\", front: again, back: c}}
  - {{front: \"n {ACTIVE}\", back: [a], need: 7}}
  - {{front: \"c {ACTIVE}\", back: c, choices: [\"{ACTIVE}\", b]}}
  - {{cloze: \"{{{{c0::{ACTIVE}}}}}\"}}
  - {{front: v, back: w, value: \"{ACTIVE}\"}}
options: {{\"o {ACTIVE}\": 1}}
\"top {ACTIVE}\": 1
"
    )
}

fn inactive(what: &str, output: &Output) {
    for bytes in [&output.stdout, &output.stderr] {
        assert_eq!(active_in(bytes), Vec::<String>::new(), "{what}: {}", shown(output));
    }
}

/// A home in which everything is active, the names of files too.
fn active_home() -> Home {
    let home = Home::with(&[("bad.yaml", &active_deck()), ("mistakes.yaml", &active_mistakes())]);
    let decks = home.path().join("decks");
    let name = |bytes: &[u8]| decks.join(OsStr::from_bytes(bytes));
    fs::write(
        name(b"na\x1b[31mme\x1b]0;x\x07\r\x08\xe2\x80\xae.yaml"),
        "cards: [{id: named, front: f, back: b}]\n",
    )
    .unwrap();
    fs::write(name(b"wrong\x1b[2J\nline.yaml"), "cards: [{id: wrong, front: f}]\n").unwrap();
    fs::write(name(b"not-utf8-\xff\x9b31m.yaml"), "cards: [{id: bytes, front: g, back: h}]\n")
        .unwrap();
    let folder = name(b"fol\x1b[5mder");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("in.yaml"), "cards: [{id: inside, front: i, back: j}]\n").unwrap();
    // The raw bytes, not only escapes that YAML understands.
    fs::write(decks.join("raw.yaml"), b"cards:\n- front: raw \x1b[31m \x9b31m\n  back: x\n")
        .unwrap();
    fs::write(decks.join("raw2.yaml"), "cards:\n- front: \u{9b}31m \u{202e} \u{85}\n  back: x\n")
        .unwrap();
    fs::write(decks.join("raw3.yaml"), b"cards:\n- front: a\x1b]0;t\x07\n  bakc: \x1b[2J\n")
        .unwrap();
    home
}

#[test]
fn nothing_active_is_printed_by_any_command() {
    let home = active_home();
    let commands: &[&[&str]] = &[
        &[],
        &["due"],
        &["due", "--json"],
        &["list"],
        &["list", "--json"],
        &["show", "bad-1", "bad-2"],
        &["show", "bad-1", "--json"],
        &["check"],
        &["check", "--json"],
        &["explain", "bad-1"],
        &["grade", "bad-1", "again"],
        &["grade", "bad-1", "good", "--json"],
        &["grade", "named", "easy"],
        &["suspend", "bad-2"],
        &["resume", "bad-2"],
        &["bury", "bad-2"],
        &["reset", "bad-2"],
        &["history"],
        &["history", "--json"],
        &["history", "bad-1"],
        &["explain", "bad-1"],
        &["undo", "2"],
        &["doctor"],
    ];
    for colour in ["never", "always"] {
        for command in commands {
            let arguments = [&["--color", colour][..], command].concat();
            inactive(&format!("{command:?}"), &home.run(&arguments));
        }
    }
    // The texts did get through, lest this test looks at nothing.
    let shown = home.ok(&["show", "bad-1"]);
    for part in ["Front", "Back", "Hint", "Why", "Source", "evil.example", "gnp.exe", "\u{fffd}"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let listed = home.json(&["list", "--json"]).to_string();
    for card in ["bad-1", "bad-1/reverse", "bad-2", "named", "bytes", "inside"] {
        assert!(listed.contains(&format!("{card:?}")), "{card} is listed");
    }
    // The data is what was written, whatever the terminal was spared.
    let json = home.json(&["show", "bad-3", "--json"]);
    assert!(json["cards"][0]["back"].as_str().unwrap().contains("\u{1b}[2J\u{1b}[H"));
}

#[test]
fn nothing_active_comes_back_from_the_command_line() {
    let home = Home::starter();
    let bad = "x\u{1b}]0;t\u{7}\u{1b}[31m\u{9b}31m\r\u{8}\u{202e}";
    let commands: &[&[&str]] = &[
        &["show", bad],
        &["grade", bad, "good"],
        &["grade", "sso-100", bad],
        &["grade", "sso-100", "good", "--at", bad],
        &["grade", "sso-100", "good", "--took", bad],
        &["list", bad],
        &["list", &format!("id:{bad}")],
        &["list", &format!("is:{bad}")],
        &["list", &format!("deck:{bad}")],
        &["list", &format!("lapses>{bad}")],
        &["review", "--plain", bad],
        &["due", bad],
        &["suspend", bad],
        &["suspend", "--query", bad],
        &["history", bad],
        &["explain", bad],
        &["check", bad],
        &["restore", bad],
        &["backup", &format!("/nowhere/{bad}")],
        &["undo", bad],
        &["review", "--limit", bad],
        &["--color", bad],
        &[bad],
        &[&format!("--{bad}")],
        &["--home", &format!("/proc/{bad}"), "init"],
        &["--home", &format!("/proc/{bad}"), "review"],
        &["--home", &format!("/proc/{bad}"), "due"],
    ];
    for command in commands {
        let output = home.run(command);
        inactive(&format!("{command:?}"), &output);
    }
    for variable in ["RETAIN_NOW", "RETAIN_SEED", "COLUMNS", "TERM"] {
        let output = start(home.command(&["due"]).env(variable, bad)).wait_with_output().unwrap();
        inactive(variable, &output);
    }
    let lines = format!(
        "{{\"card\":{0},\"rating\":\"good\"}}\n{{\"card\":\"sso-100\",\"rating\":{0}}}\n{{{0}:1}}\n{bad}\n{{\"card\":\"sso-100\",\"rating\":3,\"at\":{0}}}\n",
        serde_json::to_string(bad).unwrap()
    );
    let output = home.feed(&["grade", "--stdin"], &lines);
    assert_eq!(output.status.code(), Some(1));
    inactive("grade --stdin", &output);
}

#[test]
fn nothing_active_comes_from_the_settings() {
    let home = Home::starter();
    for settings in [
        format!("\"key {ACTIVE}\": 1\n"),
        format!("order: \"{ACTIVE}\"\n"),
        format!("new_per_day: 1\nnew_per_day: \"{ACTIVE}\"\n"),
        format!("decks: [\"/nowhere/{ACTIVE}\"]\n"),
        "order: \u{1b}[31m\u{9b}31m\n".to_owned(),
    ] {
        fs::write(home.path().join("config.yaml"), &settings).unwrap();
        inactive(&settings, &home.run(&["due"]));
        inactive(&settings, &home.run(&["check"]));
    }
}

#[test]
fn nothing_active_is_printed_by_a_plain_review() {
    let home = active_home();
    let lines = "\n1\n:h\n:i\n:?\n\n3\n:u\n:s\n\u{1b}]0;t\u{7}\u{9b}31m\n\n1\n:b\n\n2\n\n2\n:q\n";
    let output = home.feed(&["review", "--plain"], lines);
    assert!(output.status.success(), "{}", shown(&output));
    inactive("review --plain", &output);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("Front") && text.contains("Back"), "{text}");
    // What was changed since is shown as a difference.
    let mut home = active_home();
    home.ok(&["grade", "bad-1", "good"]);
    home.write("bad.yaml", active_deck().replace("Back", "Changed back"));
    home.at(TOMORROW);
    let output = home.feed(&["review", "--plain", "id:bad-1"], "\n3\n");
    assert!(
        String::from_utf8_lossy(&output.stdout).contains("Changed since"),
        "{}",
        shown(&output)
    );
    inactive("a changed card", &output);
}

#[test]
fn nothing_active_is_drawn_by_a_review() {
    let home = active_home();
    let mut terminal = Terminal::start(&home, 80, &["review"]);
    for _ in 0..3 {
        terminal.wait_for("space: answer");
        terminal.press_for("h", "int");
        terminal.press_for("i", "new");
        terminal.press_for("\u{202e}", "does nothing here");
        terminal.press_for(" ", "4 easy");
        terminal.press_for("1", "space: answer");
    }
    terminal.press_for("s", "suspended");
    terminal.wait_for("space: answer");
    terminal.press_for("q", "Missed: 3 cards");
    terminal.ends_sane(0);
    let output = terminal.output();
    assert_eq!(active_in(&output), Vec::<String>::new());
    assert!(terminal.output_text().contains("evil.example"));
}

#[test]
fn a_terminal_obeys_nothing_of_a_typed_review() {
    let home = active_home();
    let bad = "x\u{1b}]0;t\u{7}\u{9b}31m\r\u{8}\u{202e}\u{2028}";
    let lines = [
        format!("{bad}\n\n"),
        ":h\n:o\n\n\n".to_owned(),
        format!("{bad}\nb{bad}\n\n\n"),
        format!("back {bad}\n\n"),
        format!("{bad}\n\n{bad}\n\n"),
    ];
    let output = home.feed(&["review", "--plain", "--typed"], &lines.concat());
    assert!(output.status.success(), "{}", shown(&output));
    inactive("review --plain --typed", &output);
    assert!(String::from_utf8_lossy(&output.stdout).contains("Wrong"), "{}", shown(&output));

    // Here the line editor moves the cursor; the emulator says what else was asked of it.
    let home = active_home();
    let mut terminal = Terminal::start(&home, 80, &["review", "--typed", "id:bad-1 OR id:bad-2"]);
    terminal.wait_for("> ");
    terminal.press_for("front\u{202e}\r", "Enter: again");
    terminal.press_for("1", "1> ");
    terminal.press_for("one\r", "2> ");
    terminal.press_for("\r", "Enter: ");
    terminal.press("q");
    terminal.ends_sane(0);
    assert_eq!(obeyed(&terminal.output()), Vec::<String>::new());
    let screen = terminal.output_text();
    assert!(screen.contains("evil.example") && screen.contains("Back"), "{screen}");
}

#[test]
fn nothing_active_comes_of_an_import() {
    let bad = "x\u{1b}]0;t\u{7}\u{1b}[31m\u{9b}31m\u{8}\u{202e}\u{1b}]52;c;eA==\u{7}";
    let home = Home::starter();
    let folder = tempfile::tempdir().unwrap();
    let name = |ending: &str| folder.path().join(format!("na{}me.{ending}", &bad[..7]));
    let files = [
        ("csv", format!("front,back,{bad}\nf{bad},b{bad},c\n\"open{bad},b\n")),
        ("tsv", format!("front\tback\ttags\nf{bad}\tb{bad}\tt{bad}\n")),
        ("md", format!("# T{bad}\n\nQ: q{bad}\nA: a{bad}\n\nC: c {{{{c1::{bad}}}}}\n")),
        ("yaml", format!("deck: d\ncards:\n- front: {bad}\n  bakc: x\n")),
        ("txt", format!("Cat{bad}\n100\nclue {bad}\nanswer {bad}\n")),
        ("bin", format!("{bad}\0")),
    ];
    for (ending, text) in files {
        let path = name(ending);
        fs::write(&path, text).unwrap();
        let path = path.to_str().unwrap();
        for arguments in [
            &["import", path, "--dry-run"][..],
            &["import", path],
            &["import", path, "--deck", bad],
            &["import", path, "--encoding", bad],
            &["import", path, "--place", bad],
            &["import", path, "--format", bad],
        ] {
            let output = home.run(arguments);
            inactive(&format!("{ending} {arguments:?}"), &output);
            let both = [output.stdout, output.stderr].concat();
            assert_eq!(obeyed(&both), Vec::<String>::new(), "{ending} {arguments:?}");
        }
    }
    for command in [&["list"][..], &["check"], &["stats"], &["review", "--plain"]] {
        inactive(&format!("{command:?}"), &home.run(command));
    }
}

#[test]
fn nothing_active_is_asked_about_an_edit() {
    let deck = |front: &str, back: &str| {
        format!("cards:\n- front: \"{front} {ACTIVE}\"\n  back: \"{back} {ACTIVE}\"\n")
    };
    let home = Home::with(&[("e.yaml", &deck("what is the capital of france", "no"))]);
    let cards = home.json(&["list", "--json"]);
    home.ok(&["grade", cards["cards"][0]["card"].as_str().unwrap(), "good"]);
    home.write("e.yaml", deck("what is the capital town of france", "yes"));
    let output = home.run(&["check"]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("edited"), "{}", shown(&output));
    inactive("check", &output);
    let mut terminal = Terminal::start(&home, 80, &["review"]);
    terminal.wait_for("Is it the same card?");
    let asked = terminal.output();
    terminal.press("\r");
    terminal.wait_for("space: answer");
    terminal.press("q");
    terminal.ends_sane(0);
    // The question itself may move the cursor; what it asks about may not.
    let end = asked.windows(10).position(|part| part == b"Is it the ").unwrap();
    let line = asked[..end].iter().rposition(|byte| *byte == b'\n').unwrap();
    assert_eq!(active_in(&asked[..=line]), Vec::<String>::new());
}

#[test]
fn flags_may_follow_a_query() {
    let home = Home::starter();
    let listed = home.run(&["list", "deck:sso", "--json"]);
    assert!(
        String::from_utf8_lossy(&listed.stdout).starts_with("{\"cards\":[{"),
        "{}",
        shown(&listed)
    );
    assert_eq!(home.ok(&["due", "deck:sso", "--count"]), "5\n");
    assert_eq!(home.ok(&["due", "--count", "-deck:sso", "-deck:scim"]), "15\n");
}
