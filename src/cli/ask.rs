//! `dakbox retry` and `dakbox cancel`: requests left in the ledger, and what the daemon answers to them.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde::Serialize;

use super::view::{self, Daemon};
use super::{Exit, calls, json, out};
use crate::config::{Config, Loaded};
use crate::job::{Code, JobId};
use crate::ledger::{Answer, Ask, Requests};
use crate::worker::clock::wall;

/// How long an answer of a running daemon is waited for.
const PATIENCE: Duration = Duration::from_secs(15);

/// Which jobs are meant.
pub(super) enum Which<'a> {
    /// Those of these numbers.
    Jobs(Vec<JobId>),
    /// All that wait or have failed for that reason.
    Reason(&'a str),
}

/// What became of a request: a line of `retry --json` and `cancel --json`.
#[derive(Serialize)]
struct AskedLine<'a> {
    /// The job's number.
    job: i64,
    /// Whether it was done; `null` where it is noted, and not answered yet.
    done: Option<bool>,
    /// In words.
    text: &'a str,
}

/// Goes on with jobs that wait or have failed.
pub(super) fn retry(loaded: &Loaded, which: Which<'_>, again: bool, as_json: bool) -> anyhow::Result<Exit> {
    let jobs = match which {
        Which::Jobs(jobs) => jobs,
        Which::Reason(reason) => {
            let Some(code) = Code::parse(reason) else {
                out::complain(&format!(
                    "dakbox: there is no reason `{reason}`: the last line of each note names its own"
                ));
                return Ok(Exit::Usage);
            };
            by_reason(&loaded.config, code)?
        }
    };
    if jobs.is_empty() {
        if !as_json {
            out::print("No job waits or has failed for this reason.\n")?;
        }
        return Ok(Exit::Done);
    }
    ask(&loaded.config, &jobs, Ask::Retry { again }, as_json)
}

/// Gives jobs up.
pub(super) fn cancel(loaded: &Loaded, jobs: &[JobId], as_json: bool) -> anyhow::Result<Exit> {
    ask(&loaded.config, jobs, Ask::Cancel, as_json)
}

/// The jobs that wait or have failed for that reason, oldest first.
fn by_reason(config: &Config, code: Code) -> anyhow::Result<Vec<JobId>> {
    let Some(view) = view::open(&config.ledger.file)? else { return Ok(Vec::new()) };
    let mut jobs: Vec<JobId> = Vec::new();
    for state in ["waiting", "failed"] {
        jobs.extend(view.jobs(Some(state))?.iter().filter(|job| job.code() == Some(code)).map(|job| job.id));
    }
    jobs.sort_unstable();
    Ok(jobs)
}

fn ask(config: &Config, jobs: &[JobId], ask: Ask, as_json: bool) -> anyhow::Result<Exit> {
    let file = &config.ledger.file;
    if view::open(file)?.is_none() {
        bail!("there are no jobs yet");
    }
    let requests = Requests::open(file).context("the request can't be left")?;
    let left = jobs
        .iter()
        .map(|job| Ok((*job, requests.leave(*job, ask, wall())?)))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let down = matches!(view::daemon(&calls::lock_of(file)), Daemon::Stopped);
    if down && !as_json {
        out::print("Noted: dakbox is not running, and does this when it is started.\n")?;
        return Ok(Exit::Done);
    }
    let (until, mut all_done) = (Instant::now() + PATIENCE, true);
    for (job, id) in left {
        let answer = loop {
            match requests.answer(id)? {
                None if !down && Instant::now() < until => std::thread::sleep(Duration::from_millis(50)),
                answer => break answer,
            }
        };
        all_done &= answer.as_ref().is_none_or(|answer| answer.done);
        if as_json {
            let later = if down { "noted: dakbox is not running" } else { "noted: not answered yet" };
            let text = answer.as_ref().map_or(later, |answer| &answer.text);
            let done = answer.as_ref().map(|answer| answer.done);
            out::print(&json::line(&AskedLine { job: job.0, done, text })?)?;
        } else {
            said(job, answer)?;
        }
    }
    Ok(if all_done { Exit::Done } else { Exit::Failed })
}

/// What became of it, for people.
fn said(job: JobId, answer: Option<Answer>) -> anyhow::Result<()> {
    match answer {
        Some(answer) if answer.done => out::print(&format!("Job {job}: {}.\n", answer.text))?,
        Some(answer) => {
            out::complain(&format!("dakbox: job {job}: {}", answer.text));
            true
        }
        None => out::print(&format!("Job {job}: noted, but the daemon has not answered yet.\n"))?,
    };
    Ok(())
}
