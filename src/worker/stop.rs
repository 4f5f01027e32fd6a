//! Why a step did not come to its end, and what that means for its job. Pure but for the type of the ledger's error.

use std::time::Duration;

use crate::job::{Code, Failure, Job, JobEvent, Kind, Moment, is_looked_at_again, retry_delay};
use crate::ledger::LedgerError;

/// Why a step did not come to its end.
#[derive(Debug)]
pub enum Stop {
    /// It failed.
    Failed {
        /// Why.
        failure: Failure,
        /// How long the service asked to be left alone.
        retry_after: Option<Duration>,
    },
    /// The service asked to be left alone for so long, or a call has failed too often: nothing was sent.
    Held {
        /// How long.
        wait: Duration,
        /// Why, for a note.
        failure: Failure,
    },
    /// The clip or its words are not as they were judged.
    Unsettled,
    /// The clip is not there any more, and nothing was paid for it.
    Vanished,
    /// The service does not know the session any more.
    SessionGone,
    /// The job has moved on meanwhile: what is due is asked anew.
    Stale,
    /// dakbox is stopping; the step is begun again at the next start.
    Halted,
    /// The ledger failed: nothing more may be paid.
    Ledger(LedgerError),
}

impl Stop {
    /// A failure, with nothing asked by the service.
    pub fn failed(failure: Failure) -> Self {
        Self::Failed { failure, retry_after: None }
    }

    /// A failure on this side: reading or writing `what`. Where the folders themselves are away, that is what is told.
    pub fn local(what: &str, error: &std::io::Error) -> Self {
        Self::failed(told_by(error).unwrap_or_else(|| {
            Failure::new(
                Code::LocalIo,
                format!("{what}: {error}"),
                "It is tried again by itself; if it lasts, look at the disk and the share.",
            )
        }))
    }
}

/// The failure that an error carries.
pub(super) fn told_by(error: &std::io::Error) -> Option<Failure> {
    error.get_ref()?.downcast_ref::<Failure>().cloned()
}

impl From<LedgerError> for Stop {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Illegal(_) | LedgerError::NoJob(_) | LedgerError::MovedOn(_) => Self::Stale,
            LedgerError::ConsentUsed => Self::failed(Failure::new(
                Code::SameAgain,
                "this text has paid for the same clip with the same words once more already",
                "Save it with something changed to pay for it yet another time.",
            )),
            LedgerError::KeyTaken { by } => Self::failed(Failure::new(
                Code::SameAgain,
                format!("the same clip was sent with the same words before, for job {by}"),
                "Write `Again: yes` as the first line of the text to pay for it once more.",
            )),
            error if error.is_fatal() => Self::Ledger(error),
            _ => Self::Stale,
        }
    }
}

/// How long failures are borne.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// Tries of a passing fault before the job waits.
    pub max_attempts: u32,
    /// How often a wait is looked at again.
    pub recheck: Duration,
    /// From this length on a wait that the service asked for is told of by a note.
    pub tell: Duration,
    /// A number from 0 to 1, drawn anew each time.
    pub chance: f64,
}

/// What is recorded of a step that stopped; nothing where there is nothing new to tell.
pub(super) fn events(job: &Job, stop: &Stop, now: Moment, patience: Patience) -> Vec<JobEvent> {
    match stop {
        Stop::Failed { failure, retry_after } => failed(job, failure, *retry_after, now, patience),
        Stop::Unsettled => vec![JobEvent::Unsettled],
        Stop::Vanished => vec![JobEvent::Cancelled],
        Stop::SessionGone => session_gone(job, now, patience),
        // As where a step is not even begun: a wait that takes long is told.
        Stop::Held { wait, failure } if *wait > patience.tell && job.waiting.is_none() => {
            vec![JobEvent::Waits { failure: failure.clone().waiting(), until: Some(now.after(*wait)) }]
        }
        Stop::Held { .. } | Stop::Stale | Stop::Halted | Stop::Ledger(_) => Vec::new(),
    }
}

/// What is recorded of a step that dakbox has died in: a try that failed, so that what it dies of again and again does
/// not ask the service again and again. It is tried again at once, and from some time on only every so often.
pub(super) fn cut_off(job: &Job, now: Moment, patience: Patience) -> Vec<JobEvent> {
    let failure = Failure::new(
        Code::LocalIo,
        "dakbox has died in the middle of this step",
        "It is tried again by itself; if it lasts, the log of that time says more.",
    );
    // Each upload that is not found again costs a session, which begins the count of tries anew.
    let max_attempts = if job.sessions < patience.max_attempts { patience.max_attempts } else { 1 };
    failed(job, &failure, None, now, Patience { max_attempts, chance: 0.0, ..patience })
}

fn failed(
    job: &Job,
    failure: &Failure,
    retry_after: Option<Duration>,
    now: Moment,
    patience: Patience,
) -> Vec<JobEvent> {
    let waits = |failure: Failure| {
        let again = is_looked_at_again(failure.code).then(|| now.after(patience.recheck));
        vec![JobEvent::Waits { failure, until: again }]
    };
    match failure.kind {
        Kind::Permanent => vec![JobEvent::Failed { failure: failure.clone() }],
        Kind::NeedsPerson => waits(failure.clone()),
        Kind::Passing if retry_after.is_some_and(|asked| asked > patience.tell) => {
            let until = retry_after.map(|asked| now.after(asked));
            vec![JobEvent::Waits { failure: failure.clone().waiting(), until }]
        }
        Kind::Passing if job.attempts + 1 >= patience.max_attempts || job.waiting.is_some() => {
            waits(failure.clone().waiting())
        }
        Kind::Passing => {
            let own = retry_delay(job.attempts + 1, patience.chance);
            let until = now.after(retry_after.map_or(own, |asked| asked + own));
            vec![JobEvent::Tried { failure: failure.clone(), until }]
        }
    }
}

/// What a lost session means where something was paid for in it; else a new one is opened.
pub(super) fn session_lost(job: &Job) -> Option<Failure> {
    if job.same_as.is_some() || !(job.may_be_paid() || job.work.base().is_some()) {
        return None;
    }
    let failure = Failure::new(
        Code::SessionLost,
        "the service does not know this clip's session any more, and what was paid for was in it",
        "Open the project's link if there is one; or drop a copy of the clip under a new name with other words.",
    );
    // The film whose project it was, where new words were for one.
    Some(match job.work.base().filter(|_| !job.may_be_paid()) {
        Some(base) => failure.about(base.film.to_string()),
        None => failure,
    })
}

fn session_gone(job: &Job, now: Moment, patience: Patience) -> Vec<JobEvent> {
    if job.same_as.is_some() {
        let failure = Failure::new(
            Code::SameAgain,
            "the same clip was paid for with the same words, and the service has that project no longer",
            "Write `Again: yes` as the first line of the text to pay for it once more.",
        );
        return vec![JobEvent::Waits { failure, until: None }];
    }
    if let Some(failure) = session_lost(job) {
        return vec![JobEvent::Waits { failure, until: None }];
    }
    if job.sessions >= patience.max_attempts {
        let failure = Failure::new(
            Code::ServiceDown,
            "the service forgets the session again and again",
            "It is tried again by itself.",
        );
        let until = Some(now.after(patience.recheck));
        return vec![JobEvent::SessionDropped, JobEvent::Waits { failure: failure.waiting(), until }];
    }
    vec![JobEvent::SessionDropped]
}
