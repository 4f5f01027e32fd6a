//! A clip that was given up, or whose film could not be made, and that is dropped anew as a copy: it is known by its bytes.

use super::folders::blocking;
use super::intake::Intake;
use crate::job::{Clip, ContentHash, Job, Order, Work};
use crate::ledger::LedgerError;
use crate::mount::Dir;

impl Intake {
    /// The job that goes on with this copy, and the hash that tells so. The clip is read only where one of its length was
    /// paid for with these words and has ended without a film.
    pub(super) async fn of_copy(
        &self,
        clip: &Clip,
        order: &Order,
    ) -> Result<Option<(Job, ContentHash)>, LedgerError> {
        let mut jobs = self.tools.ledger.given_up(clip.root, clip.stamp.size).await?;
        jobs.retain(|job| {
            job.work == Work::Clip
                && job.content.is_some()
                && job.may_be_paid()
                && job.may_go_on()
                && job.order.same_request(order)
        });
        if jobs.is_empty() {
            return Ok(None);
        }
        let (folders, theirs) = (self.tools.folders.clone(), clip.clone());
        let read = blocking(move || content(&folders.inbox()?, &theirs));
        let Ok(Some(content)) = self.tools.vitals.intake.during(read).await else { return Ok(None) };
        let found = jobs.into_iter().find(|job| job.content == Some(content));
        Ok(found.map(|job| (job, content)))
    }
}

/// The hash of the clip, where it still is the one that was seen.
fn content(inbox: &Dir, clip: &Clip) -> std::io::Result<Option<ContentHash>> {
    let Ok(opened) = inbox.open_file(&clip.path) else { return Ok(None) };
    if !opened.stamp.same_contents(&clip.stamp) {
        return Ok(None);
    }
    let mut hash = blake3::Hasher::new();
    hash.update_reader(&opened.file)?;
    Ok(Some(ContentHash::new(*hash.finalize().as_bytes())))
}
