//! Looking: open, stat and list, never through a link.

use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, RawDir, Statx, StatxFlags, makedev, statx};
use rustix::io::Errno;

use super::{Dir, resolve};
use crate::job::{RelPath, Stamp};

/// What a name stands for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Type {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A pipe, a socket or a device.
    Other,
    /// The file system doesn't tell in a listing; `stat` does.
    Unknown,
}

/// What `stat` tells of a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry {
    /// What it is.
    pub kind: Type,
    /// Identity and last change.
    pub stamp: Stamp,
    /// Number of names it has.
    pub nlink: u64,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Permission bits, `0o7777` at most.
    pub mode: u32,
    /// Which mount it was reached through, where the kernel tells; else the device.
    pub mount: u64,
}

/// A regular file, open for reading, and what it was at that moment.
#[derive(Debug)]
pub struct Opened {
    /// The handle: what was judged is what is read.
    pub file: File,
    /// Identity and last change.
    pub stamp: Stamp,
    /// Number of names it has.
    pub nlink: u64,
    /// Owner.
    pub uid: u32,
    /// Permission bits, `0o7777` at most.
    pub mode: u32,
}

/// Why a name can't be opened as a file.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no such name (any more).
    #[error("nothing of this name")]
    Missing,
    /// It, or a folder on the way, is a symbolic link.
    #[error("a symbolic link")]
    Link,
    /// A folder, a pipe, a socket or a device.
    #[error("not a regular file")]
    NotFile(Type),
    /// Something is mounted on this very file.
    #[error("a mount of its own")]
    OtherMount,
    /// Anything else: no permission, a share that is away.
    #[error(transparent)]
    Io(io::Error),
}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        match Errno::from_io_error(&error) {
            Some(Errno::NOENT | Errno::NOTDIR) => Self::Missing,
            Some(Errno::LOOP) => Self::Link,
            // What opening a socket, or a device without a driver, answers.
            Some(Errno::NXIO | Errno::NODEV) => Self::NotFile(Type::Other),
            Some(Errno::XDEV) => Self::OtherMount,
            _ => Self::Io(error),
        }
    }
}

impl Dir {
    /// Opens a regular file for reading. Nothing else is ever read from, and no pipe is waited for.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open_file(&self, rel: &RelPath) -> Result<Opened, OpenError> {
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY;
        let fd = resolve::open(self.as_fd(), rel, flags, Mode::empty())?;
        let Entry { kind, stamp, nlink, uid, mode, .. } = statx_of(fd.as_fd())?;
        match kind {
            Type::File => Ok(Opened { file: fd.into(), stamp, nlink, uid, mode }),
            other => Err(OpenError::NotFile(other)),
        }
    }

    /// What lies at `rel`; `None` where nothing does.
    ///
    /// # Errors
    /// Those of `stat`; a symbolic link on the way is one.
    pub fn stat(&self, rel: &RelPath) -> io::Result<Option<Entry>> {
        let looked = if rel.as_bytes().is_empty() {
            statx_of(self.as_fd())
        } else {
            self.parent_of(rel).and_then(|parent| entry_at(parent.as_fd(), rel.name()))
        };
        match looked {
            Ok(entry) => Ok(Some(entry)),
            Err(e) if matches!(Errno::from_io_error(&e), Some(Errno::NOENT | Errno::NOTDIR)) => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// All names in a folder, in no order, without `.` and `..`.
    ///
    /// # Errors
    /// An error in the middle of the listing is an error: half a listing looks like deleted files.
    pub fn list(&self, rel: &RelPath) -> io::Result<Vec<(Vec<u8>, Type)>> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY;
        let fd = resolve::open(self.as_fd(), rel, flags, Mode::empty())?;
        let mut buffer = vec![MaybeUninit::uninit(); 64 * 1024];
        let mut entries = RawDir::new(fd, &mut buffer);
        let mut names = Vec::new();
        while let Some(entry) = entries.next() {
            match entry {
                Ok(e) if matches!(e.file_name().to_bytes(), b"." | b"..") => {}
                Ok(e) => names.push((e.file_name().to_bytes().to_vec(), kind_of(e.file_type()))),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(names)
    }
}

/// Identity and last change of an open file.
///
/// # Errors
/// Those of `stat`.
pub fn stamp_of(file: &File) -> io::Result<Stamp> {
    Ok(statx_of(file.as_fd())?.stamp)
}

const ASKED: StatxFlags = StatxFlags::BASIC_STATS.union(StatxFlags::MNT_ID);

/// What an open handle stands for.
pub(super) fn statx_of(fd: BorrowedFd<'_>) -> io::Result<Entry> {
    Ok(entry(&statx(fd, "", AtFlags::EMPTY_PATH, ASKED)?))
}

/// What one name in an open folder stands for.
pub(super) fn entry_at(folder: BorrowedFd<'_>, name: &[u8]) -> io::Result<Entry> {
    Ok(entry(&statx(folder, name, AtFlags::SYMLINK_NOFOLLOW, ASKED)?))
}

fn entry(s: &Statx) -> Entry {
    let nanos = |sec: i64, nsec: u32| sec.saturating_mul(1_000_000_000).saturating_add(i64::from(nsec));
    let dev = makedev(s.stx_dev_major, s.stx_dev_minor);
    let tells_mount = s.stx_mask & StatxFlags::MNT_ID.bits() != 0;
    Entry {
        mount: if tells_mount { s.stx_mnt_id } else { dev },
        kind: kind_of(FileType::from_raw_mode(u32::from(s.stx_mode))),
        stamp: Stamp {
            dev,
            ino: s.stx_ino,
            size: s.stx_size,
            mtime_ns: nanos(s.stx_mtime.tv_sec, s.stx_mtime.tv_nsec),
            ctime_ns: nanos(s.stx_ctime.tv_sec, s.stx_ctime.tv_nsec),
        },
        nlink: u64::from(s.stx_nlink),
        uid: s.stx_uid,
        gid: s.stx_gid,
        mode: u32::from(s.stx_mode) & 0o7777,
    }
}

fn kind_of(kind: FileType) -> Type {
    match kind {
        FileType::RegularFile => Type::File,
        FileType::Directory => Type::Folder,
        FileType::Symlink => Type::Link,
        FileType::Unknown => Type::Unknown,
        _ => Type::Other,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    use super::*;

    fn rel(bytes: &[u8]) -> RelPath {
        RelPath::from_bytes(bytes).unwrap()
    }

    #[test]
    fn only_regular_files_are_opened() {
        let top = tempfile::tempdir().unwrap();
        let at = |name: &str| top.path().join(name);
        std::fs::write(at("clip"), "abc").unwrap();
        std::fs::create_dir(at("folder")).unwrap();
        symlink("clip", at("link")).unwrap();
        symlink("/etc/hostname", at("far")).unwrap();
        let _socket = UnixListener::bind(at("socket")).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, at("pipe"), Mode::RWXU).unwrap();
        let dir = Dir::open(top.path()).unwrap();

        let opened = dir.open_file(&rel(b"clip")).unwrap();
        assert_eq!((opened.stamp.size, opened.nlink), (3, 1));
        assert_eq!(dir.stat(&rel(b"clip")).unwrap().unwrap().stamp, stamp_of(&opened.file).unwrap());

        assert!(matches!(dir.open_file(&rel(b"none")), Err(OpenError::Missing)));
        assert!(matches!(dir.open_file(&rel(b"clip/none")), Err(OpenError::Missing)));
        assert!(matches!(dir.open_file(&rel(b"link")), Err(OpenError::Link)));
        assert!(matches!(dir.open_file(&rel(b"far")), Err(OpenError::Link)));
        assert!(matches!(dir.open_file(&rel(b"folder")), Err(OpenError::NotFile(Type::Folder))));
        assert!(matches!(dir.open_file(&rel(b"pipe")), Err(OpenError::NotFile(Type::Other))));
        assert!(matches!(dir.open_file(&rel(b"socket")), Err(OpenError::NotFile(Type::Other))));
    }

    #[test]
    fn a_listing_gives_every_name_as_it_is() {
        let top = tempfile::tempdir().unwrap();
        let odd = std::ffi::OsStr::from_bytes(b"odd\xff\n.mp4");
        std::fs::write(top.path().join(odd), "").unwrap();
        symlink("nowhere", top.path().join("link")).unwrap();
        std::fs::create_dir(top.path().join("folder")).unwrap();
        for n in 0..900 {
            std::fs::write(top.path().join("folder").join(format!("a long enough name {n:060}")), "")
                .unwrap();
        }
        let dir = Dir::open(top.path()).unwrap();
        let mut names = dir.list(&RelPath::root()).unwrap();
        names.sort();
        let kinds = [(b"folder".to_vec(), Type::Folder), (b"link".to_vec(), Type::Link)];
        assert_eq!(names[..2], kinds);
        assert_eq!(names[2], (b"odd\xff\n.mp4".to_vec(), Type::File));
        assert_eq!(dir.stat(&rel(b"link")).unwrap().unwrap().kind, Type::Link);
        assert_eq!(dir.list(&rel(b"folder")).unwrap().len(), 900);
        assert!(dir.list(&rel(b"link")).is_err());
        assert!(dir.list(&rel(b"none")).is_err());
        assert_eq!(dir.stat(&rel(b"none/none")).unwrap(), None);
        assert!(dir.stat(&rel(b"link/x")).is_err(), "a link on the way is no absence");
    }

    #[test]
    fn a_folder_below_is_looked_into_from_its_own_handle() {
        let top = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(top.path().join("a/b")).unwrap();
        std::fs::write(top.path().join("a/b/c"), "c").unwrap();
        let dir = Dir::open(top.path()).unwrap();
        let below = dir.below(&rel(b"a/b")).unwrap();
        assert_eq!(below.stat(&rel(b"c")).unwrap(), dir.stat(&rel(b"a/b/c")).unwrap());
        assert_eq!(below.path(), top.path().join("a/b"));
    }

    /// F2: somebody swaps the clip for a link to a secret, again and again.
    #[test]
    fn a_swap_never_leads_to_what_a_link_means() {
        let top = tempfile::tempdir().unwrap();
        let at = |name: &str| top.path().join(name);
        std::fs::create_dir(at("in")).unwrap();
        std::fs::write(at("secret"), "secret").unwrap();
        std::fs::write(at("in/clip"), "clip").unwrap();
        symlink("../secret", at("in/link")).unwrap();
        let dir = Dir::open(&at("in")).unwrap();
        let done = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(std::sync::atomic::Ordering::Relaxed) {
                    let exchange = rustix::fs::RenameFlags::EXCHANGE;
                    rustix::fs::renameat_with(dir.as_fd(), "clip", dir.as_fd(), "link", exchange).unwrap();
                }
            });
            let (mut files, mut links) = (0, 0);
            while files + links < 500 || files == 0 || links == 0 {
                match dir.open_file(&rel(b"clip")) {
                    Ok(opened) => {
                        assert_eq!(std::io::read_to_string(opened.file).unwrap(), "clip");
                        files += 1;
                    }
                    Err(OpenError::Link) => links += 1,
                    Err(other) => panic!("{other}"),
                }
            }
            done.store(true, std::sync::atomic::Ordering::Relaxed);
        });
    }
}
