//! What is known of the inbox: the last look at each folder and file, and how long it has been so.
//!
//! Full looks and single hints are merged here by the same rules. Only a full look takes anything out.

use std::collections::BTreeMap;
use std::time::Duration;

use super::names::{self, DEFAULT, Kind, fold};
use super::pair::{Names, Pairs, Words, pair};
use super::report::{Gone, Media, Withheld};
use super::scan::{Listing, Scan};
use super::settle::Rest;
use crate::job::{Code, Failure, RelPath, Stamp};

/// All folders of the inbox.
#[derive(Default, Debug)]
pub(super) struct Picture {
    /// By path; the inbox itself is the empty one.
    pub folders: BTreeMap<RelPath, Folder>,
    /// Folders that were not entered, why, and since when.
    pub closed: BTreeMap<RelPath, NotEntered>,
    /// When it was looked at as a whole for the last time.
    scanned: Duration,
}

/// A folder that was not entered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct NotEntered {
    /// Why not; `None`: it lies too deep.
    pub why: Option<String>,
    /// Since when.
    pub since: Duration,
}

/// One folder.
#[derive(Default, Debug)]
pub(super) struct Folder {
    /// Clips and texts.
    pub files: BTreeMap<RelPath, Item>,
    /// The first foreign names, and whether there are more.
    pub foreign: (Vec<Vec<u8>>, bool),
    /// Since when these are the foreign names.
    pub foreign_since: Duration,
    /// What its names and files came to in the last full look.
    pub digest: u64,
    /// When that changed.
    pub changed: Duration,
    /// Whether it has been quiet once: later clips in it are taken one by one.
    pub known: bool,
    /// Until when it counts as arriving, if nothing more changes.
    pub arriving: Option<Duration>,
    /// Who belongs to whom; `None` after names changed.
    pub pairs: Option<Pairs>,
    /// Whether something changed that wasn't looked at yet.
    pub stale: bool,
    /// When it must be looked at again, if nothing changes.
    pub wake: Option<Duration>,
    /// What lies in it and isn't taken.
    pub withheld: Vec<Withheld>,
}

/// One clip or text.
#[derive(Debug)]
pub(super) struct Item {
    /// By its name.
    pub kind: Kind,
    /// Since when this name was there.
    pub seen: Duration,
    /// How long it has been unchanged; `None` for what is no regular file.
    pub rest: Option<Rest>,
    /// Whether a text lay beside it when names were compared last.
    pub paired: bool,
    /// Since when none does.
    pub alone_since: Duration,
    /// What its bytes are, at this very stamp.
    pub judged: Option<(Stamp, Judgement)>,
    /// What was reported last.
    pub sent: Option<Sent>,
}

/// What a clip's bytes are.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Judgement {
    /// To be uploaded; and whether its container proves its own end.
    Fit(Media, bool),
    /// To be moved to `failed/`.
    Refused(Failure),
    /// To be waited for, and what was seen.
    Held(Code, String),
}

/// A clip and its own text, as they were reported.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Sent {
    /// The clip.
    pub clip: Stamp,
    /// Its text.
    pub sidecar: Option<(RelPath, Stamp)>,
}

impl Picture {
    /// Merges a full look; what had arrived and isn't there any more comes back.
    pub(super) fn merge(&mut self, scan: Scan, now: Duration) -> Vec<Gone> {
        let Scan { folders, unread, deep, .. } = scan;
        let closed = deep.into_iter().map(|path| (path, None));
        let closed = closed.chain(unread.into_iter().map(|(path, why)| (path, Some(why))));
        let since = |path: &RelPath| self.closed.get(path).map_or(now, |old| old.since);
        self.closed =
            closed.map(|(path, why)| (path.clone(), NotEntered { why, since: since(&path) })).collect();

        let unknown = |path: &RelPath| self.closed.keys().any(|top| is_below(path, top));
        let is_lost = |path: &RelPath, _: &mut Folder| !folders.contains_key(path) && !unknown(path);
        let mut lost: Vec<_> = self.folders.extract_if(.., is_lost).flat_map(|(_, f)| f.files).collect();
        let mut rules_changed = false;
        for (path, listing) in folders {
            let known = path == RelPath::root();
            let folder = self.folders.entry(path).or_insert_with(|| Folder { known, ..Folder::default() });
            lost.extend(folder.files.extract_if(.., |path, _| !listing.files.contains_key(path)));
            rules_changed |= folder.merge(listing, now);
        }
        if rules_changed || lost.iter().any(|(path, _)| is_rule(path)) {
            self.folders.values_mut().for_each(|f| f.stale = true);
        }
        let gone = lost.into_iter().filter_map(|(path, item)| self.gone(path, item)).collect();
        self.scanned = now;
        gone
    }

    /// Merges a look at one file; `false` where only a full look can tell what that means.
    pub(super) fn merge_one(&mut self, path: &RelPath, stamp: Stamp, closed: bool, now: Duration) -> bool {
        let Some(folder) = self.folders.get_mut(&path.parent()) else { return false };
        let changed = folder.merge_file(path, names::kind(path), Some(stamp), now);
        if closed && let Some(rest) = folder.files.get_mut(path).and_then(|item| item.rest.as_mut()) {
            rest.see_closed(stamp, now);
            folder.stale = true;
        }
        let known = folder.known;
        if changed && is_rule(path) {
            self.folders.values_mut().for_each(|f| f.stale = true);
        }
        // A new folder is one unit, and only full looks tell when nothing in it changes any more.
        known
    }

    /// Finds out which new folders are still arriving; called after a full look.
    pub(super) fn settle_folders(&mut self, now: Duration, wait: Duration) {
        let mut quiet_at: BTreeMap<RelPath, Duration> = BTreeMap::new();
        let units: Vec<_> = self
            .folders
            .iter()
            .filter(|(_, folder)| !folder.known)
            .map(|(path, folder)| (path.clone(), self.unit_of(path), folder.changed.saturating_add(wait)))
            .collect();
        for (_, unit, at) in &units {
            let latest = quiet_at.entry(unit.clone()).or_default();
            *latest = (*latest).max(*at);
        }
        for (path, unit, _) in units {
            let Some(folder) = self.folders.get_mut(&path) else { continue };
            let due = Some(quiet_at[&unit]).filter(|at| *at > now);
            folder.stale |= folder.arriving != due || due.is_none();
            folder.arriving = due;
            folder.known = due.is_none();
        }
    }

    /// The topmost folder on the way to `path` that is not known yet.
    fn unit_of(&self, path: &RelPath) -> RelPath {
        let ancestors = ancestors(path);
        let new = ancestors.into_iter().rev().find(|p| self.folders.get(p).is_some_and(|f| !f.known));
        new.unwrap_or_else(|| path.clone())
    }

    /// Whether a folder is, or lies in, a project, or is a batch; the folder that says so.
    pub(super) fn not_yet(&self, path: &RelPath) -> Option<RelPath> {
        let root = RelPath::root();
        let says = |p: &RelPath| *p != root && self.folders.get(p).is_some_and(|f| f.has_marker(b"project"));
        let named = |p: &RelPath| fold(p.name()).ends_with(b".project");
        let batch = *path != root && self.folders.get(path).is_some_and(|f| f.has_marker(b"batch"));
        ancestors(path).into_iter().find(|p| named(p) || says(p)).or_else(|| batch.then(|| path.clone()))
    }

    /// The nearest `default.txt` upward that is no clip's own text.
    pub(super) fn default_for(&self, folder: &RelPath) -> Option<(&RelPath, &Item)> {
        ancestors(folder).iter().find_map(|path| self.folders.get(path)?.default_text())
    }

    fn gone(&self, path: RelPath, item: Item) -> Option<Gone> {
        let stamp = item.sent?.clip;
        // A name that is new since the last full look, of the very same file.
        let is_it = |i: &Item| i.seen > self.scanned && i.rest.is_some_and(|r| r.stamp.same_contents(&stamp));
        let mut files = self.folders.values().flat_map(|f| &f.files);
        let now_at = files.find(|(_, item)| is_it(item)).map(|(path, _)| path.clone());
        Some(Gone { path, stamp, now_at })
    }
}

impl Folder {
    /// Whether its `default.txt` changed.
    fn merge(&mut self, listing: Listing, now: Duration) -> bool {
        if self.digest != listing.digest {
            (self.digest, self.changed) = (listing.digest, now);
            // A name may be gone as well.
            (self.pairs, self.stale) = (None, true);
        }
        let foreign = (listing.foreign, listing.more_foreign);
        if self.foreign != foreign {
            (self.foreign, self.foreign_since, self.stale) = (foreign, now, true);
        }
        let mut rules_changed = false;
        for (path, (kind, stamp)) in listing.files {
            let changed = self.merge_file(&path, kind, stamp, now);
            rules_changed |= changed && is_rule(&path);
        }
        // What is held for its bytes is judged anew: bytes can change where no stamp does (mapped memory, shares).
        for item in self.files.values_mut() {
            if item.judged.take_if(|(_, judged)| matches!(judged, Judgement::Held(..))).is_some() {
                self.stale = true;
            }
        }
        rules_changed
    }

    /// Whether it is new or changed.
    fn merge_file(&mut self, path: &RelPath, kind: Kind, stamp: Option<Stamp>, now: Duration) -> bool {
        let known = self.files.get_mut(path).filter(|item| item.rest.is_some() == stamp.is_some());
        let changed = match (known, stamp) {
            (Some(Item { rest: Some(rest), .. }), Some(stamp)) => rest.see(stamp, now),
            (Some(_), _) => false,
            (None, _) => {
                let rest = stamp.map(|stamp| Rest::new(stamp, now));
                let (paired, judged, sent) = (false, None, None);
                let item = Item { kind, seen: now, rest, paired, alone_since: now, judged, sent };
                let old = self.files.insert(path.clone(), item);
                // What was a file and is a link now, or the other way round, still was reported once.
                if let (Some(old), Some(new)) = (old, self.files.get_mut(path)) {
                    new.sent = old.sent;
                }
                self.pairs = None;
                true
            }
        };
        self.stale |= changed;
        changed
    }

    /// Who belongs to whom, by the names of now.
    pub(super) fn pair(&mut self, now: Duration) -> &Pairs {
        if self.pairs.is_none() {
            let files = self.files.iter().map(|(path, item)| (path, item.kind, item.rest.is_some()));
            let pairs = pair(&Names::of(files));
            for (clip, item) in &mut self.files {
                let paired = pairs.clips.get(clip).is_some_and(|p| p.words != Words::Alone);
                if item.paired && !paired {
                    item.alone_since = now;
                }
                item.paired = paired;
            }
            self.pairs = Some(pairs);
        }
        self.pairs.get_or_insert_default()
    }

    fn has_marker(&self, stem: &[u8]) -> bool {
        // What was meant as one, and can't be read as a text, holds the folder as well.
        let unread = |item: &Item| item.kind == Kind::Rich || item.rest.is_none();
        let alone = |path: &RelPath| self.pairs.as_ref().is_some_and(|p| p.alone.contains(path));
        self.files.iter().any(|(path, item)| {
            matches!(item.kind, Kind::Text | Kind::Rich)
                && fold(path.stem()) == stem
                && (unread(item) || alone(path))
        })
    }

    fn default_text(&self) -> Option<(&RelPath, &Item)> {
        self.files.get_key_value(self.pairs.as_ref()?.default_text()?)
    }
}

/// A text that rules over more than one clip.
pub(super) fn is_rule(path: &RelPath) -> bool {
    let stem = fold(path.stem());
    matches!(names::kind(path), Kind::Text | Kind::Rich)
        && matches!(&stem[..], DEFAULT | b"project" | b"batch")
}

/// The folder and those it lies in, the nearest first, down to the inbox itself.
pub(super) fn ancestors(path: &RelPath) -> Vec<RelPath> {
    let mut all = vec![path.clone()];
    while let Some(last) = all.last().filter(|p| **p != RelPath::root()) {
        all.push(last.parent());
    }
    all
}

fn is_below(path: &RelPath, top: &RelPath) -> bool {
    path == top || path.as_bytes().strip_prefix(top.as_bytes()).is_some_and(|rest| rest.starts_with(b"/"))
}
