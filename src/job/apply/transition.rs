//! The one transition function: a job and an event make the next job, or the event is illegal.

use thiserror::Error;

use super::film::{film, session};
use super::folder::{folder, reopens};
use super::message::{consent, message};
use crate::job::{
    Clip, End, Failure, Fate, Job, JobEvent, JobId, Moment, Order, Past, Phase, Render, Step, Upload, Work,
    due_step,
};

/// An event that can't happen to a job as it stands. Nothing of it was applied.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("{event} can't happen to job {job} in {step}")]
pub struct Illegal {
    /// The job.
    pub job: JobId,
    /// The event's name.
    pub event: &'static str,
    /// The step the job is in.
    pub step: Step,
}

/// A new job out of its first event; `None` where that is no admission.
pub fn admit(id: JobId, event: &JobEvent, at: Moment) -> Option<Job> {
    let JobEvent::Admitted { clip, order, work, batch } = event else { return None };
    let mut job = Job {
        id,
        seq: 1,
        created: at,
        changed: at,
        clip: clip.clone(),
        work: work.clone(),
        order: order.clone(),
        step: Step::Session,
        phase: Phase::Ready,
        attempts: 0,
        not_before: None,
        waiting: None,
        unsettled: false,
        past: Past::Known,
        sessions: 0,
        session: None,
        task: None,
        account: None,
        upload: Upload::Fresh,
        content: None,
        messages: Vec::new(),
        draft_seq: None,
        render: Render::default(),
        film: None,
        delivered: None,
        incomplete: false,
        left: false,
        end: None,
        withdrawn: None,
        asking: None,
        replies: Vec::new(),
        added: 0,
        same_as: None,
        batch: batch.clone(),
    };
    job.join_base();
    if job.work == Work::Ask {
        // There is nothing to be made, only to be told.
        (job.step, job.end) = (Step::Tidy, Some(End::Answered));
    }
    Some(job)
}

/// The job after `event`, recorded at `at`.
///
/// # Errors
/// [`Illegal`] where the event can't happen to the job as it stands.
pub fn apply(job: &Job, event: &JobEvent, at: Moment) -> Result<Job, Illegal> {
    let mut next = job.clone();
    next.seq += 1;
    next.changed = at;
    let legal = match event {
        JobEvent::Admitted { .. } => false,
        JobEvent::Reopened { .. } => reopens(&mut next, event),
        _ if job.is_ended() => false,
        JobEvent::Rebound { .. }
        | JobEvent::Replaced { .. }
        | JobEvent::Refined { .. }
        | JobEvent::Renamed { .. }
        | JobEvent::Unsettled
        | JobEvent::Cancelled => folder(&mut next, event),
        JobEvent::Started { .. }
        | JobEvent::Tried { .. }
        | JobEvent::Waits { .. }
        | JobEvent::GoesOn
        | JobEvent::TakenOver
        | JobEvent::Consent { .. }
        | JobEvent::Withdrawn { .. }
        | JobEvent::Failed { .. } => course(&mut next, event),
        JobEvent::SessionOpened { .. }
        | JobEvent::SessionJoined { .. }
        | JobEvent::SessionLeft
        | JobEvent::Apart
        | JobEvent::SessionDropped
        | JobEvent::Uploaded { .. }
        | JobEvent::PartUploaded { .. } => session(&mut next, event),
        JobEvent::Intent { .. }
        | JobEvent::Refused { .. }
        | JobEvent::Answered { .. }
        | JobEvent::Asked { .. }
        | JobEvent::Replied { .. }
        | JobEvent::Observed { .. } => message(&mut next, event),
        _ => film(&mut next, event),
    };
    if legal { Ok(next) } else { Err(Illegal { job: job.id, event: event.name(), step: job.step }) }
}

impl Job {
    /// Into `step`: what held the last one is over.
    pub(super) fn enter(&mut self, step: Step) {
        self.step = step;
        self.phase = Phase::Ready;
        self.attempts = 0;
        self.not_before = None;
        self.waiting = None;
    }

    /// The same where the step before was only on the way to one that has failed: its tries and its wait go on. Else an
    /// upload that never comes through would be tried for ever, each time in a session of its own.
    pub(super) fn enter_still_trying(&mut self, step: Step, still: bool) {
        let (attempts, waiting) = (self.attempts, self.waiting.take());
        self.enter(step);
        if still {
            (self.attempts, self.waiting) = (attempts, waiting);
        }
    }

    /// Whether it can go on where it stopped: nothing was paid, or what was paid for is at hand.
    pub fn may_go_on(&self) -> bool {
        !self.may_be_paid()
            || self.draft_seq.is_some()
            || (self.withdrawn.is_some() && self.session.is_some())
    }

    /// The first message that was not taken yet; the export where all were.
    pub(super) fn first_unsent(&self) -> Step {
        let taken = |n: u16| self.message(n).is_some_and(|m| m.fate == Fate::Taken);
        let count = u16::try_from(self.order.messages.len()).unwrap_or(u16::MAX);
        (0..count).find(|n| !taken(*n)).map_or(Step::Export, Step::Instruct)
    }

    pub(super) const fn first_after_upload(&self) -> Step {
        if self.order.messages.is_empty() { Step::Export } else { Step::Instruct(0) }
    }

    pub(super) fn runs(&self, step: Step) -> bool {
        self.phase == Phase::Running && self.step == step
    }

    pub(super) fn rebind(&mut self, clip: &Clip, order: &Order) {
        self.clip = clip.clone();
        self.order = order.clone();
        self.unsettled = false;
    }

    /// Back to a fresh session. Only while nothing was paid in the old one.
    pub(super) fn drop_session(&mut self) {
        self.enter_still_trying(Step::Session, self.upload == Upload::Doubt);
        (self.session, self.task) = (None, None);
        (self.upload, self.content) = (Upload::Fresh, None);
        if let Work::Project(project) = &mut self.work {
            project.parts.iter_mut().for_each(|part| part.content = None);
        }
        (self.draft_seq, self.render, self.film) = (None, Render::default(), None);
        (self.incomplete, self.same_as) = (false, None);
        if let Some(batch) = &mut self.batch {
            batch.shared = false;
        }
        self.join_base();
    }

    /// New words for a film are sent in its project: there is no other session for them, and nothing to send up.
    pub(super) fn join_base(&mut self) {
        let Some(base) = self.work.base() else { return };
        (self.session, self.task, self.account) =
            (Some(base.session.clone()), base.task.clone(), base.account.clone());
        self.upload = Upload::Done { applied: false };
        self.step = self.first_after_upload();
    }

    /// Whether its end is decided: only tidying up is left, or nothing.
    pub fn closing(&self) -> bool {
        self.end.is_some()
    }
}

/// Starting, failing, waiting: what can happen in any step.
fn course(job: &mut Job, event: &JobEvent) -> bool {
    match event {
        JobEvent::Started { step } => start(job, *step),
        JobEvent::Tried { failure, until } => {
            job.phase = Phase::Ready;
            job.attempts += 1;
            job.not_before = Some(*until);
            // A wait that is looked at again stays a wait, with its note, until its step succeeds.
            if job.waiting.is_some() {
                job.waiting = Some(failure.clone());
            }
            true
        }
        JobEvent::Waits { failure, until } => {
            job.phase = Phase::Waiting;
            job.attempts = 0;
            job.not_before = *until;
            job.waiting = Some(failure.clone());
            true
        }
        JobEvent::GoesOn => {
            if job.phase == Phase::Running {
                return false;
            }
            job.phase = Phase::Ready;
            (job.attempts, job.not_before, job.unsettled) = (0, None, false);
            true
        }
        JobEvent::TakenOver => {
            job.past = Past::Doubtful;
            true
        }
        JobEvent::Consent { n, again, text } => consent(job, *n, *again, text.as_ref()),
        JobEvent::Withdrawn { failure } => withdraw(job, failure),
        JobEvent::Failed { failure } => fail(job, failure),
        _ => false,
    }
}

fn start(job: &mut Job, step: Step) -> bool {
    if due_step(job) != step || job.unsettled {
        return false;
    }
    job.step = step;
    job.phase = Phase::Running;
    job.not_before = None;
    if step == Step::Upload {
        job.upload = if job.upload == Upload::Fresh { Upload::First } else { Upload::Doubt };
    }
    true
}

/// Given up by a person: at any time, but while its message is with the service (hanging up cancels what is paid for)
/// and when its film is about to be delivered.
fn withdraw(job: &mut Job, failure: &Failure) -> bool {
    let at_work = job.phase == Phase::Running && matches!(job.step, Step::Instruct(_) | Step::Deliver);
    if job.closing() || job.delivered.is_some() || at_work {
        return false;
    }
    job.enter(Step::Tidy);
    job.unsettled = false;
    job.end = Some(End::Cancelled);
    job.withdrawn = Some(failure.clone());
    true
}

fn fail(job: &mut Job, failure: &Failure) -> bool {
    if job.closing() || job.delivered.is_some() {
        return false;
    }
    job.enter(Step::Tidy);
    job.unsettled = false;
    job.end = Some(End::Failed(failure.clone()));
    true
}
