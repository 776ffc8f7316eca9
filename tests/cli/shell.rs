//! The shell around it: completions, the manual, `help shell`, a review that ends by the clock.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use super::support::{Home, RETAIN, TWO, deck_of};

/// Returns what bash offers where `words` are typed, the last of them being completed.
fn offered(home: &Home, words: &[&str]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(RETAIN, folder.path().join("retain")).unwrap();
    let script = r#"
        source <(retain completions bash)
        COMP_WORDS=(retain "$@"); COMP_CWORD=$#; COMP_TYPE=9
        _retain_complete retain "${!#}" ""
        printf '%s\n' "${COMPREPLY[@]}""#;
    let mut command = std::process::Command::new("bash");
    command
        .args(["--norc", "-c", script, "bash"])
        .args(words)
        .env("PATH", format!("{}:/usr/bin:/bin", folder.path().display()))
        .env("RETAIN_HOME", home.path());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| line.trim_end().to_owned()).filter(|line| !line.is_empty()).collect()
}

fn decks() -> Home {
    let home = Home::new();
    home.deck("lang/verbs", "tags: [saml]\ncards:\n  - { id: go, front: to go, back: ir }\n");
    home.deck("lang/nouns", "cards:\n  - { id: cat, front: the cat, back: el gato }\n");
    home.deck("other", TWO);
    home.on(0).ok("due");
    home
}

#[test]
fn bash_completes_commands_flags_decks_tags_states_and_cards() {
    let home = decks();
    for (words, wanted) in [
        (&["expl"][..], &["explain"][..]),
        (&["review", "--pl"], &["--plain"]),
        // bash itself parts words at colons.
        (&["list", "deck", ":", "lang"], &["lang/nouns", "lang/verbs"]),
        (&["list", "deck", ":"], &["lang/nouns", "lang/verbs", "other"]),
        (&["review", "tag", ":", "sa"], &["saml"]),
        (&["due", "is", ":", "su"], &["suspended"]),
        (&["show", "g"], &["go"]),
        (&["list", "--sort", "inter"], &["interval"]),
        (&["import", "--encoding", "Shi"], &["shift_jis"]),
    ] {
        assert_eq!(offered(&home, words), wanted, "{words:?}");
    }
}

#[test]
fn nothing_active_is_completed_and_a_home_without_a_database_has_nothing_to_offer() {
    let home = Home::new();
    home.deck("a", "tags: [\"x\\e[31m\"]\ncards:\n  - { id: a, front: \"\\e[2J\", back: b }\n");
    assert!(offered(&home, &["show", ""]).iter().all(|word| word.starts_with("--")));
    assert!(!home.database().exists());
    home.on(0).ok("due");
    let all = [offered(&home, &["show", ""]), offered(&home, &["list", "tag", ":"])].concat();
    assert!(all.iter().all(|word| !word.contains('\u{1b}')), "{all:?}");
}

#[test]
fn each_shell_has_a_script_and_another_is_named() {
    let home = Home::new();
    for (shell, word) in [("bash", "complete -o"), ("zsh", "compdef"), ("fish", "complete --")] {
        let script = home.on(0).run(&format!("completions {shell}")).exits(0).silently().out;
        assert!(script.contains(word) && script.contains("RETAIN_COMPLETE"), "{script}");
    }
    home.on(0).run("completions tcsh").exits(2).says("bash");
}

#[test]
fn the_manual_and_help_are_of_one_source() {
    let home = Home::new();
    let page = home.on(0).ok("man");
    assert!(page.starts_with(".ie") && page.contains(".SH DESCRIPTION"), "{page}");
    assert!(home.on(0).ok("man review").contains("retain-review"));
    assert_eq!(home.on(0).ok("help review"), home.on(0).ok("review --help"));
    assert_eq!(home.on(0).ok("help"), home.on(0).ok("--help"));
    home.on(0).run("man nothing").exits(2).says("no command");
    home.on(0).run("help nothing").exits(2).says("retain --help");
    assert!(home.on(0).ok("help shell").contains("retain due --count"));
}

#[test]
fn the_lines_for_a_shell_do_what_they_say() {
    let home = Home::with(&deck_of(3));
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(RETAIN, folder.path().join("retain")).unwrap();
    let run = |shell: &str, line: &str| {
        let mut command = std::process::Command::new(shell);
        command
            .args(["-c", line])
            .env("PATH", format!("{}:/usr/bin:/bin", folder.path().display()))
            .env("RETAIN_HOME", home.path())
            .env("RETAIN_NOW", super::support::day(0))
            .stdin(Stdio::null());
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let page = include_str!("../../docs/shell.md");
    let line = |beginning: &str| {
        page.lines()
            .find(|line| line.starts_with(beginning))
            .unwrap_or_else(|| panic!("{beginning}"))
    };
    // The prompt of bash, as bash expands it.
    let prompt = line("PS1=");
    let (status, shown) = run("bash", &format!("{prompt}; printf '%s' \"${{PS1@P}}\""));
    assert_eq!(
        (status, shown.trim_start_matches("3 due ").len()),
        (Some(0), shown.len() - 6),
        "{shown}"
    );
    // What starship, tmux and cron run.
    assert_eq!(run("sh", "retain due --count"), (Some(0), "3\n".into()));
    assert_eq!(run("sh", "retain due -q"), (Some(0), String::new()));
    let cron = line("0 9 * * 1-5").split_once("  ").unwrap().1;
    assert!(run("sh", cron).1.contains("3 new today"));
    // At login, without a terminal nothing happens; with one there is a question.
    let login = line("[ -t 0 ]");
    assert_eq!(run("sh", login).1, "");
    let (status, shown) = run("sh", login.split_once("&& ").unwrap().1);
    assert!(status == Some(0) && shown.contains("Question: Question number 1?"), "{shown}");
    assert!(
        run(
            "sh",
            line("retain review --for").split_once('#').map_or("retain review --for 10m", |l| l.0)
        )
        .1
        .contains("Question")
    );
}

#[test]
fn a_review_ends_when_its_time_is_over() {
    let home = Home::with(&deck_of(5));
    let mut child = home
        .on(0)
        .command(["review", "--plain", "--for", "1s"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.starts_with("Question:")));
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    stdin.write_all(b"\n3\n").unwrap();
    let rest: Vec<String> = lines.collect();
    assert!(child.wait().unwrap().success());
    let text = rest.join("\n");
    // The card that was asked is answered; no other is asked.
    assert!(text.contains("c1 good") && text.contains("The time is over."), "{text}");
    assert!(text.contains("4 left for today") && !text.contains("Question:"), "{text}");
    for wrong in ["0m", "10", "25h", "-1m", "m", "1d"] {
        home.on(0).run(&format!("review --plain --for={wrong}")).exits(2).says("such as 90s");
    }
}

#[test]
fn a_list_is_sorted_by_any_figure_and_cards_without_it_come_last() {
    let home = Home::with(&deck_of(4));
    home.on(0).ok("grade c2 good");
    home.on(0).ok("grade c3 again");
    home.on(1).ok("grade c2 easy");
    for (sort, wanted) in [
        ("deck", ["c1", "c2", "c3", "c4"]),
        ("interval", ["c3", "c2", "c1", "c4"]),
        ("due --reverse", ["c2", "c3", "c1", "c4"]),
        ("reviews --reverse", ["c2", "c3", "c1", "c4"]),
        ("id --reverse", ["c4", "c3", "c2", "c1"]),
        ("front", ["c1", "c2", "c3", "c4"]),
        ("ease --reverse", ["c2", "c3", "c1", "c4"]),
    ] {
        assert_eq!(home.on(1).listed(&format!("--sort {sort}")), wanted, "{sort}");
    }
    home.on(0).run("list --sort colour").exits(2).says("retrievability");
}

#[test]
fn the_schema_is_json_with_every_key_of_a_deck() {
    let schema = Home::new().on(0).json("schema");
    assert!(schema["$defs"]["card"]["properties"]["front"]["description"].is_string());
    assert_eq!(schema["properties"]["cards"]["type"], "array");
}
