//! What the pages know of the house: settings, folders, ledger, signs of life.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use tokio::sync::{Mutex as AsyncMutex, Semaphore};
use tokio_util::sync::CancellationToken;

use super::door::Door;
use super::kept::Kept;
use super::look::{Costs, Paces};
use crate::config::Config;
use crate::job::Moment;
use crate::ledger::{LedgerError, Overview};
use crate::worker::clock::wall;
use crate::worker::{Folders, Vitals};

/// Reads on shares at once at most: a share that hangs may hold so many threads, and the ledger is still read.
const FILMS: usize = 6;

/// Who is at the other end of a connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub(super) IpAddr);

/// What the pages know of the house.
pub(super) struct House {
    settings: Arc<RwLock<Arc<Config>>>,
    folders: OnceLock<Folders>,
    /// Signs of life of the loops, and what goes on.
    pub(super) vitals: Arc<Vitals>,
    /// Where the page really is.
    pub(super) address: SocketAddr,
    /// Who may come in.
    pub(super) door: Door,
    /// Pages that were made a moment ago.
    pub(super) kept: Kept,
    /// What finished jobs have cost.
    pub(super) costs: Costs,
    /// How long steps take.
    pub(super) paces: Paces,
    /// Room for films that are being read.
    pub(super) films: Arc<Semaphore>,
    /// Held by whoever changes something on a share.
    pub(super) changes: Arc<AsyncMutex<()>>,
    /// Room for streams of what changes.
    pub(super) streams: Arc<Semaphore>,
    /// Told when all ends.
    pub(super) stop: CancellationToken,
}

impl House {
    pub(super) fn new(
        settings: Arc<RwLock<Arc<Config>>>,
        vitals: Arc<Vitals>,
        address: SocketAddr,
        door: Door,
    ) -> Self {
        Self {
            settings,
            folders: OnceLock::new(),
            vitals,
            address,
            door,
            kept: Kept::default(),
            costs: Costs::default(),
            paces: Paces::default(),
            films: Arc::new(Semaphore::new(FILMS)),
            changes: Arc::default(),
            streams: Arc::new(Semaphore::new(super::server::STREAMS)),
            stop: CancellationToken::new(),
        }
    }

    /// The settings as they are now.
    pub(super) fn config(&self) -> Arc<Config> {
        Arc::clone(&self.settings.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The ledger's file.
    pub(super) fn ledger(&self) -> PathBuf {
        self.config().ledger.file.clone()
    }

    /// The ledger, to read. May block: for [`House::apart`].
    pub(super) fn overview(&self) -> Result<Overview, LedgerError> {
        Overview::open(&self.config().ledger.file)
    }

    /// The folders, once they are known to be ours.
    pub(super) fn folders(&self) -> Option<&Folders> {
        self.folders.get()
    }

    /// From now on the folders are ours.
    pub(super) fn works_in(&self, folders: Folders) {
        let _ = self.folders.set(folders);
    }

    /// What the clock on the wall says.
    pub(super) fn now() -> Moment {
        wall()
    }

    /// Does what may block where it holds nobody up.
    pub(super) async fn apart<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> io::Result<T> {
        let house = Arc::clone(self);
        tokio::task::spawn_blocking(move || work(&house)).await.map_err(io::Error::other)
    }
}
