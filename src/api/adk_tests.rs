//! Streams in all dialects, against what a person reads in them.

use std::collections::BTreeMap;
use std::fs;

use super::*;
use crate::api::answer;
use crate::api::delivery::{Delivery, Seen, judge};
use crate::api::error::meaning;
use crate::api::sse::{Decoder, Item};

/// A row of `tests/it/captures.toml`, which says what its keys mean. How a clip ends is for the stories.
#[derive(serde::Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct Expected {
    words: String,
    times: Option<usize>,
    error: Option<String>,
    code: Option<String>,
    tools: bool,
    frames: u64,
    status: Option<u16>,
    refusal: Option<i64>,
    changed: Option<String>,
    unchanged: Option<String>,
}

fn talk(body: &[u8], piece: usize) -> Talk {
    let (mut decoder, mut talk) = (Decoder::default(), Talk::default());
    let mut hear = |item, whole| match item {
        Item::Frame { event, data, spoiled: true } => drop(talk.hear_spoiled(&event, &data)),
        Item::Frame { event, data, .. } => drop(talk.hear(&event, &data, whole)),
        Item::Comment => {}
    };
    for bytes in body.chunks(piece) {
        decoder.push(bytes, &mut |item| hear(item, true)).unwrap();
    }
    decoder.finish(&mut |item| hear(item, false));
    talk
}

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/captures");
const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/captures.toml");

fn captures() -> BTreeMap<String, Expected> {
    toml::from_str(&fs::read_to_string(TABLE).unwrap()).unwrap()
}

/// Status and body of a captured answer; those that kept their chunk framing are freed of it.
fn capture(name: &str) -> (u16, Vec<u8>) {
    let bytes = fs::read(format!("{FOLDER}/{name}.http")).unwrap();
    let at = bytes.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    let status = std::str::from_utf8(&bytes[9..12]).unwrap().parse().unwrap();
    let mut body = &bytes[at + 4..];
    if !name.contains(".raw") {
        return (status, body.to_vec());
    }
    let mut out = Vec::new();
    loop {
        let end = body.windows(2).position(|w| w == b"\r\n").unwrap();
        let len = usize::from_str_radix(std::str::from_utf8(&body[..end]).unwrap(), 16).unwrap();
        if len == 0 {
            return (status, out);
        }
        out.extend_from_slice(&body[end + 2..end + 2 + len]);
        body = &body[end + 4 + len..];
    }
}

#[test]
fn every_capture_has_its_row() {
    let names = fs::read_dir(FOLDER).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut files: Vec<String> = names.filter_map(|n| n.strip_suffix(".http").map(str::to_owned)).collect();
    files.sort();
    let rows: Vec<String> = captures().into_keys().collect();
    assert_eq!(rows, files);
    for (name, row) in captures() {
        assert!(row.unchanged.is_some() && (row.changed.is_some() || row.refusal.is_some()), "{name}");
    }
}

#[test]
fn captured_streams_say_what_a_person_reads_in_them() {
    for (name, expected) in captures() {
        let (status, body) = capture(&name);
        if let Some(refused) = expected.status {
            let contents = answer::read(&body).unwrap();
            assert_eq!(status, refused, "{name}");
            assert_eq!(judge(Seen::Answer { status, code: contents.code }), Delivery::Refused, "{name}");
            assert_eq!(
                meaning(status, contents.code, contents.explanation.as_deref()),
                expected.refusal,
                "{name}"
            );
            continue;
        }
        let words = expected.words.repeat(expected.times.unwrap_or(1));
        for piece in [1, 7, 1000, 16 << 10, usize::MAX] {
            let talk = talk(&body, piece);
            assert_eq!(talk.words(), words.trim(), "{name}");
            assert_eq!((talk.tools, talk.frames), (expected.tools, expected.frames), "{name}");
            assert_eq!(talk.error().map(|e| &e.message), expected.error.as_ref(), "{name}");
            assert_eq!(talk.error().and_then(|e| e.code.clone()), expected.code, "{name}");
            assert_eq!((talk.refusal(), talk.skipped), (None, 0), "{name}");
        }
    }
}

/// A row of `tests/it/frames.toml`, which says what its keys mean.
#[derive(serde::Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct Row {
    what: String,
    frames: Vec<String>,
    body: Option<String>,
    words: String,
    error: Option<String>,
    code: Option<String>,
    refusal: Option<i64>,
    skipped: u64,
}

#[test]
fn frames_mean_what_the_table_says() {
    let table = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/frames.toml");
    let mut table: BTreeMap<String, Vec<Row>> = toml::from_str(&fs::read_to_string(table).unwrap()).unwrap();
    for row in table.remove("row").unwrap() {
        let frames = row.frames.iter().fold(String::new(), |body, frame| body + "data: " + frame + "\n\n");
        let body = row.body.unwrap_or(frames);
        for piece in [1, 7, usize::MAX] {
            let talk = talk(body.as_bytes(), piece);
            let what = format!("{}: {body:?}", row.what);
            assert_eq!(talk.words(), row.words, "{what}");
            assert_eq!(talk.error().map(|e| &e.message), row.error.as_ref(), "{what}");
            assert_eq!(talk.error().and_then(|e| e.code.as_ref()), row.code.as_ref(), "{what}");
            assert_eq!((talk.refusal(), talk.skipped), (row.refusal, row.skipped), "{what}");
        }
    }
}

#[test]
fn a_frame_that_is_no_text_is_skipped_and_counted() {
    let table: &[(&[u8], u64, Option<&str>)] = &[
        (b"data: {\"type\":\"text\",\"content\":\"\xff\"}\n\n", 1, None),
        (b"data: \xff\xfe\n\n", 1, None),
        (b"event: \xff\n\n", 1, None),
        // A failure is believed, however broken.
        (b"data: {\"error\": \"a \xff\"}\n\n", 1, Some("a \u{fffd}")),
        (b"data: {\"error\": \"a\xff \"b\"\"}\n\n", 0, Some("a\u{fffd} \"b")),
    ];
    for (odd, skipped, error) in table {
        let mut body = b"data: {\"type\":\"text\",\"content\":\"a\"}\n\n".to_vec();
        body.extend_from_slice(odd);
        body.extend_from_slice(b"data: {\"type\":\"text\",\"content\":\"b\"}\n\n");
        for piece in [1, 4096] {
            let talk = talk(&body, piece);
            let name = String::from_utf8_lossy(odd);
            assert_eq!((talk.words().as_str(), talk.skipped), ("a\nb", *skipped), "{name}");
            assert_eq!(talk.error().map(|e| e.message.as_str()), *error, "{name}");
        }
    }
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for deep in
        [format!(r#"{{"content":{nested}}}"#), format!(r#"{{"content":{{"parts":{nested}}}}}"#), nested]
    {
        assert_eq!(talk(format!("data: {deep}\n\n").as_bytes(), 1 << 14).words(), "");
    }
}

/// What is kept of a stream does not grow with it.
#[test]
fn a_long_stream_is_forgotten_but_for_its_end() {
    let mut talk = Talk::default();
    for n in 0..70_000 {
        talk.hear("", &format!(r#"{{"type":"text","content":"text {n}"}}"#), true);
        talk.hear(
            "",
            &format!(r#"{{"content":{{"parts":[{{"text":"x"}}]}},"partial":true,"author":"{n}"}}"#),
            true,
        );
    }
    assert!(talk.words().len() <= 2 * WORDS_CAP && talk.words().contains("\ntext 69999\n"));
    assert!(
        talk.heard.len() <= REMEMBERED
            && talk.said.len() <= WORDS_CAP / EACH
            && talk.authors.len() <= AUTHORS
    );
    let long = "x".repeat(3 * WORDS_CAP);
    talk.hear("", &format!(r#"{{"type":"text","content":"{long}"}}"#), true);
    assert!(talk.words().len() <= 2 * WORDS_CAP && talk.said.len() == 1);
}

#[test]
fn a_frame_of_media_and_a_last_one_without_its_blank_line() {
    let media = "QUJD".repeat(60_000);
    let body = format!(
        "data: {{\"content\":{{\"parts\":[{{\"inlineData\":{{\"data\":\"{media}\"}}}},{{\"text\":\"{}\"}}]}}}}\n\n\
         data: {{\"type\":\"text\",\"content\":\"last\"}}",
        "ভিডিও 🎬 ".repeat(9000),
    );
    let talk_whole = talk(body.as_bytes(), 16 << 10);
    assert_eq!(talk_whole.frames, 2);
    assert!(talk_whole.words().ends_with("🎬\nlast"));
    let cut = talk(&body.as_bytes()[..body.len() - 3], 16 << 10);
    assert_eq!((cut.frames, cut.words().ends_with('🎬')), (1, true));
}
