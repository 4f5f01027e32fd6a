//! What the folder does to a job: words, clips, names that change under it.

use super::message::{is_clean, settle_fate};
use crate::job::{
    Clip, End, Fate, Job, JobEvent, Order, Phase, Render, Reply, Step, Upload, WordsFrom, Work,
};

/// What the folder does to a job: always before a message may have been paid, but for a rename.
pub(super) fn folder(job: &mut Job, event: &JobEvent) -> bool {
    if let JobEvent::Renamed { path, stamp } = event {
        if let Work::Project(project) = &mut job.work {
            project.moved(&path.parent());
        }
        (job.clip.path, job.clip.stamp) = (path.clone(), *stamp);
        return true;
    }
    if let JobEvent::Refined { order } = event {
        return refined(job, order);
    }
    if job.may_be_paid() || job.closing() {
        return false;
    }
    match event {
        JobEvent::Rebound { clip, order } => rebound(job, clip, order),
        JobEvent::Replaced { clip, order, work } => {
            job.messages.clear();
            job.work = work.clone().unwrap_or_else(|| job.work.clone());
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
    if (!same_language || job.same_as.is_some()) && job.session.is_some() && job.work.base().is_none() {
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
    let JobEvent::Reopened { clip, order, work, content } = event else { return false };
    // A clip that was taken away left nothing to tidy up that could be missed; else the files were moved first.
    let put_back = match &job.end {
        Some(End::Cancelled) => job.withdrawn.is_none() || job.is_ended(),
        Some(End::Failed(_)) => job.is_ended(),
        _ => false,
    };
    // What was paid for was paid for these bytes.
    let same = clip.stamp.same_contents(&job.clip.stamp) || (content.is_some() && *content == job.content);
    let other_bytes = job.may_be_paid() && job.work.is_file() && !same;
    if !put_back || !job.may_go_on() || other_bytes {
        return false;
    }
    let kept = matches!(job.end, Some(End::Failed(_))) || job.withdrawn.is_some();
    (job.end, job.left, job.withdrawn) = (None, false, None);
    if job.may_be_paid() {
        // What was paid for is in the project: what is left to be sent is sent, and the export is done anew.
        job.clip = clip.clone();
        refine(job, order);
        (job.render, job.film) = (Render::default(), None);
        job.enter(job.first_unsent());
    } else {
        let old = job.order.clone();
        job.messages.clear();
        job.work = work.clone().unwrap_or_else(|| job.work.clone());
        job.rebind(clip, order);
        // A batch's text is put away with its batch: what was put back after that can't find it again.
        let own = is_own(&old) || job.batch.is_some();
        if kept && own && !is_own(order) && !old.words.is_empty() {
            // Put back without its text: it keeps the words it had.
            job.order = Order { from: order.from.clone(), ..old };
        }
        job.drop_session();
    }
    true
}

/// Whether the words were written for this very clip.
const fn is_own(order: &Order) -> bool {
    matches!(order.from, WordsFrom::Sidecar(_))
}

/// Other words while the job runs: what was bound runs as it was bound, and what is new in them is sent after it. From
/// the export on it is too late for that: the text is left where it lies, and refines the film.
fn refined(job: &mut Job, now: &Order) -> bool {
    let same_bytes = match (&job.order.from, &now.from) {
        (WordsFrom::Sidecar(old), WordsFrom::Sidecar(new)) => old.hash == new.hash,
        _ => false,
    };
    let only_file = same_bytes || now.words == job.order.words;
    let in_time = matches!(job.step, Step::Instruct(_) | Step::Observe(_)) || only_file;
    if !job.may_be_paid() || job.closing() || !in_time || !is_own(now) {
        return false;
    }
    if only_file {
        // The file is another one, or lies elsewhere: nothing else.
        job.order.from = now.from.clone();
        return true;
    }
    // An editor may save in the middle of a word: of what came so, and was never sent, nothing is left.
    let sent = paid(job);
    let bound = job.order.messages.len().saturating_sub(usize::from(job.added)).max(usize::from(sent));
    job.order.messages.truncate(bound);
    job.messages.retain(|m| usize::from(m.n) < bound);
    job.order.messages.extend(unheard(job, now));
    job.added = u16::try_from(job.order.messages.len() - bound).unwrap_or(u16::MAX);
    job.order.words.clone_from(&now.words);
    job.order.from = now.from.clone();
    if matches!(job.step, Step::Instruct(n) if usize::from(n) >= job.order.messages.len()) {
        job.enter(Step::Export);
    }
    true
}

/// What is new in a text answers the question that waits, if there is one: where it goes on from the words that were asked
/// about, with what it adds to them.
fn answer(job: &mut Job, new: &mut [String], now: &Order) {
    let (Some(asking), Some(first)) = (&job.asking, new.first_mut()) else { return };
    let n = asking.n;
    if !job.message(n).is_some_and(is_clean) {
        return;
    }
    let old = job.order.messages.get(usize::from(n));
    if let Some(rest) = old.and_then(|old| first.strip_prefix(old.as_str())?.strip_prefix('\n')) {
        let steps = vec![std::mem::replace(first, rest.to_owned())];
        // Its step is said by that.
        job.replies.push(Reply { n: n + 1, text: now.from.text().cloned(), steps });
    }
    settle_fate(job, n, Fate::Taken);
    job.asking = None;
}

/// The steps of a text that are neither among the job's own nor in what has answered its questions.
fn unheard(job: &Job, now: &Order) -> Vec<String> {
    let heard = |step: &String| {
        job.order.messages.contains(step) || job.replies.iter().any(|reply| reply.steps.contains(step))
    };
    now.messages.iter().filter(|step| !heard(step)).cloned().collect()
}

/// How many messages, from the first, may have been paid for.
fn paid(job: &Job) -> u16 {
    job.messages.iter().filter(|m| m.may_be_paid()).map(|m| m.n + 1).max().unwrap_or(0)
}

/// Other words after a message was paid for: of the steps that were never sent those that stand in the new text are sent,
/// and those that are new in it; what was paid for is never sent again.
fn refine(job: &mut Job, now: &Order) {
    if !is_own(now) {
        return;
    }
    let in_doubt = job.messages.iter().any(|m| matches!(m.fate, Fate::Open | Fate::Ended(_)));
    if !(in_doubt && now.again) {
        // Else the text's consent is still to be heard.
        job.order.from = now.from.clone();
    }
    if job.order.same_request(now) || now.words.is_empty() {
        return;
    }
    let paid = paid(job);
    job.messages.retain(|m| m.n < paid);
    job.order.messages.truncate(usize::from(paid));
    job.replies.retain(|reply| reply.n < paid);
    let mut new = unheard(job, now);
    answer(job, &mut new, now);
    job.order.messages.extend(new);
    // Nothing of it is bound before the first of it is sent: until then a typo that is mended is mended.
    job.added = u16::try_from(job.order.messages.len() - usize::from(paid)).unwrap_or(u16::MAX);
    job.order.words.clone_from(&now.words);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::tests::a_job;
    use crate::job::{Code, ContentHash, Failure, Message, SessionId, Stamp};

    /// Paid for and worked on, and no film could be made of it.
    fn failed() -> Job {
        let mut job = a_job(1);
        (job.session, job.content) = (Some(SessionId::new("s")), Some(ContentHash::new([1; 32])));
        job.messages = vec![Message { n: 0, again: 0, fate: Fate::Taken, intent: 5 }];
        job.draft_seq = Some(7);
        job.end = Some(End::Failed(Failure::new(Code::RenderFailed, "it failed", "")));
        (job.step, job.phase) = (Step::Tidy, Phase::Ended);
        job
    }

    #[test]
    fn what_was_paid_for_goes_on_with_the_same_bytes_alone() {
        let is_taken = |job: &Job, stamp: Stamp, content| {
            let clip = Clip { stamp, ..job.clip.clone() };
            let event = JobEvent::Reopened { clip, order: job.order.clone(), work: None, content };
            reopens(&mut job.clone(), &event)
        };
        let job = failed();
        let (same, hash) = (job.clip.stamp, |n| Some(ContentHash::new([n; 32])));
        let copy = Stamp { ino: 99, mtime_ns: 99, ..same };
        for (stamp, content, taken) in
            [(same, None, true), (copy, None, false), (copy, hash(1), true), (copy, hash(2), false)]
        {
            assert_eq!(is_taken(&job, stamp, content), taken, "{stamp:?} {content:?}");
        }
        // One whose bytes were never read is known by nothing, and one whose draft is not known can't go on.
        assert!(!is_taken(&Job { content: None, ..job.clone() }, copy, None));
        assert!(!is_taken(&Job { draft_seq: None, ..job.clone() }, copy, hash(1)));
        assert!(
            !is_taken(&Job { phase: Phase::Ready, ..job.clone() }, copy, hash(1)),
            "it is being put away"
        );
        let unpaid = Job { messages: Vec::new(), ..job };
        assert!(is_taken(&unpaid, copy, None), "nothing was paid for other bytes");
    }
}
