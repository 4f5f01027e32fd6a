//! The boxes of MP4, QuickTime and M4A: the top level, and what it says of the file's end.

use std::io::{Read, Seek};
use std::ops::Range;

use super::movie::{self, Movie};
use super::source::{Halt, Source, be32, be64};
use super::walk::{Ending, Found, Texture, Walk, short};
use super::{Format, Stranger};

/// One box: where it begins, where its contents begin, where it ends (which may be behind the file's end).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct BoxAt {
    pub(super) kind: [u8; 4],
    pub(super) start: u64,
    pub(super) body: u64,
    pub(super) end: u64,
    /// Its size is 0: it goes on to the end, wherever that is.
    pub(super) to_the_end: bool,
}

/// What stands at a place where a box may begin.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Next {
    Box(BoxAt),
    /// Nothing: the room is used up exactly.
    End,
    /// Fewer bytes than a box has.
    Rest,
    /// Bytes that are no box.
    Gap,
}

/// The box at `at`, of those that lie before `limit`.
pub(super) fn next<R: Read + Seek>(source: &mut Source<'_, R>, at: u64, limit: u64) -> Result<Next, Halt> {
    if at >= limit {
        return Ok(Next::End);
    }
    let head = source.some(at, limit, 16)?;
    let (Some(size), Some(&kind)) = (be32(&head, 0), head.get(4..8).and_then(<[u8]>::first_chunk)) else {
        return Ok(Next::Rest);
    };
    let (header, size) = match size {
        0 => (8, limit - at),
        1 => (16, be64(&head, 8).unwrap_or(16)),
        size => (8, u64::from(size)),
    };
    let readable = kind.iter().all(|b| (0x20..0x7f).contains(b) || *b == 0xa9);
    let Some(end) = at.checked_add(size).filter(|_| readable && size >= header) else {
        return Ok(Next::Gap);
    };
    let to_the_end = be32(&head, 0) == Some(0);
    Ok(Next::Box(BoxAt { kind, start: at, body: at + header, end, to_the_end }))
}

/// The top level of a file.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// The first box.
    pub(super) first: Option<[u8; 4]>,
    /// The last box that is no padding.
    last: [u8; 4],
    brand: Option<[u8; 4]>,
    /// The contents of the (last) `moov`.
    pub(super) moov: Option<Range<u64>>,
    /// The boxes that hold film and sound.
    pub(super) mdats: Vec<Range<u64>>,
    fragmented: bool,
    padding: Vec<Range<u64>>,
    /// The end of a box that is behind the end of the file.
    pub(super) overhang: Option<u64>,
    /// A place where a box should begin and none does.
    pub(super) gap: Option<u64>,
    /// Bytes behind the last box, too few for another.
    pub(super) rest: bool,
    to_the_end: bool,
    /// Where the last box ends.
    pub(super) end: u64,
}

impl Layout {
    pub(super) fn read<R: Read + Seek>(source: &mut Source<'_, R>) -> Result<Self, Halt> {
        let mut layout = Self::default();
        let mut at = 0;
        loop {
            match next(source, at, source.len())? {
                Next::Box(found) => {
                    layout.take(source, found)?;
                    at = found.end;
                }
                Next::End => return Ok(layout),
                Next::Rest => return Ok(Self { rest: true, ..layout }),
                Next::Gap => return Ok(Self { gap: Some(at), ..layout }),
            }
        }
    }

    fn take<R: Read + Seek>(&mut self, source: &mut Source<'_, R>, found: BoxAt) -> Result<(), Halt> {
        self.first.get_or_insert(found.kind);
        self.to_the_end |= found.to_the_end;
        self.end = found.end;
        if found.end > source.len() {
            self.overhang = Some(found.end);
            return Ok(());
        }
        match &found.kind {
            b"free" | b"skip" | b"wide" => return Ok(self.padding.push(found.start..found.end)),
            b"ftyp" => self.brand = self.brand.or(source.exact(found.body)?),
            b"moov" => self.moov = Some(found.body..found.end),
            b"mdat" => self.mdats.push(found.start..found.end),
            b"moof" => self.fragmented = true,
            _ => {}
        }
        self.last = found.kind;
        Ok(())
    }

    /// How the file ends, by its top level and by what its `moov` says.
    pub(super) fn ending(&self, movie: Option<&Movie>, len: u64) -> Ending {
        let data_end = movie.and_then(|m| m.data_end).filter(|_| !self.fragmented);
        let complete = movie.is_some() && !self.mdats.is_empty() && &self.last != b"moof";
        if let Some(need) = self.overhang.or(data_end.filter(|end| *end > len)) {
            return Ending::Short(need);
        }
        match (self.gap, complete) {
            (Some(_), false) => Ending::Damaged,
            (None, false) => short(len, 8),
            // A size of 0 goes to the end wherever that is, and fragments may follow each other for ever,
            // unless their index (`mfra`, always last) stands behind them.
            _ if self.gap.is_some() || self.rest || self.to_the_end => Ending::Open,
            _ if self.fragmented && &self.last != b"mfra" => Ending::Open,
            _ if movie.is_some_and(|m| m.gap.is_some()) => Ending::Open,
            _ => Ending::Proved,
        }
    }

    /// All of it, as every container reports itself.
    pub(super) fn walk(&self, movie: Option<&Movie>, ending: Ending) -> Walk {
        Walk {
            gap: self.gap.or(movie.and_then(|m| m.gap)),
            padding: self.padding(movie),
            texture: if &self.last == b"mdat" { Texture::DenseEnd } else { Texture::Mixed },
            facts: movie.map(|m| m.facts).unwrap_or_default(),
            ..Walk::new(self.format(movie), ending)
        }
    }

    /// Padding in order of place, with what no sample of the film uses at the end of its `mdat`.
    fn padding(&self, movie: Option<&Movie>) -> Vec<Range<u64>> {
        let mut padding = self.padding.clone();
        padding.extend(movie.into_iter().flat_map(|m| m.padding.iter().cloned()));
        let data_end = movie.and_then(|m| m.data_end).filter(|_| !self.fragmented);
        let unused =
            data_end.and_then(|end| self.mdats.iter().find(|m| m.contains(&end)).map(|m| end..m.end));
        padding.extend(unused);
        padding.sort_by_key(|range| range.start);
        padding
    }

    fn format(&self, movie: Option<&Movie>) -> Format {
        let sound = match (movie, self.brand) {
            (Some(movie), _) => movie.sound && !movie.video,
            (None, brand) => brand.is_some_and(|b| b.starts_with(b"M4A") || b.starts_with(b"M4B")),
        };
        match self.brand {
            None | Some([b'q', b't', ..]) => Format::Mov,
            _ if sound => Format::M4a,
            _ => Format::Mp4,
        }
    }
}

/// Pictures that share the boxes of MP4.
const PICTURES: [&[u8; 4]; 8] = [b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"];

/// Walks a file that begins with a box.
pub(super) fn walk<R: Read + Seek>(source: &mut Source<'_, R>) -> Result<Found, Halt> {
    let layout = Layout::read(source)?;
    if layout.brand.is_some_and(|brand| PICTURES.contains(&&brand)) {
        return Ok(Err(Stranger::HeicPicture));
    }
    let movie = match &layout.moov {
        Some(moov) if layout.overhang.is_none() => Some(movie::read(source, moov.clone())?),
        _ => None,
    };
    let ending = layout.ending(movie.as_ref(), source.len());
    Ok(Ok(layout.walk(movie.as_ref(), ending)))
}
