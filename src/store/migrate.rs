//! The format of the database, a step at a time.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, TransactionBehavior};

use super::{Notice, StoreError, backup};

/// Each step once, in order. A step that has landed never changes.
const STEPS: &[&str] = &[
    include_str!("../../migrations/0001_history.sql"),
    include_str!("../../migrations/0002_history_moves.sql"),
    include_str!("../../migrations/0003_small_indexes.sql"),
];

/// "retn", by which a database is known as ours.
const APPLICATION: i64 = 0x7265_746e;

fn number(db: &Connection, pragma: &str) -> rusqlite::Result<i64> {
    db.query_row(pragma, [], |row| row.get(0))
}

/// Refuses a database that this version cannot read, untouched.
pub(super) fn refuse_unknown(db: &Connection, path: &Path) -> Result<(), StoreError> {
    // One statement, so that a database that another process is making is seen before or after.
    let (version, ours, tables) = db.query_row(
        "SELECT (SELECT user_version FROM pragma_user_version),
                (SELECT application_id FROM pragma_application_id), count(*) FROM sqlite_schema",
        [],
        |row| Ok((row.get(0)?, row.get::<_, i64>(1)? == APPLICATION, row.get::<_, i64>(2)?)),
    )?;
    let known = STEPS.len() as i64;
    if ours && version < 1 {
        let problem = format!("its format is said to be {version}");
        Err(StoreError::Damaged { path: path.to_owned(), problem })
    } else if !ours && (version != 0 || tables > 0) {
        Err(StoreError::Foreign(path.to_owned()))
    } else if version > known {
        Err(StoreError::Newer { path: path.to_owned(), found: version, known })
    } else {
        Ok(())
    }
}

/// Runs the steps that `db` lacks, in one transaction, after a verified copy into `backups`.
///
/// Returns what is worth a line; `None` if the format was current.
pub(super) fn migrate(
    db: &mut Connection,
    path: &Path,
    backups: Option<&Path>,
) -> Result<Option<Vec<Notice>>, StoreError> {
    run(db, path, backups, STEPS)
}

fn run(
    db: &mut Connection,
    path: &Path,
    backups: Option<&Path>,
    steps: &[&str],
) -> Result<Option<Vec<Notice>>, StoreError> {
    let version = |db: &Connection| number(db, "PRAGMA user_version");
    if number(db, "PRAGMA application_id")? == APPLICATION && version(db)? == steps.len() as i64 {
        return Ok(None);
    }
    refuse_unknown(db, path)?;
    let copy: Option<PathBuf> = match (version(db)?, backups) {
        (1.., Some(backups)) => {
            let name = format!("before-format-{}.db", steps.len());
            let copy = backup::free_name(backups, &name);
            backup::copy(db, &copy)?;
            Some(copy)
        }
        _ => None,
    };
    let taken = take(db, steps);
    // Of what did not happen, or was done by another process, no copy is left.
    if let Some(copy) = copy.as_ref().filter(|_| !matches!(taken, Ok(1..))) {
        let _ = std::fs::remove_file(copy);
    }
    Ok((taken? > 0).then(|| vec![Notice::Migrated { backup: copy }]))
}

/// Takes the steps that `db` lacks, in one transaction; returns from which on, 0 where there was no
/// database or another process was faster.
fn take(db: &mut Connection, steps: &[&str]) -> Result<i64, StoreError> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = number(&transaction, "PRAGMA user_version")?;
    if done == steps.len() as i64 {
        return Ok(0);
    }
    for step in steps.iter().skip(done as usize) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", steps.len() as i64)?;
    transaction.commit()?;
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fresh() -> (tempfile::TempDir, PathBuf, Connection) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("retain.db");
        let db = Connection::open(&path).unwrap();
        (folder, path, db)
    }

    /// Facts of every kind, an unknown one among them, with a gap in the order of arrival.
    const FACTS: &str = r#"
        INSERT INTO meta VALUES ('learner', x'0102');
        INSERT INTO device (id, learner) VALUES (zeroblob(16), NULL);
        INSERT INTO card (id) VALUES ('kept'), ('other');
        INSERT INTO wording VALUES (1, 7, 'front', '"back"', '[]', 'deck');
        INSERT INTO history VALUES
            (1, randomblob(16), 1, 1, 1, 7, 1000, 3600, 0, 'reviewed', 3, 4, 1200, '{"key":"k"}'),
            (2, randomblob(16), 1, 2, 1, NULL, 2000, 0, 0, 'practised', 1, NULL, NULL, NULL),
            (5, randomblob(16), 1, 3, 2, NULL, 3000, -3600, 0, 'linked', NULL, NULL, NULL, '{"from":"kept"}'),
            (6, randomblob(16), 1, 0, NULL, NULL, -1, 0, -1, 'parameters', NULL, NULL, NULL, '{}'),
            (7, randomblob(16), 1, 9007199254740992, NULL, NULL, 0, 0, 0, 'of a later version', 9, 9, -9, 'no JSON');
    "#;

    fn rows(db: &Connection, sql: &str) -> Vec<String> {
        let mut statement = db.prepare(sql).unwrap();
        let columns = statement.column_count();
        let row = |row: &rusqlite::Row<'_>| {
            (0..columns)
                .map(|column| row.get_ref(column).map(|value| format!("{value:?}")))
                .collect::<Result<Vec<String>, _>>()
                .map(|values| values.join(" "))
        };
        statement.query_map([], row).unwrap().collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn every_older_version_is_brought_up_to_date_with_its_facts() {
        const SCHEMA: &str = "SELECT type, name, tbl_name FROM sqlite_schema ORDER BY type, name";
        let (_folder, path, mut newest) = fresh();
        migrate(&mut newest, &path, None).unwrap();
        for older in 0..STEPS.len() {
            let (folder, path, mut db) = fresh();
            db.execute_batch("PRAGMA foreign_keys = ON").unwrap();
            let facts = |db: &Connection| -> Vec<String> {
                ["meta", "card", "device", "wording", "history"]
                    .map(|table| rows(db, &format!("SELECT * FROM {table} ORDER BY 1, 2")))
                    .concat()
            };
            let mut before = Vec::new();
            if older > 0 {
                run(&mut db, &path, None, &STEPS[..older]).unwrap();
                db.execute_batch(FACTS).unwrap();
                before = facts(&db);
                assert_eq!(before.len(), 10);
            }
            migrate(&mut db, &path, Some(&folder.path().join("backups"))).unwrap();
            assert_eq!(number(&db, "PRAGMA user_version").unwrap(), STEPS.len() as i64);
            assert_eq!(facts(&db), before, "from version {older}");
            assert_eq!(rows(&db, SCHEMA), rows(&newest, SCHEMA), "from version {older}");
            assert_eq!(rows(&db, "PRAGMA integrity_check"), [r#"Text([111, 107])"#]);
            assert_eq!(rows(&db, "PRAGMA foreign_key_check"), [""; 0]);
        }
    }

    #[test]
    fn what_names_a_card_that_is_not_there_is_kept_too() {
        let (_folder, path, mut db) = fresh();
        run(&mut db, &path, None, &STEPS[..1]).unwrap();
        let facts = "PRAGMA foreign_keys = OFF; DROP TRIGGER card_keeps_rows; DELETE FROM card;";
        db.execute_batch(&format!("{FACTS} {facts}")).unwrap();
        let before = rows(&db, "SELECT * FROM history");
        drop(db);
        let store = super::super::Store::open(&path, Box::new(|| [1; 16])).unwrap();
        assert!(matches!(store.notices[..], [Notice::Migrated { backup: Some(_) }]));
        let db = Connection::open(&path).unwrap();
        assert_eq!(rows(&db, "SELECT * FROM history"), before);
    }

    #[test]
    fn the_history_is_guarded() {
        let (_folder, path, mut db) = fresh();
        migrate(&mut db, &path, None).unwrap();
        db.execute_batch("PRAGMA foreign_keys = ON").unwrap();
        db.execute_batch(FACTS).unwrap();
        let event = |id: &str, kind: &str, rest: &str| {
            format!(
                "INSERT INTO history (id, device, device_seq, card, at_ms, utc_offset_s, day, kind,
                                      rating, quality, took_ms, extra)
                 VALUES ({id}, 1, 9, {})",
                rest.replacen("KIND", &format!("0, 0, 0, '{kind}'"), 1)
            )
        };
        for (kind, rest, taken) in [
            ("reviewed", "1, KIND, 4, 5, 0, NULL", true),
            ("reviewed", "NULL, KIND, 4, 5, 0, NULL", false),
            ("reviewed", "1, KIND, NULL, NULL, NULL, NULL", false),
            ("reviewed", "1, KIND, 5, NULL, NULL, NULL", false),
            ("practised", "1, KIND, 1, 6, NULL, NULL", false),
            ("practised", "1, KIND, 1, NULL, -1, NULL", false),
            ("reset", "1, KIND, NULL, NULL, NULL, NULL", true),
            ("reset", "NULL, KIND, NULL, NULL, NULL, NULL", false),
            ("placed", "1, KIND, NULL, NULL, NULL, '{}'", true),
            ("placed", "1, KIND, NULL, NULL, NULL, NULL", false),
            ("placed", "NULL, KIND, NULL, NULL, NULL, '{}'", false),
            ("retracted", "1, KIND, NULL, NULL, NULL, 'no JSON'", false),
            ("parameters", "NULL, KIND, NULL, NULL, NULL, '{}'", true),
            ("parameters", "NULL, KIND, NULL, NULL, NULL, NULL", false),
            ("newer", "NULL, KIND, NULL, NULL, NULL, 'no JSON'", true),
        ] {
            let added = db.execute(&event("randomblob(16)", kind, rest), []);
            assert_eq!(added.is_ok(), taken, "{kind} {rest}: {added:?}");
        }
        for (card, kind, others) in [("1", "reset", "NULL"), ("NULL", "parameters", "'{}'")] {
            // A known id of a device is skipped whatever comes with it.
            let known =
                format!("(SELECT id FROM history WHERE card IS {card} ORDER BY at_ms DESC)");
            for or in ["", "OR REPLACE", "OR IGNORE"] {
                let again = event(&known, kind, &format!("{card}, KIND, 1, NULL, NULL, {others}"));
                let again = again.replacen("INSERT", &format!("INSERT {or}"), 1);
                assert_eq!(db.execute(&again, []), Ok(0), "a known event is skipped: {again}");
            }
        }
        for sql in ["UPDATE history SET rating = 1", "DELETE FROM history"] {
            assert!(db.execute(sql, []).unwrap_err().to_string().contains("append-only"), "{sql}");
        }
    }

    #[test]
    fn a_step_that_is_added_later_leaves_a_verified_copy_from_before() {
        let (folder, path, mut db) = fresh();
        migrate(&mut db, &path, None).unwrap();
        db.execute("INSERT INTO card (id) VALUES ('kept')", []).unwrap();
        let later = [STEPS, &["CREATE TABLE later (a)"]].concat();
        let backups = folder.path().join("backups");
        let failing = [STEPS, &["not SQL"]].concat();
        assert!(run(&mut db, &path, Some(&backups), &failing).is_err());
        assert_eq!(std::fs::read_dir(&backups).unwrap().count(), 0, "nothing happened");
        let notices = run(&mut db, &path, Some(&backups), &later).unwrap().unwrap();
        let Notice::Migrated { backup: Some(copy) } = &notices[0] else { panic!("{notices:?}") };
        let copy = Connection::open(copy).unwrap();
        assert_eq!(number(&copy, "SELECT count(*) FROM card").unwrap(), 1);
        assert_eq!(number(&copy, "PRAGMA user_version").unwrap(), STEPS.len() as i64);
    }

    #[test]
    fn a_step_that_fails_leaves_everything_as_it_was() {
        let (_folder, path, mut db) = fresh();
        migrate(&mut db, &path, None).unwrap();
        let later = [STEPS, &["CREATE TABLE later (a)", "not SQL"]].concat();
        assert!(run(&mut db, &path, None, &later).is_err());
        assert_eq!(number(&db, "PRAGMA user_version").unwrap(), STEPS.len() as i64);
        assert!(number(&db, "SELECT count(*) FROM later").is_err());
    }

    #[test]
    fn newer_and_foreign_databases_are_refused_untouched() {
        let (_folder, path, mut db) = fresh();
        migrate(&mut db, &path, None).unwrap();
        db.pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(migrate(&mut db, &path, None), Err(StoreError::Newer { .. })));
        let (_folder, path, mut db) = fresh();
        db.execute_batch("CREATE TABLE recipes (a)").unwrap();
        assert!(matches!(migrate(&mut db, &path, None), Err(StoreError::Foreign(_))));
        assert!(number(&db, "SELECT count(*) FROM history").is_err());
    }
}
