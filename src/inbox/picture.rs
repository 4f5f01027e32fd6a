//! What is known of the whole inbox. Pure.
//!
//! Full looks and single hints are merged here by the same rules. Only a full look takes anything out.

use std::collections::BTreeMap;
use std::time::Duration;

use super::folder::{Folder, Item, is_rule};
use super::names;
use super::report::Gone;
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

/// A folder that was not entered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct NotEntered {
    /// Why not; `None`: it lies too deep.
    pub why: Option<String>,
    /// Since when.
    pub since: Duration,
}

impl Picture {
    /// Merges a full look that ended at `now`; what had arrived and isn't there any more comes back.
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
            self.look_everywhere();
        }
        let gone = lost.into_iter().filter_map(|(path, item)| self.gone(path, item)).collect();
        self.scanned = now;
        gone
    }

    /// Merges a look at one file; `false` where only a full look can tell what that means.
    pub(super) fn merge_one(&mut self, path: &RelPath, stamp: Stamp, closed: bool, now: Duration) -> bool {
        let Some(folder) = self.folders.get_mut(&path.parent()) else { return false };
        let is_new = !folder.files.contains_key(path);
        let changed = folder.merge_file(path, names::kind(path), Some(stamp), now);
        if let (true, Some(item)) = (is_new, folder.files.get_mut(path)) {
            item.by_event = true;
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

    /// The nearest `default.txt` upward that is no clip's own text.
    pub(super) fn default_for(&self, folder: &RelPath) -> Option<(&RelPath, &Item)> {
        ancestors(folder).find_map(|path| self.folders.get(&path)?.default_text())
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
            let gone = picture.merge(look(second), Duration::from_secs(2));
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
}
