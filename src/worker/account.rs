//! What the service asked of the whole account, kept over a restart: no crash and no kill makes it ask too soon.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Tools;
use super::clock::wall;
use crate::api::Holds;
use crate::job::{Failure, Moment};
use crate::ledger::LedgerError;

/// Under which name the ledger keeps it.
const KEPT: &str = "account";

/// It, as it is kept.
#[derive(Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    /// There were no credits when a message was last sent.
    no_credits: Option<Failure>,
    /// No call before this.
    calls: Option<Moment>,
    /// No call for a token before this.
    token: Option<Moment>,
}

impl Tools {
    /// Puts in force what an earlier run was asked for.
    ///
    /// # Errors
    /// Where the ledger can't be read.
    pub async fn restore_account(&self) -> Result<(), LedgerError> {
        let kept = self.ledger.meta(KEPT).await?.unwrap_or_default();
        let kept: Kept = serde_json::from_str(&kept).unwrap_or_default();
        let now = wall();
        let left = |until: Option<Moment>| until.map(|until| until.since(now)).filter(|left| !left.is_zero());
        self.service.hold(Holds { account: left(kept.calls), token: left(kept.token) });
        if let Some(why) = kept.no_credits {
            self.gate.restore(why);
        }
        Ok(())
    }

    /// Keeps it whenever it changes.
    pub async fn keep_account(self: Arc<Self>) {
        loop {
            tokio::select! {
                () = self.gate.changed() => {}
                () = self.service.holds_changed() => {}
            }
            if let Err(error) = self.record_account().await {
                tracing::warn!(%error, "what the service asked for can't be kept over a restart");
            }
            let holds = self.service.holds();
            if let Some(left) = holds.account {
                let seconds = left.as_secs_f64();
                tracing::warn!(
                    seconds,
                    "the service asks to be left alone: nothing is sent for {seconds:.1} s"
                );
            } else if let Some(left) = holds.token {
                let seconds = left.as_secs_f64();
                tracing::warn!(
                    seconds,
                    "the service gives no token yet: none is asked for within {seconds:.1} s"
                );
            }
        }
    }

    /// Keeps it as it is now.
    ///
    /// # Errors
    /// Where the ledger can't be written.
    pub async fn record_account(&self) -> Result<(), LedgerError> {
        let (now, holds) = (wall(), self.service.holds());
        let kept = Kept {
            no_credits: self.gate.closed(),
            calls: holds.account.map(|left| now.after(left)),
            token: holds.token.map(|left| now.after(left)),
        };
        let kept = (kept != Kept::default()).then(|| serde_json::to_string(&kept).unwrap_or_default());
        if kept.is_none() && self.ledger.meta(KEPT).await?.is_none() {
            return Ok(());
        }
        self.ledger.set_meta(KEPT, kept).await
    }
}
