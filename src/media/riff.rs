//! The chunks of RIFF: AVI, WAV (also RF64 and BW64) and WebP.

use std::io::{Read, Seek};
use std::ops::Range;

use super::source::{Halt, Source, be64, le32};
use super::walk::{Ending, Found, Texture, Walk, short};
use super::{Format, Stranger, riff_facts};

/// The size that says "not known while this was written".
const UNKNOWN: u64 = 0xFFFF_FFFF;

/// What was seen of the chunks.
#[derive(Debug, Default)]
struct Seen {
    /// Where the last chunk ends, by its own size.
    end: u64,
    /// The size of the last chunk: behind an odd one belongs one byte of padding.
    last: u64,
    /// A chunk was cut short, or has no size.
    endless: bool,
    /// What describes the media, and the media.
    described: bool,
    media: bool,
    /// Bytes of sound that make a second.
    rate: Option<u64>,
    /// Sizes too large for four bytes (RF64): of the whole, of the sound.
    large: Option<(u64, u64)>,
}

/// One chunk: name, contents.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) id: [u8; 4],
    pub(super) body: Range<u64>,
}

/// Walks a file that begins with a RIFF head of these twelve bytes.
pub(super) fn walk<R: Read + Seek>(source: &mut Source<'_, R>, head: &[u8]) -> Result<Found, Halt> {
    let found = match head.get(8..12) {
        Some(b"AVI ") => Format::Avi,
        Some(b"WAVE") => Format::Wav,
        Some(b"WEBP") => Format::Webp,
        _ => return Ok(Err(Stranger::Unknown)),
    };
    let mut walk = Walk::new(found, Ending::Open);
    if found == Format::Wav {
        walk.texture = Texture::Raw;
    }
    let mut seen = Seen::default();
    let said = le32(head, 4).map_or(0, u64::from);
    let mut end = chunks(source, &mut walk, &mut seen, 0, said)?;
    // OpenDML: an AVI of more than a gigabyte goes on in further RIFF chunks.
    while let (Format::Avi, Some(top)) = (found, end.filter(|top| *top < source.len())) {
        let head = source.some(top, source.len(), 12)?;
        if !head.starts_with(b"RIFF") || head.get(8..12) != Some(b"AVIX") {
            break;
        }
        end = chunks(source, &mut walk, &mut seen, top, le32(&head, 4).map_or(0, u64::from))?;
    }
    walk.ending = ending(&seen, &walk, end, source.len());
    walk.own_end = end.filter(|end| *end < source.len());
    Ok(Ok(walk))
}

fn ending(seen: &Seen, walk: &Walk, end: Option<u64>, len: u64) -> Ending {
    let complete = seen.described && seen.media;
    match end {
        // The one byte that pads an odd chunk is left out by some writers: nothing is lost, nothing proved.
        Some(end) if end == len + 1 && seen.last % 2 == 1 && complete => Ending::Open,
        Some(end) if end > len || seen.end > len => Ending::Short(end.max(seen.end)),
        None if seen.end > len => Ending::Short(seen.end),
        None if !complete && walk.gap.is_none() => short(len, 8),
        _ if !complete => Ending::Damaged,
        Some(end) if end == len && walk.gap.is_none() && !seen.endless => Ending::Proved,
        _ => Ending::Open,
    }
}

/// Goes through the chunks of the RIFF chunk at `at`; says where that ends, if it says so itself.
fn chunks<R: Read + Seek>(
    source: &mut Source<'_, R>,
    walk: &mut Walk,
    seen: &mut Seen,
    start: u64,
    said: u64,
) -> Result<Option<u64>, Halt> {
    let mut end = Some(start + 8 + said).filter(|_| said != 0 && said != UNKNOWN);
    let mut at = start + 12;
    loop {
        let limit = end.unwrap_or(u64::MAX).min(source.len());
        let head = source.some(at, limit, 8)?;
        let (Some(id), Some(size)) = (head.first_chunk::<4>(), le32(&head, 4).map(u64::from)) else {
            return Ok(end);
        };
        if !id.iter().all(|b| (0x20..0x7f).contains(b)) {
            walk.gap = Some(at);
            return Ok(end);
        }
        let sound = (id == b"data" && walk.found == Format::Wav).then_some(seen.large).flatten();
        let without = matches!(id, b"data" | b"LIST") && (size == 0 || size == UNKNOWN);
        let streamed = end.is_none() && sound.is_none() && without;
        let size = sound.filter(|_| size == UNKNOWN).map_or(size, |(_, sound)| sound);
        let body_end = if streamed { source.len() } else { (at + 8).saturating_add(size) };
        let chunk = Chunk { id: *id, body: at + 8..body_end };
        note(source, walk, seen, &chunk)?;
        if let (b"ds64", Some((whole, _))) = (id, seen.large) {
            end = Some(start.saturating_add(8).saturating_add(whole));
        }
        seen.last = if streamed { 0 } else { size };
        seen.end = body_end;
        seen.endless |= streamed || end.is_some_and(|end| body_end > end);
        // Some writers leave out the byte that pads an odd chunk: then the next chunk's name stands there.
        let padded = seen.last % 2 == 1 && source.exact(body_end)?.is_none_or(|[byte]| byte == 0);
        at = body_end.saturating_add(u64::from(padded));
    }
}

/// Takes from a chunk what it has to say.
fn note<R: Read + Seek>(
    source: &mut Source<'_, R>,
    walk: &mut Walk,
    seen: &mut Seen,
    chunk: &Chunk,
) -> Result<(), Halt> {
    let Chunk { id, body } = chunk;
    let head = source.some(body.start, body.end, 96)?;
    if walk.found != Format::Wav {
        walk.texture = Texture::Mixed;
    }
    let mut media = false;
    match (walk.found, id) {
        (_, b"JUNK" | b"junk" | b"PAD " | b"FLLR") => walk.padding.push(body.start - 8..body.end),
        (Format::Wav, b"ds64") => seen.large = le64(&head, 0).zip(le64(&head, 8)),
        (Format::Wav, b"fmt ") => {
            seen.described = true;
            seen.rate = le32(&head, 8).map(u64::from);
        }
        (Format::Wav, b"data") => {
            seen.media = true;
            let length = body.end.min(source.len()).saturating_sub(body.start);
            walk.facts.duration_ms = seen.rate.and_then(|rate| length.saturating_mul(1000).checked_div(rate));
        }
        (Format::Avi, b"LIST") if head.starts_with(b"hdrl") => {
            seen.described = true;
            walk.facts = riff_facts::avi(&head);
        }
        (Format::Avi, b"LIST") => media = head.starts_with(b"movi"),
        // The index: names, places and lengths, none of them a row of zeros.
        (Format::Avi, b"idx1") => walk.texture = Texture::DenseEnd,
        (Format::Webp, b"VP8 " | b"VP8L" | b"VP8X" | b"ANMF") => {
            media = id != b"VP8X";
            seen.described = true;
            walk.facts = riff_facts::webp(*id, &head).unwrap_or(walk.facts);
        }
        _ => {}
    }
    seen.media |= media;
    if media {
        walk.texture = Texture::DenseEnd;
    }
    Ok(())
}

fn le64(bytes: &[u8], at: usize) -> Option<u64> {
    be64(bytes, at).map(u64::swap_bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::super::samples::sample;
    use super::super::{Blank, Verdict, judge};
    use super::*;

    fn judged(bytes: &[u8]) -> Verdict {
        judge(&mut Cursor::new(bytes), bytes.len() as u64, &[], Format::Wav).unwrap()
    }

    fn chunk(id: &str, body: &[u8]) -> Vec<u8> {
        [id.as_bytes(), &u32::try_from(body.len()).unwrap().to_le_bytes(), body].concat()
    }

    fn riff(form: &str, chunks: &[Vec<u8>]) -> Vec<u8> {
        chunk("RIFF", &[form.as_bytes(), &chunks.concat()].concat())
    }

    #[test]
    fn a_sound_ends_where_its_sizes_say() {
        let format = chunk("fmt ", b"\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0");
        let loud = [1; 4000];
        let silent = [&loud[..], &[0; 4000]].concat();
        let wave = |chunks: &[Vec<u8>]| riff("WAVE", &[&[format.clone()][..], chunks].concat());
        let notes = chunk("LIST", b"INFOhere are words");
        let whole = wave(&[chunk("data", &loud)]);
        let odd = [chunk("data", &loud[..3999]), vec![0]].concat();
        let cases: [(&str, Vec<u8>, Option<bool>); 10] = [
            ("plain", whole.clone(), Some(true)),
            ("words behind", wave(&[chunk("data", &loud), notes.clone()]), Some(true)),
            ("words behind silence", wave(&[chunk("data", &silent), notes.clone()]), Some(true)),
            ("odd", wave(&[odd, notes.clone()]), Some(true)),
            ("odd without its padding", wave(&[chunk("data", &loud[..3999]), notes]), Some(true)),
            ("padding last", wave(&[chunk("data", &loud), chunk("JUNK", &[0; 4000])]), Some(true)),
            ("zeros behind its end", [whole.clone(), vec![0; 4000]].concat(), Some(false)),
            ("a tag behind its end", [whole.clone(), b"TAG and words".to_vec()].concat(), Some(false)),
            ("cut", whole[..whole.len() - 1].to_vec(), None),
            ("no sound in it", wave(&[])[..].to_vec(), None),
        ];
        for (what, bytes, expected) in cases {
            let verdict = judged(&bytes);
            let proved = if let Verdict::Whole { proved, .. } = verdict { Some(proved) } else { None };
            assert_eq!(proved, expected, "{what}: {verdict:?}");
        }
        let ends_silent = judged(&wave(&[chunk("data", &silent)]));
        assert!(matches!(ends_silent, Verdict::ZeroTail { blank: Blank::Tail, .. }), "{ends_silent:?}");
    }

    #[test]
    fn a_long_film_goes_on_in_further_chunks() {
        let first = sample("plain.avi").bytes;
        let more = riff("AVIX", &[chunk("LIST", &[b"movi".as_slice(), &[5; 3000]].concat())]);
        let whole = [first, &more].concat();
        assert!(matches!(judged(&whole), Verdict::Whole { proved: true, found: Format::Avi, .. }));
        let cut = whole.len() - 1;
        assert_eq!(judged(&whole[..cut]), Verdict::Cut { have: cut as u64, need: whole.len() as u64 });
        let mut unfilled = whole;
        unfilled[first.len() + 100..].fill(0);
        assert!(matches!(judged(&unfilled), Verdict::ZeroTail { .. }));
    }
}
