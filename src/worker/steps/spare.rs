//! Texts that named a clip less exactly than the one that was used: they go with it, or they would be new words for it.

use std::io;

use crate::inbox::WordsNow;
use crate::job::{Job, RelPath, TextRef};
use crate::mount::Dir;
use crate::outbox::Item;

/// Those that lie beside the clip of a job, as the words there are `now`.
pub(super) fn of(job: &Job, bound: &TextRef, now: &WordsNow, inbox: &Dir) -> io::Result<Vec<Item>> {
    let WordsNow::Own { text, beside } = now else { return Ok(Vec::new()) };
    if let Some(lies) = inbox.stat(&job.clip.path)?
        && !lies.stamp.same_contents(&job.clip.stamp)
        && !lies.stamp.same_but_numbers(&job.clip.stamp)
    {
        // Another clip by now, and the texts are its own.
        return Ok(Vec::new());
    }
    let mut spare: Vec<&RelPath> = beside.iter().collect();
    if text.path != bound.path && bound.path.stem() == job.clip.path.name() {
        // An earlier try has moved the text that was used.
        spare.push(&text.path);
    }
    spare.retain(|path| **path != bound.path);
    let mut items = Vec::new();
    for path in spare {
        if let Some(lies) = inbox.stat(path)? {
            items.push(Item { from: path.clone(), known: lies.stamp, hash: None, content: None });
        }
    }
    Ok(items)
}
