//! Signs of life: the loops that must never stand still answer when they are asked, and say what goes on.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::Meters;
use crate::job::Moment;

/// What goes on, for a line of status.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Situation {
    /// Jobs of which a step runs.
    pub working: usize,
    /// Of them those whose message is out: the only ones that a stop waits for.
    pub paid: usize,
    /// Jobs that go on by themselves.
    pub queued: usize,
    /// Jobs that wait, with a note that says for what.
    pub waiting: usize,
    /// Whether the service has asked to be left alone, or has failed for so long that it is asked now and then only.
    pub held: bool,
    /// Whether everyone's brake is on.
    pub paused: bool,
    /// Whether the inbox is there, and why not; `None` until it was looked at.
    pub inbox: Option<Result<(), String>>,
}

/// One loop. It is asked, and has answered once it has come round.
#[derive(Debug, Default)]
pub struct Pulse {
    goes: AtomicBool,
    asked: AtomicU64,
    answered: AtomicU64,
    ask: Notify,
}

/// As long as it is kept, the loop is expected to answer.
#[derive(Debug)]
pub struct Going<'a>(&'a Pulse);

impl Drop for Going<'_> {
    fn drop(&mut self) {
        self.0.goes.store(false, Ordering::SeqCst);
    }
}

impl Pulse {
    /// The loop begins.
    pub fn begin(&self) -> Going<'_> {
        self.beat();
        self.goes.store(true, Ordering::SeqCst);
        Going(self)
    }

    /// The loop has come round.
    pub fn beat(&self) {
        self.answered.store(self.asked.load(Ordering::SeqCst), Ordering::SeqCst);
    }

    /// Ends when the loop is asked: one that sleeps has to wake up to answer.
    pub async fn asked(&self) {
        self.ask.notified().await;
    }

    /// Does what may rightly take long, such as waiting for a share that hangs, and answers meanwhile.
    pub async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = self.asked() => self.beat(),
            }
        }
    }

    fn ask(&self) -> u64 {
        let ticket = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        self.ask.notify_one();
        ticket
    }

    /// Whether it does not go at all, or has come round since that question.
    fn has_heard(&self, ticket: u64) -> bool {
        !self.goes.load(Ordering::SeqCst) || self.answered.load(Ordering::SeqCst) >= ticket
    }

    fn has_answered(&self) -> bool {
        self.answered.load(Ordering::SeqCst) == self.asked.load(Ordering::SeqCst)
    }
}

/// The loops, and what goes on.
#[derive(Default)]
pub struct Vitals {
    /// The start, and the waiting for folders that may be worked in.
    pub start: Pulse,
    /// The dispatcher.
    pub dispatcher: Pulse,
    /// The intake.
    pub intake: Pulse,
    /// What was done so far.
    pub meters: Meters,
    /// When the last look at everything ended; 0 before the first.
    looked: AtomicI64,
    situation: Mutex<Situation>,
    told: Option<Box<dyn Fn(Situation) + Send + Sync>>,
}

impl fmt::Debug for Vitals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vitals").field("situation", &self.situation).finish_non_exhaustive()
    }
}

impl Vitals {
    /// Signs of life; `told` hears of each change of what goes on.
    pub fn new(told: impl Fn(Situation) + Send + Sync + 'static) -> Self {
        Self { told: Some(Box::new(told)), ..Self::default() }
    }

    /// Changes what goes on.
    pub fn show(&self, change: impl FnOnce(&mut Situation)) {
        let mut kept = self.situation.lock().unwrap_or_else(PoisonError::into_inner);
        let mut now = kept.clone();
        change(&mut now);
        if *kept != now {
            kept.clone_from(&now);
            if let Some(told) = &self.told {
                told(now);
            }
        }
    }

    /// The whole inbox was looked at.
    pub fn has_looked(&self, at: Moment) {
        self.looked.store(at.0, Ordering::Relaxed);
    }

    /// When the whole inbox was looked at last.
    pub fn looked(&self) -> Option<Moment> {
        Some(Moment(self.looked.load(Ordering::Relaxed))).filter(|at| at.0 > 0)
    }

    /// What goes on.
    pub fn situation(&self) -> Situation {
        self.situation.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks every loop.
    pub fn ask(&self) {
        for pulse in self.loops() {
            pulse.ask();
        }
    }

    /// Asks every loop, and waits so long for their answers; the loops that have given none. Where none goes, nobody
    /// vouches for the process.
    pub async fn silent(&self, within: Duration) -> Vec<&'static str> {
        if !self.loops().into_iter().any(|pulse| pulse.goes.load(Ordering::SeqCst)) {
            return Self::NAMES.to_vec();
        }
        let asked = self.loops().map(|pulse| (pulse, pulse.ask()));
        let until = Instant::now() + within;
        loop {
            let silent =
                asked.iter().zip(Self::NAMES).filter(|((pulse, ticket), _)| !pulse.has_heard(*ticket));
            let silent: Vec<_> = silent.map(|(_, name)| name).collect();
            if silent.is_empty() || Instant::now() >= until {
                return silent;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    const NAMES: [&'static str; 3] = ["start", "dispatcher", "intake"];

    /// Whether every loop that goes has answered. Where none goes, nobody vouches for the process.
    pub fn has_answered(&self) -> bool {
        let mut going = self.loops().into_iter().filter(|pulse| pulse.goes.load(Ordering::SeqCst)).peekable();
        going.peek().is_some() && going.all(Pulse::has_answered)
    }

    const fn loops(&self) -> [&Pulse; 3] {
        [&self.start, &self.dispatcher, &self.intake]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_goes_has_to_answer() {
        let vitals = Vitals::default();
        assert!(!vitals.has_answered(), "nobody vouches for it");
        let going = vitals.dispatcher.begin();
        assert!(vitals.has_answered());
        vitals.ask();
        assert!(!vitals.has_answered(), "it was asked");
        vitals.dispatcher.beat();
        assert!(vitals.has_answered());
        vitals.ask();
        let other = vitals.intake.begin();
        assert!(!vitals.has_answered(), "one of two");
        drop(going);
        assert!(vitals.has_answered(), "the other has only just begun");
        drop(other);
        assert!(!vitals.has_answered());
    }

    #[tokio::test]
    async fn the_silent_are_named() {
        let (vitals, short) = (Vitals::default(), Duration::from_millis(20));
        assert_eq!(vitals.silent(short).await, Vitals::NAMES, "nobody vouches for it");
        let _start = vitals.start.begin();
        let going = vitals.intake.begin();
        assert_eq!(vitals.silent(short).await, ["start", "intake"]);
        let waits = vitals.start.during(vitals.silent(short));
        assert_eq!(waits.await, ["intake"], "one answers");
        drop(going);
        assert!(vitals.start.during(vitals.silent(Duration::from_mins(1))).await.is_empty());
    }

    #[tokio::test]
    async fn a_loop_that_waits_rightly_answers() {
        let vitals = Vitals::default();
        let _going = vitals.intake.begin();
        let asking = async {
            for _ in 0..3 {
                vitals.ask();
                while !vitals.has_answered() {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            }
        };
        vitals.intake.during(asking).await;
    }
}
