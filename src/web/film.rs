//! Films and clips, played from the middle as from the start. They are opened as handles below the folders, where the
//! ledger says that they lie: no path of a request is ever opened.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path as FsPath;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, IF_RANGE, RANGE,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use tokio::sync::OwnedSemaphorePermit;

use super::frame::{Visitor, message};
use super::house::House;
use crate::job::{Job, JobEvent, JobId, RelPath, Stamp, Work};
use crate::ledger::Recorded;
use crate::media::Format;
use crate::mount::Dir;

/// What is read at once.
const PIECE: usize = 128 << 10;
/// So long a folder may take to answer: a share may hang.
const PATIENCE: Duration = Duration::from_secs(15);

/// A file that was found, and its media type.
struct Found {
    file: File,
    stamp: Stamp,
    mime: &'static str,
    name: Vec<u8>,
}

/// The finished film.
pub(super) async fn film(
    State(house): State<Arc<House>>,
    Path(id): Path<i64>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Response {
    send(house, visitor, headers, move |house| open_film(house, JobId(id))).await
}

/// The clip as it was dropped.
pub(super) async fn clip(
    State(house): State<Arc<House>>,
    Path(id): Path<i64>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Response {
    send(house, visitor, headers, move |house| open_clip(house, JobId(id))).await
}

async fn send(
    house: Arc<House>,
    visitor: Visitor,
    headers: HeaderMap,
    open: impl FnOnce(&House) -> Option<Found> + Send + 'static,
) -> Response {
    let Ok(room) = Arc::clone(&house.films).try_acquire_owned() else {
        return message(StatusCode::SERVICE_UNAVAILABLE, visitor, "too-many-films");
    };
    // A share that hangs keeps its room for as long: it must not take every thread that reads the ledger.
    let work = move |house: &House| (open(house), room);
    match tokio::time::timeout(PATIENCE, house.apart(work)).await {
        Ok(Ok((Some(found), room))) => answer(found, &headers, room),
        Ok(_) => message(StatusCode::NOT_FOUND, visitor, "no-such-film"),
        Err(_) => message(StatusCode::SERVICE_UNAVAILABLE, visitor, "share-silent"),
    }
}

/// A part of a project as it was dropped.
pub(super) async fn part(
    State(house): State<Arc<House>>,
    Path((id, n)): Path<(i64, usize)>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Response {
    send(house, visitor, headers, move |house| open_part(house, JobId(id), n)).await
}

/// The finished film; of a question, its answer.
fn open_film(house: &House, id: JobId) -> Option<Found> {
    let job = house.overview().ok()?.job(id).ok()??;
    let mime = if job.work == Work::Ask { "text/plain; charset=utf-8" } else { "video/mp4" };
    let path = job.delivered?;
    let opened = house.folders()?.outbox().ok()?.open_file(&path).ok()?;
    Some(Found { file: opened.file, stamp: opened.stamp, mime, name: path.name().to_vec() })
}

/// Where a clip lies, as the ledger says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum ClipAt {
    /// Where it was dropped.
    Inbox,
    /// It was put away, at this place.
    Kept(String),
}

/// Where the clip of a job lies; nothing where it is gone.
pub(super) fn where_is_clip(job: &Job, events: &[Recorded]) -> Option<ClipAt> {
    if !job.is_ended() || job.left {
        return Some(ClipAt::Inbox);
    }
    events.iter().rev().find_map(|recorded| match &recorded.event {
        JobEvent::Tidied { clip_at, .. } => Some(clip_at.clone().map(ClipAt::Kept)),
        _ => None,
    })?
}

fn open_clip(house: &House, id: JobId) -> Option<Found> {
    let (job, at) = dropped(house, id)?;
    let (dir, path) = place(house, &job, &at, &job.clip.path)?;
    open_same(&dir, &path, &job.clip.stamp)
}

fn open_part(house: &House, id: JobId, n: usize) -> Option<Found> {
    let (job, at) = dropped(house, id)?;
    let part = job.work.project()?.parts.get(n.checked_sub(1)?)?;
    let (dir, path) = place(house, &job, &at, &part.path)?;
    open_same(&dir, &path, &part.stamp)
}

/// A job, and where what was dropped for it lies.
fn dropped(house: &House, id: JobId) -> Option<(Job, ClipAt)> {
    let view = house.overview().ok()?;
    let job = view.job(id).ok()??;
    let at = where_is_clip(&job, &view.events(id).ok()?)?;
    Some((job, at))
}

/// A folder, and the place below it, of a file of a job that was dropped at `path`. Of a project that was put away it is
/// known where its first part lies.
fn place(house: &House, job: &Job, at: &ClipAt, path: &RelPath) -> Option<(Dir, RelPath)> {
    let (folders, config) = (house.folders()?, house.config());
    let ClipAt::Kept(place) = at else { return Some((folders.inbox().ok()?, path.clone())) };
    let kept = |folder: &FsPath| {
        let kept = below(folder, FsPath::new(place))?;
        let Some(project) = job.work.project() else { return Some(kept) };
        let within = project.folder.as_bytes();
        let first = project.parts.first()?.path.as_bytes().strip_prefix(within)?;
        let rest = path.as_bytes().strip_prefix(within)?;
        RelPath::from_bytes(&[kept.as_bytes().strip_suffix(first)?, rest].concat())
    };
    match (kept(&config.folders.archive), kept(&config.folders.failed)) {
        (Some(path), _) => Some((folders.archive().ok()?, path)),
        (None, Some(path)) => Some((folders.failed().ok()?, path)),
        (None, None) => None,
    }
}

fn below(folder: &FsPath, place: &FsPath) -> Option<RelPath> {
    RelPath::from_bytes(place.strip_prefix(folder).ok()?.as_os_str().as_bytes())
}

/// The file, where it still is the one that the job is about: another one of that name may be anybody's.
fn open_same(dir: &Dir, path: &RelPath, known: &Stamp) -> Option<Found> {
    let opened = dir.open_file(path).ok()?;
    let mime = Format::from_extension(path.extension())?.mime();
    let name = path.name().to_vec();
    let (file, stamp) = (opened.file, opened.stamp);
    stamp.same_but_numbers(known).then_some(Found { file, stamp, mime, name })
}

fn answer(found: Found, headers: &HeaderMap, room: OwnedSemaphorePermit) -> Response {
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
    let body = body(found.file, part, room);
    match of_part {
        Some(of_part) => (status, fixed, of_part, body).into_response(),
        None => (status, fixed, body).into_response(),
    }
}

/// What of a file is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Asked {
    All,
    Part(Range<u64>),
    Nothing,
}

/// One range of bytes; several, or what can't be read, mean all of it.
fn asked(range: &str, size: u64) -> Asked {
    let Some((from, to)) = range.trim().strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Asked::All;
    };
    let (from, to) = (from.trim(), to.trim());
    let number = |text: &str| text.parse::<u64>().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
    let range = match (number(from), number(to)) {
        (Some(from), Some(to)) if to >= from => from..to.saturating_add(1).min(size),
        (Some(from), None) if to.is_empty() => from..size,
        (None, Some(last)) if from.is_empty() => size.saturating_sub(last)..size,
        _ => return Asked::All,
    };
    if range.start < range.end { Asked::Part(range) } else { Asked::Nothing }
}

/// The bytes, piece by piece, each read where it may block. The room is held until the last one.
fn body(file: File, part: Range<u64>, room: OwnedSemaphorePermit) -> Body {
    let first = (file, part, room);
    Body::from_stream(stream::try_unfold(first, |(mut file, part, room)| async move {
        if part.start >= part.end {
            return Ok::<_, io::Error>(None);
        }
        let read = tokio::task::spawn_blocking(move || {
            let most = usize::try_from(part.end - part.start).unwrap_or(PIECE).min(PIECE);
            let mut piece = vec![0; most];
            file.seek(SeekFrom::Start(part.start))?;
            file.read_exact(&mut piece)?;
            Ok::<_, io::Error>((Bytes::from(piece), (file, part.start + most as u64..part.end, room)))
        });
        let (piece, left) = read.await.map_err(io::Error::other)??;
        Ok(Some((piece, left)))
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
    fn one_range_is_understood() {
        for (range, want) in [
            ("bytes=0-", Asked::Part(0..100)),
            ("bytes=0-0", Asked::Part(0..1)),
            ("bytes=10-19", Asked::Part(10..20)),
            ("bytes=90-999", Asked::Part(90..100)),
            ("bytes=-10", Asked::Part(90..100)),
            ("bytes=-999", Asked::Part(0..100)),
            ("bytes=100-", Asked::Nothing),
            ("bytes=-0", Asked::Nothing),
            ("bytes=20-10", Asked::All),
            ("bytes=0-1,5-6", Asked::All),
            ("bytes=+1-2", Asked::All),
            ("lines=1-2", Asked::All),
            ("bytes=18446744073709551615-18446744073709551615", Asked::Nothing),
        ] {
            assert_eq!(asked(range, 100), want, "{range}");
        }
        assert_eq!(asked("bytes=0-", 0), Asked::Nothing);
    }

    #[test]
    fn only_what_lies_below_is_opened() {
        let archive = FsPath::new("/srv/clips/archive");
        assert_eq!(below(archive, FsPath::new("/srv/clips/archive/a/b.mp4")).unwrap().as_bytes(), b"a/b.mp4");
        for place in ["/srv/clips/archive2/x", "/etc/passwd", "/srv/clips/archive/../../x"] {
            assert_eq!(below(archive, FsPath::new(place)), None, "{place}");
        }
        assert_eq!(encoded("a b\n\"é.mp4".as_bytes()), "a%20b%0A%22%C3%A9.mp4");
    }
}
