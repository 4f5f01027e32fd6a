//! A job's page: its story, the draft, what stands beside them, and what one can do.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::acts::{acts, reason};
use super::beside::films;
use super::fit::{ROOM, beginning, in_full};
use super::frame::{Frame, Visitor, message, page, trouble};
use super::heavy::heavy;
use super::house::House;
use super::html::{Html, made};
use super::kept::Which;
use super::look::{has_report, moved};
use super::parts::{Part, Parts};
use super::row::{When, note, shape};
use super::tongue::Lang;
use crate::job::{Code, Job, JobId};
use crate::ledger::{Recorded, Requests};
use crate::words::{About, Note, Paid, Tongue, safe_link, shown_name};
use crate::worker::{Around, short_answer};

/// The room of a question of the service.
const QUESTION: usize = 6_000;

/// What an address may tell besides its job.
#[derive(Deserialize, Default)]
pub(super) struct Told {
    /// A request that was just left.
    asked: Option<i64>,
    /// What was just written, or why it was not.
    said: Option<String>,
}

#[derive(Template)]
#[template(path = "job.html")]
struct JobPage {
    p: Frame,
    parts: Arc<Parts>,
    /// What can be done stands before the story where something must be.
    acts_first: bool,
    /// What came out is what people come for: where what it was made of is there, both stand side by side above all.
    films_at: FilmsAt,
    told: Option<(&'static str, String, Option<String>)>,
}

/// Where the films stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FilmsAt {
    Top,
    Story,
    Side,
}

/// A job's page.
pub(super) async fn job(
    State(house): State<Arc<House>>,
    id: Result<Path<i64>, PathRejection>,
    told: Result<Query<Told>, QueryRejection>,
    visitor: Visitor,
) -> Response {
    let Ok(Path(id)) = id else { return message(StatusCode::NOT_FOUND, visitor, "no-such-job") };
    let Query(told) = told.unwrap_or_default();
    let parts = match parts(&house, JobId(id), visitor.lang).await {
        Ok(parts) if parts.0.is_empty() => return message(StatusCode::NOT_FOUND, visitor, "no-such-job"),
        Ok(parts) => parts,
        Err(error) => return trouble(visitor, &error),
    };
    let t = visitor.tongue();
    let title = t.say("job-title", About::default().with("job", t.number(&id.to_string())));
    // What somebody is typing would be gone with a page that is loaded anew.
    let refreshes = !parts.of("do").0.contains("<textarea");
    let p = Frame { refreshes, ..visitor.frame(&format!("/jobs/{id}"), title).live(&format!("job-{id}")) };
    let told = match (told.asked, told.said.as_deref()) {
        (Some(asked), _) => {
            let answer = house.apart(move |house| Requests::open(&house.ledger())?.answer(asked)).await;
            match answer {
                Ok(Ok(Some(answer))) if answer.done => Some(("done", t.word("asked-done"), None)),
                Ok(Ok(Some(answer))) => Some(("failed", t.word("asked-refused"), Some(answer.text))),
                _ => Some(("work", t.word("asked-noted"), None)),
            }
        }
        (None, Some(said)) => {
            SAID.iter().find(|(_, known)| *known == said).map(|(class, said)| (*class, t.word(said), None))
        }
        (None, None) => None,
    };
    let is = |class: &str| parts.of("head").0.contains(&format!("class=\"top {class}\""));
    let acts_first = is("waits");
    let films_at = match is("done") {
        true if parts.of("films").0.contains("class=\"made") => FilmsAt::Top,
        true => FilmsAt::Story,
        false => FilmsAt::Side,
    };
    page(StatusCode::OK, visitor.lang, &JobPage { p, parts, acts_first, films_at, told })
}

/// What may be said after a text was to be written.
pub(super) const SAID: [(&str, &str); 12] = [
    ("done", "wrote-answer"),
    ("done", "wrote-refine"),
    ("failed", "not-written"),
    ("failed", "not-sure"),
    ("failed", "no-words"),
    ("failed", "too-many-words"),
    ("failed", "name-too-long"),
    ("failed", "not-known"),
    ("failed", "not-asked"),
    ("failed", "words-unfit"),
    ("failed", "answer-lies"),
    ("done", "text-lies"),
];

/// The parts of a job's page; none where there is no such job.
///
/// # Errors
/// Where the ledger can't be read.
pub(super) async fn parts(house: &Arc<House>, id: JobId, lang: Lang) -> io::Result<Arc<Parts>> {
    house.parts(Which::Job(id), lang, move |house| look(house, id, lang).map_err(io::Error::other)).await
}

fn look(house: &House, id: JobId, lang: Lang) -> Result<Parts, crate::ledger::LedgerError> {
    let view = house.overview()?;
    let Some(job) = view.job(id)? else { return Ok(Parts::default()) };
    let (events, progress, config) = (view.events(id)?, view.progress()?, house.config());
    let cost = if job.is_ended() { house.costs.of(&view, &job) } else { None };
    let left = house.paces.of(&view).left(&job, moved(&progress, &job), House::now());
    let around = Around {
        now: House::now(),
        runs: true,
        paused: house.vitals.situation().paused,
        still_working: config.jobs.still_working,
        progress: &progress,
    };
    let carry = lang.carry(config.messages.language);
    let root = job.work.base().map_or(job.id, |base| base.root);
    let line = view.job(root)?.into_iter().chain(view.versions(root)?).collect();
    Ok(of(
        lang.tongue(),
        carry,
        &Seen { job: &job, events: &events, around, cost, left, line, report: has_report(&config) },
    ))
}

/// A job and what is known around it.
struct Seen<'a> {
    job: &'a Job,
    events: &'a [Recorded],
    around: Around<'a>,
    cost: Option<f64>,
    /// How long it still takes.
    left: Option<Duration>,
    /// All that was made of the same first film.
    line: Vec<Job>,
    /// Whether films have a report.
    report: bool,
}

fn of(t: Tongue, carry: &'static str, seen: &Seen<'_>) -> Parts {
    let (job, events) = (seen.job, seen.events);
    let wrapped =
        |id: &'static str, html: String| Part::whole(id, format!("<section id=\"{id}\">{html}</section>"));
    let head = Part::whole("head", made(&head(t, seen)));
    let films = wrapped("films", made(&films(t, carry, (job, events), &seen.line, seen.report)));
    let acts = wrapped("do", made(&acts(t, carry, job)));
    let light = [&head, &films, &acts].map(|part| part.head.len()).iter().sum::<usize>();
    // In whole steps: nothing is cut otherwise because a clock has gone on.
    let room = ROOM.saturating_sub(light.next_multiple_of(1024));
    let [story, draft, words] = heavy(t, (job, events), &seen.around, room);
    Parts(vec![head, story, draft, words, films, acts])
}

#[derive(Template)]
#[template(path = "job_head.html")]
struct Head {
    class: &'static str,
    shape: &'static str,
    state: String,
    short: String,
    whole: String,
    why: Option<Html>,
    steps: Vec<Html>,
    to_do: String,
    /// What the service asks, and what is said where it is longer.
    question: Option<(String, Option<String>)>,
    asked: String,
    facts: Vec<String>,
    link: Option<(String, String)>,
    when: When,
}

fn head(t: Tongue, seen: &Seen<'_>) -> Head {
    let job = seen.job;
    let name = job.dropped().to_string();
    let why = reason(job);
    let answer = short_answer(job);
    let told = why.map(|why| Note { answer: answer.as_deref(), ..note(&name, job, why) });
    let class = match job.state() {
        "waiting" => "waits",
        "delivered" | "answered" => "done",
        "failed" => "failed",
        "cancelled" => "seen",
        _ => "work",
    };
    let paid = why.map(|why| t.word(paid(job, why.code)));
    let cost = seen.cost.map(|cost| t.say("cost", About::default().with("credits", t.amount(cost))));
    let steps = told.map(|note| t.steps(&note)).unwrap_or_default();
    let named = |link: &String| steps.iter().any(|step| step.contains(&super::html::escaped(link)));
    let link = why.and_then(|why| why.link.as_deref()).and_then(safe_link).filter(|link| !named(link));
    Head {
        class,
        shape: shape(class),
        state: t.word(&format!("state-{}", job.state())),
        short: shown_name(&name),
        whole: in_full(&name),
        steps: steps.into_iter().map(Html).collect(),
        why: told.map(|note| Html(t.happened(&note))),
        to_do: t.word("to-do"),
        question: why
            .filter(|why| why.code == Code::Question)
            .and_then(|why| why.about.as_deref())
            .map(|asked| beginning(asked, QUESTION))
            .map(|(words, is_cut)| (words, is_cut.then(|| t.word("only-beginning")))),
        asked: t.word("asked"),
        facts: [
            Some(t.say("job-number", About::default().with("job", t.number(&job.id.to_string())))),
            why.map(|why| t.say("page-code", About::default().with("code", why.code.as_str()))),
            paid,
            cost,
            seen.left.map(|left| t.left(left)),
        ]
        .into_iter()
        .flatten()
        .collect(),
        link: link.map(|link| (t.word("project-link"), link)),
        when: When::of(t, job.changed, seen.around.now),
    }
}

/// Were credits spent? Where the service answered, a message is known to have arrived; what it cost is not.
fn paid(job: &Job, code: Code) -> &'static str {
    match Paid::from_messages(&job.messages) {
        Paid::MaybeOnce if matches!(code, Code::Question | Code::NothingChanged) => "paid-maybe-answered",
        Paid::No => "paid-no",
        Paid::MaybeOnce => "paid-maybe",
        Paid::MaybeMore => "paid-maybe-more",
        Paid::Yes => "paid-yes",
        Paid::YesAndMaybe => "paid-yes-and-maybe",
    }
}
