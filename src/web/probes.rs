//! `/healthz` and `/readyz`: whether the process lives, and whether it could take a clip now. Neither touches a folder.

use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::sync::Mutex;

use super::house::House;
use crate::worker::{Situation, Vitals};

/// A loop that has not come round in so long hangs.
const PATIENCE: Duration = Duration::from_secs(5);
/// An answer is good for so long: whoever asks all the time must not keep the loops from their work.
const GOOD: Duration = Duration::from_secs(1);
/// The ledger is a file of this machine: one that takes longer is no good.
pub(super) const LEDGER: Duration = Duration::from_secs(2);

/// The last answer.
#[derive(Default)]
pub(super) struct Health(Mutex<Option<(Instant, Vec<&'static str>)>>);

impl Health {
    /// The loops that don't come round.
    pub(super) async fn silent(&self, vitals: &Vitals) -> Vec<&'static str> {
        let mut last = self.0.lock().await;
        if let Some((at, silent)) = last.as_ref().filter(|(at, _)| at.elapsed() < GOOD) {
            let _ = at;
            return silent.clone();
        }
        let silent = vitals.silent(PATIENCE).await;
        *last = Some((Instant::now(), silent.clone()));
        silent
    }
}

/// What `/healthz` says.
#[derive(Serialize)]
pub(super) struct Alive {
    /// Whether every loop comes round.
    pub(super) alive: bool,
    /// Those that don't: `start`, `dispatcher` or `intake`.
    pub(super) silent: Vec<&'static str>,
}

/// What `/readyz` says.
#[derive(Serialize, PartialEq, Eq, Debug)]
pub(super) struct Ready {
    /// Whether a clip that is dropped now goes its way.
    pub(super) ready: bool,
    /// What is against it: `ledger`, `folders`, `inbox`, `service`.
    pub(super) against: Vec<&'static str>,
}

impl Ready {
    /// By what goes on, and by what the ledger says of the folders: `None` where it can't be read.
    pub(super) fn new(now: &Situation, folders_held: Option<bool>) -> Self {
        let against = [
            (folders_held.is_none(), "ledger"),
            (folders_held == Some(true), "folders"),
            (!matches!(now.inbox, Some(Ok(()))), "inbox"),
            (now.held, "service"),
        ];
        let against: Vec<_> = against.into_iter().filter(|(is, _)| *is).map(|(_, name)| name).collect();
        Self { ready: against.is_empty(), against }
    }
}

/// Whether the folders are held, by the ledger; `None` where it can't be read, or not in time.
pub(super) async fn folders_held(house: &std::sync::Arc<House>) -> Option<bool> {
    let read = house.apart(|house| {
        let ledger = house.overview()?;
        ledger.held().map(|held| held.is_some())
    });
    tokio::time::timeout(LEDGER, read).await.ok()?.ok()?.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_against_it_is_named() {
        let here = Situation { inbox: Some(Ok(())), ..Situation::default() };
        let away = Situation { inbox: Some(Err("gone".into())), held: true, ..Situation::default() };
        for (now, held, want) in [
            (&here, Some(false), &[][..]),
            (&here, None, &["ledger"]),
            (&here, Some(true), &["folders"]),
            (&away, Some(false), &["inbox", "service"]),
            (&Situation::default(), Some(false), &["inbox"]),
        ] {
            let ready = Ready::new(now, held);
            assert_eq!((ready.ready, &ready.against[..]), (want.is_empty(), want));
        }
    }
}
