//! What was done since this process began, counted: nobody waits for it, and nothing hangs on it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::job::Step;

/// A count that only grows.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Count {
    /// So many more.
    pub fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    /// How many by now.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How long things took: how many took at most so long, and all together.
#[derive(Debug, Default)]
pub struct Times {
    within: [Count; Self::BOUNDS.len()],
    all: Count,
    micros: Count,
}

impl Times {
    /// The bounds, in seconds.
    pub const BOUNDS: [f64; 12] = [0.1, 0.5, 1.0, 2.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0];

    /// One more.
    pub fn took(&self, time: Duration) {
        let seconds = time.as_secs_f64();
        if let Some(at) = Self::BOUNDS.iter().position(|bound| seconds <= *bound) {
            self.within[at].add(1);
        }
        self.micros.add(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
        self.all.add(1);
    }

    /// For each bound how many took at most so long; how many there were, and their seconds together.
    pub fn read(&self) -> (Vec<(f64, u64)>, u64, f64) {
        let (mut sum, all) = (0, self.all.get());
        let within = Self::BOUNDS.iter().zip(&self.within).map(|(bound, count)| {
            // One that is being counted right now must not make more of a part than of the whole.
            sum = all.min(sum + count.get());
            (*bound, sum)
        });
        (within.collect(), all, Duration::from_micros(self.micros.get()).as_secs_f64())
    }
}

/// One kind of step.
#[derive(Debug, Default)]
pub struct StepMeter {
    /// How long each one that ended took, well or not.
    pub times: Times,
    /// Tries that failed and are made again.
    pub retries: Count,
}

/// All of it.
#[derive(Debug, Default)]
pub struct Meters {
    steps: [StepMeter; Step::NAMES.len()],
    /// Bytes of clips that went up, whatever became of them.
    pub sent: Count,
    /// Bytes of films that came down.
    pub received: Count,
    /// How long looks at all of the inbox took.
    pub scans: Times,
    /// How long looks at what is polled took.
    pub polls: Times,
}

impl Meters {
    /// What is counted of that step.
    pub fn of(&self, step: Step) -> &StepMeter {
        let at = Step::NAMES.iter().position(|name| *name == step.name());
        &self.steps[at.unwrap_or_default()]
    }

    /// Each step's name, and what is counted of it.
    pub fn steps(&self) -> impl Iterator<Item = (&'static str, &StepMeter)> {
        Step::NAMES.into_iter().zip(&self.steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_counted_up_to_their_bounds() {
        let times = Times::default();
        for seconds in [0.05, 0.1, 3.0, 5000.0] {
            times.took(Duration::from_secs_f64(seconds));
        }
        let (within, all, sum) = times.read();
        let counts: Vec<u64> = within.iter().map(|(_, count)| *count).collect();
        assert_eq!(counts, [2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3]);
        assert_eq!((all, sum), (4, 5003.15));
    }

    #[test]
    fn each_step_has_its_own() {
        let meters = Meters::default();
        meters.of(Step::Instruct(3)).retries.add(1);
        meters.of(Step::Tidy).retries.add(2);
        let counted: Vec<_> =
            meters.steps().filter(|(_, step)| step.retries.get() > 0).map(|(n, _)| n).collect();
        assert_eq!(counted, ["instruct", "tidy"]);
    }
}
