//! Small words: sizes, lengths of time, counts, and texts of others made fit to stand in a line.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::job::Moment;
pub(super) use crate::words::{is_tricky, rfc3339};

const UNITS: [(&str, u64); 4] = [("TB", 1 << 40), ("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)];

/// A size as file managers show it: `12 MB`, `1.4 GB`.
pub(super) fn size(bytes: u64) -> String {
    match unit_of(bytes) {
        Some((unit, one)) => format!("{} {unit}", in_units(bytes, one, bytes / one < 10)),
        None => format!("{bytes} bytes"),
    }
}

/// How much of how much, in one unit: `42 of 118 MB`. A `total` of 0 is not known.
pub(super) fn part(done: u64, total: u64) -> String {
    let Some((unit, one)) = unit_of(total) else {
        return if total == 0 { size(done) } else { format!("{done} of {total} bytes") };
    };
    let fine = total / one < 10;
    format!("{} of {} {unit}", in_units(done, one, fine), in_units(total, one, fine))
}

fn unit_of(bytes: u64) -> Option<(&'static str, u64)> {
    UNITS.into_iter().find(|(_, one)| bytes >= *one)
}

fn in_units(bytes: u64, one: u64, fine: bool) -> String {
    let tenths = (u128::from(bytes) * 10 + u128::from(one) / 2) / u128::from(one);
    if fine { format!("{}.{}", tenths / 10, tenths % 10) } else { format!("{}", (tenths + 5) / 10) }
}

/// How long, roughly: `12 s`, `3 min`, `2 h 05 min`, `4 days`.
pub(super) fn lasting(time: Duration) -> String {
    let s = time.as_secs();
    match s {
        0..60 => format!("{s} s"),
        60..3600 => format!("{} min", s / 60),
        3600..172_800 => format!("{} h {:02} min", s / 3600, s / 60 % 60),
        _ => format!("{} days", s / 86_400),
    }
}

/// A length of film: `1:03`, `1:02:03`.
pub(super) fn playing(ms: u64) -> String {
    let s = ms.saturating_add(500) / 1000;
    let (h, m, s) = (s / 3600, s / 60 % 60, s % 60);
    if h > 0 { format!("{h}:{m:02}:{s:02}") } else { format!("{m}:{s:02}") }
}

/// A number of credits: whole where it is whole.
pub(super) fn amount(n: f64) -> String {
    let text = format!("{n:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A count as a word, up to twelve.
pub(super) fn count(n: u64) -> String {
    const WORDS: [&str; 13] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    usize::try_from(n).ok().and_then(|at| WORDS.get(at)).map_or_else(|| n.to_string(), ToString::to_string)
}

/// The same with a capital letter, as a sentence begins.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// A text of others on one line, of at most `max` characters: blanks folded; what moves the cursor, turns the reading
/// direction or can't be seen is escaped, but for the joiners that Bangla needs.
pub(super) fn plain(raw: &str, max: usize) -> String {
    let folded = raw.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut = folded.chars().count() > max;
    let mut out = String::with_capacity(folded.len());
    for c in folded.chars().take(max) {
        if is_tricky(c) { out.extend(c.escape_default()) } else { out.push(c) }
    }
    if cut { out + "…" } else { out }
}

/// A path on one line, as it is but for what is escaped in [`plain`] too.
pub(super) fn path(path: &Path) -> String {
    let mut out = String::new();
    for c in path.to_string_lossy().chars() {
        if is_tricky(c) { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}

/// A text of others as a sentence of its own, on one line.
pub(super) fn sentence(raw: &str) -> String {
    let text = plain(raw, 500);
    if text.is_empty() || text.ends_with(['.', '!', '?', ':', '…', '।']) { text } else { text + "." }
}

/// The first sentence of a text of others.
pub(super) fn first_sentence(raw: &str) -> String {
    let text = sentence(raw);
    let ends = text.char_indices().filter(|(_, c)| matches!(c, '.' | '!' | '?' | '।'));
    let end = ends.map(|(at, c)| at + c.len_utf8()).find(|end| text[*end..].starts_with(' '));
    end.map_or_else(|| text.clone(), |end| text[..end].to_owned())
}

/// A moment on the reader's clock: `2026-11-22 18:32:14`.
pub(super) fn time(at: Moment, zone: &TimeZone) -> String {
    on_clock(at, zone, "%Y-%m-%d %H:%M:%S")
}

/// The same to the minute.
pub(super) fn minute(at: Moment, zone: &TimeZone) -> String {
    on_clock(at, zone, "%Y-%m-%d %H:%M")
}

/// The same without its year, for narrow screens.
pub(super) fn short_time(at: Moment, zone: &TimeZone) -> String {
    on_clock(at, zone, "%m-%d %H:%M")
}

fn on_clock(at: Moment, zone: &TimeZone, format: &str) -> String {
    timestamp(at).to_zoned(zone.clone()).strftime(format).to_string()
}

fn timestamp(at: Moment) -> Timestamp {
    Timestamp::from_millisecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_parts_of_them() {
        for (bytes, want) in [
            (0, "0 bytes"),
            (1023, "1023 bytes"),
            (1024, "1.0 KB"),
            (10 << 20, "10 MB"),
            (1_500_000, "1.4 MB"),
            (500 << 20, "500 MB"),
            (3 << 29, "1.5 GB"),
            (u64::MAX, "16777216 TB"),
        ] {
            assert_eq!(size(bytes), want);
        }
        for (done, total, want) in [
            (42 << 20, 118 << 20, "42 of 118 MB"),
            (0, 118 << 20, "0 of 118 MB"),
            (300 << 20, 3 << 29, "0.3 of 1.5 GB"),
            (7, 9, "7 of 9 bytes"),
            (5 << 20, 0, "5.0 MB"),
            (0, 0, "0 bytes"),
            (118 << 20, 118 << 20, "118 of 118 MB"),
        ] {
            assert_eq!(part(done, total), want);
        }
    }

    #[test]
    fn times() {
        for (s, want) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (3599, "59 min"),
            (7500, "2 h 05 min"),
            (400_000, "4 days"),
        ] {
            assert_eq!(lasting(Duration::from_secs(s)), want);
        }
        assert_eq!([playing(62_600), playing(3_723_000)], ["1:03", "1:02:03"]);
        let at = Moment(1_795_372_334_005);
        assert_eq!(time(at, &TimeZone::fixed(jiff::tz::offset(6))), "2026-11-23 00:32:14");
        assert_eq!(rfc3339(at), "2026-11-22T18:32:14.005Z");
        assert_eq!(rfc3339(Moment(i64::MAX)), "1970-01-01T00:00:00.000Z", "nonsense does no harm");
    }

    #[test]
    fn words_of_others_stay_on_their_line() {
        for (raw, want) in [
            ("a\nb\t c", "a b c"),
            ("x\u{1b}[31m\u{202E}y", "x\\u{1b}[31m\\u{202e}y"),
            ("ক্\u{200D}ষ", "ক্\u{200D}ষ"),
            ("0123456789ab", "0123456789…"),
            ("", ""),
        ] {
            assert_eq!(plain(raw, 10), want);
        }
        assert_eq!(path(Path::new("/a  b\n\u{202E}/ক")), "/a  b\\n\\u{202e}/ক");
    }

    #[test]
    fn sentences() {
        for (raw, whole, first) in [
            ("no credits", "no credits.", "no credits."),
            ("No credits. Top up!", "No credits. Top up!", "No credits."),
            ("talk.mp4 is cut? Yes", "talk.mp4 is cut? Yes.", "talk.mp4 is cut?"),
            ("হয়নি। আবার", "হয়নি। আবার.", "হয়নি।"),
            ("", "", ""),
        ] {
            assert_eq!((sentence(raw).as_str(), first_sentence(raw).as_str()), (whole, first));
        }
        assert_eq!((count(0), count(12), count(13)), ("no".into(), "twelve".into(), "13".into()));
        assert_eq!((amount(340.0), amount(0.5)), ("340".into(), "0.5".into()));
        assert_eq!(capital("one"), "One");
    }
}
