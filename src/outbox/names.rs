//! What things are called in the outbox, the archive and `failed/`. Pure; names are raw bytes.
//!
//! A film and its notes share a title, and where a name is taken all of them get the same number.

/// The highest number given to a taken name.
pub const LAST_NUMBER: u32 = 9_999;

/// What a number may take: ` (9999)`.
const NUMBER_ROOM: usize = 7;
/// Endings that belong to the name of a text rather than to its stem: `talk.mp4.txt`, `talk.video.txt`.
const INNER_ENDINGS: [&[u8]; 3] = [b"txt", b"video", b"answer"];

/// The texts that dakbox writes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Note {
    /// What was done, beside the film.
    Report,
    /// The same for programs.
    ReportJson,
    /// Why a job waits and what to do.
    Waiting,
    /// Why a job failed and what to do.
    Error,
}

impl Note {
    pub(super) const fn ending(self) -> &'static [u8] {
        match self {
            Self::Report => b".report.txt",
            Self::ReportJson => b".report.json",
            Self::Waiting => b".waiting.txt",
            Self::Error => b".error.txt",
        }
    }
}

/// What a film and its notes are called, without number and ending; short enough for every one of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Title(Vec<u8>);

impl Title {
    /// After a clip's stem (or its whole name, for the notes of two clips of one stem). `name_max` is the
    /// longest name the folder takes, in bytes.
    pub fn new(stem: &[u8], name_max: usize) -> Self {
        let longest = Note::Waiting.ending().len() + NUMBER_ROOM;
        let plain: Vec<u8> = stem.iter().map(|b| if matches!(b, b'/' | 0) { b'_' } else { *b }).collect();
        let plain = if plain.is_empty() { b"film".to_vec() } else { plain };
        Self(shortened(&plain, name_max.saturating_sub(longest)))
    }

    /// After the `Output` header: with or without its `.mp4`.
    pub fn of_output(name: &str, name_max: usize) -> Self {
        let stem = match name.len().checked_sub(4).and_then(|at| name.split_at_checked(at)) {
            Some((stem, ending)) if ending.eq_ignore_ascii_case(".mp4") => stem,
            _ => name,
        };
        Self::new(stem.as_bytes(), name_max)
    }

    /// The name without number and ending.
    pub fn stem(&self) -> &[u8] {
        &self.0
    }

    /// `talk.mp4`, and from 2 on `talk (2).mp4`.
    pub fn film(&self, number: u32) -> Vec<u8> {
        joined(&self.0, number, b".mp4")
    }

    /// `talk.report.txt`, and from 2 on `talk (2).report.txt`.
    pub fn note(&self, number: u32, note: Note) -> Vec<u8> {
        joined(&self.0, number, note.ending())
    }

    /// The number in a film's name, if the name is of this title.
    pub fn number_of(&self, film: &[u8]) -> Option<u32> {
        let middle = film.strip_prefix(&self.0[..])?.strip_suffix(b".mp4")?;
        let number = match middle.strip_prefix(b" (") {
            Some(rest) => std::str::from_utf8(rest.strip_suffix(b")")?).ok()?.parse().ok()?,
            None => 1,
        };
        (number <= LAST_NUMBER && self.film(number) == film).then_some(number)
    }
}

/// The names of a clip and what goes with it (the clip first), all under one number: `talk (2).mp4` with
/// `talk (2).txt`, `talk (2).mp4.txt`. What pairs before pairs after.
pub fn in_step(names: &[&[u8]], number: u32, name_max: usize) -> Vec<Vec<u8>> {
    let clip_ending = names.first().map_or(&b""[..], |name| ending(name));
    let parts: Vec<_> = names.iter().map(|name| name.split_at(stem_length(name, clip_ending))).collect();
    let tail = parts.iter().map(|(_, tail)| tail.len()).max().unwrap_or(0);
    // An unchanged name fits, wherever it comes from; only the number makes it longer.
    let room = if number < 2 { usize::MAX } else { name_max.saturating_sub(tail + NUMBER_ROOM) };
    parts.iter().map(|(stem, tail)| joined(&shortened(stem, room), number, tail)).collect()
}

/// The numbers that a name may have got: 1, and what stands last in it between ` (` and `)`.
pub(super) fn numbers_in(name: &[u8]) -> impl Iterator<Item = u32> {
    let at = name.windows(2).rposition(|pair| pair == b" (");
    let digits = at.and_then(|at| name[at + 2..].split(|b| *b == b')').next());
    let number = digits.and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
    [Some(1), number.filter(|n| *n <= LAST_NUMBER)].into_iter().flatten()
}

fn joined(stem: &[u8], number: u32, ending: &[u8]) -> Vec<u8> {
    let number = if number < 2 { String::new() } else { format!(" ({number})") };
    [stem, number.as_bytes(), ending].concat()
}

/// The last extension, without its dot; a leading dot begins none.
fn ending(name: &[u8]) -> &[u8] {
    name.iter().rposition(|b| *b == b'.').filter(|at| *at > 0).map_or(&[], |at| &name[at + 1..])
}

/// Where the endings of a name begin.
fn stem_length(name: &[u8], clip_ending: &[u8]) -> usize {
    let before = |name: &[u8], ending: &[u8]| name.len() - ending.len() - usize::from(!ending.is_empty());
    let outer = ending(name);
    let stem = &name[..before(name, outer)];
    if !outer.eq_ignore_ascii_case(b"txt") {
        return stem.len();
    }
    let inner = ending(stem);
    let belongs = INNER_ENDINGS
        .iter()
        .chain([&clip_ending])
        .any(|e| !inner.is_empty() && inner.eq_ignore_ascii_case(e));
    if belongs { before(stem, inner) } else { stem.len() }
}

/// At most `room` bytes, never cutting a character in two; what was cut stays told apart by a check.
fn shortened(stem: &[u8], room: usize) -> Vec<u8> {
    if stem.len() <= room {
        return stem.to_vec();
    }
    let check = format!("~{}", &blake3::hash(stem).to_hex()[..8]);
    let mut end = room.saturating_sub(check.len());
    let limit = end.saturating_sub(3);
    while end > limit && stem[end] & 0xC0 == 0x80 {
        end -= 1;
    }
    [&stem[..end], check.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> &str {
        std::str::from_utf8(bytes).unwrap()
    }

    #[test]
    fn names_of_a_title() {
        let table = [
            ("talk", 1, "talk.mp4", "talk.report.txt"),
            ("talk", 2, "talk (2).mp4", "talk (2).report.txt"),
            ("talk.v2", 1, "talk.v2.mp4", "talk.v2.report.txt"),
            ("talk (2)", 2, "talk (2) (2).mp4", "talk (2) (2).report.txt"),
            ("আমার", 10, "আমার (10).mp4", "আমার (10).report.txt"),
            ("../a/b", 1, ".._a_b.mp4", ".._a_b.report.txt"),
            ("", 1, "film.mp4", "film.report.txt"),
        ];
        for (stem, number, film, report) in table {
            let title = Title::new(stem.as_bytes(), 255);
            assert_eq!(text(&title.film(number)), film);
            assert_eq!(text(&title.note(number, Note::Report)), report);
            assert_eq!(title.number_of(film.as_bytes()), Some(number), "{film}");
        }
        let title = Title::new(b"talk", 255);
        for other in
            ["talk (1).mp4", "talk (02).mp4", "talk (x).mp4", "talk 2.mp4", "talk.mov", "talks.mp4", "tal"]
        {
            assert_eq!(title.number_of(other.as_bytes()), None, "{other}");
        }
        assert_eq!(Title::new(b"talk.mov", 255).note(1, Note::Waiting), b"talk.mov.waiting.txt");
    }

    #[test]
    fn the_output_header_with_or_without_its_ending() {
        for (header, film) in [
            ("final", "final.mp4"),
            ("final.mp4", "final.mp4"),
            ("Final.MP4", "Final.mp4"),
            ("final.mov", "final.mov.mp4"),
            ("গান", "গান.mp4"),
            ("mp4", "mp4.mp4"),
        ] {
            assert_eq!(text(&Title::of_output(header, 255).film(1)), film);
        }
    }

    #[test]
    fn long_names_stay_whole_characters_and_apart() {
        for name_max in [255, 143] {
            let (one, two) = ("গ".repeat(80) + "ক", "গ".repeat(80) + "খ");
            let (a, b) = (Title::new(one.as_bytes(), name_max), Title::new(two.as_bytes(), name_max));
            assert_ne!(a, b);
            for title in [a, b] {
                let longest = title.note(LAST_NUMBER, Note::Waiting);
                assert!(longest.len() <= name_max, "{}", longest.len());
                assert!(longest.len() > name_max - 6, "no shorter than it must be");
                assert!(text(&longest).starts_with("গ"));
                assert_eq!(title.number_of(&title.film(LAST_NUMBER)), Some(LAST_NUMBER));
            }
        }
        let odd = [0x80; 251];
        assert!(Title::new(&odd, 255).film(2).len() <= 255, "bytes that are no text");
        assert!(Title::new(&odd, 0).film(2).len() < 40, "a folder that tells nonsense");
    }

    #[test]
    fn a_clip_and_its_texts_keep_step() {
        let table: [(&[&str], &[&str]); 6] = [
            (&["talk.mp4", "talk.txt"], &["talk (2).mp4", "talk (2).txt"]),
            (&["talk.mp4", "talk.mp4.txt"], &["talk (2).mp4", "talk (2).mp4.txt"]),
            (&["Talk.MP4", "talk.mp4.TXT"], &["Talk (2).MP4", "talk (2).mp4.TXT"]),
            (&["a.v2.mov", "a.v2.txt.txt"], &["a.v2 (2).mov", "a.v2 (2).txt.txt"]),
            (&["song.video.txt"], &["song (2).video.txt"]),
            (&["plain", ".hidden"], &["plain (2)", ".hidden (2)"]),
        ];
        for (names, wanted) in table {
            let names: Vec<_> = names.iter().map(|n| n.as_bytes()).collect();
            assert_eq!(in_step(&names, 1, 255), names);
            let stepped = in_step(&names, 2, 255);
            assert_eq!(stepped.iter().map(|n| text(n)).collect::<Vec<_>>(), wanted);
        }
        let long = ["n".repeat(251) + ".mp4", "n".repeat(251) + ".txt"];
        let stepped = in_step(&[long[0].as_bytes(), long[1].as_bytes()], 2, 255);
        assert!(stepped.iter().all(|n| n.len() <= 255 && text(n).contains(" (2).")));
        assert_eq!(stepped[0].strip_suffix(b".mp4"), stepped[1].strip_suffix(b".txt"), "they still pair");
    }
}
