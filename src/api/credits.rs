//! The balance of the account.

use super::answer::{Contents, number_at};
use super::client::Client;
use super::error::{ApiError, Call};

/// Where it is read.
pub(super) const PATH: [&str; 4] = ["api", "credits", "balance", "simple"];

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
        let contents = self.get(Call::Credits, &PATH).await?;
        self.balance(&contents)
    }

    /// The balance that an answer tells of.
    pub(super) fn balance(&self, contents: &Contents) -> Result<Credits, ApiError> {
        let available = number_at(&contents.data, "available")
            .ok_or_else(|| self.lacks(Call::Credits, "a balance", contents))?;
        let frozen = number_at(&contents.data, "frozen").unwrap_or_default();
        let total = number_at(&contents.data, "total").unwrap_or(available + frozen);
        Ok(Credits { available, frozen, total })
    }
}
