//! The dispatcher: owns the truth about running jobs, decides who is next, and runs nothing itself.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};

use super::batches;
use super::claim::Claim;
use super::clock::wall;
use super::executor;
use super::folders::blocking;
use super::queue::{self, Limits, Load};
use super::stop::{self, Stop};
use super::{Tools, Wake};
use crate::api::{ApiError, Call};
use crate::crash::{self, Loop};
use crate::job::{Code, Failure, Job, JobEvent, JobId, Moment, Phase, Step};
use crate::ledger::LedgerError;

/// Under which name the ledger keeps that dakbox was stopped, and did not die.
pub(super) const STOPPED: &str = "stopped";

/// What a finished action hands back.
pub(super) type Done = (Claim, Result<Vec<JobEvent>, Stop>);

/// The call that a step can't do without.
const fn call_of(step: Step) -> Option<Call> {
    Some(match step {
        Step::Session => Call::Session,
        Step::Upload => Call::Upload,
        Step::Instruct(_) => Call::Message,
        Step::Observe(_) => Call::State,
        Step::Export => Call::Export,
        Step::Fetch => Call::Download,
        Step::Deliver | Step::Tidy => return None,
    })
}

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
    pub(super) tools: Arc<Tools>,
    pub(super) wakes: mpsc::Receiver<Wake>,
    pub(super) jobs: BTreeMap<JobId, Job>,
    pub(super) running: HashMap<JobId, (Step, AbortHandle)>,
    pub(super) tasks: JoinSet<Done>,
    /// Waits that are looked at again, and changed nothing: not worth an event, only a later look.
    pub(super) relooks: HashMap<JobId, Moment>,
    pub(super) once: bool,
    pub(super) inbox_quiet: bool,
    /// With `once`, each wait is looked at again at most one time.
    pub(super) looked: HashSet<JobId>,
    /// Jobs whose notes say that everything is paused.
    pub(super) paused: HashSet<JobId>,
    /// Consents and answers that wait until what runs has told what it found.
    pub(super) said: HashMap<JobId, JobEvent>,
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
            paused: HashSet::new(),
            said: HashMap::new(),
        };
        let now = this.tools.clock.now();
        for mut job in open {
            if once {
                // Whoever asks for a single run wants to know now: each wait gets its one look, whenever it was due.
                job.not_before = job.not_before.map(|_| now);
            }
            this.hold(job);
        }
        if !this.jobs.is_empty() {
            tracing::info!(jobs = this.jobs.len(), "jobs taken up again");
        }
        this.look_after_the_night().await?;
        Ok(this)
    }

    /// Runs until it is told to stop, or, with `once`, until nothing is left to do.
    pub async fn run(mut self) -> Ended {
        let vitals = Arc::clone(&self.tools.vitals);
        let _going = vitals.dispatcher.begin();
        loop {
            crash::turn(Loop::Dispatcher);
            vitals.dispatcher.beat();
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
            self.show();
            let outcome = tokio::select! {
                () = self.tools.stops.drain.cancelled() => Ok(()),
                Some(wake) = self.wakes.recv() => self.woken(wake).await,
                Some(done) = self.tasks.join_next(), if !self.tasks.is_empty() => self.finished(done).await,
                () = tokio::time::sleep(nap) => Ok(()),
                () = vitals.dispatcher.asked() => Ok(()),
            };
            if let Err(error) = outcome {
                return self.fail(error).await;
            }
        }
    }

    /// What changed while nobody looked: clips that were taken away, and pairs that were being changed.
    async fn look_after_the_night(&mut self) -> Result<(), LedgerError> {
        let died = self.tools.ledger.meta(STOPPED).await?.is_none();
        if !died {
            self.tools.ledger.set_meta(STOPPED, None).await?;
        }
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
            } else if died && self.jobs[&id].phase == Phase::Running {
                let (now, patience) = (self.tools.clock.now(), self.patience());
                self.record(id, stop::cut_off(&self.jobs[&id], now, patience)).await?;
            }
        }
        Ok(())
    }

    pub(super) fn limits(&self) -> Limits {
        let config = self.tools.config();
        Limits {
            jobs: config.jobs.concurrency as usize,
            uploads: config.jobs.uploads as usize,
            paused: self.tools.brake.is_on(),
        }
    }

    pub(super) fn load(&self) -> Load {
        self.running.values().fold(Load::default(), |load, (step, _)| load.with(*step))
    }

    async fn schedule(&mut self) -> Result<(), LedgerError> {
        if self.tools.stops.drain.is_cancelled() {
            return Ok(());
        }
        let (limits, now) = (self.limits(), self.tools.clock.now());
        if !limits.paused {
            // What they wait for is over: no note says so any more.
            for id in std::mem::take(&mut self.paused) {
                self.jobs.get(&id).into_iter().for_each(|job| self.tools.notes.sync(job));
            }
        }
        self.relooks.retain(|_, at| *at > now);
        let held = |id: JobId| self.running.contains_key(&id) || self.relooks.contains_key(&id);
        for (id, step) in queue::due(&self.jobs, held, now) {
            // Each may cost a commit: many of them are no standstill.
            self.tools.vitals.dispatcher.beat();
            let again = self.jobs.get(&id).is_some_and(|job| job.phase == Phase::Waiting);
            let runs = |id: JobId| self.running.contains_key(&id);
            let may_begin = || {
                let alone = |job| queue::has_session_alone(&self.jobs, runs, (job, step));
                batches::may_begin(&self.jobs, runs, id) && self.jobs.get(&id).is_none_or(alone)
            };
            if !self.load().admits(step, limits) || !may_begin() {
                if limits.paused && matches!(step, Step::Instruct(_)) {
                    self.tell_paused(id);
                }
                continue;
            }
            if let Some(held) = call_of(step).and_then(|call| self.tools.service.held(call)) {
                self.hold_back(id, step, &held).await?;
                continue;
            }
            if self.once && again && !self.looked.insert(id) {
                continue;
            }
            self.begin(id, step).await?;
        }
        Ok(())
    }

    /// Whoever dropped it reads why nothing is sent. That is no event of the job: it can be over at any moment.
    fn tell_paused(&mut self, id: JobId) {
        let Some(job) = self.jobs.get(&id).filter(|job| job.waiting.is_none()) else { return };
        if self.paused.insert(id) {
            let failure = Failure::new(Code::Paused, "pause.txt lies in the root", "Delete it to go on.");
            let told = Job { waiting: Some(failure), phase: Phase::Waiting, ..job.clone() };
            self.tools.notes.sync(&told);
        }
    }

    /// A job whose next call is held anyway sleeps until it isn't. Where that takes long, a note says so.
    async fn hold_back(&mut self, id: JobId, step: Step, held: &ApiError) -> Result<(), LedgerError> {
        let (now, wait) = (self.tools.clock.now(), held.retry_after.unwrap_or_default());
        let until = now.after(super::outcome::spread(wait));
        self.relooks.insert(id, until);
        let down = call_of(step).is_some_and(|call| self.tools.service.is_down(call));
        let untold = self.jobs.get(&id).is_some_and(|job| job.waiting.is_none());
        if untold && (down || wait > self.tools.config().jobs.still_working) {
            let failure = held.failure().waiting();
            self.record(id, vec![JobEvent::Waits { failure, until: Some(until) }]).await?;
        }
        Ok(())
    }

    /// Records the start, unless a wait is merely looked at again, and hands the job out.
    async fn begin(&mut self, id: JobId, step: Step) -> Result<(), LedgerError> {
        let Some(job) = self.jobs.get(&id) else { return Ok(()) };
        // A wait that is merely looked at again is not worth an event, but an upload that begins is.
        // So is a step that dakbox has died of.
        let worth = step == Step::Upload || job.code() == Some(Code::LocalIo);
        if job.phase != Phase::Waiting || worth {
            match self.tools.ledger.append(id, vec![JobEvent::Started { step }], wall()).await {
                Ok(job) => {
                    super::story::tell(&job, &[JobEvent::Started { step }]);
                    self.hold(job);
                }
                Err(error) if error.is_fatal() => return Err(error),
                Err(error) => {
                    super::outcome::tell_full(id, &error);
                    return self.pause(id).await;
                }
            }
        }
        self.hand_out(id, step);
        Ok(())
    }

    pub(super) fn hand_out(&mut self, id: JobId, step: Step) {
        let Some(job) = self.jobs.get(&id) else { return };
        let tools = Arc::clone(&self.tools);
        let claim = Claim::new(job.clone(), step);
        let handle = self.tasks.spawn(executor::act(tools, claim));
        self.running.insert(id, (step, handle));
    }

    pub(super) async fn reload(&mut self, id: JobId) -> Result<(), LedgerError> {
        match self.tools.ledger.job(id).await? {
            Some(job) if !job.is_ended() => self.hold(job),
            _ => drop(self.jobs.remove(&id)),
        }
        Ok(())
    }

    /// Takes a job in. A moment stored before the clock was set back would hold it for ever: it counts as come.
    pub(super) fn hold(&mut self, mut job: Job) {
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
                    self.paused.remove(&id);
                    self.tools.notes.sync(job);
                }
            }
            Wake::Quiet(quiet) => self.inbox_quiet = quiet,
            Wake::Asked(request) => self.asked(request).await?,
            Wake::Says { job, event } => {
                if !self.running.contains_key(&job) {
                    self.say(job, *event).await?;
                } else if let Some(first) = self.said.insert(job, (*event).clone()) {
                    // One after the other: what came second may mean something else once the first is heard.
                    self.said.insert(job, first);
                    self.unheard(job, &event);
                }
            }
        }
        Ok(())
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
}
