//! The check of a film that came back from the service, before it gets its name in the outbox.

use std::io::{self, Read, Seek};

use super::boxes::Layout;
use super::movie;
use super::source::{Halt, Purse, Source};
use super::walk::{Ending, Walk};
use super::{Blank, Facts, Stranger, sniff, zeros};

/// What a fetched film is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FilmVerdict {
    /// A whole MP4 with this in it.
    Whole(Facts),
    /// Not to be delivered.
    Flawed(Flaw),
}

/// Why a fetched film is not to be delivered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Flaw {
    /// Not a byte.
    #[error("the film is empty")]
    Empty,
    /// It doesn't begin as an MP4 has to.
    #[error("the film is no MP4 but {0}")]
    NotMp4(Stranger),
    /// Its beginning is an MP4's, and one of the parts that make a film isn't there.
    #[error("the film has no `{0}` box")]
    Missing(&'static str),
    /// Shorter than its own sizes say, in bytes.
    #[error("the film is cut: {have} bytes of at least {need}")]
    Cut {
        /// Its length.
        have: u64,
        /// The length it says, at least.
        need: u64,
    },
    /// Its boxes don't fill it exactly: something else stands at this byte.
    #[error("the film's boxes break off at byte {0}")]
    Untiled(u64),
    /// Parts of it were never filled.
    #[error("the film is not filled from byte {at} on: {blank}")]
    Zeros {
        /// The first byte of what gave it away.
        at: u64,
        /// What gave it away.
        blank: Blank,
    },
}

/// Checks a fetched film of `len` bytes: `ftyp` first, `moov` and `mdat` there, the boxes fill the file exactly,
/// the last sample lies within it, and it isn't zeros.
///
/// Its contents are not decoded: what the server changed on the way can't be seen here. Errors are those of reading.
pub fn film<R: Read + Seek>(reader: &mut R, len: u64) -> io::Result<FilmVerdict> {
    let checked = match check(reader, len) {
        Ok(checked) => checked,
        Err(Halt::Io(error)) => return Err(error),
        Err(Halt::Spent) => Err(Flaw::Untiled(len)),
    };
    let walk = match checked {
        Ok(walk) => walk,
        Err(flaw) => return Ok(FilmVerdict::Flawed(flaw)),
    };
    let facts = walk.facts;
    Ok(match zeros::look(reader, len, &[], &Ok(walk))?.blank {
        Some((at, blank)) => FilmVerdict::Flawed(Flaw::Zeros { at, blank }),
        None => FilmVerdict::Whole(facts),
    })
}

fn check<R: Read + Seek>(reader: &mut R, len: u64) -> Result<Result<Walk, Flaw>, Halt> {
    let mut source = Source::new(reader, len, Purse::FILM);
    if len == 0 {
        return Ok(Err(Flaw::Empty));
    }
    let layout = Layout::read(&mut source)?;
    if layout.first != Some(*b"ftyp") {
        let head = source.some(0, len, 4096)?;
        return Ok(Err(Flaw::NotMp4(sniff::stranger(&head))));
    }
    let Layout { overhang, gap, rest, ref moov, ref mdats, .. } = layout;
    if let Some(need) = overhang {
        return Ok(Err(Flaw::Cut { have: len, need }));
    }
    if let Some(at) = gap.or(rest.then_some(layout.end)) {
        return Ok(Err(Flaw::Untiled(at)));
    }
    let Some(moov) = moov.clone() else { return Ok(Err(Flaw::Missing("moov"))) };
    if mdats.is_empty() {
        return Ok(Err(Flaw::Missing("mdat")));
    }
    let movie = movie::read(&mut source, moov)?;
    Ok(match (layout.ending(Some(&movie), len), movie.gap) {
        (Ending::Short(need), _) => Err(Flaw::Cut { have: len, need }),
        (_, Some(at)) => Err(Flaw::Untiled(at)),
        (ending, None) => Ok(layout.walk(Some(&movie), ending)),
    })
}
