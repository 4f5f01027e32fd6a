//! A session's draft: what its timeline holds, and the one way it is spelled.

use std::fmt::Write as _;

use serde_json::json;

use crate::captions::{Caption, captions, scenes, short};
use crate::world::MediaKind;

/// How long a generated scene is, in ms.
const SCENE_MS: u64 = 5000;

/// What a piece of the timeline is made of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Source {
    /// The upload of that number in its session.
    Upload(usize),
    /// These words.
    Scene(String),
}

/// A piece of film or sound on the timeline.
#[derive(Clone, Debug)]
pub(crate) struct Clip {
    pub(crate) title: String,
    pub(crate) ms: u64,
    pub(crate) source: Source,
}

/// What a session's timeline holds.
#[derive(Clone, Default, Debug)]
pub(crate) struct Draft {
    /// What is seen, one after the other.
    pub(crate) clips: Vec<Clip>,
    /// What is only heard, one after the other, from the beginning on. What is longer than all that is seen is cut off.
    pub(crate) sounds: Vec<Clip>,
    pub(crate) captions: Vec<Caption>,
    /// The words of each edit, the newest last.
    pub(crate) edits: Vec<String>,
    pub(crate) music: bool,
    /// How often the second stage went over it.
    effects: u32,
    size: Option<(u32, u32)>,
    /// Whether a film decided the size, which a picture does only until one comes.
    filmed: bool,
}

impl Draft {
    /// Puts a piece at the end of its track. The first film decides the size, before one comes the first picture.
    pub(crate) fn add(&mut self, clip: Clip, kind: MediaKind, size: (u32, u32)) {
        if kind == MediaKind::Sound {
            self.sounds.push(clip);
            return;
        }
        self.clips.push(clip);
        let film = kind == MediaKind::Video;
        if self.size.is_none() || (film && !self.filmed) {
            self.size = Some(size);
        }
        self.filmed |= film;
    }

    /// Does what a message asks for: captions over the whole film, or over the clips whose file names it has in it; a
    /// title of its words; music where it speaks of some. With nothing on the timeline its words become the film.
    pub(crate) fn edit(&mut self, words: &str) {
        if self.is_empty() {
            for scene in scenes(words) {
                let clip = Clip { title: short(&scene, 40), ms: SCENE_MS, source: Source::Scene(scene) };
                self.add(clip, MediaKind::Video, (1280, 720));
            }
        }
        self.caption(words);
        self.edits.push(words.to_owned());
        let lower = words.to_lowercase();
        self.music |= ["music", "bgm", "সঙ্গীত", "গান"].iter().any(|word| lower.contains(word));
    }

    /// New captions where the words want some.
    fn caption(&mut self, words: &str) {
        let pieces = self.pieces().to_vec();
        // A scene's title is made of words, and would name itself.
        let named = |clip: &Clip| matches!(clip.source, Source::Upload(_)) && names(words, &clip.title);
        let any_named = pieces.iter().any(named);
        let (mut start, mut made) = (0, Vec::new());
        for clip in &pieces {
            if !any_named || named(clip) {
                self.captions.retain(|caption| !caption.touches(start, clip.ms));
                match &clip.source {
                    Source::Scene(text) => {
                        made.push(Caption { start, ms: clip.ms, text: text.clone() });
                    }
                    Source::Upload(_) => made.extend(captions(start, clip.ms, made.len())),
                }
            }
            start += clip.ms;
        }
        self.captions.extend(made);
        self.captions.sort_by_key(|caption| caption.start);
    }

    /// What the service adds by itself after a message.
    pub(crate) fn second_stage(&mut self) {
        self.effects += 1;
        self.music = true;
    }

    /// Whether there is nothing on it.
    pub(crate) fn is_empty(&self) -> bool {
        self.clips.is_empty() && self.sounds.is_empty()
    }

    /// How many scenes on it were generated.
    pub(crate) fn generated(&self) -> usize {
        self.clips.iter().filter(|clip| matches!(clip.source, Source::Scene(_))).count()
    }

    /// What it is as long as: all that is seen, or else all that is heard.
    fn pieces(&self) -> &[Clip] {
        if self.clips.is_empty() { &self.sounds } else { &self.clips }
    }

    /// Its length in ms.
    pub(crate) fn length(&self) -> u64 {
        self.pieces().iter().map(|clip| clip.ms).sum()
    }

    /// Its width and height.
    pub(crate) fn canvas(&self) -> (u32, u32) {
        self.size.unwrap_or((1280, 720))
    }

    /// It as JSON. Key order, number spellings (`30.0`, `2.5e6`, ids beyond 2^53) and escapes are such that a client
    /// which reads and writes it again, in place of handing it on as it came, is found out.
    pub(crate) fn text(&self) -> String {
        let length = self.length();
        let mut tracks = Vec::new();
        if !self.clips.is_empty() || self.sounds.is_empty() {
            let segments = segments(&self.clips, r#""speed":1.0"#);
            tracks.push(format!(r#"{{"sg":[{segments}],"tt":0,"id":9007199254740995}}"#));
        }
        if !self.sounds.is_empty() {
            let segments = segments(&self.sounds, r#""v":1.0"#);
            tracks.push(format!(r#"{{"tt":1,"id":9007199254741001,"sg":[{segments}]}}"#));
        }
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
}

/// Whether words have that file name in them.
pub(crate) fn names(words: &str, file: &str) -> bool {
    file.contains('.') && words.to_lowercase().contains(&file.to_lowercase())
}

fn segments(clips: &[Clip], how: &str) -> String {
    let (mut segments, mut start) = (String::new(), 0);
    for clip in clips {
        let comma = if segments.is_empty() { "" } else { "," };
        let (title, ms) = (json!(clip.title), clip.ms);
        let _ = write!(segments, r#"{comma}{{"s":{start},"d":{ms},{how},"m":{{"title":{title}}}}}"#);
        start += ms;
    }
    segments
}

fn text_track(id: u64, captions: &[Caption]) -> String {
    let segment = |caption: &Caption| {
        format!(r#"{{"d":{},"s":{},"text":{}}}"#, caption.ms, caption.start, json!(caption.text))
    };
    let segments: Vec<String> = captions.iter().map(segment).collect();
    format!(r#"{{"id":{id},"tt":7,"sg":[{}]}}"#, segments.join(","))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// A draft with files of that kind and length in it.
    fn with(files: &[(&str, MediaKind, u64)]) -> Draft {
        let mut draft = Draft::default();
        for (nth, (title, kind, ms)) in files.iter().enumerate() {
            let clip = Clip { title: (*title).to_owned(), ms: *ms, source: Source::Upload(nth) };
            draft.add(clip, *kind, (640, 360));
        }
        draft
    }

    #[test]
    fn every_step_changes_it_by_value() {
        let mut draft = with(&[("a \"b\".mp4", MediaKind::Video, 5280)]);
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
        let mut draft = with(&[("a.mp4", MediaKind::Video, 100)]);
        draft.edit("x");
        let text = draft.text();
        let again = serde_json::from_str::<Value>(&text).unwrap().to_string();
        assert_ne!(text, again);
    }

    #[test]
    fn words_without_a_clip_become_scenes_that_carry_them() {
        let mut draft = Draft::default();
        assert_eq!((draft.is_empty(), draft.generated()), (true, 0));
        draft.edit("A city. Rain.");
        assert_eq!((draft.generated(), draft.length()), (2, 2 * SCENE_MS));
        let shown = |draft: &Draft| draft.captions.iter().map(|it| it.text.clone()).collect::<Vec<_>>();
        assert_eq!(shown(&draft), ["A city.", "Rain."]);
        draft.edit("add music");
        assert_eq!((draft.generated(), shown(&draft).len()), (2, 2));
    }

    #[test]
    fn what_is_seen_and_what_is_heard_have_tracks_of_their_own() {
        let all = with(&[
            ("a.png", MediaKind::Still, 4000),
            ("s.mp3", MediaKind::Sound, 9000),
            ("b.mp4", MediaKind::Video, 2000),
        ]);
        let heard = with(&[("s.mp3", MediaKind::Sound, 9000), ("t.wav", MediaKind::Sound, 500)]);
        for (draft, tracks, length) in
            [(all, &[(0, "a.png", 2), (1, "s.mp3", 1)][..], 6000), (heard, &[(1, "s.mp3", 2)], 9500)]
        {
            let value: Value = serde_json::from_str(&draft.text()).unwrap();
            let found: Vec<(u64, String, usize)> = value["t"]
                .as_array()
                .unwrap()
                .iter()
                .map(|track| {
                    let segments = track["sg"].as_array().unwrap();
                    let title = segments[0]["m"]["title"].as_str().unwrap().to_owned();
                    (track["tt"].as_u64().unwrap(), title, segments.len())
                })
                .collect();
            let wanted: Vec<(u64, String, usize)> =
                tracks.iter().map(|(kind, title, count)| (*kind, (*title).to_owned(), *count)).collect();
            assert_eq!((found, draft.length()), (wanted, length));
        }
    }

    #[test]
    fn a_message_that_names_a_clip_captions_that_one_alone() {
        let mut draft = with(&[("a.mp4", MediaKind::Video, 3000), ("b.mp4", MediaKind::Video, 3000)]);
        draft.edit("subtitles for B.mp4");
        assert!(draft.captions.iter().all(|caption| caption.start >= 3000), "{:?}", draft.captions);
        let second = draft.captions.clone();
        draft.edit("and for a.mp4");
        assert_eq!(draft.captions.len(), 2 * second.len());
        assert!(draft.captions.ends_with(&second), "{:?}", draft.captions);
    }

    #[test]
    fn the_first_film_decides_the_size_whatever_picture_came_before() {
        let clip = || Clip { title: String::new(), ms: 1, source: Source::Upload(0) };
        let mut draft = Draft::default();
        for (kind, size, wanted) in [
            (MediaKind::Sound, (0, 0), (1280, 720)),
            (MediaKind::Still, (10, 20), (10, 20)),
            (MediaKind::Still, (11, 21), (10, 20)),
            (MediaKind::Video, (30, 40), (30, 40)),
            (MediaKind::Video, (50, 60), (30, 40)),
        ] {
            draft.add(clip(), kind, size);
            assert_eq!(draft.canvas(), wanted);
        }
    }
}
