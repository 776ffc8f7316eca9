//! What YAML says, as far as decks and settings care, and where.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_yaml::{Location, Spanned};

/// The part of a visitor that is the same for every scalar: each becomes a [`Value`], which `$then`
/// makes an `$out` of.
macro_rules! visit_scalars_as {
    ($out:ty, $then:expr) => {
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text, a number, true, false, a list or a mapping")
        }

        fn visit_unit<E>(self) -> Result<$out, E> {
            Ok($then(self, $crate::yaml::Value::Null))
        }

        fn visit_bool<E>(self, flag: bool) -> Result<$out, E> {
            Ok($then(self, $crate::yaml::Value::Flag(flag)))
        }

        fn visit_u64<E>(self, number: u64) -> Result<$out, E> {
            Ok($then(self, $crate::yaml::Value::Whole(number)))
        }

        fn visit_i64<E>(self, number: i64) -> Result<$out, E> {
            Ok($then(self, $crate::yaml::Value::Number(number as f64)))
        }

        fn visit_f64<E>(self, number: f64) -> Result<$out, E> {
            Ok($then(self, $crate::yaml::Value::Number(number)))
        }

        fn visit_str<E>(self, text: &str) -> Result<$out, E> {
            Ok($then(self, $crate::yaml::Value::Text(text.to_owned())))
        }

        fn visit_string<E>(self, text: String) -> Result<$out, E> {
            Ok($then(self, $crate::yaml::Value::Text(text)))
        }
    };
}
pub(crate) use visit_scalars_as;

/// How many items a list or a mapping inside a card or a head may have.
const MOST_ITEMS: usize = 10_000;

/// What is said of one with more.
pub(super) const TOO_MANY_ITEMS: &str = "a list or a mapping of more than 10000 items";

fn within_bounds<E: Error>(count: usize) -> Result<(), E> {
    if count < MOST_ITEMS { Ok(()) } else { Err(E::custom(TOO_MANY_ITEMS)) }
}

/// Where something is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// 1-based; 0 when nobody asked for places.
    pub line: u32,
    /// 1-based, in characters.
    pub column: u32,
    /// First byte and number of bytes in the text; none for a block or something left out.
    pub span: (u32, u32),
    /// The same of what an alias stands for; of anything else, its own.
    pub meaning: (u32, u32),
}

impl Place {
    fn of(used: Location, defined: Location) -> Place {
        let span = |location: Location| {
            let span = location.span();
            match (span.byte_offset(), span.byte_len()) {
                (Some(start), Some(len)) => (clamped(start), clamped(len)),
                _ => (0, 0),
            }
        };
        Place {
            line: clamped(used.line()),
            column: clamped(used.column()),
            span: span(used),
            meaning: span(defined),
        }
    }

    /// Returns the place of something without an extent.
    pub fn point(line: u32, column: u32) -> Place {
        Place { line, column, ..Place::default() }
    }
}

/// Returns `number`, or the largest `u32` if it is larger.
pub fn clamped(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Something and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct At<T> {
    /// The thing itself.
    pub value: T,
    /// Where it is used; an alias is used where it stands, not where its anchor does.
    pub at: Place,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for At<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<At<T>, D::Error> {
        let spanned = Spanned::<T>::deserialize(deserializer)?;
        let at = Place::of(spanned.referenced, spanned.defined);
        Ok(At { value: spanned.value, at })
    }
}

/// A value as YAML 1.2 takes it.
///
/// A plain scalar that looks like a number is one here, whatever its key wants; where a text is
/// due, the [`Place`] leads back to what was written.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing, `~` or `null`.
    Null,
    /// `true` or `false`.
    Flag(bool),
    /// A whole number from 0.
    Whole(u64),
    /// Any other number.
    Number(f64),
    /// Everything else that is no collection.
    Text(String),
    /// A sequence.
    List(Vec<At<Value>>),
    /// A mapping: its keys, which may repeat, and their values.
    Map(Vec<(At<Value>, At<Value>)>),
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Value;

            visit_scalars_as!(Value, |_, value| value);

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    within_bounds(list.len())?;
                    list.push(item);
                }
                Ok(Value::List(list))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
                let mut map = Vec::new();
                while let Some(entry) = entries.next_entry()? {
                    within_bounds(map.len())?;
                    map.push(entry);
                }
                Ok(Value::Map(map))
            }
        }

        deserializer.deserialize_any(Any)
    }
}

/// A value read without the places inside it, for speed: a scalar, or a list of texts.
///
/// Items are the text that was written. Anything that only a place could explain (a mapping, an
/// item that is none) is an error, which makes the reader start again with places.
pub struct Loose(pub Value);

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Loose, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Value;

            visit_scalars_as!(Value, |_, value| value);

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
                let mut list = Vec::new();
                while let Some(text) = items.next_element::<String>()? {
                    within_bounds(list.len())?;
                    list.push(At { value: Value::Text(text), at: Place::default() });
                }
                Ok(Value::List(list))
            }
        }

        deserializer.deserialize_any(Any).map(Loose)
    }
}
