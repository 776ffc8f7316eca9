//! What is here, as bytes for other programs: plain functions on any `Write`.
//!
//! Which cards and events, and where the bytes go, is for the commands to say.

pub mod cards;
pub mod history;
mod yaml;
