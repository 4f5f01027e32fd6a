//! What notes there are, and what dakbox wrote into each: a file with other bytes is somebody else's.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::job::{ContentHash, JobId, RelPath};

/// Whose a note is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Owner {
    Job(JobId),
    Inbox,
}

/// One note.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Kept {
    pub(super) owner: Owner,
    /// Where it would lie if nothing else lay there.
    pub(super) wish: RelPath,
    /// What was written last, and what is about to be; nothing where an earlier dakbox didn't note it.
    pub(super) wrote: Vec<ContentHash>,
}

impl Kept {
    /// Whether dakbox wrote these bytes.
    pub(super) fn is_ours(&self, bytes: &[u8]) -> bool {
        self.wrote.is_empty() || self.wrote.contains(&hash(bytes))
    }
}

/// A note as the ledger keeps it.
#[derive(Serialize, Deserialize)]
struct Line(
    RelPath,
    Owner,
    #[serde(default)] Vec<ContentHash>,
    #[serde(default, skip_serializing_if = "Option::is_none")] Option<RelPath>,
);

/// The notes as text for the ledger.
pub(super) fn to_text<'a>(kept: impl Iterator<Item = (&'a RelPath, &'a Kept)>) -> Option<String> {
    let line = |(path, kept): (&RelPath, &Kept)| {
        let wish = Some(kept.wish.clone()).filter(|wish| wish != path);
        Line(path.clone(), kept.owner, kept.wrote.clone(), wish)
    };
    serde_json::to_string(&kept.map(line).collect::<Vec<_>>()).ok()
}

/// The same read again; nothing where it can't be.
pub(super) fn from_text(text: &str) -> BTreeMap<RelPath, Kept> {
    let lines: Vec<Line> = serde_json::from_str(text).unwrap_or_default();
    let note = |Line(path, owner, wrote, wish)| {
        let wish = wish.unwrap_or_else(|| path.clone());
        (path, Kept { owner, wish, wrote })
    };
    lines.into_iter().map(note).collect()
}

/// What a note is known by.
pub(super) fn hash(bytes: &[u8]) -> ContentHash {
    ContentHash::new(*blake3::hash(bytes).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_again_also_of_an_earlier_dakbox() {
        let path = |name: &str| RelPath::from_bytes(name.as_bytes()).unwrap();
        let (plain, other) = (path("a.waiting.txt"), path("b (2).waiting.txt"));
        let note = |wish: &str, wrote| Kept { owner: Owner::Job(JobId(1)), wish: path(wish), wrote };
        let kept = BTreeMap::from([
            (plain, note("a.waiting.txt", vec![hash(b"a")])),
            (other, Kept { owner: Owner::Inbox, ..note("b.waiting.txt", vec![hash(b"b"), hash(b"c")]) }),
        ]);
        let text = to_text(kept.iter()).unwrap();
        assert_eq!(from_text(&text), kept);
        let old = serde_json::to_string(&[(path("a.waiting.txt"), Owner::Job(JobId(1)))]).unwrap();
        let read = from_text(&old);
        assert!(read[&path("a.waiting.txt")].is_ours(b"whatever"));
        assert!(!kept[&path("a.waiting.txt")].is_ours(b"whatever"));
    }
}
