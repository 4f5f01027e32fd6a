//! Tracks and segments, read tolerantly: what can't be read is left out, nothing is an error.

use super::value::Value;

/// What a track carries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TrackKind {
    /// `tt` 0.
    Video,
    /// `tt` 1.
    Audio,
    /// `tt` 7: titles and subtitles.
    Text,
    /// Anything else.
    Other,
}

/// One line of the timeline.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Track {
    /// What it carries.
    pub kind: TrackKind,
    /// Its pieces, in the order of the draft.
    pub segments: Vec<Segment>,
}

/// One piece of a track. All that the draft doesn't say is `None`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Segment {
    /// Where it begins, in milliseconds; where the piece before it ends, if it doesn't say.
    pub start_ms: Option<u64>,
    /// How long it is, in milliseconds.
    pub length_ms: Option<u64>,
    /// What it is called, in the service's words as they came. Not safe to show: see [`super::Draft::summary`].
    pub name: Option<String>,
    /// What is written in it, as it came. Not safe to show either.
    pub words: Option<String>,
    /// How loud it is, in percent.
    pub volume: Option<u32>,
}

impl Segment {
    /// Where it ends, in milliseconds.
    pub fn end_ms(&self) -> Option<u64> {
        self.start_ms?.checked_add(self.length_ms?)
    }
}

/// Every list of segments in a draft.
pub(super) fn lists(draft: &Value) -> impl Iterator<Item = &[Value]> {
    tracks(draft).iter().filter_map(|track| track.get("sg")).map(Value::items)
}

/// The tracks of a draft.
pub(super) fn read(draft: &Value) -> Vec<Track> {
    let one = |track: &Value| Track {
        kind: match track.get("tt").and_then(Value::whole) {
            Some(0) => TrackKind::Video,
            Some(1) => TrackKind::Audio,
            Some(7) => TrackKind::Text,
            _ => TrackKind::Other,
        },
        segments: segments(track.get("sg").map(Value::items).unwrap_or_default()),
    };
    tracks(draft).iter().map(one).collect()
}

fn tracks(draft: &Value) -> &[Value] {
    draft.get("t").map(Value::items).unwrap_or_default()
}

fn segments(items: &[Value]) -> Vec<Segment> {
    let mut end = Some(0);
    let mut segments = Vec::with_capacity(items.len());
    for item in items {
        let first = |keys: &[&str]| keys.iter().find_map(|key| item.get(key)?.whole());
        let meta = |key| item.get("m")?.get(key)?.text();
        let own = |key| item.get(key)?.text();
        let some = |texts: &[Option<&str>]| {
            texts.iter().copied().flatten().find(|text| !text.trim().is_empty()).map(str::to_owned)
        };
        let segment = Segment {
            start_ms: first(&["s", "st", "start"]).or(end),
            length_ms: first(&["d"]),
            name: some(&[meta("title"), meta("name"), own("n"), own("name")]),
            words: some(&[own("text"), own("txt"), own("content")]),
            volume: item.get("v").or_else(|| item.get("volume")).and_then(volume),
        };
        end = segment.end_ms();
        segments.push(segment);
    }
    segments
}

/// 0–1 or percent; beyond ten times the full volume it must be something else.
fn volume(value: &Value) -> Option<u32> {
    let number = value.number().filter(|n| (0.0..=1000.0).contains(n))?;
    let percent = if number <= 1.0 { number * 100.0 } else { number };
    format!("{percent:.0}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::TrackKind::{Audio, Other, Text, Video};
    use super::*;

    fn one(segment: &str) -> Segment {
        let draft = Value::read(&format!(r#"{{"t":[{{"sg":[{segment}]}}]}}"#)).unwrap();
        read(&draft).remove(0).segments.remove(0)
    }

    #[test]
    fn names_and_words_wherever_they_stand() {
        for raw in [
            r#"{"m":{"title":"a"}}"#,
            r#"{"m":{"name":"a"}}"#,
            r#"{"n":"a"}"#,
            r#"{"m":{"title":" "},"name":"a"}"#,
        ] {
            assert_eq!(one(raw).name.as_deref(), Some("a"), "{raw}");
        }
        for raw in [r#"{"text":"a"}"#, r#"{"txt":"a"}"#, r#"{"text":{"x":1},"content":"a"}"#] {
            assert_eq!(one(raw).words.as_deref(), Some("a"), "{raw}");
        }
        for raw in ["{}", "null", "7", "[]", r#"{"m":"title","n":7,"text":[],"d":"x","v":{}}"#] {
            assert_eq!(one(raw), Segment { start_ms: Some(0), ..Segment::default() }, "{raw}");
        }
    }

    #[test]
    fn volume_in_both_ways() {
        let table = [
            ("0", Some(0)),
            ("0.35", Some(35)),
            ("1", Some(100)),
            ("35", Some(35)),
            ("3.5e1", Some(35)),
            ("100.4", Some(100)),
            ("-1", None),
            ("5000", None),
            ("\"35\"", Some(35)),
            ("\"loud\"", None),
            ("1e999", None),
        ];
        for (raw, want) in table {
            assert_eq!(one(&format!(r#"{{"v":{raw}}}"#)).volume, want, "{raw}");
            assert_eq!(one(&format!(r#"{{"volume":{raw}}}"#)).volume, want, "{raw}");
        }
    }

    #[test]
    fn a_start_that_is_not_said_is_the_end_before() {
        let starts = |list: &str| -> Vec<Option<u64>> {
            let draft = Value::read(&format!(r#"{{"t":[{{"sg":{list}}}]}}"#)).unwrap();
            read(&draft)[0].segments.iter().map(|s| s.start_ms).collect()
        };
        assert_eq!(starts(r#"[{"d":5},{"d":7},{}]"#), [Some(0), Some(5), Some(12)]);
        assert_eq!(starts(r#"[{"st":3},{"d":7},{"start":1}]"#), [Some(3), None, Some(1)]);
        assert_eq!(
            starts(r#"[{"s":8999999999999999,"d":8999999999999999},{"d":1}]"#)[0],
            Some(8_999_999_999_999_999)
        );
        assert_eq!(starts(r#"[{"s":1e30},{"s":-4}]"#), [Some(0), None]);
    }

    #[test]
    fn kinds() {
        let draft = Value::read(r#"{"t":[{"tt":0},{"tt":1.0},{"tt":"7"},{"tt":3},{},null,5]}"#).unwrap();
        let kinds: Vec<_> = read(&draft).into_iter().map(|t| t.kind).collect();
        assert_eq!(kinds, [Video, Audio, Text, Other, Other, Other, Other]);
    }
}
