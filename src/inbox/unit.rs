//! Folders as units: which are still arriving, which are a project or a batch. Pure.

use std::collections::BTreeMap;
use std::time::Duration;

use super::names::{BATCH, fold};
use super::picture::Picture;
use super::project::PROJECT;
use crate::job::RelPath;

impl Picture {
    /// Finds out which new folders are still arriving, after a full look at `now`.
    ///
    /// A new folder and the new ones in it are one unit, until nothing in any of them changed for `wait`.
    pub(super) fn settle_folders(&mut self, now: Duration, wait: Duration) {
        let new = self.folders.iter().filter(|(_, folder)| !folder.known);
        let units: Vec<_> = new
            .map(|(path, folder)| (path.clone(), self.unit_of(path), folder.changed.saturating_add(wait)))
            .collect();
        let mut quiet_at: BTreeMap<&RelPath, Duration> = BTreeMap::new();
        for (_, unit, at) in &units {
            let latest = quiet_at.entry(unit).or_default();
            *latest = (*latest).max(*at);
        }
        for (path, unit, _) in &units {
            let Some(folder) = self.folders.get_mut(path) else { continue };
            let due = Some(quiet_at[unit]).filter(|at| *at > now);
            folder.stale |= folder.arriving != due || due.is_none();
            (folder.arriving, folder.known) = (due, due.is_none());
        }
    }

    /// The topmost folder on the way to `path` that is not known yet.
    fn unit_of(&self, path: &RelPath) -> RelPath {
        let is_new = |p: &RelPath| self.folders.get(p).is_some_and(|folder| !folder.known);
        ancestors(path).rfind(is_new).unwrap_or_else(|| path.clone())
    }

    /// The folder that makes this one (a part of) a project, or a batch. The inbox itself is never one.
    pub(super) fn unit(&self, path: &RelPath) -> Option<RelPath> {
        self.project(path).or_else(|| self.holds(path, BATCH).then(|| path.clone()))
    }

    /// The nearest folder upward that is a project.
    pub(super) fn project(&self, path: &RelPath) -> Option<RelPath> {
        let is_project = |p: &RelPath| fold(p.name()).ends_with(b".project") || self.holds(p, PROJECT);
        ancestors(path).find(is_project)
    }

    fn holds(&self, path: &RelPath, stem: &[u8]) -> bool {
        *path != RelPath::root() && self.folders.get(path).is_some_and(|folder| folder.has_marker(stem))
    }
}

/// The folder and those it lies in, the nearest first; the inbox itself is the last.
pub(super) fn ancestors(path: &RelPath) -> std::vec::IntoIter<RelPath> {
    let mut all = vec![path.clone()];
    while let Some(last) = all.last().filter(|p| **p != RelPath::root()) {
        all.push(last.parent());
    }
    all.into_iter()
}

/// Whether `path` is `top` or lies below it.
pub(super) fn is_below(path: &RelPath, top: &RelPath) -> bool {
    ancestors(path).any(|folder| folder == *top)
}

#[cfg(test)]
mod tests {
    use super::super::folder::Folder;
    use super::super::names::kind;
    use super::*;

    fn path(name: &str) -> RelPath {
        RelPath::from_bytes(name.as_bytes()).unwrap()
    }

    /// Folders with the second in which each changed; those before the `|` are known.
    fn picture(known: &[&str], new: &[(&str, u64)]) -> Picture {
        let mut picture = Picture::default();
        for name in known {
            picture.folders.insert(path(name), Folder { known: true, ..Folder::default() });
        }
        for (name, at) in new {
            let changed = Duration::from_secs(*at);
            picture.folders.insert(path(name), Folder { changed, ..Folder::default() });
        }
        picture
    }

    #[test]
    fn a_unit_is_quiet_when_all_of_it_is() {
        type Row<'a> = (&'a [&'a str], &'a [(&'a str, u64)], u64, &'a [&'a str]);
        let table: &[Row<'_>] = &[
            (&[""], &[("a", 0)], 59, &["a"]),
            (&[""], &[("a", 0)], 60, &[]),
            (&[""], &[("a", 0), ("a/b", 50)], 60, &["a", "a/b"]),
            (&[""], &[("a", 50), ("a/b", 0), ("a/b/c", 0)], 60, &["a", "a/b", "a/b/c"]),
            (&[""], &[("a", 0), ("a-b", 50)], 60, &["a-b"]),
            (&["", "a"], &[("a/b", 50), ("a/c", 0)], 60, &["a/b"]),
        ];
        for (known, new, now, arriving) in table {
            let mut picture = picture(known, new);
            picture.settle_folders(Duration::from_secs(*now), Duration::from_mins(1));
            let still: Vec<_> =
                picture.folders.iter().filter(|(_, f)| !f.known).map(|(p, _)| p.clone()).collect();
            assert_eq!(still, arriving.iter().map(|p| path(p)).collect::<Vec<_>>(), "{new:?} at {now}");
            assert!(picture.folders.values().all(|f| f.known == f.arriving.is_none()));
        }
    }

    #[test]
    fn what_makes_a_folder_a_unit() {
        let table = [
            ("project.txt", "", None),
            ("a/project.txt", "a", Some("a")),
            ("a/Project.TXT", "a/b", Some("a")),
            ("a/project.docx", "a", Some("a")),
            ("a/b/project.txt", "a", None),
            ("a/batch.txt", "a", Some("a")),
            ("a/batch.txt", "a/b", None),
            ("a/projects.txt", "a", None),
            ("My.Project/x.txt", "My.Project/b", Some("My.Project")),
        ];
        for (file, folder, want) in table {
            let mut picture = picture(&["", "a", "a/b", "My.Project", "My.Project/b"], &[]);
            let file = path(file);
            let home = picture.folders.get_mut(&file.parent()).unwrap();
            home.merge_file(&file, kind(&file), Some(stamp()), Duration::ZERO);
            home.pair(Duration::ZERO);
            assert_eq!(picture.unit(&path(folder)), want.map(path), "{file} for {folder}");
        }
    }

    fn stamp() -> crate::job::Stamp {
        crate::job::Stamp { dev: 1, ino: 1, size: 1, mtime_ns: 1, ctime_ns: 1 }
    }

    #[test]
    fn below_is_by_names() {
        for (one, top, want) in
            [("a/b", "a", true), ("a", "a", true), ("ab", "a", false), ("a", "a/b", false)]
        {
            assert_eq!(is_below(&path(one), &path(top)), want, "{one} {top}");
        }
    }
}
