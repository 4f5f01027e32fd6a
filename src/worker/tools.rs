//! What the steps work with.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::brake::Brake;
use super::budget::Purse;
use super::clock::{Clock, wall};
use super::folders::Folders;
use super::gate::Gate;
use super::missed::Missed;
use super::notes::Notes;
use super::progress::Board;
use super::stop::Stop;
use super::tally::Tally;
use super::vitals::Vitals;
use crate::api::{self, ApiError, ErrorKind, Heard, MessageEnd};
use crate::config::Config;
use crate::inbox::Inbox;
use crate::job::{Balance, Job, JobId, SessionId, StreamEnd};
use crate::ledger::Ledger;
use crate::timeline::{Draft, Reading};

/// The two ways of being told to stop.
#[derive(Clone, Debug, Default)]
pub struct Stops {
    /// Begin nothing new, let messages end.
    pub drain: CancellationToken,
    /// End at once.
    pub cut: CancellationToken,
}

/// What the steps work with: one of each, for all jobs.
pub struct Tools {
    /// What is known for good.
    pub ledger: Ledger,
    /// The service.
    pub service: api::Client,
    /// The folders.
    pub folders: Folders,
    /// The brake that everyone can reach.
    pub brake: Brake,
    /// The steady clock.
    pub clock: Clock,
    /// What watches the inbox.
    pub inbox: Inbox,
    /// The waiting notes.
    pub notes: Notes,
    /// How far running steps are.
    pub progress: Board,
    /// What ended in this run.
    pub tally: Arc<Tally>,
    /// What holds for the whole account.
    pub gate: Gate,
    /// What may be spent.
    pub purse: Purse,
    /// Clips that are not where they should be.
    pub missed: Missed,
    /// Being told to stop.
    pub stops: Stops,
    /// Signs of life.
    pub vitals: Arc<Vitals>,
    /// The settings, which a SIGHUP may replace.
    pub settings: Arc<RwLock<Arc<Config>>>,
}

impl Tools {
    /// The settings as they are now.
    pub fn config(&self) -> Arc<Config> {
        Arc::clone(&self.settings.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits, unless dakbox is told to stop meanwhile.
    pub(super) async fn rest(&self, time: Duration) -> Result<(), Stop> {
        tokio::select! {
            () = self.stops.drain.cancelled() => Err(Stop::Halted),
            () = tokio::time::sleep(time) => Ok(()),
        }
    }

    /// One reading of a session's state.
    pub(super) async fn read_state(&self, session: &SessionId) -> Result<Reading, Stop> {
        let state = self.patiently(|| self.service.state(session)).await?;
        Ok(Reading {
            draft: state.draft.and_then(|raw| Draft::from_raw(raw.get())),
            generated: state.generated_media.map(|raw| raw.get().to_owned()),
        })
    }

    /// The account's credits, as a report and `status` show them.
    pub(super) async fn credits(&self) -> Result<Balance, ApiError> {
        let at = Some(wall());
        let credits = self.service.credits().await?;
        let balance = Balance { available: credits.available, frozen: credits.frozen, at };
        if let Err(error) = self.ledger.show_credits(balance).await {
            tracing::debug!(%error, "the credits are not shown");
        }
        Ok(balance)
    }

    /// Sends a message and hears it out. Every so often it is said that the service is still at work.
    pub(super) async fn say(
        &self,
        job: JobId,
        session: &SessionId,
        text: &str,
    ) -> Result<MessageEnd, ApiError> {
        let (config, started) = (self.config(), Instant::now());
        let (frames, heard_at) = (AtomicU64::new(0), Mutex::new(started));
        self.progress.set(job, "instruct", 0, 0);
        let heard = |heard: Heard| {
            let count = frames.fetch_add(1, Ordering::Relaxed) + 1;
            // Heartbeats are silence: they tell of a connection, not of work.
            if heard != Heard::Beat {
                *heard_at.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
            }
            self.progress.set(job, "instruct", count, 0);
        };
        let message = self.service.message(session, text, heard);
        tokio::pin!(message);
        let mut still =
            tokio::time::interval_at((started + config.jobs.still_working).into(), config.jobs.still_working);
        let silence = self.watch_silence(job, session, &heard_at);
        tokio::pin!(silence);
        loop {
            tokio::select! {
                end = &mut message => {
                    if let Some(skipped) = end.as_ref().ok().map(|end| end.skipped).filter(|n| *n > 0) {
                        tracing::info!(job = %job, skipped, "{skipped} frames of the service's stream could not be read");
                    }
                    return end;
                }
                _ = still.tick() => {
                    let minutes = started.elapsed().as_secs() / 60;
                    tracing::info!(job = %job, "the service is still working, {minutes} min so far");
                }
                () = &mut silence => {}
            }
        }
    }

    /// Looks beside an open stream whenever nothing was heard for long; never ends. The stream is heard meanwhile.
    async fn watch_silence(&self, job: JobId, session: &SessionId, heard_at: &Mutex<Instant>) {
        let long = self.config().api.silence_timeout;
        let silent = || heard_at.lock().unwrap_or_else(PoisonError::into_inner).elapsed();
        loop {
            // Something may have been heard while this waited.
            tokio::time::sleep(long.saturating_sub(silent())).await;
            if silent() >= long {
                self.look_beside(job, session).await;
                *heard_at.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
            }
        }
    }

    /// The service has been silent for long: its state is read beside the open stream. That decides nothing, because
    /// hanging up would cancel what is paid for.
    async fn look_beside(&self, job: JobId, session: &SessionId) {
        match self.read_state(session).await {
            Ok(reading) => {
                let tracks = reading.draft.map_or(0, |draft| draft.tracks().len());
                tracing::info!(job = %job, tracks, "the service has been silent for long; its project has {tracks} tracks");
            }
            Err(stop) => {
                tracing::info!(job = %job, ?stop, "the service has been silent for long, and its state can't be read");
            }
        }
    }

    /// The address that opens a job's project in a browser, where the service gives one.
    pub(super) async fn link(&self, job: &Job) -> Option<String> {
        let (task, session) = (job.task.as_ref()?, job.session.as_ref()?);
        self.service.claim_link(task, session).await.ok()
    }
}

impl From<ApiError> for Stop {
    fn from(error: ApiError) -> Self {
        if error.session_lost() {
            return Self::SessionGone;
        }
        if error.kind == ErrorKind::Held {
            return Self::Held { wait: error.retry_after.unwrap_or_default(), failure: error.failure() };
        }
        Self::Failed { failure: error.failure(), retry_after: error.retry_after }
    }
}

impl From<MessageEnd> for StreamEnd {
    fn from(end: MessageEnd) -> Self {
        match (end.how, end.error) {
            (api::Ended::Broken(reason), _) => Self::Broken(reason),
            (api::Ended::Clean, Some(error)) => Self::Error(error.message),
            (api::Ended::Clean, None) => Self::Clean,
        }
    }
}
