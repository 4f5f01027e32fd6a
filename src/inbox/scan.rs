//! The truth about the folder: one look at all of it.
//!
//! Names come first and cost little; only what could be a clip or its words is looked at any closer. Of a folder
//! that couldn't be read to its end nothing is said, least of all that something is gone from it.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;

use rustix::io::Errno;

use super::names::{Kind, kind};
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
    /// Clips and texts by path; without a stamp what is no regular file.
    pub files: BTreeMap<RelPath, (Kind, Option<Stamp>)>,
    /// The first foreign names, in order.
    pub foreign: Vec<Vec<u8>>,
    /// Whether there are more of them.
    pub more_foreign: bool,
    /// Changes when a name comes or goes, ignored ones too, or when a clip or a text changes.
    pub digest: u64,
}

impl Listing {
    /// Hundreds of thousands of these cost little once twenty are named.
    fn add_foreign(&mut self, name: Vec<u8>, ignore: &IgnoreList) {
        if self.more_foreign || ignore.matches(&name) {
        } else if self.foreign.len() < NAMED {
            self.foreign.push(name);
        } else {
            self.more_foreign = true;
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

/// One folder and the folders below it.
fn list(dir: &Dir, folder: &RelPath, ignore: &IgnoreList) -> io::Result<(Listing, Vec<RelPath>)> {
    let here = dir.below(folder)?;
    let mut names = here.list(&RelPath::root())?;
    names.sort_unstable();
    let (mut listing, mut below, mut digest) = (Listing::default(), Vec::new(), DefaultHasher::new());
    for (name, hint) in names {
        name.hash(&mut digest);
        let Some(plain) = RelPath::root().join(&name) else { continue };
        let kind = kind(&plain);
        let maybe_folder = matches!(hint, Type::Folder | Type::Unknown);
        if kind == Kind::Foreign && !maybe_folder {
            if hint == Type::File {
                listing.add_foreign(name, ignore);
            }
            continue;
        }
        if ignore.matches(&name) {
            continue;
        }
        let Some(path) = folder.join(&name) else { continue };
        if hint == Type::Folder {
            below.push(path);
            continue;
        }
        let Some(entry) = here.stat(&plain)? else { continue };
        let stamp = (entry.kind == Type::File).then_some(entry.stamp);
        stamp.hash(&mut digest);
        match (entry.kind, kind) {
            (Type::Folder, _) => below.push(path),
            (Type::File, Kind::Foreign) => listing.add_foreign(name, ignore),
            (_, Kind::Foreign) => {}
            _ => drop(listing.files.insert(path, (kind, stamp))),
        }
    }
    listing.digest = digest.finish();
    Ok((listing, below))
}
