//! What is next for a job: the one decision, at a start as later.

use std::time::Duration;

use super::{Code, Fate, Job, Moment, Phase, Step};

/// What is to be done about a job now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    /// Start this step.
    Run(Step),
    /// Look again at that moment.
    At(Moment),
    /// Only a person, or a change in the folder, moves it on.
    Await,
    /// It has ended.
    Nothing,
}

/// What is next for `job` at `now`.
pub fn next_action(job: &Job, now: Moment) -> Action {
    if job.is_ended() {
        return Action::Nothing;
    }
    if job.unsettled {
        return Action::Await;
    }
    match job.not_before {
        Some(until) if until > now => Action::At(until),
        None if job.phase == Phase::Waiting => Action::Await,
        _ => Action::Run(due_step(job)),
    }
}

/// The step that may be started. Where a message's fate is open, that is never the message but a look at the state:
/// this is where it is decided that a paid step is not repeated.
pub fn due_step(job: &Job) -> Step {
    match job.step {
        Step::Instruct(n) => match job.message(n).map(|m| &m.fate) {
            Some(Fate::Open | Fate::Ended(_)) => Step::Observe(n),
            Some(Fate::Taken | Fate::Refused) | None => Step::Instruct(n),
        },
        step => step,
    }
}

/// Whether a wait for this reason is looked at again by itself; else only a person ends it.
pub const fn is_looked_at_again(code: Code) -> bool {
    !matches!(
        code,
        Code::SameAgain
            | Code::OwnFilm
            | Code::SessionLost
            | Code::ProjectMovedOn
            | Code::NotInThisVersion
            | Code::LateMedia
    )
}

/// How long to wait before try number `attempt` (the first failed one is 1): full jitter below 1, 2, 4 … s, at most a
/// minute. `chance` is a number from 0 to 1 that the caller draws.
pub fn retry_delay(attempt: u32, chance: f64) -> Duration {
    let ceiling = 2_f64.powi(i32::try_from(attempt.saturating_sub(1)).unwrap_or(i32::MAX).min(16)).min(60.0);
    Duration::from_secs_f64(ceiling * chance.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_wait_longer_and_longer_up_to_a_minute() {
        let ceilings = [(1, 1.0), (2, 2.0), (3, 4.0), (5, 16.0), (7, 60.0), (400, 60.0)];
        for (attempt, seconds) in ceilings {
            assert_eq!(retry_delay(attempt, 1.0), Duration::from_secs_f64(seconds), "attempt {attempt}");
            assert_eq!(retry_delay(attempt, 0.0), Duration::ZERO);
            assert_eq!(retry_delay(attempt, 0.5), Duration::from_secs_f64(seconds / 2.0));
        }
    }
}
