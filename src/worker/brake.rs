//! The brake that everyone can reach: `pause.txt`, looked for by a thread of its own, because a share may hang.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::folders::Folders;

/// How often it is looked for. Each message looks for itself as well, right before its intent.
const PERIOD: Duration = Duration::from_secs(1);

/// Whether the brake was on when it was last looked for.
#[derive(Clone, Debug)]
pub struct Brake(Arc<AtomicBool>);

impl Brake {
    /// Looks now, and then every so often, as long as anybody asks.
    ///
    /// # Errors
    /// Where no thread is to be had.
    pub fn watch(folders: Folders) -> std::io::Result<Self> {
        let brake = Arc::new(AtomicBool::new(folders.paused()));
        let watched = Arc::downgrade(&brake);
        std::thread::Builder::new().name("brake".into()).spawn(move || {
            while let Some(brake) = watched.upgrade() {
                brake.store(folders.paused(), Ordering::Relaxed);
                drop(brake);
                std::thread::sleep(PERIOD);
            }
        })?;
        Ok(Self(brake))
    }

    /// Whether it is on.
    pub fn is_on(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
