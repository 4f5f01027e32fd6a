//! What `--json` says: stable, one object a line, numbers as numbers. Fields are added, never renamed or taken away.
//!
//! Paths are texts, `/`-separated, below the inbox or the outbox; bytes in them that are no UTF-8 are replaced (a job's
//! handle is its `id`). Times are RFC 3339 in UTC. What is not known, or not yet, is `null`; no field is ever left out.

use serde::Serialize;
use serde_json::Number;

use super::calls::Credits;
use super::human::{self, rfc3339};
use super::standing::Standing;
use super::story;
use super::view::Daemon;
use crate::job::{Balance, JobEvent, JobId, Step, StreamEnd};
use crate::ledger::{InboxShown, Progress, Recorded, Sighting};
use crate::words::{self, path_text as path};
pub(super) use crate::words::{JobLine, reason_of as reason};

/// An event: a line of `show --json` after the first.
#[derive(Serialize, Default)]
pub(super) struct EventLine<'a> {
    /// The job's number.
    job: i64,
    /// Its place among the job's events, from 1.
    seq: u32,
    /// When it was recorded.
    at: String,
    /// What happened: the event's stored name, such as `intent`.
    event: &'static str,
    /// The same as a sentence for people; its wording may change.
    text: String,
    /// For `started`: which step.
    step: Option<&'static str>,
    /// Which of the job's instructions it is about, from 1.
    instruction: Option<u32>,
    /// For `tried`, `waits` and `failed`: why.
    code: Option<&'static str>,
    /// Why, or what the service said against it.
    message: Option<&'a str>,
    /// What to do about it.
    hint: Option<&'a str>,
    /// For `answered`: the service's words.
    words: Option<&'a str>,
    /// For `intent` and `observed`: the account's credits then, `available` and `frozen`.
    credits: Option<BalanceLine>,
}

/// An account's credits at one moment.
#[derive(Serialize)]
struct BalanceLine {
    available: Option<Number>,
    frozen: Option<Number>,
}

impl<'a> EventLine<'a> {
    /// The line of one event of `job`.
    pub(super) fn new(job: JobId, recorded: &'a Recorded) -> Self {
        let event = &recorded.event;
        let line = Self {
            job: job.0,
            seq: recorded.seq,
            at: rfc3339(recorded.at),
            event: event.name(),
            text: story::told(event, &jiff::tz::TimeZone::UTC),
            instruction: story::instruction(event).map(|n| u32::from(n) + 1),
            ..Self::default()
        };
        let balance = |b: Option<Balance>| {
            b.map(|b| BalanceLine { available: number(b.available), frozen: number(b.frozen) })
        };
        match event {
            JobEvent::Started { step } => Self { step: Some(step.name()), ..line },
            JobEvent::Tried { failure, .. }
            | JobEvent::Waits { failure, .. }
            | JobEvent::Failed { failure } => {
                let (message, hint) = (Some(failure.message.as_str()), Some(failure.hint.as_str()));
                Self { code: Some(failure.code.as_str()), message, hint, ..line }
            }
            JobEvent::Answered { end, words, .. } => {
                let message = match end {
                    StreamEnd::Clean => None,
                    StreamEnd::Denied { failure, .. } => Some(failure.message.as_str()),
                    StreamEnd::Error(said) | StreamEnd::Broken(said) => Some(said.as_str()),
                };
                Self { message, words: Some(words), ..line }
            }
            JobEvent::RenderFailed { message } => Self { message: Some(message), ..line },
            JobEvent::Intent { credits, .. } | JobEvent::Observed { credits, .. } => {
                Self { credits: balance(*credits), ..line }
            }
            _ => line,
        }
    }
}

/// What is going on: the one line of `status --json`.
#[derive(Serialize)]
pub(super) struct StatusLine<'a> {
    /// The same as a sentence for people; its wording may change.
    text: String,
    /// Whether a daemon works this ledger; `null` where that can't be found out.
    running: Option<bool>,
    /// Its process.
    pid: Option<u32>,
    /// Whether `pause.txt` is there.
    paused: bool,
    /// How many jobs are in each state.
    queued: u64,
    working: u64,
    waiting: u64,
    delivered: u64,
    failed: u64,
    cancelled: u64,
    answered: u64,
    /// The account's credits when they were last read.
    credits: Option<Balance>,
    /// The code of why the folders are not worked in, where they are not.
    held: Option<&'a str>,
    /// How the inbox is looked at; `null` where no daemon has said so.
    watch: Option<WatchLine<'a>>,
    /// The jobs that have not ended, oldest first.
    jobs: Vec<ActiveLine<'a>>,
    /// What lies in the inbox and is no job.
    files: Vec<FileLine<'a>>,
}

/// How the inbox is looked at, or was when the daemon stopped.
#[derive(Serialize)]
struct WatchLine<'a> {
    /// Why it isn't, where it isn't.
    away: Option<&'a str>,
    /// The file system it lies on, and those that are mounted in it.
    mounts: Vec<MountLine<'a>>,
}

/// A file system of the inbox.
#[derive(Serialize)]
struct MountLine<'a> {
    /// Where it is mounted, below the inbox; the inbox's own is empty.
    path: String,
    /// Its kind.
    fs: &'a str,
    /// `native` or `poll`.
    mode: &'static str,
    /// Why it is polled, where events were wanted.
    why: Option<&'a str>,
    /// Files that no event told of.
    missed: u32,
}

impl<'a> From<&'a InboxShown> for WatchLine<'a> {
    fn from(inbox: &'a InboxShown) -> Self {
        let mounts = inbox.mounts.iter().map(|mount| MountLine {
            path: path(&mount.path),
            fs: &mount.fs,
            mode: if mount.native { "native" } else { "poll" },
            why: mount.why.as_deref(),
            missed: mount.missed,
        });
        Self { away: inbox.away.as_deref(), mounts: mounts.collect() }
    }
}

/// A job that has not ended: all that [`JobLine`] says, and how far its step is.
#[derive(Serialize)]
struct ActiveLine<'a> {
    #[serde(flatten)]
    job: JobLine<'a>,
    progress: Option<ProgressLine>,
}

/// How far a running step is.
#[derive(Serialize)]
struct ProgressLine {
    done: u64,
    /// Of so many.
    total: Option<u64>,
    /// `bytes`, or `percent` of an export.
    unit: &'static str,
    /// When that was so.
    at: String,
}

/// A file that is no job.
#[derive(Serialize)]
struct FileLine<'a> {
    /// Where it lies below the inbox.
    path: String,
    /// Why it is not taken; `null` where it merely has not settled.
    code: Option<&'static str>,
    /// In words.
    detail: &'a str,
    /// When that was so.
    at: String,
}

impl<'a> StatusLine<'a> {
    /// The line of a standing.
    pub(super) fn new(standing: &'a Standing) -> Self {
        let sum = standing.summary;
        let jobs = standing.jobs.iter().map(|job| ActiveLine {
            job: job.into(),
            progress: standing.progress_of(job).map(ProgressLine::from),
        });
        Self {
            text: standing.sentence(),
            running: match standing.daemon {
                Daemon::Runs(_) => Some(true),
                Daemon::Stopped => Some(false),
                Daemon::Unknown(_) => None,
            },
            pid: if let Daemon::Runs(pid) = standing.daemon { pid } else { None },
            paused: standing.paused,
            credits: standing.credits,
            held: standing.held.as_ref().map(|held| held.code.as_str()),
            watch: standing.inbox.as_ref().map(WatchLine::from),
            queued: sum.queued,
            working: sum.working,
            waiting: sum.waiting,
            delivered: sum.delivered,
            failed: sum.failed,
            cancelled: sum.cancelled,
            answered: sum.answered,
            jobs: jobs.collect(),
            files: standing.files.iter().map(FileLine::from).collect(),
        }
    }
}

impl From<&Progress> for ProgressLine {
    fn from(row: &Progress) -> Self {
        Self {
            done: row.done,
            total: Some(row.total).filter(|n| *n > 0),
            unit: if row.step == Step::Export.name() { "percent" } else { "bytes" },
            at: rfc3339(row.at),
        }
    }
}

impl<'a> From<&'a Sighting> for FileLine<'a> {
    fn from(seen: &'a Sighting) -> Self {
        Self {
            path: path(&seen.path),
            code: seen.code.map(crate::job::Code::as_str),
            detail: &seen.detail,
            at: rfc3339(seen.at),
        }
    }
}

/// The account's credits: the one line of `credits --json`.
#[derive(Serialize)]
pub(super) struct CreditsLine<'a> {
    /// To be spent.
    available: Option<Number>,
    /// Held by work in progress.
    frozen: Option<Number>,
    /// All there ever were.
    total: Option<Number>,
    /// Whose they are; anonymous accounts begin with `anon_`.
    account: Option<&'a str>,
}

impl<'a> From<&'a Credits> for CreditsLine<'a> {
    fn from(credits: &'a Credits) -> Self {
        Self {
            available: number(credits.available),
            frozen: number(credits.frozen),
            total: number(credits.total),
            account: credits.account.as_deref(),
        }
    }
}

/// An object as a line.
pub(super) fn line(object: &impl Serialize) -> anyhow::Result<String> {
    Ok(words::json_line(object)?)
}

/// A number of credits: whole where it is whole.
fn number(n: f64) -> Option<Number> {
    human::amount(n).parse().ok()
}
