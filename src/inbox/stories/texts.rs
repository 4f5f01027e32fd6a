//! Stories about words: when a clip waits for them, and whose they are.

use std::fs;
use std::time::Duration;

use super::super::{Reason, Text, What, WordsNow, words_now};
use super::{GIF, NEVER, Scene, path};
use crate::config::IgnoreList;
use crate::inbox::Dropped;
use crate::job::Code;
use crate::mount::Dir;

const BRIEF: Duration = Duration::from_millis(400);

#[test]
fn a_text_may_come_first_or_last() {
    let scene = Scene::with(|o| o.sidecar_wait = NEVER);
    scene.write("first.txt", "one");
    scene.write("last.gif", GIF);
    scene.is_not_told("first.txt", Reason::AwaitsClip);
    scene.waits("last.gif", Reason::AwaitsSidecar);
    assert!(scene.arrivals().is_empty());
    scene.write("first.gif", GIF);
    scene.write("LAST.TXT", "two");
    for (clip, words) in [("first.gif", "one"), ("last.gif", "two")] {
        assert_eq!(scene.arrives(clip).sidecar.unwrap().bytes, words.as_bytes());
    }
    assert!(scene.withheld("first.txt").is_none());
}

#[test]
fn a_text_that_is_still_being_written_is_waited_for() {
    let scene = Scene::with(|o| o.settle = BRIEF);
    scene.write("a.txt", "generate");
    scene.write("a.gif", GIF);
    scene.waits("a.gif", Reason::Settling);
    scene.write("a.txt", "generate subtitles");
    assert_eq!(scene.arrives("a.gif").sidecar.unwrap().bytes, b"generate subtitles");
    assert_eq!(scene.arrivals().len(), 1);
}

#[test]
fn other_words_after_the_arrival_arrive_anew() {
    let scene = Scene::new();
    scene.write("a.txt", "");
    scene.write("a.gif", GIF);
    assert_eq!(scene.is_held("a.gif", Code::Empty).detail, "a.txt");
    scene.write("a.txt", "one");
    scene.arrives("a.gif");
    scene.write("a.txt", "two");
    let words = |s: &Scene| s.arrival("a.gif").and_then(|a| a.sidecar).is_some_and(|t| t.bytes == b"two");
    scene.wait("the second words", words);
    scene.write("a.gif.txt", "three");
    let words =
        |s: &Scene| s.arrival("a.gif").filter(|a| a.sidecar.as_ref().is_some_and(|t| t.bytes == b"three"));
    assert_eq!(scene.wait("the third words", words).unwrap().beside, [path("a.txt")]);
    assert_eq!(scene.arrivals().len(), 3);
}

#[test]
fn a_clip_whose_text_is_taken_away_waits_for_another() {
    let scene = Scene::with(|o| o.sidecar_wait = BRIEF);
    scene.write("a.txt", "one");
    scene.write("a.gif", GIF);
    scene.arrives("a.gif");
    fs::remove_file(scene.at("a.txt")).unwrap();
    scene.waits("a.gif", Reason::AwaitsSidecar);
    scene.wait("it is alone", |s| s.arrival("a.gif").is_some_and(|a| a.sidecar.is_none()));
}

#[test]
fn the_nearest_default_text_speaks_for_clips_alone() {
    let prepare = |s: &Scene| {
        for folder in ["near", "near/deep", "far"] {
            fs::create_dir(s.at(folder)).unwrap();
        }
        s.write("default.txt", "top");
        s.write("near/Default.txt", "near");
        for clip in ["near/deep/a.gif", "far/b.gif", "c.gif"] {
            s.write(clip, GIF);
        }
    };
    let scene = Scene::prepared(prepare, |o| o.sidecar_wait = NEVER);
    for (clip, words) in [("near/deep/a.gif", "near"), ("far/b.gif", "top"), ("c.gif", "top")] {
        let arrival = scene.arrives(clip);
        assert_eq!((arrival.default.unwrap().bytes, arrival.sidecar), (words.as_bytes().to_vec(), None));
    }
    // A clip of that name has it for its own.
    scene.write("default.gif", GIF);
    assert_eq!(scene.arrives("default.gif").sidecar.unwrap().bytes, b"top");
    scene.write("d.gif", GIF);
    scene.waits("d.gif", Reason::AwaitsSidecar);
}

#[test]
fn nothing_is_guessed() {
    let scene = Scene::new();
    for clip in ["a.gif", "a.mp4", "c.gif"] {
        fs::write(scene.aside(clip), GIF).unwrap();
    }
    scene.write("a.txt", "whose?");
    scene.write("c.docx", "PK");
    for clip in ["a.mp4", "a.gif", "c.gif"] {
        fs::rename(scene.aside(clip), scene.at(clip)).unwrap();
    }
    scene.is_held("a.mp4", Code::Ambiguous);
    scene.is_held("c.gif", Code::NotPlainText);
    scene.write("c.txt", "plain");
    scene.arrives("c.gif");
    scene.write("a.mp4.txt", "mine");
    assert_eq!(scene.arrives("a.mp4").sidecar.unwrap().bytes, b"mine");
}

#[test]
fn a_clip_alone_waits_where_words_are_required() {
    let scene = Scene::with(|o| o.require_sidecar = true);
    scene.write("a.gif", GIF);
    scene.is_held("a.gif", Code::NeedsSidecar);
    // A text for all of them is no sidecar.
    scene.write("default.txt", "words");
    scene.write("b.gif", GIF);
    scene.is_held("b.gif", Code::NeedsSidecar);
    scene.write("a.txt", "words");
    scene.arrives("a.gif");
}

#[test]
fn a_person_may_say_that_a_film_is_whole() {
    let scene = Scene::new();
    scene.write("a.wav", silence());
    scene.write("a.txt", "cut it");
    scene.is_held("a.wav", Code::NotWhole);
    scene.write("a.txt", "Whole: yes\n\ncut it");
    assert!(scene.arrives("a.wav").verdict.is_ok());
}

/// A WAV that really ends in silence.
fn silence() -> Vec<u8> {
    let format = [1, 0, 1, 0, 0x40, 0x1f, 0, 0, 0x80, 0x3e, 0, 0, 2, 0, 16, 0];
    let sizes = [4096_u32 + 36, 16, 4096].map(u32::to_le_bytes);
    let head = [b"RIFF", &sizes[0][..], b"WAVEfmt ", &sizes[1], &format, b"data", &sizes[2]].concat();
    [&head[..], &[0; 4096]].concat()
}

#[test]
fn texts_alone_are_named_and_never_taken() {
    let scene = Scene::new();
    for text in ["readme.txt", "project.txt", "batch.txt", "talk.v2.txt", "x.video.txt", "x.answer.txt"] {
        scene.write(text, "words");
    }
    for text in ["readme.txt", "project.txt", "batch.txt", "talk.v2.txt", "x.video.txt", "x.answer.txt"] {
        let told = |s: &Scene| s.withheld(text).filter(|w| w.note_due);
        let held = scene.wait(text, told).unwrap();
        assert_eq!((held.what, held.reason), (What::Text, Reason::AwaitsClip));
    }
    scene.write("film.url", "[InternetShortcut]");
    assert_eq!(scene.is_held("film.url", Code::BadAddressFile).what, What::Address);
    assert!(scene.arrivals().is_empty());
    scene.write("film.txt", "cut it");
    scene.write("film.url", "[InternetShortcut]\r\nURL=https://a.example/x.mp4?k=1\r\n");
    let arrival = scene.arrives("film.url");
    assert!(arrival.sidecar.is_some());
    let Ok(Dropped::Address(address)) = arrival.verdict else { panic!() };
    assert_eq!(address.to_string(), "https://a.example/x.mp4?…");
}

#[test]
fn an_answer_that_can_not_be_sent_is_told_by_what_is_wrong_with_it() {
    let scene = Scene::new();
    let long = "x".repeat(70_000);
    let table: [(&str, &[u8], Code); 6] = [
        ("coding.answer.txt", b"caf\xe9", Code::BadAnswer),
        ("long.answer.txt", long.as_bytes(), Code::BadAnswer),
        ("action.answer.txt", b"export\n---\ncredits", Code::BadAnswer),
        ("headers.answer.txt", b"Quality: low", Code::BadAnswer),
        ("none.answer.txt", b" \n", Code::Empty),
        ("none.v2.txt", b"", Code::Empty),
    ];
    for (text, bytes, _) in &table {
        scene.write(text, bytes);
    }
    scene.write("none.txt", "");
    for (text, _, code) in table {
        assert_eq!(scene.is_held(text, code).what, What::Text, "{text}");
    }
    let told = |s: &Scene| s.withheld("none.txt").filter(|w| w.note_due);
    assert_eq!(scene.wait("none.txt", told).unwrap().reason, Reason::AwaitsClip, "it may be nobody's");
}

#[test]
fn the_words_of_this_moment() {
    let top = tempfile::tempdir().unwrap();
    let at = |name: &str| top.path().join(name);
    fs::create_dir(at("f")).unwrap();
    fs::write(at("f/a.gif"), GIF).unwrap();
    let dir = Dir::open(top.path()).unwrap();
    let now = || words_now(&dir, &path("f/a.gif"), &IgnoreList::default()).unwrap();
    assert_eq!(now(), WordsNow::Alone { default: None });
    fs::write(at("default.txt"), "default").unwrap();
    assert!(matches!(now(), WordsNow::Alone { default: Some(text) } if text.bytes == b"default"));
    fs::write(at("f/a.doc"), "D0CF").unwrap();
    assert!(matches!(now(), WordsNow::Held { code: Code::NotPlainText, .. }));
    fs::write(at("f/A.txt"), "own").unwrap();
    assert!(matches!(now(), WordsNow::Own { text, .. } if text.bytes == b"own"));
    fs::write(at("f/a.mov"), GIF).unwrap();
    assert!(matches!(now(), WordsNow::Held { code: Code::Ambiguous, .. }));
    fs::write(at("f/a.gif.txt"), "mine").unwrap();
    let WordsNow::Own { text, beside } = now() else { panic!() };
    assert_eq!((text.bytes, beside), (b"mine".to_vec(), vec![path("f/A.txt")]));
    fs::write(at("f/a.gif.txt"), "x".repeat(70_000)).unwrap();
    assert!(matches!(now(), WordsNow::Own { text, .. } if text.bytes.len() == 65_537));
}

#[test]
fn headers_alone_stand_over_what_would_hold_without_them() {
    let scene = Scene::new();
    let low = "Quality: low\n";
    let files = [
        ("default.txt", "for the folder"),
        ("plain.txt", low),
        ("batch/batch.txt", "for the batch"),
        ("batch/own.txt", low),
        ("bare/batch.txt", "Language: en\n"),
        ("bare/own.txt", low),
        ("blank/batch.txt", " \n"),
        ("blank/own.txt", low),
        ("near/default.txt", low),
        ("words/own.txt", "my words"),
    ];
    // A clip, and the texts of its words, from the one that is heard first.
    let table: [(&str, &[&str]); 8] = [
        ("plain.gif", &["plain.txt", "default.txt"]),
        ("batch/own.gif", &["batch/own.txt", "batch/batch.txt"]),
        ("bare/own.gif", &["bare/own.txt", "bare/batch.txt", "default.txt"]),
        ("bare/alone.gif", &["bare/batch.txt", "default.txt"]),
        ("blank/own.gif", &["blank/own.txt", "default.txt"]),
        ("near/alone.gif", &["near/default.txt", "default.txt"]),
        ("words/own.gif", &["words/own.txt"]),
        ("words/alone.gif", &["default.txt"]),
    ];
    for name in files.iter().map(|(name, _)| name).chain(table.iter().map(|(clip, _)| clip)) {
        fs::create_dir_all(scene.at(name).parent().unwrap()).unwrap();
    }
    for (name, words) in files {
        scene.write(name, words);
    }
    for (clip, _) in &table {
        scene.write(clip, GIF);
    }
    let stack = |text: Option<Text>| -> Vec<String> {
        std::iter::successors(text, |text| text.over.as_deref().cloned())
            .map(|text| text.path.to_string())
            .collect()
    };
    let dir = Dir::open(&scene.at("")).unwrap();
    for (clip, texts) in table {
        let arrival = scene.arrives(clip);
        assert_eq!(stack(arrival.sidecar.or(arrival.default)), texts, "{clip}");
        let now = match words_now(&dir, &path(clip), &IgnoreList::default()).unwrap() {
            WordsNow::Own { text, .. } => Some(text),
            WordsNow::Alone { default } => default,
            now => panic!("{clip}: {now:?}"),
        };
        assert_eq!(stack(now), texts, "{clip}, as it lies there now");
    }
}

impl Scene {
    /// It waits, and nobody is told yet: a text and its clip rarely come in one moment.
    #[track_caller]
    fn is_not_told(&self, name: &str, reason: Reason) {
        let first = self.wait(name, |s| s.withheld(name).filter(|w| w.reason == reason)).unwrap();
        assert!(!first.note_due || first.since == Duration::ZERO, "{first:?}");
    }
}
