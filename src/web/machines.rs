//! Addresses for programs rather than people: metrics, health, and the jobs as JSON.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use serde::Serialize;

use super::exposition;
use super::house::House;
use super::metrics::{self, Facts};
use super::probes::{self, Alive, Health, Ready};
use crate::job::{Job, JobId};
use crate::words::{self, JobLine};

/// Jobs on a page, where not said otherwise, and at most.
const USUAL: u32 = 100;
const MOST: u32 = 1000;
/// The states that a job can be in.
const STATES: [&str; 6] = ["queued", "working", "waiting", "delivered", "failed", "cancelled"];

/// What is kept between requests.
struct Kept {
    health: Health,
    /// When the process began.
    began: i64,
}

/// What programs ask for: it stands behind the same doors as the pages.
pub(super) fn routes() -> Router<Arc<House>> {
    let kept = Arc::new(Kept { health: Health::default(), began: House::now().0 });
    Router::new()
        .route("/metrics", get(metrics))
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/api/v1/jobs", get(jobs))
        .layer(Extension(kept))
}

async fn metrics(State(house): State<Arc<House>>, Extension(kept): Extension<Arc<Kept>>) -> Response {
    let read = house.apart(|house| Facts::read(&house.overview()?));
    let facts = match tokio::time::timeout(probes::LEDGER, read).await {
        Ok(Ok(Ok(facts))) => Some(facts),
        _ => None,
    };
    let text = metrics::text(facts.as_ref(), &house.vitals, kept.began);
    ([(CONTENT_TYPE, HeaderValue::from_static(exposition::CONTENT_TYPE))], text).into_response()
}

async fn healthz(State(house): State<Arc<House>>, Extension(kept): Extension<Arc<Kept>>) -> Response {
    let silent = kept.health.silent(&house.vitals).await;
    let alive = silent.is_empty();
    json(is_well(alive), &Alive { alive, silent })
}

async fn readyz(State(house): State<Arc<House>>) -> Response {
    let held = probes::folders_held(&house).await;
    let ready = Ready::new(&house.vitals.situation(), held);
    json(is_well(ready.ready), &ready)
}

const fn is_well(well: bool) -> StatusCode {
    if well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}

/// A page of jobs.
#[derive(Serialize)]
struct Page<'a> {
    /// The same objects as `dakbox jobs --json` has, newest first.
    jobs: Vec<JobLine<'a>>,
    /// What `after` has to be for the page after this; `null`: there is none.
    next: Option<i64>,
}

/// Why a request is not answered.
#[derive(Serialize)]
struct Wrong<'a> {
    error: &'a str,
}

async fn jobs(State(house): State<Arc<House>>, Query(asked): Query<BTreeMap<String, String>>) -> Response {
    let asked = match Asked::read(&asked) {
        Ok(asked) => asked,
        Err(error) => return json(StatusCode::BAD_REQUEST, &Wrong { error }),
    };
    // One more tells whether there is another page.
    let (state, after, most) = (asked.state, asked.after, asked.limit + 1);
    let read = house.apart(move |house| house.overview()?.jobs_after(state, after, most));
    let Ok(Ok(mut jobs)) = read.await else {
        return json(StatusCode::SERVICE_UNAVAILABLE, &Wrong { error: "the ledger can't be read" });
    };
    let more = jobs.len() > asked.limit as usize;
    jobs.truncate(asked.limit as usize);
    let next = jobs.last().filter(|_| more).map(|job: &Job| job.id.0);
    json(StatusCode::OK, &Page { jobs: jobs.iter().map(JobLine::from).collect(), next })
}

/// Which jobs are asked for.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    state: Option<&'static str>,
    after: Option<JobId>,
    limit: u32,
}

impl Asked {
    /// What is not understood is refused: a filter that is left out would answer another question.
    fn read(asked: &BTreeMap<String, String>) -> Result<Self, &'static str> {
        let mut read = Self { state: None, after: None, limit: USUAL };
        for (key, value) in asked {
            match key.as_str() {
                "state" => {
                    let state = STATES.into_iter().find(|state| state == value);
                    read.state = Some(state.ok_or("state is one of those that `dakbox jobs` knows")?);
                }
                "after" => {
                    let id = value.parse().ok().filter(|id| *id >= 0);
                    read.after = Some(JobId(id.ok_or("after is the number of a job")?));
                }
                "limit" => {
                    let limit = value.parse().ok().filter(|limit| (1..=MOST).contains(limit));
                    read.limit = limit.ok_or("limit is a number from 1 to 1000")?;
                }
                _ => return Err("only state, after and limit can be asked for"),
            }
        }
        Ok(read)
    }
}

fn json(status: StatusCode, object: &impl Serialize) -> Response {
    match words::json_line(object) {
        Ok(line) => {
            (status, [(CONTENT_TYPE, HeaderValue::from_static("application/json"))], line).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_understood_is_refused() {
        let read = |query: &str| {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            Asked::read(&pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect())
        };
        assert_eq!(read(""), Ok(Asked { state: None, after: None, limit: 100 }));
        assert_eq!(
            read("state=failed&after=7&limit=1000"),
            Ok(Asked { state: Some("failed"), after: Some(JobId(7)), limit: 1000 })
        );
        for wrong in
            ["state=done", "state=", "after=x", "after=-1", "limit=0", "limit=1001", "limit=1e3", "sort=id"]
        {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
