//! One frame of a message stream, read in whichever of the three dialects it is in. Pure, and flat in memory: what is
//! not needed is passed over, never built.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::adk::StreamError;

/// What a frame says.
#[derive(Default, Debug)]
pub(super) struct Frame {
    /// Whether it is an event with an id of its own.
    pub(super) has_id: bool,
    /// Whose turn it belongs to; empty where that isn't said.
    pub(super) author: String,
    /// How it is to be taken.
    pub(super) kind: Kind,
    /// When it was made, in seconds.
    pub(super) at: Option<f64>,
    /// Words for a person; thoughts are none.
    pub(super) words: Option<String>,
    /// A tool was called, or has answered.
    pub(super) tool: bool,
    /// What it failed with.
    pub(super) failure: Option<StreamError>,
    /// The number of a frame in the service's own manner: `{"code": N}`.
    pub(super) code: Option<i64>,
}

/// How a frame is to be taken.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) enum Kind {
    /// As it is.
    #[default]
    Whole,
    /// A piece of a turn, which its whole repeats.
    Piece,
    /// It is of a kind that nobody knows.
    Unknown,
}

/// A frame as it is typed: every value as its own text, so that an odd one spoils nothing but itself.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Typed<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow, rename = "type")]
    kind: Option<&'a RawValue>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
    #[serde(borrow)]
    partial: Option<&'a RawValue>,
    #[serde(borrow)]
    author: Option<&'a RawValue>,
    #[serde(borrow)]
    timestamp: Option<&'a RawValue>,
    #[serde(borrow)]
    code: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
    #[serde(borrow, rename = "errorCode")]
    error_code: Option<&'a RawValue>,
    #[serde(borrow, rename = "error_code")]
    error_code_snake: Option<&'a RawValue>,
    #[serde(borrow, rename = "errorMessage")]
    error_message: Option<&'a RawValue>,
    #[serde(borrow, rename = "error_message")]
    error_message_snake: Option<&'a RawValue>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    #[serde(borrow)]
    msg: Option<&'a RawValue>,
    #[serde(borrow)]
    detail: Option<&'a RawValue>,
}

/// Reads a frame: `None` where it is no JSON, or nested beyond reason. JSON of another kind than an object says nothing.
pub(super) fn read(event: &str, data: &str) -> Option<Frame> {
    if !data.trim_start().starts_with('{') {
        return serde_json::from_str::<IgnoredAny>(data).ok().map(|_| Frame::unknown());
    }
    let typed: Typed = serde_json::from_str(data).ok()?;
    let kind = typed.kind.and_then(plain);
    let failure = typed.failure(kind.as_deref().unwrap_or(event) == "error");
    let mut frame = Frame {
        has_id: typed.id.is_some(),
        author: typed.author.and_then(plain).unwrap_or_default(),
        kind: if typed.partial.is_some_and(|p| p.get() == "true") { Kind::Piece } else { Kind::Whole },
        at: typed
            .timestamp
            .and_then(plain)
            .and_then(|at| at.trim().parse().ok())
            .filter(|at: &f64| at.is_finite()),
        code: typed.code.and_then(plain).filter(|_| typed.error_name().is_none()).and_then(|c| number(&c)),
        failure,
        ..Frame::default()
    };
    match kind.as_deref() {
        Some("tool_call" | "tool_result") => frame.tool = true,
        Some("heartbeat" | "error") => {}
        None | Some("text") => frame.content(typed.content),
        Some(_) if frame.failure.is_none() => frame.kind = Kind::Unknown,
        Some(_) => {}
    }
    Some(frame)
}

impl Frame {
    fn unknown() -> Self {
        Self { kind: Kind::Unknown, ..Self::default() }
    }

    /// Words as a plain text, or as the parts of an event.
    fn content(&mut self, content: Option<&RawValue>) {
        #[derive(Deserialize)]
        struct Content<'a> {
            #[serde(borrow, default)]
            parts: Option<&'a RawValue>,
        }
        let Some(content) = content else { return };
        if content.get().starts_with('"') {
            self.words = plain(content);
        } else if let Ok(Content { parts: Some(parts) }) = serde_json::from_str(content.get()) {
            // Parts that are no list are none.
            let _ = serde_json::Deserializer::from_str(parts.get()).deserialize_seq(Parts(self));
        }
    }

    fn part(&mut self, part: &RawValue) {
        #[derive(Deserialize, Default)]
        #[serde(default)]
        struct Part<'a> {
            #[serde(borrow)]
            text: Option<&'a RawValue>,
            #[serde(borrow)]
            thought: Option<&'a RawValue>,
            #[serde(borrow, rename = "functionCall")]
            call: Option<&'a RawValue>,
            #[serde(borrow, rename = "function_call")]
            call_snake: Option<&'a RawValue>,
            #[serde(borrow, rename = "functionResponse")]
            response: Option<&'a RawValue>,
            #[serde(borrow, rename = "function_response")]
            response_snake: Option<&'a RawValue>,
        }
        let Ok(part) = serde_json::from_str::<Part>(part.get()) else { return };
        self.tool |= part.call.or(part.call_snake).or(part.response).or(part.response_snake).is_some();
        let thought = part.thought.is_some_and(|thought| thought.get() == "true");
        if let Some(text) = part.text.filter(|t| !thought && t.get().starts_with('"')).and_then(plain) {
            self.words.get_or_insert_default().push_str(&text);
        }
    }
}

/// Reads the parts one by one.
struct Parts<'f>(&'f mut Frame);

impl<'de> Visitor<'de> for Parts<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of parts")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<(), A::Error> {
        while let Some(part) = parts.next_element()? {
            self.0.part(part);
        }
        Ok(())
    }
}

impl Typed<'_> {
    /// The failure that the frame tells of, if any; `named` where its kind says that it is one.
    fn failure(&self, named: bool) -> Option<StreamError> {
        if let Some(code) = self.error_name() {
            let message = self.error_message.or(self.error_message_snake).and_then(plain).unwrap_or_default();
            return Some(StreamError { code: Some(code).filter(|c| !c.is_empty()), message });
        }
        let code = self.code.and_then(plain).map(|c| c.trim().to_owned()).filter(|c| is_bad(c));
        if code.is_none() && !named && self.error.is_none_or(|e| e.get() == "false") {
            return None;
        }
        let inner: Typed = self.error.and_then(|e| serde_json::from_str(e.get()).ok()).unwrap_or_default();
        let explained = [self.message, self.msg, self.detail, self.error, self.content, inner.message];
        let message = explained.into_iter().flatten().find_map(plain);
        let code = code.or_else(|| inner.code.and_then(plain).map(|c| c.trim().to_owned()));
        Some(StreamError { code, message: message.unwrap_or_default() })
    }

    /// What ADK calls an error event: `errorCode` or `errorMessage`, either alone; empty where only the message is there.
    fn error_name(&self) -> Option<String> {
        let code = self.error_code.or(self.error_code_snake).and_then(plain).filter(|c| c != "0");
        let message = || self.error_message.or(self.error_message_snake).and_then(plain);
        code.or_else(|| message().filter(|m| !m.is_empty()).map(|_| String::new()))
    }
}

/// Whether a code tells of a failure. One that is no number does, unless it is a word for success.
fn is_bad(code: &str) -> bool {
    match code.parse::<i64>() {
        Ok(number) => !matches!(number, 0 | 200),
        Err(_) => !["", "ok", "success"].contains(&code.to_ascii_lowercase().as_str()),
    }
}

fn number(code: &str) -> Option<i64> {
    code.trim().parse().ok()
}

/// A text, or a number as its text.
fn plain(raw: &RawValue) -> Option<String> {
    match raw.get().as_bytes().first()? {
        b'"' => serde_json::from_str(raw.get()).ok(),
        b'-' | b'0'..=b'9' => Some(raw.get().to_owned()),
        _ => None,
    }
}
