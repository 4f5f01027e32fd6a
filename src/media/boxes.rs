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
            b"free" | b"skip" | b"wide" => {
                self.padding.push(found.start..found.end);
                return Ok(());
            }
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
    match layout.brand {
        Some(brand) if PICTURES.contains(&&brand) => return Ok(Err(Stranger::HeicPicture)),
        Some([b'c', b'r', b'x', b' ']) => return Ok(Err(Stranger::Tiff)),
        _ => {}
    }
    let movie = match &layout.moov {
        Some(moov) if layout.overhang.is_none() => Some(movie::read(source, moov.clone())?),
        _ => None,
    };
    let ending = layout.ending(movie.as_ref(), source.len());
    Ok(Ok(layout.walk(movie.as_ref(), ending)))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::super::samples::sample;
    use super::super::{Blank, Verdict, judge};
    use super::*;

    fn judged(bytes: &[u8]) -> Verdict {
        judge(&mut Cursor::new(bytes), bytes.len() as u64, &[], Format::Mp4).unwrap()
    }

    fn boxed(kind: &str, body: &[u8]) -> Vec<u8> {
        let size = u32::try_from(body.len() + 8).unwrap().to_be_bytes();
        [&size, kind.as_bytes(), body].concat()
    }

    /// The sample whose `mdat` is last, in two: what stands before it, and its contents.
    fn parts() -> (Vec<u8>, Vec<u8>) {
        let bytes = sample("moov-first.mp4").bytes;
        let mdat = bytes.windows(4).position(|w| w == b"mdat").unwrap() - 4;
        (bytes[..mdat].to_vec(), bytes[mdat + 8..].to_vec())
    }

    #[test]
    fn a_box_says_where_it_ends() {
        let place = |kind: &[u8; 4], body, end, to_the_end| {
            Next::Box(BoxAt { kind: *kind, start: 0, body, end, to_the_end })
        };
        let cases: [(&[u8], Next); 12] = [
            (b"\0\0\0\x09free.", place(b"free", 8, 9, false)),
            (b"\0\0\0\x08free.", place(b"free", 8, 8, false)),
            (b"\0\0\0\0mdat.", place(b"mdat", 8, 9, true)),
            (b"\0\0\0\x01mdat\0\0\0\x01\0\0\0\0", place(b"mdat", 16, 1 << 32, false)),
            (b"\0\0\0\x08\xA9too", place(b"\xA9too", 8, 8, false)),
            (b"\0\0\0\x01mdat\0\0\0\0\0\0\0\x0F", Next::Gap),
            (b"\0\0\0\x07free", Next::Gap),
            (b"\0\0\0\x08\0\0\0\0", Next::Gap),
            (b"\0\0\0\0\0\0\0\0\0\0", Next::Gap),
            (b"\0\0\0\x08fre", Next::Rest),
            (b"", Next::End),
            // Cut within the size: the box is longer than the file either way.
            (b"\0\0\0\x01mdat\0\0", place(b"mdat", 16, 16, false)),
        ];
        for (bytes, expected) in cases {
            let mut file = Cursor::new(bytes);
            let mut source = Source::new(&mut file, bytes.len() as u64, super::super::source::Purse::LOOK);
            assert_eq!(next(&mut source, 0, bytes.len() as u64).unwrap(), expected, "{bytes:x?}");
        }
        let mut file = Cursor::new(b"........\0\0\0\x01mdat\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF");
        let mut source = Source::new(&mut file, 24, super::super::source::Purse::LOOK);
        assert_eq!(next(&mut source, 8, 24).unwrap(), Next::Gap, "an end that no number holds");
    }

    #[test]
    fn the_end_is_proved_only_where_sizes_say_it() {
        let (front, media) = parts();
        let mdat = boxed("mdat", &media);
        let whole = [front.clone(), mdat.clone()].concat();
        let long = [&b"\0\0\0\x01mdat"[..], &(media.len() as u64 + 16).to_be_bytes(), &media].concat();
        let cases: [(&str, Vec<u8>, Option<bool>); 9] = [
            ("as it was", whole.clone(), Some(true)),
            ("a size of eight bytes", [front.clone(), long].concat(), Some(true)),
            ("a size of 0", [front.clone(), b"\0\0\0\0mdat".to_vec(), media.clone()].concat(), Some(false)),
            ("padding behind", [whole.clone(), boxed("free", &[0; 9000])].concat(), Some(true)),
            ("a few bytes behind", [whole.clone(), vec![0; 4]].concat(), Some(false)),
            (
                "something else behind",
                [whole.clone(), b"\x01\x02\x03\x04\x05 no box at all".to_vec()].concat(),
                Some(false),
            ),
            ("no mdat", front.clone(), None),
            ("no moov", [boxed("ftyp", b"isom\0\0\0\0"), mdat.clone()].concat(), None),
            ("a fragment without its media", [whole, boxed("moof", b"")].concat(), None),
        ];
        for (what, bytes, expected) in cases {
            let verdict = judged(&bytes);
            match expected {
                Some(expected) => {
                    assert!(
                        matches!(verdict, Verdict::Whole { proved, .. } if proved == expected),
                        "{what}: {verdict:?}"
                    );
                }
                None => assert!(matches!(verdict, Verdict::Cut { .. }), "{what}: {verdict:?}"),
            }
        }
    }

    #[test]
    fn what_no_sample_uses_of_an_mdat_is_padding() {
        let (front, media) = parts();
        let padded = [front.clone(), boxed("mdat", &[media.clone(), vec![0; 100_000]].concat())].concat();
        assert!(matches!(judged(&padded), Verdict::Whole { proved: true, .. }));
        let mut unfilled = padded;
        let end = front.len() + 8 + media.len();
        unfilled[end - 3000..].fill(0);
        let verdict = judged(&unfilled);
        assert!(matches!(verdict, Verdict::ZeroTail { blank: Blank::Tail, .. }), "{verdict:?}");
    }
}
