//! When to look at a render: every interval, and sooner where renders have shown that they keep their word.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How many past renders count.
pub const RENDERS_KEPT: usize = 30;
/// How many of them must have kept their word before it is believed.
const PROOFS: usize = 3;
/// So small a part of an interval is waited beyond the word: an answer is older than its arrival.
const BEYOND: u32 = 32;

/// One look at a render that was not done yet.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Look {
    /// When, counted from the render's begin.
    pub at: Duration,
    /// How far it said it was, in percent.
    pub progress: Option<f64>,
}

/// A past render as it was seen: it was done at some time between the last of its looks and `done`, and nobody knows
/// when.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Course {
    /// The looks in vain, oldest first.
    pub looks: Vec<Look>,
    /// When it was found done, counted from its begin.
    pub done: Duration,
}

/// How long to wait before the next look at a render that has run for `elapsed` and was seen at `looks`.
///
/// Looks come at every full `interval` since the render's begin, so that none waits longer than that. Where past renders
/// were done no sooner than the progress they told had let expect, and none was later, a render that by its own word ends
/// before the next of those moments is looked at just then: the look that would find it comes earlier, and no look is
/// added. One look in vain shows that the word was not kept: that render is looked at as if it had told nothing, and no
/// other one is believed until [`RENDERS_KEPT`] more have passed.
pub fn next_look(past: &[Course], looks: &[Look], elapsed: Duration, interval: Duration) -> Duration {
    let plain = plain(elapsed, interval);
    if broke_its_word(looks, interval) || !are_believed(past, interval) {
        return plain;
    }
    let word = looks.last().and_then(|look| word(look, interval));
    word.map_or(plain, |end| end.saturating_sub(elapsed).min(plain))
}

/// The time until the next full interval.
fn plain(elapsed: Duration, interval: Duration) -> Duration {
    let over = elapsed.as_nanos().checked_rem(interval.as_nanos()).unwrap_or(0);
    interval.saturating_sub(Duration::from_nanos(u64::try_from(over).unwrap_or(u64::MAX)))
}

/// When a render ends by what it said at a look, were its progress even. Half a percent is what rounding may hide.
fn word(look: &Look, interval: Duration) -> Option<Duration> {
    let share = look.progress.filter(|progress| (1.0..100.0).contains(progress))? - 0.5;
    let end = Duration::try_from_secs_f64(look.at.as_secs_f64() * 100.0 / share).ok()?;
    Some(end + interval / BEYOND)
}

/// Whether a render was looked at in vain after it should have been done.
fn broke_its_word(looks: &[Look], interval: Duration) -> bool {
    looks.iter().enumerate().any(|(n, look)| {
        word(look, interval).is_some_and(|end| looks.iter().skip(n + 1).any(|later| later.at >= end))
    })
}

fn are_believed(past: &[Course], interval: Duration) -> bool {
    let recent = &past[past.len().saturating_sub(RENDERS_KEPT)..];
    let kept = |course: &&Course| {
        course.looks.iter().any(|look| word(look, interval).is_some_and(|end| end <= course.done))
    };
    !recent.iter().any(|course| broke_its_word(&course.looks, interval))
        && recent.iter().filter(kept).count() >= PROOFS
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const INTERVAL: Duration = Duration::from_secs(30);

    /// Looks at a render that takes `takes` until it is found done.
    fn watch(past: &[Course], takes: Duration, told: &dyn Fn(usize, Duration) -> Option<f64>) -> Course {
        let (mut looks, mut elapsed): (Vec<Look>, _) = (Vec::new(), Duration::ZERO);
        loop {
            let gap = next_look(past, &looks, elapsed, INTERVAL);
            assert!(gap <= INTERVAL && gap > Duration::ZERO, "{gap:?}");
            elapsed += gap;
            if elapsed >= takes {
                return Course { looks, done: elapsed };
            }
            looks.push(Look { at: elapsed, progress: told(looks.len(), elapsed) });
        }
    }

    /// What `plain` looks come to: how many, and when the last.
    fn plainly(takes: Duration) -> (usize, Duration) {
        let looks = takes.as_nanos().div_ceil(INTERVAL.as_nanos()).max(1);
        (usize::try_from(looks).unwrap(), INTERVAL * u32::try_from(looks).unwrap())
    }

    /// Truth, as a whole number of percent rounded down, and never less than the 5 that a fresh render tells.
    fn truth(takes: Duration) -> impl Fn(usize, Duration) -> Option<f64> {
        move |_, at| Some((at.as_secs_f64() / takes.as_secs_f64() * 100.0).floor().clamp(5.0, 99.0))
    }

    /// Watches renders one after the other: looks and waste, as they were and as plain ones would have been.
    fn all(takes: &[Duration], told: &dyn Fn(Duration, usize, Duration) -> Option<f64>) -> [(usize, f64); 2] {
        let mut past: Vec<Course> = Vec::new();
        let (mut ours, mut plain) = ((0, 0.0), (0, 0.0));
        for takes in takes {
            let course = watch(&past, *takes, &|n, at| told(*takes, n, at));
            let (looks, done) = plainly(*takes);
            assert!(course.done <= done, "never later than plain: {course:?}");
            ours =
                (ours.0 + course.looks.len() + 1, ours.1 + course.done.saturating_sub(*takes).as_secs_f64());
            plain = (plain.0 + looks, plain.1 + done.saturating_sub(*takes).as_secs_f64());
            past.push(course);
        }
        [ours, plain]
    }

    #[test]
    #[expect(clippy::cast_precision_loss, reason = "a thousand renders")]
    fn renders_of_half_a_minute_to_a_minute_and_a_half() {
        let mut seed = 7_u64;
        let mut takes = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            Duration::from_millis(30_000 + (seed >> 33) % 60_000)
        };
        let takes: Vec<Duration> = (0..1000).map(|_| takes()).collect();
        let [(looks, waste), (plain_looks, plain_waste)] = all(&takes, &|takes, n, at| truth(takes)(n, at));
        let mean = |waste: f64| waste / takes.len() as f64;
        println!("mean wait for nothing: {:.1} s, plainly {:.1} s", mean(waste), mean(plain_waste));
        println!("looks: {looks}, plainly {plain_looks}");
        assert!((14.0..16.0).contains(&mean(plain_waste)) && mean(waste) < 2.5);
        assert_eq!(looks, plain_looks);
    }

    #[test]
    fn without_three_proofs_or_after_one_lie_looks_are_plain() {
        let secs = Duration::from_secs;
        let look = |at, progress| Look { at: secs(at), progress: Some(progress) };
        let kept = Course { looks: vec![look(30, 66.0)], done: secs(60) };
        let lied = Course { looks: vec![look(30, 90.0), look(35, 95.0)], done: secs(60) };
        let now = [look(30, 75.0)];
        let next = |past: &[Course], looks: &[Look]| next_look(past, looks, secs(30), INTERVAL);
        assert!(next(&vec![kept.clone(); 3], &now) < secs(12));
        assert_eq!(next(&vec![kept.clone(); 2], &now), INTERVAL);
        assert_eq!(next(&[vec![kept.clone(); 9], vec![lied.clone()]].concat(), &now), INTERVAL);
        assert_eq!(next(&[vec![lied.clone(); 2], vec![kept.clone(); 29]].concat(), &now), INTERVAL);
        assert!(next(&[vec![lied], vec![kept.clone(); 30]].concat(), &now) < secs(12));
        for progress in [0.0, 0.4, 100.0, 400.0, -3.0, f64::NAN, 20.0] {
            assert_eq!(next(&vec![kept.clone(); 3], &[look(30, progress)]), INTERVAL, "{progress}");
        }
        // Believed once, in vain: the rest of that interval, and no sooner.
        let vain = [look(30, 90.0), look(35, 99.0)];
        assert_eq!(next_look(&vec![kept; 3], &vain, secs(35), INTERVAL), secs(25));
    }

    proptest! {
        #[test]
        fn true_words_add_no_look(takes in prop::collection::vec(1_u64..300_000, 1..80)) {
            let takes: Vec<Duration> = takes.into_iter().map(Duration::from_millis).collect();
            let [(looks, waste), (plain_looks, plain_waste)] = all(&takes, &|takes, n, at| truth(takes)(n, at));
            prop_assert_eq!(looks, plain_looks);
            prop_assert!(waste <= plain_waste);
        }

        #[test]
        fn words_of_any_kind_add_one_look_in_thirty_renders_at_most(
            takes in prop::collection::vec(1_u64..200_000, 1..80),
            words in prop::collection::vec(prop::option::of(-10.0..120.0), 1..20),
        ) {
            let takes: Vec<Duration> = takes.into_iter().map(Duration::from_millis).collect();
            let told = |takes: Duration, n: usize, _: Duration| {
                let at = usize::try_from(takes.as_millis()).unwrap() + n;
                words[at % words.len()]
            };
            let [(looks, waste), (plain_looks, plain_waste)] = all(&takes, &told);
            prop_assert!(looks <= plain_looks + takes.len().div_ceil(RENDERS_KEPT), "{} {}", looks, plain_looks);
            prop_assert!(waste <= plain_waste);
        }
    }
}
