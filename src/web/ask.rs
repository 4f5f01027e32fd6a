//! What a person asks for on the page. Nothing is decided here: requests are left in the ledger, texts in the inbox.

use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::frame::{Visitor, message, trouble};
use super::house::House;
use super::letter::{self, Letter};
use crate::job::{Job, JobId};
use crate::ledger::{Ask, LedgerError, Requests};
use crate::mount::Dir;
use crate::outbox;

/// So long the daemon's answer is waited for before the page is shown again.
const ANSWER: Duration = Duration::from_secs(3);
/// So long a folder may take: a share may hang.
const SHARE: Duration = Duration::from_secs(15);

/// A person's word that it may be paid for once more.
#[derive(Deserialize)]
pub(super) struct Sure {
    sure: Option<String>,
}

/// What a person wrote.
#[derive(Deserialize)]
pub(super) struct Written {
    #[serde(default)]
    words: String,
}

/// Go on.
pub(super) async fn retry(
    State(house): State<Arc<House>>,
    Path(id): Path<i64>,
    visitor: Visitor,
) -> Response {
    leave(house, id, visitor, Ask::Retry { again: false }).await
}

/// Go on, and pay once more.
pub(super) async fn again(
    State(house): State<Arc<House>>,
    Path(id): Path<i64>,
    visitor: Visitor,
    Form(form): Form<Sure>,
) -> Response {
    if form.sure.as_deref() == Some("yes") {
        leave(house, id, visitor, Ask::Retry { again: true }).await
    } else {
        said(id, visitor, "not-sure")
    }
}

/// Give it up.
pub(super) async fn cancel(
    State(house): State<Arc<House>>,
    Path(id): Path<i64>,
    visitor: Visitor,
) -> Response {
    leave(house, id, visitor, Ask::Cancel).await
}

/// Answer the question.
pub(super) async fn answer(
    State(house): State<Arc<House>>,
    Path(id): Path<i64>,
    visitor: Visitor,
    Form(form): Form<Written>,
) -> Response {
    write(house, id, visitor, Letter::Answer, form.words).await
}

/// Say what is to be done to the finished film.
pub(super) async fn refine(
    State(house): State<Arc<House>>,
    Path(id): Path<i64>,
    visitor: Visitor,
    Form(form): Form<Written>,
) -> Response {
    write(house, id, visitor, Letter::Refine, form.words).await
}

/// Put the brake on.
pub(super) async fn pause(State(house): State<Arc<House>>, visitor: Visitor) -> Response {
    brake(house, visitor, true).await
}

/// Take the brake off.
pub(super) async fn resume(State(house): State<Arc<House>>, visitor: Visitor) -> Response {
    brake(house, visitor, false).await
}

async fn brake(house: Arc<House>, visitor: Visitor, on: bool) -> Response {
    let turn = move |house: &House| {
        let root = match house.folders() {
            Some(folders) => folders.top()?,
            None => Dir::open(&house.config().folders.root)?,
        };
        if on { outbox::put_on(&root) } else { outbox::take_off(&root) }
    };
    match on_a_share(&house, turn).await {
        Ok(_) => {
            // It is looked for once a second: let the next page know it already.
            let until = Instant::now() + ANSWER;
            while house.vitals.situation().paused != on && Instant::now() < until {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            to(&format!("/{}", visitor.carry))
        }
        Err(error) => share_trouble(visitor, &error),
    }
}

async fn leave(house: Arc<House>, id: i64, visitor: Visitor, ask: Ask) -> Response {
    let left = house.apart(move |house| leave_now(house, JobId(id), ask)).await;
    match left.and_then(|left| left.map_err(io::Error::other)) {
        Ok(None) => message(StatusCode::NOT_FOUND, visitor, "no-such-job"),
        Ok(Some(request)) => {
            let l = visitor.carry.replace('?', "&");
            to(&format!("/jobs/{id}?asked={request}{l}"))
        }
        Err(error) => trouble(visitor, &error),
    }
}

/// Leaves a request, and waits a moment for its answer.
fn leave_now(house: &House, job: JobId, ask: Ask) -> Result<Option<i64>, LedgerError> {
    if house.overview()?.job(job)?.is_none() {
        return Ok(None);
    }
    let requests = Requests::open(&house.ledger())?;
    let request = requests.leave(job, ask, House::now())?;
    tracing::info!(job.id = job.0, ?ask, "asked for on the page");
    let until = Instant::now() + ANSWER;
    while requests.answer(request)?.is_none() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(Some(request))
}

async fn write(house: Arc<House>, id: i64, visitor: Visitor, letter: Letter, words: String) -> Response {
    if words.trim().is_empty() {
        return said(id, visitor, "no-words");
    }
    let words = letter::as_file(&words);
    if words.len() > letter::MOST {
        return said(id, visitor, "too-many-words");
    }
    let found = house.apart(move |house| house.overview()?.job(JobId(id))).await;
    let job = match found.and_then(|found| found.map_err(io::Error::other)) {
        Ok(Some(job)) => job,
        Ok(None) => return message(StatusCode::NOT_FOUND, visitor, "no-such-job"),
        Err(error) => return trouble(visitor, &error),
    };
    match on_a_share(&house, move |house| put(house, &job, letter, &words)).await {
        Ok(()) if letter == Letter::Answer => said(id, visitor, "wrote-answer"),
        Ok(()) => said(id, visitor, "wrote-refine"),
        Err(error) => {
            tracing::warn!(%error, job.id = id, "a text of the page can't be put into the inbox");
            let is_long = error.kind() == ErrorKind::InvalidFilename;
            said(id, visitor, if is_long { "name-too-long" } else { "not-written" })
        }
    }
}

fn put(house: &House, job: &Job, letter: Letter, words: &str) -> io::Result<()> {
    let folders = house.folders().ok_or(ErrorKind::NotConnected)?;
    let name = letter::put(&folders.inbox()?, &folders.outbox()?, job, letter, words)?;
    tracing::info!(job.id = job.id.0, "a text of the page lies in the inbox as {name}");
    Ok(())
}

/// Does what asks a share, and does not wait for one that hangs.
async fn on_a_share<T: Send + 'static>(
    house: &Arc<House>,
    work: impl FnOnce(&House) -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    // A share that hangs must not take every thread that reads the ledger.
    let room = Arc::clone(&house.films).try_acquire_owned().map_err(|_| ErrorKind::ResourceBusy)?;
    let work = move |house: &House| {
        let _room = room;
        work(house)
    };
    match tokio::time::timeout(SHARE, house.apart(work)).await {
        Ok(done) => done?,
        Err(_) => Err(ErrorKind::TimedOut.into()),
    }
}

fn share_trouble(visitor: Visitor, error: &io::Error) -> Response {
    tracing::warn!(%error, "the page can't reach the folders");
    message(StatusCode::SERVICE_UNAVAILABLE, visitor, "share-silent")
}

fn said(id: i64, visitor: Visitor, said: &str) -> Response {
    let l = visitor.carry.replace('?', "&");
    to(&format!("/jobs/{id}?said={said}{l}"))
}

/// On to a page of ours: loading it again asks for nothing a second time.
pub(super) fn to(place: &str) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, place.to_owned())]).into_response()
}
