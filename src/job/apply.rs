//! The one transition function: a job and an event make the next job, or the event is illegal.

use thiserror::Error;

use super::{
    Clip, End, Failure, Fate, Film, Job, JobEvent, JobId, Key, Message, Moment, Order, Phase, RelPath,
    Render, Step, StreamEnd, TextRef, Upload, WordsFrom, due_step,
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
    let JobEvent::Admitted { clip, order } = event else { return None };
    Some(Job {
        id,
        seq: 1,
        created: at,
        changed: at,
        clip: clip.clone(),
        order: order.clone(),
        step: Step::Session,
        phase: Phase::Ready,
        attempts: 0,
        not_before: None,
        waiting: None,
        unsettled: false,
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
    })
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
        _ if job.is_ended() => reopens(&mut next, event),
        JobEvent::Rebound { .. }
        | JobEvent::Replaced { .. }
        | JobEvent::Renamed { .. }
        | JobEvent::Unsettled
        | JobEvent::Cancelled
        | JobEvent::Reopened { .. } => folder(&mut next, event),
        JobEvent::Started { .. }
        | JobEvent::Tried { .. }
        | JobEvent::Waits { .. }
        | JobEvent::GoesOn
        | JobEvent::Consent { .. }
        | JobEvent::Failed { .. } => course(&mut next, event),
        JobEvent::SessionOpened { .. } | JobEvent::SessionDropped | JobEvent::Uploaded { .. } => {
            session(&mut next, event)
        }
        JobEvent::Intent { .. }
        | JobEvent::Refused { .. }
        | JobEvent::Answered { .. }
        | JobEvent::Observed { .. } => message(&mut next, event),
        _ => film(&mut next, event),
    };
    if legal { Ok(next) } else { Err(Illegal { job: job.id, event: event.name(), step: job.step }) }
}

impl Job {
    /// Into `step`: what held the last one is over.
    fn enter(&mut self, step: Step) {
        self.step = step;
        self.phase = Phase::Ready;
        self.attempts = 0;
        self.not_before = None;
        self.waiting = None;
    }

    /// Whether it can go on where it stopped: nothing was paid, or what was paid for is at hand.
    pub fn may_go_on(&self) -> bool {
        !self.may_be_paid() || self.draft_seq.is_some()
    }

    const fn first_after_upload(&self) -> Step {
        if self.order.messages.is_empty() { Step::Export } else { Step::Instruct(0) }
    }

    fn runs(&self, step: Step) -> bool {
        self.phase == Phase::Running && self.step == step
    }

    fn rebind(&mut self, clip: &Clip, order: &Order) {
        self.clip = clip.clone();
        self.order = order.clone();
        self.unsettled = false;
    }

    /// Back to a fresh session. Only while nothing was paid in the old one.
    fn drop_session(&mut self) {
        self.enter(Step::Session);
        (self.session, self.task) = (None, None);
        (self.upload, self.content) = (Upload::Fresh, None);
        (self.draft_seq, self.render, self.film) = (None, Render::default(), None);
        self.incomplete = false;
    }

    /// Whether its end is decided: only tidying up is left, or nothing.
    pub fn closing(&self) -> bool {
        self.end.is_some()
    }
}

/// What the folder does to a job: always before a message may have been paid, but for a rename.
fn folder(job: &mut Job, event: &JobEvent) -> bool {
    if let JobEvent::Renamed { path, stamp } = event {
        (job.clip.path, job.clip.stamp) = (path.clone(), *stamp);
        return true;
    }
    if job.may_be_paid() || job.closing() {
        return false;
    }
    match event {
        JobEvent::Rebound { clip, order } => rebound(job, clip, order),
        JobEvent::Replaced { clip, order } => {
            job.messages.clear();
            job.rebind(clip, order);
            job.drop_session();
        }
        JobEvent::Unsettled => {
            job.unsettled = true;
            job.phase = Phase::Ready;
        }
        JobEvent::Cancelled => {
            job.enter(Step::Tidy);
            job.unsettled = false;
            job.end = Some(End::Cancelled);
        }
        _ => return false,
    }
    true
}

/// Other words, or the same ones in another file: what was done so far is kept as far as it still holds.
fn rebound(job: &mut Job, clip: &Clip, order: &Order) {
    let same_language = order.language == job.order.language;
    let same_words = job.order.same_request(order);
    let going_up = job.phase == Phase::Running && matches!(job.step, Step::Session | Step::Upload);
    job.rebind(clip, order);
    if !same_words {
        // Consents were given for the other words.
        job.messages.clear();
    }
    if !same_language && job.session.is_some() {
        job.drop_session();
    } else if !same_words && matches!(job.upload, Upload::Done { .. }) {
        job.enter(job.first_after_upload());
        (job.draft_seq, job.render, job.film) = (None, Render::default(), None);
    } else if !(going_up && same_language) {
        job.enter(job.step);
    }
}

/// A cancelled clip that is dropped again, or a failed one that was put back, goes on where it stopped.
fn reopens(job: &mut Job, event: &JobEvent) -> bool {
    let JobEvent::Reopened { clip, order } = event else { return false };
    if !matches!(job.end, Some(End::Cancelled | End::Failed(_))) {
        return false;
    }
    (job.end, job.left) = (None, false);
    if !job.may_be_paid() {
        job.messages.clear();
        job.rebind(clip, order);
        job.drop_session();
    } else if job.draft_seq.is_some() {
        // What was paid for is in the project: only its export is free to be done anew.
        job.clip = clip.clone();
        (job.render, job.film) = (Render::default(), None);
        job.enter(Step::Export);
    } else {
        return false;
    }
    true
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
        JobEvent::Consent { n, again, text } => consent(job, *n, *again, text.as_ref()),
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

/// A person pays for message `n` once more: the next count makes another key. Either this job's own message is in
/// doubt, or the same message was sent for another job.
fn consent(job: &mut Job, n: u16, again: u16, text: Option<&TextRef>) -> bool {
    let waits =
        job.phase == Phase::Waiting && matches!(job.step, Step::Observe(at) | Step::Instruct(at) if at == n);
    let in_doubt = job.message(n).is_some_and(|m| matches!(m.fate, Fate::Open | Fate::Ended(_)));
    let unsent = job.message(n).is_none_or(|m| m.fate == Fate::Refused);
    if again != job.again(n) + 1 || !((waits && in_doubt) || (unsent && job.runs(Step::Instruct(n)))) {
        return false;
    }
    // An older message stays as it is, because it may have been paid. The new one counts as not yet sent.
    job.messages.push(Message { n, again, fate: Fate::Refused, intent: job.seq });
    if let Some(text) = text {
        job.order.from = WordsFrom::Sidecar(text.clone());
    }
    if in_doubt {
        job.enter(Step::Instruct(n));
    }
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

fn session(job: &mut Job, event: &JobEvent) -> bool {
    match event {
        JobEvent::SessionOpened { session, task, account } if job.runs(Step::Session) => {
            job.session = Some(session.clone());
            job.sessions += 1;
            job.task.clone_from(task);
            job.account.clone_from(account);
            job.enter(Step::Upload);
        }
        JobEvent::SessionDropped if !job.may_be_paid() && !job.closing() => job.drop_session(),
        JobEvent::Uploaded { content, stamp, applied } if job.runs(Step::Upload) => {
            job.content = Some(*content);
            job.clip.stamp = *stamp;
            job.upload = Upload::Done { applied: *applied };
            job.enter(job.first_after_upload());
        }
        _ => return false,
    }
    true
}

fn message(job: &mut Job, event: &JobEvent) -> bool {
    match event {
        JobEvent::Intent { n, again, key, .. } => intend(job, *n, *again, key),
        JobEvent::Refused { n, intent } => {
            let refused = (job.runs(Step::Instruct(*n)) && is_open(job, *n, *intent))
                || (job.runs(Step::Observe(*n)) && is_denied(job, *n, *intent));
            job.step = if refused { Step::Instruct(*n) } else { job.step };
            refused && settle_fate(job, *n, Fate::Refused)
        }
        JobEvent::Answered { n, intent, end, .. } => {
            let open = job.step == Step::Instruct(*n) && is_open(job, *n, *intent);
            if !open || !settle_fate(job, *n, Fate::Ended(end.clone())) {
                return false;
            }
            if matches!(end, StreamEnd::Denied { .. }) {
                // Not a step further: what the next try waits for is counted on.
                (job.step, job.phase) = (Step::Observe(*n), Phase::Ready);
            } else {
                job.enter(Step::Observe(*n));
            }
            true
        }
        JobEvent::Observed { n, intent, .. } => observed(job, *n, *intent),
        _ => false,
    }
}

fn observed(job: &mut Job, n: u16, intent: u32) -> bool {
    let Some(message) = job.message(n).filter(|m| m.intent == intent) else { return false };
    let clean = message.fate == Fate::Ended(StreamEnd::Clean);
    if !job.runs(Step::Observe(n)) || !settle_fate(job, n, Fate::Taken) {
        return false;
    }
    job.incomplete |= !clean;
    job.draft_seq = Some(job.seq);
    let more = usize::from(n) + 1 < job.order.messages.len();
    job.enter(if more { Step::Instruct(n + 1) } else { Step::Export });
    true
}

fn is_open(job: &Job, n: u16, intent: u32) -> bool {
    job.message(n).is_some_and(|m| m.fate == Fate::Open && m.intent == intent)
}

fn is_denied(job: &Job, n: u16, intent: u32) -> bool {
    let denied = |m: &Message| matches!(m.fate, Fate::Ended(StreamEnd::Denied { .. })) && m.intent == intent;
    job.message(n).is_some_and(denied)
}

fn settle_fate(job: &mut Job, n: u16, fate: Fate) -> bool {
    let Some(message) = job.message_mut(n) else { return false };
    message.fate = fate;
    true
}

/// The intent: once for a message, unless it was provably refused.
fn intend(job: &mut Job, n: u16, again: u16, key: &Key) -> bool {
    let known = job.message(n);
    let fresh = known.is_none_or(|m| m.fate == Fate::Refused) && again == job.again(n);
    if !job.runs(Step::Instruct(n)) || !fresh || job.unsettled || job.key(n).as_ref() != Some(key) {
        return false;
    }
    let intent = job.seq;
    job.messages.retain(|m| !(m.n == n && m.again == again));
    job.messages.push(Message { n, again, fate: Fate::Open, intent });
    job.waiting = None;
    true
}

fn film(job: &mut Job, event: &JobEvent) -> bool {
    match event {
        JobEvent::DraftRead { .. } if job.runs(Step::Export) && !job.may_be_paid() => {
            job.draft_seq = Some(job.seq);
        }
        JobEvent::ExportChosen { id } if job.runs(Step::Export) && job.draft_seq.is_some() => {
            job.render.id = Some(id.clone());
        }
        JobEvent::RenderFailed { .. } if job.runs(Step::Export) && job.render.id.is_some() => {
            job.render.id = None;
            job.render.failed += 1;
        }
        JobEvent::Rendered { url } if job.runs(Step::Export) && job.render.id.is_some() => {
            job.render.url.clone_from(url);
            job.enter(Step::Fetch);
        }
        JobEvent::Fetched { film } if job.runs(Step::Fetch) => fetched(job, film),
        JobEvent::FilmLost if job.runs(Step::Deliver) => {
            job.film = None;
            job.enter(Step::Fetch);
        }
        JobEvent::Delivered { path } if job.runs(Step::Deliver) => delivered(job, path),
        JobEvent::Tidied { left, .. } if job.runs(Step::Tidy) => {
            job.left = *left;
            (job.phase, job.waiting, job.not_before) = (Phase::Ended, None, None);
        }
        _ => return false,
    }
    true
}

fn fetched(job: &mut Job, film: &Film) {
    job.film = Some(film.clone());
    job.enter(Step::Deliver);
}

fn delivered(job: &mut Job, path: &RelPath) {
    job.delivered = Some(path.clone());
    job.end = Some(End::Delivered);
    job.enter(Step::Tidy);
}
