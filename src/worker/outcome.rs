//! What a finished step means for its job: it is recorded, and the next one begins in the same breath.

use std::time::Duration;

use super::claim::Claim;
use super::clock::wall;
use super::dispatcher::{Dispatcher, Done};
use super::queue;
use super::stop::{self, Patience, Stop};
use crate::job::{Action, Code, Failure, Job, JobEvent, JobId, Phase, Step, apply, next_action};
use crate::ledger::LedgerError;

/// A ledger that can't take anything now: nothing that costs is begun, and everything else goes on.
pub(super) fn tell_full(job: JobId, error: &LedgerError) {
    if error.passes() {
        tracing::warn!(job = %job, %error, "what happened can't be recorded now, so the job waits: {error}");
    }
}

/// A wait that the whole account shares, with something of each job's own: they must not all come at once.
pub(super) fn spread(wait: Duration) -> Duration {
    wait + (wait / 4).min(Duration::from_secs(2)).mul_f64(super::chance()) + Duration::from_millis(1)
}

impl Dispatcher {
    pub(super) async fn finished(
        &mut self,
        done: Result<Done, tokio::task::JoinError>,
    ) -> Result<(), LedgerError> {
        let (claim, outcome) = match done {
            Ok(done) => done,
            Err(error) => return self.lost(&error).await,
        };
        let id = claim.id();
        if self.running.get(&id).is_some_and(|(step, _)| *step != claim.step()) {
            // It was cut off just when it had ended, and something else runs for the job by now.
            return Ok(());
        }
        self.running.remove(&id);
        self.tools.progress.end(id);
        // What the step has recorded on its way belongs to what is known of the job.
        if self.jobs.get(&id).is_none_or(|known| known.seq <= claim.job().seq) {
            self.hold(claim.job().clone());
        }
        match outcome {
            Ok(events) if claim.opening().is_empty() => self.record(id, events).await?,
            Ok(events) => self.record_at(&claim, [claim.opening(), events].concat()).await?,
            Err(Stop::Ledger(error)) => return Err(error),
            Err(stopped) => {
                let events = self.stopped(&claim, &stopped);
                self.record_at(&claim, events).await?;
            }
        }
        self.asked_meanwhile(&claim).await?;
        match self.said.remove(&id) {
            Some(event) => self.say(id, event).await,
            None => Ok(()),
        }
    }

    /// Records what holds only where nothing else has happened to the job meanwhile: a wait that was looked at again, a
    /// step that failed, a pair that was found changed. Otherwise it is asked anew what is due.
    pub(super) async fn record_at(
        &mut self,
        claim: &Claim,
        events: Vec<JobEvent>,
    ) -> Result<(), LedgerError> {
        let id = claim.id();
        if events.is_empty() {
            return self.pause(id).await;
        }
        match self.tools.ledger.append_at(id, claim.job().seq, events.clone(), wall()).await {
            Ok(job) => {
                if job.unsettled {
                    self.tools.inbox.report_anew(&job.clip.path);
                    self.inbox_quiet = false;
                }
                self.recorded(job, &events, None);
                Ok(())
            }
            Err(error) if error.is_fatal() => Err(error),
            Err(error) => {
                tell_full(id, &error);
                self.pause(id).await
            }
        }
    }

    /// A task that was cut, or that panicked: the job goes on from what the ledger says.
    pub(super) async fn lost(&mut self, error: &tokio::task::JoinError) -> Result<(), LedgerError> {
        let id = self.running.iter().find(|(_, (_, handle))| handle.id() == error.id()).map(|(id, _)| *id);
        let Some(id) = id else { return Ok(()) };
        self.running.remove(&id);
        self.tools.progress.end(id);
        if error.is_panic() {
            tracing::error!(job = %id, "a step broke off by a fault in dakbox; it is tried again later");
            let failure = Failure::new(Code::LocalIo, "a step broke off by a fault in dakbox", "");
            let until = self.tools.clock.now().after(self.tools.config().jobs.waiting_recheck);
            return self
                .record(id, vec![JobEvent::Waits { failure: failure.waiting(), until: Some(until) }])
                .await;
        }
        self.reload(id).await
    }

    pub(super) fn patience(&self) -> Patience {
        let config = self.tools.config();
        Patience {
            max_attempts: config.jobs.max_attempts,
            recheck: config.jobs.waiting_recheck,
            tell: config.jobs.still_working,
            chance: super::chance(),
        }
    }

    pub(super) fn stopped(&mut self, claim: &Claim, stopped: &Stop) -> Vec<JobEvent> {
        let (now, patience) = (self.tools.clock.now(), self.patience());
        if let Stop::Held { wait, .. } = stopped {
            self.relooks.insert(claim.id(), now.after(spread(*wait)));
        }
        let events = stop::events(claim.job(), stopped, now, patience);
        if let ([JobEvent::Waits { failure, until }], Some(old)) = (&events[..], &claim.job().waiting)
            && claim.job().phase == Phase::Waiting
            && old.code == failure.code
        {
            self.relooks.insert(claim.id(), until.unwrap_or_else(|| now.after(patience.recheck)));
            return Vec::new();
        }
        events
    }

    /// Records what a step brought and, where it may go on at once, the start of the next: one commit.
    pub(super) async fn record(&mut self, id: JobId, mut events: Vec<JobEvent>) -> Result<(), LedgerError> {
        if events.is_empty() {
            return self.pause(id).await;
        }
        let next = self.follows(id, &events);
        events.extend(next.map(|step| JobEvent::Started { step }));
        match self.tools.ledger.append(id, events.clone(), wall()).await {
            Ok(job) => self.recorded(job, &events, next),
            Err(error) if error.is_fatal() => return Err(error),
            // The next step may not follow from what the job is by now; what the last one brought holds all the same.
            Err(_) if next.is_some() => {
                events.pop();
                match self.tools.ledger.append(id, events.clone(), wall()).await {
                    Ok(job) => self.recorded(job, &events, None),
                    Err(error) if error.is_fatal() => return Err(error),
                    Err(error) => {
                        tell_full(id, &error);
                        self.pause(id).await?;
                    }
                }
            }
            Err(error) => {
                tracing::debug!(job = %id, %error, "the job moved on meanwhile");
                tell_full(id, &error);
                self.pause(id).await?;
            }
        }
        Ok(())
    }

    /// Nothing could be recorded. Whatever was in the way may be there still: no job turns in circles without a pause.
    pub(super) async fn pause(&mut self, id: JobId) -> Result<(), LedgerError> {
        let soon = self.tools.clock.now().after(Duration::from_secs(1));
        self.relooks.entry(id).or_insert(soon);
        self.reload(id).await
    }

    /// Whoever waits for another job's film is looked at now: it may be that one's.
    fn wake_followers(&mut self) {
        let now = self.tools.clock.now();
        for (id, job) in self.jobs.iter_mut().filter(|(_, job)| job.code() == Some(Code::SameInWork)) {
            self.relooks.remove(id);
            self.looked.remove(id);
            job.not_before = Some(now);
        }
    }

    pub(super) fn recorded(&mut self, job: Job, events: &[JobEvent], next: Option<Step>) {
        let id = job.id;
        super::story::tell(&job, events);
        let tries = events.iter().filter(|event| matches!(event, JobEvent::Tried { .. })).count();
        self.tools.vitals.meters.of(job.step).retries.add(tries as u64);
        // Its note says what the job says now, and is told anew where a pause still holds it.
        self.paused.remove(&id);
        self.tools.notes.sync(&job);
        if job.is_ended() {
            self.tools.tally.count(&job);
            self.jobs.remove(&id);
            self.wake_followers();
            return;
        }
        self.hold(job);
        if let Some(step) = next {
            self.hand_out(id, step);
        }
    }

    /// The step that a job may begin in the same breath as its last one ends.
    pub(super) fn follows(&self, id: JobId, events: &[JobEvent]) -> Option<Step> {
        if self.tools.stops.drain.is_cancelled() {
            return None;
        }
        let now = self.tools.clock.now();
        let mut job = self.jobs.get(&id)?.clone();
        for event in events {
            job = apply(&job, event, now).ok()?;
        }
        let step = match next_action(&job, now) {
            Action::Run(step) if job.phase != Phase::Waiting => step,
            _ => return None,
        };
        // A session is begun in its batch's turn.
        let in_turn = step != Step::Session || job.batch.is_none();
        let in_turn = in_turn
            && queue::has_session_alone(&self.jobs, |id| self.running.contains_key(&id), (&job, step));
        (in_turn && self.load().admits(step, self.limits())).then_some(step)
    }
}
