//! The English catalogue: every sentence that people read, and nothing else.
//!
//! Short sentences, no jargon, no blame: many readers have English as a second language. A clip is what was dropped,
//! its text says what to do with it, a film is what comes out. Plain ASCII, because old editors guess encodings.

mod by_code;

mod dropped;
mod folder;
mod service;

mod here;

mod note;

mod report;

pub(super) use by_code::text;
pub(super) use note::*;
pub(super) use report::*;
