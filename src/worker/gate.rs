//! What holds for the whole account: no message is begun while it has no credits.

use std::sync::{Mutex, PoisonError};

use crate::job::{Code, Failure};

/// The account's gate. After a restart it is open: the first message finds out.
#[derive(Debug, Default)]
pub struct Gate {
    closed: Mutex<Option<Failure>>,
}

impl Gate {
    /// A message was refused for want of credits: the next one asks for the balance first.
    pub fn close(&self, why: &Failure) {
        *self.closed.lock().unwrap_or_else(PoisonError::into_inner) = Some(why.clone());
    }

    /// A message was accepted.
    pub fn open(&self) {
        *self.closed.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Whether the account is known to be empty.
    pub fn no_credits(&self) -> bool {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Why messages are held.
    pub fn failure(&self) -> Failure {
        let closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner).clone();
        closed.unwrap_or_else(|| {
            Failure::new(
                Code::NoCredits,
                "the account has no credits left",
                "Top up credits in your account.",
            )
        })
    }
}
