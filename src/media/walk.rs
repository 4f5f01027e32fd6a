//! What a walk through a container brings home, whichever container it was.

use std::ops::Range;

use super::{Facts, Format, Stranger};

/// A container gone through by its own sizes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Walk {
    /// What it is.
    pub(super) found: Format,
    /// What its sizes say of its end.
    pub(super) ending: Ending,
    /// Where a part should have begun and none did.
    pub(super) gap: Option<u64>,
    /// Where nothing is meant to stand, header included: zeros there mean nothing. In order of place.
    pub(super) padding: Vec<Range<u64>>,
    /// Where its own end is, if more bytes follow that aren't its own: zeros there are padding too.
    pub(super) own_end: Option<u64>,
    /// How likely zeros are in it.
    pub(super) texture: Texture,
    /// What it says of itself.
    pub(super) facts: Facts,
}

impl Walk {
    pub(super) const fn new(found: Format, ending: Ending) -> Self {
        Self {
            found,
            ending,
            gap: None,
            padding: Vec::new(),
            own_end: None,
            texture: Texture::Mixed,
            facts: Facts { duration_ms: None, width: None, height: None },
        }
    }

    /// A picture's end marker was met: it ends at `end` in a file of `len` bytes.
    pub(super) fn end_at(&mut self, end: u64, len: u64, pixels: bool) {
        self.ending = match pixels {
            true if end == len => Ending::Proved,
            true => Ending::Open,
            false => Ending::Damaged,
        };
        self.own_end = Some(end).filter(|end| *end < len);
    }
}

/// What a container's sizes say of its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ending {
    /// It ends exactly where the file ends.
    Proved,
    /// Nothing says where it ends, or there is more than it says.
    Open,
    /// It should be at least this long, in bytes.
    Short(u64),
    /// What makes it media isn't in it.
    Damaged,
}

/// How likely rows of zeros are in an honest file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Texture {
    /// Samples as they are: silence is zeros.
    Raw,
    /// Compressed film or sound, and tables.
    Mixed,
    /// As `Mixed`, and the file ends in a part that never holds a row of zeros.
    DenseEnd,
}

/// What the walkers return: a container, or what it is instead.
pub(super) type Found = Result<Walk, Stranger>;

/// A length that `have` falls short of by `missing`.
pub(super) const fn short(have: u64, missing: u64) -> Ending {
    Ending::Short(have.saturating_add(missing))
}
