//! What other programs and machines wrote: bytes -> facts. Nothing in here keeps anything.

pub mod history;
