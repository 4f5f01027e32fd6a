//! Whether a file was never filled: its full size is set, and its bytes are still to come.
//!
//! Windows Explorer (and every copying program that reserves the space first) sets the full size and fills it in
//! order, so that a file that is being copied, or whose copying broke off, is zeros from some place to its end.
//! The container's own sizes are all right then. What counts, in the order in which it is looked for:
//!
//! | what | why it doesn't hold up a good file |
//! |---|---|
//! | a hole (of a sparse file) that reaches the end, or is anywhere in compressed film | nobody leaves holes in a finished one |
//! | zeros to the end: the last 64 KiB, of a smaller file its last eighth | silence at the end of a WAV does look so: hence `Whole: yes` |
//! | the same of 4 KiB, where the file ends in compressed film or sound | no encoder writes a row of zeros as long as that |
//! | zeros where the next box, element, chunk or block should begin | no format has such a one |
//! | two neighbours of eight blocks spread over compressed film are zeros: filled out of order, by a download | an eighth of the film can't be |
//! | nothing known at the beginning, but a block of zeros | then it was no medium anyway |
//!
//! Padding counts for nothing: `free`, `skip` and `wide` boxes, what no sample uses at the end of an `mdat`,
//! `Void` elements, `JUNK` chunks, tags of MP3, and zeros directly behind the own end of a picture or a RIFF file.
//! A zero or two at the end are no tail, yet from 64 on a file isn't taken at its container's word alone.

use std::io::{self, Read, Seek};
use std::ops::Range;

use super::Blank;
use super::source::{Halt, Purse, Source};
use super::walk::{Found, Texture, Walk};

/// The end that is looked at.
const TAIL: u64 = 64 << 10;
/// Of a file too small for that, its last part of as many.
const TAIL_PART: u64 = 8;
/// Less than this says nothing: numbers end in zeros, too.
const SHORTEST_TAIL: u64 = 16;
/// A block as file systems and copying programs have them.
const BLOCK: u64 = 4096;
/// Blocks looked at within the file.
const SAMPLES: u64 = 8;
/// The longest head of a box, element or chunk: the filling may have stopped within it.
const LONGEST_HEADER: usize = 8;
/// From so many zeros at the end on, a container's sums prove nothing.
const DOUBTFUL: u64 = 64;

/// What the zeros of a file say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Zeros {
    /// It is not filled: from where, and how that was seen.
    pub(super) blank: Option<(u64, Blank)>,
    /// It ends in so many zeros that its sizes alone don't prove it whole.
    pub(super) doubtful: bool,
}

/// Looks for what was never written. Reads at most 256 KiB.
pub(super) fn look<R: Read + Seek>(
    reader: &mut R,
    len: u64,
    holes: &[Range<u64>],
    found: &Found,
) -> io::Result<Zeros> {
    let mut source = Source::new(reader, len, Purse::LOOK);
    let seen = match found {
        Ok(walk) => filled(&mut source, holes, walk),
        Err(_) => known_by_nothing(&mut source, holes),
    };
    match seen {
        Ok(zeros) => Ok(zeros),
        Err(Halt::Io(error)) => Err(error),
        Err(Halt::Spent) => Ok(Zeros { blank: None, doubtful: true }),
    }
}

fn known_by_nothing<R: Read + Seek>(source: &mut Source<'_, R>, holes: &[Range<u64>]) -> Result<Zeros, Halt> {
    let len = source.len();
    let hole = holes.iter().find(|hole| !hole.is_empty() && hole.end >= len);
    let (tail, run) = tail(source, len, Texture::Raw)?;
    let head = source.some(0, len, 4096)?.iter().all(|b| *b == 0);
    let blank = hole.map(|hole| (hole.start, Blank::Hole)).or(tail).or(head.then_some((0, Blank::Header)));
    Ok(Zeros { blank, doubtful: run >= DOUBTFUL })
}

fn filled<R: Read + Seek>(
    source: &mut Source<'_, R>,
    holes: &[Range<u64>],
    walk: &Walk,
) -> Result<Zeros, Halt> {
    let len = source.len();
    let mut padding = walk.padding.clone();
    if let Some(own_end) = walk.own_end
        && source.some(own_end, len, 64 << 10)?.iter().all(|b| *b == 0)
    {
        padding.push(own_end..len);
    }
    let end =
        padding.iter().rev().fold(len, |end, pad| if pad.end >= end { end.min(pad.start) } else { end });
    let hole = unfilled_hole(holes, &padding, end, walk.texture);
    let (tail, run) = tail(source, end, walk.texture)?;
    let blank = match hole.map(|at| (at, Blank::Hole)).or(tail) {
        Some(blank) => Some(blank),
        None => match empty_header(source, walk.gap)? {
            Some(at) => Some((at, Blank::Header)),
            None => empty_blocks(source, &padding, end, walk.texture)?.map(|at| (at, Blank::Blocks)),
        },
    };
    Ok(Zeros { blank, doubtful: run >= DOUBTFUL })
}

fn unfilled_hole(holes: &[Range<u64>], padding: &[Range<u64>], end: u64, texture: Texture) -> Option<u64> {
    let in_padding =
        |hole: &Range<u64>| padding.iter().any(|pad| pad.start <= hole.start && hole.end <= pad.end);
    let real = |hole: &&Range<u64>| !hole.is_empty() && hole.start < end && !in_padding(hole);
    // Silence may have been made a hole on the way here, by a file system that compresses.
    let counts = |hole: &&Range<u64>| hole.end >= end || texture != Texture::Raw;
    holes.iter().filter(real).find(counts).map(|hole| hole.start)
}

/// The zeros before `end`: where they begin if they are too many, and how many were seen.
fn tail<R: Read + Seek>(
    source: &mut Source<'_, R>,
    end: u64,
    texture: Texture,
) -> Result<(Option<(u64, Blank)>, u64), Halt> {
    let window = TAIL.min(end / TAIL_PART).max(SHORTEST_TAIL).min(end);
    let bytes = source.some(end - window, end, usize::try_from(window).unwrap_or(0))?;
    let run = bytes.iter().rev().take_while(|b| **b == 0).count() as u64;
    let limit = if texture == Texture::DenseEnd { window.min(BLOCK) } else { window };
    Ok(((run >= limit && run > 0).then_some((end - run, Blank::Tail)), run))
}

/// Whether zeros stand where a part should begin: to the end, or for a whole block.
fn empty_header<R: Read + Seek>(source: &mut Source<'_, R>, gap: Option<u64>) -> Result<Option<u64>, Halt> {
    let Some(at) = gap else { return Ok(None) };
    let bytes = source.some(at, u64::MAX, 4096)?;
    let behind = bytes.get(LONGEST_HEADER.min(bytes.len().saturating_sub(1))..).unwrap_or_default();
    Ok((!behind.is_empty() && behind.iter().all(|b| *b == 0)).then_some(at))
}

/// Two neighbours of the sampled blocks that are zeros, and no padding.
fn empty_blocks<R: Read + Seek>(
    source: &mut Source<'_, R>,
    padding: &[Range<u64>],
    end: u64,
    texture: Texture,
) -> Result<Option<u64>, Halt> {
    if texture == Texture::Raw || end < TAIL {
        return Ok(None);
    }
    let mut before = None;
    for n in 0..SAMPLES {
        let at = end / (2 * SAMPLES) * (2 * n + 1);
        let padded = padding.iter().any(|pad| pad.start < at + BLOCK && at < pad.end);
        let empty = !padded && source.some(at, end, 4096)?.iter().all(|b| *b == 0);
        if empty && before.is_some() {
            return Ok(before);
        }
        before = empty.then_some(at);
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::super::walk::Ending;
    use super::super::{Format, Stranger};
    use super::*;

    const M: u64 = 1 << 20;
    const NONE: Range<u64> = 0..0;

    /// What is seen of `len` bytes that are all 7 but for these zeros, one hole, and what the walk brought.
    fn seen(len: u64, zeros: Range<u64>, hole: Range<u64>, walk: Option<Walk>) -> Zeros {
        let bytes: Vec<u8> = (0..len).map(|at| if zeros.contains(&at) { 0 } else { 7 }).collect();
        look(&mut Cursor::new(bytes), len, &[hole], &walk.ok_or(Stranger::Unknown)).unwrap()
    }

    fn walk(texture: Texture) -> Walk {
        Walk { texture, ..Walk::new(Format::Mp4, Ending::Open) }
    }

    fn padded(texture: Texture, padding: Range<u64>) -> Walk {
        Walk { padding: vec![padding], ..walk(texture) }
    }

    #[test]
    fn a_file_that_ends_in_zeros_is_not_filled() {
        use Texture::{DenseEnd, Mixed, Raw};
        let kib = 1024;
        let ends = |own_end| Walk { own_end: Some(own_end), ..walk(Mixed) };
        let cases = [
            ("no zeros", M, NONE, walk(Mixed), None),
            ("64 KiB", M, M - 64 * kib..M, walk(Mixed), Some(M - 64 * kib)),
            ("a byte less", M, M - 64 * kib + 1..M, walk(Mixed), None),
            ("an eighth", 8000, 7000..8000, walk(Raw), Some(7000)),
            ("less than an eighth", 8000, 7001..8000, walk(Raw), None),
            ("a block behind film", M, M - 4096..M, walk(DenseEnd), Some(M - 4096)),
            ("a block behind a table", M, M - 4096..M, walk(Mixed), None),
            ("a little behind film", M, M - 4095..M, walk(DenseEnd), None),
            ("not the last byte", M, M - 64 * kib..M - 1, walk(Mixed), None),
            ("padding last", M, M / 2..M, padded(Mixed, M / 2 - 8..M), None),
            ("zeros before padding", M, M / 2..M, padded(Mixed, M - 8 * kib..M), Some(M - 72 * kib)),
            ("padding elsewhere", M, M / 2..M, padded(Mixed, 0..M / 2), Some(M - 64 * kib)),
            ("behind its own end", M, M / 2..M, ends(M / 2), None),
            ("a trailer not filled", M, M / 2 + 9..M, ends(M / 2), Some(M - 64 * kib)),
        ];
        for (what, len, zeros, walk, expected) in cases {
            let blank = seen(len, zeros, NONE, Some(walk)).blank;
            assert_eq!(blank, expected.map(|at| (at, Blank::Tail)), "{what}");
        }
    }

    #[test]
    fn a_hole_is_no_part_of_a_finished_film() {
        use Texture::{Mixed, Raw};
        let cases = [
            ("at the end", M - 512..M, walk(Raw), Some(M - 512)),
            ("the end itself, as lseek has it", M..M, walk(Mixed), None),
            ("in film", 8192..12288, walk(Mixed), Some(8192)),
            ("in silence", 8192..12288, walk(Raw), None),
            ("in padding", 8192..12288, padded(Mixed, 8000..13000), None),
            ("in padding at the end", M - 4096..M, padded(Raw, M - 5000..M), None),
        ];
        for (what, hole, walk, expected) in cases {
            let blank = seen(M, hole.clone(), hole, Some(walk)).blank;
            assert_eq!(blank, expected.map(|at| (at, Blank::Hole)), "{what}");
        }
        assert_eq!(seen(M, M - 9..M, M - 9..M, None).blank, Some((M - 9, Blank::Hole)), "in nothing known");
    }

    #[test]
    fn zeros_are_no_header() {
        let gap = |at| Walk { gap: Some(at), ..walk(Texture::Mixed) };
        let cases = [
            ("zeros to the end", M - 9..M, gap(M - 9), Some(M - 9)),
            ("the filling stopped within a header", M - 9..M, gap(M - 14), Some(M - 14)),
            ("a block of zeros", 8192..12288, gap(8192), Some(8192)),
            ("junk", NONE, gap(M - 9), None),
            ("junk and some zeros", M - 9..M, gap(M - 30), None),
        ];
        for (what, zeros, walk, expected) in cases {
            let blank = seen(M, zeros, NONE, Some(walk)).blank;
            assert_eq!(blank, expected.map(|at| (at, Blank::Header)), "{what}");
        }
    }

    #[test]
    fn blocks_of_zeros_are_no_film() {
        use Texture::{Mixed, Raw};
        let cases = [
            ("one", M / 2..M / 8 * 5, walk(Mixed), None),
            ("two", M / 2..M / 4 * 3, walk(Mixed), Some(M / 16 * 9)),
            ("two of silence", M / 2..M / 4 * 3, walk(Raw), None),
            ("two of padding", M / 2..M / 4 * 3, padded(Mixed, M / 2..M / 4 * 3), None),
        ];
        for (what, zeros, walk, expected) in cases {
            let blank = seen(M, zeros, NONE, Some(walk)).blank;
            assert_eq!(blank, expected.map(|at| (at, Blank::Blocks)), "{what}");
        }
    }

    #[test]
    fn where_nothing_is_known_zeros_come_first_all_the_same() {
        let cases = [
            ("nothing but zeros", 3000, 0..3000, Some((2625, Blank::Tail))),
            ("one zero", 1, 0..1, Some((0, Blank::Tail))),
            ("a text of two-byte letters", 20, 19..20, None),
            ("an empty beginning", M, 0..8192, Some((0, Blank::Header))),
        ];
        for (what, len, zeros, expected) in cases {
            assert_eq!(seen(len, zeros, NONE, None).blank, expected, "{what}");
        }
    }

    #[test]
    fn a_few_zeros_more_than_chance_make_doubtful() {
        for (run, doubtful) in [(0, false), (63, false), (64, true), (1000, true)] {
            let zeros = seen(M, M - run..M, NONE, Some(walk(Texture::Mixed)));
            assert_eq!(zeros, Zeros { blank: None, doubtful });
        }
    }
}
