//! `export progress` and `export reviews`: to pipes and files.

use std::os::unix::fs::PermissionsExt;

use super::support::{Home, TWO, date, deck_of};

fn answered() -> Home {
    let home = Home::with(TWO);
    home.on(0).ok("grade a good --took 1500");
    home.on(0).ok("grade a q2");
    home.on(2).ok("grade a easy --took 600");
    home
}

fn read(home: &Home, name: &str) -> String {
    std::fs::read_to_string(home.path().join(name)).unwrap()
}

#[test]
fn csv_goes_to_standard_output() {
    let home = answered();
    insta::assert_snapshot!(home.on(3).run("export progress").exits(0).silently().out, @r"
    day,reviews,new,passed,failed,lapses,seconds,retention_young,retention_mature,streak
    2026-11-24,2,1,0,0,0,1,,,1
    2026-11-25,0,0,0,0,0,0,,,0
    2026-11-26,1,0,1,0,0,0,1.0000,,1
    2026-11-27,0,0,0,0,0,0,,,1
    ");
    let out = home.on(3).run("export reviews").exits(0).silently().out;
    insta::assert_snapshot!(out, @r"
    at,day,card,deck,rating,quality,took_ms,counted,interval_days,device
    2026-11-24T10:00:00+00:00,2026-11-24,a,deck,3,,1500,true,1,611830d3641a68f94a690dcc25d1f4b0
    2026-11-24T10:00:00.001+00:00,2026-11-24,a,deck,1,2,,false,,611830d3641a68f94a690dcc25d1f4b0
    2026-11-26T10:00:00+00:00,2026-11-26,a,deck,4,,600,true,6,611830d3641a68f94a690dcc25d1f4b0
    ");
    assert_eq!(home.on(3).ok("export reviews --to -"), out);
}

#[test]
fn nothing_is_a_header_alone() {
    for home in [Home::new(), Home::with(TWO)] {
        for what in ["progress", "reviews"] {
            let csv = home.on(0).run(&format!("export {what}")).exits(0).silently().out;
            assert_eq!(csv.lines().count(), 1, "{csv}");
            assert_eq!(home.on(0).ok(&format!("export {what} --format ndjson")), "");
        }
    }
    assert!(!Home::new().database().exists());
}

#[test]
fn a_query_chooses_the_cards_whose_answers_are_written() {
    let home = answered();
    home.on(2).ok("grade b good");
    assert_eq!(home.on(2).ndjson("export reviews --format ndjson id:b").len(), 1);
    assert_eq!(home.on(2).ndjson("export reviews -id:b --format ndjson").len(), 3);
    let days = home.on(2).ndjson("export progress --format ndjson id:b");
    assert_eq!((days.len(), &days[0]["day"]), (1, &date(2).into()));
    assert_eq!(home.on(2).ok("export reviews zebra").lines().count(), 1);
    home.on(2).run("export reviews is:leach").exits(2).says("is:leach is no state");
}

#[test]
fn the_ending_or_the_flag_decides_the_format() {
    let home = answered();
    let (csv, ndjson) =
        (home.on(3).ok("export progress"), home.on(3).ok("export progress --format ndjson"));
    for (flags, name, text) in [
        ("", "p.csv", &csv),
        ("", "p.CSV", &csv),
        ("", "p.txt", &csv),
        ("", "p", &csv),
        ("", "p.ndjson", &ndjson),
        ("", "p.jsonl", &ndjson),
        ("--format ndjson", "q.csv", &ndjson),
        ("--format csv", "q.json", &csv),
    ] {
        let ran = home.on(3).run(&format!("export progress {flags} --to {name}")).exits(0);
        assert_eq!((ran.out.as_str(), &read(&home, name)), ("", text), "{name}");
        assert_eq!(ran.err, format!("wrote 4 rows to {name}\n"));
    }
    for name in ["x.json", "x.yaml", "x.YML"] {
        home.on(3).run(&format!("export reviews --to {name}")).exits(2).says("--format");
        assert!(!home.path().join(name).exists());
    }
}

#[test]
fn a_file_is_replaced_whole_or_not_at_all() {
    let home = answered();
    home.file("out.csv", "what was there before, and is longer than what comes\n");
    let path = home.path().join("out.csv");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o604)).unwrap();
    std::os::unix::fs::symlink("out.csv", home.path().join("link.csv")).unwrap();
    home.on(3)
        .run("export progress --to link.csv")
        .exits(0)
        .says("wrote 4 rows to link.csv, in place of what was there");
    assert_eq!(read(&home, "out.csv"), home.on(3).ok("export progress"));
    assert!(home.path().join("link.csv").is_symlink(), "the file behind the link is meant");
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o604);
    // What cannot be written leaves what is there, and nothing beside it.
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o444)).unwrap();
    let before = read(&home, "out.csv");
    home.on(9).run("export progress --to out.csv").exits(1).says("cannot be written");
    assert_eq!(read(&home, "out.csv"), before);
    home.on(9).run("export progress --to decks").exits(1).says("decks is a folder");
    home.on(9).run("export progress --to no/such/folder.csv").exits(1).says("cannot be written");
    let left = std::fs::read_dir(home.path()).unwrap();
    let left = left.filter(|file| {
        file.as_ref().unwrap().file_name().to_string_lossy().starts_with(".unfinished-")
    });
    assert_eq!(left.count(), 0);
}

#[test]
fn a_new_file_can_be_read_by_those_whom_the_umask_lets() {
    let home = answered();
    home.on(3).ok("export reviews --to new.csv");
    let mode = home.path().join("new.csv").metadata().unwrap().permissions().mode();
    std::fs::write(home.path().join("like"), "").unwrap();
    let like = home.path().join("like").metadata().unwrap().permissions().mode();
    assert_eq!(mode, like);
}

#[test]
fn what_the_home_lives_from_is_not_replaced() {
    let home = answered();
    home.config("new_per_day: 3\n");
    for name in ["retain.db", "./decks/../retain.db", "decks/deck.yaml", "config.yaml"] {
        let before = std::fs::read(home.path().join(name)).unwrap();
        let line = format!("export progress --format csv --to {name}");
        home.on(3).run(&line).exits(1).says("belongs to the home");
        assert_eq!(std::fs::read(home.path().join(name)).unwrap(), before);
    }
    assert_eq!(home.on(3).ndjson("history --json").len(), 3);
    // Not even where there is none yet.
    let home = Home::with(TWO);
    home.on(0).run("export progress --to retain.db").exits(1).says("belongs to the home");
    home.on(0).run("export progress --to config.yaml --format csv").exits(1);
    home.on(0).ok("export progress --to decks/progress.csv");
}

#[test]
fn what_is_no_file_is_written_as_it_is() {
    let home = answered();
    home.on(3).ok("export reviews --to /dev/null");
    let ran = home.on(3).run("export progress --to /dev/stdout").exits(0);
    assert_eq!(ran.out, home.on(3).ok("export progress"));
    assert!(std::path::Path::new("/dev/null").metadata().unwrap().permissions().mode() & 0o222 > 0);
}

#[test]
fn a_closed_pipe_is_silent() {
    let home = Home::with(&deck_of(40));
    let line = |n: usize| format!("{{\"card\":\"c{}\",\"rating\":3}}\n", n % 40 + 1);
    home.on(0).input((0..4_000).map(line).collect::<String>()).run("grade --stdin").exits(0);
    for line in
        ["export reviews", "export reviews --format ndjson", "export reviews --to /dev/stdout"]
    {
        let mut child = home
            .on(0)
            .command(line.split(' '))
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && err.is_empty(), "{line}: {} {err}", output.status);
    }
}

#[test]
fn wrong_input_is_named() {
    let home = answered();
    home.on(3).run("export").exits(2);
    home.on(3).run("export everything").exits(2).says("progress, reviews");
    home.on(3).run("export progress --format xlsx").exits(2).says("csv, ndjson");
    home.on(3).run("export progress --to").exits(2);
}

#[test]
fn what_a_stranger_wrote_is_counted_as_far_as_it_can_be_meant() {
    let home = answered();
    let insert = |id: u8, at_ms: i64, day: i64, took_ms: i64| {
        home.sql()
            .execute(
                "INSERT INTO history (id, device, device_seq, card, at_ms, utc_offset_s, day, kind,
                        rating, took_ms)
                 SELECT ?, device, 0, card, ?, ?, ?, 'reviewed', 3, ? FROM history WHERE seq = 1",
                rusqlite::params![vec![id; 16], at_ms, i64::MAX, day, took_ms],
            )
            .unwrap();
    };
    insert(1, i64::MIN, i64::MIN, i64::MAX);
    insert(2, i64::MAX, i64::MAX, i64::MAX);
    insert(3, 0, 0, 0);
    let progress = home.on(3).ok("export progress");
    assert_eq!(progress.lines().count(), 1 + 36_500, "a hundred years");
    assert!(progress.contains("\n1970-01-01,1,"));
    assert_eq!(home.on(3).ok("export reviews").lines().count(), 1 + 6);
    let stats = home.on(3).json("stats --json --days 36500");
    let reviews =
        stats["daily"].as_array().unwrap().iter().map(|day| day["reviews"].as_u64().unwrap());
    assert_eq!(reviews.sum::<u64>(), 4, "what lies in the future is not of today");
    home.on(3).ok("stats");
}
