//! How much may be asked: what the service itself asked for by 429, and a budget of each call, so that no storm arises.
//!
//! While a hold lasts nothing leaves: the caller gets an error of [`ErrorKind::Held`] at once. A 429 holds every call
//! of the account but the one for a token, which has a limit of its own. A call that fails again and again is held
//! as well, but for one try now and then: when a service comes back, two hundred waiting clips must not be the first
//! that it sees.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::error::{ApiError, Call, ErrorKind};

/// Failures of a call in a row after which it is tried only now and then.
const BURST: u32 = 10;
/// So many tries of a call that fails fit into one `retry_wait`.
const TRIES: u32 = 10;
/// How often the wait doubles where the service names none.
const DOUBLINGS: u32 = 10;

/// For how long the service asked to be left alone, as it is kept over a restart.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Holds {
    /// All calls.
    pub account: Option<Duration>,
    /// The call for an anonymous token.
    pub token: Option<Duration>,
}

/// What holds calls back.
#[derive(Debug)]
pub(super) struct Limits {
    retry_wait: Duration,
    longest: Duration,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    account: Option<Instant>,
    token: Option<Instant>,
    /// 429 in a row without a time to wait.
    strikes: u32,
    budgets: [Budget; Call::ALL.len()],
}

/// The failures in a row of one call.
#[derive(Clone, Copy, Debug, Default)]
struct Budget {
    failed: u32,
    next: Option<Instant>,
    since: Option<Instant>,
}

impl Limits {
    /// No hold: the first wait after 429 where the service names none, and the longest it may ask for.
    pub(super) fn new(retry_wait: Duration, longest: Duration) -> Self {
        Self { retry_wait, longest, state: Mutex::default(), changed: Notify::new() }
    }

    /// Lets a call out, or says for how long it is held.
    pub(super) fn admit(&self, call: Call, now: Instant) -> Result<(), ApiError> {
        if let Some(held) = self.held(call, now) {
            return Err(held);
        }
        let mut state = self.state();
        let budget = &mut state.budgets[call as usize];
        if budget.failed >= BURST {
            budget.next = Some(now + self.retry_wait / TRIES);
        }
        Ok(())
    }

    /// The error that a call would meet now, without letting it out.
    pub(super) fn held(&self, call: Call, now: Instant) -> Option<ApiError> {
        let state = self.state();
        let left = |until: Option<Instant>| {
            until.map(|until| until.saturating_duration_since(now)).filter(|left| !left.is_zero())
        };
        if let Some(left) = left(state.account).filter(|_| call != Call::Token) {
            let held = ApiError::unsent(call, ErrorKind::Held, "the service has asked to be left alone");
            return Some(ApiError { code: Some(429), retry_after: Some(left), ..held });
        }
        let budget = &state.budgets[call as usize];
        let left = left(budget.next.filter(|_| budget.failed >= BURST))?;
        let message = format!("{} failures in a row: it is tried only now and then", budget.failed);
        Some(ApiError { retry_after: Some(left), ..ApiError::unsent(call, ErrorKind::Held, message) })
    }

    /// Whether a call has failed for so long that people should be told.
    pub(super) fn is_down(&self, call: Call, now: Instant) -> bool {
        let budget = self.state().budgets[call as usize];
        let long = |since: Instant| now.saturating_duration_since(since) > self.retry_wait;
        budget.failed >= BURST && budget.since.is_some_and(long)
    }

    /// Takes note of how a call ended; `None`: well.
    pub(super) fn heed(&self, call: Call, error: Option<&ApiError>, now: Instant) {
        if error.is_some_and(|error| error.kind == ErrorKind::Held) {
            return;
        }
        let mut state = self.state();
        let budget = &mut state.budgets[call as usize];
        if error.is_some_and(ApiError::is_fault) {
            budget.failed = budget.failed.saturating_add(1);
            budget.since.get_or_insert(now);
            if budget.failed >= BURST {
                budget.next = Some(now + self.retry_wait / TRIES);
            }
        } else {
            *budget = Budget::default();
        }
        match error.filter(|error| error.code == Some(429)) {
            Some(error) => self.limited(&mut state, call, error, now),
            None if error.is_none() && call == Call::Token => self.clear_token(&mut state),
            None if error.is_none() => state.strikes = 0,
            None => {}
        }
    }

    fn limited(&self, state: &mut State, call: Call, error: &ApiError, now: Instant) {
        if call == Call::Token {
            // Asked anew as often as waits are looked at: nobody says when the seven days are over.
            let wait = error.retry_after.unwrap_or(self.retry_wait * TRIES).min(self.longest);
            state.token = Some(now + wait);
        } else {
            let held = state.account.is_some_and(|until| until > now);
            if held && error.retry_after.is_none() {
                // One moment of the service's, told to several calls that were out.
                return;
            }
            let own = self.retry_wait.saturating_mul(1 << state.strikes.min(DOUBLINGS));
            state.strikes = if error.retry_after.is_some() { 0 } else { state.strikes + 1 };
            let until = now + error.retry_after.unwrap_or(own).min(self.longest);
            state.account = Some(state.account.map_or(until, |known| known.max(until)));
        }
        self.changed.notify_one();
    }

    fn clear_token(&self, state: &mut State) {
        if state.token.take().is_some() {
            self.changed.notify_one();
        }
    }

    /// Until when no token is asked for; `Some` in the past where the limit may be over.
    pub(super) fn token_until(&self) -> Option<Instant> {
        self.state().token
    }

    /// What is left of each hold.
    pub(super) fn holds(&self, now: Instant) -> Holds {
        let state = self.state();
        let left = |until: Option<Instant>| {
            until.map(|until| until.saturating_duration_since(now)).filter(|left| !left.is_zero())
        };
        Holds { account: left(state.account), token: left(state.token) }
    }

    /// Puts holds of an earlier run in force, none of them for longer than a service may ask.
    pub(super) fn hold(&self, holds: Holds, now: Instant) {
        let mut state = self.state();
        let until = |left: Option<Duration>| left.map(|left| now + left.min(self.longest));
        (state.account, state.token) = (until(holds.account), until(holds.token));
    }

    /// Waits until a hold has changed.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAIT: Duration = Duration::from_secs(30);
    const HOUR: Duration = Duration::from_hours(1);

    fn refused(call: Call, retry_after: Option<u64>) -> ApiError {
        let retry_after = retry_after.map(Duration::from_secs);
        ApiError { retry_after, ..ApiError::answered(call, 429, None, None) }
    }

    fn left(limits: &Limits, call: Call, now: Instant) -> Option<u64> {
        limits.held(call, now).and_then(|held| held.retry_after).map(|left| left.as_secs())
    }

    #[test]
    fn patience_asked_of_one_call_holds_the_account_but_not_the_token() {
        let (limits, now) = (Limits::new(WAIT, HOUR), Instant::now());
        limits.heed(Call::State, Some(&refused(Call::State, Some(7))), now);
        for call in Call::ALL {
            let held = (*call != Call::Token).then_some(7);
            assert_eq!(left(&limits, *call, now), held, "{call}");
        }
        assert_eq!(limits.admit(Call::Message, now).unwrap_err().delivery, crate::api::Delivery::NotSent);
        assert!(limits.admit(Call::Message, now + Duration::from_secs(7)).is_ok());
        // A shorter time that another call is told does not end the longer one.
        limits.heed(Call::Credits, Some(&refused(Call::Credits, Some(2))), now);
        assert_eq!(left(&limits, Call::State, now), Some(7));
    }

    #[test]
    fn without_a_time_the_wait_doubles_up_to_the_longest() {
        let (limits, mut now) = (Limits::new(WAIT, HOUR), Instant::now());
        let mut waits = Vec::new();
        for _ in 0..9 {
            limits.heed(Call::Export, Some(&refused(Call::Export, None)), now);
            let wait = left(&limits, Call::Export, now).unwrap();
            waits.push(wait);
            now += Duration::from_secs(wait);
        }
        assert_eq!(waits, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
        limits.heed(Call::State, None, now);
        limits.heed(Call::Export, Some(&refused(Call::Export, None)), now);
        assert_eq!(left(&limits, Call::Export, now), Some(30), "a call that went well ends the row");
    }

    #[test]
    fn calls_that_were_out_together_are_told_one_thing() {
        let (limits, now) = (Limits::new(WAIT, HOUR), Instant::now());
        for call in Call::ALL.iter().filter(|call| **call != Call::Token) {
            limits.heed(*call, Some(&refused(*call, None)), now);
        }
        assert_eq!(left(&limits, Call::State, now), Some(30));
    }

    #[test]
    fn a_call_that_only_fails_is_tried_now_and_then() {
        let (limits, mut now) = (Limits::new(WAIT, HOUR), Instant::now());
        let down = ApiError::answered(Call::Session, 503, None, None);
        let (begun, mut tries) = (now, 0);
        while now < begun + Duration::from_mins(5) {
            if limits.admit(Call::Session, now).is_ok() {
                tries += 1;
                limits.heed(Call::Session, Some(&down), now);
            }
            now += Duration::from_millis(100);
        }
        // Ten at once, and then one in three seconds.
        assert!((100..=110).contains(&tries), "{tries}");
        assert!(limits.is_down(Call::Session, now) && limits.admit(Call::State, now).is_ok());
        limits.heed(Call::Session, None, now);
        assert!(limits.admit(Call::Session, now).is_ok() && limits.admit(Call::Session, now).is_ok());
    }

    #[test]
    fn one_try_is_let_out_at_a_time_while_a_call_is_down() {
        let (limits, now) = (Limits::new(WAIT, HOUR), Instant::now());
        let down = ApiError::new(Call::State, ErrorKind::NoConnection, "no");
        for _ in 0..BURST {
            limits.heed(Call::State, Some(&down), now);
        }
        let later = now + WAIT / TRIES;
        let out = (0..50).filter(|_| limits.admit(Call::State, later).is_ok()).count();
        assert_eq!(out, 1);
    }

    #[test]
    fn a_refusal_is_no_failure_of_the_service() {
        let (limits, now) = (Limits::new(WAIT, HOUR), Instant::now());
        for _ in 0..50 {
            limits.heed(Call::Export, Some(&ApiError::answered(Call::Export, 402, None, None)), now);
        }
        assert!(limits.admit(Call::Export, now).is_ok());
    }

    #[test]
    fn holds_are_kept_over_a_restart_and_never_longer_than_allowed() {
        let (limits, now) = (Limits::new(WAIT, HOUR), Instant::now());
        limits.heed(Call::State, Some(&refused(Call::State, Some(20))), now);
        limits.heed(Call::Token, Some(&refused(Call::Token, None)), now);
        let holds = limits.holds(now);
        assert_eq!((holds.account, holds.token), (Some(Duration::from_secs(20)), Some(WAIT * 10)));
        let again = Limits::new(WAIT, HOUR);
        again.hold(Holds { account: Some(HOUR * 50), ..holds }, now);
        assert_eq!((again.holds(now).account, again.holds(now).token), (Some(HOUR), holds.token));
        again.heed(Call::Token, None, now);
        assert_eq!(again.holds(now).token, None);
    }
}
