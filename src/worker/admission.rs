//! Whether what arrived is new, known, or none of our business. Pure.

use crate::job::{End, Job, Order, RelPath, Stamp};

/// What an arrival is.
#[derive(Debug, PartialEq)]
pub enum Admission {
    /// A new job.
    New,
    /// The clip of a job that has not ended.
    Known(Box<Job>),
    /// The clip of a job that was cancelled, or that failed and was put back: it goes on.
    Reopens(Box<Job>),
    /// The clip of a finished job, left where it was.
    Finished,
}

/// Judges an arrival by the newest job at its place and the newest job of that very file.
pub fn judge(
    clip: &RelPath,
    stamp: &Stamp,
    order: Option<&Order>,
    at: Option<Job>,
    of: Option<Job>,
) -> Admission {
    let leaving = |job: &Job| {
        let is_moved = job.withdrawn.is_some() || !matches!(job.end, Some(End::Cancelled));
        let here = job.clip.path == *clip && job.clip.stamp.same_but_numbers(stamp);
        job.closing() && !job.is_ended() && is_moved && here
    };
    if at.as_ref().is_some_and(leaving) {
        // It is about to be put away: after a mount, and a slow start, it is seen before that under another number.
        return Admission::Finished;
    }
    let left = at.as_ref().filter(|job| job.left && job.clip.stamp.same_but_numbers(stamp)).cloned();
    let here = at.filter(|job| !job.is_ended() && !job.closing());
    let file = of.filter(|job| job.clip.stamp.same_file(stamp));
    // After its message a job keeps the bytes it was paid for: others, in a file that was overwritten or that got the
    // old one's inode, are another job.
    let same = |job: &Job| job.clip.stamp.same_contents(stamp) || !job.may_be_paid();
    if let Some(job) = file.as_ref().filter(|job| !job.is_ended() && !job.closing() && same(job)) {
        return Admission::Known(Box::new(job.clone()));
    }
    if let Some(job) = here {
        let same = |job: &Job| same(job) || job.clip.stamp.same_but_numbers(stamp);
        return if same(&job) { Admission::Known(Box::new(job)) } else { Admission::New };
    }
    let file = file.filter(|job| job.clip.stamp.same_contents(stamp));
    let Some(job) = file.or(left) else { return Admission::New };
    match &job.end {
        Some(End::Cancelled) if job.withdrawn.is_none() => Admission::Reopens(Box::new(job)),
        // What a person gave up goes on only where it was put back: a clip that could not be put away was not.
        Some(End::Cancelled | End::Failed(_)) if job.is_ended() && !job.left && job.may_go_on() => {
            Admission::Reopens(Box::new(job))
        }
        Some(End::Cancelled) => Admission::Finished,
        Some(_) if job.left && job.clip.path == *clip && asks_the_same(&job.order, order) => {
            Admission::Finished
        }
        Some(_) if job.closing() && !job.is_ended() => Admission::Finished,
        _ => Admission::New,
    }
}

/// A changed default never re-opens a finished clip; other words of its own do, and a new consent to pay once more. The
/// very same text asks for the same, whatever the settings make of it by now.
fn asks_the_same(done: &Order, now: Option<&Order>) -> bool {
    use crate::job::WordsFrom::Sidecar;
    match now {
        Some(now) => match (&done.from, &now.from) {
            (Sidecar(old), Sidecar(new)) => old.same_text(new) || (done.same_request(now) && !now.again),
            (_, from) => !matches!(from, Sidecar(_)),
        },
        None => true,
    }
}
