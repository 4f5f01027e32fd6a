//! Texts that mean a clip and were not used for it. They go with it: left behind they would be new words for its film.

use std::collections::BTreeSet;
use std::io;

use crate::config::IgnoreList;
use crate::inbox::{WordsNow, words_now};
use crate::job::{Job, Project, RelPath, Stamp, TextRef};
use crate::mount::Dir;
use crate::outbox::Item;

/// Those that lie beside the clip of a job, as the words there are `now`.
pub(super) fn of(job: &Job, bound: &TextRef, now: &WordsNow, inbox: &Dir) -> io::Result<Vec<Item>> {
    let WordsNow::Own { text, beside } = now else { return Ok(Vec::new()) };
    if is_another(inbox, &job.clip.path, &job.clip.stamp)? {
        return Ok(Vec::new());
    }
    let mut spare: Vec<&RelPath> = beside.iter().collect();
    if text.path != bound.path && bound.path.stem() == job.clip.path.name() {
        // An earlier try has moved the text that was used.
        spare.push(&text.path);
    }
    spare.retain(|path| **path != bound.path);
    items(inbox, spare)
}

/// The texts of a project's single clips, and one that would have made a batch of them.
pub(crate) fn of_parts(project: &Project, inbox: &Dir, ignore: &IgnoreList) -> io::Result<Vec<Item>> {
    let is_batch = |name: &[u8]| name.eq_ignore_ascii_case(b"batch.txt");
    let here = inbox.list(&project.folder).or_else(|error| match error.kind() {
        io::ErrorKind::NotFound => Ok(Vec::new()),
        _ => Err(error),
    })?;
    let batch = here.iter().filter(|(name, _)| is_batch(name));
    let mut texts: BTreeSet<RelPath> = batch.filter_map(|(name, _)| project.folder.join(name)).collect();
    for part in &project.parts {
        if !is_another(inbox, &part.path, &part.stamp)?
            && let WordsNow::Own { text, beside } = words_now(inbox, &part.path, ignore)?
        {
            texts.extend(std::iter::once(text.path).chain(beside));
        }
    }
    items(inbox, &texts)
}

/// The files of a project; a folder that got another name has its text there as well.
pub(super) fn followed(mut items: Vec<Item>, project: &Project, inbox: &Dir) -> io::Result<Vec<Item>> {
    for item in &mut items {
        let Some(now) = project.folder.join(item.from.name()).filter(|now| *now != item.from) else {
            continue;
        };
        if inbox.stat(&item.from)?.is_none()
            && let Some(lies) = inbox.stat(&now)?
            && lies.stamp.same_but_numbers(&item.known)
        {
            item.from = now;
        }
    }
    Ok(items)
}

/// Whether another clip lies there by now: the texts are its own.
fn is_another(inbox: &Dir, clip: &RelPath, known: &Stamp) -> io::Result<bool> {
    let lies = inbox.stat(clip)?.map(|lies| lies.stamp);
    Ok(lies.is_some_and(|lies| !lies.same_contents(known) && !lies.same_but_numbers(known)))
}

fn items<'a>(inbox: &Dir, texts: impl IntoIterator<Item = &'a RelPath>) -> io::Result<Vec<Item>> {
    let mut items = Vec::new();
    for path in texts {
        if let Some(lies) = inbox.stat(path)? {
            items.push(Item { from: path.clone(), known: lies.stamp, hash: None, content: None });
        }
    }
    Ok(items)
}
