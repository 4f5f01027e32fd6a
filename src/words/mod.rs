//! What people read: notes and reports as text. Pure.
//!
//! [`waiting`], [`failed`] and [`report`] lay a page out and decide what stands on it. Every sentence is in a catalogue
//! (`catalogue/en/`, `catalogue/bn/`), whole, with its names and numbers as arguments: another language is another
//! catalogue, never other code.

mod answer;

mod note;

mod aside;

mod remark;

mod page;

mod spoken;

mod report;

mod json;

mod machine;

mod timeline;

mod sentences;

mod screen;

mod asks;

mod catalogue;
mod show;

pub use answer::{Answer, answer};
pub use aside::{Lies, Source, clip_gone, is_clip_gone};
pub use asks::{asks, question};
pub use json::report as report_json;
pub use machine::{FilmLine, JobLine, is_tricky, json_line, path_text, reason_of, rfc3339};
pub use note::{Note, Paid, failed, waiting};
pub use page::{Doing, MARK, Part, Place, Row, Said, SharePage, share_page};
pub use remark::Remark;
pub use report::{Credits, Cut, Done, Heard, Report, Went, report};
pub use screen::without_screen;
pub use spoken::{About, Tongue, others_words, safe_link, shown_name, whole_name};

#[cfg(test)]
mod tests;
