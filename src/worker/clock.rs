//! The clock: the only place where wall time is read.

use std::time::{Duration, Instant, SystemTime};

use crate::job::Moment;

/// What the clock on the wall says. For people and records only: it jumps.
#[expect(clippy::disallowed_methods, reason = "this is the place")]
pub fn wall() -> Moment {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Moment(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// A clock that starts with the wall's time and never jumps. Every wait is measured by it.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    base: Moment,
    started: Instant,
}

impl Clock {
    /// Starts a clock.
    pub fn start() -> Self {
        Self { base: wall(), started: Instant::now() }
    }

    /// The moment it is.
    pub fn now(&self) -> Moment {
        self.base.after(self.started.elapsed())
    }

    /// How long it is until `moment`.
    pub fn until(&self, moment: Moment) -> Duration {
        moment.since(self.now())
    }
}
