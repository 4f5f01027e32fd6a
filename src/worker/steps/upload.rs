//! The upload: what was judged is what is sent, from one open handle, and compared again after it.

use std::fs::File;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};

use crate::api::{ApiError, ErrorKind, UploadFile, same_name};
use crate::inbox::{self, Judged};
use crate::job::{Code, ContentHash, Failure, JobEvent, SessionId, Stamp, Upload, Work};
use crate::mount::stamp_of;
use crate::worker::Tools;
use crate::worker::claim::Claim;
use crate::worker::folders::{Place, blocking};
use crate::worker::pieces::pieces;
use crate::worker::steps::address;
use crate::worker::stop::Stop;

/// Sends the clip up, unless an upload in doubt turns out to have arrived.
pub(crate) async fn run(tools: &Tools, claim: &Claim) -> Result<Vec<JobEvent>, Stop> {
    let session = claim.session()?;
    if claim.job().work == Work::Address {
        return address::run(tools, claim, &session).await;
    }
    let clip = open(tools, claim).await?;
    if claim.job().upload == Upload::Doubt {
        return look_up(tools, claim, &session, clip).await;
    }
    let (content, applied) = send(tools, claim, &session, &clip).await?;
    still_the_same(tools, claim, clip).await?;
    Ok(vec![JobEvent::Uploaded { content, stamp: claim.job().clip.stamp, applied }])
}

/// The clip, judged anew on the handle that will be read.
async fn open(tools: &Tools, claim: &Claim) -> Result<File, Stop> {
    let (path, stamp) = (claim.job().clip.path.clone(), claim.job().clip.stamp);
    let inbox = tools.folders.open(Place::Inbox).await?;
    // A person's consent that it is whole was asked for when it arrived; what matters here is that it is the same.
    let judged = blocking(move || Ok(inbox::judge_clip(&inbox, &path, true))).await;
    match judged.map_err(|e| Stop::local("opening the clip", &e))? {
        Judged::Fit(fit) if fit.stamp.same_contents(&stamp) => Ok(fit.file),
        Judged::Gone => Err(tools.folders.vanished(&claim.job().clip.path).await),
        Judged::Held { code: code @ (Code::Unreadable | Code::NotSafe), detail, .. } => {
            Err(Stop::failed(Failure::new(code, detail, "It is looked at again by itself.")))
        }
        _ => Err(Stop::Unsettled),
    }
}

async fn send(
    tools: &Tools,
    claim: &Claim,
    session: &SessionId,
    clip: &File,
) -> Result<(ContentHash, bool), Stop> {
    let stamp = claim.job().clip.stamp;
    let handle = clip.try_clone().map_err(|e| Stop::local("reading the clip", &e))?;
    let hash = Arc::new(Mutex::new(blake3::Hasher::new()));
    let seen = Arc::clone(&hash);
    let sent = Arc::new(AtomicU64::new(0));
    let _shown = tools.progress.follow(claim.id(), "upload", Arc::clone(&sent), stamp.size);
    let file = UploadFile {
        name: String::from_utf8_lossy(claim.job().clip.path.name()).into_owned(),
        len: stamp.size,
        body: pieces(handle, move |piece| {
            seen.lock().unwrap_or_else(PoisonError::into_inner).update(piece);
        }),
        progress: sent,
    };
    let uploaded = tools.service.upload(session, file).await.map_err(refused)?;
    let content = hash.lock().unwrap_or_else(PoisonError::into_inner).finalize();
    Ok((ContentHash::new(*content.as_bytes()), uploaded.state_applied))
}

fn refused(error: ApiError) -> Stop {
    match error.kind {
        ErrorKind::ClipChanged => Stop::Unsettled,
        ErrorKind::ClipUnreadable => Stop::failed(Failure::new(
            Code::Unreadable,
            format!("the clip can't be read: {}", error.message),
            "Look at the disk and at the file's rights; it is tried again by itself.",
        )),
        _ => error.into(),
    }
}

/// After the upload: neither the handle nor the name leads to other bytes than those judged.
async fn still_the_same(tools: &Tools, claim: &Claim, clip: File) -> Result<(), Stop> {
    let (path, judged) = (claim.job().clip.path.clone(), claim.job().clip.stamp);
    let inbox = tools.folders.open(Place::Inbox).await?;
    let (handle, name): (Stamp, Option<Stamp>) = blocking(move || {
        let name = inbox.stat(&path)?.map(|entry| entry.stamp);
        Ok((stamp_of(&clip)?, name))
    })
    .await
    .map_err(|e| Stop::local("comparing the clip", &e))?;
    match name {
        None => Err(tools.folders.vanished(&claim.job().clip.path).await),
        Some(name) if handle.same_contents(&judged) && name.same_contents(&judged) => Ok(()),
        Some(_) => Err(Stop::Unsettled),
    }
}

/// An upload in doubt: it is looked for under its name, and only where it is not there is it sent again, into a
/// new session.
async fn look_up(
    tools: &Tools,
    claim: &Claim,
    session: &SessionId,
    clip: File,
) -> Result<Vec<JobEvent>, Stop> {
    let state = tools.service.state(session).await?;
    let name = String::from_utf8_lossy(claim.job().clip.path.name()).into_owned();
    let [only] = &state.videos[..] else { return Ok(vec![JobEvent::SessionDropped]) };
    if !same_name(&name, &only.filename) {
        return Ok(vec![JobEvent::SessionDropped]);
    }
    let handle = clip.try_clone().map_err(|e| Stop::local("reading the clip", &e))?;
    let content = blocking(move || {
        let mut hash = blake3::Hasher::new();
        hash.update_reader(handle)?;
        Ok(ContentHash::new(*hash.finalize().as_bytes()))
    })
    .await
    .map_err(|e| Stop::local("reading the clip", &e))?;
    still_the_same(tools, claim, clip).await?;
    Ok(vec![JobEvent::Uploaded { content, stamp: claim.job().clip.stamp, applied: false }])
}
