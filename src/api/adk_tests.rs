//! Streams in all dialects, against what a person reads in them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use super::*;
use crate::api::answer;
use crate::api::delivery::{Delivery, Seen, judge};
use crate::api::error::meaning;
use crate::api::sse::{Decoder, Item};

#[derive(serde::Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct Expected {
    words: String,
    error: Option<String>,
    error_code: Option<String>,
    tools: bool,
    frames: u64,
    status: Option<u16>,
    code: Option<i64>,
}

/// A failure's code and message.
type Told = Option<(&'static str, &'static str)>;

fn talk(body: &[u8], piece: usize) -> Talk {
    let (mut decoder, mut talk) = (Decoder::default(), Talk::default());
    let mut hear = |item, whole| {
        if let Item::Frame { event, data } = item {
            talk.hear(&event, &data, whole);
        }
    };
    for bytes in body.chunks(piece) {
        decoder.push(bytes, &mut |item| hear(item, true)).unwrap();
    }
    decoder.finish(&mut |item| hear(item, false));
    talk
}

fn lines(frames: &[&str]) -> Talk {
    let mut body = String::new();
    for frame in frames {
        let _ = write!(body, "data: {frame}\n\n");
    }
    talk(body.as_bytes(), 7)
}

fn captures() -> BTreeMap<String, Expected> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/captures");
    toml::from_str(&fs::read_to_string(format!("{folder}/expected.toml")).unwrap()).unwrap()
}

/// Status and body of a captured answer; those that kept their chunk framing are freed of it.
fn capture(name: &str) -> (u16, Vec<u8>) {
    let path = format!("{}/tests/captures/{name}.http", env!("CARGO_MANIFEST_DIR"));
    let bytes = fs::read(path).unwrap();
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
fn captured_streams_say_what_a_person_reads_in_them() {
    for (name, expected) in captures() {
        let (status, body) = capture(&name);
        if let Some(refused) = expected.status {
            let contents = answer::read(&body).unwrap();
            assert_eq!(status, refused, "{name}");
            assert_eq!(judge(Seen::Answer { status, code: contents.code }), Delivery::Refused, "{name}");
            assert_eq!(
                meaning(status, contents.code, contents.explanation.as_deref()),
                expected.code,
                "{name}"
            );
            continue;
        }
        for piece in [1, 1000, usize::MAX] {
            let talk = talk(&body, piece);
            assert_eq!(talk.words(), expected.words, "{name}");
            assert_eq!((talk.tools, talk.frames), (expected.tools, expected.frames), "{name}");
            assert_eq!(talk.error.as_ref().map(|e| &e.message), expected.error.as_ref(), "{name}");
            assert_eq!(talk.error.as_ref().and_then(|e| e.code.clone()), expected.error_code, "{name}");
            assert_eq!(talk.refusal(), None, "{name}");
        }
    }
}

#[test]
fn words_in_every_dialect() {
    let table: &[(&[&str], &str)] = &[
        (&[r#"{"type":"text","content":"a"}"#, r#"{"type":"text","content":"b"}"#], "a\nb"),
        (&[r#"{"type":"text","content":"a","partial":true}"#, r#"{"type":"text","content":"ab"}"#], "ab"),
        (&[r#"{"type":"text","content":{"parts":[{"text":"a"},{"text":"b"}]}}"#], "ab"),
        (&[r#"{"type":"tool_call","content":"no words"}"#, r#"{"type":"tool_result","content":"none"}"#], ""),
        (&[r#"{"type":"heartbeat"}"#, "", "[]", "7", "null", "{}", "not json"], ""),
        // Pieces of two authors at once, then the whole of one.
        (
            &[
                r#"{"content":{"parts":[{"text":"a"}]},"partial":true,"author":"x"}"#,
                r#"{"content":{"parts":[{"text":"1"}]},"partial":true,"author":"y"}"#,
                r#"{"content":{"parts":[{"text":"ab"}]},"author":"x"}"#,
            ],
            "ab\n1",
        ),
        // Two turns of one author.
        (
            &[
                r#"{"content":{"parts":[{"text":"a"}]},"partial":true}"#,
                r#"{"content":{"parts":[{"text":"a!"}]},"partial":false}"#,
                r#"{"content":{"parts":[{"text":"b"}]},"partial":true}"#,
                r#"{"content":{"parts":[{"text":"b!"}]}}"#,
            ],
            "a!\nb!",
        ),
        // A call without the text of its turn, before the text or instead of it.
        (
            &[
                r#"{"content":{"parts":[{"text":"a"}]},"partial":true}"#,
                r#"{"content":{"parts":[{"function_call":{}}]}}"#,
                r#"{"content":{"parts":[{"text":"a"}]}}"#,
            ],
            "a",
        ),
        // The same event again, byte for byte, and another one under its id.
        (
            &[
                r#"{"id":"1","content":{"parts":[{"text":"a"}]}}"#,
                r#"{"id":"1","content":{"parts":[{"text":"a"}]}}"#,
                r#"{"id":"1","content":{"parts":[{"text":"b"}]}}"#,
            ],
            "a\nb",
        ),
        (
            &[
                r#"{"type":"text","content":"Done."}"#,
                r#"{"type":"text","content":"I encountered a temporary issue."}"#,
            ],
            "Done.",
        ),
        (
            &[r#"{"type":"text","content":"I encountered a temporary issue."}"#],
            "I encountered a temporary issue.",
        ),
        (
            &[r#"{"content":{"parts":[{"text":"hm","thought":true}]}}"#, r#"{"content":{"parts":[{}, 3]}}"#],
            "",
        ),
    ];
    for (frames, words) in table {
        let talk = lines(frames);
        assert_eq!(talk.words(), *words, "{frames:?}");
        assert_eq!(talk.error, None, "{frames:?}");
    }
}

#[test]
fn failures_in_every_dialect() {
    let call = r#"{"content":{"parts":[{"functionResponse":{"name":"x"}}]}}"#;
    let none = r#"{"errorCode":"MODEL_RETURNED_NO_CONTENT","errorMessage":"none"}"#;
    let table: &[(&[&str], Told)] = &[
        (&[none], Some(("MODEL_RETURNED_NO_CONTENT", "none"))),
        (&[call, none], None),
        (&[call, none, r#"{"error":"later"}"#], Some(("", "later"))),
        (&[r#"{"type":"tool_result"}"#, none], None),
        (&[r#"{"errorMessage":"only words"}"#], Some(("", "only words"))),
        (&[r#"{"error_code":"X"}"#], Some(("X", ""))),
        (&[r#"{"errorCode":"X","errorMessage":"x"}"#, r#"{"error":"X: x"}"#], Some(("X", "x"))),
        (&[r#"{"error":{"code":2001,"message":"no credits"}}"#], Some(("2001", "no credits"))),
        (&[r#"{"code":"2001","msg":"no credits"}"#], Some(("2001", "no credits"))),
        (&[r#"{"type":"error","content":"odd"}"#], Some(("", "odd"))),
        (&[r#"{"code":0,"message":"fine"}"#, r#"{"error":null}"#], None),
        (&["{\"error\": \"ffmpeg \"died\"\nsecond\tdata: x\"}"], Some(("", "ffmpeg \"died"))),
        (&["{\"error\": \"ffmpeg \"died\" here\"}"], Some(("", "ffmpeg \"died\" here"))),
    ];
    for (frames, expected) in table {
        let error = lines(frames).error;
        let told = error.as_ref().map(|e| (e.code.as_deref().unwrap_or_default(), e.message.as_str()));
        assert_eq!(told, *expected, "{frames:?}");
    }
}

#[test]
fn only_a_code_in_the_very_first_frame_can_refuse() {
    let table: &[(&[&str], Option<i64>)] = &[
        (&[r#"{"code":2001,"message":"no"}"#], Some(2001)),
        (&[r#"{"code":"1001"}"#, r#"{"type":"heartbeat"}"#], Some(1001)),
        (&[r#"{"type":"heartbeat"}"#, r#"{"code":2001}"#], None),
        (&["", r#"{"code":2001}"#], None),
        (&[r#"{"errorCode":"2001"}"#], None),
        (&[r#"{"code":2001,"errorCode":"X"}"#], None),
        (&[r#"{"error":"2001"}"#], None),
        (&[r#"{"error":{"code":2001}}"#], None),
        (&[r#"{"code":2001}"#, r#"{"type":"text","content":"working"}"#], None),
        (&[r#"{"code":2001}"#, r#"{"type":"tool_call"}"#], None),
    ];
    for (frames, code) in table {
        assert_eq!(lines(frames).refusal(), *code, "{frames:?}");
    }
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
