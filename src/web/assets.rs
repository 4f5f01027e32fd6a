//! What pages look like, and what runs in them: two files, the same for all.

use std::sync::LazyLock;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

const STYLE: &str = include_str!("assets/style.css");
const LIVE: &str = include_str!("assets/live.js");
static STYLE_TAG: LazyLock<String> = LazyLock::new(|| tag(STYLE));
static LIVE_TAG: LazyLock<String> = LazyLock::new(|| tag(LIVE));

/// What pages look like.
pub(super) async fn style(headers: HeaderMap) -> Response {
    file(&headers, "text/css; charset=utf-8", STYLE, &STYLE_TAG)
}

/// What runs in them.
pub(super) async fn live(headers: HeaderMap) -> Response {
    file(&headers, "text/javascript; charset=utf-8", LIVE, &LIVE_TAG)
}

fn file(headers: &HeaderMap, kind: &'static str, text: &'static str, tag: &'static str) -> Response {
    let kept = headers
        .get(IF_NONE_MATCH)
        .and_then(|known| known.to_str().ok())
        .is_some_and(|known| known.contains(tag));
    let headers = [(CONTENT_TYPE, kind), (ETAG, tag), (CACHE_CONTROL, "no-cache")];
    if kept { (StatusCode::NOT_MODIFIED, headers).into_response() } else { (headers, text).into_response() }
}

fn tag(text: &str) -> String {
    format!("\"{}\"", &blake3::hash(text.as_bytes()).to_hex()[..16])
}
