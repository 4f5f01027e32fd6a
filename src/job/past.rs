//! What is known of what was sent.

use serde::{Deserialize, Serialize};

/// Whether all that was sent for a job is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Past {
    /// All of it.
    #[default]
    Known,
    /// It comes from an old copy of the ledger: what that does not know to be sent may have been, and was paid for then.
    Doubtful,
}

impl Past {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
    pub(super) fn is_known(&self) -> bool {
        *self == Self::Known
    }
}
