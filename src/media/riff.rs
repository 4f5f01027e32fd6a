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
    /// The last chunk has an odd size, so that one byte of padding belongs behind it.
    odd: bool,
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
        Some(end) if end == len + 1 && seen.odd && complete => Ending::Open,
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
        seen.odd = size % 2 == 1;
        seen.end = body_end;
        seen.endless |= streamed || end.is_some_and(|end| body_end > end);
        at = body_end.saturating_add(u64::from(seen.odd && !streamed));
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
