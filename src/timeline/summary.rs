//! The timeline as it is told to people: what of each track, made safe to show; and in one line.

use std::fmt;

use super::track::{Segment, Track, TrackKind};

/// How many tracks are told one by one, and how many segments of each.
const TRACKS: usize = 20;
const SEGMENTS: usize = 3;

/// The longest name or title shown, in characters.
const LETTERS: usize = 60;

/// What is told of a timeline. Its words are safe to show.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Told {
    /// The first tracks.
    pub tracks: Vec<ToldTrack>,
    /// How many there are in all.
    pub count: usize,
}

/// What is told of a track.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ToldTrack {
    /// What it carries.
    pub kind: TrackKind,
    /// Its first pieces, those left out of which nothing is known.
    pub pieces: Vec<ToldPiece>,
    /// How many more there are.
    pub more: usize,
}

/// What is told of a piece of a track.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ToldPiece {
    /// What it is called, or what is written in it.
    pub said: Option<Said>,
    /// From when to when, in seconds.
    pub range: Option<(String, String)>,
    /// How long, in seconds, where only that is known.
    pub lasts: Option<String>,
    /// How loud, in percent.
    pub volume: Option<u32>,
}

/// The words about a piece.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Said {
    /// What it is called.
    Name(String),
    /// What is written in it.
    Words(String),
}

/// What is told of these tracks; what is unknown is left out.
pub(super) fn of(tracks: &[Track]) -> Told {
    Told { tracks: tracks.iter().take(TRACKS).map(track).collect(), count: tracks.len() }
}

fn track(track: &Track) -> ToldTrack {
    let pieces = track.segments.iter().take(SEGMENTS).map(|segment| piece(track.kind, segment));
    let pieces = pieces.filter(|piece| *piece != ToldPiece::default()).collect();
    ToldTrack { kind: track.kind, pieces, more: track.segments.len().saturating_sub(SEGMENTS) }
}

fn piece(kind: TrackKind, segment: &Segment) -> ToldPiece {
    let name = segment.name.as_deref().map(|name| Said::Name(shown(name)));
    let words = segment.words.as_deref().map(|words| Said::Words(shown(words)));
    let range = segment.start_ms.zip(segment.end_ms()).map(|(from, to)| (seconds(from), seconds(to)));
    ToldPiece {
        said: if kind == TrackKind::Text { words.or(name) } else { name.or(words) },
        lasts: if range.is_none() { segment.length_ms.map(seconds) } else { None },
        range,
        // Full volume is news only where there is music.
        volume: segment.volume.filter(|v| kind == TrackKind::Audio || *v != 100),
    }
}

/// `Timeline (2 tracks): 1. Video: city (0-10s) 2. BGM: Lo-fi (0-10s, 35%)`
impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timeline ({} track{})", self.count, if self.count == 1 { "" } else { "s" })?;
        if self.count > 0 {
            f.write_str(":")?;
        }
        for (number, track) in self.tracks.iter().enumerate() {
            write!(f, " {}. {track}", number + 1)?;
        }
        match self.count - self.tracks.len() {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

impl fmt::Display for ToldTrack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            TrackKind::Video => "Video",
            TrackKind::Audio => "BGM",
            TrackKind::Text => "Title",
            TrackKind::Other => "Other",
        })?;
        if self.pieces.first().is_some_and(|piece| piece.said.is_some()) {
            f.write_str(":")?;
        }
        for (at, piece) in self.pieces.iter().enumerate() {
            write!(f, "{}{piece}", if at == 0 { " " } else { ", " })?;
        }
        if self.more > 0 { write!(f, " and {} more", self.more) } else { Ok(()) }
    }
}

impl fmt::Display for ToldPiece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = self.said.as_ref().map(|said| match said {
            Said::Name(name) => name.clone(),
            Said::Words(words) => format!("\"{words}\""),
        });
        let range = self.range.as_ref().map(|(from, to)| format!("{from}-{to}s"));
        let lasts = self.lasts.as_ref().map(|long| format!("{long}s"));
        let volume = self.volume.map(|percent| format!("{percent}%"));
        let numbers = range.into_iter().chain(lasts).chain(volume).collect::<Vec<_>>().join(", ");
        let numbers = (!numbers.is_empty()).then(|| format!("({numbers})"));
        f.write_str(&said.into_iter().chain(numbers).collect::<Vec<_>>().join(" "))
    }
}

/// 10000 → `10`, 1500 → `1.5`, 40 → `0.04`.
fn seconds(ms: u64) -> String {
    let text = format!("{}.{:03}", ms / 1000, ms % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Words of the service made safe to show: on one line, nothing that turns or hides text, no address's query
/// (it may be the key to a private file), and not too long.
fn shown(text: &str) -> String {
    let plain: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !is_hidden(*c)).collect();
    let words: Vec<_> = plain.split_whitespace().map(without_query).collect();
    let text = words.join(" ");
    match text.char_indices().nth(LETTERS) {
        Some((at, _)) => format!("{}…", text[..at].trim_end()),
        None => text,
    }
}

fn without_query(word: &str) -> &str {
    match word.split_once(['?', '#']) {
        Some((address, query)) if address.contains("://") || query.contains('=') => address,
        _ => word,
    }
}

/// Marks that turn the reading direction, and ones nobody sees. Joiners stay: Bangla is written with them.
const fn is_hidden(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{61C}'
        | '\u{2028}' | '\u{2029}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use crate::timeline::Draft;

    fn summary(tracks: &str) -> String {
        Draft::from_raw(&format!("{{\"t\":{tracks}}}")).unwrap().summary()
    }

    #[test]
    fn what_is_unknown_is_left_out() {
        let table = [
            ("null", "Timeline (0 tracks)"),
            (r#"[{"tt":0}]"#, "Timeline (1 track): 1. Video"),
            (r#"[{"tt":0,"sg":[{}]}]"#, "Timeline (1 track): 1. Video"),
            (r#"[{"tt":0,"sg":[{"d":10000}]}]"#, "Timeline (1 track): 1. Video (0-10s)"),
            (r#"[{"tt":0,"sg":[{"n":"a"}]}]"#, "Timeline (1 track): 1. Video: a"),
            (r#"[{"tt":1,"sg":[{"n":"a","v":1}]}]"#, "Timeline (1 track): 1. BGM: a (100%)"),
            (r#"[{"tt":0,"sg":[{"n":"a","d":500,"v":1}]}]"#, "Timeline (1 track): 1. Video: a (0-0.5s)"),
            (r#"[{"tt":0,"sg":[{"n":"a","v":50}]}]"#, "Timeline (1 track): 1. Video: a (50%)"),
            (r#"[{"tt":7,"sg":[{"n":"Title 1"}]}]"#, "Timeline (1 track): 1. Title: Title 1"),
            (
                r#"[{"tt":9,"sg":[{"txt":"x","s":1250,"d":40}]}]"#,
                "Timeline (1 track): 1. Other: \"x\" (1.25-1.29s)",
            ),
            (r#"[{},{"tt":0,"sg":[{"s":3},{"d":2000}]}]"#, "Timeline (2 tracks): 1. Other 2. Video (2s)"),
        ];
        for (tracks, want) in table {
            assert_eq!(summary(tracks), want, "{tracks}");
        }
    }

    #[test]
    fn many_are_counted() {
        let lines: Vec<_> = (0..100).map(|n| format!(r#"{{"d":1000,"text":"l{n}"}}"#)).collect();
        assert_eq!(
            summary(&format!(r#"[{{"tt":7,"sg":[{}]}}]"#, lines.join(","))),
            r#"Timeline (1 track): 1. Title: "l0" (0-1s), "l1" (1-2s), "l2" (2-3s) and 97 more"#
        );
        let long = format!(
            r#"{{"tt":7,"sg":[{}]}}"#,
            vec![format!(r#"{{"text":"{}"}}"#, "ক্ষ".repeat(99)); 9].join(",")
        );
        let text = summary(&format!("[{}]", vec![long; 200].join(",")));
        assert!(text.starts_with("Timeline (200 tracks): ") && text.ends_with(" and 180 more"), "{text}");
        assert!(text.chars().count() < 5000, "{}", text.chars().count());
    }

    #[test]
    fn the_service_s_words_are_made_safe() {
        let table = [
            (r"a\nb\u001b[31m\u0000c", "a b [31m c"),
            (r"\u202egpj.exe\u2066\u200f", "gpj.exe"),
            (r"ক\u200dষ", "ক\u{200D}ষ"),
            ("https://x.io/a.mp4?token=nmv_usr_1#t see", "https://x.io/a.mp4 see"),
            ("https://x.io/a.mp4?secret", "https://x.io/a.mp4"),
            ("a.mp4?X-Amz-Signature=1", "a.mp4"),
            ("Really? Yes", "Really? Yes"),
            ("#1 hit", "#1 hit"),
        ];
        for (raw, want) in table {
            let text = summary(&format!(r#"[{{"tt":0,"sg":[{{"n":"{raw}"}}]}}]"#));
            assert_eq!(text, format!("Timeline (1 track): 1. Video: {want}"), "{raw}");
        }
    }
}
