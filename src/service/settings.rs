//! The settings in force while dakbox runs.

use std::sync::{Arc, PoisonError, RwLock};

use crate::config::Config;

/// The settings in force, to be replaced while it runs.
#[derive(Clone)]
pub struct Settings(Arc<RwLock<Arc<Config>>>);

impl Settings {
    /// These, until they are replaced.
    pub(super) fn new(config: Arc<Config>) -> Self {
        Self(Arc::new(RwLock::new(config)))
    }

    /// The same for a room that knows nothing of the process.
    pub(super) fn shared(&self) -> Arc<RwLock<Arc<Config>>> {
        Arc::clone(&self.0)
    }

    /// Puts other settings in force, for all that can change while it runs.
    pub fn replace(&self, config: Config) {
        let mut settings = self.0.write().unwrap_or_else(PoisonError::into_inner);
        // What was opened at the start stays what it is.
        let old = Arc::clone(&settings);
        let Config { folders, watch, api, attribution, state, ledger, log, .. } = (*old).clone();
        *settings = Arc::new(Config { folders, watch, api, attribution, ledger, state, log, ..config });
    }
}
