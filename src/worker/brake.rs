//! The brake that everyone can reach: `pause.txt`, looked for by a thread of its own, because a share may hang.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use tokio::sync::Notify;

use super::folders::Folders;

/// How often it is looked for. Each message looks for itself as well, right before its intent.
const PERIOD: Duration = Duration::from_secs(1);

/// Whether the brake was on when it was last looked for.
#[derive(Clone, Debug)]
pub struct Brake(Arc<Looked>);

#[derive(Debug, Default)]
struct Looked {
    is_on: AtomicBool,
    turned: Notify,
}

impl Brake {
    /// Looks every so often, as long as anybody asks. The first look is waited for a moment: the share may hang.
    ///
    /// # Errors
    /// Where no thread is to be had.
    pub fn watch(folders: Folders) -> std::io::Result<Self> {
        let brake = Arc::new(Looked::default());
        let watched = Arc::downgrade(&brake);
        let (looked, first) = mpsc::sync_channel(1);
        std::thread::Builder::new().name("brake".into()).spawn(move || {
            loop {
                let is_on = folders.paused();
                let Some(brake) = watched.upgrade() else { return };
                if brake.is_on.swap(is_on, Ordering::Relaxed) != is_on {
                    brake.turned.notify_one();
                }
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
        self.0.is_on.load(Ordering::Relaxed)
    }

    /// Until it is put on or taken off, or was since this was asked last. One alone may ask.
    pub async fn turned(&self) {
        self.0.turned.notified().await;
    }
}
