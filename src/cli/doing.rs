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
        Step::Instruct(_) if around.paused => format!("held by pause.txt before {}", noun(job.step, job)),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::samples::{self, NOON};
    use crate::job::{End, JobId};

    /// What is said, two minutes after its last event, of a job that stands like this.
    fn said(step: Step, phase: Phase, progress: Option<(u64, u64)>, change: impl FnOnce(&mut Job)) -> String {
        let mut job = samples::job(2);
        (job.step, job.phase) = (step, phase);
        change(&mut job);
        let row = progress.map(|(done, total)| Progress {
            job: JobId(1),
            step: step.name().into(),
            done,
            total,
            at: NOON,
        });
        let now = Moment(NOON.0 + 120_000);
        doing(&job, &Around { now, progress: row.as_ref(), daemon: &Daemon::Runs(None), paused: true })
    }

    #[test]
    fn in_a_few_words() {
        use Phase::{Ready, Running};
        let soon = |job: &mut Job| (job.attempts, job.not_before) = (2, Some(Moment(NOON.0 + 124_000)));
        let past = |job: &mut Job| (job.attempts, job.not_before) = (2, Some(NOON));
        for (said, want) in [
            (said(Step::Upload, Running, Some((42 << 20, 118 << 20)), |_| {}), "uploading 42 of 118 MB"),
            (said(Step::Upload, Running, None, |_| {}), "uploading, 2 min"),
            (said(Step::Fetch, Running, Some((3 << 20, 0)), |_| {}), "fetching the film 3.0 MB"),
            (said(Step::Export, Running, Some((42, 100)), |_| {}), "rendering, 42 %"),
            (said(Step::Export, Running, None, |_| {}), "rendering, 2 min"),
            (said(Step::Instruct(0), Running, None, |_| {}), "held by pause.txt before instruction 1 of 2"),
            (said(Step::Instruct(1), Ready, None, |_| {}), "held by pause.txt before instruction 2 of 2"),
            (
                said(Step::Observe(1), Running, None, |_| {}),
                "instruction 2 of 2: looking at what came of it, 2 min",
            ),
            (said(Step::Upload, Ready, None, soon), "the upload: again in 4 s, after 2 failed tries"),
            (said(Step::Upload, Ready, None, past), "next: the upload"),
            (said(Step::Tidy, Running, None, |job| job.end = Some(End::Delivered)), "delivered; tidying up"),
            (
                said(Step::Session, Ready, None, |job| job.unsettled = true),
                "the clip or its text is being changed; goes on when that ends",
            ),
        ] {
            assert_eq!(said, want);
        }
    }
}
