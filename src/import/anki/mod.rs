//! Packages of Anki: [`package`] is the container, [`Collection`] what is in its database, and
//! [`cards`] and [`history`] what that comes to here.

pub mod html;
pub mod package;
mod wire;

pub use collection::{Card, Collection, Deck, Note, Notetype, Review, Template};

mod collection;
