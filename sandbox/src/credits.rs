//! The balance: what is left, and what running work has frozen.

use serde_json::json;

use crate::answer::{self, Answer};
use crate::sandbox::Sandbox;

/// `GET /api/credits/balance/simple`.
pub(crate) fn balance(sandbox: &Sandbox, account: usize) -> Answer {
    let world = sandbox.world();
    let account = &world.accounts[account];
    answer::data(&json!({
        "available": account.available,
        "frozen": account.frozen,
        "total": account.available + account.frozen,
    }))
}
