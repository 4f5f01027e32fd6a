//! The dispatcher: owns the truth about running jobs, decides who is next, and runs nothing itself.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};

use super::claim::Claim;
use super::clock::wall;
use super::executor;
use super::folders::blocking;
use super::queue::{self, Limits, Load};
use super::stop::{self, Patience, Stop};
use super::{Tools, Wake};
use crate::job::{Failure, Job, JobEvent, JobId, Moment, Phase, Repeat, Step, apply};
use crate::ledger::LedgerError;

/// What a finished action hands back.
type Done = (Claim, Result<Vec<JobEvent>, Stop>);

/// Why the dispatcher ended.
#[derive(Debug)]
pub enum Ended {
    /// It was told to stop, and what had to end has ended.
    Stopped,
    /// With `once`: there is nothing left that could go on by itself.
    Quiet,
    /// The ledger failed: going on would mean to pay without a record.
    Ledger(LedgerError),
}

/// The dispatcher.
pub struct Dispatcher {
    tools: Arc<Tools>,
    wakes: mpsc::Receiver<Wake>,
    jobs: BTreeMap<JobId, Job>,
    running: HashMap<JobId, (Step, AbortHandle)>,
    tasks: JoinSet<Done>,
    /// Waits that are looked at again, and changed nothing: not worth an event, only a later look.
    relooks: HashMap<JobId, Moment>,
    once: bool,
    inbox_quiet: bool,
    /// With `once`, each wait is looked at again at most one time.
    looked: HashSet<JobId>,
}

impl Dispatcher {
    /// Takes up what the ledger holds.
    ///
    /// # Errors
    /// Where the ledger can't be read.
    pub async fn start(
        tools: Arc<Tools>,
        wakes: mpsc::Receiver<Wake>,
        once: bool,
    ) -> Result<Self, LedgerError> {
        let open = tools.ledger.open_jobs().await?;
        let mut this = Self {
            tools,
            wakes,
            jobs: BTreeMap::new(),
            running: HashMap::new(),
            tasks: JoinSet::new(),
            relooks: HashMap::new(),
            once,
            inbox_quiet: false,
            looked: HashSet::new(),
        };
        for job in open {
            this.hold(job);
        }
        this.look_after_the_night().await?;
        if !this.jobs.is_empty() {
            tracing::info!(jobs = this.jobs.len(), "jobs taken up again");
        }
        Ok(this)
    }

    /// Runs until it is told to stop, or, with `once`, until nothing is left to do.
    pub async fn run(mut self) -> Ended {
        loop {
            if let Err(error) = self.schedule().await {
                return self.fail(error).await;
            }
            if self.tools.stops.drain.is_cancelled() {
                return self.drain().await;
            }
            if self.is_quiet() {
                return Ended::Quiet;
            }
            let nap = self.nap();
            let outcome = tokio::select! {
                () = self.tools.stops.drain.cancelled() => Ok(()),
                Some(wake) = self.wakes.recv() => self.woken(wake).await,
                Some(done) = self.tasks.join_next(), if !self.tasks.is_empty() => self.finished(done).await,
                () = tokio::time::sleep(nap) => Ok(()),
            };
            if let Err(error) = outcome {
                return self.fail(error).await;
            }
        }
    }

    /// What changed while nobody looked: clips that were taken away, and pairs that were being changed.
    async fn look_after_the_night(&mut self) -> Result<(), LedgerError> {
        for id in self.jobs.keys().copied().collect::<Vec<_>>() {
            let job = &self.jobs[&id];
            self.tools.notes.sync(job);
            let unpaid = !job.may_be_paid() && !job.closing();
            let (folders, path) = (self.tools.folders.clone(), job.clip.path.clone());
            let unsettled = job.unsettled;
            let gone = move || Ok(folders.inbox()?.stat(&path)?.is_none() && folders.present().is_ok());
            if unpaid && matches!(blocking(gone).await, Ok(true)) {
                self.record(id, vec![JobEvent::Cancelled]).await?;
            } else if unsettled {
                self.record(id, vec![JobEvent::GoesOn]).await?;
            }
        }
        Ok(())
    }

    fn limits(&self) -> Limits {
        let config = self.tools.config();
        Limits {
            jobs: config.jobs.concurrency as usize,
            uploads: config.jobs.uploads as usize,
            paused: self.tools.brake.is_on(),
        }
    }

    fn load(&self) -> Load {
        self.running.values().fold(Load::default(), |load, (step, _)| load.with(*step))
    }

    async fn schedule(&mut self) -> Result<(), LedgerError> {
        if self.tools.stops.drain.is_cancelled() {
            return Ok(());
        }
        let (limits, now) = (self.limits(), self.tools.clock.now());
        self.relooks.retain(|_, at| *at > now);
        let held = |id: JobId| self.running.contains_key(&id) || self.relooks.contains_key(&id);
        for (id, step) in queue::due(&self.jobs, held, now) {
            let again = self.jobs.get(&id).is_some_and(|job| job.phase == Phase::Waiting);
            if self.once && again && !self.looked.insert(id) {
                continue;
            }
            if self.load().admits(step, limits) {
                self.begin(id, step).await?;
            }
        }
        Ok(())
    }

    /// Records the start, unless a wait is merely looked at again, and hands the job out.
    async fn begin(&mut self, id: JobId, step: Step) -> Result<(), LedgerError> {
        let Some(job) = self.jobs.get(&id) else { return Ok(()) };
        // A wait that is merely looked at again is not worth an event, but an upload that begins is.
        if job.phase != Phase::Waiting || step == Step::Upload {
            match self.tools.ledger.append(id, vec![JobEvent::Started { step }], wall()).await {
                Ok(job) => {
                    super::story::tell(&job, &[JobEvent::Started { step }]);
                    self.hold(job);
                }
                Err(error) if error.is_fatal() => return Err(error),
                Err(_) => return self.pause(id).await,
            }
        }
        self.hand_out(id, step);
        Ok(())
    }

    fn hand_out(&mut self, id: JobId, step: Step) {
        let Some(job) = self.jobs.get(&id) else { return };
        let tools = Arc::clone(&self.tools);
        let claim = Claim::new(job.clone(), step);
        let handle = self.tasks.spawn(executor::act(tools, claim));
        self.running.insert(id, (step, handle));
    }

    async fn reload(&mut self, id: JobId) -> Result<(), LedgerError> {
        match self.tools.ledger.job(id).await? {
            Some(job) if !job.is_ended() => self.hold(job),
            _ => drop(self.jobs.remove(&id)),
        }
        Ok(())
    }

    /// Takes a job in. A moment stored before the clock was set back would hold it for ever: it counts as come.
    fn hold(&mut self, mut job: Job) {
        let config = self.tools.config();
        let (now, longest) =
            (self.tools.clock.now(), config.api.max_retry_after.max(config.jobs.waiting_recheck));
        if job.not_before.is_some_and(|at| at > now.after(longest * 2)) {
            job.not_before = Some(now);
        }
        self.jobs.insert(job.id, job);
    }

    async fn woken(&mut self, wake: Wake) -> Result<(), LedgerError> {
        match wake {
            Wake::Job(id) => {
                self.inbox_quiet = false;
                if self.once {
                    // Whether there is more to come is told after a full look.
                    self.tools.inbox.rescan();
                }
                self.relooks.remove(&id);
                let old = self.jobs.get(&id).map(|job| (job.session.clone(), job.clip.stamp, job.phase));
                self.reload(id).await?;
                let new = self.jobs.get(&id).map(|job| (job.session.clone(), job.clip.stamp, job.phase));
                // What goes up is out of date. A message is never cut: its intent is refused where the job has moved on
                // before it.
                if let Some((Step::Session | Step::Upload, handle)) = self.running.get(&id)
                    && old != new
                {
                    handle.abort();
                }
                if let Some(job) = self.jobs.get(&id) {
                    self.tools.notes.sync(job);
                }
            }
            Wake::Quiet(quiet) => self.inbox_quiet = quiet,
            Wake::Look => {}
        }
        Ok(())
    }

    async fn finished(&mut self, done: Result<Done, tokio::task::JoinError>) -> Result<(), LedgerError> {
        let (claim, outcome) = match done {
            Ok(done) => done,
            Err(error) => return self.lost(&error).await,
        };
        let id = claim.id();
        self.running.remove(&id);
        self.tools.progress.end(id);
        // What the step has recorded on its way belongs to what is known of the job.
        self.hold(claim.job().clone());
        let events = match outcome {
            Ok(events) if !claim.opening().is_empty() => return self.looked_again(&claim, events).await,
            Ok(events) => events,
            Err(Stop::Ledger(error)) => return Err(error),
            Err(Stop::Unsettled) => return self.unsettled(&claim).await,
            Err(stopped) => self.stopped(&claim, &stopped),
        };
        self.record(id, events).await
    }

    /// A wait that was looked at again ends: its start is recorded with what came of it, if the job is still as it was.
    async fn looked_again(&mut self, claim: &Claim, events: Vec<JobEvent>) -> Result<(), LedgerError> {
        let (id, events) = (claim.id(), [claim.opening(), events].concat());
        match self.tools.ledger.append_at(id, claim.job().seq, events.clone(), wall()).await {
            Ok(job) => {
                self.recorded(job, &events, None);
                Ok(())
            }
            Err(error) if error.is_fatal() => Err(error),
            Err(_) => self.pause(id).await,
        }
    }

    /// The pair was found changed. Where the inbox has told of that meanwhile, it is settled again already.
    async fn unsettled(&mut self, claim: &Claim) -> Result<(), LedgerError> {
        let (id, events) = (claim.id(), vec![JobEvent::Unsettled]);
        match self.tools.ledger.append_at(id, claim.job().seq, events.clone(), wall()).await {
            Ok(job) => {
                self.tools.inbox.report_anew(&job.clip.path);
                self.inbox_quiet = false;
                self.recorded(job, &events, None);
                Ok(())
            }
            Err(error) if error.is_fatal() => Err(error),
            Err(_) => self.pause(id).await,
        }
    }

    /// A task that was cut, or that panicked: the job goes on from what the ledger says.
    async fn lost(&mut self, error: &tokio::task::JoinError) -> Result<(), LedgerError> {
        let id = self.running.iter().find(|(_, (_, handle))| handle.id() == error.id()).map(|(id, _)| *id);
        let Some(id) = id else { return Ok(()) };
        self.running.remove(&id);
        self.tools.progress.end(id);
        if error.is_panic() {
            tracing::error!(job = %id, "a step broke off by a fault in dakbox; it is tried again later");
            let failure =
                Failure::new(crate::job::Code::LocalIo, "a step broke off by a fault in dakbox", "");
            let until = self.tools.clock.now().after(self.tools.config().jobs.waiting_recheck);
            return self
                .record(id, vec![JobEvent::Waits { failure: failure.waiting(), until: Some(until) }])
                .await;
        }
        self.reload(id).await
    }

    fn stopped(&mut self, claim: &Claim, stopped: &Stop) -> Vec<JobEvent> {
        let config = self.tools.config();
        let patience = Patience {
            max_attempts: config.jobs.max_attempts,
            recheck: config.jobs.waiting_recheck,
            chance: super::chance(),
        };
        let now = self.tools.clock.now();
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
    async fn record(&mut self, id: JobId, mut events: Vec<JobEvent>) -> Result<(), LedgerError> {
        if events.is_empty() {
            return self.pause(id).await;
        }
        let next = self.follows(id, &events);
        events.extend(next.map(|step| JobEvent::Started { step }));
        match self.tools.ledger.append(id, events.clone(), wall()).await {
            Ok(job) => self.recorded(job, &events, next),
            Err(error) if error.is_fatal() => return Err(error),
            Err(error) => {
                tracing::debug!(job = %id, %error, "the job moved on meanwhile");
                self.pause(id).await?;
            }
        }
        Ok(())
    }

    /// Nothing could be recorded. Whatever was in the way may be there still: no job turns in circles without a pause.
    async fn pause(&mut self, id: JobId) -> Result<(), LedgerError> {
        let soon = self.tools.clock.now().after(Duration::from_secs(1));
        self.relooks.entry(id).or_insert(soon);
        self.reload(id).await
    }

    fn recorded(&mut self, job: Job, events: &[JobEvent], next: Option<Step>) {
        let id = job.id;
        super::story::tell(&job, events);
        self.tools.notes.sync(&job);
        if job.is_ended() {
            self.tools.tally.count(&job);
            self.jobs.remove(&id);
            return;
        }
        self.hold(job);
        if let Some(step) = next {
            self.hand_out(id, step);
        }
    }

    /// The step that a job may begin in the same breath as its last one ends.
    fn follows(&self, id: JobId, events: &[JobEvent]) -> Option<Step> {
        if self.tools.stops.drain.is_cancelled() {
            return None;
        }
        let now = self.tools.clock.now();
        let mut job = self.jobs.get(&id)?.clone();
        for event in events {
            job = apply(&job, event, now).ok()?;
        }
        let step = match crate::job::next_action(&job, now) {
            crate::job::Action::Run(step) if job.phase != Phase::Waiting => step,
            _ => return None,
        };
        self.load().admits(step, self.limits()).then_some(step)
    }

    fn nap(&self) -> Duration {
        let now = self.tools.clock.now();
        let held = |id: JobId| self.running.contains_key(&id) || self.relooks.contains_key(&id);
        let due =
            queue::next_wake(&self.jobs, held, now).into_iter().chain(self.relooks.values().copied()).min();
        // A pause ends without an event of its own.
        let longest = self.tools.config().watch.poll_interval;
        due.map_or(longest, |at| self.tools.clock.until(at).min(longest)).max(Duration::from_millis(1))
    }

    /// With `once`: the inbox has nothing more to come, and every open job waits.
    fn is_quiet(&self) -> bool {
        let rests = |job: &Job| job.phase == Phase::Waiting || job.unsettled;
        let paused = self.tools.brake.is_on();
        let held = |job: &Job| paused && matches!(crate::job::due_step(job), Step::Instruct(_));
        self.once
            && self.inbox_quiet
            && self.running.is_empty()
            && self.jobs.values().all(|job| rests(job) || held(job))
    }

    /// Ends: messages run to their end, everything else is parked where it is.
    async fn drain(mut self) -> Ended {
        for (step, handle) in self.running.values() {
            if step.repeat() == Repeat::Safe {
                handle.abort();
            }
        }
        let deadline = tokio::time::Instant::now() + self.tools.config().jobs.drain;
        while !self.running.is_empty() {
            let done = tokio::select! {
                () = self.tools.stops.cut.cancelled() => break,
                () = tokio::time::sleep_until(deadline) => break,
                done = self.tasks.join_next() => done,
            };
            let Some(done) = done else { break };
            if let Err(error) = self.finished(done).await {
                return self.fail(error).await;
            }
        }
        self.tasks.shutdown().await;
        Ended::Stopped
    }

    /// Nothing can be recorded any more. Messages that are out run to their end all the same: hanging up would cancel
    /// what was paid for, and after the next start the state tells what became of them.
    async fn fail(mut self, error: LedgerError) -> Ended {
        tracing::error!(%error, "nothing more is begun; running messages end");
        self.tools.stops.drain.cancel();
        for (step, handle) in self.running.values() {
            if step.repeat() == Repeat::Safe {
                handle.abort();
            }
        }
        let deadline = tokio::time::sleep(self.tools.config().jobs.drain);
        tokio::pin!(deadline);
        while !self.tasks.is_empty() {
            tokio::select! {
                () = self.tools.stops.cut.cancelled() => break,
                () = &mut deadline => break,
                _ = self.tasks.join_next() => {}
            }
        }
        self.tasks.shutdown().await;
        Ended::Ledger(error)
    }
}
