//! The check of a film that came back from the service, before it gets its name in the outbox.

use std::io::{self, Read, Seek};

use super::boxes::Layout;
use super::movie;
use super::source::{Halt, Purse, Source};
use super::walk::{Ending, Walk};
use super::{Blank, Facts, Stranger, sniff, zeros};

/// What a fetched film is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FilmVerdict {
    /// A whole MP4 with this in it.
    Whole(Facts),
    /// Not to be delivered.
    Flawed(Flaw),
}

/// Why a fetched film is not to be delivered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Flaw {
    /// Not a byte.
    #[error("the film is empty")]
    Empty,
    /// It doesn't begin as an MP4 has to.
    #[error("the film is no MP4 but {0}")]
    NotMp4(Stranger),
    /// Its beginning is an MP4's, and one of the parts that make a film isn't there.
    #[error("the film has no `{0}` box")]
    Missing(&'static str),
    /// Shorter than its own sizes say, in bytes.
    #[error("the film is cut: {have} bytes of at least {need}")]
    Cut {
        /// Its length.
        have: u64,
        /// The length it says, at least.
        need: u64,
    },
    /// Its boxes don't fill it exactly: something else stands at this byte.
    #[error("the film's boxes break off at byte {0}")]
    Untiled(u64),
    /// Parts of it were never filled.
    #[error("the film is not filled from byte {at} on: {blank}")]
    Zeros {
        /// The first byte of what gave it away.
        at: u64,
        /// What gave it away.
        blank: Blank,
    },
}

/// Checks a fetched film of `len` bytes: `ftyp` first, `moov` and `mdat` there, the boxes fill the file exactly,
/// the last sample lies within it, and it isn't zeros.
///
/// Its contents are not decoded: what the server changed on the way can't be seen here. Errors are those of reading.
pub fn film<R: Read + Seek>(reader: &mut R, len: u64) -> io::Result<FilmVerdict> {
    let checked = match check(reader, len) {
        Ok(checked) => checked,
        Err(Halt::Io(error)) => return Err(error),
        Err(Halt::Spent) => Err(Flaw::Untiled(len)),
    };
    let walk = match checked {
        Ok(walk) => walk,
        Err(flaw) => return Ok(FilmVerdict::Flawed(flaw)),
    };
    let facts = walk.facts;
    Ok(match zeros::look(reader, len, &[], &Ok(walk))?.blank {
        Some((at, blank)) => FilmVerdict::Flawed(Flaw::Zeros { at, blank }),
        None => FilmVerdict::Whole(facts),
    })
}

fn check<R: Read + Seek>(reader: &mut R, len: u64) -> Result<Result<Walk, Flaw>, Halt> {
    let mut source = Source::new(reader, len, Purse::FILM);
    if len == 0 {
        return Ok(Err(Flaw::Empty));
    }
    let layout = Layout::read(&mut source)?;
    if layout.first != Some(*b"ftyp") {
        let head = source.some(0, len, 4096)?;
        return Ok(Err(Flaw::NotMp4(sniff::stranger(&head))));
    }
    let Layout { overhang, gap, rest, ref moov, ref mdats, .. } = layout;
    if let Some(need) = overhang {
        return Ok(Err(Flaw::Cut { have: len, need }));
    }
    if let Some(at) = gap.or(rest.then_some(layout.end)) {
        return Ok(Err(Flaw::Untiled(at)));
    }
    let Some(moov) = moov.clone() else { return Ok(Err(Flaw::Missing("moov"))) };
    if mdats.is_empty() {
        return Ok(Err(Flaw::Missing("mdat")));
    }
    let movie = movie::read(&mut source, moov)?;
    Ok(match layout.ending(Some(&movie), len) {
        Ending::Short(need) => Err(Flaw::Cut { have: len, need }),
        ending => Ok(layout.walk(Some(&movie), ending)),
    })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::super::Format;
    use super::super::samples::{SAMPLES, sample};
    use super::*;

    fn checked(bytes: &[u8]) -> FilmVerdict {
        film(&mut Cursor::new(bytes), bytes.len() as u64).unwrap()
    }

    #[test]
    fn a_whole_film_says_its_length_and_size() {
        for name in ["moov-first.mp4", "moov-last.mp4"] {
            let facts = Facts { duration_ms: Some(1000), width: Some(64), height: Some(48) };
            let FilmVerdict::Whole(found) = checked(sample(name).bytes) else { panic!("{name}") };
            assert_eq!((found.width, found.height), (facts.width, facts.height), "{name}");
            assert!(found.duration_ms.is_some_and(|ms| (1000..1100).contains(&ms)), "{name} {found:?}");
        }
        assert!(matches!(checked(sample("fragmented.mp4").bytes), FilmVerdict::Whole(_)));
    }

    #[test]
    fn a_film_cut_by_so_little_as_a_byte_is_refused() {
        for name in ["moov-first.mp4", "moov-last.mp4"] {
            let bytes = sample(name).bytes;
            for len in 0..bytes.len() {
                let verdict = checked(&bytes[..len]);
                assert!(matches!(verdict, FilmVerdict::Flawed(_)), "{name} cut to {len}: {verdict:?}");
            }
        }
    }

    #[test]
    fn a_film_with_something_behind_it_or_nothing_in_it_is_refused() {
        let whole = sample("moov-first.mp4").bytes;
        let len = whole.len() as u64;
        let mut zeroed = whole.to_vec();
        zeroed[2000..].fill(0);
        let (mdat, moov) = (whole.windows(4).position(|w| w == b"mdat").unwrap(), 32);
        let mut hidden = whole.to_vec();
        hidden[mdat..mdat + 4].copy_from_slice(b"free");
        let mut headless = whole.to_vec();
        headless[moov + 4..moov + 8].copy_from_slice(b"free");
        let page = b"<!doctype html><p>gone".as_slice();
        let json = br#"{"code": 1001, "message": "token expired"}"#.as_slice();
        let cases: [(&str, Vec<u8>, Flaw); 9] = [
            ("nothing", vec![], Flaw::Empty),
            ("a page", page.to_vec(), Flaw::NotMp4(Stranger::WebPage)),
            ("json", json.to_vec(), Flaw::NotMp4(Stranger::Text)),
            ("three bytes more", [whole, b"abc"].concat(), Flaw::Untiled(len)),
            ("zeros behind it", [whole, &[0; 22]].concat(), Flaw::Untiled(len)),
            ("no mdat", hidden, Flaw::Missing("mdat")),
            ("no moov", headless, Flaw::Missing("moov")),
            ("cut", whole[..whole.len() - 1].to_vec(), Flaw::Cut { have: len - 1, need: len }),
            ("zeros", zeroed, Flaw::Zeros { at: len - len / 8, blank: Blank::Tail }),
        ];
        for (what, bytes, flaw) in cases {
            assert_eq!(checked(&bytes), FilmVerdict::Flawed(flaw), "{what}");
        }
        let boxes = [Format::Mp4, Format::M4a, Format::Mov];
        for other in SAMPLES.iter().filter(|s| !boxes.contains(&s.format)) {
            assert!(matches!(checked(other.bytes), FilmVerdict::Flawed(_)), "{}", other.name);
        }
    }

    #[test]
    fn a_box_border_that_lies_is_found_by_the_last_sample() {
        // Cut within the samples, and the mdat's size mended to fit.
        let mut bytes = sample("moov-first.mp4").bytes.to_vec();
        let mdat = bytes.windows(4).position(|w| w == b"mdat").unwrap() - 4;
        let need = bytes.len() as u64;
        bytes.truncate(bytes.len() - 100);
        let size = u32::try_from(bytes.len() - mdat).unwrap();
        bytes[mdat..mdat + 4].copy_from_slice(&size.to_be_bytes());
        assert_eq!(checked(&bytes), FilmVerdict::Flawed(Flaw::Cut { have: need - 100, need }));
    }
}
