//! Stories of the commands over a ledger on disk.

use std::ffi::OsString;
use std::fs::File;

use jiff::tz::TimeZone;
use serde_json::Value;
use tempfile::TempDir;

use super::args::State;
use super::jobs::Which;
use super::out::Screen;
use super::samples::{self, NOON};
use super::standing::{Standing, is_paused};
use super::{Exit, calls, jobs, json, main, show, status, story};
use crate::config::{Config, Env};
use crate::job::JobId;
use crate::ledger::Recorded;

struct Desk {
    dir: TempDir,
    config: Config,
}

impl Desk {
    fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let config = samples::config(dir.path());
        Self { dir, config }
    }

    fn status(&self, screen: &Screen) -> String {
        let mut standing = Standing::look(&self.config, is_paused(&self.config)).unwrap();
        standing.now = NOON;
        status::text(&standing, &self.config, screen)
    }

    fn run(&self, typed: &str) -> Exit {
        let file = self.dir.path().join("c.toml");
        let text = format!("[folders]\nroot = {0:?}\n[state]\ndir = {0:?}\n", self.dir.path());
        std::fs::write(&file, text).unwrap();
        let words = typed.split(' ').map(OsString::from);
        let words = ["dakbox".into(), "--config".into(), file.into_os_string()].into_iter().chain(words);
        main::run(words, &Env::default())
    }
}

fn screen(width: u16) -> Screen {
    Screen { width: Some(width), colour: false, zone: TimeZone::UTC }
}

fn values(lines: &str) -> Vec<Value> {
    lines.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

#[tokio::test]
async fn everything_fits_the_screen() {
    let desk = Desk::new();
    let ledger = samples::ledger(&desk.config).await;
    let delivered = samples::id_of(&desk.config, "delivered");
    for width in [40, 80, 200] {
        for text in [
            desk.status(&screen(width)),
            jobs::listed(&desk.config, Which::default(), Some(&screen(width))).unwrap(),
            show::told(&desk.config, delivered, Some(&screen(width))).unwrap(),
        ] {
            assert!(!text.chars().any(|c| c == '\u{1b}' || c == '\u{202E}'), "{text}");
            let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
            assert!(widest <= usize::from(width), "{widest} columns of {width}:\n{text}");
        }
    }
    drop(ledger);
}

#[tokio::test]
async fn the_standing_with_and_without_a_daemon() {
    let desk = Desk::new();
    let ledger = samples::ledger(&desk.config).await;
    let stopped = desk.status(&screen(200));
    assert!(
        stopped.starts_with("Two clips in work, one in line, one waits for you. One file is not taken"),
        "{stopped}"
    );
    for said in ["is not running", "clip-in-work.mp4: stopped before the upload", "1 delivered"] {
        assert!(stopped.contains(said), "{said}:\n{stopped}");
    }
    assert!(!stopped.contains("42 of") && !stopped.contains("new.mp4"), "nobody looks:\n{stopped}");

    let lock = File::create(calls::lock_of(&desk.config.ledger.file)).unwrap();
    lock.try_lock().unwrap();
    std::fs::write(desk.dir.path().join("pause.txt"), "").unwrap();
    let running = desk.status(&screen(200));
    for said in [
        "One file is being looked at, one is not taken as it is now.",
        "dakbox is running.",
        "Paused: ",
        "waits for credits.mp4: There are no credits left. (no-credits)",
        "Top up, and it goes on by itself.",
        "clip-in-work.mp4: uploading 42 of 118 MB",
        "আমার ক্লিপ.mov: instruction 1 of 3: the service is working, 0 s",
        "queued.mp4: next: the session",
        "new.mp4: Still growing.",
        "zeros.mp4: It ends in zeros. (not-whole)",
        "In all: 1 queued, 2 working, 1 waiting, 1 delivered, 1 failed, 1 cancelled.",
    ] {
        assert!(running.contains(said), "{said}:\n{running}");
    }
    drop(ledger);
}

#[tokio::test]
async fn status_for_machines_is_one_object() {
    let desk = Desk::new();
    let ledger = samples::ledger(&desk.config).await;
    let lock = File::create(calls::lock_of(&desk.config.ledger.file)).unwrap();
    lock.try_lock().unwrap();
    let standing = Standing::look(&desk.config, is_paused(&desk.config)).unwrap();
    let [all] = &values(&json::line(&json::StatusLine::new(&standing)).unwrap())[..] else { panic!() };
    assert_eq!((&all["running"], &all["pid"], &all["paused"]), (&true.into(), &Value::Null, &false.into()));
    assert_eq!((&all["working"], &all["delivered"]), (&2.into(), &1.into()));
    let uploading = all["jobs"].as_array().unwrap().iter().find(|j| j["step"] == "upload").unwrap();
    assert_eq!(uploading["progress"]["done"], 42 << 20);
    assert_eq!(uploading["progress"]["unit"], "bytes");
    assert_eq!(all["files"][1]["code"], "not-whole");
    assert_eq!(all["files"][0]["code"], Value::Null);
    drop(ledger);
}

#[tokio::test]
async fn jobs_for_machines() {
    let desk = Desk::new();
    let ledger = samples::ledger(&desk.config).await;
    let all = values(&jobs::listed(&desk.config, Which::default(), None).unwrap());
    let ids: Vec<i64> = all.iter().map(|job| job["id"].as_i64().unwrap()).collect();
    assert_eq!(ids, [7, 6, 5, 4, 3, 2, 1], "newest first");
    let mut keys: Vec<&str> = all[0].as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "attempts",
            "changed",
            "code",
            "created",
            "delivered",
            "film",
            "hint",
            "id",
            "incomplete",
            "link",
            "message",
            "name",
            "path",
            "session",
            "state",
            "step"
        ]
    );
    let one = |state| {
        values(&jobs::listed(&desk.config, Which { state: Some(state), limit: None }, None).unwrap())
            .remove(0)
    };
    let waiting = one(State::Waiting);
    assert_eq!(
        (&waiting["name"], &waiting["path"]),
        (&"waits for credits.mp4".into(), &"news/waits for credits.mp4".into())
    );
    assert_eq!((&waiting["code"], &waiting["step"]), (&"no-credits".into(), &"session".into()));
    assert_eq!(waiting["message"], "There are no credits left. It was 2001.");
    let done = one(State::Delivered);
    assert_eq!((&done["delivered"], &done["film"]["duration_ms"]), (&"d.mp4".into(), &62_600.into()));
    assert_eq!(
        (&done["created"], &done["changed"]),
        (&"2026-11-22T18:32:14.000Z".into(), &"2026-11-22T18:33:19.000Z".into())
    );
    assert_eq!((&done["session"], &done["code"]), (&"9007199254740993".into(), &Value::Null));
    assert_eq!(one(State::Failed)["name"], "a\u{202E}b\n.mp4", "exact, though the line has it escaped");
    drop(ledger);
}

#[tokio::test]
async fn one_jobs_story() {
    let desk = Desk::new();
    let ledger = samples::ledger(&desk.config).await;
    let id = samples::id_of(&desk.config, "delivered");
    let text = show::told(&desk.config, id, Some(&screen(200))).unwrap();
    for said in [
        "Job 1: d.mp4",
        "12 MB, 1:03, 1920×1080",
        "2026-11-22 18:32:14  Dropped as d.mp4; to be done: “step 1”.",
        "2026-11-22 18:33:19  Done; the clip lies at archive/d.mp4 now.",
    ] {
        assert!(text.contains(said), "{said}:\n{text}");
    }
    let lines = values(&show::told(&desk.config, id, None).unwrap());
    assert_eq!((lines.len(), &lines[0]["state"]), (20, &"delivered".into()));
    assert_eq!((&lines[1]["seq"], &lines[1]["event"]), (&1.into(), &"admitted".into()));
    let answered = lines.iter().find(|line| line["event"] == "answered").unwrap();
    assert_eq!((&answered["instruction"], &answered["words"]), (&1.into(), &"Done.".into()));
    drop(ledger);
}

#[test]
fn every_event_is_a_sentence_on_one_line() {
    for (at, event) in samples::every_event().into_iter().enumerate() {
        let told = story::told(&event, &TimeZone::UTC);
        assert!(told.ends_with('.') && !told.ends_with(".."), "{told}");
        assert!(told.starts_with(char::is_uppercase) && !told.contains("canary"), "{told}");
        assert!(!told.chars().any(|c| c.is_control() || c == '\u{202E}'), "{told}");
        let recorded = Recorded { seq: u32::try_from(at).unwrap(), at: NOON, event };
        let line = json::line(&json::EventLine::new(JobId(1), &recorded)).unwrap();
        assert!(!line.contains("canary"), "{line}");
        assert_eq!(values(&line)[0]["event"], recorded.event.name());
    }
}

#[test]
fn without_a_ledger_there_is_nothing_and_no_harm() {
    let desk = Desk::new();
    assert_eq!(
        jobs::listed(&desk.config, Which::default(), Some(&screen(80))).unwrap(),
        "There are no jobs yet.\n"
    );
    assert_eq!(
        jobs::listed(&desk.config, Which { state: Some(State::Failed), limit: None }, Some(&screen(80)))
            .unwrap(),
        "No job is failed.\n"
    );
    assert_eq!(jobs::listed(&desk.config, Which::default(), None).unwrap(), "");
    assert!(desk.status(&screen(400)).starts_with("Nothing was taken from "));
    for (typed, want) in [
        ("status", Exit::Done),
        ("status --json", Exit::Done),
        ("jobs", Exit::Done),
        ("show 1", Exit::Failed),
        ("show talk.mp4", Exit::Usage),
        ("pause", Exit::Done),
        ("resume", Exit::Done),
        ("explain f", Exit::Failed),
        ("retry 1", Exit::Failed),
        ("retry --reason no-such", Exit::Usage),
        ("retry --reason no-credits", Exit::Done),
        ("cancel 1", Exit::Failed),
        ("run --daemonize --once", Exit::Usage),
        ("--version", Exit::Done),
        ("nonsense", Exit::Usage),
    ] {
        assert_eq!(desk.run(typed), want, "{typed}");
    }
    assert!(!desk.config.ledger.file.exists(), "looking makes no ledger");
}

#[tokio::test]
async fn a_ledger_that_cant_be_read_is_a_failure_and_stays_as_it_is() {
    let desk = Desk::new();
    drop(samples::ledger(&desk.config).await);
    assert_eq!(desk.run("show 1"), Exit::Done);
    assert_eq!(desk.run("show 99"), Exit::Failed);
    let sql = rusqlite::Connection::open(&desk.config.ledger.file).unwrap();
    sql.pragma_update(None, "user_version", 4000).unwrap();
    drop(sql);
    for typed in ["status", "jobs", "jobs --json", "show 1"] {
        assert_eq!(desk.run(typed), Exit::Failed, "{typed}");
    }
    let error = jobs::listed(&desk.config, Which::default(), None).unwrap_err();
    assert!(error.to_string().contains("version 4000"), "{error}");
    std::fs::write(&desk.config.ledger.file, "").unwrap();
    assert_eq!(
        jobs::listed(&desk.config, Which::default(), Some(&screen(80))).unwrap(),
        "There are no jobs yet.\n"
    );
}

#[test]
fn wrong_settings_are_wrong_use() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("c.toml");
    std::fs::write(&file, "[folder]\n").unwrap();
    for command in ["check", "status", "run"] {
        let typed =
            ["dakbox", command, "--config"].map(OsString::from).into_iter().chain([file.clone().into()]);
        assert_eq!(main::run(typed, &Env::default()), Exit::Usage, "{command}");
    }
}
