//! What is known of one folder and of each file in it, and since when.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::names::{self, Kind, fold};
use super::pair::{Names, Pairs, Words, pair};
use super::project::Reported;
use super::report::{Dropped, Withheld};
use super::scan::Listing;
use super::settle::Rest;
use crate::job::{Code, Failure, RelPath, Stamp};

/// A file that has been still for so long is looked at by full looks alone.
const WARM: Duration = Duration::from_mins(2);
/// The coarsest clock of a file system: within it, a folder can change and keep its stamp.
const TICK: Duration = Duration::from_secs(3);

/// One folder.
#[derive(Default, Debug)]
pub(super) struct Folder {
    /// Device and inode number.
    pub identity: (u64, u64),
    /// Which mount it was reached through.
    pub mount: u64,
    /// What `stat` said of the folder itself before it was listed last, and when that was.
    pub stamp: Option<Stamp>,
    pub listed: Duration,
    /// Since when that is what it says.
    pub stamp_since: Duration,
    /// How many names of whatever kind were in it.
    pub names: usize,
    /// Clips and texts.
    pub files: BTreeMap<RelPath, Item>,
    /// The first foreign names, and whether there are more.
    pub foreign: (BTreeSet<Vec<u8>>, bool),
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
    /// Where it is a project's: what was reported last.
    pub reported: Option<Reported>,
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
    /// Whether an event of the kernel told of it first.
    pub by_event: bool,
    /// How long it has been unchanged; `None` for what is no regular file.
    pub rest: Option<Rest>,
    /// When a hint had it looked at by itself: a listing begun before that knows less.
    pub hinted: Option<Duration>,
    /// Whether a text lay beside it when names were compared last.
    pub paired: bool,
    /// Since when none does.
    pub alone_since: Duration,
    /// What its bytes are, at this very stamp.
    pub judged: Option<(Stamp, Judgement)>,
    /// What was reported last.
    pub sent: Option<Sent>,
    /// It is to be reported once more, though nothing about it changed.
    pub anew: bool,
}

impl Item {
    fn new(kind: Kind, stamp: Option<Stamp>, now: Duration) -> Self {
        let rest = stamp.map(|stamp| Rest::new(stamp, now));
        Self {
            kind,
            seen: now,
            by_event: false,
            rest,
            hinted: None,
            paired: false,
            alone_since: now,
            judged: None,
            sent: None,
            anew: false,
        }
    }

    /// Whether a hint told of it after a listing was begun.
    pub(super) fn is_newer_than(&self, listing: Duration) -> bool {
        self.hinted.is_some_and(|hinted| hinted >= listing)
    }

    /// Whether it changed not long ago, or was never seen whole: then every look looks at it.
    pub(super) fn is_warm(&self, now: Duration) -> bool {
        self.anew || self.rest.is_none_or(|rest| now < rest.since.saturating_add(WARM))
    }

    /// Since when it is as it is.
    pub(super) fn since(&self) -> Duration {
        self.rest.map_or(self.seen, |rest| rest.since)
    }
}

/// What a clip's bytes are.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Judgement {
    /// To be uploaded; and whether its container proves its own end.
    Fit(Dropped, bool),
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

impl Folder {
    /// Whether no name in it came or went since it was listed, by what `stat` says of it now.
    pub(super) fn has_same_names(&self, stamp: &Stamp) -> bool {
        let trusted = self.listed >= self.stamp_since.saturating_add(TICK);
        self.known && trusted && self.stamp.as_ref() == Some(stamp)
    }

    /// Merges a full look at this folder; whether a text that rules over others is new or changed.
    pub(super) fn merge(&mut self, listing: Listing, now: Duration) -> bool {
        if self.identity != listing.identity {
            // Another folder under this name has to become known itself.
            let is_first = self.identity == (0, 0);
            (self.identity, self.known) = (listing.identity, self.known && is_first);
        }
        if self.digest != listing.digest {
            (self.digest, self.changed) = (listing.digest, now);
            // A name may be gone as well.
            (self.pairs, self.stale) = (None, true);
        }
        let foreign = (listing.foreign, listing.more_foreign);
        if self.foreign != foreign {
            (self.foreign, self.foreign_since, self.stale) = (foreign, now, true);
        }
        (self.mount, self.names) = (listing.mount, listing.names);
        if self.stamp != listing.stamp {
            (self.stamp, self.stamp_since) = (listing.stamp, listing.at);
        }
        self.listed = listing.at;
        let mut rules_changed = false;
        for (path, (kind, stamp)) in listing.files {
            if self.files.get(&path).is_some_and(|item| item.is_newer_than(listing.at)) {
                continue;
            }
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

    /// Merges a look at one file; whether it is new or changed.
    pub(super) fn merge_file(
        &mut self,
        path: &RelPath,
        kind: Kind,
        stamp: Option<Stamp>,
        now: Duration,
    ) -> bool {
        let same_sort = |item: &&mut Item| item.rest.is_some() == stamp.is_some();
        let changed = if let Some(item) = self.files.get_mut(path).filter(same_sort) {
            item.rest.as_mut().zip(stamp).is_some_and(|(rest, stamp)| rest.see(stamp, now))
        } else {
            let old = self.files.insert(path.clone(), Item::new(kind, stamp, now));
            if let Some(new) = self.files.get_mut(path) {
                // A file that became a link, or a link that became a file, was reported once all the same.
                (new.anew, new.sent) = old.map_or((false, None), |old| (old.anew, old.sent));
            }
            self.pairs = None;
            true
        };
        self.stale |= changed;
        changed
    }

    /// Finds out who belongs to whom, where names changed.
    pub(super) fn pair(&mut self, now: Duration) {
        if self.pairs.is_some() {
            return;
        }
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

    /// Whether a text of that stem, which is no clip's own, lies in it. What was meant as one and is no plain
    /// text counts as well.
    pub(super) fn has_marker(&self, stem: &[u8]) -> bool {
        let alone = |path| self.pairs.as_ref().is_some_and(|p| p.alone.contains(path));
        self.files.iter().any(|(path, item)| {
            let plain = item.kind == Kind::Text && item.rest.is_some();
            let text = matches!(item.kind, Kind::Text | Kind::Rich);
            text && fold(path.stem()) == stem && (!plain || alone(path))
        })
    }

    /// The plain text of that stem that is no clip's own.
    pub(super) fn text_of(&self, stem: &[u8]) -> Option<(&RelPath, &Item)> {
        let best = self.pairs.as_ref()?.text_of(stem)?;
        self.files.get_key_value(best).filter(|(_, item)| item.rest.is_some())
    }

    /// What would be a text of that stem, were it a plain one in a regular file.
    pub(super) fn unfit_of(&self, stem: &[u8]) -> Option<(&RelPath, &Item)> {
        let unfit = |(path, item): &(&RelPath, &Item)| {
            matches!((item.kind, item.rest), (Kind::Rich, _) | (Kind::Text, None))
                && fold(path.stem()) == stem
        };
        self.files.iter().find(unfit)
    }

    /// Its `default.txt`.
    pub(super) fn default_text(&self) -> Option<(&RelPath, &Item)> {
        self.files.get_key_value(self.pairs.as_ref()?.default_text()?)
    }
}

/// A text that may rule over more than one clip.
pub(super) fn is_rule(path: &RelPath) -> bool {
    let rules = |stem: &[u8]| matches!(stem, names::DEFAULT | b"project" | names::BATCH);
    matches!(names::kind(path), Kind::Text | Kind::Rich) && rules(&fold(path.stem()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (known, the folder's stamp and when it was listed, the stamp now, whether its names are trusted to be the same)
    #[test]
    fn a_folders_own_stamp_is_trusted_late() {
        type Row<'a> = (&'a str, bool, &'a [(u64, i64)], i64, bool);
        let stamp = |version| Stamp { dev: 1, ino: 1, size: 0, mtime_ns: version, ctime_ns: version };
        let table: &[Row<'_>] = &[
            ("listed once", true, &[(0, 1)], 1, false),
            ("listed twice within one tick of a coarse clock", true, &[(0, 1), (2, 1)], 1, false),
            ("listed again later", true, &[(0, 1), (3, 1)], 1, true),
            ("changed since", true, &[(0, 1), (9, 1)], 2, false),
            ("changed before the last listing", true, &[(0, 1), (9, 2)], 2, false),
            ("back to an earlier stamp", true, &[(0, 1), (9, 2), (10, 1)], 1, false),
            ("new, and still arriving", false, &[(0, 1), (9, 1)], 1, false),
        ];
        for (name, known, listings, now, want) in table {
            let mut folder = Folder { known: *known, ..Folder::default() };
            for (at, version) in *listings {
                let at = Duration::from_secs(*at);
                folder.merge(Listing { stamp: Some(stamp(*version)), at, ..Listing::default() }, at);
                folder.known = *known;
            }
            assert_eq!(folder.has_same_names(&stamp(*now)), *want, "{name}");
        }
    }
}
