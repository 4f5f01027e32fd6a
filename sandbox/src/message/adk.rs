//! The stream's frames in the dialect of Google's Agent Development Kit, key by key as captured from a real server.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::clock;
use crate::faults::Beat;

/// Writes the events of one run.
pub(super) struct Events {
    invocation: String,
    /// Moves on by a little with each event.
    at: f64,
    /// An old release, which knew fewer keys.
    old: bool,
}

const USAGE: &str =
    r#""usageMetadata":{"candidatesTokenCount":5,"promptTokenCount":11,"totalTokenCount":16},"#;
const AUTHOR: &str = "nemo_agent";

/// What an event says of itself besides its content.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Whole {
    /// A piece of a turn of the model.
    Partial,
    /// A whole turn of the model, which repeats its pieces.
    Turn,
    /// A whole turn that came without pieces.
    Once,
    /// What a tool gave back.
    Result,
}

impl Events {
    pub(super) fn new(old: bool) -> Self {
        Self { invocation: format!("e-{}", Uuid::new_v4()), at: clock::seconds(), old }
    }

    /// An event with these parts.
    pub(super) fn event(&mut self, parts: &[Value], whole: Whole, id: Uuid) -> String {
        let calls = parts.iter().any(|part| part.get("functionCall").is_some());
        let (before, after, role) = match whole {
            Whole::Partial => (r#""partial":true,"#.to_owned(), "", "model"),
            Whole::Turn => (format!(r#""partial":false,"finishReason":"STOP",{USAGE}"#), "", "model"),
            Whole::Once => (format!(r#""finishReason":"STOP",{USAGE}"#), "", "model"),
            Whole::Result => (String::new(), "", "user"),
        };
        let after = if calls { r#""longRunningToolIds":[],"# } else { after };
        let model = if whole == Whole::Result { "" } else { r#""modelVersion":"sandbox-1","# };
        let content = json!({"parts": parts, "role": role});
        self.line(&format!(r#"{model}"content":{content},{before}"#), after, id)
    }

    /// An error event: an ordinary event, after which the run may go on.
    pub(super) fn error_event(&mut self, code: &str, message: &str) -> String {
        let (code, message) = (json!(code), json!(message));
        let fields = format!(
            r#""modelVersion":"sandbox-1","finishReason":"STOP","errorCode":{code},"errorMessage":{message},{USAGE}"#
        );
        self.line(&fields, "", Uuid::new_v4())
    }

    fn line(&mut self, fields: &str, after: &str, id: Uuid) -> String {
        self.at += 0.001_25;
        let (confirmations, node) = if self.old {
            ("", String::new())
        } else {
            (r#","requestedToolConfirmations":{}"#, format!(r#""nodeInfo":{{"path":"{AUTHOR}@1"}},"#))
        };
        format!(
            "data: {{{fields}\"invocationId\":\"{}\",\"author\":\"{AUTHOR}\",\"actions\":{{\"stateDelta\":{{}},\"artifactDelta\":{{}},\"requestedAuthConfigs\":{{}}{confirmations}}},{node}{after}\"id\":\"{id}\",\"timestamp\":{:.7}}}\n\n",
            self.invocation, self.at,
        )
    }
}

/// An error frame: no event, spaced and ASCII-escaped, always the last.
pub(super) fn error_frame(class: &str, message: &str) -> String {
    let (whole, message) = (ascii(&format!("{class}: {message}")), ascii(message));
    format!(
        "data: {{\"error\": {whole}, \"error_details\": {{\"error_type\": \"{class}\", \"error_message\": {message}, \"timestamp\": {:.6}}}}}\n\n",
        clock::seconds(),
    )
}

/// A frame that is only a code, in the service's own manner.
pub(super) fn code_frame(code: &str) -> String {
    format!("data: {{\"code\":{code},\"message\":\"the sandbox was told to answer so\"}}\n\n")
}

/// How old servers put an error: pasted in as it is, so that quotes and lines in it spoil the frame.
pub(super) fn pasted_error(message: &str) -> String {
    format!("data: {{\"error\": \"{message}\"}}\n\n")
}

/// A heartbeat of that form.
pub(super) fn heartbeat(form: Beat) -> &'static str {
    match form {
        Beat::Type => "data: {\"type\":\"heartbeat\"}\n\n",
        Beat::Event => "event: heartbeat\ndata: {}\n\n",
        Beat::Empty => "data:\n\n",
        Beat::Comment => ": alive\n\n",
    }
}

/// The forms of heartbeats in turn.
pub(super) fn nth_form(nth: u64) -> Beat {
    [Beat::Type, Beat::Event, Beat::Empty, Beat::Comment][usize::try_from(nth % 4).unwrap_or(0)]
}

/// A JSON string with everything beyond ASCII escaped, astral characters as surrogate pairs.
fn ascii(text: &str) -> String {
    use std::fmt::Write as _;
    let quoted = json!(text).to_string();
    let mut escaped = String::with_capacity(quoted.len());
    for unit in quoted.encode_utf16() {
        match u8::try_from(unit).ok().filter(u8::is_ascii) {
            Some(byte) => escaped.push(char::from(byte)),
            None => {
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(frame: &str) -> Value {
        serde_json::from_str(frame.strip_prefix("data: ").unwrap().strip_suffix("\n\n").unwrap()).unwrap()
    }

    #[test]
    fn every_frame_is_one_line_of_json() {
        let mut events = Events::new(false);
        let parts =
            [json!({"text": "কাটছি…\nএবার"}), json!({"functionCall": {"id": "a", "args": {}, "name": "cut"}})];
        for whole in [Whole::Partial, Whole::Turn, Whole::Once, Whole::Result] {
            let frame = events.event(&parts, whole, Uuid::new_v4());
            assert_eq!(frame.matches('\n').count(), 2, "{frame}");
            let frame = value(&frame);
            assert_eq!(frame["content"]["parts"][0]["text"], "কাটছি…\nএবার");
            assert_eq!(
                frame.get("partial"),
                match whole {
                    Whole::Partial => Some(&Value::Bool(true)),
                    Whole::Turn => Some(&Value::Bool(false)),
                    Whole::Once | Whole::Result => None,
                }
            );
        }
        assert_eq!(value(&events.error_event("X", "y"))["errorCode"], "X");
        assert_eq!(value(&code_frame("2001"))["code"], 2001);
    }

    #[test]
    fn an_error_frame_is_ascii_and_no_event() {
        let frame = error_frame("RuntimeError", "কোড ১ 🎬\nx");
        assert!(frame.is_ascii(), "{frame}");
        let frame = value(&frame);
        assert_eq!(frame["error"], "RuntimeError: কোড ১ 🎬\nx");
        assert_eq!(frame.get("id"), None);
    }
}
