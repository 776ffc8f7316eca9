//! The parts of a deck with the place of everything in them, for whoever writes to the file or
//! looks at how it is written.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::yaml::{self, At, Extent, Failure, Value};

/// A part of a deck.
pub enum Part {
    /// A key at the top, other than `cards`, and its value.
    Entry(String, At<Value>),
    /// An item of `cards`.
    Card(At<Value>),
}

/// Gives `take` the parts of a deck in the order of the file: each card, and each key at the top
/// that `wanted` names. Cards are held one at a time.
///
/// # Errors
///
/// If the file cannot be read as a whole, or its cards are no list.
pub fn walk(text: &str, wanted: &[&str], take: &mut dyn FnMut(Part)) -> Result<(), Failure> {
    yaml::read(text, Extent::File, Top { wanted, take })
}

/// Returns the value of a card's key, the first if there are several.
pub fn entry<'m>(card: &'m [(At<Value>, At<Value>)], name: &str) -> Option<&'m At<Value>> {
    let named =
        |(key, _): &&(At<Value>, At<Value>)| matches!(&key.value, Value::Text(key) if key == name);
    card.iter().find(named).map(|(_, value)| value)
}

struct Top<'w> {
    wanted: &'w [&'w str],
    take: &'w mut dyn FnMut(Part),
}

impl<'de> DeserializeSeed<'de> for Top<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Top<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a deck")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while let Some(key) = entries.next_key::<At<Value>>()? {
            match key.value {
                Value::Text(key) if key == "cards" => entries.next_value_seed(Cards(self.take))?,
                Value::Text(key) if self.wanted.contains(&&*key) => {
                    (self.take)(Part::Entry(key, entries.next_value()?));
                }
                _ => drop(entries.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

struct Cards<'w>(&'w mut dyn FnMut(Part));

impl<'de> DeserializeSeed<'de> for Cards<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Cards<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of cards")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(card) = items.next_element::<At<Value>>()? {
            (self.0)(Part::Card(card));
        }
        Ok(())
    }
}
