//! What a job is doing, in a few words.

use super::human::{lasting, part};
use super::view::Daemon;
use crate::job::{Job, Moment, Phase, Step, due_step};
use crate::ledger::Progress;

/// What stands around a job while it is looked at.
pub(super) struct Around<'a> {
    pub(super) now: Moment,
    pub(super) progress: Option<&'a Progress>,
    pub(super) daemon: &'a Daemon,
    pub(super) paused: bool,
}

/// What `job`, which has not ended, is doing.
pub(super) fn doing(job: &Job, around: &Around<'_>) -> String {
    let doing = now_doing(job, around);
    // Its end is decided, and only its files are still to be put in their places.
    if job.end.is_some() { format!("{}; {doing}", job.state()) } else { doing }
}

fn now_doing(job: &Job, around: &Around<'_>) -> String {
    let what = noun(due_step(job), job);
    if job.unsettled {
        return "the clip or its text is being changed; goes on when that ends".to_owned();
    }
    if *around.daemon == Daemon::Stopped {
        return format!("stopped before {what}");
    }
    if job.phase == Phase::Running {
        return running(job, around);
    }
    if around.paused && matches!(due_step(job), Step::Instruct(_)) {
        return format!("held by pause.txt before {what}");
    }
    match job.not_before.map(|until| until.since(around.now)).filter(|wait| !wait.is_zero()) {
        Some(wait) if job.attempts > 0 => {
            let tries = if job.attempts == 1 { "try" } else { "tries" };
            format!("{what}: again in {}, after {} failed {tries}", lasting(wait), job.attempts)
        }
        Some(wait) => format!("{what}: in {}", lasting(wait)),
        None => format!("next: {what}"),
    }
}

fn running(job: &Job, around: &Around<'_>) -> String {
    let since = lasting(around.now.since(job.changed));
    let moved = |word: &str| match around.progress {
        Some(row) => format!("{word} {}", part(row.done, row.total)),
        None => format!("{word}, {since}"),
    };
    match job.step {
        Step::Session => "opening a session".to_owned(),
        Step::Upload => moved("uploading"),
        Step::Instruct(n) if job.message(n).is_some() => {
            format!("{}the service is working, {since}", place(n, job))
        }
        Step::Instruct(_) => format!("about to send {}", noun(job.step, job)),
        Step::Observe(n) => format!("{}looking at what came of it, {since}", place(n, job)),
        Step::Export => match around.progress {
            Some(row) => format!("rendering, {} %", row.done),
            None => format!("rendering, {since}"),
        },
        Step::Fetch => moved("fetching the film"),
        Step::Deliver => "putting the film into the outbox".to_owned(),
        Step::Tidy => "tidying up".to_owned(),
    }
}

/// `instruction 2 of 3: `, where there are several.
fn place(n: u16, job: &Job) -> String {
    let of = job.order.messages.len();
    if of > 1 { format!("instruction {} of {of}: ", n + 1) } else { String::new() }
}

/// The step as a thing.
fn noun(step: Step, job: &Job) -> String {
    let of = job.order.messages.len();
    match step {
        Step::Session => "the session".to_owned(),
        Step::Upload => "the upload".to_owned(),
        Step::Instruct(n) if of > 1 => format!("instruction {} of {of}", n + 1),
        Step::Instruct(_) => "the instruction".to_owned(),
        Step::Observe(_) => "a look at what came of it".to_owned(),
        Step::Export => "the export".to_owned(),
        Step::Fetch => "fetching the film".to_owned(),
        Step::Deliver => "the delivery".to_owned(),
        Step::Tidy => "tidying up".to_owned(),
    }
}
