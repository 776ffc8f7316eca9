//! The container: which files a package has, read within limits.

use std::collections::HashMap;
use std::io::{Read, Seek, Write};

use zip::ZipArchive;
use zip::result::ZipError;

use super::wire;

/// As many bytes as one file of a package may unfold to.
pub const LARGEST_ENTRY: u64 = 1 << 30;
/// And all of them together.
pub const LARGEST_PACKAGE: u64 = 4 << 30;
/// As many files as a package may have.
pub const MOST_ENTRIES: usize = 100_000;
/// A file may unfold to so many times its size, …
const MOST_RATIO: u64 = 200;
/// … and to this whatever its size.
const FREE: u64 = 100 << 20;

/// Why a package is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is no zip archive, or one that was cut or damaged.
    #[error("it is no package of Anki, or a damaged one: {0}")]
    Damaged(String),
    /// It has no collection.
    #[error("there is no collection in it")]
    NoCollection,
    /// Another program wrote it, newer than this one.
    #[error("it is of version {0} of the format, which is newer than this program")]
    TooNew(u64),
    /// Something in it is larger than it may be.
    #[error("{0}")]
    TooLarge(String),
    /// A name leads out of the folder that it is for.
    #[error("the media file {0:?} has a name that leads elsewhere")]
    Name(String),
}

/// Which container it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// `collection.anki2`.
    Legacy1,
    /// `collection.anki21`.
    Legacy2,
    /// `collection.anki21b`, which is compressed by itself.
    Latest,
}

impl Version {
    fn member(self) -> &'static str {
        match self {
            Version::Legacy1 => "collection.anki2",
            Version::Legacy2 => "collection.anki21",
            Version::Latest => "collection.anki21b",
        }
    }
}

/// A package that is open.
pub struct Package<R> {
    zip: ZipArchive<R>,
    version: Version,
    /// What all that was read came to.
    read: u64,
}

impl<R: Read + Seek> Package<R> {
    /// Opens a package.
    ///
    /// # Errors
    ///
    /// What is no package, or one that is too large or too new.
    pub fn open(file: R) -> Result<Package<R>, Refused> {
        let zip = ZipArchive::new(file).map_err(|error| damaged(&error))?;
        if zip.len() > MOST_ENTRIES {
            return Err(Refused::TooLarge(format!(
                "it has {} files, and no more than {MOST_ENTRIES} are read",
                zip.len()
            )));
        }
        let mut package = Package { zip, version: Version::Legacy1, read: 0 };
        package.version = package.found_version()?;
        Ok(package)
    }

    /// Returns which container it is.
    pub fn version(&self) -> Version {
        self.version
    }

    fn has(&self, name: &str) -> bool {
        self.zip.index_for_name(name).is_some()
    }

    fn found_version(&mut self) -> Result<Version, Refused> {
        let version = if self.has("meta") {
            let mut meta = Vec::new();
            self.unfold("meta", false, &mut meta)?;
            let fields = wire::fields(&meta);
            match fields.map(|fields| wire::number_of(&fields, 1)) {
                Some(0 | 1) => Version::Legacy1,
                Some(2) => Version::Legacy2,
                Some(3) => Version::Latest,
                Some(newer) => return Err(Refused::TooNew(newer)),
                None => return Err(Refused::Damaged("its `meta` says nothing".into())),
            }
        } else if self.has(Version::Latest.member()) {
            // As Anki has it, such a package always says so.
            return Err(Refused::Damaged("its `meta` is missing".into()));
        } else if self.has(Version::Legacy2.member()) {
            Version::Legacy2
        } else {
            Version::Legacy1
        };
        if self.has(version.member()) { Ok(version) } else { Err(Refused::NoCollection) }
    }

    /// Writes the collection, a SQLite database, to `to`.
    ///
    /// # Errors
    ///
    /// What is damaged or too large.
    pub fn collection(&mut self, to: &mut impl Write) -> Result<(), Refused> {
        self.unfold(self.version.member(), self.version == Version::Latest, to)
    }

    /// Returns the names of the media files, by their names in the archive.
    ///
    /// # Errors
    ///
    /// A list that is none, and names that lead elsewhere.
    pub fn media(&mut self) -> Result<Vec<(String, String)>, Refused> {
        if !self.has("media") {
            return Ok(Vec::new());
        }
        let mut list = Vec::new();
        self.unfold("media", self.version == Version::Latest, &mut list)?;
        let none = || Refused::Damaged("its list of media is none".into());
        let mut names: Vec<(String, String)> = if self.version == Version::Latest {
            let entries = wire::fields(&list).ok_or_else(none)?;
            let messages = entries.into_iter().filter_map(|(number, value)| match value {
                wire::Value::Bytes(entry) if number == 1 => Some(entry),
                _ => None,
            });
            messages
                .enumerate()
                .map(|(place, entry)| {
                    let fields = wire::fields(entry)?;
                    let name = std::str::from_utf8(wire::bytes_of(&fields, 1)?).ok()?;
                    Some((place.to_string(), name.to_owned()))
                })
                .collect::<Option<_>>()
                .ok_or_else(none)?
        } else {
            let names: HashMap<String, String> =
                serde_json::from_slice(&list).map_err(|_| none())?;
            names.into_iter().collect()
        };
        names.sort_by_key(|(place, _)| (place.len(), place.clone()));
        if names.len() > MOST_ENTRIES {
            return Err(Refused::TooLarge(format!("it lists {} media files", names.len())));
        }
        for (_, name) in &names {
            if !is_plain(name) {
                return Err(Refused::Name(name.clone()));
            }
        }
        Ok(names)
    }

    /// Writes a media file to `to`; returns false if it is listed and not there.
    ///
    /// # Errors
    ///
    /// What is damaged or too large.
    pub fn file(&mut self, place: &str, to: &mut impl Write) -> Result<bool, Refused> {
        if !self.has(place) {
            return Ok(false);
        }
        self.unfold(place, self.version == Version::Latest, to)?;
        Ok(true)
    }

    /// Unfolds a file of the archive, and once more where it is compressed by itself.
    fn unfold(&mut self, name: &str, twice: bool, to: &mut impl Write) -> Result<(), Refused> {
        let mut entry = self.zip.by_name(name).map_err(|error| damaged(&error))?;
        let packed = entry.compressed_size();
        let most = LARGEST_ENTRY
            .min(LARGEST_PACKAGE - self.read)
            .min(FREE.max(packed.saturating_mul(MOST_RATIO)));
        let written = if twice {
            let unfolding = ruzstd::decoding::StreamingDecoder::new(&mut entry)
                .map_err(|error| Refused::Damaged(format!("{name}: {error}")))?;
            copy(unfolding, most, to)
        } else {
            copy(&mut entry, most, to)
        };
        // Its checksum is compared where it ends, which may be behind what was unfolded of it.
        let written = match written {
            Ok(Some(count)) => {
                copy(&mut entry, packed, &mut std::io::sink()).map(|rest| rest.map(|_| count))
            }
            other => other,
        };
        match written {
            Ok(Some(count)) => {
                self.read += count;
                Ok(())
            }
            Ok(None) => Err(Refused::TooLarge(format!(
                "{name} unfolds to more than {} MiB of {packed} bytes",
                most >> 20
            ))),
            Err(error) => Err(Refused::Damaged(format!("{name}: {error}"))),
        }
    }
}

fn damaged(error: &ZipError) -> Refused {
    Refused::Damaged(match error {
        ZipError::InvalidArchive(what) if what.contains("EOCD") => {
            "its end, which says what is in it, is not there".to_owned()
        }
        other => other.to_string(),
    })
}

/// Copies at most `most` bytes; `None` if there are more.
fn copy(from: impl Read, most: u64, to: &mut impl Write) -> std::io::Result<Option<u64>> {
    let mut limited = from.take(most.saturating_add(1));
    let count = std::io::copy(&mut limited, to)?;
    Ok((count <= most).then_some(count))
}

/// Whether a name is that of a file in the folder itself.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 255
        && !matches!(name, "." | "..")
        && !name.contains(['/', '\\', '\0'])
        && !name.contains("..")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;
    use zip::CompressionMethod;
    use zip::write::{SimpleFileOptions, ZipWriter};

    fn zipped(files: &[(&str, &[u8])]) -> Cursor<Vec<u8>> {
        zipped_as(files, CompressionMethod::Deflated)
    }

    fn zipped_as(files: &[(&str, &[u8])], method: CompressionMethod) -> Cursor<Vec<u8>> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(method);
        for (name, bytes) in files {
            zip.start_file(*name, options).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap()
    }

    fn refused(files: &[(&str, &[u8])]) -> Refused {
        Package::open(zipped(files)).err().unwrap()
    }

    #[test]
    fn the_collection_is_the_one_that_the_meta_names() {
        for (files, version, wanted) in [
            (&[("collection.anki2", &b"old"[..])][..], Version::Legacy1, &b"old"[..]),
            (
                &[("collection.anki2", b"dummy"), ("collection.anki21", b"new")],
                Version::Legacy2,
                b"new",
            ),
            (
                &[("meta", &[8, 2]), ("collection.anki2", b"dummy"), ("collection.anki21", b"new")],
                Version::Legacy2,
                b"new",
            ),
            (
                &[("meta", &[8, 1]), ("collection.anki2", b"old"), ("collection.anki21", b"new")],
                Version::Legacy1,
                b"old",
            ),
        ] {
            let mut package = Package::open(zipped(files)).unwrap();
            assert_eq!(package.version(), version);
            let mut found = Vec::new();
            package.collection(&mut found).unwrap();
            assert_eq!(found, wanted);
            assert_eq!(package.media(), Ok(vec![]));
        }
    }

    #[test]
    fn what_is_no_package_is_told_for_what_it_is() {
        assert!(matches!(refused(&[("meta", &[8, 4])]), Refused::TooNew(4)));
        assert!(matches!(refused(&[("a", b"b")]), Refused::NoCollection));
        assert!(matches!(refused(&[("collection.anki21b", b"b")]), Refused::Damaged(_)));
        assert!(matches!(Package::open(Cursor::new(b"PK")).err(), Some(Refused::Damaged(_))));
        let whole = zipped(&[("collection.anki2", &[7; 4_000])]).into_inner();
        let cut = Package::open(Cursor::new(whole[..whole.len() - 30].to_vec())).err();
        assert!(matches!(cut, Some(Refused::Damaged(_))), "{cut:?}");
    }

    #[test]
    fn media_have_names_of_files_and_no_others() {
        let of = |list: &str| {
            Package::open(zipped(&[
                ("collection.anki2", b""),
                ("media", list.as_bytes()),
                ("0", b"!"),
            ]))
            .unwrap()
        };
        let mut package = of(r#"{"10": "b.png", "0": "a ü.png"}"#);
        let names = package.media().unwrap();
        assert_eq!(names, [("0".into(), "a ü.png".into()), ("10".into(), "b.png".into())]);
        let mut bytes = Vec::new();
        assert_eq!(package.file("0", &mut bytes), Ok(true));
        assert_eq!(package.file("10", &mut bytes), Ok(false), "listed, and not there");
        assert_eq!(bytes, b"!");
        for name in ["../x", "a/b", "a\\\\b", "..", "", "a\\u0000b"] {
            let found = of(&format!(r#"{{"0": "{name}"}}"#)).media();
            assert!(matches!(found, Err(Refused::Name(_))), "{name}: {found:?}");
        }
        assert!(matches!(of("[").media(), Err(Refused::Damaged(_))));
    }

    #[test]
    fn a_bit_that_fell_over_is_found() {
        use ruzstd::encoding::{CompressionLevel, compress_to_vec};
        let text = b"a text that is stored as it is";
        let packed = compress_to_vec(&text[..], CompressionLevel::Uncompressed);
        for files in [
            &[("collection.anki2", &text[..])][..],
            &[("meta", &[8, 3]), ("collection.anki21b", &packed)],
        ] {
            let whole = zipped_as(files, CompressionMethod::Stored).into_inner();
            let collection = |bytes: &[u8]| {
                let mut found = Vec::new();
                let mut package = Package::open(Cursor::new(bytes.to_vec())).unwrap();
                package.collection(&mut found).map(|()| found)
            };
            assert_eq!(collection(&whole).unwrap(), text);
            let at = whole.windows(6).position(|bytes| bytes == b"stored").unwrap();
            let mut damaged = whole;
            damaged[at] ^= 1;
            let told = collection(&damaged).unwrap_err();
            assert!(matches!(told, Refused::Damaged(_)), "{told:?}");
        }
    }

    #[test]
    fn a_file_that_unfolds_to_too_much_is_refused() {
        let bomb = vec![0_u8; (FREE + 1) as usize];
        let mut package = Package::open(zipped(&[("collection.anki2", &bomb)])).unwrap();
        let told = package.collection(&mut std::io::sink()).unwrap_err();
        assert!(matches!(told, Refused::TooLarge(_)), "{told:?}");
    }
}
