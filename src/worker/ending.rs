//! How the dispatcher ends: messages that are out run to their end, because hanging up cancels what is paid for.

use super::dispatcher::{Dispatcher, Ended, STOPPED};
use crate::api::Call;
use crate::job::{Job, Phase, Repeat};
use crate::ledger::LedgerError;

/// The calls that a clip's way needs.
const CALLS: [Call; 7] =
    [Call::Token, Call::Session, Call::Upload, Call::Message, Call::State, Call::Export, Call::Download];

impl Dispatcher {
    /// Says what goes on, for a line of status.
    pub(super) fn show(&self) {
        let waits = |job: &&Job| job.phase == Phase::Waiting && !self.running.contains_key(&job.id);
        let waiting = self.jobs.values().filter(waits).count();
        let paid = self.running.values().filter(|(step, _)| step.repeat() == Repeat::Never).count();
        let (working, paused) = (self.running.len(), self.tools.brake.is_on());
        let queued = self.jobs.len().saturating_sub(waiting + working);
        let held = CALLS.into_iter().any(|call| self.tools.service.held(call).is_some());
        self.tools.vitals.show(|now| {
            (now.working, now.paid, now.queued, now.waiting, now.paused, now.held) =
                (working, paid, queued, waiting, paused, held);
        });
    }

    /// Ends: messages run to their end, everything else is parked where it is.
    pub(super) async fn drain(mut self) -> Ended {
        for (step, handle) in self.running.values() {
            if step.repeat() == Repeat::Safe {
                handle.abort();
            }
        }
        let deadline = tokio::time::Instant::now() + self.tools.config().jobs.drain;
        let vitals = std::sync::Arc::clone(&self.tools.vitals);
        while !self.running.is_empty() {
            vitals.dispatcher.beat();
            self.show();
            let done = tokio::select! {
                () = self.tools.stops.cut.cancelled() => break,
                () = tokio::time::sleep_until(deadline) => break,
                () = vitals.dispatcher.asked() => continue,
                done = self.tasks.join_next() => done,
            };
            let Some(done) = done else { break };
            if let Err(error) = self.finished(done).await {
                return self.fail(error).await;
            }
        }
        self.tasks.shutdown().await;
        match self.tools.ledger.set_meta(STOPPED, Some("in order".to_owned())).await {
            Ok(()) => Ended::Stopped,
            Err(error) => Ended::Ledger(error),
        }
    }

    /// Nothing can be recorded any more. Messages that are out run to their end all the same: hanging up would cancel
    /// what was paid for, and after the next start the state tells what became of them.
    pub(super) async fn fail(mut self, error: LedgerError) -> Ended {
        tracing::error!(%error, "nothing more is begun; running messages end");
        self.tools.stops.drain.cancel();
        for (step, handle) in self.running.values() {
            if step.repeat() == Repeat::Safe {
                handle.abort();
            }
        }
        let deadline = tokio::time::sleep(self.tools.config().jobs.drain);
        tokio::pin!(deadline);
        let vitals = std::sync::Arc::clone(&self.tools.vitals);
        while !self.tasks.is_empty() {
            vitals.dispatcher.beat();
            tokio::select! {
                () = self.tools.stops.cut.cancelled() => break,
                () = &mut deadline => break,
                () = vitals.dispatcher.asked() => {}
                _ = self.tasks.join_next() => {}
            }
        }
        self.tasks.shutdown().await;
        Ended::Ledger(error)
    }
}
