//! Keeps the page in the root in step, for whoever has only the share: never waited for, never needed.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::folders::blocking;
use super::shown::{Look, Shown};
use super::tools::Tools;
use crate::outbox::{self, Wrote};

/// So long a page stands at least.
const STANDS: Duration = Duration::from_secs(5);
/// Between two looks that found nothing new.
const REST: Duration = Duration::from_secs(1);
/// How long after a failure it is tried again.
const RETRY: Duration = Duration::from_secs(30);

/// The page, to be closed.
pub struct Page {
    stop: CancellationToken,
    closed: oneshot::Receiver<()>,
}

impl Page {
    /// Has it say that dakbox is stopped; waits for that at most so long.
    pub async fn close(self, most: Duration) {
        self.stop.cancel();
        let _ = timeout(most, self.closed).await;
    }
}

/// Writes the page where what it says has changed.
pub struct PageKeeper {
    tools: Arc<Tools>,
    written: Arc<Notify>,
    stop: CancellationToken,
    closed: Option<oneshot::Sender<()>>,
    /// What it says, but for when.
    says: Option<String>,
    /// After so long it is looked at again, whether anything was written or not.
    due: Option<Duration>,
    /// What went wrong last, and was told.
    trouble: Option<String>,
}

impl PageKeeper {
    /// The page and its keeper, who looks whenever `written` says that the ledger was.
    pub fn new(tools: Arc<Tools>, written: Arc<Notify>) -> (Page, Self) {
        let ((close, closed), stop) = (oneshot::channel(), CancellationToken::new());
        let keeper = Self {
            tools,
            written,
            stop: stop.clone(),
            closed: Some(close),
            says: None,
            due: None,
            trouble: None,
        };
        (Page { stop, closed }, keeper)
    }

    /// Runs until the page is closed.
    pub async fn run(mut self) {
        if self.tools.folders.wants_page() {
            self.keep().await;
        } else {
            self.remove().await;
        }
        let _ = self.closed.take().map(|closed| closed.send(()));
    }

    async fn keep(&mut self) {
        loop {
            let rest = if self.write(true).await { STANDS } else { REST };
            let woken = async {
                sleep(rest).await;
                self.woken().await;
            };
            tokio::select! {
                () = self.stop.cancelled() => break,
                () = woken => {}
            }
        }
        self.write(false).await;
    }

    /// Until there may be something new to say.
    async fn woken(&self) {
        let due = async {
            match self.due {
                Some(due) => sleep(due).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = self.written.notified() => {}
            () = self.tools.brake.turned() => {}
            () = due => {}
        }
    }

    /// Looks what there is to say and writes it if it is new; whether it was.
    async fn write(&mut self, runs: bool) -> bool {
        let look = Look {
            folders: self.tools.folders.clone(),
            config: self.tools.config(),
            paused: self.tools.brake.is_on(),
            runs,
        };
        let before = self.says.clone();
        let written = blocking(move || {
            let shown = look.shown()?;
            let is_new = before.as_ref() != Some(&shown.says);
            let wrote =
                if is_new { Some(outbox::put_page(&look.folders.top()?, &shown.text)?) } else { None };
            Ok((shown, wrote))
        });
        match written.await {
            Ok((shown, wrote)) => self.wrote(shown, wrote),
            Err(error) => self.failed(&error),
        }
    }

    fn wrote(&mut self, shown: Shown, wrote: Option<Wrote>) -> bool {
        (self.says, self.due) = (Some(shown.says), shown.due);
        match wrote {
            None => return false,
            Some(Wrote::Done) => self.trouble = None,
            Some(Wrote::Foreign) => {
                self.tell("a file named index.html that is not dakbox's lies there, and stays as it is");
            }
        }
        true
    }

    fn failed(&mut self, error: &io::Error) -> bool {
        // What lies there now is not known any more.
        (self.says, self.due) = (None, Some(RETRY));
        self.tell(&error.to_string());
        true
    }

    /// Says it once.
    fn tell(&mut self, why: &str) {
        if self.trouble.as_deref() != Some(why) {
            tracing::warn!("the page in the root is not written: {why}");
            self.trouble = Some(why.to_owned());
        }
    }

    /// Takes an earlier page away: nobody would keep it true.
    async fn remove(&self) {
        let folders = self.tools.folders.clone();
        match blocking(move || outbox::remove_page(&folders.top()?)).await {
            Ok(true) => tracing::info!("the page in the root was removed: `share_page` is off"),
            Ok(false) => {}
            Err(error) => tracing::debug!(%error, "whether a page of ours lies in the root is not known"),
        }
    }
}
