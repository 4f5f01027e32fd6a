//! The segments of JPEG, and where the picture in it ends.

use std::io::{Read, Seek};

use super::source::{Bytes, Halt, Source};
use super::walk::{Ending, Walk, short};
use super::{Facts, Format};

/// Walks a file that begins with FF D8.
pub(super) fn walk<R: Read + Seek>(mut source: Source<'_, R>) -> Result<Walk, Halt> {
    let len = source.len();
    let mut walk = Walk::new(Format::Jpg, short(len, 2));
    let ends_in_marker = len >= 4 && source.exact(len - 2)? == Some([0xFF, 0xD9]);
    let mut bytes = source.bytes(2);
    match segments(&mut bytes, &mut walk, ends_in_marker) {
        // Longer than is worth reading: then only time tells.
        Err(Halt::Spent) => Ok(Walk { facts: walk.facts, ..Walk::new(Format::Jpg, Ending::Open) }),
        done => done.map(|()| walk),
    }
}

/// Goes on to the picture's own end marker; the walk is left as "short" where the file ends before it.
///
/// Previews within the header have end markers of their own, so the headers are stepped over by their sizes.
/// From the picture's data on, an end marker at the end of the file is taken at its word; only where there is
/// none (cut, or a phone's film or zeros behind the picture) all of it is gone through.
fn segments<R: Read + Seek>(
    bytes: &mut Bytes<'_, R>,
    walk: &mut Walk,
    ends_in_marker: bool,
) -> Result<(), Halt> {
    let (len, mut pixels) = (bytes.len(), false);
    loop {
        let start = bytes.at();
        let Some(first) = bytes.byte()? else { return Ok(()) };
        if pixels && first != 0xFF && !bytes.past(0xFF)? {
            return Ok(());
        }
        let Some(marker) = marker(bytes)? else { return Ok(()) };
        match marker {
            0xD9 => {
                let end = bytes.at();
                walk.end_at(end, len, pixels);
                return Ok(());
            }
            // In the picture's data: an escaped FF, a restart.
            0x00 | 0x01 | 0xD0..=0xD8 if pixels => {}
            0xC0..=0xFE if pixels || first == 0xFF => {
                let [high, low] = [bytes.byte()?, bytes.byte()?];
                let (Some(high), Some(low)) = (high, low) else { return Ok(()) };
                let mut size = u64::from(u16::from_be_bytes([high, low])).saturating_sub(2);
                if matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC) {
                    size -= frame(bytes, walk, size)?;
                }
                bytes.skip(size);
                pixels |= marker == 0xDA;
                if pixels && ends_in_marker && bytes.at() <= len - 2 {
                    walk.ending = Ending::Proved;
                    return Ok(());
                }
            }
            _ => {
                walk.gap = Some(start);
                walk.ending = if pixels { Ending::Open } else { Ending::Damaged };
                return Ok(());
            }
        }
    }
}

/// The byte that says which marker this is; any number of FF may stand before it.
fn marker<R: Read + Seek>(bytes: &mut Bytes<'_, R>) -> Result<Option<u8>, Halt> {
    loop {
        match bytes.byte()? {
            Some(0xFF) => {}
            other => return Ok(other),
        }
    }
}

/// Reads the picture's size; says how many bytes that took.
fn frame<R: Read + Seek>(bytes: &mut Bytes<'_, R>, walk: &mut Walk, size: u64) -> Result<u64, Halt> {
    if size < 5 {
        return Ok(0);
    }
    let mut read = [0; 5];
    for byte in &mut read {
        *byte = bytes.byte()?.unwrap_or(0);
    }
    let [_, h0, h1, w0, w1] = read;
    walk.facts = Facts::sized(u16::from_be_bytes([w0, w1]).into(), u16::from_be_bytes([h0, h1]).into());
    Ok(5)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::super::samples::{Counted, sample};
    use super::super::{Stranger, Verdict, judge};
    use super::*;

    fn judged(bytes: &[u8]) -> Verdict {
        judge(&mut Cursor::new(bytes), bytes.len() as u64, &[], Format::Jpg).unwrap()
    }

    /// The sample with a preview in its header, as cameras make them: a JPEG within the JPEG.
    fn with_preview() -> Vec<u8> {
        let plain = sample("plain.jpg").bytes;
        let size = u16::try_from(plain.len() + 2).unwrap().to_be_bytes();
        [&plain[..2], &[0xFF, 0xE1], &size, plain, &plain[2..]].concat()
    }

    #[test]
    fn a_preview_is_not_the_picture() {
        let bytes = with_preview();
        let whole = judged(&bytes);
        assert!(matches!(whole, Verdict::Whole { proved: true, .. }), "{whole:?}");
        for len in 1..bytes.len() {
            let verdict = judged(&bytes[..len]);
            assert!(matches!(verdict, Verdict::Cut { .. }), "cut to {len}: {verdict:?}");
        }
    }

    #[test]
    fn what_stands_behind_the_picture_is_no_fault() {
        let picture = sample("plain.jpg").bytes;
        let film = sample("moov-first.mp4").bytes;
        let cases: [(&str, Vec<u8>); 5] = [
            ("a film", [picture, film].concat()),
            ("half a film", [picture, &film[..film.len() / 2]].concat()),
            ("zeros", [picture, &[0; 5000]].concat()),
            ("one zero", [picture, &[0]].concat()),
            ("another picture and zeros", [picture, picture, &[0; 3]].concat()),
        ];
        for (what, bytes) in cases {
            let verdict = judged(&bytes);
            assert!(matches!(verdict, Verdict::Whole { proved: false, .. }), "{what}: {verdict:?}");
        }
        let unfilled = [picture, &film[..3000], &vec![0; 3000]].concat();
        assert!(matches!(judged(&unfilled), Verdict::ZeroTail { .. }));
    }

    #[test]
    fn a_large_picture_is_not_gone_through_if_it_ends_in_its_marker() {
        let picture = sample("plain.jpg").bytes;
        let (front, end) = picture.split_at(picture.len() - 2);
        let large = [front, &vec![0x55; 1 << 20], end].concat();
        let len = large.len() as u64;
        let mut file = Counted::new(&large, 0, len);
        let verdict = judge(&mut file, len, &[], Format::Jpg).unwrap();
        assert!(matches!(verdict, Verdict::Whole { proved: true, .. }), "{verdict:?}");
        assert!(file.read < 256 << 10, "{}", file.read);
    }

    #[test]
    fn a_beginning_alone_is_no_picture() {
        let damaged = [&b"\xFF\xD8\xFF\xE0\0\x04ab"[..], b"and then words, no segments"].concat();
        assert_eq!(judged(&damaged), Verdict::NotMedia { why: Stranger::Damaged(Format::Jpg) });
    }
}
