//! The blocks of GIF. Its end can't be known but by going through all of it.

use std::io::{Read, Seek};

use super::source::{Bytes, Halt, Source};
use super::walk::{Ending, Walk, short};
use super::{Facts, Format};

/// Walks a file that begins with GIF's six bytes.
pub(super) fn walk<R: Read + Seek>(mut source: Source<'_, R>) -> Result<Walk, Halt> {
    let len = source.len();
    let mut walk = Walk::new(Format::Gif, short(len, 1));
    let Some([w0, w1, h0, h1, flags]) = source.exact(6)? else { return Ok(walk) };
    walk.facts = Facts::sized(u16::from_le_bytes([w0, w1]).into(), u16::from_le_bytes([h0, h1]).into());
    let mut bytes = source.bytes(13 + colours(flags));
    let facts = walk.facts;
    match blocks(&mut bytes, &mut walk) {
        // Longer than is worth reading: then only time tells.
        Err(Halt::Spent) => Ok(Walk { facts, ..Walk::new(Format::Gif, Ending::Open) }),
        done => done.map(|()| walk),
    }
}

/// Goes on to the trailer; the walk is left as "short" where the file ends before it.
fn blocks<R: Read + Seek>(bytes: &mut Bytes<'_, R>, walk: &mut Walk) -> Result<(), Halt> {
    let (len, mut picture) = (bytes.len(), false);
    while let Some(kind) = bytes.byte()? {
        match kind {
            b';' => {
                let end = bytes.at();
                walk.end_at(end, len, picture);
                return Ok(());
            }
            b'!' => bytes.skip(1),
            b',' => {
                bytes.skip(8);
                let Some(flags) = bytes.byte()? else { return Ok(()) };
                bytes.skip(colours(flags) + 1);
                picture = true;
            }
            _ => {
                walk.gap = Some(bytes.at() - 1);
                walk.ending = if picture { Ending::Open } else { Ending::Damaged };
                return Ok(());
            }
        }
        while let Some(size @ 1..) = bytes.byte()? {
            bytes.skip(size.into());
        }
    }
    Ok(())
}

/// The bytes of a colour table.
fn colours(flags: u8) -> u64 {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{Counted, sample};
    use super::super::{Verdict, judge};
    use super::*;

    fn judged(bytes: &[u8], fill: u8, len: u64) -> Verdict {
        judge(&mut Counted::new(bytes, fill, len), len, &[], Format::Gif).unwrap()
    }

    #[test]
    fn only_the_trailer_at_its_place_is_an_end() {
        let picture = sample("animated.gif").bytes;
        let len = picture.len() as u64;
        let whole =
            |verdict: &Verdict, wanted| matches!(verdict, Verdict::Whole { proved, .. } if *proved == wanted);
        assert!(whole(&judged(picture, 0, len), true));
        assert!(whole(&judged(picture, 0, len + 5000), false), "zeros behind it");
        assert!(whole(&judged(picture, b'x', len + 5000), false), "something behind it");
        let semicolons = judged(&picture[..900], b';', 1400);
        assert!(matches!(semicolons, Verdict::Cut { .. }), "within a block they are data: {semicolons:?}");
        let long = judged(&picture[..900], 0xFF, 100 << 20);
        assert!(whole(&long, false), "too long to go through: {long:?}");
    }
}
