//! The same drop with the same words: its film is there, or on its way, and is not paid for twice.

use std::time::Duration;

use crate::job::{Code, End, Failure, Job, JobEvent, JobId, SessionId};
use crate::timeline::Reading;
use crate::worker::Tools;
use crate::worker::batches;
use crate::worker::claim::Claim;
use crate::worker::clock::wall;
use crate::worker::stop::Stop;

/// Within this time a film is delivered once more for nothing, and no more often.
const ONCE_IN: Duration = Duration::from_hours(24);

/// Whether the first message of a job was sent for another one. Of a film that was made from it, one more export is free;
/// one that is on its way is waited for.
pub(super) async fn find(tools: &Tools, claim: &Claim, n: u16) -> Result<Option<JobEvent>, Stop> {
    let job = claim.job();
    if n > 0 || job.may_be_paid() || job.order.again || job.work.base().is_some() {
        return Ok(None);
    }
    let Some(other) = other(tools, job).await? else { return Ok(None) };
    match &other.end {
        None => Err(Stop::failed(follows(&other))),
        Some(End::Delivered) => once_more(tools, job, &other).await.map(Some),
        Some(_) => Ok(None),
    }
}

/// The other job. Words that were added while it ran were paid for under a later step than the first.
async fn other(tools: &Tools, job: &Job) -> Result<Option<Job>, Stop> {
    for n in 0..job.order.messages.len() {
        let key = u16::try_from(n).ok().and_then(|n| job.key(n)).ok_or(Stop::Stale)?;
        let Some(by) = tools.ledger.paid_by(key).await?.filter(|by| *by != job.id) else { continue };
        let other = tools.ledger.job(by).await?.filter(|other| other.order.same_request(&job.order));
        if other.is_some() {
            return Ok(other);
        }
    }
    Ok(None)
}

/// What its film was made of, if that was not done in the last day. Those that were taken while it was in work have followed
/// it, and all get it.
async fn once_more(tools: &Tools, job: &Job, other: &Job) -> Result<JobEvent, Stop> {
    let since = wall().before(ONCE_IN);
    let (Some(session), Some(seq)) = (other.session.clone(), other.draft_seq) else {
        return Err(again(tools, other.id).await?);
    };
    // A project that was worked on since does not hold that film any more.
    let refined = tools.ledger.versions(other.id).await?.iter().any(Job::may_be_paid);
    let follows = job.created <= other.changed;
    if refined || (!follows && tools.ledger.same_since(other.id, since).await? > 0) {
        return Err(again(tools, other.id).await?);
    }
    match tools.ledger.event(other.id, seq).await?.event {
        JobEvent::Observed { reading, .. } if is_still_there(tools, other, &session, &reading).await? => {
            Ok(JobEvent::SameAs {
                job: other.id,
                session,
                task: other.task.clone(),
                account: other.account.clone(),
                reading,
            })
        }
        _ => Err(again(tools, other.id).await?),
    }
}

/// Whether the session still holds the draft that a film was made of: a later clip of its batch may have taken its place.
async fn is_still_there(tools: &Tools, film: &Job, session: &SessionId, made_of: &str) -> Result<bool, Stop> {
    if batches::taken_by(tools, film.id).await?.is_none() {
        return Ok(true);
    }
    let made_of: Reading =
        serde_json::from_str(made_of).map_err(|e| Stop::local("reading the noted state", &e.into()))?;
    match tools.read_state(session).await {
        Ok(now) => Ok(!now.changed_from(&made_of)),
        Err(Stop::SessionGone) => Ok(false),
        Err(stop) => Err(stop),
    }
}

/// It waits for the film of the one that is in work.
fn follows(other: &Job) -> Failure {
    let clip = other.dropped().to_string();
    let why = other
        .waiting
        .as_ref()
        .map_or_else(String::new, |failure| format!("; that one waits: {}", failure.message));
    Failure::new(
        Code::SameInWork,
        format!("the same clip with the same words is in work already, as {clip}{why}"),
        "Its film is delivered for this one too; it is paid for once.",
    )
    .about(clip)
}

/// Another drop was quicker, between the look for it and the intent: what is to be done is asked once more.
pub(super) async fn meanwhile(tools: &Tools, claim: &Claim, (n, by): (u16, JobId)) -> Result<Stop, Stop> {
    match find(tools, claim, n).await? {
        Some(_) => Ok(Stop::Stale),
        None => again(tools, by).await,
    }
}

/// The same message was sent before, for another drop of the clip.
pub(super) async fn again(tools: &Tools, by: JobId) -> Result<Stop, Stop> {
    let film = tools.ledger.job(by).await?.and_then(|job| job.delivered);
    let failure = Failure::new(
        Code::SameAgain,
        format!("the same clip was sent with the same words before, for job {by}"),
        "Write `Again: yes` as the first line of the text to pay for it once more.",
    );
    Ok(Stop::failed(match film {
        Some(film) => failure.about(film.to_string()),
        None => failure,
    }))
}
