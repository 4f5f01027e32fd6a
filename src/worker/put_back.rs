//! What was put back from `failed/` by hand goes on: the note that told why it lay there is out of date.

use super::Tools;
use super::folders::{Place, blocking};
use super::order::NAME_MAX;
use super::steps::tidy::number;
use crate::job::{End, Job, JobEvent, JobId, RelPath, admit, apply};
use crate::ledger::Recorded;
use crate::outbox::{self, Note, Title};

/// Takes away the note of a job that goes on. One that can't be taken away says nothing worse than before.
pub(super) async fn clear_note(tools: &Tools, job: &Job) {
    let Ok(events) = tools.ledger.events(job.id).await else { return };
    let failed = |event: &JobEvent| matches!(event, JobEvent::Failed { .. } | JobEvent::Withdrawn { .. });
    if !events.iter().any(|recorded| failed(&recorded.event)) {
        return;
    }
    let kept = events.iter().enumerate().rev().find_map(|(n, recorded)| match &recorded.event {
        JobEvent::Tidied { clip_at: Some(at), .. } => Some((n, at.clone())),
        _ => None,
    });
    // The note got the clip's number, and keeps that name from everybody else while it lies there. The clip itself may
    // have been put back under another one.
    let Some((n, at)) = kept else { return };
    let Some(then) = replayed(job.id, &events[..=n]) else { return };
    let number = Some(at).filter(|_| job.work.project().is_none()).and_then(|at| number(&at)).unwrap_or(1);
    let note = Title::new(then.stem(), NAME_MAX).note(number, Note::Error);
    let Some(path) = then.home().join(&note) else { return };
    for place in [Place::Failed, Place::Outbox] {
        let (Ok(base), path) = (tools.folders.open(place).await, path.clone()) else { continue };
        if let Err(error) = blocking(move || outbox::notes::clear(&base, &path)).await {
            tracing::debug!(job = %job.id, %error, "its old note can't be taken away");
        }
    }
}

/// Takes away the note of one that has failed, where what it is about does not lie beside it any more: it was mended, and is
/// worked as a new job.
pub(super) async fn clear_if_gone(tools: &Tools, before: Option<Job>) {
    let Some(failed) = before.filter(|job| matches!(job.end, Some(End::Failed(_)))) else { return };
    let Ok(events) = tools.ledger.events(failed.id).await else { return };
    let kept = events.iter().rev().find_map(|recorded| match &recorded.event {
        JobEvent::Tidied { clip_at: Some(at), .. } => Some(at.clone()),
        _ => None,
    });
    let (Some(at), Ok(store)) = (kept, tools.folders.open(Place::Failed).await) else { return };
    let below = at.strip_prefix(&format!("{}/", store.path().display()));
    let Some(path) = below.and_then(|below| RelPath::from_bytes(below.as_bytes())) else { return };
    // What can't be shown as it is was noted by another name.
    let is_told = !at.contains(char::REPLACEMENT_CHARACTER);
    if is_told && blocking(move || Ok(store.stat(&path)?.is_none())).await.unwrap_or(false) {
        clear_note(tools, &failed).await;
    }
}

/// The job as it was after these of its events.
fn replayed(id: JobId, events: &[Recorded]) -> Option<Job> {
    let (first, more) = events.split_first()?;
    let job = admit(id, &first.event, first.at)?;
    more.iter().try_fold(job, |job, recorded| apply(&job, &recorded.event, recorded.at).ok())
}
