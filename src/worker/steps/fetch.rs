//! The film comes down beside its place: whole, checked and on disk before it gets a name.

use std::fs::File;
use std::io;

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;

use crate::api::{ApiError, ErrorKind, Resume};
use crate::job::{Code, Failure, Film, JobEvent, RelPath, RenderId};
use crate::media::{self, Facts, FilmVerdict};
use crate::mount::Dir;
use crate::outbox::{Landing, NotWhole, Whole};
use crate::worker::Tools;
use crate::worker::claim::Claim;
use crate::worker::folders::{Place, blocking};
use crate::worker::stop::Stop;

use super::export::IDS;

/// Bytes gathered before they are written: a share likes large pieces.
const PIECE: usize = 512 * 1024;

/// The longest film taken, in bytes: what announces more, or goes on beyond it, is none.
const LONGEST: u64 = 64 << 30;
/// Connections that brought nothing before a source is given up.
const FRUITLESS: u32 = 2;
/// How many times a film's length may come before a source is given up that begins again and again.
const TIMES: u64 = 6;

/// Fetches the film: from its address; where that gives none, from the one that the service names when asked once more;
/// and at last from the service itself. One follows the other at once. A film that is gone everywhere is rendered anew.
pub(crate) async fn run(tools: &Tools, claim: &Claim) -> Result<Vec<JobEvent>, Stop> {
    let render = &claim.job().render;
    let id = render.id.clone().ok_or(Stop::Stale)?;
    let mut lacks: Vec<Lack> = Vec::new();
    if let Some(url) = &render.url {
        match land_from(tools, claim, &id, Some(url)).await {
            Ok(film) => return Ok(vec![JobEvent::Fetched { film }]),
            Err(tried) => lacks.push(tried.lack()?),
        }
    }
    let asked = tools.service.export_status(&id).await.ok().and_then(|render| render.url);
    if let Some(url) = asked.filter(|asked| Some(asked) != render.url.as_ref()) {
        match land_from(tools, claim, &id, Some(&url)).await {
            Ok(film) => return Ok(vec![JobEvent::Fetched { film }]),
            Err(tried) => lacks.push(tried.lack()?),
        }
    }
    match land_from(tools, claim, &id, None).await {
        Ok(film) => return Ok(vec![JobEvent::Fetched { film }]),
        Err(tried) => lacks.push(tried.lack()?),
    }
    if lacks.iter().all(Lack::is_gone) && render.failed + 1 < IDS {
        return Ok(vec![JobEvent::RenderFailed { message: "its film is not to be had any more".to_owned() }]);
    }
    // A service that keeps no films of its own: what was wrong with the address tells more.
    let at = if lacks.last().is_some_and(Lack::is_missing) { 0 } else { lacks.len() - 1 };
    Err(lacks.swap_remove(at).stop)
}

/// Why one source did not give the film.
enum Tried {
    /// It gives none: the next source is tried at once.
    Source(Lack),
    /// Nothing that another source would mend.
    Stop(Stop),
}

impl Tried {
    fn lack(self) -> Result<Lack, Stop> {
        match self {
            Self::Source(lack) => Ok(lack),
            Self::Stop(stop) => Err(stop),
        }
    }
}

/// A source that gives no film.
struct Lack {
    /// What it means if there is no other.
    stop: Stop,
    /// The HTTP status it answered with, where that was what was wrong.
    status: Option<u16>,
}

impl Lack {
    /// There is nothing of that name.
    fn is_missing(&self) -> bool {
        matches!(self.status, Some(404 | 405 | 410))
    }

    /// It was there once, or may have been, and won't come back.
    fn is_gone(&self) -> bool {
        self.is_missing() || self.status == Some(403)
    }
}

impl From<Stop> for Tried {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

impl From<ApiError> for Tried {
    fn from(error: ApiError) -> Self {
        let status = error.status;
        Self::Source(Lack { stop: error.into(), status })
    }
}

/// Where a film is fetched from, and how much room there is for it.
#[derive(Clone, Copy)]
struct Source<'a> {
    id: &'a RenderId,
    url: Option<&'a str>,
    room: Room,
}

async fn land_from(tools: &Tools, claim: &Claim, id: &RenderId, url: Option<&str>) -> Result<Film, Tried> {
    let at = claim.job().home();
    let outbox = tools.folders.open(Place::Outbox).await?;
    let free = outbox.free().map_err(|e| Stop::local("asking for room in the outbox", &e))?;
    let room = Room { free, spare: tools.config().folders.min_free };
    let place = outbox.clone();
    let landing = blocking(move || Landing::start(&place, &at)).await.map_err(|e| writing(&e))?;
    let mut part = Part { outbox: outbox.clone(), at: landing.part(), settled: false };
    let fetched = land(tools, claim, Source { id, url, room }, landing).await;
    if fetched.is_err() {
        // Nothing of a film that did not come whole stays in the outbox.
        let at = part.at.clone();
        let _ = blocking(move || outbox.remove(&at)).await;
    }
    part.settled = true;
    fetched
}

/// The hidden file of a film on its way. Where the step is cut off in the middle it goes as well.
struct Part {
    outbox: Dir,
    at: RelPath,
    settled: bool,
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.settled {
            let (outbox, at) = (self.outbox.clone(), self.at.clone());
            // A share may hang: nobody waits for this.
            drop(std::thread::Builder::new().name("part".into()).spawn(move || outbox.remove(&at)));
        }
    }
}

/// All of the film, over as many connections as it takes.
async fn land(tools: &Tools, claim: &Claim, source: Source<'_>, mut landing: Landing) -> Result<Film, Tried> {
    let mut resume = Resume::default();
    let mut coming = Coming::default();
    loop {
        let (back, came, outcome) = pull(tools, claim, source, landing, &mut resume).await?;
        landing = back;
        let error = match outcome {
            Ok(len) => return check(landing, len).await,
            Err(error) => error,
        };
        let most = if landing.is_empty() { FRUITLESS } else { tools.config().jobs.max_attempts };
        let tries = coming.broke(came, landing.len(), resume.total);
        if tries >= most || !may_resume(&error, &landing) {
            return Err(error.into());
        }
        tracing::debug!(job = %claim.id(), %error, "the film is fetched on");
        tools.rest(crate::job::retry_delay(tries, crate::worker::chance())).await?;
    }
}

/// How a film comes over connections that break.
#[derive(Default, Debug)]
struct Coming {
    /// Connections since it last came on.
    tries: u32,
    /// The most of it that was ever here.
    most_here: u64,
    /// Bytes of all connections.
    came: u64,
}

impl Coming {
    /// A connection broke that brought `came` bytes, of a film of `total`; `here` are here now. The number of the try
    /// that failed, beyond all limits where too many bytes came for one film.
    fn broke(&mut self, came: u64, here: u64, total: Option<u64>) -> u32 {
        self.tries += 1;
        self.came = self.came.saturating_add(came);
        let tries = self.tries;
        // A long film over a poor line breaks often; as long as it comes on, that is no reason to give it up. What comes
        // once more from the beginning is nothing new.
        if here >= self.most_here.saturating_add(PIECE as u64) {
            self.tries = 0;
        }
        self.most_here = self.most_here.max(here);
        let length = total.unwrap_or(0).max(self.most_here);
        if self.came > length.saturating_mul(TIMES) { u32::MAX } else { tries }
    }
}

/// The landing, the bytes that came, and how it ended.
type Pulled = (Landing, u64, Result<Option<u64>, ApiError>);

/// One connection's worth of the film. The landing comes back, whatever happened.
async fn pull(
    tools: &Tools,
    claim: &Claim,
    source: Source<'_>,
    mut landing: Landing,
    resume: &mut Resume,
) -> Result<Pulled, Stop> {
    resume.offset = landing.len();
    let mut film = match tools.service.download(source.url, source.id, Some(resume.clone()), LONGEST).await {
        Ok(film) => film,
        Err(error) => return Ok((landing, 0, Err(error))),
    };
    (resume.same, resume.total) = (film.same.take(), film.len);
    if film.offset != landing.len() {
        landing = blocking(move || landing.restart().map(|()| landing)).await.map_err(|e| writing(&e))?;
    }
    let before = landing.len();
    // What is here already is not free any more, but counts to the film's length.
    let room = source.room;
    room.holds(film.len.unwrap_or(0), film.len.is_some())?;
    let mut gathered = BytesMut::with_capacity(PIECE);
    let ended = loop {
        match film.body.next().await {
            Some(Ok(bytes)) => gathered.extend_from_slice(&bytes),
            Some(Err(error)) => break Err(error),
            None => break Ok(film.len),
        }
        if gathered.len() >= PIECE {
            room.holds(landing.len() + gathered.len() as u64, film.len.is_some())?;
            landing = write(landing, gathered.split().freeze()).await?;
            tools.progress.set(claim.id(), "fetch", landing.len(), film.len.unwrap_or(0));
        }
    };
    landing = write(landing, gathered.freeze()).await?;
    let came = landing.len() - before;
    Ok((landing, came, ended))
}

/// The room for one film, as it was when it began to come.
#[derive(Clone, Copy, Debug)]
struct Room {
    free: u64,
    /// What stays free where nobody knows how much is still to come.
    spare: u64,
}

impl Room {
    /// Whether so much of a film fits: all of it where its length is `known`, else what came so far.
    fn holds(self, len: u64, known: bool) -> Result<(), Stop> {
        let room = if known { self.free } else { self.free.saturating_sub(self.spare) };
        if len <= room { Ok(()) } else { Err(writing(&io::ErrorKind::StorageFull.into())) }
    }
}

async fn write(mut landing: Landing, bytes: Bytes) -> Result<Landing, Stop> {
    blocking(move || landing.write(&bytes).map(|()| landing)).await.map_err(|e| writing(&e))
}

async fn check(landing: Landing, announced: Option<u64>) -> Result<Film, Tried> {
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
        Err(NotWhole::Io(error)) => Err(writing(&error).into()),
        Err(other) => Err(Tried::Source(Lack { stop: bad_film(&other), status: None })),
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

/// A connection that broke is taken up where it broke; one that was never made only if something came before.
fn may_resume(error: &ApiError, landing: &Landing) -> bool {
    match error.kind {
        ErrorKind::CutShort | ErrorKind::TimedOut => true,
        ErrorKind::NoConnection => !landing.is_empty(),
        _ => false,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What a source brings, connection by connection, until it is given up; how many there were, and how many bytes.
    fn brought(from: impl Iterator<Item = (u64, u64)>, total: Option<u64>) -> (usize, u64) {
        let (mut coming, mut count) = (Coming::default(), 0);
        for (came, here) in from.take(10_000) {
            count += 1;
            if coming.broke(came, here, total) >= 5 {
                break;
            }
        }
        (count, coming.came)
    }

    #[test]
    fn a_source_that_begins_again_and_again_is_given_up_and_one_that_comes_on_is_not() {
        let piece = PIECE as u64;
        let total = 100 * piece;
        // Broken off after each piece, and taken up there.
        let on = (1..=99).map(|n| (piece, n * piece));
        assert_eq!(brought(on, Some(total)), (99, 99 * piece));
        // From the beginning each time, cut now here and now there.
        let (count, _) =
            brought((0..).map(|n| [(20, 20), (60, 60)][n % 2]).map(|(a, b)| (a * piece, b * piece)), None);
        assert!(count <= 7, "{count} times");
        // From the beginning each time, and each time a little more of it.
        for total in [Some(total), None] {
            let (_, came) = brought((1..=99).map(|n| (n * piece, n * piece)), total);
            assert!(came <= 7 * 100 * piece, "{} pieces", came / piece);
        }
        // Nothing new.
        assert_eq!(brought((0..).map(|_| (0, 0)), None).0, 5);
    }

    #[test]
    fn a_film_that_does_not_fit_waits_for_room() {
        let room = Room { free: 1000, spare: 300 };
        let table = [(1000, true, true), (1001, true, false), (700, false, true), (701, false, false)];
        for (len, known, fits) in table {
            assert_eq!(room.holds(len, known).is_ok(), fits, "{len} {known}");
        }
        let Err(Stop::Failed { failure, .. }) = room.holds(1 << 40, true) else { panic!("it fits") };
        assert_eq!(failure.code, Code::NoSpace);
    }
}
