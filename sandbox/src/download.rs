//! Films on their way out: whole or from a byte on, at a public address or, with the token, at the API's own.

use std::io::{self, SeekFrom};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};

use hyper::StatusCode;
use hyper::header::{
    ACCEPT_RANGES, AUTHORIZATION, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG,
    HeaderName, HeaderValue, IF_RANGE, LAST_MODIFIED, RANGE,
};
use serde_json::json;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use crate::answer::{self, Answer};
use crate::body;
use crate::faults::FilmFault;
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
    let film = {
        let mut world = sandbox.world();
        world.note_download(ask.host(), ask.header(RANGE.as_str()), ask.token().is_some());
        world.render(id).and_then(|render| render.film.clone())
    };
    send(ask, film).await
}

/// `GET /api/render/proxy/<id>/download`.
pub(crate) async fn own(sandbox: &Sandbox, ask: &Ask, account: usize, id: &str) -> Answer {
    let film = {
        let mut world = sandbox.world();
        world.note_download("api", ask.header(RANGE.as_str()), ask.token().is_some());
        world.render(id).filter(|render| render.account == account).and_then(|render| render.film.clone())
    };
    send(ask, film).await
}

/// When every film was changed last, where it is known by that.
const CHANGED: &str = "Sun, 22 Nov 2026 10:00:00 GMT";

async fn send(ask: &Ask, film: Option<Film>) -> Answer {
    let missing = || answer::detail(StatusCode::NOT_FOUND, &json!("Not Found"));
    let Some(film) = film else { return missing() };
    let faults = ask.hits.film();
    let Ok(opened) = File::open(&film.path).await else { return missing() };
    let mut source = Source::new(&film, opened, &faults).await;
    let known = Known::new(&film, &faults);
    let ignored = faults.contains(&FilmFault::NoRanges) || faults.contains(&FilmFault::Endless);
    let range = ask
        .header(RANGE.as_str())
        .filter(|_| known.is_still(ask.header(IF_RANGE.as_str())) && !ignored)
        .map_or(Range::Whole, |range| range_of(range, source.length));
    let beyond = faults.contains(&FilmFault::Beyond) && range != Range::Whole;
    let (first, last) = match range {
        Range::Part(first, last) if !beyond => {
            (first - u64::from(faults.contains(&FilmFault::WrongPart) && first > 0), last)
        }
        Range::Whole => (0, source.length.saturating_sub(1)),
        Range::Part(..) | Range::Beyond => {
            let answer = answer::detail(StatusCode::RANGE_NOT_SATISFIABLE, &json!("Range Not Satisfiable"));
            return with(answer, CONTENT_RANGE, &format!("bytes */{}", source.length));
        }
    };
    let length = if source.length == 0 { 0 } else { last + 1 - first };
    let (whole, untold) = (source.length, source.untold);
    let Ok(stream) = source.from(first, length).await else { return missing() };
    let mut answer = Answer::new(body::pieces(stream));
    for (name, value) in [(CONTENT_TYPE, "video/mp4"), (ACCEPT_RANGES, "bytes")] {
        answer = with(answer, name, value);
    }
    answer = known.tell(answer);
    if !untold {
        let told =
            faults.iter().find_map(|fault| if let FilmFault::Length(n) = fault { Some(*n) } else { None });
        answer = with(answer, CONTENT_LENGTH, &told.unwrap_or(length).to_string());
    }
    for fault in &faults {
        if let FilmFault::Name(name) = fault {
            answer = with(answer, CONTENT_DISPOSITION, &format!("attachment; filename=\"{name}\""));
        }
    }
    if range != Range::Whole {
        *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
        answer = with(answer, CONTENT_RANGE, &format!("bytes {first}-{last}/{whole}"));
    }
    answer
}

/// What a film is known by from one answer to the next.
struct Known {
    tag: Option<String>,
    /// A range is honoured whatever it is known by.
    always: bool,
}

impl Known {
    fn new(film: &Film, faults: &[FilmFault]) -> Self {
        static VERSIONS: AtomicU64 = AtomicU64::new(0);
        let always = faults.contains(&FilmFault::NewTag);
        let version =
            if always { VERSIONS.fetch_add(1, Ordering::Relaxed).to_string() } else { String::new() };
        let weak = if faults.contains(&FilmFault::WeakTag) { "W/" } else { "" };
        let tag = format!("{weak}\"{}{version}\"", film.sha256);
        Self { tag: (!faults.contains(&FilmFault::NoTag)).then_some(tag), always }
    }

    /// Whether what the client holds is of this film: without a word of it, it is the client's risk.
    fn is_still(&self, wanted: Option<&str>) -> bool {
        let Some(wanted) = wanted.filter(|_| !self.always) else { return true };
        match &self.tag {
            // A weak tag says nothing about bytes.
            Some(tag) => wanted == tag && !tag.starts_with("W/"),
            None => wanted == CHANGED,
        }
    }

    fn tell(&self, answer: Answer) -> Answer {
        match &self.tag {
            Some(tag) => with(answer, ETAG, tag),
            None => with(answer, LAST_MODIFIED, CHANGED),
        }
    }
}

/// The bytes of a film, as faults have them.
struct Source {
    opened: File,
    length: u64,
    /// Given in place of the file.
    text: Option<Bytes>,
    /// Behind the file.
    tail: &'static [u8],
    untold: bool,
    endless: bool,
}

impl Source {
    async fn new(film: &Film, opened: File, faults: &[FilmFault]) -> Self {
        let (mut length, mut text, mut tail): (_, _, &[u8]) = (film.length, None, b"");
        let endless = faults.contains(&FilmFault::Endless);
        for fault in faults {
            match fault {
                FilmFault::Text(words) => {
                    (length, text) = (words.len() as u64, Some(Bytes::from(words.clone())));
                }
                FilmFault::Boxes => length = last_box(&film.path).await.unwrap_or(0),
                FilmFault::Tail => (length, tail) = (film.length + 3, b"abc"),
                _ => {}
            }
        }
        Self { opened, length, text, tail, untold: endless || faults.contains(&FilmFault::Chunked), endless }
    }

    /// So many of its bytes, from one on.
    async fn from(&mut self, first: u64, length: u64) -> io::Result<BoxStream<'static, io::Result<Bytes>>> {
        let at = |n: u64, len: usize| usize::try_from(n).unwrap_or(usize::MAX).min(len);
        if let Some(text) = &self.text {
            let text = text.slice(at(first, text.len())..at(first + length, text.len()));
            return Ok(stream::once(std::future::ready(Ok(text))).boxed());
        }
        let mut opened = self.opened.try_clone().await?;
        opened.seek(SeekFrom::Start(first)).await?;
        let film = ReaderStream::with_capacity(opened.take(length), 64 * 1024);
        let behind = first + length > self.length - self.tail.len() as u64 && !self.tail.is_empty();
        let tail = Bytes::from_static(if behind { self.tail } else { b"" });
        let film = film.chain(stream::once(std::future::ready(Ok(tail))));
        if !self.endless {
            return Ok(film.boxed());
        }
        let more = stream::repeat(Bytes::from(vec![0; 64 * 1024])).then(|piece| async {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            Ok(piece)
        });
        Ok(film.chain(more).boxed())
    }
}

/// Where the last box of a film begins that a player needs: what is free may be missing.
async fn last_box(path: &Path) -> io::Result<u64> {
    let bytes = tokio::fs::read(path).await?;
    let (mut at, mut last) = (0, 0);
    while let Some(size) = bytes.get(at..at + 4).and_then(|size| <[u8; 4]>::try_from(size).ok()) {
        if bytes.get(at + 4..at + 8) != Some(b"free") {
            last = at;
        }
        at += (u32::from_be_bytes(size) as usize).max(8);
    }
    Ok(last as u64)
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
