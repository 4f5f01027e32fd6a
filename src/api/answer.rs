//! What a JSON answer says, read tolerantly: its code, its explanation, its data.
//!
//! Values stay as the text they came in (`RawValue`): a draft must go back byte for byte, and an id beyond
//! 2^53 must stay exact.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::client::Client;
use super::error::{ApiError, Call, ErrorKind};

/// The longest JSON answer taken.
pub(super) const ANSWER_CAP: usize = 8 << 20;
/// The deepest nesting taken.
const DEPTH_CAP: usize = 128;

/// Where an answer explains itself.
const EXPLANATIONS: [&str; 4] = ["message", "msg", "detail", "error"];

/// The fields of an object, each as its own text.
pub(super) type Fields = BTreeMap<String, Box<RawValue>>;

/// An answer's contents, whether it says yes or no.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// `code`, from a number or a text.
    pub(super) code: Option<i64>,
    /// `message`, `msg`, `detail` or `error`.
    pub(super) explanation: Option<String>,
    /// `success` is false, or `code` is a word that doesn't say that all is well.
    pub(super) denied: bool,
    /// The fields of `data`, and those beside it that it doesn't have itself.
    pub(super) data: Fields,
}

/// Reads an answer; `None` where it is no JSON object, or nested beyond reason.
pub(super) fn read(body: &[u8]) -> Option<Contents> {
    if too_deep(body) {
        return None;
    }
    let mut fields = object(std::str::from_utf8(body).ok()?)?;
    let nested = |name| fields.get(name).and_then(|raw| object(raw.get()));
    let inner = nested("error").or_else(|| nested("detail")).unwrap_or_default();
    let code = [fields.get("code"), inner.get("code")].into_iter().flatten().find_map(|raw| integer(raw));
    let explanation = explain(&fields).or_else(|| explain(&inner));
    let unsuccessful = |raw: &RawValue| matches!(raw.get(), "false" | "\"false\"" | "0");
    let unsuccessful = fields.get("success").is_some_and(|raw| unsuccessful(raw));
    let unwell = code.is_none() && fields.get("code").is_some_and(|raw| !says_well(raw));
    let data = match fields.remove("data").and_then(|raw| object(raw.get())) {
        Some(mut data) => {
            for (name, raw) in fields.into_iter().filter(|(name, _)| !EXPLANATIONS.contains(&name.as_str())) {
                data.entry(name).or_insert(raw);
            }
            data
        }
        None => fields,
    };
    let failed = text_at(&data, "status").is_some_and(|status| status == "failed");
    let denied = unwell || (unsuccessful && !failed);
    Some(Contents { code, explanation, denied, data })
}

impl Client {
    /// The error of an answer that says yes and lacks what it is there for. What it explains is told along: such an
    /// answer can be a refusal in a form that nobody has written down.
    pub(super) fn lacks(&self, call: Call, what: &str, contents: &Contents) -> ApiError {
        let said = contents.explanation.as_ref().map(|text| format!(": {}", self.tidy(text)));
        let message = format!("an answer without {what}{}", said.unwrap_or_default());
        ApiError { status: Some(200), ..ApiError::new(call, ErrorKind::Odd, message) }
    }
}

/// The fields of a JSON object; `None` for any other text.
pub(super) fn object(json: &str) -> Option<Fields> {
    serde_json::from_str(json).ok()
}

/// A text, or a number as its text; `None` for anything else and for a blank text.
pub(super) fn text(raw: &RawValue) -> Option<String> {
    let json = raw.get();
    let text = match json.as_bytes().first()? {
        b'"' => serde_json::from_str(json).ok()?,
        b'-' | b'0'..=b'9' => json.to_owned(),
        _ => return None,
    };
    Some(text).filter(|t: &String| !t.trim().is_empty())
}

/// The text at `name`.
pub(super) fn text_at(fields: &Fields, name: &str) -> Option<String> {
    fields.get(name).and_then(|raw| text(raw))
}

/// The number at `name`, from a number or a text.
pub(super) fn number_at(fields: &Fields, name: &str) -> Option<f64> {
    text_at(fields, name)?.trim().parse().ok().filter(|n: &f64| n.is_finite())
}

/// A whole number, from a number or a text; `2001.0` is one too.
fn integer(raw: &RawValue) -> Option<i64> {
    let text = text(raw)?;
    let text = text.trim();
    let text =
        text.split_once('.').filter(|(_, rest)| rest.bytes().all(|b| b == b'0')).map_or(text, |(i, _)| i);
    text.parse().ok()
}

/// Whether a `code` that is no number says that all is well, or says nothing.
fn says_well(raw: &RawValue) -> bool {
    let word = text(raw).unwrap_or_default().trim().to_ascii_lowercase();
    matches!(raw.get(), "null" | "\"\"") || matches!(word.as_str(), "ok" | "success")
}

fn explain(fields: &Fields) -> Option<String> {
    EXPLANATIONS.iter().find_map(|name| {
        let raw = fields.get(*name)?;
        text(raw).or_else(|| list(raw)).filter(|t| !t.trim().is_empty())
    })
}

/// What a validator says: an array of objects with `loc` and `msg`.
fn list(raw: &RawValue) -> Option<String> {
    let items: Vec<Fields> = serde_json::from_str(raw.get()).ok()?;
    let said = items.iter().filter_map(|item| text_at(item, "msg"));
    Some(said.collect::<Vec<_>>().join("; "))
}

fn too_deep(json: &[u8]) -> bool {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for b in json {
        match b {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                depth += 1;
                if depth > DEPTH_CAP {
                    return true;
                }
            }
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_explanations_in_all_their_spellings() {
        let table = [
            (r#"{"code":0,"data":{}}"#, Some(0), None),
            (r#"{"code":"2001","msg":"no credits"}"#, Some(2001), Some("no credits")),
            (r#"{"code":" 1001 ","error":"bad"}"#, Some(1001), Some("bad")),
            (r#"{"code":"E_ODD","message":"odd"}"#, None, Some("odd")),
            (r#"{"code":null,"data":null}"#, None, None),
            (r#"{"detail":"Session not found: ghost"}"#, None, Some("Session not found: ghost")),
            (r#"{"detail":[{"loc":["body",1],"msg":"a"},{"msg":"b"}]}"#, None, Some("a; b")),
            (r#"{"detail":{"code":4001,"message":"no"}}"#, Some(4001), Some("no")),
            (r#"{"error":{"code":"429","msg":"slow"}}"#, Some(429), Some("slow")),
            (r#"{"message":"","msg":"b"}"#, None, Some("b")),
            (r#"{"code":1,"code":2}"#, Some(2), None),
            (r#"{"code":2001.0}"#, Some(2001), None),
            (r#"{"code":"2001.00","detail":"no"}"#, Some(2001), Some("no")),
            (r#"{"code":2001.5}"#, None, None),
            (r#"{"code":99999999999999999999}"#, None, None),
            (r#"{"code":2001,"success":false}"#, Some(2001), None),
        ];
        for (json, code, explanation) in table {
            let read = read(json.as_bytes()).unwrap();
            assert_eq!((read.code, read.explanation.as_deref()), (code, explanation), "{json}");
        }
    }

    #[test]
    fn what_says_no_without_a_number() {
        for (json, denied) in [
            (r#"{"success":false}"#, true),
            (r#"{"success":"false","code":null}"#, true),
            (r#"{"success":0}"#, true),
            (r#"{"code":"E_ODD","data":{}}"#, true),
            (r#"{"code":2001.5}"#, true),
            (r#"{"code":true}"#, true),
            (r#"{"code":["x"]}"#, true),
            (r#"{"code":"OK","success":true}"#, false),
            (r#"{"code":"success"}"#, false),
            (r#"{"code":"","success":null}"#, false),
            (r#"{"code":null}"#, false),
            (r#"{"code":2001}"#, false),
            ("{}", false),
            (r#"{"success":false,"data":{"status":"pending"}}"#, true),
            (r#"{"success":false,"status":400}"#, true),
            (r#"{"success":false,"data":{"status":"failed"}}"#, false),
            (r#"{"success":true}"#, false),
        ] {
            assert_eq!(read(json.as_bytes()).unwrap().denied, denied, "{json}");
        }
    }

    #[test]
    fn what_is_no_answer() {
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
        for bad in ["", "<html>", "[1]", "{", "null", "{\"a\":1}x", "{\"a\":\"\u{1}\"}", &deep] {
            assert!(read(bad.as_bytes()).is_none(), "{}", &bad[..bad.len().min(20)]);
        }
        assert!(read(b"{\"a\":\"\xff\"}").is_none());
        assert!(read(format!("{{\"a\":\"{}\\\"[\"}}", "[".repeat(500)).as_bytes()).is_some());
    }

    #[test]
    fn data_wrapped_or_not_and_ids_exact() {
        for json in [r#"{"data":{"id":90071992547409931}}"#, r#"{"id":"90071992547409931"}"#] {
            let read = read(json.as_bytes()).unwrap();
            assert_eq!(text_at(&read.data, "id").as_deref(), Some("90071992547409931"));
            assert_eq!(text_at(&read.data, "none"), None);
        }
        let read = read(br#"{"data":{"n":"1.5","x":[],"i":1e999}}"#).unwrap();
        assert_eq!(number_at(&read.data, "n"), Some(1.5));
        assert_eq!(number_at(&read.data, "x"), None);
        assert_eq!(number_at(&read.data, "i"), None);
    }
}
