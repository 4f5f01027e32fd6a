//! The ledger as it lies on the disk, read from a copy: looking must not mend what a kill has left.

use std::fs;

use rusqlite::Connection;
use serde_json::Value;

use crate::house::{House, files_below};

/// A job as its row and its events tell.
pub(super) struct Kept {
    /// The clip's path below the inbox.
    pub(super) path: String,
    pub(super) state: String,
    pub(super) code: Option<String>,
    pub(super) row: Value,
    /// Names and bodies, oldest first.
    pub(super) events: Vec<(String, Value)>,
}

impl Kept {
    pub(super) fn has(&self, event: &str) -> bool {
        self.events.iter().any(|(name, _)| name == event)
    }

    /// Every session it ever had.
    pub(super) fn sessions(&self) -> impl Iterator<Item = &str> {
        let opened = self.events.iter().filter(|(name, _)| name == "session_opened");
        opened.filter_map(|(_, body)| body["session_opened"]["session"].as_str())
    }

    /// Where it is, as finely as its events tell.
    pub(super) fn place(&self) -> &str {
        let passing = ["started", "tried", "goes_on"];
        let last =
            self.events.iter().rev().map(|(name, _)| name.as_str()).find(|name| !passing.contains(name));
        let last = last.unwrap_or_default();
        match (last, self.state.as_str()) {
            (_, "waiting") => "waiting",
            ("admitted", _) => "session",
            ("session_opened" | "session_dropped", _) => "upload",
            ("uploaded", _) => "instruct",
            ("intent", _) => "message out",
            ("answered", _) => "observe",
            ("observed" | "draft_read", _) => {
                if self.row["step"] == "export" {
                    "export"
                } else {
                    "instruct"
                }
            }
            ("export_chosen", _) => "render",
            ("rendered", _) => "fetch",
            ("fetched", _) => "deliver",
            ("delivered" | "failed", _) => "tidy",
            ("tidied", _) => "ended",
            _ => "retry",
        }
    }
}

/// All that the ledger holds.
pub(super) struct Records {
    pub(super) jobs: Vec<Kept>,
    /// How many intents were ever written.
    pub(super) intents: u64,
    /// All of it as bytes, the log included.
    pub(super) bytes: Vec<u8>,
}

impl Records {
    /// The ledger of a house; nothing where there is none yet.
    pub(super) fn of(house: &House) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut bytes = Vec::new();
        let mut ledger = None;
        for file in files_below(&house.path("state")) {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            let Some(at) = name.find(".db") else { continue };
            let copy = dir.path().join(&name);
            let held = fs::read(&file).unwrap_or_default();
            fs::write(&copy, &held).unwrap();
            bytes.extend(held);
            if at + 3 == name.len() {
                ledger = Some(copy);
            }
        }
        let (jobs, intents) =
            ledger.and_then(|path| read(&Connection::open(path).ok()?).ok()).unwrap_or_default();
        Self { jobs, intents, bytes }
    }

    pub(super) fn of_clip(&self, path: &str) -> Option<&Kept> {
        self.jobs.iter().rev().find(|job| job.path == path)
    }
}

/// Fails where there are no tables yet.
fn read(db: &Connection) -> rusqlite::Result<(Vec<Kept>, u64)> {
    let intents: String =
        db.query_row("SELECT value FROM meta WHERE key = 'intents'", [], |row| row.get(0))?;
    let mut rows = db.prepare("SELECT id, path, state, code, body FROM job ORDER BY id")?;
    let rows = rows.query_map([], |row| {
        let path: Vec<u8> = row.get(1)?;
        let job = Kept {
            path: String::from_utf8_lossy(&path).into_owned(),
            state: row.get(2)?,
            code: row.get(3)?,
            row: parsed(&row.get::<_, String>(4)?),
            events: Vec::new(),
        };
        Ok((row.get::<_, i64>(0)?, job))
    })?;
    let mut jobs = Vec::new();
    for row in rows {
        let (id, mut job) = row?;
        let mut events = db.prepare("SELECT name, body FROM event WHERE job = ?1 ORDER BY seq")?;
        let events = events.query_map([id], |row| Ok((row.get(0)?, parsed(&row.get::<_, String>(1)?))))?;
        job.events = events.collect::<Result<_, _>>()?;
        jobs.push(job);
    }
    Ok((jobs, intents.parse().unwrap()))
}

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}
