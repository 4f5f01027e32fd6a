//! What the service manager is told. Outside systemd every call does nothing.

use sd_notify::NotifyState;

/// The folders are there, the ledger is open, and the inbox is watched.
pub(super) fn ready(status: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(status)]);
}

/// Nothing new is begun; running messages end.
pub(super) fn stopping() {
    tell(&[NotifyState::Stopping, NotifyState::Status("stopping: running messages end")]);
}

fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::debug!(%error, "the service manager can't be told");
    }
}
