//! From a folder's handle to something below it, without following a link, and never by surprise onto another file
//! system: what is mounted on a folder is entered by a handle of its own, what is mounted on a file is not read.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{Mode, OFlags, ResolveFlags, openat, openat2};
use rustix::io::Errno;

use super::Type;
use super::look::{entry_at, statx_of};
use crate::job::RelPath;

/// A folder as a place to start from.
pub(super) const FOLDER: OFlags = OFlags::PATH.union(OFlags::DIRECTORY);

/// What holds for every step of a way.
const SAFE: ResolveFlags =
    ResolveFlags::BENEATH.union(ResolveFlags::NO_SYMLINKS).union(ResolveFlags::NO_MAGICLINKS);

/// Opens `rel` below `base`; the kernel checks every step of the way.
pub(super) fn open(base: BorrowedFd<'_>, rel: &RelPath, flags: OFlags, mode: Mode) -> io::Result<OwnedFd> {
    let path = if rel.as_bytes().is_empty() { &b"."[..] } else { rel.as_bytes() };
    match openat2(base, path, flags | OFlags::CLOEXEC, mode, SAFE | ResolveFlags::NO_XDEV) {
        // An old kernel, or a filter that doesn't know the call.
        Err(Errno::NOSYS | Errno::PERM) => walk(base, rel, flags, mode),
        Err(Errno::XDEV) => across(base, rel, flags, mode),
        done => Ok(done?),
    }
}

/// The same where another file system is mounted on the way: each folder by a handle of its own.
fn across(base: BorrowedFd<'_>, rel: &RelPath, flags: OFlags, mode: Mode) -> io::Result<OwnedFd> {
    let folder = |at: BorrowedFd<'_>, name: &[u8], flags| {
        openat2(at, name, flags | OFlags::DIRECTORY | OFlags::CLOEXEC, mode, SAFE)
    };
    let mut at = folder(base, b".", FOLDER)?;
    if rel.as_bytes().is_empty() {
        return Ok(folder(base, b".", flags)?);
    }
    for name in rel.parent().names() {
        at = folder(at.as_fd(), name, FOLDER)?;
    }
    let last =
        match openat2(at.as_fd(), rel.name(), flags | OFlags::CLOEXEC, mode, SAFE | ResolveFlags::NO_XDEV) {
            Err(Errno::XDEV) if flags.contains(OFlags::DIRECTORY) => folder(at.as_fd(), rel.name(), flags),
            done => done,
        };
    Ok(last?)
}

/// The same, name by name, where the kernel can't do it in one call.
fn walk(base: BorrowedFd<'_>, rel: &RelPath, flags: OFlags, mode: Mode) -> io::Result<OwnedFd> {
    let mut at = step(base, b".", FOLDER, mode)?;
    for name in rel.parent().names() {
        at = step(at.as_fd(), name, FOLDER, mode)?;
    }
    let name = if rel.as_bytes().is_empty() { &b"."[..] } else { rel.name() };
    let last = step(at.as_fd(), name, flags, mode)?;
    let device = |fd: BorrowedFd<'_>| Ok::<_, io::Error>(statx_of(fd)?.stamp.dev);
    let is_here = flags.contains(OFlags::DIRECTORY) || device(last.as_fd())? == device(at.as_fd())?;
    if is_here { Ok(last) } else { Err(Errno::XDEV.into()) }
}

/// One name. A link where a folder is asked for is told as a link, as `openat2` does.
fn step(at: BorrowedFd<'_>, name: &[u8], flags: OFlags, mode: Mode) -> io::Result<OwnedFd> {
    match openat(at, name, flags | OFlags::NOFOLLOW | OFlags::CLOEXEC, mode) {
        Err(Errno::NOTDIR) if entry_at(at, name)?.kind == Type::Link => Err(Errno::LOOP.into()),
        done => Ok(done?),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::path::Path;

    use super::*;
    use crate::mount::Dir;

    fn rel(text: &str) -> RelPath {
        RelPath::from_bytes(text.as_bytes()).unwrap()
    }

    /// Both ways of opening hold to the same rules.
    #[test]
    fn no_way_leads_out() {
        let top = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(top.path().join("in/sub")).unwrap();
        std::fs::write(top.path().join("secret"), "s").unwrap();
        std::fs::write(top.path().join("in/sub/a"), "a").unwrap();
        symlink("../secret", top.path().join("in/link")).unwrap();
        symlink("sub", top.path().join("in/linked")).unwrap();
        symlink("/proc/self/fd", top.path().join("in/magic")).unwrap();
        let dir = Dir::open(&top.path().join("in")).unwrap();
        for way in [open, across, walk] {
            let go = |path| way(dir.as_fd(), &rel(path), OFlags::RDONLY, Mode::empty());
            assert!(go("sub/a").is_ok());
            assert!(go("").is_ok());
            for (bad, why) in [
                ("link", Errno::LOOP),
                ("linked/a", Errno::LOOP),
                ("magic/0", Errno::LOOP),
                ("sub/a/b", Errno::NOTDIR),
                ("none", Errno::NOENT),
            ] {
                let error = go(bad).unwrap_err();
                assert_eq!(error.raw_os_error(), Some(why.raw_os_error()), "{bad}");
            }
        }
    }

    /// `/proc` is mounted on any machine that runs tests.
    #[test]
    fn a_folder_with_a_mount_on_it_is_entered() {
        if !Path::new("/proc/self").exists() {
            return;
        }
        let dir = Dir::open(Path::new("/")).unwrap();
        for way in [open, across, walk] {
            assert!(way(dir.as_fd(), &rel("proc"), FOLDER, Mode::empty()).is_ok());
            assert!(way(dir.as_fd(), &rel("proc/sys/kernel/ostype"), OFlags::RDONLY, Mode::empty()).is_ok());
            let error = way(dir.as_fd(), &rel("proc/self/exe"), OFlags::RDONLY, Mode::empty()).unwrap_err();
            assert_eq!(error.raw_os_error(), Some(Errno::LOOP.raw_os_error()));
        }
    }
}
