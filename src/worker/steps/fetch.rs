//! The film comes down beside its place: whole, checked and on disk before it gets a name.

use std::fs::File;
use std::io;

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;

use crate::api::{ApiError, ErrorKind, Resume};
use crate::job::{Code, Failure, Film, JobEvent, RenderId};
use crate::media::{self, Facts, FilmVerdict};
use crate::outbox::{Landing, NotWhole, Whole};
use crate::worker::Tools;
use crate::worker::claim::Claim;
use crate::worker::folders::{Place, blocking};
use crate::worker::stop::Stop;

/// Bytes gathered before they are written: a share likes large pieces.
const PIECE: usize = 512 * 1024;
/// No film is longer: 64 GiB. Whether there is room for one is another question.
const LONGEST: u64 = 64 << 30;

/// Fetches the film: from its address; where that is dead, from the one that the service names when asked once more;
/// and at last from the service itself.
pub(crate) async fn run(tools: &Tools, claim: &Claim) -> Result<Vec<JobEvent>, Stop> {
    let render = &claim.job().render;
    let id = render.id.clone().ok_or(Stop::Stale)?;
    if let Some(url) = &render.url
        && let Some(film) = fetch(tools, claim, &id, Some(url)).await?
    {
        return Ok(vec![JobEvent::Fetched { film }]);
    }
    let asked = tools.service.export_status(&id).await.ok().and_then(|render| render.url);
    if let Some(url) = asked
        && let Some(film) = fetch(tools, claim, &id, Some(&url)).await?
    {
        return Ok(vec![JobEvent::Fetched { film }]);
    }
    match land_from(tools, claim, &id, None).await {
        Ok(film) => Ok(vec![JobEvent::Fetched { film }]),
        Err(Tried::Dead(stop) | Tried::Stop(stop)) => Err(stop),
    }
}

/// The film from one address; `None` where that is dead or must not be followed.
async fn fetch(tools: &Tools, claim: &Claim, id: &RenderId, url: Option<&str>) -> Result<Option<Film>, Stop> {
    match land_from(tools, claim, id, url).await {
        Ok(film) => Ok(Some(film)),
        Err(Tried::Dead(_)) => Ok(None),
        Err(Tried::Stop(stop)) => Err(stop),
    }
}

/// Why one source did not give the film.
enum Tried {
    /// The address is dead, or must not be followed: the next one is tried at once.
    Dead(Stop),
    /// Anything else.
    Stop(Stop),
}

impl From<Stop> for Tried {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

async fn land_from(tools: &Tools, claim: &Claim, id: &RenderId, url: Option<&str>) -> Result<Film, Tried> {
    let at = claim.job().clip.path.parent();
    let outbox = tools.folders.open(Place::Outbox).await?;
    let free = outbox.free().map_err(|e| Stop::local("asking for room in the outbox", &e))?;
    let place = outbox.clone();
    let landing = blocking(move || Landing::start(&place, &at)).await.map_err(|e| writing(&e))?;
    let part = landing.part();
    let fetched = land(tools, claim, (id, url, free), landing).await;
    if fetched.is_err() {
        // Nothing of a film that did not come whole stays in the outbox.
        let _ = blocking(move || outbox.remove(&part)).await;
    }
    fetched
}

/// All of the film, over as many connections as it takes.
async fn land(
    tools: &Tools,
    claim: &Claim,
    source: (&RenderId, Option<&str>, u64),
    mut landing: Landing,
) -> Result<Film, Tried> {
    let mut resume = Resume { offset: 0, etag: None };
    let mut tries = 0;
    loop {
        tries += 1;
        let (back, outcome) = pull(tools, claim, source, landing, &mut resume).await?;
        landing = back;
        match outcome {
            Ok(len) => return Ok(check(landing, len).await?),
            Err(error) if is_dead(&error) => return Err(Tried::Dead(error.into())),
            Err(error) if tries < tools.config().jobs.max_attempts && may_resume(&error) => {
                tracing::debug!(job = %claim.id(), %error, "the film is fetched on");
                tools.rest(crate::job::retry_delay(tries, crate::worker::chance())).await?;
            }
            Err(error) => return Err(Tried::Stop(error.into())),
        }
    }
}

type Pulled = (Landing, Result<Option<u64>, ApiError>);

/// One connection's worth of the film. The landing comes back, whatever happened.
async fn pull(
    tools: &Tools,
    claim: &Claim,
    (id, url, room): (&RenderId, Option<&str>, u64),
    mut landing: Landing,
    resume: &mut Resume,
) -> Result<Pulled, Stop> {
    resume.offset = landing.len();
    let mut film = match tools.service.download(url, id, Some(resume.clone()), LONGEST).await {
        Ok(film) => film,
        Err(error) => return Ok((landing, Err(error))),
    };
    resume.etag = film.etag.take();
    if film.len.is_some_and(|len| len.saturating_sub(film.offset) > room) {
        return Err(writing(&io::ErrorKind::StorageFull.into()));
    }
    if film.offset != landing.len() {
        landing = blocking(move || landing.restart().map(|()| landing)).await.map_err(|e| writing(&e))?;
    }
    let mut gathered = BytesMut::with_capacity(PIECE);
    let ended = loop {
        match film.body.next().await {
            Some(Ok(bytes)) => gathered.extend_from_slice(&bytes),
            Some(Err(error)) => break Err(error),
            None => break Ok(film.len),
        }
        if gathered.len() >= PIECE {
            landing = write(landing, gathered.split().freeze()).await?;
            tools.progress.set(claim.id(), "fetch", landing.len(), film.len.unwrap_or(0));
        }
    };
    landing = write(landing, gathered.freeze()).await?;
    Ok((landing, ended))
}

async fn write(mut landing: Landing, bytes: Bytes) -> Result<Landing, Stop> {
    blocking(move || landing.write(&bytes).map(|()| landing)).await.map_err(|e| writing(&e))
}

async fn check(landing: Landing, announced: Option<u64>) -> Result<Film, Stop> {
    let part = landing.part();
    let done = tokio::task::spawn_blocking(move || {
        let mut facts = Facts::default();
        let whole = landing.finish(announced, |file, len| {
            facts = film(file, len)?;
            Ok(())
        });
        (whole, facts)
    });
    let (whole, facts) = done.await.map_err(|e| Stop::local("checking the film", &io::Error::other(e)))?;
    match whole {
        Ok(Whole { len, hash, .. }) => Ok(Film {
            temp: part,
            len,
            hash,
            duration_ms: facts.duration_ms,
            size: facts.width.zip(facts.height),
        }),
        Err(NotWhole::Io(error)) => Err(writing(&error)),
        Err(other) => Err(bad_film(&other)),
    }
}

fn film(file: &mut File, len: u64) -> Result<Facts, BadFilm> {
    match media::film(file, len).map_err(|e| BadFilm(e.to_string()))? {
        FilmVerdict::Whole(facts) => Ok(facts),
        FilmVerdict::Flawed(flaw) => Err(BadFilm(flaw.to_string())),
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct BadFilm(String);

fn bad_film(error: &NotWhole<BadFilm>) -> Stop {
    let why = match error {
        NotWhole::Film(why) => why.to_string(),
        other => other.to_string(),
    };
    Stop::failed(Failure::new(
        Code::BadFilm,
        format!("the film that came is not whole: {why}"),
        "It is fetched again by itself; nothing more is paid for it.",
    ))
}

/// An address that gives no film now and won't later.
fn is_dead(error: &ApiError) -> bool {
    error.kind == ErrorKind::Address
        || error.status.is_some_and(|status| (400..500).contains(&status) && status != 429)
}

/// A connection that broke is taken up where it broke.
fn may_resume(error: &ApiError) -> bool {
    matches!(error.kind, ErrorKind::CutShort | ErrorKind::TimedOut | ErrorKind::NoConnection)
}

fn writing(error: &io::Error) -> Stop {
    if matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
        return Stop::failed(Failure::new(
            Code::NoSpace,
            "the disk of the outbox became full while the film was being fetched",
            "Make room on that disk; it goes on by itself, and nothing more is paid.",
        ));
    }
    Stop::local("writing the film", error)
}
