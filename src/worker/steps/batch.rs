//! The text of a batch, put away when the last clip of its folder is.

use crate::config::AfterSuccess;
use crate::inbox::batch_over;
use crate::job::{End, Job, WordsFrom};
use crate::outbox::{self, Item};
use crate::worker::Tools;
use crate::worker::folders::{Place, blocking};

/// It goes where the last clip of its folder went, whatever became of the others: to `failed/` beside one that failed or was
/// given up, because it may be what was wrong, and is needed to have that clip go on; else to the archive. Where it can't
/// be moved it stays, and does no harm.
pub(super) async fn put_away(tools: &Tools, job: &Job) {
    let config = tools.config();
    let after = config.folders.after_success;
    let has_failed = matches!(job.end, Some(End::Failed(_))) || job.withdrawn.is_some();
    let stays = after == AfterSuccess::Leave && !has_failed;
    let Some(batch) = job.batch.clone().filter(|_| !stays) else { return };
    let place = if has_failed { Place::Failed } else { Place::Archive };
    let (Ok(inbox), Ok(store)) = (tools.folders.open(Place::Inbox).await, tools.folders.open(place).await)
    else {
        return;
    };
    let bound = match &job.order.from {
        WordsFrom::FolderDefault(text) => Some(text.stamp.ino),
        _ => None,
    };
    let put = blocking(move || {
        let Some((path, stamp)) = batch_over(&inbox, &batch.folder, &config.watch.ignore)? else {
            return Ok(());
        };
        // Another one is that of a batch to come, unless an editor has put it in place of the old one.
        if stamp.ino != batch.text && Some(stamp.ino) != bound {
            return Ok(());
        }
        let text = Item { from: path, known: stamp, hash: None, content: None };
        if after == AfterSuccess::Delete && !has_failed {
            inbox.remove_if_same(&text.from, &text.known)?;
        } else {
            outbox::keep(&inbox, &[text], &store, None)?;
        }
        let _ = inbox.remove_empty_folder(&batch.folder);
        Ok(())
    });
    if let Err(error) = put.await {
        tracing::debug!(job = %job.id, %error, "the text of its batch can't be put away");
    }
}
