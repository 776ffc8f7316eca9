//! The entries of a mapping by the keys that it may have.

use super::value::{At, Place, Value};

/// The keys that something may have.
pub struct Names<K: 'static> {
    /// What has them, such as `a card`.
    pub whose: &'static str,
    /// Each as it is written; the most frequent first.
    pub keys: &'static [(&'static str, K)],
}

impl<K: Copy + PartialEq> Names<K> {
    /// Returns the key that is written `name`.
    pub fn find(&self, name: &str) -> Option<K> {
        self.keys.iter().find(|(known, _)| *known == name).map(|(_, key)| *key)
    }

    /// Returns how `key` is written.
    pub fn of(&self, key: K) -> &'static str {
        self.keys.iter().find(|(_, known)| *known == key).map_or("", |(name, _)| *name)
    }
}

/// A value under its key.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Where the key is.
    pub key: Place,
    /// What it is given.
    pub value: At<Value>,
}

impl Entry {
    /// Returns where to point: at the value, or at the key where there is nothing to see.
    pub fn place(&self) -> Place {
        if self.value.at.span.1 == 0 { self.key } else { self.value.at }
    }
}

/// The entries of a mapping, each key once.
#[derive(Debug)]
pub struct Fields<K> {
    entries: Vec<(K, Entry)>,
    mistyped: Vec<K>,
}

impl<K: Copy + PartialEq> Fields<K> {
    /// Returns no entries yet.
    pub fn new() -> Fields<K> {
        Fields { entries: Vec::with_capacity(8), mistyped: Vec::new() }
    }

    /// Adds an entry whose key is not there.
    pub fn add(&mut self, key: K, entry: Entry) {
        self.entries.push((key, entry));
    }

    /// Returns the entry of `key`.
    pub fn get(&self, key: K) -> Option<&Entry> {
        self.entries.iter().find(|(known, _)| *known == key).map(|(_, entry)| entry)
    }

    /// Takes note that `key` seems to be there under another name, which was reported.
    pub fn mistyped(&mut self, key: K) {
        self.mistyped.push(key);
    }

    /// Whether `key` seems to be there under another name.
    pub fn is_mistyped(&self, key: K) -> bool {
        self.mistyped.contains(&key)
    }

    /// Returns and removes the entry of `key`.
    pub fn take(&mut self, key: K) -> Option<Entry> {
        let index = self.entries.iter().position(|(known, _)| *known == key)?;
        Some(self.entries.swap_remove(index).1)
    }
}
