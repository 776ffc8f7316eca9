//! `import`: other people's cards into decks, and what is said about them.

use std::fs;

use super::support::{Home, in_order};

/// A quiz board with every fault that we have seen in one.
const BOARD: &str = include_str!("boards/shell.txt");

fn board() -> Home {
    let home = Home::new();
    home.file("shell.txt", BOARD);
    home
}

fn text(home: &Home, deck: &str) -> String {
    fs::read_to_string(home.path().join(format!("decks/{deck}.yaml"))).unwrap()
}

/// Every file below `decks/` with what stands in it.
fn decks(home: &Home) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![home.path().join("decks")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(home.path()).unwrap().to_string_lossy().into_owned();
                found.push((name, fs::read_to_string(path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_dirty_board_becomes_clean_decks() {
    let home = board();
    let plan = home.on(0).run("import shell.txt --dry-run").exits(0);
    assert!(!home.path().join("decks").exists() && !home.database().exists(), "only a plan");
    in_order(
        &plan.out,
        &[
            "shell.txt: quiz board, 3 categories, 11 cells",
            "decks/files-folders.yaml: 3 new",
            "+ files-folders-100  This command",
            "decks/processes.yaml: 3 new",
            "decks/pipes-redirection.yaml: 2 new",
            "decks/unplaced.yaml: 2 new",
            "10 cards would be added; nothing was written",
        ],
    );
    let ran = home.on(0).run("import shell.txt").exits(0);
    in_order(
        &ran.err,
        &[
            "note: shell.txt:56: Pipes/Redirection 300 is Processes 200 on line 27 again: one card is made of both",
            "400.1 (line 63), 400.2 (line 69); this would, if the guess is right:\n  retain import shell.txt --place 400.1=Processes --place 400.2=Pipes/Redirection\n",
        ],
    );
    assert!(ran.out.ends_with("10 cards added\n"), "{}", ran.out);
    home.on(0).run("check").exits(0).silently();
    insta::assert_snapshot!(text(&home, "files-folders"), @r#"
    deck: Files & Folders
    cards:
      - id: files-folders-100
        front: This command tells you the name of the folder that you are in
        back: pwd
        value: 100
        category: Files & Folders
      - id: files-folders-200
        front: "True or False: A hard link may lead to another file system."
        choices:
          - "True"
          - "False"
        back: "False"
        value: 200
        category: Files & Folders
      - id: files-folders-300
        front: Name all three bits of a permission
        back:
          - read
          - write
          - execute
        hint: r is the first
        value: 300
        category: Files & Folders
    "#);
    insta::assert_snapshot!(text(&home, "processes"), @r#"
    deck: Processes
    cards:
      - id: processes-100
        front: The number that names a running program
        back: PID
        value: 100
        category: Processes
      - id: processes-200
        front: A reason why a program does not end on SIGTERM
        back:
          - It ignores the signal
          - It sleeps in the kernel
        need: 1
        value: 200
        category: Processes
      - id: processes-300
        front: What a shell prints when it puts a job into the background
        back: |-
          The job's number
          and its PID
        value: 300
        category: Processes
    "#);
    insta::assert_snapshot!(text(&home, "pipes-redirection"), @r#"
    deck: Pipes/Redirection
    cards:
      - id: pipes-redirection-100
        front: The sign that sends the output of one program into the next
        back: "|"
        accept:
          - the bar
        value: 100
        category: Pipes/Redirection
      - id: pipes-redirection-200
        front: This file takes everything and keeps nothing.
        back: "/dev/null"
        value: 200
        category: Pipes/Redirection
    "#);
    insta::assert_snapshot!(text(&home, "unplaced"), @r#"
    deck: Unplaced
    cards:
      - id: unplaced-400-1
        front: A program that waits for its parent to ask how it ended, though no process of it runs any more
        back: a zombie
        value: 400
      - id: unplaced-400-2
        front: It appends the output to a file, where one sign alone would begin the file anew in this pipe
        back: two signs >>
        value: 400
    "#);
}

#[test]
fn a_second_time_nothing_changes() {
    let home = board();
    home.file("words.csv", "front,back,id\nchat,cat,\nchien,dog,w-1\n");
    home.on(0).run("import shell.txt words.csv").exits(0);
    let before = decks(&home);
    for line in ["import shell.txt words.csv", "import words.csv", "import shell.txt"] {
        let ran = home.on(0).run(line).exits(0);
        assert!(ran.out.contains("0 cards added"), "{}", ran.out);
        assert_eq!(decks(&home), before, "{line}");
    }
    // Nor if what was brought had been lost, as after a kill.
    home.sql().execute("DELETE FROM meta WHERE name LIKE 'import %'", []).unwrap();
    home.on(0).run("import shell.txt words.csv").exits(0);
    assert_eq!(decks(&home), before);
    // Nor from another place.
    home.file("copy.csv", "front,back\nchat,cat\n");
    let ran = home.on(0).run("import copy.csv").exits(0);
    assert!(ran.out.contains("decks/words.yaml: 1 there already"), "{}", ran.out);
    assert_eq!(decks(&home), before);
}

#[test]
fn a_cell_is_placed_at_once_or_later_with_its_history() {
    let home = board();
    home.on(0).run("import shell.txt").exits(0);
    home.on(0).ok("grade unplaced-400-1 good");
    let ran = home.on(1).run("import shell.txt --place 400.1=processes").exits(0);
    assert!(ran.out.contains("decks/processes.yaml: 1 moved here, 3 there already"), "{}", ran.out);
    let card = home.on(1).card("unplaced-400-1");
    assert_eq!((&card["deck"], &card["reviews"]), (&"processes".into(), &1.into()));
    assert_eq!(card["category"], "Processes");
    home.on(1).run("check").exits(0).silently();
    // It is remembered.
    let before = decks(&home);
    let ran = home.on(1).run("import shell.txt").exits(0).says("400.2 (line 69)");
    assert!(!ran.err.contains("400.1"), "{}", ran.err);
    assert_eq!(decks(&home), before);
    // The last one leaves an empty deck, to which others can come.
    home.on(1).run("import shell.txt --place 400.2=Pipes/Redirection").exits(0);
    assert_eq!(text(&home, "unplaced"), "deck: Unplaced\ncards: []\n");
    home.on(1).run("check").exits(0).silently();
    let at_once = board();
    let ran = at_once
        .on(0)
        .run("import shell.txt --place 400.1=Processes --place 400.2=Pipes/Redirection")
        .exits(0);
    assert!(!ran.err.contains("--place"), "{}", ran.err);
    assert_eq!(at_once.on(0).card("pipes-redirection-400")["value"], 400);
}

#[test]
fn all_categories_go_into_one_deck_if_that_is_wanted() {
    let home = board();
    home.on(0).run_args(["import", "shell.txt", "--deck", "Quiz/The Shell"]).exits(0);
    assert_eq!(home.on(0).listed("deck:quiz").len(), 10);
    assert_eq!(home.on(0).card("quiz-the-shell-processes-100")["category"], "Processes");
    assert!(text(&home, "quiz/the-shell").starts_with("deck: The Shell\n"));
    home.on(0).run("import shell.txt --deck quiz/the-shell --place 400.1=Processes").exits(0);
    assert_eq!(home.on(0).card("quiz-the-shell-400-1")["category"], "Processes");
}

#[test]
fn a_table_comes_in_but_for_its_bad_rows() {
    let home = Home::new();
    home.file("Les mots.csv", "\u{feff}front,back,tags,need\r\nchat,cat,animal pet,\r\nchien,,,\r\n\"un, deux\",one|two,,1\r\nx,y|z,,lots\r\n");
    let ran = home.on(0).run_args(["import", "Les mots.csv"]).exits(1);
    in_order(
        &ran.err,
        &["Les mots.csv:3: no back; left out", "Les mots.csv:5: `need` \"lots\" is not"],
    );
    assert!(ran.out.ends_with("2 cards added\n"), "{}", ran.out);
    insta::assert_snapshot!(text(&home, "les-mots"), @r#"
    deck: Les mots
    cards:
      - id: 31e06f7d89feb99a
        front: chat
        back: cat
        tags:
          - animal
          - pet
      - id: 60bb6762adb7cae2
        front: un, deux
        back:
          - one
          - two
        need: 1
    "#);
}

#[test]
fn a_new_version_brings_its_changes_and_keeps_mine() {
    let home = Home::new();
    home.file("w.csv", "id,front,back\na,chat,cat\nb,chien,hound\nc,vache,cow\n");
    home.on(0).run("import w.csv").exits(0);
    home.on(0).ok("grade b good");
    home.edit("w", "back: cow", "back: a cow # mine");
    home.edit("w", "back: cat", "back: cat\n    why: It purrs.");
    home.file(
        "w.csv",
        "id,front,back,hint\na,le chat,cat,fur\nb,chien,dog,\nc,vache,kine,\nd,coq,cock,\n",
    );
    let plan = home.on(1).run("import w.csv --dry-run").exits(0);
    in_order(
        &plan.out,
        &["1 new, 2 updated, 1 kept as you have it", "~ a", "~ b", "= c  vache → a cow\n", "+ d"],
    );
    let ran = home.on(1).run("import w.csv").exits(0);
    ran.says("note: c is yours and was kept; line 4 of w.csv says another back: kine");
    insta::assert_snapshot!(text(&home, "w"), @r#"
    deck: w
    cards:
      - id: a
        hint: fur
        front: le chat
        back: cat
        why: It purrs.
      - id: b
        front: chien
        back: dog
      - id: c
        front: vache
        back: a cow # mine
      - id: d
        front: coq
        back: cock
    "#);
    assert_eq!(home.on(1).card("b")["reviews"], 1);
    // Nothing is taken away, and what was told is not told again.
    home.file("w.csv", "id,front,back\nd,coq,cock\n");
    let left = "note: w.csv: 3 cards are not in it any more, and stay: a, b, c\n";
    home.on(1).run("import w.csv").exits(0).says(left);
    home.on(1).run("import w.csv").exits(0).silently();
    assert_eq!(home.on(1).listed("deck:w").len(), 4);
    // What was taken out here stays out.
    home.edit("w", "  - id: d\n    front: coq\n    back: cock\n", "");
    home.on(1).run("import w.csv").exits(0).says("1 card stays out: it was taken out");
    assert_eq!(home.on(1).listed("deck:w").len(), 3);
}

#[test]
fn a_file_that_was_moved_is_still_the_same() {
    let home = Home::new();
    home.file("a/words.csv", "chat,cat\nchien,hound\nvache,cow\ncoq,cock\nloup,wolf\n");
    home.on(0).run("import a/words.csv").exits(0);
    home.edit("words", "back: cow", "back: a cow");
    std::fs::create_dir(home.path().join("b")).unwrap();
    home.rename("a/words.csv", "b/vocabulary.csv");
    home.file(
        "b/vocabulary.csv",
        "chat,cat\nchien,dog\nvache,kine\ncoq,cock\nloup,wolf\npoule,hen\n",
    );
    let plan = home.on(0).run("import b/vocabulary.csv --dry-run").exits(0);
    let ran = home.on(0).run("import b/vocabulary.csv").exits(0);
    for ran in [plan, ran] {
        let what = "decks/words.yaml: 1 new, 1 updated, 1 kept as you have it, 3 there already";
        assert!(ran.out.contains(what), "{}", ran.out);
        ran.says("note: b/vocabulary.csv is what was in /").says("/a/words.csv, which is gone\n");
    }
    assert_eq!(decks(&home).len(), 1);
    let ran = home.on(0).run("import b/vocabulary.csv").exits(0).silently();
    assert!(ran.out.contains("0 cards added; 6 there already"));
    // A copy beside it, or a file that has little in common with it, is another source.
    home.file("copy.csv", "chat,cat\nchien,dog\nvache,kine\ncoq,rooster\npoule,hen\n");
    let ran = home.on(0).run("import copy.csv").exits(0).silently();
    assert!(ran.out.contains("decks/copy.yaml: 2 new"), "{}", ran.out);
    home.rename("b/vocabulary.csv", "b/gone.txt");
    home.file("c/vocabulary.csv", "chat,cat\nours,bear\nhibou,owl\n");
    let ran = home.on(0).run("import c/vocabulary.csv").exits(0).silently();
    assert!(ran.out.contains("decks/vocabulary.yaml: 2 new"), "{}", ran.out);
}

#[test]
fn a_folder_of_decks_that_was_moved_stays_one() {
    let home = Home::new();
    home.file(
        "team/verbs.yaml",
        "cards:\n- {id: go, front: go, back: aller}\n- {id: be, front: be, back: être}\n",
    );
    home.file(
        "team/nouns.yaml",
        "cards:\n- {id: cat, front: cat, back: chat}\n- {id: dog, front: dog, back: chien}\n",
    );
    home.on(0).run("import team").exits(0);
    home.rename("team", "ours");
    home.file(
        "ours/verbs.yaml",
        "cards:\n- {id: go, front: to go, back: aller}\n- {id: be, front: be, back: être}\n",
    );
    let ran = home.on(0).run("import ours").exits(0);
    assert!(ran.out.contains("decks/team/verbs.yaml: 1 updated, 1 there already"), "{}", ran.out);
    assert_eq!(decks(&home).len(), 2);
    assert_eq!(home.on(0).card("go")["front"], "to go");
}

#[test]
fn names_that_are_taken_get_a_number() {
    let home = Home::with("cards: [{id: a, front: mine, back: card}]\n");
    home.file("deck.tsv", "front\tback\nchat\tcat\n");
    // What is no text cannot hold cards, and stays as it is.
    let latin = home.path().join("decks/latin.yaml");
    fs::write(&latin, b"deck: caf\xe9\n").unwrap();
    home.on(0)
        .run("import deck.tsv")
        .exits(0)
        .says("the name deck is taken by other cards: this deck is deck-2");
    assert!(text(&home, "deck-2").starts_with("deck: deck (2)\n"));
    let ran = home.on(0).run("import deck.tsv").exits(0).silently();
    assert!(ran.out.contains("decks/deck-2.yaml: 1 there already"), "{}", ran.out);
    // A card that has the id of another one is not brought in over it.
    home.file("other.csv", "id,front,back\na,theirs,card\n");
    home.on(0).run("import other.csv").exits(0).says("note: a is yours and was kept");
    assert_eq!(home.on(0).card("a")["front"], "mine");
    assert_eq!(fs::read(latin).unwrap(), b"deck: caf\xe9\n");
}

#[test]
fn markdown_yaml_and_folders_of_it_come_in() {
    let home = Home::new();
    home.file("notes.md", "# Words\n\nQ: chat\nA: cat\n\nC: [chien] is dog\n\nvache :: cow\n");
    home.on(0).run("import notes.md").exits(0);
    assert_eq!(home.on(0).listed("deck:notes").len(), 3);
    assert!(text(&home, "notes").contains("    cloze: \"{{c1::chien}} is dog\"\n"));
    home.file("team/lang/verbs.yaml", "deck: Verbs\ntags: [lang]\noptions: { new_per_day: 3 }\ncards:\n- {id: go, front: go, back: aller}\n- {front: be, back: être}\n");
    home.file("team/compose.yaml", "services: {}\n");
    home.on(0).run("import team").exits(0);
    insta::assert_snapshot!(text(&home, "team/lang/verbs"), @r#"
    deck: Verbs
    tags:
      - lang
    options: { new_per_day: 3 }
    cards:
      - id: go
        front: go
        back: aller
      - id: 46599c5bb5c33101
        front: be
        back: être
    "#);
    assert_eq!(decks(&home).len(), 2);
    home.on(0).run("check").exits(0).silently();
}

#[test]
fn a_folder_can_be_linked() {
    let home = Home::new();
    home.file("team/verbs.yaml", "cards: [{front: go, back: aller}]\n");
    let plan = home.on(0).run("import team --link --dry-run").exits(0);
    assert!(plan.out.contains("would link team: 1 card in 1 deck; nothing was written"));
    assert!(!home.path().join("decks").exists());
    home.on(0).run("import team --link").exits(0);
    assert!(home.path().join("decks/team").is_symlink());
    assert_eq!(home.on(0).listed("deck:team").len(), 1);
    assert!(home.on(0).ok("import team --link").contains("already"));
    home.file("elsewhere/team/nouns.yaml", "cards: [{front: cat, back: chat}]\n");
    home.on(0).run("import elsewhere/team --link").exits(0);
    assert!(home.path().join("decks/team-2").is_symlink());
    home.file("empty/readme.txt", "");
    home.on(0).run("import empty --link").exits(1).says("there is no YAML deck below empty");
    home.on(0).run("import . --link").exits(1).says("hold each other");
    home.on(0).run("import team/verbs.yaml --link").exits(1).says("is no folder");
    home.on(0).run("import team empty --link").exits(2).says("--link takes one folder");
    home.on(0).run("import nowhere --link").exits(1).says("nowhere cannot be read");
}

#[test]
fn text_that_is_not_utf_8_is_read_by_its_encoding() {
    let home = Home::new();
    let bytes = |name: &str, bytes: &[u8]| fs::write(home.path().join(name), bytes).unwrap();
    bytes("latin.csv", b"front,back\r\ncaf\xe9,\x93coffee\x94\r\n");
    home.on(0).run("import latin.csv --encoding Latin1").exits(0);
    let latin = text(&home, "latin");
    assert!(latin.contains("front: café\n") && latin.contains("“coffee”"), "{latin}");
    // What is told by its text is told by what that says.
    let wide: Vec<u8> =
        "\u{feff}été\tsummer\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes("wide.txt", &wide);
    home.on(0).run("import wide.txt").exits(0);
    assert!(text(&home, "wide").contains("front: été\n    back: summer\n"));
    home.on(0).run("import wide.txt --encoding shift_jis").exits(0);
    assert_eq!(decks(&home).len(), 2);
    let help = home.on(0).ok("import --help");
    assert!(help.contains("--encoding <E>"), "{help}");
}

#[test]
fn what_comes_through_a_pipe_is_a_file_without_a_name() {
    let home = board();
    let pipe = |text: &str, line: &str| home.on(0).input(text).run(line);
    let ran = pipe("chat\tcat\nchien\n", "import -").exits(1);
    assert!(ran.out.starts_with("stdin: table\n  decks/imported.yaml: 1 new\n"), "{}", ran.out);
    ran.says("stdin:2: no back; left out");
    pipe("coq,cock\n", "import - --format csv --deck lang/words").exits(0);
    assert!(text(&home, "lang/words").starts_with("deck: words\n"));
    let ran = pipe("front;back;tag\npoire;pear;x\n", "import - --dry-run").exits(0);
    ran.says(
        "note: stdin:1: the column `tag` is not known and was left out; did you mean `tags`?\n",
    );
    // A deck is called by its title, and a board by its categories.
    pipe("deck: More Verbs\ncards: [{front: go, back: aller}]\n", "import - --format yaml")
        .exits(0);
    assert!(text(&home, "more-verbs").starts_with("deck: More Verbs\n"));
    let ran = pipe(BOARD, "import -").exits(0);
    assert!(ran.out.contains("decks/processes.yaml: 3 new"), "{}", ran.out);
    // Other pipes are no other.
    let fifo = home.path().join("fifo");
    rustix::fs::mkfifoat(rustix::fs::CWD, &fifo, 0o600.into()).unwrap();
    let written = std::thread::spawn(move || fs::write(fifo, "vache\tcow\n").unwrap());
    let ran = home.on(0).run("import fifo").exits(0);
    written.join().unwrap();
    assert!(ran.out.starts_with("fifo: table\n  decks/imported.yaml: 1 new\n"), "{}", ran.out);
    let before = decks(&home);
    for (text, line, status, says) in [
        ("chat,cat\n", "import -", 1, "it is not clear what stdin is"),
        ("chat,cat\n", "import -", 1, "as in `retain import - --format csv`"),
        ("", "import - --format csv", 1, "nothing came through stdin"),
        ("a,b\n", "import - --format board", 1, "stdin cannot be read: it is no quiz board"),
        ("a,b\n", "import - - --format csv", 2, "`-` stands twice"),
        ("a,b\n", "import - --link", 2, "--link takes a folder"),
        ("a,b\n", "import - --format csv --place 400.1=x", 2, "--place is for"),
    ] {
        pipe(text, line).exits(status).says(says);
        assert_eq!(decks(&home), before, "{line}");
    }
    // A file that is called so can be named.
    home.file("-", "poule\then\n");
    home.on(0).run("import ./-").exits(0);
}

#[test]
fn what_comes_again_into_the_same_deck_is_a_new_version() {
    let home = board();
    let pipe = |text: &str, line: &str| home.on(0).input(text).run(line);
    let words = "import - --format csv --deck words";
    pipe("id,front,back\na,chat,cat\nb,chien,hound\n", words).exits(0);
    home.edit("words", "back: hound", "back: a hound");
    let ran = pipe("id,front,back\na,chat,tomcat\nb,chien,dog\nc,coq,cock\n", words).exits(0);
    assert!(ran.out.contains("decks/words.yaml: 1 new, 1 updated, 1 kept as you have it"));
    ran.says("line 3 of stdin says another back: dog");
    // Into another one it is something else.
    let ran = pipe("chat,puss\n", "import - --format csv --deck pets").exits(0);
    assert!(ran.out.contains("decks/pets.yaml: 1 new"), "{}", ran.out);
    // Where cells of a board belong is said once, and another board is another one.
    pipe(BOARD, "import - --place 400.1=Processes").exits(0);
    let ran = pipe(BOARD, "import -").exits(0).says("400.2 (line 69)");
    assert!(!ran.err.contains("400.1"), "{}", ran.err);
    let ran = pipe(&BOARD.replace("Processes", "Jobs"), "import -").exits(0);
    ran.says("400.1 (line 63), 400.2 (line 69)");
}

#[test]
fn what_cannot_be_read_is_refused_and_leaves_nothing_behind() {
    let home = board();
    home.file("good.csv", "a,b\n");
    home.file("prose.txt", "Only prose.\nNothing else.\n");
    home.file("prose.md", "Only prose.\n");
    home.file("none.yaml", "services: {}\n");
    home.file("broken.yaml", "cards: [\n");
    home.file("twice.csv", "front,back,front\n");
    home.file("empty/readme.txt", "");
    fs::write(home.path().join("latin.csv"), b"a,b\ncaf\xe9,x\n").unwrap();
    fs::write(home.path().join("wide.csv"), b"\xff\xfea\0b").unwrap();
    for (file, why) in [
        ("nowhere.csv", "nowhere.csv is not there"),
        ("prose.txt", "it is not clear what prose.txt is"),
        ("prose.md", "there is no `Q:`, no `front :: back` and no table of fronts and backs in it"),
        ("none.yaml", "it is no deck"),
        ("broken.yaml", "broken.yaml cannot be read: line "),
        ("twice.csv", "two columns are called `front`"),
        ("latin.csv", "latin.csv cannot be read: line 2 is not UTF-8"),
        ("latin.csv", "it may be windows-1252: try --encoding windows-1252"),
        ("latin.csv --encoding shift_jis", "latin.csv cannot be read: line 2 is not Shift_JIS"),
        ("wide.csv", "wide.csv cannot be read: line 1 is not UTF-16LE"),
        ("empty", "there is no YAML deck below empty"),
        ("prose.txt --format board", "it is no quiz board: no line is a value"),
        ("shell.txt --place 900.1=Processes", "it has no cell 900.1"),
        ("shell.txt --place 400.1=Cats", "it has no category \"Cats\""),
        ("shell.txt --place 100.1=Processes", "its row is full"),
    ] {
        home.on(0).run(&format!("import good.csv {file}")).exits(1).says(why);
        assert!(!home.path().join("decks").exists() && !home.database().exists(), "{file}");
    }
    for (arguments, why) in [
        ("shell.txt --place 400", "--place \"400\" is no place"),
        ("shell.txt --place 400.0=x", "is no place"),
        ("shell.txt --place 400.1=", "is no place"),
        ("shell.txt --place 400.1=a --place 400.1=b", "names the cell 400.1 twice"),
        ("good.csv --place 400.1=a", "--place is for the cells of a quiz board"),
        ("good.csv --deck ../x", "is no name for a deck"),
        ("good.csv --format apkg", "invalid value"),
        ("good.csv --encoding utf-9", "there are utf-8, utf-16le, windows-1252, latin1, shift_jis"),
        ("--link --deck x good.csv", "cannot be used with"),
        ("--link --encoding utf-8 good.csv", "cannot be used with"),
        ("", "required"),
    ] {
        home.on(0).run(&format!("import {arguments}")).exits(2).says(why);
        assert!(!home.path().join("decks").exists(), "{arguments}");
    }
    assert!(home.on(0).ok("import --help").contains("retain import words.csv --dry-run"));
}

#[test]
fn nothing_of_a_source_commands_the_terminal() {
    let home = Home::new();
    home.file("bad.csv", "\u{1b}[2Jfront,\u{1b}]0;x\u{7}back\n\u{1b}[31mlone\n");
    home.file("\u{1b}[1m.csv", "a,b\n");
    for arguments in [["import", "bad.csv", "--dry-run"], ["import", "bad.csv", "\u{1b}[1m.csv"]] {
        let ran = home.on(0).run_args(arguments).exits(1);
        for shown in [&ran.out, &ran.err] {
            assert!(!shown.contains(['\u{1b}', '\u{7}']), "{shown:?}");
        }
    }
    assert!(text(&home, "bad").contains(r#"front: "\x1b[2Jfront""#));
}

#[test]
fn an_import_that_was_killed_is_finished_by_the_next_one() {
    let table: String = (0..3000).map(|at| format!("question {at},answer {at}\n")).collect();
    let prepared = || {
        let home = board();
        home.file("many.csv", &table);
        home
    };
    let whole = prepared();
    whole.on(0).run("import shell.txt many.csv").exits(0);
    let visible = |home: &Home| {
        let mut all = decks(home);
        all.retain(|(name, _)| !name.contains("/."));
        all
    };
    for wait in [5, 20, 40, 60, 80, 100, 130, 160] {
        let home = prepared();
        let mut child = home
            .on(0)
            .command(["import", "shell.txt", "many.csv"])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(wait));
        let _ = child.kill();
        child.wait().unwrap();
        for (name, text) in visible(&home) {
            let is_whole = visible(&whole).contains(&(name.clone(), text));
            assert!(is_whole, "{name} is there in part after {wait} ms");
        }
        home.on(0).run("import shell.txt many.csv").exits(0);
        assert_eq!(visible(&home), visible(&whole), "after {wait} ms");
    }
}

#[test]
fn a_linked_deck_stays_linked_and_keeps_its_mode() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    home.file("w.csv", "id,front,back\na,chat,cat\n");
    home.on(0).run("import w.csv").exits(0);
    home.rename("decks/w.yaml", "mine.yaml");
    let mine = home.path().join("mine.yaml");
    fs::set_permissions(&mine, fs::Permissions::from_mode(0o600)).unwrap();
    std::os::unix::fs::symlink(&mine, home.path().join("decks/w.yaml")).unwrap();
    home.file("w.csv", "id,front,back\na,chat,tomcat\n");
    home.on(0).run("import w.csv").exits(0);
    assert!(home.path().join("decks/w.yaml").is_symlink());
    assert!(fs::read_to_string(&mine).unwrap().contains("back: tomcat"));
    assert_eq!(fs::metadata(&mine).unwrap().permissions().mode() & 0o777, 0o600);
}
