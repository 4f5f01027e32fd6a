//! A message's body, read as strictly as the agent's server reads it.

use hyper::StatusCode;
use hyper::header::CONTENT_TYPE;
use serde_json::{Map, Value, json};

use super::{adk, stream};
use crate::answer::{self, Answer};
use crate::body;
use crate::handle::Ask;

/// What a message asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) session: String,
    pub(super) words: String,
}

/// Why a message was not taken, and what is answered.
#[derive(Debug)]
pub(super) struct NotTaken {
    pub(super) reason: &'static str,
    pub(super) answer: Box<Answer>,
}

impl NotTaken {
    /// A refusal with one sentence.
    pub(super) fn whole(status: StatusCode, detail: &'static str) -> Self {
        Self { reason: detail, answer: Box::new(answer::detail(status, &json!(detail))) }
    }

    fn problems(problems: &[Value]) -> Self {
        let answer = answer::detail(StatusCode::UNPROCESSABLE_ENTITY, &json!(problems));
        Self { reason: "fields missing, wrong or unknown", answer: Box::new(answer) }
    }
}

const KEYS: &[&str] = &[
    "app_name",
    "user_id",
    "session_id",
    "new_message",
    "streaming",
    "state_delta",
    "function_call_event_id",
    "invocation_id",
];

/// Reads a message's body.
pub(super) fn read(ask: &Ask, bytes: &[u8]) -> Result<Wanted, NotTaken> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(NotTaken::whole(StatusCode::BAD_REQUEST, "There was an error parsing the body"));
    };
    let kind = ask.header(CONTENT_TYPE.as_str()).unwrap_or("");
    if !kind.to_ascii_lowercase().starts_with("application/json") {
        return Err(NotTaken::problems(&[not_an_object(&json!(text))]));
    }
    read_text(text)
}

fn read_text(text: &str) -> Result<Wanted, NotTaken> {
    let body = match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(body)) => body,
        Ok(other) => return Err(NotTaken::problems(&[not_an_object(&other)])),
        Err(error) => {
            let problem = json!({"type": "json_invalid", "loc": ["body", error.column()], "msg": "JSON decode error",
                "input": {}, "ctx": {"error": error.to_string()}});
            return Err(NotTaken::problems(&[problem]));
        }
    };
    let mut problems: Vec<Value> = Vec::new();
    extra(&mut problems, &body, KEYS, &["body"]);
    let session = string(&mut problems, &body, "session_id");
    let user = string(&mut problems, &body, "user_id");
    let words =
        body.get("new_message").filter(|message| !message.is_null()).map(|it| words(&mut problems, it));
    if !problems.is_empty() {
        return Err(NotTaken::problems(&problems));
    }
    match body.get("app_name").and_then(Value::as_str) {
        Some("nemo_agent") => {}
        Some(_) => return Err(NotTaken::whole(StatusCode::NOT_FOUND, "Agent not found")),
        None => return Err(NotTaken::whole(StatusCode::BAD_REQUEST, "app_name is required")),
    }
    if user != "me" {
        return Err(NotTaken::whole(StatusCode::NOT_FOUND, "Session not found: of another user"));
    }
    match words {
        Some(words) if !words.trim().is_empty() => Ok(Wanted { session, words }),
        _ => {
            let frame = adk::error_frame(
                "ValueError",
                &format!(
                    "Running an agent requires either a new_message or an invocation_id to resume a previous invocation. Session: {session}, User: me"
                ),
            );
            Err(NotTaken {
                reason: "no new message",
                answer: Box::new(stream(frame.len(), body::full(frame))),
            })
        }
    }
}

fn not_an_object(input: &Value) -> Value {
    let message = "Input should be a valid dictionary or object to extract fields from";
    json!({"type": "model_attributes_type", "loc": ["body"], "msg": message, "input": input})
}

fn extra(problems: &mut Vec<Value>, object: &Map<String, Value>, known: &[&str], place: &[&str]) {
    for (key, value) in object.iter().filter(|(key, _)| !known.contains(&key.as_str())) {
        let mut place = place.to_vec();
        place.push(key);
        let message = "Extra inputs are not permitted";
        problems.push(json!({"type": "extra_forbidden", "loc": place, "msg": message, "input": value}));
    }
}

fn string(problems: &mut Vec<Value>, body: &Map<String, Value>, key: &str) -> String {
    match body.get(key) {
        Some(Value::String(text)) => return text.clone(),
        Some(other) => {
            let message = "Input should be a valid string";
            problems
                .push(json!({"type": "string_type", "loc": ["body", key], "msg": message, "input": other}));
        }
        None => {
            let input = Value::Object(body.clone());
            problems.push(
                json!({"type": "missing", "loc": ["body", key], "msg": "Field required", "input": input}),
            );
        }
    }
    String::new()
}

/// The text of all parts, one a line.
fn words(problems: &mut Vec<Value>, message: &Value) -> String {
    let place = ["body", "new_message"];
    let Some(message) = message.as_object() else {
        problems.push(not_an_object(message));
        return String::new();
    };
    extra(problems, message, &["role", "parts"], &place);
    let parts = match message.get("parts") {
        Some(Value::Array(parts)) => parts.as_slice(),
        None | Some(Value::Null) => &[],
        Some(other) => {
            let message = "Input should be a valid list";
            problems.push(json!({"type": "list_type", "loc": place, "msg": message, "input": other}));
            &[]
        }
    };
    let mut words = Vec::new();
    for part in parts {
        let Some(part) = part.as_object() else {
            problems.push(not_an_object(part));
            continue;
        };
        extra(problems, part, &["text"], &["body", "new_message", "parts"]);
        match part.get("text") {
            Some(Value::String(text)) => words.push(text.as_str()),
            None | Some(Value::Null) => {}
            Some(other) => {
                let message = "Input should be a valid string";
                problems.push(json!({"type": "string_type", "loc": place, "msg": message, "input": other}));
            }
        }
    }
    words.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_good_message_is_read_and_any_other_is_answered_as_captured() {
        let good = r#"{"app_name":"nemo_agent","user_id":"me","session_id":"9","new_message":{"role":"user","parts":[{"text":"a"},{"text":"b"}]}}"#;
        assert_eq!(read_text(good).unwrap(), Wanted { session: "9".into(), words: "a\nb".into() });
        let cases = [
            ("{", 422),
            ("[]", 422),
            ("\"x\"", 422),
            (r#"{"app_name":"nemo_agent"}"#, 422),
            (&good.replace("app_name", "appName"), 422),
            (&good.replace("\"9\"", "9"), 422),
            (&good.replace("{\"text\":\"a\"}", "{\"text\":\"a\",\"x\":1}"), 422),
            (&good.replace("\"role\"", "\"rolle\""), 422),
            (&good.replace("{\"text\":\"a\"}", "7"), 422),
            (&good.replace("\"app_name\":\"nemo_agent\",", ""), 400),
            (&good.replace("nemo_agent", "ghost"), 404),
            (&good.replace("\"me\"", "\"you\""), 404),
            (&good.replace("[{\"text\":\"a\"},{\"text\":\"b\"}]", "[]"), 200),
            (&good.replace("new_message", "streaming"), 200),
        ];
        for (body, status) in cases {
            let not = read_text(body).expect_err(body);
            assert_eq!(not.answer.status(), status, "{body}");
        }
    }
}
