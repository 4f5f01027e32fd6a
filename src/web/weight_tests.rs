//! How heavy the pages are at worst: below 60 kB, and what is left out is told of.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, RwLock};

use axum::Extension;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;

use super::door::Door;
use super::house::{House, Peer};
use super::router;
use crate::config::Config;
use crate::job::{
    Base, Clip, Code, ContentHash, Failure, Film, Job, JobEvent, Moment, Order, Part, Project, RelPath,
    RenderId, SessionId, Stamp, Step, StreamEnd, WordsFrom, Work,
};
use crate::ledger::{Ledger, Sighting};
use crate::worker::Vitals;
use crate::worker::clock::wall;

/// What a page may weigh.
const MOST: usize = 60_000;
/// A letter of Bangla takes three bytes, and so does a name of them: 85 are the longest that a disk takes.
const LETTERS: &str = "ক";

fn path(name: &str) -> RelPath {
    RelPath::from_bytes(name.as_bytes()).unwrap()
}

/// The longest name, of those that differ by their number.
fn long(n: usize) -> String {
    format!("{}/{n:03}{}.mp4", LETTERS.repeat(85), LETTERS.repeat(82))
}

fn stamp(ino: u64) -> Stamp {
    Stamp { dev: 1, ino, size: 40 << 20, mtime_ns: 0, ctime_ns: 0 }
}

fn order(words: &str, messages: usize) -> Order {
    Order {
        words: words.to_owned(),
        messages: vec!["again".to_owned(); messages],
        language: "bn".to_owned(),
        quality: "high".to_owned(),
        output: None,
        priority: 1,
        again: false,
        cost_ok: false,
        asked: None,
        from: WordsFrom::Default,
    }
}

/// Two thousand pieces on each of twenty tracks, each with words of its own.
fn draft() -> String {
    let piece = |n: usize| format!("{{\"s\":{},\"d\":480,\"text\":\"words & <more> {n}\"}}", n * 500);
    let pieces: Vec<_> = (0..2_000).map(piece).collect();
    let track = |kind: usize| format!("{{\"tt\":{kind},\"sg\":[{}]}}", pieces.join(","));
    let tracks: Vec<_> = (0..20).map(|n| track([0, 1, 7, 3][n % 4])).collect();
    serde_json::json!({ "draft": format!("{{\"t\":[{}]}}", tracks.join(",")) }).to_string()
}

/// A ledger with a past, and the page before it.
struct Past {
    ledger: Ledger,
    house: Arc<House>,
    count: u64,
    _dir: tempfile::TempDir,
}

impl Past {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        config.ledger.file = dir.path().join("ledger.db");
        config.messages.language = crate::config::Language::Both;
        let ledger = Ledger::open(&config.ledger.file).unwrap();
        let settings = Arc::new(RwLock::new(Arc::new(config)));
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 8642));
        let house = House::new(settings, Arc::new(Vitals::default()), address, Door::new(None, 8642));
        Self { ledger, house: Arc::new(house), count: 0, _dir: dir }
    }

    async fn get(&self, path: &str) -> String {
        let router = router::all(&self.house).layer(Extension(Peer(IpAddr::V4(Ipv4Addr::LOCALHOST))));
        let request = Request::get(path).header("host", "127.0.0.1:8642").body(Body::empty()).unwrap();
        let answer = TowerToHyperService::new(router).call(request).await.unwrap();
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }

    /// Both languages of a page; it is not too heavy.
    async fn light(&self, path: &str) -> [String; 2] {
        let mut told = [String::new(), String::new()];
        for (lang, told) in ["en", "bn"].into_iter().zip(&mut told) {
            *told =
                self.get(&format!("{path}{}lang={lang}", if path.contains('?') { '&' } else { '?' })).await;
            let parts: Vec<_> = told.split("<section").map(str::len).collect();
            assert!(told.len() < MOST && told.len() > 1_000, "{path} {lang}: {} {parts:?}", told.len());
        }
        told
    }

    async fn found(&mut self, name: &str, order: Order, work: Work, then: Vec<JobEvent>) -> Job {
        self.count += 1;
        let clip = Clip { root: 1, path: path(name), stamp: stamp(self.count) };
        let mut events = vec![JobEvent::Admitted { clip, order, work, batch: None }];
        events.extend(then);
        self.ledger.found(events, wall()).await.unwrap()
    }

    async fn append(&self, job: &Job, events: Vec<JobEvent>) -> Job {
        self.ledger.append(job.id, events, wall()).await.unwrap()
    }
}

fn started(step: Step) -> JobEvent {
    JobEvent::Started { step }
}

/// Up to its first message.
fn on_its_way(session: &str) -> Vec<JobEvent> {
    vec![
        started(Step::Session),
        JobEvent::SessionOpened { session: SessionId::new(session), task: None, account: None },
        started(Step::Upload),
        JobEvent::Uploaded { content: ContentHash::new([7; 32]), stamp: stamp(7), applied: true },
        started(Step::Instruct(0)),
    ]
}

/// A message that is out, and answered with these words.
fn answered(job: &Job, n: u16, words: &str) -> Vec<JobEvent> {
    let key = job.key(n).unwrap();
    let intent = JobEvent::Intent { n, again: job.again(n), key, baseline: "{}".to_owned(), credits: None };
    vec![
        intent,
        JobEvent::Answered { n, intent: job.seq + 1, end: StreamEnd::Clean, words: words.to_owned() },
        started(Step::Observe(n)),
    ]
}

fn observed(job: &Job, n: u16, reading: String) -> JobEvent {
    JobEvent::Observed { n, intent: job.seq + 1, reading, credits: None }
}

/// From the last message to the end.
fn to_its_end(film: &str) -> Vec<JobEvent> {
    let made = Film {
        temp: path(".dakbox-0123456789abcdef.part"),
        len: 12 << 20,
        hash: ContentHash::new([9; 32]),
        duration_ms: Some(62_600),
        size: Some((1920, 1080)),
    };
    vec![
        started(Step::Export),
        JobEvent::ExportChosen { id: RenderId::new("render_1") },
        JobEvent::Rendered { url: None },
        started(Step::Fetch),
        JobEvent::Fetched { film: made },
        started(Step::Deliver),
        JobEvent::Delivered { path: path(film) },
        started(Step::Tidy),
        JobEvent::Tidied { clip_at: Some("archive".to_owned()), left: false },
    ]
}

fn failure(code: Code, about: &str) -> Failure {
    let about = about.to_owned();
    Failure { about: Some(about), ..Failure::new(code, "As it was in the past.", "Nothing is to be done.") }
}

#[tokio::test]
async fn a_board_with_much_of_everything() {
    let mut past = Past::new();
    for n in 0..60 {
        let waits = JobEvent::Waits { failure: failure(Code::NoCredits, "no").waiting(), until: None };
        past.found(&long(n), order("shorter", 1), Work::Clip, vec![started(Step::Session), waits]).await;
        past.found(&long(100 + n), order("shorter", 1), Work::Clip, Vec::new()).await;
    }
    for n in 0..40 {
        let failed = JobEvent::Failed { failure: failure(Code::NotMedia, "") };
        let tidied = JobEvent::Tidied { clip_at: Some("failed".to_owned()), left: false };
        let then = vec![failed, started(Step::Tidy), tidied];
        past.found(&long(200 + n), order("shorter", 1), Work::Clip, then).await;
        let job = past.found(&long(300 + n), order(&format!("{n}"), 1), Work::Clip, on_its_way("1")).await;
        let mut then = answered(&job, 0, "Done.");
        then.push(observed(&job, 0, "{}".to_owned()));
        then.extend(to_its_end(&format!("another {}", long(n))));
        past.append(&job, then).await;
    }
    let seen = |n: usize| Sighting {
        path: path(&long(400 + n)),
        code: Some(Code::NotMedia),
        detail: "no film".to_owned(),
        at: Moment(0),
        seen: None,
    };
    past.ledger.show_sightings((0..60).map(seen).collect()).await.unwrap();
    let [board, _] = past.light("/").await;
    for part in ["waits", "work", "seen", "failed", "done"] {
        let rows = board.split(&format!("<section id=\"{part}\"")).nth(1).unwrap();
        let rows = rows.split("</section>").next().unwrap();
        let count = rows.matches("class=\"row ").count();
        assert!((5..=30).contains(&count), "{part}: {count} rows");
        assert!(
            rows.contains(&format!(
                "And {} more.",
                if matches!(part, "failed" | "done") { 40 } else { 60 } - count
            )),
            "{part}: {count}"
        );
    }
    for way in ["/jobs?state=waiting&amp;lang=en", "/jobs?state=failed&amp;", "/jobs?state=delivered&amp;"] {
        assert!(board.contains(&format!("<a href=\"{way}")), "{way}");
    }
    past.light("/jobs").await;
    past.light("/jobs?state=failed").await;
}

#[tokio::test]
async fn a_job_about_which_there_is_much_to_say() {
    let mut past = Past::new();
    let job = past.found(&long(1), order(&LETTERS.repeat(20_000), 12), Work::Clip, on_its_way("1")).await;
    let mut job = job;
    for n in 0..12 {
        let words = if n % 2 == 0 { "<&>".repeat(6_000) } else { LETTERS.repeat(6_000) };
        job = past.append(&job, answered(&job, n, &words)).await;
        for _ in 0..5 {
            let failure = failure(Code::ServiceDown, "");
            let waits = JobEvent::Waits { failure: failure.waiting(), until: None };
            job = past.append(&job, vec![waits, JobEvent::GoesOn, started(Step::Observe(n))]).await;
        }
        if n < 11 {
            let intent = job.messages[usize::from(n)].intent;
            let reading = if n == 10 { draft() } else { "{}".to_owned() };
            let seen = JobEvent::Observed { n, intent, reading, credits: None };
            job = past.append(&job, vec![seen, started(Step::Instruct(n + 1))]).await;
        }
    }
    let question = failure(Code::Question, &LETTERS.repeat(20_000));
    let asked = JobEvent::Asked { n: 11, intent: job.messages[11].intent, lying: None };
    past.append(&job, vec![asked, JobEvent::Waits { failure: question.waiting(), until: None }]).await;
    let [told, _] = past.light("/jobs/1").await;
    for said in [
        "8 more tracks are not drawn.",
        " more pieces are not drawn by themselves.",
        " more lines of the words are not shown.",
        " texts between these are not shown.",
        " steps before these are not shown.",
        "Only the beginning is shown here.",
        "id=\"answer\"",
    ] {
        assert!(told.contains(said), "{said}");
    }
}

#[tokio::test]
async fn a_film_of_many_parts_and_many_versions() {
    let mut past = Past::new();
    let film = |n: u32| format!("{n:03}{}.mp4", LETTERS.repeat(82));
    let parts = (0..200).map(|n| Part {
        path: path(&format!("p/{}", long(n))),
        stamp: stamp(n as u64),
        content: None,
    });
    let project = Work::Project(Box::new(Project { folder: path("p"), parts: parts.collect() }));
    let up = |n| JobEvent::PartUploaded { n, content: ContentHash::new([7; 32]), stamp: stamp(u64::from(n)) };
    let mut then = on_its_way("1");
    then.splice(3..4, (0..200).map(up));
    let job = past.found("p", order("one film", 1), project, then).await;
    let mut then = answered(&job, 0, "Done.");
    then.push(observed(&job, 0, draft()));
    then.extend(to_its_end(&film(1)));
    let first = past.append(&job, then).await;
    for n in 2..60 {
        let base = Base {
            root: first.id,
            over: first.id,
            version: n - 1,
            made: n,
            film: path(&film(1)),
            bytes: 1,
            session: SessionId::new("1"),
            task: None,
            account: None,
            contents: vec![ContentHash::new([7; 32])],
            language: "bn".to_owned(),
        };
        let then = vec![started(Step::Instruct(0))];
        let words = order(&format!("louder {n}"), 1);
        let job = past.found(&long(n as usize), words, Work::Refine(Box::new(base)), then).await;
        let mut then = answered(&job, 0, "Done.");
        then.push(observed(&job, 0, "{}".to_owned()));
        then.extend(to_its_end(&film(n)));
        past.append(&job, then).await;
    }
    for (page, here) in [("/jobs/1", "001"), ("/jobs/30", "030")] {
        let [told, _] = past.light(page).await;
        let versions = told.split("class=\"versions\"").nth(1).unwrap();
        let count = versions.split("</ol>").next().unwrap().matches("<li>").count();
        assert!(count > 5 && versions.contains(&format!("And {} more.", 59 - count)), "{count}");
        let at = versions.find("aria-current=\"page\"").unwrap();
        assert!(versions[at..].split("</b>").next().unwrap().contains(here), "{page}: it stays among them");
    }
    let told = past.get("/jobs/1").await;
    let shown = told.matches("<video controls preload=\"metadata\" src=\"/jobs/1/parts/").count();
    assert!(shown > 5 && told.contains(&format!("And {} more.", 200 - shown)), "{shown}");
}
