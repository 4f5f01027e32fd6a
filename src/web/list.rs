//! All jobs there ever were, newest first, a page at a time.

use std::io;
use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::fit::in_full;
use super::frame::{Frame, Visitor, page, trouble};
use super::house::House;
use super::row::{When, shape};
use crate::job::Job;
use crate::ledger::Summary;
use crate::words::{About, Tongue, shown_name};

/// Jobs on a page.
const MOST: u32 = 50;
/// The states there are.
const STATES: [&str; 7] = ["queued", "working", "waiting", "delivered", "answered", "failed", "cancelled"];

/// What of them.
#[derive(Deserialize, Default)]
pub(super) struct Of {
    state: Option<String>,
    #[serde(default)]
    page: u32,
}

struct Line {
    id: i64,
    number: String,
    class: &'static str,
    shape: &'static str,
    state: String,
    short: String,
    whole: String,
    code: &'static str,
    when: When,
}

struct Filter {
    href: String,
    label: String,
    count: Option<String>,
    is_on: bool,
}

#[derive(Template)]
#[template(path = "jobs.html")]
struct Jobs {
    p: Frame,
    filters: Vec<Filter>,
    lines: Vec<Line>,
    newer: Option<String>,
    older: Option<String>,
}

/// The list.
pub(super) async fn jobs(
    State(house): State<Arc<House>>,
    of: Result<Query<Of>, QueryRejection>,
    visitor: Visitor,
) -> Response {
    // An address that somebody spoilt leads to the first page.
    let Query(of) = of.unwrap_or_default();
    let state = of.state.as_deref().and_then(|state| STATES.into_iter().find(|known| *known == state));
    let skip = of.page.saturating_mul(MOST);
    let look = move |house: &House| {
        let view = house.overview()?;
        Ok::<_, crate::ledger::LedgerError>((view.some_jobs(state, skip, MOST + 1)?, view.summary()?))
    };
    let found = house.apart(look).await.and_then(|found| found.map_err(io::Error::other));
    let (jobs, sum) = match found {
        Ok(found) => found,
        Err(error) => return trouble(visitor, &error),
    };
    let (t, now) = (visitor.tongue(), House::now());
    let l = visitor.carry.replace('?', "&");
    let of_page = |page: u32| {
        let state = state.map(|state| format!("&state={state}")).unwrap_or_default();
        format!("page={page}{state}")
    };
    let to = |page: u32| format!("/jobs?{}{l}", of_page(page));
    let jobs_shown = jobs.iter().take(MOST as usize);
    let list = Jobs {
        p: visitor.frame("/jobs", t.word("nav-jobs")).of_query(&of_page(of.page)),
        filters: filters(t, &l, state, &sum),
        lines: jobs_shown.map(|job| line(t, job, now)).collect(),
        newer: (of.page > 0).then(|| to(of.page - 1)),
        older: (jobs.len() > MOST as usize).then(|| to(of.page + 1)),
    };
    page(StatusCode::OK, visitor.lang, &list)
}

fn filters(t: Tongue, l: &str, on: Option<&str>, sum: &Summary) -> Vec<Filter> {
    let counts =
        [sum.queued, sum.working, sum.waiting, sum.delivered, sum.answered, sum.failed, sum.cancelled];
    let all = Filter {
        href: format!("/jobs?page=0{l}"),
        label: t.word("all-jobs"),
        count: None,
        is_on: on.is_none(),
    };
    let one = |(state, count): (&str, u64)| Filter {
        href: format!("/jobs?state={state}{l}"),
        label: t.word(&format!("state-{state}")),
        count: Some(t.number(&count.to_string())),
        is_on: on == Some(state),
    };
    std::iter::once(all).chain(STATES.into_iter().zip(counts).map(one)).collect()
}

fn line(t: Tongue, job: &Job, now: crate::job::Moment) -> Line {
    let name = job.dropped().to_string();
    let class = match job.state() {
        "waiting" => "waits",
        "delivered" | "answered" => "done",
        "failed" => "failed",
        "cancelled" | "queued" => "seen",
        _ => "work",
    };
    Line {
        id: job.id.0,
        number: t.number(&job.id.to_string()),
        class,
        shape: shape(class),
        state: t.word(&format!("state-{}", job.state())),
        short: shown_name(&name),
        whole: in_full(&name),
        code: job.code().map(crate::job::Code::as_str).unwrap_or_default(),
        when: When::of(t, job.changed, now),
    }
}

impl Jobs {
    /// What is said where there are none.
    fn none(&self) -> String {
        self.p.t.say("no-jobs", About::default())
    }
}
