//! Packages of Anki: [`package`] is the container, [`Collection`] what is in its database, and
//! [`cards`] and [`history`] what that comes to here.

pub mod cards;
pub mod history;
pub mod html;
pub mod own;
pub mod package;
pub mod template;
mod wire;

pub use collection::{Card, Collection, Deck, Note, Notetype, Review, Template};

mod collection;

/// Returns a text with `%` and two hexadecimal digits as the byte that they stand for; one that is no
/// text then stays as it is.
fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut found = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(|_| bytes[at] == b'%') {
            Some(byte) => {
                found.push(byte);
                at += 3;
            }
            None => {
                found.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(found).unwrap_or_else(|_| text.to_owned())
}
