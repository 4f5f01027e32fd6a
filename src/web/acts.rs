//! What one can do about a job. Pure.

use askama::Template;

use super::letter::is_refined;
use crate::job::{Code, End, Failure, Fate, Job, JobId};
use crate::words::Tongue;
use crate::worker::is_asked;

/// Why a job waits, or has failed.
pub(super) fn reason(job: &Job) -> Option<&Failure> {
    match &job.end {
        Some(End::Failed(failure)) => Some(failure),
        Some(End::Cancelled) => job.withdrawn.as_ref(),
        Some(End::Delivered | End::Answered) => None,
        None => job.waiting.as_ref(),
    }
}

#[derive(Template)]
#[template(path = "job_acts.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is a thing that can be done or not")]
pub(super) struct Acts {
    t: Tongue,
    l: &'static str,
    id: JobId,
    retry: bool,
    again: bool,
    cancel: bool,
    /// The message that the answer is about.
    answer: Option<u16>,
    refine: bool,
}

/// What can be done about a job, as it stands.
pub(super) fn acts(t: Tongue, l: &'static str, job: &Job) -> Acts {
    let waits = job.end.is_none() && job.waiting.is_some();
    let put_aside = job.is_ended() && reason(job).is_some();
    let doubt = |fate: &Fate| matches!(fate, Fate::Open | Fate::Ended(_));
    let code = reason(job).map(|why| why.code);
    let in_doubt = job.messages.iter().any(|message| doubt(&message.fate))
        || matches!(code, Some(Code::SessionLost | Code::SameAgain | Code::OwnFilm));
    Acts {
        t,
        l,
        id: job.id,
        retry: waits || put_aside,
        again: (waits || put_aside) && in_doubt,
        cancel: job.end.is_none(),
        answer: job.asking.as_ref().filter(|_| is_asked(job)).map(|asking| asking.n),
        refine: is_refined(job),
    }
}
