//! What people read: notes and reports as text. Pure.
//!
//! [`waiting`], [`failed`] and [`report`] lay a page out and decide what stands on it. Every English sentence is in
//! `en`, whole, with its names and numbers as arguments in [fluent]'s spelling (`{$file}`): another language is another
//! catalogue, never other code.
//!
//! [fluent]: https://projectfluent.org

mod en;

mod note;

mod report;

mod fill;
mod show;

pub use note::{Note, Paid, failed, waiting};
pub use report::{Credits, Done, Report, report};

#[cfg(test)]
mod tests;
