//! What was put back from `failed/` by hand goes on: the note that told why it lay there is out of date.

use super::Tools;
use super::folders::{Place, blocking};
use super::order::NAME_MAX;
use super::steps::tidy::number;
use crate::job::{Job, JobEvent};
use crate::outbox::{self, Note, Title};

/// Takes away the note of a job that goes on. One that can't be taken away says nothing worse than before.
pub(super) async fn clear_note(tools: &Tools, job: &Job) {
    let Ok(events) = tools.ledger.events(job.id).await else { return };
    let failed = |event: &JobEvent| matches!(event, JobEvent::Failed { .. } | JobEvent::Withdrawn { .. });
    if !events.iter().any(|recorded| failed(&recorded.event)) {
        return;
    }
    let kept = events.iter().rev().find_map(|recorded| match &recorded.event {
        JobEvent::Tidied { clip_at, .. } => Some(clip_at.clone()),
        _ => None,
    });
    // The note got the clip's number, and keeps that name from everybody else while it lies there.
    let Some(at) = kept.flatten() else { return };
    let number = Some(at).filter(|_| job.work.project().is_none()).and_then(|at| number(&at)).unwrap_or(1);
    let note = Title::new(job.stem(), NAME_MAX).note(number, Note::Error);
    let Some(path) = job.home().join(&note) else { return };
    for place in [Place::Failed, Place::Outbox] {
        let (Ok(base), path) = (tools.folders.open(place).await, path.clone()) else { continue };
        if let Err(error) = blocking(move || outbox::notes::clear(&base, &path)).await {
            tracing::debug!(job = %job.id, %error, "its old note can't be taken away");
        }
    }
}
