//! Are two folders one, or one inside the other? By path, by device and inode, and by a file put into one of
//! them: the same share mounted twice has two paths and two device numbers.

use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags, openat};

use super::look::statx_of;
use super::{Dir, Type, resolve, temp_name};
use crate::job::RelPath;

/// How many folders are looked into for the probe file; a tree of more is taken as apart.
const LOOK_AT_MOST: usize = 2_000;

/// How two folders lie to each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Relation {
    /// Neither holds the other.
    Apart,
    /// They are one folder.
    Same,
    /// The first lies inside the second.
    FirstInSecond,
    /// The second lies inside the first.
    SecondInFirst,
}

impl Relation {
    const fn turned(self) -> Self {
        match self {
            Self::FirstInSecond => Self::SecondInFirst,
            Self::SecondInFirst => Self::FirstInSecond,
            other => other,
        }
    }
}

/// How two folders lie to each other. Nothing stays behind; where neither can be written, the probe is left out.
///
/// # Errors
/// Those of looking: a share that is away can't be judged.
pub fn relation(first: &Dir, second: &Dir) -> io::Result<Relation> {
    let by_path = by_path(&real(first.path()), &real(second.path()));
    if by_path != Relation::Apart {
        return Ok(by_path);
    }
    if holds(first, second)? {
        return Ok(if holds(second, first)? { Relation::Same } else { Relation::SecondInFirst });
    }
    if holds(second, first)? {
        return Ok(Relation::FirstInSecond);
    }
    match by_probe(first, second)? {
        Relation::Apart => Ok(by_probe(second, first)?.turned()),
        found => Ok(found),
    }
}

fn real(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

fn by_path(first: &Path, second: &Path) -> Relation {
    match (first.starts_with(second), second.starts_with(first)) {
        (true, true) => Relation::Same,
        (true, false) => Relation::FirstInSecond,
        (false, true) => Relation::SecondInFirst,
        (false, false) => Relation::Apart,
    }
}

/// Whether `inner` is `outer` or lies in it, by going up from `inner`.
fn holds(outer: &Dir, inner: &Dir) -> io::Result<bool> {
    let wanted = outer.identity()?;
    let up = |fd: &OwnedFd| openat(fd, "..", resolve::FOLDER | OFlags::CLOEXEC, Mode::empty());
    let mut at = openat(inner.as_fd(), ".", resolve::FOLDER | OFlags::CLOEXEC, Mode::empty())?;
    let mut seen = None;
    loop {
        let stamp = statx_of(at.as_fd())?.stamp;
        let here = (stamp.dev, stamp.ino);
        if here == wanted {
            return Ok(true);
        }
        // The top is its own parent.
        if seen == Some(here) {
            return Ok(false);
        }
        seen = Some(here);
        at = up(&at)?;
    }
}

/// Puts a file into `first` and looks for it in `second` and below.
fn by_probe(first: &Dir, second: &Dir) -> io::Result<Relation> {
    let probe = temp_name();
    match first.create_new(&probe, 0o600) {
        Ok(file) => drop(file),
        Err(error) if cannot_write(&error) => return Ok(Relation::Apart),
        Err(error) => return Err(error),
    }
    let found = find(second, &probe);
    first.remove(&probe)?;
    Ok(match found? {
        None => Relation::Apart,
        Some(folder) if folder.as_bytes().is_empty() => Relation::Same,
        Some(_) => Relation::FirstInSecond,
    })
}

fn cannot_write(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::PermissionDenied
            | io::ErrorKind::ReadOnlyFilesystem
            | io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
    )
}

/// The folder below `dir` in which `probe` shows, breadth first.
fn find(dir: &Dir, probe: &RelPath) -> io::Result<Option<RelPath>> {
    let (mut queue, mut looked) = (VecDeque::from([RelPath::root()]), 0);
    while let Some(folder) = queue.pop_front() {
        // A folder that went away, or that is closed to us, holds nothing of ours.
        let Ok(below) = dir.below(&folder) else { continue };
        if below.stat(probe)?.is_some() {
            return Ok(Some(folder));
        }
        looked += 1;
        if looked + queue.len() < LOOK_AT_MOST {
            let names = below.list(&RelPath::root()).unwrap_or_default();
            let folders = names.into_iter().filter(|(_, t)| matches!(t, Type::Folder | Type::Unknown));
            queue.extend(folders.filter_map(|(name, _)| folder.join(&name)));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn tree() -> (tempfile::TempDir, impl Fn(&str) -> Dir) {
        let top = tempfile::tempdir().unwrap();
        let base = top.path().to_owned();
        for name in ["in/deep", "out", "inbox"] {
            std::fs::create_dir_all(base.join(name)).unwrap();
        }
        symlink("in", base.join("alias")).unwrap();
        symlink("in/deep", base.join("deep")).unwrap();
        (top, move |name| Dir::open(&base.join(name)).unwrap())
    }

    const CASES: [(&str, &str, Relation); 8] = [
        ("in", "out", Relation::Apart),
        ("in", "inbox", Relation::Apart),
        ("in", "in", Relation::Same),
        ("in", "alias", Relation::Same),
        ("in", "in/deep", Relation::SecondInFirst),
        ("in/deep", "alias", Relation::FirstInSecond),
        ("deep", "in", Relation::FirstInSecond),
        ("deep", "out", Relation::Apart),
    ];

    #[test]
    fn all_ways_together() {
        let (_top, open) = tree();
        for (a, b, wanted) in CASES {
            assert_eq!(relation(&open(a), &open(b)).unwrap(), wanted, "{a} {b}");
        }
    }

    /// The probe alone finds what paths and inodes may hide, and leaves nothing behind.
    #[test]
    fn the_probe_by_itself() {
        let (top, open) = tree();
        for (a, b, wanted) in CASES {
            let (a, b) = (open(a), open(b));
            let found = match by_probe(&a, &b).unwrap() {
                Relation::Apart => by_probe(&b, &a).unwrap().turned(),
                found => found,
            };
            assert_eq!(found, wanted);
        }
        for name in ["in/deep", "out", "inbox"] {
            assert_eq!(std::fs::read_dir(top.path().join(name)).unwrap().count(), 0, "{name}");
        }
    }

    #[test]
    fn inodes_by_themselves() {
        let (_top, open) = tree();
        assert!(holds(&open("in"), &open("deep")).unwrap());
        assert!(holds(&open("alias"), &open("in")).unwrap());
        assert!(!holds(&open("deep"), &open("in")).unwrap());
        assert!(!holds(&open("out"), &open("in/deep")).unwrap());
    }
}
