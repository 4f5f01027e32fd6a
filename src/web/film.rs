//! Films and clips, played from the middle as from the start. They are opened as handles below the folders, where the
//! ledger says that they lie: no path of a request is ever opened.

use std::os::unix::ffi::OsStrExt as _;
use std::path::Path as FsPath;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::frame::{Visitor, message};
use super::house::House;
use super::sent::{Found, sent};
use super::share::reads;
use crate::job::{Job, JobEvent, JobId, RelPath, Stamp, Work};
use crate::ledger::Recorded;
use crate::media::Format;
use crate::mount::Dir;
use crate::worker::{report_of, shown_address};

/// What texts are served as.
const TEXT: &str = "text/plain; charset=utf-8";
/// The finished film.
pub(super) async fn film(
    State(house): State<Arc<House>>,
    Path(id): Path<i64>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Response {
    send(house, visitor, headers, move |house| open_film(house, JobId(id))).await
}

/// The report beside the finished film.
pub(super) async fn report(
    State(house): State<Arc<House>>,
    Path(id): Path<i64>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Response {
    send(house, visitor, headers, move |house| open_report(house, JobId(id))).await
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
    match reads(&house, open).await {
        Ok(Some(found)) => sent(house, found, &headers),
        Ok(None) => message(StatusCode::NOT_FOUND, visitor, "no-such-film"),
        Err(said) => message(StatusCode::SERVICE_UNAVAILABLE, visitor, said),
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

/// The address that was dropped, as people may see it.
pub(super) async fn address(
    State(house): State<Arc<House>>,
    Path(id): Path<i64>,
    visitor: Visitor,
) -> Response {
    let read = move |house: &House| {
        let (job, at) = dropped(house, JobId(id))?;
        let (dir, path) = place(house, &job, &at, &job.clip.path)?;
        shown_address(&dir, &path, &job.clip.stamp).filter(|_| job.work == Work::Address)
    };
    match reads(&house, read).await {
        Ok(Some(address)) => ([(CONTENT_TYPE, TEXT)], address + "\n").into_response(),
        Ok(None) => message(StatusCode::NOT_FOUND, visitor, "no-such-film"),
        Err(said) => message(StatusCode::SERVICE_UNAVAILABLE, visitor, said),
    }
}

/// The finished film; of a question, its answer.
fn open_film(house: &House, id: JobId) -> Option<Found> {
    let job = house.overview().ok()?.job(id).ok()??;
    let mime = if job.work == Work::Ask { TEXT } else { "video/mp4" };
    found(house, &job.delivered?, mime)
}

fn open_report(house: &House, id: JobId) -> Option<Found> {
    let job = house.overview().ok()?.job(id).ok()??;
    found(house, &report_of(&job)?, TEXT)
}

fn found(house: &House, path: &RelPath, mime: &'static str) -> Option<Found> {
    let opened = house.folders()?.outbox().ok()?.open_file(path).ok()?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_below_is_opened() {
        let archive = FsPath::new("/srv/clips/archive");
        assert_eq!(below(archive, FsPath::new("/srv/clips/archive/a/b.mp4")).unwrap().as_bytes(), b"a/b.mp4");
        for place in ["/srv/clips/archive2/x", "/etc/passwd", "/srv/clips/archive/../../x"] {
            assert_eq!(below(archive, FsPath::new(place)), None, "{place}");
        }
    }
}
