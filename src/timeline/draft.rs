//! The draft: as it was spelled, and as it is read.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::summary;
use super::track::{self, Track};
use super::value::Value;

/// The largest draft taken, in bytes of JSON. A larger one counts as none.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;

/// The service's timeline of one session.
///
/// The export gets it back byte for byte; `==` is by spelling, and so is serde, which stores the spelling as text.
/// Whether two mean the same is said by [`super::Reading::same_as`].
#[derive(Clone, PartialEq, Eq)]
pub struct Draft {
    raw: String,
    pub(super) value: Value,
}

impl Draft {
    /// The draft in the `draft` member of a state, as that member is spelled.
    ///
    /// An object is taken as it is; a text that holds an object is unwrapped once, and the object stays as it is
    /// spelled inside. `None` for all else: null, other values, no JSON, too large or too deep.
    pub fn from_raw(raw: &str) -> Option<Self> {
        let raw = trim(raw);
        if raw.len() > 2 * MAX_BYTES {
            return None;
        }
        let raw: Cow<'_, str> = if raw.starts_with('"') {
            Cow::Owned(serde_json::from_str::<String>(raw).ok()?)
        } else {
            Cow::Borrowed(raw)
        };
        let raw = trim(&raw);
        if !raw.starts_with('{') || raw.len() > MAX_BYTES {
            return None;
        }
        Some(Self { value: Value::read(raw)?, raw: raw.to_owned() })
    }

    /// The JSON object exactly as it came: what the export call is given.
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// The tracks, in the order of the draft.
    pub fn tracks(&self) -> Vec<Track> {
        track::read(&self.value)
    }

    /// What of it is told to people, made safe to show.
    pub fn told(&self) -> summary::Told {
        summary::of(&self.tracks())
    }

    /// The timeline in one line for people, in the service's words, made safe to show and at most a few KiB.
    pub fn summary(&self) -> String {
        self.told().to_string()
    }

    /// How long the film is, in milliseconds: as the draft says, else where its last segment ends.
    pub fn duration_ms(&self) -> Option<u64> {
        let said = self.value.get("d").and_then(Value::whole);
        said.or_else(|| {
            self.tracks().iter().flat_map(|t| &t.segments).filter_map(track::Segment::end_ms).max()
        })
    }

    /// Width and height of the picture, in pixels.
    pub fn size(&self) -> Option<(u32, u32)> {
        let meta = self.value.get("m")?;
        let side = |key| u32::try_from(meta.get(key)?.whole()?).ok().filter(|n| *n > 0);
        Some((side("width")?, side("height")?))
    }

    /// Whether it can be exported: some track has segments.
    pub fn ready(&self) -> bool {
        track::lists(&self.value).any(|segments| !segments.is_empty())
    }
}

/// Without the blanks that JSON allows around a value.
fn trim(raw: &str) -> &str {
    raw.trim_matches([' ', '\t', '\n', '\r'])
}

/// Not its content: that may be megabytes, with addresses that open private files.
impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Draft({} bytes)", self.raw.len())
    }
}

impl Serialize for Draft {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.raw)
    }
}

impl<'de> Deserialize<'de> for Draft {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let raw = String::deserialize(d)?;
        Self::from_raw(&raw).ok_or_else(|| serde::de::Error::custom("not a draft"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = r#"{"t":[{"tt":0,"sg":[{"s":0,"d":10000,"m":{"title":"city timelapse"}}]},
      {"tt":1,"sg":[{"s":0,"d":10000,"v":0.35,"m":{"title":"Lo-fi"}}]},
      {"tt":7,"sg":[{"s":0,"d":3000,"text":"Urban Dreams"}]}],
 "d":10000,"m":{"title":"project","width":1920,"height":1080}}"#;

    #[test]
    fn the_sample_of_the_contract() {
        let draft = Draft::from_raw(SAMPLE).unwrap();
        assert_eq!(
            draft.summary(),
            r#"Timeline (3 tracks): 1. Video: city timelapse (0-10s) 2. BGM: Lo-fi (0-10s, 35%) 3. Title: "Urban Dreams" (0-3s)"#
        );
        assert_eq!(
            (draft.duration_ms(), draft.size(), draft.ready()),
            (Some(10_000), Some((1920, 1080)), true)
        );
        assert_eq!(format!("{draft:?}"), format!("Draft({} bytes)", SAMPLE.len()));
    }

    #[test]
    fn spelling_is_kept() {
        let odd = "{\"z\":1.0, \"a\" : 1E+2,\n\"big\":12345678901234567890.10, \"e\":\"\\u0995\\/\", \"a\":2,\"l\":\"\\ud83c\"}";
        let wrapped = serde_json::to_string(odd).unwrap();
        let escaped = wrapped.replace('z', "\\u007a");
        for raw in [
            odd,
            &wrapped,
            &escaped,
            &format!(" \n{odd}\t"),
            &serde_json::to_string(&format!("\n{odd} ")).unwrap(),
        ] {
            let draft = Draft::from_raw(raw).unwrap();
            assert_eq!(draft.raw(), odd);
            let stored = serde_json::to_value(&draft).unwrap();
            assert_eq!(serde_json::from_value::<Draft>(stored).unwrap().raw(), odd);
        }
    }

    #[test]
    fn what_is_no_draft() {
        let twice = serde_json::to_string(&serde_json::to_string("{}").unwrap()).unwrap();
        for raw in [
            "",
            "null",
            "true",
            "1",
            "[]",
            "[{}]",
            "\"\"",
            "\"null\"",
            "\"[]\"",
            "{",
            "\"{\"",
            "{}x",
            "{\"a\":NaN}",
            &twice,
        ] {
            assert_eq!(Draft::from_raw(raw), None, "{raw}");
        }
        assert!(Draft::from_raw("{}").is_some_and(|draft| !draft.ready()));
    }

    #[test]
    fn size_and_depth_are_bounded() {
        let full = |n: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(n - 8));
        assert!(Draft::from_raw(&full(MAX_BYTES)).is_some());
        assert_eq!(Draft::from_raw(&full(MAX_BYTES + 1)), None);
        assert_eq!(Draft::from_raw(&format!("\"{}{{}}\"", " ".repeat(2 * MAX_BYTES))), None);
        let deep = format!("{{\"t\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(Draft::from_raw(&deep), None);
        assert_eq!(Draft::from_raw(&serde_json::to_string(&deep).unwrap()), None);
        // A document that makes `serde_json::Value` start over in a string, level by level.
        let mut nest = "1".to_owned();
        for _ in 0..200 {
            let inner = nest.replace('\\', "\\u005c").replace('"', "\\u0022");
            nest = format!("{{\"$serde_json::private::RawValue\":\"{inner}\"}}");
        }
        assert_eq!(Draft::from_raw(&nest).unwrap().raw(), nest);
    }

    #[test]
    fn ready_and_length() {
        let table = [
            (r#"{"t":[]}"#, false, None),
            (r#"{"t":[{"tt":0}]}"#, false, None),
            (r#"{"t":[{"tt":0,"sg":[]}]}"#, false, None),
            (r#"{"t":[{"tt":0,"sg":null},{"sg":[{}]}]}"#, true, None),
            (r#"{"t":[{"sg":[{"d":1500},{"d":500}]},{"sg":[{"s":100,"d":1}]}]}"#, true, Some(2000)),
            (r#"{"t":{"sg":[1]},"d":7}"#, false, Some(7)),
            (r#"{"t":[{"sg":{"0":1}}],"d":-1}"#, false, None),
        ];
        for (raw, ready, length) in table {
            let draft = Draft::from_raw(raw).unwrap();
            assert_eq!((draft.ready(), draft.duration_ms()), (ready, length), "{raw}");
        }
        assert_eq!(Draft::from_raw(r#"{"m":{"width":0,"height":5}}"#).unwrap().size(), None);
    }
}
