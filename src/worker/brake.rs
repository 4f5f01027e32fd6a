//! The brake that everyone can reach: `pause.txt`, looked for by a thread of its own, because a share may hang.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use super::folders::Folders;

/// How often it is looked for. Each message looks for itself as well, right before its intent.
const PERIOD: Duration = Duration::from_secs(1);

/// Whether the brake was on when it was last looked for.
#[derive(Clone, Debug)]
pub struct Brake(Arc<AtomicBool>);

impl Brake {
    /// Looks every so often, as long as anybody asks. The first look is waited for a moment: the share may hang.
    ///
    /// # Errors
    /// Where no thread is to be had.
    pub fn watch(folders: Folders) -> std::io::Result<Self> {
        let brake = Arc::new(AtomicBool::new(false));
        let watched = Arc::downgrade(&brake);
        let (looked, first) = mpsc::sync_channel(1);
        std::thread::Builder::new().name("brake".into()).spawn(move || {
            loop {
                let is_on = folders.paused();
                let Some(brake) = watched.upgrade() else { return };
                brake.store(is_on, Ordering::Relaxed);
                drop(brake);
                let _ = looked.try_send(());
                std::thread::sleep(PERIOD);
            }
        })?;
        let _ = first.recv_timeout(PERIOD);
        Ok(Self(brake))
    }

    /// Whether it is on.
    pub fn is_on(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
