//! From one job to the next: the one transition function, by what an event is about.

mod transition;

mod film;
mod folder;
mod message;

pub use transition::{Illegal, admit, apply};
