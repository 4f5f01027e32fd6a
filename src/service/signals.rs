//! Signals: the first one drains, the second cuts, a hang-up reads the settings again.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::worker::Stops;

/// The signals dakbox listens to, from the moment this is made.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
    /// A file may not become any longer: that is an error of the write, and no reason to die of it.
    _too_long: Signal,
}

impl Signals {
    /// Begins to listen.
    ///
    /// # Errors
    /// Where the system refuses a handler.
    pub(super) fn listen() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
            _too_long: signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw()))?,
        })
    }

    /// Obeys signals until it is dropped. `reload` reads the settings again.
    pub(super) async fn obey(mut self, stops: Stops, reload: impl Fn()) {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => stop(&stops),
                _ = self.interrupt.recv() => stop(&stops),
                _ = self.hang_up.recv() => reload(),
            }
        }
    }
}

fn stop(stops: &Stops) {
    if stops.drain.is_cancelled() {
        tracing::warn!("told to stop again: running messages are cut, and looked at after the next start");
        stops.cut.cancel();
    } else {
        tracing::info!("told to stop: nothing new is begun, running messages end");
        stops.drain.cancel();
    }
}
