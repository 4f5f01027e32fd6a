//! Pages that were made a moment ago: fifty that look cost as much as one.

use std::collections::HashMap;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Mutex as AsyncMutex;

use super::house::House;
use super::parts::Parts;
use super::tongue::Lang;
use crate::job::JobId;
use crate::worker::Situation;

/// So long a page is good, whatever happens.
const GOOD: Duration = Duration::from_millis(700);
/// So long it is good where nothing happens: it says how long ago things were.
const STANDS: Duration = Duration::from_secs(20);
/// Pages that are kept.
const MOST: usize = 64;

/// Which page.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Which {
    /// The board.
    Board,
    /// One job's.
    Job(JobId),
    /// The figures.
    Figures,
    /// How dakbox itself is.
    Health,
}

type Key = (Which, Lang);
/// What a page depends on: the ledger's files, and what goes on.
type State = ([Option<(i64, i64, u64)>; 2], Situation);

struct Made {
    at: Instant,
    state: State,
    /// It was made while the ledger was being written: once more, then it is known to be true.
    is_fresh: bool,
    parts: Arc<Parts>,
}

/// The pages.
#[derive(Default)]
pub(super) struct Kept(Mutex<HashMap<Key, Arc<AsyncMutex<Option<Made>>>>>);

impl Kept {
    fn slot(&self, key: Key) -> Arc<AsyncMutex<Option<Made>>> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= MOST && !slots.contains_key(&key) {
            // Those that nobody is making or waiting for.
            slots.retain(|_, slot| Arc::strong_count(slot) > 1);
        }
        Arc::clone(slots.entry(key).or_default())
    }
}

impl House {
    /// A page's parts as they are now, or were a moment ago.
    ///
    /// # Errors
    /// Where the ledger can't be read.
    pub(super) async fn parts(
        self: &Arc<Self>,
        which: Which,
        lang: Lang,
        make: impl FnOnce(&Self) -> io::Result<Parts> + Send + 'static,
    ) -> io::Result<Arc<Parts>> {
        let slot = self.kept.slot((which, lang));
        let mut slot = slot.lock().await;
        if let Some(made) = slot.as_ref().filter(|made| made.at.elapsed() < GOOD) {
            return Ok(Arc::clone(&made.parts));
        }
        let state = (files(&self.ledger()), self.vitals.situation());
        let is_same = slot.as_ref().is_some_and(|made| made.state == state);
        if let Some(made) =
            slot.as_ref().filter(|made| is_same && !made.is_fresh && made.at.elapsed() < STANDS)
        {
            return Ok(Arc::clone(&made.parts));
        }
        let parts = Arc::new(self.apart(make).await??);
        *slot = Some(Made { at: Instant::now(), state, is_fresh: !is_same, parts: Arc::clone(&parts) });
        Ok(parts)
    }
}

/// When the ledger was written last. It lies on a disk of this machine: nothing hangs.
fn files(ledger: &Path) -> [Option<(i64, i64, u64)>; 2] {
    let mut log = ledger.as_os_str().to_owned();
    log.push("-wal");
    [ledger, Path::new(&log)].map(|file| {
        let data = std::fs::metadata(file).ok()?;
        Some((data.mtime(), data.mtime_nsec(), data.size()))
    })
}
