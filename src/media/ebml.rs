//! The elements of Matroska and WebM.

use std::io::{Read, Seek};

use super::source::{Halt, Source, be32, be64};
use super::walk::{Ending, Found, Texture, Walk, short};
use super::{Facts, Format, Stranger};

const EBML: u32 = 0x1A45_DFA3;
const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_A966;
const TRACKS: u32 = 0x1654_AE6B;
const CLUSTER: u32 = 0x1F43_B675;
const VOID: u32 = 0xEC;
const CRC: u32 = 0xBF;
const DOC_TYPE: u32 = 0x4282;
const TIMESTAMP_SCALE: u32 = 0x002A_D7B1;
const DURATION: u32 = 0x4489;
const TRACK: u32 = 0xAE;
const VIDEO: u32 = 0xE0;
const WIDTH: u32 = 0xB0;
const HEIGHT: u32 = 0xBA;

/// The head of an element: its name, the length of this head, and the size of what follows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Head {
    id: u32,
    len: u64,
    /// `None`: unknown, as in live streams.
    size: Option<u64>,
}

/// What stands where an element may begin.
enum Next {
    Element(Head),
    /// The bytes end within its head, which is at least this long.
    Rest(u64),
    Gap,
}

fn head(bytes: &[u8]) -> Next {
    let Some(&first) = bytes.first() else { return Next::Rest(2) };
    let id_len = first.leading_zeros() as usize + 1;
    if id_len > 4 {
        return Next::Gap;
    }
    let Some((id, rest)) = bytes.split_at_checked(id_len) else { return Next::Rest(id_len as u64 + 1) };
    let Some(&first) = rest.first() else { return Next::Rest(id_len as u64 + 1) };
    let size_len = first.leading_zeros() as usize + 1;
    if size_len > 8 {
        return Next::Gap;
    }
    let Some(size) = rest.get(..size_len) else { return Next::Rest((id_len + size_len) as u64) };
    let number = |bytes: &[u8]| bytes.iter().fold(0, |sum, b| sum << 8 | u64::from(*b));
    let mask = (1_u64 << (7 * size_len)) - 1;
    let size = Some(number(size) & mask).filter(|size| *size != mask);
    Next::Element(Head {
        id: id.iter().fold(0, |sum, b| sum << 8 | u32::from(*b)),
        len: (id_len + size_len) as u64,
        size,
    })
}

fn next<R: Read + Seek>(source: &mut Source<'_, R>, at: u64, limit: u64) -> Result<Next, Halt> {
    Ok(head(&source.some(at, limit, 12)?))
}

/// Walks a file that begins with an EBML head.
pub(super) fn walk<R: Read + Seek>(source: &mut Source<'_, R>) -> Result<Found, Halt> {
    let len = source.len();
    let start = match next(source, 0, len)? {
        Next::Element(Head { id: EBML, len, size: Some(size) }) if size <= 4096 => len..len + size,
        Next::Rest(need) => return Ok(Ok(Walk::new(Format::Mkv, Ending::Short(need)))),
        _ => return Ok(Err(Stranger::Damaged(Format::Mkv))),
    };
    let described = source.some(start.start, start.end, 4096)?;
    let found = match child(&described, DOC_TYPE) {
        Some(kind) if kind.starts_with(b"webm") => Format::Webm,
        Some(kind) if kind.starts_with(b"matroska") => Format::Mkv,
        _ if start.end > len => Format::Mkv,
        _ => return Ok(Err(Stranger::Unknown)),
    };
    if start.end > len {
        return Ok(Ok(Walk::new(found, Ending::Short(start.end))));
    }
    to_segment(source, Walk::new(found, Ending::Open), start.end).map(Ok)
}

/// Goes on to the segment, over padding.
fn to_segment<R: Read + Seek>(source: &mut Source<'_, R>, mut walk: Walk, mut at: u64) -> Result<Walk, Halt> {
    let len = source.len();
    loop {
        match next(source, at, len)? {
            Next::Element(Head { id: VOID | CRC, len, size: Some(size) }) => {
                let end = at.saturating_add(len).saturating_add(size);
                walk.padding.push(at..end);
                at = end;
            }
            Next::Element(Head { id: SEGMENT, len, size }) => {
                let body = at + len;
                return segment(source, walk, body, size.map(|size| body.saturating_add(size)));
            }
            Next::Rest(more) => return Ok(Walk { ending: Ending::Short(at.saturating_add(more)), ..walk }),
            _ => return Ok(Walk { ending: Ending::Damaged, gap: Some(at), ..walk }),
        }
    }
}

/// What was seen of a segment's parts.
#[derive(Default)]
struct Parts {
    tracks: bool,
    cluster: bool,
    /// A part without a size: the last one that can be told apart without reading it.
    endless: bool,
    /// The end of a part that is behind the end of the segment or of the file.
    beyond: Option<u64>,
}

/// Walks the segment, which ends at `end` if that is known.
fn segment<R: Read + Seek>(
    source: &mut Source<'_, R>,
    mut walk: Walk,
    body: u64,
    end: Option<u64>,
) -> Result<Walk, Halt> {
    let len = source.len();
    let parts = parts(source, &mut walk, body, end.unwrap_or(len).min(len))?;
    let media = parts.tracks && parts.cluster;
    walk.ending = match (end, parts.beyond) {
        (Some(end), _) if end > len => Ending::Short(end),
        _ if walk.gap.is_some() && !media => Ending::Damaged,
        (None, Some(beyond)) => Ending::Short(beyond),
        (Some(_), _) if !media => Ending::Damaged,
        (None, _) if !media => short(len, 2),
        (Some(end), None) if end == len && walk.gap.is_none() && !parts.endless => Ending::Proved,
        _ => Ending::Open,
    };
    Ok(walk)
}

fn parts<R: Read + Seek>(
    source: &mut Source<'_, R>,
    walk: &mut Walk,
    mut at: u64,
    limit: u64,
) -> Result<Parts, Halt> {
    let mut parts = Parts::default();
    while at < limit {
        let part = match next(source, at, limit)? {
            // Names of one byte are but two here; of four, many, and there may be new ones.
            Next::Element(part) if part.id > 0x00FF_FFFF || matches!(part.id, VOID | CRC) => part,
            Next::Rest(more) => return Ok(Parts { beyond: Some(at + more), ..parts }),
            _ => {
                walk.gap = Some(at);
                return Ok(parts);
            }
        };
        parts.tracks |= part.id == TRACKS;
        parts.cluster |= part.id == CLUSTER;
        walk.texture = if part.id == CLUSTER { Texture::DenseEnd } else { Texture::Mixed };
        let Some(size) = part.size else { return Ok(Parts { endless: true, ..parts }) };
        let end = at.saturating_add(part.len).saturating_add(size);
        match part.id {
            VOID => walk.padding.push(at..end),
            INFO | TRACKS => learn(&source.some(at + part.len, end, 16 << 10)?, part.id, &mut walk.facts),
            _ => {}
        }
        at = end;
    }
    parts.beyond = Some(at).filter(|end| *end > limit);
    Ok(parts)
}

/// What the parts that describe the film say.
fn learn(part: &[u8], id: u32, facts: &mut Facts) {
    if id == INFO {
        let scale = child(part, TIMESTAMP_SCALE).map_or(1_000_000, unsigned);
        facts.duration_ms =
            child(part, DURATION).and_then(float).and_then(|ticks| milliseconds(ticks, scale));
        return;
    }
    let mut tracks = Children(part);
    let video = tracks.find_map(|(id, track)| child(track, VIDEO).filter(|_| id == TRACK));
    let size = |id| video.and_then(|v| child(v, id)).map(unsigned).and_then(|n| u32::try_from(n).ok());
    (facts.width, facts.height) = (size(WIDTH), size(HEIGHT));
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "bounded first"
)]
fn milliseconds(ticks: f64, scale: u64) -> Option<u64> {
    let ms = ticks * (scale as f64) / 1e6;
    (1.0..1e15).contains(&ms).then_some(ms as u64)
}

fn unsigned(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |sum, b| sum << 8 | u64::from(*b))
}

fn float(bytes: &[u8]) -> Option<f64> {
    match bytes.len() {
        4 => be32(bytes, 0).map(|bits| f64::from(f32::from_bits(bits))),
        8 => be64(bytes, 0).map(f64::from_bits),
        _ => None,
    }
}

/// The elements of a part that was read.
struct Children<'a>(&'a [u8]);

impl<'a> Iterator for Children<'a> {
    type Item = (u32, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let Next::Element(Head { id, len, size: Some(size) }) = head(self.0) else { return None };
        let (_, rest) = self.0.split_at_checked(usize::try_from(len).ok()?)?;
        let (body, rest) = rest.split_at_checked(usize::try_from(size).ok()?)?;
        self.0 = rest;
        Some((id, body))
    }
}

fn child(part: &[u8], id: u32) -> Option<&[u8]> {
    Children(part).find(|(found, _)| *found == id).map(|(_, body)| body)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::super::samples::sample;
    use super::super::{Verdict, judge};
    use super::*;

    fn judged(bytes: &[u8]) -> Verdict {
        judge(&mut Cursor::new(bytes), bytes.len() as u64, &[], Format::Mkv).unwrap()
    }

    /// A small film of these parts, its segment's size written as these eight bytes.
    fn film(size: u64, parts: &[&[u8]]) -> Vec<u8> {
        let head = b"\x1A\x45\xDF\xA3\x8B\x42\x82\x88matroska\x18\x53\x80\x67";
        [&head[..], &(1 << 56 | size).to_be_bytes(), &parts.concat()].concat()
    }

    #[test]
    fn a_film_ends_where_its_segment_says() {
        let tracks: &[u8] = b"\x16\x54\xAE\x6B\x81.";
        let cluster = [&b"\x1F\x43\xB6\x75\x48\x00"[..], &[5; 2048]].concat();
        let void = [&b"\xEC\x48\x00"[..], &[0; 2048]].concat();
        let endless: &[u8] = b"\x1F\x43\xB6\x75\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFFand so on";
        let size = |parts: &[&[u8]]| parts.iter().map(|p| p.len() as u64).sum::<u64>();
        let known = |parts: &[&[u8]]| film(size(parts), parts);
        let unknown = |parts: &[&[u8]]| film((1 << 56) - 1, parts);
        let whole = known(&[tracks, &cluster]);
        let cases: [(&str, Vec<u8>, Option<bool>); 9] = [
            ("plain", whole.clone(), Some(true)),
            ("padded", known(&[tracks, &void, &cluster, &void]), Some(true)),
            ("live", unknown(&[tracks, &cluster]), Some(false)),
            ("live to the last", unknown(&[tracks, endless]), Some(false)),
            ("live, cut", unknown(&[tracks, &cluster[..2000]]), None),
            ("live, no film yet", unknown(&[tracks]), None),
            ("something behind", [whole.clone(), b"and more".to_vec()].concat(), Some(false)),
            ("cut", whole[..whole.len() - 1].to_vec(), None),
            ("cut within the head", whole[..9].to_vec(), None),
        ];
        for (what, bytes, expected) in cases {
            let verdict = judged(&bytes);
            match expected {
                None => assert!(matches!(verdict, Verdict::Cut { .. }), "{what}: {verdict:?}"),
                Some(expected) => {
                    let right = matches!(verdict, Verdict::Whole { proved, .. } if proved == expected);
                    assert!(right, "{what}: {verdict:?}");
                }
            }
        }
        let hollow = known(&[tracks, &void]);
        assert_eq!(judged(&hollow), Verdict::NotMedia { why: Stranger::Damaged(Format::Mkv) });
        let mut unfilled = known(&[tracks, &cluster, &cluster]);
        unfilled.truncate(unfilled.len() - 2100);
        unfilled.extend([0; 2100]);
        assert!(matches!(judged(&unfilled), Verdict::ZeroTail { .. }));
    }

    #[test]
    fn other_elements_than_a_films_are_strangers() {
        let other = sample("plain.mkv").bytes.to_vec();
        let kind = other.windows(8).position(|w| w == b"matroska").unwrap();
        let mut other = other;
        other[kind..kind + 8].copy_from_slice(b"cookbook");
        assert_eq!(judged(&other), Verdict::NotMedia { why: Stranger::Unknown });
    }
}
