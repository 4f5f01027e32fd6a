//! The board: what is going on, on one page.

use std::io;
use std::path::Path;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::header::HOST;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::fit::ROOM;
use super::frame::{Frame, Visitor, page, trouble};
use super::house::House;
use super::html::{Html, made};
use super::kept::Which;
use super::look::Look;
use super::parts::{Part, Parts};
use super::row::{Row, When, ends_waiting, note, shape};
use super::section::{List, sections};
use super::tongue::Lang;
use crate::job::{End, Failure, Job, RelPath, Work};
use crate::words::{About, Doing, Tongue, shown_name};
use crate::worker::{doing, lying, note_of};

/// What stands around the lists at most.
const AROUND: usize = 4_000;

#[derive(Template)]
#[template(path = "board.html")]
struct Board {
    p: Frame,
    parts: Arc<Parts>,
    places: Vec<(&'static str, String)>,
}

/// The board.
pub(super) async fn board(State(house): State<Arc<House>>, visitor: Visitor, headers: HeaderMap) -> Response {
    let parts = match parts(&house, visitor.lang).await {
        Ok(parts) => parts,
        Err(error) => return trouble(visitor, &error),
    };
    let p = visitor.frame("/", visitor.tongue().word("board-title")).live("board");
    let config = house.config();
    let places = places(&config.folders.inbox, headers.get(HOST).and_then(|host| host.to_str().ok()));
    page(StatusCode::OK, visitor.lang, &Board { p, parts, places })
}

/// The board's parts, as they are now.
///
/// # Errors
/// Where the ledger can't be read.
pub(super) async fn parts(house: &Arc<House>, lang: Lang) -> io::Result<Arc<Parts>> {
    house
        .parts(Which::Board, lang, move |house| {
            let look = house.look()?;
            let l = lang.carry(look.config.messages.language);
            Ok(of(&look, Speech { t: lang.tongue(), l }))
        })
        .await
}

/// Where to drop, as each system writes it. What the share is called nobody here knows: it is taken to be called as its
/// folder is.
fn places(inbox: &Path, host: Option<&str>) -> Vec<(&'static str, String)> {
    let inbox = std::path::absolute(inbox).unwrap_or_else(|_| inbox.to_owned());
    let mut places = vec![("place-linux", inbox.display().to_string())];
    let host = host.map(|host| host.rsplit_once(':').map_or(host, |(name, _)| name));
    let away = host.filter(|host| !matches!(*host, "localhost" | "127.0.0.1" | "[::1]"));
    let share: Vec<_> = inbox.iter().rev().take(2).map(|name| name.to_string_lossy().into_owned()).collect();
    if let (Some(host), [inbox, root]) = (away, &share[..]) {
        places.push(("place-windows", format!("\\\\{host}\\{root}\\{inbox}")));
        places.push(("place-macos", format!("smb://{host}/{root}/{inbox}")));
    }
    places
}

/// A language, and what links carry on.
#[derive(Clone, Copy)]
struct Speech {
    t: Tongue,
    l: &'static str,
}

/// All parts.
fn of(look: &Look, s: Speech) -> Parts {
    let top = Part::whole("top", top(look, s));
    let room = ROOM.saturating_sub(AROUND + top.head.len().next_multiple_of(1024));
    let mut parts = vec![top];
    parts.extend(sections(s.t, &lists(look, s), room));
    parts.push(Part::whole("empty", empty(look)));
    parts.push(Part::whole("well", well(look, s.t)));
    Parts(parts)
}

/// What is listed.
fn lists(look: &Look, s: Speech) -> [List; 5] {
    let (sorted, sum) = (look.sorted(), look.summary);
    let waits = sorted.waits.iter().map(|(job, why)| Row {
        presses: vec![ends_waiting(s.t, s.l, job, why)],
        ..waiting(look, s, job, why)
    });
    let works = sorted.works.iter().map(|job| working(look, s, job));
    let later = sorted.later.iter().map(|(job, why)| waiting(look, s, job, why));
    let seen = look.seen.iter().map(|seen| {
        let (failure, why) = lying(seen);
        lies(s.t, &seen.path, failure.as_ref(), why)
    });
    let failed = look.failed.iter().map(|job| failed(look, s, job));
    let done = look.done.iter().map(|(job, cost)| done(look, s, job, *cost));
    let jobs = |state: &str| {
        let l = s.l.replace('?', "&");
        Some(if state.is_empty() { format!("/jobs{}", s.l) } else { format!("/jobs?state={state}{l}") })
    };
    let list = |id, rows: Vec<Row>, all: u64, way| List { id, all: all.max(rows.len() as u64), rows, way };
    [
        list("waits", waits.collect(), 0, jobs("waiting")),
        list("work", works.chain(later).collect(), 0, jobs("")),
        list("seen", seen.collect(), look.seen.len() as u64 + look.left_out, None),
        list("failed", failed.collect(), sum.failed, jobs("failed")),
        list("done", done.collect(), sum.delivered + sum.answered, jobs("delivered")),
    ]
}

fn waiting(look: &Look, s: Speech, job: &Job, why: &Failure) -> Row {
    let t = s.t;
    let name = job.dropped().to_string();
    let said = Html(format!("<p class=\"why\">{}</p>", t.happened(&note(&name, job, why))));
    Row { said, when: Some(When::of(t, job.changed, look.now)), ..Row::of_job(s.t, s.l, job, "waits") }
}

fn working(look: &Look, s: Speech, job: &Job) -> Row {
    let t = s.t;
    let doing = doing(job, &look.around());
    let moves = matches!(doing, Doing::Upload(Some(_)) | Doing::Fetch(Some(_)) | Doing::Export(Some(_)));
    let class = if job.phase == crate::job::Phase::Running && !moves { "pulse" } else { "work" };
    Row {
        said: Html(t.doing(&doing)),
        facts: look.left(job).map(|left| t.left(left)).into_iter().collect(),
        when: Some(When::of(t, job.created, look.now)),
        ..Row::of_job(s.t, s.l, job, class)
    }
}

fn lies(t: Tongue, path: &RelPath, failure: Option<&Failure>, why: &'static str) -> Row {
    let name = path.to_string();
    let said = match failure {
        Some(failure) => t.why(&note_of(&name, failure)),
        None => t.doing(&Doing::Plain(why)),
    };
    // Its id is only a name for the page: it must hold nothing but letters. Of the bytes, for what is shown may be the
    // same for two of them.
    let id = format!("f{}", &blake3::hash(path.as_bytes()).to_hex()[..16]);
    let class = if failure.is_some() { "waits" } else { "seen" };
    Row { said: Html(said), ..Row::named(t, id, &name, class) }
}

fn failed(look: &Look, s: Speech, job: &Job) -> Row {
    let t = s.t;
    let name = job.dropped().to_string();
    let said = match &job.end {
        Some(End::Failed(why)) => format!("<p class=\"why\">{}</p>", t.happened(&note(&name, job, why))),
        _ => String::new(),
    };
    Row {
        said: Html(said),
        when: Some(When::of(t, job.changed, look.now)),
        ..Row::of_job(s.t, s.l, job, "failed")
    }
}

fn done(look: &Look, s: Speech, job: &Job, cost: Option<f64>) -> Row {
    let (t, is_film) = (s.t, job.work != Work::Ask);
    let film_at = job.delivered.as_ref().map(|_| format!("/jobs/{}/film", job.id));
    let report = look.has_report(job).then(|| (format!("/jobs/{}/report", job.id), t.word("page-report")));
    let open = film_at.clone().map(|film| (film, t.word("open")));
    let length = job.film.as_ref().and_then(|film| film.duration_ms).map(|ms| t.clock(ms));
    let size = job.film.as_ref().map(|film| t.size(film.len));
    let cost = cost.map(|cost| t.say("cost", About::default().with("credits", t.amount(cost))));
    let film = job.delivered.as_ref().map(|film| shown_name(&film.to_string()));
    let renamed = film.filter(|film| *film != shown_name(&job.dropped().to_string()));
    let said = renamed.map(|film| {
        let said = if is_film { "film-is" } else { "answer-is" };
        let said = t.say(said, About::default().name("film", &film));
        format!("<p>{}</p>", super::html::escaped(&said))
    });
    Row {
        said: Html(said.unwrap_or_default()),
        facts: [length, size, cost].into_iter().flatten().collect(),
        ways: [report, open].into_iter().flatten().collect(),
        still: film_at.filter(|_| is_film),
        when: Some(When::of(t, job.changed, look.now)),
        ..Row::of_job(s.t, s.l, job, "done")
    }
}

#[derive(Template)]
#[template(path = "top.html")]
struct Top {
    t: Tongue,
    l: &'static str,
    class: &'static str,
    shape: &'static str,
    sentence: String,
    paused: bool,
    away: Option<String>,
    held: Option<Html>,
}

/// Everything in a sentence, and above it what is wrong with dakbox itself.
fn top(look: &Look, s: Speech) -> String {
    let t = s.t;
    let sorted = look.sorted();
    let count = |message: &str, n: usize| (n > 0).then(|| t.count(message, n as u64));
    let not_taken = look.not_taken();
    let parts = [
        count("top-work", sorted.works.len()),
        count("top-waits", sorted.waits.len()),
        count("top-later", sorted.later.len()),
        count("top-not-taken", not_taken),
    ];
    let mut said: Vec<String> = parts.into_iter().flatten().collect();
    if said.is_empty() {
        said.push(t.word("top-quiet"));
    }
    said.extend(
        look.credits
            .map(|now| t.say("top-credits", About::default().with("credits", t.amount(now.available)))),
    );
    let inbox = look.config.folders.inbox.display().to_string();
    let class = if look.held.is_some() || look.away().is_some() {
        "failed"
    } else if !sorted.waits.is_empty() || not_taken > 0 || look.situation.paused {
        "waits"
    } else if !sorted.works.is_empty() || !sorted.later.is_empty() {
        "work"
    } else {
        "done"
    };
    made(&Top {
        t,
        l: s.l,
        class,
        shape: shape(class),
        sentence: said.join(" "),
        paused: look.situation.paused,
        away: look.away().map(|_| t.word("page-inbox-away")),
        held: look.held.as_ref().map(|why| Html(t.why(&note_of(&inbox, why)))),
    })
}

/// Shown where nothing was ever dropped.
fn empty(look: &Look) -> String {
    let sum = look.summary;
    let any =
        sum.queued + sum.working + sum.waiting + sum.delivered + sum.failed + sum.cancelled + sum.answered;
    let hidden = if any == 0 && look.seen.is_empty() { "" } else { " hidden" };
    format!("<div id=\"empty\"{hidden}></div>")
}

/// A quiet last line: how dakbox itself is.
fn well(look: &Look, t: Tongue) -> String {
    let mounts = look.inbox.iter().flat_map(|inbox| &inbox.mounts);
    let modes = mounts.map(|mount| {
        let mode = t.word(if mount.native { "mode-events" } else { "mode-looks" });
        t.say("mount", About::default().name("kind", &mount.fs).with("mode", mode))
    });
    let modes: Vec<String> = modes.take(3).collect();
    let line = [t.say(
        "well-inbox",
        About::default().name("folder", &look.config.folders.inbox.display().to_string()),
    )]
    .into_iter()
    .chain(modes)
    .chain(look.looked.map(|at| t.say("looked", About::default().with("ago", When::of(t, at, look.now).ago))))
    .collect::<Vec<_>>()
    .join(" ");
    format!("<p id=\"well\" class=\"soft\">{}</p>", super::html::escaped(&line))
}
