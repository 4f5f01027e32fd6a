//! A look at the ledger: all that the board says, gathered at one moment. May block.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::house::House;
use crate::config::{Config, Report};
use crate::job::{Balance, Failure, Job, JobId, Kind, Moment, Pace, Work};
use crate::ledger::{InboxShown, LedgerError, Overview, Progress, Sighting, Summary};
use crate::worker::{Around, Situation};

/// Films, and failures, that are listed.
pub(super) const LATELY: u32 = 30;
/// Jobs of which it is kept what they have cost.
const COSTS: usize = 500;

/// What finished jobs have cost: that stays what it is, until one is taken up again. Each with when it ended.
#[derive(Default)]
pub(super) struct Costs(Mutex<BTreeMap<JobId, (Moment, Option<f64>)>>);

impl Costs {
    /// What a finished job has cost.
    pub(super) fn of(&self, view: &Overview, job: &Job) -> Option<f64> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, cost)) = kept.get(&job.id).filter(|(at, _)| *at == job.changed) {
            return *cost;
        }
        let cost = view.cost(job.id).ok()?;
        if kept.len() >= COSTS && !kept.contains_key(&job.id) {
            kept.pop_first();
        }
        kept.insert(job.id, (job.changed, cost));
        cost
    }
}

/// So long it is known how long steps take.
const PACED: Duration = Duration::from_secs(30);
/// Clips that are older tell nothing of how long it takes now.
const PAST: Duration = Duration::from_hours(30 * 24);

/// How long steps take, read anew every so often: it changes slowly, and reading it takes longer than a board.
#[derive(Default)]
pub(super) struct Paces(Mutex<Option<(Instant, Arc<Pace>)>>);

impl Paces {
    /// How long they take now.
    pub(super) fn of(&self, view: &Overview) -> Arc<Pace> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, pace)) = kept.as_ref().filter(|(at, _)| at.elapsed() < PACED) {
            return Arc::clone(pace);
        }
        let took = view.took(House::now().before(PAST)).unwrap_or_default();
        let pace = Arc::new(Pace::of(took.iter().map(|took| (took.step, took.ms))));
        *kept = Some((Instant::now(), Arc::clone(&pace)));
        pace
    }
}

/// What there is.
pub(super) struct Look {
    pub(super) now: Moment,
    pub(super) open: Vec<Job>,
    pub(super) seen: Vec<Sighting>,
    pub(super) left_out: u64,
    pub(super) failed: Vec<Job>,
    pub(super) done: Vec<(Job, Option<f64>)>,
    pub(super) progress: Vec<Progress>,
    pub(super) held: Option<Failure>,
    pub(super) inbox: Option<InboxShown>,
    /// When the whole inbox was looked at last.
    pub(super) looked: Option<Moment>,
    pub(super) credits: Option<Balance>,
    pub(super) summary: Summary,
    pub(super) situation: Situation,
    /// How long steps take.
    pub(super) pace: Arc<Pace>,
    pub(super) config: std::sync::Arc<Config>,
}

impl House {
    /// Looks.
    ///
    /// # Errors
    /// Where the ledger can't be read.
    pub(super) fn look(&self) -> io::Result<Look> {
        self.looked().map_err(io::Error::other)
    }

    fn looked(&self) -> Result<Look, LedgerError> {
        let view = self.overview()?;
        let mut done = view.lately("delivered", LATELY)?;
        done.extend(view.lately("answered", LATELY)?);
        done.sort_by_key(|job| std::cmp::Reverse((job.changed, job.id)));
        done.truncate(LATELY as usize);
        let done = done.into_iter().map(|job| {
            let cost = if job.is_ended() { self.costs.of(&view, &job) } else { None };
            (job, cost)
        });
        Ok(Look {
            now: Self::now(),
            open: view.open_jobs()?,
            seen: view.sightings()?,
            left_out: view.sightings_left_out()?,
            failed: view.lately("failed", LATELY)?,
            done: done.collect(),
            progress: view.progress()?,
            held: view.held()?,
            inbox: view.inbox()?,
            looked: self.vitals.looked(),
            credits: view.credits()?,
            summary: view.summary()?,
            situation: self.vitals.situation(),
            pace: self.paces.of(&view),
            config: self.config(),
        })
    }
}

/// Jobs by what becomes of them.
pub(super) struct Sorted<'a> {
    /// They wait for a person.
    pub(super) waits: Vec<(&'a Job, &'a Failure)>,
    /// They wait for something that passes by itself.
    pub(super) later: Vec<(&'a Job, &'a Failure)>,
    /// They go on.
    pub(super) works: Vec<&'a Job>,
}

impl Look {
    /// The open jobs, sorted.
    pub(super) fn sorted(&self) -> Sorted<'_> {
        let mut sorted = Sorted { waits: Vec::new(), later: Vec::new(), works: Vec::new() };
        for job in self.open.iter().filter(|job| job.end.is_none()) {
            match &job.waiting {
                Some(failure) if failure.kind == Kind::Passing => sorted.later.push((job, failure)),
                Some(failure) => sorted.waits.push((job, failure)),
                None => sorted.works.push(job),
            }
        }
        sorted
    }

    /// Files that are not taken, and why; the others that lie there.
    pub(super) fn not_taken(&self) -> usize {
        self.seen.iter().filter(|seen| crate::worker::lying(seen).0.is_some()).count()
    }

    /// What stands around a job.
    pub(super) fn around(&self) -> Around<'_> {
        Around {
            now: self.now,
            runs: true,
            paused: self.situation.paused,
            still_working: self.config.jobs.still_working,
            progress: &self.progress,
        }
    }

    /// How long a job that is in work still takes, as far as clips before it tell.
    pub(super) fn left(&self, job: &Job) -> Option<Duration> {
        self.pace.left(job, moved(&self.progress, job), self.now)
    }

    /// Whether a text tells of a finished film.
    pub(super) fn has_report(&self, job: &Job) -> bool {
        job.is_ended() && job.work != Work::Ask && has_report(&self.config)
    }

    /// Why the inbox is not looked at, where it isn't.
    pub(super) fn away(&self) -> Option<&str> {
        self.inbox.as_ref().and_then(|inbox| inbox.away.as_deref())
    }
}

/// How far the running step of a job is.
pub(super) fn moved(progress: &[Progress], job: &Job) -> Option<(u64, u64)> {
    let row = progress.iter().find(|row| row.job == job.id && row.step == job.step.name())?;
    Some((row.done, row.total))
}

/// Whether films have a report that people read.
pub(super) const fn has_report(config: &Config) -> bool {
    matches!(config.messages.report, Report::Text | Report::Both)
}
