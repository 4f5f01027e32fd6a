//! A file that is to be moved, how it is known again, and what became of it.

use std::io;

use super::recover::is_ours;
use crate::job::{ContentHash, RelPath, Stamp};
use crate::mount::Dir;

/// A file to be moved, as it was when its words were bound.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// Where it lies in the inbox; it gets the same place in the other folder.
    pub from: RelPath,
    /// The file that was bound.
    pub known: Stamp,
    /// Of a text, its bytes as well: an editor may change them without the stamp telling.
    pub hash: Option<ContentHash>,
    /// Of a clip its bytes, where they were read: asked only where its inode has another number by now.
    pub content: Option<ContentHash>,
}

impl Item {
    /// Whether the file at `at`, which is now as `now` says, is this one. A share may have given it another inode number;
    /// then its bytes decide, and where nobody knows them, `unread`.
    ///
    /// # Errors
    /// Those of reading.
    pub(super) fn is(&self, dir: &Dir, at: &RelPath, now: &Stamp, unread: bool) -> io::Result<bool> {
        Ok(now.same_contents(&self.known) || self.is_renumbered(dir, at, now, unread)?)
    }

    /// The same where its number is another one.
    pub(super) fn is_renumbered(
        &self,
        dir: &Dir,
        at: &RelPath,
        now: &Stamp,
        unread: bool,
    ) -> io::Result<bool> {
        let ours = |hash| is_ours(dir, at, self.known.size, hash);
        let known = self.hash.as_ref().or(self.content.as_ref());
        let alike = !now.same_file(&self.known) && now.same_but_numbers(&self.known);
        Ok(alike && known.map_or(Ok(unread), ours)?)
    }
}

/// What became of one file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fate {
    /// It lies here now, below the folder moved to (perhaps since an earlier try).
    Moved(RelPath),
    /// It was gone already.
    Missing,
    /// Something else lies there by now; left where it is.
    Changed,
}

/// What became of a clip and what goes with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kept {
    /// The number they got; their note gets the same.
    pub number: u32,
    /// One fate for each item, in order.
    pub fates: Vec<Fate>,
}
