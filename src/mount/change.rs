//! Changing: make, name, replace, remove, and make it last. Nothing here overwrites what is not our own.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::time::Duration;

use rustix::fs::{
    Access, AtFlags, Gid, Mode, OFlags, RenameFlags, accessat, fchmod, fchown, fsync, linkat, mkdirat,
    renameat, renameat_with, unlinkat,
};
use rustix::io::Errno;

use super::look::{entry_at, statx_of};
use super::{Dir, OpenError, Type, resolve};
use crate::job::{RelPath, Stamp};

/// What became of a file that was to be removed if it is still the one known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Removal {
    /// It is gone now.
    Removed,
    /// It was gone already.
    Missing,
    /// Another file, or other contents, lie there now; left alone.
    Changed,
}

impl Dir {
    /// Makes a folder and those above it, with mode and group as the folder they are made in has them.
    /// One that is there already is fine. Each folder made costs one fsync.
    ///
    /// # Errors
    /// Those of `mkdir`; a symbolic link or a file on the way is one.
    pub fn make_below(&self, rel: &RelPath) -> io::Result<()> {
        if self.holds_folder(rel)? {
            return Ok(());
        }
        let mut at = self.clone();
        for name in rel.names() {
            let one = RelPath::root().join(name).ok_or(Errno::INVAL)?;
            // Made with its mode at once: the set-group-ID bit comes from the folder above, and systemd's
            // `RestrictSUIDSGID=` refuses to have it set again later.
            let mode = Mode::from_raw_mode(statx_of(at.as_fd())?.mode & 0o1777 | 0o700);
            let fresh = match mkdirat(at.as_fd(), name, mode) {
                Ok(()) => true,
                Err(Errno::EXIST) => false,
                Err(error) => return Err(error.into()),
            };
            let next = at.below(&one)?;
            if fresh {
                next.take_after(&at)?;
                at.sync(&RelPath::root())?;
            }
            at = next;
        }
        Ok(())
    }

    /// Gives a new folder the group and mode of the one above, as far as we are allowed to.
    fn take_after(&self, above: &Self) -> io::Result<()> {
        let (own, wanted) = (statx_of(self.as_fd())?, statx_of(above.as_fd())?);
        let open = resolve::open(self.as_fd(), &RelPath::root(), OFlags::DIRECTORY, Mode::empty())?;
        if own.gid != wanted.gid {
            let _ = fchown(&open, None, Some(Gid::from_raw(wanted.gid)));
        }
        let mode = wanted.mode & 0o3777 | 0o700;
        if statx_of(self.as_fd())?.mode & 0o3777 != mode {
            // Network file systems may refuse a chmod; the folder works all the same.
            let _ = fchmod(&open, Mode::from_raw_mode(mode));
        }
        Ok(())
    }

    /// Makes a file that wasn't there, open for reading and writing, with exactly this mode where the file
    /// system lets us.
    ///
    /// # Errors
    /// `AlreadyExists`, and those of `open`.
    pub fn create_new(&self, rel: &RelPath, mode: u32) -> io::Result<File> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL;
        let mode = Mode::from_raw_mode(mode & 0o7777);
        let file = File::from(resolve::open(self.as_fd(), rel, flags, mode)?);
        if statx_of(file.as_fd())?.mode != mode.as_raw_mode() {
            let _ = fchmod(&file, mode);
        }
        Ok(file)
    }

    /// Opens a regular file of our own for reading and writing, at its start; never through a link.
    ///
    /// # Errors
    /// Those of `open`; `InvalidInput` for anything but a regular file with this one name.
    pub fn open_own(&self, rel: &RelPath) -> io::Result<File> {
        let fd = resolve::open(self.as_fd(), rel, OFlags::RDWR | OFlags::NONBLOCK, Mode::empty())?;
        let entry = statx_of(fd.as_fd())?;
        if entry.kind == Type::File && entry.nlink == 1 { Ok(fd.into()) } else { Err(Errno::INVAL.into()) }
    }

    /// Gives a file another name, also in another folder, never over something that is there.
    ///
    /// # Errors
    /// `AlreadyExists` when the name is taken, `CrossesDevices` between file systems.
    pub fn rename_new(&self, from: &RelPath, to_dir: &Self, to: &RelPath) -> io::Result<()> {
        let (old, new) = (self.parent_of(from)?, to_dir.parent_of(to)?);
        let (old_name, new_name) = (from.name(), to.name());
        let rename = || renameat_with(old.as_fd(), old_name, new.as_fd(), new_name, RenameFlags::NOREPLACE);
        match patiently(rename) {
            // NFS knows no flags, FUSE often not the call.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
                link_and_unlink(&old, old_name, &new, new_name)
            }
            done => Ok(done?),
        }
    }

    /// Gives a file another name in its file system, over whatever is there: only for notes of our own.
    ///
    /// # Errors
    /// Those of `rename`.
    pub fn replace(&self, from: &RelPath, to: &RelPath) -> io::Result<()> {
        let (old, new) = (self.parent_of(from)?, self.parent_of(to)?);
        Ok(patiently(|| renameat(old.as_fd(), from.name(), new.as_fd(), to.name()))?)
    }

    /// Removes a file; `false` where there was none.
    ///
    /// # Errors
    /// Those of `unlink`; a folder is one.
    pub fn remove(&self, rel: &RelPath) -> io::Result<bool> {
        let gone = self.parent_of(rel).and_then(|parent| {
            patiently(|| unlinkat(parent.as_fd(), rel.name(), AtFlags::empty())).map_err(io::Error::from)
        });
        match gone {
            Ok(()) => Ok(true),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(e) => Err(e),
        }
    }

    /// Removes a file if it is still the very one, unchanged, that `known` was taken of.
    ///
    /// # Errors
    /// Those of `stat` and `unlink`.
    pub fn remove_if_same(&self, rel: &RelPath, known: &Stamp) -> io::Result<Removal> {
        match self.stat(rel)? {
            None => Ok(Removal::Missing),
            Some(now) if now.kind != Type::File || now.stamp != *known => Ok(Removal::Changed),
            Some(_) => Ok(if self.remove(rel)? { Removal::Removed } else { Removal::Missing }),
        }
    }

    /// Whether names in a folder may be taken away and given.
    ///
    /// # Errors
    /// Read-only or no permission, as a rename would say.
    pub fn prove_changeable(&self, rel_folder: &RelPath) -> io::Result<()> {
        let folder = self.below(rel_folder)?;
        Ok(accessat(folder.as_fd(), ".", Access::WRITE_OK | Access::EXEC_OK, AtFlags::EACCESS)?)
    }

    /// Removes a folder if nothing is in it; `false` where something is, or where it wasn't there.
    ///
    /// # Errors
    /// Those of `rmdir`.
    pub fn remove_empty_folder(&self, rel: &RelPath) -> io::Result<bool> {
        match unlinkat(self.parent_of(rel)?.as_fd(), rel.name(), AtFlags::REMOVEDIR) {
            Ok(()) => Ok(true),
            Err(Errno::NOTEMPTY | Errno::EXIST | Errno::NOENT) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes the names in a folder last: one fsync. File systems that can't sync a folder are left alone.
    ///
    /// # Errors
    /// Those of `fsync`, which must not be tried again.
    pub fn sync(&self, rel_folder: &RelPath) -> io::Result<()> {
        let fd = resolve::open(self.as_fd(), rel_folder, OFlags::DIRECTORY, Mode::empty())?;
        match fsync(fd) {
            Err(Errno::INVAL | Errno::NOTSUP) => Ok(()),
            done => Ok(done?),
        }
    }
}

/// A rename that doesn't overwrite, where the kernel has none: a second name, then the first one goes.
fn link_and_unlink(old: &Dir, old_name: &[u8], new: &Dir, new_name: &[u8]) -> io::Result<()> {
    match linkat(old.as_fd(), old_name, new.as_fd(), new_name, AtFlags::empty()) {
        Ok(()) => {}
        // A reply lost on the way and asked for again: the second name is ours.
        Err(Errno::EXIST) if both_names(old, old_name, new, new_name)? => {}
        Err(error) if may_lack_links(error) => return mark_and_rename(old, old_name, new, new_name),
        Err(error) => return Err(error.into()),
    }
    if let Err(error) = patiently(|| unlinkat(old.as_fd(), old_name, AtFlags::empty())) {
        // Where the call was done and its answer lost, the second name is the only one.
        if entry_at(old.as_fd(), old_name).is_ok() {
            let _ = unlinkat(new.as_fd(), new_name, AtFlags::empty());
        }
        return Err(error.into());
    }
    Ok(())
}

/// What file systems without hard links answer: rclone says EIO. One that is truly broken fails the next call as well.
const fn may_lack_links(error: Errno) -> bool {
    matches!(
        error,
        Errno::PERM | Errno::NOTSUP | Errno::NOSYS | Errno::MLINK | Errno::INVAL | Errno::ACCESS | Errno::IO
    )
}

/// Whether two different names stand for one file.
fn both_names(old: &Dir, old_name: &[u8], new: &Dir, new_name: &[u8]) -> io::Result<bool> {
    let (a, b) = (entry_at(old.as_fd(), old_name)?, entry_at(new.as_fd(), new_name)?);
    Ok(a.nlink > 1 && a.stamp.same_file(&b.stamp))
}

/// The last resort, without hard links: the name is reserved by a small file of ours, then renamed over. A stop between
/// the two leaves that file; it says what it waits for, so that the same rename, tried again, goes on.
fn mark_and_rename(old: &Dir, old_name: &[u8], new: &Dir, new_name: &[u8]) -> io::Result<()> {
    let marker = RelPath::root().join(new_name).ok_or(Errno::INVAL)?;
    let words = [PLACE_TAKEN, old_name].concat();
    let kept = match new.create_new(&marker, 0o600) {
        Ok(mut file) => file.write_all(&words),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && says(new, &marker, &words)? => Ok(()),
        Err(error) => return Err(error),
    };
    let rename = || patiently(|| renameat(old.as_fd(), old_name, new.as_fd(), new_name));
    let renamed = kept.and_then(|()| Ok(rename()?));
    let Err(error) = renamed else { return Ok(()) };
    // Where the call was done and its answer lost, what has the name now is the file itself.
    let cleared = says(new, &marker, &words)? && new.remove(&marker)?;
    // A file system whose rename gives way to a file of ours gives way to anybody's.
    if error.kind() == io::ErrorKind::AlreadyExists && cleared {
        return Ok(rename()?);
    }
    Err(error)
}

/// Makes a call again that found a file busy: some shares rename and remove none that is open, and where a program
/// serves the share a file that was closed stays open for a moment.
fn patiently(mut call: impl FnMut() -> rustix::io::Result<()>) -> rustix::io::Result<()> {
    for _ in 0..BUSY_LOOKS {
        match call() {
            Err(Errno::BUSY) => std::thread::sleep(BUSY_WAIT),
            done => return done,
        }
    }
    call()
}

/// A second, all in all.
const BUSY_LOOKS: u32 = 40;
const BUSY_WAIT: Duration = Duration::from_millis(25);

/// What a file says that only keeps a name for another one; that one's name follows.
const PLACE_TAKEN: &[u8] = b"dakbox keeps this name for: ";

/// Whether a regular file holds exactly these words.
fn says(folder: &Dir, name: &RelPath, words: &[u8]) -> io::Result<bool> {
    match folder.open_file(name) {
        Ok(opened) if opened.stamp.size == words.len() as u64 => {
            let mut read = Vec::new();
            opened.file.take(words.len() as u64 + 1).read_to_end(&mut read)?;
            Ok(read == words)
        }
        Err(OpenError::Io(error)) => Err(error),
        _ => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    fn rel(text: &str) -> RelPath {
        RelPath::from_bytes(text.as_bytes()).unwrap()
    }

    fn put(dir: &Dir, name: &str, text: &str) {
        dir.create_new(&rel(name), 0o664).unwrap().write_all(text.as_bytes()).unwrap();
    }

    fn read(dir: &Dir, name: &str) -> String {
        std::fs::read_to_string(rel(name).below(dir.path())).unwrap()
    }

    #[test]
    fn new_folders_take_after_the_one_above() {
        let top = tempfile::tempdir().unwrap();
        std::fs::set_permissions(top.path(), std::fs::Permissions::from_mode(0o2775)).unwrap();
        let dir = Dir::make(&top.path().join("clips/outbox")).unwrap();
        dir.make_below(&rel("a/b")).unwrap();
        dir.make_below(&rel("a/b")).unwrap();
        for name in ["clips", "clips/outbox", "clips/outbox/a/b"] {
            let seen = std::fs::metadata(top.path().join(name)).unwrap();
            assert_eq!(seen.mode() & 0o7777, 0o2775, "{name}");
        }
        put(&dir, "a/file", "");
        symlink("/tmp", top.path().join("clips/outbox/link")).unwrap();
        for bad in ["a/file", "a/file/x", "link/x"] {
            assert!(dir.make_below(&rel(bad)).is_err(), "{bad}");
        }
        assert!(Dir::make(&top.path().join("none/../x")).is_err());
        assert_eq!(std::fs::metadata(top.path().join("clips/outbox/a/file")).unwrap().mode() & 0o777, 0o664);
    }

    /// The three ways to name a file have one contract.
    #[test]
    fn nothing_is_overwritten_whichever_way_the_kernel_knows() {
        type Way = fn(&Dir, &[u8], &Dir, &[u8]) -> io::Result<()>;
        let by_call: Way = |old, a, new, b| {
            let path = |name| RelPath::from_bytes(name).unwrap();
            old.rename_new(&path(a), new, &path(b))
        };
        for way in [by_call, link_and_unlink, mark_and_rename] {
            let top = tempfile::tempdir().unwrap();
            let dir = Dir::open(top.path()).unwrap();
            put(&dir, "taken", "old");
            symlink("nowhere", top.path().join("link")).unwrap();
            put(&dir, "part", "new");
            for taken in ["taken", "link"] {
                let error = way(&dir, b"part", &dir, taken.as_bytes()).unwrap_err();
                assert_eq!(error.kind(), io::ErrorKind::AlreadyExists, "{taken}");
            }
            way(&dir, b"part", &dir, b"free").unwrap();
            assert_eq!((read(&dir, "taken"), read(&dir, "free")), ("old".into(), "new".into()));
            let error = way(&dir, b"part", &dir, b"other").unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::NotFound);
            let names: BTreeSet<_> =
                dir.list(&RelPath::root()).unwrap().into_iter().map(|(n, _)| n).collect();
            assert_eq!(names, [&b"free"[..], b"link", b"taken"].map(<[u8]>::to_vec).into());
        }
    }

    #[test]
    fn a_link_left_by_a_stop_is_finished() {
        let top = tempfile::tempdir().unwrap();
        let dir = Dir::open(top.path()).unwrap();
        put(&dir, "part", "film");
        std::fs::hard_link(top.path().join("part"), top.path().join("final")).unwrap();
        link_and_unlink(&dir, b"part", &dir, b"final").unwrap();
        assert_eq!(dir.stat(&rel("part")).unwrap(), None);
        assert_eq!(read(&dir, "final"), "film");
        let error = link_and_unlink(&dir, b"final", &dir, b"final").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists, "one name is not two");
    }

    /// A stop between the reserved name and the rename: the same rename goes on, any other one finds the name taken.
    #[test]
    fn a_name_kept_by_a_stop_is_used_by_the_file_it_was_kept_for() {
        let top = tempfile::tempdir().unwrap();
        let dir = Dir::open(top.path()).unwrap();
        put(&dir, "part", "film");
        put(&dir, "final", "dakbox keeps this name for: part");
        put(&dir, "party", "another");
        for other in ["party", "par"] {
            let error = mark_and_rename(&dir, other.as_bytes(), &dir, b"final").unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::AlreadyExists, "{other}");
        }
        mark_and_rename(&dir, b"part", &dir, b"final").unwrap();
        assert_eq!((read(&dir, "final"), read(&dir, "party")), ("film".into(), "another".into()));
        assert_eq!(dir.stat(&rel("part")).unwrap(), None);
        put(&dir, "part", "second");
        put(&dir, "empty", "");
        for taken in ["final", "empty"] {
            let error = mark_and_rename(&dir, b"part", &dir, taken.as_bytes()).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::AlreadyExists, "{taken}");
        }
    }

    #[test]
    fn only_the_file_that_was_known_is_removed() {
        let top = tempfile::tempdir().unwrap();
        let dir = Dir::open(top.path()).unwrap();
        put(&dir, "clip", "one");
        let known = dir.stat(&rel("clip")).unwrap().unwrap().stamp;
        std::fs::write(top.path().join("clip"), "two, in place").unwrap();
        assert_eq!(dir.remove_if_same(&rel("clip"), &known).unwrap(), Removal::Changed);
        let known = dir.stat(&rel("clip")).unwrap().unwrap().stamp;
        assert_eq!(dir.remove_if_same(&rel("clip"), &known).unwrap(), Removal::Removed);
        assert_eq!(dir.remove_if_same(&rel("clip"), &known).unwrap(), Removal::Missing);
        assert!(!dir.remove(&rel("clip")).unwrap());
        assert!(dir.remove(&RelPath::root()).is_err());
    }

    #[test]
    fn a_folder_that_was_moved_away_is_noticed() {
        let top = tempfile::tempdir().unwrap();
        let dir = Dir::make(&top.path().join("inbox")).unwrap();
        assert!(!dir.moved().unwrap());
        dir.sync(&RelPath::root()).unwrap();
        assert!(dir.free().unwrap() > 0);
        std::fs::rename(top.path().join("inbox"), top.path().join("elsewhere")).unwrap();
        assert!(dir.moved().unwrap());
        std::fs::create_dir(top.path().join("inbox")).unwrap();
        assert!(dir.moved().unwrap(), "another folder of that name is another folder");
    }
}
