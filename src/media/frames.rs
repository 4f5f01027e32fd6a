//! The frames of MP3 and AAC: formats without a beginning or an end of their own.

use std::io::{Read, Seek};

use super::Format;
use super::source::{Halt, Source};
use super::walk::{Ending, Texture, Walk};

/// How far into a file its first frame may stand.
const SEARCHED: usize = 64 << 10;
/// What tells a frame's length, in bytes.
const LONGEST_HEAD: u64 = 6;
/// As many frames in a row are no accident.
const IN_A_ROW: usize = 3;

/// The end of the `ID3v2` tag at `at`, if one is there.
pub(super) fn tag_end<R: Read + Seek>(source: &mut Source<'_, R>, at: u64) -> Result<Option<u64>, Halt> {
    let head = source.some(at, u64::MAX, 10)?;
    let Some(&[b'I', b'D', b'3', _, _, flags, a, b, c, d]) = head.first_chunk() else { return Ok(None) };
    let size = [a, b, c, d].iter().fold(0, |sum, part| sum << 7 | u64::from(part & 0x7F));
    let footer = if flags & 0x10 == 0 { 0 } else { 10 };
    Ok(Some(at + 10 + size + footer))
}

/// Walks sound whose first frame stands at `at`, behind tags or at the very beginning. `None` where none does.
pub(super) fn walk<R: Read + Seek>(source: &mut Source<'_, R>, at: u64) -> Result<Option<Walk>, Halt> {
    let len = source.len();
    if at > 0 && at + LONGEST_HEAD > len {
        return Ok(Some(Walk::new(Format::Mp3, Ending::Short(at + LONGEST_HEAD))));
    }
    let bytes = source.some(at, len, SEARCHED)?;
    if bytes.starts_with(b"ADIF") {
        return Ok(Some(Walk::new(Format::Aac, Ending::Open)));
    }
    let Some(chain) = chain(&bytes).filter(|chain| chain.frames > 1 || chain.to_the_end) else {
        return Ok(None);
    };
    let need = at + chain.len as u64;
    let ending = if chain.frames == 1 && need > len { Ending::Short(need) } else { Ending::Open };
    framed(source, chain.format, ending, at).map(Some)
}

/// As `walk`, for sound that has something before its first frame: searches for frames in a row.
pub(super) fn search<R: Read + Seek>(source: &mut Source<'_, R>, at: u64) -> Result<Option<Walk>, Halt> {
    let bytes = source.some(at, u64::MAX, SEARCHED)?;
    let first = (0..bytes.len()).find_map(|from| {
        let chain = chain(&bytes[from..]).filter(|chain| chain.frames == IN_A_ROW)?;
        Some((chain.format, at + from as u64))
    });
    first.map(|(format, at)| framed(source, format, Ending::Open, at)).transpose()
}

/// Tags before and behind the frames are texts padded with zeros.
fn framed<R: Read + Seek>(
    source: &mut Source<'_, R>,
    found: Format,
    ending: Ending,
    first: u64,
) -> Result<Walk, Halt> {
    let mut walk = Walk { texture: Texture::DenseEnd, ..Walk::new(found, ending) };
    if first > 0 {
        walk.padding.push(0..first);
    }
    if let Some(start) = source.len().checked_sub(128)
        && source.exact::<3>(start)? == Some(*b"TAG")
    {
        walk.padding.push(start..source.len());
    }
    Ok(walk)
}

/// Frames of one kind, one behind the other.
struct Chain {
    format: Format,
    /// How many were looked at, `IN_A_ROW` at most.
    frames: usize,
    /// How many bytes they say they have.
    len: usize,
    /// Behind them is nothing, or what may stand behind the last frame.
    to_the_end: bool,
}

/// The frames that these bytes begin with.
fn chain(bytes: &[u8]) -> Option<Chain> {
    let (format, len) = frame(bytes)?;
    let mut chain = Chain { format, frames: 1, len, to_the_end: false };
    while chain.frames < IN_A_ROW {
        let rest = bytes.get(chain.len..).unwrap_or_default();
        let Some((_, len)) = frame(rest).filter(|(format, _)| *format == chain.format) else {
            chain.to_the_end = ends(rest);
            break;
        };
        chain.frames += 1;
        chain.len += len;
    }
    Some(chain)
}

/// What may stand behind the last frame.
fn ends(rest: &[u8]) -> bool {
    rest.len() < 8 || rest.starts_with(b"TAG") || rest.starts_with(b"APETAGEX")
}

/// The kind and the length in bytes of the frame that these bytes begin with.
fn frame(bytes: &[u8]) -> Option<(Format, usize)> {
    let &[0xFF, b1, b2, b3, ..] = bytes else { return None };
    if b1 & 0xE0 != 0xE0 {
        return None;
    }
    if b1 & 0x06 == 0 {
        let size =
            usize::from(b3 & 3) << 11 | usize::from(*bytes.get(4)?) << 3 | usize::from(*bytes.get(5)?) >> 5;
        return (b1 & 0xF0 == 0xF0 && b2 >> 2 & 0xF < 13 && size >= 7).then_some((Format::Aac, size));
    }
    let (first_version, layer) = (b1 >> 3 & 3 == 3, 4 - (b1 >> 1 & 3));
    let kbits = usize::from(kilobits(first_version, layer, b2 >> 4)?);
    let rate = *[44_100, 48_000, 32_000].get(usize::from(b2 >> 2 & 3))?
        / match b1 >> 3 & 3 {
            3 => 1,
            2 => 2,
            0 => 4,
            _ => return None,
        };
    let samples = if layer == 3 && !first_version { 72_000 } else { 144_000 };
    Some((Format::Mp3, samples * kbits / rate + usize::from(b2 >> 1 & 1)))
}

/// The bit rate an MPEG audio frame names by its index; none for "free" and "bad", nor for layer I: nobody has
/// such files, but a UTF-16 text begins like one.
fn kilobits(first_version: bool, layer: u8, index: u8) -> Option<u16> {
    let row: [u16; 14] = match (first_version, layer) {
        (_, 1) => return None,
        (true, 2) => [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
        (true, _) => [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
        (false, _) => [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    };
    row.get(usize::from(index.checked_sub(1)?)).copied()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::super::samples::sample;
    use super::super::{Stranger, Verdict, judge};
    use super::*;

    #[test]
    fn a_frame_says_how_long_it_is() {
        let cases: [(&[u8], _); 8] = [
            (&[0xFF, 0xFB, 0x90, 0x64], Some((Format::Mp3, 417))),
            (&[0xFF, 0xFB, 0x92, 0x64], Some((Format::Mp3, 418))),
            (&[0xFF, 0xF3, 0x40, 0xC0], Some((Format::Mp3, 104))),
            (&[0xFF, 0xFB, 0x00, 0x64], None),
            (&[0xFF, 0xFB, 0xF0, 0x64], None),
            (&[0xFF, 0xF1, 0x50, 0x80, 0x02, 0x1F, 0xFC], Some((Format::Aac, 16))),
            (&[0xFF, 0xF1, 0xFC, 0x80, 0x02, 0x1F, 0xFC], None),
            (b"\xFF\xFEh\0i\0", None),
        ];
        for (bytes, expected) in cases {
            assert_eq!(frame(bytes), expected, "{bytes:x?}");
        }
    }
    fn judged(bytes: &[u8]) -> Verdict {
        judge(&mut Cursor::new(bytes), bytes.len() as u64, &[], Format::Mp3).unwrap()
    }

    #[test]
    fn tags_and_what_stands_before_the_sound_are_no_fault() {
        let sound = sample("bare.mp3").bytes;
        let tag = [&b"ID3\x04\0\0\0\0\x10\0"[..], &[0; 2048]].concat();
        let old_tag = [&b"TAG"[..], b"a title", &[0; 118]].concat();
        let cases: [(&str, Vec<u8>); 7] = [
            ("bare", sound.to_vec()),
            ("a tag padded with zeros", [&tag, sound].concat()),
            ("two tags", [&tag, &tag, sound].concat()),
            ("a gap behind the tag", [&tag, &b"\x01\x02".repeat(50)[..], sound].concat()),
            ("an old tag behind", [sound, &old_tag].concat()),
            ("something before", [&b"\x01\x02".repeat(50)[..], sound].concat()),
            ("cut in the last frame", sound[..sound.len() - 9].to_vec()),
        ];
        for (what, bytes) in cases {
            let verdict = judged(&bytes);
            let right = matches!(verdict, Verdict::Whole { found: Format::Mp3, proved: false, .. });
            assert!(right, "{what}: {verdict:?}");
        }
        let full = [&tag[..10], &[b'w'; 2048]].concat();
        assert!(matches!(judged(&full), Verdict::Cut { have: 2058, need: 2064 }), "a tag alone");
        assert!(matches!(judged(&full[..900]), Verdict::Cut { have: 900, need: 2064 }), "half a tag");
        let flac = [&tag[..], b"fLaC\0\0\0\x22\x10\0"].concat();
        assert_eq!(judged(&flac), Verdict::NotMedia { why: Stranger::Flac });
        let unfilled = [&sound[..sound.len() / 2], &vec![0; sound.len() / 2]].concat();
        assert!(matches!(judged(&unfilled), Verdict::ZeroTail { .. }));
    }
}
