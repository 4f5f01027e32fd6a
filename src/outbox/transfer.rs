//! One file from one folder to another, by name or by bytes, and only if it is the one meant.

use std::fs::{File, FileTimes, Permissions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;

use super::file::{folder_at, hash_of, one, temp_in};
use super::item::{Fate, Item};
use super::recover::is_ours;
use crate::job::{ContentHash, RelPath, Stamp};
use crate::mount::{Dir, OpenError, Opened, Type, stamp_of};

/// What lies in the inbox where something was bound.
#[derive(Clone, Copy)]
pub(super) enum Lies {
    Nothing,
    /// Another file, or other contents.
    Other,
    /// What was bound, and how it reads now.
    Bound(Stamp),
}

pub(super) fn lies(inbox: &Dir, item: &Item) -> io::Result<Lies> {
    let Some(now) = inbox.stat(&item.from)? else { return Ok(Lies::Nothing) };
    let same_bytes = |hash| is_ours(inbox, &item.from, now.stamp.size, hash);
    let bound = if now.kind != Type::File {
        false
    } else if now.stamp == item.known {
        item.hash.as_ref().map_or(Ok(true), same_bytes)?
    } else if let Some(known) = item
        .hash
        .as_ref()
        .or(item.content.as_ref())
        .filter(|_| now.nlink == 1 && now.stamp.same_contents(&item.known))
    {
        // Only its ctime has moved, as by a rename there and back: its bytes decide.
        same_bytes(known)?
    } else {
        item.is_renumbered(inbox, &item.from, &now.stamp, false)?
    };
    Ok(if bound { Lies::Bound(now.stamp) } else { Lies::Other })
}

/// Whether what lies in the inbox is what was bound; `None` where nothing does.
pub(super) fn is_bound(inbox: &Dir, item: &Item) -> io::Result<Option<bool>> {
    Ok(match lies(inbox, item)? {
        Lies::Nothing => None,
        lies => Some(matches!(lies, Lies::Bound(_))),
    })
}

/// Moves one file, and looks afterwards whether it was the one meant: names can be swapped at any moment.
pub(super) fn take(inbox: &Dir, item: &Item, store: &Dir, to: &RelPath) -> io::Result<Fate> {
    match inbox.rename_new(&item.from, store, to) {
        Err(error) => match error.kind() {
            io::ErrorKind::NotFound => Ok(Fate::Missing),
            io::ErrorKind::CrossesDevices => copy(inbox, item, store, to),
            _ => Err(error),
        },
        Ok(()) => match store.stat(to)? {
            Some(now) if !item.is(store, to, &now.stamp, true)? => {
                // Back to where it was; where even that name is taken by now, it stays, whole.
                Ok(store
                    .rename_new(to, inbox, &item.from)
                    .map_or_else(|_| Fate::Moved(to.clone()), |()| Fate::Changed))
            }
            _ => Ok(Fate::Moved(to.clone())),
        },
    }
}

/// Copies one file to another file system. The source stays, until the copy's name lasts as well.
fn copy(inbox: &Dir, item: &Item, store: &Dir, to: &RelPath) -> io::Result<Fate> {
    let mut source = match inbox.open_file(&item.from) {
        Ok(opened) if opened.stamp == item.known => opened,
        Err(OpenError::Missing) => return Ok(Fate::Missing),
        Err(OpenError::Io(error)) => return Err(error),
        Ok(_) | Err(_) => return Ok(Fate::Changed),
    };
    // Where the source can't be removed afterwards, no copy is made.
    inbox.prove_changeable(&item.from.parent())?;
    let folder = folder_at(store, &to.parent())?;
    let (part, file) = temp_in(&folder)?;
    let name = one(to.name())?;
    let copied = copy_bytes(&mut source, file).and_then(|whole| {
        if whole { folder.rename_new(&part, &folder, &name).map(|()| true) } else { Ok(false) }
    });
    if !matches!(copied, Ok(true)) {
        let _ = folder.remove(&part);
        return copied.map(|_| Fate::Changed);
    }
    Ok(Fate::Moved(to.clone()))
}

/// Copies bytes, mode and time; `false` when the source changed meanwhile.
fn copy_bytes(source: &mut Opened, mut to: File) -> io::Result<bool> {
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let n = source.file.read(&mut buffer)?;
        if n == 0 {
            break;
        }
        hasher.update(&buffer[..n]);
        to.write_all(&buffer[..n])?;
    }
    // Some file systems keep neither mode nor time; the bytes count.
    let _ = to.set_permissions(Permissions::from_mode(source.mode & 0o777));
    let _ = source.file.metadata()?.modified().and_then(|t| to.set_times(FileTimes::new().set_modified(t)));
    to.sync_all()?;
    to.seek(SeekFrom::Start(0))?;
    if hash_of(&to)? != ContentHash::new(*hasher.finalize().as_bytes()) {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "the copy reads differently from what was written",
        ));
    }
    Ok(stamp_of(&source.file)? == source.stamp)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, symlink};
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    fn rel(text: &str) -> RelPath {
        RelPath::from_bytes(text.as_bytes()).unwrap()
    }

    fn world() -> (tempfile::TempDir, Dir, Dir, Item) {
        let top = tempfile::tempdir().unwrap();
        let inbox = Dir::make(&top.path().join("inbox")).unwrap();
        let store = Dir::make(&top.path().join("archive")).unwrap();
        let path = inbox.path().join("clip");
        std::fs::write(&path, "x".repeat(700_000)).unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        let file = File::options().write(true).open(&path).unwrap();
        file.set_times(FileTimes::new().set_modified(UNIX_EPOCH + Duration::from_secs(1_000_000))).unwrap();
        let known = stamp_of(&file).unwrap();
        (top, inbox, store, Item { from: rel("clip"), known, hash: None, content: None })
    }

    #[test]
    fn a_copy_keeps_bytes_mode_and_time() {
        let (_top, inbox, store, item) = world();
        assert_eq!(copy(&inbox, &item, &store, &rel("a/clip")).unwrap(), Fate::Moved(rel("a/clip")));
        let seen = std::fs::metadata(store.path().join("a/clip")).unwrap();
        assert_eq!((seen.len(), seen.mode() & 0o777, seen.mtime()), (700_000, 0o640, 1_000_000));
        assert_eq!(store.list(&rel("a")).unwrap().len(), 1);
        inbox.remove(&item.from).unwrap();
        assert_eq!(copy(&inbox, &item, &store, &rel("b")).unwrap(), Fate::Missing);
    }

    #[test]
    fn a_copy_never_overwrites_and_leaves_nothing_half() {
        let (_top, inbox, store, item) = world();
        std::fs::write(store.path().join("taken"), "t").unwrap();
        let error = copy(&inbox, &item, &store, &rel("taken")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        let changed = Item { known: crate::job::Stamp { size: 1, ..item.known }, ..item.clone() };
        assert_eq!(copy(&inbox, &changed, &store, &rel("b")).unwrap(), Fate::Changed);
        std::fs::rename(inbox.path().join("clip"), inbox.path().join("other")).unwrap();
        symlink("other", inbox.path().join("clip")).unwrap();
        assert_eq!(copy(&inbox, &item, &store, &rel("b")).unwrap(), Fate::Changed, "no link is followed");
        assert_eq!(is_bound(&inbox, &item).unwrap(), Some(false));
        assert_eq!(store.list(&RelPath::root()).unwrap().len(), 1);
        assert_eq!(std::fs::read(store.path().join("taken")).unwrap(), b"t");
    }

    /// Between the look and the rename somebody put another file under the name.
    #[test]
    fn the_wrong_file_goes_back() {
        let (_top, inbox, store, item) = world();
        std::fs::remove_file(inbox.path().join("clip")).unwrap();
        std::fs::write(inbox.path().join("clip"), "another").unwrap();
        assert_eq!(take(&inbox, &item, &store, &rel("clip")).unwrap(), Fate::Changed);
        assert_eq!(std::fs::read(inbox.path().join("clip")).unwrap(), b"another");
        assert_eq!(store.list(&RelPath::root()).unwrap(), []);
    }
}
