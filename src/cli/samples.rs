//! Jobs to show: a small ledger of every kind of state, for tests.

use std::path::Path;

use crate::config::{Config, Env, parse};
use crate::job::Work;
use crate::job::{
    Balance, Clip, Code, ContentHash, Failure, Film, Job, JobEvent, JobId, Moment, Order, RelPath, RenderId,
    SessionId, Stamp, Step, StreamEnd, TextRef, WordsFrom, admit,
};
use crate::ledger::{Ledger, Progress, Sighting};

/// 2026-11-22 18:32:14 UTC.
pub(super) const NOON: Moment = Moment(1_795_372_334_000);

/// Settings with everything below `dir`.
pub(super) fn config(dir: &Path) -> Config {
    let toml = format!("[folders]\nroot = {dir:?}\n[state]\ndir = {dir:?}\n");
    parse(&toml, Path::new("c.toml"), &Env::default()).unwrap().config
}

pub(super) fn path(name: &str) -> RelPath {
    RelPath::from_bytes(name.as_bytes()).unwrap()
}

fn stamp(ino: u64) -> Stamp {
    Stamp { dev: 1, ino, size: 118 << 20, mtime_ns: 0, ctime_ns: 0 }
}

fn clip(name: &str, ino: u64) -> Clip {
    Clip { root: 1, path: path(name), stamp: stamp(ino) }
}

fn order(messages: usize) -> Order {
    let text =
        TextRef { path: path("talk.txt"), stamp: stamp(99), hash: ContentHash::new([3; 32]), says: None };
    let messages: Vec<String> = (1..=messages).map(|n| format!("step {n}")).collect();
    Order {
        words: messages.join("\n---\n"),
        messages,
        language: "bn".into(),
        quality: "high".into(),
        output: None,
        priority: 1,
        again: false,
        cost_ok: false,
        asked: None,
        from: WordsFrom::Sidecar(text),
    }
}

/// A job that was just admitted, of so many messages.
pub(super) fn job(messages: usize) -> Job {
    let event =
        JobEvent::Admitted { clip: clip("a.mp4", 1), order: order(messages), work: Work::Clip, batch: None };
    admit(JobId(1), &event, NOON).unwrap()
}

pub(super) fn failure(code: Code) -> Failure {
    Failure::new(code, "There are no credits left. It was 2001.", "Top up, and it goes on by itself")
}

fn tidied(clip_at: &str) -> JobEvent {
    JobEvent::Tidied { clip_at: serde_json::from_str(clip_at).unwrap(), left: false }
}

fn film() -> Film {
    Film {
        temp: path(".x.part"),
        len: 12 << 20,
        hash: ContentHash::new([9; 32]),
        duration_ms: Some(62_600),
        size: Some((1920, 1080)),
    }
}

/// Of each kind of event at least one.
pub(super) fn every_event() -> Vec<JobEvent> {
    let (clip, order, failure) = (clip("news/ta\nlk.mp4", 1), order(2), failure(Code::NoCredits));
    let balance = Some(Balance { available: 340.0, frozen: 0.5, at: None });
    let key = serde_json::from_str("\"0\"").unwrap();
    let broken = StreamEnd::Broken("reset\u{1b}".into());
    let words = "I have\nadded \u{202E}them".to_owned();
    let mut events: Vec<JobEvent> = [Step::Session, Step::Upload, Step::Instruct(0), Step::Observe(1)]
        .into_iter()
        .chain([Step::Export, Step::Fetch, Step::Deliver, Step::Tidy])
        .map(|step| JobEvent::Started { step })
        .collect();
    events.extend([
        JobEvent::Admitted { clip: clip.clone(), order: order.clone(), work: Work::Clip, batch: None },
        JobEvent::Rebound { clip: clip.clone(), order: order.clone() },
        JobEvent::Replaced { clip: clip.clone(), order: order.clone(), work: None },
        JobEvent::Renamed { path: path("b.mp4"), stamp: stamp(2) },
        JobEvent::Unsettled,
        JobEvent::SessionOpened { session: SessionId::new("9007199254740993"), task: None, account: None },
        JobEvent::SessionDropped,
        JobEvent::TakenOver,
        JobEvent::Uploaded { content: ContentHash::new([7; 32]), stamp: stamp(1), applied: true },
        JobEvent::Intent { n: 0, again: 0, key, baseline: "{}".into(), credits: balance },
        JobEvent::Refused { n: 0, intent: 1 },
        JobEvent::Answered { n: 0, intent: 1, end: StreamEnd::Clean, words: words.clone() },
        JobEvent::Answered { n: 0, intent: 1, end: StreamEnd::Error("odd".into()), words: String::new() },
        JobEvent::Answered { n: 0, intent: 1, end: broken, words },
        JobEvent::Observed { n: 1, intent: 1, reading: "{}".into(), credits: None },
        JobEvent::DraftRead { reading: "{}".into() },
        JobEvent::ExportChosen { id: RenderId::new("render_1") },
        JobEvent::RenderFailed { message: "no\nframes".into() },
        JobEvent::Rendered { url: Some("https://cdn.example/f.mp4?Signature=canary".into()) },
        JobEvent::Fetched { film: film() },
        JobEvent::FilmLost,
        JobEvent::Delivered { path: path("news/talk.mp4") },
        tidied("\"archive/news/talk.mp4\""),
        tidied("null"),
        JobEvent::Tried { failure: failure.clone(), until: NOON },
        JobEvent::Waits { failure: failure.clone(), until: Some(NOON) },
        JobEvent::Waits { failure: failure.clone(), until: None },
        JobEvent::GoesOn,
        JobEvent::Consent { n: 0, again: 1, text: None },
        JobEvent::Failed { failure: failure.clone() },
        JobEvent::Cancelled,
        JobEvent::Withdrawn { failure },
        JobEvent::Reopened { clip, order, work: None, content: None },
    ]);
    events
}

/// Up to a message that is on its way.
fn sent(ledger_job: &Job) -> JobEvent {
    let key = ledger_job.key(0).unwrap();
    JobEvent::Intent { n: 0, again: 0, key, baseline: "{}".into(), credits: None }
}

fn ready_to_send(ino: u64) -> Vec<JobEvent> {
    vec![
        JobEvent::Started { step: Step::Session },
        JobEvent::SessionOpened { session: SessionId::new("9007199254740993"), task: None, account: None },
        JobEvent::Started { step: Step::Upload },
        JobEvent::Uploaded {
            content: ContentHash::new([u8::try_from(ino).unwrap(); 32]),
            stamp: stamp(ino),
            applied: true,
        },
        JobEvent::Started { step: Step::Instruct(0) },
    ]
}

async fn found(ledger: &Ledger, name: &str, messages: usize, then: Vec<JobEvent>) -> Job {
    let ino = u64::try_from(name.len()).unwrap();
    let mut events = vec![JobEvent::Admitted {
        clip: clip(name, ino),
        order: order(messages),
        work: Work::Clip,
        batch: None,
    }];
    events.extend(then);
    ledger.found(events, NOON).await.unwrap()
}

/// Seven jobs, one in each state and two in work, and two files that are none.
pub(super) async fn ledger(config: &Config) -> Ledger {
    let ledger = Ledger::open(&config.ledger.file).unwrap();
    let done = found(&ledger, "d.mp4", 1, ready_to_send(5)).await;
    deliver(&ledger, &done).await;
    let waits = JobEvent::Waits { failure: failure(Code::NoCredits), until: None };
    found(&ledger, "news/waits for credits.mp4", 1, vec![waits]).await;
    let uploading = &ready_to_send(9)[..3];
    let uploading = found(&ledger, "clip-in-work.mp4", 1, uploading.to_vec()).await;
    let working = found(&ledger, "আমার ক্লিপ.mov", 3, ready_to_send(33)).await;
    ledger.append(working.id, vec![sent(&working)], NOON).await.unwrap();
    found(&ledger, "queued.mp4", 1, Vec::new()).await;
    let failed = vec![JobEvent::Failed { failure: failure(Code::NotMedia) }];
    found(&ledger, "a\u{202E}b\n.mp4", 1, failed).await;
    found(&ledger, "gone.mp4", 1, vec![JobEvent::Cancelled]).await;
    let progress =
        Progress { job: uploading.id, step: "upload".into(), done: 42 << 20, total: 118 << 20, at: NOON };
    ledger.show_progress(vec![progress]).await.unwrap();
    let seen = |name, code, detail: &str| Sighting {
        path: path(name),
        code,
        detail: detail.into(),
        at: NOON,
        seen: None,
    };
    let files = vec![
        seen("new.mp4", None, "Still growing. 3 MB so far."),
        seen("zeros.mp4", Some(Code::NotWhole), "It ends in zeros."),
    ];
    ledger.show_sightings(files).await.unwrap();
    ledger
}

async fn deliver(ledger: &Ledger, job: &Job) {
    let job = ledger.append(job.id, vec![sent(job)], NOON).await.unwrap();
    let intent = job.message(0).unwrap().intent;
    let answered = JobEvent::Answered { n: 0, intent, end: StreamEnd::Clean, words: "Done.".into() };
    let events = vec![
        answered,
        JobEvent::Started { step: Step::Observe(0) },
        JobEvent::Observed { n: 0, intent, reading: "{}".into(), credits: None },
        JobEvent::Started { step: Step::Export },
        JobEvent::ExportChosen { id: RenderId::new("render_1") },
        JobEvent::Rendered { url: None },
        JobEvent::Started { step: Step::Fetch },
        JobEvent::Fetched { film: film() },
        JobEvent::Started { step: Step::Deliver },
        JobEvent::Delivered { path: path("d.mp4") },
        JobEvent::Started { step: Step::Tidy },
        tidied("\"archive/d.mp4\""),
    ];
    ledger.append(job.id, events, Moment(NOON.0 + 65_000)).await.unwrap();
}

/// The number of the job in that state.
pub(super) fn id_of(config: &Config, state: &str) -> JobId {
    let view = crate::ledger::Overview::open(&config.ledger.file).unwrap();
    view.jobs(Some(state)).unwrap()[0].id
}
