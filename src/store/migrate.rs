//! The format of the database, a step at a time.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, TransactionBehavior};

use super::{Notice, StoreError, backup};

/// Each step once, in order. A step that has landed never changes.
const STEPS: &[&str] = &[include_str!("../../migrations/0001_history.sql")];

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
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = version(&transaction)?;
    if done == steps.len() as i64 {
        return Ok(None); // another process was faster
    }
    for step in steps.iter().skip(done as usize) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", steps.len() as i64)?;
    transaction.commit()?;
    let worth_a_line = done > 0;
    Ok(worth_a_line.then(|| vec![Notice::Migrated { backup: copy }]))
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

    #[test]
    fn every_older_version_is_brought_up_to_date_with_its_facts() {
        for older in 0..STEPS.len() {
            let (folder, path, mut db) = fresh();
            if older > 0 {
                run(&mut db, &path, None, &STEPS[..older]).unwrap();
                db.execute("INSERT INTO card (id) VALUES ('kept')", []).unwrap();
            }
            migrate(&mut db, &path, Some(&folder.path().join("backups"))).unwrap();
            assert_eq!(number(&db, "PRAGMA user_version").unwrap(), STEPS.len() as i64);
            let kept = number(&db, "SELECT count(*) FROM card").unwrap();
            assert_eq!(kept, i64::from(older > 0), "from version {older}");
        }
    }

    #[test]
    fn a_step_that_is_added_later_leaves_a_verified_copy_from_before() {
        let (folder, path, mut db) = fresh();
        migrate(&mut db, &path, None).unwrap();
        db.execute("INSERT INTO card (id) VALUES ('kept')", []).unwrap();
        let later = [STEPS, &["CREATE TABLE later (a)"]].concat();
        let backups = folder.path().join("backups");
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
