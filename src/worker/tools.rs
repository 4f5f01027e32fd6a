//! What the steps work with.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::clock::Clock;
use super::folders::Folders;
use super::gate::Gate;
use super::notes::Notes;
use super::progress::Board;
use super::stop::Stop;
use super::tally::Tally;
use crate::api::{self, ApiError, Heard, MessageEnd};
use crate::config::Config;
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
    /// The steady clock.
    pub clock: Clock,
    /// The waiting notes.
    pub notes: Notes,
    /// How far running steps are.
    pub progress: Board,
    /// What ended in this run.
    pub tally: Arc<Tally>,
    /// What holds for the whole account.
    pub gate: Gate,
    /// Being told to stop.
    pub stops: Stops,
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
        let state = self.service.state(session).await?;
        Ok(Reading {
            draft: state.draft.and_then(|raw| Draft::from_raw(raw.get())),
            generated: state.generated_media.map(|raw| raw.get().to_owned()),
        })
    }

    /// The account's credits, as a report and `status` show them.
    pub(super) async fn credits(&self) -> Result<Balance, ApiError> {
        let credits = self.service.credits().await?;
        let balance = Balance { available: credits.available, frozen: credits.frozen };
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
        let (config, started) = (self.config(), std::time::Instant::now());
        let mut frames = 0_u64;
        self.progress.set(job, "instruct", 0, 0);
        let heard = |_: Heard| {
            frames += 1;
            self.progress.set(job, "instruct", frames, 0);
        };
        let message = self.service.message(session, text, heard);
        tokio::pin!(message);
        loop {
            tokio::select! {
                end = &mut message => return end,
                () = tokio::time::sleep(config.jobs.still_working) => {
                    let seconds = started.elapsed().as_secs();
                    tracing::info!(job = %job, "the service is still working, {} min so far", seconds / 60);
                }
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
