//! Confusion pairs: a typed answer that belongs to another card.

use super::support::{Home, in_order};

const DECK: &str = "cards:\n  - {id: es, front: capital of Spain, back: Madrid}\n  - {id: pt, front: capital of Portugal, back: Lisbon, accept: [Lisboa]}\n  - {id: it, front: capital of Italy, back: Rome}\n";

/// Types `answers` to the cards of a day, one each, and grades them again.
fn types(home: &Home, day: i64, query: &str, answer: &str) -> String {
    let input = format!("{answer}\n1\n:q\n");
    home.on(day).input(input).ok(&format!("review --plain --typed --cram {query}"))
}

const SAID: &str = "es and pt were taken for each other 3 times; `retain show es pt` shows both.";

#[test]
fn a_pair_is_told_once_when_it_was_confused_for_the_third_time() {
    let home = Home::with(DECK);
    for (day, card, answer, told) in [
        (0, "es", "Lisbon", false),
        (0, "es", "Paris", false),
        (1, "pt", "madrid.", false),
        (1, "it", "Madrid", false),
        (2, "es", "Lisboa", true),
        (3, "es", "Lisbon", false),
        (4, "es", "Toledo", false),
    ] {
        let output = types(&home, day, &format!("id:{card}"), answer);
        let output = output.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(output.contains(SAID), told, "{card} {answer}: {output}");
    }
    in_order(&home.on(5).ok("show es"), &["confused", "with pt, 4 times", "with it, 1 time"]);
    in_order(&home.on(5).ok("show pt"), &["confused", "with es, 4 times"]);
    in_order(
        &home.on(5).ok("stats"),
        &["Taken for each other, in typed answers", "es and pt, 4 times", "es and it, 1 time"],
    );
    let stats = home.on(5).json("stats --json");
    let wanted = serde_json::json!([
        {"cards": ["es", "pt"], "times": 4},
        {"cards": ["es", "it"], "times": 1},
    ]);
    assert_eq!(stats["confusions"], wanted);
    assert_eq!(home.on(5).json("stats --json id:it")["confusions"][0]["times"], 1);
}

#[test]
fn what_was_taken_back_or_not_graded_again_is_no_confusion() {
    let home = Home::with(DECK);
    types(&home, 0, "id:es", "Lisbon");
    home.on(0).ok("undo");
    home.on(0).input("Lisbon\n3\n:q\n").ok("review --plain --typed --cram id:es");
    home.on(0).input("1\n:q\n").ok("review --plain --cram id:es");
    assert!(!home.on(0).ok("show es").contains("confused"));
    assert_eq!(home.on(0).json("stats --json")["confusions"], serde_json::json!([]));
    assert!(!home.on(0).ok("stats").contains("Taken for each other"));
}

#[test]
fn a_card_that_was_renamed_or_reworded_keeps_its_confusions() {
    let home = Home::with(DECK);
    types(&home, 0, "id:es", "Lisbon");
    home.edit("deck", "id: es", "id: spain");
    assert!(home.on(1).ok("show spain").contains("with pt, 1 time"));
    // As the cards are now: it is no answer of another card any more.
    home.edit("deck", "Lisbon, accept: [Lisboa]", "Lisboa");
    assert!(!home.on(1).ok("show spain").contains("confused"));
}

#[test]
fn confusions_of_a_long_history_are_searched_once_and_the_same_after() {
    let home = Home::with(DECK);
    types(&home, 0, "id:es", "Lisbon");
    let lines: String = (0..2_100)
        .map(|n| format!("{{\"card\":\"it\",\"rating\":\"good\",\"key\":\"k{n}\"}}\n"))
        .collect();
    home.on(1).input(lines).ok("grade --stdin");
    let kept = || -> (i64, i64) {
        let sql = "SELECT (SELECT count(*) FROM cache_mistyped), \
                   (SELECT count(*) FROM cache_stamp WHERE name = 'mistyped')";
        home.sql().query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
    };
    assert_eq!(kept(), (0, 0));
    for _ in 0..2 {
        assert!(home.on(1).ok("show es").contains("with pt, 1 time\n"));
        assert_eq!(kept(), (1, 1));
    }
    types(&home, 1, "id:pt", "Madrid");
    assert!(home.on(1).ok("show es").contains("with pt, 2 times\n"));
    home.drop_caches();
    assert!(home.on(1).ok("show es").contains("with pt, 2 times\n"));
}
