//! The draft as tracks over time: a lane each, drawn as SVG, and its words as a list. Pure.

use askama::Template;

use super::fit::{fitting, in_full, room_of, shares, stepped};
use crate::timeline::{Draft, Segment, Track, TrackKind};
use crate::words::{About, Tongue, shown_name};

/// Tracks that are drawn, pieces of all of them together, and lines of their words.
const TRACKS: usize = 12;
const PIECES: usize = 160;
const LINES: usize = 120;
/// The room of what stands around them: the axis, the names of the lanes.
const AROUND: usize = 2_500;
/// The room of what stands around the words of a piece, and of a line.
const PIECE: usize = 150;
const LINE: usize = 90;
/// Pieces of a lane that can be told apart on a phone.
const FEW: usize = 4;
/// From one lane to the next.
const STEP: u32 = 38;
/// Where the lanes begin: above them is the axis.
const TOP: u32 = 26;
/// How wide all is at least, and a letter, in pixels.
const WIDE: u64 = 560;
const LETTER: u64 = 8;

/// A piece: where it lies, in percent of the whole. `words` is empty where not even two letters have room.
struct Piece {
    x: String,
    y: u32,
    width: String,
    words: String,
    title: String,
    /// It stands for all that is not drawn.
    is_rest: bool,
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
    /// What is left out.
    more: String,
    /// So few pieces that each can be read on a narrow screen.
    is_few: bool,
}

/// A track's pieces whose time is known.
struct Timed<'a> {
    kind: TrackKind,
    pieces: Vec<(&'a Segment, u64, u64)>,
}

impl Lanes {
    /// The lanes of a draft, as much of it as there is room for; nothing where it has no piece whose time is known.
    pub(super) fn of(t: Tongue, draft: &Draft, room: usize) -> Option<Self> {
        let tracks = draft.tracks();
        let ends = tracks.iter().flat_map(|track| &track.segments).filter_map(Segment::end_ms);
        let whole = ends.max().filter(|whole| *whole > 0)?;
        let timed: Vec<_> = tracks.iter().take(TRACKS).map(timed).collect();
        let (mut lines, said) = lines(t, &tracks);
        let line_rooms: Vec<_> = lines.iter().map(|line| stepped(LINE + room_of(&line.words))).collect();
        let mut most = PIECES;
        let (mut all, mut height) = drawn(t, &timed, most, whole);
        let rooms = shares(&[room_of_all(&all), line_rooms.iter().sum()], room.saturating_sub(AROUND));
        while room_of_all(&all) > rooms[0] && most > 0 {
            most = most * 3 / 4;
            (all, height) = drawn(t, &timed, most, whole);
        }
        lines.truncate(fitting(line_rooms, rooms[1]));
        let pieces: usize = timed.iter().map(|track| track.pieces.len()).sum();
        let drawn = all.iter().flat_map(|lane| &lane.pieces).filter(|piece| !piece.is_rest).count();
        let left_out = [
            ("more-tracks", tracks.len() - timed.len()),
            ("more-drawn", pieces - drawn),
            ("more-lines", said - lines.len()),
        ];
        let more =
            left_out.into_iter().filter(|(_, n)| *n > 0).map(|(message, n)| t.count(message, n as u64));
        Some(Self {
            t,
            height,
            is_few: all.iter().all(|lane| lane.pieces.len() <= FEW),
            all,
            ticks: ticks(t, whole),
            more: more.collect::<Vec<_>>().join(" "),
            lines,
        })
    }
}

fn timed(track: &Track) -> Timed<'_> {
    let pieces = track.segments.iter().filter_map(|one| Some((one, one.start_ms?, one.end_ms()?)));
    Timed { kind: track.kind, pieces: pieces.collect() }
}

fn room_of_all(lanes: &[Lane]) -> usize {
    let pieces = lanes.iter().flat_map(|lane| &lane.pieces);
    pieces.map(|piece| PIECE + room_of(&piece.words) + room_of(&piece.title)).sum()
}

/// All tracks with so many pieces together, and how high that is.
fn drawn(t: Tongue, tracks: &[Timed<'_>], most: usize, whole: u64) -> (Vec<Lane>, u32) {
    let counts: Vec<_> = tracks.iter().map(|track| track.pieces.len()).collect();
    let (mut lanes, mut y) = (Vec::new(), TOP);
    for (track, most) in tracks.iter().zip(shares(&counts, most)) {
        let (lane, rows) = lane(t, (track, most), y, whole);
        y += STEP * u32::try_from(rows).unwrap_or(1);
        lanes.push(lane);
    }
    (lanes, y)
}

/// A track with so many of its pieces, and how many rows it takes: what is seen at once is not drawn over each other. The
/// others are one piece, from where the first of them begins to where the last one ends.
fn lane(t: Tongue, (track, most): (&Timed<'_>, usize), y: u32, whole: u64) -> (Lane, usize) {
    let (class, label) = match track.kind {
        TrackKind::Video => ("video", "track-video"),
        TrackKind::Audio => ("audio", "track-audio"),
        TrackKind::Text => ("text", "track-text"),
        TrackKind::Other => ("other", "track-other"),
    };
    let (mut pieces, mut ends): (Vec<Piece>, Vec<u64>) = (Vec::new(), Vec::new());
    let mut row_of = |from: u64, to: u64| {
        let free = ends.iter().position(|end| *end <= from);
        let row = free.unwrap_or_else(|| {
            ends.push(0);
            (ends.len() - 1).min(ROWS - 1)
        });
        ends.truncate(ROWS);
        ends[row] = to;
        y + STEP * u32::try_from(row).unwrap_or_default()
    };
    let (shown, rest) = track.pieces.split_at(most.min(track.pieces.len()));
    for (segment, from, to) in shown {
        pieces.push(piece(t, segment, (*from, *to), whole, row_of(*from, *to)));
    }
    let from = rest.iter().map(|(_, from, _)| *from).min();
    let to = rest.iter().map(|(_, _, to)| *to).max();
    if let (Some(from), Some(to)) = (from, to) {
        let words = t.say("more-pieces", About::default().count("more", rest.len() as u64));
        let segment = Segment { name: Some(words), ..Segment::default() };
        let row = row_of(from, to);
        pieces.push(Piece { is_rest: true, ..piece(t, &segment, (from, to), whole, row) });
    }
    let rows = ends.len().max(1);
    (Lane { class, y: y + 20, label: t.word(label), pieces }, rows)
}

/// A piece. Its words stand in its title as well, unless all of them are seen.
fn piece(t: Tongue, segment: &Segment, (from, to): (u64, u64), whole: u64, y: u32) -> Piece {
    let words = segment.words.as_deref().or(segment.name.as_deref()).unwrap_or_default();
    let (shown, all) = (shown_name(words), in_full(words));
    let volume = segment.volume.map(|n| t.say("volume", About::default().count("percent", n.into())));
    let volume = volume.map(|volume| format!(", {volume}")).unwrap_or_default();
    let when = format!("{}{volume}", range(t, from, to));
    let length = (to - from).max(whole / 400);
    let letters = u128::from(length) * u128::from(WIDE / LETTER) / u128::from(whole);
    let fits = all.is_empty() || shown == all && shown.chars().count() as u128 + 2 <= letters;
    Piece {
        x: percent(from, whole),
        y,
        width: percent(length, whole),
        words: if letters < 3 { String::new() } else { shown },
        title: if fits { when } else { format!("{all} ({when})") },
        is_rest: false,
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

/// The first words of the film, in their order, and how many there are in all.
fn lines(t: Tongue, tracks: &[Track]) -> (Vec<Line>, usize) {
    let of_text = tracks.iter().filter(|track| track.kind == TrackKind::Text);
    let mut said: Vec<(u64, &Segment, &str)> = of_text
        .flat_map(|track| &track.segments)
        .filter_map(|one| Some((one.start_ms.unwrap_or_default(), one, one.words.as_deref()?)))
        .collect();
    said.sort_by_key(|(from, ..)| *from);
    let line = |(from, one, words): &(u64, &Segment, &str)| Line {
        when: one.end_ms().map_or_else(|| t.clock(*from), |to| range(t, *from, to)),
        words: in_full(words),
    };
    (said.iter().take(LINES).map(line).collect(), said.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: usize = 50_000;

    fn of(tracks: &str, room: usize) -> Option<String> {
        let draft = Draft::from_raw(&format!("{{\"t\":{tracks}}}")).unwrap();
        Lanes::of(Tongue::english(), &draft, room).map(|lanes| lanes.render().unwrap())
    }

    #[test]
    fn a_lane_for_each_track_and_its_words_below() {
        let told = of(
            r#"[{"tt":0,"sg":[{"s":0,"d":10000,"m":{"title":"city"}}]},
            {"tt":1,"sg":[{"s":0,"d":600,"v":0.35,"m":{"title":"Lo-fi"}}]},
            {"tt":7,"sg":[{"s":2500,"d":5000,"text":"<b>Urban</b> & \"Dreams\""}]}]"#,
            ROOM,
        )
        .unwrap();
        assert_eq!(told.matches("class=\"lane ").count(), 3, "{told}");
        assert!(told.contains("x=\"25.00%\"") && told.contains("width=\"50.00%\""), "{told}");
        assert!(!told.contains("<b>") && !told.contains("class=\"soft\""), "{told}");
        // What is seen in full is not said twice; when it is stays.
        assert!(told.contains("<title>0:00\u{2013}0:10</title>") && told.contains(">city</text>"), "{told}");
        assert!(told.contains("<title>Lo-fi (0:00\u{2013}0:01, 35%)</title>"), "{told}");
        let narrow = of(r#"[{"tt":1,"sg":[{"s":0,"d":1,"m":{"title":"Lo-fi"}},{"d":900}]}]"#, ROOM).unwrap();
        assert!(!narrow.contains(">Lo-fi</text>") && narrow.contains("<title>Lo-fi (0:00"), "{narrow}");
    }

    #[test]
    fn odd_drafts_draw_nothing_or_what_they_can() {
        for nothing in ["null", "[]", "[{}]", r#"[{"tt":7,"sg":[{"d":0,"text":"x"}]}]"#] {
            assert_eq!(of(nothing, ROOM), None, "{nothing}");
        }
        let huge = r#"[{"tt":0,"sg":[{"s":8999999999999999,"d":8999999999999999},{"s":0,"d":1}]}]"#;
        assert!(of(huge, ROOM).is_some_and(|told| told.len() < 4000));
        let tracks = format!("[{}]", vec![r#"{"tt":3,"sg":[{"d":5}]}"#; 40].join(","));
        assert!(of(&tracks, ROOM).unwrap().contains("28 more tracks are not drawn."));
    }

    #[test]
    fn pieces_share_the_room_and_those_left_out_are_told_of() {
        let piece = |n: usize| format!("{{\"s\":{},\"d\":9,\"text\":\"<{n}>\"}}", n * 10);
        let track = |kind: u8, n: usize| {
            format!("{{\"tt\":{kind},\"sg\":[{}]}}", (0..n).map(piece).collect::<Vec<_>>().join(","))
        };
        let draft = format!("[{},{},{}]", track(7, 2_000), track(0, 3), track(7, 1));
        for room in [ROOM, 20_000, 8_000] {
            let told = of(&draft, room).unwrap();
            assert!(told.len() < room, "{} of {room}", told.len());
            let drawn = told.matches("<rect").count() - told.matches("class=\"rest\"").count();
            assert!(drawn <= PIECES, "{drawn}");
            assert!(told.contains(&format!("{} more pieces are not drawn", 2_004 - drawn)), "{told}");
            let lines = told.matches("<tr>").count();
            assert!(
                lines > 0 && told.contains(&format!("{} more lines of the words", 2_001 - lines)),
                "{told}"
            );
            // The short tracks are there in full, and the rest of the long one is a piece of its own.
            let rows: Vec<_> = told.split("class=\"lane ").skip(1).collect();
            assert_eq!(rows[1].split("</g>").next().unwrap().matches("<rect").count(), 3, "{room}");
            let rest = format!("and {} more", 2_000 - (drawn - 4));
            assert!(rows[0].contains(&rest), "{rest}: {}", rows[0]);
        }
    }
}
