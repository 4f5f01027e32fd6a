//! What the folder does to a job: words, clips, names that change under it.

use crate::job::{Clip, End, Job, JobEvent, Order, Phase, Render, Step, Upload};

/// What the folder does to a job: always before a message may have been paid, but for a rename.
pub(super) fn folder(job: &mut Job, event: &JobEvent) -> bool {
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
pub(super) fn reopens(job: &mut Job, event: &JobEvent) -> bool {
    let JobEvent::Reopened { clip, order } = event else { return false };
    // A cancelled job has nothing to tidy up that could be missed; a failed one has moved its files first.
    let put_back = match &job.end {
        Some(End::Cancelled) => true,
        Some(End::Failed(_)) => job.is_ended(),
        _ => false,
    };
    if !put_back {
        return false;
    }
    (job.end, job.left) = (None, false);
    if !job.may_be_paid() {
        job.messages.clear();
        job.rebind(clip, order);
        job.drop_session();
    } else if job.draft_seq.is_some() && job.order.same_request(order) {
        // What was paid for is in the project: what is left to be sent is sent, and the export is done anew.
        (job.clip, job.order.from) = (clip.clone(), order.from.clone());
        (job.render, job.film) = (Render::default(), None);
        job.enter(job.first_unsent());
    } else {
        return false;
    }
    true
}
