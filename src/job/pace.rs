//! How long a job still takes, by how long the steps of those before it took. Pure.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Job, Moment, Phase, Step};

/// So often a step must have been seen before anything is said by it.
const LEAST: usize = 3;
/// From this part on a step's own progress says more than what others took, in hundredths.
const TELLING: u64 = 5;
/// So long after the time that others took nothing is said any more: nobody knows what it is waiting for.
const GRACE: Duration = Duration::from_mins(1);

/// How long steps take: half of those before took no longer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pace(BTreeMap<&'static str, Duration>);

impl Pace {
    /// By what was measured: steps by their names, and how many milliseconds each took. Those seen less than three times
    /// are left out.
    pub fn of(took: impl IntoIterator<Item = (&'static str, u64)>) -> Self {
        let mut by_step: BTreeMap<_, Vec<u64>> = BTreeMap::new();
        for (step, ms) in took {
            by_step.entry(step).or_default().push(ms);
        }
        by_step.retain(|_, all| all.len() >= LEAST);
        let half = by_step.into_iter().map(|(step, mut all)| {
            all.sort_unstable();
            (step, Duration::from_millis(all[all.len() / 2]))
        });
        Self(half.collect())
    }

    /// How long it takes until the film of this job lies in the outbox, where its step runs and all that is to come was
    /// seen before; `moved` is how far the step is, of how much (0: not known).
    pub fn left(&self, job: &Job, moved: Option<(u64, u64)>, now: Moment) -> Option<Duration> {
        if job.phase != Phase::Running || job.unsettled || job.end.is_some() {
            return None;
        }
        let messages = u32::try_from(job.order.messages.len()).unwrap_or(u32::MAX);
        // Of the current step what is left of it; of the later ones all, as often as they come.
        let later = |n: u32| messages.saturating_sub(n);
        let (own, pairs, sent) = match job.step {
            // How long an upload takes is the clip's own affair: said once it is under way.
            Step::Session | Step::Deliver | Step::Tidy => return None,
            Step::Upload => (Self::own_progress(job, moved, now)?, later(0), false),
            Step::Instruct(n) => (self.own(job, None, now)?, later(u32::from(n) + 1), true),
            Step::Observe(n) => (self.own(job, None, now)?, later(u32::from(n) + 1), false),
            Step::Export => (self.own(job, moved, now)?, 0, false),
            Step::Fetch => return Self::own_progress(job, moved, now),
        };
        let look = self.0.get("observe").copied().unwrap_or_default();
        let mut left = own;
        if pairs > 0 {
            left += (*self.0.get("instruct")? + look).saturating_mul(pairs);
        }
        if sent {
            left += look;
        }
        if job.step != Step::Export {
            left += *self.0.get("export")?;
        }
        Some(left + self.0.get("fetch")?.saturating_add(self.0.get("deliver").copied().unwrap_or_default()))
    }

    /// What is left of the step that runs: by how far it is, where that tells anything, else by what others took.
    fn own(&self, job: &Job, moved: Option<(u64, u64)>, now: Moment) -> Option<Duration> {
        if let Some(left) = Self::own_progress(job, moved, now) {
            return Some(left);
        }
        let (since, usual) = (now.since(job.changed), *self.0.get(job.step.name())?);
        (since <= usual.saturating_mul(2).saturating_add(GRACE)).then(|| usual.saturating_sub(since))
    }

    fn own_progress(job: &Job, moved: Option<(u64, u64)>, now: Moment) -> Option<Duration> {
        let (done, total) = moved.filter(|(_, total)| *total > 0)?;
        let done = done.min(total);
        if u128::from(done) * 100 < u128::from(total) * u128::from(TELLING) {
            return None;
        }
        let since = now.since(job.changed).as_millis();
        let left = since * u128::from(total - done) / u128::from(done);
        u64::try_from(left).ok().map(Duration::from_millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::tests::a_job;

    const BEGUN: Moment = Moment(1_000_000);

    fn running(step: Step, messages: usize) -> Job {
        let mut job = a_job(messages);
        (job.step, job.phase, job.changed) = (step, Phase::Running, BEGUN);
        job
    }

    /// Three clips took this long: a message 100 s, a look 2 s, an export 40 s, a fetch 8 s, the delivery 1 s.
    fn pace() -> Pace {
        let one = [("instruct", 100), ("observe", 2), ("export", 40), ("fetch", 8), ("deliver", 1)];
        let spread = |(step, s): (&'static str, u64)| [s * 900, s * 1000, s * 5000].map(|ms| (step, ms));
        Pace::of(one.into_iter().flat_map(spread))
    }

    #[test]
    fn what_is_left_by_what_others_took() {
        for (step, messages, moved, since, want) in [
            (Step::Instruct(0), 1, None, 0, Some(151)),
            (Step::Instruct(0), 1, None, 60, Some(91)),
            // Longer than usual: the rest is still to come, and at last nobody knows.
            (Step::Instruct(0), 1, None, 200, Some(51)),
            (Step::Instruct(0), 1, None, 261, None),
            (Step::Instruct(0), 3, None, 0, Some(355)),
            (Step::Observe(0), 1, None, 1, Some(50)),
            (Step::Observe(0), 2, None, 1, Some(152)),
            (Step::Export, 1, None, 10, Some(39)),
            (Step::Export, 1, Some((50, 100)), 10, Some(19)),
            (Step::Export, 1, Some((2, 100)), 10, Some(39)),
            (Step::Export, 0, Some((0, 100)), 0, Some(49)),
            (Step::Upload, 1, Some((30, 90)), 15, Some(181)),
            (Step::Upload, 1, Some((0, 90)), 15, None),
            (Step::Upload, 1, None, 15, None),
            (Step::Fetch, 1, Some((30, 90)), 15, Some(30)),
            (Step::Fetch, 1, Some((30, 0)), 15, None),
            (Step::Session, 1, None, 0, None),
            (Step::Tidy, 1, None, 0, None),
        ] {
            let now = BEGUN.after(Duration::from_secs(since));
            let left = pace().left(&running(step, messages), moved, now);
            assert_eq!(left, want.map(Duration::from_secs), "{step:?} {messages} {moved:?} {since}");
        }
    }

    #[test]
    fn nothing_is_said_by_too_few() {
        let two = Pace::of([("instruct", 5), ("instruct", 5), ("export", 5)]);
        assert_eq!(two, Pace::default());
        assert_eq!(two.left(&running(Step::Export, 1), None, BEGUN), None);
        let mut ready = running(Step::Export, 1);
        ready.phase = Phase::Ready;
        assert_eq!(pace().left(&ready, None, BEGUN), None);
        let changing = Job { unsettled: true, ..running(Step::Export, 1) };
        assert_eq!(pace().left(&changing, None, BEGUN), None);
        // A clock that was set back, or numbers that fit nothing.
        assert!(pace().left(&running(Step::Export, 1), Some((u64::MAX, 100)), Moment(0)).is_some());
        assert!(
            pace().left(&running(Step::Fetch, 1), Some((u64::MAX / 2, u64::MAX)), Moment(i64::MAX)).is_some()
        );
    }
}
