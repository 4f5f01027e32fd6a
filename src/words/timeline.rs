//! The timeline of a film: in one line, and as a small table.

use std::fmt::Write as _;

use super::catalogue::{Args, Catalogue};
use super::show;
use crate::timeline::{Said, Told, ToldPiece, ToldTrack, TrackKind};

/// Rows of the table that are shown.
const ROWS: usize = 12;
/// Characters of the one line that are shown.
const LINE_MAX: usize = 600;

/// The one line, and below it the table where it says more than one thing.
pub(super) fn told(told: &Told, words: &Catalogue) -> String {
    let line = show::folded(&line(told, words), LINE_MAX).unwrap_or_default();
    let table = if told.count > 1 { table(told, words) } else { String::new() };
    format!("  {line}\n{table}")
}

fn line(told: &Told, words: &Catalogue) -> String {
    let count = Args::default().count("count", u64::try_from(told.count).ok());
    let mut out = words.say("timeline", &count).unwrap_or_default();
    if told.count > 0 {
        out.push(':');
    }
    for (at, track) in told.tracks.iter().enumerate() {
        let _ = write!(out, " {} {}", numbered(at, words), words.word(kind(track.kind)));
        if track.pieces.first().is_some_and(|piece| piece.said.is_some()) {
            out.push(':');
        }
        let pieces = track.pieces.iter().map(|piece| in_line(piece, words)).collect::<Vec<_>>();
        if !pieces.is_empty() {
            let _ = write!(out, " {}", pieces.join(", "));
        }
        out += &more(track.more, words).map_or_else(String::new, |more| format!(" {more}"));
    }
    out + &more(told.count - told.tracks.len(), words).map_or_else(String::new, |more| format!(" {more}"))
}

fn in_line(piece: &ToldPiece, words: &Catalogue) -> String {
    let numbers = when(piece, words).into_iter().chain(volume(piece, words)).collect::<Vec<_>>().join(", ");
    let numbers = (!numbers.is_empty()).then(|| format!("({numbers})"));
    said(piece, words).into_iter().chain(numbers).collect::<Vec<_>>().join(" ")
}

/// A row for each piece, in columns as far as letters of one width allow.
fn table(told: &Told, words: &Catalogue) -> String {
    let mut rows: Vec<[String; 4]> = Vec::new();
    for (at, track) in told.tracks.iter().enumerate() {
        rows.extend(of_track(at, track, words));
    }
    let left = rows.len().saturating_sub(ROWS);
    rows.truncate(ROWS);
    let wide = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [wide(0), wide(1), wide(2)];
    let mut out = String::new();
    for row in &rows {
        let mut line = String::from("  ");
        for (cell, width) in row.iter().zip(widths.into_iter().chain([0])) {
            let gap = width.saturating_sub(cell.chars().count());
            let _ = write!(line, "{cell}{:gap$}  ", "");
        }
        out += line.trim_end();
        out.push('\n');
    }
    out + &more(left, words).map_or_else(String::new, |more| format!("  {more}\n"))
}

fn of_track(at: usize, track: &ToldTrack, words: &Catalogue) -> Vec<[String; 4]> {
    let label = format!("{} {}", numbered(at, words), words.word(kind(track.kind)));
    let mut rows: Vec<[String; 4]> = track
        .pieces
        .iter()
        .map(|piece| {
            let of = |text: Option<String>| text.unwrap_or_default();
            [String::new(), of(when(piece, words)), of(said(piece, words)), of(volume(piece, words))]
        })
        .collect();
    if let Some(more) = more(track.more, words) {
        rows.push([String::new(), String::new(), more, String::new()]);
    }
    match rows.first_mut() {
        Some(first) => first[0] = label,
        None => rows.push([label, String::new(), String::new(), String::new()]),
    }
    rows
}

fn numbered(at: usize, words: &Catalogue) -> String {
    words.say("numbered", &Args::default().count("n", u64::try_from(at + 1).ok())).unwrap_or_default()
}

fn more(count: usize, words: &Catalogue) -> Option<String> {
    let args = Args::default().count("more", u64::try_from(count).ok().filter(|count| *count > 0));
    words.say("more-pieces", &args)
}

fn said(piece: &ToldPiece, words: &Catalogue) -> Option<String> {
    match piece.said.as_ref()? {
        Said::Name(name) => Some(name.clone()),
        Said::Words(said) => words.say("words", &Args::default().with("words", Some(said.clone()))),
    }
}

fn when(piece: &ToldPiece, words: &Catalogue) -> Option<String> {
    let number = |written: &String| words.number(written);
    let range = piece.range.as_ref();
    let args = Args::default()
        .with("from", range.map(|(from, _)| number(from)))
        .with("to", range.map(|(_, to)| number(to)))
        .with("long", piece.lasts.as_ref().map(number));
    words.say("range", &args).or_else(|| words.say("lasts", &args))
}

fn volume(piece: &ToldPiece, words: &Catalogue) -> Option<String> {
    words.say("volume", &Args::default().count("percent", piece.volume.map(u64::from)))
}

const fn kind(kind: TrackKind) -> &'static str {
    match kind {
        TrackKind::Video => "track-video",
        TrackKind::Audio => "track-audio",
        TrackKind::Text => "track-text",
        TrackKind::Other => "track-other",
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Language;
    use crate::timeline::Draft;
    use crate::words::catalogue;

    fn of(language: Language, tracks: &str) -> String {
        let told = Draft::from_raw(&format!("{{\"t\":{tracks}}}")).unwrap().told();
        super::told(&told, catalogue::of(language)[0])
    }

    const FILM: &str = r#"[{"tt":0,"sg":[{"s":0,"d":10000,"m":{"title":"city timelapse"}}]},
        {"tt":1,"sg":[{"s":0,"d":10000,"v":0.35,"m":{"title":"Lo-fi"}}]},
        {"tt":7,"sg":[{"s":0,"d":3000,"text":"Urban Dreams"},{"d":500,"text":"b"},{"d":1,"text":"c"},{"text":"d"}]}]"#;

    #[test]
    fn in_one_line_and_as_a_table() {
        let want = "  Timeline (3 tracks): 1. Video: city timelapse (0-10s) 2. BGM: Lo-fi (0-10s, 35%) \
            3. Title: \"Urban Dreams\" (0-3s), \"b\" (3-3.5s), \"c\" (3.5-3.501s) and 1 more
  1. Video  0-10s       city timelapse
  2. BGM    0-10s       Lo-fi           35%
  3. Title  0-3s        \"Urban Dreams\"
            3-3.5s      \"b\"
            3.5-3.501s  \"c\"
                        and 1 more
";
        assert_eq!(of(Language::English, FILM), want);
    }

    #[test]
    fn the_same_in_bangla() {
        let told = of(Language::Bangla, FILM);
        let line = told.lines().next().unwrap();
        assert_eq!(
            line,
            "  টাইমলাইন (৩টি ট্র্যাক): ১. ভিডিও: city timelapse (০-১০ সেকেন্ড) ২. সুর: Lo-fi (০-১০ সেকেন্ড, ৩৫%) ৩. লেখা: “Urban \
             Dreams” (০-৩ সেকেন্ড), “b” (৩-৩.৫ সেকেন্ড), “c” (৩.৫-৩.৫০১ সেকেন্ড) আরও ১টি"
        );
    }

    #[test]
    fn the_english_line_is_the_one_of_the_log() {
        let many = format!("[{}]", vec![r#"{"tt":7,"sg":[{"d":1}]}"#; 25].join(","));
        for tracks in ["null", "[{}]", r#"[{"tt":1,"sg":[{"n":"a","v":1}]}]"#, FILM, &many] {
            let told = Draft::from_raw(&format!("{{\"t\":{tracks}}}")).unwrap().told();
            let line = super::line(&told, catalogue::of(Language::English)[0]);
            assert_eq!(line, told.to_string(), "{tracks}");
        }
    }

    #[test]
    fn a_long_one_ends() {
        let many = format!("[{}]", vec![r#"{"tt":7,"sg":[{"d":1,"n":"x"}]}"#; 200].join(","));
        let told = of(Language::English, &many);
        assert!(told.lines().count() <= 14 && told.ends_with(" more\n"), "{told}");
    }
}
