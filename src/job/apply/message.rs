//! What happens to a message: its intent, its answer, what the state shows, and a consent to send it once more.

use crate::job::{
    Asking, Fate, Job, JobEvent, Key, Message, Past, Phase, Reply, Step, StreamEnd, TextRef, WordsFrom,
};

pub(super) fn message(job: &mut Job, event: &JobEvent) -> bool {
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
        JobEvent::Asked { n, intent, lying } => {
            let ended = job.message(*n).is_some_and(|m| m.intent == *intent && is_clean(m));
            if !ended || !job.runs(Step::Observe(*n)) {
                return false;
            }
            job.asking = Some(Asking { n: *n, lying: *lying });
            true
        }
        JobEvent::Replied { n, words, text, sidecar, steps } => {
            let reply = Reply { n: *n + 1, text: text.clone(), steps: steps.clone() };
            replied(job, words, reply, *sidecar)
        }
        _ => false,
    }
}

fn observed(job: &mut Job, n: u16, intent: u32) -> bool {
    let Some(message) = job.message(n).filter(|m| m.intent == intent) else { return false };
    let clean = message.fate == Fate::Ended(StreamEnd::Clean);
    if !job.runs(Step::Observe(n)) || !settle_fate(job, n, Fate::Taken) {
        return false;
    }
    (job.asking, job.incomplete) = (None, job.incomplete || !clean);
    job.draft_seq = Some(job.seq);
    let more = usize::from(n) + 1 < job.order.messages.len();
    job.enter(if more { Step::Instruct(n + 1) } else { Step::Export });
    true
}

pub(super) fn is_clean(message: &Message) -> bool {
    message.fate == Fate::Ended(StreamEnd::Clean)
}

/// A question was answered: the message that was answered with it is over, and the answer is the one after it.
fn replied(job: &mut Job, words: &str, reply: Reply, sidecar: bool) -> bool {
    let (n, at) = (reply.n - 1, reply.n);
    let asks = job.asking.as_ref().is_some_and(|asking| asking.n == n);
    if !asks || job.step != Step::Observe(n) || !job.message(n).is_some_and(is_clean) || job.closing() {
        return false;
    }
    settle_fate(job, n, Fate::Taken);
    // It stays, and so does all before it, whatever else is saved while the job runs.
    let bound = job.order.messages.len().saturating_sub(usize::from(job.added)).max(usize::from(at));
    job.order.messages.insert(usize::from(at).min(job.order.messages.len()), words.to_owned());
    job.added = u16::try_from(job.order.messages.len().saturating_sub(bound + 1)).unwrap_or(u16::MAX);
    if let (Some(text), true) = (&reply.text, sidecar) {
        job.order.from = WordsFrom::Sidecar(text.clone());
    }
    job.replies.push(reply);
    job.asking = None;
    job.enter(Step::Instruct(at));
    true
}

fn is_open(job: &Job, n: u16, intent: u32) -> bool {
    job.message(n).is_some_and(|m| m.fate == Fate::Open && m.intent == intent)
}

fn is_denied(job: &Job, n: u16, intent: u32) -> bool {
    let denied = |m: &Message| matches!(m.fate, Fate::Ended(StreamEnd::Denied { .. })) && m.intent == intent;
    job.message(n).is_some_and(denied)
}

pub(super) fn settle_fate(job: &mut Job, n: u16, fate: Fate) -> bool {
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
    // What is asked after this is another question.
    (job.waiting, job.asking) = (None, None);
    true
}

/// A person pays for message `n` once more: the next count makes another key. Either this job's own message is in
/// doubt, or the same message was sent for another job.
pub(super) fn consent(job: &mut Job, n: u16, again: u16, text: Option<&TextRef>) -> bool {
    let waits =
        job.phase == Phase::Waiting && matches!(job.step, Step::Observe(at) | Step::Instruct(at) if at == n);
    let in_doubt = job.message(n).is_some_and(|m| matches!(m.fate, Fate::Open | Fate::Ended(_)));
    let unsent = job.message(n).is_none_or(|m| m.fate == Fate::Refused);
    let may_be_sent = unsent && (waits || job.runs(Step::Instruct(n)));
    if again != job.again(n) + 1 || !((waits && in_doubt) || may_be_sent) {
        return false;
    }
    // An older message stays as it is, because it may have been paid. The new one counts as not yet sent.
    job.messages.push(Message { n, again, fate: Fate::Refused, intent: job.seq });
    // One message follows the other: with this one not sent, none behind it was.
    job.past = Past::Known;
    if let Some(text) = text {
        // The one of a folder has consented for all its clips, and stays where it is.
        if !matches!(&job.order.from, WordsFrom::FolderDefault(own) if own == text) {
            job.order.from = WordsFrom::Sidecar(text.clone());
        }
        job.order.again = true;
    }
    if waits {
        job.enter(Step::Instruct(n));
    }
    true
}
