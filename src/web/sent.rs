//! A file as an answer, whole or in part.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, IF_RANGE, RANGE,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use super::house::House;
use super::range::{Asked, asked};
use super::share::reads;
use crate::job::Stamp;

/// What is read at once.
const PIECE: usize = 128 << 10;
/// A file that was found, and its media type.
pub(super) struct Found {
    pub(super) file: File,
    pub(super) stamp: Stamp,
    pub(super) mime: &'static str,
    pub(super) name: Vec<u8>,
}

/// The file, or the part of it that is asked for.
pub(super) fn sent(house: Arc<House>, found: Found, headers: &HeaderMap) -> Response {
    let (size, stamp) = (found.stamp.size, found.stamp);
    let tag = format!("\"{:x}-{:x}-{size:x}\"", stamp.ino, stamp.mtime_ns);
    let told = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if told(IF_NONE_MATCH).is_some_and(|known| known.contains(&tag)) {
        return (StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response();
    }
    let is_same = told(IF_RANGE).is_none_or(|known| known == tag);
    let range = match told(RANGE).filter(|_| is_same).map_or(Asked::All, |range| asked(range, size)) {
        Asked::All => None,
        Asked::Part(range) => Some(range),
        Asked::Nothing => {
            let range = (CONTENT_RANGE, format!("bytes */{size}"));
            return (StatusCode::RANGE_NOT_SATISFIABLE, [range]).into_response();
        }
    };
    let status = if range.is_some() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    let part = range.clone().unwrap_or(0..size);
    let fixed = [
        (CONTENT_TYPE, found.mime.to_owned()),
        (CONTENT_LENGTH, (part.end - part.start).to_string()),
        (ACCEPT_RANGES, "bytes".to_owned()),
        (ETAG, tag),
        (CACHE_CONTROL, "private, no-cache".to_owned()),
        (CONTENT_DISPOSITION, format!("inline; filename*=UTF-8''{}", encoded(&found.name))),
    ];
    let of_part =
        range.map(|part| [(CONTENT_RANGE, format!("bytes {}-{}/{size}", part.start, part.end - 1))]);
    let body = body(house, found.file, part);
    match of_part {
        Some(of_part) => (status, fixed, of_part, body).into_response(),
        None => (status, fixed, body).into_response(),
    }
}

/// The bytes, piece by piece, each read where it may block.
fn body(house: Arc<House>, file: File, part: Range<u64>) -> Body {
    let first = (house, file, part);
    Body::from_stream(stream::try_unfold(first, |(house, mut file, part)| async move {
        if part.start >= part.end {
            return Ok::<_, io::Error>(None);
        }
        let read = move |_: &House| {
            let most = usize::try_from(part.end - part.start).unwrap_or(PIECE).min(PIECE);
            let mut piece = vec![0; most];
            file.seek(SeekFrom::Start(part.start))?;
            file.read_exact(&mut piece)?;
            Ok::<_, io::Error>((Bytes::from(piece), file, part.start + most as u64..part.end))
        };
        let (piece, file, left) = reads(&house, read).await.map_err(io::Error::other)??;
        Ok(Some((piece, (house, file, left))))
    }))
}

fn encoded(name: &[u8]) -> String {
    let mut out = String::with_capacity(name.len());
    for byte in name {
        match byte {
            b'-' | b'.' | b'_' | b'~' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                out.push(char::from(*byte));
            }
            byte => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_of_plain_letters() {
        assert_eq!(encoded("a b\n\"é.mp4".as_bytes()), "a%20b%0A%22%C3%A9.mp4");
    }
}
