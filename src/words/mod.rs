//! What people read: notes and reports as text. Pure.
//!
//! [`waiting`], [`failed`] and [`report`] lay a page out and decide what stands on it. Every sentence is in a catalogue
//! (`catalogue/en/`, `catalogue/bn/`), whole, with its names and numbers as arguments: another language is another
//! catalogue, never other code.

mod answer;

mod note;

mod remark;

mod page;

mod report;

mod json;

mod timeline;

mod sentences;

mod screen;

mod asks;

mod catalogue;
mod show;

pub use answer::{Answer, answer};
pub use asks::{asks, question};
pub use json::report as report_json;
pub use note::{Note, Paid, failed, waiting};
pub use page::{Doing, MARK, Part, Place, Row, Said, SharePage, share_page};
pub use remark::Remark;
pub use report::{Credits, Done, Report, report};
pub use screen::without_screen;

#[cfg(test)]
mod tests;
