//! The inside of a `moov` box: length, picture size, and where the last sample ends.

use std::io::{Read, Seek};
use std::ops::Range;

use super::Facts;
use super::boxes::{self, BoxAt, Next};
use super::source::{Halt, Source, be32, be64};

/// Boxes in boxes: no film needs more levels than this.
const DEEPEST: u32 = 8;
/// A last chunk of more samples than this isn't added up.
const MOST_SAMPLES: u32 = 4096;

/// What a `moov` says.
#[derive(Debug, Default)]
pub(super) struct Movie {
    pub(super) facts: Facts,
    /// It has a track of pictures.
    pub(super) video: bool,
    /// It has a track of sound.
    pub(super) sound: bool,
    /// Where the last sample of all tracks ends; `None` where the tables don't say.
    pub(super) data_end: Option<u64>,
    /// A place where a box should begin and none does.
    pub(super) gap: Option<u64>,
    /// `free` boxes within it.
    pub(super) padding: Vec<Range<u64>>,
    tracks: Vec<Track>,
}

#[derive(Debug, Default)]
struct Track {
    video: bool,
    size: Option<(u32, u32)>,
    last_chunk: Option<u64>,
    /// Samples in the last chunk.
    per_chunk: Option<u32>,
    sizes: Option<Sizes>,
}

/// The table of sample sizes.
#[derive(Clone, Copy, Debug)]
struct Sizes {
    /// The size of each, or 0 where each has its own.
    each: u32,
    count: u32,
    table: u64,
    end: u64,
}

/// Reads the `moov` whose contents these are.
pub(super) fn read<R: Read + Seek>(source: &mut Source<'_, R>, moov: Range<u64>) -> Result<Movie, Halt> {
    let mut movie = Movie::default();
    movie.walk(source, moov, 0)?;
    let tracks = std::mem::take(&mut movie.tracks);
    let mut ends = Vec::with_capacity(tracks.len());
    for track in &tracks {
        ends.push(track.data_end(source)?);
    }
    movie.data_end = ends.into_iter().collect::<Option<Vec<_>>>().and_then(|ends| ends.into_iter().max());
    let picture = tracks.iter().filter(|t| t.video).find_map(|t| t.size);
    movie.facts.width = picture.map(|(width, _)| width);
    movie.facts.height = picture.map(|(_, height)| height);
    Ok(movie)
}

impl Movie {
    fn walk<R: Read + Seek>(
        &mut self,
        source: &mut Source<'_, R>,
        room: Range<u64>,
        depth: u32,
    ) -> Result<(), Halt> {
        let mut at = room.start;
        loop {
            match boxes::next(source, at, room.end)? {
                Next::Box(found) if found.end <= room.end => {
                    self.take(source, found, depth)?;
                    at = found.end;
                }
                // The room may end in a few zeros: QuickTime's lists do.
                Next::End | Next::Rest => return Ok(()),
                Next::Box(_) | Next::Gap => {
                    self.gap.get_or_insert(at);
                    return Ok(());
                }
            }
        }
    }

    fn take<R: Read + Seek>(
        &mut self,
        source: &mut Source<'_, R>,
        found: BoxAt,
        depth: u32,
    ) -> Result<(), Halt> {
        match &found.kind {
            b"trak" => self.tracks.push(Track::default()),
            b"mdia" | b"minf" | b"stbl" => {}
            b"udta" | b"meta" => return self.notes(source, found, depth),
            b"free" | b"skip" => {
                self.padding.push(found.start..found.end);
                return Ok(());
            }
            _ => return self.leaf(source, found),
        }
        if depth < DEEPEST { self.walk(source, found.body..found.end, depth + 1) } else { Ok(()) }
    }

    /// Titles and the like: of interest for their padding alone, and every program writes them its own way.
    fn notes<R: Read + Seek>(
        &mut self,
        source: &mut Source<'_, R>,
        found: BoxAt,
        depth: u32,
    ) -> Result<(), Halt> {
        let head = source.some(found.body, found.end, 12)?;
        // MPEG-4 has four bytes before the boxes of `meta`, QuickTime hasn't.
        let skip = u64::from(&found.kind == b"meta" && head.get(4..8) != Some(b"hdlr")) * 4;
        let gap = self.gap;
        if depth < DEEPEST {
            self.walk(source, (found.body + skip).min(found.end)..found.end, depth + 1)?;
        }
        self.gap = gap;
        Ok(())
    }

    fn leaf<R: Read + Seek>(&mut self, source: &mut Source<'_, R>, found: BoxAt) -> Result<(), Halt> {
        if !matches!(&found.kind, b"mvhd" | b"tkhd" | b"hdlr" | b"stco" | b"co64" | b"stsc" | b"stsz") {
            return Ok(());
        }
        let head = source.some(found.body, found.end, 100)?;
        if &found.kind == b"mvhd" {
            self.facts.duration_ms = duration(&head);
        }
        let Some(track) = self.tracks.last_mut() else { return Ok(()) };
        match &found.kind {
            b"tkhd" => track.size = shown_size(&head),
            b"hdlr" => {
                track.video |= head.get(8..12) == Some(b"vide");
                self.video |= track.video;
                self.sound |= head.get(8..12) == Some(b"soun");
            }
            b"stco" => {
                track.last_chunk =
                    last_entry(source, found, &head, 4)?.and_then(|e| be32(&e, 0)).map(u64::from);
            }
            b"co64" => track.last_chunk = last_entry(source, found, &head, 8)?.and_then(|e| be64(&e, 0)),
            b"stsc" => track.per_chunk = last_entry(source, found, &head, 12)?.and_then(|e| be32(&e, 4)),
            b"stsz" => {
                track.sizes = be32(&head, 4).zip(be32(&head, 8)).map(|(each, count)| Sizes {
                    each,
                    count,
                    table: found.body + 12,
                    end: found.end,
                });
            }
            _ => {}
        }
        Ok(())
    }
}

impl Track {
    /// Where the last sample of the last chunk ends; 0 for a track without samples.
    fn data_end<R: Read + Seek>(&self, source: &mut Source<'_, R>) -> Result<Option<u64>, Halt> {
        let Some(sizes) = self.sizes else { return Ok(None) };
        if sizes.count == 0 {
            return Ok(Some(0));
        }
        let (Some(chunk), Some(samples)) = (self.last_chunk, self.per_chunk) else { return Ok(None) };
        if sizes.each > 0 {
            return Ok(chunk.checked_add(u64::from(samples) * u64::from(sizes.each)));
        }
        if samples > sizes.count.min(MOST_SAMPLES) {
            return Ok(None);
        }
        let first = sizes.table + u64::from(sizes.count - samples) * 4;
        let table = source.some(first, sizes.end, samples as usize * 4)?;
        let total: u64 = (0..samples as usize).filter_map(|n| be32(&table, n * 4)).map(u64::from).sum();
        Ok(chunk.checked_add(total).filter(|_| table.len() == samples as usize * 4))
    }
}

/// The last entry of a table that counts them in its bytes 4 to 8; `None` where it has none or lies.
fn last_entry<R: Read + Seek>(
    source: &mut Source<'_, R>,
    found: BoxAt,
    head: &[u8],
    size: u32,
) -> Result<Option<Vec<u8>>, Halt> {
    let Some(before) = be32(head, 4).and_then(|count| count.checked_sub(1)) else { return Ok(None) };
    let entry =
        source.some(found.body + 8 + u64::from(before) * u64::from(size), found.end, size as usize)?;
    Ok(Some(entry).filter(|e| e.len() == size as usize))
}

/// The length of a film in milliseconds, from its `mvhd`; none where it says 0 or "unknown".
fn duration(mvhd: &[u8]) -> Option<u64> {
    let (scale, length) = match mvhd.first()? {
        0 => (be32(mvhd, 12)?, be32(mvhd, 16).filter(|d| *d != u32::MAX).map(u64::from)?),
        _ => (be32(mvhd, 20)?, be64(mvhd, 24).filter(|d| *d != u64::MAX)?),
    };
    let ms = (u128::from(length) * 1000).checked_div(u128::from(scale))?;
    u64::try_from(ms).ok().filter(|ms| *ms > 0)
}

/// Width and height from a `tkhd`, turned as its matrix says.
fn shown_size(tkhd: &[u8]) -> Option<(u32, u32)> {
    let matrix = if *tkhd.first()? == 0 { 40 } else { 52 };
    let (width, height) = (be32(tkhd, matrix + 36)? >> 16, be32(tkhd, matrix + 40)? >> 16);
    let turned = be32(tkhd, matrix)? == 0 && be32(tkhd, matrix + 16)? == 0;
    Some(if turned { (height, width) } else { (width, height) }).filter(|size| size.0 > 0 && size.1 > 0)
}
