//! How the dispatcher ends: messages that are out run to their end, because hanging up cancels what is paid for.

use super::dispatcher::{Dispatcher, Ended, STOPPED};
use crate::job::Repeat;
use crate::ledger::LedgerError;

impl Dispatcher {
    /// Ends: messages run to their end, everything else is parked where it is.
    pub(super) async fn drain(mut self) -> Ended {
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
