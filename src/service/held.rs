//! Folders that are not worked in: the note in the root that says why, and the answer to it.

use std::fs;

use crate::config::Config;
use crate::job::{Code, Failure, RelPath};
use crate::mount::Dir;
use crate::outbox;
use crate::words::{self, Note, Paid};

const FIRST_RUN: &[u8] = b"first-run.waiting.txt";
const NOT_OURS: &[u8] = b"not-ours.waiting.txt";
const TAKE_ALL: &str = "take-all.txt";

/// Says why, in the log and, where the root is there, in a note.
pub(super) fn tell(config: &Config, failure: &Failure) {
    tracing::warn!(code = %failure.code, "nothing is taken: {} {}", failure.message, failure.hint);
    let name = match failure.code {
        Code::FirstRun => FIRST_RUN,
        Code::NotOurs => NOT_OURS,
        // A share that is away: nothing is written to a bare mount point.
        _ => return,
    };
    let inbox = config.folders.inbox.display().to_string();
    let count = failure.about.as_ref().and_then(|count| count.parse().ok());
    let text =
        words::waiting(&Note { count, ..Note::new(&inbox, failure, Paid::No) }, config.messages.language);
    let written = Dir::open(&config.folders.root).and_then(|root| match RelPath::root().join(name) {
        Some(path) => outbox::notes::put(&root, &path, &text),
        None => Ok(false),
    });
    if let Err(error) = written {
        tracing::warn!(%error, "the note in the root can't be written");
    }
}

/// Removes the notes, once the folders are ours.
pub(super) fn clear(config: &Config) {
    let Ok(root) = Dir::open(&config.folders.root) else { return };
    for name in [FIRST_RUN, NOT_OURS] {
        if let Some(path) = RelPath::root().join(name) {
            let _ = outbox::notes::clear(&root, &path);
        }
    }
}

/// Whether a person has renamed the note of a first run to `take-all.txt`; the answer is used up.
pub(super) fn take_all(config: &Config) -> bool {
    let path = config.folders.root.join(TAKE_ALL);
    let said = path.symlink_metadata().is_ok_and(|meta| meta.is_file());
    if said {
        let _ = fs::remove_file(&path);
    }
    said
}
