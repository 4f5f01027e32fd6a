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
use super::letter::{self, Desk, Letter, Unput};
use super::share::{GivenUp, changes};
use crate::job::JobId;
use crate::ledger::{Ask, LedgerError, Requests};
use crate::mount::Dir;
use crate::outbox;

/// So long the daemon's answer is waited for before the page is shown again.
const ANSWER: Duration = Duration::from_secs(3);

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
    /// Which question is answered: a page that stood open may be about an earlier one.
    question: Option<u16>,
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
    write(house, id, visitor, Letter::Answer(form.question), form.words).await
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
    let turn = move |house: &House, given_up: &GivenUp| {
        let root = match house.folders() {
            Some(folders) => folders.top()?,
            None => Dir::open(&house.config().folders.root)?,
        };
        given_up.goes_on()?;
        if on { outbox::put_on(&root) } else { outbox::take_off(&root) }
    };
    match changes(&house, turn).await.and_then(|done| done) {
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
    if !letter::is_fit(letter, &words) {
        return said(id, visitor, "words-unfit");
    }
    let put = move |house: &House, given_up: &GivenUp| put(house, JobId(id), letter, &words, given_up);
    match changes(&house, put).await.map_err(Unput::Io).and_then(|put| put) {
        Ok(true) if letter == Letter::Refine => said(id, visitor, "wrote-refine"),
        Ok(true) => said(id, visitor, "wrote-answer"),
        Ok(false) => message(StatusCode::NOT_FOUND, visitor, "no-such-job"),
        Err(Unput::Said(why)) => said(id, visitor, why),
        Err(Unput::Io(error)) => {
            tracing::warn!(%error, job.id = id, "a text of the page can't be put into the inbox");
            let is_open = error.kind() == ErrorKind::TimedOut;
            said(id, visitor, if is_open { "not-known" } else { "not-written" })
        }
    }
}

/// Puts a text into the inbox, for the job as it stands now; `false` where there is none.
fn put(house: &House, id: JobId, letter: Letter, words: &str, given_up: &GivenUp) -> Result<bool, Unput> {
    let folders = house.folders().ok_or_else(|| Unput::Io(ErrorKind::NotConnected.into()))?;
    let desk = Desk { inbox: folders.inbox()?, outbox: folders.outbox()?, given_up };
    let job = house.overview().and_then(|view| view.job(id)).map_err(|e| Unput::Io(io::Error::other(e)))?;
    let Some(job) = job else { return Ok(false) };
    let name = letter::put(&desk, &job, letter, words)?;
    tracing::info!(job.id = id.0, "a text of the page lies in the inbox as {name}");
    Ok(true)
}

fn share_trouble(visitor: Visitor, error: &io::Error) -> Response {
    tracing::warn!(%error, "the page can't reach the folders");
    let is_open = error.kind() == ErrorKind::TimedOut;
    let said = if is_open { "share-unknown" } else { "share-silent" };
    message(StatusCode::SERVICE_UNAVAILABLE, visitor, said)
}

fn said(id: i64, visitor: Visitor, said: &str) -> Response {
    let l = visitor.carry.replace('?', "&");
    to(&format!("/jobs/{id}?said={said}{l}"))
}

/// On to a page of ours: loading it again asks for nothing a second time.
pub(super) fn to(place: &str) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, place.to_owned())]).into_response()
}
