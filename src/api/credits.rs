//! The balance of the account.

use super::answer::number_at;
use super::client::Client;
use super::error::{ApiError, Call};

/// Credits of the account.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Credits {
    /// Free to be spent.
    pub available: f64,
    /// Reserved for work in progress.
    pub frozen: f64,
    /// Both.
    pub total: f64,
}

impl Client {
    /// The balance now.
    pub async fn credits(&self) -> Result<Credits, ApiError> {
        let contents = self.get(Call::Credits, &["api", "credits", "balance", "simple"]).await?;
        let available = number_at(&contents.data, "available")
            .ok_or_else(|| self.lacks(Call::Credits, "a balance", &contents))?;
        let frozen = number_at(&contents.data, "frozen").unwrap_or_default();
        let total = number_at(&contents.data, "total").unwrap_or(available + frozen);
        Ok(Credits { available, frozen, total })
    }
}
