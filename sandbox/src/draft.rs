//! A session's draft: what its timeline holds, and the one way it is spelled.

use std::fmt::Write as _;

use serde_json::json;

/// Lines burned into a film, rich in conjuncts, reph and vowels that stand before their consonant.
const LINES: &[&str] = &[
    "আমি বাংলায় গান গাই",
    "স্ত্রী ও পুরুষ, সবার জন্য বিজ্ঞান",
    "ক্ষমা মহৎ গুণ, জ্ঞানই শক্তি",
    "রাষ্ট্র ও স্বাস্থ্য কর্তৃপক্ষ",
    "উচ্ছ্বাসে ভরা লক্ষ্মী মেয়েটি",
    "প্রধানমন্ত্রী দীর্ঘ যাত্রা শেষে ফিরলেন",
];

/// How long a generated clip is, in ms.
pub(crate) const GENERATED_MS: u64 = 5000;

/// A piece of film on the timeline.
#[derive(Clone, Debug)]
pub(crate) struct Clip {
    pub(crate) title: String,
    pub(crate) ms: u64,
    pub(crate) generated: bool,
}

/// Words shown for a while.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Caption {
    pub(crate) start: u64,
    pub(crate) ms: u64,
    pub(crate) text: String,
}

/// What a session's timeline holds.
#[derive(Clone, Default, Debug)]
pub(crate) struct Draft {
    pub(crate) clips: Vec<Clip>,
    pub(crate) captions: Vec<Caption>,
    /// The words of each edit, the newest last.
    pub(crate) edits: Vec<String>,
    pub(crate) music: bool,
    /// How often the second stage went over it.
    effects: u32,
    size: Option<(u32, u32)>,
}

impl Draft {
    /// Puts a clip at the end. The first with a picture decides the size.
    pub(crate) fn add(&mut self, clip: Clip, size: Option<(u32, u32)>) {
        self.clips.push(clip);
        self.size = self.size.or(size);
    }

    /// Does what a message asks for: captions over the whole film, a title of its words, music where it speaks of some.
    pub(crate) fn edit(&mut self, words: &str) {
        if self.clips.is_empty() {
            self.add(Clip { title: short(words, 40), ms: GENERATED_MS, generated: true }, Some((1280, 720)));
        }
        self.captions = captions(self.length());
        self.edits.push(words.to_owned());
        let lower = words.to_lowercase();
        self.music |= ["music", "bgm", "সঙ্গীত", "গান"].iter().any(|word| lower.contains(word));
    }

    /// What the service adds by itself after a message.
    pub(crate) fn second_stage(&mut self) {
        self.effects += 1;
        self.music = true;
    }

    /// Whether there is nothing on it.
    pub(crate) fn is_empty(&self) -> bool {
        self.clips.is_empty()
    }

    /// Whether something on it was generated.
    pub(crate) fn generated(&self) -> bool {
        self.clips.iter().any(|clip| clip.generated)
    }

    /// Its length in ms.
    pub(crate) fn length(&self) -> u64 {
        self.clips.iter().map(|clip| clip.ms).sum()
    }

    /// Its width and height.
    pub(crate) fn canvas(&self) -> (u32, u32) {
        self.size.unwrap_or((1280, 720))
    }

    /// It as JSON. Key order, number spellings (`30.0`, `2.5e6`, ids beyond 2^53) and escapes are such that a client
    /// which reads and writes it again, in place of handing it on as it came, is found out.
    pub(crate) fn text(&self) -> String {
        let length = self.length();
        let mut tracks = vec![self.video()];
        if self.music {
            let level = if self.effects > 1 { "0.30" } else { "0.35" };
            tracks.push(format!(
                r#"{{"tt":1,"id":9007199254740997,"sg":[{{"d":{length},"s":0,"v":{level},"m":{{"title":"Lo-fi"}}}}]}}"#
            ));
        }
        if !self.captions.is_empty() {
            tracks.push(text_track(9_007_199_254_740_999, &self.captions));
        }
        if !self.edits.is_empty() {
            let title = |(nth, words): (usize, &String)| Caption {
                start: 250 * nth as u64,
                ms: length.min(3000),
                text: short(words, 60),
            };
            let titles: Vec<Caption> = self.edits.iter().enumerate().map(title).collect();
            tracks.push(text_track(18_446_744_073_709_551_557, &titles));
        }
        let (width, height) = self.canvas();
        format!(
            r#"{{"zoom":30.0,"t":[{}],"m":{{"width":{width},"title":"project \u2014 \u09e7","height":{height},"fps":25.00,"rate":2.5e6}},"fx":{},"d":{length},"id":9007199254740993,"a":null}}"#,
            tracks.join(","),
            self.effects,
        )
    }

    fn video(&self) -> String {
        let mut segments = String::new();
        let mut start = 0;
        for clip in &self.clips {
            let comma = if segments.is_empty() { "" } else { "," };
            let (title, ms) = (json!(clip.title), clip.ms);
            let _ =
                write!(segments, r#"{comma}{{"s":{start},"d":{ms},"speed":1.0,"m":{{"title":{title}}}}}"#);
            start += ms;
        }
        format!(r#"{{"sg":[{segments}],"tt":0,"id":9007199254740995}}"#)
    }
}

fn text_track(id: u64, captions: &[Caption]) -> String {
    let segment = |caption: &Caption| {
        format!(r#"{{"d":{},"s":{},"text":{}}}"#, caption.ms, caption.start, json!(caption.text))
    };
    let segments: Vec<String> = captions.iter().map(segment).collect();
    format!(r#"{{"id":{id},"tt":7,"sg":[{}]}}"#, segments.join(","))
}

/// Captions over a film of that length, each a little over a second long.
fn captions(length: u64) -> Vec<Caption> {
    let count = (length / 1300).clamp(1, 200);
    let each = (length / count).max(1);
    let line = |nth: u64| LINES[usize::try_from(nth).unwrap_or(0) % LINES.len()].to_owned();
    (0..count).map(|nth| Caption { start: nth * each, ms: each, text: line(nth) }).collect()
}

/// The text on one line, at most so many characters.
pub(crate) fn short(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut short: String = line.chars().take(most).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn clip(ms: u64) -> Draft {
        let mut draft = Draft::default();
        draft.add(Clip { title: "a \"b\".mp4".into(), ms, generated: false }, Some((640, 360)));
        draft
    }

    #[test]
    fn every_step_changes_it_by_value() {
        let mut draft = clip(5280);
        let mut seen: Vec<Value> = Vec::new();
        let mut look = |draft: &Draft| {
            let value: Value = serde_json::from_str(&draft.text()).unwrap();
            assert!(!seen.contains(&value), "{value}");
            seen.push(value);
        };
        look(&draft);
        for words in ["captions", "captions", "add music"] {
            draft.edit(words);
            look(&draft);
            draft.second_stage();
            look(&draft);
        }
    }

    #[test]
    fn reading_and_writing_it_spoils_its_spelling() {
        let mut draft = clip(100);
        draft.edit("x");
        let text = draft.text();
        let again = serde_json::from_str::<Value>(&text).unwrap().to_string();
        assert_ne!(text, again);
    }

    #[test]
    fn captions_cover_the_film_and_nothing_more() {
        for length in [1, 500, 2000, 5280, 61_000, 10_000_000] {
            let captions = captions(length);
            let end = captions.last().map(|last| last.start + last.ms).unwrap();
            assert!(end <= length.max(1) && end + 200 >= length, "{length}: {end}");
        }
    }

    #[test]
    fn words_without_a_clip_generate_one() {
        let mut draft = Draft::default();
        assert!(draft.is_empty() && !draft.generated());
        draft.edit("a city at night");
        assert!(draft.generated());
        assert_eq!(draft.length(), GENERATED_MS);
    }
}
