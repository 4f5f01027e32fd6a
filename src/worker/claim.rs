//! The claim: the proof that this job, in this step, is ours to act on.

use super::clock::wall;
use super::stop::Stop;
use crate::job::{Job, JobEvent, JobId, Phase, SessionId, Step};
use crate::ledger::{Ledger, LedgerError};

/// A job in a step that was handed out to act on. Only the dispatcher makes one, and never two for one job.
#[derive(Debug)]
pub(super) struct Claim {
    job: Job,
    step: Step,
}

impl Claim {
    /// Hands out `job` to act on `step`.
    pub(super) const fn new(job: Job, step: Step) -> Self {
        Self { job, step }
    }

    /// The job as last recorded.
    pub(super) const fn job(&self) -> &Job {
        &self.job
    }

    /// The job's number.
    pub(super) const fn id(&self) -> JobId {
        self.job.id
    }

    /// The step to act on.
    pub(super) const fn step(&self) -> Step {
        self.step
    }

    /// The job's session.
    ///
    /// # Errors
    /// [`Stop::Stale`] where it has none: no step after the first is due without one.
    pub(super) fn session(&self) -> Result<SessionId, Stop> {
        self.job.session.clone().ok_or(Stop::Stale)
    }

    /// Records what happened in the middle of the step: on disk when this returns.
    ///
    /// # Errors
    /// [`Stop::Stale`] where the job has moved on meanwhile, [`Stop::Ledger`] where the ledger fails.
    pub(super) async fn commit(&mut self, ledger: &Ledger, event: JobEvent) -> Result<(), Stop> {
        Ok(self.try_commit(ledger, event).await?)
    }

    /// The same, with the ledger's own word where it refuses.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub(super) async fn try_commit(&mut self, ledger: &Ledger, event: JobEvent) -> Result<(), LedgerError> {
        let mut events = self.opening();
        events.push(event);
        self.job = ledger.append(self.job.id, events, wall()).await?;
        Ok(())
    }

    /// What has to be recorded before anything else of this step: its start, where that was not worth a commit yet
    /// (a wait that is looked at again).
    pub(super) fn opening(&self) -> Vec<JobEvent> {
        let started = self.job.phase == Phase::Running && self.job.step == self.step;
        if started { Vec::new() } else { vec![JobEvent::Started { step: self.step }] }
    }
}
