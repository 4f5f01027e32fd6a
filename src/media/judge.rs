//! The judgement of a file that was dropped.

use std::io::{self, Read, Seek};
use std::ops::Range;

use super::source::Halt;
use super::walk::{Ending, Found};
use super::zeros::{self, Zeros};
use super::{Format, Stranger, Verdict, sniff};

/// What a file of `len` bytes is.
///
/// `holes` are the parts that its file system says were never written (may be empty); `named` is the format its
/// name says, which helps only where the bytes say too little. Zeros come before every other judgement: a file
/// that isn't filled yet is never called "no media".
///
/// However large the file, at most 1.3 MiB of it are read, in at most some 16,000 pieces; 16 MiB of a GIF, and of
/// a JPEG that doesn't end in its end marker. Errors are those of reading.
pub fn judge<R: Read + Seek>(
    reader: &mut R,
    len: u64,
    holes: &[Range<u64>],
    named: Format,
) -> io::Result<Verdict> {
    if len == 0 {
        return Ok(Verdict::Empty);
    }
    let found = walk(reader, len, named)?;
    let zeros = zeros::look(reader, len, holes, &found)?;
    Ok(match zeros.blank {
        Some((at, blank)) => Verdict::ZeroTail { at, blank },
        None => verdict(found, len, zeros),
    })
}

/// As [`judge`], for a file of which a person said that it is whole (`Whole: yes`): its zeros are meant.
pub fn judge_consented<R: Read + Seek>(reader: &mut R, len: u64, named: Format) -> io::Result<Verdict> {
    if len == 0 {
        return Ok(Verdict::Empty);
    }
    Ok(verdict(walk(reader, len, named)?, len, Zeros { blank: None, doubtful: false }))
}

fn walk<R: Read + Seek>(reader: &mut R, len: u64, named: Format) -> io::Result<Found> {
    match sniff::walk(reader, len, named) {
        Ok(found) => Ok(found),
        Err(Halt::Io(error)) => Err(error),
        Err(Halt::Spent) => Ok(Err(Stranger::Unknown)),
    }
}

fn verdict(found: Found, len: u64, zeros: Zeros) -> Verdict {
    let walk = match found {
        Ok(walk) => walk,
        Err(why) => return Verdict::NotMedia { why },
    };
    let whole = |proved| Verdict::Whole { found: walk.found, proved, facts: walk.facts };
    match walk.ending {
        Ending::Proved => whole(!zeros.doubtful),
        Ending::Open => whole(false),
        Ending::Short(need) => Verdict::Cut { have: len, need: need.max(len.saturating_add(1)) },
        Ending::Damaged => Verdict::NotMedia { why: Stranger::Damaged(walk.found) },
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::super::samples::{Counted, SAMPLES, sample};
    use super::super::{Blank, Facts, Kind};
    use super::*;

    fn judged(bytes: &[u8], named: Format) -> Verdict {
        judge(&mut Cursor::new(bytes), bytes.len() as u64, &[], named).unwrap()
    }

    fn proved(verdict: &Verdict) -> bool {
        matches!(verdict, Verdict::Whole { proved: true, .. })
    }

    #[test]
    fn a_whole_sample_is_whole_whatever_its_name_says() {
        for sample in SAMPLES {
            for named in Format::ALL {
                let verdict = judged(sample.bytes, named);
                let Verdict::Whole { found, proved, facts } = verdict else {
                    panic!("{}: {verdict:?}", sample.name)
                };
                assert_eq!((found, proved), (sample.format, sample.proves), "{} as {named}", sample.name);
                let size = (facts.width, facts.height);
                let expected = if found.kind() == Kind::Sound { (None, None) } else { (Some(64), Some(48)) };
                assert_eq!(size, expected, "{}", sample.name);
            }
        }
    }

    #[test]
    fn a_length_is_told_where_the_container_says_it() {
        let cases = [
            ("moov-first.mp4", 900..=1100),
            ("quicktime.mov", 900..=1100),
            ("plain.m4a", 900..=1200),
            ("plain.avi", 900..=1200),
            ("plain.mkv", 900..=1200),
            ("plain.webm", 900..=1200),
            ("plain.wav", 500..=500),
            ("streamed.wav", 495..=500),
            ("long.wav", 500..=500),
        ];
        for (name, expected) in cases {
            let Verdict::Whole { facts: Facts { duration_ms, .. }, .. } =
                judged(sample(name).bytes, Format::Mp4)
            else {
                panic!("{name}")
            };
            assert!(duration_ms.is_some_and(|ms| expected.contains(&ms)), "{name}: {duration_ms:?}");
        }
    }

    #[test]
    fn a_cut_sample_is_never_proved_and_never_no_media() {
        for sample in SAMPLES {
            for len in 1..sample.bytes.len() {
                let verdict = judged(&sample.bytes[..len], sample.format);
                assert!(!proved(&verdict), "{} cut to {len}: {verdict:?}", sample.name);
                assert!(
                    !matches!(verdict, Verdict::NotMedia { .. }),
                    "{} cut to {len}: {verdict:?}",
                    sample.name
                );
                if let Verdict::Cut { have, need } = verdict {
                    assert_eq!(have, len as u64);
                    assert!(need > have && need <= sample.bytes.len() as u64 + 12, "{} {need}", sample.name);
                }
            }
        }
    }

    #[test]
    fn a_sample_filled_up_to_some_place_waits() {
        for sample in SAMPLES {
            let len = sample.bytes.len();
            for filled in 0..len {
                let mut bytes = sample.bytes.to_vec();
                bytes[filled..].fill(0);
                let verdict = judged(&bytes, sample.format);
                if bytes == sample.bytes {
                    continue;
                }
                let blank = len - filled;
                let waits = matches!(verdict, Verdict::ZeroTail { .. } | Verdict::Cut { .. });
                let long = blank >= (len / 8).max(16);
                assert!(waits || !long, "{} filled to {filled}: {verdict:?}", sample.name);
                assert!(!proved(&verdict) || blank < 64, "{} filled to {filled} proved", sample.name);
                assert!(
                    !matches!(verdict, Verdict::NotMedia { .. }),
                    "{} to {filled}: {verdict:?}",
                    sample.name
                );
            }
        }
    }

    #[test]
    fn consent_takes_zeros_and_nothing_else() {
        let mut silent = sample("plain.wav").bytes.to_vec();
        silent[2000..].fill(0);
        let len = silent.len() as u64;
        assert!(matches!(judged(&silent, Format::Wav), Verdict::ZeroTail { blank: Blank::Tail, .. }));
        assert!(proved(&judge_consented(&mut Cursor::new(&silent), len, Format::Wav).unwrap()));
        let cut = judge_consented(&mut Cursor::new(&silent[..3000]), 3000, Format::Wav).unwrap();
        assert_eq!(cut, Verdict::Cut { have: 3000, need: len });
        let zeros = judge_consented(&mut Cursor::new(vec![0; 5000]), 5000, Format::Mp4).unwrap();
        assert_eq!(zeros, Verdict::NotMedia { why: Stranger::Unknown });
        assert_eq!(judge_consented(&mut Cursor::new([]), 0, Format::Mp4).unwrap(), Verdict::Empty);
    }

    #[test]
    fn garbage_is_no_media_and_zeros_wait() {
        let noise: Vec<u8> = blake3::hash(b"noise").as_bytes().repeat(300);
        let cases: [(&[u8], Stranger); 6] = [
            (b"<!doctype html><html><body>502 Bad Gateway</body></html>", Stranger::WebPage),
            (b"dear editor, here is the clip", Stranger::Text),
            (b"hello", Stranger::Text),
            (b"\x7FELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0\x01\x02", Stranger::Program),
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\x08mdat", Stranger::HeicPicture),
            (&noise, Stranger::Unknown),
        ];
        for named in Format::ALL {
            for (bytes, why) in cases {
                assert_eq!(judged(bytes, named), Verdict::NotMedia { why }, "{bytes:?} as {named}");
            }
            for len in [1, 7, 100, 10_000, 1_000_000] {
                let verdict = judged(&vec![0; len], named);
                assert!(matches!(verdict, Verdict::ZeroTail { .. }), "{len} zeros as {named}: {verdict:?}");
            }
            assert_eq!(judged(b"", named), Verdict::Empty);
        }
    }

    #[test]
    fn little_is_read_of_a_large_file() {
        let len = 500 << 20;
        for sample in SAMPLES {
            for fill in [0, 1, 0xFF, b'f'] {
                let mut file = Counted::new(sample.bytes, fill, len);
                judge(&mut file, len, &[], sample.format).unwrap();
                let picture = matches!(sample.format, Format::Gif | Format::Jpg);
                let most = if picture { 18 << 20 } else { 13 << 17 };
                assert!(
                    file.read <= most && file.reads < 17_000,
                    "{}: {} in {}",
                    sample.name,
                    file.read,
                    file.reads
                );
            }
        }
    }

    #[test]
    fn parts_without_end_are_not_followed_without_end() {
        let heads: [(&[u8], &[u8]); 4] = [
            (b"\0\0\0\x08ftyp", b"\0\0\0\x08free"),
            (b"RIFF\xFF\xFF\xFF\xFFWAVE", b"abcd\0\0\0\0"),
            (b"\x1A\x45\xDF\xA3\x87\x42\x82\x84webm\x18\x53\x80\x67\xFF", b"\xEC\x80"),
            (b"\x89PNG\r\n\x1a\n\0\0\0\0IHDR\0\0\0\0", b"\0\0\0\0abcd\0\0\0\0"),
        ];
        for (head, part) in heads {
            let bytes = [head, &part.repeat(300_000)].concat();
            let mut file = Counted::new(&bytes, 0, bytes.len() as u64);
            let verdict = judge(&mut file, bytes.len() as u64, &[], Format::Mkv).unwrap();
            assert!(file.reads < 17_000, "{head:?}");
            assert!(matches!(verdict, Verdict::Whole { proved: false, .. }), "{head:?}: {verdict:?}");
        }
    }

    proptest! {
        #[test]
        fn random_bytes_never_prove_and_never_panic(bytes: Vec<u8>, named in 0..13_usize) {
            prop_assert!(!proved(&judged(&bytes, Format::ALL[named])));
        }

        #[test]
        fn a_sample_with_random_changes_is_judged_in_bounds(
            which in 0..SAMPLES.len(),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
            len in any::<prop::sample::Index>(),
        ) {
            let mut bytes = SAMPLES[which].bytes.to_vec();
            for (at, value) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *value;
            }
            for len in [bytes.len(), len.index(bytes.len() + 1)] {
                let mut file = Counted::new(&bytes[..len], 0, len as u64);
                let verdict = judge(&mut file, len as u64, &[], SAMPLES[which].format).unwrap();
                // Never more than a few times itself.
                prop_assert!(file.read <= 8 * 4096 + 20 * len as u64, "{verdict:?} read {}", file.read);
                if let Verdict::Cut { have, need } = verdict {
                    prop_assert!(need > have);
                }
                super::super::film(&mut file, len as u64).unwrap();
            }
        }
    }
}
