//! The truth about the folder: a look at all of it, in slices, so that hints and waits go on meanwhile.
//!
//! Names come first and cost little; only what could be a clip or its words is looked at any closer. Of a folder
//! that couldn't be read to its end nothing is said, least of all that something is gone from it.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::time::{Duration, Instant};

use rustix::io::Errno;

use super::names::{Kind, kind_of};
use super::picture::Picture;
use super::watches::Watches;
use crate::config::IgnoreList;
use crate::job::{RelPath, Stamp};
use crate::mount::{Dir, Entry, Type};

/// How many folders deep the inbox is looked at.
pub(super) const MAX_DEPTH: usize = 32;
/// How many foreign files of a folder are named; the others are only said to be there.
const NAMED: usize = 20;
/// Where more files of a folder can't be looked at, the folder can't.
const UNSEEN: usize = 8;

/// What one look at the inbox found.
#[derive(Default, Debug)]
pub(super) struct Scan {
    /// Every folder that was listed.
    pub folders: BTreeMap<RelPath, Listing>,
    /// Folders in which no name came or went: by their stamps, or because events tell of them.
    pub same: BTreeSet<RelPath>,
    /// Files of those that were looked at all the same.
    pub touched: Vec<(RelPath, Stamp)>,
    /// Folders that can't be read, and why; what lies in them is unknown.
    pub unread: BTreeMap<RelPath, String>,
    /// Files that can't be looked at, and why.
    pub unseen: BTreeMap<RelPath, String>,
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
    /// Which mount it was reached through.
    pub mount: u64,
    /// What `stat` said of the folder before it was listed, and when that was.
    pub stamp: Option<Stamp>,
    pub at: Duration,
    /// Whether events should have told of all that came since it was listed before.
    pub watched: bool,
    /// How many names there are, of whatever kind.
    pub names: usize,
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

/// What a look is made with.
pub(super) struct Around<'a> {
    /// The inbox.
    pub dir: &'a Dir,
    /// Names that are never taken.
    pub ignore: &'a IgnoreList,
    /// What is known already.
    pub known: &'a Picture,
    /// Which folders are watched.
    pub watches: &'a mut Watches,
    /// When the inbox was started.
    pub begun: Instant,
}

/// Looks only at the folders on the way to `folder`, and at that.
///
/// # Errors
/// The first of them that can't be read, and why.
pub(super) fn scan_way(around: &mut Around<'_>, folder: &RelPath) -> Result<Scan, (RelPath, String)> {
    let mut found = Scan::default();
    for path in super::unit::ancestors(folder) {
        let mut walk = Walk { open: vec![path.clone()], alone: true, ..Walk::full() };
        let mut one = walk.step(around, &mut Slice::ALL.clone()).unwrap_or_default();
        if let Some(why) = one.broken.take().or_else(|| one.unread.remove(&path)) {
            return Err((path, why));
        }
        found.folders.extend(one.folders);
        found.unseen.extend(one.unseen);
    }
    Ok(found)
}

/// How far a slice of a look may go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slice {
    /// So many more calls to file systems that are polled.
    pub calls: u32,
    /// And not longer than this.
    pub until: Option<Instant>,
}

impl Slice {
    /// To the end.
    pub(super) const ALL: Self = Self { calls: u32::MAX, until: None };

    fn is_over(&self) -> bool {
        self.calls == 0 || self.until.is_some_and(|until| Instant::now() >= until)
    }
}

/// A look that is under way.
#[derive(Debug)]
pub(super) struct Walk {
    found: Scan,
    open: Vec<RelPath>,
    half: Option<Half>,
    light: bool,
    /// Only at the folders that are named, and not at those below them.
    alone: bool,
    /// Why it may not be trusted that this folder has the same names.
    distrusted: Option<RelPath>,
}

/// A folder of which some names were looked at.
#[derive(Debug)]
struct Half {
    folder: RelPath,
    here: Dir,
    names: std::vec::IntoIter<(Vec<u8>, Type)>,
    /// Whether only files of a folder that has the same names are looked at.
    same: bool,
    /// Whether its looks are counted.
    counted: bool,
    listing: Listing,
    below: Vec<RelPath>,
    unseen: BTreeMap<RelPath, String>,
    touched: Vec<(RelPath, Stamp)>,
}

impl Walk {
    /// A look at everything.
    pub(super) fn full() -> Self {
        Self {
            found: Scan::default(),
            open: vec![RelPath::root()],
            half: None,
            light: false,
            alone: false,
            distrusted: None,
        }
    }

    /// A look at what no event tells of, and there at what may have changed.
    pub(super) fn light(known: &Picture) -> Self {
        // The inbox itself last, so that it is looked at first.
        let open = known.folders.keys().chain(known.closed_folders()).rev().cloned().collect();
        Self { open, light: true, ..Self::full() }
    }

    /// Whether it is a look at everything.
    pub(super) const fn is_full(&self) -> bool {
        !self.light
    }

    /// Goes on; what was found, once all was looked at.
    pub(super) fn step(&mut self, around: &mut Around<'_>, slice: &mut Slice) -> Option<Scan> {
        while self.found.broken.is_none() {
            if let Some(half) = self.half.take() {
                let folder = half.folder.clone();
                match self.go_on(half, around, slice) {
                    Ok(true) => {}
                    Ok(false) => return None,
                    Err(error) => self.fail(folder, &error),
                }
            } else if let Some(folder) = self.open.pop() {
                if slice.is_over() {
                    self.open.push(folder);
                    return None;
                }
                if folder.names().count() > MAX_DEPTH {
                    self.found.deep.push(folder);
                } else if let Err(error) = self.enter(&folder, around, slice) {
                    self.fail(folder, &error);
                }
            } else {
                break;
            }
        }
        Some(std::mem::take(&mut self.found))
    }

    fn fail(&mut self, folder: RelPath, error: &io::Error) {
        if folder == RelPath::root() {
            self.found.broken = Some(error.to_string());
            return;
        }
        match Errno::from_io_error(error) {
            // It went, or is no folder any more: the listing above it was older.
            Some(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => {}
            _ => drop(self.found.unread.insert(folder, error.to_string())),
        }
    }

    /// Opens a folder, has it watched, and reads its names.
    fn enter(&mut self, folder: &RelPath, around: &mut Around<'_>, slice: &mut Slice) -> io::Result<()> {
        let known = around.known.folders.get(folder);
        if self.light && known.is_some_and(|known| around.watches.tells_of(folder, known.mount)) {
            self.found.same.insert(folder.clone());
            return Ok(());
        }
        let here = around.dir.below(folder)?;
        let at = around.begun.elapsed();
        let Some(Entry { stamp, mount, .. }) = here.stat(&RelPath::root())? else {
            return Err(Errno::NOENT.into());
        };
        let identity = (stamp.dev, stamp.ino);
        let watched = around.watches.visit(folder, &here, (mount, identity));
        let counted = around.watches.is_polled(mount);
        slice.calls = slice.calls.saturating_sub(u32::from(counted));
        let trusted = self.light && self.distrusted.take().as_ref() != Some(folder);
        let known = known.filter(|known| trusted && known.has_same_names(&stamp));
        let names = match known {
            None => here.list(&RelPath::root())?,
            Some(known) => {
                let warm = known.files.iter().filter(|(_, item)| item.is_warm(at));
                warm.map(|(path, _)| (path.name().to_vec(), Type::File)).collect()
            }
        };
        let listing = Listing { identity, mount, stamp: Some(stamp), at, watched, ..Listing::default() };
        self.half = Some(Half {
            folder: folder.clone(),
            here,
            names: names.into_iter(),
            same: known.is_some(),
            counted,
            listing,
            below: Vec::new(),
            unseen: BTreeMap::new(),
            touched: Vec::new(),
        });
        Ok(())
    }

    /// Looks at more names of a folder; whether at all of them.
    fn go_on(&mut self, mut half: Half, around: &Around<'_>, slice: &mut Slice) -> io::Result<bool> {
        while let Some((name, hint)) = half.names.next() {
            if half.same {
                if !half.touch(&name) {
                    (self.distrusted, half.names) = (Some(half.folder.clone()), Vec::new().into_iter());
                    self.open.push(half.folder);
                    return Ok(true);
                }
            } else if !half.look(name, hint, around, self.light)? {
                continue;
            }
            slice.calls = slice.calls.saturating_sub(u32::from(half.counted));
            if slice.is_over() {
                self.half = Some(half);
                return Ok(false);
            }
        }
        if half.same {
            self.found.same.insert(half.folder);
            self.found.touched.extend(half.touched);
            return Ok(true);
        }
        let is_new = |path: &RelPath| !(self.alone || self.light && around.known.is_known(path));
        self.open.extend(half.below.into_iter().filter(is_new));
        self.found.unseen.extend(half.unseen);
        self.found.folders.insert(half.folder, half.listing);
        Ok(true)
    }
}

impl Half {
    /// Looks at a file whose name is known; `false` where it is not as it was thought to be.
    fn touch(&mut self, name: &[u8]) -> bool {
        let (Some(plain), Some(path)) = (RelPath::from_bytes(name), self.folder.join(name)) else {
            return false;
        };
        match self.here.stat(&plain) {
            Ok(Some(entry)) if entry.kind == Type::File => {
                self.touched.push((path, entry.stamp));
                true
            }
            _ => false,
        }
    }

    /// Looks at one name; whether it took a call.
    fn look(&mut self, name: Vec<u8>, hint: Type, around: &Around<'_>, light: bool) -> io::Result<bool> {
        self.listing.names += 1;
        self.listing.count(&name);
        let kind = kind_of(&name);
        let maybe_folder = matches!(hint, Type::Folder | Type::Unknown);
        if kind == Kind::Foreign && !maybe_folder {
            if hint == Type::File {
                self.listing.add_foreign(name, around.ignore);
            }
            return Ok(false);
        }
        let (false, Some(plain), Some(path)) =
            (around.ignore.matches(&name), RelPath::from_bytes(&name), self.folder.join(&name))
        else {
            return Ok(false);
        };
        if hint == Type::Folder {
            self.below.push(path);
            return Ok(false);
        }
        if light && let Some(stamp) = around.known.cold_stamp(&self.folder, &path, self.listing.at) {
            self.add(&name, path, kind, Some(stamp));
            return Ok(false);
        }
        match self.here.stat(&plain) {
            Ok(None) => {}
            Ok(Some(entry)) if entry.kind == Type::Folder => self.below.push(path),
            Ok(Some(entry)) if kind == Kind::Foreign => {
                if entry.kind == Type::File {
                    self.listing.count((&name, Some(entry.stamp)));
                    self.listing.add_foreign(name, around.ignore);
                }
            }
            Ok(Some(entry)) => self.add(&name, path, kind, (entry.kind == Type::File).then_some(entry.stamp)),
            Err(error) if self.is_of_the_folder(&error) => return Err(error),
            // One file that is busy or stale says nothing of the others.
            Err(error) => drop(self.unseen.insert(path, error.to_string())),
        }
        Ok(true)
    }

    fn add(&mut self, name: &[u8], path: RelPath, kind: Kind, stamp: Option<Stamp>) {
        self.listing.count((name, stamp));
        self.listing.files.insert(path, (kind, stamp));
    }

    fn is_of_the_folder(&self, error: &io::Error) -> bool {
        error.kind() == io::ErrorKind::PermissionDenied || self.unseen.len() >= UNSEEN
    }
}
