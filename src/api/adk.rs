//! What the frames of a message stream mean, in the three dialects a service may speak. Pure.
//!
//! Pieces of text (`partial`) are a preview that the whole event replaces; thoughts are not words; tools are
//! noted and never shown; one failure told twice is one failure.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Map, Value};

/// What a frame was, for whoever watches a stream for silence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Heard {
    /// Words of the backend: the piece that came with this frame.
    Words(String),
    /// A tool was called or has answered.
    Tool,
    /// The connection lives; nothing more.
    Beat,
}

/// A failure told inside the stream.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StreamError {
    /// Its name or number, where it has one.
    pub code: Option<String>,
    /// What the service says of it.
    pub message: String,
}

/// How many frames are remembered to know a replayed one.
const REMEMBERED: usize = 1 << 16;
const NO_CONTENT: &str = "MODEL_RETURNED_NO_CONTENT";
const HICCUP: &str = "encountered a temporary issue";

/// All that one stream said, frame by frame.
#[derive(Default)]
pub(super) struct Talk {
    said: Vec<String>,
    /// The pieces of each author that no whole event has replaced yet.
    previews: Vec<(String, String)>,
    /// Text kept from a preview whose whole event had none: it may still come by itself.
    kept: Option<String>,
    replayed: HashSet<u64>,
    tool_answered: bool,
    /// The number of the very first frame, where that frame was `{"code": N}`.
    first_code: Option<i64>,
    pub(super) error: Option<StreamError>,
    pub(super) tools: bool,
    pub(super) frames: u64,
}

impl Talk {
    /// Takes one frame. `whole` is false for a last block that lacks its blank line: it counts only if it parses.
    pub(super) fn hear(&mut self, event: &str, data: &str, whole: bool) -> Heard {
        let parsed = serde_json::from_str::<Value>(data);
        if !whole && parsed.is_err() {
            return Heard::Beat;
        }
        self.frames += 1;
        match parsed {
            _ if data.trim().is_empty() || event == "heartbeat" => Heard::Beat,
            Ok(Value::Object(frame)) if self.is_new(&frame, data) => self.frame(&frame),
            Ok(_) => Heard::Beat,
            Err(_) => self.broken(data),
        }
    }

    /// The code that refused the message: the very first frame named it, and nothing else was said or done.
    pub(super) fn refusal(&self) -> Option<i64> {
        let silent = self.said.is_empty() && self.previews.is_empty() && !self.tools;
        self.first_code.filter(|_| silent)
    }

    /// All words, with the previews that nothing replaced.
    pub(super) fn words(&self) -> String {
        let previews = self.previews.iter().map(|(_, text)| text);
        let mut all: Vec<&str> = self.said.iter().chain(previews).map(|t| t.trim()).collect();
        all.retain(|t| !t.is_empty());
        if all.len() > 1 && all.last().is_some_and(|last| last.contains(HICCUP)) {
            all.pop();
        }
        all.join("\n")
    }

    /// Whether this frame wasn't here before. Ids name no frame, so only an event that is equal in every byte,
    /// its id and time included, is a replay.
    fn is_new(&mut self, frame: &Map<String, Value>, data: &str) -> bool {
        if !frame.contains_key("id") || self.replayed.len() >= REMEMBERED {
            return true;
        }
        let mut hasher = DefaultHasher::new();
        data.hash(&mut hasher);
        self.replayed.insert(hasher.finish())
    }

    fn frame(&mut self, frame: &Map<String, Value>) -> Heard {
        if let Some(error) = failure(frame) {
            if self.frames == 1 && error_name(frame).is_none() {
                self.first_code = frame.get("code").and_then(plain).and_then(|c| c.trim().parse().ok());
            }
            self.failed(error);
        }
        match frame.get("type").and_then(Value::as_str) {
            Some("tool_call" | "tool_result") => {
                self.tools = true;
                self.tool_answered |= frame["type"] == "tool_result";
                Heard::Tool
            }
            Some("heartbeat" | "error") => Heard::Beat,
            _ => self.content(frame),
        }
    }

    fn content(&mut self, frame: &Map<String, Value>) -> Heard {
        let mut words = None::<String>;
        let mut tool = false;
        match frame.get("content") {
            Some(Value::String(text)) => words = Some(text.clone()),
            Some(Value::Object(content)) => {
                for part in content.get("parts").and_then(Value::as_array).into_iter().flatten() {
                    let answered = either(part, "functionResponse", "function_response").is_some();
                    self.tool_answered |= answered;
                    tool |= answered || either(part, "functionCall", "function_call").is_some();
                    if let Some(text) = part.get("text").and_then(Value::as_str) {
                        let thought = part.get("thought").and_then(Value::as_bool) == Some(true);
                        words.get_or_insert_default().push_str(if thought { "" } else { text });
                    }
                }
            }
            _ => {}
        }
        self.tools |= tool;
        let author = frame.get("author").and_then(Value::as_str).unwrap_or_default();
        if frame.get("partial").and_then(Value::as_bool) == Some(true) {
            self.piece(author, words.as_deref().unwrap_or_default());
        } else {
            self.whole(author, words.as_deref(), tool);
        }
        match words.filter(|w| !w.is_empty()) {
            Some(words) => Heard::Words(words),
            None if tool => Heard::Tool,
            None => Heard::Beat,
        }
    }

    fn piece(&mut self, author: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.previews.iter_mut().find(|(name, _)| name == author) {
            Some((_, preview)) => preview.push_str(text),
            None => self.previews.push((author.to_owned(), text.to_owned())),
        }
    }

    /// A whole event: its text replaces the author's preview. One that only calls a tool repeats no text, so the
    /// preview is kept as said; one with neither (an error, a change of state) ends no turn.
    fn whole(&mut self, author: &str, words: Option<&str>, tool: bool) {
        if words.is_none() && !tool {
            return;
        }
        let preview = self.previews.iter().position(|(name, _)| name == author);
        let preview = preview.map(|at| self.previews.remove(at).1);
        match words {
            Some(words) if self.kept.take().as_deref() != Some(words) => self.said.push(words.to_owned()),
            Some(_) => {}
            None => {
                self.said.extend(preview.clone());
                self.kept = preview.or(self.kept.take());
            }
        }
    }

    /// The first failure stays: a second one tells of the same. "No content" after a tool's answer is none.
    fn failed(&mut self, error: StreamError) {
        let silent_edit = self.tool_answered && error.code.as_deref() == Some(NO_CONTENT);
        if !silent_edit && self.error.is_none() {
            self.error = Some(error);
        }
    }

    /// A frame that is no JSON. Old servers paste an error's text in unescaped; anything else is skipped.
    fn broken(&mut self, data: &str) -> Heard {
        let squeezed = data.trim_start().strip_prefix('{').map(str::trim_start);
        if let Some(rest) = squeezed.and_then(|d| d.strip_prefix("\"error\"")) {
            let rest = rest.trim_start_matches([':', ' ', '"']);
            let message = rest.trim_end().trim_end_matches('}').trim_end_matches('"').to_owned();
            self.failed(StreamError { code: None, message });
        }
        Heard::Beat
    }
}

/// The failure that a frame tells of, if any.
fn failure(frame: &Map<String, Value>) -> Option<StreamError> {
    let text = |names: &[&str]| names.iter().find_map(|name| plain(frame.get(*name)?));
    if let Some(code) = error_name(frame) {
        let message = text(&["errorMessage", "error_message"]).unwrap_or_default();
        return Some(StreamError { code: Some(code).filter(|c| !c.is_empty()), message });
    }
    let code = text(&["code"]).filter(|c| c.trim().parse().is_ok_and(|n: i64| n != 0 && n != 200));
    let told = frame.get("error").is_some_and(|e| !e.is_null())
        || frame.get("type").and_then(Value::as_str) == Some("error");
    if code.is_none() && !told {
        return None;
    }
    let inner = frame.get("error").and_then(Value::as_object);
    let nested = |name: &str| inner.and_then(|i| plain(i.get(name)?));
    let message = text(&["message", "msg", "detail", "error", "content"]).or_else(|| nested("message"));
    let code = code.or_else(|| nested("code")).map(|c| c.trim().to_owned());
    Some(StreamError { code, message: message.unwrap_or_default() })
}

/// What ADK calls an error event: `errorCode` or `errorMessage`, either alone; empty where only the message is there.
fn error_name(frame: &Map<String, Value>) -> Option<String> {
    let at = |a: &str, b: &str| frame.get(a).or_else(|| frame.get(b)).and_then(plain);
    let code = at("errorCode", "error_code");
    code.or_else(|| at("errorMessage", "error_message").map(|_| String::new()))
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn either<'a>(part: &'a Value, camel: &str, snake: &str) -> Option<&'a Value> {
    part.get(camel).or_else(|| part.get(snake)).filter(|v| !v.is_null())
}

#[cfg(test)]
#[path = "adk_tests.rs"]
mod tests;
