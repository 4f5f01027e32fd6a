//! Clips that nobody has written words for: where the usual ones are not what is meant, they are not paid for.

use crate::inbox::{self, WordsNow};
use crate::job::{Code, End, Failure, Job, WordsFrom, Work};
use crate::worker::Tools;
use crate::worker::claim::Claim;
use crate::worker::folders::{Place, blocking};
use crate::worker::order;
use crate::worker::stop::Stop;

/// Waits for a text where a person has to say what is to be done.
pub(super) async fn check(tools: &Tools, claim: &Claim) -> Result<(), Stop> {
    match doubt(tools, claim.job()).await? {
        Some(failure) if !has_own_words(tools, claim).await? => Err(Stop::failed(failure)),
        _ => Ok(()),
    }
}

/// Why the usual words are not enough for it.
async fn doubt(tools: &Tools, job: &Job) -> Result<Option<Failure>, Stop> {
    match our_own(tools, job).await? {
        Some(failure) => Ok(Some(failure)),
        None if job.may_be_paid() => Ok(None),
        None => had_others(tools, job).await,
    }
}

/// A film of our own, dropped back.
async fn our_own(tools: &Tools, job: &Job) -> Result<Option<Failure>, Stop> {
    let Some(content) = job.content else { return Ok(None) };
    let maker = tools.ledger.job_of_film(content).await?;
    Ok(maker.map(|maker| {
        Failure::new(
            Code::OwnFilm,
            format!("this is the film that dakbox made of {}", maker.clip.path),
            "Put a text beside it that says what to do with it.",
        )
    }))
}

/// The words that were meant are not beside it any more: they were put away with its film, or with its batch.
async fn had_others(tools: &Tools, job: &Job) -> Result<Option<Failure>, Stop> {
    if job.work != Work::Clip || job.batch.is_some() || !order::is_usual(&job.order, &tools.config()) {
        return Ok(None);
    }
    let (at, of) = tools.ledger.earlier(job.id, job.clip.clone()).await?;
    // It was away when its film was delivered, or was moved back from the archive.
    let came_back = of.filter(|of| {
        let same = of.work == Work::Clip && of.clip.stamp.same_contents(&job.clip.stamp);
        let had_own = matches!(of.order.from, WordsFrom::Sidecar(_)) || of.batch.is_some();
        same && had_own && of.end == Some(End::Delivered) && of.order.words != job.order.words
    });
    // Mended, and put back in the place of the one that failed.
    let mended = at.filter(|at| matches!(at.end, Some(End::Failed(_))) && at.batch.is_some());
    Ok(came_back.or(mended).map(|old| {
        Failure::new(
            Code::NeedsSidecar,
            format!("job {} had other words for it, and they are not beside it any more", old.id),
            "Put a text beside it that says what to do with it.",
        )
    }))
}

/// Whether the words were written for this very clip: headers alone stand over those that hold for any.
async fn has_own_words(tools: &Tools, claim: &Claim) -> Result<bool, Stop> {
    let job = claim.job();
    if job.work != Work::Clip {
        return Ok(matches!(job.order.from, WordsFrom::Sidecar(_)));
    }
    let (inbox, ignore) = (tools.folders.open(Place::Inbox).await?, tools.config().watch.ignore.clone());
    let clip = job.clip.path.clone();
    let now = blocking(move || inbox::words_now(&inbox, &clip, &ignore)).await;
    match now.map_err(|e| Stop::local("reading the clip's words", &e))? {
        WordsNow::Own { text, .. } => Ok(inbox::has_words(&text)),
        WordsNow::Alone { .. } => Ok(false),
        // What is in their way is found out, and told, where they are bound.
        _ => Ok(true),
    }
}
