//! The truth about the folder: one look at all of it.
//!
//! Names come first and cost little; only what could be a clip or its words is looked at any closer. Of a folder
//! that couldn't be read to its end nothing is said, least of all that something is gone from it.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;

use rustix::io::Errno;

use super::names::{Kind, kind_of};
use crate::config::IgnoreList;
use crate::job::{RelPath, Stamp};
use crate::mount::{Dir, Type};

/// How many folders deep the inbox is looked at.
pub(super) const MAX_DEPTH: usize = 32;
/// How many foreign files of a folder are named; the others are only said to be there.
const NAMED: usize = 20;

/// What one look at the inbox found.
#[derive(Default, Debug)]
pub(super) struct Scan {
    /// Every folder that was listed.
    pub folders: BTreeMap<RelPath, Listing>,
    /// Folders that can't be read, and why; what lies in them is unknown.
    pub unread: BTreeMap<RelPath, String>,
    /// Folders that lie too deep; what lies in them is unknown.
    pub deep: Vec<RelPath>,
    /// Why the inbox itself can't be read; then nothing is known.
    pub broken: Option<String>,
}

/// What a folder holds.
#[derive(Default, Debug)]
pub(super) struct Listing {
    /// Device and inode number of the folder.
    pub identity: (u64, u64),
    /// Clips and texts by path; without a stamp what is no regular file.
    pub files: BTreeMap<RelPath, (Kind, Option<Stamp>)>,
    /// The first foreign names.
    pub foreign: BTreeSet<Vec<u8>>,
    /// Whether there are more of them.
    pub more_foreign: bool,
    /// Changes when a name comes or goes, ignored ones too, or when a clip or a text changes.
    pub digest: u64,
}

impl Listing {
    /// Adds to what the folder comes to; the order of names doesn't count.
    fn count(&mut self, what: impl Hash) {
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        self.digest = self.digest.wrapping_add(hasher.finish());
    }

    /// Hundreds of thousands of these cost little: most are no first ones.
    fn add_foreign(&mut self, name: Vec<u8>, ignore: &IgnoreList) {
        let full = self.foreign.len() >= NAMED;
        let is_first = !full || self.foreign.last().is_some_and(|last| name < *last);
        if (self.more_foreign && !is_first) || ignore.matches(&name) {
            return;
        }
        self.more_foreign |= full;
        if is_first {
            self.foreign.insert(name);
        }
        if self.foreign.len() > NAMED {
            self.foreign.pop_last();
        }
    }
}

/// Looks at the whole inbox.
pub(super) fn scan(dir: &Dir, ignore: &IgnoreList) -> Scan {
    let mut found = Scan::default();
    let mut open = vec![RelPath::root()];
    while let Some(folder) = open.pop() {
        match list(dir, &folder, ignore) {
            Ok((listing, below)) => {
                found.folders.insert(folder.clone(), listing);
                let deep = folder.names().count() >= MAX_DEPTH;
                if deep { &mut found.deep } else { &mut open }.extend(below);
            }
            Err(e) if folder == RelPath::root() => found.broken = Some(e.to_string()),
            Err(e) => match Errno::from_io_error(&e) {
                // It went, or is no folder any more: the listing above it was older.
                Some(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => {}
                Some(Errno::XDEV) => {
                    found.unread.insert(folder, "on a file system mounted inside the inbox".to_owned());
                }
                _ => drop(found.unread.insert(folder, e.to_string())),
            },
        }
    }
    found
}

/// Looks only at the folders on the way to `folder`, and at that.
///
/// # Errors
/// The first of them that can't be read, and why.
pub(super) fn scan_way(
    dir: &Dir,
    folder: &RelPath,
    ignore: &IgnoreList,
) -> Result<Scan, (RelPath, io::Error)> {
    let mut found = Scan::default();
    for path in super::unit::ancestors(folder) {
        let (listing, _) = list(dir, &path, ignore).map_err(|error| (path.clone(), error))?;
        found.folders.insert(path, listing);
    }
    Ok(found)
}

/// One folder and the folders below it.
fn list(dir: &Dir, folder: &RelPath, ignore: &IgnoreList) -> io::Result<(Listing, Vec<RelPath>)> {
    let here = dir.below(folder)?;
    let mut listing = Listing { identity: here.identity()?, ..Listing::default() };
    let mut below = Vec::new();
    for (name, hint) in here.list(&RelPath::root())? {
        listing.count(&name);
        let kind = kind_of(&name);
        let maybe_folder = matches!(hint, Type::Folder | Type::Unknown);
        if kind == Kind::Foreign && !maybe_folder {
            if hint == Type::File {
                listing.add_foreign(name, ignore);
            }
            continue;
        }
        let (false, Some(plain), Some(path)) =
            (ignore.matches(&name), RelPath::from_bytes(&name), folder.join(&name))
        else {
            continue;
        };
        if hint == Type::Folder {
            below.push(path);
            continue;
        }
        let Some(entry) = here.stat(&plain)? else { continue };
        let stamp = (entry.kind == Type::File).then_some(entry.stamp);
        listing.count((&name, stamp));
        match (entry.kind, kind) {
            (Type::Folder, _) => below.push(path),
            (Type::File, Kind::Foreign) => listing.add_foreign(name, ignore),
            (_, Kind::Foreign) => {}
            _ => drop(listing.files.insert(path, (kind, stamp))),
        }
    }
    Ok((listing, below))
}
