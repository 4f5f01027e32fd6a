//! The log's story of a job: one line a change of state, each to be read alone.

use crate::job::{End, Job, JobEvent, Step};

/// What a step does, to stand after a clip's name.
pub(super) const fn doing(step: Step) -> &'static str {
    match step {
        Step::Session => "gets a session",
        Step::Upload => "is being uploaded",
        Step::Instruct(_) => "is about to be instructed",
        Step::Observe(_) => "is looked at",
        Step::Export => "is being rendered",
        Step::Fetch => "is being fetched",
        Step::Deliver => "is being put into the outbox",
        Step::Tidy => "is being put away",
    }
}

/// Tells what was recorded of a job.
pub(super) fn tell(job: &Job, events: &[JobEvent]) {
    let (id, clip) = (job.id, job.dropped());
    for event in events {
        match event {
            JobEvent::Started { step } => {
                tracing::info!(job = %id, step = %step, "{clip} {}", doing(*step));
            }
            JobEvent::Tried { failure, .. } => {
                tracing::warn!(job = %id, step = %job.step, code = %failure.code, "{clip}: {}; tried again soon", failure.message);
            }
            JobEvent::Waits { failure, .. } => {
                tracing::warn!(job = %id, step = %job.step, code = %failure.code, "{clip} waits: {}", failure.message);
            }
            JobEvent::Failed { failure } => {
                tracing::error!(job = %id, code = %failure.code, "{clip} failed: {}", failure.message);
            }
            JobEvent::Delivered { path } => {
                tracing::info!(job = %id, film = %path, "{clip} is in the outbox as {path}");
            }
            JobEvent::Unsettled => {
                tracing::info!(job = %id, "{clip} or its text is being changed; nothing is sent until it has settled");
            }
            JobEvent::Refined { .. } => {
                tracing::info!(job = %id, "the text of {clip} was saved anew or renamed: what is new in it is sent after what was bound");
            }
            JobEvent::Replied { n, .. } => {
                tracing::info!(job = %id, n, "{clip}: the service's question is answered");
            }
            JobEvent::SameAs { job: other, .. } => {
                tracing::info!(job = %id, other = %other, "{clip} was paid for with the same words by job {other}: its film is delivered once more");
            }
            JobEvent::SessionJoined { of, .. } => {
                tracing::info!(job = %id, of = %of, "{clip} goes on in the session of job {of}, of the same batch");
            }
            JobEvent::Apart => {
                tracing::info!(job = %id, "{clip}: the project of the batch still held an earlier clip, so this one is worked in a project of its own");
            }
            JobEvent::SessionDropped => {
                tracing::warn!(job = %id, "{clip}: its session is gone before anything was paid; a new one is opened");
            }
            JobEvent::RenderFailed { message } => {
                tracing::warn!(job = %id, "{clip}: the render failed: {message}");
            }
            JobEvent::Tidied { .. } => tell_end(job),
            _ => {}
        }
    }
}

fn tell_end(job: &Job) {
    let (id, clip) = (job.id, job.dropped());
    match &job.end {
        Some(End::Delivered) => tracing::info!(job = %id, "{clip} is done"),
        Some(End::Answered) => tracing::info!(job = %id, "{clip} is answered"),
        Some(End::Failed(failure)) => {
            tracing::info!(job = %id, code = %failure.code, "{clip} is put aside as failed");
        }
        Some(End::Cancelled) if job.withdrawn.is_some() => {
            tracing::info!(job = %id, "{clip} was given up by a person, and is put aside");
        }
        Some(End::Cancelled) => tracing::info!(job = %id, "{clip} was taken away before anything was paid"),
        None => {}
    }
}

/// What a job was asked, in a few words.
pub(super) fn words(job: &Job) -> String {
    let words: String =
        job.order.words.chars().map(|c| if c.is_control() { ' ' } else { c }).take(80).collect();
    if words.is_empty() { "nothing readable is asked".to_owned() } else { format!("\u{201c}{words}\u{201d}") }
}
