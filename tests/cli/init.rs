//! `init`, a home without decks, and what is refused outside of a test's home.

use super::support::{Home, RETAIN, TWO};

fn init(home: &Home) -> super::support::Ran {
    home.on(0).run("init").exits(0).silently()
}

#[test]
fn init_makes_a_home_and_is_safe_to_repeat() {
    let home = Home::new();
    let ran = init(&home);
    assert!(ran.out.contains("made a home in"), "{}", ran.out);
    assert!(ran.out.contains("retain init --starter"), "{}", ran.out);
    for name in ["decks", "config.yaml", "retain.db"] {
        assert!(home.path().join(name).exists(), "{name}");
    }
    home.deck("deck", TWO);
    home.config("new_per_day: 1\n");
    home.on(0).ok("grade a good");
    let digest = home.on(0).ok("doctor --digest");
    assert!(init(&home).out.contains("is a home already"));
    assert_eq!(home.on(0).ok("doctor --digest"), digest);
    let config = std::fs::read_to_string(home.path().join("config.yaml")).unwrap();
    assert_eq!(config, "new_per_day: 1\n");
}

#[test]
fn the_settings_that_init_writes_change_nothing() {
    let home = Home::new();
    init(&home);
    home.deck("deck", TWO);
    home.on(0).run("check").exits(0).silently();
    // Each commented line is one that can be used.
    let config = std::fs::read_to_string(home.path().join("config.yaml")).unwrap();
    let used: String = config
        .lines()
        .filter_map(|line| line.strip_prefix("# "))
        .filter(|line| line.split_once(": ").is_some_and(|(key, _)| !key.contains(' ')))
        .map(|line| format!("{line}\n"))
        .collect();
    assert!(used.lines().count() >= 4, "{config}");
    home.config(&used);
    home.on(0).run("due").exits(0);
}

#[test]
fn the_starter_decks_are_five_times_five_cards_without_a_mistake() {
    let home = Home::new();
    assert!(home.on(0).ok("init --starter").contains("5 starter decks"));
    let check = home.on(0).json("check --json");
    assert_eq!((&check["errors"], &check["warnings"]), (&0.into(), &0.into()));
    let list = home.on(0).json("list --json");
    let cards = list["cards"].as_array().unwrap();
    let mut cells: Vec<_> = cards
        .iter()
        .map(|card| (card["category"].as_str().unwrap(), card["value"].as_i64().unwrap()))
        .collect();
    cells.sort_unstable();
    cells.dedup();
    assert_eq!((cards.len(), cells.len()), (25, 25), "a full board");
    for deck in ["sso", "scim", "login", "domains", "errors"] {
        let found = home.on(0).listed(&format!("deck:{deck}"));
        assert_eq!(found, [100, 200, 300, 400, 500].map(|value| format!("{deck}-{value}")));
    }
}

#[test]
fn starter_decks_that_were_edited_are_left_alone() {
    let home = Home::new();
    home.deck("sso", TWO);
    assert!(home.on(0).ok("init --starter").contains("4 starter decks"));
    assert_eq!(std::fs::read_to_string(home.path().join("decks/sso.yaml")).unwrap(), TWO);
    assert!(home.on(0).ok("init --starter").contains("there already"));
}

#[test]
fn without_decks_a_review_says_what_to_type() {
    let home = Home::new();
    for line in ["review", "review --plain", "review tag:x"] {
        let ran = home.on(0).run(line).exits(1).says("retain init --starter");
        assert_eq!(ran.out, "");
    }
    assert!(!home.path().join("decks").exists(), "asking makes nothing");
    home.on(0).ok("init --starter");
    assert!(home.on(0).review("").contains("Question: "));
}

#[test]
fn a_fixed_clock_or_chance_is_refused_for_the_home_that_one_learns_in() {
    let home = Home::new();
    for (name, value) in [("RETAIN_NOW", "2026-11-24T10:00"), ("RETAIN_SEED", "1")] {
        for arguments in [&["due"][..], &["init"], &["review", "--plain"], &["list"], &["undo"]] {
            let output = std::process::Command::new(RETAIN)
                .args(arguments)
                .env_clear()
                .env("HOME", home.path())
                .env(name, value)
                .output()
                .unwrap();
            let error = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{name} {arguments:?}: {error}");
            assert!(error.contains(name), "{error}");
        }
        assert!(!home.path().join(".local/share/retain/retain.db").exists());
        assert!(!home.path().join(".local/share/retain/decks").exists(), "{name}: init made it");
        // With a home that was named it is fine, by flag too.
        let output = std::process::Command::new(RETAIN)
            .args(["due", "--count", "--home"])
            .arg(home.path().join("other"))
            .env_clear()
            .env(name, value)
            .output()
            .unwrap();
        assert_eq!(output.stdout, b"0\n");
    }
}

#[test]
fn a_clock_or_chance_that_cannot_be_read_is_a_wrong_command_line() {
    let home = Home::with(TWO);
    home.at("soon").run("due").exits(2).says("RETAIN_NOW");
    let output = home.on(0).command(["due"]).env("RETAIN_SEED", "x").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_home_is_where_the_system_says_unless_it_is_named() {
    let home = Home::new();
    let run = |variables: &[(&str, &str)], arguments: &[&str]| {
        let output = std::process::Command::new(RETAIN)
            .args(arguments)
            .env_clear()
            .env("HOME", home.path())
            .envs(variables.iter().map(|(name, path)| (name, home.path().join(path))))
            .current_dir(home.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    run(&[], &["init"]);
    run(&[("XDG_DATA_HOME", "data"), ("XDG_CONFIG_HOME", "etc")], &["init"]);
    run(&[("RETAIN_HOME", "named")], &["init"]);
    run(&[("RETAIN_HOME", "named")], &["init", "--home", "flag"]);
    for path in [
        ".local/share/retain/decks",
        ".local/share/retain/retain.db",
        ".config/retain/config.yaml",
        "data/retain/retain.db",
        "etc/retain/config.yaml",
        "named/retain.db",
        "named/config.yaml",
        "flag/retain.db",
        "flag/config.yaml",
    ] {
        assert!(home.path().join(path).exists(), "{path}");
    }
}

#[test]
fn every_spelling_of_a_home_is_one_home() {
    let home = Home::with(TWO);
    home.file("notes/more.yaml", "cards: [{id: more, front: q, back: r}]\n");
    home.config("decks: [notes]\n");
    let place = home.path().to_owned();
    std::os::unix::fs::symlink(&place, place.join("link")).unwrap();
    let files = || -> Vec<(i64, String)> {
        let db = home.sql();
        let mut statement = db.prepare("SELECT key, path FROM cache_file ORDER BY key").unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    };
    assert_eq!(home.on(0).ok("due --count"), "3\n");
    let read = files();
    assert_eq!(read.len(), 2);
    let link = place.join("link").display().to_string();
    for spelling in [".", "./decks/..", "link", &link] {
        let ran = home.on(0).run_args(["--home", spelling, "list"]).exits(0);
        assert!(ran.out.contains("more"), "{spelling}: {}", ran.out);
        assert_eq!(files(), read, "{spelling}");
        // What is shown stays as it was typed.
        let doctor = home.on(0).run_args(["--home", spelling, "doctor"]).exits(0);
        assert!(doctor.out.contains(&format!("{spelling}/retain.db: whole")), "{}", doctor.out);
    }
    home.file("notes/wrong.yaml", "cards: [{front: q}]\n");
    home.on(0).run("--home link check").exits(1);
    assert!(home.on(0).run("--home link check").out.contains("notes/wrong.yaml:1"));
}

#[test]
fn hints_name_the_home_that_the_flag_named() {
    let home = Home::new();
    home.on(0).run("--home new review").exits(1).says("`retain --home new init --starter`");
    home.on(0).run_args(["--home", "my home", "review"]).exits(1).says("--home 'my home' init");
    home.on(0).run("review").exits(1).says("`retain init --starter`");
    let due = home.on(0).ok("--home new due");
    assert!(due.replace('\n', " ").contains("`retain --home new init` makes one"), "{due}");
    let made = home.on(0).ok("--home new init --starter");
    assert!(made.contains("next: `retain --home new review`"), "{made}");
    let left = home.on(0).input("\n3\n").ok("--home new review --plain").replace('\n', " ");
    assert!(left.contains("`retain --home new review` goes on"), "{left}");
}

#[test]
fn every_command_helps_with_an_example() {
    let home = Home::new();
    for command in [
        "", "init", "review", "due", "grade", "undo", "history", "list", "show", "suspend",
        "resume", "bury", "reset", "check", "explain", "doctor", "backup", "restore",
    ] {
        let ran = home.on(0).run(&format!("{command} --help")).exits(0).silently();
        assert!(ran.out.contains("Example"), "{command}");
    }
    home.on(0).run("no-such-command").exits(2);
    home.on(0).run("--version").exits(0);
}
