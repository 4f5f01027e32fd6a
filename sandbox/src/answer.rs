//! Whole answers in the service's spellings.

use bytes::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderValue, SERVER};
use hyper::{Response, StatusCode};
use serde_json::{Value, json};

use crate::body::{self, Body};

/// An answer on its way out.
pub(crate) type Answer = Response<Body>;

/// An answer of any type.
pub(crate) fn whole(status: StatusCode, kind: &'static str, text: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(body::full(text));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    answer.headers_mut().insert(SERVER, HeaderValue::from_static("uvicorn"));
    answer
}

/// JSON that is spelled out already.
pub(crate) fn spelled(status: StatusCode, text: String) -> Answer {
    whole(status, "application/json", text)
}

/// JSON.
pub(crate) fn json(status: StatusCode, value: &Value) -> Answer {
    spelled(status, value.to_string())
}

/// Success: `{"code":0,"data":…}`.
pub(crate) fn data(value: &Value) -> Answer {
    json(StatusCode::OK, &json!({"code": 0, "data": value}))
}

/// A refusal by code, `{"code":…,"message":…}`.
pub(crate) fn refused(status: StatusCode, code: u32, message: &str) -> Answer {
    json(status, &json!({"code": code, "message": message}))
}

/// A refusal in the words of the agent's server, `{"detail":…}`.
pub(crate) fn detail(status: StatusCode, detail: &Value) -> Answer {
    json(status, &json!({"detail": detail}))
}

/// Plain text.
pub(crate) fn text(status: StatusCode, text: &'static str) -> Answer {
    whole(status, "text/plain; charset=utf-8", text)
}

/// 1001: the token is bad or expired.
pub(crate) fn bad_token() -> Answer {
    refused(StatusCode::UNAUTHORIZED, 1001, "Token is invalid or has expired")
}

/// 1002: no such session, in the spelling of every call but the message.
pub(crate) fn no_session() -> Answer {
    refused(StatusCode::OK, 1002, "Session not found")
}
