//! Films on their way out: whole or from a byte on, at a public address or, with the token, at the API's own.

use std::io::SeekFrom;

use hyper::StatusCode;
use hyper::header::{
    ACCEPT_RANGES, AUTHORIZATION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderName, HeaderValue,
    IF_RANGE, RANGE,
};
use serde_json::json;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use crate::answer::{self, Answer};
use crate::body;
use crate::handle::Ask;
use crate::sandbox::Sandbox;
use crate::world::Film;

/// `GET /cdn/<id>.mp4`, on the address that a completed render names. A token sent to another origin is refused, as
/// stores behind signed addresses do.
pub(crate) async fn public(sandbox: &Sandbox, ask: &Ask, id: &str) -> Answer {
    let host = ask.host().rsplit_once(':').map_or(ask.host(), |(name, _)| name);
    let foreign = sandbox.options.cdn_host.as_deref() == Some(host);
    if foreign && ask.head.headers.contains_key(AUTHORIZATION) {
        return answer::detail(StatusCode::BAD_REQUEST, &json!("Only one auth mechanism allowed"));
    }
    let film = sandbox.world().render(id).and_then(|render| render.film.clone());
    send(ask, film).await
}

/// `GET /api/render/proxy/<id>/download`.
pub(crate) async fn own(sandbox: &Sandbox, ask: &Ask, account: usize, id: &str) -> Answer {
    let film = {
        let mut world = sandbox.world();
        world.render(id).filter(|render| render.account == account).and_then(|render| render.film.clone())
    };
    send(ask, film).await
}

async fn send(ask: &Ask, film: Option<Film>) -> Answer {
    let missing = || answer::detail(StatusCode::NOT_FOUND, &json!("Not Found"));
    let Some(film) = film else { return missing() };
    let tag = format!("\"{}\"", film.sha256);
    let same = ask.header(IF_RANGE.as_str()).is_none_or(|wanted| wanted == tag);
    let range = ask
        .header(RANGE.as_str())
        .filter(|_| same)
        .map_or(Range::Whole, |range| range_of(range, film.length));
    let (first, last) = match range {
        Range::Whole => (0, film.length.saturating_sub(1)),
        Range::Part(first, last) => (first, last),
        Range::Beyond => {
            let answer = answer::detail(StatusCode::RANGE_NOT_SATISFIABLE, &json!("Range Not Satisfiable"));
            return with(answer, CONTENT_RANGE, &format!("bytes */{}", film.length));
        }
    };
    let Ok(mut source) = File::open(&film.path).await else { return missing() };
    if source.seek(SeekFrom::Start(first)).await.is_err() {
        return missing();
    }
    let length = last + 1 - first;
    let stream = ReaderStream::with_capacity(source.take(length), 64 * 1024);
    let mut answer = Answer::new(body::pieces(stream));
    for (name, value) in [
        (CONTENT_TYPE, "video/mp4"),
        (ACCEPT_RANGES, "bytes"),
        (ETAG, tag.as_str()),
        (CONTENT_LENGTH, length.to_string().as_str()),
    ] {
        answer = with(answer, name, value);
    }
    if range != Range::Whole {
        *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
        answer = with(answer, CONTENT_RANGE, &format!("bytes {first}-{last}/{}", film.length));
    }
    answer
}

fn with(mut answer: Answer, name: HeaderName, value: &str) -> Answer {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
    answer
}

/// What a `Range` header asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Range {
    /// Everything, also where it is not understood.
    Whole,
    /// From the first to the last of these bytes.
    Part(u64, u64),
    /// Something beyond the end.
    Beyond,
}

fn range_of(header: &str, length: u64) -> Range {
    let parse = || {
        let (first, last) = header.strip_prefix("bytes=")?.split_once('-')?;
        if first.is_empty() {
            let suffix: u64 = last.parse().ok()?;
            return Some((if suffix == 0 { length } else { length.saturating_sub(suffix) }, u64::MAX));
        }
        let first: u64 = first.parse().ok()?;
        let last =
            if last.is_empty() { u64::MAX } else { last.parse().ok().filter(|last| *last >= first)? };
        Some((first, last))
    };
    match parse() {
        None => Range::Whole,
        Some((first, last)) if first < length => Range::Part(first, last.min(length - 1)),
        Some(_) => Range::Beyond,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_as_the_standard_says() {
        let cases = [
            ("bytes=0-", Range::Part(0, 99)),
            ("bytes=10-19", Range::Part(10, 19)),
            ("bytes=90-1000", Range::Part(90, 99)),
            ("bytes=-5", Range::Part(95, 99)),
            ("bytes=-500", Range::Part(0, 99)),
            ("bytes=-0", Range::Beyond),
            ("bytes=100-", Range::Beyond),
            ("bytes=9-3", Range::Whole),
            ("bytes=0-1,5-6", Range::Whole),
            ("items=0-", Range::Whole),
        ];
        for (range, wanted) in cases {
            assert_eq!(range_of(range, 100), wanted, "{range}");
        }
    }
}
