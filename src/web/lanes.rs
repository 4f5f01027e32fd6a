//! The draft as tracks over time: a lane each, drawn as SVG, and its words as a list. Pure.

use askama::Template;

use crate::timeline::{Draft, Segment, Track, TrackKind};
use crate::words::{About, Tongue, shown_name, whole_name};

/// Tracks that are drawn, and pieces of each.
const TRACKS: usize = 12;
const PIECES: usize = 120;
/// Pieces of a lane that can be told apart on a phone.
const FEW: usize = 4;
/// From one lane to the next.
const STEP: u32 = 38;
/// Where the lanes begin: above them is the axis.
const TOP: u32 = 26;

/// A piece: where it lies, in percent of the whole.
struct Piece {
    x: String,
    y: u32,
    width: String,
    words: String,
    title: String,
}

struct Lane {
    class: &'static str,
    y: u32,
    label: String,
    pieces: Vec<Piece>,
}

/// Rows that pieces of one track are drawn in at most, where several are seen at once.
const ROWS: usize = 4;

/// Words of the film, and when they are seen.
struct Line {
    when: String,
    words: String,
}

#[derive(Template)]
#[template(path = "lanes.html")]
pub(super) struct Lanes {
    t: Tongue,
    height: u32,
    all: Vec<Lane>,
    ticks: Vec<(String, String, &'static str)>,
    lines: Vec<Line>,
    more: String,
    /// So few pieces that each can be read on a narrow screen.
    is_few: bool,
}

impl Lanes {
    /// The lanes of a draft; nothing where it has no piece whose time is known.
    pub(super) fn of(t: Tongue, draft: &Draft) -> Option<Self> {
        let tracks = draft.tracks();
        let ends = tracks.iter().flat_map(|track| &track.segments).filter_map(Segment::end_ms);
        let whole = ends.max().filter(|whole| *whole > 0)?;
        let (mut lanes, mut y) = (Vec::new(), TOP);
        for track in tracks.iter().take(TRACKS) {
            let (lane, rows) = lane(t, track, y, whole);
            y += STEP * u32::try_from(rows).unwrap_or(1);
            lanes.push(lane);
        }
        let more = tracks.len().saturating_sub(TRACKS) as u64;
        let more =
            if more > 0 { t.say("more-pieces", About::default().count("more", more)) } else { String::new() };
        let is_few = lanes.iter().all(|lane| lane.pieces.len() <= FEW);
        Some(Self {
            t,
            height: y,
            is_few,
            all: lanes,
            ticks: ticks(t, whole),
            lines: lines(t, &tracks),
            more,
        })
    }
}

/// A track, and how many rows it takes: what is seen at once is not drawn over each other.
fn lane(t: Tongue, track: &Track, y: u32, whole: u64) -> (Lane, usize) {
    let (class, label) = match track.kind {
        TrackKind::Video => ("video", "track-video"),
        TrackKind::Audio => ("audio", "track-audio"),
        TrackKind::Text => ("text", "track-text"),
        TrackKind::Other => ("other", "track-other"),
    };
    let (mut pieces, mut ends): (Vec<Piece>, Vec<u64>) = (Vec::new(), Vec::new());
    for segment in track.segments.iter().take(PIECES) {
        let (Some(from), Some(to)) = (segment.start_ms, segment.end_ms()) else { continue };
        let free = ends.iter().position(|end| *end <= from);
        let row = free.unwrap_or_else(|| {
            ends.push(0);
            (ends.len() - 1).min(ROWS - 1)
        });
        ends.truncate(ROWS);
        ends[row] = to;
        pieces.push(piece(t, segment, (from, to), whole, y + STEP * u32::try_from(row).unwrap_or_default()));
    }
    (Lane { class, y: y + 20, label: t.word(label), pieces }, ends.len().max(1))
}

fn piece(t: Tongue, segment: &Segment, (from, to): (u64, u64), whole: u64, y: u32) -> Piece {
    let words = segment.words.as_deref().or(segment.name.as_deref()).unwrap_or_default();
    let volume = segment.volume.map(|n| t.say("volume", About::default().count("percent", n.into())));
    let volume = volume.map(|volume| format!(", {volume}")).unwrap_or_default();
    Piece {
        x: percent(from, whole),
        y,
        width: percent((to - from).max(whole / 400), whole),
        words: shown_name(words),
        title: format!("{} ({}{volume})", whole_name(words), range(t, from, to)),
    }
}

fn range(t: Tongue, from: u64, to: u64) -> String {
    format!("{}\u{2013}{}", t.clock(from), t.clock(to))
}

/// A part of the whole in percent, to a hundredth.
fn percent(part: u64, whole: u64) -> String {
    let hundredths = u128::from(part.min(whole)) * 10_000 / u128::from(whole.max(1));
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

/// Four or five places on the axis.
fn ticks(t: Tongue, whole: u64) -> Vec<(String, String, &'static str)> {
    let steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600];
    let step = steps.into_iter().map(|s| s * 1000).find(|step| whole / step <= 5).unwrap_or(whole / 4 + 1);
    let at = (0..=whole / step).map(|n| n * step);
    at.map(|at| {
        let anchor = if at == 0 {
            "start"
        } else if at * 20 > whole * 19 {
            "end"
        } else {
            "middle"
        };
        (percent(at, whole), t.clock(at), anchor)
    })
    .collect()
}

/// All words of the film, in their order.
fn lines(t: Tongue, tracks: &[Track]) -> Vec<Line> {
    let of_text = tracks.iter().filter(|track| track.kind == TrackKind::Text);
    let mut lines: Vec<(u64, Line)> = of_text
        .flat_map(|track| &track.segments)
        .filter_map(|segment| {
            let words = whole_name(segment.words.as_deref()?);
            let from = segment.start_ms.unwrap_or_default();
            let when = segment.end_ms().map_or_else(|| t.clock(from), |to| range(t, from, to));
            Some((from, Line { when, words }))
        })
        .take(PIECES)
        .collect();
    lines.sort_by_key(|(from, _)| *from);
    lines.into_iter().map(|(_, line)| line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(tracks: &str) -> Option<String> {
        let draft = Draft::from_raw(&format!("{{\"t\":{tracks}}}")).unwrap();
        Lanes::of(Tongue::english(), &draft).map(|lanes| lanes.render().unwrap())
    }

    #[test]
    fn a_lane_for_each_track_and_its_words_below() {
        let told = of(r#"[{"tt":0,"sg":[{"s":0,"d":10000,"m":{"title":"city"}}]},
            {"tt":1,"sg":[{"s":0,"d":10000,"v":0.35,"m":{"title":"Lo-fi"}}]},
            {"tt":7,"sg":[{"s":2500,"d":5000,"text":"<b>Urban</b> & \"Dreams\""}]}]"#)
        .unwrap();
        assert_eq!(told.matches("class=\"lane ").count(), 3, "{told}");
        assert!(told.contains("x=\"25.00%\"") && told.contains("width=\"50.00%\""), "{told}");
        assert!(told.contains("Lo-fi (0:00\u{2013}0:10, 35%)"), "{told}");
        assert!(!told.contains("<b>"), "{told}");
    }

    #[test]
    fn odd_drafts_draw_nothing_or_what_they_can() {
        for nothing in ["null", "[]", "[{}]", r#"[{"tt":7,"sg":[{"d":0,"text":"x"}]}]"#] {
            assert_eq!(of(nothing), None, "{nothing}");
        }
        let huge = r#"[{"tt":0,"sg":[{"s":8999999999999999,"d":8999999999999999},{"s":0,"d":1}]}]"#;
        assert!(of(huge).is_some_and(|told| told.len() < 4000));
        let many = format!(r#"[{{"tt":7,"sg":[{}]}}]"#, vec![r#"{"d":1,"text":"x"}"#; 9000].join(","));
        assert!(of(&many).is_some_and(|told| told.len() < 60_000), "{}", of(&many).unwrap().len());
        let tracks = format!("[{}]", vec![r#"{"tt":3,"sg":[{"d":5}]}"#; 40].join(","));
        assert!(of(&tracks).unwrap().contains("28"));
    }
}
