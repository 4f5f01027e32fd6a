//! What programs read of a job: the objects of `--json`, and of the page's own addresses for programs.
//!
//! Stable: fields are added, never renamed or taken away. Paths are texts, `/`-separated, below the inbox or the outbox; bytes
//! in them that are no UTF-8 are replaced (a job's handle is its `id`). Times are RFC 3339 in UTC. What is not known, or
//! not yet, is `null`; no field is ever left out.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde::Serialize;

use crate::job::{Code, End, Failure, Film, Job, Moment, RelPath, SessionId};

/// A job: a line of `jobs --json`, and the first of `show --json`.
#[derive(Serialize)]
pub struct JobLine<'a> {
    /// The job's number: what `show`, `retry` and `cancel` take.
    id: i64,
    /// The clip's own name.
    name: String,
    /// Where it lies below the inbox.
    path: String,
    /// `queued`, `working`, `waiting`, `delivered`, `failed` or `cancelled`.
    state: &'static str,
    /// `session`, `upload`, `instruct`, `observe`, `export`, `fetch`, `deliver` or `tidy`.
    step: &'static str,
    /// Why it waits or has failed: a heading of `docs/errors.md`.
    code: Option<&'static str>,
    /// When it was admitted.
    created: String,
    /// When something last happened to it.
    changed: String,
    /// The session of the service.
    session: Option<&'a str>,
    /// The fetched film.
    film: Option<FilmLine>,
    /// Where the film lies below the outbox.
    delivered: Option<String>,
    /// Failed tries of this step in a row.
    attempts: u32,
    /// Why it waits or has failed, in words.
    message: Option<&'a str>,
    /// What to do about it.
    hint: Option<&'a str>,
    /// Where to do it.
    link: Option<&'a str>,
    /// Something may be missing in the film.
    incomplete: bool,
}

/// A film.
#[derive(Serialize)]
pub struct FilmLine {
    /// Its length in bytes.
    bytes: u64,
    /// BLAKE3 of its bytes, 64 hex digits.
    blake3: String,
    /// How long it plays, in milliseconds.
    duration_ms: Option<u64>,
    /// In pixels.
    width: Option<u32>,
    /// In pixels.
    height: Option<u32>,
}

impl From<&Film> for FilmLine {
    fn from(film: &Film) -> Self {
        Self {
            bytes: film.len,
            blake3: film.hash.to_string(),
            duration_ms: film.duration_ms,
            width: film.size.map(|(width, _)| width),
            height: film.size.map(|(_, height)| height),
        }
    }
}

impl<'a> From<&'a Job> for JobLine<'a> {
    fn from(job: &'a Job) -> Self {
        let reason = reason_of(job);
        Self {
            id: job.id.0,
            name: String::from_utf8_lossy(job.dropped().name()).into_owned(),
            path: path_text(job.dropped()),
            state: job.state(),
            step: job.step.name(),
            code: job.code().map(Code::as_str),
            created: rfc3339(job.created),
            changed: rfc3339(job.changed),
            session: job.session.as_ref().map(SessionId::as_str),
            film: job.film.as_ref().map(FilmLine::from),
            delivered: job.delivered.as_ref().map(path_text),
            attempts: job.attempts,
            message: reason.map(|f| f.message.as_str()),
            hint: reason.map(|f| f.hint.as_str()),
            link: reason.and_then(|f| f.link.as_deref()),
            incomplete: job.incomplete,
        }
    }
}

/// Why a job waits or has failed.
pub fn reason_of(job: &Job) -> Option<&Failure> {
    match &job.end {
        Some(End::Failed(failure)) => Some(failure),
        Some(_) => None,
        None => job.waiting.as_ref(),
    }
}

/// An object as a line. What could move a terminal's cursor is escaped, as JSON allows in every text.
///
/// # Errors
/// Where it is no object that JSON has a form for.
pub fn json_line(object: &impl Serialize) -> serde_json::Result<String> {
    let json = serde_json::to_string(object)?;
    let mut out = String::with_capacity(json.len() + 1);
    for c in json.chars() {
        if is_tricky(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    Ok(out + "\n")
}

/// A moment for machines: RFC 3339, in UTC, to the millisecond.
pub fn rfc3339(at: Moment) -> String {
    format!("{:.3}", Timestamp::from_millisecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH))
}

/// A path as a text.
pub fn path_text(path: &RelPath) -> String {
    String::from_utf8_lossy(path.as_bytes()).into_owned()
}

/// Whether a character does something to the line it stands in.
pub fn is_tricky(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}
