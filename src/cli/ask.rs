//! `dakbox retry` and `dakbox cancel`: requests left in the ledger, and what the daemon answers to them.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use super::view::{self, Daemon};
use super::{Exit, calls, out};
use crate::config::{Config, Loaded};
use crate::job::{Code, JobId};
use crate::ledger::{Ask, Requests};
use crate::worker::clock::wall;

/// How long an answer of a running daemon is waited for.
const PATIENCE: Duration = Duration::from_secs(15);

/// Goes on with jobs that wait or have failed.
pub(super) fn retry(
    loaded: &Loaded,
    jobs: Vec<JobId>,
    again: bool,
    reason: Option<&str>,
) -> anyhow::Result<Exit> {
    let jobs = match reason.map(|reason| (reason, Code::parse(reason))) {
        None => jobs,
        Some((_, Some(code))) => by_reason(&loaded.config, code)?,
        Some((reason, None)) => {
            out::complain(&format!(
                "dakbox: there is no reason `{reason}`: the last line of each note names its own"
            ));
            return Ok(Exit::Usage);
        }
    };
    if jobs.is_empty() {
        out::print("No job waits or has failed for this reason.\n")?;
        return Ok(Exit::Done);
    }
    ask(&loaded.config, &jobs, Ask::Retry { again })
}

/// Gives jobs up.
pub(super) fn cancel(loaded: &Loaded, jobs: &[JobId]) -> anyhow::Result<Exit> {
    ask(&loaded.config, jobs, Ask::Cancel)
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

fn ask(config: &Config, jobs: &[JobId], ask: Ask) -> anyhow::Result<Exit> {
    let file = &config.ledger.file;
    if view::open(file)?.is_none() {
        bail!("there are no jobs yet");
    }
    let requests = Requests::open(file).context("the request can't be left")?;
    let left = jobs
        .iter()
        .map(|job| Ok((*job, requests.leave(*job, ask, wall())?)))
        .collect::<anyhow::Result<Vec<_>>>()?;
    if matches!(view::daemon(&calls::lock_of(file)), Daemon::Stopped) {
        out::print("Noted: dakbox is not running, and does this when it is started.\n")?;
        return Ok(Exit::Done);
    }
    let (until, mut all_done) = (Instant::now() + PATIENCE, true);
    for (job, id) in left {
        let answer = loop {
            match requests.answer(id)? {
                None if Instant::now() < until => std::thread::sleep(Duration::from_millis(50)),
                answer => break answer,
            }
        };
        match answer {
            Some(answer) if answer.done => out::print(&format!("Job {job}: {}.\n", answer.text))?,
            Some(answer) => {
                all_done = false;
                out::complain(&format!("dakbox: job {job}: {}", answer.text));
                true
            }
            None => out::print(&format!("Job {job}: noted, but the daemon has not answered yet.\n"))?,
        };
    }
    Ok(if all_done { Exit::Done } else { Exit::Failed })
}
