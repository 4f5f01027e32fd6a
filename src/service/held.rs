//! Folders that are not worked in: the note in the root that says why, and the answer to it.

use std::{fs, io};

use super::ownership;
use crate::config::{Config, Language};
use crate::job::{Code, ContentHash, Failure, RelPath};
use crate::ledger::Ledger;
use crate::mount::Dir;
use crate::outbox::{LAST_NUMBER, waiting};
use crate::words::{self, Note, Paid};

const FIRST_RUN: &[u8] = b"first-run.waiting.txt";
const NOT_OURS: &[u8] = b"not-ours.waiting.txt";
const TAKE_ALL: &str = "take-all.txt";

/// Under which name the ledger keeps which notes lie in the root, each with what was written into it.
const KEPT: &str = "root-notes";

type Kept = Vec<(RelPath, ContentHash)>;

/// Says why, in the log and, where the root is there, in a note.
pub(super) async fn tell(config: &Config, ledger: &Ledger, failure: &Failure) {
    tracing::warn!(code = %failure.code, "nothing is taken: {} {}", failure.message, failure.hint);
    let name = match failure.code {
        Code::FirstRun => FIRST_RUN,
        Code::NotOurs => NOT_OURS,
        // A share that is away: nothing is written to a bare mount point.
        _ => return,
    };
    let text = text(config, failure, config.messages.language);
    if let Err(error) = put(config, ledger, name, &text).await {
        tracing::warn!(%error, "the note in the root can't be written");
    }
}

fn text(config: &Config, failure: &Failure, language: Language) -> String {
    let inbox = config.folders.inbox.display().to_string();
    let count = failure.about.as_ref().and_then(|count| count.parse().ok());
    words::waiting(&Note { count, ..Note::new(&inbox, failure, Paid::No) }, language)
}

/// Writes the note, under the next free name where somebody else's file has its own. It is recorded first, so that one
/// that a kill leaves behind is known.
async fn put(config: &Config, ledger: &Ledger, name: &[u8], text: &str) -> io::Result<()> {
    let root = Dir::open(&config.folders.root)?;
    let mut kept = kept(ledger).await;
    let wish = RelPath::root().join(name).ok_or(io::ErrorKind::InvalidInput)?;
    for path in (1..=LAST_NUMBER).filter_map(|number| waiting::numbered(&wish, number)) {
        let old = kept.clone();
        let is_ours = |lies: &[u8]| old.contains(&(path.clone(), hash(lies)));
        if !waiting::can_be(&root, &path, text, is_ours)? {
            continue;
        }
        kept.push((path.clone(), hash(text.as_bytes())));
        kept.dedup();
        record(ledger, &kept).await;
        waiting::put(&root, &path, text, is_ours)?;
        return Ok(());
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Removes the notes, once the folders are ours: those of this ledger, and what another one, or another dakbox that was
/// started by mistake, has said of them.
pub(super) async fn clear(config: &Config, ledger: &Ledger) {
    let kept = kept(ledger).await;
    let Ok(root) = Dir::open(&config.folders.root) else { return };
    let languages = [Language::English, Language::Bangla, Language::Both];
    let failures = ownership::said_by_others(&config.folders);
    let said = failures.iter().flat_map(|why| languages.map(|language| text(config, why, language)));
    let said: Vec<String> = said.collect();
    let others = RelPath::root().join(NOT_OURS);
    let others = (1..=LAST_NUMBER).filter_map(|number| waiting::numbered(others.as_ref()?, number));
    for path in others {
        let _ = waiting::clear(&root, &path, |lies| said.iter().any(|said| said.as_bytes() == lies));
    }
    for (path, _) in &kept {
        let _ = waiting::clear(&root, path, |lies| kept.contains(&(path.clone(), hash(lies))));
    }
    if !kept.is_empty() {
        record(ledger, &Vec::new()).await;
    }
}

async fn kept(ledger: &Ledger) -> Kept {
    let kept = ledger.meta(KEPT).await.ok().flatten().unwrap_or_default();
    serde_json::from_str(&kept).unwrap_or_default()
}

async fn record(ledger: &Ledger, kept: &Kept) {
    let text = serde_json::to_string(kept).ok().filter(|_| !kept.is_empty());
    if let Err(error) = ledger.set_meta(KEPT, text).await {
        tracing::warn!(%error, "which notes lie in the root could not be recorded");
    }
}

fn hash(bytes: &[u8]) -> ContentHash {
    ContentHash::new(*blake3::hash(bytes).as_bytes())
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
