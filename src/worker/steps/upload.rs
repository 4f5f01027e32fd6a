//! The upload: what was judged is what is sent, from one open handle, and compared again after it.

use std::fs::File;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::api::{ApiError, ErrorKind, UploadFile, same_name};
use crate::inbox::{self, Judged};
use crate::job::{Code, ContentHash, Failure, JobEvent, JobId, RelPath, SessionId, Stamp, Upload, Work};
use crate::mount::stamp_of;
use crate::worker::Tools;
use crate::worker::batches;
use crate::worker::claim::Claim;
use crate::worker::folders::{Place, blocking};
use crate::worker::pieces::pieces;
use crate::worker::steps::address;
use crate::worker::stop::Stop;

/// Sends the clip up, or each part of a project in its turn, unless an upload in doubt turns out to have arrived.
pub(crate) async fn run(tools: &Tools, claim: &mut Claim) -> Result<Vec<JobEvent>, Stop> {
    if claim.job().work.project().is_some() {
        return parts(tools, claim).await;
    }
    if claim.job().work == Work::Address {
        return address::run(tools, claim, &claim.session()?).await;
    }
    let file = Going { path: claim.job().clip.path.clone(), stamp: claim.job().clip.stamp };
    let session = claim.session()?;
    let shares = batches::shares(claim.job());
    if shares && claim.job().upload == Upload::Doubt {
        // Whatever went up is left behind with that session: among other clips it can't be told from an earlier try.
        return Ok(vec![JobEvent::SessionDropped]);
    }
    if batches::is_talked_about(tools, claim.job()).await? {
        return Ok(vec![JobEvent::SessionLeft]);
    }
    let clip = open(tools, claim, &file).await?;
    let stamp = file.stamp;
    if claim.job().upload == Upload::Doubt {
        let found = look_up(tools, &session, (&file, 1), clip).await?;
        return Ok(vec![found.map_or(JobEvent::SessionDropped, |content| JobEvent::Uploaded {
            content,
            stamp,
            applied: false,
        })]);
    }
    let (content, applied) = send(tools, claim.id(), &session, (&file, &clip)).await?;
    still_the_same(tools, &file, clip).await?;
    if shares && batches::holds_another(tools, &session, &String::from_utf8_lossy(file.path.name())).await? {
        return Ok(vec![JobEvent::Apart]);
    }
    Ok(vec![JobEvent::Uploaded { content, stamp, applied }])
}

/// The parts of a project, each recorded before the next one goes up.
async fn parts(tools: &Tools, claim: &mut Claim) -> Result<Vec<JobEvent>, Stop> {
    let session = claim.session()?;
    let mut in_doubt = claim.job().upload == Upload::Doubt;
    loop {
        let Some(project) = claim.job().work.project() else { return Err(Stop::Stale) };
        let Some((n, part)) = project.next().map(|(n, part)| (n, part.clone())) else {
            return Err(Stop::Stale);
        };
        let last = usize::from(n) + 1 == project.parts.len();
        let name = part.path.name();
        let before = project.parts.iter().take(usize::from(n)).filter(|p| p.path.name() == name).count();
        let file = Going { path: part.path.clone(), stamp: part.stamp };
        let handle = open(tools, claim, &file).await?;
        let content = if in_doubt {
            match look_up(tools, &session, (&file, before + 1), handle).await? {
                Some(content) => content,
                None => return Ok(vec![JobEvent::SessionDropped]),
            }
        } else {
            let (content, _) = send(tools, claim.id(), &session, (&file, &handle)).await?;
            still_the_same(tools, &file, handle).await?;
            content
        };
        in_doubt = false;
        let sent = JobEvent::PartUploaded { n, content, stamp: file.stamp };
        if last {
            return Ok(vec![sent]);
        }
        claim.commit(&tools.ledger, sent).await?;
        if tools.stops.drain.is_cancelled() {
            return Err(Stop::Halted);
        }
    }
}

/// A file on its way up, as it was judged.
struct Going {
    path: RelPath,
    stamp: Stamp,
}

/// The clip, judged anew on the handle that will be read.
async fn open(tools: &Tools, claim: &Claim, file: &Going) -> Result<File, Stop> {
    let (path, stamp) = (file.path.clone(), file.stamp);
    let inbox = tools.folders.open(Place::Inbox).await?;
    // A person's consent that it is whole was asked for when it arrived; what matters here is that it is the same.
    let judged = blocking(move || Ok(inbox::judge_clip(&inbox, &path, true))).await;
    match judged.map_err(|e| Stop::local("opening the clip", &e))? {
        Judged::Fit(fit) if fit.stamp.same_contents(&stamp) => Ok(fit.file),
        // A project goes on with what is left of it once its folder has settled anew.
        Judged::Gone if claim.job().work.project().is_some() => Err(Stop::Unsettled),
        Judged::Gone => Err(tools.folders.vanished(&file.path).await),
        Judged::Held { code: code @ (Code::Unreadable | Code::NotSafe), detail, .. } => {
            Err(Stop::failed(Failure::new(code, detail, "It is looked at again by itself.")))
        }
        _ => Err(Stop::Unsettled),
    }
}

async fn send(
    tools: &Tools,
    job: JobId,
    session: &SessionId,
    (going, clip): (&Going, &File),
) -> Result<(ContentHash, bool), Stop> {
    let stamp = going.stamp;
    let handle = clip.try_clone().map_err(|e| Stop::local("reading the clip", &e))?;
    let hash = Arc::new(Mutex::new(blake3::Hasher::new()));
    let seen = Arc::clone(&hash);
    let sent = Arc::new(AtomicU64::new(0));
    let _shown = tools.progress.follow(job, "upload", Arc::clone(&sent), stamp.size);
    let file = UploadFile {
        name: String::from_utf8_lossy(going.path.name()).into_owned(),
        len: stamp.size,
        body: pieces(handle, move |piece| {
            seen.lock().unwrap_or_else(PoisonError::into_inner).update(piece);
        }),
        progress: sent,
    };
    // Counted too where the step is cut off.
    let _counted = Counted { tools, sent: Arc::clone(&file.progress) };
    let uploaded = tools.service.upload(session, file).await.map_err(refused)?;
    let content = hash.lock().unwrap_or_else(PoisonError::into_inner).finalize();
    Ok((ContentHash::new(*content.as_bytes()), uploaded.state_applied))
}

/// Bytes that went up, however that ended.
struct Counted<'a> {
    tools: &'a Tools,
    sent: Arc<AtomicU64>,
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.tools.vitals.meters.sent.add(self.sent.load(Ordering::Relaxed));
    }
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
async fn still_the_same(tools: &Tools, file: &Going, clip: File) -> Result<(), Stop> {
    let (path, judged) = (file.path.clone(), file.stamp);
    let inbox = tools.folders.open(Place::Inbox).await?;
    let (handle, name): (Stamp, Option<Stamp>) = blocking(move || {
        let name = inbox.stat(&path)?.map(|entry| entry.stamp);
        Ok((stamp_of(&clip)?, name))
    })
    .await
    .map_err(|e| Stop::local("comparing the clip", &e))?;
    match name {
        None => Err(tools.folders.vanished(&file.path).await),
        Some(name) if handle.same_contents(&judged) && name.same_contents(&judged) => Ok(()),
        Some(_) => Err(Stop::Unsettled),
    }
}

/// An upload in doubt: it is looked for under its name, which is there so many times if it has arrived, and only where
/// it is not there is it sent again, into a new session.
async fn look_up(
    tools: &Tools,
    session: &SessionId,
    (file, times): (&Going, usize),
    clip: File,
) -> Result<Option<ContentHash>, Stop> {
    let state = tools.service.state(session).await?;
    let name = String::from_utf8_lossy(file.path.name()).into_owned();
    let there = state.videos.iter().filter(|video| same_name(&name, &video.filename)).count();
    if there != times || (times == 1 && state.videos.last().is_none_or(|v| !same_name(&name, &v.filename))) {
        return Ok(None);
    }
    let handle = clip.try_clone().map_err(|e| Stop::local("reading the clip", &e))?;
    let content = blocking(move || {
        let mut hash = blake3::Hasher::new();
        hash.update_reader(handle)?;
        Ok(ContentHash::new(*hash.finalize().as_bytes()))
    })
    .await
    .map_err(|e| Stop::local("reading the clip", &e))?;
    still_the_same(tools, file, clip).await?;
    Ok(Some(content))
}
