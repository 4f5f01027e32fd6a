//! What an arrival changes about the job it belongs to. Pure.

use crate::job::{Clip, Job, JobEvent, Message, Order, Phase, RelPath, Step, WordsFrom};

/// What an arrival changes about the job it belongs to; nothing where all is as it was.
pub(super) fn changes(job: &Job, clip: Clip, order: Order) -> Vec<JobEvent> {
    if job.may_be_paid() {
        // Renamed, or only its ctime or its share's device number moved: the same bytes, to be known by their new stamp.
        let same = clip.stamp.same_contents(&job.clip.stamp)
            || (clip.path == job.clip.path && clip.stamp.same_but_numbers(&job.clip.stamp));
        let moved = clip != job.clip && (same || !job.work.is_file());
        let renamed = moved.then_some(JobEvent::Renamed { path: clip.path, stamp: clip.stamp });
        let refined = takes_words(job, &order).then_some(JobEvent::Refined { order });
        return renamed.into_iter().chain(refined).collect();
    }
    if job.work.is_file() && !clip.stamp.same_contents(&job.clip.stamp) {
        return vec![JobEvent::Replaced { clip, order, work: None }];
    }
    if clip == job.clip && order == job.order && !job.unsettled {
        return Vec::new();
    }
    vec![JobEvent::Rebound { clip, order }]
}

/// Whether a text that was saved while its job runs is taken in: the same words in other bytes always, so that the text is
/// known when it is put away; other words as long as there is a message to come, or one that is out.
fn takes_words(job: &Job, now: &Order) -> bool {
    let WordsFrom::Sidecar(text) = &now.from else { return false };
    // The very same bytes under another name, as of a clip and a text that were renamed together: only the file is another.
    if let WordsFrom::Sidecar(old) = &job.order.from
        && old.hash == text.hash
    {
        return old.path != text.path && !job.closing();
    }
    let in_time = matches!(job.step, Step::Instruct(_) | Step::Observe(_));
    !job.closing() && !now.words.is_empty() && (in_time || now.words == job.order.words)
}

/// A new text with `Again: yes` beside a clip whose message is in doubt: that one message is sent once more.
pub(super) fn consent(job: &Job, order: &Order) -> Option<JobEvent> {
    let (Step::Observe(n) | Step::Instruct(n)) = job.step else { return None };
    let WordsFrom::Sidecar(text) = &order.from else { return None };
    let spent = matches!(&job.order.from, WordsFrom::Sidecar(old) if old.same_text(text));
    let doubt = job.phase == Phase::Waiting && job.message(n).is_some_and(Message::may_be_paid);
    let asked = order.again && order.same_request(&job.order);
    let again = job.again(n) + 1;
    (doubt && asked && !spent).then(|| JobEvent::Consent { n, again, text: Some(text.clone()) })
}

/// Where lies what these events are about: a copy may lie elsewhere than the job's clip.
pub(super) fn arrived_at(events: &[JobEvent]) -> Option<&RelPath> {
    events.iter().find_map(|event| match event {
        JobEvent::Reopened { clip, .. }
        | JobEvent::Rebound { clip, .. }
        | JobEvent::Replaced { clip, .. } => Some(&clip.path),
        JobEvent::Renamed { path, .. } => Some(path),
        _ => None,
    })
}
