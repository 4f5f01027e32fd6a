//! Who runs next, and how many at once. Pure.

use std::collections::BTreeMap;

use crate::job::{Action, Job, JobId, Moment, Phase, Step, next_action};

/// How many may do what at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Jobs in work.
    pub jobs: usize,
    /// Of them uploading.
    pub uploads: usize,
    /// No message may be begun.
    pub paused: bool,
}

/// What runs at the moment.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Load {
    /// Jobs in work.
    pub jobs: usize,
    /// Of them uploading.
    pub uploads: usize,
}

impl Load {
    /// The load with one more job in `step`.
    #[must_use]
    pub(super) const fn with(self, step: Step) -> Self {
        let upload = matches!(step, Step::Upload) as usize;
        Self { jobs: self.jobs + 1, uploads: self.uploads + upload }
    }

    /// Whether a job may begin `step` beside this load.
    pub(super) const fn admits(self, step: Step, limits: Limits) -> bool {
        let held = match step {
            Step::Upload => self.uploads >= limits.uploads,
            Step::Instruct(_) => limits.paused,
            _ => false,
        };
        !held && self.jobs < limits.jobs
    }
}

/// The jobs that may start now, in order: those under way before those that are not, then by priority, then by age.
pub(super) fn due(
    jobs: &BTreeMap<JobId, Job>,
    is_running: impl Fn(JobId) -> bool,
    now: Moment,
) -> Vec<(JobId, Step)> {
    let mut due: Vec<_> = jobs
        .values()
        .filter(|job| !is_running(job.id))
        .filter_map(|job| match next_action(job, now) {
            Action::Run(step) => Some((
                job.step == Step::Session,
                job.phase == Phase::Waiting,
                job.order.priority,
                job.id,
                step,
            )),
            _ => None,
        })
        .collect();
    due.sort_by_key(|(fresh, waiting, priority, id, _)| (*waiting, *fresh, *priority, *id));
    due.into_iter().map(|(.., id, step)| (id, step)).collect()
}

/// Whether no other job does the same in its session: one message at a time is worked in it, and one film is made of it.
pub(super) fn has_session_alone(
    jobs: &BTreeMap<JobId, Job>,
    is_running: impl Fn(JobId) -> bool,
    (job, step): (&Job, Step),
) -> bool {
    if !matches!(step, Step::Export | Step::Instruct(_)) || job.session.is_none() {
        return true;
    }
    // One that was asked for goes on at the service while its job only rests between two tries.
    let is_asked = |job: &Job| job.render.id.is_some() && job.phase != Phase::Waiting && !job.is_ended();
    let acts = |other: &Job| match step {
        Step::Export => {
            other.step == Step::Export && (is_running(other.id) || (is_asked(other) && !is_asked(job)))
        }
        // A message whose answer is waited for may be at work.
        _ => match other.step {
            Step::Instruct(_) => is_running(other.id),
            Step::Observe(_) => other.phase != Phase::Waiting,
            _ => false,
        },
    };
    !jobs.values().any(|other| other.id != job.id && other.session == job.session && acts(other))
}

/// The first moment at which a job that sleeps is due.
pub(super) fn next_wake(
    jobs: &BTreeMap<JobId, Job>,
    is_running: impl Fn(JobId) -> bool,
    now: Moment,
) -> Option<Moment> {
    jobs.values()
        .filter(|job| !is_running(job.id))
        .filter_map(|job| match next_action(job, now) {
            Action::At(at) => Some(at),
            _ => None,
        })
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::{Clip, JobEvent, RelPath, RenderId, SessionId, Stamp, Work, admit};
    use crate::worker::order;

    /// A job in a session, at a step; its film asked for or not.
    fn at(id: i64, step: Step, phase: Phase, is_asked: bool) -> Job {
        let stamp = Stamp { dev: 1, ino: 1, size: 1, mtime_ns: 1, ctime_ns: 1 };
        let clip = Clip { root: 1, path: RelPath::from_bytes(b"talk.mp4").unwrap(), stamp };
        let order = order::unreadable(None);
        let first = JobEvent::Admitted { clip, order, work: Work::Clip, batch: None };
        let mut job = admit(JobId(id), &first, Moment(0)).unwrap();
        (job.step, job.phase) = (step, phase);
        job.session = Some(SessionId::new("shared"));
        job.render.id = is_asked.then(|| RenderId::new("render"));
        job
    }

    #[test]
    fn one_job_at_a_time_does_the_same_in_a_session() {
        use Phase::{Ready, Running, Waiting};
        let (says, films, looks) = (Step::Instruct(0), Step::Export, Step::Observe(0));
        for (step, asked, (of, phase, is_asked, runs), alone) in [
            (says, false, (says, Running, false, true), false),
            (says, false, (says, Ready, false, false), true),
            (says, false, (says, Waiting, false, false), true),
            // What was sent is not over before it is known what became of it; one that waits for a person holds nobody.
            (says, false, (looks, Running, false, true), false),
            (says, false, (looks, Ready, false, false), false),
            (says, false, (looks, Waiting, false, false), true),
            (says, false, (films, Running, true, true), true),
            (films, false, (films, Running, false, true), false),
            (films, false, (films, Ready, false, false), true),
            // It goes on at the service while the job rests between two tries.
            (films, false, (films, Ready, true, false), false),
            (films, true, (films, Ready, true, false), true),
            (films, false, (films, Waiting, true, false), true),
            (films, false, (Step::Fetch, Running, true, true), true),
            (films, false, (says, Running, false, true), true),
            (looks, false, (looks, Running, false, true), true),
        ] {
            let told = format!("{step:?} {asked} beside {of:?} {phase:?} {is_asked} {runs}");
            let (job, other) = (at(1, step, Ready, asked), at(2, of, phase, is_asked));
            let apart = Job { session: Some(SessionId::new("its own")), ..other.clone() };
            let is_alone = |other: Job| {
                let jobs = BTreeMap::from([(JobId(1), job.clone()), (JobId(2), other)]);
                has_session_alone(&jobs, |id| runs && id == JobId(2), (&job, step))
            };
            assert_eq!(is_alone(other), alone, "{told}");
            assert!(is_alone(apart), "{told}: in another session");
        }
    }
}
