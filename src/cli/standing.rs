//! What is going on, gathered at one moment.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use super::calls;
use super::sentence::{Counts, sentence};
use super::view::{self, Daemon};
use crate::config::Config;
use crate::job::{Balance, Failure, Job, Kind, Moment, Phase};
use crate::ledger::{InboxShown, Progress, Sighting, Summary};

/// So long a share is asked whether the brake lies in it.
const SHARE_PATIENCE: Duration = Duration::from_secs(2);

/// What is going on.
pub(super) struct Standing {
    /// When this was looked at.
    pub(super) now: Moment,
    /// Whether there is a ledger at all.
    pub(super) begun: bool,
    /// Who works it.
    pub(super) daemon: Daemon,
    /// Whether the brake is on.
    pub(super) paused: bool,
    /// The counts of all jobs.
    pub(super) summary: Summary,
    /// The jobs that have not ended, oldest first.
    pub(super) jobs: Vec<Job>,
    /// What lies in the inbox and is no job.
    pub(super) files: Vec<Sighting>,
    /// The account's credits when they were last read.
    pub(super) credits: Option<Balance>,
    /// Why the folders are not worked in, where they are not.
    pub(super) held: Option<Failure>,
    /// Where the page of the daemon is.
    pub(super) page: Option<SocketAddr>,
    /// How the inbox is looked at, or was when the daemon stopped.
    pub(super) inbox: Option<InboxShown>,
    progress: Vec<Progress>,
}

impl Standing {
    /// Looks at the ledger and the lock; whether the brake is on is known already.
    ///
    /// # Errors
    /// Where there is a ledger that can't be read.
    pub(super) fn look(config: &Config, paused: bool) -> anyhow::Result<Self> {
        let file = &config.ledger.file;
        let mut standing = Self {
            now: calls::now(),
            begun: false,
            daemon: view::daemon(&calls::lock_of(file)),
            paused,
            summary: Summary::default(),
            jobs: Vec::new(),
            files: Vec::new(),
            credits: None,
            held: None,
            page: None,
            inbox: None,
            progress: Vec::new(),
        };
        if let Some(view) = view::open(file)? {
            standing.begun = true;
            standing.summary = view.summary()?;
            standing.jobs = view.open_jobs()?;
            standing.files = view.sightings()?;
            standing.progress = view.progress()?;
            standing.credits = view.credits()?;
            standing.held = view.held()?;
            standing.inbox = view.inbox()?;
            standing.page = view.page()?;
        }
        if standing.daemon == Daemon::Stopped {
            // Left by a daemon that has gone: nobody looks at these any more.
            standing.files.retain(|seen| seen.code.is_some());
            standing.progress.clear();
            standing.page = None;
        }
        Ok(standing)
    }

    /// How far the running step of a job is.
    pub(super) fn progress_of(&self, job: &Job) -> Option<&Progress> {
        let running = job.phase == Phase::Running;
        self.progress.iter().find(|row| running && row.job == job.id && row.step == job.step.name())
    }

    /// Whether what is said of it changes with the clock alone.
    pub(super) fn moves(&self) -> bool {
        let ticks =
            |job: &Job| job.phase == Phase::Running || job.not_before.is_some_and(|until| until > self.now);
        matches!(self.daemon, Daemon::Runs(_)) && self.jobs.iter().any(|j| j.waiting.is_none() && ticks(j))
    }

    /// All of it in a sentence.
    pub(super) fn sentence(&self) -> String {
        let mut counts = Counts::default();
        for job in &self.jobs {
            match &job.waiting {
                Some(failure) if failure.kind == Kind::Passing => counts.for_better += 1,
                Some(_) => counts.for_you += 1,
                None if job.state() == "queued" => counts.queued += 1,
                None if job.end.is_none() => counts.working += 1,
                // All that is left is to tidy up.
                None => {}
            }
        }
        for seen in &self.files {
            *(if seen.code.is_none() { &mut counts.looked_at } else { &mut counts.not_taken }) += 1;
        }
        sentence(&counts)
    }
}

/// Whether the brake is on. A share that hangs is not waited for: what is known without it is said.
pub(super) fn is_paused(config: &Config) -> bool {
    let (brake, (say, heard)) = (brake_of(&config.folders.root), mpsc::channel());
    std::thread::spawn(move || say.send(brake.symlink_metadata().is_ok()));
    heard.recv_timeout(SHARE_PATIENCE).unwrap_or(false)
}

/// The brake that everyone can reach: while it lies there, no new message is sent.
pub(super) fn brake_of(root: &Path) -> std::path::PathBuf {
    root.join("pause.txt")
}
