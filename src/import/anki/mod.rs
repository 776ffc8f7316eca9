//! Packages of Anki: [`package`] is the container, [`Collection`] what is in its database, and
//! [`cards`] and [`history`] what that comes to here.

pub mod cards;
pub mod history;
pub mod html;
pub mod package;
pub mod template;
mod wire;

pub use collection::{Card, Collection, Deck, Note, Notetype, Review, Template};

mod collection;
