//! Who writes here: the device, and the learner it belongs to.
//!
//! A database that was copied or restored goes on under a new device by itself, because two files
//! that write under one name would give the same number to two events. It is recognised by its
//! machine, its inode, and a mark beside it that says how far the device had counted.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, params};

use super::{Store, StoreError};
use crate::history::{DeviceId, LearnerId};

/// The device that this process writes as.
#[derive(Clone, Copy, Debug)]
pub(super) struct Device {
    pub key: i64,
    pub id: DeviceId,
    /// How far it has counted.
    pub seq: i64,
    /// Unix milliseconds of the last thing done now on it.
    pub last_ms: Option<i64>,
}

impl Store {
    /// Returns the device of this home, minting one where there is none or the file is a copy.
    ///
    /// Must run inside the transaction of the event that needs it.
    pub(super) fn ensure_device(&mut self) -> Result<Device, StoreError> {
        if let Some(device) = self.device {
            return Ok(device);
        }
        let (device, minted) = match self.recognised()? {
            Some(known) => (known, false),
            None => (DeviceId((self.ids)()), true),
        };
        let learner = self.ensure_learner()?;
        if minted {
            set_meta(&self.db, "device", &device.0)?;
            set_meta(&self.db, "device_print", &fingerprint(&self.path))?;
        }
        self.db
            .prepare_cached("INSERT INTO device (id, learner) VALUES (?, ?)")?
            .execute(params![device.0, learner.0])?;
        let key = self
            .db
            .prepare_cached("SELECT key FROM device WHERE id = ?")?
            .query_row([device.0], |row| row.get(0))?;
        let (id, seq) = (device, last_seq(&self.db, device)?);
        let device = Device { key, id, seq, last_ms: self.last_now(key)? };
        if minted {
            write_mark(&self.path, id, 0);
        }
        self.device = Some(device);
        Ok(device)
    }

    fn ensure_learner(&mut self) -> Result<LearnerId, StoreError> {
        let known: Option<[u8; 16]> = self
            .db
            .query_row("SELECT value FROM meta WHERE name = 'learner'", [], |row| row.get(0))
            .optional()?;
        if let Some(learner) = known {
            return Ok(LearnerId(learner));
        }
        let learner = LearnerId((self.ids)());
        set_meta(&self.db, "learner", &learner.0)?;
        Ok(learner)
    }

    /// Returns the key of the device of this home if it has written before and the file is no copy
    /// since.
    pub(super) fn known_device(&self) -> Result<Option<i64>, StoreError> {
        if let Some(device) = self.device {
            return Ok(Some(device.key));
        }
        let Some(id) = self.recognised()? else { return Ok(None) };
        Ok(self
            .db
            .query_row("SELECT key FROM device WHERE id = ?", [id.0], |row| row.get(0))
            .optional()?)
    }

    /// Returns the device that wrote here last, if this file is no copy of the one it wrote to.
    fn recognised(&self) -> Result<Option<DeviceId>, StoreError> {
        let Some(known) = stored(&self.db)? else { return Ok(None) };
        let last = last_seq(&self.db, known.id)?;
        let mark = read_mark(&self.path).is_some_and(|mark| mark.fits(known.id, last));
        Ok((known.print == fingerprint(&self.path) && mark).then_some(known.id))
    }

    /// Makes the next event come from a new device.
    pub(super) fn forget_device(&mut self) -> Result<(), StoreError> {
        self.device = None;
        self.db.execute("DELETE FROM meta WHERE name IN ('device', 'device_print')", [])?;
        Ok(())
    }

    /// Notes beside the database how far this device has counted.
    ///
    /// Not synced: a mark that lags behind is harmless, one that is ahead shows a restored file.
    pub(super) fn mark_progress(&self) {
        if let Some(device) = self.device {
            write_mark(&self.path, device.id, device.seq);
        }
    }
}

struct Stored {
    id: DeviceId,
    print: String,
}

fn stored(db: &Connection) -> Result<Option<Stored>, StoreError> {
    let found = db
        .query_row(
            "SELECT d.value, p.value FROM meta AS d, meta AS p
              WHERE d.name = 'device' AND p.name = 'device_print'",
            [],
            |row| Ok(Stored { id: DeviceId(row.get(0)?), print: row.get(1)? }),
        )
        .optional()?;
    Ok(found)
}

fn last_seq(db: &Connection, device: DeviceId) -> Result<i64, StoreError> {
    Ok(db.query_row(
        "SELECT coalesce(max(device_seq), 0) FROM history
          WHERE device = (SELECT key FROM device WHERE id = ?) AND device_seq > 0",
        [device.0],
        |row| row.get(0),
    )?)
}

fn set_meta(db: &Connection, name: &str, value: &dyn rusqlite::ToSql) -> rusqlite::Result<usize> {
    db.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", params![name, value])
}

/// Returns what tells this file on this machine from its copies.
fn fingerprint(path: &Path) -> String {
    let machine = ["/etc/machine-id", "/var/lib/dbus/machine-id"]
        .into_iter()
        .find_map(|file| std::fs::read_to_string(file).ok())
        .map(|id| id.trim().to_owned())
        .filter(|id| !id.is_empty())
        .unwrap_or_else(|| rustix::system::uname().nodename().to_string_lossy().into_owned());
    format!("{machine} {}", inode(path))
}

#[cfg(unix)]
fn inode(path: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).map_or(0, |file| file.ino())
}

struct Mark {
    device: String,
    seq: i64,
}

impl Mark {
    /// Whether the device has counted at least as far as the mark says.
    fn fits(&self, device: DeviceId, last: i64) -> bool {
        self.device == device.to_string() && self.seq <= last
    }
}

/// Returns the file beside the database that says how far its device had counted.
pub(super) fn mark_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-mark");
    PathBuf::from(name)
}

/// Returns how far the device that wrote here last had counted, as the mark says.
pub(super) fn marked(path: &Path) -> Option<i64> {
    read_mark(path).map(|mark| mark.seq)
}

fn read_mark(path: &Path) -> Option<Mark> {
    let text = std::fs::read_to_string(mark_path(path)).ok()?;
    let (device, seq) = text.trim().split_once(' ')?;
    Some(Mark { device: device.to_owned(), seq: seq.parse().ok()? })
}

fn write_mark(path: &Path, device: DeviceId, seq: i64) {
    use std::io::Write;
    if path.exists() {
        // Written over the old one in place, which is cheaper than a new file a grade. A mark that
        // cannot be written, or only in part, makes a new device next time, and nothing worse.
        let mut options = std::fs::OpenOptions::new();
        let file = options.write(true).create(true).truncate(false).open(mark_path(path));
        let _ =
            file.and_then(|mut file| file.write_all(format!("{device} {seq:020}\n").as_bytes()));
    }
}
