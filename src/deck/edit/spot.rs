//! Places in the text of a deck, in bytes.

use super::Edit;
use crate::yaml::Place;

/// Returns what puts `text` before the byte `at`.
pub(super) fn put(at: usize, text: String) -> Edit {
    Edit { at: at..at, text }
}

/// Returns where something begins.
pub(super) fn start(at: Place) -> usize {
    at.span.0 as usize
}

/// Returns where something ends.
pub(super) fn end(at: Place) -> usize {
    start(at) + at.span.1 as usize
}

/// Returns where the line of `at` ends, its end not counted.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find(['\n', '\r'])).map_or(text.len(), |end| at + end)
}

/// Returns what stands before `at` in its line.
pub(super) fn line_before(text: &str, at: usize) -> &str {
    let before = text.get(..at).unwrap_or_default();
    &before[before.rfind(['\n', '\r']).map_or(0, |end| end + 1)..]
}

/// Whether what stands `at` is in braces.
pub(super) fn is_flow(text: &str, at: Place) -> bool {
    text.get(start(at)..).is_some_and(|text| text.starts_with('{'))
}

/// Returns where the lines end that belong to the one of `at`: those that stand further in than
/// `indent`, and where it may have `items`, those of a list that does not.
pub(super) fn end_of_block(text: &str, at: usize, indent: usize, items: bool) -> usize {
    let mut end = line_end(text, at);
    let mut at = end;
    while at < text.len() {
        let begin = at + if text[at..].starts_with("\r\n") { 2 } else { 1 };
        let line_to = line_end(text, begin);
        let line = &text[begin..line_to];
        let inner = line.trim_start_matches(' ');
        let own = line.len() - inner.len();
        let is_item = items && own == indent && (inner == "-" || inner.starts_with("- "));
        if !inner.is_empty() {
            if own <= indent && !is_item {
                break;
            }
            end = line_to;
        }
        at = line_to;
    }
    end
}
