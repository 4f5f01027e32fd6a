//! One file, opened safely and judged on that very handle.
//!
//! Strangers write into the inbox. Nothing is looked at by name and opened afterwards: what is judged here is
//! the handle that is uploaded.

use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::ops::Range;
use std::os::fd::AsFd;

use rustix::fs::SeekFrom;

use super::address::{self, Address, BadAddress};
use super::report::{Media, Text};
use crate::instruction;
use crate::job::{Code, Failure, RelPath, Stamp};
use crate::media::{self, Facts, Format, Stranger, Verdict};
use crate::mount::{Dir, OpenError, Opened, stamp_of};

/// The most that the service takes: 500 MiB.
pub const MAX_CLIP: u64 = 500 * 1024 * 1024;
/// Data and holes beyond this many are not told apart: no writer that fills a file in order makes more.
const MAX_HOLES: usize = 1024;

/// What a clip turned out to be.
#[derive(Debug)]
pub enum Judged {
    /// Whole, and to be uploaded from this handle.
    Fit(Fit),
    /// It will never be taken as it is; to be moved to `failed/`.
    Refused {
        /// What was judged.
        stamp: Stamp,
        /// Why, for people.
        failure: Failure,
    },
    /// Not taken as it is, but it may change.
    Held {
        /// What was judged; `None` where it couldn't be opened.
        stamp: Option<Stamp>,
        /// Why.
        code: Code,
        /// What was seen.
        detail: String,
    },
    /// Not there any more.
    Gone,
}

/// A clip that can be uploaded.
#[derive(Debug)]
pub struct Fit {
    /// The handle that was judged, at its beginning.
    pub file: File,
    /// Its state before and after it was judged.
    pub stamp: Stamp,
    /// What it is.
    pub media: Media,
    /// Whether its container proves its own end.
    pub proved: bool,
}

/// Why a text can't be read.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    /// There is no such file (any more).
    #[error("nothing of this name")]
    Missing,
    /// It is no regular file of someone who may drop here.
    #[error("not safe to read: {0}")]
    NotSafe(String),
    /// It changed while it was read.
    #[error("it changes while it is read")]
    Busy,
    /// Anything else.
    #[error("can't be read")]
    Io(#[from] io::Error),
}

/// Opens a clip and judges it. `whole_consent`: a person said that it is whole though its end doesn't look so.
pub fn judge_clip(dir: &Dir, clip: &RelPath, whole_consent: bool) -> Judged {
    let opened = match dir.open_file(clip) {
        Ok(opened) => opened,
        Err(OpenError::Missing) => return Judged::Gone,
        Err(OpenError::Io(e)) => return held(None, Code::Unreadable, &e),
        Err(unsafe_one) => return held(None, Code::NotSafe, &unsafe_one),
    };
    let stamp = opened.stamp;
    let judged = match is_linked_in(dir, &opened) {
        Ok(true) => Ok(held(Some(stamp), Code::NotSafe, &LINKED)),
        Ok(false) => judge_open(opened, clip, whole_consent),
        Err(e) => Err(e),
    };
    judged.unwrap_or_else(|e| held(Some(stamp), Code::Unreadable, &e))
}

/// Reads a text, at most one byte more than a text may have; the same rules of safety as for clips.
///
/// # Errors
/// See [`TextError`].
pub fn read_text(dir: &Dir, path: &RelPath) -> Result<Text, TextError> {
    let mut opened = match dir.open_file(path) {
        Ok(opened) => opened,
        Err(OpenError::Missing) => return Err(TextError::Missing),
        Err(OpenError::Io(e)) => return Err(e.into()),
        Err(unsafe_one) => return Err(TextError::NotSafe(unsafe_one.to_string())),
    };
    if is_linked_in(dir, &opened)? {
        return Err(TextError::NotSafe(LINKED.to_owned()));
    }
    let mut bytes = Vec::new();
    opened.file.by_ref().take(instruction::MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    if stamp_of(&opened.file)? != opened.stamp {
        return Err(TextError::Busy);
    }
    Ok(Text { path: path.clone(), stamp: opened.stamp, bytes, over: None })
}

/// Reads a file that names an address, and the state it was read in.
///
/// # Errors
/// Where it can't be read as a text can; what is wrong with the address itself is no such error.
pub fn read_address(dir: &Dir, path: &RelPath) -> Result<(Stamp, Result<Address, BadAddress>), TextError> {
    let Text { stamp, bytes, .. } = read_text(dir, path)?;
    let whole = bytes.len() <= instruction::MAX_BYTES;
    Ok((stamp, if whole { address::read(&bytes) } else { Err(BadAddress::TooLong) }))
}

const LINKED: &str = "a hard link to a file of someone else";

fn held(stamp: Option<Stamp>, code: Code, detail: &dyn ToString) -> Judged {
    Judged::Held { stamp, code, detail: detail.to_string() }
}

/// Zeros and missing ends come first: a file that is still being filled is neither too large nor no media.
fn judge_open(mut opened: Opened, clip: &RelPath, whole_consent: bool) -> io::Result<Judged> {
    let (stamp, size) = (opened.stamp, opened.stamp.size);
    let named = Format::from_extension(clip.extension()).unwrap_or(Format::Mp4);
    let verdict = if whole_consent {
        media::judge_consented(&mut opened.file, size, named)?
    } else {
        let holes = holes(&opened.file, size);
        opened.file.rewind()?;
        media::judge(&mut opened.file, size, &holes, named)?
    };
    let after = stamp_of(&opened.file)?;
    if after != stamp {
        return Ok(held(Some(after), Code::NotWhole, &"it changed while it was looked at"));
    }
    let (format, proved, facts) = match verdict {
        Verdict::Empty => return Ok(held(Some(stamp), Code::Empty, &"")),
        Verdict::ZeroTail { blank, .. } => return Ok(held(Some(stamp), Code::NotWhole, &blank)),
        // As it is, on a person's word.
        Verdict::Cut { .. } if whole_consent => (named, false, Facts::default()),
        Verdict::Cut { have, need } => {
            return Ok(held(Some(stamp), Code::NotWhole, &format!("{have} of at least {need} bytes")));
        }
        Verdict::NotMedia { .. } | Verdict::Whole { .. } if size > MAX_CLIP => {
            return Ok(Judged::Refused { stamp, failure: too_large(size) });
        }
        Verdict::NotMedia { why } => return Ok(Judged::Refused { stamp, failure: not_media(why) }),
        Verdict::Whole { found, proved, facts } => (found, proved, facts),
    };
    opened.file.rewind()?;
    Ok(Judged::Fit(Fit { file: opened.file, stamp, media: Media { format, facts }, proved }))
}

fn too_large(size: u64) -> Failure {
    let message = format!("the file has {size} bytes, and the service takes {MAX_CLIP} (500 MiB) at most");
    Failure::new(Code::TooLarge, message, "make it smaller or cut it in parts, and drop it again")
}

fn not_media(why: Stranger) -> Failure {
    let names: Vec<_> = Format::ALL.iter().map(|f| f.name()).collect();
    let hint = format!("save it as one of {}, and drop it again", names.join(", "));
    Failure::new(Code::NotMedia, format!("this is {why}"), hint)
}

/// Whether an open file is a stranger's, linked in from elsewhere: who drops it may not be able to read it.
fn is_linked_in(dir: &Dir, opened: &Opened) -> io::Result<bool> {
    if opened.nlink <= 1 {
        return Ok(false);
    }
    let owner = dir.stat(&RelPath::root())?.map(|folder| folder.uid);
    Ok(opened.uid != rustix::process::geteuid().as_raw() && Some(opened.uid) != owner)
}

/// The ranges that no byte was ever written to.
fn holes(file: &File, len: u64) -> Vec<Range<u64>> {
    let mut holes = Vec::new();
    let mut at = 0;
    while at < len && holes.len() < MAX_HOLES {
        // A file system that knows of no holes answers with the end of the file, or with an error.
        let Ok(start) = rustix::fs::seek(file.as_fd(), SeekFrom::Hole(at)) else { break };
        if start >= len {
            break;
        }
        // No data up to the end is an error (ENXIO).
        let end = rustix::fs::seek(file.as_fd(), SeekFrom::Data(start)).unwrap_or(len).min(len);
        holes.push(start..end);
        at = end;
    }
    holes
}
