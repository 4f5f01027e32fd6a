//! What is known of the whole inbox. Pure.
//!
//! Full looks and single hints are merged here by the same rules. Only a full look takes anything out.

use std::collections::BTreeMap;
use std::time::Duration;

use super::folder::{Folder, Item, is_rule};
use super::names::{self, Kind};
use super::report::{Gone, What};
use super::scan::Scan;
use super::unit::{ancestors, is_below};
use crate::job::{RelPath, Stamp};

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

/// A folder that was not entered, or a file that was not looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct NotEntered {
    /// Why not; `None`: it lies too deep.
    pub why: Option<String>,
    /// Which of the two.
    pub what: What,
    /// Since when.
    pub since: Duration,
}

/// What came of a look.
#[derive(Default, Debug)]
pub(super) struct Merged {
    /// What had arrived and isn't there any more.
    pub gone: Vec<Gone>,
    /// Files that nothing had told of, in folders that were watched, with the mount they lie on.
    pub untold: Vec<(RelPath, u64)>,
}

/// Nothing is known of what was mounted there.
const UNMOUNTED: &str = "what was mounted there is not any more";

impl Picture {
    /// Merges a look that ended at `now`.
    pub(super) fn merge(&mut self, mut scan: Scan, now: Duration) -> Merged {
        self.keep_unmounted(&mut scan);
        let Scan { folders, same, touched, unread, unseen, deep, .. } = scan;
        let closed = deep.into_iter().map(|path| (path, None, What::Folder));
        let closed = closed.chain(unread.into_iter().map(|(path, why)| (path, Some(why), What::Folder)));
        let what = |path: &RelPath| if names::kind(path) == Kind::Text { What::Text } else { What::Clip };
        let closed =
            closed.chain(unseen.into_iter().map(|(path, why)| (path.clone(), Some(why), what(&path))));
        let since = |path: &RelPath| self.closed.get(path).map_or(now, |old| old.since);
        self.closed = closed
            .map(|(path, why, what)| (path.clone(), NotEntered { why, what, since: since(&path) }))
            .collect();

        let unknown = |path: &RelPath| self.closed.keys().any(|top| is_below(path, top));
        let is_lost = |path: &RelPath, _: &mut Folder| {
            !folders.contains_key(path) && !same.contains(path) && !unknown(path)
        };
        let mut lost: Vec<_> = self.folders.extract_if(.., is_lost).flat_map(|(_, f)| f.files).collect();
        let mut untold = Vec::new();
        let mut rules_changed = false;
        for (path, listing) in folders {
            let known = path == RelPath::root();
            let told_of = listing.watched && self.folders.contains_key(&path);
            let folder = self.folders.entry(path).or_insert_with(|| Folder { known, ..Folder::default() });
            let before = lost.len();
            lost.extend(folder.files.extract_if(.., |path, item| {
                !listing.files.contains_key(path) && !item.is_newer_than(listing.at) && !unknown(path)
            }));
            if lost.len() > before {
                // A hint may have brought it between two listings that are alike: they say nothing of it.
                (folder.pairs, folder.stale) = (None, true);
            }
            if told_of {
                let files = listing
                    .files
                    .iter()
                    .filter(|(path, (_, stamp))| stamp.is_some() && !folder.files.contains_key(path));
                untold.extend(files.map(|(path, _)| (path.clone(), listing.mount)));
            }
            rules_changed |= folder.merge(listing, now);
        }
        for (path, stamp) in touched {
            let Some(folder) = self.folders.get_mut(&path.parent()) else { continue };
            if folder.files.get(&path).is_some_and(|item| item.rest.is_some() && item.hinted.is_none()) {
                rules_changed |=
                    folder.merge_file(&path, names::kind(&path), Some(stamp), now) && is_rule(&path);
            }
        }
        if rules_changed || lost.iter().any(|(path, _)| is_rule(path)) {
            self.look_everywhere();
        }
        let gone = lost.into_iter().filter_map(|(path, item)| self.gone(path, item)).collect();
        for item in self.folders.values_mut().flat_map(|folder| folder.files.values_mut()) {
            item.hinted = None;
        }
        self.scanned = now;
        Merged { gone, untold }
    }

    /// A folder that was a mount and is a plain folder now, or none, is a share that is away: nothing is said of what lay
    /// in it, and nothing is taken from the bare mount point.
    fn keep_unmounted(&self, scan: &mut Scan) {
        for path in self.folders.keys().filter(|path| self.is_mount(path)) {
            if scan.same.contains(path) || scan.unread.contains_key(path) {
                continue;
            }
            let mount = |path: &RelPath| scan.folders.get(path).map(|listing| listing.mount);
            let above = mount(&path.parent()).or_else(|| Some(self.folders.get(&path.parent())?.mount));
            if mount(path).is_none_or(|here| Some(here) == above) {
                scan.folders.retain(|folder, _| !is_below(folder, path));
                scan.unread.retain(|folder, _| !is_below(folder, path));
                scan.unread.insert(path.clone(), UNMOUNTED.to_owned());
            }
        }
    }

    /// Whether something was mounted on a folder when it was seen last.
    fn is_mount(&self, path: &RelPath) -> bool {
        let mount = |path: &RelPath| self.folders.get(path).map(|folder| folder.mount);
        *path != RelPath::root() && mount(path).zip(mount(&path.parent())).is_some_and(|(a, b)| a != b)
    }

    /// Folders that were not entered.
    pub(super) fn closed_folders(&self) -> impl DoubleEndedIterator<Item = &RelPath> {
        let closed =
            self.closed.iter().filter(|(path, c)| c.what == What::Folder && !self.folders.contains_key(path));
        closed.map(|(path, _)| path)
    }

    /// Whether it is a folder that every look comes to by itself.
    pub(super) fn is_known(&self, folder: &RelPath) -> bool {
        self.folders.contains_key(folder) || self.closed.contains_key(folder)
    }

    /// The stamp of a file that has not changed for so long that only full looks look at it.
    pub(super) fn cold_stamp(&self, folder: &RelPath, file: &RelPath, now: Duration) -> Option<Stamp> {
        let item = self.folders.get(folder)?.files.get(file)?;
        item.rest.filter(|_| !item.is_warm(now)).map(|rest| rest.stamp)
    }

    /// How many names are known, foreign ones too: each costs a look.
    pub(super) fn len(&self) -> usize {
        self.folders.values().map(|folder| folder.names).sum()
    }

    /// Merges a look at one file; `false` where only a full look can tell what that means.
    pub(super) fn merge_one(&mut self, path: &RelPath, stamp: Stamp, closed: bool, now: Duration) -> bool {
        let Some(folder) = self.folders.get_mut(&path.parent()) else { return false };
        let is_new = !folder.files.contains_key(path);
        let changed = folder.merge_file(path, names::kind(path), Some(stamp), now);
        if let Some(item) = folder.files.get_mut(path) {
            item.by_event |= is_new;
            item.hinted = Some(now);
        }
        if closed && let Some(rest) = folder.files.get_mut(path).and_then(|item| item.rest.as_mut()) {
            rest.see_closed(stamp, now);
            folder.stale = true;
        }
        // A new folder is one unit, and only full looks tell when nothing in it changes any more.
        let known = folder.known;
        if changed && is_rule(path) {
            self.look_everywhere();
        }
        known
    }

    /// Has a clip reported once more when it is ready, though nothing about it changed.
    pub(super) fn report_anew(&mut self, path: &RelPath) {
        let Some(folder) = self.folders.get_mut(&path.parent()) else { return };
        if let Some(item) = folder.files.get_mut(path) {
            item.anew = true;
            folder.stale = true;
        }
    }

    /// Each `default.txt` upward that is no clip's own text, the nearest first.
    pub(super) fn defaults_for(&self, folder: &RelPath) -> impl Iterator<Item = (&RelPath, &Item)> {
        ancestors(folder).filter_map(|path| self.folders.get(&path)?.default_text())
    }

    fn look_everywhere(&mut self) {
        self.folders.values_mut().for_each(|folder| folder.stale = true);
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::folder::Sent;
    use super::super::names::kind;
    use super::super::scan::Listing;
    use super::*;

    fn path(name: &str) -> RelPath {
        RelPath::from_bytes(name.as_bytes()).unwrap()
    }

    const fn stamp(ino: u64) -> Stamp {
        Stamp { dev: 1, ino, size: 1, mtime_ns: 1, ctime_ns: 1 }
    }

    /// A look that found these files; `name!` is a folder that couldn't be read.
    fn look(files: &[(&str, u64)]) -> Scan {
        let mut scan = Scan::default();
        scan.folders.insert(RelPath::root(), Listing::default());
        for (name, ino) in files {
            if let Some(folder) = name.strip_suffix('!') {
                scan.unread.insert(path(folder), "stale handle".to_owned());
                continue;
            }
            let file = path(name);
            let listing = scan.folders.entry(file.parent()).or_default();
            listing.digest = listing.digest.wrapping_add(*ino);
            listing.files.insert(file.clone(), (kind(&file), Some(stamp(*ino))));
        }
        scan
    }

    /// What is gone in the second look, of all that arrived in the first.
    #[test]
    fn gone_is_only_what_a_whole_look_misses() {
        type Row<'a> = (&'a [(&'a str, u64)], &'a [(&'a str, u64)], &'a str);
        let table: &[Row<'_>] = &[
            (&[("a.gif", 1)], &[("a.gif", 1)], ""),
            (&[("a.gif", 1)], &[], "a.gif"),
            (&[("a.gif", 1)], &[("a.gif", 2)], ""),
            (&[("a.gif", 1)], &[("b.gif", 1)], "a.gif>b.gif"),
            (&[("a.gif", 1), ("b.gif", 1)], &[("b.gif", 1)], "a.gif"),
            (&[("f/a.gif", 1)], &[], "f/a.gif"),
            (&[("f/a.gif", 1)], &[("f!", 0)], ""),
            (&[("f/g/a.gif", 1), ("f/g/b.gif", 2)], &[("f!", 0)], ""),
            (&[("f/a.gif", 1), ("g/a.gif", 2)], &[("f!", 0)], "g/a.gif"),
            (&[("f/a.gif", 1)], &[("g/a.gif", 1)], "f/a.gif>g/a.gif"),
        ];
        for (first, second, want) in table {
            let mut picture = Picture::default();
            picture.merge(look(first), Duration::from_secs(1));
            for item in picture.folders.values_mut().flat_map(|f| f.files.values_mut()) {
                item.sent = item.rest.map(|rest| Sent { clip: rest.stamp, sidecar: None });
            }
            let gone = picture.merge(look(second), Duration::from_secs(2)).gone;
            let shown = gone.iter().map(|g| match &g.now_at {
                Some(new) => format!("{}>{new}", g.path),
                None => g.path.to_string(),
            });
            assert_eq!(shown.collect::<Vec<_>>().join(" "), *want, "{first:?} {second:?}");
        }
    }

    #[test]
    fn another_folder_under_a_known_name_is_new() {
        let mut picture = Picture::default();
        let with = |ino| {
            let mut scan = look(&[("f/a.gif", 1)]);
            scan.folders.values_mut().for_each(|listing| listing.identity = (1, ino));
            scan
        };
        picture.merge(with(5), Duration::ZERO);
        picture.settle_folders(Duration::from_secs(1), Duration::from_secs(1));
        assert!(picture.folders[&path("f")].known);
        picture.merge(with(5), Duration::from_secs(2));
        assert!(picture.folders[&path("f")].known);
        picture.merge(with(6), Duration::from_secs(3));
        assert!(!picture.folders[&path("f")].known);
    }

    /// A folder by path, with the mount it is seen through.
    fn mounted(folders: &[(&str, u64)], files: &[(&str, u64)]) -> Scan {
        let mut scan = look(files);
        for (name, mount) in folders {
            let listing = scan.folders.entry(path(name)).or_default();
            (listing.mount, listing.identity) = (*mount, (*mount, 7));
        }
        scan
    }

    /// A share mounted inside the inbox that is not mounted any more takes nothing with it, and a look that did not come
    /// to its parent says no more.
    #[test]
    fn what_was_mounted_is_away_and_not_deleted() {
        type Row<'a> = (&'a str, &'a [(&'a str, u64)], &'a [(&'a str, u64)], &'a [&'a str], &'a str);
        let table: &[Row<'_>] = &[
            ("its bare mount point shows", &[("", 1), ("nas", 1)], &[], &[], ""),
            ("strangers on its bare mount point", &[("", 1), ("nas", 1)], &[("nas/x.gif", 5)], &[], ""),
            ("the mount point went with it", &[("", 1)], &[], &[], ""),
            ("seen by a look that left out the inbox itself", &[("nas", 1)], &[], &[""], ""),
            ("another share in its place", &[("", 1), ("nas", 3)], &[], &[], "nas/a.gif"),
            ("emptied", &[("", 1), ("nas", 2)], &[], &[], "nas/a.gif"),
        ];
        for (name, folders, files, same, want) in table {
            let mut picture = Picture::default();
            picture.merge(mounted(&[("", 1), ("nas", 2)], &[("nas/a.gif", 1)]), Duration::from_secs(1));
            for item in picture.folders.values_mut().flat_map(|f| f.files.values_mut()) {
                item.sent = item.rest.map(|rest| Sent { clip: rest.stamp, sidecar: None });
            }
            let mut scan = mounted(folders, files);
            for folder in *same {
                scan.folders.remove(&path(folder));
                scan.same.insert(path(folder));
            }
            let gone = picture.merge(scan, Duration::from_secs(2)).gone;
            let gone: Vec<_> = gone.iter().map(|gone| gone.path.to_string()).collect();
            assert_eq!(gone.join(" "), *want, "{name}");
            let known = picture.folders.get(&path("nas")).map_or(0, |nas| nas.files.len());
            assert_eq!(known, usize::from(want.is_empty()), "{name}");
        }
    }

    /// What a hint brought between two listings that are alike goes with the second one, and its folder is decided about.
    #[test]
    fn a_name_that_came_and_went_between_two_listings_is_not_forgotten() {
        let mut picture = Picture::default();
        picture.merge(look(&[("a.gif", 1)]), Duration::from_secs(1));
        picture.merge_one(&path("b.txt"), stamp(2), true, Duration::from_secs(2));
        let root = RelPath::root();
        for folder in picture.folders.values_mut() {
            folder.pair(Duration::from_secs(2));
            folder.stale = false;
        }
        let mut again = look(&[("a.gif", 1)]);
        again.folders.values_mut().for_each(|listing| listing.at = Duration::from_secs(3));
        picture.merge(again, Duration::from_secs(4));
        let folder = &picture.folders[&root];
        assert!(!folder.files.contains_key(&path("b.txt")) && folder.stale && folder.pairs.is_none());
    }

    /// A hint that comes while a look is under way knows more than the look.
    #[test]
    fn a_listing_begun_before_a_hint_takes_nothing_back() {
        let mut picture = Picture::default();
        picture.merge(look(&[("a.gif", 1)]), Duration::from_secs(1));
        assert!(picture.merge_one(&path("b.gif"), stamp(2), true, Duration::from_secs(5)));
        assert!(picture.merge_one(&path("a.gif"), stamp(3), true, Duration::from_secs(5)));
        let mut old = look(&[("a.gif", 1)]);
        old.folders.values_mut().for_each(|listing| listing.at = Duration::from_secs(4));
        picture.merge(old, Duration::from_secs(6));
        let files = &picture.folders[&RelPath::root()].files;
        let seen = |name: &str| files.get(&path(name)).and_then(|item| item.rest).map(|rest| rest.stamp.ino);
        assert_eq!((seen("a.gif"), seen("b.gif")), (Some(3), Some(2)));
        // The next one was begun later, and is believed.
        let mut new = look(&[("a.gif", 3)]);
        new.folders.values_mut().for_each(|listing| listing.at = Duration::from_secs(7));
        picture.merge(new, Duration::from_secs(8));
        assert!(!picture.folders[&RelPath::root()].files.contains_key(&path("b.gif")));
    }

    #[test]
    fn a_file_that_cannot_be_looked_at_is_not_gone() {
        let mut picture = Picture::default();
        picture.merge(look(&[("a.gif", 1), ("b.gif", 2)]), Duration::from_secs(1));
        let mut scan = look(&[("b.gif", 2)]);
        scan.unseen.insert(path("a.gif"), "stale".to_owned());
        picture.merge(scan, Duration::from_secs(2));
        assert!(picture.folders[&RelPath::root()].files.contains_key(&path("a.gif")));
        assert_eq!(picture.closed[&path("a.gif")].what, What::Clip);
    }
}
