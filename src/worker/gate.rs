//! What holds for the whole account: no message is begun while it has no credits, but for one try now and then; and one at a
//! time, each after a look at the balance, until there are enough again for all that may run at once.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::job::{Code, Failure};

/// What a message is taken to cost at most.
const LIKELY: f64 = 100.0;

/// The account's gate.
#[derive(Debug, Default)]
pub struct Gate {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    closed: Option<Failure>,
    /// A message was accepted since: there were credits, and there may be none now.
    accepted: bool,
    /// A message tries whether there are credits again.
    trying: bool,
    /// When the balance was last found to be nothing, or too little.
    empty: Option<Instant>,
}

/// Whether a message may be begun.
#[derive(Debug)]
pub(super) enum Pass<'a> {
    /// Nothing is in its way.
    Free,
    /// There were no credits when a message was last sent: the balance is to be read first, and this one message may
    /// try it.
    Try(Try<'a>),
    /// There are some again, and another message is being sent: it may take the last.
    Turn(Failure),
    /// There are none, for this reason; another message finds out whether that changes.
    Held(Failure),
}

/// The one try. Others are held until it is dropped.
#[derive(Debug)]
pub(super) struct Try<'a>(&'a Gate);

impl Drop for Try<'_> {
    fn drop(&mut self) {
        self.0.state().trying = false;
    }
}

impl Gate {
    /// A message was refused for want of credits.
    pub fn close(&self, why: &Failure) {
        let mut state = self.state();
        state.closed = Some(why.clone());
        state.accepted = false;
        // What was just refused would be refused again: the next try has its time.
        state.empty = Some(Instant::now());
        drop(state);
        self.changed.notify_one();
    }

    /// An earlier run was refused for want of credits; when, nobody knows.
    pub fn restore(&self, why: Failure) {
        self.state().closed = Some(why);
    }

    /// A message was accepted; what is left after it, the next reading tells.
    pub(super) fn accepted(&self) {
        let mut state = self.state();
        state.accepted = state.closed.is_some();
        state.empty = None;
    }

    /// So much is there: after a message that was accepted, enough for as many at once opens the gate.
    pub(super) fn read(&self, available: f64, at_once: u32) {
        let enough = available >= LIKELY * f64::from(at_once);
        if enough && self.state().accepted {
            self.open();
        }
    }

    /// Nothing holds messages back any more.
    pub fn open(&self) {
        let mut state = self.state();
        (state.empty, state.accepted) = (None, false);
        if state.closed.take().is_some() {
            self.changed.notify_one();
        }
    }

    /// Why messages are held, where they are.
    pub fn closed(&self) -> Option<Failure> {
        self.state().closed.clone()
    }

    /// Whether a message may be begun; a balance that was found empty is believed for so long.
    pub(super) fn pass(&self, believed: Duration) -> Pass<'_> {
        let mut state = self.state();
        let Some(why) = state.closed.clone() else { return Pass::Free };
        if state.trying && state.accepted {
            return Pass::Turn(why);
        }
        if state.trying || state.empty.is_some_and(|at| at.elapsed() < believed) {
            return Pass::Held(why);
        }
        state.trying = true;
        drop(state);
        Pass::Try(Try(self))
    }

    /// The balance was read, and there is nothing.
    pub(super) fn found_empty(&self) {
        self.state().empty = Some(Instant::now());
    }

    /// Waits until it was opened or closed.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why messages are held where nobody said it in other words.
pub(super) fn no_credits() -> Failure {
    Failure::new(Code::NoCredits, "the account has no credits left", "Top up credits in your account.")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_hours(1);

    #[test]
    fn one_message_at_a_time_tries_a_closed_gate() {
        let gate = Gate::default();
        assert!(matches!(gate.pass(LONG), Pass::Free));
        gate.close(&no_credits());
        assert!(matches!(gate.pass(LONG), Pass::Held(_)), "what was just refused is not tried at once");
        let Pass::Try(first) = gate.pass(Duration::ZERO) else { panic!("nobody tries it yet") };
        assert!(matches!(gate.pass(Duration::ZERO), Pass::Held(why) if why.code == Code::NoCredits));
        drop(first);
        let Pass::Try(second) = gate.pass(Duration::ZERO) else { panic!("nobody tries it any more") };
        gate.open();
        assert!(matches!(gate.pass(LONG), Pass::Free));
        drop(second);
    }

    #[test]
    fn messages_go_one_at_a_time_until_there_is_enough_for_all() {
        let gate = Gate::default();
        gate.close(&no_credits());
        gate.read(10_000.0, 4);
        let Pass::Try(first) = gate.pass(Duration::ZERO) else { panic!("nobody tries it yet") };
        gate.accepted();
        assert!(matches!(gate.pass(LONG), Pass::Turn(_)));
        drop(first);
        gate.read(399.0, 4);
        let Pass::Try(second) = gate.pass(LONG) else { panic!("the balance is read before the next one") };
        gate.read(400.0, 4);
        drop(second);
        assert!(matches!(gate.pass(LONG), Pass::Free));
        // One that was under way when another was refused says nothing of those after it.
        gate.close(&no_credits());
        gate.accepted();
        assert!(matches!(gate.pass(LONG), Pass::Try(_)));
    }

    #[test]
    fn what_an_earlier_run_was_refused_is_tried_at_once() {
        let gate = Gate::default();
        gate.restore(no_credits());
        assert!(matches!(gate.pass(LONG), Pass::Try(_)));
    }

    #[test]
    fn an_empty_balance_is_not_read_by_every_clip() {
        let gate = Gate::default();
        gate.close(&no_credits());
        gate.found_empty();
        assert!(matches!(gate.pass(LONG), Pass::Held(_)));
        assert!(matches!(gate.pass(Duration::ZERO), Pass::Try(_)));
    }
}
