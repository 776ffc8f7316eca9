//! YAML 1.2 with the place of everything that is said in it.
//!
//! The only module that knows the YAML library. What the values mean is for the readers of decks
//! and settings; [`Page`] has the checks that both need.

mod failure;
mod fields;
mod page;
mod set;
mod value;

use std::marker::PhantomData;

use serde::de::DeserializeSeed;
use serde_yaml::{DuplicateKeyPolicy, MergeKeyPolicy, NonFiniteFloatPolicy, Options};

pub use failure::{Failure, Kind};
pub use fields::{Entry, Fields, Names};
pub use page::{Page, Problems, lines_of, nearest, same_elsewhere};
pub use set::with_setting;
pub(crate) use value::visit_scalars_as;
pub use value::{At, Loose, Place, Value};

/// The largest file that is read, in bytes.
pub const LARGEST_FILE: usize = 64 * 1024 * 1024;

/// How much of a file a text is, which says how much its aliases may unfold to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    File,
    /// One of the many pieces that a broken file was cut into.
    Piece,
}

/// Reads `text` with `seed`, within bounds that no honest deck reaches.
pub fn read<'t, S>(text: &'t str, extent: Extent, seed: S) -> Result<S::Value, Failure>
where
    S: DeserializeSeed<'t>,
{
    serde_yaml::with_deserializer_from_str_with_options(text, options(extent), |deserializer| {
        seed.deserialize(deserializer)
    })
    .map_err(|error| Failure::of(&error, text))
}

/// Reads `text` as one value, of whatever kind.
pub fn read_value(text: &str, extent: Extent) -> Result<At<Value>, Failure> {
    read(text, extent, PhantomData)
}

fn options(extent: Extent) -> Options {
    let mut options = Options::default();
    if let Some(budget) = options.budget.as_mut() {
        budget.max_nodes = 20_000_000;
        budget.max_events = 40_000_000;
        budget.max_depth = 64;
        budget.max_aliases = 1_000;
        budget.max_recorded_anchor_events = 100_000;
        budget.max_total_scalar_bytes = 2 * LARGEST_FILE;
        // One anchor may serve a thousand cards; what aliases unfold to is bounded below.
        budget.enforce_alias_anchor_ratio = false;
    }
    options.alias_limits.max_total_replayed_events = match extent {
        Extent::File => 100_000,
        Extent::Piece => 1_000,
    };
    options.strict_booleans = true;
    options.underscored_numbers_as_strings = true; // YAML 1.2 has no such numbers
    options.merge_keys = MergeKeyPolicy::AsOrdinary; // nor these keys
    options.duplicate_keys = DuplicateKeyPolicy::PassThrough; // Fields reports them
    options.non_finite_float_policy = NonFiniteFloatPolicy::PassThrough; // `.inf` may be an answer
    options.ignore_binary_tag_for_string = true;
    options.with_snippet = false;
    options
}

/// Returns `bytes` as text, or reports why they are none.
pub fn text_of<'b>(bytes: &'b [u8], problems: &mut Problems) -> Option<&'b str> {
    if bytes.len() > LARGEST_FILE {
        let message = format!("the file is larger than {} MiB", LARGEST_FILE >> 20);
        problems.whole_file("too-large", message, "divide it into several decks");
        return None;
    }
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Some(text),
        Err(error) => error,
    };
    let (before, after) = bytes.split_at(error.valid_up_to());
    let before = std::str::from_utf8(before).unwrap_or_default();
    let (number, start) = lines_of(before).fold((0, ""), |(count, _), line| (count + 1, line));
    let end = after.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(after.len());
    let text = format!("{before}{}", String::from_utf8_lossy(&after[..end]));
    let message = match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "the file is UTF-16, not UTF-8".to_owned(),
        _ => format!("the byte 0x{:02X} here is not UTF-8", after[0]),
    };
    let column = start.chars().count() as u64 + 1;
    Page::new(&text, 0, problems).error(
        Place::point(number, value::clamped(column)),
        "not-utf8",
        message,
        "save the file as UTF-8",
    );
    None
}
